"""Given the open sites, who is served where? A transportation problem, solved exactly by HiGHS's simplex method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from placements.location.facility_dual import Sites
from placements.location.inputs import Floats

#: Shares below this are rounding.
_NOUGHT = 1e-9
#: SciPy's word for it.
_INFEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Transport:
    """Shares of each demand by open site (sites, demand), and their cost; infinite when they do not fit.

    `is_known` is false when the solver ended without a verdict: the time was over, or its numbers failed it.
    """

    share: Floats
    cost: float
    is_known: bool = True


def transport(sites: Sites, time_limit_s: float) -> Transport:
    """Serve all demand from all of the sites given, at least cost, within their capacities.

    Parameters
    ----------
    sites : Sites
        The open ones; fixed costs are not looked at.
    time_limit_s : float

    Returns
    -------
    Transport
    """
    none = Transport(np.zeros_like(sites.unit_cost), np.inf)
    demand, capacity = sites.demand, sites.capacity
    total = float(demand.sum())
    if capacity.sum() < total * (1.0 - 1e-9):
        return none
    site, point = np.nonzero(np.isfinite(sites.unit_cost))
    columns, ones = np.arange(len(site)), np.ones(len(site))
    # Amounts in units of the mean demand, costs in units of the mean cost: tolerances are absolute.
    unit = total / len(demand)
    price = sites.unit_cost[site, point]
    scale = float(np.abs(price).mean()) or 1.0
    served = sparse.csr_array((ones, (point, columns)), shape=(len(demand), len(site)))
    used = sparse.csr_array((ones, (site, columns)), shape=(len(capacity), len(site)))
    answer = linprog(
        price / scale,
        A_ub=used,
        b_ub=capacity / unit * (1.0 + 1e-12),
        A_eq=served,
        b_eq=demand / unit,
        method="highs-ds",
        options={"time_limit": max(time_limit_s, 0.1)},
    )
    if answer.status != 0:
        return Transport(none.share, np.inf, is_known=answer.status == _INFEASIBLE)
    share = np.zeros_like(sites.unit_cost)
    share[site, point] = answer.x * unit / demand[point]
    share[share < _NOUGHT] = 0.0
    share /= share.sum(axis=0)
    cost = float((np.where(share > 0, sites.unit_cost, 0.0) * share).sum(axis=0) @ demand)
    return Transport(share, cost)
