"""Every point of a frontier against every possible decision, each one a linear programme solved with SciPy."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from placements.county import County
from placements.forecasting import Forecast
from placements.optimisation import evaluate
from placements.optimisation.budget import NET_REVENUE, spent_of
from placements.optimisation.efficient import Frontier, frontier
from placements.optimisation.model import SitingModel, build_model
from placements.optimisation.problem import Problem, build_problem
from tests import examples
from tests.property.test_optimise_brute_force import best_by_enumeration, cases

POINTS = 3
#: Cases are slow, so that a failing one is shown as found.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


def decisions(siting: SitingModel) -> itertools.product[tuple[int, ...]]:
    """Return every value of the whole variables."""
    whole = np.concatenate(siting.linear.whole)
    most = np.concatenate(siting.linear.upper)[whole].astype(int)
    return itertools.product(*[range(number + 1) for number in most.tolist()])


def fewest_away(siting: SitingModel, decision: tuple[int, ...], measure: np.ndarray, most: float) -> float:
    """Return the fewest away with a decision, money being limited; infinite when that is not allowed."""
    matrix = siting.linear.matrix().toarray()
    lower, upper = np.concatenate(siting.linear.row_lower), np.concatenate(siting.linear.row_upper)
    low, high = np.concatenate(siting.linear.lower), np.concatenate(siting.linear.upper)
    whole = np.concatenate(siting.linear.whole)
    low[whole] = high[whole] = decision
    if not len(low):
        return 0.0 if most >= 0 else math.inf
    above, below = np.isfinite(lower), np.isfinite(upper)
    found = linprog(
        siting.objectives["away_child_years"],
        A_ub=np.vstack([matrix[below], -matrix[above], measure[None, :]]),
        b_ub=np.concatenate([upper[below], -lower[above], [most]]) + 1e-7,
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    return float(found.fun) if found.status == 0 else math.inf


def fewest_at(county: County, forecast: Forecast, limit: float) -> float:
    """Return the fewest away with a capital, by enumeration without the model."""
    limits = dataclasses.replace(county.settings.optimise, capital_gbp=limit + 1e-6)
    poorer = dataclasses.replace(county, settings=dataclasses.replace(county.settings, optimise=limits))
    return best_by_enumeration(poorer, forecast)


def away_at(found: Frontier, limit: float) -> float:
    """Return the fewest away under a limit as the frontier has it: that of the last point at or below the limit."""
    return [point.away_child_years for point in found.points if point.limit_gbp <= limit][-1]


def problem_of(county: County, forecast: Forecast) -> Problem:
    return build_problem(county, forecast, county.settings.optimise, (), forecast.seed)


@settings(max_examples=examples(3, 6), deadline=None, phases=UNSHRUNK)
@given(cases())
def test_every_point_against_capital_is_what_enumeration_finds(case: tuple[County, Forecast]) -> None:
    """At every limit tried, with a point or without, the fewest away are those of the best of all decisions."""
    county, forecast = case
    found = frontier(county, forecast, points=POINTS)
    assert found.is_proved
    for limit in found.limits_gbp:
        assert abs(away_at(found, limit) - fewest_at(county, forecast, limit)) < 0.02
    for point in found.points:
        evaluate(county, forecast, point.plan)
    whole = dataclasses.replace(county.settings.optimise).capital_gbp
    assert abs(found.points[-1].away_child_years - fewest_at(county, forecast, whole)) < 0.02


@settings(max_examples=examples(3, 6), deadline=None, phases=UNSHRUNK)
@given(cases())
def test_every_point_against_net_revenue_is_what_enumeration_finds(case: tuple[County, Forecast]) -> None:
    """No decision keeps more local for the net revenue of a limit, and none has less than the first limit."""
    county, forecast = case
    found = frontier(county, forecast, against=NET_REVENUE, points=POINTS)
    assert found.is_proved
    problem = problem_of(county, forecast)
    siting, spent = build_model(problem), spent_of(problem).net_revenue
    measure = siting.objectives[NET_REVENUE]
    every = list(decisions(siting))
    for limit in found.limits_gbp:
        best = min(fewest_away(siting, decision, measure, limit + 0.01 - spent) for decision in every)
        assert abs(away_at(found, limit) - problem.out_of_reach - best) < 0.02
    below = found.least_bound_gbp - 1.0 - spent
    assert all(fewest_away(siting, decision, measure, below) == math.inf for decision in every)
    for point in found.points:
        assert point.net_revenue_gbp <= point.limit_gbp + 0.01
        evaluate(county, forecast, point.plan)


@pytest.mark.slow
@settings(max_examples=examples(3, 6), deadline=None, phases=UNSHRUNK)
@given(cases(), st.sampled_from(["capital", "net_revenue"]))
def test_more_money_keeps_more_local(case: tuple[County, Forecast], against: str) -> None:
    """Along the points the limit rises, the child-years away fall and their bounds do not rise."""
    county, forecast = case
    points = frontier(county, forecast, against=against, points=6, tolerance=0.1).points
    for one, other in itertools.pairwise(points):
        assert one.limit_gbp < other.limit_gbp
        assert one.away_child_years > other.away_child_years
        assert one.bound_child_years >= other.bound_child_years - 1e-9
    assert all(p.bound_child_years <= p.away_child_years + 1e-9 for p in points)
