"""Facilities with capacities of which each demand uses one: what the bound leaves, as a whole-number programme.

First over the sites that the Lagrangian bound likes, for a good answer; with it the bound says which sites no better
answer opens; then over all others, for the proof.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from placements.location.facility_dual import ROOT, Sites, certain_sites, raise_facility_bound
from placements.location.facility_search import FacilityFound
from placements.location.inputs import Clock, Floats, Ints
from placements.optimisation.engine import INFEASIBLE, Engine
from placements.optimisation.linear import LinearModel

_ENGINE_SCALE: Final = 1e4
#: Sites tried first: those chosen in at least this share of late iterations.
_LIKED: Final = 0.02
#: Share of the time left that the first try may take.
_FIRST_TRY: Final = 0.3


def solve_single_source(sites: Sites, gap: float, clock: Clock) -> FacilityFound | None:
    """Minimise fixed costs and costs of serving each demand whole.

    Parameters
    ----------
    sites : Sites
        Their capacities hold the whole demand, and every demand has an allowed site.
    gap : float
    clock : Clock

    Returns
    -------
    FacilityFound or None
        None when it is proved that there is no answer; an infinite total when none was found in time.
    """
    every = np.arange(len(sites.capacity))
    price = (sites.unit_cost + (sites.fixed_cost / sites.capacity)[:, None]).min(axis=0)
    dual = raise_facility_bound(sites, 0, price, np.zeros(len(every)), np.inf, np.inf, ROOT, clock)
    best = _Whole(sites, every[:0], np.zeros((0, len(sites.demand))), np.inf, False)
    liked = np.flatnonzero(dual.fraction >= _LIKED)
    keep = every
    if len(liked) < len(every):
        best = _whole_programme(sites, liked, gap, _FIRST_TRY * clock.left_s, None)
        if np.isfinite(best.total):
            is_closed, _ = certain_sites(dual, sites.capacity, float(sites.demand.sum()), best.total)
            keep = np.flatnonzero(~is_closed)
    rest = _whole_programme(sites, keep, gap, clock.left_s, best)
    if rest.is_infeasible and not np.isfinite(best.total):
        return None
    # Sites left out cannot lower the best total known when they were left out.
    bound = max(dual.bound, min(rest.bound, best.total))
    found = rest if rest.total <= best.total else best
    return FacilityFound(found.chosen, found.share, found.total, min(bound, found.total))


class _Whole:
    """What a whole-number programme found: rows of open sites, their shares, the total, and a bound."""

    def __init__(self, sites: Sites, chosen: Ints, share: Floats, bound: float, is_infeasible: bool) -> None:
        self.chosen, self.share, self.bound, self.is_infeasible = chosen, share, bound, is_infeasible
        self.total = np.inf
        if len(chosen):
            cost = np.where(share > 0, sites.unit_cost[chosen], 0.0)
            self.total = float((cost * share).sum(axis=0) @ sites.demand + sites.fixed_cost[chosen].sum())


def _whole_programme(sites: Sites, rows: Ints, gap: float, time_limit_s: float, start: _Whole | None) -> _Whole:
    """Solve the strong form over some of the sites."""
    part = sites.part(rows)
    points = len(sites.demand)
    site, point = np.nonzero(np.isfinite(part.unit_cost))
    linear = LinearModel()
    is_open = linear.add_variables(len(rows), 1.0, tuple, whole=True)
    serve = linear.add_variables(len(site), 1.0, tuple, whole=True)
    linear.add_rows(point, serve, 1.0, lower=1.0, upper=1.0, number=points, names=tuple)
    linear.add_rows(
        np.concatenate([site, np.arange(len(rows))]),
        np.concatenate([serve, is_open]),
        np.concatenate([sites.demand[point], -part.capacity]) / float(sites.demand.mean()),
        upper=0.0,
        number=len(rows),
        names=tuple,
    )
    each = np.arange(len(site))
    linear.add_rows(
        np.concatenate([each, each]),
        np.concatenate([serve, is_open[site]]),
        np.repeat([1.0, -1.0], len(site)),
        upper=0.0,
        number=len(site),
        names=tuple,
    )
    goal = np.concatenate([part.fixed_cost, part.unit_cost[site, point] * sites.demand[point]])
    unit = (float(goal.mean()) or 1.0) * points / _ENGINE_SCALE
    first = None
    if start is not None and np.isfinite(start.total) and np.isin(start.chosen, rows).all():
        at = np.searchsorted(rows, start.chosen)
        whole = np.zeros((len(rows), points))
        whole[at] = start.share
        first = np.concatenate([np.isin(np.arange(len(rows)), at).astype(float), whole[site, point]])
    answer = Engine(linear, seed=1).minimise(goal / unit, gap=gap, time_limit_s=max(time_limit_s, 0.01), start=first)
    none = np.zeros(0, dtype=np.intp), np.zeros((0, points))
    if answer.status == INFEASIBLE:
        return _Whole(sites, *none, np.inf, True)
    if answer.solution is None:
        return _Whole(sites, *none, answer.bound * unit, False)
    share = np.zeros((len(rows), points))
    share[site, point] = answer.solution[serve] > 0.5
    used = np.flatnonzero(share.any(axis=1))
    return _Whole(sites, rows[used], share[used], answer.bound * unit, False)
