"""How are OSRM and Valhalla asked for a table of times, and what do their answers and refusals mean?

Sources: OSRM's HTTP API (`table` service, `annotations=duration,distance`) and Valhalla's time-distance matrix
(`sources_to_targets`), with the error codes of each. By default OSRM takes 100 places in one question and Valhalla
2,500 pairs: 50 origins by 50 destinations suit both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from placements.geography.distance import KM_PER_MILE
from placements.geography.travel.method import NO_ROUTE, OUTSIDE_NETWORK, REFUSED, Floats
from placements.geography.travel.server import Dialect, Table, numbers

_OSRM_REASONS: Final = MappingProxyType({"NoSegment": OUTSIDE_NETWORK, "NoTable": NO_ROUTE, "NoRoute": NO_ROUTE})
#: 171 no road near; 170 unconnected regions; 442 no path; 154 farther apart than the server allows.
_VALHALLA_REASONS: Final = MappingProxyType({"171": OUTSIDE_NETWORK, "170": NO_ROUTE, "442": NO_ROUTE, "154": REFUSED})


@dataclass(frozen=True)
class Osrm:
    """The `table` service of an OSRM server, profile `driving`."""

    name: str = "osrm"

    @property
    def reasons(self) -> Mapping[str, str]:
        """Return what its codes for single places mean."""
        return _OSRM_REASONS

    def question(self, origins: Floats, destinations: Floats, snap_limit_m: float) -> tuple[str, dict[str, Any] | None]:
        """Return path and body; see `Dialect.question`. How far places were from a road is in the answer."""
        places = ";".join(f"{lon:.5f},{lat:.5f}" for lon, lat in np.concatenate([origins, destinations]))
        first = ";".join(str(i) for i in range(len(origins)))
        then = ";".join(str(len(origins) + i) for i in range(len(destinations)))
        options = f"sources={first}&destinations={then}&annotations=duration,distance"
        return f"/table/v1/driving/{places}?{options}", None

    def answer(self, found: dict[str, Any], shape: tuple[int, int]) -> Table:
        """Return the table in an answer; see `Dialect.answer`."""
        if found["code"] != "Ok":
            raise ValueError
        far = found.get("distances")
        return Table(
            seconds=numbers(found["durations"], shape),
            metres=np.full(shape, np.nan) if far is None else numbers(far, shape),
            origin_gap_m=_gaps(found.get("sources"), shape[0]),
            destination_gap_m=_gaps(found.get("destinations"), shape[1]),
        )


@dataclass(frozen=True)
class Valhalla:
    """The `sources_to_targets` service of a Valhalla server, costing `auto`."""

    name: str = "valhalla"

    @property
    def reasons(self) -> Mapping[str, str]:
        """Return what its codes for single places or pairs mean."""
        return _VALHALLA_REASONS

    def question(self, origins: Floats, destinations: Floats, snap_limit_m: float) -> tuple[str, dict[str, Any] | None]:
        """Return path and body; see `Dialect.question`. A place farther from a road than the limit is refused."""

        def places(points: Floats) -> list[dict[str, float]]:
            return [{"lon": float(lon), "lat": float(lat), "search_cutoff": snap_limit_m} for lon, lat in points]

        body = {"sources": places(origins), "targets": places(destinations), "costing": "auto", "units": "kilometers"}
        return "/sources_to_targets", body

    def answer(self, found: dict[str, Any], shape: tuple[int, int]) -> Table:
        """Return the table in an answer; see `Dialect.answer`. Both the long and the concise form are understood."""
        rows = found["sources_to_targets"]
        if isinstance(rows, dict):
            seconds, far = rows["durations"], rows["distances"]
        else:
            seconds = [[cell["time"] for cell in row] for row in rows]
            far = [[cell["distance"] for cell in row] for row in rows]
        metres_each = 1000.0 * (KM_PER_MILE if found.get("units") == "miles" else 1.0)
        return Table(
            seconds=numbers(seconds, shape),
            metres=numbers(far, shape) * metres_each,
            origin_gap_m=np.full(shape[0], np.nan),
            destination_gap_m=np.full(shape[1], np.nan),
        )


def _gaps(places: list[dict[str, Any]] | None, count: int) -> Floats:
    """Return how far each place was from the road it was put on; NaN where the server does not say."""
    if places is None:
        return np.full(count, np.nan)
    gaps = np.array([float(place.get("distance", np.nan)) for place in places], float)
    if gaps.shape != (count,):
        raise ValueError
    return gaps


DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType({"osrm": Osrm(), "valhalla": Valhalla()})
