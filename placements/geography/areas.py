"""Planning areas: the parts of an authority that need and places are counted and planned in.

An area is a district, or the part of a postcode district (`GU1`) that lies in the authority. `outside` and `unknown`
are areas too, so that every child has one and no total loses a row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from placements import schemas
from placements.errors import UsageError
from placements.geography.authorities import Authority
from placements.geography.boundaries import area_of, district_boundaries, outlines
from placements.geography.postcodes import PostcodeDirectory, Progress, clean_postcodes
from placements.settings import AREA_LEVELS

#: The rows that are no place on the map, last in every table.
NO_PLACE: Final = {schemas.AREA_OUTSIDE: "Outside the authority", schemas.AREA_UNKNOWN: "Not known"}


def planning_areas(authority: Authority, level: str, directory: PostcodeDirectory) -> pd.DataFrame:
    """Return the planning areas of an authority.

    Parameters
    ----------
    authority : Authority
    level : {"district", "postcode_district"}
    directory : PostcodeDirectory

    Returns
    -------
    DataFrame
        `area, name, easting, northing` (`schemas.AREAS`): the median of its postcodes' points, which lies where people
        live rather than in the middle of a heath; then `outside` and `unknown`, with none.

    Raises
    ------
    UsageError
        When there is no such level.
    """
    _check(level)
    points = directory.points(authority.districts)
    points["area"] = area_of(points, level)
    middle = points.groupby("area", sort=True)[["easting", "northing"]].median().round()
    if level == "district":
        middle = middle.reindex(list(authority.districts)).rename_axis("area")
    middle = middle.reset_index()
    middle["name"] = _names(middle["area"], authority, level)
    rest = pd.DataFrame(
        {"area": list(NO_PLACE), "name": list(NO_PLACE.values()), "easting": np.nan, "northing": np.nan}
    )
    return schemas.check(schemas.AREAS, pd.concat([middle, rest], ignore_index=True))


def assign_area(
    located: pd.DataFrame,
    authority: Authority,
    level: str,
    *,
    district: str = "home_district",
    postcode: str = "home_postcode",
) -> pd.Series:
    """Return the planning area of each row of a located frame.

    Parameters
    ----------
    located : DataFrame
        With the columns named by `district` (codes, NaN when unknown) and `postcode`.
    authority : Authority
    level : {"district", "postcode_district"}
    district, postcode : str
        Columns to use; those of the home unless told otherwise.

    Returns
    -------
    Series of str, named ``area``
        Index-aligned: an area, ``"outside"`` when the district is known and not in the authority, ``"unknown"`` when
        it is not known.

    Raises
    ------
    UsageError
        When there is no such level.
    """
    _check(level)
    code = located[district].astype("str")
    inside = code.isin(authority.districts).to_numpy(bool)
    area = np.where(code.isna(), schemas.AREA_UNKNOWN, schemas.AREA_OUTSIDE).astype(object)
    if level == "district":
        area[inside] = code[inside]
    else:
        row, texts = pd.factorize(located[postcode][inside].astype("str"))
        area[inside] = clean_postcodes(pd.Series(texts, dtype="str")).str[:-3].to_numpy(object)[row]
    return pd.Series(area, index=located.index, name="area", dtype="str")


def area_boundaries(
    authority: Authority,
    level: str,
    directory: PostcodeDirectory,
    cache: Path | None = None,
    progress: Progress | None = None,
    *,
    official: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Return the outline of each planning area: `area, name, geometry`, EPSG:27700 (see `boundaries`).

    Official outlines of districts are used where areas are districts; postcode districts are always derived.
    """
    _check(level)
    if level == "district":
        found = district_boundaries(authority, directory, cache, progress, official=official)
        return found.rename(columns={"code": "area"})
    frame = outlines(authority, level, directory, cache, progress).rename(columns={"code": "area"})
    frame.insert(1, "name", _names(frame["area"], authority, level))
    return frame


def _names(area: pd.Series, authority: Authority, level: str) -> pd.Series:
    return area.map(authority.district_names).astype("str") if level == "district" else area


def _check(level: str) -> None:
    if level not in AREA_LEVELS:
        raise UsageError(f"{level!r} is not a level of planning areas: choose one of {', '.join(AREA_LEVELS)}")
