"""The siting model under a limit that moves, solved for the fewest child-years away under each limit.

A limit on capital is the study's `capital_gbp` moved: the part of it that schools may take moves with it. A limit on
net revenue is one more constraint: running cost of what is opened and used less the cost of placements avoided, over
all years. Both are written ``row . x + spent <= part x limit``, `spent` being what is so whatever is decided.

Flows of given decisions are worked out by year and sample (`flows`); the whole model is loaded, once, when decisions
are sought with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.optimisation.decomposed import Limit
from placements.optimisation.engine import TIME_LIMIT, Answer, Engine
from placements.optimisation.flows import Flows, Sum
from placements.optimisation.model import SitingModel, build_model
from placements.optimisation.plan import paid_with_nothing
from placements.optimisation.problem import Problem
from placements.optimisation.solve import SMALL
from placements.optimisation.whole import tidy

Floats = npt.NDArray[np.float64]

CAPITAL: Final = "capital"
NET_REVENUE: Final = "net_revenue"
AGAINST: Final = (CAPITAL, NET_REVENUE)
#: Gap at which the search for what could be left out may stop: it decides nothing that is claimed.
_SPARE_GAP: Final = 1e-4
#: As in `transport`: among ways to keep as many local, the cheapest; too little to outweigh one child kept local.
_COST_WEIGHT: Final = 1e-4
#: Less money is nothing.
_POUND: Final = 1.0


@dataclass(frozen=True)
class Spent:
    """What is so whatever is decided, in pounds over all years.

    Attributes
    ----------
    capital, schools_capital : float
        Of the commitments.
    net_revenue : float
        Running cost of the commitments, less what is paid for the same need with the places there are today: what the
        model pays for children and places is counted from nothing.
    paid_with_nothing : ndarray (years,)
        That payment.
    """

    capital: float
    schools_capital: float
    net_revenue: float
    paid_with_nothing: Floats

    def of(self, measure: str) -> float:
        """Return the part that belongs to a kind of money."""
        return self.capital if measure == CAPITAL else self.net_revenue


def spent_of(problem: Problem) -> Spent:
    """Return what the commitments spend and what would be paid with nothing done."""
    limits = problem.limits
    running = float((limits.revenue_per_year_gbp - problem.revenue_left).sum())
    paid = paid_with_nothing(problem)
    return Spent(
        capital=limits.capital_gbp - problem.capital_total_left,
        schools_capital=limits.schools_capital_share * limits.capital_gbp - problem.schools_capital_left,
        net_revenue=running - float(paid.sum()),
        paid_with_nothing=paid,
    )


@dataclass(frozen=True)
class _Row:
    """``weights . x + spent <= part x limit``; divided by `scale` in the engine, for its tolerance."""

    weights: Floats
    spent: float
    part: float
    scale: float

    def needs(self, solution: Floats) -> float:
        return (float(self.weights @ solution) + self.spent) / self.part


class Budget:
    """The model of a problem with a limit on one kind of money."""

    def __init__(self, problem: Problem, against: str, spent: Spent, seed: int) -> None:
        self._problem, self._seed, self._against = problem, seed, against
        self._flows = Flows(problem)
        self.siting: SitingModel = self._flows.siting
        self._rows = [self._row(self.siting.objectives[against], spent.of(against), 1.0)]
        share = problem.limits.schools_capital_share
        if against == CAPITAL and 0 < share < 1:
            self._rows.append(self._row(_of_schools(problem, self.siting), spent.schools_capital, share))
        if against == CAPITAL:
            self._rows += [self._row(*row) for row in _of_parts(problem, self.siting)]
        cost = self._flows.goals[NET_REVENUE]
        self._cheapest: Sum = self._flows.goals["away_child_years"] + cost.times(_COST_WEIGHT / cost.largest)
        self._limit_gbp = math.inf
        self._engine: Engine | None = None
        #: Their numbers in the engine: of each limit, and of who is away.
        self._numbers: list[int] = []
        self._flows_cut_short = False

    def _row(self, weights: Floats, spent: float, part: float) -> _Row:
        return _Row(weights, spent, part, float(np.abs(weights).max(initial=0.0)) or 1.0)

    def _together(self) -> Engine:
        """Return the engine with the whole model and the limits as they are."""
        if self._engine is None:
            self._engine = engine = Engine(build_model(self._problem).linear, self._seed)
            rows = [*(row.weights / row.scale for row in self._rows), self.away]
            self._numbers = [engine.add_row(weights, -math.inf, math.inf) for weights in rows]
            self.limit(self._limit_gbp)
        return self._engine

    @property
    def cut_short(self) -> bool:
        """Return whether the clock ended any search."""
        return self._flows_cut_short or (self._engine is not None and self._engine.cut_short)

    @property
    def away(self) -> Floats:
        """Return the first goal: child-years away."""
        return self.siting.objectives["away_child_years"]

    @property
    def pounds(self) -> Floats:
        """Return the money in question of each decision alone, (open variables,)."""
        return np.asarray(self.siting.objectives[self._against][self.siting.open_column])

    def needs(self, solution: Floats) -> float:
        """Return the least limit under which a solution is allowed."""
        return max(row.needs(solution) for row in self._rows)

    def limit(self, limit_gbp: float) -> None:
        """Set the limit of all that is solved from now on; infinite for none but the study's own."""
        self._limit_gbp = limit_gbp
        for row, number in zip(self._rows, self._numbers, strict=False):
            self._together().move_row(number, (row.part * limit_gbp - row.spent) / row.scale)

    def limits(self, limit_gbp: float) -> tuple[Limit, ...]:
        """Return the limit as rows over decisions alone: of capital, which takes nothing else."""
        column = self.siting.open_column
        return tuple(
            Limit(row.weights[column] / row.scale, (row.part * limit_gbp - row.spent) / row.scale)
            for row in self._rows
            if math.isfinite(limit_gbp)
        )

    def fewest_away(self, tolerance: float, time_limit_s: float, start: Floats | None = None) -> Answer:
        """Return the fewest child-years away under the limit, to a relative gap."""
        return self._minimise(self.away, tolerance, time_limit_s, start)

    def least_money(self, tolerance: float, time_limit_s: float, start: Floats | None = None) -> Answer:
        """Return the plan that needs the least of the money in question, whoever is away."""
        return self._minimise(self.siting.objectives[self._against], tolerance, time_limit_s, start)

    def _minimise(self, objective: Floats, tolerance: float, time_limit_s: float, start: Floats | None) -> Answer:
        begin = None if start is None else self._flows.with_choices(start)
        answer = self._together().minimise(objective, gap=tolerance, time_limit_s=time_limit_s, start=begin)
        return answer if answer.solution is None else replace(answer, solution=self._tidy(answer.solution))

    def _tidy(self, solution: Floats) -> Floats:
        return tidy(self.siting, solution[: self.siting.linear.variables])

    def with_opened(self, units: Floats, limit_gbp: float, time_limit_s: float) -> Floats | None:
        """Return the fewest away when these units are opened and no others; None if that is not allowed."""
        kept = []
        if self._against == NET_REVENUE and math.isfinite(limit_gbp):
            kept = [(self._flows.goals[NET_REVENUE], row.part * limit_gbp - row.spent) for row in self._rows]
        answer = self._flows.given(units).best(self._cheapest, kept, time_limit_s)
        self._flows_cut_short |= answer.status == TIME_LIMIT
        if answer.solution is None or (self._against == CAPITAL and self.needs(answer.solution) > limit_gbp + _POUND):
            return None
        return answer.solution

    def spared(self, units: Floats, away: float, time_limit_s: float) -> Floats | None:
        """Return the units opened and needed: as few away for the least of the money in question.

        Parameters
        ----------
        units : ndarray (open variables,)
            Nothing else is opened.
        away : float
            The most child-years away.
        """
        engine, closed = self._together(), self.siting.open_column[units < 0.5]
        engine.move_row(self._numbers[-1], away + SMALL)
        objective = self.siting.objectives[self._against]
        answer = engine.minimise(
            objective, gap=_SPARE_GAP, time_limit_s=time_limit_s, fixed=(closed, np.zeros(len(closed)))
        )
        engine.move_row(self._numbers[-1], math.inf)
        return None if answer.solution is None else np.round(answer.solution[self.siting.open_column])


