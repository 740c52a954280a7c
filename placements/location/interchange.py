"""Which sites are a good choice? Greedy addition, then the best exchange of an open for a closed site until none helps.

Teitz and Bart (1968), with the gains of all exchanges at once from the nearest and second nearest open site of each
demand (Whitaker 1983; Resende and Werneck 2004): with `near` and `second` those costs, opening j and closing r changes
the total by

    sum_i min(c_ij, near_i) - near_i   +   sum_{i nearest to r} min(c_ij, second_i) - min(c_ij, near_i)

which is one pass over the table for all j, and a sum by nearest open site for all pairs (j, r).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from placements.location.inputs import Clock, Floats, Ints
from placements.location.result import SAME

#: Sites drawn anew in a round of `disturbed`.
_DRAWN: Final = 3


def greedy(cost: Floats, p: int) -> Ints:
    """Open one site after another, each time the one that lowers the total most.

    Parameters
    ----------
    cost : ndarray (sites, demand)
        Finite.
    p : int

    Returns
    -------
    ndarray (p,)
        Rows of `cost`, ascending.
    """
    near = cost.max(axis=0)
    is_closed = np.ones(len(cost), dtype=bool)
    for _ in range(p):
        total = np.where(is_closed, np.minimum(cost, near).sum(axis=1), np.inf)
        best = int(np.argmin(total))
        is_closed[best] = False
        near = np.minimum(near, cost[best])
    return np.flatnonzero(~is_closed)


def interchange(cost: Floats, chosen: Ints, clock: Clock) -> tuple[Ints, float]:
    """Exchange one open site for one closed as long as the total falls or there is time.

    Parameters
    ----------
    cost : ndarray (sites, demand)
        Finite.
    chosen : ndarray (p,)
        Rows of `cost` to begin from.
    clock : Clock

    Returns
    -------
    chosen : ndarray (p,)
        Ascending.
    total : float
        Its cost.
    """
    chosen = np.sort(chosen)
    points = cost.shape[1]
    while True:
        nearest, near, second = _two_nearest(cost[chosen])
        total = float(near.sum())
        if clock.left_s <= 0 or len(chosen) == len(cost):
            return chosen, total
        with_new = np.minimum(cost, near)
        change = (with_new - near).sum(axis=1)
        extra = np.minimum(cost, second) - with_new
        by_nearest = sparse.csr_array((np.ones(points), (np.arange(points), nearest)), shape=(points, len(chosen)))
        exchange = change[:, None] + extra @ by_nearest
        exchange[chosen] = np.inf
        new, old = divmod(int(np.argmin(exchange)), len(chosen))
        if exchange[new, old] >= -SAME * max(abs(total), 1e-300):
            return chosen, total
        chosen = np.sort(np.append(np.delete(chosen, old), new))


def disturbed(cost: Floats, chosen: Ints, rounds: int, clock: Clock, seed: int = 1) -> tuple[Ints, float]:
    """Improve a choice by exchanges; then again and again from the best with three sites drawn anew at random.

    Exchanges of one site stop where no single one helps, which for coverage is often some per cent short of the best.

    Parameters
    ----------
    cost : ndarray (sites, demand)
        Finite.
    chosen : ndarray (p,)
        Rows of `cost` to begin from.
    rounds : int
        How often sites are drawn.
    clock : Clock
    seed : int

    Returns
    -------
    chosen : ndarray (p,)
        Ascending.
    total : float
        Its cost.
    """
    rng = np.random.default_rng(seed)
    chosen, total = interchange(cost, chosen, clock)
    for _ in range(rounds):
        closed = np.setdiff1d(np.arange(len(cost)), chosen)
        number = min(_DRAWN, len(chosen), len(closed))
        if clock.left_s <= 0 or number == 0:
            break
        kept = np.delete(chosen, rng.choice(len(chosen), number, replace=False))
        other, cost_of_other = interchange(cost, np.append(kept, rng.choice(closed, number, replace=False)), clock)
        if cost_of_other < total:
            chosen, total = other, cost_of_other
    return chosen, total


def _two_nearest(open_cost: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the row of the cheapest open site of each demand, its cost, and that of the second (endless if none)."""
    points = np.arange(open_cost.shape[1])
    nearest = np.argmin(open_cost, axis=0)
    near = open_cost[nearest, points]
    if len(open_cost) == 1:
        return nearest, near, np.full(len(points), 1e300)
    rest = open_cost.copy()
    rest[nearest, points] = np.inf
    return nearest, near, rest.min(axis=0)
