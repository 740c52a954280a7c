"""What stands on the overview? Headline figures, how they came to be, what is proposed, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from placements.reports.content import BulletList, Document, Figure, Heading, TracedFigure
from placements.reports.render_html import render_blocks

#: Figures that stand first, by their name in `analysis.indicators`; all others follow in a table.
FIRST: Final = (
    "looked_after",
    "care_out_of_county",
    "care_over_20_miles",
    "care_avoidable",
    "ehc_plans",
    "plans_out_of_county",
    "plans_independent_special",
    "education_avoidable",
)
_SUMMARY, _CHILDREN = "summary", "children"


def overview(document: Document) -> dict[str, Any]:
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


def first_and_further(
    figures: Sequence[Mapping[str, str]],
) -> tuple[list[Mapping[str, str]], list[Mapping[str, str]]]:
    """Return the figures that stand first, and all others."""
    return [one for one in figures if one["name"] in FIRST], [one for one in figures if one["name"] not in FIRST]


def changes(now: Sequence[Mapping[str, str]], before: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the figures that another reading showed otherwise: `label`, `before` and `now`, as they were shown.

    What is told of both is what was told of each: no figure is worked out from the two.
    """
    was = {one["name"]: worded(one) for one in before}
    return [
        {"label": one["label"], "before": was[one["name"]], "now": worded(one)}
        for one in now
        if one["name"] in was and was[one["name"]] != worded(one)
    ]


def worded(figure: Mapping[str, str]) -> str:
    """Return a figure with what it is made of."""
    if not figure["denominator"]:
        return figure["value"]
    return f"{figure['value']} ({figure['numerator']} of {figure['denominator']})"


def last_other(
    now: Sequence[Mapping[str, str]], readings: Iterable[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], list[dict[str, str]]] | None:
    """Return the last of some readings, the newest first, that showed other figures, and which; None if none did."""
    for reading in readings:
        found = changes(now, reading["overview"]["figures"])
        if found:
            return reading, found
    return None


def _in_order(figures: Sequence[TracedFigure]) -> list[TracedFigure]:
    places = {name: at for at, name in enumerate(FIRST)}
    return sorted(figures, key=lambda one: places.get(one.name, len(places)))
