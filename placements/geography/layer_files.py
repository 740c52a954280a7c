"""A file of areas that the user brings (GeoPackage, GeoJSON, shapefile), read into one shape or refused with advice.

Shared by official boundaries (`official`) and by layers of planning areas (`area_layer`): which file, which columns,
which coordinate system, and whether the shapes are areas at all. What the areas are of is for those modules to judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj.exceptions import ProjError

from placements.errors import DataError
from placements.geography.layer_content import SUFFIXES, check_content
from placements.geography.outline_checks import check_areas, check_parts

__all__ = [
    "CRS",
    "SUFFIXES",
    "Columns",
    "best_column",
    "find_columns",
    "layer_file",
    "named_areas",
    "read_shapes",
    "some_rows",
    "whole_areas",
]

CRS: Final = "EPSG:27700"
_MOST_DEGREES: Final = 360.0
#: So many rows are named in an error.
_SHOWN: Final = 5
#: West, south, east and north of Great Britain with room to spare, metres of the British National Grid.
_BRITAIN_M: Final = (-300_000.0, -300_000.0, 1_000_000.0, 1_600_000.0)


@dataclass(frozen=True)
class Columns:
    """How columns of codes and names are called.

    Attributes
    ----------
    codes, names : tuple of str
        Patterns for whole column names in lower case, best first; each has a group `year`, which may be empty.
    example_code, example_name : str
        Named in the error when there is none.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    example_code: str
    example_name: str


def layer_file(folder: Path, what: str = "boundary") -> Path | None:
    """Return the one file of areas of a folder, or None.

    Raises
    ------
    DataError
        When there are several: the program does not guess.
    """
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    if len(found) > 1:
        raise DataError(
            f"there are {len(found)} {what} files: {', '.join(path.name for path in found)}",
            file=folder,
            advice="leave the one that this study should use",
        )
    return found[0] if found else None


def read_shapes(file: Path) -> gpd.GeoDataFrame:
    """Return the one layer of areas of a file, as it is.

    Raises
    ------
    DataError
        When its content is not that of its suffix (`layer_content`), it cannot be read, has several layers of areas,
        holds no geometry or nothing, or does not say its coordinate system.
    """
    check_content(file)
    raw = _read(file)
    if not isinstance(raw, gpd.GeoDataFrame):
        raise DataError("holds no outlines, only a table", file=file, advice="export it with its geometry")
    if raw.empty:
        raise DataError("holds no outlines", file=file, advice="export it again, with the areas of the study")
    if raw.crs is None:
        raise DataError(
            "does not say which coordinate system it uses",
            file=file,
            advice="add the .prj file that came with the shapefile, or export it as GeoPackage in EPSG:27700",
        )
    return raw


def named_areas(raw: gpd.GeoDataFrame, code: str, name: str, file: Path) -> gpd.GeoDataFrame:
    """Return `code, name, geometry` of a raw layer, by the columns named.

    Raises
    ------
    DataError
        When a row has no shape, or one that is no area; the first of them are named.
    """
    codes = raw[code].astype("str").str.strip()
    lacking = raw.geometry.isna()
    if lacking.any():
        raise DataError(
            f"{int(lacking.sum())} of {len(raw)} rows have no shape: {some_rows(lacking, codes)}",
            file=file,
            advice="give each its polygon, or leave the row out",
        )
    wrong = ~raw.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if wrong.any():
        raise DataError(
            f"{int(wrong.sum())} of {len(raw)} shapes are not areas: {some_rows(wrong, codes)}",
            file=file,
            advice="keep polygons only",
        )
    columns = {"code": codes, "name": raw[name].astype("str").str.strip()}
    return gpd.GeoDataFrame(columns, geometry=raw.geometry.to_numpy(), crs=raw.crs)


def some_rows(wrong: pd.Series, codes: pd.Series) -> str:
    """Return the first few rows that are wrong, counted from 1, with their codes: "row 2 (E05000001), row 7"."""
    rows = np.flatnonzero(wrong.to_numpy(bool))
    shown = codes.fillna("").iloc[rows[:_SHOWN]]
    said = [f"row {row + 1}" + (f" ({code})" if code else "") for row, code in zip(rows, shown, strict=False)]
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return ", ".join(said) + more


def whole_areas(frame: gpd.GeoDataFrame, file: Path) -> gpd.GeoDataFrame:
    """Return `code, name, geometry`, one valid area per code, by code, in EPSG:27700.

    Raises
    ------
    DataError
        When an outline is empty or no area, rows of one code overlap, or the coordinates are not what the file says.
    """
    check_areas(frame, file)
    frame = _on_the_british_grid(frame, file)
    flat = shapely.force_2d(frame.geometry.to_numpy())
    # Parts of an outline that collapse to a line or a point are dropped; an outline that collapses whole is refused.
    frame.geometry = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    check_areas(frame, file)
    check_parts(frame, file)
    frame = frame.dissolve("code", as_index=False).sort_values("code", ignore_index=True)
    return frame[["code", "name", "geometry"]]


def find_columns(frame: pd.DataFrame, columns: Columns, file: Path) -> tuple[str, str]:
    """Return the columns of codes and names: the best of the codes, and its names, of the same year if there are any.

    Raises
    ------
    DataError
        When there is none of either, listing what there is.
    """
    code, year = best_column(frame, columns.codes)
    if code is None:
        raise _no_column(frame, file, "codes", columns.example_code)
    name, _ = best_column(frame, columns.names, year)
    if name is None:
        raise _no_column(frame, file, "names", columns.example_name)
    return code, name


def best_column(frame: pd.DataFrame, patterns: tuple[str, ...], year: int | None = None) -> tuple[str | None, int]:
    """Return the first column of the first pattern that fits, and its year: `year` before any, else the newest."""
    for pattern in patterns:
        found = [(str(column), re.fullmatch(pattern, str(column).lower())) for column in frame.columns]
        dated = {column: int(match["year"][-2:] or -1) for column, match in found if match}
        if dated:
            best = max(dated, key=lambda column: (dated[column] == year, dated[column]))
            return best, dated[best]
    return None, -1


def _no_column(frame: pd.DataFrame, file: Path, what: str, example: str) -> DataError:
    return DataError(
        f"has no column of {what}; it has {', '.join(str(c) for c in frame.columns if c != 'geometry')}",
        file=file,
        advice=f"name the column as ONS does ({example}), or just `{what[:-1]}`",
    )


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
