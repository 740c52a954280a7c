"""How low can the cost of sites with capacities be? Prices for being served, as for the p-median, and rent for space.

With price u_i for each unit of demand i, site j takes whom it gains most from until it is full, a knapsack that may be
cut. For any rent r_j >= 0 of a unit of its capacity s_j that gain is at most

    gain_j = sum_i d_i max(0, u_i - c_ij / d_i - r_j)  +  r_j s_j

and equal to it for one r_j, so every rent gives a true bound: the rents of sites that are not chosen need only come
near, which saves sorting them all. The sites to open are the cheapest by ``worth_j = fixed_j - gain_j`` whose
capacities hold the whole demand. The bound is that of the strong form with that condition, and better where capacities
are all the same, since their number is then a whole one (Cornuejols, Sridharan and Thizy 1991).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.dual import Ascent, Steps
from placements.location.inputs import Bools, Clock, Floats, Ints

_NEW: Final = 0.6
_RECENT: Final = 0.05
_LOOK: Final = 20

ROOT: Final = Steps(500, 1.0, 1e-3, 10, 0.6)
NODE: Final = Steps(40, 0.4, 2e-2, 6, 0.6)


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites with capacities, as arrays.

    Attributes
    ----------
    unit_cost : ndarray (sites, demand)
        Cost of a unit of demand; infinite where not allowed.
    fixed_cost, capacity : ndarray (sites,)
    demand : ndarray (demand,)
        Above 0.
    """

    unit_cost: Floats
    fixed_cost: Floats
    capacity: Floats
    demand: Floats

    def part(self, rows: Ints) -> Sites:
        """Return some of the sites, in the order asked for."""
        return Sites(self.unit_cost[rows], self.fixed_cost[rows], self.capacity[rows], self.demand)


@dataclass(frozen=True, eq=False)
class FacilityDual:
    """A bound, with what it comes from.

    Attributes
    ----------
    bound : float
    price : ndarray (demand,)
        For a unit.
    rent : ndarray (sites,)
    worth : ndarray (sites that are free,)
    constant : float
        Part of the bound that does not hang on which free sites are opened.
    fraction : ndarray (sites that are free,)
        Running average of choices.
    """

    bound: float
    price: Floats
    rent: Floats
    worth: Floats
    constant: float
    fraction: Floats


def raise_facility_bound(
    sites: Sites,
    held: int,
    price: Floats,
    rent: Floats,
    aim: float,
    enough: float,
    steps: Steps,
    clock: Clock,
    see: Callable[[float, Bools], None] | None = None,
) -> FacilityDual:
    """Move prices and rents to raise the lower bound.

    Parameters
    ----------
    sites : Sites
        First the `held` ones, which are open in any case, then the free ones.
    held : int
    price : ndarray (demand,)
    rent : ndarray (sites,)
    aim, enough : float
        A known total (infinite if none), and the bound at which to stop.
    steps : Steps
    clock : Clock
    see : callable, optional
        Told the bound and the open sites (all of them) of every iteration.

    Returns
    -------
    FacilityDual
    """
    demand, capacity = sites.demand, sites.capacity
    need = float(demand.sum() - capacity[:held].sum())
    rent, stride = rent.copy(), np.full(len(rent), 0.1 * float(price.mean()))
    sign = np.zeros(len(rent))
    best: FacilityDual | None = None
    fraction = np.zeros(len(capacity) - held)
    ascent = Ascent(steps, _NEW, 1e-7)
    for iteration in range(steps.iterations):
        margin = price - sites.unit_cost
        above = np.maximum(margin - rent[:, None], 0.0)
        worth = sites.fixed_cost - above @ demand - rent * capacity
        opened, _ = cheapest(worth[held:], capacity[held:], need)
        rows = np.concatenate([np.arange(held), held + np.flatnonzero(opened)])
        gain, taken, exact_rent = _filled(margin[rows], demand, capacity[rows])
        worth[rows] = sites.fixed_cost[rows] - gain
        _, value = cheapest(worth[held:], capacity[held:], need)
        constant = float(price @ demand + worth[:held].sum())
        bound = constant + value
        fraction = fraction * (1.0 - _RECENT) + _RECENT * opened if iteration else opened.astype(float)
        if see is not None:
            is_open = np.zeros(len(capacity), dtype=bool)
            is_open[rows] = True
            see(bound, is_open)
        # Rents of the others come near by strides that grow while they go one way and halve when they turn.
        turn = np.sign((above > 0) @ demand - capacity)
        stride *= np.where(turn * sign < 0, 0.5, np.where(turn * sign > 0, 1.3, 1.0))
        sign = turn
        used_rent = rent
        rent = np.maximum(rent + turn * stride, 0.0)
        rent[rows] = exact_rent
        ascent.saw(bound, None if best is None else best.bound)
        if best is None or bound > best.bound:
            kept = used_rent.copy()
            kept[rows] = exact_rent
            best = FacilityDual(bound, price, kept, worth[held:], constant, fraction)
        if best.bound > enough or (iteration % _LOOK == _LOOK - 1 and clock.left_s <= 0):
            break
        if ascent.is_still:
            price = best.price
            if not ascent.shorten():
                break
            continue
        slack = demand - np.concatenate([np.ones(held), opened[opened > 0]]) @ taken
        along = ascent.direction(slack)
        length = float(along @ along)
        if length <= 1e-18 * float(demand @ demand):
            break
        target = aim if np.isfinite(aim) else best.bound + 0.05 * abs(best.bound)
        price = price + ascent.length * max(target - bound, 1e-6 * abs(target)) / length * along
    assert best is not None
    return FacilityDual(best.bound, best.price, best.rent, best.worth, best.constant, fraction)


