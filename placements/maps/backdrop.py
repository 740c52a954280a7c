"""The land around: every authority of Great Britain and Northern Ireland, coarsely, so that flows lead somewhere.

Voronoi cells of one postcode in each square kilometre, joined by upper-tier authority, cut at the coast and simplified
with shared edges kept: a backdrop of about a hundred kilobytes. Worked out once for each directory and kept on disk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from placements.geography.authorities import authority_of
from placements.geography.cells import regions, unique_points
from placements.geography.land import fingerprint, land
from placements.geography.postcodes import PostcodeDirectory, cache_folder
from placements.geography.timeline import DIRECTORY_DAY
from placements.maps.scene import authority_label
from placements.writing import write_text

_FORMAT: Final = 3
_SQUARE_M: Final = 1000.0
_TOLERANCE_M: Final = 1000.0
#: Islets smaller than this are left out (square metres).
_SMALLEST_M2: Final = 3e6


def surroundings(
    directory: PostcodeDirectory, cache: Path | None = None, on: dt.date = DIRECTORY_DAY
) -> gpd.GeoDataFrame:
    """Return the coarse outline of every upper-tier authority of a day, and of the other countries of the kingdom.

    Returns
    -------
    GeoDataFrame
        `code, name, geometry` in EPSG:27700, by code.
    """
    upper = authority_of(pd.Series(directory.district_codes, dtype="str"), on).fillna("").to_numpy(dtype=object)
    about = "|".join([str(_FORMAT), str(_SQUARE_M), str(_TOLERANCE_M), fingerprint(directory), *upper])
    path = (cache or cache_folder()) / f"backdrop-{hashlib.sha256(about.encode()).hexdigest()[:24]}.json"
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return _framed(dict(zip(kept, shapely.from_wkb(list(kept.values())), strict=True)))
    points = _thinned(directory, upper)
    made = regions(points, land(directory, cache), _TOLERANCE_M) if len(points) > 2 else {}
    made = {code: _without_islets(shape) for code, shape in made.items()}
    write_text(path, json.dumps({code: shapely.to_wkb(shape, hex=True, byte_order=1) for code, shape in made.items()}))
    return _framed(made)


def _thinned(directory: PostcodeDirectory, upper: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Return one point of each authority in each square kilometre: `easting, northing, label`."""
    with_point = np.asarray(directory.easting) != directory.NO_POINT
    frame = pd.DataFrame(
        {
            "easting": np.asarray(directory.easting)[with_point].astype(float),
            "northing": np.asarray(directory.northing)[with_point].astype(float),
            "label": upper[np.asarray(directory.district_index)[with_point]],
        }
    )
    square = [(frame[axis] // _SQUARE_M).rename(f"square_{axis}") for axis in ("easting", "northing")]
    middle = frame.groupby([*square, "label"])[["easting", "northing"]].median().round().reset_index()
    return unique_points(middle)


def _without_islets(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    kept = parts[(shapely.area(parts) >= _SMALLEST_M2) | (shapely.area(parts) == shapely.area(parts).max())]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def _framed(shapes: dict[str, shapely.Geometry]) -> gpd.GeoDataFrame:
    names = [authority_label(code) for code in shapes]
    return gpd.GeoDataFrame({"code": list(shapes), "name": names}, geometry=list(shapes.values()), crs="EPSG:27700")
