"""What would one more place be worth, by need and area, if nothing else of the plan changed?

::

  for each year and sample, the plan's places being what they are:
  least    sum_g away[g] - sum_e lost[e]
  variables    use[l], serve[h], away[g] as in `model`     more[e,g], lost[e]   child-years that extra places e take
  constraints  sum_l use[l] + sum_e more[e,g] + away[g] = need[g]        each g
               sum_l use[l] = sum_h serve[h]                            each node
               sum_h serve[h] <= capacity[p]                            each p
               sum_g more[e,g] + lost[e] <= extra[e]                    each e: an area and a need
               more[e,g] <= need of e within the atom g,   lost[e] <= need of e that no place can reach

One extra place after another is raised from 0 to 1 and the programme solved again: that is its gain, exactly. The dual
value of its row at 0 is a bound of the gain (the least away is convex in the extra places), and is called no more than
that. Limits on running cost and minimum occupancy are left out: an extra place would be paid for besides.
"""

from __future__ import annotations

import itertools
import time
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from placements.errors import PlacementsError
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

CELL: Final = ["area", "service", "need_group"]
_NONE: Final = 1e-9


def one_more_place(problem: Problem, units: Floats, seconds: float) -> pd.DataFrame:
    """Return the gain of one more place for each need and area, which any child of that need and area could use.

    Parameters
    ----------
    problem : Problem
    units : ndarray (options, years)
        What the plan takes.
    seconds : float
        The cells with the largest bounds are solved first; with no time, nothing is.

    Returns
    -------
    DataFrame
        `area, service, need_group, need` (child-years that a plan could keep local, all years), `gain` (child-years,
        all years; missing when there was no time) and `at_most` (a bound of the gain from dual values), largest first.
    """
    ends = time.monotonic() + seconds
    problem = problem.after_prevention(units)
    cells = _cells(problem)
    table = cells.assign(gain=np.nan, at_most=np.inf)
    if not seconds or cells.empty:
        return table
    programme = _Programme(problem, units, len(cells))
    base, at_most = programme.away(None)
    table["at_most"] = np.minimum(at_most, float(problem.years))
    table = table.sort_values("at_most", ascending=False, kind="stable")
    for cell in table.index:
        if table.loc[cell, "at_most"] <= _NONE:
            table.loc[cell, "gain"] = 0.0
        elif time.monotonic() < ends:
            table.loc[cell, "gain"] = max(base - programme.away(int(cell))[0], 0.0)
    order = table["gain"].fillna(table["at_most"])
    return table.loc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _cells(problem: Problem) -> pd.DataFrame:
    groups = problem.demand.groups
    need = pd.Series((problem.demand.need @ problem.weights).sum(axis=1), index=groups.index)
    table = need.groupby([groups[column] for column in CELL]).sum().rename("need").reset_index()
    return table[table["need"] > _NONE].reset_index(drop=True)


class _Programme:
    """The programme of one plan: its matrix once, its right-hand sides for each year and sample."""

    def __init__(self, problem: Problem, units: Floats, cells: int) -> None:
        self._problem, self._number = problem, cells
        atoms = problem.atoms
        self._capacity = _capacity(problem, units)
        self._pairs, self._lost = _shares(problem)
        self._cell = self._pairs["cell"].to_numpy(np.intp)
        links, hops, count, pairs = len(atoms.link_atom), len(atoms.hop_node), len(atoms.table), len(self._pairs)
        places, nodes = len(problem.places), len(atoms.nodes)
        columns = (links, hops, count, pairs, cells)
        first = np.concatenate([[0], np.cumsum(columns)])
        self._total = int(first[-1])
        use, serve, away, more, lost = (np.arange(a, b) for a, b in itertools.pairwise(first.tolist()))
        self._bounded = np.concatenate([more, lost])
        self._objective = np.zeros(self._total)
        self._objective[away], self._objective[lost] = 1.0, -1.0
        self._equal = _matrix(
            (count + nodes, self._total),
            (atoms.link_atom, use, 1.0), (self._pairs["atom"].to_numpy(np.intp), more, 1.0),
            (np.arange(count), away, 1.0), (count + atoms.link_node, use, 1.0), (count + atoms.hop_node, serve, -1.0),
        )  # fmt: skip
        self._most = _matrix(
            (places + cells, self._total),
            (atoms.hop_place, serve, 1.0), (places + self._cell, more, 1.0), (places + np.arange(cells), lost, 1.0),
        )  # fmt: skip

    def away(self, cell: int | None) -> tuple[float, Floats]:
        """Return the least expected child-years away with one more place of a cell, and duals of the extra places."""
        total, duals = 0.0, np.zeros(self._number)
        for year in range(self._problem.years):
            for sample, weight in enumerate(self._problem.weights):
                result = self._solve(year, sample, cell)
                total += weight * float(result.fun)
                duals -= weight * np.asarray(result.ineqlin.marginals)[len(self._problem.places) :]
        return total, duals

    def _solve(self, year: int, sample: int, cell: int | None) -> OptimizeResult:
        problem = self._problem
        extra = np.zeros(self._number)
        if cell is not None:
            extra[cell] = 1.0
        group_need = problem.demand.need[:, year, sample]
        own = self._pairs["share"].to_numpy(float) * group_need[self._pairs["group"]]
        lost = np.zeros(self._number)
        np.add.at(lost, self._lost["cell"], self._lost["share"].to_numpy(float) * group_need[self._lost["group"]])
        upper = np.full(self._total, np.inf)
        upper[self._bounded] = np.concatenate([own, lost])
        need = problem.need[:, year, sample]
        result = linprog(
            self._objective,
            A_ub=self._most,
            b_ub=np.concatenate([self._capacity[:, year], extra]),
            A_eq=self._equal if self._equal.shape[0] else None,
            b_eq=np.concatenate([need, np.zeros(self._equal.shape[0] - len(need))]) if self._equal.shape[0] else None,
            bounds=np.column_stack([np.zeros(self._total), upper]),
            method="highs",
        )
        if result.status != 0:
            raise PlacementsError(f"an allocation could not be solved ({result.message}); please report this")
        return result


def _capacity(problem: Problem, units: Floats) -> Floats:
    """Return usable places with the plan's units, (places, years)."""
    options = problem.options
    size = (options["places"] * options["planned_occupancy"]).to_numpy(float)
    ready = np.einsum("jo,jot->jt", units, problem.ready) * size[:, None]
    out = problem.fixed_capacity.copy()
    opens = options["place"].to_numpy(np.intp) >= 0
    np.add.at(out, options["place"].to_numpy(np.intp)[opens], ready[opens])
    return out


def _shares(problem: Problem) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which part of each group, by cell, is in which atom (`atom`), and which no place can reach."""
    cells = _cells(problem).reset_index(names="cell")[["cell", *CELL]]
    groups = problem.demand.groups[CELL].reset_index(names="group").merge(cells, on=CELL)[["group", "cell"]]
    parts = problem.atoms.parts.merge(groups, on="group")
    return parts[parts["atom"] >= 0].reset_index(drop=True), parts[parts["atom"] < 0].reset_index(drop=True)


def _matrix(shape: tuple[int, int], *blocks: tuple[Ints, Ints, float]) -> sparse.csr_array:
    row, column = (np.concatenate([block[i] for block in blocks]) for i in (0, 1))
    value = np.concatenate([np.full(len(block[0]), block[2]) for block in blocks])
    return sparse.csr_array((value, (row, column)), shape=shape)
