"""How much provision is there, who uses it, and what could our children have of it?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.occupancy import CARERS, UseByDay
from placements.analysis.snapshot import stock


def occupied_by_us(placements: pd.DataFrame, on: dt.date) -> pd.Series:
    """Return how many of our children hold a place at each provider on a day, by `provider_id`."""
    now = stock(placements, on)
    counts = now.loc[now["provider_id"].fillna("") != "", "provider_id"].value_counts()
    return counts.rename("occupied_by_us")


def available_to_us(provision: pd.DataFrame) -> pd.Series:
    """Return the places our children have or can expect: those they hold, and our share of the usable vacant ones."""
    return provision["occupied_by_us"].fillna(0) + provision["share_for_us"].fillna(0) * vacant(provision)


def vacant(provision: pd.DataFrame) -> pd.Series:
    """Return usable places that nobody holds; never below 0 (a home can be fuller than was thought usable)."""
    taken = provision["occupied_by_us"].fillna(0) + provision["occupied_by_others"].fillna(0)
    return (provision["usable_places"].fillna(0) - taken).clip(lower=0).rename("vacant_places")


def capacity(provision: pd.DataFrame, by: Sequence[str] = ("service", "provision", "sector")) -> pd.DataFrame:
    """Return open in-county provision and its use, by any columns.

    Returns
    -------
    DataFrame
        Indexed by `by`: `providers`, `registered_places`, `usable_places`, `occupied_by_us`, `occupied_by_others`,
        `vacant_places`, `available_to_us`, `occupancy` (places held / usable places) and `unknown_places` (providers
        whose number of places is not known: left out of the sums).
    """
    local = provision[provision["location"].eq(codes.IN_COUNTY) & provision["is_open"]]
    local = local.assign(
        vacant_places=vacant(local),
        available_to_us=available_to_us(local),
        unknown_places=local["usable_places"].isna().astype(int),
        providers=1,
    )
    sums = [
        "providers",
        "registered_places",
        "usable_places",
        "occupied_by_us",
        "occupied_by_others",
        "vacant_places",
        "available_to_us",
        "unknown_places",
    ]
    table = local.groupby(list(by))[sums].sum()
    table["occupancy"] = (table["occupied_by_us"] + table["occupied_by_others"]) / table["usable_places"].where(
        table["usable_places"] > 0
    )
    return table


def capacity_by_day(
    use: UseByDay, days: Sequence[dt.date], by: Sequence[str] = ("service", "provision", "sector")
) -> pd.DataFrame:
    """Return in-county provision and its use at the end of each day, as far as it is known (see `occupancy`).

    Carers who are in no register have the places that our children held that day, and no others.

    Parameters
    ----------
    use : UseByDay
    days : sequence of date
        Those before `UseByDay.since` of a service, or after the snapshot, have no rows of it.
    by : sequence of str
        Any of `service`, `provision`, `sector`; `service` is always told apart.

    Returns
    -------
    DataFrame
        One row for each day and group that has provision that day: `day`, `service`, the rest of `by`, `providers`
        (registered ones), `registered_places`, `usable_places`, `occupied_by_us`, `occupied_by_others`,
        `vacant_places`, `held` (by anybody, of usable places: no home counts for more than it has), `occupancy` (held /
        usable places) and `unknown_places` (providers whose number of places is not known: left out of the sums).
    """
    keys = ["service", *(name for name in by if name != "service")]
    when = pd.DatetimeIndex(sorted({pd.Timestamp(day) for day in days}))
    local = use.provision[use.provision["location"].eq(codes.IN_COUNTY)]
    local = local[~local["provider_id"].str.startswith(CARERS)].reset_index(drop=True)
    levels = dataclasses.replace(use, provision=local).levels(when)
    unknown = local["usable_places"].isna().to_numpy(bool)[:, None]
    ours, others = np.where(unknown, 0.0, levels.ours), np.where(unknown, 0.0, levels.others)
    measures = {
        "providers": levels.exists.astype(float),
        "registered_places": np.where(unknown, 0.0, levels.registered),
        "usable_places": levels.usable,
        "occupied_by_us": ours,
        "occupied_by_others": others,
        "vacant_places": levels.vacant,
        "held": np.minimum(ours + others, levels.usable),
        "unknown_places": (levels.exists & unknown).astype(float),
    }
    carers, held = _unregistered(use, when)
    also = dict.fromkeys(("registered_places", "usable_places", "occupied_by_us", "held"), held)
    groups = pd.concat([local[keys], carers[keys]], ignore_index=True)
    long = pd.DataFrame(
        {name: np.vstack([values, also.get(name, np.zeros_like(held))]).T.ravel() for name, values in measures.items()}
    )
    long.insert(0, "day", np.repeat(when, len(groups)))
    for name in reversed(keys):
        long.insert(1, name, np.tile(groups[name].to_numpy(object), len(when)))
    table = long.groupby(["day", *keys], sort=True).sum().reset_index()
    first = table["service"].map(use.since)
    known = (table["day"] >= first) & (table["day"] <= use.snapshot)
    table = table[known & ((table["providers"] > 0) | (table["registered_places"] > 0))].reset_index(drop=True)
    table["occupancy"] = table["held"] / table["usable_places"].where(table["usable_places"] > 0)
    order = ["usable_places", "occupied_by_us", "occupied_by_others", "vacant_places", "held", "occupancy"]
    return table[["day", *keys, "providers", "registered_places", *order, "unknown_places"]]


def _unregistered(use: UseByDay, when: pd.DatetimeIndex) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """Return the kinds of fostering and, of each day, our children in the county with carers who are in no register."""
    kinds = pd.DataFrame(
        {"service": codes.CARE, "provision": ["in_house_foster", "agency_foster"], "sector": ["own", "private"]}
    )
    listed = use.stays["provider_id"].isin(use.provision["provider_id"])
    stays = use.stays[use.stays["location"].eq(codes.IN_COUNTY) & ~listed]
    held = np.zeros((len(kinds), len(when)))
    for row, kind in enumerate(kinds["provision"]):
        of_kind = stays[stays["provision"].eq(kind)]
        for name, step in (("start", 1.0), ("end", -1.0)):
            held[row] += step * pd.DatetimeIndex(of_kind[name].sort_values()).searchsorted(when, side="right")
    return kinds, held


def month_ends(use: UseByDay) -> list[dt.date]:
    """Return every month's end that use is known of, and the snapshot day, in order."""
    first = min(use.since.values())
    ends = pd.date_range(first, use.snapshot, freq="ME")
    return sorted({*(day.date() for day in ends), use.snapshot.date()})
