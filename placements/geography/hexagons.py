"""H3 cells as planning areas: hexagons of one size, the same ones for everybody, with no boundary file.

A cell is an area when it holds at least one of the authority's postcodes, and only those: a cell on the county's edge
stands for its part inside. Cells that hold no postcode (heaths, reservoirs) are no area: nobody lives there, and the
map leaves them blank. Sizes by resolution: 5 is about 250 square kilometres, 6 is 36, 7 is 5, 8 is 0.7.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from placements.geography.layer_files import CRS

_DEGREES = "EPSG:4326"


def cells_of(easting: pd.Series, northing: pd.Series, resolution: int) -> pd.Series:
    """Return the H3 cell of each point (metres of the British National Grid), index-aligned."""
    # One cell for each distinct place: a block of flats has many postcodes.
    row, places = pd.factorize(pd.MultiIndex.from_arrays([easting, northing]))
    xy = np.array(places.tolist(), float).reshape(-1, 2)
    longitude, latitude = Transformer.from_crs(CRS, _DEGREES, always_xy=True).transform(xy[:, 0], xy[:, 1])
    cells = [h3.latlng_to_cell(lat, lng, resolution) for lat, lng in zip(latitude, longitude, strict=True)]
    return pd.Series(np.array(cells, object)[row], index=easting.index, name="area", dtype="str")


def hexagons(cells: Sequence[str]) -> gpd.GeoDataFrame:
    """Return `code, geometry` of cells in EPSG:27700, in the order given; neighbours share their corners exactly."""
    transform = Transformer.from_crs(_DEGREES, CRS, always_xy=True)
    shapes = []
    for cell in cells:
        latitude, longitude = np.array(h3.cell_to_boundary(cell)).T
        # Whole metres: both neighbours round a shared corner to the same place.
        shapes.append(shapely.Polygon(np.round(np.column_stack(transform.transform(longitude, latitude)))))
    return gpd.GeoDataFrame({"code": list(cells)}, geometry=shapes, crs=CRS)


def cell_names(postcodes: pd.DataFrame) -> dict[str, str]:
    """Return a name for each cell: the postcode sector that most of its postcodes are in, numbered if it has several.

    Parameters
    ----------
    postcodes : DataFrame
        `area` (the cell) and `postcode` (spaced).
    """
    sector = postcodes["postcode"].str[:-2].rename("sector")
    counts = pd.crosstab(postcodes["area"], sector).sort_index()
    common = counts.idxmax(axis=1)
    number = common.groupby(common).cumcount() + 1
    several = common.duplicated(keep=False)
    return {
        str(area): f"Cell at {name} ({count})" if more else f"Cell at {name}"
        for area, name, count, more in zip(common.index, common, number, several, strict=True)
    }
