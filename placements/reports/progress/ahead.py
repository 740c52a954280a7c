"""Which targets are at risk, and what is planned for the next six months?"""

from __future__ import annotations

from typing import Final

from placements.disclosure.suppress import INTERNAL, signed_text
from placements.reports import words
from placements.reports.charts import dots
from placements.reports.content import Block, BulletList, Callout, Figure, Heading, Paragraph, Section, Table
from placements.reports.progress.inputs import ProgressContext
from placements.reports.sections.parts import figure, mark
from placements.reports.sections.plan import steps_table
from placements.reports.tables import noted
from placements.targets.ahead import Warned
from placements.targets.progress import Line

#: From which share of the runs a miss is called likely, and from which it hangs in the balance.
LIKELY: Final = 2 / 3
EVEN: Final = 1 / 3


def section(given: ProgressContext) -> Section:
    """Return the section on the months to come."""
    blocks: list[Block] = []
    told = [line for line in given.lines if line.indicator in given.warnings]
    if told:
        blocks += [Heading("Early warnings"), *_warnings(given, told)]
    silent = [given.label(line) for line in given.lines if line.next and line.indicator not in given.warnings]
    if silent:
        text = (
            f"The forecast does not tell of: {'; '.join(silent)}. It knows how many children come, stay and leave, and "
            "not how free places or settings of EHC plans will be used."
        )
        blocks.append(Paragraph(text))
    blocks += [Heading("What is planned"), *_planned(given)]
    return Section("ahead", "The next six months", tuple(blocks))


def warning_words(missed: float) -> str:
    """Return how likely a miss is, as a word with its shape."""
    if missed >= LIKELY:
        return "■ Likely to be missed"
    return "▲ In the balance" if missed >= EVEN else "● On course"


def chance_words(share: float) -> str:
    """Return a share of the runs in tenths: ``"About 7 in 10"``; ends are not rounded to certainty."""
    tenths = round(10 * share)
    if tenths == 0:
        return "Fewer than 1 in 10"
    return "More than 9 in 10" if tenths == 10 else f"About {tenths} in 10"


def _warnings(given: ProgressContext, lines: list[Line]) -> list[Block]:
    likely = [given.label(line) for line in lines if given.warnings[line.indicator].missed >= LIKELY]
    text = (
        "If children go on coming, moving and leaving as they have, the forecast says how often each next target would "
        "be missed. It knows nothing of what the council is about to do: that is what the actions are for."
    )
    blocks: list[Block] = [Paragraph(text)]
    if likely:
        blocks.append(Callout("Likely to be missed unless something changes", f"{'; '.join(likely)}.", "warning"))
    return [*blocks, _chart(given, lines)]


def _chart(given: ProgressContext, lines: list[Line]) -> Figure | Table:
    data = _table(given, lines)
    shares = [line for line in lines if line.now.denominator]
    if not shares:
        return data
    found = [given.warnings[line.indicator] for line in shares]
    texts = [f"target {one.milestone.amount.text}" for one in found]
    likely = sum(one.missed >= LIKELY for one in found)
    drawn = dots(
        f"{likely} of {len(found)} shares are likely to miss their next target if today's pattern goes on",
        [given.label(line) for line in shares],
        [(round(one.middle, 2), round(one.low, 2), round(one.high, 2)) for one in found],
        texts,
        percent=True,
        axis="Line: 8 in 10 runs; cross: the target",
        targets=[one.milestone.amount.value for one in found],
        mark=mark(given.context),
    )
    said = "; ".join(
        f"{row[0]}: forecast {row[2]}, target {row[1]}, missed in {row[3].lower()} runs" for row in data.rows
    )
    alt = f"Dot chart of forecast shares with their ranges, and a cross at each target. {said}."
    return figure(
        given.context, drawn=drawn, alt=alt, source="Source: forecast from the returns; see the method", data=data
    )


def _table(given: ProgressContext, lines: list[Line]) -> Table:
    rows = tuple(_row(given, line, given.warnings[line.indicator]) for line in lines)
    data = Table(
        "targets-ahead",
        "How likely each next target is to be missed, if today's pattern goes on",
        ("Indicator", "Next target", "8 in 10 runs", "Runs that miss it", "Warning"),
        rows,
        ("text", "text", "text", "text", "status"),
        (
            (
                "8 in 10 runs: what the figure lies between in the simulated futures when the target is due. Likely: "
                "missed in two thirds of the runs or more; in the balance: in a third or more."
            ),
        ),
    )
    return noted(data, given.context.profile)


def _row(given: ProgressContext, line: Line, found: Warned) -> tuple[str, ...]:
    p = given.context.profile
    if line.now.denominator:
        low, high = (f"{100 * value:.{1 if p == INTERNAL else 0}f}%" for value in (found.low, found.high))
    else:
        low, high = (signed_text(value, p) for value in (found.low, found.high))
    milestone = found.milestone
    return (
        given.label(line),
        f"{milestone.amount.text} by {words.long_date(milestone.due)}",
        f"{low} to {high}",
        chance_words(found.missed),
        warning_words(found.missed),
    )


def _planned(given: ProgressContext) -> list[Block]:
    actions = tuple(
        f"{line.action} ({line.owner or 'owner to be named'}; for: {words.lower_first(given.label(line))}; due "
        f"{words.long_date(line.next.due)})"
        for line in given.lines
        if line.action and line.next
    )
    blocks: list[Block] = [BulletList(actions)] if actions else [Paragraph("No actions are recorded in targets.csv.")]
    if given.planned:
        blocks += [
            Paragraph(
                f"Steps of {given.planned_from} that are decided in the first year. Settled children are not moved: "
                "steps act on placements that start or change."
            ),
            steps_table(given.context, given.planned),
        ]
    return blocks
