"""How many EHC plans will each authority have, and in which settings, if plans go on growing as they have?

Total
    log growth of authority `a` in year `t` = national growth of `t` + the authority's deviation (`process`).
    The national growth of a year to come is the average of those seen, and strays from it as they did: this part is
    the same for all authorities, so their errors of one year go together.

Settings
    The same for the share of each family of settings among an authority's plans: log share grows with the nation's and
    strays by authority. Where plans grow more than expected, the shares of settings with few spare places fall: a share
    answers to the surprise in its authority's total by a slope, the same for all authorities. The national drift of a
    share is kept only as far as it stands out from its own yearly ups and downs. Each draw's shares are multiplied by
    that draw's total, and what they are over or short of it is taken from each in proportion to its variance: so the
    settings of a draw add up to its total exactly. So do the means; medians and bands need not.

The national spread is estimated from few years. It is pooled with one observation's weight of how much the growths of
whole regions change from year to year (half the mean square of their first differences), which are many more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import trim_mean

from placements.errors import UsageError
from placements.forecasting.published.heirs import inherited, with_history
from placements.forecasting.published.process import Process, ahead, fit_process
from placements.forecasting.published.releases import TOTAL
from placements.forecasting.published.series import LEAST_YEARS, PublishedSeries
from placements.forecasting.published.signals import Signal, coming_effect, drawn_in, fit_signals, past_effect, signals

Floats = npt.NDArray[np.float64]

LARGEST_HORIZON: Final = 5
#: Added to each count before shares are taken, so that nobody is not a share of nothing; taken off again after.
HALF: Final = 0.5
#: Off each end when growths are averaged over authorities: one that recounted its plans moves the average little.
TRIM: Final = 0.1
#: Authorities with a growth, below which a family has no history to learn from.
_LEAST_AUTHORITIES: Final = 10
#: A spread of a year's national growth of which nothing less can be told.
_LEAST_SPREAD: Final = 1e-4
#: The largest log growth of a year that is drawn, of a total and of a share. Tails of Student's t are too long for
#: exponentials, whose mean would be without bound.
_MOST_OF_TOTAL: Final = float(np.log(2.0))
_MOST_OF_SHARE: Final = float(np.log(10.0))
#: How often the difference between settings and total is taken from the settings: once, but for those that reach 0.
_ROUNDS: Final = 3


@dataclass(frozen=True)
class Nation:
    """The part of growth that all authorities share.

    Attributes
    ----------
    growths : tuple of float
        Average log growth of each year seen; NaN where there is none.
    drift : float
        Expected log growth a year.
    kept : float
        Share of the average that the drift keeps, 0 to 1.
    spread : float
        Standard deviation of a year's growth about its expectation.
    seen : int
        Years of growth.
    """

    growths: tuple[float, ...]
    drift: float
    kept: float
    spread: float
    seen: int

    def draw(self, draws: int, steps: int, rng: np.random.Generator) -> Floats:
        """Return growths of the years to come, (draws, steps): the expectation and the spread are uncertain too."""
        freedom = max(self.seen, 1)
        scale = self.spread * np.sqrt(freedom / (2.0 * rng.standard_gamma(freedom / 2.0, (draws, 1))))
        expected = rng.standard_normal((draws, 1)) / np.sqrt(freedom)
        return np.asarray(self.drift + scale * (expected + rng.standard_normal((draws, steps))))


@dataclass(frozen=True)
class SeriesModel:
    """What was fitted to one series.

    Attributes
    ----------
    nation : Nation
    process : Process
    slope : float
        By how much the log of a share grows for a surprise of 1 in the log growth of its authority's total; 0 of the
        total itself.
    borrowed : bool
        It had no history: its spread is that of another series.
    signals : tuple of Signal
        What else tells of the growth to come, and how much.
    """

    nation: Nation
    process: Process
    slope: float = 0.0
    borrowed: bool = False
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class Draws:
    """Draws of the plans to come.

    Attributes
    ----------
    authorities : DataFrame
        Those with a total in the last year, as in the series.
    origin : int
    years : tuple of int
    values : ndarray (series, draws, authorities, years)
        By the series' `names`; NaN for the settings of an authority whose last settings are not known, and for families
        that were not collected in the last year.
    last : ndarray (authorities, series)
        Plans in the last year.
    growths_seen : ndarray (authorities,)
        Years of growth that an authority's own part of the forecast rests on.
    models : mapping of str to SeriesModel
    names : tuple of str
        Of the series.
    inherited : ndarray (authorities,)
        Years of the history that are those of a council's predecessors (`heirs`).
    """

    authorities: pd.DataFrame
    origin: int
    years: tuple[int, ...]
    values: Floats
    last: Floats
    growths_seen: npt.NDArray[np.int64]
    models: dict[str, SeriesModel]
    names: tuple[str, ...]
    inherited: npt.NDArray[np.int64]


def draw_published(series: PublishedSeries, horizon: int = 1, draws: int = 2000, seed: int = 2025) -> Draws:
    """Draw the plans of each authority in the years after the last.

    Parameters
    ----------
    series : PublishedSeries
    horizon : int
        Years ahead, 1 to 5.
    draws : int
    seed : int

    Raises
    ------
    UsageError
        When the horizon or the number of draws is out of range, or the series has fewer than three years.
    """
    if not 1 <= horizon <= LARGEST_HORIZON:
        raise UsageError(f"a horizon of {horizon} years was asked for: it lies between 1 and {LARGEST_HORIZON}")
    if not 100 <= draws <= 20_000:
        raise UsageError(f"{draws} draws were asked for: it lies between 100 and 20,000")
    if len(series.years) < LEAST_YEARS:
        raise UsageError(f"a forecast needs {LEAST_YEARS} years, and there are {len(series.years)}")
    raw, series = series, with_history(series)
    there = np.isfinite(series.counts[:, -1, 0])
    counts, places = series.counts[there], series.authorities[there]
    regions = series.authorities["region_code"].to_numpy(str)
    total = series.counts[:, :, 0]
    names = series.names
    models: dict[str, SeriesModel] = {}
    values = np.full((len(names), draws, len(places), horizon), np.nan)
    logs = np.log(np.maximum(total, HALF))
    told = signals(series)
    models[TOTAL] = fit_series(logs, total, regions, told=told)
    seeded = np.random.default_rng([seed, 0])
    growths = _growths(models[TOTAL], logs, total, there, horizon, draws, seeded, told=told)
    growths = np.clip(growths, -_MOST_OF_TOTAL, _MOST_OF_TOTAL)
    values[0] = _carried_on(logs[there, -1], growths)
    growth = np.diff(logs, axis=1)
    strayed = growth - _averages(growth)
    surprise = growths - models[TOTAL].nation.drift
    families = np.flatnonzero(np.isfinite(counts[:, -1, 1:]).any(axis=0)) + 1
    shares = _log_shares(series.counts)
    for at in families:
        models[names[at]] = fit_series(shares[:, :, at - 1], series.counts[:, :, at] + HALF, regions, strayed)
    for at in families:
        model = models[names[at]] = _with_history(names[at], models)
        own, sizes = shares[:, :, at - 1], series.counts[:, :, at] + HALF
        seeded = np.random.default_rng([seed, int(at)])
        growths = _growths(model, own, sizes, there, horizon, draws, seeded, strayed) + model.slope * surprise
        values[at] = _carried_on(own[there, -1], np.clip(growths, -_MOST_OF_SHARE, _MOST_OF_SHARE))
    if len(families):
        values[families] = _shared_out(values[families], values[0])
    seen = np.isfinite(growth[there]).sum(axis=1)
    years = tuple(series.origin + step for step in range(1, horizon + 1))
    heirs = inherited(raw, series)[there]
    return Draws(places, series.origin, years, values, counts[:, -1], seen, models, names, heirs)


def fit_series(
    logs: Floats,
    sizes: Floats,
    regions: npt.NDArray[np.str_],
    strayed: Floats | None = None,
    told: Mapping[str, Floats] = MappingProxyType({}),
) -> SeriesModel:
    """Fit one series.

    Parameters
    ----------
    logs : ndarray (authorities, years)
        Log plans or log shares; NaN where not known.
    sizes : ndarray (authorities, years)
        Plans, above 0.
    regions : ndarray of str (authorities,)
    strayed : ndarray (authorities, years - 1), optional
        Of a share: how far the total's growth strayed from that of all. The national drift of a share is kept only as
        far as it stands out from its ups and downs.
    told : mapping of str to ndarray (authorities, years), optional
        Signals of the growth to come (`signals`).
    """
    growth = np.diff(logs, axis=1)
    averages = _averages(growth)
    known = averages[np.isfinite(averages)]
    if not len(known):
        nothing = Nation((), 0.0, 0.0, _LEAST_SPREAD, 0)
        return SeriesModel(nothing, Process(_LEAST_SPREAD, _LEAST_SPREAD, 0.5, 0.0, 4.0), borrowed=True)
    nation = _nation(known, _regional_variance(growth, regions), towards_none=strayed is not None)
    deviations = growth - averages
    slope = 0.0
    if strayed is not None:
        slope = _slope(strayed, deviations)
        deviations = deviations - slope * strayed
    found = fit_signals(told, deviations)
    deviations = deviations - past_effect(found, told)
    return SeriesModel(nation, fit_process(deviations, _relative(sizes)), slope, signals=found)


def _averages(growth: Floats) -> Floats:
    """Return the trimmed mean over authorities of each year's growth; NaN where few have one."""
    known = [column[np.isfinite(column)] for column in growth.T]
    return np.array([trim_mean(one, TRIM) if len(one) >= _LEAST_AUTHORITIES else np.nan for one in known])


