"""Rounds of decisions and cuts, until what is found and what is proved meet."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation.decomposed.cuts import Cuts, Rows, Together
from placements.optimisation.decomposed.master import BROKEN, Master
from placements.optimisation.decomposed.networks import Networks
from placements.optimisation.decomposed.viability import Limit, Viability
from placements.optimisation.engine import INFEASIBLE
from placements.optimisation.model import decisions_alone
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]

#: Cuts are sought half way between the best decisions in fractions and where they were sought before: the best alone
#: jump about (Ben-Ameur and Neto 2007).
_HALF_WAY: Final = 0.5
#: Rounds in fractions, at most.
_ROUNDS: Final = 80
#: Fractions are good enough when cuts would raise the bound by less than this part of the tolerance.
_ENOUGH: Final = 0.05
#: Part of the tolerance (or, while rows are missing, of the gap so far) that a round in whole units may leave open, and
#: of the time that it may take.
_ROUND_GAP, _ROUND_TIME = 0.5, 0.4
#: Where a round finds no row missing, the next looks this much closer.
_FINER: Final = 0.25


@dataclass(frozen=True)
class Fewest:
    """What was found.

    Attributes
    ----------
    units : ndarray (decisions,)
        Units decided on, by open variable of the model.
    away, bound : float
        Expected child-years away with these units, and the fewest that any decisions could have, all years; need that
        no place can ever serve is not in it.
    """

    units: Floats
    away: float
    bound: float


class FewestAway:
    """The search over one problem. Limits on running cost are kept for the yearly cost alone.

    What is found may therefore need more running cost than allowed once children are in it (the bound holds all the
    same): who uses it works the flows out under all rules.
    """

    def __init__(self, problem: Problem, seed: int, networks: Networks | None = None) -> None:
        #: The decisions, without flows: which option, and which year.
        self.decisions = decisions = decisions_alone(problem)
        self._networks = networks or Networks(problem, decisions)
        self._cuts = Cuts(problem, self._networks)
        self._viability = Viability(problem, decisions, self._networks)
        self._master = Master(decisions, self._cuts.parts, seed)
        self._decisions = len(decisions.open_column)
        #: What was learnt from decisions in whole units, and from the last in fractions.
        self._telling: list[Rows] = []

    def search(
        self, tolerance: float, time_limit_s: float, start: Floats | None = None, also: Sequence[Limit] = ()
    ) -> Fewest:
        """Search until the gap is within the tolerance, or time is over.

        Parameters
        ----------
        tolerance : float
            Of what is away.
        time_limit_s : float
        start : ndarray (decisions,), optional
            Units to begin from; nothing, when not given. What breaks a rule or a limit is passed over.
        also : sequence of Limit
            Limits of this search alone. What is learnt of flows serves searches under any others.

        Returns
        -------
        Fewest
            `away` is infinite if no decisions under the limits were found, and `bound` too if it is proved that there
            are none.
        """
        began = time.monotonic()
        best = np.zeros(self._decisions) if start is None else np.round(start)
        is_allowed = self._master.allows(best, also)
        if is_allowed and not (self._decisions and self._cuts.parts):
            away = self._away(np.zeros(self._decisions))
            return Fewest(np.zeros(self._decisions), away, away)
        fewest = self._away(best) if is_allowed else math.inf
        bound = self._in_fractions(tolerance, began + time_limit_s / 2, also)
        part = _ROUND_GAP
        while math.isfinite(bound) and not _met(fewest, bound, tolerance):
            left = began + time_limit_s - time.monotonic()
            if left <= 0:
                break
            # While rows are still missing, a rough answer finds them as well as a proved one.
            gap = max(_ROUND_GAP * tolerance, part * (1 - bound / fewest))
            is_last = gap <= _ROUND_GAP * tolerance and part < _ROUND_GAP
            allowed = left if is_last else max(_ROUND_TIME * left, 1.0)
            hint = best if math.isfinite(fewest) else None
            answer = self._master.in_whole_units(gap, allowed, hint, also)
            if answer.status == INFEASIBLE:
                bound = fewest
                break
            bound = max(bound, answer.bound)
            if answer.solution is None:
                break
            units = self._master.units(answer.solution)
            away = self._away(units)
            if away < fewest:
                best, fewest = units, away
            is_settled = away <= answer.value + BROKEN
            if is_last and is_settled:
                break  # no row is missing, and the search was given all there is
            part = part * _FINER if is_settled else _ROUND_GAP
        return Fewest(best, fewest, min(bound, fewest))

    def spared(self, units: Floats, pounds: Floats, time_limit_s: float) -> Floats:
        """Return what of the units is needed: as few away for the least money, and nothing else opened.

        Parameters
        ----------
        units, pounds : ndarray (decisions,)
        time_limit_s : float
            If it is over before anything is found, the units are returned as they were.
        """
        if not (units > 0).any():
            return units
        until, most = time.monotonic() + time_limit_s, self._away(units) + BROKEN
        while (left := until - time.monotonic()) > 0:
            answer = self._master.cheapest(pounds, most, units > 0, left)
            if answer.solution is None:
                break
            fewer = self._master.units(answer.solution)
            if self._away(fewer) <= most:
                return fewer
        return units

    def away(self, units: Floats) -> float:
        """Return the child-years away of whole units that keep the rules, infinite if they cannot all be viable."""
        return self._away(np.round(units))

    def told(self) -> list[Together]:
        """Return rows that hold for the expected flows of any decisions: for a model that has only those."""
        return [row for rows in self._telling for row in self._cuts.together(rows)]

    @property
    def cut_short(self) -> bool:
        """Return whether the clock ended any search so far: another machine may then find something else."""
        return self._master.cut_short

    def _away(self, units: Floats) -> float:
        """Return the child-years away of whole units, infinite if they cannot be viable, and learn from them."""
        thought = self._master.away(units)
        rows = self._cuts.rows(self._networks.least_cuts(units))
        self._telling.append(rows)
        self._master.learn(rows, units, thought)
        broken = self._viability.broken(units)
        self._master.keep(broken)
        return math.inf if broken else float(np.maximum(rows.away(units), thought).sum())

    def _in_fractions(self, tolerance: float, until: float, also: Sequence[Limit]) -> float:
        """Learn cuts from the best decisions in fractions; return the bound that they end in."""
        sought, bound = None, 0.0
        for _ in range(_ROUNDS):
            best = self._master.in_fractions(also)
            bound = max(bound, best.bound)
            if time.monotonic() > until:
                self._master.cut_short = True
                break
            if not math.isfinite(best.bound):
                break
            at = best.units if sought is None else sought + _HALF_WAY * (best.units - sought)
            sought = at
            raised = 0.0
            for units in (at, best.units):
                rows = self._cuts.rows(self._networks.least_cuts(units))
                raised = float(np.maximum(rows.away(best.units) - best.away, 0.0).sum())
                if self._master.learn(rows, best.units, best.away):
                    break
            if raised <= _ENOUGH * tolerance * max(bound, BROKEN):
                self._telling.append(rows)
                break
        return bound


def _met(value: float, bound: float, tolerance: float) -> bool:
    return math.isfinite(value) and value - bound <= tolerance * value + BROKEN
