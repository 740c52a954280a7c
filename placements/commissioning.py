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
from placements.read.census import authority_key

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
    said = commissioning["looked_after"].fillna(False).astype(bool) & _ours(commissioning, episodes)
    return said & ~commissioning.index.isin(found)


def matches(commissioning: pd.DataFrame, spells: pd.DataFrame, on: dt.date | None = None) -> pd.DataFrame:
    """Return the spell that each row is about: `row` and `spell` (labels of the two indexes) and `how` it was found.

    Rows of children who are not looked after, or are another authority's, are about none; one that starts after `on`
    is about no spell of that day or before.
    """
    care = _in_care(commissioning) & _ours(commissioning, spells)
    rows = commissioning.loc[care, ["child_id", "start"]].rename_axis("row").reset_index()
    begun = rows["start"] if on is None else rows["start"].where(rows["start"] <= pd.Timestamp(on))
    last = rows["start"].isna() | begun.eq(begun.groupby(rows["child_id"]).transform("max"))
    held = spells[["child_id", "start", "end"]].set_axis(["child_id", "since", "until"], axis=1)
    pairs = rows.assign(last=last).merge(held.rename_axis("spell").reset_index(), on="child_id")
    day, since, until = pairs["start"], pairs["since"], pairs["until"]
    now = until.isna() if on is None else (since <= pd.Timestamp(on)) & ~(until <= pd.Timestamp(on))
    # What is to start later is agreed for a placement that is not yet, not for the one that is open until then.
    to_come = (
        pd.Series(False, index=pairs.index) if on is None else (since <= pd.Timestamp(on)) & (day > pd.Timestamp(on))
    )
    conditions = [day.eq(since), (since <= day) & ~(until <= day) & ~to_come, now & pairs["last"]]
    pairs["how"] = np.select(conditions, [_STARTED, _IN_FORCE, _NOW], _NONE)
    best = pairs[pairs["how"] < _NONE].sort_values(
        ["row", "how", "since"], ascending=[True, True, False], kind="stable"
    )
    return best.drop_duplicates("row")[["row", "spell", "how"]].reset_index(drop=True)


def _in_care(commissioning: pd.DataFrame) -> pd.Series:
    """Return which rows may be of a child who is looked after: all but those that say the child is not."""
    return commissioning["looked_after"].fillna(True).astype(bool)


def _ours(commissioning: pd.DataFrame, spells: pd.DataFrame) -> pd.Series:
    """Return which rows are of our children: those of the placing authority with most children known here.

    Each authority numbers its children itself, so another's child may have the number of one of ours. Only rows of
    looked-after children count: the returns know no others. Of authorities with as many, the one with more known
    starts is ours, then the one more of whose children are known, then the one with more rows; those still level all
    are. Rows that name no authority, beside others that do, are ours when half of their children are known. Where no
    child is known at all, every row is ours.
    """
    who = _placing(commissioning)
    score = _known_here(commissioning.assign(who=who)[who.notna()], spells)
    named = score.drop(index="", errors="ignore")
    blanks = score.loc[score.index == ""]
    known_blanks = blanks["known"].sum()
    if max(named["known"].max(), known_blanks) == 0 or score.empty:
        return pd.Series(True, index=commissioning.index)
    best = named.sort_values(list(named.columns), ascending=False, kind="stable").head(1)
    # A few known numbers and no known start, beside more that are known without a name, are chance.
    best = best[best["known"].gt(0) & (best["dated"].gt(0) | best["known"].ge(known_blanks))]
    level = named.index[(named == best.squeeze(axis=0)).all(axis=1)] if len(best) else best.index
    unnamed = blanks.index[blanks["share"] >= 0.5]
    return who.isna() | who.isin([*level, *unnamed])


def _placing(commissioning: pd.DataFrame) -> pd.Series:
    """Return a key of each row's placing authority, the same for spellings of its name.

    A row that names none is of the one that its file names; the key is missing where the file names none at all, as
    an authority's own file may, and empty where it names several.
    """
    key = authority_key(commissioning["placing_authority"])
    by_file = key.where(key.ne("")).groupby(commissioning["source"])
    names = by_file.transform("nunique")
    blank = key.eq("")
    return key.mask(blank & names.eq(1), by_file.transform("first")).mask(blank & names.eq(0))


def _known_here(rows: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Return, for each authority (`who`), the children and starts `known` and `dated` here, the `share`, and `rows`."""
    starts = spells[["child_id", "start"]].drop_duplicates().assign(dated=True)
    care = rows.loc[_in_care(rows), ["who", "child_id", "start"]].drop_duplicates()
    care = care.merge(starts, on=["child_id", "start"], how="left")
    care = care.assign(known=care["child_id"].isin(spells["child_id"]), dated=care["dated"].notna())
    children = care.groupby(["who", "child_id"]).agg(known=("known", "max"), dated=("dated", "sum")).reset_index()
    groups = children.groupby("who")
    score = pd.DataFrame(
        {"known": groups["known"].sum(), "dated": groups["dated"].sum(), "share": groups["known"].mean()}
    ).astype(float)
    return score.assign(rows=rows["who"].value_counts().reindex(score.index).astype(float))


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
