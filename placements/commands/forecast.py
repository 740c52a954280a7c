"""How many EHC plans, or children looked after, are to come in every authority, from DfE's published series?

As plain values; needs no study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from placements.errors import UsageError
from placements.forecasting.published import (
    CARE,
    PLANS,
    Backtest,
    Choice,
    Draws,
    PublishedSeries,
    Release,
    backtest_published,
    forecast_published,
    read_series,
)
from placements.forecasting.published.heirs import changes
from placements.forecasting.published.known import with_care, with_new_plans, with_population
from placements.forecasting.published.model import SeriesModel
from placements.forecasting.published.predictive import summarise
from placements.forecasting.published.releases import TOTAL
from placements.geography.authorities import find_authority
from placements.progress import Reporter

DRAWS: Final = 2000
SEED: Final = 2025
METHOD: Final = (
    "log growth = the nation's + the authority's own deviation, shrunk towards none by empirical Bayes; settings by "
    "shares that drift with the nation's and stray by authority; of each series the mixture of this and simple "
    "baselines that would have done best before (methods)"
)
COHERENCE: Final = (
    "in each draw the settings add up to the total, and so do their means; medians and ends of bands do not add up"
)
SCORING: Final = (
    "CRPS in {noun}: of the forecast, exact for its draws; of a baseline, exact for its 400 equally likely values. "
    "Plain baselines have their own figure in the middle; corrected ones are moved by their past errors. ratio is the "
    "CRPS of the forecast over that of the best baseline: below 1 is better. simple_wins says where a baseline was "
    "better than the forecast"
)
#: Columns of the table of scores.
SCORE_COLUMNS: Final = (
    *("series", "by", "segment", "forecasts", "coverage_50", "coverage_80", "coverage_95", "bias", "mae", "crps"),
    *("width_80", "best_plain", "ratio_plain", "best", "ratio", "ratio_model", "simple_wins"),
)


#: What each method of a mixture is called.
METHODS: Final = MappingProxyType(
    {
        "model": "model",
        "own_growth": "model of its own growth alone",
        "last_year": "last year's figure",
        "last_year_corrected": "England's past growth given to all",
        "linear_trend_corrected": "a line through the past, corrected",
    }
)


@dataclass(frozen=True)
class Sources:
    """The files that a forecast is made from.

    Attributes
    ----------
    path : Path
        DfE's data set `caseload`, or for children looked after `cla_number_and_rate_per_10k_children`.
    care : bool
        Whether of children looked after.
    new_plans : Path, optional
        DfE's data set `newplans`.
    population : Path, optional
        Mid-year estimates of children by authority.
    """

    path: Path
    care: bool = False
    new_plans: Path | None = None
    population: Path | None = None

    @property
    def release(self) -> Release:
        """Return which data set the path is of."""
        return CARE if self.care else PLANS


def published_forecast(
    sources: Sources, horizon: int, reporter: Reporter, authority: str | None = None
) -> dict[str, Any]:
    """Return the forecast of every authority, or of one, by year and series.

    Parameters
    ----------
    sources : Sources
    horizon : int
        Years ahead, 1 to 5.
    reporter : Reporter
    authority : str, optional
        Name or code: only this one is returned, forecast with the help of all the others as always.

    Raises
    ------
    DataError
        When a file cannot be used.
    UsageError
        When the horizon is out of range, or there is no forecast for the authority.
    """
    series = _read(sources, reporter)
    with reporter.stage("forecast") as stage:
        drawn, choices = forecast_published(series, horizon, DRAWS, SEED, progress=stage)
        stage.done(f"{len(drawn.authorities)} authorities, {drawn.years[0]} to {drawn.years[-1]}")
    places = range(len(drawn.authorities)) if authority is None else [_place(drawn, authority)]
    bands = summarise(np.moveaxis(drawn.values, 1, 0))
    return {
        **_about(series, {"horizon": horizon, "draws": DRAWS, "seed": SEED}),
        "origin": drawn.origin,
        "method": METHOD,
        "coherence": COHERENCE,
        "methods": [_method(choice, series.release) for choice in choices],
        "models": {name: _model(model) for name, model in drawn.models.items()},
        "forecasts": [_forecast(drawn, bands, place) for place in places],
        "england": _england(drawn),
        "left_out": _left_out(series, drawn),
    }


def published_backtest(sources: Sources, reporter: Reporter) -> dict[str, Any]:
    """Return how good the forecasts of the hidden years were, by series and segment, beside simple baselines.

    Raises
    ------
    DataError
        When a file cannot be used.
    UsageError
        When there are too few years to hide any.
    """
    series = _read(sources, reporter)
    with reporter.stage("back-test") as stage:
        found = backtest_published(series, draws=DRAWS, seed=SEED, progress=stage)
        stage.done(f"{len(found.rows):,} forecasts from {len(found.origins)} origins")
    return {
        **_about(series, {"draws": found.draws, "seed": found.seed, "origins": list(found.origins)}),
        "method": METHOD,
        "scoring": SCORING.format(noun=series.release.noun),
        "scores": [_rounded(row) for row in found.scores],
        "simple_wins": _wins(found),
        "methods": [{"origin": origin, **_method(choice, series.release)} for origin, choice in found.choices],
        "not_compared": [dict(row) for row in found.not_compared],
        "left_out": [asdict(row) for row in series.left_out],
    }


def method_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the table of the methods of a forecast: one row per series, with what is used and why."""
    return [{key: row[key] for key in ("series", "used", "why")} for row in report["methods"]]


