"""What does a coming reorganisation make of today's placements? The councils that follow, and who crosses over."""

from __future__ import annotations

from placements.disclosure.restated import TITLES, TOTAL, ShownRestatement, shown_restatement
from placements.geography.boundary_sets import BoundarySet, coming_change
from placements.reports.content import Block, Heading, Paragraph, Table
from placements.reports.context import Context
from placements.reports.sections.parts import SERVICE_LABEL
from placements.reports.tables import noted, numeric
from placements.reports.words import joined, long_date


def change_blocks(context: Context) -> list[Block]:
    """Return the placements restated for the councils that take the authority's place; nothing when none are to."""
    change = coming_change(context.county.authority)
    if change is None:
        return []
    day = long_date(change.parts[0].on)
    parts = joined(list(change.part_names))
    blocks: list[Block] = [
        Heading(f"The same placements by the boundaries of {day}"),
        Paragraph(
            f"On {day} {change.whole.name} becomes {parts}. A placement from one to the other is in county today and "
            "out of county then, though no child moves. Each child is counted with the council that holds its home; "
            "children whose home is not known, or is elsewhere, cannot be, and are in neither row."
        ),
    ]
    for service in context.services:
        shown = shown_restatement(context.figures, service, change)
        blocks += [_summary(context, service, shown, change), _flows(context, service, shown, day)]
    return blocks


def _summary(context: Context, service: str, shown: ShownRestatement, change: BoundarySet) -> Table:
    rows = tuple(
        (f"{name} (today)" if name == change.whole_name else name, *(texts[column] for column, _ in TITLES))
        for name, texts in shown.summary.to_dict("index").items()
    )
    return noted(
        Table(
            f"restated-{service}",
            f"{SERVICE_LABEL[service]} by today's boundaries and by those to come, {context.day_text}",
            ("Council", *(title for _, title in TITLES)),
            rows,
            numeric(len(TITLES) + 1),
            ("Shares are of those whose placement's authority is known.",),
        ),
        context.profile,
    )


def _flows(context: Context, service: str, shown: ShownRestatement, day: str) -> Table:
    hosts = [str(name) for name in shown.flows.columns]
    rows = tuple(
        ("All" if name == TOTAL else str(name), *(texts[host] for host in hosts))
        for name, texts in shown.flows.to_dict("index").items()
    )
    return noted(
        Table(
            f"restated-flows-{service}",
            f"{SERVICE_LABEL[service]}: who would be responsible, and where they are placed, from {day}",
            ("Responsible", *("All" if host == TOTAL else host for host in hosts)),
            rows,
            numeric(len(hosts) + 1),
            total_rows=1,
        ),
        context.profile,
    )
