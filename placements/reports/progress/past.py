"""What did earlier reports say? Every indicator at every report, with its targets."""

from __future__ import annotations

import datetime as dt
import math

from placements.reports import words
from placements.reports.charts_time import Line as Drawn
from placements.reports.charts_time import multiples
from placements.reports.content import Block, Figure, Paragraph, Section, Table
from placements.reports.progress.inputs import ProgressContext
from placements.reports.sections.parts import figure, mark
from placements.reports.tables import noted
from placements.targets.amounts import parse_amount
from placements.targets.progress import Line

#: Reports shown: five years.
_MOST = 10


def section(given: ProgressContext) -> Section:
    """Return the section on earlier reports."""
    title = "Earlier reports"
    days = _days(given)
    if len(days) < 2:
        return Section(
            "past", title, (Paragraph("This is the first report. The next one will show it beside its own."),)
        )
    text = (
        f"{words.plain_count(len(days), 'report', 'reports').capitalize()}, this one included. Figures of earlier "
        "reports are as they were reported, even where records have been corrected since."
    )
    blocks: list[Block] = [Paragraph(text)]
    chart = _chart(given, days)
    blocks.append(chart if chart is not None else _table(given, days))
    return Section("past", title, tuple(blocks))


def _days(given: ProgressContext) -> list[dt.date]:
    days = sorted({one.reported_on for one in given.history} | {given.context.day})
    return days[-_MOST:]


def _values(given: ProgressContext, line: Line, days: list[dt.date]) -> list[tuple[str, str]]:
    """Return value and target that was due, by day."""
    held = {one.reported_on: (one.value, one.last_target) for one in given.history if one.indicator == line.indicator}
    held[given.context.day] = (line.now.value, line.last.amount.text if line.last else "")
    return [held.get(day, ("", "")) for day in days]


def _table(given: ProgressContext, days: list[dt.date]) -> Table:
    rows = tuple(
        (
            given.label(line),
            *(
                f"{value or '-'}{f' (target {target})' if target else ''}"
                for value, target in _values(given, line, days)
            ),
        )
        for line in given.lines
    )
    data = Table(
        "targets-past",
        "Every indicator at every report",
        ("Indicator", *(f"{day.day} {day:%b %Y}" for day in days)),
        rows,
        tuple("text" for _ in range(len(days) + 1)),
        ("In brackets: the target that was due.",),
    )
    return noted(data, given.context.profile)


def _chart(given: ProgressContext, days: list[dt.date]) -> Figure | None:
    lines = [line for line in given.lines if line.now.denominator]
    if not lines:
        return None
    data = _table(given, days)
    groups = {}
    for line in lines:
        pairs = _values(given, line, days)
        groups[given.label(line)] = (
            Drawn("reached", tuple(_number(value) for value, _ in pairs)),
            Drawn("target", tuple(_number(target) for _, target in pairs)),
        )
    drawn = multiples(
        "What was reached at each report, and the target that was due",
        [f"{day:%b %y}" for day in days],
        groups,
        mark=mark(given.context),
    )
    said = " ".join(f"{row[0]}: {', '.join(row[1:])}." for row in data.rows)
    alt = f"Small line charts, one for each indicator, with a cross at each target. {said}"
    return figure(given.context, drawn=drawn, alt=alt, source="Source: this and earlier reports", data=data)


def _number(text: str) -> float:
    amount = parse_amount(text)
    return amount.value if amount is not None else math.nan