def _method(choice: Choice, release: Release) -> dict[str, Any]:
    parts = sorted(choice.weights.items(), key=lambda item: -item[1])
    used = " + ".join(f"{weight:.0%} {METHODS[name]}" for name, weight in parts)
    better = [name for name, score in choice.scores.items() if score < choice.scores["model"]]
    if choice.mixture is None:
        why = "no earlier year to compare methods at: the model"
    else:
        scores = ", ".join(f"{METHODS[name]} {score:.1f}" for name, score in choice.scores.items())
        years = ", ".join(map(str, choice.origins))
        why = f"CRPS in {release.noun} of {choice.forecasts:,} forecasts from {years}: {scores}"
        why += f"; this {choice.mixture:.1f}"
    return {
        "series": choice.series,
        "label": release.labels[choice.series],
        "used": used,
        "why": why,
        "weights": {name: round(weight, 3) for name, weight in parts},
        "scores": {name: round(score, 3) for name, score in choice.scores.items()},
        "mixture": None if choice.mixture is None else round(choice.mixture, 3),
        "better_than_model": better,
        "origins": list(choice.origins),
        "forecasts": choice.forecasts,
    }


def forecast_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the table of a forecast: one row per authority and year; by series when it is of one authority."""
    rows = []
    one = len(report["forecasts"]) == 1
    for found in report["forecasts"]:
        for year in found["years"]:
            for name, values in year["series"].items():
                if not one and name != TOTAL:
                    continue
                rows.append(
                    {"code": found["code"], "name": found["name"], "year": str(year["year"])}
                    | ({"series": report["labels"][name]} if one else {})
                    | {key: values[key] for key in ("last", "mean", "median", "low_80", "high_80")}
                    | ({} if one else _means(year["series"], report["families"]))
                )
    return rows


def score_rows(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the table of a back-test: by series over all, and the totals by segment; figures as text."""
    shown = [row for row in report["scores"] if row["by"] == "all" or row["series"] == TOTAL]
    return [{key: _said(row[key]) for key in SCORE_COLUMNS} for row in shown]


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:.3f}" if isinstance(value, float) and abs(value) < 10 else value


def _means(series: Mapping[str, Any], families: Mapping[str, Any]) -> dict[str, Any]:
    return {name: series[name]["mean"] if name in series else None for name in families}


def _read(sources: Sources, reporter: Reporter) -> PublishedSeries:
    if sources.care and sources.new_plans is not None:
        raise UsageError("new plans tell nothing of children looked after: leave --new-plans out")
    with reporter.stage("read") as stage:
        series = read_series(sources.path, sources.release)
        if sources.care:
            series = with_care(series, sources.path)
        if sources.new_plans is not None:
            series = with_new_plans(series, sources.new_plans)
        if sources.population is not None:
            series = with_population(series, sources.population)
        stage.done(f"{len(series.authorities)} authorities, {series.years[0]} to {series.years[-1]}")
    return series


