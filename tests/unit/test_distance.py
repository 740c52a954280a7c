"""Distance: DfE's formula, and that it behaves as a distance."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from placements.geography.distance import miles

metres = st.integers(0, 1_300_000)
places = st.tuples(metres, metres)


def test_the_statutory_formula() -> None:
    """The square root of dE squared plus dN squared, / 1000 / 1.6093: 3, 4, 5 kilometres."""
    assert miles(0, 0, 3000, 4000) == 5 / 1.6093
    assert math.isclose(float(miles(499_049, 150_522, 529_090, 179_645)), 25.999, abs_tol=0.001)


def test_unknown_points_have_no_distance() -> None:
    """Missing coordinates give NaN: not 0, and not the sentinel 999.9."""
    assert np.isnan(miles([np.nan, 0], [0, 0], [0, 0], [0, np.nan])).all()


@given(places, places, places)
def test_it_is_a_metric(one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]) -> None:
    """Never negative, zero only at one place, the same both ways, and no shorter by a detour."""
    there, back = float(miles(*one, *two)), float(miles(*two, *one))
    assert there == back >= 0
    assert (there == 0) == (one == two)
    assert there <= float(miles(*one, *three)) + float(miles(*three, *two)) + 1e-9


@given(st.lists(st.tuples(metres, metres, metres, metres), max_size=20))
def test_a_column_is_the_rows_one_by_one(rows: list[tuple[int, int, int, int]]) -> None:
    """Vectorised or not, the same figures."""
    columns = np.array(rows, float).reshape(-1, 4).T
    assert miles(*columns).tolist() == [float(miles(*row)) for row in rows]
