"""Does a provider stand, by all of Ofsted's lists: which of them decides what, and whom does a later list miss?

A provider is missing when a later list of a layout it was on does not name it: the published list, or a confidential
list that names providers of its family. That list must cover the provider's authority, and not be a list of closed
providers; one that does not say when it was true neither closes a provider nor has one closed by absence.
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from placements.read import ofsted_layouts as layouts
from placements.read.rawtable import RawTable

#: Order in which lists overwrite one another, in general, and for what the published list hides.
NEWEST: Final = ("as_at", "confidential", "described")
_CONFIDENTIAL: Final = ("confidential", "as_at", "described")
_HIDDEN: Final = ("name", "postcode", "owner")
_NOT_OPEN: Final = "closed|resigned|cancelled|deregistered|removed|refused|suspended"
_SAYS_CLOSED: Final = re.compile("(?<![a-z])closed")
_SAYS_OPEN: Final = re.compile("(?<![a-z])(?:current|open|active)(?![a-z])")
#: A list that names so many authorities is of all England, which has some 150: one that it does not name has been
#: renamed or abolished, or has no provider left.
_ALL_ENGLAND: Final = 100
_LAYOUT: Final = ["confidential", "family"]


def shut(rows: pd.DataFrame) -> pd.Series:
    """Return whether each row says that its provider is not open: by `status`, or by a day it `closed`."""
    said: pd.Series = rows["status"].str.lower().str.contains(_NOT_OPEN) | rows["closed"].notna()
    return said.astype(bool)


def told_together(kept: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return merged providers with what one list must tell alone, and what only confidential lists know.

    Status and day of closure are those of the newest row that states either: a day that an older list gave does not
    close a provider that is open again. Name, postcode and owner are the newest confidential ones there are.

    Parameters
    ----------
    kept : DataFrame
        A row per `urn`.
    parts : list of DataFrame
        The rows of every list, with the columns of `NEWEST`.
    """
    rows = pd.concat(parts, ignore_index=True)
    stating = rows[rows["status"].ne("") | rows["closed"].notna()].sort_values(list(NEWEST), kind="stable")
    last = stating.drop_duplicates("urn", keep="last").set_index("urn")
    status, closed = (last[name].reindex(kept["urn"]).set_axis(kept.index) for name in ("status", "closed"))
    told = {"status": status.fillna(""), "closed": closed}
    rows = rows.sort_values(list(_CONFIDENTIAL), kind="stable")
    for name in _HIDDEN:
        known = rows[rows[name].ne("")].drop_duplicates("urn", keep="last").set_index("urn")[name]
        told[name] = known.reindex(kept["urn"]).set_axis(kept.index).fillna("")
    return kept.assign(**told)


def gone(parts: list[tuple[RawTable, pd.DataFrame]], undated: pd.Timestamp) -> pd.Series:
    """Return the URNs that are missing from a later list that would name them.

    A list covers the authorities that it names; one that names none, or `_ALL_ENGLAND` of them, covers all, and a
    provider whose authority no list states is covered by any.

    Parameters
    ----------
    parts : list of (RawTable, DataFrame)
        Each list and its rows: `urn`, `authority`, `status`, `closed`, `described`, `confidential`, `as_at` and what
        `layouts.families` needs.
    undated : Timestamp
        What stands for the day of a list that does not say; only lists of later days count.
    """
    columns = ["urn", "authority", "as_at", *_LAYOUT, "list", "of_open"]
    listed = pd.concat(
        [
            rows.assign(family=layouts.families(rows), list=i, of_open=not _of_closed(table, rows))[columns]
            for i, (table, rows) in enumerate(parts)
            if rows["described"].eq(1).all()
        ]
    )
    listed = listed[listed["as_at"] > undated].sort_values("as_at", kind="stable")
    if listed.empty:
        return pd.Series(dtype="str")
    listed["authority"] = listed["authority"].str.lower().str.replace(r"[^a-z]", "", regex=True)
    # The published list is of every kind of provider but supported accommodation; a confidential one may be of a few.
    whole = listed["confidential"].eq(0) & listed["family"].ne("supported_accommodation")
    listed["family"] = listed["family"].mask(whole, "")

    lists = listed.loc[listed["of_open"], [*_LAYOUT, "list", "as_at"]].drop_duplicates()
    named = listed.loc[listed["authority"].ne(""), ["list", "authority"]].drop_duplicates()
    named = named[named.groupby("list")["authority"].transform("size") < _ALL_ENGLAND]
    covered = pd.concat([lists.merge(named, on="list"), lists.assign(authority="")])
    by_authority = covered.groupby([*_LAYOUT, "authority"])["as_at"].max().rename("newest")
    of_all = lists[~lists["list"].isin(named["list"])].groupby(_LAYOUT)["as_at"].max().rename("newest_of_all")

    stated = listed[listed["authority"].ne("")].drop_duplicates("urn", keep="last").set_index("urn")["authority"]
    held = listed[["urn", *_LAYOUT]].drop_duplicates()
    held["authority"] = stated.reindex(held["urn"]).set_axis(held.index).fillna("")
    held = held.join(by_authority, on=[*_LAYOUT, "authority"]).join(of_all, on=_LAYOUT)
    newest = held[["newest", "newest_of_all"]].max(axis=1).groupby(held["urn"]).max()
    last = listed.groupby("urn")["as_at"].max()
    return pd.Series(last.index[last < newest.reindex(last.index)], dtype="str")


def _of_closed(table: RawTable, rows: pd.DataFrame) -> bool:
    """Return whether a list is of closed providers: its sheet, else its file, is called so, or it names no other."""
    names = (table.sheet.lower(), table.path.stem.lower())
    telling = next((name for name in names if _SAYS_CLOSED.search(name) or _SAYS_OPEN.search(name)), "")
    called = bool(_SAYS_CLOSED.search(telling)) and not _SAYS_OPEN.search(telling)
    return called or bool(shut(rows).all())
