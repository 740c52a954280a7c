"""What is proved of a p-median, and what is left to search: branch and bound on Lagrangian bounds.

A node holds some sites open, has others free, and closed all else. Its bound starts from the prices of its parent, so
that few iterations do; sites that the bound makes certain are held or closed before it branches, on the free site whose
share in the recent choices is nearest one half. Nodes wait in the order of their bounds. A node of which little is left
is given to the engine as a whole (`radius_model`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.best_first import best_first
from placements.location.dual import NODE, ROOT, Dual, Steps, certain, lowest, raise_bound
from placements.location.inputs import Clock, Floats, Ints
from placements.location.interchange import greedy, interchange
from placements.location.radius_model import solve_small
from placements.location.result import SAME

#: A node goes to the engine when it has at most so many pairs in use for each demand, and for each site still to open:
#: with few to open, branching is quicker. With 12 pairs whatever is to open, pmed32 (10 of 700) takes 24 s and not 1 s.
_PAIRS_EACH: Final = 12.0
_PAIRS_TO_OPEN: Final = 0.25
#: How often at most a bound is raised again when sites have been fixed, and by which steps at the root.
_ROUNDS_AT_ROOT: Final = 6
_ROUNDS: Final = 3
_AGAIN: Final = Steps(200, 0.3, 1e-3, 20, 0.5)
#: Part of the time left that the engine is given for a node.
_PART: Final = 0.3
#: Rounding allowed in a bound before it is rounded up to a whole step, of the step and of the bound.
_LOOSE: Final = 1e-6
_ROUNDING: Final = 1e-11


@dataclass(frozen=True, eq=False)
class Found:
    """The best choice, its total, and the lowest total that there could be."""

    chosen: Ints
    total: float
    bound: float


@dataclass(frozen=True, eq=False)
class _Node:
    held: Ints
    free: Ints
    price: Floats


class Search:
    """Minimise the cost of serving every demand from one of `p` open sites.

    Parameters
    ----------
    cost : ndarray (sites, demand)
        Finite; a forbidden pair costs more than any solution without one.
    p : int
        Below the number of sites.
    step : float
        All costs are multiples of it; 0 if there is no such step.
    gap : float
    offset : float
        What is paid beside: the gap is one of both together.
    usable : float
        Totals above it are of no use, and the gap is not asked of them: something forbidden is in them.
    clock : Clock
    """

    def __init__(
        self, cost: Floats, p: int, step: float, gap: float, offset: float, usable: float, clock: Clock
    ) -> None:
        self._cost, self._p, self._step, self._gap, self._clock = cost, p, step, gap, clock
        self._offset, self._usable = offset, usable
        self._pairs_each = _PAIRS_EACH
        self._chosen, self._total = interchange(cost, greedy(cost, p), clock)
        self._tried: set[tuple[int, ...]] = set()
        self._root = float(cost.min(axis=0).sum())

    def run(self) -> Found:
        """Search until the gap is proved or the time is over."""
        near = self._cost[self._chosen].min(axis=0)
        free = np.arange(len(self._cost))
        held = np.zeros(0, dtype=np.intp)
        start = _Node(held, free, near)
        left = best_first(start, self._root, self._look, lambda: self._enough, root=ROOT, node=NODE, clock=self._clock)
        # What was closed, or left out as certain, is above the floor; the root's own bound holds for everything.
        bound = min(self._total, max(self._root, self._floor), left)
        return Found(self._chosen, self._total, self._rounded(bound))

    @property
    def _slack(self) -> float:
        """How much below the best known total a solution has to be, at least, to matter."""
        gap = self._gap if self._total <= self._usable else 0.0
        asked = gap * (self._total + self._offset)
        return max(self._by_step, asked, 0.5 * SAME * self._total, 1e-13 * self._usable)

    @property
    def _by_step(self) -> float:
        """A whole step, less the rounding there may be in a bound."""
        return self._step - max(_LOOSE * self._step, _ROUNDING * abs(self._total)) if self._step else 0.0

    @property
    def _enough(self) -> float:
        """A bound above this closes its node."""
        return self._total - self._slack

    @property
    def _floor(self) -> float:
        """What all closed nodes together prove: no solution is below."""
        return self._total if self._step and self._by_step >= self._slack else self._enough

    def _rounded(self, bound: float) -> float:
        """Return a bound rounded up to what a total can be."""
        if not self._step or not np.isfinite(bound):
            return bound
        loose = max(_LOOSE, _ROUNDING * abs(bound) / self._step)
        return min(self._total, max(bound, self._step * float(np.ceil(bound / self._step - loose))))

    def _offer(self, chosen: Ints) -> None:
        """Keep a choice if it is the best yet."""
        total = float(self._cost[chosen].min(axis=0).sum())
        if total < self._total:
            self._chosen, self._total = np.sort(chosen), total

    def _improve(self, chosen: Ints) -> None:
        """Improve a choice by exchanges, unless it was looked at before."""
        key = tuple(np.sort(chosen).tolist())
        if key not in self._tried:
            self._tried.add(key)
            self._offer(interchange(self._cost, chosen, self._clock)[0])

    def _look(self, node: _Node, above: float, steps: Steps) -> tuple[float, list[_Node]]:
        """Bound a node; return the bound and what is left of it, in parts: none when it is closed."""
        held, free, price = node.held, node.free, node.price
        bound = above
        for _ in range(_ROUNDS_AT_ROOT if steps is ROOT else _ROUNDS):
            number = self._p - len(held)
            if number in (0, len(free)):
                self._offer(np.concatenate([held, free[:number]]))
                return np.inf, []
            rows = np.concatenate([held, free])
            cost = self._cost if not len(held) and len(free) == len(self._cost) else self._cost[rows]
            dual = raise_bound(cost, len(held), number, price, self._total, self._enough, steps, self._clock)
            bound, price = max(bound, dual.bound), dual.price
            if steps is ROOT:
                self._root = max(self._root, dual.bound)
                self._improve(np.concatenate([held, free[dual.chosen]]))
            if bound > self._enough:
                return bound, []
            is_closed, is_held = certain(dual, number, self._enough)
            held = np.concatenate([held, free[is_held]])
            is_free = ~(is_closed | is_held)
            free, fraction, worth = free[is_free], dual.fraction[is_free], dual.worth[is_free]
            if not is_held.any() and is_closed.mean() < 0.15:
                break
            steps = NODE if steps is NODE else _AGAIN
        return self._split(held, free, bound, Dual(dual.bound, price, worth, fraction, np.zeros(0, dtype=np.intp)))

    def _split(self, held: Ints, free: Ints, bound: float, dual: Dual) -> tuple[float, list[_Node]]:
        """Branch on a free site, unless that is not needed; `bound` may be the parent's, that of `dual` is its own."""
        number = self._p - len(held)
        if not 0 < number < len(free):
            self._offer(np.concatenate([held, free[:number]]))
            return np.inf, []
        self._offer(np.concatenate([held, free[lowest(dual.worth, number)]]))
        if bound <= self._enough:
            bound = max(bound, self._by_engine(held, free, dual))
        if bound > self._enough:
            return bound, []
        on = int(np.argmin(np.abs(dual.fraction - 0.5)))
        rest = np.delete(free, on)
        return bound, [_Node(held, rest, dual.price), _Node(np.append(held, free[on]), rest, dual.price)]

    def _by_engine(self, held: Ints, free: Ints, dual: Dual) -> float:
        """Solve a node whole if it is small enough, in a part of the time left; return the bound that is known then."""
        number = self._p - len(held)
        most = min(self._pairs_each, _PAIRS_TO_OPEN * number)
        by_price = dual.price + max(self._enough - dual.bound, 0.0) + SAME * abs(self._total)
        near = self._cost[held].min(axis=0) if len(held) else np.full_like(by_price, np.inf)
        payable = near <= by_price
        ceiling = np.where(payable, near, by_price)
        cost = self._cost[free]
        pairs_each = np.count_nonzero(cost < ceiling) / cost.shape[1]
        if pairs_each > most:
            return dual.bound
        answer = solve_small(
            cost,
            ceiling,
            payable,
            number,
            scale=abs(self._total),
            gap=self._gap if self._offset == 0.0 else 0.0,
            time_limit_s=max(_PART * self._clock.left_s, 0.01),
        )
        if answer.chosen is not None:
            self._offer(np.concatenate([held, free[answer.chosen]]))
        bound = max(dual.bound, answer.bound)
        if bound <= self._enough:  # that was too much for it: the parts are branched into further before the next try
            self._pairs_each = pairs_each / 2.0
        return bound
