"""GeoJSON is WGS84 with five decimals, shared edges stay shared, and curves bow the way they should."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from placements.maps import geojson
from placements.maps.layer import frame


def numbers(part):
    if isinstance(part, float):
        return [part]
    return [number for inner in part for number in numbers(inner)]


def test_a_known_point_lands_where_it_should():
    """Guildford's grid point is at 51.2 N, 0.6 W: an EPSG:27700 point becomes longitude, latitude."""
    made = geojson.feature_collection(frame([shapely.Point(499_700, 149_600)], [{"label": "Guildford"}]))
    longitude, latitude = made["features"][0]["geometry"]["coordinates"]
    assert (round(longitude, 1), round(latitude, 1)) == (-0.6, 51.2)
    assert made["features"][0]["properties"] == {"label": "Guildford"}


def test_five_decimals():
    shape = shapely.Point(512_345.678, 151_234.567).buffer(1234.5)
    made = geojson.feature_collection(frame([shape], [{"at": shapely.Point(512_345, 151_234)}]))["features"][0]
    assert all(number == round(number, 5) for number in numbers(made["geometry"]["coordinates"]))
    assert all(number == round(number, 5) for number in made["properties"]["at"])
    assert made["properties"]["at"][0] > 50, "latitude first, as Leaflet reads a point"


def test_simplified_neighbours_share_their_edge():
    """Two ragged neighbours have neither gap nor overlap after simplification, and fewer corners."""
    rng = np.random.default_rng(1)
    edge = [(10_000 + float(rng.normal(0, 30)), float(y)) for y in range(0, 10_001, 50)]
    left = shapely.Polygon([(0, 0), *edge, (0, 10_000)])
    right = shapely.Polygon([(20_000, 0), *edge, (20_000, 10_000)])
    both = geojson.simplified(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[left, right], crs="EPSG:27700"))
    one, other = both.geometry
    assert one.intersection(other).area == pytest.approx(0, abs=1e-6)
    assert one.union(other).area == pytest.approx(left.union(right).area, rel=1e-9)
    assert shapely.get_num_coordinates(one) < 0.6 * shapely.get_num_coordinates(left)


def test_a_label_lies_inside_the_largest_part():
    shape = shapely.MultiPolygon([shapely.box(0, 0, 10_000, 2_000), shapely.box(50_000, 0, 51_000, 1_000)])
    assert shapely.box(0, 0, 10_000, 2_000).contains(geojson.label_point(shape))


def test_there_and_back_do_not_cover_each_other():
    """A flow starts and ends where it should and bows to its left, so the way back lies on the other side."""
    there, back = geojson.curve((0, 0), (0, 10_000)), geojson.curve((0, 10_000), (0, 0))
    assert (there.coords[0], there.coords[-1]) == ((0, 0), (0, 10_000))
    assert there.interpolate(0.5, normalized=True).x < -500 < 500 < back.interpolate(0.5, normalized=True).x


@pytest.mark.parametrize(("end", "degrees"), [((0, 9), 0), ((9, 0), 90), ((0, -9), 180), ((-9, 0), 270)])
def test_arrows_point_where_the_line_goes(end, degrees):
    assert geojson.arrival_degrees(shapely.LineString([(0, 0), end])) == degrees
