"""Which ground belongs to which postcode? Voronoi cells, neighbours and the sea, by one triangulation of points.

    points      p  unique postcode points, metres          label[p]  whose it is ("" = somebody else's)
    triangles   t  Delaunay triangles of the points and of four far corners, so that every real cell is closed
    edges       (p, q, t, u): p and q are neighbours; the ridge between their cells joins the centres of t and u
    sea         triangles that can be reached from outside across edges longer than `gap_m`: what water looks like
    regions     ridges between different labels + the coast, cut where they meet, make faces; each face takes the
                label of its nearest point, and faces of one label make its region

All faces come from one set of lines, so regions share their edges exactly: no gap and no overlap. Points are whole
metres and lines are cut on a grid of one metre, so equal points give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

#: How far out the four corners lie, metres: far enough that no cell on the coast is bent by them.
_CORNER_M: Final = 10_000_000.0
#: A label with fewer points than this keeps every one of them, strays too.
_FEW_POINTS: Final = 20


@dataclass(frozen=True)
class Mesh:
    """A triangulation.

    Attributes
    ----------
    xy : ndarray, shape (points + 4, 2)
        Metres; the last four are the far corners.
    triangles : ndarray, shape (triangles, 3)
        Positions in `xy`.
    neighbours : ndarray, shape (triangles, 3)
        The triangle over the edge opposite each corner, -1 at the rim.
    """

    xy: Floats
    triangles: Indices
    neighbours: Indices

    @property
    def size(self) -> int:
        """Return the number of real points."""
        return len(self.xy) - 4


@dataclass(frozen=True)
class Edges:
    """Pairs of neighbouring points, each once: `a < b`, with the triangle on either side (-1 at the rim)."""

    a: Indices
    b: Indices
    left: Indices
    right: Indices
    length_m: Floats


def triangulate(xy: Floats) -> Mesh:
    """Return the Delaunay triangulation of unique points (metres, shape (n, 2); any n, in any position)."""
    centre = (xy.min(axis=0) + xy.max(axis=0)) / 2 if len(xy) else np.zeros(2)
    corners = np.round(centre) + _CORNER_M * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    everything = np.vstack([np.asarray(xy, float).reshape(-1, 2), corners])
    made = Delaunay(everything - np.round(centre))
    return Mesh(everything, made.simplices.astype(np.intp), made.neighbors.astype(np.intp))


def edges(mesh: Mesh) -> Edges:
    """Return every edge of the triangulation once."""
    parts = []
    own = np.arange(len(mesh.triangles))
    for k in range(3):
        other = mesh.neighbours[:, k]
        keep = (other < 0) | (other > own)
        ends = mesh.triangles[keep][:, [(k + 1) % 3, (k + 2) % 3]]
        parts.append(np.column_stack([ends.min(axis=1), ends.max(axis=1), own[keep], other[keep]]))
    a, b, left, right = np.vstack(parts).T
    length = np.hypot(*(mesh.xy[a] - mesh.xy[b]).T)
    return Edges(a, b, left, right, length)


def sea(mesh: Mesh, between: Edges, gap_m: float) -> Flags:
    """Return which triangles can be reached from outside without crossing an edge of `gap_m` or less.

    Sparse uplands have edges as long as an estuary is wide, but they are ringed by settled land; water is not.
    """
    outside = len(mesh.triangles)
    wide = between.length_m > gap_m
    left, right = between.left[wide], np.where(between.right[wide] < 0, outside, between.right[wide])
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(outside + 1, outside + 1))
    component = connected_components(graph, directed=False)[1]
    return np.asarray(component[:outside] == component[outside])


def centres(mesh: Mesh) -> Floats:
    """Return the centre of the circle through the corners of each triangle: the corners of the Voronoi cells."""
    a, b, c = (mesh.xy[mesh.triangles[:, k]] for k in range(3))
    b, c = b - a, c - a
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    flat = twice == 0
    bb, cc = (b**2).sum(axis=1), (c**2).sum(axis=1)
    offset = np.column_stack([c[:, 1] * bb - b[:, 1] * cc, b[:, 0] * cc - c[:, 0] * bb])
    offset /= np.where(flat, 1.0, twice)[:, None]
    return np.asarray(a + np.where(flat[:, None], (b + c) / 2, offset))


def unique_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return one row per place of `easting, northing, label`: the label that most of its postcodes have.

    Many postcodes share a point, and a block of flats on a boundary may have postcodes of both sides; a tie goes to
    the first label in order.
    """
    counts = points.groupby(["easting", "northing", "label"], observed=True).size().rename("postcodes").reset_index()
    counts = counts.sort_values(
        ["easting", "northing", "postcodes", "label"], ascending=[True, True, False, True], kind="stable"
    )
    return counts.drop_duplicates(["easting", "northing"])[["easting", "northing", "label"]].reset_index(drop=True)


