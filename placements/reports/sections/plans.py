"""Who are the children and young people with EHC plans? Need, setting and age, two at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from placements import codes
from placements.disclosure.publication import PLANS, YES
from placements.disclosure.suppress import SUPPRESSED
from placements.reports import words
from placements.reports.charts import panels
from placements.reports.content import Block, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.parts import (
    NEED_LABEL,
    SETTING_SHORT,
    SOURCE,
    age_order,
    charted_share,
    figure,
    mark,
    share_of_shown,
)
from placements.reports.tables import grid_table, label_of, ordered

#: Needs drawn: more would be too small to read.
_PANELS = 6


def section(context: Context) -> Section:
    """Return the section on EHC plans."""
    title = "Children and young people with EHC plans"
    if context.plans.empty:
        return Section("plans", title, (Paragraph("The data hold no EHC plans."),))
    both = words.counted(context.count(PLANS, {"other_service": YES}))
    residential = words.counted(context.count(PLANS, {"residential": YES}), "plan", "plans")
    text = (
        f"On {context.day_text} {context.authority} maintained "
        f"{words.counted(context.count(PLANS), 'EHC plan', 'EHC plans')}. Independent and non-maintained special "
        f"schools were the setting of {words.of(context.headline_share('plans_independent_special'))}. "
        f"{words.sentence('a residential place was named in ' + residential)} "
        f"{words.sentence(both + ' had both an EHC plan and were looked after')}"
    )
    blocks: list[Block] = [
        Paragraph(text),
        Heading("Need and setting"),
        _panels(context),
        Heading("Age and setting"),
        _grid(context, ("age_band", age_order(codes.EDUCATION)), "age", "Age", {}),
        Heading("Need and age"),
        _by_age(context),
    ]
    names = ("ehc_plans", "plans_independent_special", "care_and_plan")
    figures = tuple(context.traced(context.headline[name]) for name in names if name in context.headline)
    return Section("plans", title, tuple(blocks), figures)


def _grid(context: Context, rows: tuple[str, Sequence[str]], key: str, first: str, labels: Mapping[str, str]) -> Table:
    return grid_table(
        f"plans-{key}-setting",
        f"EHC plans by {words.lower_first(first)} and setting, {context.day_text}",
        context.figures,
        PLANS,
        rows=rows,
        columns=("provision", tuple(codes.EDUCATION_PROVISION)),
        row_labels=labels,
        column_labels=SETTING_SHORT,
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


def _by_age(context: Context) -> Table:
    return grid_table(
        "plans-need-age",
        f"EHC plans by main need and age, {context.day_text}",
        context.figures,
        PLANS,
        rows=("need", ()),
        columns=("age_band", age_order(codes.EDUCATION)),
        row_labels=NEED_LABEL[codes.EDUCATION],
        column_labels={},
        first="Main need",
        notes=(f"Source: {SOURCE[codes.EDUCATION]}.",),
    )


def _panels(context: Context) -> Figure:
    """Return where children with each of the commonest needs learn: shares of the counts in the table beside it."""
    labels = NEED_LABEL[codes.EDUCATION]
    data = _grid(context, ("need", ()), "need", "Main need", labels)
    settings = ordered(context.figures, PLANS, "provision", tuple(codes.EDUCATION_PROVISION))
    shares: dict[str, list[float]] = {}
    texts: dict[str, list[str]] = {}
    spoken = []
    for need in ordered(context.figures, PLANS, "need")[:_PANELS]:
        name, total = label_of(labels, need), context.count(PLANS, {"need": need})
        parts = {
            setting: share_of_shown(context.count(PLANS, {"need": need, "provision": setting}), total, context.profile)
            for setting in settings
        }
        drawn_parts = [charted_share(part) for part in parts.values()]
        shares[name], texts[name] = [part[0] for part in drawn_parts], [part[1] for part in drawn_parts]
        shown = [setting for setting, part in parts.items() if SUPPRESSED not in part]
        if shown:
            most = max(shown, key=lambda setting: words.value_of(parts[setting].numerator))
            spoken.append(f"{name}: {words.lower_first(codes.PROVISION[most])} {words.of(parts[most])}.")
    alt = (
        "Small bar charts, one for each main need, of where children with that need learn. The largest number that is "
        "shown for each: " + " ".join(spoken)
    )
    short = [SETTING_SHORT.get(value, value) for value in settings]
    heading = "Where children learn depends on need: settings as a share of each need's plans"
    drawn = panels(heading, shares, texts, short, mark=mark(context))
    return figure(context, drawn=drawn, alt=alt, source=f"Source: {SOURCE[codes.EDUCATION]}", data=data)