def _of_parts(problem: Problem, siting: SitingModel) -> list[tuple[Floats, float, float]]:
    """Return capital, what is committed, and the share, of each part of the authority and of its schools."""
    separate, limits = problem.separate, problem.limits
    if separate is None:
        return []
    part = separate.part(problem.options["planning_area"])[siting.open_option]
    schools, rows = limits.schools_capital_share, []
    of_all, of_schools = siting.objectives[CAPITAL], _of_schools(problem, siting)
    for at, share in enumerate(separate.shares.tolist()):
        here = np.zeros(siting.linear.variables)
        here[siting.open_column] = part == at
        for weights, left, own in (
            (of_all, separate.capital_left, share),
            (of_schools, separate.schools_capital_left, share * schools),
        ):
            # A share of nothing does not move with the limit: the model's own row holds it.
            if own > 0:
                rows.append((weights * here, own * limits.capital_gbp - float(left[at]), own))
    return rows


def _of_schools(problem: Problem, siting: SitingModel) -> Floats:
    schools = problem.options["provision"].isin(list(codes.EDUCATION_PROVISION)).to_numpy(bool)[siting.open_option]
    out = np.zeros(siting.linear.variables)
    out[siting.open_column] = siting.objectives[CAPITAL][siting.open_column] * schools
    return out
