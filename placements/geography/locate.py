"""Where do children live and learn? Adds location, distance and the legal test to any frame with two postcodes.

Three facts, never merged into one:
- `location`: inside or outside the authority, by the *district of the placement's postcode*, never by an outline;
- `over_20_miles`: the straight line between home and placement;
- `distant`: outside the authority and not in an adjoining one (the legal term).
Each is unknown where what it rests on is unknown. A place whose district is known counts as outside even when its
coordinates are not: the Channel Islands and the Isle of Man.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements.codes import IN_COUNTY, OUT_OF_COUNTY, UNKNOWN
from placements.errors import UsageError
from placements.geography.adjoining import adjoining_codes
from placements.geography.authorities import Authority, authority_of
from placements.geography.distance import miles
from placements.geography.postcodes import PostcodeDirectory

#: DfE's PL_DISTANCE has one decimal, and "over 20 miles" is asked of that figure.
DISTANCE_DECIMALS: Final = 1


def locate(
    frame: pd.DataFrame,
    authority: Authority,
    directory: PostcodeDirectory,
    *,
    home: str = "home_postcode",
    placement: str = "placement_postcode",
    far_miles: float = 20.0,
) -> pd.DataFrame:
    """Return `frame` with where each row's home and placement are, and how the two lie.

    Parameters
    ----------
    frame : DataFrame
        Any index and columns; columns of the names below are replaced.
    authority : Authority
        The dated set of districts that "in county" means.
    directory : PostcodeDirectory
    home, placement : str
        The columns of postcodes, in any case and spacing.
    far_miles : float
        The distance that `over_20_miles` asks about.

    Returns
    -------
    DataFrame
        A new frame with `schemas.LOCATED_COLUMNS` and:

        - `home_status`, `placement_status`: outcome of the lookup (`postcodes.STATUSES`);
        - `location`: `in_county`, `out_of_county` or `unknown`;
        - `distance_miles`: to one decimal, NaN when either point is unknown;
        - `over_20_miles`: whether `distance_miles`, as rounded, is more than `far_miles`; NA when unknown. DfE counts
          a placement as over 20 miles when PL_DISTANCE, which has one decimal, is more than 20.0; so 20.04 is not;
        - `adjoining`: placed in an adjoining authority; False in county, NA when unknown. For a custom set of
          districts see `adjoining.adjoining_codes`;
        - `distant`: out of county and not adjoining; NA when unknown.

    Raises
    ------
    UsageError
        When there is no column of either name.
    """
    lacking = [name for name in (home, placement) if name not in frame.columns]
    if lacking:
        raise UsageError(f"there is no column {' or '.join(lacking)} to locate by")
    out = frame.copy()
    found = {"home": directory.lookup(frame[home]), "placement": directory.lookup(frame[placement])}
    for side, where in found.items():
        out[f"{side}_status"] = where["status"]
        out[f"{side}_district"] = where["district"]
        out[f"{side}_authority"] = authority_of(where["district"])
        out[f"{side}_easting"], out[f"{side}_northing"] = where["easting"], where["northing"]
    located, adjoining = _by_district(found["placement"]["district"], authority)
    known = located != UNKNOWN
    out["location"] = pd.Series(located, index=frame.index, dtype="str")
    out["adjoining"] = _nullable(adjoining, known, frame.index)
    out["distant"] = _nullable((located == OUT_OF_COUNTY) & ~adjoining, known, frame.index)
    distance = miles(*(found[side][axis] for side in ("home", "placement") for axis in ("easting", "northing")))
    distance = np.round(distance, DISTANCE_DECIMALS)
    out["distance_miles"] = distance
    out["over_20_miles"] = _nullable(distance > far_miles, ~np.isnan(distance), frame.index)
    return out


def _by_district(district: pd.Series, authority: Authority) -> tuple[np.ndarray, np.ndarray]:
    """Return the location and whether it is adjoining of each row, worked out once for each district."""
    index, codes = pd.factorize(district)
    names = pd.Series(codes, dtype="str")
    inside = names.isin(authority.districts).to_numpy(bool)
    adjoins = adjoining_codes(authority)
    next_to = (authority_of(names).isin(adjoins) | names.isin(adjoins)).to_numpy(bool) & ~inside
    location = np.append(np.where(inside, IN_COUNTY, OUT_OF_COUNTY).astype(object), UNKNOWN)
    return location[index], np.append(next_to, False)[index]


def _nullable(value: np.ndarray, known: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(pd.arrays.BooleanArray(np.array(value, bool), ~np.array(known, bool)), index=index)
