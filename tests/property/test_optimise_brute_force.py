"""Two engines must agree: the optimiser against every possible decision, each evaluated by a linear programme."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from placements.county import County
from placements.forecasting import Forecast
from placements.optimisation import evaluate, optimise
from tests import examples
from tests.siting_support import CLOSE, PREVENTING, best_by_enumeration, cases


@settings(max_examples=examples(6, 18), deadline=None)
@given(cases())
def test_the_optimiser_finds_what_enumeration_finds(case: tuple[County, Forecast]) -> None:
    """On tiny counties the fewest child-years away are those of the best of all possible decisions."""
    county, forecast = case
    plan = optimise(county, forecast)
    assert plan.is_proved
    assert abs(plan.goal("away_child_years").value - best_by_enumeration(county, forecast)) < CLOSE
    evaluate(county, forecast, plan)


@settings(max_examples=3, deadline=None)
@given(cases(PREVENTING))
def test_what_to_prevent_is_found_as_enumeration_finds_it(case: tuple[County, Forecast]) -> None:
    """With prevention among the options, too."""
    county, forecast = case
    plan = optimise(county, forecast)
    assert plan.is_proved
    assert abs(plan.goal("away_child_years").value - best_by_enumeration(county, forecast)) < CLOSE
    evaluate(county, forecast, plan)


@settings(max_examples=examples(4, 10), deadline=None)
@given(cases(), st.floats(1.0, 3.0))
def test_more_capital_never_hurts(case: tuple[County, Forecast], factor: float) -> None:
    """With more capital no more children are away."""
    county, forecast = case
    limits = county.settings.optimise
    poor = optimise(county, forecast).goal("away_child_years").value
    rich = optimise(
        county,
        forecast,
        capital_gbp=limits.capital_gbp * factor,
        capital_per_year_gbp=limits.capital_per_year_gbp * factor,
    )
    assert rich.goal("away_child_years").value <= poor + 1e-3


@settings(max_examples=examples(3, 5), deadline=None)
@given(cases(), st.integers(0, 50))
def test_a_settled_child_changes_no_plan(case: tuple[County, Forecast], children: int) -> None:
    """However many children are settled, the plan is the same: it acts on need that starts after the snapshot."""
    county, forecast = case
    settled = dataclasses.replace(forecast, settled=forecast.settled + children)
    assert optimise(county, forecast).interventions == optimise(county, settled).interventions
