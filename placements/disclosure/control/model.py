"""What is published, and how do the numbers hang together? Quantities, the sums they form, and figures made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placements.disclosure.suppress import ROUND_TO, SMALLEST_BASE, SMALLEST_SHOWN

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

#: How far apart the least and the greatest number must be that a hidden count could be: as far as the ends of what
#: rounding to the nearest 5 leaves open, so five whole numbers stay possible.
LEAST_WIDTH: Final = ROUND_TO - 1
#: What no count in a model can exceed, as a multiple of the largest.
_CEILING: Final = 4
_SHARE_WEIGHT: Final = 24
#: Hiding that there is nobody loses as much as hiding a number of this size.
_NOBODY: Final = 9


@dataclass(frozen=True, eq=False)
class CountModel:
    """Counts of children, the sums that hold among them, and which figures of them are to be published.

    Attributes
    ----------
    values : array of int, shape (n,)
        The true counts: `quantities`.
    equations : sparse matrix of int, shape (m, n)
        Each row, multiplied by the counts, is 0: a total less its parts.
    published : array of bool, shape (n,)
        Whether the count itself is a figure of the release. The others only tie published ones together, or are what a
        reader could work out (a denominator less its numerator).
    shares : array of int, shape (k, 2)
        Positions of numerator and denominator of each share of the release.
    count_weight : array of int, shape (n,)
    share_weight : array of int, shape (k,)
        What hiding a figure loses.
    known_low, known_high : array of float, shape (n,)
        What a reader knows already, from earlier releases: 0 and infinity by default.
    round_to : int
        Counts are published to the nearest multiple of this; 1 publishes them as they are.
    """

    values: Ints
    equations: sparse.csr_matrix
    published: Bools
    shares: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    count_weight: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    share_weight: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    known_low: Floats = field(default_factory=lambda: np.empty(0))
    known_high: Floats = field(default_factory=lambda: np.empty(0))
    round_to: int = ROUND_TO

    def __post_init__(self) -> None:
        """Fill in weights and knowledge that were not given; refuse sums that do not hold."""
        n, k = len(self.values), len(self.shares)
        fills = {
            "count_weight": default_weight(self.values),
            "share_weight": np.full(k, _SHARE_WEIGHT, dtype=np.int64),
            "known_low": np.zeros(n),
            "known_high": np.full(n, np.inf),
        }
        for name, fill in fills.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, fill)
        if self.equations.shape[0] and np.any(self.equations @ self.values):
            raise ValueError("a total is not the sum of its parts")

    @property
    def small(self) -> Bools:
        """Return which counts are from 1 to 5: no combination of figures may give them away."""
        return (self.values > 0) & (self.values < SMALLEST_SHOWN)

    @property
    def must_hide_shares(self) -> Bools:
        """Return which shares are hidden whatever else is: on a small base, or with a small part."""
        numerator, denominator = self.values[self.shares[:, 0]], self.values[self.shares[:, 1]]
        rest = denominator - numerator
        small = ((numerator > 0) & (numerator < SMALLEST_SHOWN)) | ((rest > 0) & (rest < SMALLEST_SHOWN))
        hidden: Bools = (denominator < SMALLEST_BASE) | small
        return hidden

    @property
    def ceiling(self) -> float:
        """Return a number that no count exceeds, however little is known."""
        return float(_CEILING * max(int(self.values.max(initial=0)), SMALLEST_SHOWN))

    def bounds_shown(self) -> tuple[Floats, Floats]:
        """Return the least and the greatest that each count could be if its rounded figure is shown.

        A figure of 0 is exactly 0; one of 5 is 6 or 7, since smaller ones are hidden.
        """
        nearest = np.floor(self.values / self.round_to + 0.5) * self.round_to
        spread = self.round_to // 2
        low = np.where(self.values == 0, 0, np.maximum(nearest - spread, SMALLEST_SHOWN))
        high = np.where(self.values == 0, 0, nearest + spread)
        return low.astype(float), high.astype(float)

    def bounds(self, shown: Bools) -> tuple[Floats, Floats]:
        """Return the least and the greatest that each count could be, when some are shown, by what is known of it."""
        low, high = self.bounds_shown()
        free_high = np.minimum(self.known_high, self.ceiling)
        return (
            np.where(shown, np.maximum(low, self.known_low), self.known_low),
            np.where(shown, np.minimum(high, free_high), free_high),
        )

    def share_rows(self) -> tuple[Ints, Ints]:
        """Return the whole percentage of each share as coefficients: `200 n - a d >= 0` and `200 n - b d <= -1`.

        `a` is twice the percentage less 1, `b` twice it plus 1: halves are rounded up.
        """
        numerator, denominator = self.values[self.shares[:, 0]], self.values[self.shares[:, 1]]
        percent = np.floor(100 * numerator / np.maximum(denominator, 1) + 0.5).astype(np.int64)
        return 2 * percent - 1, 2 * percent + 1


@dataclass(frozen=True, eq=False)
class Pattern:
    """Which figures of a model are hidden.

    Attributes
    ----------
    counts : array of bool, shape (n,)
        Of published counts only; the others have no figure.
    shares : array of bool, shape (k,)
    weight, bound : int
        What hiding them loses, and what must be lost at least.
    status : str
        `proved` when no pattern loses less, else `limit`.
    rounds, cuts : int
        How many times the attacks were run, and how many conditions they gave.
    """

    counts: Bools
    shares: Bools
    weight: int
    bound: int
    status: str
    rounds: int = 0
    cuts: int = 0


def sums_matrix(sums: Sequence[Mapping[int, int]], size: int) -> sparse.csr_matrix:
    """Return sums, each by position of a count its factor, as the rows of a matrix of `size` columns."""
    rows = np.repeat(np.arange(len(sums)), [len(one) for one in sums])
    columns = np.array([position for one in sums for position in one], dtype=np.int64)
    factors = np.array([factor for one in sums for factor in one.values()], dtype=np.int64)
    return sparse.csr_matrix((factors, (rows, columns)), (len(sums), size))


def default_weight(values: Ints) -> Ints:
    """Return what hiding a count loses: more for larger ones, but far from in proportion (20 for 9, 30 for 99)."""
    size = np.where(values == 0, _NOBODY, values)
    weight: Ints = np.round(10 * (1 + np.log10(1 + size))).astype(np.int64)
    return weight
