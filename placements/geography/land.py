"""Where does the land end? A coast worked out from the postcode points themselves, once for each directory.

The triangles between points that the sea cannot reach across a gap of `GAP_M` are land; points alone in the sea (a
lighthouse, an islet) are land around them; all of it reaches `REACH_M` beyond the last postcode. Sands, marshes and
headlands where nobody has an address are lost, and narrow estuaries are filled: it is an outline for maps, and no fact
about a child rests on it. Measured against the official outline of England (clipped at mean high water), it covers
99 % of the land.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from placements.geography.cells import edges, sea, triangulate
from placements.geography.postcodes import PostcodeDirectory, Progress, cache_folder
from placements.writing import write_bytes

_FORMAT: Final = 2
#: Water wider than this is sea (metres): the widest gap that keeps Northumberland's moors from flooding.
GAP_M: Final = 3000.0
#: How far the land reaches beyond the last postcode, metres.
REACH_M: Final = 200.0
#: One point in each square of this side is enough for a coast, and makes it quick.
_SQUARE_M: Final = 500


def fingerprint(directory: PostcodeDirectory) -> str:
    """Return a short text that differs between directories of different content; takes milliseconds."""
    digest = hashlib.sha256(f"{directory.source}|{len(directory)}|{'|'.join(directory.district_codes)}".encode())
    step = max(1, len(directory) // 65_536)
    for column in (directory.keys, directory.easting, directory.northing, directory.district_index):
        values = np.asarray(column)
        digest.update(np.ascontiguousarray(values[::step]).tobytes())
        digest.update(str(int(values.astype(np.uint64, copy=False).sum(dtype=np.uint64))).encode())
    return digest.hexdigest()[:24]


def land(directory: PostcodeDirectory, cache: Path | None = None, progress: Progress | None = None) -> shapely.Geometry:
    """Return the land that a directory's points lie on (EPSG:27700), from the cache after the first time.

    Parameters
    ----------
    directory : PostcodeDirectory
    cache : Path, optional
        Folder to keep it in; the user's cache folder when not given.
    progress : callable, optional
        Called with the share done and what is being done, only when it has to be worked out.
    """
    path = (cache or cache_folder()) / f"land-{_FORMAT}-{fingerprint(directory)}.wkb"
    if path.exists():
        return shapely.from_wkb(path.read_bytes())
    if progress:
        progress(0.0, "working out the coast")
    made = shapely.normalize(_land_of(directory))
    write_bytes(path, shapely.to_wkb(made, byte_order=1))
    return made


def _land_of(directory: PostcodeDirectory) -> shapely.Geometry:
    easting, northing = np.asarray(directory.easting), np.asarray(directory.northing)
    known = easting != directory.NO_POINT
    easting, northing = easting[known].astype(np.int64), northing[known].astype(np.int64)
    square = (easting // _SQUARE_M) * 10_000_000 + northing // _SQUARE_M
    # The point nearest the square's south-west corner: which postcode came first must not matter.
    order = np.lexsort((northing, easting, square))
    first = order[np.unique(square[order], return_index=True)[1]]
    xy = np.column_stack([easting[first], northing[first]]).astype(float)
    mesh = triangulate(xy)
    dry = ~sea(mesh, edges(mesh), GAP_M)
    solid = shapely.coverage_union_all(shapely.polygons(mesh.xy[mesh.triangles[dry]]))
    alone = np.ones(mesh.size, bool)
    alone[mesh.triangles[dry].ravel()] = False
    pieces = [solid, shapely.multipoints(xy[alone])]
    return shapely.set_precision(shapely.union_all([_around(piece) for piece in pieces]), 1.0)


def _around(piece: shapely.Geometry) -> shapely.Geometry:
    return shapely.buffer(piece, REACH_M, quad_segs=2)
