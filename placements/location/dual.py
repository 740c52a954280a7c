"""How low can a p-median be? Prices for being served, raised until they tell (Lagrangian relaxation).

With price u_i for serving demand i and each site free to serve whom it likes, site j is worth

    worth_j = sum_i min(0, c_ij - u_i)

and for every u the total  sum_i u_i + (the p lowest worths)  is a lower bound. Its best value is the bound of the
linear programme in its strong form (Cornuejols, Fisher and Nemhauser 1977). Prices rise where nobody would serve and
fall where several would: a subgradient, smoothed with the direction before it, in steps that shrink when the bound
stands still (Held, Wolfe and Crowder 1974; Camerini, Fratta and Maffioli 1975).

The worths also say what is certain: a site whose opening, or whose closing, would lift the bound to the best known
total is closed, or open, in every better solution (`certain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.inputs import Bools, Clock, Floats, Ints

#: Share of the new subgradient in the direction of a step.
_NEW: Final = 0.7
#: Share of the last choice in the running average of choices, which stands for the fractional solution.
_RECENT: Final = 0.1
#: Iterations between two looks at the clock, and at the choice of sites.
_LOOK: Final = 20


@dataclass(frozen=True, eq=False)
class Steps:
    """How long prices are moved: iterations at most, the first step, and the rule by which steps shrink."""

    iterations: int
    first: float
    last: float
    patience: int
    shrink: float


ROOT: Final = Steps(1_000, 1.0, 1e-3, 20, 0.5)
NODE: Final = Steps(40, 0.5, 2e-2, 8, 0.6)


@dataclass(frozen=True, eq=False)
class Dual:
    """A bound, and the prices and worths it comes from.

    Attributes
    ----------
    bound : float
    price : ndarray (demand,)
    worth : ndarray (sites that are free,)
    fraction : ndarray (sites that are free,)
        Running average of how often each was among the best: near 0 or 1 when the bound is sure of it.
    chosen : ndarray
        Free sites that are open at these prices.
    """

    bound: float
    price: Floats
    worth: Floats
    fraction: Floats
    chosen: Ints


def raise_bound(
    cost: Floats, held: int, number: int, price: Floats, aim: float, enough: float, steps: Steps, clock: Clock
) -> Dual:
    """Move prices to raise the lower bound.

    Parameters
    ----------
    cost : ndarray (sites, demand)
        First the `held` sites that are open in any case, then the free ones.
    held : int
    number : int
        How many of the free sites are to be opened: from 0 to as many as there are.
    price : ndarray (demand,)
        Where to begin.
    aim : float
        A known total, which sets the length of steps.
    enough : float
        Stop when the bound is above this.
    steps : Steps
    clock : Clock

    Returns
    -------
    Dual
        The best found; its bound holds whatever stopped the search.
    """
    free = len(cost) - held
    work = np.empty_like(cost)
    fraction = np.zeros(free)
    best: Dual | None = None
    along: Floats | None = None
    step, still = steps.first, 0
    for iteration in range(steps.iterations):
        np.minimum(np.subtract(cost, price, out=work), 0.0, out=work)
        worth = work.sum(axis=1)
        chosen = lowest(worth[held:], number)
        bound = float(price.sum() + worth[:held].sum() + worth[held:][chosen].sum())
        fraction *= 1.0 - _RECENT if iteration else 0.0
        fraction[chosen] += _RECENT if iteration else 1.0
        if best is None or bound > best.bound:
            # A rise too small to matter does not count as one: else steps would never shrink.
            still = 0 if best is None or bound > best.bound + 1e-9 * abs(best.bound) else still + 1
            best = Dual(bound, price, worth[held:], fraction, chosen)
        else:
            still += 1
        if best.bound > enough or (iteration % _LOOK == _LOOK - 1 and clock.left_s <= 0):
            break
        if still >= steps.patience:
            step, still, along, price = step * steps.shrink, 0, None, best.price
            if step < steps.last:
                break
            continue
        slack = 1.0 - (work[held:][chosen] < 0).sum(axis=0) - (work[:held] < 0).sum(axis=0)
        along = slack if along is None else _NEW * slack + (1.0 - _NEW) * along
        length = float(along @ along)
        if not slack.any() or length == 0.0:
            break
        price = price + step * max(aim - bound, 1e-6 * abs(aim)) / length * along
    assert best is not None
    return Dual(best.bound, best.price, best.worth, fraction.copy(), best.chosen)


def lowest(values: Floats, number: int) -> Ints:
    """Return the positions of the `number` lowest values."""
    if number <= 0:
        return np.zeros(0, dtype=np.intp)
    if number >= len(values):
        return np.arange(len(values))
    return np.argpartition(values, number - 1)[:number]


def certain(dual: Dual, number: int, above: float) -> tuple[Bools, Bools]:
    """Return which free sites are closed, and which are open, in every solution with a total of at most `above`.

    Opening a site means doing without the last of the chosen; closing a chosen one means taking the first of the
    others. If the bound so changed is more than `above`, that is out of the question.
    """
    count = len(dual.worth)
    if not 0 < number < count:
        return np.full(count, number <= 0), np.full(count, number > 0)
    last_in, first_out = np.partition(dual.worth, [number - 1, number])[[number - 1, number]]
    room = above - dual.bound
    return dual.worth - last_in > room, first_out - dual.worth > room
