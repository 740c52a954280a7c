"""Two engines must agree on why: losses and values against every possible decision on tiny counties."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from placements.county import County
from placements.forecasting import Forecast
from placements.optimisation import optimise, why
from placements.optimisation.opened import usable_places
from placements.optimisation.problem import Problem, build_problem
from placements.optimisation.recourse import CELL, one_more_place
from placements.optimisation.variants import IMPOSSIBLE, Between
from tests import examples
from tests.siting_support import CLOSE, best_by_enumeration, cases

Floats = npt.NDArray[np.float64]


def holds(found: Between, truth: float) -> bool:
    """Return whether a figure lies where it was said to lie."""
    return found.low - CLOSE <= truth <= found.high + CLOSE


@settings(max_examples=examples(3, 5), deadline=None)
@given(cases())
def test_losses_are_those_of_enumeration(case: tuple[County, Forecast]) -> None:
    """Struck out, or with a rejected alternative in its stead, as many more are away as the best decision says."""
    county, forecast = case
    plan = optimise(county, forecast)
    least = best_by_enumeration(county, forecast)
    found = why(county, forecast, plan, seconds=60)
    kind = dict(zip(county.options["option_id"], county.options["kind"], strict=True))
    site = dict(zip(county.options["option_id"], county.options["site_id"], strict=True))
    chosen = {reason.option_id for reason in found.reasons}
    for reason in found.reasons:
        me = reason.option_id
        without = best_by_enumeration(county, forecast, allowed=lambda ids, me=me: me not in ids)
        loss = reason.struck_out.by_goal["away_child_years"]
        assert holds(loss, without - least)
        assert loss.high - loss.low < CLOSE, "proved on so small a county"
        rejected = {o for o in kind if o not in chosen and (kind[o] == kind[me] or site[o] == site[me])}
        other = best_by_enumeration(
            county, forecast, allowed=lambda ids, me=me, rejected=rejected: me not in ids and bool(ids & rejected)
        )
        if reason.alternative is None:
            # Every one there is serves nobody: it was never in the model.
            assert not rejected or math.isinf(other) or other >= without - CLOSE
        elif reason.alternative.loss.status == IMPOSSIBLE:
            assert math.isinf(other)
        else:
            assert holds(reason.alternative.loss.by_goal["away_child_years"], other - least)


@settings(max_examples=examples(3, 5), deadline=None)
@given(cases())
def test_foresight_is_worth_something_and_averages_are_not_enough(case: tuple[County, Forecast]) -> None:
    """WS <= RP <= EEV; each sample's own plan is that of enumeration; what is said to hold EVPI holds it."""
    county, forecast = case
    plan = optimise(county, forecast)
    here_and_now = best_by_enumeration(county, forecast)
    found = why(county, forecast, plan, seconds=60)
    each = {sample.run: best_by_enumeration(county, forecast, run=sample.run) for sample in found.samples}
    for sample in found.samples:
        assert abs(sample.own.goals[0].value - each[sample.run]) < CLOSE
        assert sample.bound <= each[sample.run] + CLOSE
    bound = sum(sample.weight * sample.bound for sample in found.samples)
    assert bound <= here_and_now + CLOSE, "WS <= RP"
    assert found.value.evpi.low >= 0
    # Plans of the samples that keep the average rules in each of them are one way of waiting to see.
    waiting = min(sum(sample.weight * each[sample.run] for sample in found.samples), here_and_now)
    assert found.value.evpi.low <= here_and_now - waiting + CLOSE
    assert found.value.evpi.high >= here_and_now - waiting - CLOSE
    if (county.options["minimum_occupancy"] == 0).all() and county.settings.optimise.revenue_per_year_gbp > 9_000:
        assert holds(found.value.evpi, here_and_now - waiting), "no rule is of averages: the two bounds meet"
        assert found.value.evpi.high - found.value.evpi.low < CLOSE
    if found.value.mean_plan_breaks_rules:
        assert found.value.vss is None
    else:
        assert found.value.vss.low >= 0
        assert plan.goals[0].value + found.value.vss.value >= here_and_now - CLOSE, "RP <= EEV"


