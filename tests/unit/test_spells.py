"""Episodes that only change the legal status go on in the same placement; every other change starts a new one."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements import schemas
from placements.spells import placement_spells


def episodes(text: str) -> pd.DataFrame:
    """Return episodes from lines of: child start end reason place postcode legal-status ('-' is open or blank)."""
    rows = []
    for line in text.strip().splitlines():
        child, start, end, reason, place, postcode, legal = line.split()
        rows.append(
            {
                "child_id": child,
                "start": pd.Timestamp(start),
                "end": pd.NaT if end == "-" else pd.Timestamp(end),
                "start_reason": reason,
                "end_reason": "X1",
                "change_reason": "",
                "legal_status": legal,
                "need": "N1",
                "place_code": place,
                "sector": "own",
                "home_postcode": "GU11AA",
                "placement_postcode": "" if postcode == "-" else postcode,
                "provider_id": "",
                "return_year": 2025,
                "source": "test",
            }
        )
    return schemas.check(schemas.EPISODES, pd.DataFrame(rows))


def test_a_change_of_legal_status_does_not_end_a_placement():
    """Three episodes, two placements: the spell runs from the first start to the last end, under the last status."""
    spells = placement_spells(
        episodes(
            """
            a 2024-01-01 2024-03-01 S U6 KT11AA C1
            a 2024-03-01 2024-06-01 L U6 KT11AA C2
            a 2024-06-01 -          P K2 BN11AA C2
            """
        )
    )
    assert spells["episodes"].tolist() == [2, 1]
    assert spells.loc[0, "start"] == pd.Timestamp("2024-01-01")
    assert spells.loc[0, "end"] == pd.Timestamp("2024-06-01")
    assert spells.loc[0, "legal_status"] == "C2"
    assert spells.loc[0, "start_reason"] == "S"
    assert pd.isna(spells.loc[1, "end"])


@pytest.mark.parametrize(
    "second",
    [
        "a 2024-03-01 - P U6 KT11AA C1",  # placement changed, same kind
        "a 2024-03-02 - L U6 KT11AA C2",  # a day between
        "a 2024-03-01 - L U4 KT11AA C2",  # another placement code
        "a 2024-03-01 - L U6 KT22AA C2",  # another address
        "b 2024-03-01 - L U6 KT11AA C2",  # another child
    ],
)
def test_any_other_change_starts_a_new_placement(second):
    """A gap, a move, another kind or another child is a new spell."""
    assert len(placement_spells(episodes(f"a 2024-01-01 2024-03-01 S U6 KT11AA C1\n{second}"))) == 2


def test_an_open_legal_status_change_keeps_the_spell_open():
    """The end of a spell is that of its last episode, also when that has none yet."""
    spells = placement_spells(episodes("a 2024-01-01 2024-03-01 S U6 KT11AA C1\na 2024-03-01 - L U6 KT11AA C2"))
    assert len(spells) == 1
    assert pd.isna(spells.loc[0, "end"])


def test_a_child_is_in_one_place_at_a_time():
    """A spell left open, or ended too late, ends when the next one begins, and says so; the last is left as it is."""
    spells = placement_spells(
        episodes(
            """
            a 2024-01-01 -          S U6 KT11AA C1
            a 2024-03-01 2024-09-01 P K2 BN11AA C1
            a 2024-06-01 -          P U4 GU11AA C1
            b 2024-02-01 -          S U4 GU11AA C1
            """
        )
    )
    ends = ["2024-03-01", "2024-06-01", None, None]
    assert spells["end"].tolist() == [pd.Timestamp(day) if day else pd.NaT for day in ends]
    assert spells["cut_short"].tolist() == [True, True, False, False]


def test_the_same_postcode_written_otherwise_is_the_same_place():
    """Spaces and case do not make a move."""
    text = "a 2024-01-01 2024-03-01 S U6 KT11AA C1\na 2024-03-01 - L U6 kt11aa C2"
    assert len(placement_spells(episodes(text))) == 1


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 400), st.none() | st.integers(0, 300), st.sampled_from("LP")),
        max_size=12,
        unique_by=lambda row: row[:2],
    )
)
def test_no_history_overlaps_and_none_of_it_is_lost(rows):
    """Whatever the episodes, a child's spells follow one another; each episode lies in one; no spell ends later."""
    day = pd.Timestamp("2024-01-01")
    lines = [
        f"{child} {(day + pd.Timedelta(start, 'D')).date()} "
        f"{'-' if length is None else (day + pd.Timedelta(start + length, 'D')).date()} {reason} U6 KT11AA C1"
        for child, start, length, reason in rows
    ]
    if not lines:
        return
    spells = placement_spells(episodes("\n".join(lines)))
    assert spells["episodes"].sum() == len(rows)
    for _, mine in spells.groupby("child_id"):
        assert (mine["end"].iloc[:-1].to_numpy() <= mine["start"].iloc[1:].to_numpy()).all()
        assert (mine["end"].isna() | (mine["end"] >= mine["start"])).all()


def test_no_episodes_give_no_spells():
    """An empty return is not an error."""
    assert placement_spells(schemas.empty(schemas.EPISODES)).empty
