"""The analysis: totals add up, unknown is never dropped, and a tiny county gives the figures one counts by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements import codes
from placements.analysis.avoidable import JUDGEMENTS, REASONS, classify
from placements.analysis.capacity import available_to_us, capacity, vacant
from placements.analysis.cost import WEEKS_PER_YEAR, assumed_weekly_cost, cost
from placements.analysis.gap import BREAKDOWNS, need, sufficiency
from placements.analysis.indicators import headline
from placements.analysis.location import flows, location_by_distance, out_of_county, over_20_miles
from placements.analysis.measure import wilson
from placements.analysis.snapshot import completed_years, in_force, looked_after, plans_in_force, started
from placements.errors import UsageError
from placements.settings import ThresholdSettings
from tests.support import SNAPSHOT, tiny_county

LIMITS = ThresholdSettings()


@pytest.fixture(scope="module")
def county():
    return tiny_county()


def test_stock_counts_children_once_and_leaves_short_breaks_out():
    """A child with two overlapping placements counts once, in the latest; a series of short breaks not at all."""
    placements = tiny_county(
        """
        child    | service | provision       | home      | to        | need | birth      | start      | end        | legal
        a        | care    | agency_foster   | Guildford | out       | N1   | 2012-07-01 | 2024-02-01 | -          | C2
        a        | care    | in_house_foster | Guildford | Guildford | N1   | 2012-07-01 | 2024-06-01 | -          | C2
        b        | care    | in_house_foster | Guildford | Guildford | N2   | 2012-07-01 | 2024-06-01 | -          | V4
        c        | care    | in_house_foster | Guildford | Guildford | N2   | 2012-07-01 | 2024-06-01 | 2025-03-31 | C2
        """
    ).placements
    stock = looked_after(placements, SNAPSHOT)
    assert stock["child_id"].tolist() == ["a"]
    assert stock["provision"].tolist() == ["in_house_foster"]


def test_a_placement_that_ends_on_the_day_is_over_and_one_that_starts_that_day_is_in_force():
    """Looked after at the end of the day: DEC on it is out, DECOM on it is in."""
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(["2025-03-31", "2025-04-01", "2024-01-01", "2024-01-01", None]),
            "end": pd.to_datetime([None, None, "2025-03-31", "2025-04-01", None]),
        }
    )
    assert in_force(frame, dt.date(2025, 3, 31)).tolist() == [True, False, False, True, True]


@given(st.dates(dt.date(1995, 1, 1), dt.date(2025, 1, 1)), st.dates(dt.date(2025, 1, 2), dt.date(2050, 1, 1)))
def test_completed_years_is_the_number_of_birthdays_passed(born, on):
    """Age goes up on the birthday itself; a child of 29 February has theirs on 1 March in other years."""
    birthdays = sum(
        (year, born.month, born.day) <= (on.year, on.month, on.day) for year in range(born.year + 1, on.year + 1)
    )
    assert completed_years(pd.Series([pd.Timestamp(born)]), pd.Timestamp(on)).iloc[0] == birthdays


def test_age_before_birth_or_without_a_date_is_unknown():
    """An impossible age is not known; it is never negative."""
    ages = completed_years(pd.to_datetime(pd.Series(["2026-01-01", None])), pd.Timestamp(SNAPSHOT))
    assert ages.isna().all()


def test_location_table_adds_up_to_the_stock_and_keeps_the_unknown(county):
    """Every child is in exactly one cell; the child whose placement is not known has a row of their own."""
    stock = looked_after(county.placements, SNAPSHOT)
    table = location_by_distance(stock)
    assert table["count"].sum() == len(stock) == table["denominator"].iloc[0]
    unknown = table[table["location"] == codes.UNKNOWN]
    assert unknown["count"].tolist() == [1]


def test_out_of_county_share_is_of_those_known_and_says_who_was_left_out(county):
    """By hand, looked after: outside are 3 agency, 1 connected, 2 homes, 1 secure, 2 supported = 9; inside 4 + 1; 1 unknown."""
    row = out_of_county(looked_after(county.placements, SNAPSHOT)).iloc[0]
    assert (row["numerator"], row["denominator"], row["excluded"]) == (9, 14, 1)
    assert row["share"] == pytest.approx(9 / 14)
    assert row["low"] < row["share"] < row["high"]


def test_shares_by_any_breakdown_add_up_to_the_whole(county):
    """Numerators, denominators and exclusions of the parts add up to those of the whole."""
    stock = looked_after(county.placements, SNAPSHOT)
    for measure in (out_of_county, over_20_miles):
        whole = measure(stock).iloc[0]
        for by in (["provision"], ["need"], ["age_band", "sector"]):
            parts = measure(stock, by)[["numerator", "denominator", "excluded"]].sum()
            assert parts.tolist() == whole[["numerator", "denominator", "excluded"]].tolist()


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_interval_holds_the_share_and_lies_between_0_and_1(a, b):
    """For any counts; with no cases the interval is not known rather than empty."""
    low, high = wilson(pd.Series([a]), pd.Series([a + b]))
    if a + b == 0:
        assert np.isnan(low.iloc[0])
    else:
        assert 0 <= low.iloc[0] <= a / (a + b) + 1e-12
        assert a / (a + b) - 1e-12 <= high.iloc[0] <= 1


def test_wilson_agrees_with_published_values():
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 gives 0.2553 to 0.3662; 15 of 148, 0.0624 to 0.1605."""
    low, high = wilson(pd.Series([81, 15]), pd.Series([263, 148]))
    assert [round(x, 4) for x in low] == [0.2553, 0.0624]
    assert [round(x, 4) for x in high] == [0.3662, 0.1605]


