"""What do providers need to know? Need, kind by kind and area by area, and nothing that is confidential.

No price, no budget, no name of a home, and nothing of plans that have not been decided: what a provider could use
against the council, or a reader against a child, is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from placements import codes
from placements.analysis.gap import WANTED, WANTED_LABEL
from placements.disclosure.suppress import SUPPRESSED
from placements.forecasting import Forecast
from placements.reports import words
from placements.reports.briefings.parts import framed
from placements.reports.content import Block, BulletList, Document, Heading, Paragraph, Section
from placements.reports.context import Context
from placements.reports.sections.forecast import by_kind_table
from placements.reports.sections.gap import ShownGap, gap_by_kind, kind_chart, service_blocks
from placements.reports.sections.parts import SERVICE_LABEL, WANTED_NOUN


def document(context: Context) -> Document:
    """Return the market position statement."""
    shown = gap_by_kind(context)
    need: list[Block] = [
        Paragraph(
            f"{context.authority} looks for places in the county, so that children can live and learn near home. This "
            "is what the council's own records say is needed: children placed in the county and those avoidably "
            "outside it, against the places that our children hold or can expect."
        )
    ]
    if shown:
        need.append(BulletList(tuple(_sentence(kind, row) for kind, row in shown.items())))
        growing = _growing(context, shown)
        if growing:
            need.append(
                Paragraph(f"If recent patterns go on, need will outgrow today's places of these kinds too: {growing}.")
            )
        need.append(kind_chart(context))
    sections = [Section("need", "What we need", tuple(need))]
    ahead = _ahead(context)
    if ahead:
        sections.append(Section("ahead", "How need may change", ahead))
    for service in context.services:
        key = "care" if service == codes.CARE else "learning"
        sections.append(
            Section(
                f"where-{key}",
                f"By need, age and area: {SERVICE_LABEL[service].lower()}",
                tuple(service_blocks(context, service)),
            )
        )
    return framed(
        context, "Market position statement", "What places children need, where, and how many", tuple(sections)
    )


def _sentence(kind: str, row: ShownGap) -> str:
    name = WANTED_NOUN.get(kind, WANTED_LABEL.get(kind, kind))
    name = name[:1].upper() + name[1:]
    if row.gap == SUPPRESSED:
        return f"{name}: not stated, to protect small numbers. Please talk to us."
    if words.value_of(row.gap) > 0:
        return f"{name}: we look for about {row.gap} more places."
    if row.gap == "0":
        return f"{name}: need and places are about in balance."
    return f"{name}: we hold or can expect about {row.gap[1:]} more than are needed today."


def _growing(context: Context, shown: Mapping[str, ShownGap]) -> str:
    """Return the kinds with places to spare today that the forecast says need will outgrow."""
    future = context.future.forecast
    if future is None:
        return ""
    ahead = future.summary(["service", "provision"], "total")
    last = ahead.xs(future.months[-1], level="month")["median"].groupby(lambda key: WANTED.get(key[1], key[1])).sum()
    today: dict[str, float] = {}
    for service, kind in _kinds(future):
        count = words.value_of(context.count(service, {"provision": kind}))
        today[WANTED.get(kind, kind)] = today.get(WANTED.get(kind, kind), 0.0) + (0.0 if math.isnan(count) else count)
    kinds = [
        WANTED_NOUN.get(kind, kind)
        for kind, row in shown.items()
        if row.gap != SUPPRESSED
        and words.value_of(row.gap) <= 0
        and kind in today
        and float(last.get(kind, 0.0)) - today[kind] > -words.value_of(row.gap)
    ]
    return words.joined(kinds)


def _kinds(future: Forecast) -> list[tuple[str, str]]:
    pairs = future.groups[["service", "provision"]].drop_duplicates()
    return [(str(service), str(kind)) for service, kind in pairs.itertuples(index=False, name=None)]


def _ahead(context: Context) -> tuple[Block, ...]:
    future = context.future.forecast
    if future is None:
        return ()
    blocks: list[Block] = [
        Paragraph(
            f"If recent patterns go on, this many children will need each kind of place in "
            f"{words.plain_count(future.years, 'year', 'years')}. The range is what 8 in 10 simulated futures lie in: "
            "a forecast, not a promise to buy."
        )
    ]
    for service in context.services:
        if future.groups["service"].eq(service).any():
            blocks += [Heading(SERVICE_LABEL[service]), by_kind_table(context, future, service)]
    return tuple(blocks)
