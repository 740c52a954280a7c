"""Scenario files, and the best plan if wished, compared in the same futures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from placements.commands.compared import shown, steps_shown, tornado_shown
from placements.comparison import DO_NOTHING, SAMPLES, compare, contributions, tornado
from placements.errors import UsageError
from placements.forecasting import forecast
from placements.loading import load
from placements.optimisation import Plan
from placements.pipeline import BEST_PLAN, plan_for, read_scenarios
from placements.progress import Reporter
from placements.study import open_study

#: What the table of scenarios shows.
COLUMNS: Final = (
    *("scenario", "away_child_years", "fewer_away_child_years", "kept_local_child_years", "idle_child_years"),
    *("occupancy", "mean_miles", "capital_gbp", "net_gbp", "npv_gbp", "payback_year", "better_than_nothing"),
)
STEP_COLUMNS: Final = ("step", "alone", "removed", "npv_alone", "npv_removed")
TORNADO_COLUMNS: Final = (
    "assumption",
    "moved_to",
    "fewer_away",
    "npv_gbp",
    "npv_gbp_low_80",
    "npv_gbp_high_80",
    "swing_gbp",
)
GAIN_COLUMNS: Final = ("scenario", "area", "need", "fewer_away", "fewer_away_low_80", "fewer_away_high_80")
REGRET_COLUMNS: Final = ("scenario", "mean_regret", "largest_regret", "best_in")


def compare_report(
    folder: Path,
    files: Sequence[Path],
    reporter: Reporter,
    *,
    best_plan: bool = False,
    steps: bool = False,
    assumptions: bool = False,
    samples: int | None = None,
    profile: str | None = None,
) -> tuple[Plan | None, dict[str, Any]]:
    """Compare scenario files of a study.

    Parameters
    ----------
    folder : Path
        The study.
    files : sequence of Path
        Scenarios; those in `scenarios/` of the study when none are named.
    reporter : Reporter
    best_plan : bool
        Whether the optimiser's plan, made anew with the study's settings, is among them.
    steps, assumptions : bool
        Whether each scenario is taken apart by step, and by assumption.
    samples : int, optional
        Futures compared.
    profile : str, optional

    Returns
    -------
    Plan or None
    dict
        `scenarios`, `probability_better`, `regret`, `gains`, and `steps` and `tornado` if asked for.
    """
    study = open_study(folder).with_profile(profile)
    named = read_scenarios(files or study.scenarios)
    if not named and not best_plan:
        raise UsageError(f"there is nothing to compare: name scenario files, or put some in {folder / 'scenarios'}")
    county = load(study, reporter)
    plan: Plan | None = None
    if best_plan:
        future, plan = plan_for(county, reporter)
        named = {BEST_PLAN: plan.interventions} | named
    else:
        with reporter.stage("forecast") as stage:
            future = forecast(county, progress=stage)
    with reporter.stage("compare") as stage:
        result = compare(county, future, named, samples=samples or SAMPLES, progress=stage)
        stage.done(f"{len(result.scenarios)} scenarios in {len(result.weights)} futures")
    areas = county.area_names
    level = county.settings.disclosure.profile
    report = {
        "authority": county.authority.name,
        "synthetic": county.synthetic,
        "profile": level,
        "status": None if plan is None else plan.status,
        **shown(result, areas, level),
    }
    others = [name for name in result.scenarios if name != DO_NOTHING]
    if steps:
        report["steps"] = []
        for name in others:
            with reporter.stage(f"steps of {name}") as stage:
                report["steps"] += steps_shown(result, contributions(result, name, stage), level)
    if assumptions:
        report["tornado"] = []
        for name in others:
            with reporter.stage(f"assumptions of {name}") as stage:
                report["tornado"] += tornado_shown(result, name, tornado(result, name, stage), level)
    return plan, report
