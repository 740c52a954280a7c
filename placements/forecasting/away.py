"""What share of new placements is avoidably out of county? Counted by demand group, small cells pooled."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements.forecasting.spells import Spells

#: Weight of the wider share that a narrower one is shrunk to, in starts.
PRIOR_STARTS: Final = 10.0
#: From wide to narrow: each level is shrunk to the one before. A child's area is left out of the last level but one
#: because where capacity lies, and so who has to leave, differs by area.
LEVELS: Final = (
    ("provision",),
    ("provision", "need_group"),
    ("provision", "need_group", "age_band"),
    ("provision", "need_group", "age_band", "area"),
)


def away_shares(spells: Spells, groups: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each group's starts that is avoidably out of county.

    Starts whose location or reason is not known (judgement `unknown`) are left out of numerator and denominator and
    counted beside them: they are taken to divide as the known ones do.

    Parameters
    ----------
    spells : Spells
    groups : DataFrame
        With `forecasting.spells.KEYS`.

    Returns
    -------
    DataFrame
        Indexed by `group`: `share` (shrunk), `avoidable`, `known`, `unknown` (counts of starts in the window).
    """
    history = spells.history
    begun = history[history["start"] > history["service"].map(spells.window_start)]
    counts = pd.DataFrame(
        {
            **{key: begun[key] for key in LEVELS[-1]},
            "avoidable": begun["judgement"].eq("avoidable").astype(float),
            "known": begun["judgement"].ne("unknown").astype(float),
            "unknown": begun["judgement"].eq("unknown").astype(float),
        }
    )
    share = np.zeros(len(groups))
    for depth, level in enumerate(LEVELS):
        sums = counts.groupby(list(level))[["avoidable", "known", "unknown"]].sum()
        keys = pd.MultiIndex.from_frame(groups[list(level)]) if len(level) > 1 else groups[level[0]]
        found = sums.reindex(keys).fillna(0.0).to_numpy(float)
        weight = PRIOR_STARTS if depth else 0.0
        known = found[:, 1] + weight
        share = np.divide(found[:, 0] + weight * share, known, out=np.zeros(len(groups)), where=known > 0)
    out = pd.DataFrame(found, columns=["avoidable", "known", "unknown"], index=pd.Index(groups["group"]))
    out.insert(0, "share", share)
    return out
