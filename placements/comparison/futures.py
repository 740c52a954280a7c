"""What do figures of many futures come to? Means, bands and quantiles over weighted samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: The band: eight in ten futures lie in it.
LOW, HIGH = 0.1, 0.9
#: Differences smaller than this, in child-years or pounds, are those of the solver's arithmetic.
SAME: Final = 1e-6


@dataclass(frozen=True)
class Banded:
    """An expected value, and the band of four fifths of the futures. Not a number where nothing can be said."""

    mean: float
    low_80: float
    high_80: float

    def named(self, name: str, band: str = "") -> dict[str, float]:
        """Return it as columns: `name`, and `..._low_80` and `..._high_80` of `band` (of `name` if not given)."""
        band = band or name
        return {name: self.mean, f"{band}_low_80": self.low_80, f"{band}_high_80": self.high_80}


def banded(values: Floats, weights: Floats) -> Banded:
    """Return mean and band over samples; over those that have a value, where some are not a number."""
    known = ~np.isnan(values)
    if not known.any():
        return Banded(np.nan, np.nan, np.nan)
    if known.all():
        return Banded(float(values @ weights), *weighted_quantiles(values, weights, (LOW, HIGH)))
    values, weights = values[known], weights[known] / weights[known].sum()
    return Banded(float(values @ weights), *weighted_quantiles(values, weights, (LOW, HIGH)))


def weighted_quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[float]:
    """Return quantiles of weighted values, interpolated between the middles of their weights."""
    order = np.argsort(values, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2
    return [float(value) for value in np.interp(at, middle / weights.sum(), values[order])]
