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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation.decomposed.networks import Networks
from placements.optimisation.engine import INFEASIBLE, OPTIMAL, TIME_LIMIT, Answer
from placements.optimisation.flows.expected import Expected, Limits, Sum
from placements.optimisation.flows.mixture import Mixture, mixed
from placements.optimisation.flows.network import Flow, cheapest
from placements.optimisation.model import SitingModel, without_rows
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Value and bound have met when they are no farther apart than this part of the value.
CLOSE: Final = 1e-6
#: Below this, child-years and pounds are nothing.
_SMALL: Final = 1e-6
#: Limits are kept when they are missed by no more (in child-years) all together.
_KEPT: Final = 1e-7
#: Missing a limit costs so many times the dearest child-year, until it is known whether all can be kept.
_MISSING: Final = 10.0


class Flows:
    """The networks of a problem, and the sums over their flows.

    Attributes
    ----------
    siting : SitingModel
        The positions of variables in a solution, with no row.
    goals : dict of str to Sum
    """

    def __init__(self, problem: Problem) -> None:
        self.siting: SitingModel = without_rows(problem)
        self.problem = problem
        self.networks = Networks(problem, self.siting)
        self.expected = Expected(problem)
        self.goals: dict[str, Sum] = self.expected.goals

    def given(self, units: Floats) -> Given:
        """Return what there is to know with decisions given, (decisions,)."""
        return Given(self, np.round(units))


class Given:
    """The flows of given decisions, for one goal after another: what is found for one is known to the next."""

    def __init__(self, flows: Flows, units: Floats) -> None:
        self.units = units
        self._flows = flows
        self.usable = flows.networks.usable(units)
        self.need = flows.networks.left(units)
        self._known: list[tuple[int, Flow]] = []

    def best(self, goal: Sum, kept: Sequence[tuple[Sum, float]], time_limit_s: float) -> Answer:
        """Return the best flows for a goal.

        Parameters
        ----------
        goal : Sum
        kept : sequence of (Sum, float)
            Goals found before, and what each may be at most.
        time_limit_s : float

        Returns
        -------
        Answer
            `OPTIMAL` when value and bound have met (`CLOSE`); the solution is one of `Flows.siting`. `INFEASIBLE` when
            the decisions break a rule, or no flow keeps the limits.
        """
        began = time.monotonic()
        expected = self._flows.expected
        if not expected.allows(self.units):
            return Answer(INFEASIBLE, math.inf, math.inf, None, 0.0)
        search = _Search(self._flows, self, goal, expected.limits(self.units, kept), began + time_limit_s)
        for network, flow in self._known:
            search.add(network, flow)
        status = search.run()
        if search.mixture is None:
            bound = math.inf if status == INFEASIBLE else search.bound
            return Answer(status, math.inf, bound, None, time.monotonic() - began)
        parts = [
            (column.network, column.flow, float(part))
            for column, part in zip(search.columns, search.mixture.parts, strict=False)
            if part > 0
        ]
        self._known = [(network, flow) for network, flow, _ in parts]
        return Answer(status, search.value, search.bound, self._solution(parts), time.monotonic() - began)

    def _solution(self, parts: list[tuple[int, Flow, float]]) -> Floats:
        """Return flows put together, as the model has them; who is not kept local is away."""
        problem, siting, ways = self._flows.problem, self._flows.siting, self._flows.networks.ways
        years, samples = problem.years, len(problem.weights)
        use = np.zeros((len(problem.atoms.link_atom), years, samples))
        serve = np.zeros((len(problem.atoms.hop_node), years, samples))
        for network, flow, part in parts:
            year, sample = ways[network].year, ways[network].sample
            use[flow.link, year, sample] += part * flow.use
            serve[flow.hop, year, sample] += part * flow.serve
        away = np.moveaxis(self.need.reshape(years, samples, -1), -1, 0).copy()
        np.subtract.at(away, problem.atoms.link_atom, use)
        out = np.zeros(siting.linear.variables)
        out[siting.open_column] = self.units
        out[siting.use_column] = use[siting.use_link, siting.use_year, siting.use_sample]
        out[siting.serve_column] = serve[siting.serve_hop, siting.serve_year, siting.serve_sample]
        out[siting.away_column] = np.maximum(away[siting.away_atom, siting.away_year, siting.away_sample], 0.0)
        return out


