"""Why this plan? The reasons of every choice, and what more money, one more place or foresight would be worth.

Every loss and gain is of a problem solved again, with its gap; the seconds allowed are shared out over all of them, and
what could not be answered is named. `why_words` says it in plain English.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.optimisation.alternatives import Again, nearest
from placements.optimisation.binding import Limit, limits_of
from placements.optimisation.first_goal import FirstGoal, is_decomposed
from placements.optimisation.plan import Plan
from placements.optimisation.problem import Problem, build_problem
from placements.optimisation.reasons import Reason, reason_of
from placements.optimisation.recourse import one_more_place
from placements.optimisation.solve import GIVE_WAY, GoalResult, Progress
from placements.optimisation.value import (
    PlanValue,
    SamplePlan,
    capital_step,
    perfect_information,
    plans_by_sample,
    stochastic_solution,
)
from placements.optimisation.variants import NOTHING, UNANSWERED, Clock, Variant, solve_again, units_of

Floats = npt.NDArray[np.float64]

#: Part of the time for one more place: many small programmes, and a bound of each gain at once.
_PLACES_SHARE: Final = 0.1
#: Part of the plan's own solving time that a re-solve is given at the least.
_LEAST_PART: Final = 0.5


@dataclass(frozen=True)
class Why:
    """The reasons of a plan.

    Attributes
    ----------
    plan : Plan
    reasons : tuple of Reason
        One for each option chosen (commitments are given, not chosen), in the plan's order.
    limits : tuple of Limit
        All, binding or not.
    value : PlanValue
    samples : tuple of SamplePlan
    unanswered : tuple of str
        What there was no time for.
    seconds : float
        Wall time.
    """

    plan: Plan
    reasons: tuple[Reason, ...]
    limits: tuple[Limit, ...]
    value: PlanValue
    samples: tuple[SamplePlan, ...]
    unanswered: tuple[str, ...]
    seconds: float


def why(
    county: County, forecast: Forecast, plan: Plan, *, seconds: float = 120.0, progress: Progress | None = None
) -> Why:
    """Give the reasons of a plan.

    Parameters
    ----------
    county : County
    forecast : Forecast
        Those that the plan was made with.
    plan : Plan
    seconds : float
        For all re-solves together. What each changes of the first goal is answered before what it changes of the
        others, which takes many times longer: a re-solve of all goals is given a part of what the plan itself took at
        least. What cannot be answered is named.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Raises
    ------
    UsageError
        When the plan is not one of this county and forecast.
    """
    began, tell = time.monotonic(), progress or (lambda share, text: None)
    problem, units = _problem_of(county, forecast, plan)
    chosen = [int(row) for row in _order(problem, plan)]
    tell(0.0, "one more place")
    places = one_more_place(problem, units, seconds * _PLACES_SHARE)
    first, least = FirstGoal(problem, plan.seed), _LEAST_PART * sum(goal.seconds for goal in plan.goals)
    in_parts = is_decomposed(problem)
    again: Again = first.best if in_parts else partial(solve_again, problem, plan.seed)
    jobs = 2 * len(chosen) + 2 * len(problem.weights) + 4
    clock = Clock(seconds * (1 - _PLACES_SHARE), jobs, 0.0 if in_parts else least)
    tell(0.1, "each sample's own plan")
    own = plans_by_sample(problem, plan.seed, units, clock)
    sharp = first.best(clock.share(), start=units) if in_parts else None
    known = plan if sharp is None else replace(plan, goals=(_sharpened(plan.goals[0], sharp), *plan.goals[1:]))
    tell(0.2, "each option struck out, and the nearest alternatives")
    changed = _changed(problem, units, chosen, clock, again)
    tell(0.5, "the value of more capital, and of the samples")
    step = capital_step(problem, plan.seed, known.goals[0], units, clock.share())
    vss, broken = stochastic_solution(problem, plan.seed, known.goals[0], units, clock, first)
    if in_parts and len(plan.goals) > 1:
        tell(0.6, "what they lose of the other goals")
        whole = partial(solve_again, problem, plan.seed)
        fully = _changed(problem, units, chosen, Clock(clock.left(), 2 * len(chosen), least), whole, changed)
        changed = {
            option: (_fuller(changed[option][0], fully[option][0]), _fuller(changed[option][1], fully[option][1]))
            for option in chosen
        }
    limits = limits_of(problem, plan, units)
    reasons = tuple(
        reason_of(county.areas, problem, known, units, option, *changed[option], own, limits) for option in chosen
    )
    value = PlanValue(known.goals[0].name, step, perfect_information(known.goals[0], own), vss, broken, places)
    tell(1.0, "done")
    wanted = bool(((units.sum(axis=1) < 0.5) & (problem.options["capital_gbp"] > 0)).any())
    return Why(
        plan, reasons, limits, value, own, _unanswered(plan, reasons, value, own, wanted), time.monotonic() - began
    )


def _changed(
    problem: Problem, units: Floats, chosen: list[int], clock: Clock, again: Again,
    begin: Mapping[int, tuple[Variant, Variant]] = MappingProxyType({}),
) -> dict[int, tuple[Variant, Variant]]:  # fmt: skip
    """Return the plan without each option, and with a rejected one in its stead: two jobs of the clock for each.

    `begin` has such plans already, to begin from.
    """
    struck, out = dict[int, Variant](), dict[int, tuple[Variant, Variant]]()
    for option in chosen:
        start = begin[option][0].units if option in begin and begin[option][0].goals else _less(units, option)
        struck[option] = again(clock.share(), start=start, without=[option])
    for option in chosen:
        other = begin[option][1].units if option in begin and begin[option][1].goals else None
        out[option] = (struck[option], nearest(problem, units, option, struck[option], clock, again, other))
    return out


def _sharpened(goal: GoalResult, sharper: Variant) -> GoalResult:
    """Return how a goal was met, with what a sharper search has proved of it."""
    bound = max([goal.bound, *(found.bound for found in sharper.goals[:1])])
    left = goal.value - goal.bound
    return replace(goal, bound=bound, gap=goal.gap * max(goal.value - bound, 0.0) / left if left > 0 else goal.gap)


def _fuller(first: Variant, fully: Variant) -> Variant:
    """Return the answer of all goals, with what was proved of the first alone; that of the first if there is none.

    There is none either where time ran out on the way, and fewer were kept local or nothing was proved of a goal.
    """
    if len(fully.goals) <= len(first.goals) or any(np.isinf(goal.bound) for goal in fully.goals):
        return first
    if first.goals and fully.goals[0].value > first.goals[0].value * (1 + GIVE_WAY) + NOTHING[fully.goals[0].name]:
        return first
    return replace(fully, goals=(_sharpened(fully.goals[0], first), *fully.goals[1:]))


def _problem_of(county: County, forecast: Forecast, plan: Plan) -> tuple[Problem, Floats]:
    """Return the problem that the plan answers, and the plan's units (options, years)."""
    mine = plan.schedule[~plan.schedule["committed"].astype(bool)]
    decided = len(plan.interventions) - mine["option_id"].nunique()
    problem = build_problem(county, forecast, plan.limits, plan.interventions[:decided], plan.seed)
    known = set(problem.options["option_id"].astype("str"))
    if problem.demand.runs != plan.runs or not set(mine["option_id"]) <= known:
        raise UsageError("this plan was not made for this county and forecast: its samples or options are others")
    return problem, units_of(problem, list(mine["option_id"]), list(mine["year"]), list(mine["units"]))


