"""The main job: one study from its files to the map, the plan, the statement and the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from placements.comparison import DO_NOTHING, Comparison, compare
from placements.county import County
from placements.disclosure.publication import county_figures
from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.disclosure.shown import ShownFigures
from placements.errors import UsageError
from placements.forecasting import Forecast, forecast
from placements.forecasting.backtest import backtest
from placements.interventions import Intervention, read_scenario, scenario_name, scenario_text
from placements.loading import load
from placements.manifest import coverage_words, outputs, provenance, write_manifest
from placements.maps import write_map
from placements.optimisation import Plan, evaluate, optimise
from placements.progress import Reporter
from placements.reports import OWN, build_statement, read_own_words, write_document
from placements.reports.content import Document
from placements.study import Study

BEST_PLAN = "Best plan found"


#: Runs of each forecast of hidden years that a run of a study makes: enough for bands of 80 %.
BACKTEST_RUNS: Final = 100


@dataclass(frozen=True)
class RunResult:
    """What a run made: the county, the plan, the comparison, the statement, and the paths to open."""

    county: County
    future: Forecast
    plan: Plan
    comparison: Comparison
    document: Document
    released: ShownFigures
    paths: Mapping[str, Path]
    manifest: Mapping[str, Any]


def scenarios_of(study: Study, plan: Plan | None) -> dict[str, tuple[Intervention, ...]]:
    """Return the plan and the hand-written scenarios by name; the file's stem is the name."""
    named = {BEST_PLAN: plan.interventions} if plan is not None else {}
    return named | read_scenarios(study.scenarios)


def read_scenarios(files: Sequence[Path]) -> dict[str, tuple[Intervention, ...]]:
    """Return hand-written scenarios, each by the name of its file.

    Raises
    ------
    UsageError
        When two files have one name, or one has a name that is taken.
    """
    found: dict[str, tuple[Intervention, ...]] = {}
    for path in files:
        name = scenario_name(path.stem)
        if name in found or name.lower() in (DO_NOTHING, BEST_PLAN.lower()):
            raise UsageError(f"{path}: there is a scenario called {name!r} already; give the file another name")
        found[name] = read_scenario(path)
    return found


def plan_for(county: County, reporter: Reporter, **limits: Any) -> tuple[Forecast, Plan]:
    """Forecast need, choose local capacity for it, and have the plan worked out again without the solver's code.

    Raises
    ------
    PlanError
        When the plan breaks a rule or its figures are not those of its interventions.
    """
    with reporter.stage("forecast") as stage:
        future = forecast(county, progress=stage)
        stage.done(f"{county.settings.forecast.runs} runs, {county.settings.forecast.years} years")
    future = _tested(county, future, reporter)
    with reporter.stage("optimise") as stage:
        plan = optimise(county, future, progress=stage, **limits)
        stage.done(f"{len(plan.interventions)} interventions, {plan.status}")
    with reporter.stage("re-cost the plan") as stage:
        evaluate(county, future, plan)
        stage.done("an independent evaluator agrees")
    return future, plan


def _tested(county: County, future: Forecast, reporter: Reporter) -> Forecast:
    """Return the forecast with how good it would have been in the past, where the records reach back far enough."""
    years = county.settings.forecast.backtest_years
    if not years:
        return future
    with reporter.stage("back-test") as stage:
        try:
            found = backtest(county, years, runs=min(future.runs, BACKTEST_RUNS), progress=stage).summary()
        except UsageError as error:
            stage.done(str(error))
            return future
        stage.done(f"{found['coverage_80']:.0%} of {found['forecasts']} hidden figures in the 80 % band")
    return replace(future, assumptions=MappingProxyType({**future.assumptions, "back_test": found}))


def run_study(study: Study, reporter: Reporter | None = None) -> RunResult:
    """Run everything and write the outputs, each whole or not at all.

    Raises
    ------
    DataError, InfeasibleError, DisclosureError
        As the stages do; outputs written before stay.
    """
    reporter = reporter or Reporter(quiet=True)
    county = load(study, reporter)
    with reporter.stage("school journeys") as stage:
        journeys = county.school_journeys
        known = coverage_words(journeys.coverage, county.settings.disclosure.profile)
        stage.done(f"{known}, method {journeys.method}")
    future, plan = plan_for(county, reporter)
    with reporter.stage("compare") as stage:
        result = compare(county, future, scenarios_of(study, plan))
        stage.done(f"{len(result.scenarios)} scenarios")
    source = provenance(county, plan)
    profile = county.settings.disclosure.profile
    with reporter.stage("disclosure control") as stage:
        released = county_figures(county, profile)
        stage.done(released.summary)
    with reporter.stage("map"):
        map_path = write_map(result, study.maps / "placements.html", plan=plan, released=released)
    with reporter.stage("statement"):
        own = read_own_words(study.reports / OWN)
        document = build_statement(
            result, plan=plan, provenance=source, targets=study.targets, released=released, own=own
        )
        statement = write_document(document, county, study.reports, template=study.template)
    plan_path = release(
        study.reports / "best-plan.toml", scenario_text(plan.interventions), county_secrets(county), profile
    )
    paths = {"map": map_path, **{f"statement ({what})": path for what, path in statement.items()}, "plan": plan_path}
    manifest = source | {
        "figures": [asdict(figure) for figure in document.figures],
        "outputs": outputs(list(paths.values()), study.folder),
        "timings": reporter.seconds,
    }
    paths |= {"manifest": write_manifest(study.folder / "manifest.json", manifest)}
    return RunResult(county, future, plan, result, document, released, paths, manifest)
