"""Episodes that only change the legal status go on in the same placement; every other change starts a new one."""

import pandas as pd
import pytest

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


def test_no_episodes_give_no_spells():
    """An empty return is not an error."""
    assert placement_spells(schemas.empty(schemas.EPISODES)).empty