def _order(problem: Problem, plan: Plan) -> list[int]:
    position = {str(option): row for row, option in enumerate(problem.options["option_id"])}
    mine = plan.schedule[~plan.schedule["committed"].astype(bool)]
    return [position[str(option)] for option in mine["option_id"].drop_duplicates()]


def _less(units: Floats, option: int) -> Floats:
    out = units.copy()
    out[option] = 0.0
    return out


def _unanswered(
    plan: Plan, reasons: tuple[Reason, ...], value: PlanValue, samples: tuple[SamplePlan, ...], wanted: bool
) -> tuple[str, ...]:
    found = [f"the plan without {reason.name}" for reason in reasons if reason.struck_out.status == UNANSWERED]
    found += [
        f"the nearest alternative to {reason.name}"
        for reason in reasons
        if reason.alternative is not None and reason.alternative.loss.status == UNANSWERED
    ]
    found += _other_goals(plan, reasons)
    missing = sum(not sample.own.goals for sample in samples)
    found += [f"the own plan of {missing} of {len(samples)} demand samples"] if missing else []
    found += ["the value of more capital"] if value.capital is None and wanted else []
    found += ["the expected value of perfect information"] if value.evpi is None else []
    found += ["the value of the stochastic solution"] if value.vss is None and not value.mean_plan_breaks_rules else []
    open_cells = int(value.more_places["gain"].isna().sum())
    found += [f"the gain of one more place in {open_cells} of {len(value.more_places)} cases"] if open_cells else []
    return tuple(found)


def _other_goals(plan: Plan, reasons: tuple[Reason, ...]) -> list[str]:
    """Name the goals that are not known of plans made otherwise, though the first is."""
    made = [reason.struck_out for reason in reasons]
    made += [reason.alternative.loss for reason in reasons if reason.alternative is not None]
    answered = [loss for loss in made if loss.by_goal]
    names = [goal.name for goal in plan.goals[1:] if goal.name != "travel"]
    missing = {name: sum(name not in loss.by_goal for loss in answered) for name in names}
    return [
        f"the {name.replace('_', ' ')} of {number} of {len(answered)} plans made otherwise"
        for name, number in missing.items()
        if number
    ]
