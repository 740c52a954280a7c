"""Which authorities were in force when, and what became of them: against published counts and against the law."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.errors import UsageError
from placements.geography.authorities import all_authorities, authorities_named, authority_of, find_authority
from placements.geography.reference import reference_table
from placements.geography.timeline import (
    DIRECTORY_DAY,
    FIRST_DAY,
    LAST_DAY,
    authorities_on,
    authority_by_district,
    directory_districts,
    districts_on,
    possible_authorities,
    renamed,
    successors,
)

DAYS = st.dates(FIRST_DAY, LAST_DAY)


@pytest.mark.parametrize(
    ("day", "districts", "authorities"),
    [
        ("2009-04-01", 326, 152),
        ("2019-03-31", 326, 152),
        ("2019-04-01", 317, 151),
        ("2020-04-01", 314, 151),
        ("2021-04-01", 309, 152),
        ("2023-03-31", 309, 152),
        ("2023-04-01", 296, 153),
        ("2025-11-01", 296, 153),
        ("2027-04-01", 287, 154),
    ],
)
def test_there_are_as_many_as_ons_and_dfe_count(day: str, districts: int, authorities: int) -> None:
    """ONS counts 326 districts from 2009, 317, 314, 309 and 296; DfE 152, 151, 152 and 153 authorities."""
    on = dt.date.fromisoformat(day)
    assert (len(districts_on(on)), len(authorities_on(on))) == (districts, authorities)


@given(DAYS)
def test_every_district_of_a_day_is_in_one_authority_of_that_day(on: dt.date) -> None:
    """No district of a day is without an authority, in two, or in one that is not in force."""
    of = authority_by_district(on)
    assert {of[code] for code in districts_on(on)} == set(authorities_on(on))


@given(DAYS)
def test_todays_districts_are_shared_out_on_every_day(on: dt.date) -> None:
    """Today's ground belongs to somebody on every day, and to one only, but for what was joined since from several."""
    owned = [code for authority in all_authorities(on) for code in authority.districts]
    assert len(owned) == len(set(owned))
    unsure = set(districts_on()) - set(owned)
    assert unsure == ({"E06000058"} if on < dt.date(2019, 4, 1) else set())
    assert all(len(possible_authorities(code, on)) == 3 for code in unsure)


@given(DAYS, DAYS)
def test_ground_is_only_handed_on(one: dt.date, other: dt.date) -> None:
    """What an authority's districts became is what its ground belongs to later: looking back leads to it again."""
    early, late = min(one, other), max(one, other)
    for code in districts_on(early):
        (later,) = possible_authorities(code, late)
        assert later in authorities_on(late)
        assert authority_by_district(early)[code] in set().union(
            *(
                possible_authorities(now, early)
                for now in districts_on(late)
                if later in possible_authorities(now, late)
            )
        )


def test_codes_follow_one_another_without_a_gap() -> None:
    """A district begins the day after those it is made of end, and every one that ends has an heir."""
    table = reference_table("districts.csv").set_index("district_code")
    changes = reference_table("changes.csv")
    assert set(table.index[table["end_date"] != ""]) == set(changes["old_code"])
    for row in changes.itertuples():
        last = dt.date.fromisoformat(table.loc[row.old_code, "end_date"])
        assert (last + dt.timedelta(days=1)).isoformat() == row.date == table.loc[row.new_code, "start_date"]
        assert table.loc[row.old_code, "authority_code"] == row.old_authority_code
        assert table.loc[row.new_code, "authority_code"] == row.new_authority_code


def test_every_row_has_its_source_and_region() -> None:
    """Every row says where it comes from; every authority lies in one of nine regions."""
    for name in ("districts.csv", "authorities.csv", "changes.csv", "regions.csv", "adjoining.csv"):
        assert (reference_table(name)["source"] != "").all(), name
    regions = set(reference_table("regions.csv")["region_code"])
    assert len(regions) == 9
    assert set(reference_table("authorities.csv")["region_code"]) == regions


