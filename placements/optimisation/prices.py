"""What will a place cost? Changes of price from some year on, as factors of what is paid today."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.cost import WEEKS_PER_YEAR
from placements.analysis.snapshot import stock
from placements.county import County
from placements.errors import DataError
from placements.interventions import ChangePrice, ConvertAgencyCarers
from placements.interventions.market import ANYWHERE
from placements.optimisation.demand import local_cost
from placements.optimisation.fewer import area_ids
from placements.optimisation.in_force import InForce

Floats = npt.NDArray[np.float64]

AGENCY, IN_HOUSE = "agency_foster", "in_house_foster"


def group_factors(
    county: County, groups: pd.DataFrame, location: str, years: int, in_force: Sequence[InForce]
) -> Floats:
    """Return the price of a place in or out of county, over today's, by demand group: (groups, years, samples or 1)."""
    out = np.ones((len(groups), years, 1))
    for one in in_force:
        if isinstance(one.entry, ChangePrice) and one.entry.location in (ANYWHERE, location):
            part = _concerned(one.entry, groups["provision"], groups["area"], county.areas).astype(float)
            if one.entry.sectors:
                of = sector_part(county, location, one.entry.sectors)
                part *= groups["provision"].map(of).fillna(0.0).to_numpy(float)
            out = out * (1 + one.entry.share * part[:, None, None] * one.level(years)[None])
    return out


def place_factors(county: County, rows: pd.DataFrame, years: int, in_force: Sequence[InForce]) -> Floats:
    """Return the price of a place at each provider in the county, over today's, (rows, years, samples or 1)."""
    out = np.ones((len(rows), years, 1))
    for one in in_force:
        if isinstance(one.entry, ChangePrice) and one.entry.location in (ANYWHERE, codes.IN_COUNTY):
            hit = _concerned(one.entry, rows["provision"], rows["area"], county.areas)
            if one.entry.sectors:
                hit &= rows["sector"].isin(list(one.entry.sectors)).to_numpy(bool)
            out = out * (1 + one.entry.share * hit[:, None, None] * one.level(years)[None])
    return out


def sector_part(county: County, location: str, sectors: Sequence[str]) -> pd.Series:
    """Return the part of what today's placements cost that some sectors charge, by provision.

    Of placements with a recorded cost, in or out of county; of a provision with none, of their number.
    """
    now = stock(county.placements, county.snapshot)
    now = now[now["location"].eq(location)]
    weight = now["weekly_cost_gbp"].fillna(0.0)
    weight = weight.where(weight.groupby(now["provision"]).transform("sum") > 0, 1.0)
    theirs = weight.where(now["sector"].isin(list(sectors)), 0.0).groupby(now["provision"]).sum()
    return (theirs / weight.groupby(now["provision"]).sum()).astype(float)


def _concerned(entry: ChangePrice, provision: pd.Series, area: pd.Series, areas: pd.DataFrame) -> npt.NDArray[np.bool_]:
    hit = np.ones(len(provision), bool)
    if entry.provisions:
        hit &= provision.isin(list(entry.provisions)).to_numpy(bool)
    if entry.areas:
        hit &= area.isin(area_ids(entry.name, entry.areas, areas)).to_numpy(bool)
    return hit


def converted(county: County, entry: ConvertAgencyCarers, years: int) -> Floats:
    """Return the part of the agency places in the county that is in house, 0 to 1, as an average over years, (years,).

    Places are those registered as usable, or those that our children hold if these are more: not every agency says
    where its carers live.
    """
    rows = county.provision
    here = rows["is_open"] & rows["location"].eq(codes.IN_COUNTY) & rows["provision"].eq(AGENCY)
    there = max(float(rows.loc[here, "usable_places"].fillna(0.0).sum()), _held(county))
    return np.asarray(np.minimum(entry.converted_by_year(years) / there, 1.0) if there > 0 else np.zeros(years))


def saved_by_conversion(county: County, years: int, in_force: Sequence[InForce]) -> Floats:
    """Return pounds saved on the children who stay with carers brought in house, (years, samples or 1).

    Below 0 where the in-house price is the higher one.

    Raises
    ------
    DataError
        When it is not known what an agency charges.
    """
    out = np.zeros((years, 1))
    for one in in_force:
        if isinstance(one.entry, ConvertAgencyCarers):
            weekly = _agency_price(county, one.entry) - one.entry.weekly_cost_gbp
            part = converted(county, one.entry, years)[:, None] * one.success
            out = out + _held(county) * part * weekly * WEEKS_PER_YEAR
    return out


def _held(county: County) -> float:
    """Return how many of our children are with agency carers in the county today."""
    now = stock(county.placements, county.snapshot)
    return float((now["location"].eq(codes.IN_COUNTY) & now["provision"].eq(AGENCY)).sum())


def _agency_price(county: County, entry: ConvertAgencyCarers) -> float:
    if entry.weekly_agency_cost_gbp is not None:
        return entry.weekly_agency_cost_gbp
    price = float(local_cost(county, pd.DataFrame({"provision": [AGENCY]})).iloc[0])
    if np.isnan(price):
        raise DataError(
            f"{entry.kind} {entry.name!r}: no weekly cost of agency fostering is assumed",
            advice="give weekly_agency_cost_gbp, or add a row for agency_foster to the table of unit costs",
        )
    return price
