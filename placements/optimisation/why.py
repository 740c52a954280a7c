"""Why this plan? The reasons of every choice, and what more money, one more place or foresight would be worth.

Every loss and gain is of a problem solved again, with its gap; the seconds allowed are shared out over all of them, and
what could not be answered is named. `why_words` says it in plain English.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.optimisation.binding import Limit, limits_of
from placements.optimisation.plan import Plan
from placements.optimisation.problem import Problem, build_problem
from placements.optimisation.reasons import Reason, reason_of
from placements.optimisation.recourse import one_more_place
from placements.optimisation.solve import Progress
from placements.optimisation.value import (
    PlanValue,
    SamplePlan,
    capital_step,
    perfect_information,
    plans_by_sample,
    stochastic_solution,
)
from placements.optimisation.variants import UNANSWERED, Clock, solve_again, units_of

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
        For all re-solves together, shared out evenly over those to come, but for a part of what the plan itself took
        to each at least. What cannot be answered in it is named.
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
    number, samples = len(chosen), len(problem.weights)
    least = _LEAST_PART * sum(goal.seconds for goal in plan.goals)
    clock = Clock(seconds, 2 * number + 2 * samples + 3, least)
    tell(0.0, "one more place")
    places = one_more_place(problem, units, seconds * _PLACES_SHARE)
    tell(0.1, "each sample's own plan")
    own = plans_by_sample(problem, plan.seed, units, clock)
    tell(0.3, "each option struck out")
    struck = {
        option: solve_again(problem, plan.seed, clock.share(), start=_less(units, option), without=[option])
        for option in chosen
    }
    tell(0.6, "the value of more capital, and of the samples")
    step = capital_step(problem, plan.seed, plan.goals[0], units, clock.share())
    vss, broken = stochastic_solution(problem, plan.seed, plan.goals[0], units, clock)
    tell(0.8, "the nearest alternatives")
    limits = limits_of(problem, plan, units)
    reasons = tuple(
        reason_of(county.areas, problem, plan, units, option, struck[option], clock, own, limits) for option in chosen
    )
    value = PlanValue(plan.goals[0].name, step, perfect_information(plan.goals[0], own), vss, broken, places)
    tell(1.0, "done")
    wanted = bool(((units.sum(axis=1) < 0.5) & (problem.options["capital_gbp"] > 0)).any())
    return Why(plan, reasons, limits, value, own, _unanswered(reasons, value, own, wanted), time.monotonic() - began)


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
    reasons: tuple[Reason, ...], value: PlanValue, samples: tuple[SamplePlan, ...], wanted: bool
) -> tuple[str, ...]:
    found = [f"the plan without {reason.name}" for reason in reasons if reason.struck_out.status == UNANSWERED]
    found += [
        f"the nearest alternative to {reason.name}"
        for reason in reasons
        if reason.alternative is not None and reason.alternative.loss.status == UNANSWERED
    ]
    missing = sum(not sample.own.goals for sample in samples)
    found += [f"the own plan of {missing} of {len(samples)} demand samples"] if missing else []
    found += ["the value of more capital"] if value.capital is None and wanted else []
    found += ["the expected value of perfect information"] if value.evpi is None else []
    found += ["the value of the stochastic solution"] if value.vss is None and not value.mean_plan_breaks_rules else []
    open_cells = int(value.more_places["gain"].isna().sum())
    found += [f"the gain of one more place in {open_cells} of {len(value.more_places)} cases"] if open_cells else []
    return tuple(found)
