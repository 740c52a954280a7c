"""Which targets were due, which were met, and what is to be reached next? The ledger itself."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from placements.reports import words
from placements.reports.content import (
    Block,
    BulletList,
    Callout,
    Definition,
    Definitions,
    Heading,
    Paragraph,
    Section,
    Table,
    TracedFigure,
)
from placements.reports.progress.inputs import ProgressContext, share_now, share_then
from placements.reports.tables import noted
from placements.targets.progress import Line, Milestone
from placements.targets.standing import LEVEL, Standing

#: How many targets stand so, in a sentence.
_COUNTED: Final = (
    (Standing.MET, "met"),
    (Standing.NEAR, "not met, which could be chance"),
    (Standing.MISSED, "missed"),
    (Standing.NOT_STATED, "not stated, to protect small numbers"),
)


def section(given: ProgressContext) -> Section:
    """Return the ledger of targets."""
    if not given.lines:
        text = (
            "No targets have been recorded for this study. Write them into targets.csv: the indicator, its baseline, "
            "the target, when it is due, its owner and the action."
        )
        return Section("targets", "Targets", (Callout("No targets", text, "warning"),))
    due = [line for line in given.lines if line.last]
    blocks: list[Block] = [Paragraph(_opening(given, due))]
    if due:
        blocks += [
            BulletList(tuple(_sentence(given, line) for line in due)),
            _due_table(given, due),
            *_reasons(given, due),
        ]
    blocks += [Heading("What is to be reached next"), *_next(given)]
    figures = tuple(_traced(given, line) for line in given.lines)
    return Section("targets", "Targets: what was due and what comes next", tuple(blocks), figures)


def _traced(given: ProgressContext, line: Line) -> TracedFigure:
    now, definition = line.now, given.context.headline[line.indicator].definition
    return TracedFigure(
        line.indicator, given.label(line), now.value, now.numerator, now.denominator, now.excluded, definition
    )


def _opening(given: ProgressContext, due: list[Line]) -> str:
    many = words.plain_count(len(given.lines), "indicator has", "indicators have")
    text = f"{many[:1].upper() + many[1:]} a target. "
    if not due:
        return (
            text + f"None was due by {given.context.day_text}: this report sets the first steps, which the next judges."
        )
    counts = Counter(line.standing for line in due)
    parts = [f"{words.plain_count(counts[one], what, what)}" for one, what in _COUNTED if counts[one]]
    was = words.plain_count(len(due), "target was", "targets were")
    return text + f"Of these, {was} due by {given.context.day_text}: {words.joined(parts)}."


def _sentence(given: ProgressContext, line: Line) -> str:
    assert line.last is not None
    name, now = given.label(line), line.now
    figure = words.of(share_now(line)).rstrip(",") if now.denominator else words.number(now.value)
    text = f"{name}: {figure}, against a target of {line.last.amount.text}. {line.standing.words}."
    if line.before is None or line.before.value == "":
        return text
    day = words.long_date(line.before.reported_on)
    if now.denominator:
        change = words.change_of_share(share_then(line.before), share_now(line))
    else:
        change = words.change_of_count(line.before.value, now.value)
    return f"{text} Since {day}: {change}."


def _due_table(given: ProgressContext, due: list[Line]) -> Table:
    rows = tuple(
        (
            given.label(line),
            line.baseline or "Not given",
            _milestone(line.last),
            words.of(share_now(line)).rstrip(",") if line.now.denominator else line.now.value,
            _difference(line),
            _chance(line),
            line.standing.value,
        )
        for line in due
    )
    data = Table(
        "targets-due",
        f"Targets that were due by {given.context.day_text}, and what was reached",
        ("Indicator", "Baseline", "Target", "Reached", "Difference", "By chance alone", "Standing"),
        rows,
        ("text", "text", "text", "text", "number", "number", "status"),
        (
            "Reached: how many, of how many of whom it is known. Difference: what was reached less the target.",
            (
                "By chance alone: if the true figure were exactly on target, how often a figure would come out at "
                f"least this far from it. A miss that would come about by chance {100 * LEVEL:.0f} times in 100 or "
                "more is said to be one that could be chance."
            ),
            *((_STEP_NOTE,) if any(line.last and line.last.is_interim for line in due) else ()),
        ),
    )
    return noted(data, given.context.profile)


_STEP_NOTE: Final = (
    "Step: worked out by the last report on a straight line to a later target, where the council had set none for the "
    "day."
)


def _milestone(milestone: Milestone | None) -> str:
    if milestone is None:
        return "None set"
    return f"{milestone.amount.text}{' (step)' if milestone.is_interim else ''}"


def _difference(line: Line) -> str:
    if math.isnan(line.variance):
        return "c"
    if not line.now.denominator:
        return f"{line.variance:+,.0f}".replace("-", "−") if line.variance else "0"
    points = round(100 * line.variance)
    return f"{points:+d} points".replace("-", "−") if points else "0 points"


def _chance(line: Line) -> str:
    if line.standing is Standing.MET:
        return "-"
    if math.isnan(line.p_value):
        return "c"
    if line.p_value < 0.01:
        return "Under 1 in 100"
    return f"{100 * line.p_value:.0f} in 100"


def _reasons(given: ProgressContext, due: list[Line]) -> list[Block]:
    short = [line for line in due if line.standing in (Standing.NEAR, Standing.MISSED)]
    told = [Definition(given.label(line), line.reason) for line in short if line.reason]
    silent = [given.label(line) for line in short if not line.reason]
    blocks: list[Block] = []
    if told:
        blocks += [Heading("Reasons that the council gives"), Definitions(tuple(told))]
    if silent:
        text = (
            f"No reason is recorded for: {'; '.join(silent)}. Write it into the column reason of targets.csv: it is "
            "the council's to say, and is not worked out."
        )
        blocks.append(Callout("Reasons still to be given", text, "warning"))
    return blocks


def _next(given: ProgressContext) -> list[Block]:
    coming = [line for line in given.lines if line.next]
    blocks: list[Block] = []
    if coming:
        blocks.append(_next_table(given, coming))
    unset = [given.label(line) for line in given.lines if not line.next]
    if unset:
        text = f"No further target is set for: {'; '.join(unset)}. Add a row with a later date to targets.csv."
        blocks.append(Callout("Targets still to be set", text, "warning"))
    return blocks


def _next_table(given: ProgressContext, lines: list[Line]) -> Table:
    rows = tuple(
        (
            given.label(line),
            line.now.value,
            f"{_milestone(line.next)} by {words.long_date(line.next.due)}",
            f"{line.final.amount.text} by {words.long_date(line.final.due)}" if line.final else "None set",
            line.owner or "To be named",
            line.action or "To be set",
            line.status or "Not given",
        )
        for line in lines
        if line.next
    )
    data = Table(
        "targets-next",
        "The next targets, who is responsible, and what is being done",
        ("Indicator", "Now", "Next", "Last one set", "Owner", "Action", "Council's own view"),
        rows,
        ("text", "number", "text", "text", "text", "text", "text"),
        ("Step: on a straight line from today's figure to the council's target, rounded to a whole percentage.",),
    )
    return noted(data, given.context.profile)
