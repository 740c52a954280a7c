"""How good was a forecast, once what it was of is known? Proper scores, coverage, bias and width.

The continuous ranked probability score of a predictive distribution F and what came, y, is

    CRPS(F, y) = integral of (F(x) - 1[x >= y])² dx = E|X - y| - E|X - X'| / 2        X, X' from F, independent

in the units of y; of a forecast with no spread it is the absolute error. Lower is better, and it is proper: nobody can
expect to gain by stating another distribution than the one believed in.

Source: T. Gneiting and A. E. Raftery, *Strictly proper scoring rules, prediction, and estimation*, Journal of the
American Statistical Association 102 (2007), equations 20 and 21.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from placements.errors import UsageError

Floats = npt.NDArray[np.float64]


def crps_of_draws(draws: Floats, observed: Floats) -> Floats:
    """Return the CRPS of the distribution that gives each draw the same weight: exact for that distribution.

    Parameters
    ----------
    draws : ndarray (draws, ...)
        In any order.
    observed : ndarray (...)
        What came, in the same units.

    Returns
    -------
    ndarray (...)
        NaN where anything is.

    Raises
    ------
    UsageError
        When there is no draw or the shapes do not fit.
    """
    draws, observed = np.asarray(draws, float), np.asarray(observed, float)
    if not len(draws) or draws.shape[1:] != observed.shape:
        raise UsageError(f"draws of shape {draws.shape} do not fit observations of shape {observed.shape}")
    number = len(draws)
    weights = (2.0 * np.arange(1, number + 1) - number - 1.0) / number**2
    # Half the mean difference of two draws is the sum of sorted draws by rank.
    half_difference = np.tensordot(weights, np.sort(draws, axis=0), axes=1)
    return np.asarray(np.abs(draws - observed[None]).mean(axis=0) - half_difference)


def within(low: Floats, high: Floats, observed: Floats) -> npt.NDArray[np.bool_]:
    """Return whether what came lies in the band, ends included."""
    return np.asarray((low <= observed) & (observed <= high))


def coverage(low: Floats, high: Floats, observed: Floats) -> float:
    """Return the share of observations in their band, 0 to 1; NaN of none."""
    inside = within(low, high, observed)
    return float(inside.mean()) if inside.size else float("nan")


def bias(point: Floats, observed: Floats) -> float:
    """Return how far forecasts lie above what came, as a share of it, summed: above 0 is too high; NaN of nothing."""
    came = float(np.sum(observed))
    return (float(np.sum(point)) - came) / came if came > 0 else float("nan")


def mean_absolute_error(point: Floats, observed: Floats) -> float:
    """Return the mean distance of forecasts from what came, in its units; NaN of none."""
    return float(np.abs(point - observed).mean()) if np.size(observed) else float("nan")
