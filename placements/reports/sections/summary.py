"""What does a reader with one minute need? The headline figures, each with what it is made of, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from placements.analysis.avoidable import LOCAL_KINDS
from placements.disclosure.suppress import count_text
from placements.reports import words
from placements.reports.content import Block, BulletList, Callout, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.gap import shown_gap
from placements.reports.sections.parts import WANTED_NOUN
from placements.reports.sections.why import at_most, basis_of_avoidable
from placements.reports.tables import cell, noted

_AT_MOST: Final = (
    "By the recorded reason or, where there is none, by inference, which gives an upper bound. Of those outside in "
    "kinds that local places can be made for"
)
#: What each headline figure means, in plain words; others show the definition that they carry.
_MEANING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "looked_after": "Looked after at the end of the day; planned series of short breaks not counted",
        "uasc": "Recorded as unaccompanied asylum-seeking",
        "care_out_of_county": "Of those whose location is known",
        "care_over_20_miles": "Inside the authority or outside; of those whose distance is known",
        "care_distant": "Outside and not in an adjoining authority; of those whose location is known",
        "care_distance_unknown": "A postcode of home or placement is missing or was not found",
        "homes_out_of_county": "Of those in children's homes whose location is known",
        "in_house_foster_share": "Of those with in-house or agency carers; connected carers not counted",
        "ehc_plans": "Plans in force at the end of the day",
        "plans_out_of_county": "Of plans whose setting's location is known",
        "plans_independent_special": "Of all plans, those with no known setting included",
        "care_and_plan": "In both groups, matched by unique pupil number",
        "care_avoidable": _AT_MOST,
        "education_avoidable": _AT_MOST,
    }
)


def section(context: Context) -> Section:
    """Return the summary."""
    blocks: list[Block] = [
        Paragraph(
            f"This statement says where the children that {context.authority} looks after live, where its children "
            "and young people with education, health and care (EHC) plans learn, where local provision falls short, "
            f"and what is proposed. It describes {context.day_text}."
        ),
        BulletList(_points(context)),
        _table(context),
    ]
    proposal = _proposal(context)
    if proposal:
        blocks += [Heading("What is proposed"), BulletList(proposal)]
    blocks.append(
        Callout(
            "What this draft still needs",
            "It was drawn up from the council's data. The council's own account is still to be added: the views of "
            "children, parents and carers, the quality of provision, commissioning plans, and the decisions of "
            "members. Figures should be checked by those who know the services before it is published.",
        )
    )
    figures = tuple(context.traced(item) for item in context.headline.values())
    return Section("summary", "Summary", tuple(blocks), figures)


def _points(context: Context) -> tuple[str, ...]:
    p, found = context.profile, context.headline
    points = []
    if len(context.care):
        out, far = found["care_out_of_county"], found["care_over_20_miles"]
        share = words.fraction_first(out.numerator or 0, out.denominator or 0, p)
        points.append(
            f"{context.authority} looks after {words.counted(len(context.care), p)}. Of those whose location is "
            f"known, {share} live outside the authority."
        )
        share = words.fraction_first(far.numerator or 0, far.denominator or 0, p)
        points.append(
            f"Of children looked after whose distance from home is known, {share} live more than 20 miles from home, "
            "inside or outside the authority."
        )
    if len(context.plans):
        out, special = found["plans_out_of_county"], found["plans_independent_special"]
        points.append(
            f"Of {words.counted(len(context.plans), p, 'EHC plan', 'EHC plans')}, "
            f"{words.of(out.numerator or 0, out.denominator or 0, p)} name a setting outside the authority, where its "
            "location is known. Independent and non-maintained special schools are the setting of "
            f"{words.of(special.numerator or 0, special.denominator or 0, p)}."
        )
    for name, label in (("care_avoidable", "looked after"), ("education_avoidable", "with EHC plans")):
        item = found.get(name)
        if item is not None and item.denominator:
            judged = context.judged[context.judged["service"].eq(name.removesuffix("_avoidable"))]
            judged = judged[judged["provision"].isin(list(LOCAL_KINDS))]
            points.append(
                f"Of children {label} who are outside in kinds of placement that local places can be made for, "
                f"{at_most(judged)}{words.of(item.numerator or 0, item.denominator, p)} are judged avoidable: outside "
                f"for want of local provision.{basis_of_avoidable(judged, p)}"
            )
    gaps = _gaps(context)
    if gaps:
        points.append(f"Local places fall short of need most for {gaps}.")
    return tuple(points) or ("The data hold no children.",)


def _gaps(context: Context) -> str:
    table = context.sufficiency("provision")
    if table.empty:
        return ""
    shown = shown_gap(table, context.profile, total=False)
    short = [
        (cell(table, kind, "gap"), kind)
        for kind in table.index
        if shown.loc[kind, "gap"] not in ("c", "0", "x") and cell(table, kind, "gap") > 0
    ]
    parts = [
        f"{WANTED_NOUN.get(str(kind), str(kind))} (short by about {shown.loc[kind, 'gap']})"
        for _, kind in sorted(short, reverse=True)[:3]
    ]
    return words.joined(parts)


def _table(context: Context) -> Table:
    p = context.profile
    rows = []
    for item in context.headline.values():
        if item.denominator is None:
            figure, left = count_text(item.value, p), ""
        else:
            text = words.of(item.numerator or 0, item.denominator, p)
            figure, left = words.sentence(text)[:-1], count_text(item.excluded or 0, p)
        rows.append((item.label, figure, left, _MEANING.get(item.name, item.definition)))
    return noted(
        Table(
            "headline",
            f"Headline figures, {context.day_text}",
            ("Measure", "Figure", "Left out", "What it means"),
            tuple(rows),
            ("text", "text", "number", "text"),
            ("Left out: children whose location or distance is not known, who are in neither part of the share.",),
        ),
        p,
    )


def _proposal(context: Context) -> tuple[str, ...]:
    proposal = context.future.proposal
    if proposal is None or not proposal.interventions:
        return ()
    years = max(context.future.years, 1)
    places = sum(float(step.places_by_year(years)[-1]) for step in proposal.interventions)
    capital = sum(float(step.capital_by_year(years).sum()) for step in proposal.interventions)
    points = [
        (
            f"The plan has {words.plain_count(len(proposal.interventions), 'step', 'steps')}, adding about "
            f"{places:,.0f} places by the end of {words.plain_count(years, 'year', 'years')} for "
            f"{words.pounds(capital)} of capital."
        ),
        "It acts on new and changing placements. Settled children are not moved.",
        "Within the model, no other plan does better by more than the stated tolerance."
        if proposal.is_proved
        else "It is the best plan found; the search stopped before it could prove that there is none better.",
    ]
    return tuple(points)
