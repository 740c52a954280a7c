"""Has it really changed? Whether a difference between two days or two scenarios is larger than chance would make it."""

from __future__ import annotations

import math

_Z95 = 1.959963984540054


def share_difference(
    numerator_before: float, denominator_before: float, numerator_after: float, denominator_after: float
) -> tuple[float, float, float]:
    """Return the change of a share and its 95 % interval (low, high); NaN when either denominator is 0.

    Source: R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statistics in
    Medicine 17 (1998), method 10 (hybrid Wilson score). Two snapshots share many children, so the interval is wider
    than it need be: it errs towards saying that a change could be chance.
    """
    if denominator_before <= 0 or denominator_after <= 0:
        return math.nan, math.nan, math.nan
    before, low_before, high_before = _wilson(numerator_before, denominator_before)
    after, low_after, high_after = _wilson(numerator_after, denominator_after)
    change = after - before
    low = change - math.hypot(after - low_after, high_before - before)
    high = change + math.hypot(high_after - after, before - low_before)
    return change, low, high


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
    return abs(after - before) > _Z95 * math.sqrt(before + after)


def _wilson(numerator: float, denominator: float) -> tuple[float, float, float]:
    share = numerator / denominator
    centre = (share + _Z95**2 / (2 * denominator)) / (1 + _Z95**2 / denominator)
    half = (
        _Z95
        / (1 + _Z95**2 / denominator)
        * math.sqrt(share * (1 - share) / denominator + _Z95**2 / (4 * denominator**2))
    )
    return share, max(0.0, centre - half), min(1.0, centre + half)
