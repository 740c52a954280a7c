"""Where do local places fall short of need? By kind of place, need, age and area."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from placements import codes
from placements.analysis.gap import WANTED_LABEL
from placements.disclosure.grid import TOTAL, protect_grid
from placements.disclosure.suppress import SUPPRESSED
from placements.reports import words
from placements.reports.charts import paired_bars
from placements.reports.content import Block, BulletList, Figure, Heading, Paragraph, Section, Table, TracedFigure
from placements.reports.context import Context
from placements.reports.sections.parts import SERVICE_LABEL, WANTED_NOUN, age_order, figure, mark, shown_count
from placements.reports.tables import ALL, cell, label_of, noted, numeric, rows_of

_NOUN_OF = {WANTED_LABEL[kind]: noun for kind, noun in WANTED_NOUN.items()}


def section(context: Context) -> Section:
    """Return the section on the gap between need and local places."""
    by_kind = _ordered(context.sufficiency("provision"), tuple(WANTED_LABEL))
    title = "The gap: need and local places"
    if by_kind.empty:
        return Section("gap", title, (Paragraph("The data hold no placements that local places can be made for."),))
    shown = shown_gap(by_kind, context.profile, total=False)
    blocks: list[Block] = [
        Paragraph(
            "Local need is the number of children placed in the county and those avoidably outside it. It is set "
            "against the places in the county that our children hold or can expect. A gap above zero means too few "
            "places. A place that takes several needs or ages is shared out over them in proportion to need."
        ),
        BulletList(tuple(_sentence(str(kind), row) for kind, row in rows_of(shown))),
        Heading("By kind of place"),
        _chart(context, by_kind, "kind", "kind of place", "Kind of place", WANTED_LABEL),
    ]
    for service in context.services:
        blocks.append(Heading(SERVICE_LABEL[service]))
        blocks += _of_service(context, service)
    figures = tuple(
        TracedFigure(
            f"gap_{kind}",
            f"Gap: {WANTED_LABEL.get(str(kind), str(kind))}",
            str(row["gap"]),
            "",
            "",
            "",
            f"Local need ({row['need_local']}) less places that our children hold or can expect ({row['places']})",
        )
        for kind, row in rows_of(shown)
    )
    return Section("gap", title, tuple(blocks), figures)


def _of_service(context: Context, service: str) -> list[Block]:
    groups = codes.CARE_NEED_GROUPS if service == codes.CARE else codes.EDUCATION_NEED_GROUPS
    key, who = ("care", "looked after") if service == codes.CARE else ("plans", "with EHC plans")
    blocks: list[Block] = []
    for by, first, order, labels in (
        ("need", "Need", groups, codes.NEED_GROUP_LABEL),
        ("age_band", "Age", age_order(service), {}),
    ):
        table = context.sufficiency("service", by)
        if service in table.index.get_level_values(0):
            rows = _ordered(pd.DataFrame(table.loc[service]), order)
            blocks.append(
                _table(context, rows, f"{key}-{by.split('_')[0]}", f"children {who}, by {first.lower()}", first, labels)
            )
    table = context.sufficiency("service", "area")
    if service in table.index.get_level_values(0):
        areas = _ordered(pd.DataFrame(table.loc[service]), tuple(context.area_names))
        blocks.append(
            _chart(context, areas, f"{key}-area", f"children {who}, by home area", "Home area", context.area_names)
        )
    return blocks


def _ordered(table: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    kept = [value for value in order if value in table.index]
    return table.loc[[*kept, *(value for value in table.index if value not in kept)]]


def _sentence(kind: str, row: pd.Series) -> str:
    """Return need, places and gap in words, from the texts that the table shows."""
    name, need, places, gap = WANTED_LABEL.get(kind, kind), row["need_local"], row["places"], row["gap"]
    if row["secret"] or SUPPRESSED in (need, places):
        return f"{name}: not stated, to protect small numbers."
    text = f"{name}: local need {need}, places {places}"
    if gap == "0":
        return f"{text}, about in balance."
    return f"{text}, {gap[1:] + ' more than needed' if gap.startswith('-') else 'short by ' + gap}."


def shown_gap(table: pd.DataFrame, profile: str, *, total: bool = True) -> pd.DataFrame:
    """Return need, places and gap as they may be shown: texts, and whether need is hidden.

    Local need is the total of its two parts, in the county and avoidably outside, and is protected as such. A row
    `TOTAL` comes last unless `total` is off: kinds of place of the two services have no total worth having.
    """
    parts = table[["in_county", "avoidable"]].astype(int)
    if total:
        texts = protect_grid(parts, profile)
    else:
        rows = [protect_grid(parts.loc[[group]], profile).iloc[0] for group in parts.index]
        texts = pd.DataFrame(rows, index=parts.index)
    places = {group: float(value) for group, value in table["available_to_us"].items()}
    need = {group: float(value) for group, value in parts.sum(axis=1).items()}
    places[TOTAL], need[TOTAL] = sum(places.values()), sum(need.values())
    shown = texts.rename(columns={TOTAL: "need_local"})
    shown["places"] = [words.quantity(places[group], profile) for group in shown.index]
    shown["secret"] = shown["need_local"].eq(SUPPRESSED)
    shown["gap"] = [
        SUPPRESSED if secret else _gap_text(need[group] - places[group], profile)
        for group, secret in zip(shown.index, shown["secret"], strict=True)
    ]
    return shown


def _gap_text(gap: float, profile: str) -> str:
    """Return a gap: a small one reads 0 when shareable, because it is smaller than the rounding of its parts."""
    text = words.quantity(gap, profile)
    return "0" if text == SUPPRESSED else text


def _table(context: Context, table: pd.DataFrame, key: str, what: str, first: str, labels: Mapping[str, str]) -> Table:
    total = labels is not WANTED_LABEL
    shown = shown_gap(table, context.profile, total=total)
    rows = tuple(
        (
            ALL if group == TOTAL else label_of(labels, str(group)),
            *(str(row[name]) for name in ("in_county", "avoidable", "need_local", "places", "gap")),
        )
        for group, row in rows_of(shown)
    )
    data = Table(
        f"gap-{key}",
        f"Local need and places: {what}, {context.day_text}",
        (first, "In the county", "Avoidably outside", "Local need", "Places", "Gap"),
        rows,
        numeric(6),
        (
            (
                "In the county: children in placements that local places can be made for. Avoidably outside: at "
                "most, see the section on why. Places: held by our children or open to them. Gap: local need less "
                "places."
            ),
        ),
        int(total),
    )
    return noted(data, context.profile)


def _chart(context: Context, table: pd.DataFrame, key: str, what: str, first: str, labels: Mapping[str, str]) -> Figure:
    p, data = context.profile, _table(context, table, key, what, first, labels)
    shown = shown_gap(table, p, total=labels is not WANTED_LABEL)
    groups = [
        group
        for group in table.index
        if cell(table, group, "children") > 0 or cell(table, group, "available_to_us") >= 0.5
    ]
    pairs = [
        (
            shown_count(cell(table, group, "need_local"), p, secret=bool(cell(shown, group, "secret"))),
            shown_count(cell(table, group, "available_to_us"), p),
        )
        for group in groups
    ]
    names = [label_of(labels, str(group)) for group in groups]
    gaps = {name: pair[0] - pair[1] for name, pair in zip(names, pairs, strict=True) if not any(map(math.isnan, pair))}
    widest = max(gaps, key=lambda name: gaps[name]) if gaps else ""
    heading = (
        f"The widest gap is in {widest if labels is not WANTED_LABEL else _NOUN_OF.get(widest, widest)}"
        if gaps and gaps[widest] > 0
        else "Local need and places"
    )
    drawn = paired_bars(
        heading, names, pairs, ("Local need (children)", "Places we hold or can expect"), mark=mark(context)
    )
    said = "; ".join(
        f"{row[0]}: need {_say(row[3])}, places {_say(row[4])}" for row in data.rows[: len(data.rows) - data.total_rows]
    )
    alt = f"Bar chart of local need and places by {first.lower()}. {said}."
    source = "Source: the returns, and the registers of provision"
    return figure(context, drawn=drawn, alt=alt, source=source, data=data)


def _say(cell: str) -> str:
    return "hidden" if cell == SUPPRESSED else cell
