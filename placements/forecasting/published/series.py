"""What has DfE published of each authority's EHC plans or children looked after, year by year, and can it be used?

Reads *Education, health and care plans*, data set `caseload`: plans in force at the January census, all of them and by
setting; or *Children looked after*, data set `cla_number_and_rate_per_10k_children`: all of them on 31 March.

Columns of settings are DfE's single ones, never its subtotals: what is in `ed_elsewhere` changed over the years, while
each single column is in one family here in every year. That the families add up to the total is checked for each
authority and year; where they do not, or one of them is withheld, that year's settings are not used.

A column that has no figure for any authority in a year was not collected that year: its plans stood elsewhere.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.analysis.national_totals import national_totals
from placements.errors import DataError, UsageError
from placements.forecasting.published.releases import PLANS, TOTAL, Release
from placements.geography.reference import reference_table
from placements.geography.timeline import (
    code_of_today,
    every_authority_name,
    region_of,
    span_of,
    successors,
)
from placements.read.published import PublishedStatistics, read_published_file
from placements.read.rawtable import plain
from placements.writing import sha256

Floats = npt.NDArray[np.float64]

#: The series of EHC plans, in the order of the last axis of `PublishedSeries.counts`.
SERIES: Final = PLANS.names
#: What may be known beside the counts: who joined in the year before each, and the children who live there.
ARRIVALS: Final = "arrivals"
CHILDREN: Final = "children"
#: A growth's persistence cannot be told from fewer years than these.
LEAST_YEARS: Final = 3
_AGAIN: Final = "download the file from DfE's release again, or correct the cell"


@dataclass(frozen=True)
class LeftOut:
    """Years of an authority that are not used, and why. `series` is `total` or `settings`."""

    code: str
    name: str
    series: str
    years: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class PublishedSeries:
    """Plans of each authority, year and series.

    Attributes
    ----------
    authorities : DataFrame
        Indexed by `code` (of today), sorted: `name`, `region_code`, `region`.
    years : tuple of int
        Januaries, without a gap.
    counts : ndarray (authorities, years, series)
        By the names of `release`; NaN where not known.
    left_out : tuple of LeftOut
        What there is not, or is not used.
    source : mapping
        `file`, `sha256`, `release`, and the check of the authorities' sum against England's figure by year.
    release : Release
    known : mapping of str to ndarray (authorities, years)
        `ARRIVALS` and `CHILDREN`, as far as they were given: what else is known of each authority by each year.
    """

    authorities: pd.DataFrame
    years: tuple[int, ...]
    counts: Floats
    left_out: tuple[LeftOut, ...]
    source: Mapping[str, object]
    release: Release = PLANS
    known: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the series' names, in the order of the last axis of `counts`."""
        return self.release.names

    @property
    def origin(self) -> int:
        """Return the last year."""
        return self.years[-1]

    def total_only(self) -> PublishedSeries:
        """Return the series of the total alone."""
        return replace(self, counts=self.counts[:, :, :1], release=self.release.of_total())

    def until(self, year: int) -> PublishedSeries:
        """Return the series as they stood in a year: nothing of later years is in it.

        Raises
        ------
        UsageError
            When the year is not in the series.
        """
        if year not in self.years:
            raise UsageError(f"{year} is not among the years {self.years[0]} to {self.years[-1]}")
        kept = self.years.index(year) + 1
        there = np.flatnonzero(np.isfinite(self.counts[:, :kept, 0]).any(axis=1))
        codes = set(self.authorities.index[there])
        said = (replace(row, years=tuple(y for y in row.years if y <= year)) for row in self.left_out)
        return replace(
            self,
            authorities=self.authorities.iloc[there],
            years=self.years[:kept],
            counts=self.counts[there, :kept],
            known={name: values[there, :kept] for name, values in self.known.items()},
            left_out=tuple(row for row in said if row.years and row.code in codes),
        )


