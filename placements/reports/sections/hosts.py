"""Which authorities host our children? A part of the section on where children live and learn."""

from __future__ import annotations

from placements import codes
from placements.analysis.profile import hosts
from placements.disclosure.publication import NONE
from placements.disclosure.suppress import SMALLEST_FLOW, SUPPRESSED
from placements.reports import words
from placements.reports.charts import bars
from placements.reports.content import Block, Figure, Heading, Paragraph, Table
from placements.reports.context import SERVICE_NOUN, Context
from placements.reports.sections.parts import SERVICE_LABEL, SOURCE, figure, mark
from placements.reports.tables import noted, ordered

#: Host authorities that are named.
_MOST_HOSTS = 12
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
    return blocks


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
