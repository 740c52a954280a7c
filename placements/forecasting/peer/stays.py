"""What is the demand model told, and how do its kinds of placement lie over ours?

It knows four: fostering, residential, supported and other. It is told the stays that our forecast counts, each with one
PLACE code that it files under the kind ours falls under, so that both count the same children in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.county import County

Floats = npt.NDArray[np.float64]

#: The name of its kinds among the segments of a back-test.
CATEGORY: Final = "category"
#: Our kind of provision -> its category. Of ours, only supported accommodation and other placements hold codes that its
#: own reading files elsewhere: K3 (other, to it) and R1 (residential).
CATEGORY_OF: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(codes.CARE_PROVISION, "other")
    | dict.fromkeys(("connected_carers", "in_house_foster", "agency_foster"), "fostering")
    | {"childrens_home": "residential", "supported_accommodation": "supported"}
)
#: A PLACE code that it files under each category.
PLACE_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"fostering": "U4", "residential": "K2", "supported": "H5", "other": "Z1"}
)
#: Ages at the start that it has a bracket for, and what is taken when nobody's is known.
_AGES_YEARS: Final = (0.0, 24.0)
_AGE_UNKNOWN_YEARS: Final = 10.0


def stays_of(county: County) -> dict[str, list[Any]]:
    """Return the stays that a forecast of children looked after is made from, in plain values.

    Parameters
    ----------
    county : County
        As known on its snapshot day.

    Returns
    -------
    dict
        `child` (a number that means nothing outside this call), `birth`, `start`, `end` (ISO days; an end of None: it
        goes on) and `place` (a code of `PLACE_OF`), each one value a stay. A day of birth that is not known is put at
        the median age of the others, as the demand model has no bracket for it.
    """
    rows = county.placements
    rows = rows[
        rows["service"].eq(codes.CARE)
        & rows["rank"].eq(1)
        & ~rows["legal_status"].isin(codes.SHORT_BREAKS)
        & rows["start"].notna()
        & ~(rows["end"] <= rows["start"])
    ]
    age_days = (rows["start"] - rows["birth_date"]).dt.days.astype(float)
    usual = age_days.median() if age_days.notna().any() else 365.25 * _AGE_UNKNOWN_YEARS
    age_days = age_days.fillna(usual).clip(*(365.25 * years for years in _AGES_YEARS)).round()
    birth = rows["start"] - pd.to_timedelta(age_days, unit="D")
    return {
        "child": np.unique(rows["child_id"].to_numpy(object), return_inverse=True)[1].tolist(),
        "birth": birth.dt.strftime("%Y-%m-%d").tolist(),
        "start": rows["start"].dt.strftime("%Y-%m-%d").tolist(),
        "end": [day if isinstance(day, str) else None for day in rows["end"].dt.strftime("%Y-%m-%d")],
        "place": rows["provision"].map(CATEGORY_OF).map(PLACE_OF).tolist(),
    }


def by_category(counts: Mapping[tuple[str, str], Floats]) -> dict[tuple[str, str], Floats]:
    """Return numbers by category, of numbers by segment and value: `provision` is summed, the rest is left out."""
    found: dict[tuple[str, str], Floats] = {}
    for (segment, value), months in counts.items():
        if segment == "provision":
            key = (CATEGORY, CATEGORY_OF[value])
            found[key] = found[key] + months if key in found else months
    return found
