"""Where do children live and learn? In or out of county, how far, and where they go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.measure import count_by, share

NEAR, FAR, NOT_KNOWN = "20 miles or less", "Over 20 miles", "Distance not known"
DISTANCE_BANDS = (NEAR, FAR, NOT_KNOWN)


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
    cells = pd.MultiIndex.from_product([list(codes.LOCATION), DISTANCE_BANDS], names=["location", "distance_band"])
    cells = cells[[not (place == codes.UNKNOWN and band != NOT_KNOWN) for place, band in cells]]
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
