"""Facilities with capacities: which to open, at a fixed cost, and who is served from where.

    sets      i  demand     j  sites
    data      c[i,j] cost of serving the whole of i from j     f[j] fixed cost     s[j] capacity     d[i] demand
    decide    open[j] 0/1     share[i,j] >= 0        (0/1 with `single_source`)
    goal      sum_j f[j] open[j] + sum_ij c[i,j] share[i,j]
    rules     sum_j share[i,j] = 1     sum_i d[i] share[i,j] <= s[j] open[j]     share[i,j] <= open[j]

Demand that may be split: branch and bound on Lagrangian bounds (`facility_search`). Whole demands: the same bound says
which sites are out of the question, and a whole-number programme over the others (`single_source`) does the rest.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from placements.location.assign import ids_of
from placements.location.facility_dual import Sites
from placements.location.facility_search import FacilityFound, FacilitySearch
from placements.location.inputs import Amounts, Clock, Ints, Pairs, Table, amounts, at_least_nought, limits, pairs
from placements.location.result import LocationResult, answered, unanswered
from placements.location.single_source import solve_single_source


def capacitated_facility_location(
    cost: Table,
    fixed_cost: Amounts,
    capacity: Amounts,
    demand: Amounts,
    single_source: bool = False,
    *,
    time_limit_s: float = 300.0,
    gap: float = 0.0,
) -> LocationResult:
    """Open sites and serve every demand within their capacities at the least fixed and serving cost in all.

    Parameters
    ----------
    cost : DataFrame or array (demand, sites)
        Cost of serving the whole of a demand from a site, 0 or more; missing or infinite: not allowed.
    fixed_cost, capacity : amounts by site id, in the order of `cost`, or one for all
    demand : amounts by demand id, in the order of `cost`, or one for all
        In the unit of `capacity`. A demand of 0 needs no site and costs nothing.
    single_source : bool
        Each demand is served from one site; otherwise it may be split over several.
    time_limit_s, gap : float
        See `p_median`.

    Returns
    -------
    LocationResult
        `assignment` has a row for each demand, site and share in use; with `single_source`, the site of each demand.

    Raises
    ------
    UsageError
        The data do not fit together.
    """
    clock = limits(time_limit_s, gap)
    given = pairs(cost, "cost")
    at_least_nought(given, "cost")
    fixed = amounts(fixed_cost, given.sites, "fixed_cost")
    most = amounts(capacity, given.sites, "capacity")
    needed = amounts(demand, given.demand, "demand")
    has_need, has_space = np.flatnonzero(needed > 0), np.flatnonzero(most > 0)
    wanted = needed[has_need]
    table = given.values[np.ix_(has_need, has_space)]
    sites = Sites(np.ascontiguousarray((table / wanted[:, None]).T), fixed[has_space], most[has_space], wanted)
    found = _solved(sites, single_source, gap, clock)
    if found is None:
        return unanswered(np.inf, clock, _empty(given, single_source))
    chosen = has_space[found.chosen]
    point, at = np.nonzero(found.share.T)
    share = found.share.T[point, at]
    objective = np.inf
    if np.isfinite(found.total):
        objective = float(fixed[chosen].sum() + given.values[has_need[point], chosen[at]] @ share)
    bound = min(found.bound, objective)
    assignment = _assignment(given, has_need[point], chosen[at], share, single_source)
    return answered(objective, bound, gap, clock, ids_of(given, chosen), assignment)


def _solved(sites: Sites, single_source: bool, gap: float, clock: Clock) -> FacilityFound | None:
    """Return the best answer; None when it is proved that there is none."""
    if not len(sites.demand):
        return FacilityFound(np.zeros(0, dtype=np.intp), np.zeros((0, 0)), 0.0, 0.0)
    is_allowed = np.isfinite(sites.unit_cost)
    if not is_allowed.any(axis=0).all() or sites.capacity.sum() < sites.demand.sum() * (1.0 - 1e-9):
        return None
    if single_source:
        return solve_single_source(sites, gap, clock)
    found = FacilitySearch(sites, gap, clock).run()
    return None if np.isinf(found.total) and np.isinf(found.bound) else found


def _assignment(
    given: Pairs, demand: Ints, site: Ints, share: np.ndarray, single_source: bool
) -> pd.Series | pd.DataFrame:
    if single_source:
        ids = np.full(len(given.demand), None, dtype=object)
        ids[demand] = np.asarray(given.sites, dtype=object)[site]
        return pd.Series(ids, index=given.demand, name="site", dtype=object)
    return pd.DataFrame({"demand": given.demand[demand], "site": given.sites[site], "share": share})


def _empty(given: Pairs, single_source: bool) -> pd.Series | pd.DataFrame:
    none = np.zeros(0, dtype=np.intp)
    return _assignment(given, none, none, np.zeros(0), single_source)
