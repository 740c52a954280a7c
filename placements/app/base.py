"""What do the pages show of the study itself? Plain values that may be shown, made once for each reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import pandas as pd

from placements import codes
from placements.app.overview import FIRST
from placements.county import County
from placements.disclosure.shown import ShownFigures
from placements.disclosure.sufficiency import shown_together
from placements.disclosure.suppress import INTERNAL
from placements.interventions import read_scenario, scenario_text
from placements.pipeline import BEST_PLAN, RunResult
from placements.reports.content import BulletList, Document, Figure, Heading, TracedFigure
from placements.reports.render_html import render_blocks
from placements.study import Study

#: Breakdowns of the gap that are looked into: of what is shared a third way would leave hardly a number to show.
EXPLORED: Final = ("service", "need", "area")
_SUMMARY, _CHILDREN = "summary", "children"
_AGES: Final = ("service", "need", "age_band")


def base_values(study: Study, found: RunResult) -> dict[str, Any]:
    """Return what the pages show.

    Returns
    -------
    dict
        `authority`, `date`, `marks`, `profile`; `overview` (headline figures, points and charts); `sections` of the
        statement by key (`title`, `html`); `gap` (rows of the explorer); `areas` to choose from; `plan_name`; `plan`
        and `written` (scenarios as TOML); `outputs` (name, and path from the study's folder).
    """
    county, document = found.county, found.document
    return {
        "authority": document.authority,
        "date": document.date_text,
        "marks": list(document.marks),
        "profile": county.settings.disclosure.profile,
        "overview": _overview(document),
        "sections": {
            section.key: {"title": section.title, "html": render_blocks(section.blocks)}
            for section in document.sections
        },
        "gap": gap_rows(county, found.released),
        "areas": dict(county.area_names),
        "plan_name": BEST_PLAN,
        "plan": scenario_text(found.plan.interventions, title=BEST_PLAN),
        "written": {path.stem: scenario_text(read_scenario(path), title=path.stem) for path in study.scenarios},
        "outputs": [
            {"name": name, "path": path.relative_to(study.folder).as_posix()}
            for name, path in found.paths.items()
            if path.is_relative_to(study.folder)
        ],
    }


def gap_rows(county: County, released: ShownFigures) -> list[dict[str, str]]:
    """Return need, local places and the gap by service, need and area, and by age too where nothing is hidden."""
    breakdowns = [EXPLORED, *([_AGES] if released.profile == INTERNAL else [])]
    tables: dict[tuple[str, ...], pd.DataFrame] = {by: county.sufficiency(by) for by in breakdowns}
    areas = county.area_names
    out = []
    for by, texts in shown_together(tables, released.profile, released).items():
        for key, row in zip(tables[by].index, texts, strict=True):
            at = dict(zip(by, map(str, key), strict=True))
            out.append(
                {
                    "service": at["service"],
                    "need": codes.NEED_GROUP_LABEL.get(at["need"], at["need"]),
                    "area": areas.get(at["area"], "Not known") if "area" in at else "",
                    "age_band": at.get("age_band", ""),
                    **row,
                }
            )
    return out


def _overview(document: Document) -> dict[str, Any]:
    """Return what the overview shows of a statement.

    Returns
    -------
    dict
        `figures` (see `reports.content.TracedFigure`; those that stand first come first), `said` (the summary's points
        and what is proposed, as HTML) and `trend` (the charts of earlier years, as HTML).
    """
    blocks = {section.key: section.blocks for section in document.sections}
    said = [block for block in blocks.get(_SUMMARY, ()) if isinstance(block, BulletList | Heading)]
    trend = [block for block in blocks.get(_CHILDREN, ()) if isinstance(block, Figure)]
    return {
        "figures": [asdict(one) for one in _in_order(document.figures)],
        "said": render_blocks(said),
        "trend": render_blocks(trend),
    }


def _in_order(figures: Sequence[TracedFigure]) -> list[TracedFigure]:
    places = {name: at for at, name in enumerate(FIRST)}
    return sorted(figures, key=lambda one: places.get(one.name, len(places)))
