"""How does a figure stand against its target, and could that be chance? A word and a shape, never a colour alone.

A figure that misses its target may miss it by no more than chance would. The question asked is: if the true share (or
number) were exactly on target, how often would a figure come out at least this far from it, on either side? Shares are
taken as binomial, numbers as Poisson, and the p-value is the mid-p: twice the smaller tail, with the figure itself
counted half, so that it is neither as cautious as the exact test nor as rash as the normal approximation.

Sources: H. O. Lancaster, *Significance tests in discrete distributions*, JASA 56 (1961); G. Berry and P. Armitage,
*Mid-P confidence intervals: a brief review*, The Statistician 44 (1995).

Children who are looked after on two days are largely the same, so that their number strays less than these laws say:
the rule errs towards saying that a miss could be chance.
"""

from __future__ import annotations

import enum
import math
from typing import Any, Final

import numpy as np
from scipy import stats

#: Below this a miss is more than chance.
LEVEL: Final = 0.05


class Standing(enum.Enum):
    """How a figure stands against the target that was due; the value is what a reader sees."""

    MET = "● Met"
    NEAR = "▲ Not met, could be chance"
    MISSED = "■ Missed"
    NOT_STATED = "○ Not stated"
    NOT_DUE = "○ None due yet"

    @property
    def words(self) -> str:
        """Return it without its shape."""
        return self.value[2:]


def share_mid_p(numerator: float, denominator: float, target: float) -> float:
    """Return the two-sided mid-p value of a share against a target share; NaN of nobody.

    Parameters
    ----------
    numerator, denominator : float
        Whole numbers of children.
    target : float
        Between 0 and 1.
    """
    if not denominator > 0 or math.isnan(numerator):
        return math.nan
    return _mid_p(stats.binom(int(denominator), target), int(numerator))


def count_mid_p(count: float, target: float) -> float:
    """Return the two-sided mid-p value of a number against a target number; NaN when it is not known."""
    return math.nan if math.isnan(count) else _mid_p(stats.poisson(target), int(count))


def standing(is_met: bool, p_value: float) -> Standing:
    """Return how a figure stands: missed only where chance is an unlikely reason."""
    if is_met:
        return Standing.MET
    if math.isnan(p_value):
        return Standing.NOT_STATED
    return Standing.NEAR if p_value >= LEVEL else Standing.MISSED


def _mid_p(law: Any, x: int) -> float:
    here = float(law.pmf(x))
    tails = (float(law.cdf(x)) - here / 2, float(law.sf(x)) + here / 2)
    return float(np.clip(2 * min(tails), 0.0, 1.0))
