"""What do more children kept local cost? The efficient frontier against capital, or against net revenue.

Each point is a limit on the money and the plan with the fewest avoidable child-years away that the limit allows (the
epsilon-constraint method: Haimes, Lasdon and Wismer 1971), proved to its own stated gap. All points share one model,
in which only the limit moves, and what is learnt at one serves the others (`known`):

- a plan that needs less than a smaller limit is allowed there too, and the bound that proved it comes with it;
- a bound proved under a greater limit holds under every smaller one;
- so where the plan of one point and the bound of a greater one meet, all limits between them are proved unsolved;
- else the best plan known under the limit is where the search begins.

Limits are even between the least money and the least that reaches the fewest away, and taken in halves: the ends, the
middle, the middles between. Limits on capital share one decomposition, such as a single plan has (see `solve`); before
a limit on net revenue is solved for all samples together, their mean is.
What a plan opens and does not need is then left out. What costs more without keeping more children
local is no point of the frontier.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.interventions import Intervention, Opening, ReduceEntries
from placements.optimisation.budget import AGAINST, CAPITAL, NET_REVENUE, Budget, Spent, spent_of
from placements.optimisation.clashes import refuse_clashes
from placements.optimisation.decomposed import FewestAway
from placements.optimisation.engine import INFEASIBLE, OPTIMAL, TIME_LIMIT, Answer
from placements.optimisation.known import Floats, Found, Known
from placements.optimisation.plan import Plan, build_plan
from placements.optimisation.problem import Problem, build_problem
from placements.optimisation.run import limits_with
from placements.optimisation.samples import mean_of
from placements.optimisation.solve import (
    DECOMPOSED_TOLERANCE,
    SMALL,
    GoalResult,
    Progress,
    Solved,
    do_nothing,
    within,
)

#: A frontier may take this many times the time limit of one plan.
TIMES_ONE_PLAN: Final = 5
#: Part of a point's time spent on the mean of the samples, and on sparing what was found.
_MEAN_SHARE, _SPARE_SHARE = 0.6, 0.2


@dataclass(frozen=True)
class FrontierPoint:
    """One limit and what it can do. Money is in pounds over all years, child-years are expected over all years.

    Attributes
    ----------
    limit_gbp : float
        On the money that the frontier is against.
    kept_local_child_years, away_child_years : float
    bound_child_years : float
        The fewest away that any plan under the limit could have.
    gap : float
        (away - bound) / away, of what a plan can influence.
    is_proved : bool
        Whether the gap is within the tolerance.
    capital_gbp, net_revenue_gbp : float
        Of this plan. Net revenue is the running cost of what is opened and used less the cost of placements avoided.
    solved : bool
        Whether this limit was solved; if not, the plan and the bound of other limits proved it.
    seconds : float
        Wall time, for people: nothing depends on it.
    plan : Plan
        As `optimise` returns, with one goal; children go where it costs least, which need not be the nearest.
    opened, left_out, changed : tuple of str
        Against the point before: names of what is new, of what is gone, and of what comes in other years or numbers.
    """

    limit_gbp: float
    kept_local_child_years: float
    away_child_years: float
    bound_child_years: float
    gap: float
    is_proved: bool
    capital_gbp: float
    net_revenue_gbp: float
    solved: bool
    seconds: float
    plan: Plan
    opened: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """Return what is done: commitments first."""
        return self.plan.interventions


@dataclass(frozen=True)
class Frontier:
    """Points by rising limit, each with fewer child-years away than the one before.

    Attributes
    ----------
    against : str
        `capital` or `net_revenue`.
    points : tuple of FrontierPoint
    limits_gbp : tuple of float
        All limits tried; those without a point let nothing more be kept local than the point before them.
    least_bound_gbp : float
        The least that the first limit could have been, as proved; the first limit itself when it is known exactly.
    solves : int
        Limits solved.
    seconds : float
    cut_short : bool
        Whether the clock ended any search, or left a limit unsolved: see `Plan.cut_short`.
    """

    against: str
    points: tuple[FrontierPoint, ...]
    limits_gbp: tuple[float, ...]
    least_bound_gbp: float
    solves: int
    seconds: float
    cut_short: bool = False

    @property
    def is_proved(self) -> bool:
        """Return whether every point was proved within the tolerance."""
        return all(point.is_proved for point in self.points)

    @property
    def status(self) -> str:
        """Return `optimal` only if every point is proved."""
        return OPTIMAL if self.is_proved else TIME_LIMIT


def frontier(
    county: County,
    forecast: Forecast,
    *,
    against: str = CAPITAL,
    points: int = 20,
    commitments: Sequence[Intervention] = (),
    seed: int | None = None,
    progress: Progress | None = None,
    **overrides: Any,
) -> Frontier:
    """Work out the efficient frontier of child-years kept local.

    Parameters
    ----------
    county : County
    forecast : Forecast
    against : {"capital", "net_revenue"}
        Money over all years. Capital ends at the study's limit; a greater one is an override like any other.
    points : int
        Limits tried, at least 2; points that others beat are not among those returned.
    commitments, seed, progress
        As for `optimise`.
    **overrides
        Any field of `settings.OptimiseSettings`. All points together may take five times `time_limit_s`.

    Raises
    ------
    InfeasibleError
        When the commitments alone break a limit.
    UsageError
        When a setting or the kind of money does not exist.
    """
    if against not in AGAINST:
        raise UsageError(f"a frontier against {against!r}: choose one of {', '.join(AGAINST)}")
    if points < 2:
        raise UsageError(f"a frontier of {points} points: at least 2 are needed")
    limits = limits_with(county.settings.optimise, overrides)
    seed = forecast.seed if seed is None else seed
    problem = build_problem(county, forecast, limits, commitments, seed)
    refuse_clashes(problem)
    return trace(problem, against, points, seed, progress)


def trace(problem: Problem, against: str, points: int, seed: int, progress: Progress | None = None) -> Frontier:
    """Return the frontier of a problem."""
    tell = progress or (lambda share, text: None)
    search = _Search(problem, against, seed)
    tell(0.0, "without a limit")
    # Its bound holds under every other limit: it gets the time of a plan of its own.
    search.solve(problem.limits.capital_gbp if against == CAPITAL else math.inf, to_come=0)
    top = search.known.best(math.inf)
    assert top is not None  # doing nothing is always known
    tell(1 / (points + 2), "with the least money")
    least, least_bound = search.least(points)
    tried = np.linspace(least, top.needs, points) if top.needs > least + SMALL else np.array([top.needs])
    for done, position in enumerate(in_halves(len(tried))):
        tell((done + 2) / (len(tried) + 2), f"limit {done + 1} of {len(tried)}")
        search.solve(float(tried[position]), len(tried) - done)
    tell(1.0, "done")
    return search.frontier(tried, least_bound)


def in_halves(number: int) -> list[int]:
    """Return the positions 0 to number - 1 in the order: last, first, then the middle of every stretch between."""
    order, stretches = list(dict.fromkeys([number - 1, 0])), [(0, number - 1)]
    while stretches:
        low, high = stretches.pop(0)
        middle = (low + high) // 2
        if low < middle < high:
            order.append(middle)
            stretches += [(low, middle), (middle, high)]
    return order


class _Side:
    """One form of the problem, with what is known of it."""

    def __init__(self, budget: Budget, first: Floats) -> None:
        self.budget, self.known = budget, Known()
        self.add(first)

    def add(self, solution: Floats, limit: float = math.inf) -> None:
        """Remember a plan; one found under a limit keeps it, whatever the engine's small tolerances did."""
        needs = min(self.budget.needs(solution), limit)
        self.known.add_plan(Found(needs, float(self.budget.away @ solution), solution))

    def is_proved(self, limit: float, tolerance: float) -> bool:
        """Return whether what is known proves a limit."""
        best = self.known.best(limit)
        return best is not None and within(best.away, max(self.known.bound(limit), 0.0), tolerance)

    def solve(self, limit: float, tolerance: float, time_limit_s: float) -> Answer:
        """Solve under a limit from the best plan known there, and remember what comes of it."""
        best = self.known.best(limit)
        self.budget.limit(limit)
        answer = self.budget.fewest_away(tolerance, time_limit_s, None if best is None else best.solution)
        if answer.solution is not None:
            self.add(answer.solution, limit)
        if answer.status != INFEASIBLE:
            self.known.add_bound(limit, answer.bound)
        return answer


