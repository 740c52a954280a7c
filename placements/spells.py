"""From episodes to one continuous placement history per child.

An episode that only changes the legal status goes on in the same placement; and as a child is in one place at a time, a
placement ends when the next begins, though its own end was not recorded or is later. The episodes themselves are kept.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

#: RNE codes that leave the child where they were.
_SAME_PLACEMENT: Final = ("L",)


def placement_spells(episodes: pd.DataFrame) -> pd.DataFrame:
    """Merge episodes into spells in one placement.

    Parameters
    ----------
    episodes : DataFrame
        `schemas.EPISODES`.

    Returns
    -------
    DataFrame
        One row per spell with the columns of the episodes: `start` and `start_reason` of the first, `end`,
        `end_reason`, `change_reason` and `legal_status` of the last, the rest of the first; `legal_status_at_start` of
        the first; `episodes`, how many were merged; and `cut_short`, whether the end is the start of the child's next
        spell because the recorded one is later or missing. A spell continues when the next episode starts the day the
        last one ended, its reason is a change of legal status only, and the placement is the same.
    """
    ordered = episodes.sort_values(["child_id", "start"], kind="stable").reset_index(drop=True)
    before = ordered.shift(1)
    same = (
        ordered["child_id"].eq(before["child_id"])
        & ordered["start"].eq(before["end"])
        & ordered["start_reason"].isin(_SAME_PLACEMENT)
        & ordered["place_code"].eq(before["place_code"])
        & _plain_postcode(ordered["placement_postcode"]).eq(_plain_postcode(before["placement_postcode"]))
    )
    spell = (~same).cumsum()
    grouped = ordered.groupby(spell, sort=True)
    spells = grouped.first() if len(ordered) else ordered.assign(legal_status_at_start=ordered["legal_status"])
    if len(ordered):
        last = ordered[~spell.duplicated(keep="last")].set_index(spell[~spell.duplicated(keep="last")])
        spells["legal_status_at_start"] = spells["legal_status"]
        for column in ("end", "end_reason", "change_reason", "legal_status"):
            spells[column] = last[column]
        spells["episodes"] = grouped.size()
        spells = _one_place_at_a_time(spells)
    return spells.reset_index(drop=True)


def _one_place_at_a_time(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the spells with those that overlap the same child's next one ended when it begins."""
    following = spells["start"].shift(-1).where(spells["child_id"].eq(spells["child_id"].shift(-1)))
    overlaps = following.notna() & (spells["end"].isna() | (spells["end"] > following))
    return spells.assign(end=spells["end"].mask(overlaps, following), cut_short=overlaps)


def _plain_postcode(text: pd.Series) -> pd.Series:
    return text.str.upper().str.replace(" ", "")
