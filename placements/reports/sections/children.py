"""Who are the children we look after? Their number over five years, age, need, legal status and placement."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from placements import codes
from placements.disclosure.publication import CARE, YES, ceased_population, started_population, year_population
from placements.reports import words
from placements.reports.charts_time import Line, trend
from placements.reports.content import Block, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.parts import NEED_LABEL, SOURCE, age_order, charted_share, figure, mark
from placements.reports.tables import noted, numeric, profile_table


def section(context: Context) -> Section:
    """Return the section on children looked after."""
    if context.care.empty:
        return Section("children", "Our children", (Paragraph("The data hold no children looked after."),))
    blocks: list[Block] = [
        Paragraph(
            f"On {context.day_text} {context.authority} looked after {words.counted(context.count(CARE))}. Of these, "
            f"{words.of(context.share(CARE, {'uasc': YES}))} were unaccompanied asylum-seeking children. Children who "
            "only have a planned series of short breaks are not counted."
        ),
        *_trend_blocks(context),
        Heading("Age"),
        _profile(context, "age_band", "age", "age", "Age", age_order(codes.CARE), {}),
        Heading("Why they came into care"),
        Paragraph(
            "The category of need says why a child first needed help. It does not describe what the child needs now, "
            "so places are matched on disability and unaccompanied status only."
        ),
        _profile(context, "need", "need", "category of need", "Category of need", (), NEED_LABEL[codes.CARE]),
        Heading("Legal status"),
        _profile(context, "legal_status", "legal", "legal status", "Legal status", (), codes.LEGAL_STATUS),
        Heading("Where they are placed"),
        _profile(
            context, "provision", "placement", "kind of placement", "Placement", tuple(codes.CARE_PROVISION),
            codes.CARE_PROVISION,
        ),
    ]  # fmt: skip
    names = ("looked_after", "uasc", "in_house_foster_share")
    figures = tuple(context.traced(context.headline[name]) for name in names if name in context.headline)
    return Section("children", "Our children", tuple(blocks), figures)


def _profile(
    context: Context,
    column: str,
    key: str,
    what: str,
    first: str,
    order: tuple[str, ...],
    labels: Mapping[str, str],
) -> Table:
    return profile_table(
        f"children-by-{key}",
        f"Children looked after by {what}, {context.day_text}",
        context.figures,
        CARE,
        column,
        order=order,
        labels=labels,
        first=first,
        notes=[f"Source: {SOURCE[codes.CARE]}."],
    )


@dataclass(frozen=True)
class _YearEnd:
    """A year end as it may be shown."""

    day: dt.date
    looked_after: str
    uasc: str
    started: str
    ceased: str
    outside: words.Share
    far: words.Share


def _year_ends(context: Context) -> list[_YearEnd]:
    """Return the year ends, earliest first; who came and left in the year before the first is not known."""
    days = list(context.trend.index)
    found = []
    for place, day in enumerate(days):
        population = CARE if day == context.day else year_population(day)
        moved = (context.count(started_population(day)), context.count(ceased_population(day))) if place else ("x", "x")
        found.append(
            _YearEnd(
                day,
                context.count(population),
                context.count(population, {"uasc": YES}),
                *moved,
                context.share_of_known(population, "location"),
                context.share_of_known(population, "distance"),
            )
        )
    return found


def _trend_blocks(context: Context) -> list[Block]:
    ends = _year_ends(context)
    if len(ends) < 2:
        return [Paragraph("The data reach back over one year end only, so there is no trend to show.")]
    first, last = ends[0], ends[-1]
    text = (
        f"Since {words.long_date(first.day)} the number of children looked after is "
        f"{words.change_of_count(first.looked_after, last.looked_after)}. The share placed outside the authority is "
        f"{words.change_of_share(first.outside, last.outside)}."
    )
    return [Paragraph(text), _count_trend(context, ends), _share_trend(context, ends)]


def _count_trend(context: Context, ends: Sequence[_YearEnd]) -> Figure:
    rows = tuple((words.long_date(end.day), end.looked_after, end.uasc, end.started, end.ceased) for end in ends)
    notes = (
        "Started and ceased: in the year to that day. x: earlier returns are not held.",
        f"Source: {SOURCE[codes.CARE]}, all years held.",
    )
    data = noted(
        Table(
            "trend-looked-after",
            f"Children looked after at each year end to {context.day_text}",
            ("On", "Looked after", "Of whom unaccompanied", "Started", "Ceased"),
            rows,
            numeric(5),
            notes,
        ),
        context.profile,
    )
    lines = [
        Line("All", tuple(words.value_of(end.looked_after) for end in ends)),
        Line("Unaccompanied", tuple(words.value_of(end.uasc) for end in ends)),
    ]
    change = words.change_of_count(ends[0].looked_after, ends[-1].looked_after)
    heading = f"Children looked after: {change}"
    alt = "Line chart of children looked after at year ends. " + " ".join(
        f"{row[0]}: {_spoken(row[1])}, of whom {_spoken(row[2])} unaccompanied." for row in rows
    )
    drawn = trend(heading, [str(end.day.year) for end in ends], lines, mark=mark(context))
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[codes.CARE]}", data=data)


def _share_trend(context: Context, ends: Sequence[_YearEnd]) -> Figure:
    rows = tuple((words.long_date(end.day), *end.outside, *end.far) for end in ends)
    columns = ("On", "Outside", "Location known", "Share", "Over 20 miles", "Distance known", "Share over 20 miles")
    data = noted(
        Table(
            "trend-outside",
            "Children looked after placed outside the authority, and over 20 miles from home, "
            f"{ends[0].day.year} to {context.day.year}",
            columns,
            rows,
            numeric(7),
            ("Each share leaves out children whose location or distance is not known.",),
        ),
        context.profile,
    )
    lines = [
        Line("Outside the authority", tuple(charted_share(end.outside)[0] for end in ends)),
        Line("Over 20 miles from home", tuple(charted_share(end.far)[0] for end in ends)),
    ]
    heading = (
        f"{ends[-1].outside.percent} of children looked after were outside the authority in {context.day.year}"
        if math.isfinite(lines[0].values[-1])
        else "Children looked after outside the authority and far from home"
    )
    alt = "Line chart of two shares of children looked after. " + " ".join(
        f"{words.long_date(end.day)}: outside the authority {words.of(end.outside)}, over 20 miles from home "
        f"{words.of(end.far)}."
        for end in ends
    )
    drawn = trend(heading, [str(end.day.year) for end in ends], lines, percent=True, mark=mark(context))
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[codes.CARE]}", data=data)


def _spoken(cell: str) -> str:
    return {"c": words.NOT_SHOWN, "x": "not known"}.get(cell, cell)
