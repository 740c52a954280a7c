"""An authority planned for in parts: against every possible decision, and against the whole."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.county import County
from placements.forecasting import Forecast
from placements.optimisation import evaluate, optimise
from tests.siting_support import CLOSE, HALVES, best_by_enumeration, cases


def apart(county: County, shares: dict[str, float], name: str = "halves") -> County:
    """Return the county with the setting to plan for its halves separately."""
    optimise_ = dataclasses.replace(county.settings.optimise, separate=name, separate_shares=shares)
    changed = dataclasses.replace(county.settings, boundary_sets=HALVES, optimise=optimise_)
    return dataclasses.replace(county, settings=changed)


@settings(max_examples=3, deadline=None)
@given(cases(), st.floats(0.1, 0.9), st.floats(0.05, 1.0))
def test_separately_is_what_enumeration_finds_and_never_better_than_together(
    case: tuple[County, Forecast], west: float, part: float
) -> None:
    """The best of all decisions that keep the parts apart; no better than the best of all (by proved bounds)."""
    county, forecast = case
    shares = {"West": west, "East": (1 - west) * part}
    divided = apart(county, shares)
    plan = optimise(divided, forecast)
    evaluate(divided, forecast, plan)
    first, whole = plan.goals[0], optimise(county, forecast).goals[0]
    assert plan.is_proved
    assert abs(first.value - best_by_enumeration(divided, forecast)) < CLOSE
    assert first.value >= whole.bound - 1e-3


@settings(max_examples=2, deadline=None)
@given(cases())
def test_all_the_money_for_each_part_costs_nothing_when_no_child_would_cross(case: tuple[County, Forecast]) -> None:
    """With need in one part alone, all shares its own and places of its own, separately is together."""
    county, forecast = case
    forecast = dataclasses.replace(
        forecast, cohorts=forecast.cohorts * forecast.groups["area"].eq("E07000209").to_numpy()
    )
    county = dataclasses.replace(
        county,
        options=county.options[county.options["district"].eq("E07000209")],
        provision=county.provision[county.provision["district"].eq("E07000209")],
    )
    alone = optimise(apart(county, {"West": 1.0}), forecast).goals[0]
    assert alone.value == pytest.approx(optimise(county, forecast).goals[0].value, abs=1e-3)
