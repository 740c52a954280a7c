"""Frontiers that can be worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from placements.errors import InfeasibleError, UsageError
from placements.interventions import OpenHome
from placements.optimisation import evaluate, optimise
from placements.optimisation.efficient import frontier
from tests.support import tiny_county, tiny_forecast

NONE = pd.DataFrame()
#: Each home is within reach of its own district alone, and there is more need than any of them can meet.
NEEDS = """
area      | provision      | child_years
Guildford | childrens_home | 20
Woking    | childrens_home | 20
Tandridge | childrens_home | 20
"""
HOMES = """
id | site | kind      | to        | places | capital | yearly | weekly | lead | planned | minimum
a  | A    | open_home | Guildford | 1      | 100     | 0      | 0      | 0    | 1       | 0
b  | B    | open_home | Woking    | 3      | 200     | 0      | 0      | 0    | 1       | 0
c  | C    | open_home | Tandridge | 4      | 400     | 0      | 0      | 0    | 1       | 0
"""
#: What a child-year in a home outside costs (`tests.support.UNIT_COSTS`).
AWAY_GBP = 5200 * 365.25 / 7


def county_with(options: str, **limits: object):
    few = {
        "capital_gbp": 1000.0,
        "capital_per_year_gbp": 1000.0,
        "revenue_per_year_gbp": 1e9,
        "schools_capital_share": 1.0,
        "travel_limit_miles": 4.0,
        "demand_samples": 1,
        "tolerance": 1e-6,
    }
    return tiny_county(NONE, options=options, provision=NONE, optimise=few | limits)


def test_each_budget_opens_what_pays_best() -> None:
    """With 0 to 700 pounds the homes are a knapsack; at 400 nothing beats 300, so that there is no such point."""
    county = county_with(HOMES)
    forecast = tiny_forecast(county, NEEDS)
    found = frontier(county, forecast, points=8)
    assert found.limits_gbp == pytest.approx([0, 100, 200, 300, 400, 500, 600, 700])
    table = [(p.limit_gbp, p.kept_local_child_years, p.capital_gbp) for p in found.points]
    by_hand = [(0, 0, 0), (100, 2, 100), (200, 6, 200), (300, 8, 300), (500, 10, 500), (600, 14, 600), (700, 16, 700)]
    assert table == [pytest.approx(row, abs=1e-4) for row in by_hand]
    assert [p.opened for p in found.points] == [
        (), ("Option a",), ("Option b",), ("Option a",), ("Option c",), ("Option b",), ("Option a",),
    ]  # fmt: skip
    assert [p.left_out for p in found.points] == [(), (), ("Option a",), (), ("Option b",), ("Option a",), ()]
    assert found.is_proved
    for point in found.points:
        assert point.gap <= 1e-6
        assert point.net_revenue_gbp == pytest.approx(-AWAY_GBP * point.kept_local_child_years, rel=1e-6)
        evaluate(county, forecast, point.plan)


def test_the_frontier_ends_where_more_money_no_longer_helps() -> None:
    """Of 1,000 pounds 700 open all there is; of 650, 600 do the most."""
    county = county_with(HOMES)
    forecast = tiny_forecast(county, NEEDS)
    assert frontier(county, forecast, points=2).limits_gbp == pytest.approx([0, 700])
    assert frontier(county, forecast, points=2, capital_gbp=650.0).limits_gbp == pytest.approx([0, 600])


def test_against_net_revenue_the_cheapest_plan_is_the_first_point() -> None:
    """One home saves money, so that doing nothing is no point; the other costs more than it avoids, for one year or two."""
    options = """
    id | site | kind      | to        | places | capital | yearly  | weekly | lead | planned | minimum
    a  | A    | open_home | Guildford | 1      | 0       | 0       | 0      | 0    | 1       | 0
    b  | B    | open_home | Woking    | 3      | 0       | 1000000 | 0      | 0    | 1       | 0
    """
    county = county_with(options)
    forecast = tiny_forecast(county, NEEDS)
    found = frontier(county, forecast, against="net_revenue", points=3)
    saved, dear = -2 * AWAY_GBP, 1e6 - 3 * AWAY_GBP
    assert [p.net_revenue_gbp for p in found.points] == pytest.approx([saved, saved + dear, saved + 2 * dear], abs=1)
    assert [p.kept_local_child_years for p in found.points] == pytest.approx([2, 5, 8], abs=1e-4)
    assert [p.opened for p in found.points] == [("Option a",), ("Option b",), ()]
    assert found.points[2].changed == ("Option b",)
    assert found.least_bound_gbp <= found.points[0].limit_gbp
    assert found.is_proved
    for point in found.points:
        assert point.net_revenue_gbp <= point.limit_gbp + 1
        evaluate(county, forecast, point.plan)


def test_what_is_opened_and_not_needed_is_left_out() -> None:
    """With need for one place the home of four is not opened beside the home of one, though the money is there."""
    county = county_with(HOMES.replace("Woking", "Guildford").replace("Tandridge", "Guildford"), max_homes_per_area=9)
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 1")
    found = frontier(county, forecast, points=5, tolerance=0.1)
    assert found.limits_gbp[-1] == pytest.approx(100)
    assert found.points[-1].kept_local_child_years == pytest.approx(2 * 0.85)


def test_a_point_taken_over_is_the_point_solved() -> None:
    """Limits that no solver was asked about are as good as those it was: each is what a plan for that capital reaches."""
    county = county_with(HOMES)
    forecast = tiny_forecast(county, NEEDS)
    found = frontier(county, forecast, points=22)
    assert found.solves < len(found.limits_gbp)
    assert any(not point.solved for point in found.points)
    kept = 0.0
    for limit in found.limits_gbp:
        point = next((point for point in found.points if point.limit_gbp == limit), None)
        kept = point.kept_local_child_years if point is not None else kept
        alone = optimise(county, forecast, capital_gbp=max(limit, 1e-9)).by_year["kept_local"].sum()
        assert kept == pytest.approx(alone, abs=1e-4 + 2e-3 * kept)


def test_schools_keep_to_their_share_of_every_limit() -> None:
    """A school of 100 pounds needs a limit of 200 when schools may take half: as it does in a plan for that capital."""
    options = """
    id | site | kind          | to     | places | capital | yearly | weekly | lead | planned | minimum | needs
    s  | S    | expand_school | Woking | 5      | 100     | 0      | 0      | 0    | 1       | 0       | autism
    """
    needs = (
        "area | provision | need_group | age_band | child_years\nWoking | independent_special | autism | 11 to 15 | 9"
    )
    county = county_with(options, schools_capital_share=0.5)
    forecast = tiny_forecast(county, needs)
    found = frontier(county, forecast, points=3)
    assert found.limits_gbp == pytest.approx([0, 100, 200])
    assert [point.limit_gbp for point in found.points] == pytest.approx([0, 200])
    assert found.points[1].capital_gbp == pytest.approx(100)
    evaluate(county, forecast, found.points[1].plan)


def test_commitments_are_where_the_frontier_begins() -> None:
    """Money that is committed is the first limit, and what it serves is in every point."""
    county = county_with(HOMES)
    forecast = tiny_forecast(county, NEEDS)
    ours = OpenHome(name="ours", places=2, district="Guildford", lead_time_years=0, capital_gbp=50, planned_occupancy=1)
    found = frontier(county, forecast, points=2, commitments=(ours,))
    assert found.limits_gbp == pytest.approx([50, 750])
    assert [p.kept_local_child_years for p in found.points] == pytest.approx([4, 20], abs=1e-4)
    assert all(p.interventions[0] == ours for p in found.points)
    with pytest.raises(InfeasibleError):
        frontier(county, forecast, commitments=(ours,), capital_gbp=40.0)


@pytest.mark.parametrize("against", ["capital", "net_revenue"])
def test_a_county_with_nothing_to_open_has_one_point(against: str) -> None:
    """Doing nothing is all there is."""
    found = frontier(county := county_with(NONE), tiny_forecast(county, NEEDS), against=against, points=4)
    assert [(p.capital_gbp, p.kept_local_child_years) for p in found.points] == [(0, 0)]
    assert found.is_proved


def test_a_moment_proves_nothing_and_says_so() -> None:
    """With no time to prove anything the points are plans, their bounds are bounds, and a gap is not called proved."""
    county = tiny_county(options=HOMES, optimise={"time_limit_s": 0.02, "travel_limit_miles": 4.0, "demand_samples": 2})
    forecast = tiny_forecast(county, NEEDS, runs=(0.5, 1.5), years=4)
    for point in frontier(county, forecast, points=4).points:
        assert point.bound_child_years <= point.away_child_years + 1e-6
        assert point.is_proved == (point.gap <= 0.005 + 1e-6)
        evaluate(county, forecast, point.plan)


@pytest.mark.parametrize(
    ("words", "said"),
    [({"against": "happiness"}, "happiness"), ({"points": 1}, "at least 2"), ({"capitol": 3}, "capitol")],
)
def test_mistakes_are_named(words: dict[str, object], said: str) -> None:
    """What cannot be asked for is said."""
    county = county_with(HOMES)
    with pytest.raises(UsageError, match=said):
        frontier(county, tiny_forecast(county, NEEDS), **words)


def test_children_go_where_it_costs_least_even_beside_dear_homes() -> None:
    """Of two places there today the cheaper is used, so that doing nothing has no net revenue; a home for millions is there."""
    provision = """
    id | provision      | to        | registered | cost
    x  | childrens_home | Guildford | 1          | 4100
    y  | childrens_home | Guildford | 1          | 4000
    """
    dear = HOMES.replace("| 0      | 0      | 0    |", "| 90000000 | 0      | 0    |")
    county = county_with(dear, revenue_per_year_gbp=1e9)
    county = tiny_county(
        NONE, options=dear, provision=provision, optimise=vars(county.settings.optimise) | {"demand_samples": 2}
    )
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 1", runs=(0.9, 1.1))
    nothing = frontier(county, forecast, points=2).points[0]
    assert nothing.interventions == ()
    assert nothing.net_revenue_gbp == pytest.approx(0.0, abs=1.0)
