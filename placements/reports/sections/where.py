"""Where do our children live and learn? In or out of county, how far, by whom and with whom, and who hosts them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from placements import codes
from placements.analysis.location import DISTANCE_BANDS, distant, location_by_distance, over_20_miles
from placements.disclosure.grid import TOTAL, hidden_grid
from placements.disclosure.suppress import SUPPRESSED, count_text
from placements.reports import words
from placements.reports.charts import dots, stacked_shares
from placements.reports.content import Block, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import SERVICE_NOUN, Context
from placements.reports.sections.change import change_blocks
from placements.reports.sections.hosts import host_blocks
from placements.reports.sections.parts import (
    NEED_LABEL,
    PROVISION_LABEL,
    SERVICE_LABEL,
    SOURCE,
    age_order,
    figure,
    mark,
    shares_by,
    shown_share,
)
from placements.reports.tables import cell, grid_table, noted, numeric, share_table, shown_shares

#: Kinds of place whose share outside is a headline figure.
_PUBLISHED = ("childrens_home",)
_NEAR, _FAR, _UNKNOWN = DISTANCE_BANDS
#: Parts of a bar: the cells of the table that make each up.
_PARTS = (
    ("Inside, 20 miles or less", ((codes.IN_COUNTY, _NEAR),)),
    ("Inside, over 20 miles", ((codes.IN_COUNTY, _FAR),)),
    ("Outside, 20 miles or less", ((codes.OUT_OF_COUNTY, _NEAR),)),
    ("Outside, over 20 miles", ((codes.OUT_OF_COUNTY, _FAR),)),
    (
        "Distance or location not known",
        ((codes.IN_COUNTY, _UNKNOWN), (codes.OUT_OF_COUNTY, _UNKNOWN), (codes.UNKNOWN, _UNKNOWN)),
    ),
)
#: What is left of a bar when some of its parts are hidden.
_NOT_SHOWN = "Hidden, small numbers"


def section(context: Context) -> Section:
    """Return the section on location."""
    blocks: list[Block] = [_overview(context)] if context.services else []
    for service in context.services:
        blocks += _of_service(context, service)
    blocks += host_blocks(context)
    blocks += change_blocks(context)
    names = (
        "care_out_of_county", "care_over_20_miles", "care_distant", "care_distance_unknown", "homes_out_of_county",
        "plans_out_of_county",
    )  # fmt: skip
    figures = tuple(context.traced(context.headline[name]) for name in names if name in context.headline)
    return Section("where", "Where our children live and learn", tuple(blocks), figures)


def _overview(context: Context) -> Figure:
    """Return location by distance of each service as one chart, with its data."""
    p = context.profile
    grids = {service: _grid(context, service) for service in context.services}
    shares: dict[str, list[float]] = {name: [] for name, _ in _PARTS}
    texts: dict[str, list[str]] = {name: [] for name, _ in _PARTS}
    shares[_NOT_SHOWN], texts[_NOT_SHOWN] = [], []
    rows, spoken = [], []
    for service, grid in grids.items():
        hide, total = hidden_grid(grid, p), float(grid.to_numpy().sum())
        cells, said = [], []
        for name, parts in _PARTS:
            part = sum(cell(grid, row, column) for row, column in parts)
            secret = any(bool(cell(hide, row, column)) for row, column in parts) or 0 < part < 6
            share, text = shown_share(part, total, p, secret=secret)
            shares[name].append(share)
            texts[name].append(text)
            cells.append(SUPPRESSED if math.isnan(share) else text)
            if not math.isnan(share):
                said.append(f"{words.lower_first(name)}, {words.of(part, total, p)}")
        rest = 1 - sum(shares[name][-1] for name, _ in _PARTS if not math.isnan(shares[name][-1]))
        shares[_NOT_SHOWN].append(rest if SUPPRESSED in cells else 0.0)
        texts[_NOT_SHOWN].append("hidden")
        rows.append((SERVICE_LABEL[service], *cells, count_text(total, p)))
        spoken.append(f"{SERVICE_LABEL[service]}: {'; '.join(said)}.")
    columns = ("Service", *(name for name, _ in _PARTS), "All children")
    data = noted(
        Table(
            "location-by-distance",
            f"Where children live and learn, and how far from home, {context.day_text}",
            columns,
            tuple(rows),
            numeric(len(columns)),
            ("Shares of all children in each row. Distance is a straight line between home and placement.",),
        ),
        p,
    )
    care = context.headline["care_out_of_county"]
    lead = words.about(care.numerator or 0, care.denominator or 0, p) if len(context.care) else ""
    heading = (
        f"{words.sentence(lead)[:-1]} of children looked after live outside the authority"
        if lead
        else "Where children live and learn, and how far from home"
    )
    if not any(shares[_NOT_SHOWN]):
        del shares[_NOT_SHOWN], texts[_NOT_SHOWN]
    drawn = stacked_shares(heading, [SERVICE_LABEL[service] for service in grids], shares, texts, mark=mark(context))
    alt = "Stacked bar chart of location and distance. " + " ".join(spoken)
    source = "Source: " + " and ".join(SOURCE[service] for service in grids)
    return figure(context, drawn=drawn, alt=alt, source=source, data=data)


def _grid(context: Context, service: str) -> pd.DataFrame:
    stock = context.stock(service)
    cells = location_by_distance(stock)
    wide = cells.pivot_table(index="location", columns="distance_band", values="count", aggfunc="sum", fill_value=0)
    return wide.reindex(index=list(codes.LOCATION), columns=list(DISTANCE_BANDS), fill_value=0).astype(int)


def _of_service(context: Context, service: str) -> list[Block]:
    stock, p, who = context.stock(service), context.profile, SERVICE_LABEL[service]
    outside = context.headline["care_out_of_county" if service == codes.CARE else "plans_out_of_county"]
    far, away = over_20_miles(stock).iloc[0], distant(stock).iloc[0]
    text = (
        f"Of {SERVICE_NOUN[service]} whose location is known, "
        f"{words.fraction_first(outside.numerator or 0, outside.denominator or 0, p)} are outside the authority; "
        f"{words.counted(outside.excluded or 0, p)} could not be located and are left out. Of those whose distance is "
        f"known, {words.of(far['numerator'], far['denominator'], p)} are more than 20 miles from home, inside or "
        "outside the authority. Of those whose location is known, "
        f"{words.of(away['numerator'], away['denominator'], p)} are in a distant placement, which means outside the "
        "authority and not in an adjoining one."
    )
    key = "care" if service == codes.CARE else "plans"
    table = grid_table(
        f"{key}-location-distance",
        f"{who}: location by distance from home, {context.day_text}",
        _grid(context, service),
        row_labels=codes.LOCATION,
        column_labels={},
        profile=p,
        first="Location",
        notes=(f"Source: {SOURCE[service]}.",),
    )
    return [
        Heading(who),
        Paragraph(text),
        table,
        _by_provision(context, service, key),
        *(_shares(context, service, key, *entry) for entry in _breakdowns(service)),
        _distant_table(context, stock, service, key),
    ]


def _breakdowns(service: str) -> tuple[tuple[str, str, Sequence[str], dict[str, str]], ...]:
    need = dict(NEED_LABEL[service])
    return (
        ("need", "Category of need" if service == codes.CARE else "Main need", tuple(need), need),
        ("age_band", "Age", age_order(service), {}),
        ("sector", "Who provides it", tuple(codes.SECTOR), dict(codes.SECTOR)),
    )


def _shares(
    context: Context, service: str, key: str, column: str, first: str, order: Sequence[str], labels: dict[str, str]
) -> Table:
    return share_table(
        f"{key}-outside-by-{column.replace('_', '-')}",
        f"{SERVICE_LABEL[service]}: share outside the authority by {words.lower_first(first)}",
        shares_by(context.stock(service), column, order),
        labels=labels,
        profile=context.profile,
        first=first,
    )


def _by_provision(context: Context, service: str, key: str) -> Figure:
    p, labels = context.profile, PROVISION_LABEL[service]
    shares = shares_by(context.stock(service), "provision", tuple(labels))
    first = "Placement" if service == codes.CARE else "Setting"
    data = share_table(
        f"{key}-outside-by-provision",
        f"{SERVICE_LABEL[service]}: share outside the authority by {words.lower_first(first)}, {context.day_text}",
        shares,
        labels=labels,
        profile=p,
        first=first,
        keep=_PUBLISHED,
        notes=(
            (
                "Likely range: where the share could lie if chance alone had changed a few placements (a 95% Wilson "
                "interval)."
            ),
        ),
    )
    kept = shares[shares["denominator"] > 0]
    shown = shown_shares(kept, p, keep=_PUBLISHED)
    groups = sorted(
        kept.index, key=lambda group: (math.isnan(cell(shown, group, "share")), -cell(shown, group, "share"))
    )
    names = [labels.get(str(group), str(group)) for group in groups]
    points = [tuple(cell(shown, group, part) for part in ("share", "low", "high")) for group in groups]
    texts = [
        f"{shown.loc[group, 'numerator']} of {shown.loc[group, 'denominator']}" if not math.isnan(point[0]) else ""
        for group, point in zip(groups, points, strict=True)
    ]
    heading = _provision_heading(service, names, points)
    drawn = dots(
        heading,
        names,
        [(point[0], point[1], point[2]) for point in points],
        texts,
        percent=True,
        axis="Share outside the authority and its likely range (dashed: all together)",
        reference=cell(shown, TOTAL, "share"),
        mark=mark(context),
    )
    said = [
        f"{name}: {words.of(cell(kept, group, 'numerator'), cell(kept, group, 'denominator'), p)}"
        if not math.isnan(cell(shown, group, "share"))
        else f"{name}: hidden"
        for name, group in zip(names, groups, strict=True)
    ]
    alt = f"Dot chart of the share outside the authority by {words.lower_first(first)}. {'; '.join(said)}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)


def _provision_heading(service: str, names: Sequence[str], points: Sequence[tuple[float, ...]]) -> str:
    known = [name for name, point in zip(names, points, strict=True) if not math.isnan(point[0])]
    who = "Children looked after" if service == codes.CARE else "Children with EHC plans"
    if len(known) < 2:
        return f"{who} outside the authority by kind of place"
    return f"{who} are most often outside the authority in: {words.lower_first(known[0])}"


def _distant_table(context: Context, stock: pd.DataFrame, service: str, key: str) -> Table:
    shares = distant(stock, ["provision"])
    order = [value for value in PROVISION_LABEL[service] if value in shares.index]
    return share_table(
        f"{key}-distant-by-provision",
        f"{SERVICE_LABEL[service]}: distant placements by {'placement' if service == codes.CARE else 'setting'}",
        shares.loc[order],
        labels=PROVISION_LABEL[service],
        profile=context.profile,
        first="Placement" if service == codes.CARE else "Setting",
        counted="Distant",
        notes=("Distant: outside the authority and not in an adjoining one.",),
    )
