"""What local provision of a placement's kind was there, and how full was it, on the day the placement started?

Places in the county whose number is known and that take the child's need count together. A home that is over-full
makes up for no vacancy elsewhere: of each, no more counts as taken than can be used.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from placements import codes
from placements.analysis.occupancy import UseByDay
from placements.geography.distance import KM_PER_MILE

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Kinds of in-county place that could have met the need of each kind of placement.
LOCAL_KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "in_house_foster": ("in_house_foster", "agency_foster"),
        "agency_foster": ("in_house_foster", "agency_foster"),
        "childrens_home": ("childrens_home",),
        "supported_accommodation": ("supported_accommodation",),
        "residential_school": ("residential_school", "independent_special", "state_special"),
        "state_special": ("state_special",),
        "independent_special": ("state_special", "independent_special"),
        "specialist_base": ("specialist_base",),
    }
)


def serves_need(provision: pd.DataFrame, need_group: str) -> Flags:
    """Return which places take children of a need group: those that name it, and those that name none."""
    needs = provision["needs"].fillna("")
    return (needs.eq("") | (";" + needs + ";").str.contains(f";{need_group};", regex=False)).to_numpy(bool)


def local_match(
    placements: pd.DataFrame, provision: pd.DataFrame, use: UseByDay | None = None, others_share: float = 1.0
) -> pd.DataFrame:
    """Return the local provision of each placement's kind and need.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`, any subset of rows.
    provision : DataFrame
        `schemas.PROVISION`, with use on the snapshot day.
    use : UseByDay, optional
        Use by day: each placement is matched with what there was on the day it started, or the nearest day that is
        known. Without it, with what there is on the snapshot day, which is a proxy.
    others_share : float
        What part of others' use there was (`UseByDay.levels`).

    Returns
    -------
    DataFrame
        Indexed as `placements`: `usable` and `taken` places (NaN where the day is not known, or the kind is none of
        `LOCAL_KINDS`; 0 usable where there was no such place) and `nearest_miles` from home to the nearest of them
        (NaN if none, or home is not known).
    """
    held = provision[provision["location"].eq(codes.IN_COUNTY) & (provision["usable_places"].fillna(0) > 0)]
    held = held[held["is_open"]] if use is None else held
    rows = placements[placements["provision"].isin(list(LOCAL_KINDS))]
    out = pd.DataFrame(np.nan, index=placements.index, columns=["usable", "taken", "nearest_miles"], dtype=float)
    if use is None:
        usable, ours, others = (
            held[name].fillna(0.0).to_numpy(float)[:, None]
            for name in ("usable_places", "occupied_by_us", "occupied_by_others")
        )
        exists, others = np.ones((len(held), 1), bool), others_share * others
        day = np.zeros(len(rows), np.intp)
    else:
        started = use.day_known(rows["start"], rows["service"])
        rows = rows[started.notna()]
        days = pd.DatetimeIndex(started.dropna().unique()).sort_values()
        levels = dataclasses.replace(use, provision=held).levels(days, others_share)
        exists, usable, ours, others = levels.exists, levels.usable, levels.ours, levels.others
        day = days.get_indexer(pd.DatetimeIndex(started.dropna()))
    taken = np.minimum(ours + others, usable)
    where = pd.Series(np.arange(len(rows)), index=rows.index)
    points = held[["easting", "northing"]].to_numpy(float)
    homes = rows[["home_easting", "home_northing"]].to_numpy(float)
    found = np.full((len(rows), 3), np.nan)
    for keys, positions in where.groupby([rows["provision"], rows["need_group"]]):
        (kind, need), at = cast("tuple[str, str]", keys), positions.to_numpy()
        match = held["provision"].isin(LOCAL_KINDS[kind]).to_numpy(bool) & serves_need(held, need)
        found[at, 0] = usable[match].sum(axis=0)[day[at]]
        found[at, 1] = taken[match].sum(axis=0)[day[at]]
        found[at, 2] = _nearest_miles(homes[at], points[match], exists[match], day[at])
    out.loc[rows.index] = found
    return out


def _nearest_miles(homes: Floats, sites: Floats, exists: Flags, day: npt.NDArray[np.intp]) -> Floats:
    """Return miles to the nearest site that existed on the day of each home; NaN where there is none or no home."""
    metres = np.full(len(homes), np.inf)
    known, placed = np.isfinite(homes).all(axis=1), np.isfinite(sites).all(axis=1)
    always = exists.all(axis=1)
    if (placed & always).any() and known.any():
        metres[known], _ = cKDTree(sites[placed & always]).query(homes[known])
    some = np.flatnonzero(placed & ~always)
    for site in some:
        there = known & exists[site, day]
        metres[there] = np.minimum(metres[there], np.hypot(*(homes[there] - sites[site]).T))
    return np.where(np.isfinite(metres), metres, np.nan) / 1000 / KM_PER_MILE
