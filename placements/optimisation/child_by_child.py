"""Which child gets which bed? One future lived event by event: beds become ready, children come, stay and go.

On the day a child needs a place it is put in the place that the plan sends it to, if that has a bed free, else in the
nearest that suits it and has one. A child who finds none goes away and is never moved back; nobody is moved to make
room.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.forecasting.stays import years_in_use

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: What became of a child: kept local; away since every place that suits was full, or since those ready were and another
#: was yet to be; or since the plan has none that suits within reach.
PLACED, FULL, NOT_READY, OUT_OF_REACH = range(4)
OUTCOMES: Final = ("placed", "full", "not ready", "out of reach")


@dataclass(frozen=True, eq=False)
class Children:
    """Children who need a place, one row each, by the day they come.

    Attributes
    ----------
    begin, end : ndarray (n,)
        Years after the snapshot; `begin` is sorted.
    kind : ndarray of int (n,)
        What suits the child: a row of the places in reach, -1 if there is none.
    first : ndarray of int (n,)
        The place that the plan sends it to, -1 if none.
    """

    begin: Floats
    end: Floats
    kind: Ints
    first: Ints

    def __len__(self) -> int:
        return len(self.begin)


@dataclass(frozen=True)
class Reach:
    """Which places suit which kind of child.

    Attributes
    ----------
    near : tuple of tuple of int
        For each kind the places that suit it within its travel limit, the nearest first.
    places : int
        How many places there are.
    """

    near: tuple[tuple[int, ...], ...]
    places: int

    @cached_property
    def ways(self) -> tuple[Ints, Ints]:
        """Return where the places of each kind begin, (kinds + 1,), in all of them in one row."""
        first = np.concatenate([[0], np.cumsum([len(places) for places in self.near])])
        return first.astype(np.intp), np.array([place for places in self.near for place in places], np.intp)

    def pairs(self, kind: Ints) -> tuple[Ints, Ints]:
        """Return, for children of these kinds, each of them with each place that suits: (row, place)."""
        first, place = self.ways
        number = first[kind + 1] - first[kind]
        row = np.repeat(np.arange(len(kind)), number)
        step = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
        return row, place[first[kind][row] + step]


def place_children(
    children: Children, beds: Sequence[tuple[float, int]], reach: Reach, relet_years: float = 0.0
) -> Ints:
    """Return the place of each child, -1 for those who found no bed free.

    Parameters
    ----------
    children : Children
    beds : sequence of (float, int)
        Each bed: when it is ready, in years after the snapshot, and its place.
    reach : Reach
    relet_years : float
        How long a bed stands empty between two children.
    """
    freed = list(beds)
    heapq.heapify(freed)
    free = [0] * reach.places
    out = np.full(len(children), -1, np.intp)
    columns = (column.tolist() for column in (children.begin, children.end, children.kind, children.first))
    for child, (begin, end, kind, first) in enumerate(zip(*columns, strict=True)):
        while freed and freed[0][0] <= begin:
            free[heapq.heappop(freed)[1]] += 1
        if kind < 0:
            continue
        place = first
        if place < 0 or not free[place]:
            place = next((other for other in reach.near[kind] if free[other]), -1)
        if place >= 0:
            free[place] -= 1
            out[child] = place
            heapq.heappush(freed, (end + relet_years, place))
    return out


def first_ready(beds: Sequence[tuple[float, int]], places: int) -> Floats:
    """Return when the first bed of each place is ready, infinite where there is none, (places,)."""
    out = np.full(places, np.inf)
    if beds:
        at, place = zip(*beds, strict=True)
        np.minimum.at(out, np.array(place, np.intp), np.array(at, float))
    return out


def outcomes(children: Children, placed: Ints, ready: Floats, reach: Reach) -> Ints:
    """Return what became of each child, as positions in `OUTCOMES`; `ready` is that of `first_ready`.

    One for whom nothing was free came too early if a place that suits was yet to be ready; else all that suits was
    full, those places too of which our share of the vacancies came to no bed at all.
    """
    first, place = reach.ways
    at = ready[place]
    last = np.full(len(reach.near) + 1, -np.inf)
    np.maximum.at(last, np.repeat(np.arange(len(reach.near)), np.diff(first)), np.where(np.isfinite(at), at, -np.inf))
    late = last[children.kind] > children.begin
    away = np.where(children.kind < 0, OUT_OF_REACH, np.where(late, NOT_READY, FULL))
    return np.asarray(np.where(placed >= 0, PLACED, away), np.intp)


def turned_away_from(
    children: Children, placed: Ints, ready: Floats, reach: Reach, years: int
) -> tuple[Floats, Floats]:
    """Return who found no bed free, by each place that suits: after it was ready by year, (places, years), and before.

    A child counts at every place that it could have gone to. A place that is never ready has none in either.
    """
    after, before = np.zeros((reach.places, years)), np.zeros(reach.places)
    rows = np.flatnonzero((placed < 0) & (children.kind >= 0))
    row, place = reach.pairs(children.kind[rows])
    begin = children.begin[rows][row]
    asked = ready[place] <= begin
    np.add.at(after, (place[asked], begin[asked].astype(np.intp)), 1.0)
    np.add.at(before, place[~asked & np.isfinite(ready[place])], 1.0)
    return after, before


def used(children: Children, placed: Ints, places: int, years: int) -> Floats:
    """Return child-years by place and year, (places, years)."""
    rows = np.flatnonzero(placed >= 0)
    parts = years_in_use(children.begin[rows], children.end[rows], years)
    out = [np.bincount(placed[rows], part, places) for part in parts]
    return np.column_stack(out) if out else np.zeros((places, 0))


def time_full(
    children: Children,
    placed: Ints,
    beds: Sequence[tuple[float, int]],
    places: int,
    years: int,
    relet_years: float = 0.0,
) -> Floats:
    """Return the part of each year in which a place has beds and none of them free, (places, years)."""
    rows = np.flatnonzero(placed >= 0)
    ready = np.array([at for at, _ in beds], float)
    of_bed = np.array([place for _, place in beds], np.intp)
    edges = np.arange(years + 1, dtype=float)
    at = np.concatenate([ready, children.begin[rows], children.end[rows] + relet_years, np.tile(edges, places)])
    place = np.concatenate([of_bed, placed[rows], placed[rows], np.repeat(np.arange(places), years + 1)])
    steps = (len(ready), len(rows), len(rows), places * (years + 1))
    free = np.repeat([1, -1, 1, 0], steps)
    there = np.repeat([1, 0, 0, 0], steps)
    order = np.lexsort((at, place))
    at, place = at[order], place[order]
    full = (np.cumsum(there[order]) - _before(place, there[order]) > 0) & (
        np.cumsum(free[order]) - _before(place, free[order]) <= 0
    )
    lasts = np.append(np.diff(at), 0.0)
    counted = np.flatnonzero(full & np.append(np.diff(place) == 0, False) & (at < years))
    out = np.zeros((places, years))
    np.add.at(out, (place[counted], at[counted].astype(np.intp)), lasts[counted])
    return out


def _before(place: Ints, step: Ints) -> Ints:
    """Return what the steps of earlier places come to, for each row; rows are sorted by place."""
    total = np.concatenate([[0], np.cumsum(step)])
    return np.asarray(total[np.searchsorted(place, place)], np.intp)
