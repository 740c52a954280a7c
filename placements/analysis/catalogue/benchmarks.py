"""Benchmarks: beside region, England and neighbours; whether authorities add up; our own figures beside published."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements.analysis import benchmark as beside
from placements.analysis import national_totals as totals
from placements.analysis import standing
from placements.analysis.benchmark_counts import of_benchmarks
from placements.analysis.benchmark_measures import BENCHMARKS
from placements.analysis.definition import Column, Definition, Kind, TableColumn
from placements.analysis.inputs import Inputs
from placements.analysis.published import published_comparison
from placements.geography.timeline import code_of_today, region_of
from placements.read.rawtable import plain

_TEXT, _NUMBER, _CHILDREN = (TableColumn(kind) for kind in (Column.TEXT, Column.NUMBER, Column.CHILDREN))


def _columns(names: Sequence[str], texts: frozenset[str]) -> MappingProxyType[str, TableColumn]:
    return MappingProxyType({name: _TEXT if name in texts else _NUMBER for name in names})


_TEXTS: Final = frozenset(
    (
        *("indicator", "label", "unit", "place", "code", "name", "suppressed", "definition"),
        *("position", "adjusted_position"),
        *("release", "level", "topic", "breakdown", "measure", "agrees"),
    )
)
_BENCHMARKS: Final = _columns((*beside.COLUMNS, *standing.RANKS, *standing.FUNNEL), _TEXTS)
_TOTALS: Final = _columns(totals.COLUMNS, _TEXTS)
_BESIDE: Final = MappingProxyType(
    {
        "label": _TEXT,
        "year": _NUMBER,
        "published": _NUMBER,
        "published_of": _NUMBER,
        "here": _CHILDREN,
        "here_of": _CHILDREN,
    }
)


def _benchmarks(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    asked = inputs.published, inputs.neighbours, inputs.authority_code, inputs.on.year
    ranks = standing.standing(*asked).drop(columns="year")
    return beside.benchmark(*asked).merge(ranks, on=["indicator", "place"], how="left")[list(_BENCHMARKS)]


def _national_totals(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    """Return the totals of the counts that benchmarks rest on, of England and the authority's own region."""
    keys = of_benchmarks(inputs.published)["key"]
    wanted = {"|".join([item.release, *cell]) for item in BENCHMARKS for cell in _plain_cells(item.cells)}
    rows = inputs.published.loc[keys.index[keys.isin(wanted)]]
    found = totals.national_totals(rows)
    own = rows.loc[rows["code"].map(code_of_today).eq(code_of_today(inputs.authority_code)), "region_code"]
    regions = {*own, region_of(inputs.authority_code)}
    found = found[found["level"].eq("national") | found["code"].isin(regions)].reset_index(drop=True)
    # No end to an interval is a missing end, which a file can hold.
    ends = found[["low", "high"]].replace([np.inf, -np.inf], np.nan)
    words = found["agrees"].map({True: "yes", False: "no"}).astype("object").fillna("not known").astype("str")
    return found.assign(low=ends["low"], high=ends["high"], agrees=words)


def _plain_cells(cells: frozenset[tuple[str, str, str]]) -> list[tuple[str, ...]]:
    return [tuple(plain(part) for part in cell) for cell in cells]


def _beside_published(inputs: Inputs, by: Sequence[str]) -> pd.DataFrame:
    return published_comparison(inputs.authority_code, inputs.placements, inputs.provision, inputs.on)


_DFE: Final = (
    "DfE, Children looked after in England including adoptions, and Education, health and care plans: local authority"
    " files; DfE, Children's services statistical neighbour benchmarking tool"
)

DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition(
        name="benchmarks",
        label="Beside region, England and statistical neighbours",
        kind=Kind.TABLE,
        numerator="Children, placements or plans of each kind, as published (column `definition` says which)",
        denominator=(
            "Those that the kind is of. Ranks run from 1, the highest, among the authorities of a place with a figure;"
            " control limits lie around England's figure at the authority's own denominator"
        ),
        left_out="Authorities whose figure DfE withholds have no rank (`withheld`); distances not known are left out",
        source=(
            f"{_DFE}; control limits and overdispersion: D. J. Spiegelhalter, Funnel plots for comparing institutional"
            " performance, Statistics in Medicine 24 (2005)"
        ),
        table=_benchmarks,
        columns=_BENCHMARKS,
    ),
    Definition(
        name="national_totals",
        label="Published totals beside the sums of authorities",
        kind=Kind.TABLE,
        numerator="Sum of the published counts of all authorities of England, or of the authority's region",
        denominator="The published count of England or the region that the sum is set beside",
        left_out=(
            "Withheld counts make the sum an interval, `low` to `high`; a missing end has no limit. `agrees` allows for"
            " rounding: totals of children looked after are to the nearest 10"
        ),
        source=f"{_DFE}; rounding as in the data guidance of each release",
        table=_national_totals,
        columns=_TOTALS,
    ),
    Definition(
        name="beside_published",
        label="These data beside what is published of the authority",
        kind=Kind.TABLE,
        numerator="Children, placements or plans of each kind in these data (`here`), and as published",
        denominator="Those that the kind is of (`here_of`, `published_of`); none for a number",
        left_out="Figures that are not published of the authority",
        source=f"{_DFE}; the bundled table of published figures names the release of each",
        table=_beside_published,
        columns=_BESIDE,
    ),
)
