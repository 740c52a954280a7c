"""From metres on the National Grid to GeoJSON: simplified with shared edges kept, WGS84, five decimals."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

DECIMALS: Final = 5
_CURVE_POINTS: Final = 15
#: How far a flow bows out, as a share of its length.
_BOW: Final = 0.16


def simplified(frame: gpd.GeoDataFrame, tolerance_m: float = 50.0) -> gpd.GeoDataFrame:
    """Return polygons simplified together, so that neighbours still share their edges.

    Parameters
    ----------
    tolerance_m : float
        About how far an outline may move.
    """
    if frame.empty:
        return frame
    out = frame.copy()
    out["geometry"] = shapely.coverage_simplify(frame.geometry.to_numpy(), tolerance_m)
    return out


def label_point(shape: BaseGeometry) -> shapely.Point:
    """Return the middle of the largest circle that fits in a polygon: where its label has most room."""
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    return shapely.Point(shapely.maximum_inscribed_circle(largest, tolerance=100.0).coords[0])


def curve(start: tuple[float, float], end: tuple[float, float]) -> shapely.LineString:
    """Return a curve that leaves `start` bowing to its left, so that flows there and back do not cover each other."""
    (x0, y0), (x1, y1) = start, end
    middle = ((x0 + x1) / 2 - (y1 - y0) * _BOW * 2, (y0 + y1) / 2 + (x1 - x0) * _BOW * 2)
    t = np.linspace(0, 1, _CURVE_POINTS)[:, None]
    points = (1 - t) ** 2 * np.array(start) + 2 * t * (1 - t) * np.array(middle) + t**2 * np.array(end)
    return shapely.LineString(points)


def arrival_degrees(line: shapely.LineString) -> float:
    """Return the direction in which a line ends, in degrees clockwise from up on the page (whole degrees)."""
    (x0, y0), (x1, y1) = line.coords[-2], line.coords[-1]
    return float(round(math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360))


def feature_collection(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return a layer's frame as a GeoJSON FeatureCollection in WGS84 with coordinates rounded to five decimals."""
    places = frame.to_crs("EPSG:4326")
    labels = gpd.GeoSeries([given.get("at") for given in frame["properties"]], crs=frame.crs).to_crs("EPSG:4326")
    features = []
    for shape, given, at in zip(places.geometry, frame["properties"], labels, strict=True):
        properties = dict(given)
        if at is not None:
            properties["at"] = [round(at.y, DECIMALS), round(at.x, DECIMALS)]
        geometry = json.loads(shapely.to_geojson(shapely.set_precision(shape, 0.0)))
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])},
                "properties": properties,
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float | int):
        return round(float(coordinates), DECIMALS)
    return [_rounded(part) for part in coordinates]
