"""The p-median: open p sites so that serving every demand from its cheapest open site costs least in all.

    sets      i  demand     j  sites
    data      c[i,j] cost of serving the whole of i from j     w[i] weight     p
    decide    open[j] 0/1     serve[i,j] >= 0
    goal      sum_ij w[i] c[i,j] serve[i,j]
    rules     sum_j serve[i,j] = 1     serve[i,j] <= open[j]     sum_j open[j] = p

Demands with the same costs are merged. A Lagrangian bound with an exchange heuristic proves most cases at once; what is
left is searched (`branching`). No step is taken that the bound does not prove.
"""

from __future__ import annotations

import numpy as np

from placements.location.assign import assignment_of, ids_of, nearest_open, nobody_served
from placements.location.branching import Found, Search
from placements.location.inputs import (
    Amounts,
    Clock,
    Floats,
    Table,
    amounts,
    at_least_nought,
    common_step,
    limits,
    number_to_open,
    pairs,
)
from placements.location.result import LocationResult, answered, unanswered


def p_median(
    cost: Table, p: int, weights: Amounts | None = None, *, time_limit_s: float = 300.0, gap: float = 0.0
) -> LocationResult:
    """Open exactly `p` sites so that the weighted cost of serving each demand from its cheapest open site is least.

    Parameters
    ----------
    cost : DataFrame or array (demand, sites)
        Cost of serving the whole of a demand from a site, 0 or more; missing or infinite: not allowed.
    p : int
    weights : amounts by demand id, or in the order of `cost`, optional
        A demand of weight 0 costs nothing, and need not be in reach of a site.
    time_limit_s : float
        Wall time, roughly: a step that has begun is ended.
    gap : float
        Relative gap at which the search may stop.

    Returns
    -------
    LocationResult
        `assignment` names the cheapest open site of each demand, the first of equals.

    Raises
    ------
    UsageError
        The data do not fit together (see `placements.location.inputs`).
    """
    clock = limits(time_limit_s, gap)
    given = pairs(cost, "cost")
    at_least_nought(given, "cost")
    p = number_to_open(p, len(given.sites))
    weight = amounts(weights, given.demand, "weights")
    counts = weight > 0
    table = given.values[counts] * weight[counts, None]
    if not np.isfinite(table).any(axis=1).all():
        return unanswered(np.inf, clock, nobody_served(given))
    found = cheapest_choice(table, p, gap, clock)
    if found is None:
        return unanswered(np.inf, clock, nobody_served(given))
    site, value = nearest_open(given.values, found.chosen)
    objective = float(value[counts] @ weight[counts])
    if not np.isfinite(objective):
        return unanswered(found.bound, clock, nobody_served(given))
    bound = min(found.bound, objective)
    return answered(
        objective, bound, gap, clock, ids_of(given, found.chosen), assignment_of(given, site, np.isfinite(value))
    )


def cheapest_choice(table: Floats, p: int, gap: float, clock: Clock) -> Found | None:
    """Choose `p` columns so that the sum over rows of the least value among them is least.

    Parameters
    ----------
    table : ndarray (demand, sites)
        0 or more; infinite where not allowed. Every row has an allowed site.
    p : int
    gap : float
    clock : Clock

    Returns
    -------
    Found or None
        None when it is proved that no choice serves every row. If the total is infinite, none was found in time.
    """
    if not len(table):
        return Found(np.arange(p), 0.0, 0.0)
    table = merged(table)
    if p == table.shape[1]:
        total = float(table.min(axis=1).sum())
        return Found(np.arange(p), total, total)
    # What every choice pays is left out: what is to be decided is then not lost in rounding.
    base = table.min(axis=1)
    table = table - base[:, None]
    offset = float(base.sum())
    step = common_step(table)
    # Any choice that uses a forbidden pair costs more than twice what one that uses none can cost.
    allowed = np.isfinite(table)
    dear = 2.0 * float(np.where(allowed, table, 0.0).max(axis=1).sum()) + 1.0
    dear = step * np.ceil(dear / step) if step else dear
    cost = np.ascontiguousarray(np.where(allowed, table, dear).T)
    found = Search(cost, p, step, gap, offset, dear / 2.0, clock).run()
    if found.total < dear:
        return Found(found.chosen, found.total + offset, found.bound + offset)
    return None if found.bound > dear / 2.0 else Found(found.chosen, np.inf, found.bound + offset)


def merged(table: Floats) -> Floats:
    """Return a table in which rows that are the same but for a factor of 1 are added up: they choose alike."""
    table = np.ascontiguousarray(table)
    _, first, count = np.unique(
        table.view(np.dtype((np.void, table.itemsize * table.shape[1]))).ravel(), return_index=True, return_counts=True
    )
    order = np.argsort(first)
    return table[first[order]] * count[order][:, None]
