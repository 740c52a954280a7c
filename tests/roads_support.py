"""Road networks that fit in one's head: points in metres, roads as words of points, written as OpenStreetMap data."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from placements.geography.travel.road_file import Roads
from placements.geography.travel.road_rules import NO_FRONTAGE, direction, speed_mph

#: Where (0, 0) lies: British National Grid metres.
WEST, SOUTH = 520_000.0, 150_000.0
Points = Mapping[str, tuple[float, float]]
Ways = Sequence[tuple[str, Mapping[str, str]]]


def degrees(points: Points) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of points in metres from (0, 0)."""
    return {name: _to_degrees().transform(WEST + x, SOUTH + y) for name, (x, y) in points.items()}


@cache
def _to_degrees() -> Transformer:
    return Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def write_roads(path: Path, points: Points, ways: Ways, tags: Mapping[str, Mapping[str, str]] | None = None) -> Path:
    """Write a `.osm.pbf` of roads (names of points with spaces between, and tags) with points that may have tags too."""
    import osmium

    ids = {name: number for number, name in enumerate(points, start=1)}
    where = degrees(points)
    with osmium.SimpleWriter(str(path)) as writer:
        for name, number in ids.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=where[name], tags=(tags or {}).get(name, {})))
        for number, (names, way) in enumerate(ways, start=1):
            nodes = [ids.get(name, 10_000) for name in names.split()]
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=dict(way)))
    return path


def roads(points: Points, ways: Ways) -> Roads:
    """Return roads as they would be read from such a file."""
    ids = {name: number for number, name in enumerate(points, start=1)}
    where = degrees(points)
    named = [names.split() for names, _ in ways]
    return Roads(
        length=np.array([len(names) for names in named]),
        point=np.array([ids[name] for names in named for name in names]),
        speed_mph=np.array([speed_mph(tags) for _, tags in ways]),
        direction=np.array([direction(tags) for _, tags in ways], np.uint8),
        frontage=np.array([tags["highway"] not in NO_FRONTAGE for _, tags in ways]),
        point_id=np.array(list(ids.values())),
        lon=np.array([lon for lon, _ in where.values()]),
        lat=np.array([lat for _, lat in where.values()]),
        stops=np.zeros(len(ids), bool),
    )


def places(points: Points, names: str = "") -> pd.DataFrame:
    """Return places (all of them, or those named) as methods take them; `?` is a place with no point."""
    chosen = names.split() or list(points)
    xy = [points.get(name, (np.nan, np.nan)) for name in chosen]
    return pd.DataFrame({"id": chosen, "easting": [WEST + x for x, _ in xy], "northing": [SOUTH + y for _, y in xy]})
