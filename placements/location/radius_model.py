"""A small p-median exactly, as a whole-number programme with one variable for each distinct cost of a demand.

    sets      i  demand     j  sites that are free     k = 1..K_i  the distinct costs D_i1 < D_i2 < ... of demand i
    decide    open[j] 0/1       beyond[i,k] >= 0   demand i is served at a cost above D_ik
    goal      sum_i D_i1 + sum_ik (D_i,k+1 - D_ik) beyond[i,k]
    rules     beyond[i,k] + sum_{j: c_ij = D_ik} open[j] >= beyond[i,k-1]      (beyond[i,0] = 1)
              sum_j open[j] = number

The bound of its relaxation is that of the strong form with a variable for each pair, at a fraction of the size where
costs repeat (Cornuejols, Nemhauser and Wolsey 1980; Elloumi 2010; Garcia, Labbe and Marin 2011). Costs of a demand that
no better solution can incur are left out before: that is what makes it small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.inputs import Bools, Floats, Ints
from placements.optimisation.engine import INFEASIBLE, Engine
from placements.optimisation.linear import LinearModel

#: What totals are about in the engine's units: its absolute tolerance, 1e-6, is then 1e-10 of them.
_ENGINE_SCALE: Final = 1e4


@dataclass(frozen=True, eq=False)
class SmallAnswer:
    """The best choice of free sites (None if the engine found none), and the lowest total that there could be."""

    chosen: Ints | None
    bound: float


def solve_small(
    cost: Floats,
    ceiling: Floats,
    payable: Bools,
    number: int,
    *,
    scale: float,
    gap: float,
    time_limit_s: float,
    seed: int = 1,
) -> SmallAnswer:
    """Choose `number` of the free sites.

    Parameters
    ----------
    cost : ndarray (free sites, demand)
    ceiling : ndarray (demand,)
        Cost that a demand does not exceed; only sites below it are looked at.
    payable : ndarray (demand,)
        Whether the ceiling itself can be had (a site at that cost is open already); if not, one below has to be open.
    number : int
    scale : float
        About what the total is, so that the engine's absolute tolerances are small beside it.
    gap, time_limit_s : float
    seed : int

    Returns
    -------
    SmallAnswer
        `bound` holds for all choices that keep to the ceilings, in units of the total cost; infinite if there are none.
    """
    levels = _Levels(cost, ceiling, payable)
    if levels.is_hopeless:
        return SmallAnswer(None, np.inf)
    linear = LinearModel()
    is_open = linear.add_variables(len(cost), 1.0, tuple, whole=True)
    beyond = linear.add_variables(levels.count, levels.most, tuple)
    row, column, value = levels.entries(beyond)
    linear.add_rows(row, column, value, lower=levels.least, number=levels.count, names=tuple)
    linear.add_rows(
        np.zeros(len(is_open), dtype=np.intp), is_open, 1.0, lower=number, upper=number, number=1, names=tuple
    )
    unit = (scale or 1.0) / _ENGINE_SCALE
    goal = np.concatenate([np.zeros(len(is_open)), levels.rise / unit])
    answer = Engine(linear, seed).minimise(goal, gap=gap, time_limit_s=time_limit_s)
    if answer.status == INFEASIBLE:
        return SmallAnswer(None, np.inf)
    bound = levels.base + unit * max(answer.bound, 0.0)
    if answer.solution is None:
        return SmallAnswer(None, bound)
    return SmallAnswer(np.flatnonzero(answer.solution[is_open] > 0.5), bound)


class _Levels:
    """The distinct costs below the ceiling of each demand, ascending, with the sites at each, as flat arrays.

    Attributes
    ----------
    base : float
        What is paid in any case: the lowest cost of every demand.
    count : int
        Levels of all demands; `beyond` has one variable and one row for each.
    rise : ndarray (count,)
        From a level to the next of the same demand; from the last to the ceiling, if that can be had.
    most : ndarray (count,)
        Upper end of `beyond`: 0 at the last level of a demand that cannot have its ceiling, else 1.
    is_hopeless : bool
        Some demand can have neither a site below its ceiling nor the ceiling.
    least : ndarray (count,)
        Right-hand side: 1 at the first level of a demand.
    """

    def __init__(self, cost: Floats, ceiling: Floats, payable: Bools) -> None:
        site, demand = np.nonzero(cost < ceiling)
        value = cost[site, demand]
        order = np.lexsort((site, value, demand))
        self._site, demand, value = site[order], demand[order], value[order]
        starts = np.ones(len(value), dtype=bool)
        starts[1:] = (demand[1:] != demand[:-1]) | (value[1:] != value[:-1])
        self._level = np.cumsum(starts) - 1
        first = np.flatnonzero(starts)
        level_demand, level_value = demand[first], value[first]
        self.count = len(first)
        self._is_first = np.ones(self.count, dtype=bool)
        self._is_first[1:] = level_demand[1:] != level_demand[:-1]
        is_last = np.ones(self.count, dtype=bool)
        is_last[:-1] = self._is_first[1:]
        following = np.append(level_value[1:], 0.0)
        is_end = is_last & ~payable[level_demand]
        self.rise = np.where(is_end, 0.0, np.where(is_last, ceiling[level_demand], following) - level_value)
        self.most = np.where(is_end, 0.0, 1.0)
        self.least = self._is_first.astype(float)
        lowest = ceiling.copy()
        lowest[level_demand[self._is_first]] = level_value[self._is_first]
        self.base = float(lowest.sum())
        has_level = np.zeros(len(ceiling), dtype=bool)
        has_level[level_demand] = True
        self.is_hopeless = not (has_level | payable).all()

    def entries(self, beyond: Ints) -> tuple[Ints, Ints, Floats]:
        """Return row, column and value of ``beyond[k] + (open at level k) - beyond[k-1]``."""
        levels = np.arange(self.count)
        later = levels[~self._is_first]
        row = np.concatenate([levels, self._level, later])
        column = np.concatenate([beyond, self._site, beyond[later - 1]])
        value = np.concatenate([np.ones(self.count + len(self._level)), -np.ones(len(later))])
        return row, column, value
