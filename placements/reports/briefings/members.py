"""What does a member of the council need to know, on two pages?"""

from __future__ import annotations

from typing import Final

from placements.reports.briefings.parts import framed
from placements.reports.content import Block, BulletList, Callout, Document, Section
from placements.reports.context import Context
from placements.reports.sections.scenarios import outcome_sentence
from placements.reports.sections.summary import headline_table, points
from placements.reports.sections.where import overview

#: The figures that members see.
_FIGURES: Final = (
    "looked_after",
    "care_out_of_county",
    "care_over_20_miles",
    "homes_out_of_county",
    "ehc_plans",
    "plans_out_of_county",
    "plans_independent_special",
)


def document(context: Context) -> Document:
    """Return the summary for members."""
    figures = tuple(context.traced(context.headline[name]) for name in _FIGURES if name in context.headline)
    short: list[Block] = [BulletList(points(context)), headline_table(context, _FIGURES)]
    sections = [Section("short", "In short", tuple(short), figures)]
    if context.services:
        sections.append(Section("where", "Where our children live and learn", (overview(context),)))
    others = [outcome for outcome in context.future.outcomes if not outcome.is_baseline]
    if others:
        lines = tuple(outcome_sentence(context, outcome) for outcome in others)
        settled = Callout(
            "Settled children are not moved", "Every option acts on placements that start or change in the years ahead."
        )
        sections.append(Section("options", "What could change, against doing nothing", (BulletList(lines), settled)))
    return framed(
        context, "Summary for members", "Where our children live and learn, and what could change", tuple(sections)
    )
