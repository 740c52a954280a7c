"""Which method, or what mixture of them, would have forecast each series best in the years before?

For each series the model and three simple baselines are set beside what came, at every earlier origin from which a year
is known by now. Weights, at least 0 and adding up to 1, minimise

    CRPS of the mixture / CRPS of the model  +  0.02 · |weights - (all on the model)|²

over those forecasts. A mixture is of quantiles: its 30 % point is the weighted mean of the methods' 30 % points, so
that it is no wider than they are. The second term is a weak pull: where two are as good, or nothing can be told, the
model stands. A method more than 5 % worse than the model there is not mixed in. Of a total with signals (`signals`),
the model of its own growth alone is one more method.

In the draws, each is moved from the model's quantile to the mixture's of the same rank. So what the model says of how
authorities and settings go together stays, and settings are then made to add up to the total again in every draw.

Source: quantile averaging, K. C. Lichtendahl, Y. Grushka-Cockayne and R. L. Winkler, *Is it better to average
probabilities or quantiles?*, Management Science 59 (2013); weights by past scores, stacking, D. H. Wolpert, *Stacked
generalization*, Neural Networks 5 (1992).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from placements.forecasting.published.baselines import baseline
from placements.forecasting.published.heirs import with_history, with_sums
from placements.forecasting.published.model import Draws, draw_published, reconciled
from placements.forecasting.published.releases import TOTAL
from placements.forecasting.published.series import LEAST_YEARS, PublishedSeries
from placements.forecasting.scores import crps_of_draws

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

MODEL: Final = "model"
#: The model with no signal, where there are any.
OWN_GROWTH: Final = "own_growth"
#: The baselines that are mixed in. The others' spread is without bound in settings of a few plans.
SIMPLE: Final = ("last_year", "last_year_corrected", "linear_trend_corrected")
#: Years ahead that methods are compared at, and drawn for at every origin, so that the draws of an origin are the same
#: whatever came after it.
COMPARED_YEARS: Final = 3
#: The most origins that methods are compared at, the last ones.
_ORIGINS: Final = 4
#: Quantiles that stand for a distribution while weights are sought.
_POINTS: Final = 50
_LEVELS: Final = (np.arange(_POINTS) + 0.5) / _POINTS
_PULL: Final = 0.02
#: A method whose CRPS is more than this many times the model's is not mixed in: it could only make up for an error that
#: all authorities had in common, and the next year's is another.
_NEAR: Final = 1.05
#: A weight below this is none.
_LEAST_WEIGHT: Final = 0.03


@dataclass(frozen=True)
class Methods:
    """What each method says from one origin.

    Attributes
    ----------
    drawn : Draws
        Of the model.
    names : mapping of str to tuple of str
        Methods by series.
    values : mapping of str to ndarray (methods, points, authorities, years)
        Their quantiles at even levels.
    """

    drawn: Draws
    names: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Floats]


@dataclass(frozen=True)
class Choice:
    """The mixture of one series, and why.

    Attributes
    ----------
    series : str
    weights : mapping of str to float
        By method; adds up to 1.
    scores : mapping of str to float
        CRPS of each method at the earlier origins; none where there is none.
    mixture : float or None
        That of the mixture, fitted to the same forecasts.
    origins : tuple of int
    forecasts : int
    """

    series: str
    weights: Mapping[str, float]
    scores: Mapping[str, float]
    mixture: float | None
    origins: tuple[int, ...]
    forecasts: int


def methods_from(series: PublishedSeries, horizon: int, draws: int, seed: int) -> Methods:
    """Return what each method says of the years after a series' last.

    Parameters
    ----------
    series : PublishedSeries
        Cut at the origin.
    horizon : int
    draws, seed : int
        As in `draw_published`.
    """
    drawn = draw_published(series, horizon, draws, seed)
    series = with_history(series)
    places = series.authorities.index.get_indexer(drawn.authorities.index)
    names, values = {}, {}
    for at, name in enumerate(drawn.names):
        found = {MODEL: np.quantile(drawn.values[at], _LEVELS, axis=0)}
        if name == TOTAL and series.known:
            own = draw_published(replace(series.total_only(), known={}), horizon, draws, seed)
            found[OWN_GROWTH] = np.quantile(own.values[0], _LEVELS, axis=0)
        for rule in SIMPLE:
            ahead = [baseline(rule, series.counts[:, :, at], step + 1)[1][:, places] for step in range(horizon)]
            found[rule] = np.quantile(np.stack(ahead, axis=-1), _LEVELS, axis=0)
        names[name], values[name] = tuple(found), np.stack(list(found.values()))
    return Methods(drawn, names, values)


def earlier_origins(series: PublishedSeries) -> tuple[int, ...]:
    """Return the years before the last that a forecast could have been made from."""
    return series.years[LEAST_YEARS - 1 : -1][-_ORIGINS:]


def choose(series: PublishedSeries, earlier: Mapping[int, Methods]) -> tuple[Choice, ...]:
    """Return the mixture of each series.

    Parameters
    ----------
    series : PublishedSeries
        Cut at the origin: nothing later is looked at.
    earlier : mapping of int to Methods
        What was said from each of `earlier_origins`, 1 or more years ahead.
    """
    came = with_sums(series)
    out = []
    for at, name in enumerate(series.names):
        parts: list[Floats] = []
        observed: list[Floats] = []
        origins: list[int] = []
        for origin, said in sorted(earlier.items()):
            where = came.authorities.index.get_indexer(said.drawn.authorities.index)
            for step, year in enumerate(said.drawn.years):
                if year > series.origin:
                    continue
                values, seen = said.values[name][:, :, :, step], came.counts[where, came.years.index(year), at]
                both = np.isfinite(values[0]).all(axis=0) & np.isfinite(seen)
                if both.any():
                    parts.append(values[:, :, both])
                    observed.append(seen[both])
                    origins.append(origin)
        names = next((said.names[name] for said in earlier.values()), (MODEL,))
        out.append(_choice(name, names, parts, observed, origins))
    return tuple(out)


def _choice(
    name: str, names: tuple[str, ...], parts: list[Floats], observed: list[Floats], origins: list[int]
) -> Choice:
    if not parts:
        return Choice(name, {MODEL: 1.0}, {}, None, (), 0)
    # A method that says nothing of some year and series (a line through one year) is none there.
    says = np.ones(len(names), bool)
    for part in parts:
        says &= np.asarray(np.asarray(np.isfinite(part).all(axis=1)).any(axis=1))
    names = tuple(one for one, there in zip(names, says, strict=True) if there)
    values, seen = np.concatenate(parts, axis=2)[says], np.concatenate(observed)
    both = np.isfinite(values).all(axis=(0, 1))
    values, seen = values[:, :, both], seen[both]
    scores = [float(crps_of_draws(one, seen).mean()) for one in values]
    near = np.array(scores) <= _NEAR * scores[0]
    weights = np.zeros(len(scores))
    weights[near] = fit_weights(values[near], seen)
    mixture = float(crps_of_draws(np.tensordot(weights, values, axes=1), seen).mean())
    used = {one: float(weight) for one, weight in zip(names, weights, strict=True) if weight > 0}
    return Choice(name, used, dict(zip(names, scores, strict=True)), mixture, tuple(sorted(set(origins))), len(seen))


def fit_weights(values: Floats, observed: Floats) -> Floats:
    """Return the weights of methods, the first of which is the one they are drawn to.

    Parameters
    ----------
    values : ndarray (methods, points, forecasts)
        Quantiles at even levels.
    observed : ndarray (forecasts,)
    """
    level = ((np.arange(values.shape[1]) + 0.5) / values.shape[1])[:, None]
    start = np.zeros(len(values))
    start[0] = 1.0
    scale = max(_quantile_score(values[0], observed, level), np.finfo(float).tiny)

    def loss(weights: Floats) -> tuple[float, Floats]:
        mixed = np.tensordot(weights, values, axes=1)
        # The CRPS is twice the mean over levels of the quantile score.
        slope = np.where(observed[None] < mixed, 1.0 - level, -level)
        gradient = 2.0 * (values * slope[None]).mean(axis=(1, 2)) / scale
        away = weights - start
        value = _quantile_score(mixed, observed, level) / scale + _PULL * float(away @ away)
        return value, gradient + 2.0 * _PULL * away

    found = minimize(
        loss,
        0.5 * start + 0.5 / len(start),
        jac=True,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(start),
        constraints=[{"type": "eq", "fun": lambda weights: weights.sum() - 1.0, "jac": np.ones_like}],
        options={"maxiter": 60},
    )
    best = np.asarray(found.x, float)
    if not np.isfinite(best).all() or loss(best)[0] > loss(start)[0]:
        return start
    kept = np.where(best < _LEAST_WEIGHT, 0.0, best)
    return np.asarray(kept / kept.sum())


def _quantile_score(quantiles: Floats, observed: Floats, level: Floats) -> float:
    over = observed[None] - quantiles
    return float(2.0 * np.where(over >= 0, level * over, (level - 1.0) * over).mean())


def mixed(said: Methods, choices: tuple[Choice, ...]) -> Draws:
    """Return the model's draws moved to the mixtures of the same rank; settings add up to the total in each."""
    drawn = said.drawn
    values = drawn.values.copy()
    for at, choice in enumerate(choices):
        if choice.series != TOTAL:
            values[at] *= values[0] / drawn.values[0]
        own = said.names[choice.series]
        values[at] = _moved(values[at], choice, dict(zip(own, said.values[choice.series], strict=True)))
    families = np.flatnonzero(np.isfinite(values[1:]).any(axis=(1, 2, 3))) + 1
    if len(families):
        values[families] = reconciled(np.clip(values[families], 0.0, values[0][None]), values[0])
    return replace(drawn, values=values)


