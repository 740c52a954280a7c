"""Where is a rate now, if years differ by more than chance? Levels that walk from year to year, followed and drawn.

What came in a year is Poisson about what the rates of the whole window expect, times a factor of that year. By how much
factors differ between years (`volatility`) is estimated by moments over all kinds and shrunk to a stated value. The
factor is followed from year to year: its gamma distribution loses weight before each new year, as much as a walk of
that volatility takes, and gains what the year tells. So the rates of the years to come are those of late rather than
those of the window, as far as the counts can tell the two apart.

Source: M. West and J. Harrison, *Bayesian Forecasting and Dynamic Models* (1997), chapter 14: the discounted gamma-Poisson
model, its discount set by the variance of the walk.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Standard deviation of a factor between years that is believed before anything is seen (assumed), the kinds and years
#: that this belief counts for, and what a year must be expected to bring to tell.
VOLATILITY_PRIOR, VOLATILITY_PRIOR_CELLS = 0.10, 10.0
_LEAST_EXPECTED: Final = 5.0


def volatility(came: Floats, expected: Floats) -> float:
    """Return the standard deviation of the factors between years, beyond chance.

    Parameters
    ----------
    came, expected : ndarray (kinds, years)
        What was counted, and what rates that are the same in all years expect.
    """
    tells = expected >= _LEAST_EXPECTED
    beyond = float((((came - expected) ** 2 - expected) * tells).sum())
    variance = max(beyond, 0.0) / max(float((expected**2 * tells).sum()), 1e-9)
    cells = float(tells.sum())
    shrunk = (cells * variance + VOLATILITY_PRIOR_CELLS * VOLATILITY_PRIOR**2) / (cells + VOLATILITY_PRIOR_CELLS)
    return float(np.sqrt(shrunk))


def level(came: Floats, expected: Floats, walk: float) -> tuple[Floats, Floats]:
    """Return the factor of each kind at the end of the last year, and its relative error.

    Parameters
    ----------
    came, expected : ndarray (kinds, years)
        Oldest year first.
    walk : float
        Standard deviation of the walk of the factors, a year.

    Returns
    -------
    factor, error : ndarray (kinds,)
        1 and `walk` where nothing was expected at all.
    """
    shape = np.full(len(came), 1 / walk**2)
    rate = shape.copy()
    for year in range(came.shape[1]):
        if year:
            kept = 1 / (1 + shape * walk**2)
            shape, rate = shape * kept, rate * kept
        shape, rate = shape + came[:, year], rate + expected[:, year]
    return np.asarray(shape / rate), np.asarray(1 / np.sqrt(shape))
