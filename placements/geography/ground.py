"""The ground of areas that come with shapes of their own: hexagons and a user's layer, cut to the authority's outline.

All edges are cut where they meet on a grid of one metre and make faces; each face inside the outline belongs to the
shape it lies in. So areas share their edges exactly: no gap between two that adjoin, no overlap. An area whose
postcodes all lie beyond the outline (a derived outline passes over single points) is shown as a disc around them.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

#: How far the ground of an area reaches around postcodes that the outline leaves out, metres; as the land does.
REACH_M: Final = 200.0


def cut(
    shapes: gpd.GeoDataFrame, outline: shapely.Geometry, points: pd.DataFrame, reach_m: float = 0.0
) -> dict[str, shapely.Geometry]:
    """Return the ground of each area.

    Parameters
    ----------
    shapes : GeoDataFrame
        `code, geometry` in metres: the whole of each area, beyond the authority too.
    outline : Polygon or MultiPolygon
        The authority.
    points : DataFrame
        `area, easting, northing` of its postcodes.
    reach_m : float
        Ground that lies in none of the shapes goes to one that is this near; farther off it stays blank.

    Returns
    -------
    dict of str to Polygon or MultiPolygon
        By code, in order.
    """
    shapes = shapes.sort_values("code", ignore_index=True)
    made = _cut(shapes, outline, reach_m)
    lacking = points[~points["area"].isin(made)]
    if len(lacking):
        places = shapely.points(lacking[["easting", "northing"]].to_numpy(float))
        outline = shapely.union_all([outline, *shapely.buffer(places, REACH_M, quad_segs=4)])
        made = _cut(shapes, outline, reach_m)
    return made


def _cut(shapes: gpd.GeoDataFrame, outline: shapely.Geometry, reach_m: float) -> dict[str, shapely.Geometry]:
    own = shapes.geometry.to_numpy()
    lines = np.append(shapely.boundary(own), shapely.boundary(outline))
    noded = shapely.union_all(lines, grid_size=1.0)
    faces = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    inside = shapely.point_on_surface(faces)
    shapely.prepare(outline)
    kept = shapely.contains(outline, inside)
    faces, inside = faces[kept], inside[kept]
    which = _shape_of(inside, own, reach_m)
    codes = shapes["code"].to_numpy(object)
    return {
        str(codes[row]): shapely.normalize(shapely.coverage_union_all(faces[which == row]))
        for row in range(len(own))
        if (which == row).any()
    }


def _shape_of(points: npt.NDArray[np.object_], shapes: npt.NDArray[np.object_], reach_m: float) -> npt.NDArray[np.intp]:
    """Return the shape each point lies in, or else the nearest within reach; the first of several; -1 for none."""
    found = np.full(len(points), -1, np.intp)
    tree = shapely.STRtree(shapes)
    for point, shape in (
        tree.query_nearest(points, max_distance=reach_m) if reach_m else np.empty((2, 0), np.intp),
        tree.query(points, predicate="intersects"),
    ):
        order = np.lexsort((shape, point))[::-1]
        found[point[order]] = shape[order]
    return found
