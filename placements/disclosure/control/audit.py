"""Is a release safe? The attack again, put together afresh, over what is to be shown.

`audit` asks the linear programme of HiGHS for the interval of every count that must not be known, as a statistical
office audits (the pattern was attacked by GLOP); `audit_whole` asks CP-SAT for whole numbers, one count at a time and
both ends, which is the most that a reader could use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import linprog

from placements.disclosure.control.attack import targets_of
from placements.disclosure.control.model import LEAST_WIDTH, CountModel, Floats, Ints, Pattern
from placements.disclosure.control.points import whole_width


@dataclass(frozen=True, eq=False)
class Audit:
    """The interval that the figures shown imply for each count that must not be known.

    Attributes
    ----------
    intervals : DataFrame
        Indexed by position in the model: `value`, `low`, `high`, `width` (between whole numbers), `too_narrow`,
        `exact`.
    """

    intervals: pd.DataFrame

    @property
    def safe(self) -> bool:
        """Return whether every interval is wide enough."""
        return not bool(self.intervals["too_narrow"].any())


def audit(model: CountModel, pattern: Pattern, *, every: bool = True) -> Audit:
    """Return the interval of every small or hidden count, by linear programming.

    Parameters
    ----------
    model : CountModel
    pattern : Pattern
    every : bool
        Ask for both ends of each interval. Without it only for those that a few answers, in which many counts are far
        from the truth at once, leave in doubt: the others' ends are then how far they are known to reach, at least.
        Whether the release is safe comes out the same, much sooner.
    """
    targets = targets_of(model, pattern.counts)
    programme = _Programme(model, pattern)
    reached = np.column_stack([model.values, model.values]).astype(float)
    if not every:
        _reach(model, programme, targets, reached)
    for target in targets.tolist():
        if every or whole_width(*reached[target]) < LEAST_WIDTH:
            for largest in (False, True):
                reached[target, int(largest)] = programme.solve({target: 1.0}, largest)[target]
    return _audit(model, targets, reached[targets])


def _reach(model: CountModel, programme: _Programme, targets: Ints, reached: Floats) -> None:
    """Widen what is reached by answers that move many counts at once, none farther than it must."""
    left = targets
    while len(left):
        for largest in (False, True):
            point = programme.solve(dict.fromkeys(left.tolist(), 1.0), largest, within=LEAST_WIDTH)
            reached[:, 0] = np.minimum(reached[:, 0], point)
            reached[:, 1] = np.maximum(reached[:, 1], point)
        still = np.array([one for one in left.tolist() if whole_width(*reached[one]) < LEAST_WIDTH], dtype=np.int64)
        if len(still) == len(left):
            return
        left = still


class _Programme:
    """Everything that is shown, as a linear programme for HiGHS."""

    def __init__(self, model: CountModel, pattern: Pattern) -> None:
        self._model = model
        self._low, self._high = model.bounds(model.published & ~pattern.counts)
        self._rows, self._limits = _share_rows(model, pattern)
        sums = model.equations.shape[0]
        self._sums = (model.equations, np.zeros(sums)) if sums else (None, None)

    def solve(self, objective: dict[int, float], largest: bool, within: float = np.inf) -> Floats:
        """Return counts in which the objective is as large or small as can be, those in it near the truth."""
        costs = np.zeros(len(self._model.values))
        costs[list(objective)] = [-factor if largest else factor for factor in objective.values()]
        low, high = self._low.copy(), self._high.copy()
        asked = np.array(list(objective))
        low[asked] = np.maximum(low[asked], self._model.values[asked] - within)
        high[asked] = np.minimum(high[asked], self._model.values[asked] + within)
        found = linprog(
            costs,
            A_ub=self._rows,
            b_ub=self._limits,
            A_eq=self._sums[0],
            b_eq=self._sums[1],
            bounds=np.column_stack([low, high]),
            method="highs",
        )
        if not found.success:
            raise ArithmeticError("what is shown contradicts itself: no counts agree with all of it")
        point: Floats = found.x
        return point


def audit_whole(model: CountModel, pattern: Pattern) -> Audit:
    """Return the interval of every small or hidden count, in whole numbers."""
    targets = targets_of(model, pattern.counts)
    ends = [
        [float(_whole_end(model, pattern, int(target), largest)) for largest in (False, True)] for target in targets
    ]
    return _audit(model, targets, np.array(ends, dtype=float).reshape(-1, 2))


def _audit(model: CountModel, targets: Ints, ends: Floats) -> Audit:
    width = np.array([whole_width(low, high) for low, high in ends], dtype=int)
    return Audit(
        pd.DataFrame(
            {
                "value": model.values[targets],
                "low": ends[:, 0],
                "high": ends[:, 1],
                "width": width,
                "too_narrow": width < LEAST_WIDTH,
                "exact": width <= 0,
            },
            index=pd.Index(targets, name="position"),
        )
    )


def _share_rows(model: CountModel, pattern: Pattern) -> tuple[sparse.csr_matrix | None, Floats | None]:
    """Return the shares that are shown as `rows x <= limits`."""
    shown = np.flatnonzero(~pattern.shares)
    if not len(shown):
        return None, None
    least, most = (coefficients[shown].astype(float) for coefficients in model.share_rows())
    numerator, denominator = model.shares[shown, 0], model.shares[shown, 1]
    k, n = len(shown), len(model.values)
    line, two_hundred = np.arange(k), np.full(k, 200.0)
    below = sparse.csr_matrix(
        (np.concatenate([-two_hundred, least]), (np.tile(line, 2), np.concatenate([numerator, denominator]))), (k, n)
    )
    above = sparse.csr_matrix(
        (np.concatenate([two_hundred, -most]), (np.tile(line, 2), np.concatenate([numerator, denominator]))), (k, n)
    )
    return sparse.vstack([below, above]).tocsr(), np.concatenate([np.zeros(k), -np.ones(k)])


def _whole_end(model: CountModel, pattern: Pattern, target: int, largest: bool) -> int:
    programme = cp_model.CpModel()
    low, high = model.bounds(model.published & ~pattern.counts)
    counts = [programme.new_int_var(int(np.ceil(a)), int(np.floor(b)), "") for a, b in zip(low, high, strict=True)]
    matrix = model.equations.tocsr()
    for row in range(matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = zip(matrix.indices[span], matrix.data[span], strict=True)
        programme.add(sum(int(factor) * counts[position] for position, factor in terms) == 0)
    least, most = model.share_rows()
    for position in np.flatnonzero(~pattern.shares):
        numerator, denominator = (counts[part] for part in model.shares[position])
        programme.add(200 * numerator - int(least[position]) * denominator >= 0)
        programme.add(200 * numerator - int(most[position]) * denominator <= -1)
    (programme.maximize if largest else programme.minimize)(counts[target])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(programme) != cp_model.OPTIMAL:
        raise ArithmeticError("what is shown contradicts itself: no whole counts agree with all of it")
    return round(float(solver.objective_value))
