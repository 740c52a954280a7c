"""Who holds which places on which day? Our own children's use by day; what else is known is known of now only.

Our use of a place changes on the days that our placements there start and end: +1 and -1, added up by provider. It is
tied to the use that provision has on the snapshot day, so that both say the same of that day. What is assumed:

- others' use of a place, and its registered and usable places, have been as they are on the snapshot day;
- a place that opened later did not exist, and one without a day of opening always did. A home registered anew counts as
  opened then; its forerunner, where the data hold it, is there until it closed;
- a place that has closed since was full until then: what others held of it is not known, so it is taken to have had no
  vacancy. One that is closed without a day was never there;
- before the records of our placements begin (`UseByDay.since`), nothing is known but their first day.

Of places in education only the snapshot day is known, and their use is taken to have been the same before. A SEN2
return lists those placed now and few of those who left, so going back by it, every school would empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes

Floats = npt.NDArray[np.float64]

#: How the id of a row of carers who are in no register begins: it stands for the places that our children hold now.
CARERS: Final = "carers:"
_KEYS: Final = ["service", "child_id"]
_EVER: Final = (pd.Timestamp("1800-01-01"), pd.Timestamp("2200-01-01"))


def main_stays(placements: pd.DataFrame) -> pd.DataFrame:
    """Return when each child was in which placement, one at a time by service: the one that `snapshot.stock` counts.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`. Short breaks are left out.

    Returns
    -------
    DataFrame
        Columns of `placements`, `start` and `end` cut where another placement of the child goes before (a lower rank,
        then the later start) and filled where they are missing (1800 and 2200); a placement may have several rows.
    """
    short = placements["service"].eq(codes.CARE) & placements["legal_status"].isin(codes.SHORT_BREAKS)
    held = placements[~short]
    held = held.assign(started=held["start"], start=held["start"].fillna(_EVER[0]), end=held["end"].fillna(_EVER[1]))
    held = held[held["end"] > held["start"]].sort_values([*_KEYS, "start"], kind="stable")
    latest = held.groupby(_KEYS)["end"].cummax()
    before = latest.groupby([held[key] for key in _KEYS]).shift()
    overlaps = (held["start"] < before).groupby([held[key] for key in _KEYS]).transform("any").astype(bool)
    stays = pd.concat([held[~overlaps], _one_at_a_time(held[overlaps])])
    return stays.drop(columns="started").reset_index(drop=True)


def _one_at_a_time(held: pd.DataFrame) -> pd.DataFrame:
    """Return the rows cut at every start and end of the child, the first of each piece kept."""
    cuts = pd.concat([held[[*_KEYS, name]].set_axis([*_KEYS, "cut"], axis=1) for name in ("start", "end")])
    cuts = cuts.drop_duplicates().sort_values([*_KEYS, "cut"], kind="stable")
    cuts["until"] = cuts.groupby(_KEYS)["cut"].shift(-1)
    pieces = held.merge(cuts[cuts["until"].notna()], on=_KEYS)
    pieces = pieces[(pieces["start"] <= pieces["cut"]) & (pieces["until"] <= pieces["end"])]
    order = pieces.sort_values(["rank", "started", "placement_id"], ascending=[True, False, True], kind="stable")
    first = order.drop_duplicates([*_KEYS, "cut"])
    return first.assign(start=first["cut"], end=first["until"]).drop(columns=["cut", "until"])


@dataclass(frozen=True)
class Levels:
    """Places and their use: arrays of one row a provider, in the order of `provision`, and one column a day.

    `exists`, `usable`, `registered`, `ours` and `others`, all 0 where the place did not exist; places that are not
    known count as 0.
    """

    exists: npt.NDArray[np.bool_]
    registered: Floats
    usable: Floats
    ours: Floats
    others: Floats

    @property
    def vacant(self) -> Floats:
        """Return usable places that nobody holds, never below 0 (see `capacity.vacant`)."""
        return np.asarray(np.clip(self.usable - self.ours - self.others, 0.0, None))


@dataclass(frozen=True)
class UseByDay:
    """Provision, and our children's stays there.

    Attributes
    ----------
    provision : DataFrame
        `schemas.PROVISION`.
    stays : DataFrame
        `main_stays` of our children in care.
    snapshot : Timestamp
        The day that use in `provision` is of.
    since : mapping of str to Timestamp
        By service: the first day that is known. It is the snapshot day for education, and when no placement has ended.
    """

    provision: pd.DataFrame = field(repr=False)
    stays: pd.DataFrame = field(repr=False)
    snapshot: pd.Timestamp
    since: Mapping[str, pd.Timestamp]

    def levels(self, days: pd.DatetimeIndex, others_share: float = 1.0) -> Levels:
        """Return places and their use at the end of each day.

        Parameters
        ----------
        days : DatetimeIndex
            In order, each once.
        others_share : float
            What part of others' use of the snapshot day there was: 1 as now, 0 none.
        """
        exists = _existed(self.provision, days, self.snapshot)
        registered, usable, ours_now, others = (
            self.provision[name].fillna(0.0).to_numpy(float)[:, None] * exists
            for name in ("registered_places", "usable_places", "occupied_by_us", "occupied_by_others")
        )
        change = self._held(days) - self._held(pd.DatetimeIndex([self.snapshot]))
        ours = np.clip(ours_now + change, 0.0, None) * exists
        closed_since = ~self.provision["is_open"].to_numpy(bool)[:, None]
        others = np.where(closed_since, np.maximum(others, usable - ours), others)
        return Levels(exists, registered, usable, ours, others_share * others)

    def _held(self, days: pd.DatetimeIndex) -> Floats:
        """Return our children at each provider at the end of each day."""
        row = pd.Index(self.provision["provider_id"]).get_indexer(self.stays["provider_id"])
        here = self.stays[row >= 0]
        change = np.zeros((len(self.provision), len(days) + 1))
        for name, step in (("start", 1.0), ("end", -1.0)):
            day = days.searchsorted(pd.DatetimeIndex(here[name]), side="left")
            np.add.at(change, (row[row >= 0], day), step)
        return np.asarray(change.cumsum(axis=1)[:, : len(days)])

    def day_known(self, day: pd.Series, service: pd.Series) -> pd.Series:
        """Return the nearest day that is known: the service's first for one before, the snapshot for one after it.

        A missing day stays missing, unless the snapshot day is the only one known of the service.
        """
        first = service.map(self.since).fillna(self.snapshot).astype("datetime64[us]")
        known = day.astype("datetime64[us]").where(~(day < first), first)
        return known.where(~((known > self.snapshot) | (first >= self.snapshot)), self.snapshot)


def use_by_day(placements: pd.DataFrame, provision: pd.DataFrame, snapshot: dt.date) -> UseByDay:
    """Return our use of provision by day, from every placement there is.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`, all of them: a subset gives too little use.
    provision : DataFrame
        `schemas.PROVISION`, use being of the snapshot day.
    snapshot : date
    """
    now, care = pd.Timestamp(snapshot), placements[placements["service"].eq(codes.CARE)]
    # Who had left before the first end on record is in no return that is held.
    first = now if care["end"].isna().all() else min(pd.Timestamp(care["end"].min()), now)
    return UseByDay(provision, main_stays(care), now, MappingProxyType({codes.CARE: first, codes.EDUCATION: now}))


def _existed(rows: pd.DataFrame, days: pd.DatetimeIndex, snapshot: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Return whether each place was open on each day; on the snapshot day, just those that are said to be open."""
    is_open = rows["is_open"].astype(bool)
    opened = rows["opened_on"].fillna(_EVER[0])
    opened = opened.mask(is_open & (opened > snapshot), snapshot)
    closed = rows["closed_on"].mask(is_open & (rows["closed_on"] <= snapshot)).fillna(_EVER[1])
    closed = closed.mask(~is_open & (closed > snapshot), snapshot).mask(~is_open & rows["closed_on"].isna(), _EVER[0])
    day = days.to_numpy("datetime64[us]")[None, :]
    since, until = (column.to_numpy("datetime64[us]")[:, None] for column in (opened, closed))
    return np.asarray((since <= day) & (until > day))
