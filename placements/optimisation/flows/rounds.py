"""Who goes where, at best, with decisions given: column generation (Dantzig and Wolfe 1960) over years and samples.

::

  least       goal of decisions + sum_b w[b] goal . x[b]          b  networks: each year and sample
  so that     sum_b w[b] limit . x[b] <= most                     each limit that ties networks together
              x[b] is a flow of network b

With a price on each limit the networks are apart: each is a minimum-cost flow (`network`), and what they come to, less
the prices of what may be taken, is a bound, whatever the prices. The flows found are put together within the limits
(`mixture`), which tells new prices; until value and bound meet. Where the cheapest flows keep all limits as they are,
there is but one round.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation.decomposed.networks import Networks
from placements.optimisation.engine import INFEASIBLE, OPTIMAL, TIME_LIMIT
from placements.optimisation.flows.expected import Limits, Sum
from placements.optimisation.flows.mixture import KEPT, Mixture, mixed
from placements.optimisation.flows.network import Flow, cheapest
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]

#: Value and bound have met when they are no farther apart than this part of the value.
CLOSE: Final = 1e-6
#: Below this, child-years and pounds are nothing.
_SMALL: Final = 1e-6
#: Missing a limit costs so many times the dearest child-year, until it is known whether all can be kept.
_MISSING: Final = 10.0


@dataclass(frozen=True)
class _Column:
    """A flow of a network, its expected cost, and what it takes of the limits."""

    network: int
    flow: Flow
    cost: float
    taken: Floats


class Search:
    """Rounds of prices, flows and mixtures.

    Attributes
    ----------
    columns : list of _Column
    mixture : Mixture or None
        The best so far of those that keep all limits.
    value, bound : float
    """

    def __init__(self, problem: Problem, networks: Networks, units: Floats, goal: Sum, limits: Limits) -> None:
        self._ways, self._weights, self._links = networks.ways, problem.weights, problem.atoms.link_atom
        self._usable, self._need = networks.usable(units), networks.left(units)
        self._goal, self._limits = goal, limits
        years = problem.years
        self._of_year = [(limits.serve[:, year::years], limits.away[:, year::years]) for year in range(years)]
        self._constant = float(goal.decisions @ units)
        self.columns: list[_Column] = []
        self.mixture: Mixture | None = None
        self.value, self.bound = math.inf, -math.inf

    def add(self, network: int, flow: Flow) -> None:
        """Add a flow to those that are mixed."""
        ways = self._ways[network]
        weight, year, goal = self._weights[ways.sample], ways.year, self._goal
        serve, away = np.zeros(len(goal.serve)), self._need[network].copy()
        serve[flow.hop] = flow.serve
        away -= np.bincount(self._links[flow.link], flow.use, minlength=len(away))
        of_serve, of_away = self._of_year[year]
        cost = weight * float(goal.serve[:, year] @ serve + goal.away[:, year] @ away)
        taken = weight * np.asarray(of_serve @ serve + of_away @ away)
        self.columns.append(_Column(network, flow, cost, taken))

    def run(self, until: float) -> str:
        """Search until that time (`time.monotonic`) at most, and return the status as the engine would."""
        most = self._limits.most
        counts, missing = 1.0, _MISSING * self._goal.largest
        prices, worth = np.zeros(len(most)), np.full(len(self._ways), math.inf)
        while True:
            known = len(self.columns)
            least = self._round(prices, counts, worth, until)
            if least is None:
                return TIME_LIMIT
            proved = least - float(prices @ most)
            if counts:
                self.bound = max(self.bound, self._constant + proved)
            elif proved > KEPT:
                return INFEASIBLE
            is_settled = len(self.columns) == known
            found = self._mixed(counts, missing)
            if found.missed <= KEPT and not (counts and math.isinf(missing)):
                # The limits can be kept: from now on they are. What was settled without the goal is not with it.
                is_settled = is_settled and bool(counts)
                counts, missing = 1.0, math.inf
                found = self._mixed(counts, missing)
            if not counts and is_settled:
                return INFEASIBLE
            if math.isinf(missing):
                self.mixture, self.value = found, self._constant + found.cost
                self.bound = min(self.bound, self.value)
                if is_settled or self._has_met(self.value):
                    return OPTIMAL
            elif counts and (is_settled or self._has_met(self._constant + found.cost + missing * found.missed)):
                # Either they cannot be kept, or missing them does not cost enough: see how little they can be missed.
                counts, missing = 0.0, 1.0
                found = self._mixed(counts, missing)
            prices, worth = found.prices, found.of_network

    def _mixed(self, counts: float, missing: float) -> Mixture:
        cost = np.array([column.cost for column in self.columns]) * counts
        network = np.array([column.network for column in self.columns], np.intp)
        taken = np.array([column.taken for column in self.columns]).reshape(len(cost), -1).T
        return mixed(cost, taken, network, self._limits.most, missing)

    def _has_met(self, value: float) -> bool:
        return value - self.bound <= CLOSE * abs(value) + _SMALL

    def _round(self, prices: Floats, counts: float, worth: Floats, until: float) -> float | None:
        """Add the flows that are worth it at these prices; return what at least all flows come to, None out of time."""
        serve = self._goal.serve * counts + (self._limits.serve.T @ prices).reshape(self._goal.serve.shape)
        away = self._goal.away * counts + (self._limits.away.T @ prices).reshape(self._goal.away.shape)
        out = 0.0
        # So little that it closes no more than half the gap there may be.
        is_bound = bool(counts) and math.isfinite(self.bound)
        little = CLOSE * abs(self.bound) / (2 * len(self._ways)) if is_bound else 0.0
        for network, ways in enumerate(self._ways):
            if time.monotonic() > until:
                return None
            year, weight = ways.year, self._weights[ways.sample]
            flow = cheapest(ways, self._need[network], self._usable[:, year], serve[:, year], away[:, year])
            out += float(weight) * flow.least
            if weight * flow.cost < worth[network] - little:
                self.add(network, flow)
        return out
