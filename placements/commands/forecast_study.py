"""How many places will children need, how far can that be trusted, and what drives it? As plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.county import County
from placements.disclosure.suppress import INTERNAL, SUPPRESSED, number_of, signed_text
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.forecasting import forecast as make_forecast
from placements.forecasting.backtest import backtest
from placements.forecasting.backtested import Backtest
from placements.forecasting.cluster import on_cluster
from placements.forecasting.explain import WORDS, explain
from placements.forecasting.levers import levers_of
from placements.forecasting.model import fit
from placements.forecasting.peer import CATEGORY, DemandModel
from placements.forecasting.result import BANDS
from placements.forecasting.scale import LEVELS, forecast_sums, jobs_of, summary
from placements.forecasting.spells import KEYS, spells_of
from placements.loading import load
from placements.manifest import plain_values, provenance
from placements.progress import Reporter
from placements.study import Study, open_study

#: What a forecast that is shared may be broken down by: no finer than the statement's tables.
SHAREABLE_BY: Final = ("service", "provision")
FORECAST_COLUMNS: Final = ("on", "level", "mean", "low_50", "high_50", "low_80", "high_80", "low_95", "high_95")
SCORE_COLUMNS: Final = (
    *("segment", "value", "months_ahead", "forecasts", "coverage_50", "coverage_80", "coverage_95", "bias", "crps"),
    *("best", "best_crps", "ratio"),
)
METHOD_COLUMNS: Final = (*("segment", "value", "method", "forecasts", "crps", "absolute_error", "bias", "coverage_80"),)
EXPLAIN_COLUMNS: Final = ("months_ahead", "step", "children", "error")


def study_forecast(
    folder: Path,
    by: Sequence[str],
    years: int | None,
    runs: int | None,
    profile: str | None,
    reporter: Reporter,
    cluster: str | None = None,
) -> dict[str, Any]:
    """Return places needed by the end of each year, by columns of the demand groups, with bands.

    Raises
    ------
    UsageError
        When a column does not exist, or is finer than may be shared.
    """
    study, county = _opened(folder, profile, reporter)
    shown_as = study.settings.disclosure.profile
    wrong = [name for name in by if name not in KEYS]
    if wrong:
        raise UsageError(f"{', '.join(wrong)}: a forecast can be broken down by {', '.join(KEYS)}")
    fine = [name for name in by if name not in SHAREABLE_BY]
    if fine and shown_as != INTERNAL:
        raise UsageError(
            f"a forecast by {', '.join(fine)} would tell of few children: ask for {', '.join(SHAREABLE_BY)}, or for "
            f"--profile internal"
        )
    if cluster is not None:
        return _on_cluster(county, by, years, runs, shown_as, cluster, reporter)
    with reporter.stage("forecast") as stage:
        made = make_forecast(county, years=years, runs=runs, progress=stage)
        stage.done(f"{made.runs} runs, {made.years} years")
    return {
        **_about(county, shown_as, made.assumptions),
        "by": list(by),
        "rows": _rows(made, by, shown_as),
        "looked_after": _held(_care(made.held[:, 11::12]), list(made.months[11::12]), shown_as),
    }


def _on_cluster(
    county: County,
    by: Sequence[str],
    years: int | None,
    runs: int | None,
    profile: str,
    cluster: str,
    reporter: Reporter,
) -> dict[str, Any]:
    """Return the same, its blocks of runs simulated on a cluster: only sums are kept, for as many runs as are asked."""
    settings = county.settings.forecast
    years, runs = years or settings.years, runs or settings.runs
    with reporter.stage("fit"):
        spells = spells_of(county, settings.history_years)
        model = fit(spells, county.population)
    levers = levers_of(settings, county.snapshot)
    jobs = jobs_of(county.authority.name, model, levers, months=12 * years, runs=runs, seed=settings.seed, by=tuple(by))
    with reporter.stage("forecast") as stage, on_cluster(cluster) as mapper:
        (sums,) = forecast_sums(jobs, mapper, stage).values()
        stage.done(f"{runs:,} runs, {years} years, {len(jobs):,} blocks on {cluster}")
    days = [spells.snapshot + pd.DateOffset(years=year) for year in range(1, years + 1)]
    table = summary(model, sums, by, days)
    assumptions = {"years": years, "runs": runs, "seed": settings.seed, "cluster": cluster}
    return {
        **_about(county, profile, assumptions),
        "by": list(by),
        "rows": _shown_rows(table[table["level"].ne("held")], by, profile),
        "looked_after": _held(_care(sums.held), days, profile),
    }


def study_backtest(
    folder: Path, years: int, runs: int | None, reporter: Reporter, peer_python: Path | None = None
) -> dict[str, Any]:
    """Return how good forecasts of hidden years were: scores, no child's figures.

    `peer_python` is an interpreter that has the sector's demand model, to be judged beside ours.

    Raises
    ------
    UsageError
        When the records do not reach back far enough, or the interpreter cannot import the demand model.
    """
    peer = None if peer_python is None else DemandModel(peer_python)
    _, county = _opened(folder, None, reporter)
    with reporter.stage("back-test") as stage:
        found = backtest(county, years, runs=runs, progress=stage, peer=peer)
        stage.done(f"{len(found.rows):,} figures from {len(found.origins)} earlier days")
    scores = [
        found.scores(by).reset_index().to_dict("records")
        for by in (("segment",), ("segment", "months_ahead"), ("segment", "value"))
    ]
    return {
        **_about(county, "", {"runs": found.runs, "seed": found.seed}),
        "origins": [day.date().isoformat() for day in found.origins],
        "choosing": [plain_values(row) for row in found.choosing().reset_index().to_dict("records")],
        "scores": [plain_values(row) for part in scores for row in part],
        "methods": [plain_values(row) for row in _methods(found)],
        "peers": list(found.peers),
        "peer_failed": found.peer_failed,
    }


def _methods(found: Backtest) -> list[dict[Any, Any]]:
    """Return every method beside the others by segment, and by the peer's categories where there is one."""
    tables = [found.methods().reset_index()]
    if found.peers:
        kinds = found.methods(("segment", "value")).reset_index()
        tables.append(kinds[kinds["segment"].eq(CATEGORY)])
    return [row for table in tables for row in table.to_dict("records")]