def read_series(path: Path, release: Release = PLANS) -> PublishedSeries:
    """Read DfE's yearly series of each authority: of EHC plans, or of children looked after.

    Parameters
    ----------
    path : Path
        The data set of the release, as downloaded: CSV or a workbook.
    release : Release
        `PLANS` or `CARE`.

    Returns
    -------
    PublishedSeries

    Raises
    ------
    DataError
        When the file is not there or is another, a figure that is needed is no count, a place is given twice in a year,
        or there are too few years.
    """
    found = read_published_file(path)
    rows = everyone(found.published, release)
    own = rows[rows["level"].eq("authority")]
    refuse_broken(found, path, release)
    if own.empty:
        advice = f"give the data set `{release.dataset}` of {release.said.partition(':')[0]}"
        raise DataError(f"has no {release.noun} of authorities by year", file=path, advice=advice)
    _refuse_wrong(own, path, release)
    own = own.assign(code=[code_of_today(code) for code in own["code"]])
    own = _in_force(own, release)
    twice = own.duplicated(["code", "year", "measure"])
    if twice.any():
        row = own[twice].iloc[0]
        text = f"{row['name']} ({row['code']}) has two rows of all {release.noun} in {row['year']}, "
        text += "under its own or an old code"
        raise DataError(text, file=path, column=release.code_column, advice="keep the row of the authority in force")
    years = tuple(range(int(own["year"].min()), int(own["year"].max()) + 1))
    authorities = _authorities(own, rows)
    counts, left_out = _counts(own, authorities, years, release)
    if int(np.isfinite(counts[:, :, 0]).any(axis=0).sum()) < LEAST_YEARS:
        text = f"holds the years {years[0]} to {years[-1]}: a forecast needs at least {LEAST_YEARS}"
        raise DataError(text, file=path, column="time_period", advice="give the release with its earlier years")
    source = {
        "file": path.name,
        "sha256": sha256(path),
        "release": release.said,
        "england": _england(rows, release),
    }
    return PublishedSeries(authorities, years, counts, tuple(left_out), MappingProxyType(source), release)


def everyone(published: pd.DataFrame, release: Release) -> pd.DataFrame:
    """Return the rows of all that a release counts, of every level."""
    mine = published[published["release"].eq(release.dataset)]
    return mine[mine["breakdown"].fillna("").map(plain).eq(release.breakdown)]


def _in_force(own: pd.DataFrame, release: Release) -> pd.DataFrame:
    """Return rows without those of a total that is not applicable: of a code listed in years when it was not in force.

    Of settings, one that is not applicable is nobody there.
    """
    if release.families:
        return own
    return own[own["measure"].eq(release.measure) & ~own["marker"].fillna("").eq("z")]


def refuse_broken(found: PublishedStatistics, path: Path, release: Release) -> None:
    """Raise when an authority's row of all could not be read: its absence would change every forecast."""
    for row in found.quarantine.to_dict("records"):
        record = {plain(name): str(value) for name, value in json.loads(str(row["record"])).items()}
        if plain(record.get("breakdown", "")) == release.breakdown and plain(record.get("geographiclevel", "")) == (
            "localauthority"
        ):
            said = f"{row['value']!r}: {row['reason']}" if row["value"] else str(row["reason"])
            column = str(row["column"]) or None
            raise DataError(said, file=path, row=int(str(row["row"])), column=column, advice=_AGAIN)


def _refuse_wrong(own: pd.DataFrame, path: Path, release: Release) -> None:
    single = own["measure"].isin([release.measure, *(name for names in release.families.values() for name in names)])
    wrong = own[single & (own["value"].lt(0) | own["value"].mod(1).gt(0))]
    if len(wrong):
        row = wrong.iloc[0]
        text = f"{row['value']:g} of {row['name']} in {row['year']} is not a number of {release.noun}"
        raise DataError(text, file=path, column=str(row["measure"]), advice=_AGAIN)


