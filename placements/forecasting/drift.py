"""Where is a rate now, if years differ by more than chance? Levels that walk from year to year, followed and drawn.

What came in a year is Poisson about what the rates of the whole window expect, times a factor of that year. By how much
factors differ between years (`volatility`) is estimated by moments over all kinds and shrunk to a stated value. The
factor is followed from year to year: its gamma distribution loses weight before each new year, as much as a walk of
that volatility takes, and gains what the year tells. So the rates of the years to come are those of late rather than
those of the window, as far as the counts can tell the two apart.

Source: M. West and J. Harrison, *Bayesian Forecasting and Dynamic Models* (1997), chapter 14: the discounted
gamma-Poisson model, its discount set by the variance of the walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Standard deviation of a factor between years that is believed before anything is seen (assumed), the kinds and years
#: that this belief counts for, and what a year must be expected to bring to tell.
VOLATILITY_PRIOR, VOLATILITY_PRIOR_CELLS = 0.10, 10.0
_LEAST_EXPECTED: Final = 5.0


@dataclass(frozen=True, eq=False)
class Levels:
    """Where the rates of some kinds are, and how they walk.

    Attributes
    ----------
    factor : ndarray (kinds,)
        Of each kind at the end of the last year, over what the whole window expects.
    error : ndarray (kinds,)
        Relative error of `factor`.
    walk : float
        Standard deviation of the walk of the factors, a year.
    """

    factor: Floats
    error: Floats
    walk: float

    @property
    def spread(self) -> Floats:
        """Return the relative standard deviation of a rate in the years to come, (kinds,)."""
        return np.asarray(np.hypot(self.walk, self.error))

    def off(self, runs: int, rng: np.random.Generator) -> Floats:
        """Return by how much the rates of each run are off what is expected, mean 1, (runs, kinds)."""
        return factors(self.spread, runs, rng)


def factors(spread: Floats, runs: int, rng: np.random.Generator) -> Floats:
    """Return log-normal factors of mean 1 with these standard deviations of their logs, (runs, kinds)."""
    return np.asarray(np.exp(spread * rng.standard_normal((runs, len(spread))) - spread**2 / 2))


def levels(years: Sequence[tuple[Floats, Floats]], kinds: int) -> Levels:
    """Follow the factors of some kinds through the years.

    Parameters
    ----------
    years : sequence of (came, expected), each ndarray (kinds,)
        Oldest first: what was counted in each year, and what rates that are the same in all years expect.
    kinds : int

    Returns
    -------
    Levels
        Factors of 1 without error when there is no year to tell.
    """
    if not years:
        return known(kinds, VOLATILITY_PRIOR)
    came, expected = np.array(years, float).transpose(1, 2, 0)
    walk = volatility(came, expected)
    shape = rate = np.full(kinds, 1 / walk**2)
    for year in range(len(years)):
        kept = 1 / (1 + shape * walk**2) if year else 1.0
        shape, rate = shape * kept + came[:, year], rate * kept + expected[:, year]
    return Levels(np.asarray(shape / rate), np.asarray(1 / np.sqrt(shape)), walk)


def known(kinds: int, walk: float = 0.0) -> Levels:
    """Return levels that are what the window expects, and walk on from there."""
    return Levels(np.ones(kinds), np.zeros(kinds), walk)


def volatility(came: Floats, expected: Floats) -> float:
    """Return the standard deviation of the factors between years, beyond chance.

    Parameters
    ----------
    came, expected : ndarray (kinds, years)
    """
    tells = expected >= _LEAST_EXPECTED
    beyond = float((((came - expected) ** 2 - expected) * tells).sum())
    variance = max(beyond, 0.0) / max(float((expected**2 * tells).sum()), 1e-9)
    cells = float(tells.sum())
    shrunk = (cells * variance + VOLATILITY_PRIOR_CELLS * VOLATILITY_PRIOR**2) / (cells + VOLATILITY_PRIOR_CELLS)
    return float(np.sqrt(shrunk))
