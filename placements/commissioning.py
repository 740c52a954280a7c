"""Which placement is a row of the commissioning census about?

The census and the returns are kept by different people. A row is about the placement of the same child that started on
the day the row says; else the one in force on that day; else, for the last row of a child, the one the child is in now
(commissioning often dates a contract, not a placement). Where a new placement spell is with the same carer, what the
census says of the earlier spell goes on.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from placements.frames import look_up

#: RNE codes of a new episode with the same carer: legal status, placement, or both changed; P and B are a new carer.
_SAME_CARER: Final = ("L", "T", "U")
_STARTED, _IN_FORCE, _NOW, _NONE = range(4)


def placed(commissioning: pd.DataFrame, spells: pd.DataFrame, on: dt.date | None = None) -> pd.DataFrame:
    """Return what the census says of each placement spell.

    Of several rows about one spell, those matched by a date come before those that are not, then those of the spell's
    own kind of provision, then those that start with it, then the row that starts last and was read last.

    Parameters
    ----------
    commissioning : DataFrame
        `schemas.COMMISSIONING`.
    spells : DataFrame
        `child_id`, `start`, `end`, `start_reason` (RNE) and `provision`, one row per spell.
    on : date, optional
        The day that "now" means; without it, spells that have no end are the ones of now.

    Returns
    -------
    DataFrame
        Indexed as `spells`: `reason_at_distance` (empty where none is recorded) and `weekly_cost_gbp` (missing where
        the census has no row, no cost, or a cost of nothing, which is taken as not filled in).
    """
    found = matches(commissioning, spells, on)
    told = commissioning.loc[found["row"], ["provision", "start"]].reset_index(drop=True)
    kind = _kind(look_up(found["spell"], spells["provision"]))
    ranked = found.assign(
        dated=found["how"].ne(_NOW),
        same_kind=_kind(told["provision"]).eq(kind),
        begins=told["start"],
    ).sort_values(
        ["dated", "same_kind", "how", "begins", "row"], ascending=[False, False, True, False, False], kind="stable"
    )
    row = ranked.drop_duplicates("spell").set_index("spell")["row"].reindex(spells.index).astype("Int64")
    stays = _stays(spells)
    row = row.fillna(row.reindex(stays.index).groupby(stays).ffill())
    known = row.notna()
    said = commissioning.loc[row[known]].set_axis(row.index[known])
    cost = said["weekly_cost_gbp"].reindex(spells.index)
    return pd.DataFrame(
        {
            "reason_at_distance": said["reason_at_distance"].reindex(spells.index).fillna("").astype("str"),
            "weekly_cost_gbp": cost.where(cost > 0),
        }
    )


def unmatched(commissioning: pd.DataFrame, episodes: pd.DataFrame, on: dt.date | None = None) -> pd.Series:
    """Return which rows of the census, of children it says are looked after by us, are about no placement there is.

    Parameters
    ----------
    commissioning : DataFrame
        `schemas.COMMISSIONING`.
    episodes : DataFrame
        `child_id`, `start`, `end`: episodes or spells.
    on : date, optional
        As in `placed`.

    Returns
    -------
    Series of bool
        Indexed as `commissioning`.
    """
    found = matches(commissioning, episodes, on)["row"]
    said = commissioning["looked_after"].fillna(False).astype(bool) & _ours(commissioning, episodes["child_id"])
    return said & ~commissioning.index.isin(found)


def matches(commissioning: pd.DataFrame, spells: pd.DataFrame, on: dt.date | None = None) -> pd.DataFrame:
    """Return the spell that each row is about: `row` and `spell` (labels of the two indexes) and `how` it was found.

    Rows of children who are not looked after, or are another authority's, are about none.
    """
    care = commissioning["looked_after"].fillna(True).astype(bool) & _ours(commissioning, spells["child_id"])
    rows = commissioning.loc[care, ["child_id", "start"]].rename_axis("row").reset_index()
    last = rows["start"].isna() | rows["start"].eq(rows.groupby("child_id")["start"].transform("max"))
    held = spells[["child_id", "start", "end"]].set_axis(["child_id", "since", "until"], axis=1)
    pairs = rows.assign(last=last).merge(held.rename_axis("spell").reset_index(), on="child_id")
    day, since, until = pairs["start"], pairs["since"], pairs["until"]
    now = until.isna() if on is None else (since <= pd.Timestamp(on)) & ~(until <= pd.Timestamp(on))
    conditions = [day.eq(since), (since <= day) & ~(until <= day), now & pairs["last"]]
    pairs["how"] = np.select(conditions, [_STARTED, _IN_FORCE, _NOW], _NONE)
    best = pairs[pairs["how"] < _NONE].sort_values(
        ["row", "how", "since"], ascending=[True, True, False], kind="stable"
    )
    return best.drop_duplicates("row")[["row", "spell", "how"]].reset_index(drop=True)


def _ours(commissioning: pd.DataFrame, children: pd.Series) -> pd.Series:
    """Return which rows are of our children: in a file of several authorities, those with most children known here.

    Each authority numbers its children itself, so another's child may have the number of one of ours.
    """
    known = commissioning["child_id"].isin(children)
    share = known.astype(float).groupby(commissioning["placing_authority"].fillna("")).transform("mean")
    ours = share >= 0.5
    return ours if ours.any() else pd.Series(True, index=commissioning.index)


def _kind(provision: pd.Series) -> pd.Series:
    """Return the provision with fostering as one kind: the census does not tell whose carers they are."""
    return provision.replace("in_house_foster", "agency_foster")


def _stays(spells: pd.DataFrame) -> pd.Series:
    """Return a number for each stay with one carer, in order of child and start."""
    ordered = spells.sort_values(["child_id", "start"], kind="stable")
    before = ordered.shift(1)
    goes_on = (
        ordered["child_id"].eq(before["child_id"])
        & ordered["start"].eq(before["end"])
        & ordered["start_reason"].isin(_SAME_CARER)
    )
    return (~goes_on).cumsum()