def _authorities(own: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    last = own.sort_values("year", kind="stable").drop_duplicates("code", keep="last").set_index("code").sort_index()
    regions = reference_table("regions.csv").set_index("region_code")["region_name"].to_dict()
    said = rows[rows["level"].eq("regional")].drop_duplicates("code").set_index("code")["name"].to_dict()
    names = {**regions, **said}
    region = [str(code) or region_of(str(own_code)) for own_code, code in last["region_code"].fillna("").items()]
    return pd.DataFrame(
        {
            "name": last["name"].astype("str"),
            "region_code": region,
            "region": [str(names.get(code, code)) for code in region],
        },
        index=last.index,
    )


def _counts(
    own: pd.DataFrame, authorities: pd.DataFrame, years: tuple[int, ...], release: Release
) -> tuple[Floats, list[LeftOut]]:
    """Return counts by authority, year and series, and what is left out."""
    value = own["value"].mask(own["marker"].fillna("").eq("z"), 0.0)
    wide = own.assign(value=value).pivot(index=["code", "year"], columns="measure", values="value")
    grid = wide.reindex(pd.MultiIndex.from_product([authorities.index, years], names=["code", "year"]))
    shape = (len(authorities), len(years))
    counts = np.full((*shape, len(release.names)), np.nan)
    counts[:, :, 0] = grid[release.measure].to_numpy(float).reshape(shape)
    for at, columns in enumerate(release.families.values(), start=1):
        parts = [np.asarray(grid[name], float).reshape(shape) for name in columns if name in grid.columns]
        if parts:
            counts[:, :, at] = _added(np.stack(parts, axis=2))
    left_out = _mask_settings(counts, authorities, years) if release.families else []
    return counts, [*_absent(counts, authorities, years, release), *left_out]


def _added(parts: Floats) -> Floats:
    """Return the sum of columns, (authorities, years): missing where one that was collected is, or where none was."""
    collected = np.asarray(np.isfinite(parts).any(axis=0))
    sums = np.where(collected[None], parts, 0.0).sum(axis=2)
    return np.asarray(np.where(np.asarray(collected.any(axis=1))[None], sums, np.nan))


def _mask_settings(counts: Floats, authorities: pd.DataFrame, years: tuple[int, ...]) -> list[LeftOut]:
    """Blank, in place, the settings of authorities and years that are withheld or do not add up; say which."""
    collected = np.asarray(np.isfinite(counts[:, :, 1:]).any(axis=0))
    sums = np.where(collected[None], counts[:, :, 1:], 0.0).sum(axis=2)
    total = counts[:, :, 0]
    bad = np.isfinite(total) & (sums != total)
    counts[bad | np.isnan(total), 1:] = np.nan
    reasons = {}
    for place, at in np.argwhere(bad):
        added = f"the settings add up to {sums[place, at]:,.0f}, and all plans are {total[place, at]:,.0f}"
        reasons[int(place), years[at]] = "a setting is withheld" if np.isnan(sums[place, at]) else added
    return _lines(authorities, "settings", reasons)


def _absent(counts: Floats, authorities: pd.DataFrame, years: tuple[int, ...], release: Release) -> list[LeftOut]:
    """Return the authorities that have no total in some year, with what is known of why."""
    names = every_authority_name()
    reasons = {}
    for place, at in np.argwhere(np.isnan(counts[:, :, 0])):
        code, year = str(authorities.index[place]), years[at]
        span = span_of(code) if code in names else None
        day = dt.date(year, *release.census)
        reason = "there is no total"
        if span is not None and span.end is not None and day > span.end:
            heirs = " and ".join(names[heir] for heir in successors(code))
            reason = f"it ended on {span.end.isoformat()}{f' and became {heirs}' if heirs else ''}"
        elif span is not None and day < span.start:
            reason = f"it began on {span.start.isoformat()}"
        reasons[int(place), year] = reason
    return _lines(authorities, TOTAL, reasons)


def _lines(authorities: pd.DataFrame, series: str, reasons: Mapping[tuple[int, int], str]) -> list[LeftOut]:
    years: dict[tuple[int, str], list[int]] = {}
    for (place, year), reason in reasons.items():
        years.setdefault((place, reason), []).append(year)
    return [
        LeftOut(str(authorities.index[place]), str(authorities["name"].iloc[place]), series, tuple(held), reason)
        for (place, reason), held in years.items()
    ]


def _england(rows: pd.DataFrame, release: Release) -> list[dict[str, object]]:
    """Return the published total of England beside the sum of its authorities, by year."""
    sums = national_totals(rows[rows["measure"].eq(release.measure)])
    sums = sums[sums["level"].eq("national")]
    return [
        {
            "year": int(row["year"]),
            "published": int(row["published"]),
            "authorities_sum": int(row["authorities_sum"]),
            "agrees": None if row["agrees"] is pd.NA else bool(row["agrees"]),
        }
        for row in sums.to_dict("records")
    ]
