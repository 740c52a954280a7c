"""An official boundary file of the study, if there is one, in the shape that derived outlines have.

Districts are best. A file of upper-tier authorities gives the county's own outline only: its districts then stay
derived, and every page that shows them says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd

from placements.errors import DataError
from placements.geography.authorities import Authority
from placements.geography.layer_files import (
    CRS,
    SUFFIXES,
    Columns,
    find_columns,
    layer_file,
    named_areas,
    read_shapes,
    whole_areas,
)
from placements.geography.outline_checks import check_place
from placements.geography.postcodes import PostcodeDirectory

__all__ = ["CRS", "DISTRICTS", "OFFICIAL", "OUTLINE", "boundary_file", "user_boundaries"]

OFFICIAL: Final = "official"
#: What an official file is of: the districts of the authority, or the authority alone.
DISTRICTS: Final = "districts"
OUTLINE: Final = "outline"
#: Column names of codes and names: those of ONS (with any year), then plain ones.
_COLUMNS: Final = Columns(
    codes=(
        r"lad(?P<year>\d*)cd",
        r"(ct|ut)(y|l)?(ua|la)(?P<year>\d*)cd",
        r"(lad|lad_|district_?|area_?|authority_?|ons_?|gss_?)?code(?P<year>)",
    ),
    names=(
        r"lad(?P<year>\d*)nm",
        r"(ct|ut)(y|l)?(ua|la)(?P<year>\d*)nm",
        r"(lad|lad_|district_?|area_?|authority_?)?name(?P<year>)",
    ),
    example_code="LAD25CD",
    example_name="LAD25NM",
)


def boundary_file(folder: Path) -> Path | None:
    """Return the boundary file of a folder such as `data/boundaries/`, or None.

    Raises
    ------
    DataError
        When there are several: the program does not guess.
    """
    return layer_file(folder)


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
    raw = read_shapes(file)
    code, name = find_columns(raw, _COLUMNS, file)
    frame = named_areas(raw, code, name, file)
    level = {}
    if authority is not None:
        frame = _of(frame, authority, file)
        level = {"level": DISTRICTS if set(frame["code"]) == set(authority.districts) else OUTLINE}
    frame = whole_areas(frame, file)
    if authority is not None and directory is not None:
        check_place(frame, authority, directory, file)
    frame.attrs.update({"source": OFFICIAL, "file": file.name} | level)
    return frame


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
