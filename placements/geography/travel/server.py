"""How long, as a routing server says that the study names? OSRM or Valhalla, asked for tables of times in batches.

What is sent are the points of postcodes (WGS84, five decimals, about a metre), without any id, and only to the server
named in `study.toml`. Each distinct pair of `paired` is asked for once, so a point is sent once for each other end (or
batch of them) that it goes with: the server can tell which homes go with which school. A table in which one place
cannot be answered is halved until that place stands alone: it is then unknown, with the reason, and the rest are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from placements.errors import DataError
from placements.geography.distance import KM_PER_MILE
from placements.geography.travel.http_client import HttpClient, RefusedError
from placements.geography.travel.method import (
    KNOWN,
    NO_POINT,
    NO_ROUTE,
    OUTSIDE_NETWORK,
    Floats,
    Statuses,
    every_pair,
    has_point,
    matrix_frame,
    paired_frame,
    point_status,
)

#: What reading an answer comes to that is JSON and no table: words for places, numbers that no float holds.
UNREADABLE: Final = (AttributeError, ArithmeticError, LookupError, TypeError, ValueError)
_DECIMALS: Final = 5
_TITLES: Final = {"osrm": "OSRM", "valhalla": "Valhalla"}

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """What a server answers: one row an origin, one column a destination.

    Attributes
    ----------
    seconds, metres : ndarray of float
        NaN where there is no route (or the server does not say how far).
    origin_gap_m, destination_gap_m : ndarray of float
        From each place to the road it was put on; NaN where the server does not say.
    """

    seconds: Floats
    metres: Floats
    origin_gap_m: Floats
    destination_gap_m: Floats


class Dialect(Protocol):
    """How to ask a kind of server, and how to read its answer."""

    @property
    def name(self) -> str:
        """Return its name in `study.toml`."""

    @property
    def reasons(self) -> Mapping[str, str]:
        """Return what the server's codes for single places or pairs mean, as statuses of `method.STATUSES`."""

    def question(self, origins: Floats, destinations: Floats, snap_limit_m: float) -> tuple[str, dict[str, Any] | None]:
        """Return path and body (None: a GET) that ask for a table between longitudes and latitudes."""

    def answer(self, found: dict[str, Any], shape: tuple[int, int]) -> Table:
        """Return the table in an answer. Raises one of `UNREADABLE` when there is none."""