def without_strays(label: Indices, between: Edges) -> Indices:
    """Return labels (numbers) in which a point that no neighbour agrees with takes its neighbours' commonest label.

    Large-user postcodes and mistakes put single points of one district inside another; on a map they are specks. Labels
    of few points are left alone.
    """
    real = (between.a < len(label)) & (between.b < len(label))
    pair = pd.DataFrame(
        {
            "point": np.concatenate([between.a[real], between.b[real]]),
            "label": label[np.concatenate([between.b[real], between.a[real]])],
        }
    )
    agrees = pair["label"].to_numpy() == label[pair["point"]]
    settled = np.zeros(len(label), bool)
    settled[pair["point"].to_numpy()[agrees]] = True
    common = np.bincount(label) >= _FEW_POINTS
    stray = ~settled & common[label]
    votes = pair[stray[pair["point"]]].value_counts().reset_index(name="votes")
    votes = votes.sort_values(["point", "votes", "label"], ascending=[True, False, True]).drop_duplicates("point")
    out = label.copy()
    out[votes["point"].to_numpy()] = votes["label"].to_numpy()
    return out


def regions(points: pd.DataFrame, land: shapely.Geometry, tolerance_m: float) -> dict[str, shapely.Geometry]:
    """Return the ground of each label, as polygons that fit together without gap or overlap.

    Parameters
    ----------
    points : DataFrame
        `easting, northing, label` of unique points; ``""`` labels ground that is not wanted.
    land : Polygon or MultiPolygon
        Where to stop (the coast); every point lies on it.
    tolerance_m : float
        How much detail to take away: triangles of less than its square go, from both sides of a shared edge alike.

    Returns
    -------
    dict of str to Polygon or MultiPolygon
        By label, in order; no entry for ``""``.
    """
    names, codes = np.unique(points["label"].to_numpy(dtype=str), return_inverse=True)
    xy = points[["easting", "northing"]].to_numpy(float)
    mesh = triangulate(xy)
    between = edges(mesh)
    label = without_strays(codes.astype(np.intp), between)
    faces = _faces(mesh, between, label, land)
    inside = shapely.point_on_surface(faces)
    shapely.prepare(land)
    of_face = label[cKDTree(xy).query(shapely.get_coordinates(inside))[1]]
    of_face = np.where(shapely.contains(land, inside), of_face, -1)
    wanted = [(str(name), faces[of_face == index]) for index, name in enumerate(names) if name]
    whole = {name: shapely.normalize(shapely.coverage_union_all(own)) for name, own in wanted if len(own)}
    simple = shapely.coverage_simplify(np.array(list(whole.values())), tolerance_m)
    return dict(zip(whole, shapely.normalize(simple), strict=True))


def _faces(mesh: Mesh, between: Edges, label: Indices, land: shapely.Geometry) -> npt.NDArray[np.object_]:
    """Return the polygons that the ridges between different labels and the edge of the land cut the plane into."""
    corner_label = np.concatenate([label, np.full(4, -1, np.intp)])
    differ = (corner_label[between.a] != corner_label[between.b]) & (between.right >= 0)
    centre = centres(mesh)
    ridges = np.stack([centre[between.left[differ]], centre[between.right[differ]]], axis=1)
    lines = shapely.linestrings(ridges[(ridges[:, 0] != ridges[:, 1]).any(axis=1)])
    west, south, east, north = shapely.bounds(land)
    lines = shapely.clip_by_rect(lines, west - 1, south - 1, east + 1, north + 1)
    lines = lines[~shapely.is_empty(lines)]
    noded = shapely.union_all(np.append(lines, shapely.boundary(land)), grid_size=1.0)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
