"""The Erlang loss formula against its definition, published tables, and what it must do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.errors import UsageError
from placements.optimisation.erlang import erlang_loss, erlang_occupancy, load_for_occupancy

LOADS = st.floats(0.0, 60.0)


@given(st.integers(0, 40), LOADS)
def test_it_is_the_truncated_poisson_probability(servers: int, load: float) -> None:
    """B(c, a) = (a^c / c!) / sum of a^k / k! for k from 0 to c: the definition, summed term by term."""
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    assert erlang_loss(servers, load) == pytest.approx(terms[-1] / math.fsum(terms), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("servers", "loss", "load"),
    [(1, 0.01, 0.0101), (2, 0.01, 0.1526), (5, 0.02, 1.657), (10, 0.01, 4.461), (20, 0.01, 12.03),
     (30, 0.01, 20.34), (50, 0.05, 44.53), (100, 0.01, 84.06)],
)  # fmt: skip
def test_it_agrees_with_published_tables(servers: int, loss: float, load: float) -> None:
    """Loads that the printed tables of Erlang B give for a loss, to their four digits."""
    assert erlang_loss(servers, load) == pytest.approx(loss, rel=2e-3)


@settings(max_examples=50)
@given(st.integers(0, 200), st.floats(0.0, 1e6), st.floats(0.0, 10.0))
def test_more_beds_lose_less_and_more_load_more(servers: int, load: float, more: float) -> None:
    """A loss is a share, falls with beds and rises with load, even where the terms of the sum would overflow."""
    loss = float(erlang_loss(servers, load))
    assert 0 <= loss <= 1
    assert erlang_loss(servers + 1, load) <= loss
    assert erlang_loss(servers, load + more) >= loss - 1e-12


def test_arrays_are_broadcast() -> None:
    """Each element is what it is on its own."""
    servers, load = np.array([[0], [1], [7]]), np.array([0.0, 0.5, 9.0])
    whole = erlang_loss(servers, load)
    assert whole.shape == (3, 3)
    for at in np.ndindex(3, 3):
        assert whole[at] == erlang_loss(servers[at[0], 0], load[at[1]])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_load_of_an_occupancy_gives_that_occupancy(servers: int, occupancy: float) -> None:
    """`load_for_occupancy` undoes `erlang_occupancy`."""
    load = load_for_occupancy(servers, occupancy)
    assert erlang_occupancy(servers, load) == pytest.approx(occupancy, rel=1e-6)


def test_ends_of_the_range() -> None:
    """No load fills a home for ever, and none is needed for nothing; no beds are never in use."""
    assert load_for_occupancy(3, 1.0) == np.inf
    assert load_for_occupancy(3, 0.0) == 0.0
    assert erlang_occupancy(0, 5.0) == 0.0


@pytest.mark.parametrize(("servers", "load"), [(-1, 1.0), (1.5, 1.0), (1, -1.0), (1, np.nan), (np.inf, 1.0)])
def test_what_cannot_be_is_refused(servers: float, load: float) -> None:
    """Half a bed, or a load below nothing."""
    with pytest.raises(UsageError, match="Erlang"):
        erlang_loss(servers, load)


@pytest.mark.parametrize(("servers", "occupancy"), [(0, 0.5), (2, 1.1), (2, np.nan)])
def test_occupancies_that_cannot_be_are_refused(servers: int, occupancy: float) -> None:
    """More than all beds, or some of none."""
    with pytest.raises(UsageError, match="occupancy"):
        load_for_occupancy(servers, occupancy)
