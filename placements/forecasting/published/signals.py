"""What else tells how far an authority's growth will stray from that of all, beside its own past growth?

Two signals, each known when the last count is (`known`), in logs about the middle authority of its year:

- *arrivals*: those who joined in the year before the count (new plans; children who started to be looked after), over
  the count a year before;
- *density*: the count over the children who live there. Where few have a plan, plans grow faster.

    d[a, t + 1] = Σ slope · signal[a, t] + what `process` says
    signal[a, t + 1] is expected at persistence · signal[a, t]

Slopes and persistence are least squares over all authorities and years together, of values drawn in to three robust
standard deviations: one authority that recounted its plans moves them little. Of a signal that is not known in a
year, what is left of the last known is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.forecasting.published.series import ARRIVALS, CHILDREN, PublishedSeries

Floats = npt.NDArray[np.float64]

DENSITY: Final = "density"
#: Authorities and years below which nothing is made of a signal.
_LEAST: Final = 30
_HALF: Final = 0.5


@dataclass(frozen=True)
class Signal:
    """A signal, by how much log growth follows it, and how much of it is expected to be left after a year."""

    name: str
    slope: float
    persistence: float


def signals(series: PublishedSeries) -> dict[str, Floats]:
    """Return each signal there is, (authorities, years): about the middle one of its year, NaN where not known."""
    total, out = series.counts[:, :, 0], {}
    with np.errstate(divide="ignore", invalid="ignore"):
        if ARRIVALS in series.known:
            rate = np.full(total.shape, np.nan)
            rate[:, 1:] = (series.known[ARRIVALS][:, 1:] + _HALF) / (total[:, :-1] + _HALF)
            out[ARRIVALS] = _about_middle(np.log(rate))
        if CHILDREN in series.known:
            out[DENSITY] = _about_middle(np.log((total + _HALF) / series.known[CHILDREN]))
    return out


def _about_middle(values: Floats) -> Floats:
    """Return values about the median of their year, drawn in."""
    out = np.full(values.shape, np.nan)
    for at in range(values.shape[1]):
        known = np.isfinite(values[:, at])
        if known.any():
            out[known, at] = drawn_in(values[known, at] - np.median(values[known, at]))
    return out


def drawn_in(values: Floats) -> Floats:
    """Return values with those beyond three standard deviations, by the median distance from none, moved to there."""
    limit = 3.0 * 1.4826 * float(np.median(np.abs(values))) if len(values) else 0.0
    return np.asarray(np.clip(values, -limit, limit) if limit > 0 else values)


def fit_signals(told: Mapping[str, Floats], deviations: Floats) -> tuple[Signal, ...]:
    """Return the signals with their slopes; none of them where too little is known.

    Parameters
    ----------
    told : mapping of str to ndarray (authorities, years)
    deviations : ndarray (authorities, years - 1)
        Of log growth from that of all.
    """
    if not told:
        return ()
    before = np.stack([values[:, :-1] for values in told.values()], axis=-1)
    both = np.isfinite(before).all(axis=-1) & np.isfinite(deviations)
    if both.sum() < _LEAST:
        return ()
    slopes = np.linalg.lstsq(before[both], drawn_in(deviations[both]), rcond=None)[0]
    found = zip(told.items(), slopes, strict=True)
    return tuple(Signal(name, float(slope), _persistence(values)) for (name, values), slope in found)


def _persistence(values: Floats) -> float:
    first, then = values[:, :-1], values[:, 1:]
    both = np.isfinite(first) & np.isfinite(then)
    square = float((first[both] ** 2).sum())
    return float(np.clip((first[both] * then[both]).sum() / square, 0.0, 1.0)) if square > 0 else 0.0


def past_effect(found: tuple[Signal, ...], told: Mapping[str, Floats]) -> Floats:
    """Return what signals said of each year's growth that was seen, (authorities, years - 1); 0 of no signal."""
    if not found:
        return np.zeros(1)
    return np.asarray(sum(one.slope * _carried(told[one.name], one.persistence)[:, :-1] for one in found))


def coming_effect(found: tuple[Signal, ...], told: Mapping[str, Floats], steps: int) -> Floats:
    """Return what signals say of the log growth of the years to come, (authorities, steps)."""
    left = [one.persistence ** np.arange(steps) for one in found]
    last = [one.slope * _carried(told[one.name], one.persistence)[:, -1:] for one in found]
    return np.asarray(sum(now * years for now, years in zip(last, left, strict=True)))


def _carried(values: Floats, persistence: float) -> Floats:
    """Return a signal with the years that are not known at what is left of the last that is; 0 before any."""
    out = np.zeros(values.shape)
    for at in range(values.shape[1]):
        left = persistence * out[:, at - 1] if at else 0.0
        out[:, at] = np.where(np.isfinite(values[:, at]), values[:, at], left)
    return out
