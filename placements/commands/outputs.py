"""The outputs of a study one at a time: the plan, the map, the statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from placements import codes
from placements.commands.optimise_study import plan_values
from placements.commands.reasons import plan_reasons
from placements.commands.stress import plan_stress
from placements.comparison import compare
from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.interventions import scenario_text
from placements.loading import load
from placements.manifest import provenance
from placements.maps import write_map
from placements.optimisation import Plan
from placements.pipeline import plan_for, scenarios_of
from placements.progress import Reporter
from placements.reports import write_statement
from placements.study import open_study


def plan_report(
    folder: Path,
    reporter: Reporter,
    *,
    explain_seconds: float | None = None,
    replications: int | None = None,
    profile: str | None = None,
    **limits: Any,
) -> tuple[Plan, dict[str, Any]]:
    """Return the plan of local capacity, and it as plain values; writes `reports/best-plan.toml`.

    With `explain_seconds`, its reasons are worked out in that time and stand under `why`; with `replications`, it is
    simulated child by child so many times in each demand sample, which stands under `stress`.
    """
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    future, plan = plan_for(county, reporter, **{name: value for name, value in limits.items() if value is not None})
    path = release(
        study.reports / "best-plan.toml",
        scenario_text(plan.interventions),
        county_secrets(county),
        study.settings.disclosure.profile,
    )
    report = plan_values(county, plan) | {"path": str(path)}
    if explain_seconds is not None:
        report["why"] = plan_reasons(county, future, plan, explain_seconds, reporter)
    if replications is not None:
        report["stress"] = plan_stress(county, future, plan, replications, reporter)
    return plan, report


def make_map(
    folder: Path, out: Path | None, profile: str | None, reporter: Reporter, boundary_set: str | None = None
) -> tuple[Path, Plan]:
    """Write the map of a study; return its path and the plan shown on it."""
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    future, plan = plan_for(county, reporter)
    result = compare(county, future, scenarios_of(study, plan))
    with reporter.stage("map"):
        path = out or study.maps / "placements.html"
        return write_map(result, path, plan=plan, boundary_set=boundary_set), plan


def make_statement(
    folder: Path, profile: str | None, reporter: Reporter, services: tuple[str, ...] = codes.SERVICES
) -> tuple[dict[str, Path], Plan]:
    """Write the sufficiency statement of a study, for care, learning or both; return its paths and the plan in it."""
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    future, plan = plan_for(county, reporter)
    result = compare(county, future, scenarios_of(study, plan))
    with reporter.stage("statement"):
        paths = write_statement(
            result,
            study.reports,
            plan=plan,
            provenance=provenance(county, plan),
            targets=study.targets,
            services=services,
            template=study.template,
        )
    return paths, plan
