"""With what is opened given, each year and sample is a small problem of its own: who is away, and who goes where.

Only few rows tie them together: minimum occupancy and money, both expected over the samples. They are left out at
first; if the flows found keep them all the same, nothing was lost, for leaving rows out can only lower what is away. If
they do not, there is no answer here, and the whole has to be solved as one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from placements.optimisation.model import SitingModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: As in `transport`: among ways to keep as many local, the cheapest; too little to outweigh one child kept local.
_COST_WEIGHT = 1e-4
_SLACK = 1e-7


class Blocks:
    """The rows and columns of a model by year and sample."""

    def __init__(self, siting: SitingModel) -> None:
        self._siting = siting
        self._matrix = siting.linear.matrix()
        self._lower, self._upper = (
            np.concatenate(part) if part else np.zeros(0) for part in (siting.linear.row_lower, siting.linear.row_upper)
        )
        cost = siting.objectives["net_revenue"]
        # Of flows alone: beside the yearly cost of a home the cost of a place would be too little for a solver to see.
        flow_cost = np.delete(cost, siting.open_column)
        scale = float(np.abs(flow_cost).max(initial=0.0)) or 1.0
        self.objective = siting.objectives["away_child_years"] + _COST_WEIGHT * cost / scale
        column_block = _column_block(siting)
        row_block = _row_block(self._matrix, column_block)
        flows = self._matrix.tocsc()
        self._blocks: list[tuple[Ints, Ints, sparse.csr_matrix]] = []
        for block in range(int(column_block.max(initial=-1)) + 1):
            columns, rows = np.flatnonzero(column_block == block), np.flatnonzero(row_block == block)
            self._blocks.append((columns, rows, flows[:, columns].tocsr()[rows]))

    def solve(self, units: Floats) -> Floats | None:
        """Return the solution with the fewest away when these units are opened; None when rows between blocks forbid.

        Parameters
        ----------
        units : ndarray (open variables,)
        """
        siting, out = self._siting, np.zeros(self._siting.linear.variables)
        out[siting.open_column] = np.round(units)
        self._choose(out)
        given = self._matrix @ out
        for columns, rows, matrix in self._blocks:
            if not len(columns):
                continue
            lower, upper = self._lower[rows] - given[rows], self._upper[rows] - given[rows]
            equal = lower == upper
            below = ~equal & np.isfinite(upper)
            result = linprog(
                self.objective[columns],
                A_ub=matrix[below] if below.any() else None,
                b_ub=upper[below] if below.any() else None,
                A_eq=matrix[equal] if equal.any() else None,
                b_eq=lower[equal] if equal.any() else None,
                method="highs",
            )
            if result.status != 0:
                return None
            out[columns] = np.clip(result.x, 0.0, None)
        return out if self._is_allowed(out) else None

    def _is_allowed(self, solution: Floats) -> bool:
        value = self._matrix @ solution
        slack = _SLACK * (1.0 + abs(self._matrix) @ np.abs(solution))
        return bool(((value >= self._lower - slack) & (value <= self._upper + slack)).all())

    def _choose(self, solution: Floats) -> None:
        """Set the choice of an option of several units to what its units say: it is the row's least."""
        siting = self._siting
        other = np.ones(siting.linear.variables, bool)
        for part in (siting.open_column, siting.use_column, siting.serve_column, siting.away_column):
            other[part] = False
        for column in np.flatnonzero(other):
            held = self._matrix[:, [column]].nonzero()[0]
            beside = self._matrix[held][:, siting.open_column[solution[siting.open_column] > 0.5]]
            # Of its rows, only those that let units in hold it with a negative sign.
            lets_in = np.asarray(self._matrix[held][:, [column]].todense()).ravel() < 0
            solution[column] = float(beside[lets_in].nnz > 0)


def _column_block(siting: SitingModel) -> Ints:
    """Return the block of each variable, -1 for decisions."""
    years = [siting.use_year, siting.serve_year, siting.away_year]
    samples = [siting.use_sample, siting.serve_sample, siting.away_sample]
    columns = [siting.use_column, siting.serve_column, siting.away_column]
    many = int(max((part.max(initial=-1) for part in samples), default=-1)) + 1
    out = np.full(siting.linear.variables, -1, np.intp)
    out[np.concatenate(columns)] = np.concatenate(years) * many + np.concatenate(samples)
    return out


def _row_block(matrix: sparse.csr_matrix, column_block: Ints) -> Ints:
    """Return the block of each row, -1 for rows of decisions alone and for rows that tie blocks together."""
    entries = matrix.tocoo()
    block = column_block[entries.col]
    row, block = entries.row[block >= 0], block[block >= 0]
    first, last = np.full(matrix.shape[0], np.iinfo(np.intp).max), np.full(matrix.shape[0], -1, np.intp)
    np.minimum.at(first, row, block)
    np.maximum.at(last, row, block)
    return np.asarray(np.where(first == last, last, -1))
