"""The model of a problem, as much of it as is asked for: the flows of given decisions, or all of it as one.

Flows of given decisions are worked out by year and sample (`flows`). The rows of the whole model, and an engine with
them, are made when decisions and flows are sought together, and no earlier: most plans never need them. Goals of
`fairness` are no sums over expected flows; where any is asked for, all is done with the whole.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation import fairness
from placements.optimisation.engine import TIME_LIMIT, Answer, Engine
from placements.optimisation.flows import Flows, Given
from placements.optimisation.model import SitingModel, build_model
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]

#: Decisions asked about of late, of which the flows are remembered.
_REMEMBERED: Final = 3
#: Variables beyond which the whole is not searched: in minutes it then finds no better plan and no better bound than
#: are known, and takes gigabytes (`benchmarks/README.md`, "The siting model of a county").
_LARGEST: Final = 300_000


class Whole:
    """The model with the goals kept so far.

    Attributes
    ----------
    siting : SitingModel
        The positions of variables in all solutions that go in or come out. It has the rows where goals of `fairness`
        are asked for, else none.
    cut_short : bool
        Whether the clock ended any search.
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self._seed = problem, seed
        self._kept: list[tuple[str, float]] = []
        self._engine: Engine | None = None
        self._given: dict[bytes, Given] = {}
        self.cut_short = False
        is_of_sums = not any(goal in fairness.GOALS for goal in problem.limits.goals_in_order)
        self.flows = Flows(problem) if is_of_sums else None
        #: Choices, which it has not without rows, come after all other variables: positions and goals hold for both.
        self.siting: SitingModel = build_model(problem) if self.flows is None else self.flows.siting

    @property
    def is_too_large(self) -> bool:
        """Return whether decisions and flows can not be sought together."""
        return self.siting.linear.variables > _LARGEST

    def keep(self, goal: str, most: float) -> None:
        """Keep a goal at or below a value from now on."""
        self._kept.append((goal, most))
        if self._engine is not None:
            self._engine.fix(self.siting.objectives[goal], most)

    def of_decisions(self, goal: str, units: Floats, time_limit_s: float) -> Answer:
        """Return the best flows of given decisions (units by open variable)."""
        if self.flows is None:
            held = (self.siting.open_column, np.round(units))
            objective = self.siting.objectives[goal]
            return self._answer(self._search().minimise(objective, gap=0.0, time_limit_s=time_limit_s, fixed=held))
        key = np.round(units).tobytes()
        given = self._given.pop(key, None) or self.flows.given(units)
        self._given[key] = given
        for oldest in list(self._given)[:-_REMEMBERED]:
            del self._given[oldest]
        kept = [(self.flows.goals[name], most) for name, most in self._kept]
        answer = given.best(self.flows.goals[goal], kept, time_limit_s)
        self.cut_short |= answer.status == TIME_LIMIT
        return answer

    def search(self, goal: str, gap: float, time_limit_s: float, start: Floats | None = None) -> Answer:
        """Seek decisions and flows together; nothing is found where that would be too large.

        Parameters
        ----------
        goal : str
        gap : float
            Relative gap at which the search may stop.
        time_limit_s : float
        start : ndarray (variables,), optional
            A solution to begin from.
        """
        if self.is_too_large:
            return Answer(TIME_LIMIT, math.inf, -math.inf, None, 0.0)
        if start is not None and self.flows is not None:
            start = self.flows.with_choices(start)
        objective = self.siting.objectives[goal]
        return self._answer(self._search().minimise(objective, gap=gap, time_limit_s=time_limit_s, start=start))

    def _answer(self, answer: Answer) -> Answer:
        """Return an answer of the engine as one over `siting`, whole units whole and nothing below 0."""
        self.cut_short |= answer.status == TIME_LIMIT
        if answer.solution is None:
            return answer
        solution = tidy(self.siting, answer.solution[: self.siting.linear.variables])
        return Answer(answer.status, answer.value, answer.bound, solution, answer.seconds)

    def _search(self) -> Engine:
        if self._engine is None:
            rows = self.siting if self.flows is None else build_model(self._problem)
            self._engine = Engine(rows.linear, self._seed)
            for goal, most in self._kept:
                self._engine.fix(self.siting.objectives[goal], most)
        return self._engine


def tidy(siting: SitingModel, solution: Floats) -> Floats:
    """Return the solution with whole units whole and nothing below 0: the engine keeps to its own small tolerances."""
    out = np.clip(solution, 0.0, None)
    whole = np.concatenate(siting.linear.whole)
    out[whole] = np.round(out[whole])
    return fairness.completed(siting, out)
