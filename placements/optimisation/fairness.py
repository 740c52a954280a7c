"""Goals beyond sums: the tail of bad futures, the area that is left furthest behind, and floors for needs.

::

  tail        away_tail       conditional value at risk: the mean child-years away in the worst 1 - tail_level of the
                              samples (by weight); with level 0 it is the expected number
                              value + sum_s w[s] beyond[s] / (1 - level),  beyond[s] >= away[s] - value
  area        largest_gap     the largest share, of any planning area, of its need that stays away
                              gap >= (sum_gts w away of the area + what no place can serve) / need of the area
  floors      floors_missed   child-years short of the least share of each need that is to be kept local
                              short[n] >= least[n] need[n] - (need[n] - away[n])

All three are of expected flows, and can only grow when need that no place reaches is counted, as it is here. A goal
missed is said with what could be reached: floors do not make a problem infeasible.

Source of the tail: R. T. Rockafellar and S. Uryasev, *Optimization of conditional value-at-risk*, Journal of Risk 2
(2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.optimisation.problem import Problem
from placements.settings import FLOORS_GOAL

if TYPE_CHECKING:
    from placements.optimisation.model import SitingModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

TAIL: Final = "away_tail"
LARGEST_GAP: Final = "largest_gap"
_NONE: Final = 1e-9


@dataclass(frozen=True)
class Derived:
    """Variables that follow from the others.

    Attributes
    ----------
    columns : ndarray of int
    value : callable
        From a solution to their least values, (columns,).
    weights : ndarray (columns,)
        Of the goal that they make up.
    """

    columns: Ints
    value: Callable[[Floats], Floats]
    weights: Floats


def tail_of(away: Floats, weights: Floats, level: float) -> tuple[float, float]:
    """Return the conditional value at risk of a number by sample, and the value at risk that it is about.

    Parameters
    ----------
    away, weights : ndarray (samples,)
        Weights add up to 1.
    level : float
        From 0 (the mean) to below 1.
    """
    order = np.argsort(away, kind="stable")
    cumulative = np.cumsum(weights[order])
    at = float(away[order][np.searchsorted(cumulative, level - _NONE)])
    return at + float(weights @ np.maximum(away - at, 0.0)) / (1 - level), at


def away_by_sample(problem: Problem, m: SitingModel, solution: Floats) -> Floats:
    """Return child-years away in each sample, those too that no place can serve, (samples,)."""
    found = np.bincount(m.away_sample, solution[m.away_column], minlength=len(problem.weights))
    return np.asarray(found + _lost(problem).sum(axis=(0, 1)))


def _lost(problem: Problem) -> Floats:
    return problem.atoms.out_of_reach(problem.demand.need)


def tail(problem: Problem, m: SitingModel) -> Derived:
    """Add the tail of the samples."""
    samples, level = len(problem.weights), problem.limits.tail_level
    columns = m.linear.add_variables(
        samples + 1, np.inf, lambda: ["tail_value", *_named("tail_beyond", range(samples))]
    )
    m.linear.add_rows(
        np.concatenate([np.arange(samples), np.arange(samples), m.away_sample]),
        np.concatenate([columns[1:], np.repeat(columns[:1], samples), m.away_column]),
        np.concatenate([np.ones(2 * samples), -np.ones(len(m.away_column))]),
        lower=_lost(problem).sum(axis=(0, 1)),
        number=samples,
        names=lambda: _named("within_tail", range(samples)),
    )

    def value(solution: Floats) -> Floats:
        away = away_by_sample(problem, m, solution)
        _, at = tail_of(away, problem.weights, level)
        return np.concatenate([[at], np.maximum(away - at, 0.0)])

    return Derived(columns, value, np.concatenate([[1.0], problem.weights / (1 - level)]))


def largest_gap(problem: Problem, m: SitingModel) -> Derived:
    """Add the largest share of an area's need that stays away."""
    area = problem.demand.groups["area"].to_numpy(object)
    names, of_group = np.unique(area.astype(str), return_inverse=True)
    whole = (values @ problem.weights for values in (problem.demand.need, _lost(problem)))
    need, lost = (_by(of_group, values, len(names)) for values in whole)
    known = need > _NONE
    of_atom = pd.Index(names).get_indexer(pd.Index(problem.atoms.table["area"].astype(str)))
    counted = np.flatnonzero(known[of_atom[m.away_atom]])
    row = np.cumsum(known)[of_atom[m.away_atom[counted]]] - 1
    column = m.linear.add_variables(1, 1.0, lambda: ["largest_gap"])
    rows = int(known.sum())
    share = problem.weights[m.away_sample[counted]] / need[of_atom[m.away_atom[counted]]]
    m.linear.add_rows(
        np.concatenate([np.arange(rows), row]),
        np.concatenate([np.repeat(column, rows), m.away_column[counted]]),
        np.concatenate([np.ones(rows), -share]),
        lower=lost[known] / need[known],
        number=rows,
        names=lambda: _named("within_largest_gap", names[known]),
    )

    def value(solution: Floats) -> Floats:
        away = np.bincount(row, share * solution[m.away_column[counted]], minlength=rows) + lost[known] / need[known]
        return np.array([away.max(initial=0.0)])

    return Derived(column, value, np.ones(1))


def floors(problem: Problem, m: SitingModel) -> Derived:
    """Add what each need is short of the least share that is to be kept local.

    An atom's children away are of each need in proportion to what the atom is made of, as in the plan's figures.
    """
    least = dict(problem.limits.least_share_local)
    names = np.array(sorted(least))
    columns = m.linear.add_variables(len(names), np.inf, lambda: _named("floor_missed", names))
    groups = problem.demand.groups["need_group"].to_numpy(object)
    need, lost, away = np.zeros(len(names)), np.zeros(len(names)), np.zeros((len(names), len(m.away_column)))
    for at, name in enumerate(names):
        own = (groups == name)[:, None, None]
        part = problem.atoms.need(problem.demand.need * own)
        share = np.divide(part, problem.need, out=np.zeros_like(part), where=problem.need > _NONE)
        away[at] = share[m.away_atom, m.away_year, m.away_sample] * problem.weights[m.away_sample]
        totals = ((values * own).sum(axis=(0, 1)) for values in (problem.demand.need, _lost(problem)))
        need[at], lost[at] = (values @ problem.weights for values in totals)
    row, column = np.nonzero(away)
    wanted = np.array([least[str(name)] for name in names]) * need - need + lost
    m.linear.add_rows(
        np.concatenate([np.arange(len(names)), row]),
        np.concatenate([columns, m.away_column[column]]),
        np.concatenate([np.ones(len(names)), -away[row, column]]),
        lower=wanted,
        number=len(names),
        names=lambda: _named("within_floor", names),
    )

    def value(solution: Floats) -> Floats:
        return np.maximum(wanted + away @ solution[m.away_column], 0.0)

    return Derived(columns, value, np.ones(len(names)))


def completed(m: SitingModel, solution: Floats) -> Floats:
    """Return the solution with derived variables at the least values that the others allow."""
    out = solution.copy()
    for one in m.derived.values():
        out[one.columns] = one.value(out)
    return out


def _by(label: Ints, values: Floats, number: int) -> Floats:
    return np.bincount(label, values.sum(axis=1), minlength=number).astype(float)


def _named(what: str, items: Iterable[object]) -> list[str]:
    return [f"{what}[{item}]" for item in items]


GOALS: Final = {TAIL: tail, LARGEST_GAP: largest_gap, FLOORS_GOAL: floors}
