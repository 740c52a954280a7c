"""How many places will children need, how far can that be trusted, and what drives it? As plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.county import County
from placements.disclosure.suppress import INTERNAL, SUPPRESSED, number_of, signed_text
from placements.errors import PlacementsError, UsageError
from placements.forecasting.backtest import backtest
from placements.forecasting.backtested import Backtest
from placements.forecasting.cluster import on_cluster
from placements.forecasting.explain import WORDS, explain
from placements.forecasting.model import prepare
from placements.forecasting.peer import CATEGORY, DemandModel
from placements.forecasting.result import BANDS
from placements.forecasting.scale import Job, Mapper, Sums, jobs_of, one_by_one, study_sums, summary
from placements.forecasting.spells import KEYS
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


@dataclass(frozen=True)
class Asked:
    """What is asked of a forecast; what is None is as in the settings of each study.

    Attributes
    ----------
    by : tuple of str
        Columns of the demand groups that it is broken down by.
    years, runs : int, optional
    profile : str, optional
        Disclosure profile.
    """

    by: tuple[str, ...]
    years: int | None = None
    runs: int | None = None
    profile: str | None = None

    def __post_init__(self) -> None:
        wrong = [name for name in self.by if name not in KEYS]
        if wrong:
            raise UsageError(f"{', '.join(wrong)}: a forecast can be broken down by {', '.join(KEYS)}")

    def opened(self, folder: Path) -> Study:
        """Open a study under the profile that is asked for.

        Raises
        ------
        UsageError
            When the breakdown is finer than may be shared under it.
        """
        study = open_study(folder).with_profile(self.profile)
        fine = [name for name in self.by if name not in SHAREABLE_BY]
        if fine and study.settings.disclosure.profile != INTERNAL:
            raise UsageError(
                f"a forecast by {', '.join(fine)} would tell of few children: ask for {', '.join(SHAREABLE_BY)}, or "
                f"for --profile internal"
            )
        return study


@dataclass(frozen=True, eq=False)
class Begun:
    """A forecast whose runs have yet to be simulated: the jobs, and what the report says beside their sums.

    Attributes
    ----------
    about : mapping
        Where the figures come from.
    jobs : list of Job
        At least one.
    days : DatetimeIndex
        Ends of the years ahead.
    """

    about: Mapping[str, Any]
    jobs: list[Job]
    days: pd.DatetimeIndex

    def report(self, sums: Sums) -> dict[str, Any]:
        """Return the report, of figures that may be shown."""
        first, profile = self.jobs[0], str(self.about["profile"])
        table = summary(first.model, sums, first.by, list(self.days))
        return {
            **self.about,
            "by": list(first.by),
            "rows": _shown_rows(table[table["level"].ne("held")], first.by, profile),
            "looked_after": _held(_care(sums.held), list(self.days), profile),
        }


def begun(county: County, asked: Asked, position: int = 0) -> Begun:
    """Fit the model of a county; `position` tells its jobs from those of other studies."""
    ready = prepare(county, asked.years, asked.runs)
    jobs = jobs_of(
        position,
        ready.model,
        ready.levers,
        months=len(ready.months),
        runs=ready.runs,
        seed=ready.seed,
        by=asked.by,
    )
    about = _about(county, county.settings.disclosure.profile, ready.assumptions)
    return Begun(about, jobs, ready.months[11::12])


def mapping(cluster: str | None) -> AbstractContextManager[Mapper]:
    """Return what does the jobs: on a cluster, or here when none is named. The figures are the same, to the bit."""
    return nullcontext(one_by_one) if cluster is None else on_cluster(cluster)


def study_forecast(folder: Path, asked: Asked, reporter: Reporter, cluster: str | None = None) -> dict[str, Any]:
    """Return places needed by the end of each year, by columns of the demand groups, with bands.

    Raises
    ------
    PlacementsError
        When the study cannot be read, or what is asked for may not be shared.
    """
    county = load(asked.opened(folder), reporter)
    with reporter.stage("fit"):
        one = begun(county, asked)
    runs = sum(job.runs for job in one.jobs)
    with reporter.stage("forecast") as stage, mapping(cluster) as mapper:

        def tell(position: int, share: float) -> None:
            del position
            stage(share, f"{round(share * runs):,} of {runs:,} runs")

        (found,) = [sums for _, sums in study_sums(one.jobs, mapper, tell)]
        where = "here" if cluster is None else f"on cluster {cluster}"
        stage.done(f"{runs:,} runs, {len(one.days)} years, {where}")
    if isinstance(found, PlacementsError):
        raise found
    return one.report(found)


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
    county = load(open_study(folder), reporter)
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
    county = load(open_study(folder), reporter)
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
