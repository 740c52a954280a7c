"""Where could they live or learn? Existing spare places and those of interventions, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.capacity import vacant
from placements.analysis.cost import assumed_weekly_cost
from placements.county import County
from placements.forecasting import PLANNABLE
from placements.interventions import Intervention, Opening
from placements.interventions.locate import locate
from placements.interventions.options import split_needs
from placements.interventions.suitability import age_span, needs_taken

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Less than this many places are none.
NONE: Final = 1e-9
#: What a place is matched and costed on. `is_new`: opened by an intervention, so its use is new cost.
COLUMNS: Final = (
    "place",
    "name",
    "provision",
    "needs",
    "age_low",
    "age_high",
    "sex",
    "easting",
    "northing",
    "area",
    "weekly_cost_gbp",
    "is_new",
)
_POOL: Final = ["area", "provision", "needs", "age_low", "age_high", "sex"]
#: Households approved for boys and for girls are together as good as households for any (assumed).
_SEX_IGNORED: Final = ("in_house_foster", "agency_foster")


@dataclass(frozen=True)
class Places:
    """Places and how many children each can take on average.

    Attributes
    ----------
    table : DataFrame
        `COLUMNS`, one row per place, sorted by id.
    capacity : ndarray (places, years)
        Usable places for us, after planned occupancy.
    """

    table: pd.DataFrame
    capacity: Floats


def existing_places(county: County, years: int) -> Places:
    """Return spare places in the county today: our share of those usable and vacant, taken to stay spare.

    Places of one kind, need, age range and sex in one area are pooled at their mean point, so that a carer's household
    is never a point.
    """
    rows = spare_today(county)
    table, _ = pooled(rows[rows["spare"] > NONE])
    return Places(table[list(COLUMNS)], np.repeat(table["spare"].to_numpy(float)[:, None], years, axis=1))


def open_here(county: County) -> pd.DataFrame:
    """Return open provision in the county of the kinds that local places are planned for, as `schemas.PROVISION`."""
    rows = county.provision
    return rows[rows["is_open"] & rows["location"].eq(codes.IN_COUNTY) & rows["provision"].isin(PLANNABLE)]


def spare_today(county: County) -> pd.DataFrame:
    """Return the providers that local places are planned for, alike where they suit the same children.

    Returns
    -------
    DataFrame
        `schemas.PROVISION`, with `spare`: our share of what is usable and vacant today, and a weekly cost.
    """
    rows = open_here(county)
    # A place that lies nobody knows where can be planned for nobody.
    is_located = rows["easting"].notna() & rows["northing"].notna()
    rows = rows.assign(share_for_us=rows["share_for_us"].fillna(0.0).where(is_located, 0.0))
    rows = rows.assign(spare=vacant(rows) * rows["share_for_us"])
    rows["weekly_cost_gbp"] = rows["weekly_cost_gbp"].fillna(assumed_weekly_cost(rows, county.unit_costs)).fillna(0.0)
    return _alike(rows) if len(rows) else rows


def pooled(rows: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Return providers pooled by area and sort of place, and the pool of each provider.

    Parameters
    ----------
    rows : DataFrame
        Of `spare_today`, each with something spare.

    Returns
    -------
    DataFrame
        `COLUMNS` and `spare`, one row per pool: at the mean point and price of its providers, by what each has spare.
    ndarray of int (rows,)
    """
    if rows.empty:
        return _empty_table().assign(spare=pd.Series(dtype=float)), np.zeros(0, np.intp)
    rows = rows.copy()
    for column in ("easting", "northing", "weekly_cost_gbp"):
        rows[column] *= rows["spare"]
    by_pool = rows.groupby(_POOL)
    sums = by_pool[["spare", "easting", "northing", "weekly_cost_gbp"]].sum().reset_index()
    for column in ("easting", "northing", "weekly_cost_gbp"):
        sums[column] /= sums["spare"]
    table = sums.assign(
        place="existing/" + sums["area"] + "/" + sums["provision"] + "/" + sums.index.astype("str"),
        name="existing " + sums["provision"].map(codes.PROVISION),
        needs=sums["needs"].map(split_needs),
        is_new=False,
    )
    return table[[*COLUMNS, "spare"]].reset_index(drop=True), np.asarray(by_pool.ngroup(), np.intp)


def _alike(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rows that suit the same children the same needs, ages and sex, so that they are pooled."""
    rows["age_low"], rows["age_high"] = rows["age_low"].fillna(0), rows["age_high"].fillna(25)
    service = np.where(rows["provision"].isin(list(codes.CARE_PROVISION)), codes.CARE, codes.EDUCATION)
    columns = zip(service, rows["needs"], rows["age_low"], rows["age_high"], strict=True)
    found = [(needs_taken(name, split_needs(needs)), *age_span(name, low, high)) for name, needs, low, high in columns]
    rows["needs"] = [";".join(needs) for needs, _, _ in found]
    rows["age_low"], rows["age_high"] = [low for _, low, _ in found], [high for _, _, high in found]
    rows["sex"] = rows["sex"].where(~rows["provision"].isin(_SEX_IGNORED), "any")
    return rows


def opened_places(county: County, interventions: Sequence[Intervention], years: int) -> Places:
    """Return the places of interventions; those that open none are passed over."""
    openings = [entry for entry in interventions if isinstance(entry, Opening)]
    if not openings:
        return Places(_empty_table(), np.zeros((0, years)))
    rows = pd.DataFrame([asdict(entry) for entry in openings])
    table = locate(rows, county).assign(place=[f"opened/{number:03d}" for number in range(len(openings))], is_new=True)
    capacity = np.array([entry.places_by_year(years) * entry.planned_occupancy for entry in openings])
    return Places(table[list(COLUMNS)], capacity)


def joined(*parts: Places) -> Places:
    """Return several sets of places as one, existing places first."""
    tables = [part.table for part in parts if len(part.table)]
    if not tables:
        return parts[0]
    return Places(pd.concat(tables, ignore_index=True), np.vstack([p.capacity for p in parts if len(p.table)]))


def _empty_table() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS})
