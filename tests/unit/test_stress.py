"""A plan simulated child by child: the futures it was made for, cases known by hand, and what always holds."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast, forecast
from placements.forecasting.stays import Stays, stays_of
from placements.interventions import (
    ExpandSchool,
    OpenHome,
    OpenSpecialistBase,
    OpenSupportedAccommodation,
    RecruitCarers,
    ReduceEntries,
)
from placements.interventions.suitability import suitable_share, takes_age_band, takes_need
from placements.optimisation import Plan, Stress, optimise, stress
from placements.optimisation.beds import Ladder, beds_of
from placements.optimisation.child_by_child import place_children
from placements.optimisation.demand import build_demand
from placements.optimisation.futures import futures_of
from placements.optimisation.stress_figures import Draws
from placements.optimisation.stress_openings import BELOW_MINIMUM, SLOW_TO_FILL, TOO_CAREFUL, TOO_HOPEFUL
from placements.optimisation.stress_words import paragraph, plan_sentences
from tests.support import tiny_county, tiny_forecast

NONE = pd.DataFrame()
FRAMES = ("in_all", "by_year", "openings", "openings_by_year", "by_need_and_area", "by_kind")


@pytest.fixture(scope="module")
def forecast_made() -> tuple[County, Forecast, Plan]:
    """A small county with its own forecast; the plan is made for three of its runs, with some prevention."""
    county = tiny_county()
    future = forecast(county, years=3, runs=23, seed=3)
    fewer = ReduceEntries(name="Edge of care", share=0.25, from_year=2)
    return county, future, optimise(county, future, commitments=(fewer,), demand_samples=3, time_limit_s=10)


@pytest.fixture(scope="module")
def stays(forecast_made) -> Stays:
    """The placements of the plan's runs."""
    county, future, plan = forecast_made
    return stays_of(county, future, plan.runs)


def test_a_run_told_again_comes_to_what_the_forecast_holds(forecast_made) -> None:
    """Child-years by group, year of start and year of use, of runs of several blocks, in any order."""
    county, future, _ = forecast_made
    runs = (22, 4, 17, 4)
    told = stays_of(county, future, runs)
    again = told.cohorts(len(runs), future.years, len(future.groups))
    assert again.sum() > 0
    np.testing.assert_allclose(again, future.cohorts[list(runs)], atol=1e-5)
    assert (np.diff(told.sample) >= 0).all()


def test_another_forecast_is_refused(forecast_made) -> None:
    """One of another seed: what to do is said."""
    county, future, plan = forecast_made
    with pytest.raises(UsageError, match=r"make it anew with .*years=3, runs=23, seed=4"):
        stress(county, dataclasses.replace(future, seed=4), plan)


def test_expected_child_years_are_the_need_that_was_planned_for(forecast_made) -> None:
    """By group, year and sample, after prevention; and drawn children come to them on average."""
    county, future, plan = forecast_made
    demand = build_demand(county, future, np.array(plan.runs), np.array(plan.weights), plan.interventions)
    expected = futures_of(county, future, plan).expected(len(future.groups), future.years)
    order = np.argsort(future.groups["group"].to_numpy(object))
    np.testing.assert_allclose(expected[order], demand.need, atol=1e-5)
    found = stress(county, future, plan, replications=40)
    total, error = found.in_all["child_years"].sum(), np.sqrt((found.in_all["child_years_se"] ** 2).sum())
    assert abs(total - (expected.sum(axis=(0, 1)) @ demand.weights)) < 4 * error


def test_children_are_only_where_they_suit(forecast_made, stays) -> None:
    """Each place takes the child's need and age, meets what was wanted, and lies within the travel limit."""
    county, future, plan = forecast_made
    beds, futures = beds_of(county, plan, future.groups, future.years), futures_of(county, future, plan, stays)
    areas, seen = county.areas.set_index("area"), 0
    for number in range(4):
        rng = np.random.default_rng(number)
        children, group = futures.draw(number % 3, beds, rng)
        placed = place_children(children, beds.drawn(rng), beds.reach)
        for child in np.flatnonzero(placed >= 0):
            wanted, place = future.groups.iloc[group[child]], beds.table.iloc[placed[child]]
            assert takes_need(place["needs"], wanted["need_group"])
            assert takes_age_band(wanted["service"], wanted["age_band"], place["age_low"], place["age_high"])
            assert suitable_share(wanted["provision"], place["provision"], wanted["need_group"], wanted["age_band"]) > 0
            home = areas.loc[wanted["area"]]
            metres = np.hypot(home["easting"] - place["easting"], home["northing"] - place["northing"])
            assert metres / 1609.344 <= plan.limits.travel_limit_miles + 1e-6
            seen += 1
    assert seen > 0


