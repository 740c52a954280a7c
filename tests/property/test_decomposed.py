"""The decomposition of the first goal: what its rows say holds for every decision, and what it finds is the best."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Final

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.county import County
from placements.forecasting import Forecast
from placements.optimisation.decomposed import FewestAway, Limit
from placements.optimisation.decomposed.cuts import Cuts
from placements.optimisation.decomposed.master import Master
from placements.optimisation.decomposed.networks import Networks
from placements.optimisation.decomposed.viability import Viability
from placements.optimisation.engine import INFEASIBLE, Engine
from placements.optimisation.model import _revenue_entries, build_model, decisions_alone
from placements.optimisation.opened import surely_within_running_cost
from placements.optimisation.problem import Problem, build_problem
from tests.siting_support import cases

Floats = npt.NDArray[np.float64]

#: Child-years.
CLOSE: Final = 1e-4


def problem_of(case: tuple[County, Forecast]) -> Problem:
    county, forecast = case
    return build_problem(county, forecast, county.settings.optimise)


def all_units(problem: Problem) -> list[Floats]:
    """Return all units of all decisions, whatever they cost: two of a kind that repeats, one of any other."""
    decisions = decisions_alone(problem)
    most = np.where(problem.options["repeats"].to_numpy(bool)[decisions.open_option], 2, 1).tolist()
    return [np.array(units, float) for units in itertools.product(*(range(one + 1) for one in most))]


def away_by_whole_model(problem: Problem, units: Floats, *, viable: bool) -> float | None:
    """Return the fewest away with these units by one linear programme over all flows; None if nothing keeps the rules.

    Of the rules only the places there are, and minimum occupancy if asked for.
    """
    siting = build_model(problem)
    held = (siting.open_column, units)
    linear = siting.linear
    names = [name for block in linear.row_names for name in block()]
    kept = ("everyone", "through", "within_usable", *(("viable",) if viable else ()))
    free = np.array([not name.startswith(kept) for name in names], bool)
    position = 0
    for lower, upper in zip(linear.row_lower, linear.row_upper, strict=True):
        part = free[position : position + len(lower)]
        lower[part], upper[part] = -np.inf, np.inf
        position += len(lower)
    answer = Engine(linear, 1).minimise(siting.objectives["away_child_years"], gap=0.0, time_limit_s=20.0, fixed=held)
    return None if answer.status == INFEASIBLE else answer.value


@settings(max_examples=7, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_a_cut_holds_for_every_decision_and_is_met_where_it_was_made(case, random) -> None:
    """No decision has fewer away than any row says; for the one it was made for, the rows together say just how many."""
    problem = problem_of(case)
    networks = Networks(problem, decisions_alone(problem))
    cuts = Cuts(problem, networks)
    units = all_units(problem)
    chosen = random.sample(units, min(4, len(units)))
    away = [away_by_whole_model(problem, one, viable=False) for one in chosen]
    half = [one * random.random() for one in chosen]
    for made_for in (*chosen, *half):
        rows = cuts.rows(networks.least_cuts(made_for))
        for one, fewest in zip(chosen, away, strict=True):
            assert fewest is not None
            assert rows.away(one).sum() <= fewest + CLOSE
    for one, fewest in zip(chosen, away, strict=True):
        assert abs(cuts.rows(networks.least_cuts(one)).away(one).sum() - fewest) < CLOSE


@settings(max_examples=7, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_minimum_occupancy_is_met_or_a_limit_says_why_not(case, random) -> None:
    """A decision breaks a limit just when no flow uses all enough, and no decision that can be viable breaks it."""
    problem = problem_of(case)
    decisions = decisions_alone(problem)
    viability = Viability(problem, decisions, Networks(problem, decisions))
    units = all_units(problem)
    chosen = random.sample(units, min(5, len(units)))
    viable = [one for one in chosen if away_by_whole_model(problem, one, viable=True) is not None]
    for one in chosen:
        broken = viability.broken(one)
        assert bool(broken) == (not any(one is other for other in viable))
        for limit in broken:
            assert limit.weights @ one > limit.most
            assert all(limit.weights @ other <= limit.most + CLOSE for other in viable)


@settings(max_examples=4, deadline=None)
@given(cases())
def test_minimum_occupancy_takes_nothing_from_who_is_kept_local(case) -> None:
    """Where all that opens can be viable, as many are kept local as if it need not be."""
    problem = problem_of(case)
    for units in all_units(problem)[:6]:
        viable = away_by_whole_model(problem, units, viable=True)
        if viable is not None:
            assert abs(viable - away_by_whole_model(problem, units, viable=False)) < CLOSE


@settings(max_examples=8, deadline=None)
@given(cases(), st.integers(0, 8))
def test_the_search_finds_the_best_under_every_limit(case, capital: int) -> None:
    """What one search learnt under one limit, it may use under another: bound and value are those of the whole model."""
    problem = problem_of(case)
    problem = dataclasses.replace(problem, revenue_left=np.full_like(problem.revenue_left, np.inf))
    search = FewestAway(problem, 1)
    siting = build_model(problem)
    pounds = siting.objectives["capital"][siting.open_column]
    engine = Engine(siting.linear, 1)
    row = engine.add_row(siting.objectives["capital"], -np.inf, np.inf)
    for most in (float(capital), problem.limits.capital_gbp):
        found = search.search(1e-6, 20.0, also=(Limit(pounds, most),))
        engine.move_row(row, most)
        whole = engine.minimise(siting.objectives["away_child_years"], gap=1e-7, time_limit_s=20.0)
        assert pounds @ found.units <= most + 1e-6
        assert abs(found.away - whole.value) < CLOSE
        assert abs(found.bound - whole.value) < CLOSE


@settings(max_examples=7, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_a_search_that_must_take_one_of_some(case, random) -> None:
    """As few are away as in the whole model with the same row; where none can be taken, that is proved."""
    problem = problem_of(case)
    problem = dataclasses.replace(problem, revenue_left=np.full_like(problem.revenue_left, np.inf))
    siting = build_model(problem)
    named = np.array([random.random() < 0.3 for _ in siting.open_column], float)
    if not named.any():
        return
    engine = Engine(siting.linear, 1)
    row = np.zeros(siting.linear.variables)
    row[siting.open_column] = named
    engine.add_row(row, 1.0, np.inf)
    whole = engine.minimise(siting.objectives["away_child_years"], gap=1e-7, time_limit_s=20.0)
    found = FewestAway(problem, 1).search(1e-6, 20.0, also=(Limit(-named, -1.0),))
    if whole.status == INFEASIBLE:
        assert np.isinf(found.away)
        assert np.isinf(found.bound)
    else:
        assert named @ found.units >= 1
        assert abs(found.away - whole.value) < CLOSE
        assert abs(found.bound - whole.value) < CLOSE


@settings(max_examples=7, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_what_rules_allow_is_known_without_a_search(case, random) -> None:
    """Decisions are allowed just when the rules over decisions can be kept with them."""
    problem = problem_of(case)
    decisions = decisions_alone(problem)
    master = Master(decisions, 1, 1)
    engine, nothing = Engine(decisions.linear, 1), np.zeros(decisions.linear.variables)
    units = all_units(problem)
    for one in random.sample(units, min(6, len(units))):
        answer = engine.minimise(nothing, gap=0.0, time_limit_s=20.0, fixed=(decisions.open_column, one))
        assert master.allows(one) == (answer.status != INFEASIBLE)


@settings(max_examples=7, deadline=None)
@given(cases(), st.integers(0, 400), st.randoms(use_true_random=False))
def test_running_cost_that_is_surely_kept_is_kept_by_every_flow(case, pounds: int, random) -> None:
    """Where all new places full cost no more than allowed, the dearest way of using them does not either."""
    problem = problem_of(case)
    problem = dataclasses.replace(problem, revenue_left=np.full_like(problem.revenue_left, float(pounds)))
    free = dataclasses.replace(problem, revenue_left=np.full_like(problem.revenue_left, np.inf))
    siting = build_model(free)
    entries = _revenue_entries(free, siting)
    units = all_units(problem)
    for one in random.sample(units, min(3, len(units))):
        by_year = np.zeros((len(problem.options), problem.years))
        np.add.at(by_year, (siting.open_option, siting.open_year), one)
        if not surely_within_running_cost(problem, by_year):
            continue
        for year in range(problem.years):
            dearest = np.zeros(siting.linear.variables)
            here = entries[0] == year
            np.add.at(dearest, entries[1][here], -entries[2][here])
            answer = Engine(siting.linear, 1).minimise(
                dearest, gap=0.0, time_limit_s=20.0, fixed=(siting.open_column, one)
            )
            assert answer.status == INFEASIBLE or -answer.value <= pounds + CLOSE
