"""Has it really changed? Whether a difference between two days or two scenarios is larger than chance would make it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from placements.analysis.measure import Z95, Floats, wilson_limits

_HALVINGS: Final = 60
_MOST_ERRORS: Final = 40.0


def share_difference(
    numerator_before: float, denominator_before: float, numerator_after: float, denominator_after: float
) -> tuple[float, float, float]:
    """Return the change of a share and its 95 % interval (low, high); NaN when either denominator is 0.

    Source: R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statistics in
    Medicine 17 (1998), method 10 (hybrid Wilson score). Two snapshots share many children, so the interval is wider
    than it need be: it errs towards saying that a change could be chance.
    """
    change, low, high = share_differences(
        np.array([numerator_before]),
        np.array([denominator_before]),
        np.array([numerator_after]),
        np.array([denominator_after]),
    )
    return float(change[0]), float(low[0]), float(high[0])


def share_differences(
    x_before: npt.ArrayLike, n_before: npt.ArrayLike, x_after: npt.ArrayLike, n_after: npt.ArrayLike, z: float = Z95
) -> tuple[Floats, Floats, Floats]:
    """Return changes of shares with their intervals, of many at once; see `share_difference`."""
    x1, n1, x2, n2 = _arrays(x_before, n_before, x_after, n_after)
    return _newcombe(x1, n1, x2, n2, np.float64(z))


def share_p_values(
    x_before: npt.ArrayLike, n_before: npt.ArrayLike, x_after: npt.ArrayLike, n_after: npt.ArrayLike
) -> Floats:
    """Return the two-sided p-value of each change of a share: at 1 - p, Newcombe's interval just touches 0.

    So a change is clear at 95 % by its interval exactly when p is below 0.05. NaN when either denominator is 0.
    """
    x1, n1, x2, n2 = _arrays(x_before, n_before, x_after, n_after)
    low_z, high_z = np.zeros(x1.shape), np.full(x1.shape, _MOST_ERRORS)
    for _ in range(_HALVINGS):
        z = (low_z + high_z) / 2
        _, low, high = _newcombe(x1, n1, x2, n2, z)
        clear = (low > 0) | (high < 0)
        low_z, high_z = np.where(clear, z, low_z), np.where(clear, high_z, z)
    known = (n1 > 0) & (n2 > 0) & np.isfinite(x1) & np.isfinite(x2)
    return np.where(known, 2 * stats.norm.sf(low_z), np.nan)


def share_change_is_clear(
    numerator_before: float, denominator_before: float, numerator_after: float, denominator_after: float
) -> bool:
    """Return whether the 95 % interval of the change of a share leaves out 0."""
    _, low, high = share_difference(numerator_before, denominator_before, numerator_after, denominator_after)
    return low > 0 or high < 0


def count_change_is_clear(before: float, after: float) -> bool:
    """Return whether two counts differ by more than 1.96 standard errors, each taken as a Poisson count.

    A rule of thumb: the numbers of children on two days are not independent counts.
    """
    return abs(after - before) > Z95 * math.sqrt(before + after)


def count_p_values(
    x_before: npt.ArrayLike, of_before: npt.ArrayLike, x_after: npt.ArrayLike, of_after: npt.ArrayLike
) -> Floats:
    """Return the exact two-sided p-value that two Poisson counts have one rate, given their sum.

    Given the sum, the later count is binomial with share `of_after / (of_before + of_after)`; p is twice the smaller
    tail. Source: J. Przyborowski and H. Wilenski, *Homogeneity of results in testing samples from Poisson series*,
    Biometrika 31 (1940). `of_` is what each is counted in: residents, or 1. NaN where one is not known or nothing.
    """
    x1, n1, x2, n2 = _arrays(x_before, of_before, x_after, of_after)
    known = (n1 > 0) & (n2 > 0) & np.isfinite(x1) & np.isfinite(x2)
    a, b = np.where(known, x1, 0.0), np.where(known, x2, 0.0)
    share = np.where(known, n2 / np.where(known, n1 + n2, 1.0), 0.5)
    law = stats.binom(a + b, share)
    p = np.minimum(1.0, 2 * np.minimum(law.cdf(b), law.sf(b - 1)))
    return np.where(known, p, np.nan)


def count_differences(
    x_before: npt.ArrayLike, of_before: npt.ArrayLike, x_after: npt.ArrayLike, of_after: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Return changes of Poisson rates (counts where `of_` is 1) with 95 % intervals.

    The exact limits of each (F. Garwood, *Fiducial limits for the Poisson distribution*, Biometrika 28, 1936) are put
    together by squares as in Newcombe's method 10 (G. Y. Zou and A. Donner, *Construction of confidence limits about
    effect measures*, Statistics in Medicine 27, 2008).
    """
    x1, n1, x2, n2 = _arrays(x_before, of_before, x_after, of_after)
    n1, n2 = np.where(n1 > 0, n1, np.nan), np.where(n2 > 0, n2, np.nan)
    before, after = x1 / n1, x2 / n2
    (low1, high1), (low2, high2) = _garwood(x1), _garwood(x2)
    change = after - before
    return (
        change,
        change - np.hypot(after - low2 / n2, high1 / n1 - before),
        change + np.hypot(high2 / n2 - after, before - low1 / n1),
    )


def holm(p_values: npt.ArrayLike) -> Floats:
    """Return p-values adjusted for being many (Holm 1979): the chance of any false claim stays below the level.

    It holds however the comparisons depend on one another, as changes between years that share a year do. NaN stays,
    and counts for none.
    """
    p = np.asarray(p_values, dtype=np.float64)
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return out


def _arrays(*values: npt.ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(value, dtype=np.float64) for value in values)


def _newcombe(x1: Floats, n1: Floats, x2: Floats, n2: Floats, z: Floats | np.float64) -> tuple[Floats, Floats, Floats]:
    (low_before, high_before), (low_after, high_after) = wilson_limits(x1, n1, z), wilson_limits(x2, n2, z)
    before, after = x1 / np.where(n1 > 0, n1, np.nan), x2 / np.where(n2 > 0, n2, np.nan)
    change = after - before
    low = change - np.hypot(after - low_after, high_before - before)
    high = change + np.hypot(high_after - after, before - low_before)
    return change, low, high


def _garwood(x: Floats) -> tuple[Floats, Floats]:
    low = np.where(x > 0, stats.chi2.ppf(0.025, 2 * np.where(x > 0, x, 1.0)) / 2, np.where(np.isnan(x), np.nan, 0.0))
    return low, stats.chi2.ppf(0.975, 2 * (x + 1)) / 2