def test_everybody_is_counted_once(forecast_made, stays) -> None:
    """Outcomes by year, by cell and in all agree; child-years of the placed are those of all places."""
    found = stress(*forecast_made, replications=6, stays=stays)
    columns = ["placed", "full", "not_ready", "out_of_reach"]
    assert found.by_year[columns].sum().to_numpy() == pytest.approx(found.in_all["children"].to_numpy())
    away = ["full", "not_ready", "out_of_reach"]
    for table in (found.by_need_and_area, found.by_kind):
        assert table[away].sum().to_numpy() == pytest.approx(found.in_all["children"].to_numpy()[1:])
        assert table["away"].sum() == pytest.approx(found.in_all["child_years"].iloc[1:].sum())
    assert found.by_year["kept_local"].sum() == pytest.approx(found.in_all.loc["placed", "child_years"])
    assert found.openings["child_years"].sum() == pytest.approx(found.by_year["kept_by_new"].sum())
    assert found.openings_by_year["child_years"].sum() == pytest.approx(found.by_year["kept_by_new"].sum())
    assert (found.openings_by_year[["occupancy", "share_full"]].fillna(0).to_numpy() <= 1 + 1e-9).all()


def test_the_same_seed_gives_the_same_figures(forecast_made, stays) -> None:
    """Bit for bit; another seed gives others."""
    one, same = stress(*forecast_made, replications=3), stress(*forecast_made, replications=3, stays=stays)
    other = stress(*forecast_made, replications=3, stays=stays, seed=99)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(same, name), check_exact=True)
    assert not one.in_all.equals(other.in_all)
    assert (one.seed, other.seed, one.samples) == (forecast_made[2].seed, 99, forecast_made[2].runs)


def test_with_room_for_everybody_it_agrees_with_the_plan(forecast_made, stays) -> None:
    """Places for all from the first day: two ways of counting, one figure, year by year."""
    county, future, _ = forecast_made
    ample = {"places": 30, "lead_time_years": 0.0, "planned_occupancy": 1.0}
    kinds = (OpenHome, OpenSupportedAccommodation, ExpandSchool, OpenSpecialistBase, RecruitCarers)
    entries = [
        kind(name=f"{kind.kind} {at}", district=at, **ample)
        for kind in kinds
        for at in ("Guildford", "Woking", "Tandridge")
    ]
    plan = optimise(county, future, commitments=entries, demand_samples=3, goals=("away_child_years",), capital_gbp=0.0)
    found = stress(county, future, plan, stays=stays, replications=40)
    assert plan.by_year["kept_local"].min() > 1
    off = found.by_year["kept_local"] - found.by_year["planned_kept_local"]
    assert (off.abs() < 4 * found.by_year["kept_local_se"]).all()
    assert found.in_all.loc[["full", "not ready"], "children"].tolist() == [0, 0]


def test_means_and_errors_are_those_of_the_weighted_samples() -> None:
    """The mean by weight; its standard error as the spread of whole sets of replications would show it."""
    rng = np.random.default_rng(5)
    weights, spread = np.array([0.5, 0.3, 0.2]), np.array([1.0, 4.0, 2.0])
    sets = [spread[:, None] * rng.standard_normal((3, 8)) + [[1.0], [2.0], [3.0]] for _ in range(4000)]
    draws = Draws.empty(weights, 8, 1, 1, 1)
    means, errors = np.array([draws.estimate(one) for one in sets]).T
    assert means.mean() == pytest.approx(0.5 + 0.6 + 0.6, abs=0.05)
    assert (errors**2).mean() == pytest.approx(means.var(), rel=0.1)


