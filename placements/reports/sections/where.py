"""Where do our children live and learn? In or out of county, how far, by whom and with whom, and who hosts them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from placements import codes
from placements.analysis.location import DISTANCE_BANDS, FAR, NEAR, NOT_KNOWN
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
    charted_share,
    figure,
    known_shares,
    mark,
)
from placements.reports.tables import KnownShare, grid_table, noted, numeric, share_table

#: Parts of a bar.
_PARTS = (
    ("Inside, 20 miles or less", {"location": codes.IN_COUNTY, "distance": NEAR}),
    ("Inside, over 20 miles", {"location": codes.IN_COUNTY, "distance": FAR}),
    ("Outside, 20 miles or less", {"location": codes.OUT_OF_COUNTY, "distance": NEAR}),
    ("Outside, over 20 miles", {"location": codes.OUT_OF_COUNTY, "distance": FAR}),
    ("Distance or location not known", {"distance": NOT_KNOWN}),
)
#: What is left of a bar when some of its parts are hidden.
_NOT_SHOWN = "Hidden, small numbers"


def section(context: Context) -> Section:
    """Return the section on location."""
    blocks: list[Block] = [overview(context)] if context.services else []
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


def overview(context: Context) -> Figure:
    """Return location by distance of each service as one chart, with its data."""
    p = context.profile
    shares: dict[str, list[float]] = {name: [] for name, _ in _PARTS}
    texts: dict[str, list[str]] = {name: [] for name, _ in _PARTS}
    shares[_NOT_SHOWN], texts[_NOT_SHOWN] = [], []
    rows, spoken = [], []
    for service in context.services:
        found = {name: context.share(service, where) for name, where in _PARTS}
        drawn_parts = {name: charted_share(share) for name, share in found.items()}
        for name, (value, text) in drawn_parts.items():
            shares[name].append(value)
            texts[name].append(text)
        shown = [value for value, _ in drawn_parts.values() if not math.isnan(value)]
        shares[_NOT_SHOWN].append(max(1 - sum(shown), 0.0) if len(shown) < len(found) else 0.0)
        texts[_NOT_SHOWN].append("hidden")
        rows.append((SERVICE_LABEL[service], *(share.percent for share in found.values()), context.count(service)))
        said = [
            f"{words.lower_first(name)}, {words.of(share)}"
            for name, share in found.items()
            if not math.isnan(drawn_parts[name][0])
        ]
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
    lead = words.about(context.headline_share("care_out_of_county")) if len(context.care) else ""
    heading = (
        f"{words.sentence(lead)[:-1]} of children looked after live outside the authority"
        if lead
        else "Where children live and learn, and how far from home"
    )
    if not any(shares[_NOT_SHOWN]):
        del shares[_NOT_SHOWN], texts[_NOT_SHOWN]
    drawn = stacked_shares(
        heading, [SERVICE_LABEL[service] for service in context.services], shares, texts, mark=mark(context)
    )
    alt = "Stacked bar chart of location and distance. " + " ".join(spoken)
    source = "Source: " + " and ".join(SOURCE[service] for service in context.services)
    return figure(context, drawn=drawn, alt=alt, source=source, data=data)


def _of_service(context: Context, service: str) -> list[Block]:
    who = SERVICE_LABEL[service]
    outside, far, away = (context.share_of_known(service, name) for name in ("location", "distance", "distant"))
    text = (
        f"Of {SERVICE_NOUN[service]} whose location is known, {words.fraction_first(outside)} are outside the "
        f"authority; {words.counted(context.count(service, {'location': codes.UNKNOWN}))} could not be located and are "
        f"left out. Of those whose distance is known, {words.of(far)} are more than 20 miles from home, inside or "
        f"outside the authority. Of those whose location is known, {words.of(away)} are in a distant placement, which "
        "means outside the authority and not in an adjoining one."
    )
    key = "care" if service == codes.CARE else "plans"
    table = grid_table(
        f"{key}-location-distance",
        f"{who}: location by distance from home, {context.day_text}",
        context.figures,
        service,
        rows=("location", tuple(codes.LOCATION)),
        columns=("distance", DISTANCE_BANDS),
        row_labels=codes.LOCATION,
        column_labels={},
        first="Location",
        notes=(f"Source: {SOURCE[service]}.",),
    )
    return [
        Heading(who),
        Paragraph(text),
        table,
        _by_provision(context, service, key),
        *(_shares(context, service, key, *entry) for entry in _breakdowns(service)),
        _distant_table(context, service, key),
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
        known_shares(context, service, column, order, labels),
        context.profile,
        first=first,
    )


def _by_provision(context: Context, service: str, key: str) -> Figure:
    labels = PROVISION_LABEL[service]
    *groups, everyone = known_shares(context, service, "provision", tuple(labels), labels)
    first = "Placement" if service == codes.CARE else "Setting"
    data = share_table(
        f"{key}-outside-by-provision",
        f"{SERVICE_LABEL[service]}: share outside the authority by {words.lower_first(first)}, {context.day_text}",
        [*groups, everyone],
        context.profile,
        first=first,
        notes=(
            (
                "Likely range: where the share could lie if chance alone had changed a few placements (a 95% Wilson "
                "interval)."
            ),
        ),
    )
    drawn_groups = sorted(groups, key=lambda one: (math.isnan(one.value), -one.value))
    drawn = dots(
        _provision_heading(service, drawn_groups),
        [one.name for one in drawn_groups],
        [(one.value, one.low, one.high) for one in drawn_groups],
        ["" if math.isnan(one.value) else f"{one.share.numerator} of {one.share.denominator}" for one in drawn_groups],
        percent=True,
        axis="Share outside the authority and its likely range (dashed: all together)",
        reference=everyone.value,
        mark=mark(context),
    )
    said = [f"{one.name}: {'hidden' if math.isnan(one.value) else words.of(one.share)}" for one in drawn_groups]
    alt = f"Dot chart of the share outside the authority by {words.lower_first(first)}. {'; '.join(said)}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)


def _provision_heading(service: str, groups: Sequence[KnownShare]) -> str:
    """Return a heading that names the kind most often outside, when no other that is shown is as often."""
    known = [one for one in groups if not math.isnan(one.value)]
    who = "Children looked after" if service == codes.CARE else "Children with EHC plans"
    if len(known) < 2 or known[0].value == known[1].value:
        return f"{who} outside the authority by kind of place"
    return f"{who} are most often outside the authority in: {words.lower_first(known[0].name)}"


def _distant_table(context: Context, service: str, key: str) -> Table:
    labels = PROVISION_LABEL[service]
    return share_table(
        f"{key}-distant-by-provision",
        f"{SERVICE_LABEL[service]}: distant placements by {'placement' if service == codes.CARE else 'setting'}",
        known_shares(context, service, "provision", tuple(labels), labels, "distant"),
        context.profile,
        first="Placement" if service == codes.CARE else "Setting",
        counted="Distant",
        notes=("Distant: outside the authority and not in an adjoining one.",),
    )
