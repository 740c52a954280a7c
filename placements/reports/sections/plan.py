"""What is proposed, what was proved of it, and what would change against doing nothing?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from placements import codes
from placements.analysis.gap import WANTED
from placements.analysis.year_ends import year_label
from placements.disclosure.suppress import SUPPRESSED
from placements.geography.authorities import district_names
from placements.interventions import Intervention, Opening, RecruitCarers, ReduceEntries, RetainCarers
from placements.reports import words
from placements.reports.content import Block, BulletList, Callout, Heading, Kind, Paragraph, Section, Table
from placements.reports.context import Context
from placements.reports.future import Goal, Proposal, Use
from placements.reports.sections.gap import gap_by_kind
from placements.reports.sections.parts import GOAL, WANTED_NOUN
from placements.reports.sections.scenarios import comparison

KIND: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open_home": "Open a children's home",
        "expand_school": "Add special school places",
        "open_specialist_base": "Open a SEN unit or resourced provision",
        "recruit_carers": "Recruit foster carers",
        "open_supported_accommodation": "Open supported accommodation",
        "block_contract": "Buy places whole",
        "reduce_entries": "Prevent entries to care",
        "retain_carers": "Keep foster carers",
    }
)


def section(context: Context) -> Section:
    """Return the section on the plan."""
    proposal = context.future.proposal
    blocks: list[Block] = [
        Callout(
            "Settled children are not moved",
            "The plan acts on placements that start or change in the years ahead. No child who is settled where they "
            "are is moved to meet a target, and nothing in this statement names or lists children to move.",
        )
    ]
    if proposal is None:
        blocks.append(Paragraph("No plan was put forward for this statement."))
    else:
        blocks += _proposal(context, proposal)
    blocks += comparison(context)
    return Section("plan", "What we plan", tuple(blocks))


def _proposal(context: Context, proposal: Proposal) -> list[Block]:
    steps = _in_order(proposal.interventions)
    if not steps:
        return [
            Paragraph("The search found no option within the limits that improves on doing nothing."),
            *_proof(proposal),
        ]
    capital = sum(float(step.capital_by_year(context.future.years or 25).sum()) for step in steps)
    limits = proposal.limits
    text = (
        f"The plan has {words.plain_count(len(steps), 'step', 'steps')}, with capital of {words.pounds(capital)} in "
        f"all. The limits set were {words.pounds(limits.capital_gbp)} of capital in all, "
        f"{words.pounds(limits.capital_per_year_gbp)} of capital in any year and "
        f"{words.pounds(limits.revenue_per_year_gbp)} of running cost in any year. Each step is a proposal to be "
        "tested: sites, planning consent, staff and prices are not confirmed here."
    )
    return [Paragraph(text), *_kinds(context, steps), steps_table(context, steps, proposal.uses), *_proof(proposal)]


def _in_order(steps: tuple[Intervention, ...]) -> list[Intervention]:
    return sorted(steps, key=lambda step: (_year(step), step.kind, step.name))


def _year(step: Intervention) -> int:
    return int(getattr(step, "opens_year", getattr(step, "from_year", 1)))


def steps_table(context: Context, steps: Sequence[Intervention], uses: Mapping[str, Use] | None = None) -> Table:
    """Return the steps of a plan: what, where, when, at what cost, and what the model expects of each.

    Parameters
    ----------
    context : Context
    steps : sequence of Intervention
    uses : mapping of str to Use, optional
        What each is expected to do, by its name; without it the table has no column for that.
    """
    rows = tuple(_step_row(context, uses or {}, step) for step in steps)
    columns = ("What and where", "Decided", "In use", "Places", "Capital", "Running cost a year", "Why")
    kinds: tuple[Kind, ...] = ("text", "text", "text", "number", "number", "number", "text")
    shown = len(columns) if uses is not None else len(columns) - 1
    return Table(
        "plan-steps",
        "The plan: what would be done, when, where and at what cost",
        columns[:shown],
        tuple(row[:shown] for row in rows),
        kinds[:shown],
        (
            (
                "Decided: the financial year in which the money is committed. In use: the year in which the first "
                "places open. Running cost: what it costs a year whether used or not; each place in use costs more, "
                "week by week. Foster carers: totals of all households."
            ),
            "Why: what the model expects the step to do over all years for children whose placements start in them.",
        )[: 1 if uses is None else 2],
    )


def _step_row(context: Context, uses: Mapping[str, Use], step: Intervention) -> tuple[str, ...]:
    day, horizon = context.day, max(context.future.years, 1)
    year = _year(step)
    if isinstance(step, ReduceEntries):
        label = f"{KIND[step.kind]}: {step.name}"
        start = year_label(day, int(np.floor(year + step.lead_time_years + 1e-9)))
        use = uses.get(step.name)
        why = step.evidence or "Fewer children would need a placement"
        why = why if use is None else _why(context, use, "Prevents")
        money = (words.pounds(step.capital_gbp), words.pounds(step.yearly_cost_gbp))
        return (label, year_label(day, year), start, "-", *money, why)
    if not isinstance(step, Opening):
        return (step.name, year_label(day, year), "-", "-", "-", "-", step.evidence)
    is_programme = isinstance(step, RetainCarers)
    units = float(step.units_by_year(horizon).sum()) if isinstance(step, RecruitCarers) or is_programme else 1.0
    paid = 1.0 if is_programme else units
    ready = int(np.floor(year + step.lead_time_years + 1e-9))
    return (
        _what_and_where(context, step, units),
        year_label(day, year),
        year_label(day, ready),
        f"{step.places * units:,.0f}",
        words.pounds(step.capital_gbp * paid),
        words.pounds(step.yearly_cost_gbp * paid),
        _why(context, uses.get(step.name)),
    )


def _what_and_where(context: Context, step: Opening, units: float) -> str:
    names = {**district_names(), **context.area_names}
    where = names.get(step.district, step.district)
    what = KIND.get(step.kind, step.kind)
    if isinstance(step, RecruitCarers):
        what = f"Recruit {words.plain_count(int(units), 'foster household', 'foster households')}"
    return f"{what}, {where}" if where else what


def _why(context: Context, use: Use | None, does: str = "Keeps") -> str:
    """Return what the model expects a step to do."""
    if use is None:
        return "Not worked out"
    years = words.estimate(use.child_years, context.profile)
    local = " local" if does == "Keeps" else ""
    if years in ("0", words.FEWER):
        return f"{does} {years.replace('0', 'no')} child-years{local}"
    need = words.lower_first(codes.NEED_GROUP_LABEL.get(use.need_group, ""))
    area = context.area_names.get(use.area, "")
    most = ", ".join(part for part in (need, area) if part)
    return f"{does} about {years} child-years{local}" + (f"; most: {most}" if most else "")


def _gaps_today(context: Context, steps: list[Intervention]) -> BulletList:
    """Return the gap there is today for each kind of place that the plan opens."""
    kinds = [WANTED.get(step.provision, step.provision) for step in steps if isinstance(step, Opening)]
    return BulletList(tuple(f"{_noun(kind)}: {_gap_today(context, kind)}." for kind in dict.fromkeys(kinds)))


def _noun(wanted: str) -> str:
    name = WANTED_NOUN.get(wanted, words.lower_first(codes.PROVISION.get(wanted, wanted)))
    return name[:1].upper() + name[1:]


def _kinds(context: Context, steps: list[Intervention]) -> list[Block]:
    gaps = _gaps_today(context, steps)
    return [Paragraph("The gap today for the kinds of place that it opens:"), gaps] if gaps.items else []


def _gap_today(context: Context, wanted: str) -> str:
    shown = gap_by_kind(context)
    if wanted not in shown:
        return "no gap worked out"
    gap = shown[wanted].gap
    if gap == SUPPRESSED:
        return "gap not stated, to protect small numbers"
    if gap == "0":
        return "about in balance today"
    return f"{gap[1:]} more than needed today" if gap.startswith("-") else f"short by {gap} today"


def _proof(proposal: Proposal) -> list[Block]:
    """Return what the search proved, in words that claim no more than that."""
    first, later = proposal.limits.tolerance, proposal.limits.later_tolerance
    if proposal.is_proved and proposal.limits.weights is not None:
        text = (
            "The goals were weighed against each other in pounds, as the settings say, and made one sum. The search "
            f"proved that no other plan within the limits and the options given has a sum lower by more than "
            f"{_one_in(first)}. That is a statement about the model, with its forecasts and costs, and about the "
            "weights chosen."
        )
        tone: Callout = Callout("What was proved", text)
    elif proposal.is_proved:
        text = (
            "The search proved that no other plan within the limits and the options given does better on the first "
            f"goal by more than {_one_in(first)}, nor, with that kept, on cost by more than {_one_in(later)} of what "
            "these children's care costs. Travel is the least there can be between the places chosen. That is a "
            "statement about the model, with its forecasts and costs, not about the world."
        )
        tone = Callout("What was proved", text)
    else:
        text = (
            "The search stopped before it could prove that no better plan exists. The plan is the best one found; "
            "the table says, goal by goal, how much better another plan could still be."
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
            _gap_text(goal.gap),
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
                "Each goal is kept, but for one part in 1,000, while the next is worked on. Gap: how far the plan "
                "could still be from the best possible, as a share of what was reached; for cost, of what the care of "
                "these children costs in all. Values are model estimates over all years."
            ),
            (
                "Net cost here is counted from every one of these children being paid for as if no local place were "
                "used, in the futures that the search looked at. The change in net cost under “What would change” is "
                "counted from doing nothing, where some find a local place anyway, in futures of its own. So the two "
                "sums differ, and neither can be had from the other."
            ),
        ),
    )


def _gap_text(gap: float) -> str:
    if not np.isfinite(gap):
        return "not known"
    return f"{100 * gap:.2f}%" if gap < 0.1 else f"{100 * gap:.0f}%"


def _amount(name: str, value: float) -> str:
    if not np.isfinite(value):
        return "not known"
    if name == "largest_gap":
        return f"{value:.0%}"
    return words.pounds(value) if "cost" in name else f"{value:,.1f}"


def _status(status: str) -> str:
    text = status.replace("_", " ").lower()
    return "best found" if "optimal" in text else text
