"""Why are children outside the authority, and could local capacity have kept them? Recorded and inferred kept apart."""

from __future__ import annotations

from collections.abc import Sequence

from placements import codes
from placements.disclosure.publication import JUDGEMENTS, NONE
from placements.disclosure.suppress import NOT_AVAILABLE, SUPPRESSED
from placements.reports import words
from placements.reports.charts import paired_bars
from placements.reports.content import Block, Callout, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import SERVICE_NOUN, Context
from placements.reports.sections.parts import (
    JUDGEMENT_LABEL,
    REASON_LABEL,
    SERVICE_LABEL,
    SOURCE,
    figure,
    mark,
)
from placements.reports.tables import ALL, noted, ordered
from placements.reports.words import value_of

_OUTSIDE = {"location": codes.OUT_OF_COUNTY}
_BASES = ("recorded", "inferred")


def section(context: Context) -> Section:
    """Return the section on reasons."""
    blocks: list[Block] = [
        Paragraph(
            "A placement outside the authority is called avoidable here when suitable local provision did not exist "
            "or was full. Where a reason was recorded, that reason decides. Where none was recorded, stated rules "
            "infer one from the kind of placement, the distance and what was free in local provision when the "
            "placement began. "
            "Recorded and inferred reasons are counted apart in every table, because an inferred reason is weaker "
            "evidence."
        )
    ]
    for service in context.services:
        if context.count(service, _OUTSIDE) == "0":
            blocks.append(
                Paragraph(f"None of the {SERVICE_NOUN[service]} is recorded as placed outside the authority.")
            )
            continue
        blocks += _of_service(context, service)
    if any(context.count(service, {**_OUTSIDE, "basis": "inferred"}) != "0" for service in context.services):
        blocks.append(
            Callout(
                "How far inferred reasons can be trusted",
                "The rules look at local provision as it was on the day a placement in care began, as far back as the "
                "returns go: our own children's use of each place is known by day, while use by others, and the number "
                "of places, are taken to have been as they are now. For schools only the day of this statement is "
                "known, and stands in for the day a placement began. Matching, choice and safety are seldom visible in "
                "the data, so the number judged avoidable by inference is an upper bound. "
                "Recording the reason for every placement at distance would replace the rules.",
            )
        )
    names = ("care_avoidable", "education_avoidable")
    figures = tuple(context.traced(context.headline[name]) for name in names if name in context.headline)
    return Section("why", "Why children are outside the authority", tuple(blocks), figures)


def _of_service(context: Context, service: str) -> list[Block]:
    avoidable, appropriate, unknown = (
        context.share(service, {**_OUTSIDE, "judgement": name}, _OUTSIDE) for name in JUDGEMENTS
    )
    recorded = context.share(service, {**_OUTSIDE, "basis": "recorded"}, _OUTSIDE)
    whole = {**_OUTSIDE, "judgement": "avoidable"}
    basis = context.share(service, {**whole, "basis": "recorded"}, whole)
    text = (
        f"Of {SERVICE_NOUN[service]} placed outside the authority, {at_most(basis)}{words.of(avoidable)} are judged "
        f"avoidable, {words.of(appropriate)} appropriate, and {words.of(unknown)} cannot be judged. A reason was "
        f"recorded for {words.of(recorded)}.{basis_of_avoidable(basis)}"
    )
    data = _table(context, service)
    return [Heading(SERVICE_LABEL[service]), Paragraph(text), _chart(context, service, data)]


def at_most(basis: words.Share) -> str:
    """Return what stands before a number judged avoidable: inference gives an upper bound, recorded reasons do not.

    Parameters
    ----------
    basis : Share
        Those with a recorded reason of those judged avoidable.
    """
    return "" if _all_recorded(basis) or basis.denominator == "0" else "at most "


def _all_recorded(basis: words.Share) -> bool:
    return value_of(basis.percent) == 100 and basis.numerator == basis.denominator


def basis_of_avoidable(basis: words.Share) -> str:
    """Return a sentence, after a space, on how many of those judged avoidable are so by a recorded reason.

    Empty when none is judged avoidable. No figures where the share is not shown.
    """
    if basis.percent == NOT_AVAILABLE:
        return ""
    if _all_recorded(basis):
        return " All of those judged avoidable have a recorded reason."
    if SUPPRESSED in basis:
        return " How many of those judged avoidable have a recorded reason is not shown."
    if basis.numerator == "0":
        return " None of those judged avoidable has a recorded reason: all are judged by inference."
    return f" Of those judged avoidable, {words.of(basis)} have a recorded reason; the others are judged by inference."


def _keys(context: Context, service: str) -> list[str]:
    """Return the reasons that occur: by judgement in their order, then by the numbers shown, largest first."""
    held = [key for key in ordered(context.figures, service, "reason") if key != NONE]
    return sorted(held, key=lambda key: JUDGEMENTS.index(key.split("|")[0]))


def _names(key: str) -> tuple[str, str]:
    judgement, reason = key.split("|")
    return JUDGEMENT_LABEL[judgement], REASON_LABEL.get(reason, reason)


def _table(context: Context, service: str) -> Table:
    lines = [(_names(key)[1], _names(key)[0], {**_OUTSIDE, "reason": key}) for key in _keys(context, service)]
    rows = [
        (
            reason,
            judgement,
            *(context.count(service, {**where, "basis": basis}) for basis in _BASES),
            context.count(service, where),
        )
        for reason, judgement, where in (*lines, (ALL, "", _OUTSIDE))
    ]
    key = "care" if service == "care" else "plans"
    table = Table(
        f"{key}-reasons",
        f"{SERVICE_LABEL[service]} outside the authority: reasons, {context.day_text}",
        ("Reason", "Judgement", "Recorded", "Inferred", ALL),
        tuple(rows),
        ("text", "text", "number", "number", "number"),
        (f"Source: {SOURCE[service]}; recorded reasons where held; local provision when the placement began.",),
        1,
    )
    return noted(table, context.profile)


def _chart(context: Context, service: str, data: Table) -> Figure:
    parts = data.rows[: len(data.rows) - data.total_rows]
    drawn = paired_bars(
        f"{SERVICE_LABEL[service]}. {_main_reason(parts)}",
        [f"{row[0]} ({row[1].lower()})" for row in parts],
        [(value_of(row[2]), value_of(row[3])) for row in parts],
        ("Reason recorded", "Reason inferred"),
        mark=mark(context),
    )
    said = "; ".join(f"{row[0]} ({row[1].lower()}): {_say(row[2])} recorded, {_say(row[3])} inferred" for row in parts)
    alt = f"Bar chart of reasons for {SERVICE_NOUN[service]} outside the authority. {said}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)


def _main_reason(rows: Sequence[tuple[str, ...]]) -> str:
    """Return a heading that names the main avoidable reason, when the numbers shown say which it is."""
    shown = [row for row in rows if row[1] == JUDGEMENT_LABEL["avoidable"] and row[4] not in (SUPPRESSED, "0")]
    if not shown or (len(shown) > 1 and shown[0][4] == shown[1][4]):
        return "Why children are outside the authority"
    return f"Main avoidable reason: {words.lower_first(shown[0][0])}"


def _say(cell: str) -> str:
    return "hidden" if cell == SUPPRESSED else cell
