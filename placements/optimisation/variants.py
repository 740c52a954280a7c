"""The problem solved again with something changed, and what can be said of two answers that each have a gap.

If the best there is lies between `bound` and `value` of each answer, the true difference of two answers lies between
the bound of one less the value of the other, and the other way about. That, and no more, is what is said.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation.engine import INFEASIBLE, OPTIMAL, Engine
from placements.optimisation.model import build_model
from placements.optimisation.problem import Problem
from placements.optimisation.solve import GoalResult, NoPlanError, constant_of, solve

Floats = npt.NDArray[np.float64]

#: Child-years, or pounds, that count as none: the solver's own tolerances add up to less.
NOTHING: Final = {"away_child_years": 1e-3, "net_cost": 1.0}
IMPOSSIBLE: Final = "no such plan"
UNANSWERED: Final = "not answered in the time"
#: Less than this is not worth beginning a solve with.
SHORTEST_S: Final = 0.05


class Clock:
    """Seconds shared out over the re-solves to come: what one leaves is the others'.

    Parameters
    ----------
    seconds : float
        For all.
    jobs : int
    least : float
        Seconds without which a re-solve of the whole problem tells nothing: a few questions are answered rather than
        all of them badly. No more than a quarter of the time.
    """

    def __init__(self, seconds: float, jobs: int, least: float = 0.0) -> None:
        self._ends = time.monotonic() + seconds
        self._jobs = jobs
        self._least = min(least, seconds / 4)

    def left(self) -> float:
        """Return the seconds left for everything."""
        return max(self._ends - time.monotonic(), 0.0)

    def share(self, part: float = 1.0) -> float:
        """Return the seconds that the next job may take, 0 when there is no time to begin.

        Parameters
        ----------
        part : float
            Its size as a part of the whole problem.
        """
        left, least = self.left(), max(self._least * part, SHORTEST_S)
        share = max(left / max(self._jobs, 1), least)
        self._jobs -= 1
        return share if left >= least else 0.0

    def skip(self, jobs: int = 1) -> None:
        """Take jobs off that are not needed after all."""
        self._jobs -= jobs


@dataclass(frozen=True)
class Between:
    """A figure known only to lie between two bounds.

    Attributes
    ----------
    value : float
        From the plans found.
    low, high : float
        The figure of the best plans there are is between these, as proved.
    """

    value: float
    low: float
    high: float

    def may_be_none(self, nothing: float) -> bool:
        """Return whether the figure cannot be told from 0: it is within the gaps."""
        return self.low <= nothing and self.high >= -nothing

    @property
    def is_exact(self) -> bool:
        """Return whether the bounds meet, to a thousandth of the figure."""
        return self.high - self.low <= 1e-3 * max(abs(self.value), 1.0)


@dataclass(frozen=True)
class Variant:
    """The answer to a changed problem.

    Attributes
    ----------
    status : str
        `optimal` (every goal proved to its tolerance), `time limit`, `IMPOSSIBLE` (proved) or `UNANSWERED`.
    goals : tuple of GoalResult
        Travel left out: it opens nothing. Empty when there is no plan.
    units : ndarray (options, years)
        Units decided on, for the options of the problem as it was before any was struck out.
    """

    status: str
    goals: tuple[GoalResult, ...]
    units: Floats

    def goal(self, name: str) -> GoalResult | None:
        """Return one goal's result, if it was sought and there is a plan."""
        return next((result for result in self.goals if result.name == name), None)


def solve_again(
    problem: Problem,
    seed: int,
    seconds: float,
    *,
    start: Floats | None = None,
    without: Sequence[int] = (),
    one_of: Sequence[int] = (),
    first_goal_only: bool = False,
) -> Variant:
    """Solve the goals in order once more.

    Parameters
    ----------
    problem : Problem
    seed : int
    seconds : float
        With none, the answer is `UNANSWERED`.
    start : ndarray (options, years), optional
        Units of a plan to begin from, less what is struck out.
    without : sequence of int
        Options (positions) that may not be taken.
    one_of : sequence of int
        Options of which at least one must be taken.
    first_goal_only : bool
        Whether the later goals are left alone.
    """
    nothing = np.zeros((len(problem.options), problem.years))
    if seconds < SHORTEST_S:
        return Variant(UNANSWERED, (), nothing)
    keep = np.setdiff1d(np.arange(len(problem.options)), np.array(without, np.intp))
    goals = tuple(goal for goal in problem.limits.goals if goal != "travel") or problem.limits.goals
    limits = dataclasses.replace(problem.limits, time_limit_s=seconds, goals=goals[:1] if first_goal_only else goals)
    smaller = dataclasses.replace(
        problem,
        options=problem.options.iloc[keep].reset_index(drop=True),
        prevention=problem.prevention.only(keep),
        ready=problem.ready[keep],
        one_of=tuple(int(np.searchsorted(keep, option)) for option in one_of),
        limits=limits,
    )
    try:
        solved = solve(smaller, seed, start=None if start is None else start[keep])
    except NoPlanError as error:
        return Variant(IMPOSSIBLE if error.is_proved else UNANSWERED, (), nothing)
    units, siting = nothing, solved.siting
    units[keep] = siting.by_year(solved.solution[siting.open_column], smaller)
    proved = all(goal.status == OPTIMAL for goal in solved.goals)
    return Variant(OPTIMAL if proved else "time limit", solved.goals, units)


def worth(problem: Problem, seed: int, units: Floats, seconds: float) -> tuple[str, float]:
    """Return what a given plan makes of the first goal, everyone being placed as well as its places allow.

    Returns
    -------
    status : str
        `optimal`, `IMPOSSIBLE` when the plan breaks a rule of this problem, or `UNANSWERED`.
    value : float
        Infinite but for the first.
    """
    if seconds < SHORTEST_S:
        return UNANSWERED, np.inf
    siting = build_model(problem)
    goal = problem.limits.goals[0]
    held = (siting.open_column, np.round(units[siting.open_option, siting.open_year]))
    answer = Engine(siting.linear, seed).minimise(siting.objectives[goal], gap=0.0, time_limit_s=seconds, fixed=held)
    if answer.status == OPTIMAL and answer.solution is not None:
        return OPTIMAL, answer.value + constant_of(problem, goal)
    return (IMPOSSIBLE if answer.status == INFEASIBLE else UNANSWERED), np.inf


def lost(before: GoalResult, after: GoalResult, *, is_tighter: bool) -> Between:
    """Return how much worse a goal is met after a change.

    Parameters
    ----------
    before, after : GoalResult
        Of one goal.
    is_tighter : bool
        Whether the change only took choices away from the first goal, so that nothing can be gained by it.
    """
    low, high = after.bound - before.value, after.value - before.bound
    low = max(low, 0.0) if is_tighter else low
    return Between(after.value - before.value, low, max(high, low))


def units_of(problem: Problem, option_ids: Sequence[str], years: Sequence[int], units: Sequence[int]) -> Floats:
    """Return decisions (option, year from 1, units) as an array (options, years)."""
    out = np.zeros((len(problem.options), problem.years))
    position = {str(option): row for row, option in enumerate(problem.options["option_id"])}
    for option, year, count in zip(option_ids, years, units, strict=True):
        out[position[str(option)], year - 1] += count
    return out
