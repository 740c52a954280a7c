"""How is a figure made safe to share? Suppression, rounding and the limits on shares and means.

Rules of the `shareable` profile: counts of children of 1 to 5 are suppressed, shown as `c`; other counts are rounded to
the nearest 5; shares are whole percentages, none on a denominator under 10 nor where the numerator or its complement is
suppressed; means and costs need 10 children. The `internal` profile shows figures as they are. What else is hidden,
so that nothing shown gives a small count away, `control` says, for all that is published at once.
"""

from __future__ import annotations

import math
from typing import Final

from placements.analysis.cost import WEEKS_PER_YEAR

SUPPRESSED: Final = "c"
NOT_AVAILABLE: Final = "x"
SMALLEST_SHOWN: Final = 6
SMALLEST_BASE: Final = 10
SMALLEST_FLOW: Final = 6
ROUND_TO: Final = 5
INTERNAL: Final = "internal"
SHAREABLE: Final = "shareable"


def rounded(value: float) -> int:
    """Return the nearest multiple of 5, halves up."""
    return int(math.floor(value / ROUND_TO + 0.5) * ROUND_TO)


def is_small(value: float) -> bool:
    """Return whether a count of children must be hidden."""
    return 0 < value < SMALLEST_SHOWN


def count_text(value: float, profile: str) -> str:
    """Return one count of children as it may be shown: with thousands separators, or `c`, or `x` when unknown."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOT_AVAILABLE
    if profile == INTERNAL:
        return f"{value:,.0f}"
    return SUPPRESSED if is_small(value) else f"{rounded(value):,}"


def share_text(numerator: float, denominator: float, profile: str) -> str:
    """Return a share as a whole percentage, or `c` when either part is small, or `x` when there is no base."""
    if not denominator or (isinstance(denominator, float) and math.isnan(denominator)):
        return NOT_AVAILABLE
    if profile == INTERNAL:
        return f"{100 * numerator / denominator:.1f}%"
    if denominator < SMALLEST_BASE or is_small(numerator) or is_small(denominator - numerator):
        return SUPPRESSED
    return f"{math.floor(100 * numerator / denominator + 0.5):d}%"


def money_text(value: float, children: float, profile: str) -> str:
    """Return a sum or mean of money over children: three significant figures when shareable, `c` under 10 children."""
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    if profile == INTERNAL:
        return f"£{value:,.0f}"
    if children < SMALLEST_BASE:
        return SUPPRESSED
    if value == 0:
        return "£0"
    digits = 3 - math.ceil(math.log10(abs(value)))
    return f"£{round(value, digits):,.0f}"


def number_text(value: float, profile: str) -> str:
    """Return a number about many children, such as a median: whole when shareable."""
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    return f"{value:,.1f}" if profile == INTERNAL else f"{math.floor(value + 0.5):,d}"


def signed_text(value: float, profile: str) -> str:
    """Return an estimate of children or places: whole, and to the nearest 5 (hidden under 6) when shareable.

    Unlike a count it can be negative (a surplus).
    """
    if value is None or math.isnan(value):
        return NOT_AVAILABLE
    if profile == INTERNAL:
        return f"{value:,.0f}".replace("-0", "0") if abs(value) < 0.5 else f"{value:,.0f}"
    size = count_text(abs(value) if abs(value) >= 0.5 else 0.0, profile)
    return f"-{size}" if value < 0 and size not in (SUPPRESSED, "0") else size


def number_of(text: str) -> float:
    """Return the number that a count's text shows."""
    return float(text.replace(",", ""))


def yearly_money_text(mean_weekly_gbp: float, children: float, profile: str) -> str:
    """Return the cost of a year of children at a mean weekly cost.

    When shareable it is of the rounded number of children: beside the mean, the sum would give away the exact one.
    """
    number = children if profile == INTERNAL else rounded(children)
    return money_text(mean_weekly_gbp * number * WEEKS_PER_YEAR, children, profile)
