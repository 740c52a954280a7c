"""HiGHS by way of OR-Tools MathOpt: arrays in, the best solution, a true bound and an honest status out.

MathOpt and not `model_builder` runs the engine because the latter drops the solution found when the time limit strikes,
and reports the objective as its own bound (OR-Tools 9.15); `model_builder` still writes the model out for people.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2

from placements.errors import PlacementsError
from placements.interrupt import interruptibly
from placements.optimisation.linear import LinearModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

OPTIMAL: Final = "optimal"
TIME_LIMIT: Final = "time limit"
INFEASIBLE: Final = "infeasible"


class SolverError(PlacementsError):
    """The engine stopped in a way that says nothing about the problem."""


@dataclass(frozen=True)
class Answer:
    """What the engine found.

    Attributes
    ----------
    status : str
        `OPTIMAL` (proved within the gap asked for), `TIME_LIMIT` or `INFEASIBLE`.
    value, bound : float
        Objective of the best solution (infinite if there is none), and the lowest value that could still be.
    solution : ndarray (variables,) or None
    seconds : float
        Wall time, for people: nothing depends on it.
    """

    status: str
    value: float
    bound: float
    solution: Floats | None
    seconds: float


class Engine:
    """A model loaded once and solved for one goal after another.

    Attributes
    ----------
    cut_short : bool
        Whether the clock ended any of the searches so far. If not, the answers hang on the model and the seed alone,
        whatever the time limit and however busy the machine.
    """

    def __init__(self, linear: LinearModel, seed: int) -> None:
        self._proto = model_proto(linear)
        self._seed = seed
        self.cut_short = False

    def fix(self, objective: Floats, most: float) -> None:
        """Add the row ``objective x <= most``."""
        self.add_row(objective, -math.inf, most)

    def add_row(self, weights: Floats, least: float, most: float) -> int:
        """Add a row over all variables and return its number, by which it can be moved."""
        rows = self._proto.linear_constraints
        number = len(rows.ids)
        rows.ids.append(number)
        rows.lower_bounds.append(least)
        rows.upper_bounds.append(most)
        columns = np.flatnonzero(weights)
        matrix = self._proto.linear_constraint_matrix
        matrix.row_ids.extend([number] * len(columns))
        matrix.column_ids.extend(columns.tolist())
        matrix.coefficients.extend(weights[columns].tolist())
        return number

    def move_row(self, row: int, most: float) -> None:
        """Set what a row may be at most; all else stays as it was."""
        self._proto.linear_constraints.upper_bounds[row] = most

    def minimise(
        self,
        objective: Floats,
        *,
        gap: float,
        time_limit_s: float,
        start: Floats | None = None,
        fixed: tuple[Ints, Floats] | None = None,
    ) -> Answer:
        """Minimise.

        Parameters
        ----------
        objective : ndarray (variables,)
        gap : float
            Relative gap at which the search may stop.
        time_limit_s : float
        start : ndarray (variables,), optional
            A feasible solution to begin from.
        fixed : (columns, values), optional
            Variables held at a value.
        """
        goal = self._proto.objective
        goal.Clear()
        columns = np.flatnonzero(objective)
        goal.linear_coefficients.ids.extend(columns.tolist())
        goal.linear_coefficients.values.extend(objective[columns].tolist())
        model = mathopt.Model.from_model_proto(self._proto)
        variables = list(model.variables())
        if fixed is not None:
            for column, value in zip(fixed[0].tolist(), fixed[1].tolist(), strict=True):
                variables[column].lower_bound = variables[column].upper_bound = value
        hints = []
        if start is not None:
            hints = [mathopt.SolutionHint(variable_values=dict(zip(variables, start.tolist(), strict=True)))]
        began = time.monotonic()
        for seed in (self._seed, self._seed + 1):
            left = max(time_limit_s - (time.monotonic() - began), 0.01)
            result = _solved(model, hints, gap, left, seed)
            if result is not None:
                answer = self._answer(result, variables, time.monotonic() - began)
                self.cut_short |= answer.status == TIME_LIMIT
                return answer
        self.cut_short = True  # the engine's own errors may come of the clock too
        return Answer(TIME_LIMIT, math.inf, -math.inf, None, time.monotonic() - began)

    def _answer(self, result: mathopt.SolveResult, variables: list[mathopt.Variable], seconds: float) -> Answer:
        reason = result.termination.reason
        if reason in (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED):
            return Answer(INFEASIBLE, math.inf, math.inf, None, seconds)
        bound = float(result.termination.objective_bounds.dual_bound)
        limit = reason in (mathopt.TerminationReason.FEASIBLE, mathopt.TerminationReason.NO_SOLUTION_FOUND)
        if reason != mathopt.TerminationReason.OPTIMAL and not limit:
            raise SolverError(f"the solver stopped with {reason.name.lower().replace('_', ' ')}; please report this")
        status = TIME_LIMIT if limit else OPTIMAL
        if not result.has_primal_feasible_solution():
            return Answer(status, math.inf, bound, None, seconds)
        values = result.variable_values()
        solution = np.array([values[variable] for variable in variables])
        return Answer(status, float(result.objective_value()), bound, solution, seconds)


def _solved(
    model: mathopt.Model, hints: list[mathopt.SolutionHint], gap: float, time_limit_s: float, seed: int
) -> mathopt.SolveResult | None:
    """Return what HiGHS found, or None when it gave up with an error of its own: rare, and a matter of the seed."""
    # One thread: the same search whatever the number of cores, and studies side by side do not fight for them. The
    # parameter `threads` of MathOpt is refused for HiGHS (OR-Tools 9.15).
    params = mathopt.SolveParameters(
        time_limit=dt.timedelta(seconds=time_limit_s),
        relative_gap_tolerance=gap,
        random_seed=seed,
        highs=highs_pb2.HighsOptionsProto(string_options={"parallel": "off"}, int_options={"threads": 1}),
    )
    wanted = mathopt.ModelSolveParameters(solution_hints=hints)
    try:
        # It does not hear Ctrl-C, nor MathOpt's own interrupter, before its time is over.
        return interruptibly(lambda: mathopt.solve(model, mathopt.SolverType.HIGHS, params=params, model_params=wanted))
    except (RuntimeError, ValueError, AttributeError):  # the last: OR-Tools 9.15 trips over its own error
        return None


def model_proto(linear: LinearModel) -> model_pb2.ModelProto:
    """Return the model as MathOpt takes it, whichever engine is to solve it."""
    proto = model_pb2.ModelProto()
    count = linear.variables
    proto.variables.ids.extend(range(count))
    for part, name in ((linear.lower, "lower_bounds"), (linear.upper, "upper_bounds"), (linear.whole, "integers")):
        getattr(proto.variables, name).extend(np.concatenate(part).tolist() if part else [])
    proto.linear_constraints.ids.extend(range(linear.rows))
    for part, name in ((linear.row_lower, "lower_bounds"), (linear.row_upper, "upper_bounds")):
        getattr(proto.linear_constraints, name).extend(np.concatenate(part).tolist() if part else [])
    matrix = linear.matrix().tocoo()
    order = np.lexsort((matrix.col, matrix.row))
    proto.linear_constraint_matrix.row_ids.extend(matrix.row[order].tolist())
    proto.linear_constraint_matrix.column_ids.extend(matrix.col[order].tolist())
    proto.linear_constraint_matrix.coefficients.extend(matrix.data[order].tolist())
    return proto
