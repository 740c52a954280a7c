"""A road network to drive on: compiled once from a file of roads, kept on disk, and cut down to what a question needs.

Roads are chains of points with running sums of metres and minutes. A graph is made for each question from the points
that matter to it, namely where roads meet or end and where the question's own places lie: the minutes between two such
points along a chain are a difference of running sums. So the graph is several times smaller than the map, and its
answers are exactly those of the whole.

Part of a network counts when one can get from any point of it to any other and it is the largest such part, or has at
least `PART_KM` of road: an island counts, a yard behind a gate or a slip road at the edge of an extract does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from placements.errors import DataError
from placements.geography.compiled import is_compiled, load_compiled, save_compiled
from placements.geography.distance import KM_PER_MILE
from placements.geography.postcodes import cache_folder
from placements.geography.travel.road_file import Roads, read_roads
from placements.geography.travel.road_rules import BACKWARD, FORWARD
from placements.geography.travel.spacing import with_points_between
from placements.writing import sha256

#: To be raised whenever these rules, or those of `road_rules` or `spacing`, change.
_FORMAT: Final = 2
PART_KM: Final = 20.0
_WGS84, _BRITISH_GRID = "EPSG:4326", "EPSG:27700"
#: No two points of a road are this near: a length of nothing would be no edge at all.
_SHORTEST_M: Final = 0.01
_ARRAYS: Final = ("easting", "northing", "part", "frontage", "junction", "place", "chain", "metres", "minutes", "ways")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """A compiled road network.

    Attributes
    ----------
    easting, northing : ndarray of float
        Each point, British National Grid metres.
    part : ndarray of int
        The part of the network a point is in; -1 when in none that counts.
    frontage : ndarray of bool
        Whether a home or school can be reached from the point.
    junction : ndarray of bool
        Whether roads meet or end there.
    place : ndarray of int
        The points along each chain, chain after chain.
    chain : ndarray of int
        The chain each `place` is on.
    metres, minutes : ndarray of float
        Running sums along the chains.
    ways : ndarray of int
        Bits of `direction`, one for each `place`.
    source : str
        Name of the file it was made from.
    sha256 : str
        Of that file.
    """

    easting: npt.NDArray[np.float64]
    northing: npt.NDArray[np.float64]
    part: npt.NDArray[np.int32]
    frontage: npt.NDArray[np.bool_]
    junction: npt.NDArray[np.bool_]
    place: npt.NDArray[np.int32]
    chain: npt.NDArray[np.int32]
    metres: npt.NDArray[np.float64]
    minutes: npt.NDArray[np.float64]
    ways: npt.NDArray[np.uint8]
    source: str
    sha256: str

    @property
    def road_miles(self) -> float:
        """Return the length of all its roads."""
        return float(self.metres[-1]) / 1000 / KM_PER_MILE if len(self.metres) else 0.0

    def edges(self, keep: npt.NDArray[np.bool_]) -> tuple[Ints, Ints, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the edges between the points kept: from, to, minutes, metres; the quickest of each pair, in order.

        Parameters
        ----------
        keep : ndarray of bool
            For each point; the junctions must be among them.
        """
        at = np.flatnonzero(keep[self.place])
        near, far = at[:-1], at[1:]
        same = (self.chain[near] == self.chain[far]) & (self.place[near] != self.place[far])
        near, far = near[same], far[same]
        minutes, metres = self.minutes[far] - self.minutes[near], self.metres[far] - self.metres[near]
        one, two = self.place[near].astype(np.int64), self.place[far].astype(np.int64)
        ahead, back = self.ways[near] & FORWARD > 0, self.ways[near] & BACKWARD > 0
        start, end = np.concatenate([one[ahead], two[back]]), np.concatenate([two[ahead], one[back]])
        minutes = np.concatenate([minutes[ahead], minutes[back]])
        metres = np.concatenate([metres[ahead], metres[back]])
        order = np.lexsort([metres, minutes, end, start])
        start, end = start[order], end[order]
        first = np.ones(len(order), bool)
        first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        return start[first], end[first], minutes[order][first], metres[order][first]


