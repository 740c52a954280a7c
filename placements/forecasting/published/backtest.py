"""How good would these forecasts have been? The last years are hidden, forecast from what was known, and compared.

For each origin the series are cut (`PublishedSeries.until`) before anything is estimated, so nothing of the hidden
years, not even which authorities there were, reaches the forecast. The baselines are given the same cut series.

Every authority that has a figure at the origin and in the hidden year counts; one that came, went or is withheld in
between cannot be compared. The CRPS of the forecast is that of its draws, exactly; that of a baseline is of its equally
likely values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import UsageError
from placements.forecasting.published.baselines import BASELINES, CORRECTED, baseline
from placements.forecasting.published.heirs import with_history, with_sums
from placements.forecasting.published.model import Draws
from placements.forecasting.published.predictive import summarise
from placements.forecasting.published.releases import TOTAL
from placements.forecasting.published.series import LEAST_YEARS, PublishedSeries
from placements.forecasting.published.stacking import (
    COMPARED_YEARS,
    Choice,
    Methods,
    choose,
    earlier_origins,
    methods_from,
    mixed,
)
from placements.forecasting.scores import bias, coverage, crps_of_draws, mean_absolute_error

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

#: The most years that are hidden.
MOST_HIDDEN: Final = 3
ALL_SETTINGS: Final = "all settings"
SIZES: Final = ("smallest third", "middle third", "largest third")
#: What the comparisons are cut by.
_CUTS: Final = ("horizon", "origin", "region", "size")


@dataclass(frozen=True)
class Backtest:
    """The comparison.

    Attributes
    ----------
    rows : DataFrame
        One per origin, year, authority and series: what was forecast and what came, with `crps`, and `crps:NAME` and
        `error:NAME` of each baseline.
    scores : tuple of mapping
        By series, cut (`all`, `horizon`, `origin`, `region`, `size`) and segment: see `score`.
    origins : tuple of int
    not_compared : tuple of mapping
        Forecasts of which nothing can be said: `origin`, `year`, `code`, `name`.
    choices : tuple of (int, Choice)
        The mixture of each origin and series.
    draws, seed : int
    """

    rows: pd.DataFrame
    scores: tuple[Mapping[str, Any], ...]
    origins: tuple[int, ...]
    not_compared: tuple[Mapping[str, Any], ...]
    choices: tuple[tuple[int, Choice], ...]
    draws: int
    seed: int


def backtest_published(
    series: PublishedSeries,
    hidden: int = MOST_HIDDEN,
    draws: int = 2000,
    seed: int = 2025,
    progress: Progress | None = None,
) -> Backtest:
    """Hide the last 1, 2, ... years, forecast each of them from the years before, and score the forecasts.

    Parameters
    ----------
    series : PublishedSeries
        Not changed by `with_history`: that is done for each origin, by what was known then.
    hidden : int
        The most years to hide, 1 to 3; fewer when the series is too short.
    draws, seed : int
        As in `draw_published`.
    progress : callable, optional
        Called with the share done and what is being done.

    Raises
    ------
    UsageError
        When `hidden` is out of range, or no year can be hidden.
    """
    if not 1 <= hidden <= MOST_HIDDEN:
        raise UsageError(f"{hidden} years to hide were asked for: it lies between 1 and {MOST_HIDDEN}")
    origins = tuple(year for year in series.years[LEAST_YEARS - 1 : -1] if series.origin - year <= hidden)
    if not origins:
        text = f"the file has {len(series.years)} years: a back-test needs {LEAST_YEARS + 1}, the last of them to hide"
        raise UsageError(text)
    tell = progress or (lambda share, text: None)
    parts, lost, came = [], [], with_sums(series)
    said: dict[int, Methods] = {}
    chosen: list[tuple[int, Choice]] = []
    for at, origin in enumerate(origins):
        tell(at / len(origins), f"hiding what came after {origin}")
        cut = series.until(origin)
        for year in (*earlier_origins(cut), origin):
            if year not in said:
                said[year] = methods_from(series.until(year), COMPARED_YEARS, draws, seed)
        choices = choose(cut, {year: said[year] for year in earlier_origins(cut)})
        chosen += [(origin, choice) for choice in choices]
        forecast = _seen(mixed(said[origin], choices), series.origin)
        parts.append(_compared(with_history(cut), forecast, _seen(said[origin].drawn, series.origin), came))
        lost += _not_compared(forecast, came)
    rows = pd.concat(parts, ignore_index=True)
    return Backtest(rows, tuple(_scores(rows, series.names[1:])), origins, tuple(lost), tuple(chosen), draws, seed)


def _seen(drawn: Draws, last: int) -> Draws:
    """Return the draws of the years that have come."""
    years = tuple(year for year in drawn.years if year <= last)
    return replace(drawn, years=years, values=drawn.values[:, :, :, : len(years)])


def _observed(forecast: Draws, series: PublishedSeries) -> Floats:
    """Return what came, (authorities, years, series), of the authorities that were forecast."""
    places = series.authorities.index.get_indexer(forecast.authorities.index)
    at = [series.years.index(year) for year in forecast.years]
    return np.asarray(series.counts[places][:, at])


def _not_compared(forecast: Draws, series: PublishedSeries) -> list[dict[str, Any]]:
    came = _observed(forecast, series)[:, :, 0]
    return [
        {
            "origin": forecast.origin,
            "year": forecast.years[step],
            "code": str(forecast.authorities.index[place]),
            "name": str(forecast.authorities["name"].iloc[place]),
        }
        for place, step in np.argwhere(np.isnan(came))
    ]


def _compared(cut: PublishedSeries, forecast: Draws, alone: Draws, series: PublishedSeries) -> pd.DataFrame:
    came = _observed(forecast, series)
    places = cut.authorities.index.get_indexer(forecast.authorities.index)
    size = pd.qcut(pd.Series(forecast.last[:, 0]).rank(method="first"), 3, labels=list(SIZES)).astype("str")
    parts = []
    for at, name in enumerate(series.names):
        for step, year in enumerate(forecast.years):
            drawn, observed = forecast.values[at, :, :, step], came[:, step, at]
            own = np.isfinite(drawn[0]) & np.isfinite(observed)
            if not own.any():
                continue
            frame = pd.DataFrame({"code": forecast.authorities.index[own], "size": size[own].to_numpy()})
            frame = frame.assign(series=name, origin=forecast.origin, year=year, horizon=step + 1)
            frame["region"] = forecast.authorities["region"].to_numpy(object)[own]
            frame = frame.assign(last=forecast.last[own, at], observed=observed[own], **summarise(drawn[:, own]))
            frame["crps"] = crps_of_draws(drawn[:, own], observed[own])
            frame["crps:model"] = crps_of_draws(alone.values[at, :, own, step].T, observed[own])
            for rule in BASELINES:
                point, values = baseline(rule, cut.counts[:, :, at], step + 1)
                point, values = point[places][own], values[:, places][:, own]
                frame[f"crps:{rule}"] = crps_of_draws(values, observed[own])
                frame[f"error:{rule}"] = np.abs(point - observed[own])
            parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _scores(rows: pd.DataFrame, families: tuple[str, ...]) -> list[dict[str, Any]]:
    settings = rows[rows["series"].ne(TOTAL)].assign(series=ALL_SETTINGS)
    out = []
    for name in (TOTAL, ALL_SETTINGS, *families):
        own = settings if name == ALL_SETTINGS else rows[rows["series"].eq(name)]
        if own.empty:
            continue
        out.append({"series": name, "by": "all", "segment": "all", **score(own)})
        for cut in _CUTS:
            keys = [key for key in SIZES if own[cut].eq(key).any()] if cut == "size" else sorted(own[cut].unique())
            out += [{"series": name, "by": cut, "segment": str(key), **score(own[own[cut].eq(key)])} for key in keys]
    return out


def score(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the scores of compared forecasts.

    Returns
    -------
    dict
        `forecasts`, how many; `coverage_50`, `coverage_80`, `coverage_95`; `bias` of the median, a share of what came;
        `mae` of the median and `crps`, in plans; `width_80`, the mean width of the 80 % band over what came, summed.
        `baselines`: `crps` and `mae` of each, and the `crps` of the forecast for the same authorities, those that the
        baseline has a figure for (`beside`). `best_plain` and `best`: the baseline of the least CRPS among the plain
        ones and among all, with `ratio_plain` and `ratio`: the forecast's CRPS over its own, below 1 if better.
        `ratio_model`: its CRPS over that of the model alone, without the mixture (`stacking`).
        `simple_wins`: whether the best of all the baselines is better than the forecast.
    """
    observed = rows["observed"].to_numpy(float)
    out: dict[str, Any] = {"forecasts": len(rows)}
    for band in (50, 80, 95):
        low, high = (rows[f"{end}_{band}"].to_numpy(float) for end in ("low", "high"))
        out[f"coverage_{band}"] = coverage(low, high, observed)
    median = rows["median"].to_numpy(float)
    out |= {"bias": bias(median, observed), "mae": mean_absolute_error(median, observed)}
    width = float((rows["high_80"] - rows["low_80"]).sum())
    out |= {"crps": float(rows["crps"].mean()), "width_80": width / max(float(observed.sum()), 1.0)}
    beside = {name: _beside(rows, name) for name in BASELINES}
    ratios = {name: found["beside"] / found["crps"] for name, found in beside.items() if found["crps"] > 0}
    for key, names in (("_plain", [n for n in ratios if not n.endswith(CORRECTED)]), ("", list(ratios))):
        best = max(names, key=lambda name: ratios[name], default=None)
        out[f"best{key}"], out[f"ratio{key}"] = best, ratios[best] if best is not None else None
    out["ratio_model"] = float(rows["crps"].mean() / rows["crps:model"].mean()) if rows["crps:model"].any() else None
    return out | {"simple_wins": out["ratio"] is not None and out["ratio"] > 1.0, "baselines": beside}


def _beside(rows: pd.DataFrame, name: str) -> dict[str, float]:
    known = rows[rows[f"crps:{name}"].notna()]
    return {
        "crps": float(known[f"crps:{name}"].mean()),
        "mae": float(known[f"error:{name}"].mean()),
        "beside": float(known["crps"].mean()),
    }
