"""How many places in the county are held, and by whose children? They are children too: figures of the same release.

Places that nobody holds, and those that our children can expect, are no children. But vacancies are usable places less
held ones, and the usable ones are published: whoever shows them must ask first whether the held ones may be shown.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.avoidable import LOCAL_KINDS
from placements.analysis.gap import WANTED
from placements.county import County
from placements.disclosure.control.tables import Plan

#: The population: one member for each held place.
HELD: Final = "held places"
OURS: Final = "ours"
OTHERS: Final = "others"
_COLUMNS: Final = ("service", "kind", "wanted", "sector", "area", "holder")
_TABLES: Final = (("kind", "sector", "holder"), ("wanted", "holder"), ("service", "area", "holder"))


def held_places(county: County) -> pd.DataFrame:
    """Return one row for each held place of open provision in the county that can meet local need.

    Returns
    -------
    DataFrame of str
        `service`, `kind` (of provision), `wanted` (what need it meets), `sector`, `area` and `holder` (`OURS`,
        `OTHERS`).
    """
    provision = county.provision
    local = provision[
        provision["location"].eq(codes.IN_COUNTY)
        & provision["is_open"]
        & provision["provision"].isin(list(LOCAL_KINDS))
    ]
    local = local.assign(kind=local["provision"], wanted=local["provision"].map(WANTED))
    parts = [
        local.assign(holder=holder).loc[np.repeat(local.index, local[column].fillna(0).round().astype(int))]
        for holder, column in ((OURS, "occupied_by_us"), (OTHERS, "occupied_by_others"))
    ]
    rows = pd.concat(parts, ignore_index=True)[list(_COLUMNS)]
    return rows.fillna(codes.UNKNOWN).astype("str")


def declare_held(plan: Plan) -> None:
    """Declare the held places by kind and sector, by what they meet and by area, each with whose children hold them."""
    if len(plan.populations[HELD]):
        plan.tables.extend((HELD, dimensions) for dimensions in _TABLES)
