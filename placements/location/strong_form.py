"""Facilities with capacities as a whole-number programme in the strong form, for what the bounds have left.

    decide    open[j] 0/1 for sites that are free     share[i,j] >= 0, or 0/1 when demands are whole
    goal      sum_j fixed[j] open[j] + sum_ij c[i,j] share[i,j]
    rules     sum_j share[i,j] = 1     sum_i d[i] share[i,j] <= s[j] open[j]     share[i,j] <= open[j]

A site that is held open has no `open`, and so no rows ``share <= open``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.facility_dual import Sites
from placements.location.inputs import Floats, Ints
from placements.optimisation.engine import INFEASIBLE, Engine
from placements.optimisation.linear import LinearModel

#: What totals are about in the engine's units: its tolerances are absolute.
_ENGINE_SCALE: Final = 1e4


@dataclass(frozen=True, eq=False)
class StrongAnswer:
    """What the engine found.

    Attributes
    ----------
    chosen : ndarray
        Rows of the sites in use, ascending; empty when nothing was found.
    share : ndarray (chosen sites, demand)
    bound : float
        Lowest total there could be; infinite when it is proved that there is no answer.
    """

    chosen: Ints
    share: Floats
    bound: float


def solve_strong_form(
    sites: Sites,
    held: Ints,
    free: Ints,
    *,
    is_whole: bool,
    gap: float,
    time_limit_s: float,
    start: StrongAnswer | None = None,
) -> StrongAnswer:
    """Open some of the free sites beside the held ones.

    Parameters
    ----------
    sites : Sites
    held, free : ndarray
        Rows of `sites`.
    is_whole : bool
        Each demand is served from one site.
    gap, time_limit_s : float
    start : StrongAnswer, optional
        An answer to begin from; it is left out if it uses other sites.

    Returns
    -------
    StrongAnswer
    """
    rows = np.concatenate([held, free])
    part = sites.part(rows)
    points = len(sites.demand)
    site, point = np.nonzero(np.isfinite(part.unit_cost))
    linear = LinearModel()
    is_open = linear.add_variables(len(free), 1.0, tuple, whole=True)
    serve = linear.add_variables(len(site), 1.0, tuple, whole=is_whole)
    linear.add_rows(point, serve, 1.0, lower=1.0, upper=1.0, number=points, names=tuple)
    unit_of_demand = float(sites.demand.mean())
    of_free = np.arange(len(held), len(rows))
    linear.add_rows(
        np.concatenate([site, of_free]),
        np.concatenate([serve, is_open]),
        np.concatenate([sites.demand[point], -part.capacity[of_free]]) / unit_of_demand,
        upper=np.where(np.arange(len(rows)) < len(held), part.capacity, 0.0) / unit_of_demand,
        number=len(rows),
        names=tuple,
    )
    linked = np.flatnonzero(site >= len(held))
    each = np.arange(len(linked))
    linear.add_rows(
        np.concatenate([each, each]),
        np.concatenate([serve[linked], is_open[site[linked] - len(held)]]),
        np.repeat([1.0, -1.0], len(linked)),
        upper=0.0,
        number=len(linked),
        names=tuple,
    )
    serving = part.unit_cost[site, point] * sites.demand[point]
    unit = (float(serving.mean() * points + part.fixed_cost.mean()) or 1.0) / _ENGINE_SCALE
    goal = np.concatenate([part.fixed_cost[of_free], serving]) / unit
    first = None
    if start is not None and len(start.chosen) and np.isin(start.chosen, rows).all():
        whole = np.zeros((len(sites.capacity), points))
        whole[start.chosen] = start.share
        first = np.concatenate([np.isin(free, start.chosen).astype(float), whole[rows][site, point]])
    answer = Engine(linear, seed=1).minimise(goal, gap=gap, time_limit_s=max(time_limit_s, 0.01), start=first)
    none = np.zeros(0, dtype=np.intp), np.zeros((0, points))
    if answer.status == INFEASIBLE:
        return StrongAnswer(*none, np.inf)
    bound = answer.bound * unit + float(sites.fixed_cost[held].sum())
    if answer.solution is None:
        return StrongAnswer(*none, bound)
    share = np.zeros((len(sites.capacity), points))
    share[rows[site], point] = np.round(answer.solution[serve]) if is_whole else answer.solution[serve]
    chosen = np.flatnonzero((share > 1e-9).any(axis=1))
    return StrongAnswer(chosen, share[chosen], bound)
