"""The area-to-site matrix holds every pair within the limit, no other, with its miles; against measuring all pairs."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from placements.errors import UsageError
from placements.geography import site_matrix as module
from placements.geography.distance import KM_PER_MILE, miles
from placements.geography.site_matrix import site_matrix

METRES_PER_MILE = 1000 * KM_PER_MILE
#: Whole metres as postcodes have, near each other so that ties and pairs at the limit are common; and any, to the micrometre.
WHOLE = st.integers(0, 40).map(lambda step: 500_000.0 + 100 * step)
ANY = st.floats(-2e6, 2e6).map(lambda metres: round(metres, 6))
UNKNOWN = st.just(float("nan"))


def points(coordinate, most: int = 25):
    return st.lists(st.tuples(coordinate, coordinate), max_size=most).map(lambda rows: np.array(rows).reshape(-1, 2))


def brute(here, there, limit):
    """Return every pair within the limit by the formula itself, origin by origin."""
    far = miles(here[:, None, 0], here[:, None, 1], there[None, :, 0], there[None, :, 1])
    near = far <= limit
    return *np.nonzero(near), far[near]


def matrix(here, there, limit):
    return site_matrix(here[:, 0], here[:, 1], there[:, 0], there[:, 1], limit)


def same(found, here, there, limit):
    origin, destination, far = brute(here, there, limit)
    assert found.origin.tolist() == origin.tolist()
    assert found.destination.tolist() == destination.tolist()
    np.testing.assert_allclose(found.miles, far, rtol=1e-14, atol=1e-12)
    assert (found.miles <= limit).all()


@given(
    points(WHOLE), points(WHOLE), st.one_of(st.integers(0, 42).map(lambda n: 100 * n / METRES_PER_MILE), st.just(20.0))
)
def test_it_is_what_measuring_every_pair_gives_on_a_grid(here, there, limit):
    """On points that tie, fall on the edges of bands and lie exactly at the limit, the pairs and their order are those of
    the formula applied to all, destinations ascending for each origin."""
    same(matrix(here, there, limit), here, there, limit)


@given(points(ANY), points(ANY), st.floats(0, 3000))
@example(np.zeros((1, 2)), np.array([[0.0, 1.0]]), 5e-324)
def test_it_is_what_measuring_every_pair_gives_anywhere(here, there, limit):
    """Whatever the coordinates and the limit, from none to all of the country, the pairs are those of the formula."""
    same(matrix(here, there, limit), here, there, limit)


@given(points(WHOLE, 12), points(WHOLE, 12), st.data())
def test_a_pair_at_exactly_the_limit_is_in(here, there, data):
    """With the limit set to the miles of some pair, that pair is in; with the next smaller number, it is out."""
    if not (len(here) and len(there)):
        return
    i, j = data.draw(st.integers(0, len(here) - 1)), data.draw(st.integers(0, len(there) - 1))
    limit = float(miles(here[i, 0], here[i, 1], there[j, 0], there[j, 1]))
    pairs = matrix(here, there, limit)
    assert (i, j) in set(zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True))
    if limit > 0:
        less = matrix(here, there, float(np.nextafter(limit, 0)))
        assert (i, j) not in set(zip(less.origin.tolist(), less.destination.tolist(), strict=True))


@given(points(st.one_of(WHOLE, UNKNOWN)), points(st.one_of(WHOLE, UNKNOWN)))
def test_points_that_are_not_known_are_named_and_in_no_pair(here, there):
    """Positions are those asked about whoever is unknown; the unknown are listed, since no pair is not the same as far."""
    found = matrix(here, there, 1.0)
    lost = [np.flatnonzero(np.isnan(ends).any(axis=1)) for ends in (here, there)]
    assert found.unknown_origins.tolist() == lost[0].tolist()
    assert found.unknown_destinations.tolist() == lost[1].tolist()
    assert (found.origins, found.destinations) == (len(here), len(there))
    same(found, here, there, 1.0)


@given(points(WHOLE), points(WHOLE))
def test_without_order_the_pairs_are_the_same(here, there):
    """Order is all that is saved: sorted, the pairs and their miles are those in order."""
    ends = here[:, 0], here[:, 1], there[:, 0], there[:, 1]
    loose, strict = site_matrix(*ends, 1.0, in_order=False), site_matrix(*ends, 1.0)
    order = np.lexsort((loose.destination, loose.origin))
    assert (loose.start == strict.start).all()
    assert (loose.destination[order] == strict.destination).all() and (loose.miles[order] == strict.miles).all()


def test_many_blocks_give_the_same_as_one(monkeypatch):
    """Working in blocks changes nothing; nor does an origin with more candidates than a block holds."""
    rng = np.random.default_rng(3)
    here, there = rng.uniform(0, 60_000, (80, 2)).round(), rng.uniform(0, 60_000, (700, 2)).round()
    whole = matrix(here, there, 9.5)
    for block in (1, 50, 3_000):
        monkeypatch.setattr(module, "_BLOCK", block)
        parts = matrix(here, there, 9.5)
        for name in ("start", "destination", "miles"):
            assert (getattr(parts, name) == getattr(whole, name)).all()
    same(whole, here, there, 9.5)


def test_it_takes_much_less_memory_than_all_pairs():
    """No array of all pairs is made: the most held at once stays near the answer's own size."""
    import tracemalloc

    rng = np.random.default_rng(4)
    here, there = rng.uniform(0, 600_000, (500, 2)), rng.uniform(0, 600_000, (8_000, 2))
    tracemalloc.start()
    found = matrix(here, there, 20.0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) > 10_000
    assert most < 500 * 8_000 * 8 / 2
    assert found.destination.dtype == np.int32 and found.miles.dtype == np.float64


def test_a_frame_has_the_ids_in_order():
    """Ids stand for positions; without a whole set of them it is refused."""
    found = site_matrix([0, 100_000], [0, 0], [100_000, 1_000, 500], [0, 0, 0], 5)
    frame = found.frame(["a", "b"], ["x", "y", "z"])
    assert frame[["origin", "destination"]].to_numpy().tolist() == [["a", "y"], ["a", "z"], ["b", "x"]]
    assert frame["miles"].tolist() == [1000 / METRES_PER_MILE, 500 / METRES_PER_MILE, 0.0]
    assert found.frame()["destination"].tolist() == [1, 2, 0]
    with pytest.raises(UsageError, match="give one for each"):
        found.frame(["a"], ["x", "y", "z"])


@pytest.mark.parametrize("limit", [-1.0, float("nan"), float("inf")])
def test_a_limit_that_is_no_distance_is_refused(limit):
    """A limit must be a number of miles."""
    with pytest.raises(UsageError, match="limit"):
        site_matrix([0], [0], [0], [0], limit)
