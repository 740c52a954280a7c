"""How does the authority stand beside its region, England and its statistical neighbours, in DfE's own statistics?

Shares are worked out from published counts, never taken from published percentages: those are rounded, and some are
wrong. All four places of an indicator are of one year. A count that DfE withholds makes the share missing and is named;
those whose answer is not known are counted beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from placements.analysis.benchmark_measures import BENCHMARKS, PER_10_000, SHARE, Benchmark, Cell
from placements.geography.reference import reference_table
from placements.geography.timeline import code_of_today, region_of
from placements.read.rawtable import plain

AUTHORITY, REGION, ENGLAND, NEIGHBOURS = "authority", "region", "england", "neighbours"
PLACES: Final = (AUTHORITY, REGION, ENGLAND, NEIGHBOURS)
_SCALE: Final = {SHARE: 1.0, PER_10_000: 10_000.0}
COLUMNS: Final = (
    "indicator",
    "label",
    "unit",
    "place",
    "code",
    "name",
    "year",
    "value",
    "numerator",
    "denominator",
    "unknown",
    "neighbours",
    "neighbours_with_value",
    "suppressed",
    "definition",
)


@dataclass(frozen=True)
class _Counts:
    """The published counts of one indicator in one year: `value` and `marker`, a row a place, a column a cell."""

    item: Benchmark
    year: int
    value: pd.DataFrame
    marker: pd.DataFrame
    places: pd.DataFrame

    def at(self, code: str) -> dict[str, Any]:
        """Return value, numerator, denominator, unknown and what was suppressed, of one place."""
        if code not in self.value.index:
            return _figure(suppressed="not published")
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
        share = _SCALE[self.item.unit] * numerator / denominator if denominator else math.nan
        return _figure(share, numerator, denominator, unknown, "; ".join(held))


def _words(cell: Cell) -> str:
    return cell[1] if cell[2] == "number" else cell[2]


def _figure(
    value: float = math.nan,
    numerator: float = math.nan,
    denominator: float = math.nan,
    unknown: float = math.nan,
    suppressed: str = "",
) -> dict[str, Any]:
    return {
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "unknown": unknown,
        "suppressed": suppressed,
    }


def benchmark(
    published: pd.DataFrame, neighbours: pd.DataFrame, authority_code: str, near_year: int | None = None
) -> pd.DataFrame:
    """Return each indicator for the authority, its region, England, and the median of its statistical neighbours.

    Parameters
    ----------
    published : DataFrame
        `schemas.PUBLISHED`.
    neighbours : DataFrame
        `schemas.NEIGHBOURS`; may be empty.
    authority_code : str
        ONS code of an upper-tier authority, today's or an earlier one; of any other, only England is found.
    near_year : int, optional
        The latest year up to this one is taken, or the first after it when there is none; the latest when not given.
        Of the years in which the authority itself has the counts of an indicator; England's when it has none.

    Returns
    -------
    DataFrame
        Four rows (`PLACES`) per indicator that is published, in the order of `BENCHMARKS`, with `COLUMNS`:
        `value` is a share (0 to 1) or a rate (see `unit`), NaN when a part of it is withheld; `numerator`,
        `denominator` and `unknown` are counts; `suppressed` names the counts withheld, with their markers. The row of
        the neighbours holds the median of their shares, the sums of the counts of those that have one, how many
        neighbours there are and how many have a value; `neighbours` is missing in the other rows.
    """
    authority_code = code_of_today(authority_code)
    dfe = reference_table("dfe_codes.csv").set_index("dfe_code")["authority_code"]
    own = dfe[dfe.eq(authority_code)].index
    near = neighbours[neighbours["dfe_code"].isin(own)].sort_values("rank")["neighbour_dfe_code"]
    peers = [str(dfe.get(code, f"DfE {code}")) for code in near]
    today = _of_benchmarks(published)
    rows: list[dict[str, Any]] = []
    for item in BENCHMARKS:
        counts = _counts(today, item, authority_code, near_year)
        if counts is not None:
            rows += _places(counts, authority_code, peers)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"neighbours": "Int64", "neighbours_with_value": "Int64", "year": int})


def _counts(published: pd.DataFrame, item: Benchmark, authority: str, near_year: int | None) -> _Counts | None:
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
    return _Counts(item, int(year), value, marker.fillna("not published"), places)


def _whole_years(rows: pd.DataFrame, item: Benchmark) -> list[int]:
    """Return the years in which one place's rows hold the numerator and a way to the denominator, withheld or not."""
    ways = [{_key(item, cell) for cell in (*item.counts, *(cell for _, cell in way))} for way in item.of]
    held = rows.groupby("year")["key"].agg(set)
    whole = held.map(lambda keys: any(way <= keys for way in ways)).astype(bool)
    return sorted(held.index[whole].tolist())


def _key(item: Benchmark, cell: Cell) -> str:
    return "|".join([item.release, *map(plain, cell)])


def _of_benchmarks(published: pd.DataFrame) -> pd.DataFrame:
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


def _places(counts: _Counts, authority: str, peers: list[str]) -> list[dict[str, Any]]:
    places = counts.places
    region = str(places["region_code"].get(authority, "") or region_of(authority))
    england = next(iter(places.index[places["level"].eq("national")]), "")
    item = counts.item
    shared = {"indicator": item.indicator, "label": item.label, "unit": item.unit, "year": counts.year}
    shared["definition"] = item.definition
    rows = [
        {**shared, "place": place, "code": code, "name": str(places["name"].get(code, "")), **counts.at(code)}
        for place, code in ((AUTHORITY, authority), (REGION, region), (ENGLAND, str(england)))
    ]
    found = pd.DataFrame([counts.at(code) for code in peers], columns=list(_figure()))
    usable = found[found["value"].notna()]
    without = len(found) - len(usable)
    rows.append(
        {
            **shared,
            "place": NEIGHBOURS,
            "code": "",
            "name": "Median of statistical neighbours",
            **_figure(
                usable["value"].median() if len(usable) else math.nan,
                usable["numerator"].sum(min_count=1),
                usable["denominator"].sum(min_count=1),
                usable["unknown"].sum(min_count=1),
                f"{without} of {len(found)} neighbours have no value" if without else "",
            ),
            "neighbours": len(found),
            "neighbours_with_value": len(usable),
        }
    )
    return rows
