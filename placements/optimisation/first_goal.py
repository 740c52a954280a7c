"""The first goal asked again under changes of what may be decided: one search, which learns from every answer.

Children away, where they come first, are found without the flows of all samples (`decomposed`). An option struck out,
or one of several that must be taken, changes the decisions alone, and rows learnt of flows go on holding: each further
answer takes a second where solving all goals afresh takes many. It is sought more sharply than the plan was, since what
one option is worth is often less than the plan's own gap.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation.decomposed import FewestAway, Limit
from placements.optimisation.engine import OPTIMAL
from placements.optimisation.opened import surely_within_running_cost
from placements.optimisation.problem import Problem
from placements.optimisation.solve import DECOMPOSED, goal_result
from placements.optimisation.variants import IMPOSSIBLE, SHORTEST_S, UNANSWERED, Variant, solve_again, worth

Floats = npt.NDArray[np.float64]

#: Part of the plan's tolerance that is sought.
_SHARPER: Final = 0.2
#: Part of an answer's time for leaving out what is not needed.
_SPARE_SHARE: Final = 0.25


class FirstGoal:
    """The fewest child-years away of a problem, where that is its first goal; what it is not, is solved as a whole.

    Parameters
    ----------
    problem : Problem
    seed : int
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self._seed = problem, seed
        self._search = FewestAway(problem, seed) if is_decomposed(problem) else None

    def best(
        self, seconds: float, *, start: Floats | None = None, without: Sequence[int] = (), one_of: Sequence[int] = ()
    ) -> Variant:
        """Return the best of the first goal.

        Parameters
        ----------
        seconds : float
            With none, the answer is `UNANSWERED`.
        start : ndarray (options, years), optional
            Units of a plan to begin from.
        without : sequence of int
            Options (positions) that may not be taken.
        one_of : sequence of int
            Options of which at least one must be taken.
        """
        if self._search is None:
            return solve_again(
                self._problem, self._seed, seconds, start=start, without=without, one_of=one_of, first_goal_only=True
            )
        nothing = np.zeros((len(self._problem.options), self._problem.years))
        if seconds < SHORTEST_S:
            return Variant(UNANSWERED, (), nothing)
        began, option = time.monotonic(), self._search.decisions.open_option
        also = [Limit(np.isin(option, np.array(without, np.intp)).astype(float), 0.0)] if len(without) else []
        also += [Limit(-np.isin(option, np.array(one_of, np.intp)).astype(float), -1.0)] if len(one_of) else []
        tolerance = _SHARPER * self._problem.limits.tolerance
        found = self._search.search(
            tolerance, seconds * (1 - _SPARE_SHARE), None if start is None else self._decided(start), also
        )
        if not math.isfinite(found.away):
            return Variant(UNANSWERED if math.isfinite(found.bound) else IMPOSSIBLE, (), nothing)
        needed = found.units
        if start is None or not np.array_equal(needed, self._decided(start)):
            needed = self._search.spared(found.units, self._pounds(), seconds * _SPARE_SHARE)
            # What must be taken may be of no use.
            needed = needed if all(limit.weights @ needed <= limit.most for limit in also) else found.units
        units = self._by_year(needed)
        if not surely_within_running_cost(self._problem, units):
            left = max(seconds - (time.monotonic() - began), SHORTEST_S)
            return solve_again(
                self._problem, self._seed, left, start=start, without=without, one_of=one_of, first_goal_only=True
            )
        goal = goal_result(
            self._problem, DECOMPOSED, found.away, found.bound, self._problem.limits.tolerance, time.monotonic() - began
        )
        return Variant(goal.status, (goal,), units)

    def worth(self, units: Floats, seconds: float) -> tuple[str, float]:
        """Return what given units (options, years) make of it, as `variants.worth`."""
        if self._search is None or not surely_within_running_cost(self._problem, units):
            return worth(self._problem, self._seed, units, seconds)
        away = self._search.away(self._decided(units))
        return (OPTIMAL, away + self._problem.out_of_reach) if math.isfinite(away) else (IMPOSSIBLE, math.inf)

    def _decided(self, units: Floats) -> Floats:
        assert self._search is not None
        decisions = self._search.decisions
        return np.asarray(np.round(units[decisions.open_option, decisions.open_year]))

    def _by_year(self, decided: Floats) -> Floats:
        assert self._search is not None
        return self._search.decisions.by_year(decided, self._problem)

    def _pounds(self) -> Floats:
        """Return capital and fixed running cost of each decision, over all years."""
        assert self._search is not None
        decisions, options = self._search.decisions, self._problem.options
        ready = self._problem.ready.sum(axis=2)
        cost = (
            options["capital_gbp"].to_numpy(float)[:, None]
            + options["yearly_cost_gbp"].to_numpy(float)[:, None] * ready
        )
        return np.asarray(cost[decisions.open_option, decisions.open_year])


def is_decomposed(problem: Problem) -> bool:
    """Return whether the first goal is one that can be answered without the flows of all samples."""
    return problem.limits.goals_in_order[0] == DECOMPOSED


def quickly(problem: Problem, seed: int, seconds: float, start: Floats | None = None) -> Variant:
    """Return the best of the first goal alone, where that needs no flows of all samples, else of all goals."""
    if is_decomposed(problem):
        return FirstGoal(problem, seed).best(seconds, start=start)
    return solve_again(problem, seed, seconds, start=start)
