"""Ordinary least squares with standard errors that hold when the spread differs between rows (HC3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: A column whose part at right angles to the ones before it is this share of its length says the same as they do.
_NOTHING_NEW: Final = 1e-8


@dataclass(frozen=True)
class Fit:
    """What was fitted.

    Attributes
    ----------
    coefficients, standard_errors : ndarray
        By column of the design. Errors are HC3.
    r_squared : float
        Share of the variance of the response (about its mean) that the fit accounts for.
    highest_leverage : float
        The most that one row determines its own fitted value by; at 1 its error is not known, nor are HC3's.
    """

    coefficients: Floats
    standard_errors: Floats
    r_squared: float
    highest_leverage: float


def independent(design: Floats) -> list[int]:
    """Return the columns that say something the columns before them do not, in order."""
    kept: list[int] = []
    basis = np.zeros((len(design), 0))
    for column in range(design.shape[1]):
        length = float(np.linalg.norm(design[:, column]))
        rest = design[:, column]
        for _ in range(2):  # twice: once leaves rounding behind
            rest = rest - basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if length > 0 and size > _NOTHING_NEW * length:
            kept.append(column)
            basis = np.column_stack([basis, rest / size])
    return kept


def least_squares(design: Floats, response: Floats) -> Fit:
    """Fit a response to independent columns, more rows than columns.

    Notes
    -----
    With `h` the leverages and `e` the residuals, the variance of the coefficients is ``A diag(e² / (1 - h)²) Aᵀ``,
    ``A = (XᵀX)⁻¹Xᵀ``. Source: J. G. MacKinnon and H. White, *Some heteroskedasticity-consistent covariance matrix
    estimators with improved finite sample properties*, Journal of Econometrics 29 (1985); recommended for fewer than
    250 rows by J. S. Long and L. H. Ervin, The American Statistician 54 (2000).
    """
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ response)
    residuals = response - design @ coefficients
    leverage = (q**2).sum(axis=1)
    free = np.clip(1.0 - leverage, np.finfo(float).eps, None)
    spread = np.linalg.solve(r, q.T * (residuals / free))
    about_mean = float(((response - response.mean()) ** 2).sum())
    return Fit(
        coefficients=np.asarray(coefficients, float),
        standard_errors=np.sqrt((spread**2).sum(axis=1)),
        r_squared=1.0 - float((residuals**2).sum()) / about_mean if about_mean > 0 else float("nan"),
        highest_leverage=float(leverage.max()),
    )