def _slope(strayed: Floats, deviations: Floats) -> float:
    """Return the least-squares slope through the origin, of values drawn in to what most of them keep to."""
    both = np.isfinite(strayed) & np.isfinite(deviations)
    x, y = (drawn_in(values[both]) for values in (strayed, deviations))
    square = float(x @ x)
    return float(x @ y) / square if square > 0 else 0.0


def _nation(averages: Floats, regional: float, *, towards_none: bool) -> Nation:
    seen, mean = len(averages), float(averages.mean())
    variance = (float(((averages - mean) ** 2).sum()) + regional) / seen
    kept = max(0.0, 1.0 - variance / (seen * mean**2)) if towards_none and mean else 1.0
    spread = max(float(np.sqrt(variance)), _LEAST_SPREAD)
    return Nation(tuple(float(value) for value in averages), kept * mean, kept, spread, seen)


def _regional_variance(growth: Floats, regions: npt.NDArray[np.str_]) -> float:
    """Return the variance of a region's growth from year to year; 0 when there are not two years in a row."""
    table = pd.DataFrame(growth).groupby(regions).median()
    changes = table.diff(axis=1).to_numpy(float)
    changes = changes[np.isfinite(changes)]
    return float((changes**2).mean() / 2.0) if len(changes) else 0.0