@dataclass(frozen=True)
class _Column:
    """A flow of a network, its expected cost, and what it takes of the limits."""

    network: int
    flow: Flow
    cost: float
    taken: Floats


class _Search:
    """Rounds of prices, flows and mixtures.

    Attributes
    ----------
    columns : list of _Column
    mixture : Mixture or None
        The best so far of those that keep all limits.
    value, bound : float
    """

    def __init__(self, flows: Flows, given: Given, goal: Sum, limits: Limits, until: float) -> None:
        self._ways, self._weights = flows.networks.ways, flows.problem.weights
        self._given, self._goal, self._limits, self._until = given, goal, limits, until
        self._links = flows.problem.atoms.link_atom
        self._years = flows.problem.years
        self._of_year = [
            (limits.serve[:, year :: self._years], limits.away[:, year :: self._years]) for year in range(self._years)
        ]
        self._constant = float(goal.decisions @ given.units)
        self.columns: list[_Column] = []
        self.mixture: Mixture | None = None
        self.value, self.bound = math.inf, -math.inf

    def add(self, network: int, flow: Flow) -> None:
        """Add a flow to those that are mixed."""
        ways = self._ways[network]
        weight, year, goal = self._weights[ways.sample], ways.year, self._goal
        serve, away = np.zeros(len(goal.serve)), self._given.need[network].copy()
        serve[flow.hop] = flow.serve
        away -= np.bincount(self._links[flow.link], flow.use, minlength=len(away))
        of_serve, of_away = self._of_year[year]
        cost = weight * float(goal.serve[:, year] @ serve + goal.away[:, year] @ away)
        taken = weight * np.asarray(of_serve @ serve + of_away @ away)
        self.columns.append(_Column(network, flow, cost, taken))

    def run(self) -> str:
        """Search, and return the status."""
        most = self._limits.most
        counts, missing = 1.0, _MISSING * self._goal.largest
        prices, worth = np.zeros(len(most)), np.full(len(self._ways), math.inf)
        while True:
            known = len(self.columns)
            least = self._round(prices, counts, worth)
            if least is None:
                return TIME_LIMIT
            proved = least - float(prices @ most)
            if counts:
                self.bound = max(self.bound, self._constant + proved)
            elif proved > _KEPT:
                return INFEASIBLE
            is_settled = len(self.columns) == known
            found = self._mixed(counts, missing)
            if found.missed <= _KEPT and not (counts and math.isinf(missing)):
                # The limits can be kept: from now on they are.
                counts, missing = 1.0, math.inf
                found = self._mixed(counts, missing)
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

    def _round(self, prices: Floats, counts: float, worth: Floats) -> float | None:
        """Add the flows that are worth it at these prices; return what at least all flows come to, None out of time."""
        serve = self._goal.serve * counts + (self._limits.serve.T @ prices).reshape(self._goal.serve.shape)
        away = self._goal.away * counts + (self._limits.away.T @ prices).reshape(self._goal.away.shape)
        given, out = self._given, 0.0
        # So little that it closes no more than half the gap there may be.
        little = CLOSE * abs(self.bound if math.isfinite(self.bound) else 0.0) / (2 * len(self._ways)) if counts else 0.0
        for network, ways in enumerate(self._ways):
            if time.monotonic() > self._until:
                return None
            year, weight = ways.year, self._weights[ways.sample]
            flow = cheapest(ways, given.need[network], given.usable[:, year], serve[:, year], away[:, year])
            out += float(weight) * flow.least
            if weight * flow.cost < worth[network] - little:
                self.add(network, flow)
        return out
