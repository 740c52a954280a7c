"""Was local provision full on the day a placement started? And how much hangs on what the rules assume?"""

import dataclasses
import itertools

import pandas as pd
import pytest

from placements.analysis.answer import answer
from placements.analysis.avoidable import classify
from placements.analysis.avoidable_range import ALL, ASSUMPTIONS, avoidable_range, avoidable_under
from placements.analysis.catalogue.why import DEFINITIONS
from placements.analysis.local_match import local_match
from placements.analysis.occupancy import use_by_day
from placements.settings import ThresholdSettings
from tests.support import SNAPSHOT, tiny_county

LIMITS = ThresholdSettings()
HOME = """
id | service | provision      | sector  | to        | registered | usable | by_us | by_others | opened   | closed   | open
h1 | care    | childrens_home | private | Guildford | 2          | 2      | {us}  | {others}  | {opened} | {closed} | {open}
"""
#: The child asked about; others of ours in the local home; and an early end that says how far the records reach.
ROWS = """
child | service | provision      | home      | to        | provider | need | start      | end        | reason
asked | care    | childrens_home | Guildford | {to}      | -        | N1   | {start}    | -          | {reason}
one   | care    | childrens_home | Guildford | Guildford | h1       | N1   | 2023-06-01 | {left}     | -
two   | care    | childrens_home | Guildford | Guildford | h1       | N1   | 2023-06-01 | {left}     | -
old   | care    | agency_foster  | Guildford | Guildford | -        | N1   | 2022-01-01 | 2022-03-31 | -
"""


def _reason(start="2024-01-10", left="2024-06-30", us=0, others=0, by_day=True, to="out", reason="-", **home):
    home = {"opened": "-", "closed": "-", "open": "yes"} | home
    county = tiny_county(
        ROWS.format(start=start, left=left, to=to, reason=reason), provision=HOME.format(us=us, others=others, **home)
    )
    use = use_by_day(county.placements, county.provision, SNAPSHOT) if by_day else None
    return classify(county.placements, county.provision, LIMITS, use).iloc[0]["reason"]


@pytest.mark.parametrize(
    ("given", "by_day", "today"),
    [
        # Both places were ours when the child was placed; they are free now.
        ({}, "local_provision_full", "local_vacancy"),
        # The end of the day counts: on the day the two left, their places were free.
        ({"start": "2024-06-29"}, "local_provision_full", "local_vacancy"),
        ({"start": "2024-06-30"}, "local_vacancy", "local_vacancy"),
        # Free before the two came, full now.
        ({"start": "2023-05-31", "left": "-", "us": 2}, "local_vacancy", "local_provision_full"),
        # Before the records begin their first day is looked at; on it the home was empty.
        ({"start": "2019-01-01", "left": "-", "us": 2}, "local_vacancy", "local_provision_full"),
        # Others' use is taken to have been as now.
        ({"start": "2023-01-01", "others": 2}, "local_provision_full", "local_provision_full"),
        # No day, no telling; but what rests on distance or was recorded does not need one.
        ({"start": "-"}, "start_unknown", "local_vacancy"),
        ({"start": "-", "reason": "legal"}, "legal", "legal"),
        # A home that opened later was not there, nor is one nearer that opened later.
        ({"opened": "2024-02-01"}, "no_local_provision", "local_vacancy"),
        ({"opened": "2024-01-10", "start": "2024-01-10", "left": "2023-12-31"}, "local_vacancy", "local_vacancy"),
        # A home that has closed since was there, and had no vacancy.
        ({"open": "no", "closed": "2024-03-01", "left": "2024-01-01"}, "local_provision_full", "no_local_provision"),
        ({"open": "no", "closed": "2024-01-10", "left": "2024-01-01"}, "no_local_provision", "no_local_provision"),
        ({"open": "no"}, "no_local_provision", "no_local_provision"),
    ],
)
def test_a_placement_is_judged_by_the_day_it_started(given, by_day, today):
    """With use by day; without it, by the snapshot day whenever it started."""
    assert _reason(**given) == by_day
    assert _reason(**given, by_day=False) == today


def test_nearer_is_compared_with_the_homes_there_were_that_day():
    """A nearer home that opened later does not make an earlier placement a far one."""
    homes = HOME.format(us=0, others=2, opened="2024-05-01", closed="-", open="yes")
    homes += "h2 | care | childrens_home | private | Tandridge | 2 | 2 | 0 | 2 | - | - | yes\n"
    rows = "service | provision | home | to | need | start | end\n"
    rows += "care | childrens_home | Guildford | near | N1 | 2024-01-10 | -\n"
    rows += "care | childrens_home | Guildford | near | N1 | 2024-06-10 | -\n"
    rows += "care | agency_foster | Guildford | near | N1 | 2022-06-10 | 2022-07-01\n"
    county = tiny_county(rows, provision=homes)
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    found = classify(county.placements, county.provision, LIMITS, use)["reason"]
    assert found.tolist()[:2] == ["nearer_than_local", "local_provision_full"]
    miles = local_match(county.placements, county.provision, use)["nearest_miles"]
    assert miles.iloc[0] > 20
    assert miles.iloc[1] == 0


def test_an_over_full_home_hides_no_vacancy_in_another():
    """Four in a home of two and none in another of two: two places are vacant, so the kind is not full."""
    homes = HOME.format(us=0, others=4, opened="-", closed="-", open="yes")
    homes += "h2 | care | childrens_home | private | Tandridge | 2 | 2 | 0 | 0 | - | - | yes\n"
    county = tiny_county(ROWS.format(start="2024-01-10", left="2022-02-01", to="out", reason="-"), provision=homes)
    for use in (None, use_by_day(county.placements, county.provision, SNAPSHOT)):
        assert classify(county.placements, county.provision, LIMITS, use).iloc[0]["reason"] == "local_vacancy"


