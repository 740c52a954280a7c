"""What does every way of measuring travel answer? Minutes and miles, or why they are not known; and how many it knows.

Points are frames with `id` (text), `easting` and `northing` (British National Grid metres, NaN when unknown). A file of
minutes knows a point by its `id`, or by `listed_as` where points carry it (several homes of one area), or else by its
`postcode_district` (such as `GU1`), if they carry that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

KNOWN: Final = "known"
NO_POINT: Final = "no_point"
OUTSIDE_NETWORK: Final = "outside_network"
NO_ROUTE: Final = "no_route"
REFUSED: Final = "refused"
NOT_LISTED: Final = "not_listed"
#: What can become of a journey, in words.
STATUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        KNOWN: "time known",
        NO_POINT: "an end has no point on the map",
        OUTSIDE_NETWORK: "an end is too far from any road of the network",
        NO_ROUTE: "no route by road joins the ends",
        REFUSED: "the server would not answer for it",
        NOT_LISTED: "not in the file",
    }
)
PAIRED_COLUMNS: Final = ("travel_minutes", "road_miles", "status")
MATRIX_COLUMNS: Final = ("origin", "destination", *PAIRED_COLUMNS)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Statuses = npt.NDArray[np.object_]


class TravelMethod(Protocol):
    """A way of measuring travel by road, one way."""

    @property
    def name(self) -> str:
        """Return its name in `study.toml`."""

    def describe(self) -> str:
        """Return one sentence for the manifest and the report: speeds, factor, file and its hash, or server."""

    def paired(self, from_points: pd.DataFrame, to_points: pd.DataFrame) -> pd.DataFrame:
        """Return the journey of each row of `from_points` to the same row of `to_points`.

        Returns
        -------
        DataFrame
            Indexed as `from_points`: `travel_minutes`, `road_miles` (NaN when unknown), `status` (see `STATUSES`).
        """

    def matrix(
        self, origins: pd.DataFrame, destinations: pd.DataFrame, limit_minutes: float | None = None
    ) -> pd.DataFrame:
        """Return the journey of every origin to every destination.

        Parameters
        ----------
        origins, destinations : DataFrame
            Each `id` once.
        limit_minutes : float, optional
            Leave out the journeys known to take longer; those that are unknown stay.

        Returns
        -------
        DataFrame
            `origin, destination, travel_minutes, road_miles, status`, in the order of the origins, then destinations.
        """


@dataclass(frozen=True)
class Coverage:
    """How many journeys were asked for, and what became of them.

    Attributes
    ----------
    pairs : int
        Journeys asked for: those known, those beyond the limit (left out by `limit_minutes`), and the unknown.
    known, beyond_limit : int
    no_point, outside_network, no_route, refused, not_listed : int
        Unknown, and why (see `STATUSES`).
    """

    pairs: int = 0
    known: int = 0
    beyond_limit: int = 0
    no_point: int = 0
    outside_network: int = 0
    no_route: int = 0
    refused: int = 0
    not_listed: int = 0

    @property
    def unknown(self) -> int:
        """Return how many have no time."""
        return self.no_point + self.outside_network + self.no_route + self.refused + self.not_listed

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many are unknown, by why, those of none left out."""
        counts = {name: int(getattr(self, name)) for name in STATUSES if name != KNOWN}
        return {name: count for name, count in counts.items() if count}


def coverage(journeys: pd.DataFrame, pairs: int | None = None) -> Coverage:
    """Return the coverage of journeys as a method returned them.

    Parameters
    ----------
    journeys : DataFrame
        With `status`.
    pairs : int, optional
        How many were asked for, when some were left out for a limit.
    """
    counts = journeys["status"].value_counts()
    asked = len(journeys) if pairs is None else pairs
    by_status = {name: int(counts.get(name, 0)) for name in STATUSES}
    return Coverage(pairs=asked, beyond_limit=asked - len(journeys), **by_status)


def paired_frame(minutes: Floats, road_miles: Floats, status: Statuses, index: pd.Index) -> pd.DataFrame:
    """Return journeys row by row; where the status is not `known`, both figures are NaN."""
    known = status == KNOWN
    return pd.DataFrame(
        {
            "travel_minutes": np.where(known, minutes, np.nan),
            "road_miles": np.where(known, road_miles, np.nan),
            "status": pd.Series(status, index=index, dtype="str"),
        },
        index=index,
    )


def every_pair(origins: pd.DataFrame, destinations: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the two ends of every journey, row by row: origins in order, each with every destination."""
    left = np.repeat(np.arange(len(origins)), len(destinations))
    right = np.tile(np.arange(len(destinations)), len(origins))
    return origins.iloc[left].reset_index(drop=True), destinations.iloc[right].reset_index(drop=True)


def matrix_frame(
    ends: tuple[pd.DataFrame, pd.DataFrame], journeys: pd.DataFrame, limit_minutes: float | None
) -> pd.DataFrame:
    """Return journeys with the ids of their ends, without those known to take longer than the limit."""
    frame = journeys.assign(origin=ends[0]["id"].to_numpy(), destination=ends[1]["id"].to_numpy())
    frame[["origin", "destination"]] = frame[["origin", "destination"]].astype("str")
    if limit_minutes is not None:
        frame = frame[~(frame["travel_minutes"] > limit_minutes)]
    return frame[list(MATRIX_COLUMNS)].reset_index(drop=True)


def has_point(points: pd.DataFrame) -> Flags:
    """Return which rows have a point on the map."""
    easting, northing = points["easting"].to_numpy(float), points["northing"].to_numpy(float)
    return np.asarray(np.isfinite(easting) & np.isfinite(northing))


def point_status(from_points: pd.DataFrame, to_points: pd.DataFrame) -> Statuses:
    """Return `known` where both ends have a point, else `no_point`, row by row."""
    both = has_point(from_points) & has_point(to_points)
    return np.where(both, KNOWN, NO_POINT).astype(object)
