"""A layer that the user brings (wards, LSOAs, school planning areas) as planning areas.

A postcode of the authority belongs to the polygon its point lies in; one that lies in none (a coast clipped close, a
generalised edge) to the nearest polygon within `NEAREST_M`; one farther than that to no area: its children are counted
as not known, never dropped. A layer only divides what is inside already: whether a postcode is in the authority is
decided by its district.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from placements.errors import DataError, UsageError
from placements.geography.layer_columns import area_columns
from placements.geography.layer_files import SUFFIXES, layer_file, named_areas, read_shapes, some_rows, whole_areas
from placements.schemas import AREA_OUTSIDE, AREA_UNKNOWN

#: A postcode in no polygon takes the nearest one up to this far, metres: twice the 500 m to which ONS generalises most.
NEAREST_M: Final = 1000.0
#: More postcodes than this share in two polygons at once: the layer is of several years, or of several kinds of area.
_MOST_SHARED: Final = 0.01
#: Less than this share of the authority's postcodes in any polygon: the layer is of another place.
_LEAST_INSIDE: Final = 0.5


def area_file(folder: Path, name: str = "") -> Path:
    """Return the file of planning areas: the one named in a folder such as `data/areas/`, or the only one there.

    Raises
    ------
    DataError
        When there is none, or several and none is named.
    """
    if name and (folder / name).is_file():
        return folder / name
    found = None if name else layer_file(folder, "area")
    if found is None:
        what = name if name else "a file of planning areas"
        raise DataError(
            f'areas.level is "layer", but {what} is not here',
            file=folder,
            advice=f"put it there ({', '.join(SUFFIXES)}), or choose another areas.level in study.toml",
        )
    return found


def read_area_layer(file: Path, code: str = "", name: str = "") -> gpd.GeoDataFrame:
    """Read a layer of planning areas.

    Parameters
    ----------
    file : Path
        GeoPackage, GeoJSON or shapefile, in any coordinate system that it states.
    code, name : str
        Columns to use; found by the names in use (`WD25CD`, `LSOA21CD`, `code`) when not given. Without names the
        codes are shown; without codes the names serve as codes (see `layer_columns`).

    Returns
    -------
    GeoDataFrame
        `code, name, geometry` in EPSG:27700, one row per code, by code; ``attrs["file"]`` is the file's name. A name
        that several areas have is followed by their code.

    Raises
    ------
    DataError
        When the file cannot be read, or its columns or shapes are not those of areas (see `layer_files`).
    """
    raw = read_shapes(file)
    codes, names = area_columns(raw, code, name, file)
    frame = named_areas(raw, codes, names, file)
    blank = frame["code"].fillna("").isin(["", AREA_OUTSIDE, AREA_UNKNOWN])
    if blank.any():
        raise DataError(
            f"{int(blank.sum())} of {len(frame)} areas have no code in column {codes} (or `{AREA_OUTSIDE}` or "
            f"`{AREA_UNKNOWN}`, which mean something else here): {some_rows(blank, frame['code'])}",
            file=file,
            advice="give each area a code of its own",
        )
    frame = whole_areas(frame, file)
    frame["name"] = frame["name"].where(frame["name"].fillna("").ne(""), frame["code"])
    twice = frame["name"].duplicated(keep=False)
    frame["name"] = frame["name"].where(~twice, frame["name"] + " (" + frame["code"] + ")")
    frame.attrs["file"] = file.name
    return frame


def areas_of(points: pd.DataFrame, layer: gpd.GeoDataFrame) -> tuple[pd.Series, int]:
    """Return the area of each point, and how many took the nearest because they lie in none.

    Parameters
    ----------
    points : DataFrame
        `easting, northing` (metres) of the authority's postcodes.
    layer : GeoDataFrame
        What `read_area_layer` returned.

    Returns
    -------
    Series of str
        Index-aligned codes; NaN where no polygon lies within `NEAREST_M`. In two polygons at once, the first by code.
    int
        How many are in no polygon but within `NEAREST_M` of one.

    Raises
    ------
    DataError
        When less than half of the points lie in any polygon, or more than 1 % of them in several.
    """
    xy = points[["easting", "northing"]].to_numpy(float)
    shapes = layer.geometry.to_numpy()
    first, inside = containing(xy, shapes)
    _check_cover(first, inside, layer)
    place = first.copy()
    outside = np.flatnonzero(first < 0)
    near = shapely.STRtree(shapes).query_nearest(shapely.points(xy[outside]), max_distance=NEAREST_M)
    # In order of point and of polygon: of several as near, the first by code.
    order = np.lexsort((near[1], near[0]))[::-1]
    place[outside[near[0][order]]] = near[1][order]
    codes = pd.array(layer["code"].to_numpy(object), dtype="str")
    found = pd.Series(codes.take(place, allow_fill=True), index=points.index, name="area", dtype="str")
    return found, int(((first < 0) & (place >= 0)).sum())


def containing(
    xy: npt.NDArray[np.float64], shapes: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the first polygon each point lies in or on the edge of (-1: none), and how many it lies inside of."""
    point, shape = shapely.STRtree(shapes).query(shapely.points(xy))
    shapely.prepare(shapes)
    hit = shapely.intersects_xy(shapes[shape], xy[point, 0], xy[point, 1])
    point, shape = point[hit], shape[hit]
    within = shapely.contains_xy(shapes[shape], xy[point, 0], xy[point, 1])
    first = np.full(len(xy), len(shapes), np.intp)
    np.minimum.at(first, point, shape)
    return np.where(first == len(shapes), -1, first), np.bincount(point[within], minlength=len(xy)).astype(np.intp)


def _check_cover(first: npt.NDArray[np.intp], inside: npt.NDArray[np.intp], layer: gpd.GeoDataFrame) -> None:
    file, many = Path(str(layer.attrs["file"])), len(first)
    if many and (first >= 0).mean() < _LEAST_INSIDE:
        raise DataError(
            f"only {int((first >= 0).sum()):,} of the authority's {many:,} postcodes lie in any of its areas",
            file=file,
            advice="use a layer that covers the whole authority, and check its coordinate system",
        )
    if many and (inside > 1).mean() > _MOST_SHARED:
        raise DataError(
            f"its areas overlap: {int((inside > 1).sum()):,} of the authority's {many:,} postcodes lie in several",
            file=file,
            advice="leave the areas of one kind and one date in it",
        )


def refuse_missing(layer: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the layer, or refuse the level that needs one. Raises `UsageError`."""
    if layer is None:
        raise UsageError('areas of level "layer" need a layer: read one with read_area_layer')
    return layer
