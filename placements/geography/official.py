"""An official boundary file of the study, if there is one, in the shape that derived outlines have.

Districts are best. A file of upper-tier authorities gives the county's own outline only: its districts then stay
derived, and every page that shows them says so.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj.exceptions import ProjError

from placements.errors import DataError
from placements.geography.authorities import Authority
from placements.geography.outline_checks import check_areas, check_parts, check_place
from placements.geography.postcodes import PostcodeDirectory

CRS: Final = "EPSG:27700"
OFFICIAL: Final = "official"
#: What an official file is of: the districts of the authority, or the authority alone.
DISTRICTS: Final = "districts"
OUTLINE: Final = "outline"
#: Suffixes read, best first.
SUFFIXES: Final = (".gpkg", ".geojson", ".json", ".shp")
#: Column names of codes and names, in lower case: those of ONS (with any year), then plain ones.
_CODE: Final = (
    r"lad(?P<year>\d*)cd",
    r"(ct|ut)(y|l)?(ua|la)(?P<year>\d*)cd",
    r"(lad|lad_|district_?|area_?|authority_?|ons_?|gss_?)?code(?P<year>)",
)
_NAME: Final = (
    r"lad(?P<year>\d*)nm",
    r"(ct|ut)(y|l)?(ua|la)(?P<year>\d*)nm",
    r"(lad|lad_|district_?|area_?|authority_?)?name(?P<year>)",
)
_MOST_DEGREES: Final = 360.0
#: West, south, east and north of Great Britain with room to spare, metres of the British National Grid.
_BRITAIN_M: Final = (-300_000.0, -300_000.0, 1_000_000.0, 1_600_000.0)


def boundary_file(folder: Path) -> Path | None:
    """Return the boundary file of a folder such as `data/boundaries/`, or None.

    Raises
    ------
    DataError
        When there are several: the program does not guess.
    """
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    if len(found) > 1:
        raise DataError(
            f"there are {len(found)} boundary files: {', '.join(path.name for path in found)}",
            file=folder,
            advice="leave the one that this study should use",
        )
    return found[0] if found else None


def user_boundaries(
    path: Path, authority: Authority | None = None, directory: PostcodeDirectory | None = None
) -> gpd.GeoDataFrame:
    """Read official outlines.

    Parameters
    ----------
    path : Path
        A GeoPackage, GeoJSON or shapefile, or a folder with one of them in it.
    authority : Authority, optional
        Keep only its districts (or, when the file is of upper-tier authorities, its own outline).
    directory : PostcodeDirectory, optional
        With it, and an `authority`, each outline must hold at least half of its postcodes.

    Returns
    -------
    GeoDataFrame
        `code, name, geometry` in EPSG:27700, by code, one row per code. ``attrs["source"]`` is ``"official"``,
        ``attrs["file"]`` the file's name, and, with an `authority`, ``attrs["level"]`` is ``"districts"`` or
        ``"outline"``.

    Raises
    ------
    DataError
        When the file cannot be read, has several layers of areas, does not say its coordinate system or says a wrong
        one, has no column of codes, holds anything but areas, has overlapping outlines of one code, lacks a district of
        `authority`, or does not lie where its postcodes are.
    """
    file = boundary_file(path) if path.is_dir() else path
    if file is None:
        raise DataError("there is no boundary file here", file=path, advice=f"put one in: {', '.join(SUFFIXES)}")
    raw = _read(file)
    if not isinstance(raw, gpd.GeoDataFrame):
        raise DataError("holds no outlines, only a table", file=file, advice="export it with its geometry")
    if raw.empty:
        raise DataError("holds no outlines", file=file, advice="export it again, with the districts of the study")
    if raw.crs is None:
        raise DataError(
            "does not say which coordinate system it uses",
            file=file,
            advice="add the .prj file that came with the shapefile, or export it as GeoPackage in EPSG:27700",
        )
    code, year = _column(raw, _CODE, file, "codes", "LAD25CD")
    name, _ = _column(raw, _NAME, file, "names", "LAD25NM", year)
    areas = raw.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not areas.all():
        raise DataError(
            f"{int((~areas).sum())} of {len(raw)} shapes are not areas", file=file, advice="keep polygons only"
        )
    columns = {"code": raw[code].astype("str").str.strip(), "name": raw[name].astype("str").str.strip()}
    frame = gpd.GeoDataFrame(columns, geometry=raw.geometry.to_numpy(), crs=raw.crs)
    level = {}
    if authority is not None:
        frame = _of(frame, authority, file)
        level = {"level": DISTRICTS if set(frame["code"]) == set(authority.districts) else OUTLINE}
    check_areas(frame, file)
    frame = _on_the_british_grid(frame, file)
    flat = shapely.force_2d(frame.geometry.to_numpy())
    # Parts of an outline that collapse to a line or a point are dropped; an outline that collapses whole is refused.
    frame.geometry = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    check_areas(frame, file)
    check_parts(frame, file)
    frame = frame.dissolve("code", as_index=False).sort_values("code", ignore_index=True)
    frame = frame[["code", "name", "geometry"]]
    if authority is not None and directory is not None:
        check_place(frame, authority, directory, file)
    frame.attrs.update({"source": OFFICIAL, "file": file.name} | level)
    return frame


def _read(file: Path) -> pd.DataFrame:
    """Return the one layer of areas of a file; without one, its first layer, whatever that is."""
    try:
        layers = gpd.list_layers(file)
        # "Unknown" is a layer that may hold any shape: GeoJSON has no other.
        shaped = layers["geometry_type"].fillna("").str.contains("Polygon|Unknown")
        areas = layers.loc[shaped, "name"].astype("str").tolist()
        if len(areas) > 1:
            raise DataError(
                f"holds {len(areas)} layers of areas: {', '.join(areas)}",
                file=file,
                advice="export the layer that this study should use to a file of its own",
            )
        frame: pd.DataFrame = gpd.read_file(file, layer=next(iter([*areas, *layers["name"]]), None))
        return frame
    except ProjError:  # a RuntimeError too
        raise _no_way_to_the_grid(file) from None
    except (RuntimeError, ValueError, OSError):  # pyogrio's errors are RuntimeErrors
        raise DataError(
            "is not a boundary file that can be read",
            file=file,
            advice="download it again as GeoPackage or GeoJSON; a shapefile needs its .dbf, .shx and .prj too",
        ) from None


def _no_way_to_the_grid(file: Path) -> DataError:
    return DataError(
        "uses a coordinate system that cannot be brought to the British National Grid, such as a local grid",
        file=file,
        advice="export it again as GeoPackage in EPSG:27700, or as GeoJSON in EPSG:4326",
    )


def _on_the_british_grid(raw: gpd.GeoDataFrame, file: Path) -> gpd.GeoDataFrame:
    """Return the shapes in metres of the British National Grid, having checked that they lie in Great Britain."""
    west, south, east, north = raw.total_bounds
    if raw.crs is not None and raw.crs.is_geographic and max(-west, -south, east, north) > _MOST_DEGREES:
        raise DataError(
            "says that it is in degrees, but its coordinates are metres",
            file=file,
            advice="GeoJSON is read as longitude and latitude unless it names another system: export it in EPSG:4326",
        )
    try:
        moved = raw.to_crs(CRS)
    except ProjError:
        raise _no_way_to_the_grid(file) from None
    box = moved.total_bounds
    if not (box[0] > _BRITAIN_M[0] and box[1] > _BRITAIN_M[1] and box[2] < _BRITAIN_M[2] and box[3] < _BRITAIN_M[3]):
        raise DataError(
            "lies outside Great Britain: its coordinate system is not the one it names, or its axes are swapped",
            file=file,
            advice="export it again as GeoPackage in EPSG:27700, or as GeoJSON in EPSG:4326",
        )
    return moved


def _column(
    frame: pd.DataFrame, patterns: tuple[str, ...], file: Path, what: str, example: str, year: int | None = None
) -> tuple[str, int]:
    """Return the first column of the first pattern that fits, and its year: `year` before any, else the newest."""
    for pattern in patterns:
        found = [(str(column), re.fullmatch(pattern, str(column).lower())) for column in frame.columns]
        dated = {column: int(match["year"][-2:] or -1) for column, match in found if match}
        if dated:
            best = max(dated, key=lambda column: (dated[column] == year, dated[column]))
            return best, dated[best]
    raise DataError(
        f"has no column of {what}; it has {', '.join(str(c) for c in frame.columns if c != 'geometry')}",
        file=file,
        advice=f"name the column as ONS does ({example}), or just `{what[:-1]}`",
    )


def _of(frame: gpd.GeoDataFrame, authority: Authority, file: Path) -> gpd.GeoDataFrame:
    held = set(frame["code"])
    lacking = sorted(set(authority.districts) - held)
    # The county's own outline serves only when none of its districts is there: half a county would be a wrong map.
    outline = lacking == sorted(authority.districts) and authority.code in held
    wanted = (authority.code,) if outline else authority.districts
    if lacking and not outline:
        raise DataError(
            f"lacks {len(lacking)} of the districts of {authority.name}: {', '.join(lacking)}",
            file=file,
            advice="use a file of local authority districts of the same date as the study",
        )
    return frame[frame["code"].isin(wanted)].reset_index(drop=True)
