"""Where do children live and learn? In or out of county, how far, and where they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.definition import unknown_where_missing
from placements.analysis.measure import count_by, share

NEAR, FAR, NOT_KNOWN = "20 miles or less", "Over 20 miles", "Distance not known"
DISTANCE_BANDS = (NEAR, FAR, NOT_KNOWN)
#: Location by distance: of a place that is not known, neither is the distance.
LOCATION_CELLS = tuple(
    (place, band) for place in codes.LOCATION for band in DISTANCE_BANDS if place != codes.UNKNOWN or band == NOT_KNOWN
)


def distance_band(frame: pd.DataFrame) -> pd.Series:
    """Return which side of 20 miles each placement is on, or that it is not known."""
    over = frame["over_20_miles"]
    band = np.select([over.fillna(False).to_numpy(bool), over.isna().to_numpy(bool)], [FAR, NOT_KNOWN], NEAR)
    return pd.Series(band, index=frame.index, dtype="str", name="distance_band")


def location_by_distance(stock: pd.DataFrame) -> pd.DataFrame:
    """Return the location x distance table of a stock: every cell, the unknown ones too.

    Returns
    -------
    DataFrame
        `location`, `distance_band`, `count`, `denominator` (all children of the stock), `share`. The counts add up to
        the denominator. Source of the cells: DfE, *Children looked after in England*, "placement distance and
        locality".
    """
    counts = stock.groupby([stock["location"], distance_band(stock)]).size()
    cells = pd.MultiIndex.from_tuples(LOCATION_CELLS, names=["location", "distance_band"])
    table = counts.reindex(cells, fill_value=0).rename("count").reset_index()
    table["denominator"] = len(stock)
    table["share"] = table["count"] / len(stock) if len(stock) else np.nan
    return table


def out_of_county(stock: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the share placed outside the authority, of those whose location is known, by any columns.

    Returns
    -------
    DataFrame
        Indexed by `by`: `numerator` (outside), `denominator` (location known), `excluded` (location not known),
        `share`, `low`, `high` (95 % Wilson).
    """
    counts = count_by(stock, by, "location", list(codes.LOCATION))
    return share(counts, codes.OUT_OF_COUNTY, [codes.IN_COUNTY, codes.OUT_OF_COUNTY], [codes.UNKNOWN])


def over_20_miles(stock: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the share placed more than 20 miles from home, in or out of county, of those whose distance is known."""
    counts = count_by(stock.assign(band=distance_band(stock)), by, "band", list(DISTANCE_BANDS))
    return share(counts, FAR, [NEAR, FAR], [NOT_KNOWN])


def distant(stock: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the share of *distant placements*: outside the authority and not in an adjoining one.

    Source: Care Planning, Placement and Case Review (England) Regulations 2010, reg. 11.
    """
    values = np.select(
        [stock["distant"].fillna(False).to_numpy(bool), stock["distant"].isna().to_numpy(bool)],
        ["distant", "unknown"],
        "not_distant",
    )
    counts = count_by(stock.assign(distant_value=values), by, "distant_value", ["distant", "not_distant", "unknown"])
    return share(counts, "distant", ["distant", "not_distant"], ["unknown"])


def flows(stock: pd.DataFrame) -> pd.DataFrame:
    """Return counts from home area to host authority: `home_area`, `placement_authority`, `location`, `count`."""
    host = stock["placement_authority"].fillna(codes.UNKNOWN)
    keys = [stock["home_area"], host.rename("placement_authority"), stock["location"]]
    return stock.groupby(keys).size().rename("count").reset_index()


#: The cells of DfE's "placement distance and locality": location and side of 20 miles, and what is not known.
DISTANCE_CELLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "inside_within_20": "Inside the authority, 20 miles or less from home",
        "inside_over_20": "Inside the authority, over 20 miles from home",
        "outside_within_20": "Outside the authority, 20 miles or less from home",
        "outside_over_20": "Outside the authority, over 20 miles from home",
        codes.UNKNOWN: "Not known",
    }
)
#: Where a placement is in law: distant is outside and not in an adjoining authority.
BOUNDARY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "inside": "Inside the authority",
        "adjoining": "In an adjoining authority",
        "distant": "Distant: outside and not in an adjoining authority",
        "outside": "Outside, not known whether in an adjoining authority",
        codes.UNKNOWN: "Not known",
    }
)
#: Where a child with both services lives and learns.
BOTH_LOCATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "both_outside": "Lives and learns outside the authority",
        "care_outside": "Lives outside, learns inside",
        "learning_outside": "Lives inside, learns outside",
        "neither_outside": "Lives and learns inside",
        codes.UNKNOWN: "Home or setting not known",
    }
)


