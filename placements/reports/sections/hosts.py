"""Which authorities host our children? A part of the section on where children live and learn."""

from __future__ import annotations

import pandas as pd

from placements import codes
from placements.analysis.profile import hosts
from placements.disclosure.suppress import SMALLEST_FLOW, safe_flows
from placements.reports import words
from placements.reports.charts import bars
from placements.reports.content import Block, Figure, Heading, Paragraph, Table
from placements.reports.context import SERVICE_NOUN, Context
from placements.reports.sections.parts import SERVICE_LABEL, SOURCE, figure, mark, shown_count
from placements.reports.tables import noted

#: Host authorities that are named.
_MOST_HOSTS = 12


def host_blocks(context: Context) -> list[Block]:
    """Return the host authorities of each service."""
    blocks: list[Block] = [Heading("Authorities that host our children")]
    for service in context.services:
        table = hosts(context.stock(service))
        shown = safe_flows(table, context.profile)
        shown = shown[shown.index != codes.UNKNOWN].head(_MOST_HOSTS)
        if shown.empty:
            blocks.append(
                Paragraph(f"No one authority hosts {SMALLEST_FLOW} or more {SERVICE_NOUN[service]} placed outside.")
            )
            continue
        blocks.append(_host_chart(context, service, table, shown))
    return blocks


def _host_chart(context: Context, service: str, table: pd.DataFrame, shown: pd.DataFrame) -> Figure:
    p = context.profile
    names = [context.host_name(str(code)) for code in shown.index]
    texts = [f"{int(value):,}" for value in shown["count"]]
    rest = float(table["count"].sum()) - float(table.loc[shown.index, "count"].sum())
    near = [bool(value) for value in shown["adjoining"]]
    rows = tuple((name, text, "Yes" if flag else "No") for name, text, flag in zip(names, texts, near, strict=True))
    data = noted(
        Table(
            f"{'care' if service == codes.CARE else 'plans'}-hosts",
            f"{SERVICE_LABEL[service]} outside the authority: where they are, {context.day_text}",
            ("Host authority", "Children", "Adjoining"),
            rows,
            ("text", "number", "text"),
            (
                (
                    f"Only authorities that host {SMALLEST_FLOW} or more are named, at most {_MOST_HOSTS}. "
                    f"{words.sentence(words.counted(rest, p) + ' outside the authority are elsewhere')}"
                ),
            ),
        ),
        p,
    )
    heading = f"{names[0]} hosts the most {SERVICE_NOUN[service]} placed outside: {texts[0]}"
    drawn = bars(
        heading,
        names,
        [shown_count(float(value), p) for value in shown["count"]],
        texts,
        marked=[not flag for flag in near],
        legend=("Adjoins", "Does not adjoin"),
        mark=mark(context),
    )
    said = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    alt = f"Bar chart of host authorities of {SERVICE_NOUN[service]} placed outside. {said}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)