def test_schools_are_judged_by_the_snapshot_day():
    """A SEN2 return cannot say who held a place before, so both ways agree for every plan."""
    county = tiny_county()
    plans = county.placements[county.placements["service"].eq("education")]
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    by_day = classify(plans, county.provision, LIMITS, use)
    pd.testing.assert_frame_equal(by_day, classify(plans, county.provision, LIMITS))


def _outside(county):
    return county.placements[county.placements["location"].eq("out_of_county")]


def test_no_combination_of_assumptions_lies_outside_the_range():
    """Every corner, the middle too, judged by the rules themselves, child by child."""
    county = tiny_county()
    use, rows = use_by_day(county.placements, county.provision, SNAPSHOT), _outside(county)
    under = avoidable_under(rows, county.provision, LIMITS, use)
    assert (under[ALL, "low"] <= under["central", ""]).all()
    for near, full, vacant, share in itertools.product((0, 3, 5), (0.8, 0.9, 1.0), (False, True), (0.0, 1.0)):
        limits = dataclasses.replace(LIMITS, near_home_miles=near, full_at_occupancy=full)
        provision = county.provision.assign(occupied_by_others=share * county.provision["occupied_by_others"])
        found = classify(rows, provision, limits, dataclasses.replace(use, provision=provision))
        avoidable = found["judgement"].eq("avoidable") | (found["reason"].eq("local_vacancy") & vacant)
        assert (under[ALL, "low"] <= avoidable).all()
        assert (avoidable <= under[ALL, "high"]).all()


def test_the_range_keeps_recorded_reasons_fixed_and_names_what_moves_most():
    """Recorded reasons hang on no assumption; alone, no assumption moves more than all together."""
    county = tiny_county()
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    table = avoidable_range(_outside(county), county.provision, LIMITS, use)
    recorded = table[table["basis"].eq("recorded")]
    assert (recorded["avoidable_low"] == recorded["avoidable_high"]).all()
    assert recorded["drives_most"].eq("no").all()
    for _, group in table.groupby(["service", "basis"]):
        assert group["assumption"].tolist() == list(ASSUMPTIONS)
        low, high = group["avoidable_low"], group["avoidable_high"]
        assert (low <= group["avoidable_central"]).all() and (group["avoidable_central"] <= high).all()
        assert low.iloc[-1] == low.min() and high.iloc[-1] == high.max()
        moves = (high - low).iloc[:-1]
        drives = group["drives_most"].iloc[:-1].eq("yes")
        assert drives.sum() == (moves.max() > 0)
        assert (moves[drives] == moves.max()).all()
        assert (group["chance_low"] <= group["share_central"]).all()
    assert table.drop_duplicates(["service", "basis"])["children"].sum() == len(_outside(county))


def test_a_setting_beyond_the_range_widens_it():
    """The central figure is never outside."""
    county = tiny_county()
    use = use_by_day(county.placements, county.provision, SNAPSHOT)
    far = dataclasses.replace(LIMITS, near_home_miles=60.0, full_at_occupancy=0.1)
    table = avoidable_range(_outside(county), county.provision, far, use, ())
    assert (table["avoidable_low"] <= table["avoidable_central"]).all()
    assert (table["avoidable_central"] <= table["avoidable_high"]).all()


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.name)
def test_every_definition_is_answered_of_somebody_and_of_nobody(definition):
    """Shares leave out what cannot be told; nobody outside is no error."""
    inside = "service | provision | home | to | start\ncare | childrens_home | Guildford | Guildford | 2024-01-01\n"
    for county in (tiny_county(), tiny_county(inside), tiny_county(pd.DataFrame(), provision=pd.DataFrame())):
        table = answer(definition, county.inputs, definition.by)
        assert definition.table is None or set(table.columns) <= set(definition.columns)


def test_shares_of_the_recorded_the_judged_and_the_upper_bound():
    """Two recorded (one avoidable), one inferred avoidable, one that cannot be judged."""
    rows = """
    service | provision               | home      | to  | need | start      | end        | reason
    care    | childrens_home          | Guildford | out | N1   | 2024-01-10 | -          | not_available
    care    | childrens_home          | Guildford | out | N1   | 2024-01-10 | -          | safeguarding
    care    | supported_accommodation | Guildford | out | N1   | 2024-01-10 | -          | -
    care    | other_care              | Guildford | out | N1   | 2024-01-10 | -          | -
    care    | childrens_home          | Guildford | -   | N1   | 2024-01-10 | -          | -
    """
    inputs = tiny_county(rows).inputs
    found = {
        one.name: answer(one, inputs).iloc[0][["numerator", "denominator", "excluded"]].tolist()
        for one in DEFINITIONS
        if one.name.startswith("care") and one.holds
    }
    assert found == {
        "care_avoidable_share": [2, 3, 1],
        "care_avoidable_recorded_share": [1, 2, 2],
        "care_avoidable_upper_share": [3, 4, 0],
        "care_reason_recorded_share": [2, 4, 0],
    }
    reasons = answer(next(one for one in DEFINITIONS if one.name == "care_out_of_county_reason"), inputs)
    counts = reasons.set_index("category")["count"]
    assert counts[counts > 0].to_dict() == {
        "recorded_safeguarding": 1,
        "recorded_not_available": 1,
        "inferred_no_local_provision": 1,
        "inferred_no_rule": 1,
    }
