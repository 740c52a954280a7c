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


class Ascent:
    """Steps along a subgradient that is smoothed with the direction before it, shorter when the bound stands still.

    Parameters
    ----------
    steps : Steps
    new : float
        Share of the new subgradient in the direction of a step.
    least_rise : float
        A rise below this share of the bound does not count as one: else steps would never shrink.
    """

    def __init__(self, steps: Steps, new: float, least_rise: float) -> None:
        self._steps, self._new, self._least_rise = steps, new, least_rise
        self._still = 0
        self._along: Floats | None = None
        self.length = steps.first

    def saw(self, bound: float, best: float | None) -> None:
        """Take note of a bound, and of the best before it."""
        rises = best is None or bound > best + self._least_rise * abs(best)
        self._still = 0 if rises else self._still + 1

    @property
    def is_still(self) -> bool:
        """Whether the bound has not risen for as long as patience lasts."""
        return self._still >= self._steps.patience

    def shorten(self) -> bool:
        """Begin again with shorter steps; return whether they are long enough to go on."""
        self.length, self._still, self._along = self.length * self._steps.shrink, 0, None
        return self.length >= self._steps.last

    def direction(self, slack: Floats) -> Floats:
        """Return the way to go, given the subgradient."""
        self._along = slack if self._along is None else self._new * slack + (1.0 - self._new) * self._along
        return self._along


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
    ascent = Ascent(steps, _NEW, 1e-9)
    for iteration in range(steps.iterations):
        np.minimum(np.subtract(cost, price, out=work), 0.0, out=work)
        worth = work.sum(axis=1)
        chosen = lowest(worth[held:], number)
        bound = float(price.sum() + worth[:held].sum() + worth[held:][chosen].sum())
        fraction *= 1.0 - _RECENT if iteration else 0.0
        fraction[chosen] += _RECENT if iteration else 1.0
        ascent.saw(bound, None if best is None else best.bound)
        if best is None or bound > best.bound:
            best = Dual(bound, price, worth[held:], fraction, chosen)
        if best.bound > enough or (iteration % _LOOK == _LOOK - 1 and clock.left_s <= 0):
            break
        if ascent.is_still:
            price = best.price
            if not ascent.shorten():
                break
            continue
        slack = 1.0 - (work[held:][chosen] < 0).sum(axis=0) - (work[:held] < 0).sum(axis=0)
        along = ascent.direction(slack)
        length = float(along @ along)
        if not slack.any() or length == 0.0:
            break
        price = price + ascent.length * max(aim - bound, 1e-6 * abs(aim)) / length * along
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
