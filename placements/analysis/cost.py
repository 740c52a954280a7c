"""What does it cost? Weekly cost of today's placements, recorded or assumed, by any breakdown."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from placements.frames import look_up

WEEKS_PER_YEAR = 365.25 / 7


def cost(stock: pd.DataFrame, by: Sequence[str] = ("service", "provision", "location")) -> pd.DataFrame:
    """Return the cost of a stock of placements.

    Returns
    -------
    DataFrame
        Indexed by `by`: `children`, `costed` (with a weekly cost), `excluded` (without one), `weekly_cost_gbp` (sum),
        `mean_weekly_cost_gbp` (of those costed), `yearly_cost_gbp`.
    """
    costed = stock.assign(costed=stock["weekly_cost_gbp"].notna().astype(int), children=1)
    table = costed.groupby(list(by))[["children", "costed", "weekly_cost_gbp"]].sum()
    table["excluded"] = table["children"] - table["costed"]
    table["mean_weekly_cost_gbp"] = table["weekly_cost_gbp"] / table["costed"].where(table["costed"] > 0)
    table["yearly_cost_gbp"] = table["weekly_cost_gbp"] * WEEKS_PER_YEAR
    return table[["children", "costed", "excluded", "weekly_cost_gbp", "mean_weekly_cost_gbp", "yearly_cost_gbp"]]


def weekly_cost(rows: pd.DataFrame, basis: Collection[str] = ()) -> pd.Series:
    """Return the weekly cost of each row, missing where it is not known or is known on another basis.

    Parameters
    ----------
    rows : DataFrame
        `weekly_cost_gbp` and `cost_basis` (`codes.COST_BASIS`).
    basis : collection of str, optional
        Only costs known so; all of them when empty.
    """
    cost_gbp = rows["weekly_cost_gbp"].astype(float)
    return cost_gbp if not basis else cost_gbp.where(rows["cost_basis"].isin(list(basis)))


def yearly_cost(rows: pd.DataFrame, basis: Collection[str] = ()) -> pd.Series:
    """Return the weekly cost of each row for a year of 52.18 weeks: what it would come to if it stayed for a year."""
    return (weekly_cost(rows, basis) * WEEKS_PER_YEAR).rename("yearly_cost_gbp")


def yearly_transport_cost(rows: pd.DataFrame, transport: pd.DataFrame) -> pd.Series:
    """Return what each child's home-to-school transport costs a year; missing where none is given or it is not known.

    Parameters
    ----------
    rows : DataFrame
        `child_id`.
    transport : DataFrame
        `schemas.TRANSPORT`.
    """
    by_child = transport.set_index("child_id")["yearly_cost_gbp"]
    return look_up(rows["child_id"], by_child).astype(float).rename("yearly_transport_cost_gbp")


def yearly_cost_with_transport(rows: pd.DataFrame, transport: pd.DataFrame) -> pd.Series:
    """Return the yearly cost of each place and the transport to it, missing where either is."""
    return (yearly_cost(rows) + yearly_transport_cost(rows, transport)).rename("yearly_cost_with_transport_gbp")


def assumed_weekly_cost(frame: pd.DataFrame, unit_costs: pd.DataFrame) -> pd.Series:
    """Return the assumed weekly cost of each row by `provision`, `sector` and `location`; NaN where none is stated.

    The most particular row of `unit_costs` wins: sector and location named, then sector, then location, then neither.
    """
    result = pd.Series(float("nan"), index=frame.index, name="weekly_cost_gbp")
    for sector, location in ((True, True), (True, False), (False, True), (False, False)):
        rows = unit_costs[unit_costs["sector"].ne("any").eq(sector) & unit_costs["location"].ne("any").eq(location)]
        keys = ["provision"] + (["sector"] if sector else []) + (["location"] if location else [])
        table = rows.drop_duplicates(keys).set_index(keys)["weekly_cost_gbp"]
        if table.empty:
            continue
        found = table.reindex(pd.MultiIndex.from_frame(frame[keys]) if len(keys) > 1 else frame[keys[0]])
        result = result.fillna(pd.Series(found.to_numpy(float), index=frame.index))
    return result