def _relative(sizes: Floats) -> Floats:
    """Return each authority's last known size over the middle one; 1 where none is known."""
    last = pd.DataFrame(sizes).ffill(axis=1).iloc[:, -1].to_numpy(float)
    middle = float(np.nanmedian(last)) if np.isfinite(last).any() else 1.0
    return np.asarray(np.where(np.isfinite(last), np.maximum(last, HALF) / max(middle, HALF), 1.0))


def _with_history(name: str, models: dict[str, SeriesModel]) -> SeriesModel:
    """Return the model of a family: with no history, it is held level and as unsteady as the least steady other."""
    model = models[name]
    if not model.borrowed:
        return model
    others = [other for key, other in models.items() if key != TOTAL and not other.borrowed]
    if not others:
        return model
    wildest = max(others, key=lambda other: other.process.passing**2 + other.process.lasting**2)
    nation = Nation((), 0.0, 0.0, max(other.nation.spread for other in others), 1)
    return SeriesModel(nation, wildest.process, wildest.slope, borrowed=True)


def _log_shares(counts: Floats) -> Floats:
    """Return the log of each family's share of its authority's plans, (authorities, years, families)."""
    families = counts[:, :, 1:]
    collected = np.isfinite(families).sum(axis=2, keepdims=True)
    return np.asarray(np.log((families + HALF) / (counts[:, :, :1] + HALF * collected)))


def _growths(
    model: SeriesModel,
    logs: Floats,
    sizes: Floats,
    there: npt.NDArray[np.bool_],
    horizon: int,
    draws: int,
    rng: np.random.Generator,
    strayed: Floats | None = None,
    told: Mapping[str, Floats] = MappingProxyType({}),
) -> Floats:
    """Return the log growths to come, (draws, authorities there, years)."""
    growth = np.diff(logs, axis=1)
    deviations = growth - _averages(growth) - (0.0 if strayed is None else model.slope * strayed)
    deviations = deviations - past_effect(model.signals, told)
    coming = ahead(model.process, deviations[there], _relative(sizes)[there], horizon)
    drawn = coming.draw(draws, rng) + model.nation.draw(draws, horizon, rng)[:, None, :]
    if model.signals:
        drawn = drawn + coming_effect(model.signals, told, horizon)[there][None]
    return np.asarray(drawn)


def _carried_on(last: Floats, growths: Floats) -> Floats:
    return np.asarray(np.exp(last[None, :, None] + np.cumsum(growths, axis=2)))


def _shared_out(shares: Floats, total: Floats) -> Floats:
    """Return the plans of each family, (families, draws, authorities, years), that add up to the total in each draw.

    Drawn one by one, they do not: what is over or short is taken from each in proportion to its variance, which is what
    knowing their sum says of normal variates. Settings that hardly vary are left nearly as they were drawn.
    """
    # What was added to each family before is taken off; less than nobody is nobody.
    plans = np.clip(shares * (total + HALF * len(shares))[None] - HALF, 0.0, total[None])
    return reconciled(plans, total)


def reconciled(plans: Floats, total: Floats) -> Floats:
    """Return settings, (families, draws, authorities, years), that add up to the total; see `_shared_out`."""
    # By the middle half: a few far draws say little of how steady a setting is.
    variance = np.subtract(*np.quantile(plans, [0.75, 0.25], axis=1, keepdims=True)) ** 2
    weight = variance / np.maximum(variance.sum(axis=0), np.finfo(float).tiny)
    for _ in range(_ROUNDS):
        plans = np.maximum(plans - weight * (plans.sum(axis=0) - total)[None], 0.0)
    return np.asarray(plans * (total / np.maximum(plans.sum(axis=0), np.finfo(float).tiny))[None])
