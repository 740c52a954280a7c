"""What provision is there in the county, who uses it, and what could our children have of it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from placements import codes
from placements.analysis.avoidable import LOCAL_KINDS
from placements.analysis.capacity import capacity
from placements.disclosure.held import HELD, OTHERS, OURS
from placements.disclosure.suppress import SUPPRESSED, count_text, share_text
from placements.reports import words
from placements.reports.content import Block, BulletList, Heading, Paragraph, Section, Table
from placements.reports.context import Context, Where
from placements.reports.sections.parts import KIND_LABEL
from placements.reports.tables import noted, numeric, rows_of


def section(context: Context) -> Section:
    """Return the section on provision."""
    provision = context.county.provision
    local = provision[provision["provision"].isin(list(LOCAL_KINDS)) & provision["service"].isin(context.asked)]
    table = capacity(local, ["provision", "sector"])
    if table.empty:
        return Section(
            "market", "Provision and the market", (Paragraph("The data hold no open provision in the county."),)
        )
    by_kind = capacity(local, ["provision"])
    order = [kind for kind in codes.PROVISION if kind in by_kind.index]
    rows = dict(rows_of(by_kind))
    settings = context.county.settings.capacity
    blocks: list[Block] = [
        Paragraph(
            "A registered place is not the same as a place one of our children can use. Some places are kept empty "
            "by matching, staffing, sex or age; some are held by children of other authorities. The tables below go "
            "from registered places to those our children have or can expect."
        ),
        BulletList(tuple(_sentence(context, kind, rows[kind]) for kind in order)),
        Heading("Places and who holds them"),
        _table(context, table.reindex(order, level=0)),
        Heading("What is assumed"),
        _assumptions(
            (
                ("Registered places of a children's home that can be used", settings.usable_share_home),
                ("Approved places of a foster household that can be used", settings.usable_share_foster),
                ("Places of a school that can be used", settings.usable_share_school),
                ("Our share of vacant places: our own provision", settings.share_for_us_own),
                ("Our share of vacant places: private and voluntary provision", settings.share_for_us_private),
                ("Our share of vacant places: schools", settings.share_for_us_school),
            )
        ),
    ]
    return Section("market", "Provision and the market", tuple(blocks))


@dataclass(frozen=True)
class _Held:
    """How many places are held, as may be shown."""

    ours: str
    others: str
    all: str

    @property
    def is_hidden(self) -> bool:
        """Return whether one of the numbers is not shown: then none may be that they can be worked out from."""
        return SUPPRESSED in (self.ours, self.others, self.all)


def _held(context: Context, where: Where) -> _Held:
    ours, others = (context.count(HELD, {**where, "holder": holder}) for holder in (OURS, OTHERS))
    return _Held(ours, others, context.count(HELD, where))


def _sentence(context: Context, kind: str, row: pd.Series) -> str:
    held = _held(context, {"kind": kind})
    registered = words.plain_count(int(row["registered_places"]), "registered place", "registered places")
    text = f"{KIND_LABEL[kind]}: {registered}, of which about {float(row['usable_places']):,.0f} usable"
    if held.ours == held.others == SUPPRESSED:
        return f"{text}; how many are held is not shown."
    return f"{text}; {_none(held.ours)} held by our children and {_none(held.others)} by others."


def _none(text: str) -> str:
    return "none" if text == "0" else words.number(text)


def _table(context: Context, table: pd.DataFrame) -> Table:
    rows = tuple(_row(context, str(kind), str(sector), row) for (kind, sector), row in rows_of(table))
    columns = (
        "Kind of provision", "Who provides it", "Registered", "Usable", "Held by ours", "Held by others", "Vacant",
        "Ours to use", "Occupancy",
    )  # fmt: skip
    unknown = int(table["unknown_places"].sum())
    notes = [
        (
            "In the county and open. Ours to use: places our children hold, and our assumed share of the vacant "
            "ones. Occupancy: places held, of usable places."
        ),
        "Source: Ofsted's list of providers, Get Information About Schools, and the council's own registers.",
    ]
    if unknown:
        left = words.plain_count(unknown, "provider", "providers")
        notes.insert(1, words.sentence(f"{left} with no known number of places left out"))
    data = Table(
        "market-places",
        f"Provision in the county and its use, {context.day_text}",
        columns,
        rows,
        ("text", "text", *numeric(8)[1:]),
        tuple(notes),
    )
    return noted(data, context.profile)


def _row(context: Context, kind: str, sector: str, row: pd.Series) -> tuple[str, ...]:
    """Return one row; vacancies and occupancy are hidden wherever a hidden count could be had from them."""
    p, held = context.profile, _held(context, {"kind": kind, "sector": sector})
    usable = float(row["usable_places"])
    taken = min(float(row["occupied_by_us"]) + float(row["occupied_by_others"]), usable)
    derived = (
        (SUPPRESSED,) * 3
        if held.is_hidden
        else (
            count_text(float(row["vacant_places"]), p),
            count_text(float(row["available_to_us"]), p),
            share_text(taken, usable, p),
        )
    )
    return (
        KIND_LABEL[kind],
        codes.SECTOR.get(sector, sector),
        f"{row['registered_places']:,.0f}",
        f"{usable:,.0f}",
        held.ours,
        held.others,
        *derived,
    )


def _assumptions(rows: Sequence[tuple[str, float]]) -> Table:
    return Table(
        "market-assumptions",
        "Assumed shares of places (settings of this study)",
        ("Assumption", "Share"),
        tuple((label, f"{100 * value:.0f}%") for label, value in rows),
        numeric(2),
        ("These are the study's own settings and can be changed.",),
    )
