"""Covering: reach as much as possible with p sites, or all of it with as few sites as possible.

    sets      i  demand     j  sites     near(i)  sites within the radius of i
    decide    open[j] 0/1     missed[i] >= 0

    max coverage   least sum_i w[i] missed[i]     missed[i] + sum_{j in near(i)} open[j] >= 1     sum_j open[j] = p
    set cover      least sum_j open[j]                        sum_{j in near(i)} open[j] >= 1

Demands with the same near sites are merged, and sites whose reach is part of another's left out: of 10,000 points with
100 sites some 1,500 rows are left (Church and ReVelle 1974; large cases: Cordeau, Furini and Ljubic 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.location.assign import assignment_of, ids_of, nearest_open, nobody_served
from placements.location.inputs import (
    Amounts,
    Bools,
    Clock,
    Floats,
    Ints,
    Pairs,
    Table,
    amounts,
    at_least_nought,
    common_step,
    limits,
    not_negative_radius,
    number_to_open,
    pairs,
)
from placements.location.interchange import disturbed, greedy
from placements.location.patterns import cover_core, merge_rows, useful_columns
from placements.location.result import LocationResult, answered, unanswered
from placements.optimisation import engine as engine_
from placements.optimisation.engine import Engine
from placements.optimisation.linear import LinearModel

#: What totals are about in the engine's units: its tolerances are absolute.
_ENGINE_SCALE: Final = 1e4
#: Rounds of drawing sites anew for a start: a good one lets the engine fix most of the rest at its root.
_ROUNDS: Final = 12


def max_coverage(
    distance: Table,
    radius: float,
    p: int,
    weights: Amounts | None = None,
    *,
    time_limit_s: float = 300.0,
    gap: float = 0.0,
) -> LocationResult:
    """Open exactly `p` sites so that the weight of demand within `radius` of an open one is greatest.

    Parameters
    ----------
    distance : DataFrame or array (demand, sites)
        0 or more; missing or infinite: out of reach. Any unit.
    radius : float
        In the same unit; a distance equal to it is within.
    p : int
    weights : amounts by demand id, or in the order of `distance`, optional
    time_limit_s, gap : float
        See `p_median`.

    Returns
    -------
    LocationResult
        `objective` is the weight covered and `bound` the most that could be. `assignment` names the nearest open site
        of each demand that is covered, and nothing for the others.

    Raises
    ------
    UsageError
        The data do not fit together.
    """
    clock = limits(time_limit_s, gap)
    given, radius = _distances(distance, radius)
    p = number_to_open(p, len(given.sites))
    weight = amounts(weights, given.demand, "weights")
    reach = given.values <= radius
    chosen, missed_at_least = _fewest_missed(reach, weight, p, gap, clock)
    site, value = nearest_open(given.values, chosen)
    is_covered = value <= radius
    objective = float(weight[is_covered].sum())
    bound = max(float(weight.sum()) - missed_at_least, objective)
    return answered(objective, bound, gap, clock, ids_of(given, chosen), assignment_of(given, site, is_covered))


def set_cover(distance: Table, radius: float, *, time_limit_s: float = 300.0, gap: float = 0.0) -> LocationResult:
    """Open as few sites as possible so that every demand has an open one within `radius`.

    Parameters
    ----------
    distance : DataFrame or array (demand, sites)
        0 or more; missing or infinite: out of reach.
    radius : float
    time_limit_s, gap : float
        See `p_median`.

    Returns
    -------
    LocationResult
        `objective` is the number of open sites; ``infeasible`` when a demand has no site within the radius.

    Raises
    ------
    UsageError
        The data do not fit together.
    """
    clock = limits(time_limit_s, gap)
    given, radius = _distances(distance, radius)
    cover = smallest_cover(given.values <= radius, clock, gap=gap)
    if cover.chosen is None:
        return unanswered(np.inf, clock, nobody_served(given))
    site, value = nearest_open(given.values, cover.chosen)
    objective = float(len(cover.chosen))
    opened = ids_of(given, cover.chosen)
    return answered(objective, cover.bound, gap, clock, opened, assignment_of(given, site, value <= radius))


@dataclass(frozen=True, eq=False)
class Cover:
    """Columns that cover all rows (None if none are known), and the fewest that could."""

    chosen: Ints | None
    bound: float


def smallest_cover(reach: Bools, clock: Clock, *, gap: float = 0.0, most: int | None = None) -> Cover:
    """Find the fewest columns that reach every row.

    Parameters
    ----------
    reach : ndarray of bool (demand, sites)
    clock : Clock
    gap : float
    most : int, optional
        More than so many are of no use: any cover with at most `most` will do, and it is enough to show that there is
        none.

    Returns
    -------
    Cover
        `bound` is a whole number: infinite if a row cannot be reached. With `most`, `chosen` is None and `bound` above
        `most` when so few cannot cover, and `bound` is at most `most` when that is not known in time.
    """
    if not reach.any(axis=1).all():
        return Cover(None, np.inf)
    rows, columns = cover_core(reach)
    core = reach[np.ix_(rows, columns)]
    start = _greedy_cover(core)
    if most is not None and len(start) <= most:
        return Cover(columns[start], 1.0)
    linear = LinearModel()
    is_open = linear.add_variables(len(columns), 1.0, tuple, whole=True)
    row, column = np.nonzero(core)
    linear.add_rows(row, is_open[column], 1.0, lower=1.0, number=len(rows), names=tuple)
    if most is not None:
        linear.add_rows(np.zeros(len(columns), dtype=np.intp), is_open, 1.0, upper=most, number=1, names=tuple)
    first = np.zeros(len(columns))
    first[start] = 1.0
    answer = Engine(linear, seed=1).minimise(
        np.ones(len(columns)),
        gap=gap if most is None else 1.0 - 1e-9,
        time_limit_s=max(clock.left_s, 0.01),
        start=first if most is None else None,
    )
    if answer.status == engine_.INFEASIBLE:
        return Cover(None, np.inf if most is None else most + 1.0)
    bound = max(float(np.ceil(answer.bound - 1e-6)), 1.0) if np.isfinite(answer.bound) else 1.0
    chosen = start if most is None else None
    if answer.solution is not None:
        found = np.flatnonzero(answer.solution[is_open] > 0.5)
        if core[:, found].any(axis=1).all() and (chosen is None or len(found) < len(chosen)):
            chosen = found
    return Cover(None if chosen is None else columns[chosen], bound)


def _distances(distance: Table, radius: float) -> tuple[Pairs, float]:
    given = pairs(distance, "distance")
    at_least_nought(given, "distance")
    return given, not_negative_radius(radius)


def _greedy_cover(reach: Bools) -> Ints:
    """Return a cover: the column that reaches most of what is left, again and again; then those not needed left out."""
    left = np.ones(len(reach), dtype=bool)
    chosen: list[int] = []
    while left.any():
        chosen.append(int(np.argmax(reach[left].sum(axis=0))))
        left &= ~reach[:, chosen[-1]]
    times = reach[:, chosen].sum(axis=1)
    needed = []
    for column in chosen:
        if (times[reach[:, column]] > 1).all():
            times = times - reach[:, column]
        else:
            needed.append(column)
    return np.sort(np.array(needed, dtype=np.intp))


def _fewest_missed(reach: Bools, weight: Floats, p: int, gap: float, clock: Clock) -> tuple[Ints, float]:
    """Return `p` columns that miss little weight, and the least that any such choice misses."""
    counts = (weight > 0) & reach.any(axis=1)
    lost = float(weight[~counts].sum())  # out of everybody's reach, whatever is opened
    rows, merged_weight = merge_rows(reach[counts], weight[counts])
    columns = useful_columns(rows)
    if p >= len(columns):
        others = np.setdiff1d(np.arange(reach.shape[1]), columns)
        return np.sort(np.append(columns, others[: p - len(columns)])), lost
    rows, merged_weight = merge_rows(rows[:, columns], merged_weight)
    cost = np.ascontiguousarray(np.where(rows, 0.0, merged_weight[:, None]).T)
    start, missed = disturbed(cost, greedy(cost, p), _ROUNDS, clock)
    linear = LinearModel()
    is_open = linear.add_variables(len(columns), 1.0, tuple, whole=True)
    is_missed = linear.add_variables(len(rows), 1.0, tuple)
    row, column = np.nonzero(rows)
    linear.add_rows(
        np.concatenate([row, np.arange(len(rows))]),
        np.concatenate([is_open[column], is_missed]),
        1.0,
        lower=1.0,
        number=len(rows),
        names=tuple,
    )
    linear.add_rows(np.zeros(len(columns), dtype=np.intp), is_open, 1.0, lower=p, upper=p, number=1, names=tuple)
    first = np.concatenate([np.isin(np.arange(len(columns)), start), ~rows[:, start].any(axis=1)]).astype(float)
    total = float(weight.sum())
    unit = total / _ENGINE_SCALE
    # A gap is asked of what is covered, the engine sees what is missed.
    answer = Engine(linear, seed=1).minimise(
        np.concatenate([np.zeros(len(columns)), merged_weight / unit]),
        gap=gap * (total - lost - missed) / missed if missed and gap else 0.0,
        time_limit_s=max(clock.left_s, 0.01),
        start=first,
    )
    step = common_step(weight)
    bound = max(answer.bound * unit, 0.0)
    if step and np.isfinite(bound):  # to a whole step, but for the engine's tolerance
        bound = max(bound, step * float(np.ceil(bound / step - max(1e-6, 1e-9 * total / step))))
    if answer.solution is not None:
        found = np.flatnonzero(answer.solution[is_open] > 0.5)
        if len(found) == p and float(cost[found].min(axis=0).sum()) < missed:
            start = found
    return columns[start], bound + lost
