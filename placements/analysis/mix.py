"""What kinds of placement are used? Own, agency and connected carers, homes, and what no registration may stand behind.

Kinds are read from PLACE, the provider's sector and, for registration, the lists of providers. What cannot be told:

- PLACE says "other placement" (Z1 to 2024-25, Z11 to Z14 after): children's homes that ought to be registered and are
  not are recorded there, among much that needs no registration. So these codes bound unregistered placements from
  above, but do not count them.
- H5 (semi-independent) and P2 (independent living) were accommodation that nobody registered; from 2024-25 K3 takes
  their place, whose providers must be registered (Supported Accommodation (England) Regulations 2023).
- A provider's number that is in no list may be a slip, or that of a provider the lists at hand do not cover.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.frames import among

#: Kinds of placement in the order they are shown.
MIX: Final[Mapping[str, str]] = MappingProxyType(
    {
        "in_house_foster": "Own foster carers",
        "agency_foster": "Agency or another authority's foster carers",
        "foster_unknown": "Foster carers, provider not recorded",
        "connected_carers": "Connected carers (relative or friend)",
        "childrens_home": "Children's home",
        "supported_accommodation": "Supported accommodation or independent living",
        "secure": "Secure home or young offender institution",
        "residential_school": "Residential school",
        "with_parents": "With parents",
        "adoption": "Placed for adoption",
        "care_or_health": "Care home, hospital, family centre or residential employment",
        "temporary": "Temporarily elsewhere",
        "other_placement": "Other placement (unregistered ones among them)",
        codes.UNKNOWN: "Not known",
    }
)
OTHER_PLACEMENT: Final = ("Z1", "Z11", "Z12", "Z13", "Z14")
NEVER_REGISTERED: Final = ("H5", "P2")
_CARE_OR_HEALTH: Final = ("P3", "R1", "R2", "R3")
_TEMPORARY: Final = ("T0", "T1", "T2", "T3", "T4")
FOSTER: Final = ("in_house_foster", "agency_foster")

#: What the lists of providers say of a place that must be, or may have to be, registered with Ofsted.
REGISTRATION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "listed": "At a provider whom the lists have as open",
        "closed": "At a provider whom the lists have as closed",
        "not_listed": "Provider's number is in no list",
        "no_number": "Home or supported accommodation with no provider's number",
        "never_registered": "Independent or semi-independent living (H5, P2), which nobody registered",
        "other_placement": "Other placement (Z codes), unregistered ones among them",
        codes.UNKNOWN: "Not known: the study holds no list of homes",
    }
)


def placement_kind(rows: pd.DataFrame) -> pd.Series:
    """Return the key of `MIX` of each placement in care; `unknown` where PLACE is a code that does not exist."""
    kind, code = rows["provision"], rows["place_code"].fillna("")
    other = kind.eq("other_care")
    chosen = [
        kind.eq("agency_foster") & rows["sector"].eq("unknown"),
        other & code.isin(_CARE_OR_HEALTH),
        other & code.isin(_TEMPORARY),
        other & code.isin(OTHER_PLACEMENT),
        other,
    ]
    names = ["foster_unknown", "care_or_health", "temporary", "other_placement", codes.UNKNOWN]
    found = np.select([one.to_numpy(bool) for one in chosen], names, "")
    told = pd.Series(found, index=rows.index, dtype="str", name="placement_kind")
    return told.where(told.ne(""), kind.astype("str"))


def is_kind(rows: pd.DataFrame, *kinds: str) -> pd.Series:
    """Return whether each placement is of some kinds of `MIX`; missing where its kind is not known.

    Fostering whose provider is not recorded is missing when only one side of it is asked for.
    """
    kind = placement_kind(rows)
    unsure = kind.eq(codes.UNKNOWN)
    asked = sum(name in kinds for name in FOSTER)
    if asked == 1:
        unsure |= kind.eq("foster_unknown")
    wanted = {*kinds, "foster_unknown"} if asked == len(FOSTER) else set(kinds)
    return kind.isin(wanted).astype("boolean").mask(unsure)


def is_own(rows: pd.DataFrame) -> pd.Series:
    """Return whether the authority itself provides each placement; missing where the provider is not recorded."""
    return rows["sector"].eq("own").astype("boolean").mask(rows["sector"].eq("unknown"))


def no_registration_behind(rows: pd.DataFrame, *, under_16: bool) -> pd.Series:
    """Return whether each placement is one that no registered home or approved carer stands behind, as far as is told.

    Other placements (Z codes), independent and semi-independent living (H5, P2), and for children under 16 supported
    accommodation (K3), which may not be used for them at all. Missing where the kind is not known.

    Source: Care Planning, Placement and Case Review (England) (Amendment) Regulations 2021 (under 16); Supported
    Accommodation (England) Regulations 2023 (16 and 17).
    """
    kind, code = placement_kind(rows), rows["place_code"].fillna("")
    # Supported accommodation without a code may be registered or not: for those of 16 and over that decides.
    supported = kind.eq("supported_accommodation")
    holds = kind.eq("other_placement") | (supported & (code.isin(NEVER_REGISTERED) | under_16))
    unsure = kind.eq(codes.UNKNOWN) | (supported & code.eq("") & (not under_16))
    return holds.astype("boolean").mask(unsure)


def may_need_registration(rows: pd.DataFrame) -> pd.Series:
    """Return whether each placement is in a children's home, supported accommodation or some other placement."""
    return placement_kind(rows).isin(["childrens_home", "supported_accommodation", "other_placement"])


def registration(rows: pd.DataFrame, provision: pd.DataFrame) -> pd.Series:
    """Return the key of `REGISTRATION` of each placement for which `may_need_registration` holds.

    Parameters
    ----------
    rows : DataFrame
        `schemas.PLACEMENTS`.
    provision : DataFrame
        `schemas.PROVISION`: the lists of providers, as of the snapshot day.
    """
    homes = provision[provision["provision"].isin(["childrens_home", "supported_accommodation"])]
    number, code = rows["provider_id"].fillna(""), rows["place_code"].fillna("")
    listed, is_open = among(number, provision["provider_id"]), provision.loc[provision["is_open"], "provider_id"]
    chosen = [
        placement_kind(rows).eq("other_placement"),
        code.isin(NEVER_REGISTERED),
        pd.Series(homes.empty, rows.index),
        number.eq(""),
        ~listed,
        ~among(number, is_open),
    ]
    names = ["other_placement", "never_registered", codes.UNKNOWN, "no_number", "not_listed", "closed"]
    found = np.select([one.to_numpy(bool) for one in chosen], names, "listed")
    return pd.Series(found, index=rows.index, dtype="str", name="registration")
