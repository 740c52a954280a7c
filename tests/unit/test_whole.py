"""The whole model is built only where it has to be, and a plan made without it says what it has not proved."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.county_made_up import made_up
from benchmarks.county_sides import GOALS
from benchmarks.county_tables import Sizes
from placements.optimisation import whole
from placements.optimisation.engine import OPTIMAL, TIME_LIMIT
from placements.optimisation.model import build_model
from placements.optimisation.problem import Problem
from placements.optimisation.solve import Solved, solve


def county(tolerance: float, later_tolerance: float) -> Problem:
    problem = made_up(Sizes.read("6x12x12x3x3"), seed=2)
    limits = dataclasses.replace(
        problem.limits, goals=GOALS, tolerance=tolerance, later_tolerance=later_tolerance, time_limit_s=60.0
    )
    return dataclasses.replace(problem, limits=limits)


def refuse(problem: Problem) -> None:
    raise AssertionError("the whole model was built")


def broken(problem: Problem, solved: Solved) -> float:
    """Return by how much the solution breaks a row of the whole model at worst, of what goes into the row."""
    siting = build_model(problem)
    assert siting.linear.variables == solved.siting.linear.variables  # no option of this county needs a choice
    matrix, x = siting.linear.matrix(), solved.solution
    value, scale = matrix @ x, 1.0 + abs(matrix) @ np.abs(x)
    lower, upper = np.concatenate(siting.linear.row_lower), np.concatenate(siting.linear.row_upper)
    return float((np.maximum(lower - value, value - upper) / scale).max())


def test_goals_that_are_met_apart_need_no_whole_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """With wide tolerances all three are proved without it, and every rule of it is kept."""
    problem = county(tolerance=0.2, later_tolerance=0.9)
    monkeypatch.setattr(whole, "build_model", refuse)
    solved = solve(problem, 1)
    assert [goal.status for goal in solved.goals] == [OPTIMAL] * 3
    assert solved.solution[solved.siting.open_column].any()
    assert broken(problem, solved) < 1e-6


def test_it_is_built_where_they_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no tolerance at all for net cost, the mean of the samples cannot prove it."""
    monkeypatch.setattr(whole, "build_model", refuse)
    with pytest.raises(AssertionError, match="whole model was built"):
        solve(county(tolerance=0.2, later_tolerance=1e-7), 1)


def test_a_model_too_large_to_be_searched_leaves_a_gap_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the search of the whole finds lies between the value and the bound found without it."""
    problem = county(tolerance=1e-6, later_tolerance=1e-6)
    proved = solve(problem, 1)
    monkeypatch.setattr(whole, "_LARGEST", 0)
    monkeypatch.setattr(whole, "build_model", refuse)
    found = solve(problem, 1)
    assert [goal.status for goal in proved.goals] == [OPTIMAL] * 3
    for name, best, left in zip(GOALS[:2], proved.goals, found.goals, strict=False):
        assert best.name == left.name == name
        slack = 2e-3 * abs(best.value) + 1e-3
        assert left.bound - slack <= best.value <= left.value + slack
        assert (left.status == OPTIMAL) == (left.gap <= 1e-6)
    assert TIME_LIMIT in {goal.status for goal in found.goals}
    assert broken(problem, found) < 1e-6
