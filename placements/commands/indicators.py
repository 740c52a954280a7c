"""One indicator by any breakdown, and the list of all of them, as plain values that may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

import placements
from placements.analysis.answer import COLUMNS
from placements.analysis.catalogue import TOPICS, indicator
from placements.analysis.definition import Definition, Kind
from placements.analysis.dimensions import DIMENSIONS, YEAR
from placements.analysis.year_changes import year_changes
from placements.county import County
from placements.disclosure.answers import shown_answer
from placements.disclosure.publication import county_figures
from placements.loading import load
from placements.progress import Reporter
from placements.study import open_study

_NUMBER: Final = re.compile(r"-?£?\d{1,3}(,\d{3})+(\.\d+)?")


def indicator_list() -> list[dict[str, str]]:
    """Return every indicator: what it is, how it is broken down and where its definition comes from."""
    return [
        {
            "topic": topic,
            "name": one.name,
            "label": one.label,
            "kind": str(one.kind),
            "by": ", ".join(breakdowns_of(one)),
            "numerator": one.numerator,
            "denominator": one.denominator,
            "left_out": one.left_out,
            "source": one.source,
        }
        for topic, definitions in TOPICS.items()
        for one in definitions
    ]


def breakdowns_of(one: Definition) -> tuple[str, ...]:
    """Return what an indicator can be broken down by."""
    if one.population is None:
        return one.by
    own = tuple(name for name, dimension in DIMENSIONS.items() if one.service in (*dimension.services, "both"))
    return own if one.now_only or one.population.now_only else (*own, YEAR)


def indicator_report(
    folder: Path, name: str, by: Sequence[str], profile: str | None, reporter: Reporter
) -> dict[str, Any]:
    """Return the answer to an indicator as it may be shown, with its definition and what it was made from."""
    one = indicator(name)
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    shown = study.settings.disclosure.profile
    with reporter.stage("disclosure control"):
        table = shown_answer(county, one, by, shown, county_figures(county, shown))
    return {
        "authority": county.authority.name,
        "code": county.authority.code,
        "snapshot": county.snapshot.isoformat(),
        "synthetic": county.synthetic,
        "profile": shown,
        "indicator": one.name,
        "label": one.label,
        "kind": str(one.kind),
        "unit": one.unit or (one.population.unit if one.population else ""),
        "by": list(by),
        "definition": {
            "numerator": one.numerator,
            "denominator": one.denominator,
            "left_out": one.left_out,
            "source": one.source,
        },
        "rows": _labelled(county, one, by, table.to_dict("records")),
        "changes": _changes(one, by, table),
        "version": placements.__version__,
        "sources": county.files[["path", "sha256"]].drop_duplicates().to_dict("records"),
    }


def _changes(one: Definition, by: Sequence[str], table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return which changes between years are more than chance, worked out from the figures as they are shown."""
    if YEAR not in by or one.kind is Kind.TABLE or table.empty:
        return []
    figures = table.copy()
    for name in COLUMNS[one.kind]:
        if name != "category":
            figures[name] = pd.to_numeric(table[name].str.replace(r"[£,%]", "", regex=True), errors="coerce")
    return [{str(name): value for name, value in row.items()} for row in year_changes(one, figures).to_dict("records")]


def _labelled(county: County, one: Definition, by: Sequence[str], rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Return the rows with what a reader sees in place of codes."""
    areas = county.area_names
    labels = {name: areas if name == "area" else DIMENSIONS[name].labels for name in by if name in DIMENSIONS}
    if one.kind is Kind.BREAKDOWN:
        labels["category"] = one.categories
    return [{str(name): labels.get(str(name), {}).get(text, text) for name, text in row.items()} for row in rows]


def without_separators(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with numbers as a program reads them: ``1,030`` becomes ``1030``."""
    return [
        {name: text.replace(",", "") if _NUMBER.fullmatch(str(text)) else text for name, text in row.items()}
        for row in rows
    ]
