"""Where do children live and learn? Adds location, distance and the legal test to any frame with two postcodes.

Three facts, never merged into one:
- `location`: inside or outside the authority, by the *district of the placement's postcode*, never by an outline;
- `over_20_miles`: the straight line between home and placement;
- `distant`: outside the authority and not in an adjoining one (the legal term).
Each is unknown where what it rests on is unknown. A place whose district is known counts as outside even when its
coordinates are not: the Channel Islands and the Isle of Man. Of a place of which only the first half of the postcode is
known, location and adjoining are known when they are the same for every postcode with that half, distant when both
are, and its distance is approximate.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.codes import IN_COUNTY, OUT_OF_COUNTY, UNKNOWN
from placements.errors import UsageError
from placements.geography.adjoining import adjoining_codes, perhaps_adjoining_codes
from placements.geography.authorities import OUTSIDE_ENGLAND, Authority
from placements.geography.distance import METRES_PER_MILE, miles
from placements.geography.postcode_status import CODE_OF, OUTWARD_ONLY, STATUS_TYPE
from placements.geography.postcodes import Found, PostcodeDirectory
from placements.geography.timeline import possible_authorities

#: From this many rows on, the two columns are looked up side by side.
_MANY_ROWS: Final = 50_000
#: What a place is to the authority: location, whether adjoining, who the host is.
_Answer: TypeAlias = tuple[str, bool | None, str | None]
_LOCATIONS: Final = pd.array([IN_COUNTY, OUT_OF_COUNTY, UNKNOWN], dtype="str")
_LOCATION_CODE: Final = {name: number for number, name in enumerate((IN_COUNTY, OUT_OF_COUNTY, UNKNOWN))}
_OUT, _UNKNOWN = _LOCATION_CODE[OUT_OF_COUNTY], _LOCATION_CODE[UNKNOWN]
_NO, _YES, _UNSURE = 0, 1, 2
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
    sides = _sides(frame, (home, placement), authority, directory)
    out = frame.copy()
    for name, side in zip(("home", "placement"), sides, strict=True):
        out[f"{name}_status"] = pd.Categorical.from_codes(side.found.status, dtype=STATUS_TYPE)
        out[f"{name}_district"], out[f"{name}_authority"] = side.district, side.authority
        out[f"{name}_easting"], out[f"{name}_northing"] = side.found.easting, side.found.northing
    (here, there), (_, end) = (side.found for side in sides), sides
    out["location"] = pd.Series(_LOCATIONS.take(end.location), index=frame.index, dtype="str")
    out["adjoining"] = _nullable(end.beside == _YES, end.beside != _UNSURE, frame.index)
    outside, known = end.location == _OUT, end.location != _UNKNOWN
    out["distant"] = _nullable(outside & (end.beside == _NO), known & (~outside | (end.beside != _UNSURE)), frame.index)
    exact = miles(here.easting, here.northing, there.easting, there.northing)
    error = (here.error_m + there.error_m) / METRES_PER_MILE
    distance = np.round(exact, DISTANCE_DECIMALS)
    out["distance_miles"] = distance
    out["approximate"] = error > 0
    known = ~np.isnan(distance)
    if out["approximate"].any():
        least, most = np.round([exact - error, exact + error], DISTANCE_DECIMALS)
        known = (least > far_miles) | (most <= far_miles)
    out["over_20_miles"] = _nullable(distance > far_miles, known, frame.index)
    return out


@dataclass(frozen=True)
class _Side:
    """One end of each placement: what was found, and what that is to the authority (numbers as in `_judged`)."""

    found: Found
    district: pd.Series
    location: npt.NDArray[np.int8]
    beside: npt.NDArray[np.int8]
    authority: pd.Series


def _sides(
    frame: pd.DataFrame, columns: tuple[str, str], authority: Authority, directory: PostcodeDirectory
) -> tuple[_Side, ...]:
    """Look up both columns, on two processors when there are many rows: almost all of the work is in array code."""
    names = pd.array(list(directory.district_codes), dtype="str")

    def side(column: str) -> _Side:
        found = directory.find(frame[column])
        district = pd.Series(names.take(found.district, allow_fill=True), index=frame.index, dtype="str")
        return _Side(found, district, *_judged(frame[column], found, authority, directory))

    if len(frame) < _MANY_ROWS:
        return tuple(map(side, columns))
    with ThreadPoolExecutor(2) as pool:
        return tuple(pool.map(side, columns))


def _judged(
    postcodes: pd.Series, where: Found, authority: Authority, directory: PostcodeDirectory
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8], pd.Series]:
    """Return location, whether it is adjoining (as numbers) and authority of each row, judged once a place."""
    districts = directory.district_codes
    here = np.bincount(where.district + 1, minlength=len(districts) + 1)[1:] > 0
    nothing: _Answer = (UNKNOWN, None, None)
    answers = [_of_district(code, authority) if met else nothing for code, met in zip(districts, here, strict=True)]
    answers.append(nothing)
    place = where.district
    half = np.flatnonzero((where.status == CODE_OF[OUTWARD_ONLY]) & (place < 0))
    if len(half):
        row, texts = pd.factorize(postcodes.iloc[half])
        place = place.copy()
        place[half] = len(answers) + row
        for text in texts:
            within = directory.districts_of_half(str(text))
            answers.append(_one_answer([_of_district(code, authority) for code in within]) if within else nothing)
    if (place < 0).any():
        place = np.where(place < 0, len(districts), place)
    location = np.array([_LOCATION_CODE[answer[0]] for answer in answers], np.int8)
    beside = np.array([_UNSURE if answer[1] is None else int(answer[1]) for answer in answers], np.int8)
    hosts = pd.array([answer[2] for answer in answers], dtype="str")
    host = pd.Series(hosts.take(place), index=postcodes.index, dtype="str")
    return location[place], beside[place], host


def judged_by(district: pd.Series, authority: Authority) -> pd.DataFrame:
    """Return `location`, `adjoining` and `distant` of each district code under an authority's boundaries.

    As `locate` does of a placement's district; not known for a missing code.
    """
    index, codes = pd.factorize(district)
    rows = [_of_district(str(code), authority)[:2] for code in codes]
    table = pd.DataFrame([*rows, (UNKNOWN, pd.NA)], columns=["location", "adjoining"])
    table = table.astype({"location": "str", "adjoining": "boolean"})
    distant = table["location"].eq(OUT_OF_COUNTY) & ~table["adjoining"]
    table["distant"] = distant.where(table["location"].ne(UNKNOWN)).astype("boolean")
    return table.iloc[index].set_axis(district.index)


def _of_district(district: str, authority: Authority) -> _Answer:
    """Return the location, whether it is adjoining and the authority of a district, by the boundaries of the day."""
    elsewhere = OUTSIDE_ENGLAND.get(district[:1])
    possible = possible_authorities(district, authority.on) or frozenset({elsewhere} if elsewhere else ())
    host = next(iter(possible)) if len(possible) == 1 else None
    if district in authority.districts:
        return IN_COUNTY, False, host
    if len(possible) > 1 and authority.code in possible:
        return UNKNOWN, None, None
    adjoins = adjoining_codes(authority)
    perhaps = perhaps_adjoining_codes(authority)
    beside = {
        True if district in adjoins or code in adjoins else None if code in perhaps else False for code in possible
    } or {district in adjoins}
    return OUT_OF_COUNTY, beside.pop() if len(beside) == 1 else None, host


def _one_answer(answers: list[_Answer]) -> _Answer:
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
