"""Boundaries as a file: of England, of an authority, or of a study with its own outlines and planning areas."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyogrio

from placements.errors import UsageError
from placements.geography.areas import area_boundaries, divide
from placements.geography.authorities import find_authority
from placements.geography.boundaries import authority_boundary, district_boundaries
from placements.geography.nation import AREA, AUTHORITY, DISTRICT, national_outlines
from placements.geography.official import CRS
from placements.geography.postcodes import open_directory
from placements.geography.timeline import DIRECTORY_DAY
from placements.progress import Reporter
from placements.settings import AreaSettings
from placements.study import open_study
from placements.writing import write_bytes

DRIVERS: Final = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
#: A GeoPackage says when it was last changed: always this, so that the same outlines are the same bytes.
_NO_TIME: Final = "2025-01-01T00:00:00.000Z"


def write_boundaries(
    level: str,
    out: Path,
    reporter: Reporter,
    *,
    authority: str | None = None,
    study: Path | None = None,
    areas: str = "postcode_district",
    on: dt.date | None = None,
) -> dict[str, Any]:
    """Write outlines with columns `code, name`, in EPSG:27700; return what was written.

    Parameters
    ----------
    level : {"authority", "district", "area"}
    out : Path
        A GeoPackage or GeoJSON file; written whole or not at all.
    reporter : Reporter
    authority : str, optional
        Name or code; all of England when neither this nor a study is named.
    study : Path, optional
        A study's folder: its authority and day, its official outlines if it has any, and its planning areas.
    areas : str, optional
        Kind of planning areas of an authority that is named without a study.
    on : date, optional
        The day whose authorities count.

    Raises
    ------
    UsageError
        When the file is of another kind, or an authority and a study are both named.
    """
    driver = DRIVERS.get(out.suffix.lower())
    if driver is None:
        raise UsageError(f"{out.name} does not end in one of {', '.join(DRIVERS)}")
    if authority and study:
        raise UsageError("name an authority or a study, not both: a study has its own authority")
    if on is not None and (study is not None or (authority is None and level != AUTHORITY)):
        raise UsageError("a day can be chosen for authorities: a study has its own, and other outlines are of today")
    with reporter.stage("boundaries") as stage:
        if study is not None:
            frame = _of_study(study, level)
        elif authority is not None:
            frame = _of_authority(authority, level, areas, on or DIRECTORY_DAY)
        else:
            frame = national_outlines(level, open_directory(progress=stage), progress=stage, on=on or DIRECTORY_DAY)
        lacking = frame.attrs.get("lacking", ())
        left_out = f"; left out, as it is not certain whose they were: {', '.join(lacking)}" if lacking else ""
        stage.done(f"{len(frame)} outlines, {frame.attrs['source']}{left_out}")
    write_bytes(out, _bytes(frame, level, driver, out.suffix.lower()))
    return {"path": str(out), "level": level, "outlines": len(frame), "source": frame.attrs["source"]} | {
        "left_out": list(lacking)
    }


def _of_authority(name: str, level: str, areas: str, on: dt.date) -> gpd.GeoDataFrame:
    found, directory = find_authority(name, on=on), open_directory()
    if level == AUTHORITY:
        return authority_boundary(found, directory)
    if level == DISTRICT:
        return district_boundaries(found, directory)
    return area_boundaries(divide(found, AreaSettings(level=areas), directory), directory).rename(
        columns={"area": "code"}
    )


def _of_study(folder: Path, level: str) -> gpd.GeoDataFrame:
    study = open_study(folder)
    if level != AREA:
        postcodes, official = study.geography()
        make = authority_boundary if level == AUTHORITY else district_boundaries
        return make(study.authority, postcodes.directory, official=official)
    county = study.load()  # areas are joined by the children in them
    assert county.division is not None and county.directory is not None
    frame = area_boundaries(county.division, county.directory, official=county.boundaries)
    return frame.rename(columns={"area": "code"})


def _bytes(frame: gpd.GeoDataFrame, level: str, driver: str, suffix: str) -> bytes:
    # GeoJSON is longitude and latitude to whoever opens it.
    shown = frame[["code", "name", "geometry"]].to_crs(CRS if driver == "GPKG" else "EPSG:4326")
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_TIME})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{level}{suffix}"
            shown.to_file(path, driver=driver, layer=level, engine="pyogrio")
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
