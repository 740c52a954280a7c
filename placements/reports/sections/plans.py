"""Who are the children and young people with EHC plans? Need, setting and age, two at a time."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from placements import codes
from placements.analysis.profile import cross
from placements.disclosure.grid import hidden_grid
from placements.reports import words
from placements.reports.charts import panels
from placements.reports.content import Block, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.parts import (
    NEED_LABEL,
    SETTING_SHORT,
    SOURCE,
    age_order,
    figure,
    mark,
    shown_share,
)
from placements.reports.tables import cell, grid_table

#: Needs drawn: more would be too small to read.
_PANELS = 6


def section(context: Context) -> Section:
    """Return the section on EHC plans."""
    plans, p = context.plans, context.profile
    title = "Children and young people with EHC plans"
    if plans.empty:
        return Section("plans", title, (Paragraph("The data hold no EHC plans."),))
    independent = int(plans["provision"].eq("independent_special").sum())
    residential = int(plans["residential"].sum())
    both = len(set(context.care["child_id"]) & set(plans["child_id"]))
    text = (
        f"On {context.day_text} {context.authority} maintained "
        f"{words.counted(len(plans), p, 'EHC plan', 'EHC plans')}. Independent and non-maintained special schools "
        f"were the setting of {words.of(independent, len(plans), p)}. "
        f"{words.sentence(words.counted(residential, p, 'plan named', 'plans named') + ' a residential place')} "
        f"{words.sentence(words.counted(both, p) + ' had both an EHC plan and were looked after')}"
    )
    by_need = cross(plans, "need", "provision", tuple(codes.SEN_TYPE), tuple(codes.EDUCATION_PROVISION))
    by_age = cross(plans, "age_band", "provision", age_order(codes.EDUCATION), tuple(codes.EDUCATION_PROVISION))
    order = by_need.sum(axis=1).sort_values(ascending=False, kind="stable").index
    blocks: list[Block] = [
        Paragraph(text),
        Heading("Need and setting"),
        _panels(context, by_need.loc[order]),
        Heading("Age and setting"),
        _grid(context, by_age, "age", "Age", {}),
        Heading("Need and age"),
        _by_age(context, cross(plans, "need", "age_band", tuple(order), age_order(codes.EDUCATION))),
    ]  # fmt: skip
    names = ("ehc_plans", "plans_independent_special", "care_and_plan")
    figures = tuple(context.traced(context.headline[name]) for name in names if name in context.headline)
    return Section("plans", title, tuple(blocks), figures)


def _grid(context: Context, counts: pd.DataFrame, key: str, first: str, labels: Mapping[str, str]) -> Table:
    return grid_table(
        f"plans-{key}-setting",
        f"EHC plans by {first.lower()} and setting, {context.day_text}",
        counts,
        row_labels=labels,
        column_labels=SETTING_SHORT,
        profile=context.profile,
        first=first,
        notes=(
            (
                "SEN unit or base: a unit or resourced provision at a mainstream school. Indep. special: independent "
                "or non-maintained special school. Alt. provision: alternative provision or pupil referral unit. The "
                "main setting of each plan is counted."
            ),
            f"Source: {SOURCE[codes.EDUCATION]}.",
        ),
    )


def _by_age(context: Context, counts: pd.DataFrame) -> Table:
    return grid_table(
        "plans-need-age",
        f"EHC plans by main need and age, {context.day_text}",
        counts,
        row_labels=NEED_LABEL[codes.EDUCATION],
        column_labels={},
        profile=context.profile,
        first="Main need",
        notes=(f"Source: {SOURCE[codes.EDUCATION]}.",),
    )


def _panels(context: Context, counts: pd.DataFrame) -> Figure:
    p, labels = context.profile, NEED_LABEL[codes.EDUCATION]
    data = _grid(context, counts, "need", "Main need", labels)
    kept = counts.loc[counts.sum(axis=1) > 0, counts.sum(axis=0) > 0]
    secret = hidden_grid(kept, p)
    settings = [str(value) for value in kept.columns]
    shares: dict[str, list[float]] = {}
    texts: dict[str, list[str]] = {}
    spoken = []
    for need in kept.index[:_PANELS]:
        name, total = labels.get(str(need), str(need)), sum(cell(kept, need, s) for s in settings)
        pairs = [shown_share(cell(kept, need, s), total, p, secret=bool(cell(secret, need, s))) for s in settings]
        shares[name], texts[name] = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        counts_of_need = {s: cell(kept, need, s) for s in settings}
        largest = max(counts_of_need, key=lambda s: counts_of_need[s])
        if not secret.loc[need, largest]:
            spoken.append(
                f"{name}: most often {words.lower_first(codes.PROVISION[largest])}, "
                f"{words.of(counts_of_need[largest], total, p)}."
            )
    alt = "Small bar charts, one for each main need, of where children with that need learn. " + " ".join(spoken)
    short = [SETTING_SHORT.get(value, value) for value in settings]
    heading = "Where children learn depends on need: settings as a share of each need's plans"
    drawn = panels(heading, shares, texts, short, mark=mark(context))
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[codes.EDUCATION]}", data=data)
