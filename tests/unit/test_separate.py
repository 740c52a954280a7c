"""An authority planned for in parts: cases whose answer is plain to see, and plans that break the parts' rules."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from placements.commands import separately as command
from placements.errors import InfeasibleError, SettingsError, UsageError
from placements.geography.authorities import find_authority
from placements.geography.postcodes import open_directory
from placements.interventions import OpenHome
from placements.optimisation import PlanError, compare_separately, evaluate, frontier, optimise, why
from placements.optimisation.separate import parts_of, shares_of
from placements.optimisation.why_words import plan_sentences
from placements.settings import settings_from
from tests.command_support import run
from tests.siting_support import HALVES
from tests.support import tiny_county, tiny_forecast

#: Guildford (West) has the only site, Woking (East), six miles off, three quarters of the need.
NEEDS = "area | provision | child_years\nGuildford | childrens_home | 2\nWoking | childrens_home | 6"
HOMES = """
id | site | kind      | to        | places | capital | yearly | weekly | lead | planned | minimum
g  | G    | open_home | Guildford | 8      | 900     | 100    | 10     | 0    | 1       | 0
w  | W    | open_home | Woking    | 2      | 300     | 10     | 10     | 0    | 1       | 0
"""
#: Half of all that starts.
PREVENTION = """
id | kind           | capital | yearly | share
p  | reduce_entries | 100     | 60     | 0.5
"""


def case(options=HOMES, **optimise_settings):
    limits = {"capital_gbp": 1200.0, "capital_per_year_gbp": 1200.0, "revenue_per_year_gbp": 1e6, "tolerance": 1e-6}
    county = tiny_county(pd.DataFrame(), options=options, provision=pd.DataFrame(), optimise=limits | optimise_settings)
    county = dataclasses.replace(county, settings=dataclasses.replace(county.settings, boundary_sets=HALVES))
    return county, tiny_forecast(county, NEEDS)


def test_a_place_over_the_new_boundary_is_no_local_place() -> None:
    """Together the home in Guildford takes Woking's children; separately it stays shut for lack of capital."""
    county, forecast = case()
    found = compare_separately(county, forecast, "halves", later_tolerance=1e-6)
    for plan in (found.together, found.separately):
        evaluate(county, forecast, plan)
    # 0.85 of the need suits a home. Together: 6.8 a year in the one home, or in both.
    assert found.together.by_year["kept_local"].tolist() == pytest.approx([6.8, 6.8], rel=2e-3)
    # By need West has a quarter of 1,200: no home for 900. East has 900: two places in the home for 300.
    assert found.shares == pytest.approx({"East": 0.75, "West": 0.25})
    assert found.separately.by_year["kept_local"].tolist() == pytest.approx([2, 2])
    assert (found.more_away.low, found.more_away.high) == pytest.approx((9.6, 9.6), rel=3e-3)
    rows = found.table.set_index(["planned", "part"])
    for planned, plan in (("together", found.together), ("separately", found.separately)):
        assert rows.loc[(planned, "all"), "net_cost_gbp"] == pytest.approx(plan.goal("net_cost").value, rel=2e-3)
        assert rows.loc[(planned, "all"), "away_child_years"] == pytest.approx(plan.by_year["away"].sum())
        parts = rows.loc[planned].drop("all").sum()
        assert parts[["away_child_years", "capital_gbp"]].tolist() == pytest.approx(
            rows.loc[(planned, "all"), ["away_child_years", "capital_gbp"]].tolist()
        )
    assert rows.loc[("separately", "West"), "capital_gbp"] == 0
    assert rows.loc[("separately", "East"), "bound_child_years"] == pytest.approx(8, abs=1e-2)
    assert np.isnan(rows.loc[("together", "East"), "bound_child_years"])


