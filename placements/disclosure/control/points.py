"""Which counts are known to agree with what is shown? Answers to earlier questions, kept for later ones.

Counts that agree with one pattern of hidden figures mostly agree with the next, which saves asking again.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from placements.disclosure.control.model import LEAST_WIDTH, Bools, CountModel, Floats, Ints

#: How far a solver's answer may be off a bound.
_SLACK = 1e-6


class Points:
    """Counts that obey every sum, the truth first of all."""

    def __init__(self, model: CountModel) -> None:
        """Begin with the truth."""
        self._model = model
        self._low, self._high = model.bounds(np.ones(len(model.values), dtype=bool))
        self._not_below, self._not_above = model.share_rows()
        self._points = [model.values.astype(float)]

    def keep(self, points: Iterable[Floats]) -> None:
        """Add counts that obey every sum, whatever they agree with."""
        self._points.extend(points)

    def reach(self, counts: Bools, shares: Bools) -> tuple[Floats, Floats]:
        """Return the least and the greatest of every count, in those that agree with a pattern of hidden figures.

        Parameters
        ----------
        counts : array of bool, shape (n,)
        shares : array of bool, shape (k,)
            What is hidden.
        """
        points = np.array(self._points)
        points = points[self._agree(points, self._model.published & ~counts, ~shares)]
        return points.min(axis=0), points.max(axis=0)

    def _agree(self, points: Floats, shown: Bools, told: Bools) -> Bools:
        of_shown = points[:, shown]
        fits = (of_shown >= self._low[shown] - _SLACK) & (of_shown <= self._high[shown] + _SLACK)
        part, whole = (points[:, self._model.shares[told, side]] for side in (0, 1))
        slack = 200 * _SLACK  # in the units of the rows of shares
        above = 200 * part - self._not_below[told] * whole >= -slack
        below = 200 * part - self._not_above[told] * whole <= -1 + slack
        agree: Bools = np.all(np.hstack([fits, above, below]), axis=1)
        return agree


def whole_width(low: Floats, high: Floats) -> Ints:
    """Return how far apart the least and the greatest whole numbers of intervals are."""
    width: Ints = (np.floor(np.asarray(high) + _SLACK) - np.ceil(np.asarray(low) - _SLACK)).astype(np.int64)
    return width


class Reached:
    """The least and the greatest of every count in any answer so far: what is wide enough need not be asked about."""

    def __init__(self, low: Floats, high: Floats) -> None:
        """Begin with what is known to be within reach."""
        self.low, self.high = low.copy(), high.copy()

    def add(self, point: Floats) -> None:
        """Widen what is within reach by counts that agree."""
        np.minimum(self.low, point, out=self.low)
        np.maximum(self.high, point, out=self.high)

    def left(self, targets: Ints) -> Ints:
        """Return the targets that are not known to be wide enough."""
        left: Ints = targets[whole_width(self.low[targets], self.high[targets]) < LEAST_WIDTH]
        return left
