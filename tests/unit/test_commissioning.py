"""Which placement a row of the census is about: tables that fit in one's head, and a search that looks at every pair."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import schemas
from placements.commissioning import matches, placed, unmatched

ON = dt.date(2025, 3, 31)


def day(text: str) -> pd.Timestamp:
    return pd.NaT if text in ("", "-") else pd.Timestamp(text)


def spells(*lines: str) -> pd.DataFrame:
    """Lines of `child start end reason provision`."""
    rows = [line.split() for line in lines]
    return pd.DataFrame(
        {
            "child_id": pd.Series([row[0] for row in rows], dtype="str"),
            "start": pd.Series([day(row[1]) for row in rows], dtype="datetime64[us]"),
            "end": pd.Series([day(row[2]) for row in rows], dtype="datetime64[us]"),
            "start_reason": pd.Series([row[3] for row in rows], dtype="str"),
            "provision": pd.Series([row[4] for row in rows], dtype="str"),
        }
    )


def census(*lines: str) -> pd.DataFrame:
    """Lines of `child start provision cost reason [looked after] [placing authority]`."""
    rows = [(line.split() + ["yes", "Surrey"][len(line.split()) - 5 :]) for line in lines]
    frame = pd.DataFrame(
        {
            "child_id": [row[0] for row in rows],
            "start": [day(row[1]) for row in rows],
            "provision": [row[2] for row in rows],
            "weekly_cost_gbp": [None if row[3] == "-" else float(row[3]) for row in rows],
            "reason_at_distance": ["" if row[4] == "-" else row[4] for row in rows],
            "looked_after": [{"yes": True, "no": False, "?": None}[row[5]] for row in rows],
            "placing_authority": [row[6] for row in rows],
        }
    )
    others = [name for name in schemas.COMMISSIONING.columns if name not in frame]
    empty = {name: None if name.endswith("_gbp") else "" for name in others}
    return schemas.check(schemas.COMMISSIONING, frame.assign(**empty))


HOME = spells(
    "A 2022-01-01 2024-06-01 S agency_foster",
    "A 2024-06-01 - P childrens_home",
    "B 2024-01-01 2024-12-01 S agency_foster",
)


@pytest.mark.parametrize(
    ("row", "spell"),
    [
        ("A 2024-06-01 childrens_home 5000 legal", 1),  # starts on the day
        ("A 2022-02-09 agency_foster 900 legal", 0),  # in force on the day
        ("A 2024-06-03 childrens_home 5000 legal", 1),
        ("A 2021-05-01 childrens_home 5000 legal", 1),  # before all: the one of now
        ("A - childrens_home 5000 legal", 1),  # no start: the one of now
        ("B 2024-06-01 agency_foster 900 legal", 2),
        ("B 2024-12-01 agency_foster 900 legal", None),  # over on the day it ended, and there is none now
        ("C 2024-06-01 agency_foster 900 legal", None),  # no such child
        ("A 2024-06-01 childrens_home 5000 legal no", None),  # not looked after
        ("A 2024-06-01 childrens_home 5000 legal ?", 1),  # not said
    ],
)
def test_a_row_is_about_the_spell_that_started_then_else_was_in_force_then_else_is_now(row, spell):
    """In this order; what is found has the row's reason and cost, every other spell has none."""
    result = placed(census(row), HOME, ON)
    told = [i == spell for i in range(3)]
    assert result["reason_at_distance"].tolist() == ["legal" if it else "" for it in told]
    assert result["weekly_cost_gbp"].notna().tolist() == told


def test_only_the_last_row_of_a_child_falls_to_the_placement_of_now():
    """An old row about a placement that the returns no longer show says nothing of the one of today."""
    two = census("A 2019-01-01 childrens_home 4000 legal", "A 2020-01-01 agency_foster 900 preference")
    now = spells("A 2024-06-01 - P childrens_home")
    assert placed(two, now, ON)["reason_at_distance"].tolist() == ["preference"]
    assert unmatched(two, now).tolist() == [True, False]


def test_now_is_the_snapshot_when_it_is_given_and_else_what_has_not_ended():
    """A spell that ended after the snapshot was open on it."""
    late = spells("A 2024-06-01 2025-06-01 T childrens_home")
    row = census("A 2020-01-01 childrens_home 4000 legal")
    assert unmatched(row, late, ON).tolist() == [False]
    assert unmatched(row, late).tolist() == [True]


def test_of_several_rows_about_one_spell_its_own_kind_then_its_own_day_then_the_last_decide():
    """A package of outreach beside a placement does not take its place, nor does a price that has been replaced."""
    rows = census(
        "A 2024-06-01 other_care 120 legal",
        "A 2024-07-01 childrens_home 5000 does_not_exist",
        "A 2024-06-01 childrens_home 4900 not_available",
    )
    assert placed(rows, HOME, ON).loc[1].tolist() == ["not_available", 4900]
    assert placed(rows.iloc[:2], HOME, ON).loc[1].tolist() == ["does_not_exist", 5000]
    again = census("A 2024-07-01 childrens_home 5000 legal", "A 2024-09-01 childrens_home 5100 legal")
    assert placed(again, HOME, ON).loc[1, "weekly_cost_gbp"] == 5100


