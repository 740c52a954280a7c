"""What do the pages show of the study itself? Plain values that may be shown, made once for each reading of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from placements.county import County
from placements.disclosure.local_gap import local_gap_texts, local_need_group
from placements.disclosure.shown import ShownFigures
from placements.interventions import read_scenario, scenario_text
from placements.maps.filters import label_of
from placements.maps.layers.closer import FILTER_OF
from placements.pipeline import BEST_PLAN, RunResult
from placements.reports.content import BulletList, Document, Figure, Heading
from placements.reports.render_html import render_blocks
from placements.study import Study

_GAP: Final = ("need_local", "available_to_us", "gap")
_SUMMARY, _CHILDREN = "summary", "children"


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
    """Return local need, places and the gap of each home area by need, age and kind of place, one at a time.

    Every figure is of the one release of the county, as on the map.
    """
    areas = county.area_names
    out = []
    for by, key in FILTER_OF.items():
        table = county.sufficiency(("service", by, "area")).reset_index()
        for row in table.to_dict("records"):
            need = released.count(local_need_group(row, (by,)))
            texts = local_gap_texts(need, float(row["need_local"]), float(row["available_to_us"]), released.profile)
            named = {name: label_of(key, str(row[name])) if name == by else "" for name in FILTER_OF}
            area = areas.get(str(row["area"]), "Not known")
            out.append({"service": str(row["service"]), "area": area, **named, **dict(zip(_GAP, texts, strict=True))})
    return out


def _overview(document: Document) -> dict[str, Any]:
    """Return what the overview shows of a statement.

    Returns
    -------
    dict
        `figures` (see `reports.content.TracedFigure`), `said` (the summary's points
        and what is proposed, as HTML) and `trend` (the charts of earlier years, as HTML).
    """
    blocks = {section.key: section.blocks for section in document.sections}
    said = [block for block in blocks.get(_SUMMARY, ()) if isinstance(block, BulletList | Heading)]
    trend = [block for block in blocks.get(_CHILDREN, ()) if isinstance(block, Figure)]
    return {
        "figures": [asdict(one) for one in document.figures],
        "said": render_blocks(said),
        "trend": render_blocks(trend),
    }
