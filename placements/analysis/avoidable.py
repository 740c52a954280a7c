"""Why is a child out of county, and could local capacity have kept them?

A recorded reason always wins. Where none is recorded, one of the stated rules below infers it, in this order, and the
answer says that it is inferred. What was free in the county is looked up for the day the placement started, as far as
the data reach (`occupancy` says what is assumed); without use by day, it is that of the snapshot day, which for a
placement made earlier is a proxy.

=========================  ============  ===================================================================
reason                     judgement     rule
=========================  ============  ===================================================================
adoption                   appropriate   placed for adoption
family                     appropriate   connected carers, or with parents
national_provision         appropriate   secure, youth custody: placed nationally by need
near_home                  appropriate   over the boundary but within `near_home_miles` of home
nearer_than_local          appropriate   nearer than any in-county place of the kind that day
no_local_provision         avoidable     no usable in-county place of the kind for the need
local_provision_full       avoidable     there are such places and they are full (`full_at_occupancy`)
local_vacancy              unknown       there are such places and some are vacant: matching may explain it
start_unknown              unknown       the day it started is not known, nor so what was free then
no_rule                    unknown       a kind that no rule covers (mainstream by choice, health, other)
=========================  ============  ===================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.local_match import LOCAL_KINDS, local_match, serves_need
from placements.analysis.occupancy import UseByDay
from placements.settings import ThresholdSettings

__all__ = ["JUDGEMENTS", "LOCAL_KINDS", "REASONS", "classify", "judge", "serves_need"]

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
        "start_unknown": "Not known when it began, nor so what was free in the county",
        "no_rule": "No rule covers this kind of placement",
        "in_county": "In the county",
        "location_unknown": "Location not known",
        **{code: label for code, (label, _) in codes.REASON_AT_DISTANCE.items()},
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


def classify(
    placements: pd.DataFrame, provision: pd.DataFrame, thresholds: ThresholdSettings, use: UseByDay | None = None
) -> pd.DataFrame:
    """Judge every placement.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`, any subset of rows.
    provision : DataFrame
        `schemas.PROVISION`, with use on the snapshot day.
    thresholds : ThresholdSettings
    use : UseByDay, optional
        Use of provision by day (`occupancy.use_by_day`, from all placements): each placement is then judged by what
        was free on the day it started. Without it, by what is free on the snapshot day.

    Returns
    -------
    DataFrame
        Indexed as `placements`: `judgement` (one of `JUDGEMENTS`), `reason` (a key of `REASONS`), `basis` (`recorded`,
        `inferred` or `not_applicable`).
    """
    outside = placements[placements["location"].eq(codes.OUT_OF_COUNTY)]
    local = local_match(outside, provision, use).reindex(placements.index)
    return judge(placements, local, thresholds)


def judge(placements: pd.DataFrame, local: pd.DataFrame, thresholds: ThresholdSettings) -> pd.DataFrame:
    """Judge every placement by the local provision there was for it (`local_match.local_match`); see `classify`."""
    outside = placements["location"].eq(codes.OUT_OF_COUNTY)
    reason = pd.Series("no_rule", index=placements.index, dtype="str", name="reason")
    full = local["taken"] >= thresholds.full_at_occupancy * local["usable"]
    state = np.select(
        [local["usable"].isna(), local["usable"].le(0), full],
        ["start_unknown", "no_local_provision", "local_provision_full"],
        "local_vacancy",
    )
    distance = placements["distance_miles"]
    # From the last rule to the first, so that an earlier rule overwrites a later one.
    covered = placements["provision"].isin(list(LOCAL_KINDS))
    reason[covered] = state[covered]
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
        "start_unknown": "unknown",
        "no_rule": "unknown",
        "location_unknown": "unknown",
        "in_county": "in_county",
        **{code: "avoidable" if avoid else "appropriate" for code, (_, avoid) in codes.REASON_AT_DISTANCE.items()},
    }
)
