"""Is an authority further from England than chance would take it? Control limits at each authority's own denominator.

A league table says who is highest; a funnel says who differs by more than the numbers of children behind the figures
explain. Limits are exact binomial ones for a share and exact Poisson ones for a rate, interpolated between whole
numbers. Authorities differ for more reasons than chance: how much more is phi, and limits widened by it are given too.

Source: D. J. Spiegelhalter, *Funnel plots for comparing institutional performance*, Statistics in Medicine 24 (2005),
1185-1202: interpolated exact limits in appendix A.1, overdispersion in A.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

BINOMIAL, POISSON = "binomial", "poisson"
#: Share of authorities that lies within, when all have the same underlying share, and the name of its limits.
LEVELS: Final = {"95": 0.95, "998": 0.998}
#: Each tail of the z-scores that is drawn in before phi is worked out, so that a few outliers do not make it.
WINSORISED: Final = 0.10

BELOW_998, BELOW_95, WITHIN, ABOVE_95, ABOVE_998, UNKNOWN = (
    "below 99.8 %",
    "below 95 %",
    "within",
    "above 95 %",
    "above 99.8 %",
    "unknown",
)
POSITIONS: Final = (BELOW_998, BELOW_95, WITHIN, ABOVE_95, ABOVE_998, UNKNOWN)
LIMITS: Final = ("low_998", "low_95", "high_95", "high_998")
COLUMNS: Final = (
    "value",
    *LIMITS,
    "position",
    "phi",
    *(f"adjusted_{name}" for name in LIMITS),
    "adjusted_position",
)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Overdispersion:
    """How much more the authorities differ than chance.

    Attributes
    ----------
    phi : float
        Mean square of the winsorised z-scores; about 1 or less when only chance divides them. NaN for none.
    authorities : int
        How many it is of.
    """

    phi: float
    authorities: int

    @property
    def found(self) -> bool:
        """Return whether phi is beyond 1 + 2 sqrt(2 / authorities), two standard errors above 1."""
        return self.authorities > 0 and self.phi > 1 + 2 * math.sqrt(2 / self.authorities)

    @property
    def widening(self) -> float:
        """Return what distances from the target are multiplied by: 1 unless overdispersion is found."""
        return math.sqrt(self.phi) if self.found else 1.0


def exact_limit(target: float, denominator: npt.ArrayLike, tail: float, model: str = BINOMIAL) -> Floats:
    """Return the control limit that a share of `tail` of authorities lies below, for each denominator.

    With r the smallest whole number for which P(R <= r) >= tail, and a = (P(R <= r) - tail) / P(R = r), the limit is
    (r - a) / denominator: linear between whole numbers.

    Parameters
    ----------
    target : float
        The common share (0 to 1), or the common number for each unit of the denominator.
    denominator : array of float
        Whole numbers; NaN, 0 and less have no limit.
    tail : float
        Between 0 and 1.
    model : str
        `BINOMIAL` or `POISSON`.

    Returns
    -------
    array of float
        In units of `target`; a share within 0 and 1; NaN where there is no target or denominator.
    """
    n = np.round(np.asarray(denominator, dtype=np.float64))
    usable = np.isfinite(n) & (n > 0) & math.isfinite(target) & (target >= 0)
    if model == BINOMIAL:
        usable &= target <= 1
    safe = np.where(usable, n, 1.0)
    rate = target if np.any(usable) else 0.0
    law = stats.binom(safe, rate) if model == BINOMIAL else stats.poisson(safe * rate)
    r = np.maximum(law.ppf(tail), 0.0)
    up_to, at = law.cdf(r), law.pmf(r)
    part = np.divide(up_to - tail, at, out=np.zeros_like(at), where=at > 0)
    limit = np.clip((r - part) / safe, 0.0, 1.0 if model == BINOMIAL else np.inf)
    return np.where(usable, limit, np.nan)


def z_scores(numerator: npt.ArrayLike, denominator: npt.ArrayLike, target: float, model: str = BINOMIAL) -> Floats:
    """Return how many standard errors (of chance alone) each authority is from the target; NaN where not known."""
    r, n = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    spread = n * target * (1 - target) if model == BINOMIAL else n * target
    error = np.sqrt(np.where(spread > 0, spread, np.nan))
    return np.asarray((r - n * target) / error, dtype=np.float64)


def overdispersion(z: npt.ArrayLike) -> Overdispersion:
    """Return phi of z-scores: those beyond the 10th and 90th percentile are set to it, then the mean square is taken.

    Winsorising makes phi of chance alone less than 1 (0.66 of normal scores), so it errs towards finding none.
    """
    known = np.asarray(z, dtype=np.float64)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return Overdispersion(math.nan, 0)
    low, high = np.quantile(known, [WINSORISED, 1 - WINSORISED])
    return Overdispersion(float(np.mean(np.clip(known, low, high) ** 2)), int(known.size))


def funnel(numerator: pd.Series, denominator: pd.Series, target: float, model: str = BINOMIAL) -> pd.DataFrame:
    """Return the value of each authority, its control limits around the target, and on which side of them it lies.

    Parameters
    ----------
    numerator, denominator : Series of float
        Counts by authority; NaN where one is withheld.
    target : float
        England's numerator divided by its denominator.
    model : str
        `BINOMIAL` where the numerator is part of the denominator, else `POISSON`.

    Returns
    -------
    DataFrame
        Indexed as given, with `COLUMNS`. `position` is one of `POSITIONS`; the `adjusted_` limits lie sqrt(phi) times
        as far from the target when overdispersion is found, and are the same when it is not.
    """
    # A nought in the denominator is no value, and none that lies within.
    n = denominator.astype(float).where(denominator.gt(0))
    out = pd.DataFrame({"value": numerator.astype(float) / n})
    spread = overdispersion(z_scores(numerator, n, target, model))
    for name, level in LEVELS.items():
        for side, tail in (("low", (1 - level) / 2), ("high", (1 + level) / 2)):
            limit = exact_limit(target, n, tail, model)
            out[f"{side}_{name}"] = limit
            wide = target + spread.widening * (limit - target)
            out[f"adjusted_{side}_{name}"] = np.clip(wide, 0.0, 1.0 if model == BINOMIAL else np.inf)
    out["position"] = _position(out, "")
    out["adjusted_position"] = _position(out, "adjusted_")
    out["phi"] = spread.phi
    return out[list(COLUMNS)]


def _position(frame: pd.DataFrame, prefix: str) -> pd.Series:
    value = frame["value"]
    low_998, low_95, high_95, high_998 = (frame[prefix + name] for name in LIMITS)
    # A limit that is exactly met is not passed; the first that holds decides.
    text = np.select(
        [value.isna() | low_95.isna(), value < low_998, value < low_95, value > high_998, value > high_95],
        [UNKNOWN, BELOW_998, BELOW_95, ABOVE_998, ABOVE_95],
        default=WITHIN,
    )
    return pd.Series(text, index=frame.index, dtype="str")
