"""Why are children outside the authority, and could local capacity have kept them? Recorded and inferred kept apart."""

from __future__ import annotations

import pandas as pd

from placements.analysis.profile import cross
from placements.disclosure.grid import hidden_grid, protect_grid
from placements.disclosure.suppress import INTERNAL, SMALLEST_SHOWN, SUPPRESSED
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
    shown_count,
)
from placements.reports.tables import ALL, cell, noted

_JUDGEMENTS = ("avoidable", "appropriate", "unknown")
_BASES = ("recorded", "inferred")


def section(context: Context) -> Section:
    """Return the section on reasons."""
    blocks: list[Block] = [
        Paragraph(
            "A placement outside the authority is called avoidable here when suitable local provision did not exist "
            "or was full. Where a reason was recorded, that reason decides. Where none was recorded, stated rules "
            "infer one from the kind of placement, the distance and the state of local provision on the day. "
            "Recorded and inferred reasons are counted apart in every table, because an inferred reason is weaker "
            "evidence."
        )
    ]
    for service in context.services:
        judged = context.judged[context.judged["service"].eq(service)]
        if judged.empty:
            blocks.append(
                Paragraph(f"None of the {SERVICE_NOUN[service]} is recorded as placed outside the authority.")
            )
            continue
        blocks += _of_service(context, service, judged)
    if context.judged["basis"].eq("inferred").any():
        blocks.append(
            Callout(
                "How far inferred reasons can be trusted",
                "The rules look at local provision as it is on the day of this statement. For a placement made earlier "
                "they are a stand-in: a home that is full today is taken to have been full then. Matching, choice and "
                "safety are seldom visible in the data, so the number judged avoidable by inference is an upper bound. "
                "Recording the reason for every placement at distance would replace the rules.",
            )
        )
    names = ("care_avoidable", "education_avoidable")
    figures = tuple(context.traced(context.headline[name]) for name in names if name in context.headline)
    return Section("why", "Why children are outside the authority", tuple(blocks), figures)


def _of_service(context: Context, service: str, judged: pd.DataFrame) -> list[Block]:
    p, total = context.profile, float(len(judged))
    by_judgement = {name: judged["judgement"].eq(name) for name in _JUDGEMENTS}
    recorded = judged["basis"].eq("recorded")
    avoidable = float(by_judgement["avoidable"].sum())
    text = (
        f"Of {SERVICE_NOUN[service]} placed outside the authority, {at_most(judged)}{words.of(avoidable, total, p)} "
        f"are judged avoidable, {words.of(float(by_judgement['appropriate'].sum()), total, p)} appropriate, and "
        f"{words.of(float(by_judgement['unknown'].sum()), total, p)} cannot be judged. A reason was recorded for "
        f"{words.of(float(recorded.sum()), total, p)}.{basis_of_avoidable(judged, p)}"
    )
    counts = _counts(judged)
    return [
        Heading(SERVICE_LABEL[service]),
        Paragraph(text),
        _chart(context, service, counts, _table(context, service, counts)),
    ]


def at_most(judged: pd.DataFrame) -> str:
    """Return what stands before a number judged avoidable: inference gives an upper bound, recorded reasons do not."""
    return "at most " if (judged["judgement"].eq("avoidable") & judged["basis"].eq("inferred")).any() else ""


def basis_of_avoidable(judged: pd.DataFrame, profile: str) -> str:
    """Return a sentence, after a space, on how many of those judged avoidable are so by a recorded reason.

    Empty when none is judged avoidable. No figures where a reason has so few children that its count is hidden.
    """
    avoidable = judged[judged["judgement"].eq("avoidable")]
    total, recorded = len(avoidable), int(avoidable["basis"].eq("recorded").sum())
    if not total:
        return ""
    if not recorded:
        return " None of those judged avoidable has a recorded reason: all are judged by inference."
    if recorded == total:
        return " All of those judged avoidable have a recorded reason."
    parts = avoidable.groupby(["reason", "basis"]).size()
    if profile != INTERNAL and (parts < SMALLEST_SHOWN).any():
        return " Some of those judged avoidable have a recorded reason; the others are judged by inference."
    share = words.of(recorded, total, profile)
    return f" Of those judged avoidable, {share} have a recorded reason; the others are judged by inference."


def _counts(judged: pd.DataFrame) -> pd.DataFrame:
    """Return counts by (judgement, reason) and basis, the judgements in their order, the largest reasons first."""
    keys = judged["judgement"] + "|" + judged["reason"]
    counts = cross(judged.assign(key=keys), "key", "basis", (), _BASES)[list(_BASES)]
    order = sorted(
        counts.index,
        key=lambda key: (_JUDGEMENTS.index(key.split("|")[0]), -sum(cell(counts, key, basis) for basis in _BASES), key),
    )
    return counts.loc[order]


def _names(key: str) -> tuple[str, str]:
    judgement, reason = key.split("|")
    return JUDGEMENT_LABEL[judgement], REASON_LABEL.get(reason, reason)


def _table(context: Context, service: str, counts: pd.DataFrame) -> Table:
    texts = protect_grid(counts, context.profile)
    rows = [(_names(str(key))[1], _names(str(key))[0], *(str(cell) for cell in texts.loc[key])) for key in counts.index]
    rows.append((ALL, "", *(str(cell) for cell in texts.iloc[-1])))
    key = "care" if service == "care" else "plans"
    table = Table(
        f"{key}-reasons",
        f"{SERVICE_LABEL[service]} outside the authority: reasons, {context.day_text}",
        ("Reason", "Judgement", "Recorded", "Inferred", ALL),
        tuple(rows),
        ("text", "text", "number", "number", "number"),
        (f"Source: {SOURCE[service]}; recorded reasons where held; local provision on the day.",),
        1,
    )
    return noted(table, context.profile)


def _chart(context: Context, service: str, counts: pd.DataFrame, data: Table) -> Figure:
    p, hide = context.profile, hidden_grid(counts, context.profile)
    pairs = [
        tuple(shown_count(cell(counts, key, b), p, secret=bool(cell(hide, key, b))) for b in _BASES)
        for key in counts.index
    ]
    labels = [f"{_names(str(key))[1]} ({_names(str(key))[0].lower()})" for key in counts.index]
    largest = data.rows[0]
    heading = (
        f"Main avoidable reason: {words.lower_first(largest[0])}"
        if largest[1] == JUDGEMENT_LABEL["avoidable"] and largest[4] != SUPPRESSED
        else "Why children are outside the authority"
    )
    drawn = paired_bars(
        f"{SERVICE_LABEL[service]}. {heading}",
        labels,
        [(pair[0], pair[1]) for pair in pairs],
        ("Reason recorded", "Reason inferred"),
        mark=mark(context),
    )
    said = "; ".join(
        f"{row[0]} ({row[1].lower()}): {_say(row[2])} recorded, {_say(row[3])} inferred" for row in data.rows[:-1]
    )
    alt = f"Bar chart of reasons for {SERVICE_NOUN[service]} outside the authority. {said}."
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[service]}", data=data)


def _say(cell: str) -> str:
    return "hidden" if cell == SUPPRESSED else cell
