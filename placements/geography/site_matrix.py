"""Which sites are within reach of which places, and how far? A sparse matrix of straight-line miles within a limit.

Sites are sorted once into bands of northing, and by easting within a band. For each origin and each band that its
circle touches, one binary search finds the run of sites under the circle's chord, so that about nine in ten of the
candidates are within the limit, and only candidates are ever measured. Made in blocks: beside the answer (4 bytes for
a position and 8 for the miles of each pair) some megabytes are held.

Miles are `float64`: half of the memory of a pair would be saved by `float32`, but then a pair at the limit could not be
told from one beyond it, and tables made from the same points by other means would agree to seven digits only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import UsageError
from placements.geography.distance import KM_PER_MILE, miles

#: Bands to a radius. From 3 to 8 it makes no difference to the time; more bands make fewer candidates.
_BANDS: Final = 4
#: No more bands than this whatever the limit, so that a band and an easting can be one number without losing digits.
_MOST_BANDS: Final = 1024
#: Candidates looked at together: their arrays fit into the processor's own memory.
_BLOCK: Final = 1 << 16
#: Relative to the coordinates and to the limit: what rounding can shift. Pairs so near the limit are measured again.
_ROUNDING: Final = 1e-9

_FITS_32_BITS: Final = 2**31

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SiteMatrix:
    """Pairs of an origin and a destination within a limit, as compressed rows.

    Attributes
    ----------
    start : ndarray of int64
        The pairs of origin `i` are those from `start[i]` up to `start[i + 1]`, that one not included.
    destination : ndarray of int32
        Position of the destination of each pair; ascending for each origin, if asked for in order.
    miles : ndarray of float64
        Straight-line miles of each pair, never above `limit_miles`.
    limit_miles : float
        Pairs at exactly this distance are in.
    destinations : int
        How many destinations were asked about.
    unknown_origins, unknown_destinations : ndarray of int64
        Positions of those whose point is not known: they are in no pair, which says nothing of how far they are.
    """

    start: npt.NDArray[np.int64]
    destination: npt.NDArray[np.int32]
    miles: Floats
    limit_miles: float
    destinations: int
    unknown_origins: npt.NDArray[np.int64]
    unknown_destinations: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.destination)

    @property
    def origins(self) -> int:
        """Return how many origins were asked about."""
        return len(self.start) - 1

    @property
    def origin(self) -> npt.NDArray[np.int32]:
        """Return the position of the origin of each pair, ascending."""
        return np.repeat(np.arange(self.origins, dtype=np.int32), np.diff(self.start))

    def frame(self, origins: Sequence[str] | None = None, destinations: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the pairs as `origin, destination, miles`, in their order here.

        Parameters
        ----------
        origins, destinations : sequence of str, optional
            Ids to put for the positions.
        """
        return pd.DataFrame(
            {
                "origin": _named(self.origin, origins, self.origins),
                "destination": _named(self.destination, destinations, self.destinations),
                "miles": self.miles,
            }
        )


def site_matrix(
    origin_easting: npt.ArrayLike,
    origin_northing: npt.ArrayLike,
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    limit_miles: float,
    *,
    in_order: bool = True,
) -> SiteMatrix:
    """Return the miles from each origin to each destination within a limit.

    Parameters
    ----------
    origin_easting, origin_northing : array-like of float
        British National Grid metres of the origins, NaN when unknown.
    easting, northing : array-like of float
        The same of the destinations.
    limit_miles : float
        A pair is in when `geography.distance.miles` of it is at most this.
    in_order : bool
        Whether the destinations of an origin are to ascend. Sums and counts need none, which saves a quarter of the
        time; the pairs then follow the ground, the same each time.

    Returns
    -------
    SiteMatrix

    Raises
    ------
    UsageError
        When the limit is not a number of miles from 0 up.
    """
    if not (np.isfinite(limit_miles) and limit_miles >= 0):
        raise UsageError(f"a limit of {limit_miles} miles cannot be used: give a number from 0 up")
    here, there = _points(origin_easting, origin_northing), _points(easting, northing)
    known, sited = np.isfinite(here).all(axis=1), np.isfinite(there).all(axis=1)
    counts = np.zeros(len(here), np.int64)
    counts[known], destination, far = _pairs(here[known], there[sited], float(limit_miles), in_order)
    if not sited.all():
        destination = np.flatnonzero(sited).astype(np.int32)[destination]
    return SiteMatrix(
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        destination=destination,
        miles=far,
        limit_miles=float(limit_miles),
        destinations=len(there),
        unknown_origins=np.flatnonzero(~known),
        unknown_destinations=np.flatnonzero(~sited),
    )


def _points(easting: npt.ArrayLike, northing: npt.ArrayLike) -> Floats:
    return np.column_stack([np.asarray(easting, float), np.asarray(northing, float)])


