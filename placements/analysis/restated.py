"""What do other boundaries make of the same placements? A stock restated for the parts of a boundary set.

A child is the responsibility of the part that holds its home; where the home is not known, or lies outside all of them,
that cannot be told from the data, and the child stays in a row of its own. Whether a placement is in county, and
distant, is then asked of the part, by the district of the placement's postcode, as it is today of the whole.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from placements import codes
from placements.geography.boundary_sets import (
    ADJOINING,
    BEYOND,
    HOME_ELSEWHERE,
    HOME_UNKNOWN,
    HOST_UNKNOWN,
    BoundarySet,
)
from placements.geography.locate import judged_by

__all__ = [
    "ADJOINING",
    "BEYOND",
    "HOME_ELSEWHERE",
    "HOME_UNKNOWN",
    "HOST_UNKNOWN",
    "restate",
    "restated_flows",
    "restated_summary",
]


def restate(stock: pd.DataFrame, boundaries: BoundarySet) -> pd.DataFrame:
    """Return who is responsible for each child of a stock, and where that puts its placement.

    Parameters
    ----------
    stock : DataFrame
        Located placements (`schemas.PLACEMENTS`), one row per child and service.
    boundaries : BoundarySet

    Returns
    -------
    DataFrame
        Indexed as `stock`: `responsible` (a part's name, `HOME_ELSEWHERE` or `HOME_UNKNOWN`); `host` (a part's name,
        `ADJOINING` to the responsible part, `BEYOND` or `HOST_UNKNOWN`); `location` (`in_county`, `out_of_county` or
        `unknown`: of the responsible part; of the whole where none is known) and `distant` (likewise).
    """
    home = _part(stock["home_district"], boundaries)
    nowhere = np.where(stock["home_district"].isna(), HOME_UNKNOWN, HOME_ELSEWHERE)
    out = pd.DataFrame(
        {
            "responsible": home.where(home.notna(), pd.Series(nowhere, index=stock.index, dtype="str")),
            "location": stock["location"],
            "distant": stock["distant"],
            "adjoining": stock["adjoining"],
        }
    )
    for part in boundaries.parts:
        mine = out["responsible"].eq(part.name)
        for name, judged in judged_by(stock.loc[mine, "placement_district"], part).items():
            out.loc[mine, name] = judged
    # Of a place known by the first half of its postcode the district may not be, and so not its part.
    lost = stock["placement_district"].isna()
    out.loc[lost, "location"] = codes.UNKNOWN
    out.loc[lost, ["adjoining", "distant"]] = pd.NA
    host = _part(stock["placement_district"], boundaries)
    away = np.select(
        [out["adjoining"].isna().to_numpy(bool), out["adjoining"].fillna(False).to_numpy(bool)],
        [HOST_UNKNOWN, ADJOINING],
        BEYOND,
    )
    out["host"] = host.where(host.notna(), pd.Series(away, index=stock.index, dtype="str"))
    return out[["responsible", "host", "location", "distant"]]


def restated_flows(restated: pd.DataFrame, boundaries: BoundarySet) -> pd.DataFrame:
    """Return children by responsible part (rows) and host (columns): every cell, so that all add up to the stock."""
    rows = [*boundaries.part_names, HOME_ELSEWHERE, HOME_UNKNOWN]
    columns = [*boundaries.part_names, ADJOINING, BEYOND, HOST_UNKNOWN]
    counts = pd.crosstab(restated["responsible"], restated["host"])
    return counts.reindex(index=rows, columns=columns, fill_value=0).astype(int)


def restated_summary(stock: pd.DataFrame, restated: pd.DataFrame, boundaries: BoundarySet) -> pd.DataFrame:
    """Return the whole by its own boundaries, then each part by the set's.

    Returns
    -------
    DataFrame
        Indexed by name: `children`; `in_county`, `out_of_county`, `unknown` (which add up to it); `newly_out`, in
        county today and out of the part (0 for the whole); `distant`, `distant_known`; `over_20_miles`,
        `distance_known`: of the same children, by the same distances, whatever the boundaries.
    """
    groups = {boundaries.whole_name: stock.assign(was=stock["location"])}
    for part in boundaries.parts:
        mine = restated["responsible"].eq(part.name)
        groups[part.name] = stock[mine].assign(
            was=stock.loc[mine, "location"],
            location=restated.loc[mine, "location"],
            distant=restated.loc[mine, "distant"],
        )
    return pd.DataFrame({name: _counts(group) for name, group in groups.items()}).T.astype(int)


def _counts(group: pd.DataFrame) -> pd.Series:
    place = group["location"].value_counts()
    newly = group["was"].eq(codes.IN_COUNTY) & group["location"].eq(codes.OUT_OF_COUNTY)
    return pd.Series(
        {
            "children": len(group),
            "in_county": place.get(codes.IN_COUNTY, 0),
            "out_of_county": place.get(codes.OUT_OF_COUNTY, 0),
            "unknown": place.get(codes.UNKNOWN, 0),
            "newly_out": newly.sum(),
            "distant": group["distant"].fillna(False).astype(bool).sum(),
            "distant_known": group["distant"].notna().sum(),
            "over_20_miles": group["over_20_miles"].fillna(False).astype(bool).sum(),
            "distance_known": group["over_20_miles"].notna().sum(),
        }
    )


def _part(district: pd.Series, boundaries: BoundarySet) -> pd.Series:
    """Return the name of the part that holds each district; missing when none does."""
    index, codes_ = pd.factorize(district)
    names = pd.array([boundaries.part_of(str(code)) for code in codes_], dtype="str")
    return pd.Series(names.take(index, allow_fill=True), index=district.index, dtype="str")