def test_in_house_and_agency_fostering_are_one_kind_in_the_census():
    """The census calls both fostering, so a carer of our own is no other kind than the row's."""
    own = spells("A 2024-01-01 - S in_house_foster")
    rows = census("A 2024-01-01 agency_foster 600 legal", "A 2024-01-01 other_care 50 preference")
    assert placed(rows, own, ON).loc[0].tolist() == ["legal", 600]


def test_a_new_spell_with_the_same_carer_keeps_what_the_census_said_of_the_first():
    """The same carer elsewhere (T, U) starts a spell in the returns, not a contract; a change of carer (P) ends it."""
    stay = spells(
        "A 2022-01-01 2023-01-01 S agency_foster",
        "A 2023-01-01 2024-01-01 T agency_foster",
        "A 2024-01-01 2025-01-01 U agency_foster",
        "A 2025-01-01 - P agency_foster",
    )
    result = placed(census("A 2022-01-01 agency_foster 900 legal"), stay.iloc[::-1], ON).sort_index()
    assert result["reason_at_distance"].tolist() == ["legal", "legal", "legal", ""]
    two = census("A 2022-01-01 agency_foster 900 legal", "A 2024-01-01 agency_foster 950 -")
    assert placed(two, stay, ON)["weekly_cost_gbp"].fillna(0).tolist() == [900, 900, 950, 0]


def test_a_cost_of_nothing_is_not_a_cost():
    """A cost of 0 for a bought placement was not filled in; the reason is kept."""
    result = placed(census("A 2024-06-01 childrens_home 0 legal"), HOME, ON)
    assert result["weekly_cost_gbp"].isna().all()
    assert result.loc[1, "reason_at_distance"] == "legal"


def test_other_authorities_rows_of_a_regional_file_are_not_ours():
    """Their children may have the numbers of ours; of a file of our own alone, nothing is left out."""
    ours = ["A 2024-06-01 childrens_home 5000 legal yes Surrey", "B 2024-01-01 agency_foster 900 legal yes surrey_cc"]
    theirs = [f"{child} 2024-06-01 agency_foster 1 preference yes Bury" for child in ("A", "X", "Y", "Z")]
    both = census(*ours, *theirs)
    assert placed(both, HOME, ON)["reason_at_distance"].tolist() == ["", "legal", "legal"]
    assert not unmatched(both, HOME).any()
    assert unmatched(census(*theirs[1:]), HOME).all()


def test_the_number_of_anothers_child_never_prices_ours_nor_drops_our_rows():
    """Our rows after 18 or for special needs are unknown to the returns and count for nothing; nor does a lone match."""
    own = spells("1 2024-01-01 - S childrens_home")
    ours = ["1 2024-01-01 childrens_home 4000 legal yes Surrey"]
    ours += [f"{child} 2024-01-01 other_care 50 - no Surrey" for child in ("90", "91")]
    for theirs in ("1 2024-01-01 childrens_home 99 not_available yes Kent", "1 - other_care 99 not_available yes Kent"):
        for rows in (census(*ours, theirs), census(theirs, *ours)):
            assert placed(rows, own, ON).loc[0].tolist() == ["legal", 4000]
            assert not unmatched(rows, own, ON).any()
    held = spells("1 2024-01-01 - S childrens_home", "2 2024-01-01 - S childrens_home")
    mostly_wrong = [f"X{i} 2024-01-01 childrens_home 5 - yes Surrey" for i in range(9)]
    both = census(*ours, *mostly_wrong, "2 2023-01-01 childrens_home 99 not_available yes Kent")
    assert placed(both, held, ON)["weekly_cost_gbp"].fillna(0).tolist() == [4000, 0]
    assert unmatched(both, held, ON).sum() == 9


@pytest.mark.parametrize("first", [True, False])
def test_of_authorities_with_as_many_known_children_the_one_whose_starts_are_known_is_ours(first):
    """One row each, of one number: the start tells; where nothing does, neither is dropped."""
    own = spells("1 2024-01-01 - S childrens_home")
    ours, theirs = "1 2024-01-01 childrens_home 4000 legal yes Surrey", "1 2024-03-01 childrens_home 99 legal yes Kent"
    rows = census(ours, theirs) if first else census(theirs, ours)
    assert matches(rows, own, ON)["row"].tolist() == [0 if first else 1]
    level = census(ours, ours.replace("Surrey", "Kent"))
    assert len(matches(level, own, ON)) == 2