def _named(position: npt.NDArray[np.int32], names: Sequence[str] | None, count: int) -> pd.Series:
    if names is None:
        return pd.Series(position)
    if len(names) != count:
        raise UsageError(f"{len(names)} ids were given for {count} points: give one for each")
    return pd.Series(pd.array(list(names), dtype="str").take(position))


def _pairs(
    here: Floats, there: Floats, limit: float, in_order: bool
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], Floats]:
    """Return the pairs of each origin, their destinations and miles; every point known."""
    if not (len(here) and len(there)):
        return np.zeros(len(here), np.int64), np.zeros(0, np.int32), np.zeros(0)
    order, first, runs = _candidates(here, there, limit * 1000 * KM_PER_MILE)
    of_origin = runs.sum(axis=1)
    ends = np.cumsum(of_origin)
    counts = np.zeros(len(here), np.int64)
    # Room for every candidate, a tenth more than the pairs; given back at the end. Untouched room costs nothing.
    destination, far = np.empty(int(ends[-1]), np.int32), np.empty(int(ends[-1]))
    # Without order the sites are kept as they lie, where a run is read in one go.
    easting, northing = np.ascontiguousarray((there if in_order else there[order]).T)
    begin = filled = 0
    while begin < len(here):
        done = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _BLOCK, "right")))
        of_each, of_run = of_origin[begin:end], runs[begin:end].ravel()
        whole = np.int32 if max((end - begin) * len(there), of_each.sum()) < _FITS_32_BITS else np.int64
        position = np.arange(of_each.sum(), dtype=whole)
        position += np.repeat((first[begin:end].ravel() - (np.cumsum(of_run) - of_run)).astype(whole), of_run)
        which = position
        if in_order:
            which = order[position].astype(whole, copy=False)
            # By origin and destination as one number, which is many times quicker than sorting pairs.
            row = np.repeat(np.arange(0, (end - begin) * len(there), len(there), dtype=whole), of_each)
            np.add(which, row, out=which)
            which.sort()
            np.subtract(which, row, out=which)
        east, north = easting[which], northing[which]
        east -= np.repeat(here[begin:end, 0], of_each)
        north -= np.repeat(here[begin:end, 1], of_each)
        found, miles_of = _within(east, north, limit)
        counts[begin:end] = np.diff(np.searchsorted(found, np.append(0, np.cumsum(of_each))))
        after = filled + len(found)
        which = which[found]
        destination[filled:after], far[filled:after] = which if in_order else order[which], miles_of
        begin, filled = end, after
    destination.resize(filled, refcheck=False)
    far.resize(filled, refcheck=False)
    return counts, destination, far


def _candidates(
    here: Floats, there: Floats, radius: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return sites in order of band and easting; per origin and band, where its run begins and how long it is."""
    south, north = there[:, 1].min(), there[:, 1].max()
    height = max(radius / _BANDS, (north - south) / _MOST_BANDS, 1.0)
    slack = _ROUNDING * float(max(np.abs(here).max(), np.abs(there).max(), radius, 1.0))
    reach = int(np.ceil(radius / height)) + 1  # one more, as a point at the edge of a band may be rounded over it
    band = np.floor((there[:, 1] - south) / height)
    west, east = there[:, 0].min(), there[:, 0].max()
    width = (east - west) + 4 * slack  # of a band in the combined number: no run reaches into the next
    combined = band * width + (there[:, 0] - west)
    order = np.argsort(combined, kind="stable").astype(np.int32)
    combined = combined[order]
    bands = np.floor((here[:, 1:] - south) / height) + np.arange(-reach, reach + 1)
    # How far north or south the band is; less rounding, as a chord grows fast where the circle only touches.
    aside = np.maximum(bands * height + south - here[:, 1:], here[:, 1:] - (bands + 1) * height - south) - slack
    half = np.sqrt(np.maximum(radius**2 - np.maximum(aside, 0.0) ** 2, 0.0)) + slack
    low = np.clip(here[:, :1] - half - west, -slack, width - 2 * slack)
    high = np.clip(here[:, :1] + half - west, -2 * slack, width - 3 * slack)
    first = np.searchsorted(combined, bands * width + low)
    after = np.searchsorted(combined, bands * width + high, "right")
    inside = (bands >= 0) & (bands <= band.max()) & (aside <= radius)
    return order, first, np.where(inside, np.maximum(after - first, 0), 0)


def _within(east: Floats, north: Floats, limit: float) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return which pairs (metres apart) are within the limit, and their miles; where it is close, by the formula."""
    squares = east * east
    squares += north * north
    metres_per_mile = 1000 * KM_PER_MILE
    found = np.flatnonzero(squares <= (limit * metres_per_mile * (1 + _ROUNDING)) ** 2)
    far = squares[found]
    np.sqrt(far, out=far)
    far /= metres_per_mile
    close = np.flatnonzero(far >= limit * (1 - _ROUNDING))
    if len(close):
        far[close] = miles(east[found[close]], north[found[close]], 0.0, 0.0)
        kept = far <= limit
        found, far = found[kept], far[kept]
    return found, far