def is_outside(rows: pd.DataFrame) -> pd.Series:
    """Return whether each placement is outside the authority; missing where its location is not known."""
    outside = rows["location"].eq(codes.OUT_OF_COUNTY).astype("boolean")
    return outside.mask(rows["location"].eq(codes.UNKNOWN)).rename("outside")


def is_adjoining(rows: pd.DataFrame) -> pd.Series:
    """Return whether each placement is in an adjoining authority; missing where that is not known."""
    beside = rows["adjoining"].astype("boolean")
    # What is inside adjoins nothing, and of what is nowhere nothing is known.
    beside = beside.mask(rows["location"].eq(codes.IN_COUNTY), False)
    return beside.mask(rows["location"].eq(codes.UNKNOWN)).rename("in_adjoining")


def is_distant(rows: pd.DataFrame) -> pd.Series:
    """Return whether each placement is distant: outside and not in an adjoining authority; missing where not known.

    Source: Care Planning, Placement and Case Review (England) Regulations 2010, reg. 11. It follows from `location` and
    `adjoining`: one that is outside, and not known to adjoin or not, may be either.
    """
    return (is_outside(rows) & ~is_adjoining(rows)).rename("distant")


def distance_cell(rows: pd.DataFrame) -> pd.Series:
    """Return the cell of `DISTANCE_CELLS` of each placement: not known unless both location and distance are."""
    outside, far = is_outside(rows), rows["over_20_miles"].astype("boolean")
    side = np.where(outside.fillna(False), "outside", "inside")
    reach = np.where(far.fillna(False), "over_20", "within_20")
    cell = pd.Series(side, index=rows.index, dtype="str") + "_" + pd.Series(reach, index=rows.index, dtype="str")
    return cell.mask(outside.isna() | far.isna(), codes.UNKNOWN).rename("distance_cell")


def boundary_cell(rows: pd.DataFrame) -> pd.Series:
    """Return the key of `BOUNDARY` of each placement."""
    outside, beside = is_outside(rows), is_adjoining(rows)
    known = [outside.isna(), ~outside.fillna(False), beside.isna(), beside.fillna(False)]
    cell = np.select(
        [part.to_numpy(bool) for part in known], [codes.UNKNOWN, "inside", "outside", "adjoining"], "distant"
    )
    return pd.Series(cell, index=rows.index, dtype="str", name="boundary")


def both_outside(care: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """Return of each child looked after who has a plan whether they live and whether they learn outside.

    Parameters
    ----------
    care, plans : DataFrame
        One row per child of each service (`schemas.PLACEMENTS`).

    Returns
    -------
    DataFrame of nullable boolean
        `care` and `learning`, indexed as `care`; missing where the location is not known.
    """
    learning = pd.Series(is_outside(plans).array, index=plans["child_id"])
    found = learning.reindex(care["child_id"]).set_axis(care.index).astype("boolean")
    return pd.DataFrame({"care": is_outside(care), "learning": found})


def both_locations(care: pd.DataFrame, plans: pd.DataFrame) -> pd.Series:
    """Return the key of `BOTH_LOCATIONS` of each child with both services: not known unless both places are."""
    each = both_outside(care, plans)
    lives, learns = (each[name].fillna(False).to_numpy(bool) for name in ("care", "learning"))
    either = np.where(lives, "care_outside", np.where(learns, "learning_outside", "neither_outside"))
    cell = pd.Series(np.where(lives & learns, "both_outside", either), index=care.index, dtype="str")
    return cell.mask(each.isna().any(axis=1), codes.UNKNOWN).rename("both_locations")


def origin_host(rows: pd.DataFrame, by: Sequence[str] = (), *, host: str = "placement_authority") -> pd.DataFrame:
    """Return how many placements go from each home district to each host, by any columns.

    Parameters
    ----------
    rows : DataFrame
        Placements, with every column of `by`.
    by : sequence of str
    host : str
        Column of the host: `placement_authority`, or `placement_district`.

    Returns
    -------
    DataFrame
        `by`, `home_district`, the host, `children`; only pairs that occur, `unknown` among them, so that `children`
        adds up to the rows.
    """
    keys = [unknown_where_missing(rows[name]) for name in (*by, "home_district", host)]
    return rows.groupby(keys).size().rename("children").astype(int).reset_index()
