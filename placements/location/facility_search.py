"""Which sites with capacities should be open? Branch and bound on Lagrangian bounds, for demand that may be split.

A node holds some sites open, has others free, and closed all else; bounds, certain sites, branching and the order of
nodes are as in `branching`. Totals come from the transportation problem of a choice of sites: of the choices met while
the bound was raised at the root, the best by their bounds; then of the choice of every node, each once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.best_first import best_first
from placements.location.dual import Steps
from placements.location.facility_dual import (
    NODE,
    ROOT,
    FacilityDual,
    Sites,
    certain_sites,
    cheapest,
    raise_facility_bound,
)
from placements.location.inputs import Bools, Clock, Floats, Ints
from placements.location.result import SAME
from placements.location.strong_form import solve_strong_form
from placements.location.transport import Transport, transport

#: A node with at most so many pairs of site and demand is solved whole.
_SMALL: Final = 2_500
#: Choices of sites met at the root that are costed, and sites looked at for exchanges.
_TRIED_AT_ROOT: Final = 10
_LIKELY: Final = 20
_SCREEN: Final = Steps(60, 0.8, 1e-2, 6, 0.6)
_AGAIN: Final = Steps(200, 0.3, 1e-3, 10, 0.6)


@dataclass(frozen=True, eq=False)
class FacilityFound:
    """Rows of the open sites, shares of each demand (open sites, demand), the total, and the lowest it could be."""

    chosen: Ints
    share: Floats
    total: float
    bound: float


@dataclass(frozen=True, eq=False)
class _Node:
    held: Ints
    free: Ints
    price: Floats
    rent: Floats


class FacilitySearch:
    """Minimise fixed costs and costs of serving.

    Parameters
    ----------
    sites : Sites
        Of capacities above 0, which together hold the whole demand; every demand has an allowed site.
    gap : float
    clock : Clock
    """

    def __init__(self, sites: Sites, gap: float, clock: Clock) -> None:
        self._sites, self._gap, self._clock = sites, gap, clock
        self._chosen = np.zeros(0, dtype=np.intp)
        self._share = np.zeros((0, len(sites.demand)))
        self._total = np.inf
        self._seen: set[bytes] = set()
        self._root = 0.0

    def run(self) -> FacilityFound:
        """Search until the gap is proved or the time is over; total and bound are infinite if there is no answer."""
        sites = self._sites
        everywhere = np.arange(len(sites.capacity))
        # All sites together tell whether there is an answer; if all pairs are allowed, their capacities do.
        has_forbidden = not np.isfinite(sites.unit_cost).all()
        if has_forbidden and self._offer(everywhere).is_known and np.isinf(self._total):
            return FacilityFound(self._chosen, self._share, np.inf, np.inf)
        price = (sites.unit_cost + (sites.fixed_cost / sites.capacity)[:, None]).min(axis=0)
        start = _Node(np.zeros(0, dtype=np.intp), everywhere, price, np.zeros(len(everywhere)))
        left = best_first(start, self._root, self._look, lambda: self._enough, root=ROOT, node=NODE, clock=self._clock)
        return FacilityFound(self._chosen, self._share, self._total, self._bound(left))

    def _bound(self, left: float) -> float:
        """Return what is proved, given the lowest bound of what is left; the root's own bound holds for everything."""
        proved = max(self._root, self._enough) if np.isfinite(self._total) else self._root
        return min(self._total, proved, left)

    @property
    def _enough(self) -> float:
        """A bound above this closes its node."""
        if not np.isfinite(self._total):
            return np.inf
        return self._total - max(self._gap, 0.5 * SAME) * abs(self._total)

    def _offer(self, rows: Ints) -> Transport:
        """Cost a choice of sites, and keep it if it is the best yet."""
        rows = np.sort(rows)
        sites = self._sites.part(rows)
        found = transport(sites, self._clock.left_s)
        is_used = (found.share > 0).any(axis=1)
        total = found.cost + float(sites.fixed_cost[is_used].sum())
        if total < self._total:
            self._chosen, self._share, self._total = rows[is_used], found.share[is_used], total
        return found

    def _offer_once(self, rows: Ints, price: Floats) -> None:
        """Cost a choice of sites, unless that was done or a few steps of its own bound show that it is no better."""
        rows = np.sort(rows)
        if rows.tobytes() in self._seen:
            return
        self._seen.add(rows.tobytes())
        if np.isfinite(self._total) and self._alone(rows, price).bound > self._enough:
            return
        self._offer(rows)

    def _alone(self, rows: Ints, price: Floats) -> FacilityDual:
        """Return a lower bound on what a choice of sites costs."""
        rent = np.zeros(len(rows))
        return raise_facility_bound(
            self._sites.part(rows), len(rows), price, rent, self._total, self._enough, _SCREEN, self._clock
        )

    def _exchange(self, likely: Ints, price: Floats) -> None:
        """Exchange an open site for a likely one, or open or close one, as long as the best choice gets better."""
        before = np.inf
        while self._total < before and self._clock.left_s > 0:
            before, chosen = self._total, self._chosen
            price = self._alone(chosen, price).price
            closed = likely[~np.isin(likely, chosen)]
            fewer = [np.delete(chosen, out) for out in range(len(chosen))]
            for rows in [*fewer, *(np.append(part, new) for new in closed for part in [*fewer, chosen])]:
                if self._sites.capacity[rows].sum() >= self._sites.demand.sum() and self._clock.left_s > 0:
                    self._offer_once(rows, price)

    def _look(self, node: _Node, above: float, steps: Steps) -> tuple[float, list[_Node]]:
        """Bound a node; return the bound and what is left of it, in parts: none when it is closed."""
        held, free, price, rent = node.held, node.free, node.price, node.rent
        bound = above
        for _ in range(6 if steps is ROOT else 2):
            if not len(free):
                return self._settle(held, bound), []
            rows = np.concatenate([held, free])
            part = self._sites.part(rows)
            met: dict[bytes, float] = {}

            def see(value: float, is_open: Bools, rows: Ints = rows, met: dict[bytes, float] = met) -> None:
                met[np.sort(rows[is_open]).tobytes()] = value

            dual = raise_facility_bound(
                part,
                len(held),
                price,
                rent,
                self._total,
                self._enough,
                steps,
                self._clock,
                see if steps is not NODE else None,
            )
            if not np.isfinite(dual.bound):
                return np.inf, []
            bound, price, rent = max(bound, dual.bound), dual.price, dual.rent
            if steps is ROOT:
                self._root = max(self._root, dual.bound)
            need = float(part.demand.sum() - part.capacity[: len(held)].sum())
            if steps is NODE:
                share, _ = cheapest(dual.worth, part.capacity[len(held) :], need)
                self._offer_once(np.concatenate([held, free[share > 0]]), dual.price)
            else:
                for key in sorted(met, key=lambda one: (-met[one], one))[:_TRIED_AT_ROOT]:
                    self._offer_once(np.frombuffer(key, dtype=np.intp), dual.price)
                self._exchange(free[np.argsort(-dual.fraction, kind="stable")[:_LIKELY]], dual.price)
            if bound > self._enough:
                return bound, []
            is_closed, is_held = certain_sites(dual, part.capacity[len(held) :], need, self._enough)
            is_free = ~(is_closed | is_held)
            rent = np.concatenate([rent[: len(held)], rent[len(held) :][is_held], rent[len(held) :][is_free]])
            held = np.concatenate([held, free[is_held]])
            free, fraction, worth = free[is_free], dual.fraction[is_free], dual.worth[is_free]
            if not is_held.any() and is_closed.mean() < 0.15:
                break
            steps = NODE if steps is NODE else _AGAIN
        if not len(free):
            return self._settle(held, bound), []
        if (len(held) + len(free)) * len(self._sites.demand) <= _SMALL:
            return self._by_engine(held, free, bound), []
        on = int(np.argmin(np.abs(fraction - 0.5)))
        return bound, self._parts(held, free, on, FacilityDual(bound, price, rent, worth, 0.0, fraction))

    def _by_engine(self, held: Ints, free: Ints, bound: float) -> float:
        """Solve a small node whole; return what that proves of it."""
        answer = solve_strong_form(
            self._sites, held, free, is_whole=False, gap=self._gap, time_limit_s=self._clock.left_s
        )
        if len(answer.chosen):
            self._offer(answer.chosen)
        return max(bound, answer.bound)

    def _settle(self, held: Ints, bound: float) -> float:
        """Cost a node that has no free site left; that proves it."""
        return np.inf if self._offer(held).is_known else bound

    def _parts(self, held: Ints, free: Ints, on: int, dual: FacilityDual) -> list[_Node]:
        """Return the two parts of a node: one free site closed, and the same site held."""
        rent = dual.rent[len(held) :]
        rest = np.delete(free, on)
        without = np.concatenate([dual.rent[: len(held)], np.delete(rent, on)])
        held_rent = np.concatenate([dual.rent[: len(held)], rent[[on]], np.delete(rent, on)])
        return [
            _Node(held, rest, dual.price, without),
            _Node(np.append(held, free[on]), rest, dual.price, held_rent),
        ]