# A case by hand: one home of a bed or two, everybody from one group, no chance in it.

NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | disabled   | 2
"""


@functools.cache
def bare() -> tuple[County, Forecast]:
    """A county with no places, and three years of need in it."""
    county = tiny_county(NONE, options=NONE, provision=NONE)
    return county, tiny_forecast(county, NEEDS, years=3)


@functools.cache
def one_home(lead: float = 1.0, planned: float = 1.0, minimum: float = 0.0, to: str = "Guildford"):
    """A county, forecast and plan with one home; 85 % of those who want a home are suited by it."""
    county, future = bare()
    home = OpenHome(name="Home", places=1, district=to, lead_time_years=lead, planned_occupancy=planned,
                    minimum_occupancy=minimum)  # fmt: skip
    return county, future, optimise(county, future, commitments=(home,))


def lived(case, *pairs: tuple[float, float], **more) -> Stress:
    """The stress test with stays (begin, end); every child suits, so that nothing is left to chance."""
    begin, end = (np.array(column, float) for column in zip(*pairs, strict=True))
    zeros = np.zeros(len(begin), np.intp)
    return stress(*case, stays=Stays(zeros, zeros, begin, end), replications=2, **more)


@pytest.fixture
def all_suit(monkeypatch):
    """Make every home suit every child who wants one."""
    monkeypatch.setattr("placements.optimisation.matching.suitable_share", lambda *args: 1.0)


def test_a_case_by_hand(all_suit) -> None:
    """Ready after a year: one came before, one is placed, one finds it full, one has it when it is free again."""
    found = lived(one_home(), (0.5, 3.0), (1.2, 1.7), (1.5, 2.5), (1.75, 2.5), (2.4, 2.9))
    assert found.in_all["children"].tolist() == [2, 2, 1, 0]
    assert found.in_all["child_years"].tolist() == pytest.approx([0.5 + 0.75, 1.0 + 0.5, 2.5, 0])
    assert found.by_year["kept_local"].tolist() == pytest.approx([0, 0.75, 0.5])
    assert found.by_year[["placed", "full", "not_ready"]].to_numpy().tolist() == [[0, 0, 1], [2, 1, 0], [0, 1, 0]]
    home = found.openings_by_year
    assert home["occupancy"].iloc[1:].tolist() == pytest.approx([0.75, 0.5])
    assert home["share_full"].iloc[1:].tolist() == pytest.approx([0.75, 0.5])
    assert home["turned_away"].tolist() == [0, 1, 1]
    assert found.openings.loc[0, "came_before"] == 1
    assert np.isnan(home["occupancy"].iloc[0])
    assert (found.openings.loc[0, "beds"], found.openings.loc[0, "judged_from"]) == (1, 3)


def test_days_between_two_children(all_suit) -> None:
    """A bed that stands empty for 30 days is not there for a child who comes after 18; it counts as full."""
    pairs = ((1.2, 1.7), (1.75, 2.5))
    found = lived(one_home(), *pairs, days_between=30)
    assert found.in_all["children"].tolist() == [1, 1, 0, 0]
    assert found.openings_by_year["share_full"].iloc[1] == pytest.approx(0.5 + 30 / 365.25)
    assert lived(one_home(), *pairs, days_between=18).in_all["children"].tolist() == [2, 0, 0, 0]


def test_nobody_goes_beyond_the_travel_limit(all_suit) -> None:
    """A home over twenty miles off is no place for them."""
    found = lived(one_home(to="Tandridge"), (1.2, 1.7), (2.2, 2.5))
    assert found.in_all["children"].tolist() == [0, 0, 0, 2]


def test_a_child_goes_where_the_plan_sends_it_first(all_suit) -> None:
    """To the home in Woking though there is one at home; to the other when that is full."""
    county, future = bare()
    near, far = (OpenHome(name=where, places=1, district=where, lead_time_years=0) for where in ("Guildford", "Woking"))
    plan = optimise(county, future, commitments=(near, far))
    place = dict(zip(plan.idle["name"], plan.idle["place"], strict=True))
    sent = plan.serves.assign(place=place["Woking"], child_years=1.0).drop_duplicates(["place", "group", "year"])
    found = lived((county, future, dataclasses.replace(plan, serves=sent)), (0.1, 0.9), (0.5, 0.75), (0.6, 0.8))
    by_home = found.openings.set_index("name")["child_years"]
    assert by_home.to_dict() == pytest.approx({"Guildford": 0.25, "Woking": 0.8})
    assert found.in_all["children"].tolist() == [2, 1, 0, 0]


def test_too_hopeful_too_careful_and_too_small(all_suit) -> None:
    """Used less than planned while turning away; used beyond what was planned; used less than it needs."""
    clash = [(0.1 + year, 0.3 + year) for year in range(3)] + [(0.2 + year, 0.9 + year) for year in range(3)]
    small = one_home(lead=0.0, minimum=0.5)
    hopeful = lived(small, *sorted(clash))
    assert hopeful.openings.loc[0, "findings"] == (TOO_HOPEFUL, BELOW_MINIMUM)
    careful = lived(one_home(lead=0.0, planned=0.5, minimum=0.4), *((year + 0.01, year + 0.99) for year in range(3)))
    assert careful.openings.loc[0, "findings"] == (TOO_CAREFUL,)
    idle = lived(small, (0.1, 0.2))
    assert idle.openings.loc[0, "findings"] == (SLOW_TO_FILL, BELOW_MINIMUM)
    said = [paragraph(case.openings.loc[0].to_dict()) for case in (hopeful, careful, idle)]
    assert "too hopeful" in said[0]
    assert "below its minimum occupancy of 50%" in said[0]
    assert "beyond its planned occupancy of 50%" in said[1]
    assert "too few children come" in said[2]
    assert "Erlang" in said[1]
    assert "1 is used below the minimum occupancy" in plan_sentences(idle)[-1]


def test_spare_beds_are_whole_and_their_mean_is_kept() -> None:
    """A place of which we can expect 1.4 beds has one or two."""
    county, future, plan = one_home()
    beds = dataclasses.replace(beds_of(county, plan, future.groups, future.years), spare=np.array([1.4]), ready=())
    rng = np.random.default_rng(1)
    drawn = [len(beds.drawn(rng)) for _ in range(1500)]
    assert set(drawn) == {1, 2}
    assert np.mean(drawn) == pytest.approx(1.4, abs=4 * 0.49 / np.sqrt(1500))


def test_a_ladder_draws_by_weight() -> None:
    """As likely as its weight, never one without weight, -1 for a row with nothing."""
    ladder = Ladder.of(np.array([2, 0, 0, 2, 0]), np.array([7, 5, 6, 8, 9]), np.array([3.0, 1.0, 3.0, 1.0, 0.0]), 4)
    rng = np.random.default_rng(1)
    first = ladder.draw(np.zeros(4000, np.intp), rng)
    assert set(first) == {5, 6}
    assert (first == 6).mean() == pytest.approx(0.75, abs=0.03)
    assert (ladder.draw(np.full(4000, 2), rng) == 7).mean() == pytest.approx(0.75, abs=0.03)
    assert (ladder.draw(np.array([1, 3]), rng) == -1).all()


LATE = Stays(np.zeros(1, np.intp), np.zeros(1, np.intp), np.array([3.0]), np.array([4.0]))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"replications": 1}, "2 or more"),
        ({"days_between": -1.0}, "0 or more"),
        ({"stays": LATE}, "1 of 1 stays cannot be"),
    ],
)
def test_mistakes_are_refused(forecast_made, given, said) -> None:
    """What was asked for, and what to give."""
    with pytest.raises(UsageError, match=said):
        stress(*forecast_made, **given)


def test_a_plan_that_opens_nothing_can_be_tested() -> None:
    """No places at all: everybody is out of reach, and there is no opening to speak of."""
    county, future = bare()
    found = lived((county, future, optimise(county, future)), (0.1, 0.9))
    assert found.in_all["children"].tolist() == [0, 0, 0, 1]
    assert found.openings.empty
    assert len(plan_sentences(found)) == 2