@settings(max_examples=4, deadline=None)
@given(cases())
def test_more_capital_gains_what_enumeration_gains(case: tuple[County, Forecast]) -> None:
    """With the step added to the capital and to each year, as many fewer are away as the best decision says."""
    county, forecast = case
    plan = optimise(county, forecast)
    step = why(county, forecast, plan, seconds=60).value.capital
    if step is None:
        return
    limits = county.settings.optimise
    richer = dataclasses.replace(
        county,
        settings=dataclasses.replace(
            county.settings,
            optimise=dataclasses.replace(
                limits,
                capital_gbp=limits.capital_gbp + step.step_gbp,
                capital_per_year_gbp=limits.capital_per_year_gbp + step.step_gbp,
            ),
        ),
        # Dearer than all the capital there was: no option of the plan, with a step more either.
        options=county.options[
            county.options["capital_gbp"] <= min(limits.capital_gbp, limits.capital_per_year_gbp)
        ].reset_index(drop=True),
    )
    gain = best_by_enumeration(county, forecast) - best_by_enumeration(richer, forecast)
    assert holds(step.gain, gain)


@settings(max_examples=examples(3, 8), deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_one_more_place_gains_what_a_linear_programme_gains(case: tuple[County, Forecast], random) -> None:
    """For every need and area, with whatever is opened: the fewest away without and with the place."""
    county, forecast = case
    problem = build_problem(county, forecast, county.settings.optimise)
    units = np.zeros((len(problem.options), problem.years))
    for option in range(len(units)):
        units[option, 0] = float(random.random() < 0.5)
    left = problem.after_prevention(units)
    for row in one_more_place(problem, units, 60.0).to_dict("records"):
        cell = tuple(row[name] for name in CELL)
        gain = away_with(left, units, cell, 0.0) - away_with(left, units, cell, 1.0)
        assert abs(row["gain"] - gain) < 1e-4
        assert row["gain"] <= row["at_most"] + 1e-4


def away_with(problem: Problem, units: Floats, cell: tuple[str, ...], extra: float) -> float:
    """Return the fewest expected child-years away with more places for one need and area, group by group."""
    groups, atoms = problem.demand.groups, problem.atoms
    mine = (groups[CELL].astype(str) == list(map(str, cell))).all(axis=1).to_numpy(bool)
    total, usable = 0.0, usable_places(problem, units)
    parts = atoms.parts
    for year, sample in itertools.product(range(problem.years), range(len(problem.weights))):
        need = parts["share"].to_numpy(float) * problem.demand.need[parts["group"], year, sample]
        # What a part of a group may use, one variable each: away, the extra place, and every (link, hop) of its atom.
        columns, cost = list[tuple[int, int]](), list[float]()
        for part, (atom, group) in enumerate(zip(parts["atom"], parts["group"], strict=True)):
            columns.append((part, -1))
            cost.append(1.0)
            if mine[group]:
                columns.append((part, -2))
                cost.append(0.0)
            nodes = atoms.link_node[atoms.link_atom == atom] if atom >= 0 else []
            for place in {int(p) for p in atoms.hop_place[np.isin(atoms.hop_node, nodes)]}:
                columns.append((part, place))
                cost.append(0.0)
        of_part, of_place = np.array(columns).T
        equal = (of_part[None, :] == np.arange(len(parts))[:, None]).astype(float)
        most = (of_place[None, :] == np.array([-2, *range(len(usable))])[:, None]).astype(float)
        found = linprog(cost, A_ub=most, b_ub=np.array([extra, *usable[:, year]]), A_eq=equal, b_eq=need)
        total += float(problem.weights[sample]) * found.fun
    return total