def test_rows_that_name_no_authority_are_of_their_files_or_are_ours_when_most_of_their_children_are():
    """A file that names one authority, or none, is one authority's; in a file of several, their children tell."""
    own = spells(*(f"{child} 2024-01-01 - S childrens_home" for child in "1234"))
    named = [f"{child} 2024-01-01 childrens_home 4000 - yes Surrey" for child in "12"]
    kent = ["4 2023-01-01 childrens_home 99 - yes Kent", "9 2024-01-01 childrens_home 99 - yes Kent"]
    blank = ["3 2024-01-01 childrens_home 3000 - yes Surrey"]

    def costs(rows: pd.DataFrame) -> list[float]:
        return placed(rows, own, ON)["weekly_cost_gbp"].fillna(0).tolist()

    together = census(*named, *kent, *blank)
    together.loc[4, "placing_authority"] = ""
    assert costs(together) == [4000, 4000, 3000, 0]
    assert costs(together.assign(source=["a", "a", "b", "b", "b"])) == [4000, 4000, 0, 0]
    assert costs(together.assign(source=["a", "a", "b", "b", "c"])) == [4000, 4000, 3000, 0]
    nameless = together.assign(placing_authority=["", "", "Kent", "Bury", ""])
    assert costs(nameless) == [4000, 4000, 3000, 0]
    assert costs(together.assign(placing_authority="")) == [4000, 4000, 3000, 99]


def test_spellings_of_one_authority_are_one():
    """A county council by its long name, its short one, and a department of it."""
    own = spells("1 2024-01-01 - S childrens_home", "2 2024-01-01 - S childrens_home")
    rows = census(*(f"{child} 2024-01-01 childrens_home 4000 legal" for child in "1122"))
    rows["placing_authority"] = [
        "Surrey",
        "Surrey County Council",
        "SURREY C.C.".replace(".", ""),
        "Surrey Children's Services",
    ]
    assert len(matches(rows, own, ON)) == 4


def test_a_row_that_starts_after_the_snapshot_is_not_about_the_placement_of_today():
    """Neither as a child's last row nor as one in force; the last row that has begun is; a placement to come keeps it."""
    today = spells("A 2024-06-01 - P childrens_home")
    later = "A 2025-05-01 childrens_home 9000 legal"
    assert placed(census(later), today, ON)["weekly_cost_gbp"].isna().all()
    assert unmatched(census(later), today, ON).tolist() == [True]
    begun = "A 2020-01-01 childrens_home 4000 preference"
    assert placed(census(begun, later), today, ON).loc[0].tolist() == ["preference", 4000]
    moved = spells("A 2024-06-01 2025-05-01 P childrens_home", "A 2025-05-01 - P childrens_home")
    assert placed(census(begun, later), moved, ON)["weekly_cost_gbp"].tolist() == [4000, 9000]
    assert placed(census(later), moved, ON)["weekly_cost_gbp"].fillna(0).tolist() == [0, 9000]


def test_rows_of_those_not_looked_after_are_not_missed():
    """Placements after 18 or for special needs alone have no spell in care, and need none."""
    rows = census("X 2024-01-01 supported_accommodation 900 - no", "Y 2024-01-01 other_care 900 - ?")
    assert not unmatched(rows, HOME).any()


def test_no_census_and_no_spells_say_nothing():
    """Either may be empty."""
    nothing = schemas.empty(schemas.COMMISSIONING)
    assert placed(nothing, HOME, ON)["reason_at_distance"].tolist() == ["", "", ""]
    assert placed(census("A 2024-06-01 childrens_home 5 legal"), HOME.iloc[:0], ON).empty
    assert unmatched(nothing, HOME).empty
    assert unmatched(census("A 2024-06-01 childrens_home 5 legal"), HOME.iloc[:0]).tolist() == [True]


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 9))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), DAYS, st.none() | DAYS), max_size=5),
    st.lists(st.tuples(st.sampled_from("AB"), st.none() | DAYS), max_size=5),
)
def test_matching_agrees_with_a_look_at_every_pair(held, told):
    """The first of the three conditions that any spell of the child meets, in any table of spells and rows."""
    frame = spells(*(f"{c} {s} {e or '-'} T other_care" for c, s, e in held if e is None or e >= s))
    rows = census(*(f"{c} {s or '-'} other_care 5 -" for c, s in told))
    on = dt.date(2024, 1, 5)
    best = matches(rows, frame, on).set_index("row")["how"].to_dict()
    expected = {}
    for i, (child, start) in enumerate(told):
        others = [s for c, s in told if c == child and s is not None and s <= on]
        last = start is None or start == max(others, default=None)
        for c, since, until in held:
            if c != child or (until is not None and until < since):
                continue
            at = [
                start == since,
                start is not None and since <= start and (until is None or start < until) and not since <= on < start,
                last and since <= on and (until is None or on < until),
            ]
            if any(at):
                expected[i] = min(expected.get(i, 9), at.index(True))
    assert best == expected
