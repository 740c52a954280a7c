"""From an OpenStreetMap file to roads: which points each passes, and how fast and which way it is driven.

The file is read twice, so that only the points of roads that cars use are ever held: first those roads, then their
points. A point that lies beyond the edge of an extract is missing from it: the road is cut there.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from placements.errors import DataError, UsageError
from placements.geography.travel.road_rules import (
    NO_FRONTAGE,
    SPEED_MPH,
    direction,
    is_open,
    speed_mph,
    stops_cars,
)

_ADVICE = "download the extract again (such as Geofabrik's .osm.pbf of a county or region)"


@dataclass(frozen=True)
class Roads:
    """Roads that cars use, as found.

    Attributes
    ----------
    length : ndarray of int
        How many points each road has.
    point : ndarray of int
        The points' numbers in OpenStreetMap, road after road.
    speed_mph : ndarray of float
    direction : ndarray of int
        Bits `FORWARD` and `BACKWARD`.
    frontage : ndarray of bool
        Whether a home or school can stand on it. These three are one a road.
    point_id : ndarray of int, sorted
        Points that the file holds.
    lon, lat : ndarray of float
        Degrees (WGS84).
    stops : ndarray of bool
        Whether a barrier there lets no car pass. These are one for each of `point_id`.
    """

    length: npt.NDArray[np.int64]
    point: npt.NDArray[np.int64]
    speed_mph: npt.NDArray[np.float64]
    direction: npt.NDArray[np.uint8]
    frontage: npt.NDArray[np.bool_]
    point_id: npt.NDArray[np.int64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    stops: npt.NDArray[np.bool_]


def read_roads(path: Path) -> Roads:
    """Read the roads of a `.osm.pbf` (or `.osm`) file.

    Raises
    ------
    UsageError
        When pyosmium is not installed.
    DataError
        When the file is missing, is not of the format or is cut off, or holds no road that cars use.
    """
    osmium = _osmium()
    if not path.is_file():
        raise DataError("is not there, or is not a file", file=path, advice="check travel.osm_file in study.toml")
    try:
        length, point, speed, ways, frontage = _ways(osmium, path)
        if not len(length):
            raise DataError("holds no road that a car may use", file=path, advice=_ADVICE)
        return Roads(length, point, speed, ways, frontage, *_points(osmium, path, np.unique(point)))
    except RuntimeError as error:
        raise DataError(f"cannot be read as OpenStreetMap data ({error})", file=path, advice=_ADVICE) from None


def _osmium() -> Any:
    try:
        import osmium  # noqa: PLC0415 - an extra: only those who route on their own machine need it
    except ImportError:
        raise UsageError(
            'travel.method = "osm" needs pyosmium to read OpenStreetMap data: '
            "pip install 'placements[osm]', or choose another method in study.toml"
        ) from None
    return osmium


def _ways(osmium: Any, path: Path) -> tuple[Any, ...]:
    lengths, points, speeds = array("q"), array("q"), array("d")
    directions, frontages = array("B"), array("B")
    driven = osmium.filter.TagFilter(*(("highway", name) for name in SPEED_MPH))
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(driven):
        tags = {tag.k: tag.v for tag in way.tags}
        ways = direction(tags)
        if not ways or not is_open(tags) or len(way.nodes) < 2:
            continue
        points.extend(node.ref for node in way.nodes)
        lengths.append(len(way.nodes))
        speeds.append(speed_mph(tags))
        directions.append(ways)
        frontages.append(tags["highway"] not in NO_FRONTAGE)
    return (
        np.array(lengths, np.int64),
        np.array(points, np.int64),
        np.array(speeds, float),
        np.array(directions, np.uint8),
        np.array(frontages, bool),
    )


def _points(osmium: Any, path: Path, wanted: npt.NDArray[np.int64]) -> tuple[Any, ...]:
    ids, lons, lats, stops = array("q"), array("d"), array("d"), array("B")
    chosen = osmium.filter.IdFilter(wanted.tolist())
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(chosen):
        if not node.location.valid():
            continue
        ids.append(node.id)
        lons.append(node.location.lon)
        lats.append(node.location.lat)
        stops.append(len(node.tags) > 0 and stops_cars({tag.k: tag.v for tag in node.tags}))
    found, first = np.unique(np.array(ids, np.int64), return_index=True)
    return found, np.array(lons, float)[first], np.array(lats, float)[first], np.array(stops, bool)[first]
