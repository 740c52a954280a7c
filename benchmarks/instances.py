"""Published instances of location problems, as arrays: the OR-Library's p-medians and warehouses, and coverage.

A folder holds `pmed/pmed1.txt ...` with `pmedopt.txt`, `cap/cap61.txt ...` with `capopt.txt`, and `mclp/SJC708.txt ...`
(HWangUPV/MCLP on GitHub), as downloaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import shortest_path

Floats = npt.NDArray[np.float64]

#: The OR-Library names warehouse problems by costs and capacity; these share the costs of another and differ in the
#: capacity of every site, and (last) in the fixed cost of every site that has one.
DERIVED_WAREHOUSES: Final = {
    **{f"cap4{last}": (f"cap6{last}", 5_000.0, None) for last in "1234"},
    "cap51": ("cap61", 10_000.0, 17_500.0),
    **{f"cap8{last}": (f"cap9{last}", 5_000.0, None) for last in "1234"},
    **{f"cap11{last}": (f"cap12{last}", 5_000.0, None) for last in "1234"},
}


@dataclass(frozen=True, eq=False)
class PMedian:
    """Cost of serving each point from each, how many to open, and the published optimum."""

    name: str
    cost: Floats
    p: int
    published: float


@dataclass(frozen=True, eq=False)
class Warehouses:
    """Cost of serving the whole of each customer (row) from each site (column)."""

    name: str
    cost: Floats
    fixed_cost: Floats
    capacity: Floats
    demand: Floats
    published: float


@dataclass(frozen=True, eq=False)
class Coverage:
    """Distances of points (rows) from sites (columns); `published` is not a number where none is known."""

    name: str
    distance: Floats
    weights: Floats
    radius: float
    p: int
    published: float = np.nan


def read_p_median(folder: Path, name: str) -> PMedian:
    """Read `pmed1` to `pmed40`: edges, completed by shortest paths; of an edge given twice the last counts."""
    numbers = np.array((folder / "pmed" / f"{name}.txt").read_text().split(), float)
    points, edges, p = (int(number) for number in numbers[:3])
    start, end, length = numbers[3 : 3 + 3 * edges].reshape(edges, 3).T
    lengths = np.zeros((points, points))
    for i, j, value in zip(start.astype(int) - 1, end.astype(int) - 1, length, strict=True):
        lengths[i, j] = lengths[j, i] = value
    optima = (folder / "pmed" / "pmedopt.txt").read_text().splitlines()[1:]
    published = dict(line.split()[:2] for line in optima if line)
    return PMedian(name, shortest_path(coo_matrix(lengths).tocsr(), method="D"), p, float(published[name]))


def read_warehouses(folder: Path, name: str, capacity: float | None = None) -> Warehouses:
    """Read `cap41` to `cap134`, or `capa` to `capc`, to which `capacity` (of every site) has to be given."""
    base, every_capacity, every_cost = DERIVED_WAREHOUSES.get(name, (name, capacity, None))
    text = re.sub(r"capacity", str(every_capacity), (folder / "cap" / f"{base}.txt").read_text())
    numbers = np.array(text.split(), float)
    sites, customers = int(numbers[0]), int(numbers[1])
    capacities, fixed = numbers[2 : 2 + 2 * sites].reshape(sites, 2).T.copy()
    rest = numbers[2 + 2 * sites :].reshape(customers, 1 + sites)
    if every_capacity is not None:
        capacities[:] = every_capacity
    if every_cost is not None:
        fixed[fixed > 0] = every_cost  # one site of these problems is there already, for nothing
    optima = _warehouse_optima(folder)
    key = name if capacity is None else f"{name} {capacity:.0f}"
    return Warehouses(key, rest[:, 1:], fixed, capacities, rest[:, 0], optima[key])


def _warehouse_optima(folder: Path) -> dict[str, float]:
    found, last = {}, ""
    for line in (folder / "cap" / "capopt.txt").read_text().splitlines():
        match = re.match(r"\s*(cap\w+)?\s*([0-9.]+)\s*(?:\(capacity (\d+)\))?\s*$", line)
        if match:
            last = match[1] or last
            found[f"{last} {match[3]}" if match[3] else last] = float(match[2])
    return found


def warehouse_names(folder: Path) -> list[tuple[str, float | None]]:
    """Return the names of all warehouse problems, with the capacity that has to be given."""
    out: list[tuple[str, float | None]] = []
    for key in _warehouse_optima(folder):
        name, _, capacity = key.partition(" ")
        out.append((name, float(capacity) if capacity else None))
    return out


def read_coverage(folder: Path, name: str, radius: float, p: int, published: float = np.nan) -> Coverage:
    """Read `SJC...` (sites are the points), `BDS...` (marked F and J), or `ZDS...` (sites are the points)."""
    lines = (folder / "mclp" / f"{name}.txt").read_text().splitlines()
    rows = [line.split() for line in lines[1:] if line.strip()]
    if name.startswith("BDS"):
        place = np.array([row[2:4] for row in rows], float)
        kind = np.array([row[0] for row in rows])
        weight = np.array([row[4] for row in rows], float)
        sites, points, weight = place[kind == "F"], place[kind != "F"], weight[kind != "F"]
    else:
        values = np.array([row[:3] for row in rows], float)
        sites = points = values[:, :2]
        weight = values[:, 2]
    distance = np.hypot(*(points[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    return Coverage(f"{name} R={radius:g} P={p}", distance, weight, radius, p, published)
