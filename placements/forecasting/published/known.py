"""What else is published that may tell of growth: who joined in the year, and how many children live there?

New plans are those of DfE's data set `newplans` (a calendar year's, known with the January count after it). Children
looked after: who started to be, in the same file as the count. Children who live there: the population beside the
count, or ONS's mid-year estimates; a count is set beside the estimate of two years before, the last that was published
by then.

Where the new plans of a region's authorities add up to more than the region's, the figures of that region and year are
not used: in the file of 2024 every authority of Yorkshire and The Humber has the region's new plans of 2022 as its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import DataError
from placements.forecasting.published.releases import CARE
from placements.forecasting.published.series import ARRIVALS, CHILDREN, LeftOut, PublishedSeries
from placements.geography.timeline import code_of_today
from placements.read.published import read_published_file
from placements.read.rawtable import plain
from placements.writing import sha256

Floats = npt.NDArray[np.float64]

NEW_PLANS: Final = "newplans"
_NEW_PLANS_OF_ALL: Final = "newehcplans"
_STARTING: Final = "childrenstartingtobelookedaftereachyear"
#: A sum of authorities this much above its region's is no rounding.
_ROUNDING: Final = 1.02
#: Years from an estimate of the population to the first count that it was published before.
_LAG: Final = 2


def with_new_plans(series: PublishedSeries, path: Path) -> PublishedSeries:
    """Return series with the new plans of the calendar year before each January.

    Raises
    ------
    DataError
        When the file is not there or holds no new plans of the authorities.
    """
    rows = _rows(path, NEW_PLANS, "the data set `newplans` of DfE's release Education, health and care plans")
    rows = rows[
        rows["breakdown"].fillna("").map(plain).eq(_NEW_PLANS_OF_ALL) & rows["measure"].map(plain).eq("newehcplans")
    ]
    rows = rows.assign(year=rows["year"] + 1)
    rows, left_out = _without_wrong_sums(rows, series)
    return _known(series, ARRIVALS, rows, path, left_out)


def with_population(series: PublishedSeries, path: Path) -> PublishedSeries:
    """Return series with the children who lived there two years before each count.

    Raises
    ------
    DataError
        When the file is not there or holds no population of the authorities.
    """
    rows = _rows(path, "", "ONS's mid-year population estimates by authority, as published beside DfE's releases")
    rows = rows[rows["measure"].map(plain).eq("populationestimate")]
    rows = rows[rows["breakdown"].fillna("").map(plain).isin(["childrenaged0to17years", ""])]
    return _known(series, CHILDREN, rows.assign(year=rows["year"] + _LAG), path, [])


def with_care(series: PublishedSeries, path: Path) -> PublishedSeries:
    """Return series of children looked after with those who started to be, and the population, of the same file."""
    rows = _rows(path, CARE.dataset, "")
    said = rows["breakdown"].fillna("").map(plain)
    began = rows[said.eq(_STARTING) & rows["measure"].eq(CARE.measure)]
    living = rows[said.eq(CARE.breakdown) & rows["measure"].eq("population_estimate")]
    living = living.assign(year=living["year"])
    return _known(_known(series, ARRIVALS, began, path, []), CHILDREN, living, path, [])


def _rows(path: Path, dataset: str, advice: str) -> pd.DataFrame:
    rows = read_published_file(path).published
    rows = rows[rows["release"].eq(dataset)] if dataset else rows
    if not rows["level"].eq("authority").any():
        raise DataError("has no such figures of authorities by year", file=path, advice=f"give {advice}")
    return rows


def _without_wrong_sums(rows: pd.DataFrame, series: PublishedSeries) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Return rows without the years of regions whose authorities add up to more than the region has."""
    regional = rows[rows["level"].eq("regional")].set_index(["code", "year"])["value"]
    own = rows[rows["level"].eq("authority")]
    code = [code_of_today(one) for one in own["code"]]
    region = series.authorities["region_code"].reindex(code).fillna(own["region_code"].set_axis(code)).to_numpy(str)
    own = own.assign(code=code, region_code=region)
    sums = own.groupby(["region_code", "year"])["value"].sum()
    both = pd.concat([sums, regional.rename_axis(["region_code", "year"])], axis=1, keys=["sum", "said"]).dropna()
    wrong = both.index[both["sum"] > _ROUNDING * both["said"]]
    bad = pd.MultiIndex.from_frame(own[["region_code", "year"]]).isin(wrong)
    out = []
    for code_, name, year, region_ in own[bad][["code", "name", "year", "region_code"]].itertuples(index=False):
        text = f"new plans of {year - 1}: the region's authorities add up to {both.loc[(region_, year), 'sum']:,.0f}"
        text += f", and the region has {both.loc[(region_, year), 'said']:,.0f}"
        out.append(LeftOut(str(code_), str(name), ARRIVALS, (int(year),), text))
    return own[~bad], out


def _known(
    series: PublishedSeries, name: str, rows: pd.DataFrame, path: Path, left_out: list[LeftOut]
) -> PublishedSeries:
    own = rows[rows["level"].eq("authority") & rows["value"].notna()]
    own = own.assign(code=[code_of_today(code) for code in own["code"]])
    wide = own.drop_duplicates(["code", "year"]).pivot(index="code", columns="year", values="value")
    values = wide.reindex(index=series.authorities.index, columns=list(series.years)).to_numpy(float)
    if not np.isfinite(values).any():
        raise DataError("has no figure of these authorities and years", file=path, column="time_period")
    source = dict(series.source) | {name: {"file": path.name, "sha256": sha256(path)}}
    return replace(
        series,
        known={**series.known, name: values},
        left_out=(*series.left_out, *left_out),
        source=MappingProxyType(source),
    )