def _about(series: PublishedSeries, settings: dict[str, Any]) -> dict[str, Any]:
    release = series.release
    families = {n: {"label": release.labels[n], "columns": list(columns)} for n, columns in release.families.items()}
    return {
        "source": dict(series.source) | {"years": list(series.years)},
        "settings": settings,
        "families": families,
        "labels": dict(release.labels),
    }


def _place(drawn: Draws, authority: str) -> int:
    code = find_authority(authority).code
    if code not in drawn.authorities.index:
        raise UsageError(f"{authority} ({code}) has no total in {drawn.origin}, so there is no forecast for it")
    return list(drawn.authorities.index).index(code)


def _forecast(drawn: Draws, bands: Mapping[str, Any], place: int) -> dict[str, Any]:
    row = drawn.authorities.iloc[place]
    seen = int(drawn.growths_seen[place])
    heir = int(drawn.inherited[place])
    own = f"{seen} year{'s' if seen != 1 else ''} of its own growth, shrunk towards England's"
    if heir:
        own = f"{seen} years of growth, {heir} of them of all its predecessors' ground, shrunk towards England's"
    return {
        "code": str(drawn.authorities.index[place]),
        "name": str(row["name"]),
        "region_code": str(row["region_code"]),
        "region": str(row["region"]),
        "basis": own if seen else "England's growth alone: it has no year of growth of its own",
        "years": [
            {"year": year, "horizon": step + 1, "series": _series(drawn, bands, place, step)}
            for step, year in enumerate(drawn.years)
        ],
    }


def _series(drawn: Draws, bands: Mapping[str, Any], place: int, step: int) -> dict[str, dict[str, float]]:
    return {
        name: {"last": float(drawn.last[place, at])}
        | {key: round(float(values[at, place, step]), 1) for key, values in bands.items()}
        for at, name in enumerate(drawn.names)
        if np.isfinite(bands["mean"][at, place, step])
    }


def _england(drawn: Draws) -> list[dict[str, Any]]:
    """Return the sum of the authorities that are forecast: bands of the sums, not sums of bands."""
    bands = summarise(drawn.values[0].sum(axis=1))
    last = float(drawn.last[:, 0].sum())
    return [
        {"year": year, "last": last} | {key: round(float(values[step]), 1) for key, values in bands.items()}
        for step, year in enumerate(drawn.years)
    ]


def _left_out(series: PublishedSeries, drawn: Draws) -> list[dict[str, Any]]:
    """Return what is not used, and whether the authority is forecast all the same."""
    out = []
    there = zip(drawn.authorities.index, drawn.inherited, strict=True)
    heirs = {str(code) for code, years in there if years}
    olds = {code for change in changes() if set(change.news) & heirs for code in change.olds}
    for row in series.left_out:
        effect = "these years are not used"
        if row.series == TOTAL and row.code in heirs:
            effect = "its predecessors' growth stands for these years"
        elif row.series == TOTAL and row.code in olds:
            effect = "there is no forecast; its successors have its history"
        elif series.origin in row.years:
            effect = {TOTAL: "there is no forecast", "settings": "there is no forecast by setting"}.get(
                row.series, effect
            )
        elif row.code not in drawn.authorities.index:
            effect = "these years are not used, and there is no forecast"
        out.append({**asdict(row), "effect": effect})
    return out


def _model(model: SeriesModel) -> dict[str, Any]:
    nation = model.nation
    return {
        "growth_seen": [round(growth, 5) for growth in nation.growths],
        "drift": round(nation.drift, 5),
        "drift_kept": round(nation.kept, 3),
        "national_spread": round(nation.spread, 5),
        "slope_on_total": round(model.slope, 3),
        **{key: round(float(value), 4) for key, value in asdict(model.process).items()},
        "no_history": model.borrowed,
        "signals": {
            one.name: {"slope": round(one.slope, 4), "kept": round(one.persistence, 4)} for one in model.signals
        },
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _wins(found: Backtest) -> list[str]:
    return [str(row["series"]) for row in found.scores if row["by"] == "all" and row["simple_wins"]]
