"""The documents that are written between one annual statement and the next: the six-monthly report, and briefings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from placements.comparison import compare
from placements.county import County
from placements.disclosure.headline import headline_texts
from placements.disclosure.publication import county_figures
from placements.disclosure.suppress import INTERNAL
from placements.errors import UsageError
from placements.forecasting import Forecast, forecast
from placements.interventions import read_scenario
from placements.loading import load
from placements.manifest import provenance
from placements.pipeline import read_scenarios
from placements.progress import Reporter
from placements.reports import OWN, read_own_words, write_document
from placements.reports.briefings import KINDS, briefing
from placements.reports.content import Document
from placements.reports.context import Context
from placements.reports.future import Future, future_of
from placements.reports.progress import NAME as PROGRESS
from placements.reports.progress import progress_report
from placements.reports.progress.inputs import ProgressContext
from placements.study import Study, open_study
from placements.targets import Line, progress_lines, read_history, roll_forward, targets_of
from placements.targets.ahead import Warned, warning
from placements.targets.history import NAME as HISTORY
from placements.targets.progress import reported


def make_progress(
    folder: Path, reporter: Reporter, *, profile: str | None = None, plan: Path | None = None
) -> tuple[dict[str, Path], dict[str, Any]]:
    """Write the six-monthly report of a study, and roll its ledger of targets forward.

    Parameters
    ----------
    folder : Path
    reporter : Reporter
    profile : str, optional
        An internal copy is not kept in the history: what it shows is not for later reports to repeat.
    plan : Path, optional
        The plan that the council has adopted, as a scenario file: its first steps are listed as planned.

    Returns
    -------
    dict of str to Path
        The files written, by what they are.
    dict
        `day`, `last_report`, `targets` (a list: what is shown of each indicator) and the paths.

    Raises
    ------
    SettingsError
        When the ledger of targets cannot be followed.
    UsageError
        When a later day has been reported already.
    """
    study = open_study(folder).with_profile(profile)
    targets = targets_of(study.targets, study.folder / "targets.csv")
    history_path = study.folder / HISTORY
    history = read_history(history_path)
    day = study.settings.study.snapshot
    if history and history[-1].reported_on > day:
        raise UsageError(
            f"{history_path} holds the report of {history[-1].reported_on.isoformat()}: that of {day.isoformat()} "
            "cannot be changed any more"
        )
    steps = read_scenario(plan) if plan else ()
    county = load(study, reporter)
    with reporter.stage("forecast") as stage:
        future = forecast(county, years=1, progress=stage)
        stage.done(f"{future.runs} runs, 1 year")
    kind = county.settings.disclosure.profile
    with reporter.stage("disclosure control") as stage:
        figures = county_figures(county, kind)
        stage.done(figures.summary)
    past = tuple(one for one in history if one.reported_on < day)
    lines = progress_lines(targets, past, day, lambda name: headline_texts(figures, name))
    context = Context(county, Future(forecast=future), kind, study.targets, provenance(county), figures)
    planned = tuple(step for step in steps if getattr(step, "opens_year", getattr(step, "from_year", 1)) == 1)
    given = ProgressContext(context, lines, past, _warnings(county, future, lines), planned, plan.name if plan else "")
    with reporter.stage("report") as stage:
        paths = _written(progress_report(given), county, study, PROGRESS)
        if kind != INTERNAL:
            paths["history"] = roll_forward(history_path, reported(lines, day))
        stage.done(f"{len(lines)} targets")
    return paths, _values(given, paths)


def make_briefing(
    kind: str, folder: Path, reporter: Reporter, *, profile: str | None = None, scenarios: Sequence[Path] = ()
) -> dict[str, Path]:
    """Write a short document: for members, for providers (market) or for one scenario (case).

    Parameters
    ----------
    kind : str
        One of `briefings.KINDS`.
    folder : Path
    reporter : Reporter
    profile : str, optional
    scenarios : sequence of Path
        Scenario files that are held against doing nothing; providers are shown none.

    Raises
    ------
    UsageError
        When a case is asked for without one scenario, or a market statement with any.
    """
    if kind == "case" and len(scenarios) != 1:
        raise UsageError("a business case is of one scenario: name its file with --scenario")
    if kind == "market" and scenarios:
        raise UsageError("a market position statement says nothing of plans: leave --scenario out")
    study = open_study(folder).with_profile(profile)
    named = read_scenarios(scenarios)
    county = load(study, reporter)
    with reporter.stage("forecast") as stage:
        future = forecast(county, progress=stage)
        stage.done(f"{future.runs} runs, {future.years} years")
    ahead = Future(forecast=future)
    if named:
        with reporter.stage("compare") as stage:
            ahead = future_of(compare(county, future, named, progress=stage), None)
            stage.done(f"{len(named)} scenarios")
    with reporter.stage("report"):
        context = Context(county, ahead, county.settings.disclosure.profile, study.targets, provenance(county))
        document = briefing(kind, context, read_own_words(study.reports / OWN))
        return _written(document, county, study, KINDS[kind][0])


def _warnings(county: County, future: Forecast, lines: tuple[Line, ...]) -> dict[str, Warned]:
    """Return how likely each next milestone is to be missed, where that may be told and the forecast can."""
    found = {}
    for line in lines:
        told = warning(county, future, line, line.next) if line.next and line.now.value not in ("c", "x") else None
        if told is not None:
            found[line.indicator] = told
    return found


def _written(document: Document, county: County, study: Study, name: str) -> dict[str, Path]:
    return write_document(document, county, study.reports, name=name, template=study.template)


def _values(given: ProgressContext, paths: Mapping[str, Path]) -> dict[str, Any]:
    rows = [
        {
            "indicator": line.indicator,
            "baseline": line.baseline,
            "target": line.last.amount.text if line.last else "",
            "reached": line.now.value,
            "numerator": line.now.numerator,
            "denominator": line.now.denominator,
            "standing": line.standing.words,
            "next_target": line.next.amount.text if line.next else "",
            "next_due": line.next.due.isoformat() if line.next else "",
            "missed_in_runs": round(given.warnings[line.indicator].missed, 1)
            if line.indicator in given.warnings
            else None,
        }
        for line in given.lines
    ]
    return {
        "day": given.context.day.isoformat(),
        "last_report": given.last_day.isoformat() if given.last_day else None,
        "targets": rows,
        "outputs": {name: str(path) for name, path in paths.items()},
    }