def test_prevention_costs_each_part_its_share_and_saves_where_its_children_are() -> None:
    """Half the starts of both parts averted: of 2 and 6 child-years a year, of which 0.15 would have been local."""
    county, forecast = case(options=PREVENTION, capital_gbp=100.0, later_tolerance=1e-6)
    found = compare_separately(county, forecast, "halves")
    rows = found.table.set_index(["planned", "part"])
    for planned, plan in (("together", found.together), ("separately", found.separately)):
        evaluate(county, forecast, plan)
        assert [entry.option_id for entry in plan.interventions] == ["p"]
        assert rows.loc[(planned, "all"), "net_cost_gbp"] == pytest.approx(plan.goal("net_cost").value)
        east, west = (rows.loc[(planned, part)] for part in ("East", "West"))
        assert (east["capital_gbp"], west["capital_gbp"]) == pytest.approx((75.0, 25.0))
        assert west["net_cost_gbp"] == pytest.approx(east["net_cost_gbp"] / 3)


def test_shares_are_as_stated_and_the_rest_by_need() -> None:
    """With three quarters of the money West opens its home, for its own children."""
    county, forecast = case(separate="halves", separate_shares={"West": 0.75})
    plan = optimise(county, forecast)
    assert [entry.name for entry in plan.interventions] == ["Option g", "Option w"]
    assert plan.by_year["kept_local"].tolist() == pytest.approx([3.7, 3.7])
    assert plan.limits.separate_shares == pytest.approx({"West": 0.75, "East": 0.25})
    evaluate(county, forecast, plan)
    names = ("A", "B", "C")
    assert shares_of(names, np.array([1.0, 3.0, 6.0]), {}).tolist() == pytest.approx([0.1, 0.3, 0.6])
    assert shares_of(names, np.array([1.0, 3.0, 6.0]), {"C": 0.2}).tolist() == pytest.approx([0.2, 0.6, 0.2])
    assert shares_of(names, np.zeros(3), {"C": 0.2}).tolist() == pytest.approx([0.4, 0.4, 0.2])


@pytest.mark.parametrize(
    ("shares", "said"), [({"West": 1.2}, "between 0 and 1"), ({"West": 0.6, "East": 0.6}, "more than 1"),
                         ({"North": 0.5}, "none of East, West")],
)  # fmt: skip
def test_shares_that_cannot_be_are_refused(shares, said: str) -> None:
    """Each is a share of a part that there is, and together they are no more than all."""
    county, forecast = case()
    with pytest.raises(UsageError, match=said):
        optimise(county, forecast, separate="halves", separate_shares=shares)
    if "none" not in said:
        with pytest.raises(SettingsError, match=said):
            settings_from({"optimise": {"separate_shares": shares}})


def test_what_cannot_be_told_apart_or_compared_is_refused() -> None:
    """A set that does not exist, one of a single part, goals of which child-years away is not the first."""
    county, forecast = case()
    with pytest.raises(UsageError, match="no boundary set 'thirds'"):
        optimise(county, forecast, separate="thirds")
    surrey = dataclasses.replace(county, authority=find_authority("Surrey"))
    with pytest.raises(UsageError, match="has one part"):
        parts_of(surrey, "2025-03-31")
    with pytest.raises(UsageError, match="put away_child_years first"):
        compare_separately(county, forecast, "halves", goals=("net_cost", "away_child_years"))


def test_commitments_are_charged_to_their_part() -> None:
    """A home that is within the whole's capital but not within its part's is refused, by name and amount."""
    county, forecast = case(separate="halves", separate_shares={"West": 0.5})
    home = OpenHome(name="ours", places=2, district="Guildford", lead_time_years=0, capital_gbp=700)
    with pytest.raises(InfeasibleError, match="in West they cost £100 more capital than its share"):
        optimise(county, forecast, commitments=(home,))
    plan = optimise(county, forecast, commitments=(dataclasses.replace(home, capital_gbp=500, planned_occupancy=1),))
    evaluate(county, forecast, plan)
    assert [entry.name for entry in plan.interventions] == ["ours", "Option w"]


def test_limits_of_a_part_are_named_among_those_that_bind() -> None:
    """West's 300 buy no home at 900; of East's 900 there is room left, and nothing else it could buy."""
    county, forecast = case(separate="halves")
    plan = optimise(county, forecast)
    found = why(county, forecast, plan, seconds=20)
    capital = {limit.part: limit for limit in found.limits if limit.name == "capital"}
    assert {part: (limit.used, limit.allowed) for part, limit in capital.items()} == {
        "": (300, 1200), "East": (300, pytest.approx(900)), "West": (0, pytest.approx(300)),
    }  # fmt: skip
    assert {part for part, limit in capital.items() if limit.is_binding} == {"West"}
    running = [limit for limit in found.limits if limit.name == "running_cost_in_year"]
    for year, whole in enumerate(plan.by_year["gross_running_gbp"], start=1):
        parts = {limit.part: limit.used for limit in running if limit.where == str(year)}
        assert parts == pytest.approx({"": whole, "East": whole, "West": 0.0})
    assert "capital over all years, the share of West, (£300 left" in " ".join(plan_sentences(found, {}))


