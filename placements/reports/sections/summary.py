"""What does a reader with one minute need? The headline figures, each with what it is made of, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from placements import codes
from placements.disclosure.headline import headline_texts, recorded_of_avoidable
from placements.disclosure.suppress import NOT_AVAILABLE, SUPPRESSED
from placements.reports import words
from placements.reports.content import Block, BulletList, Callout, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.sections.gap import gap_by_kind
from placements.reports.sections.parts import WANTED_NOUN
from placements.reports.sections.why import at_most, basis_of_avoidable
from placements.reports.tables import noted

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
        BulletList(points(context)),
        headline_table(context),
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


def points(context: Context) -> tuple[str, ...]:
    """Return the headline figures in sentences."""
    found = []
    if len(context.care):
        found.append(
            f"{context.authority} looks after {words.counted(context.count(codes.CARE))}. Of those whose location is "
            f"known, {words.fraction_first(context.headline_share('care_out_of_county'))} live outside the authority."
        )
        found.append(
            "Of children looked after whose distance from home is known, "
            f"{words.fraction_first(context.headline_share('care_over_20_miles'))} live more than 20 miles from home, "
            "inside or outside the authority."
        )
    if len(context.plans):
        found.append(
            f"Of {words.counted(context.count(codes.EDUCATION), 'EHC plan', 'EHC plans')}, "
            f"{words.of(context.headline_share('plans_out_of_county'))} name a setting outside the authority, where "
            "its location is known. Independent and non-maintained special schools are the setting of "
            f"{words.of(context.headline_share('plans_independent_special')).rstrip(',')}."
        )
    for name, label in (("care_avoidable", "looked after"), ("education_avoidable", "with EHC plans")):
        if name not in context.headline or context.headline_share(name).percent == NOT_AVAILABLE:
            continue
        basis = context.share_in(*recorded_of_avoidable(context.figures, name))
        found.append(
            f"Of children {label} who are outside in kinds of placement that local places can be made for, "
            f"{at_most(basis)}{words.of(context.headline_share(name))} are judged avoidable: outside for want of local "
            f"provision.{basis_of_avoidable(basis)}"
        )
    gaps = _gaps(context)
    if gaps:
        found.append(f"Local places fall short of need most for {gaps}.")
    return tuple(found) or ("The data hold no children.",)


def _gaps(context: Context) -> str:
    short = [
        (words.value_of(row.gap), kind, row.gap)
        for kind, row in gap_by_kind(context).items()
        if row.gap != SUPPRESSED and words.value_of(row.gap) > 0
    ]
    parts = [
        f"{WANTED_NOUN.get(kind, kind)} (short by about {gap})" for _, kind, gap in sorted(short, reverse=True)[:3]
    ]
    return words.joined(parts)


def headline_table(context: Context, names: Sequence[str] = ()) -> Table:
    """Return the headline figures, or those of them that are named, with what they mean."""
    rows = []
    for item in context.headline.values():
        if names and item.name not in names:
            continue
        texts = headline_texts(context.figures, item.name)
        if item.denominator is None:
            figure, left = texts.value, ""
        else:
            share = words.of(context.headline_share(item.name)).rstrip(",")
            figure, left = words.sentence(share)[:-1], texts.excluded
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
        context.profile,
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
