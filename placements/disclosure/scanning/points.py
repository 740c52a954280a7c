"""Coordinates: are they coarser than 100 metres, or of a public place, or do they give an address away?

Outlines and lines are public geography. Points are allowed to three decimals of a degree, on a grid of 100 metres, or
where something public is. The map of this program draws points of its own to five decimals: the middles of areas and
authorities, and schools. There the points are set against the homes and places that are known to be secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
from scipy.spatial import cKDTree

from placements.disclosure.scanning import fields
from placements.disclosure.scanning.findings import LEAK, WARNING, Hit
from placements.disclosure.scanning.known import Secrets
from placements.disclosure.scanning.passages import Point, Reading

FINE: Final = "coordinates finer than 100 metres"
ADDRESS: Final = "the point of a child's home or placement"
_DECIMALS: Final = 3
_GRID_M: Final = 50
#: Five decimals of a degree are about a metre.
_SAME_M: Final = 2.0
_SAME_DEGREES: Final = 3e-5
_NUMBER: Final = re.compile(r"\s*-?\d+(?:\.\d+)?\s*")
_PAIR: Final = re.compile(
    r"(?<![\d.])((?:49|5\d|60)\.\d{4,})[°NS]?\s*[,;/ ]\s*(-?\d\.\d{4,})(?!\d)"
    r"|(?<![\d.])(-?\d\.\d{4,})\s*[,;/ ]\s*((?:49|5\d|60)\.\d{4,})(?!\d)"
)
_GRID_REFERENCE: Final = re.compile(r"(?<![A-Za-z0-9])[HNOST][A-HJ-Z] ?(?:\d{4} ?\d{4}|\d{5} ?\d{5})(?![A-Za-z0-9])")

Floats = npt.NDArray[np.float64]


def points(found: Sequence[Point], secrets: Secrets, *, ours: bool) -> Iterator[Hit]:
    """Yield points on maps that are too exact.

    Parameters
    ----------
    ours : bool
        Whether the file is one of this program's maps.
    """
    if not found:
        return
    given = np.array([(point.x, point.y) for point in found], float)
    in_degrees = (np.abs(given) <= 180).all(axis=1)
    metres = _metres(given, in_degrees)
    rough = np.where(
        in_degrees, (np.abs(given - given.round(_DECIMALS)) < 1e-9).all(axis=1), (given % _GRID_M == 0).all(axis=1)
    )
    from_grid = np.abs(metres - np.round(metres / _GRID_M) * _GRID_M)
    public = _near(metres, secrets.public_points)
    secret = _near(metres, secrets.points) & ~public
    fine = ~rough & ~(from_grid < 1.0).all(axis=1) & ~public
    for at, point in enumerate(found):
        if secret[at] and not rough[at]:
            yield Hit(point.place, ADDRESS)
        elif fine[at] and not ours:
            yield Hit(point.place, FINE)
        elif fine[at] and not secrets.points:
            yield Hit(point.place, f"{FINE} on a map of this program (give --study to check them)", WARNING)


def coordinate_columns(reading: Reading, secrets: Secrets, meanings: dict[str, str]) -> Iterator[Hit]:
    """Yield numbers in columns and fields of latitude, longitude, easting or northing that are too exact."""
    kinds = {key: kind for key, kind in meanings.items() if kind in (fields.LATITUDE, fields.LONGITUDE, fields.GRID)}
    if not kinds:
        return
    cells = [p for p in reading.passages if p.key in kinds and _NUMBER.fullmatch(p.text)]
    if not cells:
        return
    values = np.array([float(cell.text) for cell in cells])
    on_grid = np.array([kinds[cell.key] == fields.GRID for cell in cells])
    public = np.array(sorted(secrets.public_points), float).reshape(-1, 2)
    allowed_m = np.sort(public.ravel())
    allowed_degrees = np.sort(_degrees(public).ravel())
    rough = np.where(on_grid, values % _GRID_M == 0, np.abs(values - values.round(_DECIMALS)) < 1e-9)
    allowed = np.where(on_grid, _beside(values, allowed_m, _SAME_M), _beside(values, allowed_degrees, _SAME_DEGREES))
    yield from (Hit(cell.place, FINE) for cell, bad in zip(cells, ~rough & ~allowed, strict=True) if bad)


def written_points(reading: Reading, secrets: Secrets) -> Iterator[Hit]:
    """Yield pairs of coordinates and grid references in sentences that are too exact."""
    pairs = []
    for match in reading.found(_PAIR):
        latitude, longitude = (match[1], match[2]) if match[1] else (match[4], match[3])
        pairs.append(Point(reading.place(match.start()), float(longitude), float(latitude)))
    yield from points(pairs, secrets, ours=False)
    yield from (Hit(reading.place(m.start()), FINE, LEAK) for m in reading.found(_GRID_REFERENCE))


def _metres(given: Floats, in_degrees: npt.NDArray[np.bool_]) -> Floats:
    out = given.copy()
    if in_degrees.any():
        to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
        out[in_degrees] = np.column_stack(to_grid.transform(given[in_degrees, 0], given[in_degrees, 1]))
    return np.where(np.isfinite(out), out, -1e9)


def _degrees(metres: Floats) -> Floats:
    if not len(metres):
        return metres
    to_degrees = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    return np.column_stack(to_degrees.transform(metres[:, 0], metres[:, 1]))


def _near(metres: Floats, known: frozenset[tuple[int, int]]) -> npt.NDArray[np.bool_]:
    if not known:
        return np.zeros(len(metres), bool)
    distance, _ = cKDTree(np.array(sorted(known), float)).query(metres, distance_upper_bound=_SAME_M)
    near: npt.NDArray[np.bool_] = np.isfinite(distance)
    return near


def _beside(values: Floats, allowed: Floats, within: float) -> npt.NDArray[np.bool_]:
    at = np.searchsorted(allowed, values - within)
    padded = np.append(allowed, np.inf)
    beside: npt.NDArray[np.bool_] = padded[at] <= values + within
    return beside
