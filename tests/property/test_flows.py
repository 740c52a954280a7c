"""The flows of given decisions, year by year and sample by sample, against the whole model with the same decisions."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.county import County
from placements.forecasting import Forecast
from placements.optimisation.engine import INFEASIBLE, OPTIMAL, Answer, Engine
from placements.optimisation.flows import Flows, rounds
from placements.optimisation.model import SitingModel, build_model
from placements.optimisation.problem import Problem, build_problem
from tests.siting_support import OPTION, PREVENTING, cases
from tests.support import tiny_county, tiny_forecast

Floats = npt.NDArray[np.float64]

GOALS: Final = ("away_child_years", "net_cost", "travel")
#: Part of a value, and child-years, pounds or miles.
CLOSE: Final = 1e-5
FEW: Final = 1e-4
#: Part of what goes into a row by which it may be broken.
SLACK: Final = 1e-6
SECONDS: Final = 20.0

#: With something to decide on.
ROWS: Final = st.one_of(st.lists(OPTION, min_size=1, max_size=3), PREVENTING)
CASES: Final = cases(rows=ROWS)


def problem_of(case: tuple[County, Forecast], *, minimum: float, revenue: float) -> Problem:
    """Return the problem of a case with minimum occupancy and running cost so tight that they often bind."""
    county, forecast = case
    problem = build_problem(county, forecast, county.settings.optimise)
    least = np.minimum(minimum, problem.options["planned_occupancy"])
    return dataclasses.replace(
        problem,
        options=problem.options.assign(minimum_occupancy=least),
        revenue_left=np.full_like(problem.revenue_left, revenue),
    )


def drawn_units(problem: Problem, siting: SitingModel, data: st.DataObject) -> Floats:
    most = np.concatenate(siting.linear.upper)[siting.open_column].astype(int)
    return np.array([data.draw(st.integers(0, number)) for number in most.tolist()], float)


def together(siting: SitingModel, engine: Engine, goal: str, units: Floats) -> Answer:
    held = (siting.open_column, units)
    return engine.minimise(siting.objectives[goal], gap=0.0, time_limit_s=SECONDS, fixed=held)


def is_close(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * abs(other) + FEW


def broken(siting: SitingModel, flows: Flows, solution: Floats) -> float:
    """Return by how much a solution breaks the rows of the whole model at worst, of what goes into the row."""
    chosen = flows.expected.choices(solution[siting.open_column])
    whole, matrix = np.concatenate([solution, chosen]), siting.linear.matrix()
    value, scale = matrix @ whole, 1.0 + abs(matrix) @ np.abs(whole)
    lower, upper = np.concatenate(siting.linear.row_lower), np.concatenate(siting.linear.row_upper)
    return float((np.maximum(lower - value, value - upper) / scale).max(initial=0.0))


@settings(max_examples=14, deadline=None)
@given(CASES, st.data())
def test_flows_apart_are_as_good_as_together(case: tuple[County, Forecast], data: st.DataObject) -> None:
    """One goal after another, each kept: the same values as the whole model, or no plan where it has none."""
    minimum, revenue = data.draw(st.sampled_from([0.0, 0.5, 0.9])), data.draw(st.sampled_from([4.0, 60.0, 200.0, 1e9]))
    problem = problem_of(case, minimum=minimum, revenue=revenue)
    siting, flows = build_model(problem), Flows(problem)
    units = drawn_units(problem, siting, data)
    found, engine, kept = flows.given(units), Engine(siting.linear, 1), []
    give_way = data.draw(st.sampled_from([1e-5, 0.001, 0.2]))
    for goal in data.draw(st.permutations(GOALS)):
        apart, whole = found.best(flows.goals[goal], kept, SECONDS), together(siting, engine, goal, units)
        assert apart.status == whole.status
        if apart.solution is None:
            assert whole.status == INFEASIBLE
            break
        assert is_close(apart.value, whole.value)
        assert is_close(flows.siting.objectives[goal] @ apart.solution, apart.value)
        assert apart.bound <= whole.value + CLOSE * abs(whole.value) + FEW
        assert is_close(apart.bound, apart.value)
        assert broken(siting, flows, apart.solution) <= SLACK
        most = apart.value + give_way * abs(apart.value) + FEW
        kept.append((flows.goals[goal], most))
        engine.fix(siting.objectives[goal], most)


@settings(max_examples=8, deadline=None)
@given(CASES, st.data())
def test_limits_are_kept_however_little_it_costs_at_first_to_miss_them(
    case: tuple[County, Forecast], data: st.DataObject
) -> None:
    """Where missing a limit is too cheap to be avoided, it is found out that it can be kept: the value is the same."""
    problem = problem_of(case, minimum=0.9, revenue=data.draw(st.sampled_from([60.0, 200.0])))
    flows = Flows(problem)
    units, goal = drawn_units(problem, flows.siting, data), flows.goals[data.draw(st.sampled_from(GOALS))]
    away = flows.goals["away_child_years"]
    found = flows.given(units)
    fewest = found.best(away, [], SECONDS)
    if fewest.solution is None:
        return
    kept = [(away, fewest.value + data.draw(st.floats(0.1, 4.0)))]
    dear = flows.given(units).best(goal, kept, SECONDS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "_MISSING", 1e-6)
        cheap = found.best(goal, kept, SECONDS)
    assert cheap.status == dear.status
    if dear.solution is not None:
        assert is_close(cheap.value, dear.value)


@settings(max_examples=5, deadline=None)
@given(CASES, st.data())
def test_what_is_known_from_one_goal_changes_nothing_for_the_next(
    case: tuple[County, Forecast], data: st.DataObject
) -> None:
    """Asked afresh, the same decisions come to the same value under the same limits."""
    problem = problem_of(case, minimum=0.5, revenue=200.0)
    flows = Flows(problem)
    units = drawn_units(problem, flows.siting, data)
    found = flows.given(units)
    first = found.best(flows.goals["away_child_years"], [], SECONDS)
    kept = [(flows.goals["away_child_years"], first.value + 0.5)]
    if first.status == OPTIMAL:
        again = flows.given(units).best(flows.goals["travel"], kept, SECONDS)
        assert is_close(found.best(flows.goals["travel"], kept, SECONDS).value, again.value)


@settings(max_examples=4, deadline=None)
@given(CASES, st.data())
def test_a_limit_that_cannot_be_kept_is_told(case: tuple[County, Forecast], data: st.DataObject) -> None:
    """Fewer away than the fewest cannot be had, whatever else is sought."""
    problem = problem_of(case, minimum=0.0, revenue=1e9)
    flows = Flows(problem)
    found = flows.given(np.zeros(len(flows.siting.open_column)))
    fewest = found.best(flows.goals["away_child_years"], [], SECONDS).value
    if fewest > 0.01:
        for goal in GOALS:
            answer = found.best(flows.goals[goal], [(flows.goals["away_child_years"], fewest * 0.99)], SECONDS)
            assert answer.status == INFEASIBLE


def test_out_of_time_nothing_is_claimed(case_of_four) -> None:
    """With no time there is no solution, and the bound is no bound."""
    flows = Flows(case_of_four)
    answer = flows.given(np.zeros(len(flows.siting.open_column))).best(flows.goals["travel"], [], 0.0)
    assert answer.solution is None
    assert answer.bound == -np.inf
    assert answer.status not in (OPTIMAL, INFEASIBLE)


@pytest.fixture
def case_of_four() -> Problem:
    """Return a problem with need."""
    need = pd.DataFrame(
        [("Guildford", "childrens_home", "family", "10 to 15", 4.0)],
        columns=["area", "provision", "need_group", "age_band", "child_years"],
    )
    provision = "id | provision | to | registered | cost\nx | childrens_home | Guildford | 1 | 1"
    county = tiny_county(pd.DataFrame(), provision=provision)
    return build_problem(county, tiny_forecast(county, need, years=2, runs=(0.7, 1.3)), county.settings.optimise)
