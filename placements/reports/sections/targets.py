"""How will we know that it has worked? The targets set, or the baselines that targets are still to be set from."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements.reports.content import Block, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.words import of, sentence

#: Columns of the ledger that are shown, and their headers.
_COLUMNS: Final = (
    ("indicator", "Indicator"),
    ("baseline", "Baseline"),
    ("target", "Target"),
    ("due_date", "Due"),
    ("owner", "Owner"),
    ("action", "Action"),
    ("status", "Status"),
)
_MEASURES: Final = (
    "care_out_of_county",
    "care_over_20_miles",
    "care_avoidable",
    "homes_out_of_county",
    "in_house_foster_share",
    "plans_out_of_county",
    "education_avoidable",
    "plans_independent_special",
)


def section(context: Context) -> Section:
    """Return the section on measuring success."""
    targets = context.targets
    blocks: list[Block] = []
    if targets is None or targets.empty:
        blocks.append(
            Paragraph(
                "No targets have been recorded for this study. The table gives the baseline of each measure that a "
                "target could be set on; the targets, their dates and their owners are for the council to set."
            )
        )
        blocks.append(_baselines(context))
    else:
        blocks.append(Paragraph("These are the targets recorded by the council, with who is responsible and by when."))
        blocks.append(_ledger(context, targets))
    return Section("targets", "Measuring success", tuple(blocks))


def _baselines(context: Context) -> Table:
    rows = []
    for name in _MEASURES:
        item = context.headline.get(name)
        if item is None or not item.denominator:
            continue
        rows.append((item.label, sentence(of(context.headline_share(name)))[:-1].rstrip(","), "To be set"))
    return Table(
        "targets",
        f"Measures and their baselines on {context.day_text}",
        ("Measure", "Baseline", "Target"),
        tuple(rows),
        ("text", "text", "text"),
    )


def _ledger(context: Context, targets: pd.DataFrame) -> Table:
    labels = {name: item.label for name, item in context.headline.items()}
    targets = targets.assign(indicator=targets["indicator"].map(lambda name: labels.get(name, name)))
    shown = [(name, label) for name, label in _COLUMNS if name in targets.columns]
    rows = tuple(
        tuple("" if pd.isna(value) else str(value) for value in row)
        for row in targets[[name for name, _ in shown]].itertuples(index=False, name=None)
    )
    return Table(
        "targets",
        "Targets, with owners and dates",
        tuple(label for _, label in shown),
        rows,
        tuple("text" for _ in shown),
    )
