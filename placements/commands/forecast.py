"""How many EHC plans are to come in every authority, from DfE's published series? As plain values; needs no study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from placements.errors import UsageError
from placements.forecasting.published import (
    FAMILIES,
    LABELS,
    SERIES,
    Backtest,
    Draws,
    PublishedSeries,
    backtest_published,
    draw_published,
    read_series,
)
from placements.forecasting.published.model import SeriesModel
from placements.forecasting.published.predictive import summarise
from placements.forecasting.published.series import TOTAL
from placements.geography.authorities import find_authority
from placements.progress import Reporter

DRAWS: Final = 2000
SEED: Final = 2025
METHOD: Final = (
    "log growth = the nation's + the authority's own deviation, shrunk towards none by empirical Bayes; settings by "
    "shares that drift with the nation's and stray by authority"
)
COHERENCE: Final = (
    "in each draw the settings add up to the total, and so do their means; medians and ends of bands do not add up"
)
SCORING: Final = (
    "CRPS in plans: of the forecast, exact for its draws; of a baseline, exact for its 400 equally likely values. "
    "Plain baselines have their own figure in the middle; corrected ones are moved by their past errors. ratio is the "
    "CRPS of the forecast over that of the best baseline: below 1 is better. simple_wins says where a baseline was "
    "better than the forecast"
)
#: Columns of the table of scores.
SCORE_COLUMNS: Final = (
    *("series", "by", "segment", "forecasts", "coverage_50", "coverage_80", "coverage_95", "bias", "mae", "crps"),
    *("width_80", "best_plain", "ratio_plain", "best", "ratio", "simple_wins"),
)


def published_forecast(path: Path, horizon: int, reporter: Reporter, authority: str | None = None) -> dict[str, Any]:
    """Return the forecast of every authority, or of one, by year and series.

    Parameters
    ----------
    path : Path
        DfE's data set `caseload`.
    horizon : int
        Years ahead, 1 to 5.
    reporter : Reporter
    authority : str, optional
        Name or code: only this one is returned, forecast with the help of all the others as always.

    Raises
    ------
    DataError
        When the file cannot be used.
    UsageError
        When the horizon is out of range, or there is no forecast for the authority.
    """
    series = _read(path, reporter)
    with reporter.stage("forecast") as stage:
        drawn = draw_published(series, horizon, DRAWS, SEED)
        stage.done(f"{len(drawn.authorities)} authorities, {drawn.years[0]} to {drawn.years[-1]}")
    places = range(len(drawn.authorities)) if authority is None else [_place(drawn, authority)]
    bands = summarise(np.moveaxis(drawn.values, 1, 0))
    return {
        **_about(series, {"horizon": horizon, "draws": DRAWS, "seed": SEED}),
        "origin": drawn.origin,
        "method": METHOD,
        "coherence": COHERENCE,
        "models": {name: _model(model) for name, model in drawn.models.items()},
        "forecasts": [_forecast(drawn, bands, place) for place in places],
        "england": _england(drawn),
        "left_out": _left_out(series, drawn),
    }


def published_backtest(path: Path, reporter: Reporter) -> dict[str, Any]:
    """Return how good the forecasts of the hidden years were, by series and segment, beside simple baselines.

    Raises
    ------
    DataError
        When the file cannot be used.
    UsageError
        When there are too few years to hide any.
    """
    series = _read(path, reporter)
    with reporter.stage("back-test") as stage:
        found = backtest_published(series, draws=DRAWS, seed=SEED, progress=stage)
        stage.done(f"{len(found.rows):,} forecasts from {len(found.origins)} origins")
    return {
        **_about(series, {"draws": found.draws, "seed": found.seed, "origins": list(found.origins)}),
        "method": METHOD,
        "scoring": SCORING,
        "scores": [_rounded(row) for row in found.scores],
        "simple_wins": _wins(found),
        "not_compared": [dict(row) for row in found.not_compared],
        "left_out": [asdict(row) for row in series.left_out],
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
                    | ({"series": LABELS[name]} if one else {})
                    | {key: values[key] for key in ("last", "mean", "median", "low_80", "high_80")}
                    | ({} if one else _means(year["series"]))
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


def _means(series: Mapping[str, Any]) -> dict[str, Any]:
    return {name: series[name]["mean"] if name in series else None for name in FAMILIES}


def _read(path: Path, reporter: Reporter) -> PublishedSeries:
    with reporter.stage("read") as stage:
        series = read_series(path)
        stage.done(f"{len(series.authorities)} authorities, {series.years[0]} to {series.years[-1]}")
    return series


def _about(series: PublishedSeries, settings: dict[str, Any]) -> dict[str, Any]:
    families = {name: {"label": LABELS[name], "columns": list(columns)} for name, columns in FAMILIES.items()}
    return {
        "source": dict(series.source) | {"years": list(series.years)},
        "settings": settings,
        "families": families,
    }


def _place(drawn: Draws, authority: str) -> int:
    code = find_authority(authority).code
    if code not in drawn.authorities.index:
        raise UsageError(f"{authority} ({code}) has no total in {drawn.origin}, so there is no forecast for it")
    return list(drawn.authorities.index).index(code)


def _forecast(drawn: Draws, bands: Mapping[str, Any], place: int) -> dict[str, Any]:
    row = drawn.authorities.iloc[place]
    seen = int(drawn.growths_seen[place])
    own = f"{seen} year{'s' if seen != 1 else ''} of its own growth, shrunk towards England's"
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
        for at, name in enumerate(SERIES)
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
    for row in series.left_out:
        effect = "these years are not used"
        if series.origin in row.years:
            effect = "there is no forecast" if row.series == TOTAL else "there is no forecast by setting"
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
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _wins(found: Backtest) -> list[str]:
    return [str(row["series"]) for row in found.scores if row["by"] == "all" and row["simple_wins"]]