class _Search:
    """What was found so far, and the time there is."""

    def __init__(self, problem: Problem, against: str, seed: int) -> None:
        self._began = time.monotonic()
        self._problem, self._against, self._seed = problem, against, seed
        self._tolerance = problem.limits.tolerance
        self._seconds: dict[float, float] = {}
        self._spent: Spent = spent_of(problem)
        self._whole = self._side(problem, self._spent)
        self._mean = self._side(mean_of(problem), self._spent) if len(problem.weights) > 1 else None
        # What is learnt of flows holds under every limit on capital: one search for them all.
        self._networks = FewestAway(problem, seed) if against == CAPITAL else None
        self._spared: set[int] = set()
        self._left_unsolved = False
        self.known = self._whole.known

    def _side(self, problem: Problem, spent: Spent) -> _Side:
        budget = Budget(problem, self._against, spent, self._seed)
        return _Side(budget, do_nothing(problem, budget.siting))

    def _allowed(self, to_come: int) -> float:
        """Return seconds for the next solve: more than its share of what is left, as many need none."""
        return max(min(self._problem.limits.time_limit_s, self._left() / (1 + to_come / 2)), 0.01)

    def _left(self) -> float:
        return TIMES_ONE_PLAN * self._problem.limits.time_limit_s - (time.monotonic() - self._began)

    def solve(self, limit: float, to_come: int) -> None:
        """Prove a limit, or come as near as time allows."""
        if self._whole.is_proved(limit, self._tolerance):
            return
        if self._seconds and self._left() <= 0:
            self._left_unsolved = True
            return  # what is known has to do: its gap is stated
        began, allowed = time.monotonic(), self._allowed(to_come)
        if self._networks is not None:
            self._from_networks(self._networks, limit, allowed * _MEAN_SHARE)
        elif self._mean is not None:
            self._from_mean(self._mean, limit, allowed * _MEAN_SHARE)
        if not self._whole.is_proved(limit, self._tolerance):
            left = max(allowed - (time.monotonic() - began), 0.01)
            self._whole.solve(limit, self._tolerance, left)
        self._spare(limit, allowed * _SPARE_SHARE)
        self._seconds[limit] = time.monotonic() - began

    def _from_networks(self, networks: FewestAway, limit: float, time_limit_s: float) -> None:
        """Bound a limit, and find a plan for it, by decomposition."""
        whole, best = self._whole.budget, self.known.best(limit)
        start = None if best is None else best.solution[whole.siting.open_column]
        tolerance = self._tolerance * DECOMPOSED_TOLERANCE
        found = networks.search(tolerance, time_limit_s, start, whole.limits(limit))
        self.known.add_bound(limit, found.bound)
        units = networks.spared(found.units, whole.pounds, time_limit_s * _SPARE_SHARE)
        solution = whole.with_opened(units, limit, time_limit_s)
        if solution is not None:
            self._whole.add(solution, limit)
            self._spared.add(id(self.known.best(limit)))

    def _from_mean(self, mean: _Side, limit: float, time_limit_s: float) -> None:
        """Bound a limit, and find a plan for it, by the mean of the samples."""
        if not mean.is_proved(limit, self._tolerance / 2):
            mean.solve(limit, self._tolerance / 2, time_limit_s)
        # What is least for the mean of the samples is a bound for all of them together.
        self.known.add_bound(limit, mean.known.bound(limit))
        best = mean.known.best(limit)
        if best is None:
            return
        units = best.solution[mean.budget.siting.open_column]
        solution = self._whole.budget.with_opened(units, limit, time_limit_s)
        if solution is not None:
            self._whole.add(solution, limit)

    def _spare(self, limit: float, time_limit_s: float) -> None:
        """Leave out what the best plan under a limit opens and does not need: as the mean has it, if all agree."""
        best, whole = self.known.best(limit), self._whole.budget
        if best is None or id(best) in self._spared:
            return
        side = (self._mean or self._whole).budget
        units = best.solution[whole.siting.open_column]
        side.limit(limit)
        alone = side.with_opened(units, limit, time_limit_s)
        fewer = None if alone is None else side.spared(units, float(side.away @ alone), time_limit_s)
        solution = None if fewer is None else whole.with_opened(fewer, limit, time_limit_s)
        if solution is not None and float(whole.away @ solution) <= best.away + SMALL:
            self._whole.add(solution, limit)
        self._spared |= {id(best), id(self.known.best(limit))}

    def least(self, to_come: int) -> tuple[float, float]:
        """Return the least money that a plan can need, as found, and its bound."""
        side = self._whole
        if self._against == CAPITAL:
            nothing = side.known.found[0].needs
            return nothing, nothing
        side.budget.limit(math.inf)
        spent = side.budget.needs(np.zeros(side.budget.siting.linear.variables))
        start = min(side.known.found, key=lambda plan: plan.needs)
        answer = side.budget.least_money(self._tolerance, self._allowed(to_come), start.solution)
        if answer.solution is not None:
            side.add(answer.solution)
        found = min(plan.needs for plan in side.known.found)
        return found, min(answer.bound + spent, found)

    def frontier(self, tried: Floats, least_bound: float) -> Frontier:
        """Read the points off what is known; a limit that lets nothing more be kept local is none."""
        points: list[FrontierPoint] = []
        fewest = math.inf
        for limit in tried.tolist():
            best = self.known.best(limit)
            if best is None or best.away >= fewest - SMALL:
                continue
            fewest = best.away
            points.append(self._point(limit, best, points[-1].plan if points else None))
        return Frontier(
            against=self._against,
            points=tuple(points),
            limits_gbp=tuple(tried.tolist()),
            least_bound_gbp=least_bound,
            solves=len(self._seconds),
            seconds=time.monotonic() - self._began,
            cut_short=self._cut_short,
        )

    @property
    def _cut_short(self) -> bool:
        sides = (side for side in (self._whole, self._mean) if side is not None)
        networks = self._networks is not None and self._networks.cut_short
        return self._left_unsolved or networks or any(side.budget.cut_short for side in sides)

    def _point(self, limit: float, best: Found, before: Plan | None) -> FrontierPoint:
        problem, seconds = self._problem, self._seconds.get(limit, 0.0)
        bound = min(max(self.known.bound(limit), 0.0), best.away)
        proved = within(best.away, bound, self._tolerance)
        gap = (best.away - bound) / best.away if best.away > SMALL else 0.0
        lost, status = problem.out_of_reach, OPTIMAL if proved else TIME_LIMIT
        goal = GoalResult("away_child_years", best.away + lost, bound + lost, gap, status, seconds)
        if self._against == CAPITAL:
            problem = dataclasses.replace(problem, limits=dataclasses.replace(problem.limits, capital_gbp=limit))
        plan = build_plan(
            problem, Solved(self._whole.budget.siting, best.solution, (goal,), self._cut_short), self._seed,
            paid=self._spent.paid_with_nothing,
        )  # fmt: skip
        sums = plan.by_year.sum()
        opened, left_out, changed = _changes(before, plan)
        return FrontierPoint(
            limit_gbp=limit,
            kept_local_child_years=float(sums["kept_local"]),
            away_child_years=float(sums["away"]),
            bound_child_years=bound + lost,
            gap=gap,
            is_proved=proved,
            capital_gbp=float(sums["capital_gbp"]),
            net_revenue_gbp=float(sums["gross_running_gbp"] - sums["avoided_gbp"]),
            solved=limit in self._seconds,
            seconds=seconds,
            plan=plan,
            opened=opened,
            left_out=left_out,
            changed=changed,
        )


def _changes(before: Plan | None, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the names of what is new against another plan, of what is gone, and of what is done otherwise."""
    old, new = ({e.option_id: e for e in _chosen(p)} if p is not None else {} for p in (before, plan))
    return (
        tuple(entry.name for key, entry in new.items() if key not in old),
        tuple(entry.name for key, entry in old.items() if key not in new),
        tuple(entry.name for key, entry in new.items() if key in old and old[key] != entry),
    )


def _chosen(plan: Plan) -> list[Opening | ReduceEntries]:
    taken = (entry for entry in plan.interventions if isinstance(entry, Opening | ReduceEntries))
    return [entry for entry in taken if entry.option_id]


__all__ = ["AGAINST", "CAPITAL", "NET_REVENUE", "Frontier", "FrontierPoint", "frontier", "in_halves", "trace"]
