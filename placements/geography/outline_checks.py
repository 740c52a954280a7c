"""Can the outlines of an official file be what they say they are? Areas, one of each, where their postcodes are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from placements.errors import DataError

if TYPE_CHECKING:
    from placements.geography.authorities import Authority
    from placements.geography.postcodes import PostcodeDirectory

#: Rows of one code may share this much of their joint area: edges of parts cut apart and simplified differ a little.
_MOST_SHARED: Final = 0.001
#: A district holds more than half of its own postcodes, however coarse its outline.
_LEAST_INSIDE: Final = 0.5


def check_areas(frame: gpd.GeoDataFrame, file: Path) -> None:
    """Refuse an outline that is empty or no area, naming its code.

    Parameters
    ----------
    frame : GeoDataFrame
        `code, geometry`.
    file : Path
        Named in the error.

    Raises
    ------
    DataError
    """
    shapes = frame.geometry
    good = shapes.geom_type.isin(["Polygon", "MultiPolygon"]) & ~shapes.is_empty
    _refuse(frame, ~good.to_numpy(bool), "empty or enclose no area", "export it again with whole polygons", file)


def check_parts(frame: gpd.GeoDataFrame, file: Path) -> None:
    """Refuse rows of one code that overlap: parts of a district, such as islands, do not; outlines of two years do.

    Rows that are the same shape are no contradiction.

    Parameters
    ----------
    frame : GeoDataFrame
        `code, geometry`, valid areas in metres.
    file : Path
        Named in the error.

    Raises
    ------
    DataError
    """
    several = frame[frame["code"].duplicated(keep=False)]
    wrong = []
    for code, rows in several.groupby("code"):
        shapes = np.unique(shapely.to_wkb(shapely.normalize(rows.geometry.to_numpy())))
        parts = shapely.from_wkb(shapes)
        joint = shapely.area(shapely.union_all(parts))
        if shapely.area(parts).sum() - joint > _MOST_SHARED * joint:
            wrong.append(code)
    _refuse(
        frame,
        frame["code"].isin(wrong).to_numpy(bool),
        "are there more than once, with shapes that overlap",
        "leave one outline of each, of the date of the study; parts of a district may stand in rows of their own",
        file,
    )


def check_place(frame: gpd.GeoDataFrame, authority: Authority, directory: PostcodeDirectory, file: Path) -> None:
    """Refuse outlines that lie elsewhere than their postcodes: less than half of those of a district are inside.

    Parameters
    ----------
    frame : GeoDataFrame
        `code, geometry` in EPSG:27700, of districts of `authority` or of the authority itself.
    authority : Authority
    directory : PostcodeDirectory
        A code without postcodes in it is not checked.
    file : Path
        Named in the error.

    Raises
    ------
    DataError
    """
    points = directory.points(authority.districts)
    elsewhere = np.zeros(len(frame), bool)
    for i, (code, shape) in enumerate(zip(frame["code"], frame.geometry, strict=True)):
        own = points if code == authority.code else points[points["district"].eq(code)]
        if len(own):
            shapely.prepare(shape)
            inside = shapely.intersects_xy(shape, own["easting"].to_numpy(), own["northing"].to_numpy())
            elsewhere[i] = inside.mean() < _LEAST_INSIDE
    _refuse(
        frame,
        elsewhere,
        "do not lie where their postcodes are: less than half of those are inside",
        "codes and shapes do not belong together, or the coordinate system is wrong: download the file again",
        file,
    )


def _refuse(frame: gpd.GeoDataFrame, wrong: np.ndarray, what: str, advice: str, file: Path) -> None:
    codes = sorted(set(frame["code"][wrong]))
    if codes:
        more = f" and {len(codes) - 5} more" if len(codes) > 5 else ""
        raise DataError(f"outlines of {', '.join(codes[:5])}{more} {what}", file=file, advice=advice)
