"""One goal after another: the best of the first, then the best of the second that keeps the first, and so on.

Each goal is kept, but for a thousandth of it (`GIVE_WAY`), while the next is sought. The first is proved to the stated
tolerance, the later ones to theirs.

Child-years away, where they come first, are decomposed (`decomposed`): decisions in one small model, flows in networks
of a year and sample each. The flows of decisions that were found are worked out year by year and sample by sample too
(`flows`), for every goal. Before another goal is solved over all samples it is solved over their mean, a model many
times smaller: its plan is where the search begins, and its bound is a bound for the whole too (average any plan's flows
over the samples and they serve the mean need at the same expected cost; the tail of the samples is no less than their
mean). Only where value and bound have then not met is all solved as one (`whole`).

Travel, when it is not the first goal, decides who goes where among the places that the goals before it chose to open;
it does not open others.

Where the study gives weights, one weighted sum of the goals is solved instead, to the tolerance of a first goal.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.errors import PlacementsError
from placements.optimisation.decomposed import FewestAway, Together
from placements.optimisation.engine import INFEASIBLE, OPTIMAL, TIME_LIMIT, Engine
from placements.optimisation.fairness import completed
from placements.optimisation.model import SitingModel, build_model
from placements.optimisation.problem import Problem, cost_per_child_year
from placements.optimisation.samples import mean_of
from placements.optimisation.whole import Whole
from placements.settings import GOAL_NAMES, WEIGHTED_GOAL

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

#: Part of a goal that may be given up for the goals after it.
GIVE_WAY: Final = 0.001
#: Part of the time that is left which each goal may use: the last may use it all.
_TIME_SHARE: Final = 0.6
#: Part of a goal's time spent on the mean of the samples, and of its tolerance that may be left open there.
_MEAN_SHARE: Final = 0.4
#: The same where nothing is to come after it but flows.
_MEAN_SHARE_ALONE: Final = 0.7
_MEAN_TOLERANCE: Final = 0.75
#: A plan for the mean need may be too little used once need varies: raised minimum occupancy, for the start only.
_MARGIN: Final = 1.2
#: Goals of which the mean of the samples tells a bound. Of floors it does not: who is away of those who can use the
#: same places is told by shares that differ from sample to sample.
_HELD_BY_THE_MEAN: Final = (*GOAL_NAMES, WEIGHTED_GOAL)
#: The goal whose networks tell a bound without the flows of all samples (`decomposed`), when it is the first.
DECOMPOSED: Final = "away_child_years"
#: Part of a goal's time that the decomposition may take, and of its tolerance that it may use up.
_DECOMPOSED_SHARE: Final = 0.6
DECOMPOSED_TOLERANCE: Final = 0.6
#: Child-years that rows told to the mean leave for rounding.
_ROOM: Final = 1e-4
#: Below this, child-years and pounds are nothing.
SMALL: Final = 1e-6


@dataclass(frozen=True)
class GoalResult:
    """How one goal was met.

    Attributes
    ----------
    name : str
    value, bound : float
        What was reached, and the least that could have been, given the goals before it.
    gap : float
        (value - bound) / value, of what the plan can influence.
    status : str
        `optimal` if the gap is within the tolerance, else `time limit`.
    seconds : float
    """

    name: str
    value: float
    bound: float
    gap: float
    status: str
    seconds: float


@dataclass(frozen=True)
class Solved:
    """The last solution, what is known about each goal, and whether the clock ended any search on the way."""

    siting: SitingModel
    solution: Floats
    goals: tuple[GoalResult, ...]
    cut_short: bool = False


class NoPlanError(PlacementsError):
    """No plan takes what it must take and keeps the rules, or none was found in the time.

    Attributes
    ----------
    is_proved : bool
        Whether it was proved that there is none.
    """

    def __init__(self, message: str, *, is_proved: bool) -> None:
        super().__init__(message)
        self.is_proved = is_proved


def solve(problem: Problem, seed: int, progress: Progress | None = None, start: Floats | None = None) -> Solved:
    """Solve all goals within the time limit; what is returned is feasible, whether proved best or not.

    Parameters
    ----------
    problem : Problem
    seed : int
    progress : callable, optional
    start : ndarray (options, years), optional
        Units of a plan to begin from; one that breaks a rule is passed over.

    Raises
    ------
    NoPlanError
        When the problem names options of which one must be taken, or there is no time to work the plan to begin
        from out (doing nothing is always a plan otherwise).
    """
    tell = progress or (lambda share, text: None)
    began = time.monotonic()
    limits = problem.limits
    whole = Whole(problem, seed)
    siting = whole.siting
    mean = _Mean(problem, seed) if len(problem.weights) > 1 else None
    solution = _first(problem, whole, start)
    results: list[GoalResult] = []
    cut_short = False
    goals = limits.goals_in_order
    for position, goal in enumerate(goals):
        tell(position / len(goals), goal.replace("_", " "))
        left = max(limits.time_limit_s - (time.monotonic() - began), 0.01)
        share = 1.0 if position + 1 == len(goals) else _TIME_SHARE
        objective = siting.objectives[goal]
        tolerance = limits.later_tolerance if position else limits.tolerance
        lowest = -math.inf if goal in ("net_cost", WEIGHTED_GOAL) else 0.0
        goal_began = time.monotonic()
        is_held = goal == "travel" and position > 0
        if goal == DECOMPOSED and not position:
            # What stays open of the tolerance is left to what the networks do not know: running cost of places used.
            networks = None if whole.flows is None else whole.flows.networks
            search, units = FewestAway(problem, seed, networks), solution[siting.open_column]
            allowed = left * share * (1.0 if whole.is_too_large else _DECOMPOSED_SHARE)
            found = search.search(tolerance * DECOMPOSED_TOLERANCE, allowed, units)
            lowest, cut_short = found.bound, search.cut_short
            solution, _ = better_start(whole, goal, solution, [found.units], left * share)
            if mean is not None:
                mean.know(search.told())
                mean.begin_from(solution[siting.open_column])
        elif mean is not None and not is_held:
            allowed = left * share * (_MEAN_SHARE_ALONE if whole.is_too_large else _MEAN_SHARE)
            plan, bound = mean.minimise(goal, allowed, tolerance)
            lowest = max(lowest, bound if goal in _HELD_BY_THE_MEAN else lowest)
            plans = [solution[siting.open_column]] if position or start is not None else []
            plans += [] if plan is None or any(np.array_equal(plan, other) for other in plans) else [plan]
            solution, held_up = better_start(whole, goal, solution, plans, allowed)
            if not held_up:
                careful = mean.careful(goal, allowed / 2, tolerance)
                plans = [] if careful is None else [careful]
                solution, _ = better_start(whole, goal, solution, plans, allowed / 2)
        spent = time.monotonic() - goal_began
        if not within(float(objective @ solution), lowest, tolerance):
            allowed = max(left * share - spent, 0.01)
            if is_held:
                answer = whole.of_decisions(goal, solution[siting.open_column], allowed)
            else:
                answer = whole.search(goal, tolerance, allowed, solution)
            if answer.solution is not None and answer.value <= objective @ solution + SMALL:
                solution = answer.solution
            lowest = max(lowest, answer.bound)
        value = float(objective @ solution)
        results.append(goal_result(problem, goal, value, min(lowest, value), tolerance, time.monotonic() - goal_began))
        most = value + GIVE_WAY * abs(value) + SMALL
        whole.keep(goal, most)
        if mean is not None and goal in _HELD_BY_THE_MEAN:
            mean.fix(goal, most)
    tell(1.0, "done")
    return Solved(
        siting, solution, tuple(results), cut_short or whole.cut_short or (mean is not None and mean.cut_short)
    )


class _Mean:
    """The same problem over the mean of its samples."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = mean_of(problem)
        self._seed = seed
        self._siting = build_model(self._problem)
        self._engine = Engine(self._siting.linear, seed)
        self._engines = [self._engine]
        self._units = np.zeros(len(self._siting.open_column))
        self._kept: list[tuple[str, float]] = []

    def minimise(self, goal: str, time_limit_s: float, tolerance: float) -> tuple[Floats | None, float]:
        """Return a plan to begin from (units by open variable), and a bound of the whole."""
        objective, until = self._siting.objectives[goal], time.monotonic() + time_limit_s
        # Flows of another goal would make the best plan so far look worse than it is.
        held = (self._siting.open_column, self._units)
        start = self._engine.minimise(objective, gap=0.0, time_limit_s=time_limit_s, fixed=held).solution
        left = max(until - time.monotonic(), 0.01)
        gap = _MEAN_TOLERANCE * tolerance
        answer = self._engine.minimise(objective, gap=gap, time_limit_s=left, start=start)
        if answer.status == INFEASIBLE:
            return None, -math.inf
        if answer.solution is None:
            return None, answer.bound
        self._units = np.round(answer.solution[self._siting.open_column])
        return self._units, answer.bound

    def know(self, told: list[Together]) -> None:
        """Add what is known of the expected flows of all samples: their mean alone would keep more children local.

        The mean of need meets places that no sample has room in; rows from the samples' networks say how many are away
        for all that, and the bounds of later goals are the tighter for it.
        """
        siting = self._siting
        for row in told:
            weights = np.zeros(siting.linear.variables)
            weights[siting.open_column] = row.weights
            here = np.isin(siting.away_atom, row.atoms) & (siting.away_year == row.year)
            weights[siting.away_column[here]] = 1.0
            self._engine.add_row(weights, row.least - _ROOM, math.inf)

    def begin_from(self, units: Floats) -> None:
        """Begin the next search from a plan."""
        self._units = np.round(units)

    def careful(self, goal: str, time_limit_s: float, tolerance: float) -> Floats | None:
        """Return a plan whose places are used well above their minimum, for when need that varies leaves too few."""
        options = self._problem.options
        least = np.minimum(options["minimum_occupancy"] * _MARGIN, options["planned_occupancy"])
        siting = build_model(dataclasses.replace(self._problem, options=options.assign(minimum_occupancy=least)))
        engine = Engine(siting.linear, self._seed)
        self._engines.append(engine)
        for kept, most in self._kept:
            engine.fix(siting.objectives[kept], most)
        answer = engine.minimise(siting.objectives[goal], gap=tolerance, time_limit_s=time_limit_s)
        return None if answer.solution is None else answer.solution[siting.open_column]

    @property
    def cut_short(self) -> bool:
        """Return whether the clock ended any search."""
        return any(engine.cut_short for engine in self._engines)

    def fix(self, goal: str, most: float) -> None:
        """Keep a goal while the next are sought."""
        self._kept.append((goal, most))
        self._engine.fix(self._siting.objectives[goal], most)


