"""How well can children reach local places? Access as plain rows that may be shown under a profile.

The places are public, or may be, so that an exact ratio beside them gives the number of children away, and a row of
figures by area gives away where the place is. So the shareable profile has

- no counts of children (`analyse` has them, protected, under need and local places): only whether there are 10;
- places per child in bands;
- homes, carers and families with a confidential site for the whole authority only, with no miles: from several areas,
  whose centres anyone can find, they would meet at its door;
- schools, which are public, by area and with their miles.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.access_bands import band_of, confidential_kinds
from placements.analysis.gap import WANTED_LABEL
from placements.analysis.local_access import KNOWN, NONE_IN_REACH, UNKNOWN
from placements.county import County
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_BASE,
    SUPPRESSED,
    share_text,
)

ALL_AREAS: Final = "All areas"
ENOUGH: Final = f"{SMALLEST_BASE} or more"


def access_rows(county: County, profile: str) -> list[dict[str, Any]]:
    """Return need, places per child, nearest vacancy and share within the limit, by service, provision and area."""
    limit = county.settings.thresholds.far_miles
    table = county.access().reset_index()
    hidden = confidential_kinds(county.provision)
    names = {**county.area_names, ALL_AREAS: ALL_AREAS}
    rows: list[dict[str, Any]] = []
    for (service, wanted), group in table.groupby(["service", "wanted"], sort=True):
        whole = profile != INTERNAL and (service == codes.CARE or wanted in hidden)
        rows += [
            {
                "service": service,
                "provision": WANTED_LABEL[str(wanted)],
                "area": names.get(row["area"], row["area"]),
                "limit_miles": f"{limit:g}",
                **(_exact(row, limit) if profile == INTERNAL else _safe(row, limit, profile, miles=not whole)),
                "sites_not_known": row["sites_unknown"],
            }
            for row in ([_together(group)] if whole else group.to_dict("records"))
        ]
    return rows


def _together(group: pd.DataFrame) -> dict[Any, Any]:
    """Return one row of all areas: averages over children, and whether half of them have a vacancy within the limit."""
    known = group[group["places_per_child"].notna()]
    number, half = group["children"], group["children"].sum() / 2
    counted = known["children"].sum()
    near = {state: number[group["vacancy"].eq(state)].sum() for state in (KNOWN, NONE_IN_REACH)}
    return {
        "area": ALL_AREAS,
        "children": int(number.sum()),
        "places_per_child": (known["places_per_child"] * known["children"]).sum() / counted
        if counted and counted >= half
        else np.nan,
        "nearest_vacancy": np.nan,
        "vacancy": KNOWN if near[KNOWN] >= half else NONE_IN_REACH if near[NONE_IN_REACH] > half else UNKNOWN,
        **{name: int(group[name].sum()) for name in ("numerator", "denominator", "excluded")},
        "sites_unknown": int(group["sites_unknown"].max()),
    }


def _exact(row: dict[Any, Any], limit: float) -> dict[str, str]:
    return {
        "children": f"{row['children']:,}",
        "places_per_child": NOT_AVAILABLE if math.isnan(row["places_per_child"]) else f"{row['places_per_child']:.2f}",
        "nearest_vacancy_miles": _nearest(row, limit, miles=True),
        "within_limit": share_text(row["numerator"], row["denominator"], INTERNAL),
        "not_known": f"{row['excluded']:,}",
    }


def _safe(row: dict[Any, Any], limit: float, profile: str, *, miles: bool) -> dict[str, str]:
    if row["children"] < SMALLEST_BASE:
        names = ("children", "places_per_child", "nearest_vacancy_miles", "within_limit", "not_known")
        return dict.fromkeys(names, SUPPRESSED)
    ratio = row["places_per_child"]
    return {
        "children": ENOUGH,
        "places_per_child": NOT_AVAILABLE if math.isnan(ratio) else str(band_of(pd.Series([ratio]))[0]),
        "nearest_vacancy_miles": _nearest(row, limit, miles=miles),
        "within_limit": share_text(row["numerator"], row["denominator"], profile),
        "not_known": share_text(row["excluded"], row["denominator"] + row["excluded"], profile),
    }


def _nearest(row: dict[Any, Any], limit: float, *, miles: bool) -> str:
    if row["vacancy"] == UNKNOWN:
        return NOT_AVAILABLE
    if row["vacancy"] == NONE_IN_REACH:
        return f"none within {limit:g}"
    return f"{row['nearest_vacancy']:.1f}" if miles else f"within {limit:g}"