def test_flows_count_every_child_once(county):
    """The matrix from home area to host authority, unknown hosts included, adds up to the stock."""
    stock = looked_after(county.placements, SNAPSHOT)
    assert flows(stock)["count"].sum() == len(stock)


PROVISION = """
id | service | provision      | sector  | to        | registered | usable | by_us | by_others | share | cost
h1 | care    | childrens_home | private | Guildford | 4          | 4      | {us}  | {others}  | 0.5   | 5000
"""
CHILD = """
service | provision   | home      | to   | need | birth      | start      | end | reason
care    | {provision} | Guildford | {to} | N1   | 2012-07-01 | 2024-02-01 | -   | {reason}
"""


@pytest.mark.parametrize(
    ("provision", "to", "reason", "taken", "expected"),
    [
        ("childrens_home", "out", "-", 4, ("avoidable", "local_provision_full", "inferred")),
        ("childrens_home", "out", "-", 1, ("unknown", "local_vacancy", "inferred")),
        ("supported_accommodation", "out", "-", 4, ("avoidable", "no_local_provision", "inferred")),
        ("childrens_home", "out", "safeguarding", 4, ("appropriate", "safeguarding", "recorded")),
        ("childrens_home", "out", "does_not_exist", 1, ("avoidable", "does_not_exist", "recorded")),
        ("connected_carers", "out", "-", 4, ("appropriate", "family", "inferred")),
        ("adoption", "out", "-", 4, ("appropriate", "adoption", "inferred")),
        ("secure", "out", "-", 4, ("appropriate", "national_provision", "inferred")),
        ("other_care", "out", "-", 4, ("unknown", "no_rule", "inferred")),
        ("childrens_home", "Guildford", "-", 4, ("in_county", "in_county", "not_applicable")),
        ("childrens_home", "-", "-", 4, ("unknown", "location_unknown", "not_applicable")),
    ],
)
def test_each_rule_of_avoidability(provision, to, reason, taken, expected):
    """A recorded reason wins; else the rules of the module's table, in their order."""
    county = tiny_county(
        CHILD.format(provision=provision, to=to, reason=reason), provision=PROVISION.format(us=0, others=taken)
    )
    judged = classify(county.placements, county.provision, LIMITS)
    assert tuple(judged.iloc[0][["judgement", "reason", "basis"]]) == expected


def test_nearer_than_any_local_place_is_appropriate():
    """A home over the boundary 6 miles off, when the only local home is 23 miles off, is the nearest there is."""
    county = tiny_county(
        CHILD.format(provision="childrens_home", to="near", reason="-"),
        provision=PROVISION.format(us=0, others=4).replace("Guildford", "Tandridge"),
    )
    assert classify(county.placements, county.provision, LIMITS).iloc[0]["reason"] == "nearer_than_local"


def test_every_judgement_and_reason_is_one_that_is_named(county):
    """No row is left without a judgement, and every reason has words."""
    judged = classify(county.placements, county.provision, LIMITS)
    assert set(judged["judgement"]) <= set(JUDGEMENTS)
    assert set(judged["reason"]) <= set(REASONS)
    assert len(judged) == len(county.placements)


def test_vacant_places_are_never_negative_and_our_share_applies_to_them_only():
    """4 usable, 1 ours, 2 others': 1 vacant, of which half is ours to expect."""
    county = tiny_county(provision=PROVISION.format(us=1, others=2))
    assert vacant(county.provision).tolist() == [1.0]
    assert available_to_us(county.provision).tolist() == [1.5]
    fuller = tiny_county(provision=PROVISION.format(us=3, others=4))
    assert vacant(fuller.provision).tolist() == [0.0]


