"""England outlined at once: every district, authority or postcode district, fitting together without gap or overlap.

The outlines of one authority (`boundaries`) are worked out from the postcodes around it; these from all of Great
Britain's in one triangulation, so that neighbours of different authorities share their edges too. Worked out once for
each directory, in a minute or so, and kept on disk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from placements.errors import UsageError
from placements.geography.authorities import authority_names, authority_of, district_names
from placements.geography.boundaries import CRS, DERIVED, POSTCODE_DISTRICT, area_of, ground
from placements.geography.land import fingerprint, land
from placements.geography.postcodes import PostcodeDirectory, Progress, cache_folder
from placements.geography.timeline import DIRECTORY_DAY
from placements.writing import write_bytes

DISTRICT: Final = "district"
AUTHORITY: Final = "authority"
AREA: Final = "area"
LEVELS: Final = (AUTHORITY, DISTRICT, AREA)
_FORMAT: Final = 1
#: Countries whose postcodes bound England's: cells at the border end where those of Wales and Scotland begin.
_BRITAIN: Final = ("E", "S", "W")


def national_outlines(
    level: str,
    directory: PostcodeDirectory,
    cache: Path | None = None,
    progress: Progress | None = None,
    on: dt.date = DIRECTORY_DAY,
) -> gpd.GeoDataFrame:
    """Return the outlines of all England at a level.

    Parameters
    ----------
    level : {"authority", "district", "area"}
        Upper-tier authorities of the day `on`; districts of the directory; or postcode districts (such as GU1), which
        authorities' boundaries do not cut.
    directory : PostcodeDirectory
    cache : Path, optional
        Folder to keep them in; the user's cache folder when not given.
    progress : callable, optional
        Called with the share done and what is being done, only when they have to be worked out.
    on : date, optional
        The day whose authorities are wanted.

    Returns
    -------
    GeoDataFrame
        `code, name, geometry` in EPSG:27700, by code; ``attrs["source"]`` is ``"derived"``, ``attrs["lacking"]`` the
        names of districts of which it is not certain whose they were on the day: their ground is in no outline.

    Raises
    ------
    UsageError
        When there is no such level.
    """
    if level not in LEVELS:
        raise UsageError(f"{level!r} is no level of boundaries: choose one of {', '.join(LEVELS)}")
    shapes = _kept(AREA if level == AREA else DISTRICT, directory, cache, progress or (lambda share, text: None))
    lacking: list[str] = []
    if level == AUTHORITY:
        codes = pd.Series(list(shapes), dtype="str")
        of = authority_of(codes, on)
        shapes = {
            str(upper): shapely.normalize(shapely.coverage_union_all([shapes[code] for code in codes[of.eq(upper)]]))
            for upper in sorted(of.dropna().unique())
        }
        lacking = [district_names()[code] for code in codes[of.isna()]]
    names: Mapping[str, str] = {AREA: {}, DISTRICT: district_names(), AUTHORITY: authority_names()}[level]
    frame = gpd.GeoDataFrame(
        {"code": list(shapes), "name": [names.get(code, code) for code in shapes]},
        geometry=list(shapes.values()),
        crs=CRS,
    )
    frame.attrs.update({"source": DERIVED, "lacking": lacking})
    return frame


def _kept(
    level: str, directory: PostcodeDirectory, cache: Path | None, progress: Progress
) -> dict[str, shapely.Geometry]:
    """Return the outlines by code, from the cache after the first time."""
    about = f"{_FORMAT}|{level}|{fingerprint(directory)}"
    path = (cache or cache_folder()) / f"nation-{hashlib.sha256(about.encode()).hexdigest()[:24]}.feather"
    if path.exists():
        kept = pd.read_feather(path)
        return dict(zip(kept["code"], shapely.from_wkb(kept["shape"].to_numpy(object)), strict=True))
    coast = land(directory, cache, progress)
    points = directory.points()
    points = points[points["district"].str[0].isin(_BRITAIN)]
    english = points["district"].str[0].eq("E")
    area = area_of(points, DISTRICT if level == DISTRICT else POSTCODE_DISTRICT)
    made = ground(points.assign(label=area.where(english, "")), coast, progress)
    frame = pd.DataFrame({"code": list(made), "shape": shapely.to_wkb(np.array(list(made.values())), byte_order=1)})
    write_bytes(path, _feather(frame))
    return made


def _feather(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_feather(out)
    return out.getvalue()
