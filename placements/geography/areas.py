"""Planning areas: the parts of an authority that need and places are counted and planned in, and their outlines.

Levels: districts; the parts of postcode districts (`GU1`) or postcode sectors (`GU1 1`) that lie in the authority; H3
cells; a layer that the user brings. All but the last need no file. See `docs/areas.md`.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from placements import schemas
from placements.errors import UsageError
from placements.geography import area_layer, hexagons
from placements.geography.authorities import Authority
from placements.geography.boundaries import area_of, authority_boundary, district_boundaries, outlines
from placements.geography.cells import unique_points
from placements.geography.division import NO_PLACE, Division
from placements.geography.ground import cut
from placements.geography.layer_files import CRS
from placements.geography.postcodes import PostcodeDirectory, Progress
from placements.settings import AREA_LEVELS, AreaSettings

__all__ = ["NO_PLACE", "Division", "area_boundaries", "divide"]


def divide(
    authority: Authority,
    settings: AreaSettings,
    directory: PostcodeDirectory,
    layer: gpd.GeoDataFrame | None = None,
) -> Division:
    """Divide an authority into planning areas, before any are joined.

    Parameters
    ----------
    authority : Authority
    settings : AreaSettings
        The level, and the resolution of H3 cells.
    directory : PostcodeDirectory
    layer : GeoDataFrame, optional
        What `area_layer.read_area_layer` returned; needed for level `layer`.

    Raises
    ------
    UsageError
        When there is no such level, or no layer for level `layer`.
    DataError
        When the layer does not cover the authority, or its areas overlap.
    """
    level = settings.level
    if level not in AREA_LEVELS:
        raise UsageError(f"{level!r} is not a level of planning areas: choose one of {', '.join(AREA_LEVELS)}")
    points = directory.points(authority.districts)
    own = points[["postcode", "easting", "northing"]]
    if level == "h3":
        own = own.assign(area=hexagons.cells_of(own["easting"], own["northing"], settings.h3_resolution))
        names = hexagons.cell_names(own)
        return Division(authority, level, own, names, hexagons.hexagons(list(names)))
    if level == "layer":
        return _by_layer(authority, own, layer)
    area = area_of(points, level)
    if level == "district":
        return Division(authority, level, own.assign(area=area), authority.district_names)
    own = own.assign(area=_with_ground(points, area))
    return Division(authority, level, own, {name: name for name in sorted(set(own["area"]))})


def area_boundaries(
    division: Division,
    directory: PostcodeDirectory,
    cache: Path | None = None,
    progress: Progress | None = None,
    *,
    official: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Return the outline of each planning area: `area, name, geometry`, EPSG:27700, in the order of the table.

    Neighbours share their edges, joined areas are the union of their parts. Districts have the official outline where
    there is one (see `boundaries`), postcode districts and sectors are derived from postcodes, hexagons and layers are
    cut to the authority's outline. ``attrs["source"]`` is ``"official"`` when all edges are.
    """
    if division.level == "district":
        frame = district_boundaries(division.authority, directory, cache, progress, official=official)
    elif division.shapes is None:
        frame = outlines(division.authority, division.level, directory, cache, progress)
    else:
        outline = authority_boundary(division.authority, directory, cache, progress, official=official)
        reach_m = area_layer.NEAREST_M if division.level == "layer" else 0.0
        placed = division.postcodes[division.postcodes["area"].ne(schemas.AREA_UNKNOWN)]
        ground = cut(division.shapes, outline.geometry.iloc[0], placed, reach_m)
        frame = gpd.GeoDataFrame({"code": list(ground)}, geometry=list(ground.values()), crs=CRS)
        frame.attrs["source"] = outline.attrs["source"]
    attrs = frame.attrs
    joined = frame.assign(area=division.relabel(frame["code"])).groupby("area", sort=False)["geometry"]
    shapes = {area: shapely.normalize(_union(parts.to_numpy())) for area, parts in joined}
    listed = division.table()
    listed = listed[listed["area"].isin(shapes)]
    geometry = [shapes[area] for area in listed["area"]]
    out = gpd.GeoDataFrame(listed[["area", "name"]].reset_index(drop=True), geometry=geometry, crs=CRS)
    out.attrs.update(attrs)
    return out


def _union(parts: npt.NDArray[np.object_]) -> shapely.Geometry:
    # An official file's outlines may overlap a little where their edges were simplified apart.
    whole = shapely.coverage_is_valid(parts)
    return parts[0] if len(parts) == 1 else shapely.coverage_union_all(parts) if whole else shapely.union_all(parts)


def _by_layer(authority: Authority, own: pd.DataFrame, layer: gpd.GeoDataFrame | None) -> Division:
    layer = area_layer.refuse_missing(layer)
    area, nearest = area_layer.areas_of(own, layer)
    held = layer[layer["code"].isin(area)].reset_index(drop=True)
    return Division(
        authority,
        "layer",
        own.assign(area=area.fillna(schemas.AREA_UNKNOWN)),
        dict(zip(held["code"], held["name"], strict=True)),
        held[["code", "geometry"]],
        file=str(layer.attrs["file"]),
        nearest=nearest,
        nowhere=int(area.isna().sum()),
    )


def _with_ground(points: pd.DataFrame, area: pd.Series) -> pd.Series:
    """Return the area of each postcode, where one that has no ground of its own is part of the one that has it.

    Where postcodes of several areas share a point it is most of them that it belongs to (`cells.unique_points`), so an
    area whose every point belongs to another (post boxes, large users, a sliver of a neighbour's) cannot be drawn.
    """
    winner = unique_points(points.assign(label=area)).rename(columns={"label": "winner"})
    of_point = points[["easting", "northing"]].merge(winner, on=["easting", "northing"], how="left")["winner"]
    lacking = ~area.isin(set(winner["winner"]))
    votes = pd.DataFrame({"area": area[lacking], "winner": of_point.to_numpy(object)[lacking.to_numpy()]})
    counts = votes.value_counts().reset_index(name="postcodes")
    counts = counts.sort_values(["area", "postcodes", "winner"], ascending=[True, False, True])
    instead = counts.drop_duplicates("area").set_index("area")["winner"].to_dict()
    return area.map(lambda name: instead.get(name, name)).astype("str")
