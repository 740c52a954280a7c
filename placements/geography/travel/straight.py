"""How long, when no roads are to hand? The straight line, made longer by a stated factor, at one stated speed.

The factor (circuity) is miles by road for each mile as the crow flies. The defaults are assumed, not fitted: 1.4,
because factors published for road networks mostly lie between 1.2 and 1.5, and 25 mph for a drive from door to door
over local and main roads in the morning. Measured by the method `osm` on the roads of Newport (OpenStreetMap, June
2023; random pairs more than half a mile apart), the middle was 1.44 and, on empty roads, 27 mph. A county with fast
roads, or with an estuary in it, needs its own, or another method: no factor knows of water.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placements.geography.distance import miles
from placements.geography.travel.method import every_pair, matrix_frame, paired_frame, point_status


@dataclass(frozen=True)
class StraightLine:
    """Straight-line miles x `circuity_factor` / `speed_mph`."""

    circuity_factor: float
    speed_mph: float
    name: str = "straight"

    def describe(self) -> str:
        """Return one sentence for the manifest and the report."""
        return (
            f"Straight-line miles times {self.circuity_factor:g} (circuity factor, assumed), "
            f"driven at {self.speed_mph:g} mph (assumed)."
        )

    def paired(self, from_points: pd.DataFrame, to_points: pd.DataFrame) -> pd.DataFrame:
        """Return journeys row by row; see `TravelMethod.paired`."""
        ends = [np.asarray(p[name], float) for p in (from_points, to_points) for name in ("easting", "northing")]
        road_miles = miles(*ends) * self.circuity_factor
        status = point_status(from_points, to_points)
        return paired_frame(60.0 * road_miles / self.speed_mph, road_miles, status, from_points.index)

    def matrix(
        self, origins: pd.DataFrame, destinations: pd.DataFrame, limit_minutes: float | None = None
    ) -> pd.DataFrame:
        """Return every journey; see `TravelMethod.matrix`."""
        ends = every_pair(origins, destinations)
        return matrix_frame(ends, self.paired(*ends), limit_minutes)
