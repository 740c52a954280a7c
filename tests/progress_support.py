"""A six-monthly report to look at: targets of a small county, an earlier report, and warnings made up to be shown."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from placements.disclosure.headline import headline_texts
from placements.reports.context import Context
from placements.reports.progress.inputs import ProgressContext
from placements.targets import progress_lines, targets_of
from placements.targets.ahead import Warned
from placements.targets.progress import reported
from tests.statement_support import STEPS

LAST = dt.date(2024, 9, 30)
TARGETS = pd.DataFrame(
    [
        ("care_out_of_county", "60%", "10%", "2025-03-31", "Director", "Open homes", "at risk", ""),
        ("care_out_of_county", "60%", "8%", "2025-09-30", "Director", "Open homes", "at risk", ""),
        ("care_over_20_miles", "50%", "90%", "2025-03-31", "Director", "Search near", "on track", ""),
        ("in_house_foster_share", "43%", "99%", "2025-03-31", "Head", "Recruit", "at risk", "Two assessors left"),
        ("plans_out_of_county", "30%", "20%", "2026-03-31", "", "", "", ""),
        ("ehc_plans", "600", "500", "2026-03-31", "Head", "Support early", "", ""),
    ],
    columns=["indicator", "baseline", "target", "due_date", "owner", "action", "status", "reason"],
)


def progress_context(context: Context) -> ProgressContext:
    """Return what a second report of the county of a context is made from."""
    targets = targets_of(TARGETS)

    def texts(name: str):
        return headline_texts(context.figures, name)

    history = reported(progress_lines(targets, (), LAST, texts), LAST)
    lines = progress_lines(targets, history, context.day, texts)
    warned = {
        line.indicator: Warned(line.next, missed, 0.2, 0.25, 0.3)
        for line, missed in zip(lines, (0.97, 0.1, 0.5, 0.0, 1.0), strict=False)
        if line.next and line.now.denominator
    }
    held = dataclasses.replace(context, targets=TARGETS)
    vars(held)["figures"] = context.figures
    return ProgressContext(held, lines, history, warned, STEPS[:1], "plan.toml")