def cheapest(worth: Floats, capacity: Floats, need: float) -> tuple[Floats, float]:
    """Open the free sites that lower the total, and more until `need` fits; the last one in part, where that can be.

    Returns
    -------
    share : ndarray (sites that are free,)
        1 for an open site, 0 for a closed one, between for the last. Where all capacities are the same, whole.
    value : float
        Lower bound on their worth together; infinite when they cannot hold the need.
    """
    share = (worth < 0).astype(float)
    missing = need - float(capacity @ share)
    if missing > 1e-9 * max(abs(need), 1.0):
        others = np.flatnonzero(share == 0)
        each = capacity[others]
        has_space = each > 0
        others, each = others[has_space], each[has_space]
        order = others[np.argsort(worth[others] / each, kind="stable")]
        before = np.cumsum(capacity[order]) - capacity[order]
        part = np.clip((missing - before) / capacity[order], 0.0, 1.0)
        if float(capacity[order].sum()) < missing * (1.0 - 1e-9):
            return share, np.inf
        if len(each) and np.ptp(each) == 0:
            part = (part > 1e-9).astype(float)
        share[order] = part
    return share, float(worth @ share)


def certain_sites(dual: FacilityDual, capacity: Floats, need: float, above: float) -> tuple[Bools, Bools]:
    """Return which free sites are closed, and which are open, in every solution that costs at most `above`."""
    count = len(dual.worth)
    is_closed, is_open = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    share, _ = cheapest(dual.worth, capacity, need)
    room = above - dual.constant
    for site in range(count):
        rest = np.delete(dual.worth, site), np.delete(capacity, site)
        if share[site] < 1.0:
            forced = dual.worth[site] + cheapest(*rest, need - capacity[site])[1]
            is_closed[site] = forced > room
        if share[site] > 0.0:
            is_open[site] = cheapest(*rest, need)[1] > room
    return is_closed, is_open


def _filled(margin: Floats, demand: Floats, capacity: Floats) -> tuple[Floats, Floats, Floats]:
    """Fill each site with what it gains most from; return gains, amounts (sites, demand) and rents."""
    order = np.argsort(-margin, axis=1)
    ordered = np.take_along_axis(margin, order, axis=1)
    amount = demand[order]
    before = np.cumsum(amount, axis=1) - amount
    amount = np.where(ordered > 0, np.clip(capacity[:, None] - before, 0.0, amount), 0.0)
    gain = np.where(amount > 0, ordered, 0.0)
    gain = (gain * amount).sum(axis=1)
    # The rent is the margin of the first that does not fit whole, if the site is full.
    is_short = (before + demand[order] > capacity[:, None]) & (ordered > 0)
    first = np.argmax(is_short, axis=1)
    rent = np.where(is_short.any(axis=1), ordered[np.arange(len(order)), first], 0.0)
    taken = np.empty_like(amount)
    np.put_along_axis(taken, order, amount, axis=1)
    return gain, taken, np.maximum(rent, 0.0)
