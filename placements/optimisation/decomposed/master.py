"""The decisions and what was learnt of them: fewest away by a linear programme, then in whole units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from placements.optimisation.decomposed.cuts import Rows
from placements.optimisation.decomposed.viability import Limit
from placements.optimisation.engine import Answer, Engine
from placements.optimisation.linear import LinearModel
from placements.optimisation.model import SitingModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

#: A row is broken from this many child-years on.
BROKEN: Final = 1e-5
#: Gap at which the search for what could be left out may stop: it decides nothing that is claimed.
_CHEAPEST_GAP: Final = 1e-4
#: What `linprog` says when no decisions keep all rows.
_NONE_ALLOWED: Final = 2
#: A row that the best fractions leave so much room is left out of the search in whole units until it is broken.
_SLACK: Final = 1e-3


@dataclass(frozen=True)
class Fractions:
    """The best decisions in fractions: `units`, `away` by part, and their sum, a bound."""

    units: Floats
    away: Floats
    bound: float


class Master:
    """A pool of rows over decisions. Variables: the decisions, what else their rules need, then `away` by part."""

    def __init__(self, decisions: SitingModel, parts: int, seed: int) -> None:
        linear = decisions.linear
        self._parts, self._seed = parts, seed
        self._decisions = len(decisions.open_column)
        self._variables = linear.variables
        self._upper = np.concatenate(linear.upper) if linear.upper else np.zeros(0)
        self._whole = np.concatenate(linear.whole) if linear.whole else np.zeros(0, bool)
        self._rules = linear.matrix()
        self._rules_lower = np.concatenate(linear.row_lower) if linear.rows else np.zeros(0)
        self._rules_upper = np.concatenate(linear.row_upper) if linear.rows else np.zeros(0)
        self._weights, self._least = np.zeros((0, self._decisions)), np.zeros(0)
        self._part = np.zeros(0, np.intp)
        self._in_use = np.zeros(0, bool)
        self._limits: list[Limit] = []
        #: Whether the clock ended any search.
        self.cut_short = False

    def learn(self, rows: Rows, units: Floats, away: Floats) -> int:
        """Add the rows that decisions break, `away` being what was thought of them by part; return how many."""
        broken = np.flatnonzero(rows.away(units) > away + BROKEN)
        self._weights = np.vstack([self._weights, rows.weights[broken]])
        self._least = np.concatenate([self._least, rows.least[broken]])
        self._part = np.concatenate([self._part, broken])
        self._in_use = np.concatenate([self._in_use, np.ones(len(broken), bool)])
        return len(broken)

    def allows(self, units: Floats, also: Sequence[Limit] = ()) -> bool:
        """Return whether decisions in whole units keep all rules and limits, `also` some more."""
        value = self._rules @ np.concatenate([units, self._others(units)])
        within = (value >= self._rules_lower - BROKEN) & (value <= self._rules_upper + BROKEN)
        kept = all(float(limit.weights @ units) <= limit.most + BROKEN for limit in (*self._limits, *also))
        return bool(within.all()) and kept and bool((units <= self._upper[: self._decisions] + BROKEN).all())

    def keep(self, limits: list[Limit]) -> None:
        """Add limits that decisions must keep."""
        self._limits += limits

    def in_fractions(self, also: Sequence[Limit] = ()) -> Fractions:
        """Return the best decisions in fractions, by linear programming, `also` under some limits."""
        matrix, lower, upper = self._matrix(np.ones(len(self._least), bool), also)
        equal = lower == upper
        most = np.concatenate([self._upper, np.full(self._parts, np.inf)])
        above, below = np.isfinite(lower) & ~equal, np.isfinite(upper) & ~equal
        result = linprog(
            self._objective(),
            A_ub=sparse.vstack([matrix[below], -matrix[above]], format="csr"),
            b_ub=np.concatenate([upper[below], -lower[above]]),
            A_eq=matrix[equal] if equal.any() else None,
            b_eq=lower[equal] if equal.any() else None,
            bounds=np.column_stack([np.zeros(len(most)), most]),
            method="highs",
        )  # fmt: skip
        if result.status != 0:
            bound = math.inf if result.status == _NONE_ALLOWED else -math.inf
            return Fractions(np.zeros(self._decisions), np.zeros(self._parts), bound)
        units, away = result.x[: self._decisions], result.x[self._variables :]
        self._in_use = self._least - self._weights @ units > away[self._part] - _SLACK
        return Fractions(units, away, float(result.fun))

    def in_whole_units(
        self, gap: float, time_limit_s: float, start: Floats | None, also: Sequence[Limit] = ()
    ) -> Answer:
        """Return the best decisions in whole units; rows left out so far that they break are put in again.

        Parameters
        ----------
        gap : float
            Relative, of what is away.
        time_limit_s : float
        start : ndarray (decisions,), optional
        also : sequence of Limit
            Kept in this search alone.
        """
        hint = None if start is None else self._completed(start)
        return self._solved(self._model(also), self._objective(), gap, time_limit_s, hint)

    def cheapest(self, pounds: Floats, most_away: float, among: Flags, time_limit_s: float) -> Answer:
        """Return the decisions that cost least of those that leave no more away.

        Parameters
        ----------
        pounds : ndarray (decisions,)
        most_away : float
            Child-years, of all parts together.
        among : ndarray of bool (decisions,)
            Nothing else is decided on.
        """
        model = self._model(())
        model.upper[0][: self._decisions] = np.where(among, self._upper[: self._decisions], 0.0)
        parts = np.arange(self._variables, self._variables + self._parts)
        model.add_rows(np.zeros(self._parts, np.intp), parts, 1.0, upper=most_away, number=1, names=list)
        objective = np.zeros(model.variables)
        objective[: self._decisions] = pounds
        return self._solved(model, objective, _CHEAPEST_GAP, time_limit_s, None)

    def _model(self, also: Sequence[Limit]) -> LinearModel:
        matrix, lower, upper = self._matrix(self._in_use, also)
        model = LinearModel()
        model.add_variables(self._variables, self._upper, list, whole=True)
        model.whole[0][:] = self._whole
        model.add_variables(self._parts, np.inf, list)
        entries = matrix.tocoo()
        model.add_rows(
            entries.row.astype(np.intp), entries.col.astype(np.intp), entries.data,
            lower=lower, upper=upper, number=matrix.shape[0], names=list,
        )  # fmt: skip
        return model

    def _solved(
        self, model: LinearModel, objective: Floats, gap: float, time_limit_s: float, start: Floats | None
    ) -> Answer:
        engine = Engine(model, self._seed)
        answer = engine.minimise(objective, gap=gap, time_limit_s=time_limit_s, start=start)
        self.cut_short |= engine.cut_short
        return answer

    def units(self, solution: Floats) -> Floats:
        """Return the units of each decision in a solution."""
        return np.asarray(np.round(solution[: self._decisions]))

    def away(self, units: Floats) -> Floats:
        """Return what all rows learnt say of decisions, by part; rows left out that say more than others are put in."""
        said = self._least - self._weights @ units
        out = np.zeros(self._parts)
        np.maximum.at(out, self._part, said)
        self._in_use |= said > out[self._part] - BROKEN
        return out

    def _objective(self) -> Floats:
        return np.concatenate([np.zeros(self._variables), np.ones(self._parts)])

    def _completed(self, units: Floats) -> Floats:
        """Return a solution with these units."""
        return np.concatenate([units, self._others(units), self.away(units)])

    def _others(self, units: Floats) -> Floats:
        """Return what else the rules need: whether anything is taken, 1 where a row is broken without it."""
        over = self._rules[:, : self._decisions] @ units > self._rules_upper + BROKEN
        lets_in = self._rules[:, self._decisions :] < 0
        return np.asarray(lets_in.T @ over > 0, float)

    def _matrix(self, used: Flags, also: Sequence[Limit]) -> tuple[sparse.csr_array, Floats, Floats]:
        rows, empty = np.flatnonzero(used), self._variables - self._decisions
        part = sparse.csr_array(
            (np.ones(len(rows)), (np.arange(len(rows)), self._part[rows])), shape=(len(rows), self._parts)
        )
        learnt = sparse.hstack(
            [sparse.csr_array(self._weights[rows]), sparse.csr_array((len(rows), empty)), part], format="csr"
        )
        limits = [*self._limits, *also]
        kept = np.array([limit.weights for limit in limits]).reshape(len(limits), self._decisions)
        blocks = [
            sparse.hstack([self._rules, sparse.csr_array((self._rules.shape[0], self._parts))], format="csr"),
            learnt,
            sparse.hstack([sparse.csr_array(kept), sparse.csr_array((len(kept), empty + self._parts))], format="csr"),
        ]
        lower = [self._rules_lower, self._least[rows], np.full(len(kept), -np.inf)]
        upper = [self._rules_upper, np.full(len(rows), np.inf), np.array([limit.most for limit in limits])]
        return sparse.csr_array(sparse.vstack(blocks)), np.concatenate(lower), np.concatenate(upper)
