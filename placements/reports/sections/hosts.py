"""Which authorities host our children? A part of the section on where children live and learn."""

from __future__ import annotations

from collections.abc import Sequence

from placements import codes
from placements.analysis.profile import hosts
from placements.disclosure.publication import NONE
from placements.disclosure.suppress import SMALLEST_FLOW, SUPPRESSED
from placements.reports import words
from placements.reports.charts import bars
from placements.reports.charts_flow import flows
from placements.reports.content import Block, Figure, Heading, Paragraph, Table
from placements.reports.context import SERVICE_NOUN, Context
from placements.reports.sections.parts import SERVICE_LABEL, SOURCE, figure, mark
from placements.reports.tables import noted, ordered

#: Host authorities that are named.
_MOST_HOSTS = 12
#: Flows drawn: more are a tangle; fewer are a table.
_MOST_FLOWS, _FEWEST_FLOWS = 24, 3
#: Where a child is not outside, or outside nobody knows where.
_NO_HOSTS = (NONE, codes.UNKNOWN)


def host_blocks(context: Context) -> list[Block]:
    """Return the host authorities of each service."""
    blocks: list[Block] = [Heading("Authorities that host our children")]
    for service in context.services:
        shown = {code: context.count(service, {"host": code}) for code in ordered(context.figures, service, "host")}
        named = [code for code, text in shown.items() if text not in (SUPPRESSED, "0") and code not in _NO_HOSTS]
        if not named:
            blocks.append(
                Paragraph(f"No authority is shown to host {SERVICE_NOUN[service]}: the numbers at each are small.")
            )
            continue
        blocks.append(_host_chart(context, service, {code: shown[code] for code in named[:_MOST_HOSTS]}))
        drawn = _flow_chart(context, service, named)
        blocks += [drawn] if drawn is not None else []
    return blocks


def _flow_chart(context: Context, service: str, named: Sequence[str]) -> Figure | None:
    """Return from which home area children go to which host; None where hardly a number may be shown."""
    texts = {
        (area, host): context.count(service, {"home_area": area, "host": host})
        for area in ordered(context.figures, service, "home_area", tuple(context.area_names))
        for host in named
    }
    told = {pair: text for pair, text in texts.items() if text not in (SUPPRESSED, "0")}
    if len(told) < _FEWEST_FLOWS:
        return None
    largest = sorted(told, key=lambda pair: (-words.value_of(told[pair]), pair))[:_MOST_FLOWS]
    pairs = [pair for pair in told if pair in largest]
    rows = tuple(
        (context.area_names.get(area, area), context.host_name(host), told[area, host]) for area, host in pairs
    )
    key = "care" if service == codes.CARE else "plans"
    data = noted(
        Table(
            f"{key}-flows",
            f"{SERVICE_LABEL[service]} outside the authority: from home area to host, {context.day_text}",
            ("Home area", "Host authority", "Children"),
            rows,
            ("text", "text", "number"),
            (
                (
                    f"The {len(rows)} largest of the flows that may be shown. Those of 1 to {SMALLEST_FLOW - 1} "
                    "children, and those that would give such a one away, are in neither the chart nor the table."
                ),
            ),
        ),
        context.profile,
    )
    numbers = sorted((words.value_of(row[2]) for row in rows), reverse=True)
    most = next(row for row in rows if words.value_of(row[2]) == numbers[0])
    heading = (
        f"The largest flow that may be shown is from {most[0]} to {most[1]}: {most[2]}"
        if numbers[0] > numbers[1]
        else f"Where {SERVICE_NOUN[service]} go from each home area: flows that may be shown"
    )
    drawn = flows(
        heading,
        [(area, host, words.value_of(text)) for area, host, text in rows],
        ends=("Home area", "Host authority"),
        mark=mark(context),
    )
    said = "; ".join(f"{area} to {host}, {text}" for area, host, text in rows)
    alt = f"Flow chart of {SERVICE_NOUN[service]} from home area to host authority. {said}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)


def _host_chart(context: Context, service: str, shown: dict[str, str]) -> Figure:
    names, texts = [context.host_name(code) for code in shown], list(shown.values())
    adjoining = hosts(context.stock(service))["adjoining"]
    near = [bool(adjoining[code]) for code in shown]
    rows = tuple((name, text, "Yes" if flag else "No") for name, text, flag in zip(names, texts, near, strict=True))
    everyone = words.counted(context.count(service, {"location": codes.OUT_OF_COUNTY}))
    data = noted(
        Table(
            f"{'care' if service == codes.CARE else 'plans'}-hosts",
            f"{SERVICE_LABEL[service]} outside the authority: where they are, {context.day_text}",
            ("Host authority", "Children", "Adjoining"),
            rows,
            ("text", "number", "text"),
            (
                (
                    f"At most {_MOST_HOSTS} authorities are named, and none whose number is not shown (under "
                    f"{SMALLEST_FLOW}, or one that would give such a number away). In all, {everyone} are outside the "
                    "authority."
                ),
            ),
        ),
        context.profile,
    )
    values = [words.value_of(text) for text in texts]
    alone = len(values) > 1 and values[0] > values[1]
    heading = (
        f"Of the authorities named, {names[0]} hosts the most {SERVICE_NOUN[service]}: {texts[0]}"
        if alone
        else f"Authorities that host {SERVICE_NOUN[service]}"
    )
    drawn = bars(
        heading,
        names,
        values,
        texts,
        marked=[not flag for flag in near],
        legend=("Adjoins", "Does not adjoin"),
        mark=mark(context),
    )
    said = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    alt = f"Bar chart of host authorities of {SERVICE_NOUN[service]} placed outside. {said}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)
