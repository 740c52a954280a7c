"""Outlines of districts and authorities: official ones when the study has them, derived from postcodes when not.

Derived outlines are the Voronoi cells of postcode points, joined by district, cut at the coast (`geography.land`) and
simplified with shared edges kept. They are for maps. Whether a child lives inside an authority is decided by the
district of the postcode, as DfE decides it, never by an outline: `geography.locate`.

How good: area in both over area in either, against the official outlines of May 2025, is 0.975 for Surrey and 0.88 to
0.95 for its districts; worst where nobody lives or water is taken for land. No vote of more neighbours does better:
heaths and reservoirs have no address. `docs/boundaries.md` has the figure of each of the 153 authorities.

Every frame says where it comes from in ``attrs["source"]``: ``"official"`` or ``"derived"``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from placements.errors import DataError
from placements.geography.authorities import Authority
from placements.geography.cells import regions, unique_points
from placements.geography.land import REACH_M, fingerprint, land
from placements.geography.official import CRS, DISTRICTS, OFFICIAL, OUTLINE, user_boundaries
from placements.geography.postcodes import PostcodeDirectory, Progress, cache_folder
from placements.writing import write_text

__all__ = [
    "CRS",
    "DERIVED",
    "OFFICIAL",
    "area_of",
    "authority_boundary",
    "boundary_words",
    "district_boundaries",
    "outlines",
    "user_boundaries",
]

DERIVED: Final = "derived"
#: Level of areas that `area_of` knows beside districts and sectors.
POSTCODE_DISTRICT: Final = "postcode_district"
_FORMAT: Final = 2
#: Points this far around are triangulated too, so that cells at the edge are bounded by their real neighbours, metres.
MARGIN_M: Final = 10_000.0
#: Detail taken away, metres: less than half the usual spacing of postcodes.
TOLERANCE_M: Final = 40.0


def district_boundaries(
    authority: Authority,
    directory: PostcodeDirectory,
    cache: Path | None = None,
    progress: Progress | None = None,
    *,
    official: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Return the outline of each district of an authority: the official one if there is one, else derived.

    Parameters
    ----------
    authority : Authority
    directory : PostcodeDirectory
    cache : Path, optional
        Folder to keep outlines in; the user's cache folder when not given.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done, only when they have to be worked out.
    official : GeoDataFrame, optional
        What `user_boundaries` returned for this authority; used when it is of districts.

    Returns
    -------
    GeoDataFrame
        `code, name, geometry` in EPSG:27700, by code; derived neighbours share their edges exactly.
        ``attrs["source"]`` is ``"derived"`` or ``"official"``.

    Raises
    ------
    DataError
        When the directory has no postcode of one of the districts.
    """
    if official is not None and official.attrs["level"] == DISTRICTS:
        frame = official[["code", "geometry"]].copy()
        frame.attrs["source"] = OFFICIAL
    else:
        frame = outlines(authority, "district", directory, cache, progress)
    frame.insert(1, "name", frame["code"].map(authority.district_names).astype("str"))
    return frame


