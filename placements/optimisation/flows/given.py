"""Decisions given: the best flows for one goal after another, as a solution of the model."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from placements.optimisation.decomposed.networks import Networks
from placements.optimisation.engine import INFEASIBLE, Answer
from placements.optimisation.flows.expected import Expected, Sum
from placements.optimisation.flows.network import Flow
from placements.optimisation.flows.rounds import Search
from placements.optimisation.model import SitingModel, without_rows
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]


class Flows:
    """The networks of a problem, and the sums over their flows.

    Attributes
    ----------
    siting : SitingModel
        The positions of variables in a solution, with no row.
    problem : Problem
    networks : Networks
    expected : Expected
    goals : dict of str to Sum
    """

    def __init__(self, problem: Problem) -> None:
        self.siting: SitingModel = without_rows(problem)
        self.problem = problem
        self.networks = Networks(problem, self.siting)
        self.expected = Expected(problem)
        self.goals: dict[str, Sum] = self.expected.goals

    def with_choices(self, solution: Floats) -> Floats:
        """Return a solution of the model with its rows: what they need beside it comes after."""
        return np.concatenate([solution, self.expected.choices(solution[self.siting.open_column])])

    def given(self, units: Floats) -> Given:
        """Return what there is to know with decisions given, (decisions,)."""
        return Given(self, np.round(units))


class Given:
    """The flows of given decisions, for one goal after another: what is found for one is known to the next."""

    def __init__(self, flows: Flows, units: Floats) -> None:
        self.units = units
        self._flows = flows
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
            `OPTIMAL` when value and bound have met (`rounds.CLOSE`); the solution is one of `Flows.siting`.
            `INFEASIBLE` when the decisions break a rule, or no flow keeps the limits.
        """
        began = time.monotonic()
        expected = self._flows.expected
        if not expected.allows(self.units):
            return Answer(INFEASIBLE, math.inf, math.inf, None, 0.0)
        limits = expected.limits(self.units, kept)
        search = Search(self._flows.problem, self._flows.networks, self.units, goal, limits)
        for network, flow in self._known:
            search.add(network, flow)
        status = search.run(began + time_limit_s)
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
        need = self._flows.networks.left(self.units)
        away = np.moveaxis(need.reshape(years, samples, -1), -1, 0).copy()
        np.subtract.at(away, problem.atoms.link_atom, use)
        out = np.zeros(siting.linear.variables)
        out[siting.open_column] = self.units
        out[siting.use_column] = use[siting.use_link, siting.use_year, siting.use_sample]
        out[siting.serve_column] = serve[siting.serve_hop, siting.serve_year, siting.serve_sample]
        out[siting.away_column] = np.maximum(away[siting.away_atom, siting.away_year, siting.away_sample], 0.0)
        return out
