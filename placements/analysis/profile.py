"""Who are the children? Counts of a stock by one characteristic or two, and the authorities that host them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from placements import codes
from placements.analysis.snapshot import looked_after, plans_in_force

#: What stands for a characteristic that was not recorded.
NOT_RECORDED = "not_recorded"


def profile(stock: pd.DataFrame, column: str, order: Sequence[str] = ()) -> pd.Series:
    """Return how many children have each value of a characteristic.

    Parameters
    ----------
    stock : DataFrame
        One row per child.
    column : str
    order : sequence of str, optional
        Values that are wanted whether they occur or not, in this order; others follow, largest first.

    Returns
    -------
    Series of int
        Named ``children``, by value; missing values are counted under `NOT_RECORDED`, so the sum is ``len(stock)``.
    """
    counts = stock[column].fillna(NOT_RECORDED).astype(str).value_counts()
    others = sorted(set(counts.index) - set(order), key=lambda value: (value == NOT_RECORDED, -counts[value], value))
    return counts.reindex([*order, *others], fill_value=0).astype(int).rename_axis(column).rename("children")


def cross(
    stock: pd.DataFrame, rows: str, columns: str, row_order: Sequence[str], column_order: Sequence[str]
) -> pd.DataFrame:
    """Return counts of children by two characteristics: every cell of the two orders, then any value not in them."""
    row_values, column_values = profile(stock, rows, row_order).index, profile(stock, columns, column_order).index
    counts = pd.crosstab(stock[rows].fillna(NOT_RECORDED).astype(str), stock[columns].fillna(NOT_RECORDED).astype(str))
    return counts.reindex(index=row_values, columns=column_values, fill_value=0).astype(int)


def hosts(stock: pd.DataFrame) -> pd.DataFrame:
    """Return the authorities that the children placed outside live or learn in, most first.

    Returns
    -------
    DataFrame
        Indexed by authority code (``unknown`` when only that it is outside is known): `count` and `adjoining` (whether
        it adjoins the responsible authority).
    """
    outside = stock[stock["location"].eq(codes.OUT_OF_COUNTY)]
    host = outside["placement_authority"].fillna(codes.UNKNOWN).astype(str).rename("authority")
    near = outside["adjoining"].fillna(False).astype(bool)
    table = pd.DataFrame({"authority": host, "count": 1, "adjoining": near})
    table = table.groupby("authority").agg({"count": "sum", "adjoining": "max"})
    return table.sort_values(["count"], ascending=False, kind="stable")


def past_stock(
    placements: pd.DataFrame, on: dt.date, *, service: str, kinds: Sequence[str], months: int, step: int = 1
) -> pd.Series:
    """Return how many children were in placements of some kinds, every few months up to a day.

    Parameters
    ----------
    placements : DataFrame
        `schemas.PLACEMENTS`.
    on : date
        The last day; the others are the same day of earlier months.
    service : str
        `care` or `education`.
    kinds : sequence of str
        Values of `provision`.
    months, step : int
        How many months back, and months between two days.

    Returns
    -------
    Series of int
        By Timestamp, oldest first.
    """
    days = [pd.Timestamp(on) - pd.DateOffset(months=back) for back in range(months // step * step, -1, -step)]
    stock_on = looked_after if service == codes.CARE else plans_in_force
    held = [stock_on(placements, day.date())["provision"] for day in days]
    counts = [int(provision.isin(list(kinds)).sum()) for provision in held]
    return pd.Series(counts, index=pd.DatetimeIndex(days), name="children", dtype=int)