@dataclass(frozen=True)
class RoutingServer:
    """Drive times from a server.

    Attributes
    ----------
    dialect : Dialect
    client : HttpClient
    batch : int
        The most origins, and the most destinations, in one question.
    snap_limit_m : float
        How far from a road a place may be.
    """

    dialect: Dialect
    client: HttpClient
    batch: int
    snap_limit_m: float

    @property
    def name(self) -> str:
        """Return the method's name in `study.toml`."""
        return self.dialect.name

    def describe(self) -> str:
        """Return one sentence for the manifest and the report."""
        return (
            f"Drive times from the {_TITLES[self.name]} server {self.client.server}, by its own network and speeds; "
            f"places at most {self.snap_limit_m:,.0f} m from a road. The points of postcodes, without ids, were sent "
            "to it and to no other machine."
        )

    def paired(self, from_points: pd.DataFrame, to_points: pd.DataFrame) -> pd.DataFrame:
        """Return journeys row by row; see `TravelMethod.paired`. Each distinct pair of places is asked for once."""
        status = point_status(from_points, to_points)
        seconds, metres = np.full((2, len(status)), np.nan)
        ask = np.flatnonzero(status == KNOWN)
        starts, start = _distinct(from_points.iloc[ask])
        ends, end = _distinct(to_points.iloc[ask])
        by_end = len(ends) < len(starts)
        near, far = (end, start) if by_end else (start, end)
        # Each distinct pair once, those that share a place together.
        pairs, row = np.unique(np.column_stack([near, far]), axis=0, return_inverse=True)
        found_s, found_m = np.full((2, len(pairs)), np.nan)
        found_status = np.full(len(pairs), KNOWN, object)
        for one in np.unique(pairs[:, 0]):
            its = np.flatnonzero(pairs[:, 0] == one)
            for first in range(0, len(its), self.batch):
                some = its[first : first + self.batch]
                others = pairs[some, 1]
                if by_end:
                    answer = self._block(starts[others], ends[[one]])
                else:
                    answer = self._block(starts[[one]], ends[others])
                found_s[some], found_m[some], found_status[some] = (part.ravel() for part in answer)
        row = row.ravel()
        seconds[ask], metres[ask], status[ask] = found_s[row], found_m[row], found_status[row]
        return _frame(seconds, metres, status, from_points.index)

    def matrix(
        self, origins: pd.DataFrame, destinations: pd.DataFrame, limit_minutes: float | None = None
    ) -> pd.DataFrame:
        """Return every journey; see `TravelMethod.matrix`."""
        shape = (len(origins), len(destinations))
        seconds, metres = np.full((2, *shape), np.nan)
        status = np.full(shape, NO_POINT, object)
        rows, columns = np.flatnonzero(has_point(origins)), np.flatnonzero(has_point(destinations))
        starts, ends = _degrees(origins.iloc[rows]), _degrees(destinations.iloc[columns])
        for top in range(0, len(rows), self.batch):
            for left in range(0, len(columns), self.batch):
                down, across = slice(top, top + self.batch), slice(left, left + self.batch)
                place = np.ix_(rows[down], columns[across])
                seconds[place], metres[place], status[place] = self._block(starts[down], ends[across])
        ends_of = every_pair(origins, destinations)
        journeys = _frame(seconds.ravel(), metres.ravel(), status.ravel(), ends_of[0].index)
        return matrix_frame(ends_of, journeys, limit_minutes)

    def _block(self, starts: Floats, ends: Floats) -> tuple[Floats, Floats, Statuses]:
        """Return seconds, metres and statuses of a block, halving it where the server refuses a place in it."""
        shape = (len(starts), len(ends))
        try:
            found = self.client.ask(*self.dialect.question(starts, ends, self.snap_limit_m))
        except RefusedError as refusal:
            why = self.dialect.reasons.get(refusal.code)
            if why is None:
                raise
            if shape == (1, 1):
                return np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, why, object)
            axis = 0 if shape[0] >= shape[1] else 1
            half = shape[axis] // 2
            if axis == 0:
                parts = [self._block(starts[:half], ends), self._block(starts[half:], ends)]
            else:
                parts = [self._block(starts, ends[:half]), self._block(starts, ends[half:])]
            seconds, metres, status = (np.concatenate(part, axis=axis) for part in zip(*parts, strict=True))
            return seconds, metres, status
        return self._read(found, shape)

    def _read(self, found: dict[str, Any], shape: tuple[int, int]) -> tuple[Floats, Floats, Statuses]:
        try:
            table = self.dialect.answer(found, shape)
        except UNREADABLE:
            raise DataError(
                f"the routing server {self.client.server} answered something that is not the table asked for",
                advice=f"check that it is a server of {_TITLES[self.name]}, or change travel.method",
            ) from None
        status = np.where(np.isfinite(table.seconds), KNOWN, NO_ROUTE).astype(object)
        status[table.origin_gap_m > self.snap_limit_m, :] = OUTSIDE_NETWORK
        status[:, table.destination_gap_m > self.snap_limit_m] = OUTSIDE_NETWORK
        return table.seconds, table.metres, status


def numbers(rows: Any, shape: tuple[int, int]) -> Floats:
    """Return a table of numbers or nulls (NaN). Raises `ValueError` when it is of another shape or has what is no time.

    A server's null is no route; 0 would be a journey of no length, so a number below 0 is refused too.
    """
    table = np.array([[np.nan if value is None else float(value) for value in row] for row in rows], float)
    if table.shape != shape or (table < 0).any() or np.isinf(table).any():
        raise ValueError
    return table


def _degrees(points: pd.DataFrame) -> Floats:
    """Return longitude and latitude of points, rounded as they are sent."""
    lon, lat = _to_degrees().transform(points["easting"].to_numpy(float), points["northing"].to_numpy(float))
    return np.round(np.column_stack([lon, lat]), _DECIMALS)


@cache
def _to_degrees() -> Transformer:
    return Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def _distinct(points: pd.DataFrame) -> tuple[Floats, Ints]:
    """Return each distinct place, and which one each point is."""
    if points.empty:
        return np.empty((0, 2)), np.empty(0, np.int64)
    places, which = np.unique(_degrees(points), axis=0, return_inverse=True)
    return places, which.ravel()


def _frame(seconds: Floats, metres: Floats, status: Statuses, index: pd.Index) -> pd.DataFrame:
    return paired_frame(seconds / 60.0, metres / 1000.0 / KM_PER_MILE, status, index)
