"""Why is a child out of county, and could local capacity have kept them?

A recorded reason always wins. Where none is recorded, one of the stated rules below infers it, in this order, and the
answer says that it is inferred. The rules look at capacity on the snapshot day, so for a placement made earlier they
are a proxy: what is full today is taken to have been full then.

=========================  ============  ===================================================================
reason                     judgement     rule
=========================  ============  ===================================================================
adoption                   appropriate   placed for adoption
family                     appropriate   connected carers, or with parents
national_provision         appropriate   secure, youth custody: placed nationally by need
near_home                  appropriate   over the boundary but within `near_home_miles` of home
nearer_than_local          appropriate   nearer than any in-county place of the kind
no_local_provision         avoidable     no usable in-county place of the kind for the need
local_provision_full       avoidable     there are such places and they are full (`full_at_occupancy`)
local_vacancy              unknown       there are such places and some are vacant: matching may explain it
no_rule                    unknown       a kind that no rule covers (mainstream by choice, health, other)
=========================  ============  ===================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from placements import codes
from placements.geography.distance import KM_PER_MILE
from placements.settings import ThresholdSettings

JUDGEMENTS: Final = ("in_county", "appropriate", "avoidable", "unknown")
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "adoption": "Placed for adoption",
        "family": "Living with relatives, friends or parents",
        "national_provision": "Secure or custodial place, allocated nationally",
        "near_home": "Over the boundary but close to home",
        "nearer_than_local": "Nearer home than any place of the kind in the county",
        "no_local_provision": "No place of the kind in the county for this need",
        "local_provision_full": "Places of the kind in the county were full",
        "local_vacancy": "Some places of the kind in the county were vacant",
        "no_rule": "No rule covers this kind of placement",
        "in_county": "In the county",
        "location_unknown": "Location not known",
        **{code: label for code, (label, _) in codes.REASON_AT_DISTANCE.items()},
    }
)
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
_APPROPRIATE_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "adoption": "adoption",
        "connected_carers": "family",
        "with_parents": "family",
        "secure": "national_provision",
    }
)


def classify(placements: pd.DataFrame, provision: pd.DataFrame, thresholds: ThresholdSettings) -> pd.DataFrame:
    """Judge every placement.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`, any subset of rows.
    provision : DataFrame
        `schemas.PROVISION`, with use on the snapshot day.
    thresholds : ThresholdSettings

    Returns
    -------
    DataFrame
        Indexed as `placements`: `judgement` (one of `JUDGEMENTS`), `reason` (a key of `REASONS`), `basis` (`recorded`,
        `inferred` or `not_applicable`).
    """
    outside = placements["location"].eq(codes.OUT_OF_COUNTY)
    reason = pd.Series("no_rule", index=placements.index, dtype="str", name="reason")
    local = _local_match(placements, provision, thresholds)
    distance = placements["distance_miles"]
    # From the last rule to the first, so that an earlier rule overwrites a later one.
    covered = placements["provision"].isin(list(LOCAL_KINDS))
    reason[covered] = local["state"][covered]
    reason[covered & (distance < local["nearest_miles"])] = "nearer_than_local"
    reason[covered & (distance <= thresholds.near_home_miles)] = "near_home"
    kind = placements["provision"].map(_APPROPRIATE_KINDS)
    reason[kind.notna()] = kind[kind.notna()]
    recorded = outside & placements["reason_at_distance"].isin(list(codes.REASON_AT_DISTANCE))
    reason[recorded] = placements["reason_at_distance"][recorded]
    reason[placements["location"].eq(codes.IN_COUNTY)] = "in_county"
    reason[placements["location"].eq(codes.UNKNOWN)] = "location_unknown"
    basis = np.select([recorded, outside], ["recorded", "inferred"], "not_applicable")
    return pd.DataFrame(
        {
            "judgement": reason.map(_JUDGEMENT_OF).astype("str"),
            "reason": reason,
            "basis": pd.Series(basis, index=placements.index, dtype="str"),
        },
        index=placements.index,
    )


_JUDGEMENT_OF: Final = MappingProxyType(
    {
        "adoption": "appropriate",
        "family": "appropriate",
        "national_provision": "appropriate",
        "near_home": "appropriate",
        "nearer_than_local": "appropriate",
        "no_local_provision": "avoidable",
        "local_provision_full": "avoidable",
        "local_vacancy": "unknown",
        "no_rule": "unknown",
        "location_unknown": "unknown",
        "in_county": "in_county",
        **{code: "avoidable" if avoid else "appropriate" for code, (_, avoid) in codes.REASON_AT_DISTANCE.items()},
    }
)


def serves_need(provision: pd.DataFrame, need_group: str) -> npt.NDArray[np.bool_]:
    """Return which places take children of a need group: those that name it, and those that name none."""
    needs = provision["needs"].fillna("")
    return (needs.eq("") | (";" + needs + ";").str.contains(f";{need_group};", regex=False)).to_numpy(bool)


def _local_match(placements: pd.DataFrame, provision: pd.DataFrame, thresholds: ThresholdSettings) -> pd.DataFrame:
    """Return the state of local provision of each placement's kind and need, and miles to the nearest (NaN if none)."""
    local = provision[
        provision["location"].eq(codes.IN_COUNTY) & provision["is_open"] & (provision["usable_places"].fillna(0) > 0)
    ]
    out = pd.DataFrame({"state": "no_local_provision", "nearest_miles": np.nan}, index=placements.index)
    out["state"] = out["state"].astype("str")
    for keys, group in placements.groupby(["provision", "need_group"]):
        (kind, need), rows = cast("tuple[str, str]", keys), group.index
        if kind not in LOCAL_KINDS:
            continue
        match = local[local["provision"].isin(LOCAL_KINDS[kind]) & serves_need(local, need)]
        if match.empty:
            continue
        taken = match["occupied_by_us"].fillna(0).sum() + match["occupied_by_others"].fillna(0).sum()
        full = taken >= thresholds.full_at_occupancy * match["usable_places"].sum()
        out.loc[rows, "state"] = "local_provision_full" if full else "local_vacancy"
        out.loc[rows, "nearest_miles"] = _nearest_miles(group, match)
    return out


def _nearest_miles(homes: pd.DataFrame, sites: pd.DataFrame) -> npt.NDArray[np.float64]:
    points = sites[["easting", "northing"]].dropna().to_numpy(float)
    start = homes[["home_easting", "home_northing"]].to_numpy(float)
    known = np.isfinite(start).all(axis=1)
    nearest = np.full(len(homes), np.nan)
    if len(points) and known.any():
        metres, _ = cKDTree(points).query(start[known])
        nearest[known] = metres / 1000 / KM_PER_MILE
    return nearest
