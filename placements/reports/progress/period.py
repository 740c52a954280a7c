"""What happened in the last six months? Children who came, left and crossed the boundary; places that opened."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.movement import NOT_IN_CARE
from placements.disclosure.control.tables import group
from placements.disclosure.half_year import RECENT, half_year_start, movement_population, then_population
from placements.reports import words
from placements.reports.content import Block, BulletList, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.progress.inputs import ProgressContext
from placements.reports.sections.parts import KIND_LABEL, SERVICE_LABEL
from placements.reports.tables import ALL, noted, numeric, rows_of

_PLACES: Final = (
    (codes.IN_COUNTY, "In the county"),
    (codes.OUT_OF_COUNTY, "Outside"),
    (codes.UNKNOWN, "Not known"),
    (NOT_IN_CARE, "Not looked after"),
)
_WHERE: Final = (codes.IN_COUNTY, codes.OUT_OF_COUNTY)


def section(given: ProgressContext) -> Section:
    """Return the section on the last six months."""
    context = given.context
    start = words.long_date(half_year_start(context.day))
    blocks: list[Block] = [
        Paragraph(
            f"From {start} to {context.day_text}, worked out from the records of placements. It says what happened, "
            "not why: no change is put down to an action."
        )
    ]
    blocks += _moves(context)
    blocks += _began(context)
    blocks += _opened(context)
    return Section("period", "What was achieved in the last six months", tuple(blocks))


def _moves(context: Context) -> list[Block]:
    moved, then = movement_population(context.day), then_population(context.day)
    if moved not in context.figures.linked.values:
        return [Paragraph("The records of care do not reach back six months, so children's moves cannot be told.")]
    before, now = (context.share_of_known(population, "location") for population in (then, codes.CARE))
    out = codes.OUT_OF_COUNTY

    def count(origin: str, to: str) -> str:
        return words.counted(context.count(moved, {"from": origin, "to": to}))

    points = (
        (
            f"Of children looked after whose place is known, the share outside the authority is "
            f"{words.change_of_share(before, now)}."
        ),
        f"Came back into the county: {count(out, codes.IN_COUNTY)}. Moved out of it: {count(codes.IN_COUNTY, out)}.",
        (
            f"Began to be looked after outside: {count(NOT_IN_CARE, out)}; in the county: "
            f"{count(NOT_IN_CARE, codes.IN_COUNTY)}."
        ),
        f"Left care from outside: {count(out, NOT_IN_CARE)}; from the county: {count(codes.IN_COUNTY, NOT_IN_CARE)}.",
    )
    return [
        Heading("Children looked after: who came, moved and left"),
        BulletList(points),
        _moves_table(context, moved),
    ]


def _moves_table(context: Context, moved: str) -> Table:
    lines: list[tuple[str, dict[str, str]]] = [(label, {"from": place}) for place, label in _PLACES] + [(ALL, {})]
    wheres: list[dict[str, str]] = [{"to": place} for place, _ in _PLACES] + [{}]
    rows = tuple((name, *(_cell(context, moved, line | where) for where in wheres)) for name, line in lines)
    start = words.long_date(half_year_start(context.day))
    data = Table(
        "period-moves",
        f"Children looked after on {start} or on {context.day_text}, by where they were",
        (f"On {start}", *(label for _, label in _PLACES), ALL),
        rows,
        numeric(6),
        (
            (
                f"Rows: where a child was on {start}; columns: on {context.day_text}. Children who came and left in "
                "between are not in it."
            ),
        ),
        1,
    )
    return noted(data, context.profile)


def _cell(context: Context, moved: str, where: dict[str, str]) -> str:
    if where == {"from": NOT_IN_CARE, "to": NOT_IN_CARE}:
        return "-"
    return context.figures.count(group(moved, where))


def _began(context: Context) -> list[Block]:
    rows = []
    for service in context.services:
        for name, began in (("Began in the last six months", RECENT), ("All", None)):
            where = {"began": began} if began else {}
            share = context.share(service, {**where, "location": codes.OUT_OF_COUNTY}, {**where, "location": _WHERE})
            rows.append(
                (SERVICE_LABEL[service], name, *share, context.count(service, {**where, "location": codes.UNKNOWN}))
            )
    if not rows:
        return []
    data = Table(
        "period-began",
        f"Placements on {context.day_text} outside the authority: those that began in the last six months, and all",
        ("Who", "Placements", "Outside", "Place known", "Share", "Not known"),
        tuple(rows),
        ("text", "text", "number", "number", "number", "number"),
        ("Placements that began and ended in the six months are not in it.",),
    )
    text = (
        "New placements are what plans can affect. A child's placement of today began in the last six months when the "
        "child came into care, or moved, or when a plan named another setting."
    )
    return [Heading("Where new placements were made"), Paragraph(text), noted(data, context.profile)]


def _opened(context: Context) -> list[Block]:
    provision, day = context.county.provision, pd.Timestamp(context.day)
    start = pd.Timestamp(half_year_start(context.day))
    local = provision[provision["location"].eq(codes.IN_COUNTY) & ~provision["provision"].eq("in_house_foster")]
    counts = {
        what: local[(local[column] > start) & (local[column] <= day)]
        .groupby("provision")
        .agg(providers=("provider_id", "size"), places=("registered_places", "sum"))
        for what, column in (("Opened", "opened_on"), ("Closed", "closed_on"))
    }
    rows = tuple(
        (KIND_LABEL.get(str(kind), str(kind)), what, f"{row['providers']:.0f}", f"{row['places']:,.0f}")
        for what, table in counts.items()
        for kind, row in rows_of(table)
    )
    heading = Heading("Places that opened and closed in the county")
    if not rows:
        return [heading, Paragraph("No home or school in the county is recorded as opened or closed in these months.")]
    data = Table(
        "period-opened",
        "Homes and schools in the county that opened or closed in the last six months",
        ("Kind", "What", "Providers", "Registered places"),
        rows,
        ("text", "text", "number", "number"),
        ("Source: Ofsted's list of providers, Get Information About Schools, and the council's own registers.",),
    )
    return [heading, data]
