"""How many come, month by month? Children who begin to be looked after, and new plans.

Three streams, each with a level, a trend, a season and noise of its own: unaccompanied children, whose numbers follow
other causes, and the other children who come into care; and new plans.

Level: Poisson counts about a rate with a gamma posterior in which a month counts half as much as one `half_life_years`
later (the discounted gamma-Poisson model of West and Harrison, *Bayesian Forecasting and Dynamic Models*); of some half
lives the one that would have told each month best from those before. Trend: the
slope of a log-linear fit, shrunk toward none by its error, and dying away ahead (Gardner and McKenzie, *Forecasting
trends in time series*, Management Science 31, 1985). Years differ by more than chance: the level walks on from year to
year by `volatility`, which is estimated and shrunk to a stated value. Months differ too: a monthly shock of mean 1
makes counts negative binomial. Season: a factor by calendar month, shrunk to none.

Who they are, where they go first, and where they come from is a Dirichlet posterior whose prior is the product of the
margins (area, and first provision x need x age): a cell seen once is drawn toward what its area and its kind have in
common with the others. The weight of that prior is the one that makes the observed counts likeliest, so areas that
differ are left to differ. Children whose home is not known, or outside the authority, are spread over the known areas
in proportion to the known ones of the stream (an assumption, and stated with the forecast).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln
from scipy.stats import nbinom

from placements import codes
from placements.forecasting.growth import MONTHS, growth_by_band
from placements.forecasting.spells import DAYS_PER_MONTH, Spells

Floats = npt.NDArray[np.float64]

#: Half lives that are tried; the last is used where there is too little to tell.
HALF_LIVES_YEARS: Final = (0.25, 0.5, 1.0, 2.0)
#: Log likelihood that a shorter half life has to be better by than the next longer one.
_SHORTER_BY: Final = 1.0
#: Standard deviation that a slope is believed to have, a year, before the counts are seen (half of what years differ by
#: where that is more); what is left of a slope after a year; and that of the walk of the level, with the years that
#: this belief counts for.
SLOPE_PRIOR: Final = 0.05
SLOPE_KEPT_A_YEAR: Final = 0.7
VOLATILITY_PRIOR, VOLATILITY_PRIOR_YEARS = 0.10, 3.0
#: Starts that a flat profile over the calendar months counts for.
_SEASON_PRIOR_STARTS: Final = 60.0
#: Starts spread evenly over areas before an area's own are counted, so that none is ruled out.
AREA_PRIOR_STARTS: Final = 5.0
#: Starts that the prior of no over-dispersion counts for, and the most that is believed: a standard deviation of 1.
_SHOCK_PRIOR_STARTS, _SHOCK_LIMIT = 50.0, 1.0
#: Weights of the prior that are tried, in starts.
_PRIOR_WEIGHTS: Final = tuple(float(2**power) for power in range(11))
#: What a stream tells children apart by.
KIND: Final = ("provision", "need_group", "age_band")
_MONTHS_TO_TELL_SEASON: Final = 24
_MONTHS_TO_TELL_TREND: Final = 24
#: Months of which the first forecasts are not judged.
_MONTHS_TO_SETTLE: Final = 6


@dataclass(frozen=True)
class Stream:
    """One stream of entries.

    Attributes
    ----------
    name, service : str
    unaccompanied : bool
    cells : DataFrame
        `provision, need_group, age_band, area` of each kind of entry.
    alpha : ndarray (cells,)
        Dirichlet parameters of their shares.
    starts, months : float
        Gamma posterior of the monthly level at the end of the window: mean `starts / months`.
    slope, slope_error : float
        Of the log of the level, a year: what is believed of it, and its standard deviation.
    volatility : float
        Standard deviation of the walk of the log of the level, a year.
    half_life_years : float
        How fast the level forgets.
    shock : float
        Variance of the monthly shock.
    season : ndarray (12,)
        Factor of each calendar month, mean 1.
    counted, spread, weight : float
        Entries counted in the window; of those, from homes not known; and the weight of the product of margins.
    growth : ndarray (`growth.MONTHS`,)
        What the number of children does to entries, month by month: of the ages that enter, as they enter today.
    """

    name: str
    service: str
    unaccompanied: bool
    cells: pd.DataFrame
    alpha: Floats
    starts: float
    months: float
    slope: float
    slope_error: float
    volatility: float
    half_life_years: float
    shock: float
    season: Floats
    counted: int
    spread: int
    weight: float
    growth: Floats = field(default_factory=lambda: np.ones(MONTHS))

    @property
    def expected(self) -> Floats:
        """Return the mean monthly entries of each cell at the end of the window, (cells,)."""
        return np.asarray(self.starts / self.months * self.alpha / self.alpha.sum())


def grown(streams: tuple[Stream, ...], people: pd.DataFrame, snapshot: dt.date) -> tuple[Stream, ...]:
    """Return the streams with entries that follow a population projection (`read.projections.Projection.people`)."""
    out = []
    for stream in streams:
        by_band = growth_by_band(people, snapshot, stream.service)
        labels = [label for label, _ in codes.AGE_BANDS[stream.service]]
        at = [labels.index(band) if band in labels else len(labels) for band in stream.cells["age_band"]]
        share = stream.alpha / stream.alpha.sum()
        out.append(replace(stream, growth=np.asarray(share @ by_band[at])))
    return tuple(out)


def fit_entries(spells: Spells) -> tuple[Stream, ...]:
    """Estimate the streams; one without any entry in its window is left out."""
    begun = spells.begun[spells.begun["opens"]]
    care = begun[begun["service"].eq(codes.CARE)]
    parts = (
        ("unaccompanied", codes.CARE, True, care[care["unaccompanied"]]),
        ("care", codes.CARE, False, care[~care["unaccompanied"]]),
        ("plans", codes.EDUCATION, False, begun[begun["service"].eq(codes.EDUCATION)]),
    )
    return tuple(
        _stream(name, service, alone, own, spells) for name, service, alone, own in parts if len(own) and spells.areas
    )


def _stream(name: str, service: str, alone: bool, own: pd.DataFrame, spells: Spells) -> Stream:
    counts = _by_month(own["start"], spells, service)
    table = _by_kind_and_area(own, spells.areas)
    alpha, weight = _posterior(table.to_numpy(float))
    rows = table.index.to_frame(index=False).merge(pd.DataFrame({"area": table.columns}), how="cross").astype("str")
    age = (np.arange(len(counts))[::-1] + 0.5) / 12
    half_life = _half_life(counts)
    memory = 0.5 ** (age / half_life)
    volatility = _volatility(counts)
    slope, error = _slope(counts, max(SLOPE_PRIOR, volatility / 2))
    # The level is that of the time that the counts are of on average: the slope takes it to the end of the window.
    since = float((memory * age).sum() / memory.sum())
    return Stream(
        name=name,
        service=service,
        unaccompanied=alone,
        cells=rows[[*KIND, "area"]],
        alpha=alpha.ravel(),
        starts=float((memory * counts).sum()) + 0.5,
        months=float(memory.sum()) * float(np.exp(-slope * since)),
        slope=slope,
        slope_error=error,
        volatility=volatility,
        half_life_years=half_life,
        shock=_shock_variance(counts),
        season=_season(own["start"], spells.window_start[service], spells.seen_until[service]),
        counted=len(own),
        spread=int((~own["area"].isin(spells.areas)).sum()),
        weight=weight,
    )


def _by_month(start: pd.Series, spells: Spells, service: str) -> Floats:
    """Return entries in each whole month before the end of the window, oldest first."""
    months = max(int(spells.window_months(service) + 0.5), 1)
    before = ((spells.seen_until[service] - start).dt.days / DAYS_PER_MONTH).astype(int).clip(0, months - 1)
    return np.bincount(before, minlength=months).astype(float)[::-1]


def _half_life(counts: Floats) -> float:
    """Return the half life in years whose negative binomial forecasts of each month from those before fit best."""
    best, most = HALF_LIVES_YEARS[-1], -np.inf
    if len(counts) < _MONTHS_TO_TELL_TREND:
        return best
    for half_life in reversed(HALF_LIVES_YEARS):
        kept = 0.5 ** (1 / (12 * half_life))
        memory = kept ** np.arange(len(counts))
        shape = np.convolve(counts, memory)[: len(counts) - 1] + 0.5
        months = np.cumsum(memory)[:-1]
        likelihood = float(nbinom.logpmf(counts[1:], shape, months / (months + 1))[_MONTHS_TO_SETTLE:].sum())
        if likelihood > most + (_SHORTER_BY if most > -np.inf else 0.0):
            best, most = half_life, likelihood
    return best


def _slope(counts: Floats, prior: float) -> tuple[float, float]:
    """Return the slope of the log of the level a year, shrunk toward none, and its error.

    Poisson regression on time by iteratively reweighted least squares; the error is widened by the over-dispersion.
    """
    if len(counts) < _MONTHS_TO_TELL_TREND or counts.sum() == 0:
        return 0.0, prior
    year = (np.arange(len(counts)) - (len(counts) - 1) / 2) / 12
    level, slope = np.log(counts.mean()), 0.0
    for _ in range(20):
        mean = np.exp(level + slope * year)
        weight = np.array([[mean.sum(), (mean * year).sum()], [(mean * year).sum(), (mean * year**2).sum()]])
        gain = np.linalg.solve(weight, [(counts - mean).sum(), ((counts - mean) * year).sum()])
        level, slope = level + gain[0], slope + gain[1]
    mean = np.exp(level + slope * year)
    spread = max(1.0, float(((counts - mean) ** 2 / mean).sum() / (len(counts) - 2)))
    error = np.sqrt(np.linalg.inv(weight)[1, 1] * spread + VOLATILITY_PRIOR**2 / max(len(counts) / 12 - 1, 1))
    kept = prior**2 / (prior**2 + error**2)
    return float(kept * slope), float(np.sqrt(kept) * error)


def _volatility(counts: Floats) -> float:
    """Return how much the level walks in a year: what changes of yearly counts show beyond chance, shrunk."""
    years = len(counts) // 12
    yearly = counts[len(counts) - 12 * years :].reshape(years, 12).sum(axis=1)
    beyond, pairs = 0.0, 0
    for before, after in pairwise(yearly.tolist()):
        if before > 0 and after > 0:
            beyond += np.log(after / before) ** 2 - 1 / before - 1 / after
            pairs += 1
    total = VOLATILITY_PRIOR_YEARS * VOLATILITY_PRIOR**2 + max(beyond, 0.0)
    return float(np.sqrt(total / (VOLATILITY_PRIOR_YEARS + pairs)))


def _shock_variance(counts: Floats) -> float:
    """Return how much more monthly counts vary than Poisson counts would, as the variance of a factor of mean 1.

    Within years, since those differ anyway. Needs two years of months to tell from season; shorter windows are taken to
    vary as Poisson counts do.
    """
    if len(counts) < _MONTHS_TO_TELL_SEASON or counts.sum() == 0:
        return 0.0
    years = len(counts) // 12
    yearly = counts[len(counts) - 12 * years :].reshape(years, 12)
    mean = np.maximum(yearly.mean(axis=1, keepdims=True), 1e-9)
    excess = float((((yearly - mean) ** 2).sum() / (11 * years) - mean.mean()) / (mean**2).mean())
    weight = counts.sum() / (counts.sum() + _SHOCK_PRIOR_STARTS)
    return float(min(max(excess, 0.0) * weight, _SHOCK_LIMIT))


def _season(start: pd.Series, since: pd.Timestamp, until: pd.Timestamp) -> Floats:
    """Return a factor for each calendar month: starts over what as many days of it would bring at an even rate."""
    days = pd.date_range(since + pd.Timedelta(days=1), until)
    if len(days) < 365:
        return np.ones(12)
    counts, held = (np.bincount(on - 1, minlength=12) for on in (start.dt.month, days.month))
    even = counts.sum() * held / held.sum()
    season = (counts + _SEASON_PRIOR_STARTS / 12) / (even + _SEASON_PRIOR_STARTS / 12)
    return np.asarray(season / season.mean())


def _by_kind_and_area(own: pd.DataFrame, areas: tuple[str, ...]) -> pd.DataFrame:
    """Return entries by kind x area, those of unknown area spread."""
    table = pd.crosstab([own[key] for key in KIND], own["area"])
    known = table.reindex(columns=list(areas), fill_value=0).astype(float)
    adrift = table.sum(axis=1) - known.sum(axis=1)
    margin = known.sum(axis=0) + AREA_PRIOR_STARTS / len(areas)
    return known + np.outer(adrift, margin / margin.sum())


def _posterior(counts: Floats) -> tuple[Floats, float]:
    """Return Dirichlet parameters by cell, and the weight given to the product of margins."""
    by_area = counts.sum(axis=0) + AREA_PRIOR_STARTS / counts.shape[1]
    by_kind = counts.sum(axis=1)
    prior = np.outer(by_kind / by_kind.sum(), by_area / by_area.sum())
    likelihood = [_log_likelihood(counts, weight * prior) for weight in _PRIOR_WEIGHTS]
    weight = _PRIOR_WEIGHTS[int(np.argmax(likelihood))]
    return counts + weight * prior, weight


def _log_likelihood(counts: Floats, alpha: Floats) -> float:
    """Return the Dirichlet-multinomial log-likelihood, less what does not depend on `alpha`."""
    total = alpha.sum()
    return float((gammaln(counts + alpha) - gammaln(alpha)).sum() + gammaln(total) - gammaln(total + counts.sum()))
