"""How far does an authority's growth stray from that of all, how long does it keep straying, and how sure is that?

The deviation of authority `a` from the growth of all in year `t` is a part that lasts and a part that does not:

    d[a, t] = b[a, t] + e[a, t]
    cov(b[a, s], b[a, t]) = lasting² φ^|s - t|        var(e[a, t]) = passing² (1 + κ / size[a])

The deviations of one authority follow jointly a multivariate t with ν degrees of freedom: some authorities are less
steady than others, and one that has strayed far has wider bands. What comes next, given what has been, is again a
multivariate t, with mean `k' K⁻¹ d` (deviations shrunk towards none, the more so the shorter and noisier the past is)
and its covariance scaled by `(ν + d' K⁻¹ d - 2) / (ν + n - 2)`.

The five numbers are those that make the deviations of all authorities together most likely (empirical Bayes), with
weak priors that matter only where the series are too short to tell.

Source: A. Shah, A. G. Wilson and Z. Ghahramani, *Student-t processes as alternatives to Gaussian processes*, AISTATS
2014 (density: equation 5; conditional: lemma 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import gammaln

Floats = npt.NDArray[np.float64]

#: Where the search begins and what the priors are centred on: log of the spread (from the data), logit of the lasting
#: part's share of the variance, logit of φ, log of κ, log of ν - 2. Spreads of the priors below.
_CENTRE: Final = (0.0, -1.0, 1.5, -2.0, 1.5)
_SPREAD: Final = (3.0, 2.0, 1.0, 2.0, 1.0)
_LIMIT: Final = 8.0
#: The smallest spread of a year's growth: of series that never stray, nothing smaller can be told.
_LEAST_SPREAD: Final = 1e-4


@dataclass(frozen=True)
class Process:
    """How deviations behave.

    Attributes
    ----------
    lasting, passing : float
        Standard deviations in log growth a year, of an authority of the middle size.
    persistence : float
        φ, from 0 to 1: how much of the lasting part is left after a year.
    size_effect : float
        κ: how much more the passing part varies where the size (over the middle one) is small.
    freedom : float
        ν, above 2: small is heavy tails.
    """

    lasting: float
    passing: float
    persistence: float
    size_effect: float
    freedom: float

    def covariance(self, size: Floats, steps: int) -> Floats:
        """Return the covariance of `steps` years in a row, (authorities, steps, steps), by relative size."""
        apart = np.abs(np.subtract.outer(np.arange(steps), np.arange(steps)))
        lasting = self.lasting**2 * self.persistence**apart
        passing = self.passing**2 * (1.0 + self.size_effect / size)
        return np.asarray(lasting[None] + passing[:, None, None] * np.eye(steps)[None])


@dataclass(frozen=True)
class Ahead:
    """What comes next for each authority, given its past.

    Attributes
    ----------
    mean : ndarray (authorities, steps)
        Expected deviation of each year's log growth.
    root : ndarray (authorities, steps, steps)
        Lower Cholesky factor of its covariance.
    freedom : ndarray (authorities,)
        Degrees of freedom of its multivariate t.
    """

    mean: Floats
    root: Floats
    freedom: Floats

    def draw(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return deviations, (draws, authorities, steps)."""
        count, steps = self.mean.shape
        normal = np.einsum("aij,daj->dai", self.root, rng.standard_normal((draws, count, steps)))
        scale = np.sqrt((self.freedom - 2.0) / (2.0 * rng.standard_gamma(self.freedom / 2.0, (draws, count))))
        return np.asarray(self.mean[None] + scale[:, :, None] * normal)


def fit_process(deviations: Floats, size: Floats) -> Process:
    """Return the most likely process.

    Parameters
    ----------
    deviations : ndarray (authorities, years)
        Of log growth from that of all; NaN where it is not known.
    size : ndarray (authorities,)
        Relative to the middle one, above 0.
    """
    known = np.isfinite(deviations)
    values = np.where(known, deviations, 0.0)
    start = 0.5 * np.log(max(float((values**2).sum() / max(known.sum(), 1)), _LEAST_SPREAD**2))

    def loss(moved: Floats) -> float:
        return -_log_density(_process(moved, start), values, known, size) + 0.5 * float(((moved) ** 2).sum())

    # Moves are in units of the priors' spread, so that their penalty is half the sum of squares.
    bounds = [(-_LIMIT, _LIMIT)] * len(_CENTRE)
    found = minimize(loss, np.zeros(len(_CENTRE)), method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
    return _process(np.asarray(found.x, float), start)


def _process(moved: Floats, start: float) -> Process:
    spread, share, persistence, size_effect, freedom = np.asarray(_CENTRE) + np.asarray(_SPREAD) * moved
    variance = np.exp(2.0 * (start + spread))
    of_lasting = 1.0 / (1.0 + np.exp(-share))
    return Process(
        lasting=float(np.sqrt(variance * of_lasting)),
        passing=float(np.sqrt(variance * (1.0 - of_lasting))) + _LEAST_SPREAD,
        persistence=float(1.0 / (1.0 + np.exp(-persistence))),
        size_effect=float(np.exp(size_effect)),
        freedom=float(2.0 + np.exp(freedom)),
    )


def _masked(covariance: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Return the covariance with years that are not known cut loose: variance 1, and nothing to do with the others."""
    both = known[:, :, None] & known[:, None, :]
    loose = np.eye(known.shape[1])[None] * (~known)[:, :, None]
    return np.asarray(np.where(both, covariance, loose))


def _log_density(process: Process, values: Floats, known: npt.NDArray[np.bool_], size: Floats) -> float:
    root = np.linalg.cholesky(_masked(process.covariance(size, values.shape[1]), known))
    white = np.linalg.solve(root, values[:, :, None])[:, :, 0]
    squares = (white**2).sum(axis=1)
    half_log = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    n, v = known.sum(axis=1), process.freedom
    each = gammaln((v + n) / 2) - gammaln(v / 2) - n / 2 * np.log((v - 2) * np.pi) - half_log
    return float((each - (v + n) / 2 * np.log1p(squares / (v - 2))).sum())


def ahead(process: Process, deviations: Floats, size: Floats, steps: int) -> Ahead:
    """Return what comes in the next `steps` years.

    Parameters
    ----------
    deviations : ndarray (authorities, years)
        NaN where not known; an authority with none has the spread of all and no mean of its own.
    size : ndarray (authorities,)
    """
    years = deviations.shape[1]
    known = np.isfinite(deviations)
    values = np.where(known, deviations, 0.0)
    whole = process.covariance(size, years + steps)
    past = _masked(whole[:, :years, :years], known)
    cross = whole[:, years:, :years] * known[:, None, :]
    weights = np.linalg.solve(past, np.swapaxes(cross, 1, 2))
    mean = np.einsum("ays,ay->as", weights, values)
    squares = np.einsum("ay,ay->a", values, np.linalg.solve(past, values[:, :, None])[:, :, 0])
    covariance = whole[:, years:, years:] - cross @ weights
    n = known.sum(axis=1)
    scale = (process.freedom + squares - 2.0) / (process.freedom + n - 2.0)
    root = np.linalg.cholesky(covariance * scale[:, None, None])
    return Ahead(np.asarray(mean), np.asarray(root), np.asarray(process.freedom + n))
