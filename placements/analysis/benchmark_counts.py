"""What counts of one indicator are published of every place in one year? The ground of any comparison with others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from placements.analysis.benchmark_measures import BENCHMARKS, PER_10_000, SHARE, Benchmark, Cell
from placements.geography.timeline import code_of_today
from placements.read.rawtable import plain

SCALE: Final = {SHARE: 1.0, PER_10_000: 10_000.0}


@dataclass(frozen=True)
class Counts:
    """The published counts of one indicator in one year: `value` and `marker`, a row a place, a column a cell."""

    item: Benchmark
    year: int
    value: pd.DataFrame
    marker: pd.DataFrame
    places: pd.DataFrame

    def figures(self) -> pd.DataFrame:
        """Return `value` (in the indicator's unit), `numerator` and `denominator` of every place, by code."""
        cells = {cell: self.value[at].astype(float) for at, cell in enumerate(sorted(self.item.cells))}
        numerator = pd.concat([cells[cell] for cell in self.item.counts], axis=1).sum(axis=1, skipna=False)
        denominator = pd.Series(math.nan, index=self.value.index)
        for way in self.item.of:
            signed = pd.concat([sign * cells[cell] for sign, cell in way], axis=1)
            denominator = denominator.fillna(signed.sum(axis=1, skipna=False))
        share = SCALE[self.item.unit] * numerator / denominator.where(denominator.ne(0))
        return pd.DataFrame({"value": share, "numerator": numerator, "denominator": denominator})

    def at(self, code: str) -> dict[str, Any]:
        """Return value, numerator, denominator, unknown and what was suppressed, of one place."""
        if code not in self.value.index:
            return figure(suppressed="not published")
        cells = sorted(self.item.cells)
        value = {cell: float(number) for cell, number in zip(cells, self.value.loc[code], strict=True)}
        marker = {cell: str(text) for cell, text in zip(cells, self.marker.loc[code], strict=True)}
        numerator = sum(value[cell] for cell in self.item.counts)
        denominator = math.nan
        for way in self.item.of:
            denominator = sum(sign * value[cell] for sign, cell in way)
            if not math.isnan(denominator):
                break
        unknown = math.nan if self.item.unknown is None else value[self.item.unknown]
        held = [f"{_words(cell)}: {marker[cell] or 'blank'}" for cell in cells if math.isnan(value[cell])]
        share = SCALE[self.item.unit] * numerator / denominator if denominator else math.nan
        return figure(share, numerator, denominator, unknown, "; ".join(held))


def _words(cell: Cell) -> str:
    return cell[1] if cell[2] == "number" else cell[2]


def figure(
    value: float = math.nan,
    numerator: float = math.nan,
    denominator: float = math.nan,
    unknown: float = math.nan,
    suppressed: str = "",
) -> dict[str, Any]:
    """Return the columns of one place's figure; by default those of one that is not known."""
    return {
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "unknown": unknown,
        "suppressed": suppressed,
    }


def counts_of(published: pd.DataFrame, item: Benchmark, authority: str, near_year: int | None) -> Counts | None:
    """Return the counts of one indicator in the authority's year nearest to one asked for; None when there is none.

    `published` is what `of_benchmarks` gives; for `near_year` see `benchmark.benchmark`.
    """
    cells = sorted(item.cells)
    number = {_key(item, cell): at for at, cell in enumerate(cells)}
    rows = published[published["key"].isin(list(number))]
    own, england = rows[rows["code"].eq(authority)], rows[rows["level"].eq("national")]
    years = _whole_years(own, item) or _whole_years(england, item) or sorted({*own["year"], *england["year"]})
    if not years:
        return None
    up_to = [year for year in years if near_year is None or year <= near_year]
    year = up_to[-1] if up_to else years[0]
    rows = rows[rows["year"].eq(year)]
    by = rows.groupby(["code", rows["key"].map(number).rename("cell")])
    value, marker = (by[name].last().unstack("cell").reindex(columns=range(len(cells))) for name in ("value", "marker"))
    places = rows.drop_duplicates("code").set_index("code")[["level", "name", "region_code"]]
    return Counts(item, int(year), value, marker.fillna("not published"), places)


def _whole_years(rows: pd.DataFrame, item: Benchmark) -> list[int]:
    """Return the years in which one place's rows hold the numerator and a way to the denominator, withheld or not."""
    ways = [{_key(item, cell) for cell in (*item.counts, *(cell for _, cell in way))} for way in item.of]
    held = rows.groupby("year")["key"].agg(set)
    whole = held.map(lambda keys: any(way <= keys for way in ways)).astype(bool)
    return sorted(held.index[whole].tolist())


def _key(item: Benchmark, cell: Cell) -> str:
    return "|".join([item.release, *map(plain, cell)])


def of_benchmarks(published: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of any benchmark, by today's codes, with `key`: release, topic, breakdown and measure, plain."""
    rows = published[published["release"].isin({item.release for item in BENCHMARKS})]
    rows = rows[rows["measure"].isin({measure for item in BENCHMARKS for _, _, measure in item.cells})]
    rows = rows.assign(code=rows["code"].map(code_of_today))
    rows["key"] = rows["release"]
    for name in ("topic", "breakdown", "measure"):
        rows["key"] = rows["key"] + "|" + _plain(rows[name])
    return rows


def _plain(texts: pd.Series) -> pd.Series:
    row, distinct = pd.factorize(texts.fillna(""))
    return pd.Series(pd.array([plain(text) for text in distinct], dtype="str").take(row), index=texts.index)
