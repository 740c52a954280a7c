"""Who are the children we look after? Their number over five years, age, need, legal status and placement."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from placements import codes
from placements.analysis.profile import profile
from placements.disclosure.suppress import count_text, is_small, share_text
from placements.reports import words
from placements.reports.charts_time import Line, trend
from placements.reports.content import Block, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.parts import (
    NEED_LABEL,
    SOURCE,
    age_order,
    figure,
    mark,
    shown_count,
    shown_share,
)
from placements.reports.tables import noted, numeric, profile_table, rows_of


def section(context: Context) -> Section:
    """Return the section on children looked after."""
    care, profile_name = context.care, context.profile
    if care.empty:
        return Section("children", "Our children", (Paragraph("The data hold no children looked after."),))
    uasc = int(care["uasc"].sum())
    blocks: list[Block] = [
        Paragraph(
            f"On {context.day_text} {context.authority} looked after {words.counted(len(care), profile_name)}. Of "
            f"these, {words.of(uasc, len(care), profile_name)} were unaccompanied asylum-seeking children. Children "
            "who only have a planned series of short breaks are not counted."
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
    counts = profile(context.care, column, order)
    return profile_table(
        f"children-by-{key}",
        f"Children looked after by {what}, {context.day_text}",
        counts[counts > 0],
        labels=labels,
        profile=context.profile,
        first=first,
        notes=[f"Source: {SOURCE[codes.CARE]}."],
    )


def _trend_blocks(context: Context) -> list[Block]:
    table = context.trend
    if len(table) < 2:
        return [Paragraph("The data reach back over one year end only, so there is no trend to show.")]
    first, last, p = table.iloc[0], table.iloc[-1], context.profile
    year = table.index[0].year
    text = (
        f"Since {words.long_date(table.index[0])} the number of children looked after is "
        f"{words.change_of_count(float(first['looked_after']), float(last['looked_after']), p)}. The share placed "
        "outside the authority is "
        + words.change_of_share(
            float(first["out_of_county"]),
            float(first["location_known"]),
            float(last["out_of_county"]),
            float(last["location_known"]),
            p,
        )
        + "."
    )
    counts, shares = _count_trend(context, table), _share_trend(context, table, year)
    return [Paragraph(text), counts, shares]


def _count_trend(context: Context, table: pd.DataFrame) -> Figure:
    p = context.profile
    rows = tuple(
        (
            words.long_date(on),
            count_text(float(row["looked_after"]), p),
            count_text(float(row["uasc"]), p),
            count_text(float(row["started"]), p),
            count_text(float(row["ceased"]), p),
        )
        for on, row in rows_of(table)
    )
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
        p,
    )
    lines = [
        Line("All", tuple(shown_count(float(value), p) for value in table["looked_after"])),
        Line("Unaccompanied", tuple(shown_count(float(value), p) for value in table["uasc"])),
    ]
    change = words.change_of_count(float(table["looked_after"].iloc[0]), float(table["looked_after"].iloc[-1]), p)
    heading = f"Children looked after: {change}"
    alt = "Line chart of children looked after at year ends. " + " ".join(
        f"{row[0]}: {_spoken(row[1])}, of whom {_spoken(row[2])} unaccompanied." for row in rows
    )
    drawn = trend(heading, [str(on.year) for on in table.index], lines, mark=mark(context))
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[codes.CARE]}", data=data)


def _share_trend(context: Context, table: pd.DataFrame, year: int) -> Figure:
    p = context.profile
    kinds = (
        ("Outside the authority", "out_of_county", "location_known"),
        ("Over 20 miles from home", "over_20_miles", "distance_known"),
    )
    rows = tuple(
        (
            words.long_date(on),
            *(cell for _, part, whole in kinds for cell in _share_cells(float(row[part]), float(row[whole]), p)),
        )
        for on, row in rows_of(table)
    )
    columns = ("On", "Outside", "Location known", "Share", "Over 20 miles", "Distance known", "Share over 20 miles")
    data = noted(
        Table(
            "trend-outside",
            f"Children looked after placed outside the authority, and over 20 miles from home, {year} to "
            f"{context.day.year}",
            columns,
            rows,
            numeric(7),
            ("Each share leaves out children whose location or distance is not known.",),
        ),
        p,
    )
    lines = [
        Line(
            label,
            tuple(shown_share(float(row[part]), float(row[whole]), p)[0] for _, row in rows_of(table)),
        )
        for label, part, whole in kinds
    ]
    last = table.iloc[-1]
    share = share_text(float(last["out_of_county"]), float(last["location_known"]), p)
    heading = (
        f"{share} of children looked after were outside the authority in {context.day.year}"
        if math.isfinite(lines[0].values[-1])
        else "Children looked after outside the authority and far from home"
    )
    alt = "Line chart of two shares of children looked after. " + " ".join(
        f"{words.long_date(on)}: outside the authority "
        f"{words.of(float(r['out_of_county']), float(r['location_known']), p)}, over 20 miles from home "
        f"{words.of(float(r['over_20_miles']), float(r['distance_known']), p)}."
        for on, r in rows_of(table)
    )
    drawn = trend(heading, [str(on.year) for on in table.index], lines, percent=True, mark=mark(context))
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[codes.CARE]}", data=data)


def _share_cells(part: float, whole: float, profile_name: str) -> tuple[str, str, str]:
    share = share_text(part, whole, profile_name)
    secret = share == "c" and not is_small(part)
    return ("c" if secret else count_text(part, profile_name), count_text(whole, profile_name), share)


def _spoken(cell: str) -> str:
    return {"c": words.FEWER, "x": "not known"}.get(cell, cell)
