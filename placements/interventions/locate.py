"""Where is it? Points and planning areas of things that are not open yet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from placements import schemas
from placements.county import County
from placements.errors import UsageError
from placements.geography.authorities import district_names
from placements.geography.postcodes import PostcodeDirectory, clean_postcodes, open_directory


def locate(
    frame: pd.DataFrame, county: County, directory: Callable[[], PostcodeDirectory] | None = None
) -> pd.DataFrame:
    """Return the frame with `easting`, `northing` and the planning `area` of each row.

    A point that is given stands; else the postcode is looked up; else the centre of the district is taken (that of its
    postcodes where areas are smaller). The area is the district if areas are districts, else that of the nearest
    postcode of the authority (of the nearest centre, when it is not known how the county is divided).

    Parameters
    ----------
    frame : DataFrame
        `name`, `district` (code or name), `postcode`; `easting` and `northing` if known.
    county : County
    directory : callable, optional
        Opens the postcode directory; called only if a postcode has to be looked up. The one that the county was located
        with, or the bundled one, when not given.

    Raises
    ------
    UsageError
        Naming the rows that cannot be placed.
    """
    opened = directory or (lambda: county.directory or open_directory())
    out = frame.copy()
    for column in ("easting", "northing"):
        if column not in out:
            out[column] = np.nan
        out[column] = out[column].astype(float)
    postcode = clean_postcodes(out["postcode"])
    missing = out["easting"].isna() & postcode.ne("")
    if missing.any():
        found = opened().lookup(postcode[missing])
        out.loc[missing, "easting"], out.loc[missing, "northing"] = found["easting"], found["northing"]
    areas = county.areas[county.areas["easting"].notna()].set_index("area")
    code = _district_codes(out["district"], areas)
    centre = areas.reindex(code)
    for column in ("easting", "northing"):
        out[column] = out[column].fillna(pd.Series(centre[column].to_numpy(float), index=out.index))
    for district in sorted(set(code[out["easting"].isna()]) & set(county.authority.districts)):
        points = opened().points((district,))
        rows = out["easting"].isna() & code.eq(district)
        out.loc[rows, ["easting", "northing"]] = points[["easting", "northing"]].median().to_numpy(float)
    lost = out["easting"].isna() | out["northing"].isna()
    if lost.any() or areas.empty:
        names = ", ".join(repr(name) for name in out.loc[lost, "name"].head(5))
        raise UsageError(
            f"it is not known where {names} would be: give a postcode in the directory, or a district of "
            f"{county.authority.name} ({', '.join(areas['name'])})"
        )
    divided = county.division
    nearest = divided.at(out["easting"], out["northing"]) if divided else _nearest_area(out, areas)
    out["area"] = pd.Series(np.where(code.isin(areas.index), code, nearest), index=out.index).astype("str")
    return out


def _district_codes(districts: pd.Series, areas: pd.DataFrame) -> pd.Series:
    names = {name.lower(): code for code, name in district_names().items()}
    names |= {str(name).lower(): str(code) for code, name in areas["name"].items()}
    text = districts.astype("str").fillna("").str.strip()
    return text.map(lambda item: names.get(item.lower(), item) if isinstance(item, str) else "").astype("str")


def _nearest_area(points: pd.DataFrame, areas: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    de = points["easting"].to_numpy(float)[:, None] - areas["easting"].to_numpy(float)
    dn = points["northing"].to_numpy(float)[:, None] - areas["northing"].to_numpy(float)
    if not len(points):
        return np.array([], dtype=object)
    return np.asarray(areas.index.to_numpy(object)[np.hypot(de, dn).argmin(axis=1)])


def known_areas(county: County) -> pd.DataFrame:
    """Return planning areas that have a centre."""
    areas = county.areas[county.areas["easting"].notna() & county.areas["northing"].notna()]
    return areas[~areas["area"].isin([schemas.AREA_UNKNOWN, schemas.AREA_OUTSIDE])]
