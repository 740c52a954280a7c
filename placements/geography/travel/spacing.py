"""Where along a road can a place be joined to it? At points at most `SPACING_M` apart, made where the map has none.

A long straight road is drawn by its two ends, and yet there are homes all along it. The new points are points of the
network like any other, so that joining a place to its road is finding the nearest point. The leg between the two is too
long by at most half the spacing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from placements.geography.travel.method import Floats

#: Half of this, at most, is between the point of a road that a place is joined to and the nearest spot of that road.
SPACING_M: Final = 50.0

Ints = npt.NDArray[np.int64]


def with_points_between(
    easting: Floats, northing: Floats, place: Ints, fill: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Ints, Ints]:
    """Return points and places with new ones between, evenly, wherever `fill` says so of a place and the next.

    Returns
    -------
    easting, northing : ndarray of float
        The new points stand last.
    at : ndarray of int
        For each place, the old one that it is or comes after.
    place : ndarray of int
        The point of each.
    """
    east, north = np.diff(easting[place]), np.diff(northing[place])
    more = np.where(fill, np.maximum(np.ceil(np.hypot(east, north) / SPACING_M) - 1, 0), 0).astype(np.int64)
    after = np.repeat(np.arange(len(more)), more)
    nth = np.arange(len(after)) - np.repeat(np.cumsum(more) - more, more) + 1
    share = nth / (more[after] + 1)
    new = len(easting) + np.arange(len(after))
    return (
        np.concatenate([easting, easting[place[after]] + share * east[after]]),
        np.concatenate([northing, northing[place[after]] + share * north[after]]),
        np.insert(np.arange(len(place)), after + 1, after),
        np.insert(place, after + 1, new),
    )
