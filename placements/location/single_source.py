"""Facilities with capacities of which each demand uses one: what the bound leaves, as a whole-number programme.

First over the sites that the Lagrangian bound likes, for a good answer; with it the bound says which sites no better
answer opens; then over all others, for the proof.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from placements.location.facility_dual import ROOT, Sites, certain_sites, raise_facility_bound
from placements.location.facility_search import FacilityFound
from placements.location.inputs import Clock
from placements.location.strong_form import StrongAnswer, solve_strong_form

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
    none = every[:0]
    price = (sites.unit_cost + (sites.fixed_cost / sites.capacity)[:, None]).min(axis=0)
    dual = raise_facility_bound(sites, 0, price, np.zeros(len(every)), np.inf, np.inf, ROOT, clock)
    best, total, keep = None, np.inf, every
    liked = np.flatnonzero(dual.fraction >= _LIKED)
    if len(liked) < len(every):
        best = solve_strong_form(sites, none, liked, is_whole=True, gap=gap, time_limit_s=_FIRST_TRY * clock.left_s)
        total = _total(sites, best)
        if np.isfinite(total):
            is_closed, _ = certain_sites(dual, sites.capacity, float(sites.demand.sum()), total)
            keep = np.flatnonzero(~is_closed)
    rest = solve_strong_form(sites, none, keep, is_whole=True, gap=gap, time_limit_s=clock.left_s, start=best)
    if np.isinf(rest.bound) and np.isinf(total):
        return None
    # Sites left out cannot lower the best total known when they were left out.
    bound = max(dual.bound, min(rest.bound, total))
    if best is None or _total(sites, rest) <= total:
        best, total = rest, _total(sites, rest)
    return FacilityFound(best.chosen, best.share, total, min(bound, total))


def _total(sites: Sites, answer: StrongAnswer) -> float:
    """Return what an answer costs; infinite when there is none."""
    if not len(answer.chosen):
        return np.inf
    cost = np.where(answer.share > 0, sites.unit_cost[answer.chosen], 0.0)
    return float((cost * answer.share).sum(axis=0) @ sites.demand + sites.fixed_cost[answer.chosen].sum())