def test_capacity_counts_only_open_provision_in_the_county(county):
    """The school that is out of county is not local capacity."""
    table = capacity(county.provision, ["provision"])
    assert "independent_special" not in table.index
    assert table.loc["childrens_home", "usable_places"] == 7


@pytest.mark.parametrize("by", [["service"], ["need"], ["area"], ["age_band", "provision"], list(BREAKDOWNS)])
def test_sufficiency_adds_up_whatever_it_is_broken_down_by(county, by):
    """Children, places and gap of the parts are those of the whole: nothing is counted twice or lost."""
    whole, parts = county.sufficiency(["service"]), county.sufficiency(by)
    columns = ["children", "in_county", "avoidable", "appropriate", "unknown", "need_local", "available_to_us", "gap"]
    assert parts[columns].sum().tolist() == pytest.approx(whole[columns].sum().tolist())
    assert (parts["children"] == parts[list(JUDGEMENTS)].sum(axis=1)).all()
    local = county.provision[county.provision["location"] == codes.IN_COUNTY]
    assert whole["available_to_us"].sum() == pytest.approx(available_to_us(local).sum())


def test_sufficiency_refuses_what_it_cannot_be_broken_down_by(county):
    """The error names what there is to choose from."""
    with pytest.raises(UsageError, match="age_band"):
        county.sufficiency(["shoe_size"])


def test_need_is_of_kinds_that_local_places_can_be_made_for(county):
    """Secure, connected carers and mainstream schools are not a gap that local capacity fills."""
    kinds = set(need(county.placements, county.provision, SNAPSHOT, LIMITS)["provision"])
    assert not kinds & {"secure", "connected_carers", "mainstream", "adoption"}
    assert "childrens_home" in kinds


def test_cost_says_who_has_none(county):
    """Children without a cost are counted as excluded, never as costing nothing."""
    stock = looked_after(county.placements, SNAPSHOT)
    table = cost(stock, ["service"]).loc["care"]
    assert table["costed"] + table["excluded"] == len(stock)
    assert table["excluded"] == stock["weekly_cost_gbp"].isna().sum()
    assert table["yearly_cost_gbp"] == pytest.approx(stock["weekly_cost_gbp"].sum() * WEEKS_PER_YEAR)


def test_the_most_particular_assumed_cost_wins():
    """Sector and location named beats sector, beats location, beats neither; none stated is not known."""
    costs = pd.DataFrame(
        [
            ("childrens_home", "any", "any", 1.0),
            ("childrens_home", "any", "out_of_county", 2.0),
            ("childrens_home", "private", "any", 3.0),
            ("childrens_home", "private", "out_of_county", 4.0),
        ],
        columns=["provision", "sector", "location", "weekly_cost_gbp"],
    )
    rows = pd.DataFrame(
        [
            ("childrens_home", "own", "in_county"),
            ("childrens_home", "own", "out_of_county"),
            ("childrens_home", "private", "in_county"),
            ("childrens_home", "private", "out_of_county"),
            ("secure", "own", "in_county"),
        ],
        columns=["provision", "sector", "location"],
    )
    found = assumed_weekly_cost(rows, costs)
    assert found.tolist()[:4] == [1.0, 2.0, 3.0, 4.0]
    assert np.isnan(found.iloc[4])


def test_headline_shares_are_their_parts(county):
    """Each share is its numerator over its denominator, and each is named once."""
    indicators = headline(county.placements, county.provision, SNAPSHOT, LIMITS)
    assert len({item.name for item in indicators}) == len(indicators)
    for item in indicators:
        if item.denominator:
            assert item.value == pytest.approx(item.numerator / item.denominator)


def test_row_order_changes_nothing(county):
    """Shuffling the placements gives the same sufficiency table and the same headline."""
    shuffled = county.placements.sample(frac=1, random_state=3)
    again = sufficiency(shuffled, county.provision, SNAPSHOT, LIMITS, ["service", "need", "area"])
    pd.testing.assert_frame_equal(again, county.sufficiency(["service", "need", "area"]))
    assert [i.value for i in headline(shuffled, county.provision, SNAPSHOT, LIMITS)] == pytest.approx(
        [i.value for i in county.headline()], nan_ok=True
    )


def test_started_counts_placements_and_plans_counts_plans(county):
    """Every new placement in the window counts; each plan counts once whatever its settings."""
    begun = started(county.placements, dt.date(2024, 3, 31), SNAPSHOT)
    assert begun["start"].between("2024-04-01", "2025-03-31").all()
    plans = plans_in_force(county.placements, SNAPSHOT)
    assert plans["child_id"].is_unique
