"""The six-monthly report to the committee: what was to be reached, what was, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from placements.reports.content import Document, Section
from placements.reports.progress import ahead, method, past, period, scorecard
from placements.reports.progress.inputs import ProgressContext
from placements.reports.sections import provenance
from placements.reports.words import long_date

#: Stem of the files' names.
NAME: Final = "six-monthly-report"

_SECTIONS: Final[tuple[Callable[[ProgressContext], Section], ...]] = (
    scorecard.section,
    period.section,
    ahead.section,
    past.section,
    method.section,
)


def progress_report(given: ProgressContext) -> Document:
    """Return the report as content: the ledger of targets first, how it was made last."""
    context = given.context
    sections = [section(given) for section in _SECTIONS]
    return Document(
        title="Six-monthly report on targets",
        subtitle="What was to be reached, what was reached, and what comes next",
        authority=context.authority,
        date_text=long_date(context.day),
        date_iso=context.day.isoformat(),
        marks=context.marks,
        sections=(*sections, provenance.section(context, with_settings=False)),
    )