def study_explanation(folder: Path, years: int, runs: int, reporter: Reporter) -> dict[str, Any]:
    """Return what of the change since an earlier period lies in which flow.

    Raises
    ------
    UsageError
        When the records do not reach back over both periods.
    """
    _, county = _opened(folder, None, reporter)
    with reporter.stage("explain"):
        found = explain(county, years=years, ahead_years=county.settings.forecast.years, runs=runs)
    rows = found.effects.reset_index()
    return {
        **_about(county, "", {"runs": runs, "years": years}),
        "earlier": [day.date().isoformat() for day in found.earlier],
        "now": [day.date().isoformat() for day in found.now],
        "rows": [
            {"months_ahead": row.months_ahead, "step": row.step, "what": WORDS[str(row.step)]}
            | {"children": round(float(str(row.children)), 1), "error": round(float(str(row.error)), 1)}
            for row in rows.itertuples()
        ],
    }


def _opened(folder: Path, profile: str | None, reporter: Reporter) -> tuple[Study, County]:
    study = open_study(folder).with_profile(profile)
    return study, load(study, reporter)


def _about(county: County, profile: str, assumptions: Mapping[str, Any]) -> dict[str, Any]:
    source = provenance(county)
    return {
        "authority": county.authority.name,
        "snapshot": county.snapshot.isoformat(),
        "profile": profile,
        "assumptions": plain_values(assumptions),
        "inputs": plain_values(source["inputs"]),
        "versions": plain_values(source.get("versions", {})),
    }


def _rows(made: Forecast, by: Sequence[str], profile: str) -> list[dict[str, Any]]:
    tables = [made.summary(by, level).reset_index().assign(level=level) for level in LEVELS]
    table = pd.concat(tables, ignore_index=True).rename(columns={"month": "on"})
    return _shown_rows(table[table["on"].isin(made.months[11::12])], by, profile)


def _shown_rows(table: pd.DataFrame, by: Sequence[str], profile: str) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in by}
        | {"on": row["on"].date().isoformat(), "level": row["level"]}
        | _shown(row, profile)
        for row in table.to_dict("records")
    ]


def _care(held: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return all children looked after, (runs, years), of stays by kind of provision at the end of each year."""
    care = [state in codes.CARE_PROVISION for state in codes.PROVISION]
    return np.asarray(held[:, :, care].sum(axis=2, dtype=float))


def _held(total: npt.NDArray[np.float64], days: Sequence[pd.Timestamp], profile: str) -> list[dict[str, Any]]:
    """Return all children looked after, those too that no local place is for, at the end of each year."""
    rows = []
    for at, day in enumerate(days):
        bands = zip(BANDS, np.quantile(total[:, at], list(BANDS.values())).tolist(), strict=True)
        row = {"mean": float(total[:, at].mean()), **dict(bands)}
        rows.append({"on": day.date().isoformat(), "level": "looked after"} | _shown(row, profile))
    return rows


def _shown(row: Mapping[Any, Any], profile: str) -> dict[str, Any]:
    """Return mean and bands as they may be shown: None where one is too small to be."""
    texts = {name: signed_text(float(row[name]), profile) for name in ("mean", *BANDS)}
    return {name: None if text == SUPPRESSED else number_of(text) for name, text in texts.items()}