def _moved(draws: Floats, choice: Choice, quantiles: Mapping[str, Floats]) -> Floats:
    others = {name: weight for name, weight in choice.weights.items() if name != MODEL}
    if not others:
        return draws
    rank = np.argsort(np.argsort(draws, axis=0, kind="stable"), axis=0, kind="stable")
    levels = (rank + 0.5) / len(draws)
    out = choice.weights.get(MODEL, 0.0) * draws
    for name, weight in others.items():
        out = out + weight * _at_levels(quantiles[name], levels)
    # An authority of which one of the methods says nothing keeps the model's draws.
    return np.asarray(np.where(np.isfinite(out), out, draws))


def _at_levels(quantiles: Floats, levels: Floats) -> Floats:
    """Return quantiles at any levels, between those at even levels on a line, and beyond the ends at the ends."""
    place = np.clip(levels * len(quantiles) - 0.5, 0.0, len(quantiles) - 1.0)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, len(quantiles) - 1)
    below, above = (np.take_along_axis(quantiles, index, axis=0) for index in (low, high))
    return np.asarray(below + (place - low) * (above - below))


def forecast_published(
    series: PublishedSeries,
    horizon: int = 1,
    draws: int = 2000,
    seed: int = 2025,
    progress: Progress | None = None,
) -> tuple[Draws, tuple[Choice, ...]]:
    """Draw the years to come by the mixture that did best before, and return the mixtures too.

    Raises
    ------
    UsageError
        As `draw_published`.
    """
    tell = progress or (lambda share, text: None)
    said = methods_from(series, horizon, draws, seed)
    origins = earlier_origins(series)
    earlier = {}
    for at, origin in enumerate(origins):
        tell((at + 1) / (len(origins) + 1), f"how methods did from {origin}")
        earlier[origin] = methods_from(series.until(origin), COMPARED_YEARS, draws, seed)
    choices = choose(series, earlier)
    return mixed(said, choices), choices
