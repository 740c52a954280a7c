"""What would a ruler say? Simple forecasts of a monthly series, each with a spread of its own from the same past."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Past months (oldest first) and months ahead, to equally likely values.
Baseline = Callable[[Floats, int], Floats]

#: Months that a line is laid through, and equally likely values that stand for a normal distribution.
_LINE_MONTHS: Final = 36
_POINTS: Final = 200
#: Pairs of months that a spread needs; with fewer, changes over a shorter time are stretched by its root.
_LEAST_PAIRS: Final = 6


def carried_forward(past: Floats, ahead: int) -> Floats:
    """Return last month's number, spread by all past changes over as many months, about their mean."""
    step = min(ahead, max(len(past) - _LEAST_PAIRS, 1))
    changes = past[step:] - past[:-step]
    if not len(changes):
        return np.full(1, past[-1])
    return np.asarray(past[-1] + (changes - changes.mean()) * np.sqrt(ahead / step))


def drifting(past: Floats, ahead: int) -> Floats:
    """Return last month's number with all past changes over as many months: their mean is carried on."""
    step = min(ahead, max(len(past) - _LEAST_PAIRS, 1))
    changes = past[step:] - past[:-step]
    if not len(changes):
        return np.full(1, past[-1])
    mean = changes.mean()
    return np.asarray(past[-1] + mean * ahead / step + (changes - mean) * np.sqrt(ahead / step))


def linear_trend(past: Floats, ahead: int) -> Floats:
    """Return a line by least squares carried on, with its prediction interval for independent errors."""
    own = past[-_LINE_MONTHS:]
    count = len(own)
    if count < 3:
        return np.full(1, own[-1])
    at = np.arange(count) - (count - 1) / 2
    slope = float(at @ own / (at @ at))
    rest = own - own.mean() - slope * at
    later = at[-1] + ahead
    spread = np.sqrt(float(rest @ rest) / (count - 2) * (1 + 1 / count + later**2 / float(at @ at)))
    return np.asarray(own.mean() + slope * later + spread * _normal_points())


def _normal_points() -> Floats:
    from scipy.stats import norm  # noqa: PLC0415 - slow to import, and only the back-test needs it

    return np.asarray(norm.ppf((np.arange(_POINTS) + 0.5) / _POINTS))


BASELINES: Final[Mapping[str, Baseline]] = MappingProxyType(
    {"last month carried forward": carried_forward, "drift": drifting, "linear trend": linear_trend}
)