def _first(problem: Problem, whole: Whole, start: Floats | None) -> Floats:
    """Return a solution that keeps the rules: that of the plan to begin from, or nothing, or any there is."""
    siting, goal = whole.siting, problem.limits.goals_in_order[0]
    allowed = problem.limits.time_limit_s
    if start is not None:
        answer = whole.of_decisions(goal, start[siting.open_option, siting.open_year], allowed)
        if answer.solution is not None:
            return answer.solution
        if answer.status == TIME_LIMIT:
            raise NoPlanError("there was no time to work out the plan to begin from", is_proved=False)
    if not problem.one_of:
        return do_nothing(problem, siting)
    until = time.monotonic() + allowed * _MEAN_SHARE
    # One unit of one of the options named and nothing else is nearly always a plan, and found at once.
    for decision in np.flatnonzero(np.isin(siting.open_option, np.array(problem.one_of))).tolist():
        alone = np.zeros(len(siting.open_column))
        alone[decision] = 1.0
        answer = whole.of_decisions(goal, alone, until - time.monotonic())
        if answer.solution is not None:
            return answer.solution
        if answer.status == TIME_LIMIT:
            break
    answer = whole.search(goal, 1.0, max(until - time.monotonic(), 0.01))
    if answer.solution is None:
        proved = answer.status == INFEASIBLE
        reason = "keeps the rules" if proved else "was found in the time allowed"
        raise NoPlanError(f"no plan with one of the options named {reason}", is_proved=proved)
    return answer.solution


