"""Scenarios side by side, on the same futures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from placements.comparison import DO_NOTHING, compare, weighted_quantiles
from placements.errors import UsageError
from placements.interventions import OpenHome, RecruitCarers, ReduceEntries
from placements.optimisation import optimise
from tests.support import tiny_county, tiny_forecast

NONE = pd.DataFrame()
WEEKS = 365.25 / 7
NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 2
Woking    | agency_foster  | family     | 3
"""
COSTS = """
provision      | location      | weekly_cost_gbp
childrens_home | any           | 1000
agency_foster  | out_of_county | 200
agency_foster  | any           | 150
"""
RUNS = tuple(float(r) for r in np.linspace(0.5, 1.5, 11))


def case():
    county = tiny_county(NONE, provision=NONE, unit_costs=COSTS)
    return county, tiny_forecast(county, NEEDS, years=2, runs=RUNS)


def home(**changes: object) -> OpenHome:
    given = {"name": "h", "places": 1, "district": "Guildford", "lead_time_years": 0.0, "planned_occupancy": 1.0}
    return OpenHome(**(given | {"capital_gbp": 100.0, "yearly_cost_gbp": 10.0, "weekly_cost_gbp": 20.0} | changes))


def test_do_nothing_is_always_there_and_comes_first() -> None:
    """It is added, stands first wherever it was given, and can hold nothing."""
    county, forecast = case()
    result = compare(county, forecast, {"home": (home(),), DO_NOTHING: ()})
    assert list(result.scenarios) == [DO_NOTHING, "home"]
    assert list(result.table().index) == [DO_NOTHING, "home"]
    assert list(compare(county, forecast, {}).outcomes) == [DO_NOTHING]
    with pytest.raises(UsageError, match="must be empty"):
        compare(county, forecast, {DO_NOTHING: (home(),)})


def test_a_scenario_of_nothing_is_the_same_as_doing_nothing() -> None:
    """Common random numbers: an empty scenario differs in no sample, and is never better."""
    county, forecast = case()
    table = compare(county, forecast, {"idle": ()}).table()
    pd.testing.assert_series_equal(table.loc["idle"], table.loc[DO_NOTHING], check_names=False)
    assert table.loc["idle", "better_than_nothing"] == 0


def test_the_figures_of_a_home_worked_out_by_hand() -> None:
    """One place; the need that suits it is 1.7 times 0.5 to 1.5 a year: use, cost, saving and value follow."""
    county, forecast = case()
    result = compare(county, forecast, {"home": (home(),)})
    used = np.minimum(1.7 * np.array(RUNS), 1).mean()
    row = result.table().loc["home"]
    away = result.table().loc[DO_NOTHING, "away_child_years"]
    assert away == pytest.approx(2 * 5)
    assert row["away_child_years"] == pytest.approx(10 - 2 * used, rel=1e-3)
    assert row["kept_local_child_years"] == pytest.approx(2 * used, rel=1e-3)
    assert row["idle_child_years"] == pytest.approx(2 * (1 - used), abs=1e-3)
    assert row["capital_gbp"] == 100
    assert row["gross_running_gbp"] == pytest.approx(20 + 2 * used * 20 * WEEKS, rel=1e-3)
    assert row["avoided_gbp"] == pytest.approx(2 * used * 1000 * WEEKS, rel=1e-3)
    saving = used * 980 * WEEKS - 10
    assert row["npv_gbp"] == pytest.approx(saving - 100 + saving / 1.035, rel=1e-3)
    assert row["better_than_nothing"] == pytest.approx(1)
    assert row["away_low_80"] < row["away_child_years"] < row["away_high_80"]


def test_prevention_lowers_starts_of_the_groups_named_from_its_year() -> None:
    """A fifth fewer starts of agency foster care from year 2: a fifth fewer child-years away, at their cost."""
    county, forecast = case()
    less = ReduceEntries(name="p", share=0.2, from_year=2, provisions=("agency_foster",), areas=("woking",),
                         yearly_cost_gbp=7)  # fmt: skip
    result = compare(county, forecast, {"prevent": (less,)})
    years = result.by_year()["away_child_years"]
    assert years["prevent", 1] == pytest.approx(5)
    assert years["prevent", 2] == pytest.approx(2 + 3 * 0.8)
    lost = ReduceEntries(name="p", share=0.2, areas=("Narnia",))
    with pytest.raises(UsageError, match="Narnia is not a planning area"):
        compare(county, forecast, {"prevent": (lost,)})
    row = result.table().loc["prevent"]
    assert row["avoided_gbp"] == pytest.approx(0.6 * 200 * WEEKS, rel=1e-4)
    assert row["gross_running_gbp"] == pytest.approx(7)


def test_prevented_local_placements_are_saved_too() -> None:
    """Where only part of the starts is away, the local part that does not start costs nothing either."""
    county, forecast = case()
    forecast.away["share"] = 0.5
    less = ReduceEntries(name="p", share=0.2, provisions=("agency_foster",))
    row = compare(county, forecast, {"prevent": (less,)}).table().loc["prevent"]
    assert row["avoided_gbp"] == pytest.approx(2 * 0.2 * 3 * (0.5 * 200 + 0.5 * 150) * WEEKS, rel=1e-4)


def test_a_plan_and_the_same_things_written_by_hand_are_worth_the_same() -> None:
    """The optimiser's plan and a copy without its option ids give the same row."""
    options = "id | kind | to | places | capital | yearly | weekly\na | open_home | Guildford | 2 | 10 | 10 | 5"
    county = tiny_county(NONE, provision=NONE, unit_costs=COSTS, options=options)
    forecast = tiny_forecast(county, NEEDS, years=2, runs=RUNS)
    plan = optimise(county, forecast)
    (chosen,) = plan.interventions
    by_hand = OpenHome(
        name="ours", places=2, district="Guildford", opens_year=chosen.opens_year, lead_time_years=0.0, capital_gbp=10,
        yearly_cost_gbp=10, weekly_cost_gbp=5, planned_occupancy=1.0, age_low=0, age_high=25,
    )  # fmt: skip
    table = compare(county, forecast, {"plan": plan.interventions, "hand": (by_hand,)}).table()
    assert table.loc["plan"].tolist() == pytest.approx(table.loc["hand"].tolist(), nan_ok=True)


def test_more_places_never_leave_more_children_away() -> None:
    """Adding an intervention cannot raise the child-years away in any year or sample."""
    county, forecast = case()
    carers = RecruitCarers(name="c", district="Woking", households_by_year=(1, 1), lead_time_years=0.5)
    result = compare(county, forecast, {"home": (home(),), "both": (home(), carers)})
    assert (result.outcomes["both"].away <= result.outcomes["home"].away + 1e-6).all()
    by_area = result.away_by(("area",))
    assert by_area.sum().tolist() == pytest.approx(result.table()["away_child_years"].tolist(), rel=1e-6)


def test_weighted_quantiles_of_equal_weights_are_ordinary() -> None:
    """The median of equal weights is the middle value; a heavy value pulls it."""
    values = np.array([3.0, 1.0, 2.0])
    assert weighted_quantiles(values, np.ones(3) / 3, (0.5,)) == pytest.approx([2.0])
    assert weighted_quantiles(values, np.array([0.98, 0.01, 0.01]), (0.5,))[0] == pytest.approx(3.0, abs=0.05)
