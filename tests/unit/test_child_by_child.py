"""Children and beds: nobody in a bed that is not there, nobody away past a free one, and Erlang's formula for one home."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.optimisation.child_by_child import (
    FULL,
    NOT_READY,
    OUT_OF_REACH,
    PLACED,
    Children,
    Reach,
    first_ready,
    outcomes,
    place_children,
    time_full,
    turned_away_from,
    used,
)
from placements.optimisation.erlang import erlang_loss, erlang_occupancy

PLACES, YEARS = 3, 4
GRID = st.integers(0, 32).map(lambda n: n / 8)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Children, list[tuple[float, int]], Reach, float]:
    near = draw(st.lists(st.permutations(range(PLACES)).flatmap(
        lambda order: st.integers(1, PLACES).map(lambda n: tuple(order[:n]))), min_size=1, max_size=3))  # fmt: skip
    rows = draw(st.lists(st.tuples(st.integers(0, 31).map(lambda n: n / 8), st.integers(1, 20).map(lambda n: n / 8),
                                   st.integers(-1, len(near) - 1), st.integers(-1, PLACES - 1)), max_size=14))  # fmt: skip
    rows.sort(key=lambda row: row[0])
    begin, stay, kind, first = (np.array(column) for column in zip(*rows, strict=True)) if rows else [np.zeros(0)] * 4
    kind = kind.astype(np.intp)
    suits = [place if k >= 0 and place in near[k] else -1 for k, place in zip(kind, first, strict=True)]
    beds = draw(st.lists(st.tuples(GRID, st.integers(0, PLACES - 1)), max_size=5))
    children = Children(begin, begin + stay, kind, np.array(suits, np.intp))
    return children, beds, Reach(tuple(near), PLACES), draw(st.sampled_from([0.0, 0.25]))


def taken(children: Children, placed: np.ndarray, place: int, at: float, relet: float, before: int) -> int:
    """Beds of a place that are not free at a time because of the children who came before one of them."""
    rows = np.flatnonzero(placed[:before] == place)
    return int((children.end[rows] + relet > at).sum())


@settings(max_examples=60, deadline=None)
@given(cases())
def test_every_child_has_a_bed_that_is_free_or_there_is_none(case) -> None:
    """Placed: in a ready, free bed that suits, the one the plan sends it to if that has one, else the nearest."""
    children, beds, reach, relet = case
    placed = place_children(children, beds, reach, relet)
    ready = first_ready(beds, PLACES)
    outcome = outcomes(children, placed, ready, reach)
    for child in range(len(children)):
        at, kind = children.begin[child], int(children.kind[child])
        suits = reach.near[kind] if kind >= 0 else ()
        free = [
            place
            for place in suits
            if sum(when <= at and where == place for when, where in beds)
            > taken(children, placed, place, at, relet, child)
        ]
        if not suits:
            assert (placed[child], outcome[child]) == (-1, OUT_OF_REACH)
        elif free:
            wanted = int(children.first[child])
            assert placed[child] == (wanted if wanted in free else free[0])
            assert outcome[child] == PLACED
        else:
            yet_to_come = any(at < ready[place] < np.inf for place in suits)
            assert (placed[child], outcome[child]) == (-1, NOT_READY if yet_to_come else FULL)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_time_adds_up(case) -> None:
    """Child-years are those of the children placed; a place is full when, looked at, it has beds and none is free."""
    children, beds, reach, relet = case
    placed = place_children(children, beds, reach, relet)
    found = used(children, placed, PLACES, YEARS)
    stay = np.clip(np.minimum(children.end, YEARS) - children.begin, 0, None)
    assert found.sum() == pytest.approx(stay[placed >= 0].sum())
    full = time_full(children, placed, beds, PLACES, YEARS, relet)
    step = 1 / 16
    for place in range(PLACES):
        for year in range(YEARS):
            seen = 0.0
            for moment in np.arange(year + step / 2, year + 1, step):
                there = sum(when <= moment and where == place for when, where in beds)
                inside = (placed == place) & (children.begin <= moment) & (children.end + relet > moment)
                assert inside.sum() <= there
                seen += step * (there > 0 and inside.sum() == there)
            assert full[place, year] == pytest.approx(seen)
    counted, early = turned_away_from(children, placed, first_ready(beds, PLACES), reach, YEARS)
    away = [
        (c, place)
        for c in np.flatnonzero(placed < 0)
        if children.kind[c] >= 0
        for place in reach.near[children.kind[c]]
    ]
    for place in range(PLACES):
        mine = [c for c, where in away if where == place and any(b <= children.begin[c] for b, w in beds if w == place)]
        assert counted[place].sum() == len(mine)
        assert early[place] == (sum(where == place for _, where in away) - len(mine)) * any(w == place for _, w in beds)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_with_beds_for_everybody_nobody_is_turned_away(case) -> None:
    """Only those whom no place suits are away."""
    children, _, reach, relet = case
    beds = [(0.0, place) for place in range(PLACES) for _ in range(len(children) + 1)]
    placed = place_children(children, beds, reach, relet)
    assert ((placed < 0) == (children.kind < 0)).all()


STAYS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "exponential": lambda rng, n: rng.exponential(1.0, n),
    "constant": lambda rng, n: np.ones(n),
    "two kinds, very different": lambda rng, n: rng.exponential(np.where(rng.random(n) < 0.8, 0.25, 4.0)),
}


@pytest.mark.parametrize("beds", [1, 3, 6])
@pytest.mark.parametrize("stays", STAYS)
def test_one_home_loses_what_erlang_says(stays: str, beds: int) -> None:
    """Poisson arrivals: the share turned away, the occupancy and the time it is full are those of the formula.

    Whatever the distribution of stays with the same mean, each within three standard errors.
    """
    load, years, quiet, replications = 0.8 * beds + 0.7, 120, 20, 60
    rng = np.random.default_rng([beds, len(stays)])
    seen = []
    for _ in range(replications):
        number = rng.poisson(load * years)
        begin = np.sort(rng.random(number) * years)
        children = Children(
            begin, begin + STAYS[stays](rng, number), np.zeros(number, np.intp), np.zeros(number, np.intp)
        )
        reach, there = Reach(((0,),), 1), [(0.0, 0)] * beds
        placed = place_children(children, there, reach)
        late = begin >= quiet
        occupied = used(children, placed, 1, years)[0, quiet:].mean() / beds
        full = time_full(children, placed, there, 1, years)[0, quiet:].mean()
        seen.append(((placed[late] < 0).sum() / (load * (years - quiet)), occupied, full))
    mean, error = np.mean(seen, axis=0), np.std(seen, axis=0, ddof=1) / np.sqrt(replications)
    loss = erlang_loss(beds, load)
    expected = np.array([loss, erlang_occupancy(beds, load), loss])
    assert (np.abs(mean - expected) < 3 * error).all(), (mean, expected, error)