def authority_boundary(
    authority: Authority,
    directory: PostcodeDirectory,
    cache: Path | None = None,
    progress: Progress | None = None,
    *,
    official: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Return the outline of an authority: one row, its own or the union of its districts (see `district_boundaries`).

    An official file of districts or of upper-tier authorities serves alike.
    """
    if official is not None:
        outline = shapely.normalize(shapely.union_all(official.geometry.to_numpy()))
        frame = _framed([authority.code], [outline], name=[authority.name])
        frame.attrs["source"] = OFFICIAL
        return frame
    districts = outlines(authority, "district", directory, cache, progress)
    outline = shapely.normalize(shapely.coverage_union_all(districts.geometry.to_numpy()))
    return _framed([authority.code], [outline], name=[authority.name])


def boundary_words(official: gpd.GeoDataFrame | None, level: str = "district") -> str:
    """Return how the outlines of a study came about, in words: the file's name, and what is still derived.

    Parameters
    ----------
    official : GeoDataFrame or None
        What `user_boundaries` returned for the study's authority.
    level : str, optional
        Level of the planning areas (`settings.AREA_LEVELS`): only districts have an official outline.
    """
    areas = {
        "district": "",
        "h3": "; planning areas are H3 cells cut to that outline",
        "layer": "; planning areas of the study's own layer cut to that outline",
    }.get(level, "; planning areas derived from postcodes")
    if official is None:
        return "derived from postcodes" + (areas if level in ("h3", "layer") else "")
    named = f"official ({official.attrs['file']})"
    if official.attrs["level"] == OUTLINE:
        named = f"the authority's outline {named}; its districts derived from postcodes"
        return named + (areas if level in ("h3", "layer") else "")
    return named + areas


def outlines(
    authority: Authority,
    level: str,
    directory: PostcodeDirectory,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Return `code, geometry` of each area of an authority at a level that `area_of` knows, kept on disk.

    The other arguments, the errors and ``attrs`` are those of `district_boundaries`.
    """
    about = "|".join([str(_FORMAT), level, fingerprint(directory), *authority.districts])
    path = (cache or cache_folder()) / f"outlines-{hashlib.sha256(about.encode()).hexdigest()[:24]}.json"
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return _framed(list(kept), list(shapely.from_wkb(list(kept.values()))))
    made = _derive(authority, level, directory, cache, progress or (lambda share, text: None))
    write_text(path, json.dumps({code: shapely.to_wkb(shape, hex=True, byte_order=1) for code, shape in made.items()}))
    return _framed(list(made), list(made.values()))


def _derive(
    authority: Authority, level: str, directory: PostcodeDirectory, cache: Path | None, progress: Progress
) -> dict[str, shapely.Geometry]:
    own = directory.points(authority.districts)
    lacking = sorted(set(authority.districts) - set(own["district"]))
    if lacking:
        raise DataError(
            f"the postcode directory ({directory.source}) has no postcode in {', '.join(lacking)}",
            advice="use a directory of a date when they existed, or put an official outline in data/boundaries/",
        )
    coast = land(directory, cache, progress)
    west, south = own[["easting", "northing"]].min() - MARGIN_M
    east, north = own[["easting", "northing"]].max() + MARGIN_M
    near = directory.points_within(west, south, east, north)
    near["label"] = area_of(near, level).where(near["district"].isin(authority.districts), "")
    return ground(near, shapely.clip_by_rect(coast, west, south, east, north), progress)


def ground(points: pd.DataFrame, coast: shapely.Geometry, progress: Progress) -> dict[str, shapely.Geometry]:
    """Return the ground of each label of postcode points, cut at the coast and simplified with shared edges kept.

    Parameters
    ----------
    points : DataFrame
        `easting, northing` (metres) and `label`; ``""`` labels ground that is not wanted but bounds what is.
    coast : Polygon or MultiPolygon
        The land (`geography.land`); points that it lacks get a little of their own.
    progress : callable
    """
    progress(0.4, "triangulating postcodes")
    places = unique_points(points)
    shapely.prepare(coast)
    at = shapely.points(places[["easting", "northing"]].to_numpy())
    stranded = at[~shapely.contains_properly(coast, at)]
    coast = shapely.union_all([coast, *shapely.buffer(stranded, REACH_M, quad_segs=2)])
    progress(0.6, "joining cells")
    made = regions(places, coast, TOLERANCE_M)
    progress(1.0, "done")
    return made


def area_of(points: pd.DataFrame, level: str) -> pd.Series:
    """Return the area of each point: its `district`, or the postcode district or sector of its (spaced) `postcode`.

    The postcode district of "GU1 1AA" is "GU1", its sector "GU1 1".
    """
    if level == "district":
        return points["district"]
    return points["postcode"].str[:-2] if level == "postcode_sector" else points["postcode"].str[:-3].str.rstrip()


def _framed(codes: list[str], shapes: list[shapely.Geometry], name: list[str] | None = None) -> gpd.GeoDataFrame:
    columns = {"code": codes} | ({"name": name} if name else {})
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
    frame.attrs["source"] = DERIVED
    return frame
