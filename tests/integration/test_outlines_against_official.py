"""How good are derived outlines? Measured on the official ones of May 2025, when they are at hand."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from placements.geography.authorities import find_authority
from placements.geography.boundaries import district_boundaries
from placements.geography.postcodes import open_directory
from tests.geography_support import SAMPLES

OFFICIAL = SAMPLES / "boundaries" / "england_lad25_bgc_27700.gpkg"
pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason="the official outlines are not here")
#: Authority, least agreement of its outline, least agreement of any of its districts. The nearest postcode knows no
#: more than this: heaths, reservoirs, moors and sands have no address.
AGREEMENT = [
    ("Surrey", 0.97, 0.87),
    ("Kent", 0.96, 0.85),
    ("Devon", 0.96, 0.85),
    ("Lincolnshire", 0.95, 0.84),
    ("North Yorkshire", 0.97, 0.97),
    ("Northumberland", 0.95, 0.95),
    ("Cornwall", 0.94, 0.94),
    ("Leeds", 0.95, 0.95),
    ("Birmingham", 0.95, 0.95),
    ("Isle of Wight", 0.94, 0.94),
    ("City of London", 0.86, 0.86),
    ("Blackpool", 0.86, 0.86),
]


@pytest.fixture(scope="module")
def official() -> gpd.GeoSeries:
    return gpd.read_file(OFFICIAL).set_index("LAD25CD").geometry


def _agreement(one: shapely.Geometry, two: shapely.Geometry) -> float:
    """Return the area in both over the area in either."""
    shared = shapely.intersection(one, two).area
    return float(shared / (one.area + two.area - shared))


@pytest.mark.parametrize(("name", "outline", "district"), AGREEMENT, ids=[row[0] for row in AGREEMENT])
def test_agreement(name: str, outline: float, district: float, official: gpd.GeoSeries) -> None:
    """The derived outline and each of its districts agree with the official ones at least as well as stated."""
    derived = district_boundaries(find_authority(name), open_directory()).set_index("code").geometry
    truth = official[derived.index]
    whole = _agreement(shapely.union_all(derived.to_numpy()), shapely.union_all(truth.to_numpy()))
    assert whole >= outline
    assert min(_agreement(derived[code], truth[code]) for code in derived.index) >= district
