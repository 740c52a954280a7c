"""What would more money, one more place, or knowing the future be worth to a plan?

::

  RP   least expected value of the first goal, one plan for all samples (the problem that the plan answers)
  WS   wait and see: the same when each sample may have a plan of its own, the rules that hold on average over the
       samples (minimum occupancy, running cost) still holding on average
  EEV  expected value of the plan that is made for the mean of the samples, once need varies
  EVPI = RP - WS   expected value of perfect information
  VSS  = EEV - RP  value of the stochastic solution                       WS <= RP <= EEV

Each sample is solved twice. With the average rules held in the sample itself, its plans together are one way of waiting
to see, so WS is no more than their mean; without those rules, its bounds together are a bound of WS. So EVPI lies
between figures that are proved, far apart where those rules matter. The plan for the mean may break them once need
varies: then EEV, and with it VSS, has no value, and that is what is said. (Birge and Louveaux, Introduction to
Stochastic Programming, 2nd ed. 2011, chapter 4.)
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.optimisation.engine import OPTIMAL
from placements.optimisation.first_goal import FirstGoal, quickly
from placements.optimisation.problem import Problem
from placements.optimisation.samples import mean_of, only_sample, without_average_rules
from placements.optimisation.solve import GoalResult
from placements.optimisation.variants import IMPOSSIBLE, Between, Clock, Variant, lost

Floats = npt.NDArray[np.float64]

#: Part of the capital that a step is at least: less would often buy nothing.
STEP_SHARE: Final = 0.05


@dataclass(frozen=True)
class CapitalStep:
    """What more capital would do.

    Attributes
    ----------
    step_gbp : float
        Added to the capital and to what may be spent in each year.
    gain : Between
        Of the first goal.
    added, dropped : tuple of str
        Option ids that the plan with more capital takes and the plan does not, and the other way about.
    """

    step_gbp: float
    gain: Between
    added: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class SamplePlan:
    """The plan that one sample would have, were it certain.

    Attributes
    ----------
    run : int
        Run of the forecast.
    weight : float
    own : Variant
    bound : float
        Of the first goal without the rules that hold on average; minus infinity when there was no time.
    """

    run: int
    weight: float
    own: Variant
    bound: float


@dataclass(frozen=True)
class PlanValue:
    """The values of a plan as a whole; what is None could not be answered in the time.

    Attributes
    ----------
    goal : str
        The first goal, which all of them are in.
    capital : CapitalStep or None
    evpi, vss : Between or None
    mean_plan_breaks_rules : bool
        Whether the plan for the mean need breaks a rule once need varies: `vss` is then None.
    more_places : DataFrame
        See `recourse.one_more_place`.
    """

    goal: str
    capital: CapitalStep | None
    evpi: Between | None
    vss: Between | None
    mean_plan_breaks_rules: bool
    more_places: pd.DataFrame


def capital_step(problem: Problem, seed: int, plan: GoalResult, units: Floats, seconds: float) -> CapitalStep | None:
    """Return what the next step of capital would do: enough for the cheapest option not chosen, and at least 5 %."""
    options = problem.options
    prices = options["capital_gbp"].to_numpy(float)
    left = problem.capital_total_left - float(prices @ units.sum(axis=1))
    wanted = prices[(units.sum(axis=1) < 0.5) & (prices > 0)]
    if not len(wanted):
        return None
    step = float(np.ceil(max(STEP_SHARE * problem.limits.capital_gbp, wanted.min() - left)))
    limits = problem.limits
    richer = dataclasses.replace(
        problem,
        capital_total_left=problem.capital_total_left + step,
        schools_capital_left=problem.schools_capital_left + limits.schools_capital_share * step,
        capital_left=problem.capital_left + step,
        separate=problem.separate and problem.separate.richer(step, limits.schools_capital_share),
    )
    found = quickly(richer, seed, seconds, units)
    if not found.goals:
        return None
    ids = options["option_id"].astype("str").to_numpy(object)
    now, then = units.sum(axis=1) > 0.5, found.units.sum(axis=1) > 0.5
    return CapitalStep(
        step, lost(found.goals[0], plan, is_tighter=True), tuple(ids[then & ~now]), tuple(ids[now & ~then])
    )


def plans_by_sample(problem: Problem, seed: int, units: Floats, clock: Clock) -> tuple[SamplePlan, ...]:
    """Return each sample's own plan and bound, as the clock allows: two jobs for each sample."""
    part = 1 / len(problem.weights)
    owns = [
        quickly(only_sample(problem, sample), seed, clock.share(part), units) for sample in range(len(problem.weights))
    ]
    out = []
    for sample, own in enumerate(owns):
        free = without_average_rules(only_sample(problem, sample))
        begin = own.units if own.goals else units
        loose = FirstGoal(free, seed).best(clock.share(part), start=begin)
        bound = loose.goals[0].bound if loose.goals else -np.inf
        out.append(SamplePlan(problem.demand.runs[sample], float(problem.weights[sample]), own, bound))
    return tuple(out)


def perfect_information(plan: GoalResult, samples: tuple[SamplePlan, ...]) -> Between | None:
    """Return EVPI; None unless every sample was answered."""
    if any(not np.isfinite(sample.bound) for sample in samples):
        return None
    waiting = plan.value
    if all(sample.own.goals for sample in samples):
        waiting = min(waiting, sum(sample.weight * sample.own.goals[0].value for sample in samples))
    bound = sum(sample.weight * sample.bound for sample in samples)
    low, high = max(plan.bound - waiting, 0.0), max(plan.value - bound, 0.0)
    return Between(plan.value - waiting, low, max(high, low))


def stochastic_solution(
    problem: Problem, seed: int, plan: GoalResult, units: Floats, clock: Clock, first: FirstGoal
) -> tuple[Between | None, bool]:
    """Return VSS, and whether it has none because the plan for the mean need breaks a rule: two jobs of the clock."""
    if len(problem.weights) == 1:
        clock.skip(2)
        return Between(0.0, 0.0, 0.0), False
    mean = quickly(mean_of(problem), seed, clock.share(1 / len(problem.weights)), units)
    if not mean.goals:
        clock.skip()
        return None, False
    status, value = first.worth(mean.units, clock.share())
    if status != OPTIMAL:
        return None, status == IMPOSSIBLE
    low = max(value - plan.value, 0.0)
    return Between(value - plan.value, low, max(value - plan.bound, low)), False
