"""What do placements cost, inside the authority and outside it?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from placements import codes
from placements.analysis.cost import cost
from placements.disclosure.publication import NO, YES
from placements.disclosure.suppress import SUPPRESSED, money_text, yearly_money_text
from placements.reports import words
from placements.reports.charts import paired_bars
from placements.reports.content import Block, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import SERVICE_NOUN, Context, Where
from placements.reports.sections.parts import PROVISION_LABEL, SERVICE_LABEL, figure, mark
from placements.reports.tables import noted, numeric, rows_of


def section(context: Context) -> Section:
    """Return the section on cost."""
    blocks: list[Block] = [
        Paragraph(
            "Costs are those recorded for each placement. Where none is recorded, the unit cost assumed in this "
            "study for that kind of placement stands in. A place outside the authority is not the same place as one "
            "inside: the children may differ in need, so a difference in mean cost is not what would be saved by "
            "moving a placement."
        )
    ]
    for service in context.services:
        blocks += _of_service(context, service)
    return Section("cost", "Cost", tuple(blocks))


def _of_service(context: Context, service: str) -> list[Block]:
    stock = context.stock(service)
    table = cost(stock, ["provision", "location"])
    table = table[table["costed"] > 0]
    if table.empty:
        return [
            Heading(SERVICE_LABEL[service]),
            Paragraph(f"No cost is recorded or assumed for {SERVICE_NOUN[service]}, so none is shown."),
        ]
    total = cost(stock.assign(all="all"), ["all"]).iloc[0]
    outside = cost(stock, ["location"])
    money = _sum(context, service, {}, float(total["yearly_cost_gbp"]), float(total["costed"]))
    away = dict(rows_of(outside)).get(codes.OUT_OF_COUNTY)
    text = f"The placements of {SERVICE_NOUN[service]} on {context.day_text} cost "
    text += f"{_said(money)} a year at the rates of that day"
    if away is not None:
        where = {"location": codes.OUT_OF_COUNTY}
        part = _said(_sum(context, service, where, float(away["yearly_cost_gbp"]), float(away["costed"])))
        text += f", of which {part} outside the authority"
    text += f". A cost is known or assumed for {words.of(context.share(service, {'costed': YES})).rstrip(',')}."
    order = [kind for kind in PROVISION_LABEL[service] if kind in table.index.get_level_values(0)]
    return [
        Heading(SERVICE_LABEL[service]),
        Paragraph(text),
        _chart(context, service, table.reindex(order, level=0)),
    ]


def _said(money: str) -> str:
    return words.pounds(float(money[1:].replace(",", ""))) if money.startswith("£") else "a sum that is not shown"


def _sum(context: Context, service: str, where: Where, yearly_gbp: float, costed: float) -> str:
    """Return a sum of money as may be shown: not at all where the number of children it is of may not."""
    if context.count(service, {**where, "costed": YES}) == SUPPRESSED:
        return SUPPRESSED
    return money_text(yearly_gbp, costed, context.profile)


@dataclass(frozen=True)
class _Line:
    """A kind of placement in one location, as it may be shown."""

    kind: str
    place: str
    children: str
    not_costed: str
    mean: str
    yearly: str


def _lines(context: Context, service: str, table: pd.DataFrame) -> list[_Line]:
    found = []
    for (kind, place), row in rows_of(table):
        where = {"provision": str(kind), "location": str(place)}
        mean, costed = float(row["mean_weekly_cost_gbp"]), float(row["costed"])
        secret = context.count(service, {**where, "costed": YES}) == SUPPRESSED
        found.append(
            _Line(
                str(kind),
                str(place),
                context.count(service, where),
                context.count(service, {**where, "costed": NO}),
                SUPPRESSED if secret else money_text(mean, costed, context.profile),
                SUPPRESSED if secret else yearly_money_text(mean, costed, context.profile),
            )
        )
    return found


def _table(context: Context, service: str, lines: Sequence[_Line]) -> Table:
    rows = tuple(
        (
            PROVISION_LABEL[service].get(line.kind, line.kind),
            codes.LOCATION[line.place],
            line.children,
            line.not_costed,
            line.mean,
            line.yearly,
        )
        for line in lines
    )
    key = "care" if service == codes.CARE else "plans"
    return noted(
        Table(
            f"{key}-cost",
            f"{SERVICE_LABEL[service]}: cost by placement and location, {context.day_text}",
            ("Placement", "Location", "Children", "No cost known", "Mean a week", "All, a year"),
            rows,
            ("text", "text", *numeric(5)[1:]),
            (
                (
                    "Means and sums are of children whose cost is known or assumed, and need at least 10 of them; "
                    "they are to three significant figures. Kinds of placement with no cost at all are left out."
                ),
            ),
        ),
        context.profile,
    )


def _chart(context: Context, service: str, table: pd.DataFrame) -> Figure | Table:
    lines = _lines(context, service, table)
    data = _table(context, service, lines)
    means: dict[str, list[float]] = {}
    for line in lines:
        if line.place in (codes.IN_COUNTY, codes.OUT_OF_COUNTY):
            pair = means.setdefault(line.kind, [math.nan, math.nan])
            pair[int(line.place == codes.OUT_OF_COUNTY)] = words.value_of(line.mean.removeprefix("£"))
    kept = {kind: pair for kind, pair in means.items() if not all(map(math.isnan, pair))}
    if not kept:
        return data
    both = {kind: pair[1] / pair[0] for kind, pair in kept.items() if not any(map(math.isnan, pair)) and pair[0]}
    labels = [PROVISION_LABEL[service].get(kind, kind) for kind in kept]
    heading = f"{SERVICE_LABEL[service]}: mean cost a week, inside and outside the authority"
    if both:
        dearest = max(kept, key=lambda kind: max(value for value in kept[kind] if not math.isnan(value)))
        heading = f"{PROVISION_LABEL[service].get(dearest, dearest)} has the highest mean cost a week"
    drawn = paired_bars(
        heading,
        labels,
        [(pair[0], pair[1]) for pair in kept.values()],
        ("Inside the authority, a week", "Outside the authority, a week"),
        prefix="£",
        mark=mark(context),
    )
    said = "; ".join(
        f"{label}: inside {_pounds(pair[0])}, outside {_pounds(pair[1])}"
        for label, pair in zip(labels, kept.values(), strict=True)
    )
    alt = f"Bar chart of mean weekly cost by placement, inside and outside the authority. {said}."
    return figure(context, drawn=drawn, alt=alt, source="Source: recorded and assumed costs", data=data)


def _pounds(value: float) -> str:
    return "not shown" if math.isnan(value) else f"£{value:,.0f}"
