"""Where do children live and learn? Adds location, distance and the legal test to any frame with two postcodes.

Three facts, never merged into one:
- `location`: inside or outside the authority, by the *district of the placement's postcode*, never by an outline;
- `over_20_miles`: the straight line between home and placement;
- `distant`: outside the authority and not in an adjoining one (the legal term).
Each is unknown where what it rests on is unknown. A place whose district is known counts as outside even when its
coordinates are not: the Channel Islands and the Isle of Man. Of a place of which only the first half of the postcode is
known, each fact is known when it is the same for every postcode with that half, and its distance is approximate.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements.codes import IN_COUNTY, OUT_OF_COUNTY, UNKNOWN
from placements.errors import UsageError
from placements.geography.adjoining import adjoining_codes
from placements.geography.authorities import OUTSIDE_ENGLAND, Authority
from placements.geography.distance import METRES_PER_MILE, miles
from placements.geography.postcodes import OUTWARD_ONLY, PostcodeDirectory
from placements.geography.timeline import possible_authorities

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
        - `approximate`: whether the distance is between places of which one is known by its first half only;
        - `over_20_miles`: whether `distance_miles`, as rounded, is more than `far_miles`; NA when unknown, and when an
          approximate distance may be on either side. DfE counts a placement as over 20 miles when PL_DISTANCE, which
          has one decimal, is more than 20.0; so 20.04 is not;
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
    for side, column in (("home", home), ("placement", placement)):
        where = found[side]
        out[f"{side}_status"] = where["status"]
        out[f"{side}_district"] = where["district"]
        judged = _judged(frame[column], where, authority, directory)
        out[f"{side}_authority"] = judged["authority"]
        out[f"{side}_easting"], out[f"{side}_northing"] = where["easting"], where["northing"]
    known = judged["location"] != UNKNOWN
    out["location"] = judged["location"]
    out["adjoining"] = judged["adjoining"]
    out["distant"] = (
        (known & judged["location"].eq(OUT_OF_COUNTY) & ~judged["adjoining"]).where(known).astype("boolean")
    )
    exact = miles(*(found[side][axis] for side in ("home", "placement") for axis in ("easting", "northing")))
    error = (found["home"]["error_m"] + found["placement"]["error_m"]).to_numpy(float) / METRES_PER_MILE
    distance, least, most = np.round([exact, exact - error, exact + error], DISTANCE_DECIMALS)
    out["distance_miles"] = distance
    out["approximate"] = error > 0
    out["over_20_miles"] = _nullable(distance > far_miles, (least > far_miles) | (most <= far_miles), frame.index)
    return out


def _judged(
    postcodes: pd.Series, where: pd.DataFrame, authority: Authority, directory: PostcodeDirectory
) -> pd.DataFrame:
    """Return `location`, `adjoining` and `authority` of each row, worked out once for each place there can be."""
    half = where["district"].isna() & where["status"].eq(OUTWARD_ONLY)
    place = where["district"].mask(half, postcodes.astype("str"))
    index, names = pd.factorize(place)
    halves = set(place[half].unique())
    rows = [
        _one_answer([_of_district(code, authority) for code in codes])
        for codes in (directory.districts_of_half(str(name)) if name in halves else (str(name),) for name in names)
    ]
    table = pd.DataFrame([*rows, (UNKNOWN, pd.NA, None)], columns=["location", "adjoining", "authority"])
    table = table.astype({"location": "str", "adjoining": "boolean", "authority": "str"})
    return table.iloc[index].set_axis(postcodes.index)


def _of_district(district: str, authority: Authority) -> tuple[str, bool | None, str | None]:
    """Return the location, whether it is adjoining and the authority of a district, by the boundaries of the day."""
    elsewhere = OUTSIDE_ENGLAND.get(district[:1])
    possible = possible_authorities(district, authority.on) or frozenset({elsewhere} if elsewhere else ())
    host = next(iter(possible)) if len(possible) == 1 else None
    if district in authority.districts:
        return IN_COUNTY, False, host
    if len(possible) > 1 and authority.code in possible:
        return UNKNOWN, None, None
    adjoins = adjoining_codes(authority)
    beside = {district in adjoins or code in adjoins for code in possible} or {district in adjoins}
    return OUT_OF_COUNTY, beside.pop() if len(beside) == 1 else None, host


def _one_answer(answers: list[tuple[str, bool | None, str | None]]) -> tuple[str, bool | None, str | None]:
    """Return what all answers agree on, part by part."""
    places = {location for location, _, _ in answers}
    beside = {adjoining for _, adjoining, _ in answers}
    hosts = {host for _, _, host in answers}
    location = places.pop() if len(places) == 1 else UNKNOWN
    return (
        location,
        beside.pop() if len(beside) == 1 and location != UNKNOWN else None,
        hosts.pop() if len(hosts) == 1 else None,
    )


def _nullable(value: np.ndarray, known: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(pd.arrays.BooleanArray(np.array(value, bool), ~np.array(known, bool)), index=index)
