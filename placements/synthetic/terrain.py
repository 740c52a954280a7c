"""Where the made-up people and places are: real postcodes at a wanted distance, inside or outside the authority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from placements.geography.authorities import Authority
from placements.geography.distance import KM_PER_MILE
from placements.geography.postcodes import PostcodeDirectory
from placements.synthetic.rates import SPREAD_CAP, SPREAD_CELL_M

METRES_PER_MILE: Final = KM_PER_MILE * 1000.0
#: Every so many postcodes beyond the boundary is enough to find one near any point, and four times as fast.
_OUTSIDE_STEP: Final = 4
#: Directions tried for each wanted distance; the best-fitting postcode of them is kept.
_DIRECTIONS: Final = 12

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Terrain:
    """Postcodes of Great Britain and Northern Ireland as arrays, with trees of those inside and outside an authority.

    Attributes
    ----------
    postcode : ndarray of object
    easting, northing : ndarray of float
        Metres.
    district : ndarray of object
        Lower-tier codes.
    inside, outside, abroad : ndarray of int
        Positions inside the authority; elsewhere in England; in Scotland, Wales or Northern Ireland.
    weight : ndarray of float
        How likely each inside position is to be a home: need is uneven between districts.
    """

    postcode: npt.NDArray[np.object_]
    easting: Floats
    northing: Floats
    district: npt.NDArray[np.object_]
    inside: Ints
    outside: Ints
    abroad: Ints
    weight: Floats
    inside_tree: cKDTree
    outside_tree: cKDTree

    def homes(self, rng: np.random.Generator, count: int) -> Ints:
        """Return positions of family homes inside the authority."""
        return rng.choice(self.inside, count, p=self.weight)

    def near(self, rng: np.random.Generator, origin: Ints, miles: Floats, inside: Bools) -> Ints:
        """Return a postcode about `miles` from each origin, on the wanted side of the boundary.

        Parameters
        ----------
        origin : ndarray of int
            Positions to measure from.
        miles : ndarray of float
            Wanted distance.
        inside : ndarray of bool
            Which side; where a side has no postcode that far, the best-fitting one is taken.
        """
        found = np.zeros(len(origin), np.int64)
        for side, tree, positions in (
            (True, self.inside_tree, self.inside),
            (False, self.outside_tree, self.outside),
        ):
            rows = np.flatnonzero(inside == side)
            if len(rows):
                found[rows] = self._best(rng, origin[rows], miles[rows], tree, positions)
        return found

    def _best(self, rng: np.random.Generator, origin: Ints, miles: Floats, tree: cKDTree, positions: Ints) -> Ints:
        angle = rng.uniform(0, 2 * np.pi, (len(origin), 1)) + np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
        radius = (miles * METRES_PER_MILE)[:, None]
        easting, northing = self.easting[origin][:, None], self.northing[origin][:, None]
        points = np.stack([easting + radius * np.cos(angle), northing + radius * np.sin(angle)], axis=-1)
        candidate = positions[tree.query(points.reshape(-1, 2))[1]].reshape(angle.shape)
        got = np.hypot(self.easting[candidate] - easting, self.northing[candidate] - northing)
        # The threshold of 20 miles matters to every count: a candidate on its wrong side is a poor fit.
        far = 20.0 * METRES_PER_MILE
        misfit = np.abs(got - radius) + 20_000.0 * ((got > far) != (radius > far))
        # Directions that fit about as well are all good: take the first of them, in random order.
        good = misfit <= misfit.min(axis=1, keepdims=True) + 0.02 * radius + 200.0
        return np.asarray(candidate[np.arange(len(origin)), good.argmax(axis=1)], np.int64)

    def miles(self, a: Ints, b: Ints) -> Floats:
        """Return miles between positions."""
        return np.asarray(
            np.hypot(self.easting[a] - self.easting[b], self.northing[a] - self.northing[b]) / METRES_PER_MILE
        )

    @property
    def squares(self) -> int:
        """Return how many 1 km squares of the authority have a postcode."""
        east, north = self.easting[self.inside] // 1000, self.northing[self.inside] // 1000
        return len(np.unique(east * 10_000 + north))

    @property
    def spread_postcodes(self) -> int:
        """Return the authority's postcodes, at most `SPREAD_CAP` in each small square."""
        east, north = self.easting[self.inside] // SPREAD_CELL_M, self.northing[self.inside] // SPREAD_CELL_M
        _, counts = np.unique(east * 1_000_000 + north, return_counts=True)
        return int(np.minimum(counts, SPREAD_CAP).sum())


def survey(authority: Authority, directory: PostcodeDirectory, rng: np.random.Generator) -> Terrain:
    """Build the terrain of an authority from the postcode directory.

    Need is made uneven: each district's homes are weighted by a factor between 0.6 and 1.5 (assumed).
    """
    points = directory.points()
    district = points["district"].to_numpy(dtype=object)
    first = np.array([code[0] for code in directory.district_codes], dtype="U1")
    kind = dict(zip(directory.district_codes, first, strict=True))
    letter = points["district"].map(kind).to_numpy(dtype="U1")
    is_inside = points["district"].isin(authority.districts).to_numpy(bool)
    inside = np.flatnonzero(is_inside)
    outside = np.flatnonzero((letter == "E") & ~is_inside)
    outside = outside[::_OUTSIDE_STEP] if len(outside) > 100_000 else outside
    abroad = np.flatnonzero(np.isin(letter, ("S", "W", "N")))[::_OUTSIDE_STEP]
    easting, northing = points["easting"].to_numpy(float), points["northing"].to_numpy(float)
    factor = dict(zip(authority.districts, rng.uniform(0.6, 1.5, len(authority.districts)), strict=True))
    weight = np.array([factor[code] for code in district[inside]])
    xy = np.column_stack([easting, northing])
    return Terrain(
        postcode=points["postcode"].to_numpy(dtype=object),
        easting=easting,
        northing=northing,
        district=district,
        inside=inside,
        outside=outside,
        abroad=abroad,
        weight=weight / weight.sum(),
        inside_tree=cKDTree(xy[inside]),
        outside_tree=cKDTree(xy[outside]),
    )
