"""From episodes to placement spells: an episode that only changes the legal status goes on in the same placement."""

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
        `end_reason` and `legal_status` of the last, the rest of the first; and `episodes`, how many were merged.
        A spell continues when the next episode starts the day the last one ended, its reason is a change of legal
        status only, and the placement is the same.
    """
    ordered = episodes.sort_values(["child_id", "start"], kind="stable").reset_index(drop=True)
    before = ordered.shift(1)
    same = (
        ordered["child_id"].eq(before["child_id"])
        & ordered["start"].eq(before["end"])
        & ordered["start_reason"].isin(_SAME_PLACEMENT)
        & ordered["place_code"].eq(before["place_code"])
        & ordered["placement_postcode"].eq(before["placement_postcode"])
    )
    spell = (~same).cumsum()
    grouped = ordered.groupby(spell, sort=True)
    spells = grouped.first() if len(ordered) else ordered
    if len(ordered):
        last = ordered[~spell.duplicated(keep="last")].set_index(spell[~spell.duplicated(keep="last")])
        for column in ("end", "end_reason", "legal_status"):
            spells[column] = last[column]
        spells["episodes"] = grouped.size()
    return spells.reset_index(drop=True)
