"""Where do local places fall short of need? By kind of place, need, age and area."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from placements import codes
from placements.analysis.gap import WANTED_LABEL
from placements.disclosure.held import HELD, OTHERS, OURS
from placements.disclosure.publication import AVOIDABLE_PART, IN_COUNTY_PART, LOCAL_NEED
from placements.disclosure.suppress import SUPPRESSED, signed_text
from placements.reports import words
from placements.reports.charts import paired_bars
from placements.reports.content import Block, BulletList, Figure, Heading, Paragraph, Section, Table, TracedFigure
from placements.reports.context import Context, Where
from placements.reports.sections.parts import SERVICE_LABEL, WANTED_NOUN, age_order, figure, mark
from placements.reports.tables import ALL, cell, label_of, noted, numeric

#: Stands for all groups of a breakdown.
TOTAL = "Total"
_NOUN_OF = {WANTED_LABEL[kind]: noun for kind, noun in WANTED_NOUN.items()}


def section(context: Context) -> Section:
    """Return the section on the gap between need and local places."""
    table = context.sufficiency("provision")
    title = "The gap: need and local places"
    if table.empty:
        return Section("gap", title, (Paragraph("The data hold no placements that local places can be made for."),))
    shown = gap_by_kind(context)
    blocks: list[Block] = [
        Paragraph(
            "Local need is the number of children placed in the county and those avoidably outside it. It is set "
            "against the places in the county that our children hold or can expect. A gap above zero means too few "
            "places. A place that takes several needs or ages is shared out over them in proportion to need."
        ),
        BulletList(tuple(_sentence(kind, row) for kind, row in shown.items())),
        Heading("By kind of place"),
        kind_chart(context),
    ]
    for service in context.services:
        blocks.append(Heading(SERVICE_LABEL[service]))
        blocks += service_blocks(context, service)
    figures = tuple(
        TracedFigure(
            f"gap_{kind}",
            f"Gap: {WANTED_LABEL.get(kind, kind)}",
            row.gap,
            "",
            "",
            "",
            f"Local need ({row.need_local}) less places that our children hold or can expect ({row.places})",
        )
        for kind, row in shown.items()
    )
    return Section("gap", title, tuple(blocks), figures)


def service_blocks(context: Context, service: str) -> list[Block]:
    """Return the gap of a service by need, age and area."""
    groups = codes.CARE_NEED_GROUPS if service == codes.CARE else codes.EDUCATION_NEED_GROUPS
    key, who = ("care", "looked after") if service == codes.CARE else ("plans", "with EHC plans")
    blocks: list[Block] = []
    for by, dimension, first, order, labels in (
        ("need", "need_group", "Need", groups, codes.NEED_GROUP_LABEL),
        ("age_band", "age_band", "Age", age_order(service), {}),
    ):
        rows = _rows(context, service, by, dimension, order)
        if rows:
            what = f"children {who}, by {words.lower_first(first)}"
            blocks.append(_table(context, rows, f"{key}-{by.split('_')[0]}", what, first, labels))
    areas = _rows(context, service, "area", "home_area", tuple(context.area_names))
    if areas:
        blocks.append(
            _chart(context, areas, f"{key}-area", f"children {who}, by home area", "Home area", context.area_names)
        )
    return blocks


@dataclass(frozen=True)
class ShownGap:
    """Need, local places and the gap as they may be shown: texts."""

    in_county: str
    avoidable: str
    need_local: str
    places: str
    gap: str


def kind_chart(context: Context) -> Figure:
    """Return need and places by kind of place."""
    shown = list(gap_by_kind(context).items())
    return _chart(context, shown, "kind", "kind of place", "Kind of place", WANTED_LABEL)


def gap_by_kind(context: Context) -> dict[str, ShownGap]:
    """Return the gap of each kind of place: kinds of the two services have no total worth having."""
    table = context.sufficiency("provision")
    found = {}
    for kind in _in_order(table.index, tuple(WANTED_LABEL)):
        service = codes.EDUCATION if kind in ("special_school", "specialist_base") else codes.CARE
        if service not in context.asked:
            continue
        found[kind] = _shown(context, service, {"wanted": kind}, cell(table, kind, "available_to_us"), {"wanted": kind})
    return found


def _rows(context: Context, service: str, by: str, dimension: str, order: Sequence[str]) -> list[tuple[str, ShownGap]]:
    """Return the gap of a service by a breakdown, that of all last; nothing when it has none."""
    table = context.sufficiency("service", by)
    if service not in table.index.get_level_values(0):
        return []
    places = pd.DataFrame(table.loc[service])["available_to_us"]
    rows = []
    for value in _in_order(places.index, order):
        # Of a need or an age no place is held as such: its places are parts of many providers' by a stated rule.
        held = {"service": service, "area": value} if by == "area" else None
        rows.append((value, _shown(context, service, {dimension: value}, float(places[value]), held)))
    return [*rows, (TOTAL, _shown(context, service, {}, float(places.sum()), {"service": service}))]


def _in_order(values: pd.Index, order: Sequence[str]) -> list[str]:
    kept = [value for value in order if value in values]
    return [*kept, *(str(value) for value in values if value not in kept)]


def _shown(context: Context, service: str, where: Where, places: float, held: Where | None) -> ShownGap:
    """Return one row: places are hidden where a number that they contain is, and the gap where a part of it is."""
    parts = [context.count(service, {**where, "part": part}) for part in (IN_COUNTY_PART, AVOIDABLE_PART)]
    need = context.count(service, {**where, "part": LOCAL_NEED})
    secret = held is not None and SUPPRESSED in (
        context.count(HELD, held), *(context.count(HELD, {**held, "holder": holder}) for holder in (OURS, OTHERS))
    )  # fmt: skip
    text = SUPPRESSED if secret else signed_text(places, context.profile)
    return ShownGap(parts[0], parts[1], need, text, _gap_text(need, text))


def _gap_text(need: str, places: str) -> str:
    """Return need less places, of the numbers shown; no gap where one is not."""
    if SUPPRESSED in (need, places):
        return SUPPRESSED
    return f"{words.value_of(need) - words.value_of(places):,.0f}"


def _sentence(kind: str, row: ShownGap) -> str:
    """Return need, places and gap in words, from the texts that the table shows."""
    name = WANTED_LABEL.get(kind, kind)
    if SUPPRESSED in (row.need_local, row.places):
        return f"{name}: not stated, to protect small numbers."
    text = f"{name}: local need {row.need_local}, places {row.places}"
    if row.gap == "0":
        return f"{text}, about in balance."
    return f"{text}, {row.gap[1:] + ' more than needed' if row.gap.startswith('-') else 'short by ' + row.gap}."


def _table(
    context: Context,
    gaps: Sequence[tuple[str, ShownGap]],
    key: str,
    what: str,
    first: str,
    labels: Mapping[str, str],
) -> Table:
    rows = tuple((ALL if value == TOTAL else label_of(labels, value), *dataclasses.astuple(row)) for value, row in gaps)
    data = Table(
        f"gap-{key}",
        f"Local need and places: {what}, {context.day_text}",
        (first, "In the county", "Avoidably outside", "Local need", "Places", "Gap"),
        rows,
        numeric(6),
        (
            (
                "In the county: children in placements that local places can be made for. Avoidably outside: at "
                "most, as reasons that are inferred cannot see safety or choice. Places: held by our children or open "
                "to them. Gap: local need less places."
            ),
        ),
        int(gaps[-1][0] == TOTAL),
    )
    return noted(data, context.profile)


def _chart(
    context: Context,
    gaps: Sequence[tuple[str, ShownGap]],
    key: str,
    what: str,
    first: str,
    labels: Mapping[str, str],
) -> Figure:
    data = _table(context, gaps, key, what, first, labels)
    kept = {
        label_of(labels, value): row
        for value, row in gaps
        if value != TOTAL and (row.need_local, row.places) != ("0", "0")
    }
    pairs = [(words.value_of(row.need_local), words.value_of(row.places)) for row in kept.values()]
    names = list(kept)
    nameless = label_of(labels, codes.UNKNOWN)
    wide = sorted(
        (
            (words.value_of(row.gap), name)
            for name, row in kept.items()
            if row.gap != SUPPRESSED and name not in (nameless, codes.AGE_UNKNOWN)
        ),
        reverse=True,
    )
    widest = wide[0][1] if wide and wide[0][0] > 0 and (len(wide) == 1 or wide[0][0] > wide[1][0]) else ""
    heading = (
        f"The widest gap is in {widest if labels is not WANTED_LABEL else _NOUN_OF.get(widest, widest)}"
        if widest
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