def better_start(
    whole: Whole, goal: str, solution: Floats, plans: list[Floats], time_limit_s: float
) -> tuple[Floats, bool]:
    """Return the best of a solution and of plans, each with its best flows, and whether any plan kept all rules."""
    siting = whole.siting
    objective, best, held_up = siting.objectives[goal], solution, False
    for opened in plans:
        answer = whole.of_decisions(goal, opened, time_limit_s / len(plans))
        if answer.solution is None:
            continue
        held_up = True
        if answer.value < objective @ best - SMALL:
            best = answer.solution
    return best, held_up


def do_nothing(problem: Problem, siting: SitingModel) -> Floats:
    """Return the solution that opens and uses nothing: all need stays away."""
    out = np.zeros(siting.linear.variables)
    out[siting.away_column] = problem.need[siting.away_atom, siting.away_year, siting.away_sample]
    return completed(siting, out)


def within(value: float, bound: float, tolerance: float) -> bool:
    """Return whether a value is proved: at most the tolerance above its bound."""
    return value - bound <= tolerance * abs(value) + SMALL


def goal_result(
    problem: Problem, goal: str, value: float, bound: float, tolerance: float, seconds: float
) -> GoalResult:
    """Return how a goal was met, from its value and bound in the model: what no plan changes is added to both."""
    constant = constant_of(problem, goal)
    gap = (value - bound) / abs(value) if abs(value) > SMALL else 0.0
    proved = within(value, bound, tolerance)
    status = OPTIMAL if proved else TIME_LIMIT
    return GoalResult(goal, value + constant, bound + constant, gap, status, seconds)


def constant_of(problem: Problem, goal: str) -> float:
    """Return the part of a goal that no plan changes: need out of reach, less what all need would cost away."""
    if goal == "away_child_years":
        return problem.out_of_reach
    if goal == "net_cost":
        weekly = problem.atoms.table["away_cost_gbp"].to_numpy(float)
        return -float(cost_per_child_year(weekly) @ (problem.need @ problem.weights).sum(axis=1))
    if goal == WEIGHTED_GOAL and problem.limits.weights is not None:
        worths = asdict(problem.limits.weights)
        return float(sum(worth * constant_of(problem, part) for part, worth in worths.items()))
    return 0.0
