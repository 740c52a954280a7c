"""What is known of every limit from what was proved at some: a step function stands in for the fewest child-years away."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from placements.optimisation.efficient import in_halves
from placements.optimisation.known import Found, Known

STEPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), min_size=1, max_size=6)


def fewest(steps: list[tuple[int, int]], limit: float) -> int:
    """Return the fewest away of plans (needs, away), of which the one that does nothing is always allowed."""
    return min([9, *(away for needs, away in steps if needs <= limit)])


@given(STEPS, st.lists(st.integers(0, 20), max_size=5), st.lists(st.booleans(), min_size=6, max_size=6), st.data())
def test_what_is_known_is_never_beyond_the_truth(
    steps: list[tuple[int, int]], proved: list[int], seen: list[bool], data: st.DataObject
) -> None:
    """With any of the plans found and any limits proved, however loosely, every limit's best and bound enclose the truth."""
    known = Known()
    known.add_plan(Found(0, 9, np.zeros(0)))
    for (needs, away), is_seen in zip(steps, seen, strict=False):
        if is_seen:
            known.add_plan(Found(needs, away, np.zeros(0)))
    for limit in proved:
        known.add_bound(limit, fewest(steps, limit) - data.draw(st.integers(0, 3)))
    for limit in range(22):
        best = known.best(limit)
        assert best is not None
        assert best.needs <= limit
        assert known.bound(limit) <= fewest(steps, limit) <= best.away


def test_a_bound_says_nothing_about_greater_limits() -> None:
    """Three away is the least with 10 pounds; with 11 it could be none."""
    known = Known()
    known.add_bound(10, 3)
    assert known.bound(10) == known.bound(4) == 3
    assert known.bound(11) == -math.inf


def test_of_equal_plans_the_one_that_needs_less_is_best() -> None:
    """Money that keeps nobody more local is not spent."""
    known = Known()
    for needs in (7, 5, 6):
        known.add_plan(Found(needs, 2, np.zeros(0)))
    assert known.best(9).needs == 5
    assert known.best(4) is None


@given(st.integers(1, 40))
def test_halves_visit_every_limit_once_ends_first(number: int) -> None:
    """Every position is there once, the last first, and each after the first two lies between two visited ones."""
    order = in_halves(number)
    assert sorted(order) == list(range(number))
    assert order[0] == number - 1
    for at, position in enumerate(order[2:], start=2):
        assert min(order[:at]) < position < max(order[:at])
