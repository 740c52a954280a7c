"""What a person would say with a ruler, each with an honest spread of its own from the same past.

Of each baseline there are two kinds of predictive distribution, from its relative errors (log of what came over what
was said) at every earlier origin, of all authorities:

- plain: the baseline's own figure in the middle, spread by its errors about their median;
- corrected: its errors as they are, so that one that has been too low is raised. Last year's figure corrected is
  England's past growth, given to all.

For a horizon longer than any that the past can tell, the errors of the longest are stretched in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rule = Callable[[Floats, int], Floats]

#: So that nobody last year is not nobody for ever, and relative errors are finite; taken off again.
_HALF: Final = 0.5
#: Equally likely values that stand for a distribution of errors.
_POINTS: Final = 400
#: A growth that is carried on is at most this many fold a year: of a few plans it may be anything.
_MOST: Final = 3.0


def _last_year(past: Floats, steps: int) -> Floats:
    return past[:, -1]


def _last_growth(past: Floats, steps: int) -> Floats:
    growth = np.clip(past[:, -1] / past[:, -2], 1.0 / _MOST, _MOST)
    return np.asarray(past[:, -1] * growth**steps)


def _linear_trend(past: Floats, steps: int) -> Floats:
    """Return the least-squares line of each authority's known years, carried on."""
    known = np.isfinite(past)
    n = known.sum(axis=1)
    year = np.where(known, np.arange(past.shape[1], dtype=float)[None], 0.0)
    value = np.where(known, past, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle, mean = year.sum(axis=1) / n, value.sum(axis=1) / n
        about = np.where(known, year - middle[:, None], 0.0)
        slope = (about * value).sum(axis=1) / (about**2).sum(axis=1)
    line = mean + slope * (past.shape[1] - 1 + steps - middle)
    return np.asarray(np.where(n >= 2, np.maximum(line, _HALF), np.nan))


#: By name: the rule, and how many years it needs.
RULES: Final[Mapping[str, tuple[Rule, int]]] = MappingProxyType(
    {"last_year": (_last_year, 1), "last_growth": (_last_growth, 2), "linear_trend": (_linear_trend, 2)}
)
CORRECTED: Final = "_corrected"
BASELINES: Final = (*RULES, *(f"{name}{CORRECTED}" for name in RULES))


def baseline(name: str, past: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return the figures of a baseline and its predictive distribution.

    Parameters
    ----------
    name : str
        One of `BASELINES`.
    past : ndarray (authorities, years)
        Plans up to the origin; NaN where not known.
    steps : int
        Years ahead.

    Returns
    -------
    point : ndarray (authorities,)
        NaN where the past is too short. Of a corrected baseline, the middle of its distribution.
    values : ndarray (points, authorities)
        Equally likely values.
    """
    corrected = name.endswith(CORRECTED)
    rule, needed = RULES[name.removesuffix(CORRECTED)]
    raised = past + _HALF
    errors = _errors(rule, needed, raised, steps)
    middle = float(np.median(errors))
    said = rule(raised, steps)
    spread = np.quantile(errors - (0.0 if corrected else middle), (np.arange(_POINTS) + 0.5) / _POINTS)
    values = np.maximum(said[None] * np.exp(spread)[:, None] - _HALF, 0.0)
    point = said * (np.exp(middle) if corrected else 1.0)
    return np.maximum(point - _HALF, 0.0), np.asarray(values)


def _errors(rule: Rule, needed: int, past: Floats, steps: int) -> Floats:
    """Return the relative errors of a rule `steps` ahead at every origin in the past; none: no error at all."""
    for length in range(steps, 0, -1):
        origins = range(needed, past.shape[1] - length + 1)
        found = [np.log(past[:, origin + length - 1] / rule(past[:, :origin], length)) for origin in origins]
        errors = np.concatenate([one[np.isfinite(one)] for one in found]) if found else np.array([])
        if len(errors):
            return np.asarray(errors * (steps / length))
    return np.zeros(1)
