"""What is proposed, what was proved of it, and what would change against doing nothing?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from placements import codes
from placements.analysis.gap import WANTED, WANTED_LABEL
from placements.disclosure.suppress import INTERNAL
from placements.interventions import Intervention, Opening, RecruitCarers, ReduceEntries
from placements.reports import words
from placements.reports.charts import dots
from placements.reports.content import Block, BulletList, Callout, Figure, Heading, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.future import Estimate, Goal, Outcome, Proposal, year_label
from placements.reports.sections.parts import GOAL, figure, mark
from placements.reports.tables import cell, noted, numeric

KIND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open_home": "Open a children's home",
        "expand_school": "Add special school places",
        "open_specialist_base": "Open a SEN unit or resourced provision",
        "recruit_carers": "Recruit foster carers",
        "open_supported_accommodation": "Open supported accommodation",
        "reduce_entries": "Prevent entries to care",
    }
)


def section(context: Context) -> Section:
    """Return the section on the plan."""
    proposal = context.future.proposal
    blocks: list[Block] = [
        Callout(
            "Settled children are not moved",
            "The plan acts on placements that start or change in the years ahead. No child who is settled where they "
            "are "
            "is moved to meet a target, and nothing in this statement names or lists children to move.",
        )
    ]
    if proposal is None:
        blocks.append(Paragraph("No plan was put forward for this statement."))
    else:
        blocks += _proposal(context, proposal)
    blocks += _comparison(context)
    return Section("plan", "What we plan", tuple(blocks))


def _proposal(context: Context, proposal: Proposal) -> list[Block]:
    steps = _in_order(proposal.interventions)
    if not steps:
        return [
            Paragraph("The search found no option within the limits that improves on doing nothing."),
            *_proof(context, proposal),
        ]
    capital = sum(float(step.capital_by_year(context.future.years or 25).sum()) for step in steps)
    limits = context.county.settings.optimise
    text = (
        f"The plan has {words.plain_count(len(steps), 'step', 'steps')}, with capital of {words.pounds(capital)} in "
        "all. "
        f"The limits set were {words.pounds(limits.capital_gbp)} of capital in all, "
        f"{words.pounds(limits.capital_per_year_gbp)} of capital in any year and "
        f"{words.pounds(limits.revenue_per_year_gbp)} "
        "of running cost in any year. Each step is a proposal to be tested: sites, planning consent, staff and "
        "prices are "
        "not confirmed here."
    )
    return [Paragraph(text), _steps_table(context, steps), *_proof(context, proposal)]


def _in_order(steps: tuple[Intervention, ...]) -> list[Intervention]:
    return sorted(steps, key=lambda step: (_year(step), step.kind, step.name))


def _year(step: Intervention) -> int:
    return int(getattr(step, "opens_year", getattr(step, "from_year", 1)))


def _steps_table(context: Context, steps: list[Intervention]) -> Table:
    rows = tuple(_step_row(context, step) for step in steps)
    return Table(
        "plan-steps",
        "The plan: what would be done, when, where and at what cost",
        ("What and where", "Decided", "In use", "Places", "Capital", "Running cost a year", "Why"),
        rows,
        ("text", "text", "text", "number", "number", "number", "text"),
        (
            (
                "Decided: the financial year in which the money is committed. In use: the year in which the first "
                "places "
                "open. "
                "Running cost: what it costs a year whether used or not; each place in use costs more, week by week. "
                "Foster carers: totals of all households."
            ),
            "Why: local need and places today for that kind of place, from the section on the gap.",
        ),
    )


def _step_row(context: Context, step: Intervention) -> tuple[str, ...]:
    day, horizon = context.day, max(context.future.years, 1)
    year = _year(step)
    if isinstance(step, ReduceEntries):
        label = f"{KIND[step.kind]}: {step.name}"
        start = year_label(day, year)
        why = step.evidence or "Fewer children would need a placement"
        return (label, start, start, "-", words.pounds(step.capital_gbp), words.pounds(step.yearly_cost_gbp), why)
    if not isinstance(step, Opening):
        return (step.name, year_label(day, year), "-", "-", "-", "-", step.evidence)
    units = float(step.units_by_year(horizon).sum()) if isinstance(step, RecruitCarers) else 1.0
    ready = int(np.floor(year + step.lead_time_years + 1e-9))
    return (
        _what_and_where(context, step, units),
        year_label(day, year),
        year_label(day, ready),
        f"{step.places * units:,.0f}",
        words.pounds(step.capital_gbp * units),
        words.pounds(step.yearly_cost_gbp * units),
        _why(context, step),
    )


def _what_and_where(context: Context, step: Opening, units: float) -> str:
    names = {**context.area_names, **_district_names(context)}
    where = names.get(step.district, step.district)
    what = KIND.get(step.kind, step.kind)
    if isinstance(step, RecruitCarers):
        what = f"Recruit {words.plain_count(int(units), 'foster household', 'foster households')}"
    return f"{what}, {where}" if where else what


def _district_names(context: Context) -> Mapping[str, str]:
    try:
        return context.county.authority.district_names
    except KeyError:
        return {}


def _why(context: Context, step: Opening) -> str:
    """Return the gap there is today for the kind of place a step opens, in words."""
    wanted = WANTED.get(step.provision, step.provision)
    table = context.sufficiency("provision")
    label = WANTED_LABEL.get(wanted, codes.PROVISION.get(wanted, wanted))
    if wanted not in table.index:
        return f"{label}: no gap worked out"
    gap = cell(table, wanted, "gap")
    size = words.quantity(abs(gap), context.profile)
    if abs(gap) < (0.5 if context.profile == INTERNAL else 6):
        return f"{label}: about in balance today; need is forecast to change"
    return f"{label}: {'short by' if gap > 0 else 'more than needed today, by'} {size}"


def _proof(context: Context, proposal: Proposal) -> list[Block]:
    """Return what the search proved, in words that claim no more than that."""
    tolerance = context.county.settings.optimise.tolerance
    if proposal.is_proved:
        text = (
            "The search proved, for every goal in turn, that no other plan within the limits and the options given "
            "does "
            f"better by more than {_one_in(tolerance)}. That is a statement about the model, with its forecasts and "
            "costs, not about the world."
        )
        tone: Callout = Callout("What was proved", text)
    else:
        text = (
            "The search stopped before it could prove that no better plan exists. The plan is the best one found; the "
            "table says, goal by goal, how much better another plan could still be."
        )
        tone = Callout("The plan is the best found, not proved to be the best", text, "warning")
    return [Heading("How good the plan is known to be"), tone, _goals_table(proposal.goals)]


def _one_in(share: float) -> str:
    if share <= 0:
        return "nothing at all"
    return f"one part in {words.pounds(round(1 / share)).strip('£')}"


def _goals_table(goals: tuple[Goal, ...]) -> Table:
    rows = tuple(
        (
            GOAL.get(goal.name, goal.name.replace("_", " ").capitalize()),
            _amount(goal.name, goal.value),
            _amount(goal.name, goal.bound),
            "not known" if not np.isfinite(goal.gap) else f"{100 * goal.gap:.2f}%",
            "Proved within the tolerance" if goal.is_proved else f"Not proved ({_status(goal.status)})",
        )
        for goal in goals
    )
    return Table(
        "plan-goals",
        "What the search reached and proved, goal by goal in order of importance",
        ("Goal", "Reached", "No plan can pass", "Gap", "Result"),
        rows,
        ("text", "number", "number", "number", "text"),
        (
            (
                "Each goal is fixed, within the stated tolerance, before the next is worked on. Gap: how far the plan "
                "could "
                "still be from the best possible, as a share of what was reached. Values are model estimates over all "
                "years."
            ),
        ),
    )


def _amount(name: str, value: float) -> str:
    if not np.isfinite(value):
        return "not known"
    return words.pounds(value) if "cost" in name else f"{value:,.1f}"


def _status(status: str) -> str:
    text = status.replace("_", " ").lower()
    return "best found" if "optimal" in text else text


def _comparison(context: Context) -> list[Block]:
    outcomes = context.future.outcomes
    if not outcomes:
        return []
    blocks: list[Block] = [
        Heading("What would change, against doing nothing"),
        Paragraph(
            "Every scenario is run on the same simulated futures, so the difference from doing nothing is not "
            "blurred by "
            f"chance in the forecast. Ranges hold 8 in 10 runs. A child-year is one child spending one year, over "
            f"{words.plain_count(context.future.years, 'year', 'years')}, avoidably outside the authority."
        ),
    ]
    others = [outcome for outcome in outcomes if not outcome.is_baseline]
    if others:
        blocks.append(BulletList(tuple(_outcome_sentence(context, outcome) for outcome in others)))
    blocks.append(_chart(context, outcomes))
    return blocks


def _outcome_sentence(context: Context, outcome: Outcome) -> str:
    change, cost = outcome.away_change, outcome.cost_change
    p = context.profile
    clear = change.high < 0 or change.low > 0
    size = words.quantity(abs(change.middle), p)
    if not clear or size in ("0", "c"):
        effect = "no clear change in child-years avoidably outside"
    else:
        way = "fewer" if change.middle < 0 else "more"
        low, high = sorted((abs(change.low), abs(change.high)))
        effect = f"about {size} {way} child-years avoidably outside ({_span(low, high, p)})"
    return f"{outcome.name}: {effect}; {_cost_words(cost)}."


def _cost_words(cost: Estimate) -> str:
    """Return a change of cost in words, with its range: a saving is not left to a minus sign."""
    middle = "about the same cost" if cost.middle == 0 else _saving_or_cost(cost.middle)
    doubt = ", so which of the two is not clear" if cost.low < 0 < cost.high else ""
    return f"{middle} against doing nothing (from {_saving_or_cost(cost.low)} to {_saving_or_cost(cost.high)}{doubt})"


def _saving_or_cost(value: float) -> str:
    return f"a {'saving' if value < 0 else 'cost'} of {words.pounds(abs(value))}"


def _span(low: float, high: float, profile: str) -> str:
    return f"{words.estimate(low, profile)} to {words.estimate(high, profile)}"


def _range(estimate: Estimate, profile: str) -> str:
    return f"{words.estimate(estimate.low, profile)} to {words.estimate(estimate.high, profile)}"


def _table(context: Context, outcomes: tuple[Outcome, ...]) -> Table:
    p = context.profile
    rows = tuple(
        (
            outcome.name,
            f"{outcome.places:,.0f}",
            words.pounds(outcome.capital_gbp),
            words.estimate(outcome.away.middle, p),
            _range(outcome.away, p),
            "-" if outcome.is_baseline else words.estimate(outcome.away_change.middle, p),
            "-" if outcome.is_baseline else words.pounds(outcome.cost_change.middle),
        )
        for outcome in outcomes
    )
    return noted(
        Table(
            "scenarios",
            "Scenarios against doing nothing, over the years forecast",
            (
                "Scenario",
                "Places added",
                "Capital",
                "Child-years avoidably outside",
                "8 in 10 runs",
                "Change",
                "Change in net cost",
            ),
            rows,
            numeric(7),
            ("Change: less than nothing means fewer child-years, or a saving. Costs include capital.",),
        ),
        p,
    )


def _chart(context: Context, outcomes: tuple[Outcome, ...]) -> Figure:
    p, data = context.profile, _table(context, outcomes)
    points = [tuple(_rounded(value, p) for value in (o.away.middle, o.away.low, o.away.high)) for o in outcomes]
    names = [outcome.name for outcome in outcomes]
    best = min(outcomes, key=lambda outcome: outcome.away.middle)
    heading = (
        f"{best.name} leaves the fewest child-years avoidably outside the authority"
        if not best.is_baseline
        else "Child-years avoidably outside the authority, by scenario"
    )
    drawn = dots(
        heading,
        names,
        [(point[0], point[1], point[2]) for point in points],
        [f"{point[0]:,.0f}" for point in points],
        axis="Child-years avoidably outside the authority; the line holds 8 in 10 runs",
        mark=mark(context),
    )
    said = "; ".join(f"{row[0]}: {row[3]} ({row[4]})" for row in data.rows)
    alt = f"Dot chart of child-years avoidably outside the authority by scenario. {said}."
    return figure(context, drawn=drawn, alt=alt, source="Source: forecast and scenarios of this study", data=data)


def _rounded(value: float, profile: str) -> float:
    return value if profile == INTERNAL else float(5 * int(value / 5 + 0.5))