def test_the_same_place_under_another_code() -> None:
    """Counties that became one unitary and councils that ONS gave new codes go on; those that were split do not."""
    names = {code: name for day in (FIRST_DAY, DIRECTORY_DAY) for code, name in authorities_on(day).items()}
    assert {names[old] for old in renamed()} == {
        *("Northumberland", "Gateshead", "Barnsley", "Sheffield", "Buckinghamshire", "North Yorkshire", "Somerset"),
    }
    assert all(names[old] == names[new] for old, new in renamed().items())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("E10000006", ["Cumberland", "Westmorland and Furness"]),
        ("E10000021", ["North Northamptonshire", "West Northamptonshire"]),
        ("E10000009", ["Bournemouth, Christchurch and Poole", "Dorset"]),
        ("E06000029", ["Bournemouth, Christchurch and Poole"]),
        ("E10000030", ["East Surrey", "West Surrey"]),
        ("E10000016", []),
    ],
)
def test_what_became_of_a_council(old: str, new: list[str]) -> None:
    """As the orders have it."""
    later = authorities_on(LAST_DAY)
    assert [later[code] for code in successors(old)] == new


def test_surrey_becomes_two() -> None:
    """East and West Surrey share out the eleven districts, as the government decided."""
    day = dt.date(2027, 4, 1)
    east, west = (find_authority(f"{side} Surrey", on=day) for side in ("East", "West"))
    assert sorted(east.district_names.values()) == [
        *("Elmbridge", "Epsom and Ewell", "Mole Valley", "Reigate and Banstead", "Tandridge"),
    ]
    assert sorted(west.district_names.values()) == [
        *("Guildford", "Runnymede", "Spelthorne", "Surrey Heath", "Waverley", "Woking"),
    ]
    assert sorted(east.districts + west.districts) == list(find_authority("Surrey").districts)


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("Surrey", "2027-04-01", "ended on 31 March 2027: it became East Surrey"),
        ("Cumbria", "2023-04-01", "it became Cumberland .* and Westmorland and Furness"),
        ("East Surrey", "2025-03-31", "begins on 1 April 2027"),
        ("Poole", "2019-03-31", "cannot be told from its neighbours"),
        ("Cumbria County Council", "2023-04-01", "it became Cumberland"),
        ("Surrey", "2008-01-01", "known from 1 April 2009 to 31 March 2028"),
        ("Surrey", "2028-04-01", "known from 1 April 2009"),
    ],
)
def test_an_authority_of_another_day_is_explained(name: str, day: str, said: str) -> None:
    """A study of a council that is not of its day is told what was, or will be, in its place."""
    with pytest.raises(UsageError, match=said):
        find_authority(name, on=dt.date.fromisoformat(day))


def test_a_set_of_districts_has_a_day_too() -> None:
    """A custom area on a day that the tables do not know is refused, not judged by nothing."""
    with pytest.raises(UsageError, match="known from"):
        find_authority("", ("Woking",), "A part", dt.date(2008, 3, 31))


def test_a_list_may_be_older_or_newer_than_the_day() -> None:
    """Names mean the authority of the day that the ground was in; a name whose ground was in two means none."""
    names = pd.Series(["Cumbria", "Cumberland", "Kent", "Bournemouth, Christchurch and Poole", "", "Nowhere"])
    before = authorities_named(names, dt.date(2022, 3, 31))
    assert before.fillna("-").tolist() == ["E10000006", "E10000006", "E10000016", "E06000058", "-", "-"]
    after = authorities_named(names, dt.date(2024, 3, 31))
    assert after.fillna("-").tolist() == ["-", "E06000063", "E10000016", "E06000058", "-", "-"]
    assert authorities_named(names, dt.date(2018, 3, 31)).fillna("-").tolist()[3] == "-"
    later = pd.Series(["East Surrey", "Cumbria County Council"])
    assert authorities_named(later, dt.date(2027, 3, 31)).fillna("-").tolist() == ["E10000030", "-"]


def test_a_district_of_any_time_has_an_authority_on_any_day() -> None:
    """An old code in an old file, and a new one, lead to the authority of the day alike."""
    codes = pd.Series(["E07000026", "E06000063"])  # Allerdale, which became part of Cumberland
    for day, code in (("2022-03-31", "E10000006"), ("2024-03-31", "E06000063")):
        assert authority_of(codes, dt.date.fromisoformat(day)).tolist() == [code, code]


def test_an_authority_of_the_past_is_made_of_todays_districts() -> None:
    """So that today's postcodes find it: Cumbria was what are Cumberland and Westmorland and Furness today."""
    assert directory_districts("E10000006", dt.date(2022, 3, 31)) == ("E06000063", "E06000064")
    days = [dt.date(2009, 4, 1), dt.date(2019, 4, 1), DIRECTORY_DAY, dt.date(2027, 4, 1)]
    for one, other in itertools.pairwise(days):
        both = {a.code for a in all_authorities(one)} & {a.code for a in all_authorities(other)}
        assert len(both) > 140
        assert all(directory_districts(code, one) == directory_districts(code, other) for code in both - {"E06000058"})
