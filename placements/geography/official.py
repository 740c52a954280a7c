"""An official boundary file of the study, if there is one, in the shape that derived outlines have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from placements.errors import DataError
from placements.geography.authorities import Authority

CRS: Final = "EPSG:27700"
OFFICIAL: Final = "official"
#: Suffixes read, best first.
SUFFIXES: Final = (".gpkg", ".geojson", ".json", ".shp")
#: Column names of codes and names, in lower case: those of ONS (with any year), then plain ones.
_CODE: Final = (r"lad\d*cd", r"(ct|ut)(y|l)?(ua|la)\d*cd", r"(lad|lad_|district_?|area_?|authority_?|ons_?|gss_?)?code")
_NAME: Final = (r"lad\d*nm", r"(ct|ut)(y|l)?(ua|la)\d*nm", r"(lad|lad_|district_?|area_?|authority_?)?name")


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


def user_boundaries(path: Path, authority: Authority | None = None) -> gpd.GeoDataFrame:
    """Read official outlines.

    Parameters
    ----------
    path : Path
        A GeoPackage, GeoJSON or shapefile, or a folder with one of them in it.
    authority : Authority, optional
        Keep only its districts (or, when the file is of upper-tier authorities, its own outline).

    Returns
    -------
    GeoDataFrame
        `code, name, geometry` in EPSG:27700, by code, one row per code; ``attrs["source"]`` is ``"official"``.

    Raises
    ------
    DataError
        When the file cannot be read, does not say its coordinate system, has no column of codes, holds anything but
        areas, or lacks a district of `authority`.
    """
    file = boundary_file(path) if path.is_dir() else path
    if file is None:
        raise DataError("there is no boundary file here", file=path, advice=f"put one in: {', '.join(SUFFIXES)}")
    try:
        raw = gpd.read_file(file)
    except (RuntimeError, ValueError, OSError):  # pyogrio's errors are RuntimeErrors
        raise DataError(
            "is not a boundary file that can be read",
            file=file,
            advice="download it again as GeoPackage or GeoJSON; a shapefile needs its .dbf, .shx and .prj too",
        ) from None
    if not isinstance(raw, gpd.GeoDataFrame):
        raise DataError("holds no outlines, only a table", file=file, advice="export it with its geometry")
    if raw.crs is None:
        raise DataError(
            "does not say which coordinate system it uses",
            file=file,
            advice="add the .prj file that came with the shapefile, or export it as GeoPackage in EPSG:27700",
        )
    code = _column(raw, _CODE, file, "codes", "LAD25CD")
    name = _column(raw, _NAME, file, "names", "LAD25NM")
    areas = raw.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not areas.all():
        raise DataError(
            f"{int((~areas).sum())} of {len(raw)} shapes are not areas", file=file, advice="keep polygons only"
        )
    frame = gpd.GeoDataFrame(
        {"code": raw[code].astype("str").str.strip(), "name": raw[name].astype("str").str.strip()},
        geometry=shapely.make_valid(raw.to_crs(CRS).geometry.to_numpy(), method="structure"),
        crs=CRS,
    )
    frame = frame.dissolve("code", as_index=False).sort_values("code", ignore_index=True)
    frame = _of(frame, authority, file) if authority is not None else frame
    frame = frame[["code", "name", "geometry"]]
    frame.attrs["source"] = OFFICIAL
    return frame


def _column(frame: pd.DataFrame, patterns: tuple[str, ...], file: Path, what: str, example: str) -> str:
    for pattern in patterns:
        for column in frame.columns:
            if re.fullmatch(pattern, str(column).lower()):
                return str(column)
    raise DataError(
        f"has no column of {what}; it has {', '.join(str(c) for c in frame.columns if c != 'geometry')}",
        file=file,
        advice=f"name the column as ONS does ({example}), or just `{what[:-1]}`",
    )


def _of(frame: gpd.GeoDataFrame, authority: Authority, file: Path) -> gpd.GeoDataFrame:
    wanted = [authority.code] if authority.code in set(frame["code"]) else list(authority.districts)
    lacking = sorted(set(wanted) - set(frame["code"]))
    if lacking:
        raise DataError(
            f"lacks {len(lacking)} of the districts of {authority.name}: {', '.join(lacking)}",
            file=file,
            advice="use a file of local authority districts of the same date as the study",
        )
    return frame[frame["code"].isin(wanted)].reset_index(drop=True)
