"""How long by the roads themselves? Quickest drives over a road network, worked out on this machine.

    places     points snapped to the nearest point of a road that has frontage, within `snap_limit_m`; such roads have a
               point every 50 m at least (`spacing`)
    graph      where roads meet or end, and where places lie; edges in minutes, one-way streets one way (`network`)
    quickest   Dijkstra's algorithm (SciPy), once for each place on the side that has fewer of them
    answer     minutes along the way, and the leg between each place and its road at `ACCESS_MPH`; the miles of that way

Left out: turn restrictions, the time of day, waiting at lights and junctions but for what the speeds allow for, ferries
and toll gates. A place farther from any road than the limit is outside the network, not near it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from placements.geography.distance import METRES_PER_MILE
from placements.geography.travel.method import (
    KNOWN,
    NO_ROUTE,
    OUTSIDE_NETWORK,
    Floats,
    every_pair,
    has_point,
    matrix_frame,
    paired_frame,
    point_status,
)
from placements.geography.travel.network import Network, open_network
from placements.geography.travel.road_rules import SHARE_OF_LIMIT, SPEED_MPH

#: Assumed speed between a place and the nearest road on the map: a drive, a car park, a lane.
ACCESS_MPH: Final = 10.0
_ACCESS_MINUTES_PER_M: Final = 60.0 / (ACCESS_MPH * METRES_PER_MILE)
#: Distances held at a time.
_CELLS: Final = 8_000_000
_NO_NODE: Final = -1

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class OsmRoads:
    """Drive times computed from a `.osm.pbf` file.

    Attributes
    ----------
    path : Path
        Opened, and compiled if need be, when the first journey is asked for.
    snap_limit_m : float
        How far from a road a place may be.
    cache : Path, optional
        Where the compiled network is kept; the user's cache folder when not given.
    """

    path: Path
    snap_limit_m: float
    cache: Path | None = None
    name: str = field(default="osm", init=False)

    @cached_property
    def network(self) -> Network:
        """Return the compiled network."""
        return open_network(self.path, self.cache)

    def describe(self) -> str:
        """Return one sentence for the manifest and the report."""
        classes = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "service")
        speeds = ", ".join(f"{name} {SPEED_MPH[name]:g}" for name in classes)
        return (
            f"Quickest drives over the roads of OpenStreetMap ({self.path.name}, "
            f"SHA-256 {self.network.sha256[:12]}, {self.network.road_miles:,.0f} miles of road), computed on this "
            f"machine: {SHARE_OF_LIMIT:.0%} of the posted limit, or mph by class where none is tagged ({speeds}; "
            f"assumed), {ACCESS_MPH:g} mph between a place and its road, at most {self.snap_limit_m:,.0f} m; turn "
            "restrictions, ferries and the time of day are left out."
        )

    def paired(self, from_points: pd.DataFrame, to_points: pd.DataFrame) -> pd.DataFrame:
        """Return journeys row by row; see `TravelMethod.paired`."""
        return self._journeys(from_points, to_points, None)

    def matrix(
        self, origins: pd.DataFrame, destinations: pd.DataFrame, limit_minutes: float | None = None
    ) -> pd.DataFrame:
        """Return every journey; see `TravelMethod.matrix`.

        With a limit the search stops at it, so it is quick on a wide network.
        """
        ends = every_pair(origins, destinations)
        return matrix_frame(ends, self._journeys(*ends, limit_minutes), limit_minutes)

    @cached_property
    def _tree(self) -> tuple[cKDTree, Ints]:
        """Return a tree of the points one can be reached from, and which points they are."""
        net = self.network
        usable = np.flatnonzero((net.part >= 0) & net.frontage)
        return cKDTree(np.column_stack([net.easting[usable], net.northing[usable]])), usable

    def _snapped(self, points: pd.DataFrame) -> tuple[Ints, Floats]:
        """Return the road point of each place (`_NO_NODE` when too far or unknown) and the metres to it."""
        tree, usable = self._tree
        node, metres = np.full(len(points), _NO_NODE, np.int64), np.full(len(points), np.nan)
        known = has_point(points)
        where = points.loc[known, ["easting", "northing"]].to_numpy(float)
        if len(usable) and len(where):
            gap, at = tree.query(where, distance_upper_bound=np.nextafter(self.snap_limit_m, np.inf))
            near = np.isfinite(gap)
            row = np.flatnonzero(known)[near]
            node[row], metres[row] = usable[at[near]], gap[near]
        return node, metres

    def _journeys(self, from_points: pd.DataFrame, to_points: pd.DataFrame, limit: float | None) -> pd.DataFrame:
        start, start_m = self._snapped(from_points)
        end, end_m = self._snapped(to_points)
        status = point_status(from_points, to_points)
        status[(status == KNOWN) & ((start == _NO_NODE) | (end == _NO_NODE))] = OUTSIDE_NETWORK
        minutes, metres = np.full((2, len(status)), np.nan)
        ask = np.flatnonzero(status == KNOWN)
        if len(ask):
            # One search serves all the journeys that share an end: the side with fewer ends is searched from.
            backward = len(np.unique(end[ask])) < len(np.unique(start[ask]))
            near, far = (end, start) if backward else (start, end)
            found, way_m = _quickest(self.network, near[ask], far[ask], backward=backward, limit=limit)
            access_m = start_m[ask] + end_m[ask]
            minutes[ask], metres[ask] = found + access_m * _ACCESS_MINUTES_PER_M, way_m + access_m
            lost = ~np.isfinite(found)
            if limit is not None:
                # Within a part there is a way, so it takes longer; between parts one has to look without a limit.
                part = self.network.part
                beyond = lost & (part[start[ask]] == part[end[ask]])
                between = np.flatnonzero(lost & ~beyond)
                if len(between):
                    rows = ask[between]
                    longer, _ = _quickest(self.network, near[rows], far[rows], backward=backward, limit=None)
                    beyond[between[np.isfinite(longer)]] = True
                minutes[ask[beyond]], metres[ask[beyond]] = np.inf, np.inf
                lost &= ~beyond
            status[ask[lost]] = NO_ROUTE
        return paired_frame(minutes, metres / METRES_PER_MILE, status, from_points.index)


def _quickest(net: Network, near: Ints, far: Ints, *, backward: bool, limit: float | None) -> tuple[Floats, Floats]:
    """Return minutes (inf when there is no way, or none within the limit) and metres from `near` to `far`, row by row.

    `backward` turns every road round, so that the answer is from `far` to `near`.
    """
    keep = np.array(net.junction)
    keep[near] = keep[far] = True
    node = np.flatnonzero(keep)
    start, end, edge_minutes, edge_metres = net.edges(keep)
    start, end = np.searchsorted(node, start), np.searchsorted(node, end)
    if backward:
        start, end = end, start
    size = len(node)
    graph = csr_array((edge_minutes, (start, end)), shape=(size, size))
    order = np.argsort(start * size + end)
    keys, length = (start * size + end)[order], edge_metres[order]
    source, which = np.unique(np.searchsorted(node, near), return_inverse=True)
    target = np.searchsorted(node, far)
    minutes, metres = np.empty(len(near)), np.full(len(near), np.nan)
    step = max(1, _CELLS // size)
    for first in range(0, len(source), step):
        some = source[first : first + step]
        rows = np.flatnonzero((which >= first) & (which < first + step))
        best, before = dijkstra(graph, indices=some, return_predecessors=True, limit=np.inf if limit is None else limit)
        row = which[rows] - first
        minutes[rows] = best[row, target[rows]]
        reached = np.isfinite(minutes[rows])
        metres[rows[reached]] = _along(before, row[reached], some, target[rows][reached], keys, length)
    return minutes, metres


def _along(before: npt.NDArray[np.int32], row: Ints, source: Ints, target: Ints, keys: Ints, length: Floats) -> Floats:
    """Return the metres of each quickest way, walked back from its end, all of them a step at a time."""
    size = before.shape[1]
    metres, at, going = np.zeros(len(target)), target.astype(np.int64), np.flatnonzero(target != source[row])
    while len(going):
        previous = before[row[going], at[going]].astype(np.int64)
        metres[going] += length[np.searchsorted(keys, previous * size + at[going])]
        at[going] = previous
        going = going[previous != source[row[going]]]
    return metres
