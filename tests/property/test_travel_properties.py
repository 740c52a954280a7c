"""Drive times over any network: an independent reckoning agrees, and what must hold of all times holds."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.geography.distance import METRES_PER_MILE, miles
from placements.geography.travel import network as network_module
from placements.geography.travel.network import compile_network
from placements.geography.travel.osm import ACCESS_MPH, OsmRoads
from placements.geography.travel.road_rules import TOP_MPH, direction, speed_mph
from placements.geography.travel.spacing import SPACING_M
from placements.geography.travel.straight import StraightLine
from tests.roads_support import SOUTH, WEST, places, roads

TAGS = st.fixed_dictionaries(
    {"highway": st.sampled_from(["primary", "residential", "service", "trunk"])},
    optional={"oneway": st.sampled_from(["yes", "-1", "no"]), "maxspeed": st.sampled_from(["20 mph", "60 mph", "80"])},
)


@st.composite
def networks(draw):
    """Return points on a coarse grid and roads between them, some of them long, some one way, some crossing."""
    count = draw(st.integers(3, 9))
    spots = st.tuples(st.integers(0, 12), st.integers(0, 12))
    xy = draw(st.lists(spots, min_size=count, max_size=count, unique=True))
    points = {f"n{i}": (1500.0 * x, 1500.0 * y) for i, (x, y) in enumerate(xy)}
    way = st.tuples(st.lists(st.sampled_from(list(points)), min_size=2, max_size=5).map(" ".join), TAGS)
    return points, draw(st.lists(way, min_size=1, max_size=8))


def by_hand(points, ways):
    """Return minutes between all points by Floyd and Warshall, over every piece of every road."""
    names = list(points)
    best = np.full((len(names), len(names)), np.inf)
    np.fill_diagonal(best, 0)
    for text, tags in ways:
        nodes = [names.index(name) for name in text.split()]
        for a, b in itertools.pairwise(nodes):
            time = np.hypot(*np.subtract(points[names[a]], points[names[b]])) / 1609.3 / speed_mph(tags) * 60
            if direction(tags) & 1:
                best[a, b] = min(best[a, b], time)
            if direction(tags) & 2:
                best[b, a] = min(best[b, a], time)
    for k in range(len(names)):
        best = np.minimum(best, best[:, [k]] + best[[k], :])
    return best


def passed_by(points, ways):
    """Return the points that a road passes within a few metres without having them: over or under a bridge, say."""
    names = set()
    for text, _ in ways:
        for ends in itertools.pairwise(text.split()):
            line = shapely.LineString([points[end] for end in ends])
            names |= {name for name, xy in points.items() if name not in ends and line.distance(shapely.Point(xy)) < 5}
    return names


def method_of(points, ways, limit_m=1.0) -> OsmRoads | None:
    try:
        network = compile_network(roads(points, ways), "made up", "0" * 64)
    except network_module.DataError:
        return None
    method = OsmRoads(Path("made-up.osm.pbf"), limit_m)
    method.__dict__["network"] = network
    return method


@settings(max_examples=150, deadline=None)
@given(networks())
def test_an_independent_reckoning_agrees(made):
    """Where both ends are on a part of the network that counts, the minutes are those of Floyd and Warshall."""
    points, ways = made
    method = method_of(points, ways)
    if method is None:
        return
    here = places(points)
    found = method.matrix(here, here)
    assert len(found) == len(points) ** 2
    # A place beneath a bridge is joined to one road or the other: not for this reckoning.
    plain = ~found[["origin", "destination"]].isin(passed_by(points, ways)).any(axis=1).to_numpy()
    expected = by_hand(points, ways).ravel()
    known = (found["status"] == "known").to_numpy() & plain
    # A leg of a few millimetres joins each place to its road: points go through degrees and back.
    np.testing.assert_allclose(found["travel_minutes"][known], expected[known], atol=0.01)
    assert not np.isfinite(expected[(found["status"] == "no_route").to_numpy() & plain]).any()
    assert found.loc[found["status"] != "known", "travel_minutes"].isna().all()


@settings(max_examples=80, deadline=None)
@given(networks(), st.lists(st.tuples(st.floats(0, 18_000), st.floats(0, 18_000)), min_size=3, max_size=6, unique=True))
def test_going_by_way_of_a_third_place_is_never_quicker_and_no_car_flies(made, homes):
    """The triangle inequality, and minutes and miles no fewer than in a straight line at the top speed."""
    method = method_of(*made, limit_m=4000.0)
    if method is None:
        return
    here = places({f"h{i}": spot for i, spot in enumerate(homes)})
    found = method.matrix(here, here)
    size = len(here)
    time = found["travel_minutes"].to_numpy().reshape(size, size)
    for middle in range(size):
        by_way_of = time[:, [middle]] + time[[middle], :]
        assert not (time > by_way_of + 1e-9).any()
    crow = StraightLine(1.0, TOP_MPH).matrix(here, here)
    known = (found["status"] == "known").to_numpy()
    assert (found["travel_minutes"][known] >= crow["travel_minutes"][known] - 1e-9).all()
    assert (found["road_miles"][known] >= crow["road_miles"][known] - 1e-9).all()


@settings(max_examples=80, deadline=None)
@given(networks(), st.floats(0.5, 30))
def test_a_limit_only_leaves_out_what_takes_longer(made, limit_minutes):
    """Whatever the network: what is left, unknown journeys and all, is what one gets without a limit."""
    method = method_of(*made)
    if method is None:
        return
    here = places(made[0])
    whole, limited = method.matrix(here, here), method.matrix(here, here, limit_minutes)
    expected = whole[~(whole["travel_minutes"] > limit_minutes)].reset_index(drop=True)
    assert limited[["origin", "destination", "status"]].equals(expected[["origin", "destination", "status"]])
    np.testing.assert_allclose(limited["travel_minutes"], expected["travel_minutes"], rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(networks(), st.floats(0, 1))
def test_every_spot_of_a_road_is_near_a_point_to_join_it_at(made, along):
    """However long and straight the road: half of the spacing away at most, and the roads are as long as they were."""
    points, ways = made
    method = method_of(points, ways)
    if method is None:
        return
    network = method.network
    at = np.column_stack([network.easting, network.northing])[network.frontage]
    metres = 0.0
    for text, _ in ways:
        for a, b in itertools.pairwise(text.split()):
            spot = np.array([WEST, SOUTH]) + np.array(points[a]) * (1 - along) + np.array(points[b]) * along
            assert np.hypot(*(at - spot).T).min() <= SPACING_M / 2 + 0.1
            metres += float(np.hypot(*np.subtract(points[a], points[b])))
    assert network.road_miles * METRES_PER_MILE == pytest.approx(metres, rel=1e-5, abs=0.5)


@given(
    st.floats(1, 3), st.floats(5, 70), st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)), min_size=2, max_size=2)
)
def test_straight_lines_are_miles_times_factor_over_speed(factor, mph, ends):
    """The formula that the sentence states, both ways alike."""
    here = places({"a": ends[0], "b": ends[1]})
    found = StraightLine(factor, mph).matrix(here, here).set_index(["origin", "destination"])
    (ax, ay), (bx, by) = ends
    expected = float(miles(WEST + ax, SOUTH + ay, WEST + bx, SOUTH + by)) * factor
    assert found.loc[("a", "b"), "road_miles"] == pytest.approx(expected)
    assert found.loc[("a", "b"), "travel_minutes"] == pytest.approx(60 * expected / mph)
    assert found.loc[("a", "b"), "travel_minutes"] == found.loc[("b", "a"), "travel_minutes"]


def test_the_leg_to_a_road_is_no_quicker_than_a_car():
    """The bound on times above rests on it."""
    assert ACCESS_MPH <= TOP_MPH
    assert {field.name for field in dataclasses.fields(StraightLine)} == {"circuity_factor", "speed_mph", "name"}
