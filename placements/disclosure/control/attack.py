"""What could a reader work out? The least and the greatest that a count can be, given all that is shown.

A linear programme over the counts: sums hold, what is shown lies within its rounding, what is hidden is anything. It
is kept between questions: only the objective and a few bounds change from one to the next, and GLOP goes on from the
last answer, which it can when it does not first reduce the programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from ortools.linear_solver import linear_solver_pb2, pywraplp

from placements.disclosure.control.model import Bools, CountModel, Floats, Ints

_TOLERANCE: Final = 1e-7
_GO_ON: Final = "use_preprocessing: false"
_AFRESH: Final = "use_preprocessing: true"


@dataclass(frozen=True)
class Held:
    """The figures that hold an end of an interval: while all of them are shown it cannot lie farther out."""

    counts: tuple[int, ...]
    shares: tuple[int, ...]


class Attack:
    """A reader who knows the rules and everything that is shown, and asks about one count at a time."""

    def __init__(self, model: CountModel) -> None:
        """Build the programme with nothing shown."""
        self._model = model
        self._low, self._high = model.bounds(np.ones(len(model.values), dtype=bool))
        self._free_low, self._free_high = model.bounds(np.zeros(len(model.values), dtype=bool))
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(_GO_ON)
        self._response = linear_solver_pb2.MPSolutionResponse()
        self._variables = [
            self._solver.NumVar(float(low), float(high), "")
            for low, high in zip(self._free_low, self._free_high, strict=True)
        ]
        self._objective = self._solver.Objective()
        self._add_equations()
        self._rows = self._add_shares()
        self._shown = np.zeros(len(model.values), dtype=bool)
        self._shares_shown = np.zeros(len(model.shares), dtype=bool)
        #: Programmes solved so far, each counted by its number of counts: the same for the same questions.
        self.work = 0

    def _add_equations(self) -> None:
        matrix = self._model.equations.tocsr()
        for row in range(matrix.shape[0]):
            constraint = self._solver.Constraint(0.0, 0.0)
            for position in range(matrix.indptr[row], matrix.indptr[row + 1]):
                constraint.SetCoefficient(self._variables[matrix.indices[position]], float(matrix.data[position]))

    def _add_shares(self) -> list[tuple[Any, Any]]:
        rows = []
        least, most = self._model.share_rows()
        infinity = self._solver.infinity()
        for (numerator, denominator), low, high in zip(self._model.shares, least, most, strict=True):
            pair = []
            for coefficient in (low, high):
                constraint = self._solver.Constraint(-infinity, infinity)
                constraint.SetCoefficient(self._variables[numerator], 200.0)
                constraint.SetCoefficient(self._variables[denominator], -float(coefficient))
                pair.append(constraint)
            rows.append((pair[0], pair[1]))
        return rows

    def show(self, counts: Bools, shares: Bools) -> None:
        """Set which figures are shown: only those that change are touched."""
        for position in np.flatnonzero(self._shown != counts):
            self._set_count(int(position), bool(counts[position]))
        for position in np.flatnonzero(self._shares_shown != shares):
            self._set_share(int(position), bool(shares[position]))

    def _set_count(self, position: int, shown: bool) -> None:
        low, high = (self._low, self._high) if shown else (self._free_low, self._free_high)
        self._variables[position].SetBounds(float(low[position]), float(high[position]))
        self._shown[position] = shown

    def _set_share(self, position: int, shown: bool) -> None:
        infinity = self._solver.infinity()
        low, high = self._rows[position]
        low.SetBounds(0.0 if shown else -infinity, infinity)
        high.SetBounds(-infinity, -1.0 if shown else infinity)
        self._shares_shown[position] = shown

    def greatest(self, target: int) -> Floats:
        """Return counts that agree with everything shown, in which one is as great as it can be."""
        return self._solved({target: 1.0})

    def least(self, target: int) -> Floats:
        """Return counts that agree with everything shown, in which one is as small as it can be."""
        return self._solved({target: -1.0})

    def spread(self, targets: Ints, within: float, up: bool) -> Floats:
        """Return counts in which many of some are large, or small, at once: none farther than `within` from the truth.

        The limit keeps one of them from taking all the room there is. With it, few need asking about one by one.
        """
        truth = self._model.values
        for position in targets.tolist():
            variable = self._variables[position]
            low, high = variable.lb(), variable.ub()
            variable.SetBounds(max(low, float(truth[position]) - within), min(high, float(truth[position]) + within))
        point = self._solved(dict.fromkeys(targets.tolist(), 1.0 if up else -1.0))
        for position in targets.tolist():
            self._set_count(position, shown=bool(self._shown[position]))
        return point

    def held_by(self) -> Held:
        """Return what holds the end that was asked for last."""
        return Held(self._binding_counts(), self._binding_shares())

    def _solved(self, objective: dict[int, float]) -> Floats:
        self._objective.Clear()
        self._objective.SetMaximization()
        for position, factor in objective.items():
            self._objective.SetCoefficient(self._variables[position], factor)
        self.work += len(self._variables)
        if self._status() != pywraplp.Solver.OPTIMAL:
            raise ArithmeticError("what is shown contradicts itself: no counts agree with all of it")
        self._solver.FillSolutionResponseProto(self._response)
        return np.array(self._response.variable_value)

    def _status(self) -> int:
        """Solve the programme; where going on from the last answer fails for its numbers, solve it afresh."""
        status = int(self._solver.Solve())
        if status == pywraplp.Solver.ABNORMAL:
            self._solver.SetSolverSpecificParametersAsString(_AFRESH)
            status = int(self._solver.Solve())
            self._solver.SetSolverSpecificParametersAsString(_GO_ON)
        return status

    def _binding_counts(self) -> tuple[int, ...]:
        """Return the shown counts whose bounds hold the end back (a bound that stays when it is hidden does not)."""
        costs = np.array(self._response.reduced_cost)
        above = (costs > _TOLERANCE) & (self._high < self._free_high)
        below = (costs < -_TOLERANCE) & (self._low > self._free_low)
        return tuple(np.flatnonzero(self._shown & (above | below)).tolist())

    def _binding_shares(self) -> tuple[int, ...]:
        shares = len(self._shares_shown)
        duals = np.abs(self._response.dual_value)[len(self._response.dual_value) - 2 * shares :]
        held = duals.reshape(shares, 2).max(axis=1, initial=0.0) > _TOLERANCE
        return tuple(np.flatnonzero(self._shares_shown & held).tolist())


def targets_of(model: CountModel, hidden: Bools) -> Ints:
    """Return the counts that must not be worked out: small ones, published or not, and all that are hidden."""
    targets: Ints = np.flatnonzero(model.small | (hidden & model.published))
    return targets
