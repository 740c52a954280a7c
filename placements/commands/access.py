"""How well can children reach local places? Access as plain rows that may be shown under a profile.

A count of children is protected as everywhere; a ratio or a nearest vacancy needs 10 children behind it, since beside
the places, which are public, it would give a smaller number away. Places per child are to one decimal when shareable,
no finer than counts to the nearest 5 allow.

Where a children's home or a carer lives must not be worked out: miles to the nearest vacancy from several areas whose
centres anyone can find are circles that meet at its door. So of homes and carers, and of any family with a
confidential site, the shareable profile says only whether a vacancy is within the limit. Schools are public: theirs are
shown to a tenth of a mile.
"""

from __future__ import annotations

import math
from typing import Any

from placements import codes
from placements.analysis.gap import WANTED, WANTED_LABEL
from placements.analysis.local_access import KNOWN, UNKNOWN
from placements.county import County
from placements.disclosure.suppress import (
    INTERNAL,
    NOT_AVAILABLE,
    SMALLEST_BASE,
    SUPPRESSED,
    count_text,
    protect,
    share_text,
)


def access_rows(county: County, profile: str) -> list[dict[str, Any]]:
    """Return need, places per child, nearest vacancy and share within the limit, by service, provision and area."""
    limit = county.settings.thresholds.far_miles
    table = county.access().reset_index()
    secret = set(county.provision.loc[county.provision["confidential"], "provision"]) & set(codes.EDUCATION_PROVISION)
    coarse = {WANTED.get(kind, "") for kind in secret}
    names = dict(zip(county.areas["area"], county.areas["name"], strict=True))
    rows = []
    for (service, wanted), group in table.groupby(["service", "wanted"], sort=True):
        exact = profile == INTERNAL or not (service == codes.CARE or wanted in coarse)
        safe = protect(group, ["children"], profile)["children"]
        for shown, row in zip(safe, group.to_dict("records"), strict=True):
            rows.append(
                {
                    "service": service,
                    "provision": WANTED_LABEL[str(wanted)],
                    "area": names.get(row["area"], row["area"]),
                    "children": shown,
                    "places_per_child": _ratio(row["places_per_child"], row["children"], profile),
                    "nearest_vacancy_miles": _nearest(row, limit, profile, exact=exact),
                    "limit_miles": f"{limit:g}",
                    "within_limit": share_text(row["numerator"], row["denominator"], profile),
                    "not_known": count_text(row["excluded"], profile),
                    "sites_not_known": row["sites_unknown"],
                }
            )
    return rows


def _ratio(value: float, children: int, profile: str) -> str:
    if math.isnan(value):
        return NOT_AVAILABLE
    if profile == INTERNAL:
        return f"{value:.2f}"
    return SUPPRESSED if children < SMALLEST_BASE else f"{value:.1f}"


def _nearest(row: dict[Any, Any], limit: float, profile: str, *, exact: bool) -> str:
    if row["vacancy"] == UNKNOWN:
        return NOT_AVAILABLE
    if profile != INTERNAL and row["children"] < SMALLEST_BASE:
        return SUPPRESSED
    if row["vacancy"] != KNOWN:
        return f"none within {limit:g}"
    return f"{row['nearest_vacancy']:.1f}" if exact else f"within {limit:g}"