def compile_network(roads: Roads, source: str, digest: str) -> Network:
    """Compile roads into a network.

    Raises
    ------
    DataError
        When none of the roads has two points within the file.
    """
    easting, northing = (np.asarray(values) for values in _to_grid().transform(roads.lon, roads.lat))
    point = np.searchsorted(roads.point_id, roads.point)
    point = np.minimum(point, max(len(roads.point_id) - 1, 0))
    road = np.repeat(np.arange(len(roads.length)), roads.length)
    there = roads.point_id[point] == roads.point if len(roads.point_id) else np.zeros(len(point), bool)
    there &= np.isfinite(easting[point]) & ~roads.stops[point] if len(roads.point_id) else False
    # A road is cut where a point is missing or stops cars: what is left of it are chains.
    gone = np.cumsum(~there)
    place, road, gone = point[there], road[there], gone[there]
    joined = (road[1:] == road[:-1]) & (gone[1:] == gone[:-1])
    if not joined.any():
        raise DataError("holds no road with both ends in it", file=source, advice="use an extract of a larger area")
    easting, northing, at, place = with_points_between(easting, northing, place, joined & roads.frontage[road[1:]])
    road, chain = road[at], np.concatenate([[0], np.cumsum(~joined)])[at]
    joined = chain[1:] == chain[:-1]
    step = np.hypot(np.diff(easting[place]), np.diff(northing[place]))
    step = np.where(joined, np.maximum(step, _SHORTEST_M), 0.0)
    minutes = step / (roads.speed_mph[road[1:]] * KM_PER_MILE * 1000 / 60)
    ends = np.concatenate([[True], ~joined]) | np.concatenate([~joined, [True]])
    used = np.bincount(place, minlength=len(easting))
    junction = used > 1
    junction[place[ends]] = True
    frontage = np.zeros(len(easting), bool)
    frontage[place[roads.frontage[road]]] = True
    network = Network(
        easting=easting,
        northing=northing,
        part=np.zeros(len(easting), np.int32),
        frontage=frontage,
        junction=junction,
        place=place.astype(np.int32),
        chain=chain.astype(np.int32),
        metres=np.concatenate([[0.0], np.cumsum(step)]),
        minutes=np.concatenate([[0.0], np.cumsum(minutes)]),
        ways=roads.direction[road],
        source=source,
        sha256=digest,
    )
    return replace(network, part=_parts(network))


@cache
def _to_grid() -> Transformer:
    return Transformer.from_crs(_WGS84, _BRITISH_GRID, always_xy=True)


def _parts(network: Network) -> npt.NDArray[np.int32]:
    """Return the part each point is in, the longest being 0; -1 in those that do not count."""
    count = len(network.easting)
    start, end, _, metres = network.edges(np.ones(count, bool))
    graph = csr_array((np.ones(len(start)), (start, end)), shape=(count, count))
    found, label = connected_components(graph, directed=True, connection="strong")
    within = label[start] == label[end]
    km = np.bincount(label[start[within]], weights=metres[within], minlength=found) / 1000
    order = np.argsort(-km, kind="stable")
    counts = np.zeros(found, bool)
    counts[km >= PART_KM] = True
    counts[order[0]] = True
    number = np.full(found, -1, np.int32)
    number[order] = np.where(counts[order], np.arange(found), -1)
    return np.asarray(number[label], np.int32)


def open_network(path: Path, cache: Path | None = None) -> Network:
    """Return the network of a file, compiling it on first use and mapping it from disk after that.

    Parameters
    ----------
    path : Path
    cache : Path, optional
        Folder to keep the compiled form in, under the hash of the file; `cache_folder()` when not given.

    Raises
    ------
    UsageError, DataError
        As `read_roads` and `compile_network` do.
    """
    if not path.is_file():
        raise DataError("is not there, or is not a file", file=path, advice="check travel.osm_file in study.toml")
    digest = sha256(path)
    folder = (cache or cache_folder()) / f"roads-{digest[:24]}-{_FORMAT}"
    if not is_compiled(folder):
        save_network(compile_network(read_roads(path), path.name, digest), folder)
    arrays, about = load_compiled(folder, _ARRAYS)
    return Network(**arrays, source=path.name, sha256=about["sha256"])


def save_network(network: Network, folder: Path) -> None:
    """Write a compiled network whole or not at all; a finished one of another process is left as it is."""
    arrays = {name: getattr(network, name) for name in _ARRAYS}
    save_compiled(folder, arrays, {"sha256": network.sha256, "source": network.source})
