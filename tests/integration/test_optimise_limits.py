"""A larger county: an honest status when time runs out, and the whole way from placements to a comparison."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import placements as pl
from placements.optimisation import evaluate
from placements.settings import GOALS
from tests.support import tiny_county, tiny_forecast

AREAS = 8
WANTED = (
    ("childrens_home", "10 to 15", 6),
    ("agency_foster", "10 to 15", 9),
    ("supported_accommodation", "16 and over", 4),
)


def larger():
    """Eight areas in a ring, four options in each, need that differs by area and sample."""
    rng = np.random.default_rng(5)
    turn = 2 * np.pi * np.arange(AREAS) / AREAS
    areas = pd.DataFrame(
        {
            "area": [f"E{number}" for number in range(AREAS)],
            "name": [f"Area {number}" for number in range(AREAS)],
            "easting": 500_000 + 15_000 * np.cos(turn),
            "northing": 150_000 + 15_000 * np.sin(turn),
        }
    )
    options, needs = [], []
    for area in areas["name"]:
        for places in (3, 5):
            capital = 350_000 * places + int(rng.integers(0, 90_000))
            head = (f"{area}h{places}", f"{area}h", "open_home", area, places)
            options.append((*head, capital, 150_000 * places, 600, 1.5, 0.85, 0.5))
        head = (f"{area}a", f"{area}a", "open_supported_accommodation", area, 4)
        options.append((*head, 250_000, 150_000, 500, 1, 0.85, 0.5))
        options.append((f"{area}c", f"{area}c", "recruit_carers", area, 1, 8000, 12_000, 520, 0.5, 0.8, 0))
        for provision, band, most in WANTED:
            growth = float(rng.uniform(0.2, most)) * np.array([0.3, 0.7, 0.9, 1.0])
            needs.append((area, provision, "family", band, ";".join(f"{value:.4f}" for value in growth)))
    columns = ["id", "site", "kind", "to", "places", "capital", "yearly", "weekly", "lead", "planned", "minimum"]
    county = tiny_county(
        pd.DataFrame(), areas=areas, options=pd.DataFrame(options, columns=columns), provision=pd.DataFrame(),
        optimise={"capital_gbp": 6e6, "capital_per_year_gbp": 3e6, "revenue_per_year_gbp": 4e6, "demand_samples": 4},
    )  # fmt: skip
    frame = pd.DataFrame(needs, columns=["area", "provision", "need_group", "age_band", "child_years"])
    return county, tiny_forecast(county, frame, years=4, runs=(0.7, 0.9, 1.1, 1.4))


@pytest.mark.parametrize("seconds", [0.1, 3.0])
def test_what_is_said_about_a_plan_is_true_however_little_time_there_was(seconds: float) -> None:
    """Whatever the time limit, the plan holds, its bounds are bounds, and only a small gap is called optimal."""
    county, forecast = larger()
    plan = pl.optimise(county, forecast, time_limit_s=seconds)
    evaluate(county, forecast, plan)
    for position, goal in enumerate(plan.goals):
        tolerance = plan.limits.later_tolerance if position else plan.limits.tolerance
        assert goal.bound <= goal.value + 1e-6
        assert (goal.status == "optimal") == (goal.gap <= tolerance + 1e-6)
    assert plan.is_proved == all(goal.status == "optimal" for goal in plan.goals)
    assert tuple(goal.name for goal in plan.goals) == GOALS


def test_a_tenth_of_a_second_is_not_called_optimal() -> None:
    """There is no time to prove anything in a tenth of a second: a plan is given, and the status says so."""
    county, forecast = larger()
    plan = pl.optimise(county, forecast, time_limit_s=0.1)
    assert plan.status == "time limit"
    longer = pl.optimise(county, forecast, time_limit_s=4.0)
    first, second = plan.goal("away_child_years"), longer.goal("away_child_years")
    assert first.bound <= second.value + 1e-6
    assert second.bound <= first.value + 1e-6
    assert second.value <= first.value + 1e-6


def test_from_placements_to_a_comparison() -> None:
    """Forecast, plan and comparison follow from a county in three calls, and the plan helps in most futures."""
    county = tiny_county(optimise={"demand_samples": 6})
    forecast = pl.forecast(county, years=4, runs=60)
    plan = pl.optimise(county, forecast)
    evaluate(county, forecast, plan)
    table = pl.compare(county, forecast, {"best plan": plan.interventions}, samples=20).table()
    assert table.loc["best plan", "away_child_years"] < table.loc["do nothing", "away_child_years"]
    assert table.loc["best plan", "better_than_nothing"] > 0.5
