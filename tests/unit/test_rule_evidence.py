"""What many rules share is right: who was looked after when, ages, overlaps, pupil numbers, and what the map says."""

import datetime as dt
import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.frames import among
from placements.geography.evidence import located_evidence
from placements.validate.columns import coded, completed_years, malformed_upn, overlaps_next, spread
from tests.geography_support import GUILDFORD, RUSHMOOR, directory_of
from tests.rules_support import UPN, evidence

DAY = st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 20))
STAY = st.tuples(st.sampled_from("abc"), DAY, st.none() | DAY)
ANY_DAY = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))


@settings(max_examples=60, deadline=None)
@given(st.lists(STAY, min_size=1, max_size=8), st.lists(st.tuples(st.sampled_from("abcd"), DAY), max_size=8))
def test_looked_after_is_what_a_search_through_every_episode_says(stays, asked):
    """Overlapping, open, nested and backward stays; both ends count; a child with no episode was never looked after."""
    lines = [f"episode child={child} start={start} end={end or '-'}" for child, start, end in stays]
    facts = evidence([*lines, *(f"review child={child} review={day}" for child, day in asked)])
    rows = facts.table("reviews")
    found = facts.looked_after(rows, rows["review"])
    truth = [any(c == child and s <= day and (e is None or day <= e) for c, s, e in stays) for child, day in asked]
    assert found.tolist() == truth


@settings(max_examples=200, deadline=None)
@given(ANY_DAY, ANY_DAY)
def test_completed_years_are_those_a_person_would_count(born, day):
    """A birthday counts from its day; who is born on 29 February is a year older on 1 March of a common year."""
    counted = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    rows = pd.Series([pd.Timestamp(born), pd.NaT])
    found = completed_years(rows, pd.Timestamp(day))
    assert found[0] == counted
    assert np.isnan(found[1])


@settings(max_examples=60, deadline=None)
@given(st.lists(STAY, max_size=8))
def test_a_stretch_overlaps_its_next_as_a_search_says(stays):
    """Of each one's stretches in order of their start: does one go on beyond the start of the next?"""
    rows = pd.DataFrame(stays, columns=["who", "start", "end"])
    start, end = (pd.to_datetime(rows[name]).astype("datetime64[us]") for name in ("start", "end"))
    found = overlaps_next(rows["who"], start, end)
    never = pd.Timestamp("2200-01-01")
    expected = 0
    for who in "abc":
        mine = sorted((s, e) for c, s, e in zip(rows["who"], start, end.fillna(never), strict=True) if c == who)
        expected += sum(end > following for (_, end), (following, _) in itertools.pairwise(mine))
    assert found.sum() == expected


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", None]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_among_is_isin_but_a_missing_text_is_never_among(values, others):
    """The quick way gives what the slow one does, also for categories."""
    mine, theirs = (pd.Series(texts, dtype="str") for texts in (values, others))
    truth = mine.isin(theirs) & mine.notna()
    assert among(mine, theirs).tolist() == truth.tolist()
    assert among(coded(mine), theirs.fillna("")).tolist() == mine.fillna("").isin(theirs.fillna("")).tolist()


def test_what_is_spread_is_each_rows_own():
    """A key that the table lacks is missing; the index of the rows is kept."""
    keys = coded(pd.Series(["b", "a", "b", "x"], index=[7, 5, 3, 1], dtype="str"))
    found = spread(keys, pd.Series({"a": 1.0, "b": 2.0}))
    assert found.index.tolist() == [7, 5, 3, 1]
    assert found.fillna(-1).tolist() == [2.0, 1.0, 2.0, -1.0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**12 - 1), st.integers(1, 22))
def test_of_the_letters_just_one_fits_a_pupil_number(digits, step):
    """The letter is the digits times 2 to 13, modulo 23, in an alphabet without I, O and S; any other is wrong."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    text = f"{digits:012d}"
    right = sum(int(digit) * weight for digit, weight in zip(text, range(2, 14), strict=True)) % 23
    numbers = [letters[right] + text, letters[(right + step) % 23] + text]
    assert malformed_upn(pd.Series(numbers)).tolist() == [False, True]


def test_no_pupil_number_is_not_a_malformed_one():
    """Blank, missing, the codes for why there is none, and temporary numbers pass; other forms do not."""
    fine = [UPN, UPN.lower(), "", None, "UN1", "H80120000100A"]
    wrong = ["H80120000100", "I801200001001", "1234567890123", "unknown"]
    assert malformed_upn(pd.Series(fine + wrong, dtype="str")).tolist() == [False] * len(fine) + [True] * len(wrong)


def test_only_pupil_numbers_join_a_plan_to_a_child():
    """Codes for why there is none, and texts of another form, join nobody though they stand once on each side."""
    numbers = [UPN, "H80120000100A", "UN1", "UN9", "H8012", "-"]
    lines = [f"child child={i} upn={upn}" for i, upn in enumerate(numbers)]
    facts = evidence([*lines, *(f"plan person=p{i} upn={upn}" for i, upn in enumerate(numbers))])
    assert facts.child_of_plan.tolist() == [0, 1, -1, -1, -1, -1]


def test_the_map_says_of_each_postcode_and_authority_what_it_knows():
    """Status and upper-tier code of every postcode as written; the code of every name that is one authority's."""
    directory = directory_of([(500_000, 150_000, GUILDFORD), (486_000, 150_000, RUSHMOOR)])
    by_district = directory.points().set_index("district")["postcode"]
    home, away = by_district[GUILDFORD], by_district[RUSHMOOR]
    tables = evidence(
        [
            f'episode home="{home}" to="{away.lower()}"',
            "plan home=GU1",
            f'provider postcode="{away}" authority_name="Surrey County Council"',
            "census placing=Surrey host=Nowhere",
        ]
    ).tables
    facts = located_evidence(tables, dt.date(2025, 3, 31), directory)
    assert facts.postcode_status[[home, away.lower(), "GU1"]].tolist() == ["matched", "matched", "outward_only"]
    assert facts.postcode_authority[[home, away, away.lower()]].tolist() == ["E10000030", "E10000014", "E10000014"]
    assert facts.postcode_authority.isna()["GU1"]
    assert facts.authority_code[["Surrey", "Surrey County Council"]].tolist() == ["E10000030", "E10000030"]
    assert facts.authority_code.isna()["Nowhere"]
    assert facts.postcode_status.index.is_unique
    assert facts.snapshot == pd.Timestamp("2025-03-31")