def test_the_evaluator_catches_what_crosses_or_is_over_a_share() -> None:
    """A plan made together is none for the parts: children cross, and a part spends the other's money."""
    county, forecast = case()
    plan = optimise(county, forecast)
    shares = {"West": 0.25, "East": 0.75}
    claimed = dataclasses.replace(
        plan, limits=dataclasses.replace(plan.limits, separate="halves", separate_shares=shares)
    )
    with pytest.raises(PlanError) as error:
        evaluate(county, forecast, claimed)
    assert "over the boundary of a part" in str(error.value)
    assert "West: capital £900 is over its share of £300" in str(error.value)
    more = dataclasses.replace(claimed.limits, separate_shares={"West": 0.9, "East": 0.9})
    with pytest.raises(PlanError, match="more than 1"):
        evaluate(county, forecast, dataclasses.replace(claimed, limits=more))


def test_a_frontier_of_parts_keeps_their_shares_at_every_limit() -> None:
    """West's home needs 900 of its quarter: the limit has to be 3,600, whatever the whole could pay."""
    county, forecast = case(separate="halves", separate_shares={"West": 0.25}, capital_per_year_gbp=9999.0)
    found = frontier(county, forecast, points=2, capital_gbp=4000.0)
    assert found.is_proved
    for point in found.points:
        evaluate(county, forecast, point.plan)
    assert [sorted(entry.option_id for entry in point.interventions) for point in found.points][-1] == ["g", "w"]
    assert found.points[-1].limit_gbp == pytest.approx(3600)


def test_the_centre_of_an_area_decides_which_part_it_is_in() -> None:
    """Areas that are not districts: the district of the nearest postcode of the authority to the centre."""
    surrey = find_authority("Surrey")
    points = open_directory().points(surrey.districts)
    centres = points.groupby("district")[["easting", "northing"]].median().round().reset_index()
    rows = centres.assign(area=[f"cell{at}" for at in range(len(centres))], name="a cell").drop(columns="district")
    county = dataclasses.replace(tiny_county(pd.DataFrame()), authority=surrey, directory=open_directory())
    county = dataclasses.replace(county, areas=rows)
    found = parts_of(county, "surrey-2027")
    named = parts_of(dataclasses.replace(county, areas=rows.assign(area=centres["district"])), "surrey-2027")
    assert found is not None
    assert list(found.values()) == list(named.values())
    assert set(found.values()) == {"East Surrey", "West Surrey"}


def test_the_command_says_what_was_proved_and_no_small_figure(capsys, monkeypatch, tmp_path) -> None:
    """Shareable: to the nearest 5, small ones hidden; other outputs are refused."""
    county, forecast = case()
    study = dataclasses.make_dataclass("Study", ["settings"])(county.settings)
    study.with_profile = lambda profile: dataclasses.replace(study, settings=dataclasses.replace(
        county.settings, disclosure=dataclasses.replace(county.settings.disclosure, profile=profile or "shareable")))  # fmt: skip
    monkeypatch.setattr(command, "open_study", lambda folder: study)
    monkeypatch.setattr(command, "load", lambda study, reporter: county)
    monkeypatch.setattr(command, "forecast", lambda county, progress: forecast)
    code, out, _ = run(capsys, "optimise", tmp_path, "--compare-separate", "halves", "--json")
    assert code == 0
    report = json.loads(out)
    west = next(row for row in report["rows"] if (row["planned"], row["part"]) == ("separately", "West"))
    assert (west["away_child_years"], west["net_cost_gbp"]) == ("c", "c")
    assert report["more_away_child_years"]["value"] == 10
    assert "between 10 and 10" in report["sentence"]
    assert run(capsys, "optimise", tmp_path, "--compare-separate", "halves", "--explain")[0] == 2
