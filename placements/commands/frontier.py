"""What does each sum of money keep local? The efficient frontier of a study as plain values, and as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.errors import UsageError
from placements.forecasting import forecast
from placements.loading import load
from placements.optimisation import Frontier, FrontierPoint, evaluate, frontier
from placements.progress import Reporter
from placements.reports.charts_frontier import frontier as draw
from placements.study import open_study

COLUMNS: Final = (
    "limit_gbp",
    "kept_local_child_years",
    "away_child_years",
    "capital_gbp",
    "net_revenue_gbp",
    "gap",
    "result",
    "opened",
    "left_out",
    "changed",
)
_MONEY: Final = {"capital": "Capital", "net_revenue": "Net revenue"}
#: A drawing whose words can be read again before it leaves, which those of a picture cannot.
_FORMAT: Final = ".svg"


def frontier_report(
    folder: Path, against: str, points: int, out: Path | None, reporter: Reporter, **limits: Any
) -> tuple[Frontier, dict[str, Any]]:
    """Return the frontier of a study, and it as plain values; draws it if a file is named.

    Raises
    ------
    PlanError
        When a point's plan breaks a rule or its figures are not those of its interventions.
    """
    if out is not None and out.suffix.lower() != _FORMAT:
        raise UsageError(f"{out}: a chart is written as {_FORMAT}, which can be scanned before it is shared")
    study = open_study(folder)
    county = load(study, reporter)
    with reporter.stage("forecast") as stage:
        future = forecast(county, progress=stage)
    with reporter.stage("frontier") as stage:
        given = {name: value for name, value in limits.items() if value is not None}
        found = frontier(county, future, against=against, points=points, progress=stage, **given)
        stage.done(f"{len(found.points)} points, {found.solves} solved, {found.status}")
    with reporter.stage("re-cost the plans") as stage:
        for at, point in enumerate(found.points):
            stage(at / len(found.points), f"point {at + 1}")
            evaluate(county, future, point.plan)
        stage.done("an independent evaluator agrees")
    report = {
        "authority": county.authority.name,
        "synthetic": county.synthetic,
        "against": found.against,
        "status": found.status,
        "is_proved": found.is_proved,
        "tolerance": found.points[0].plan.limits.tolerance,
        "limits_tried_gbp": found.limits_gbp,
        "least_bound_gbp": found.least_bound_gbp,
        "solves": found.solves,
        "points": [_point(point) for point in found.points],
        "path": None if out is None else str(out),
    }
    if out is not None:
        mark = "made-up children" if county.synthetic else ""
        _, svg = draw(
            f"What {_MONEY[against].lower()} keeps local, {county.authority.name}",
            [point.limit_gbp for point in found.points],
            [point.kept_local_child_years for point in found.points],
            [_most_kept(point) for point in found.points],
            money=_MONEY[against],
            mark=mark,
        )
        release(out, svg, county_secrets(county), study.settings.disclosure.profile)
    return found, report


def _most_kept(point: FrontierPoint) -> float:
    return float(point.kept_local_child_years + point.away_child_years - point.bound_child_years)


def _point(point: FrontierPoint) -> dict[str, Any]:
    """Return one point; no times, so that the same inputs give the same text."""
    schedule = point.plan.schedule
    return {
        "limit_gbp": point.limit_gbp,
        "kept_local_child_years": point.kept_local_child_years,
        "most_kept_local_child_years": _most_kept(point),
        "away_child_years": point.away_child_years,
        "bound_child_years": point.bound_child_years,
        "gap": point.gap,
        "result": "proved" if point.is_proved else "not proved",
        "solved": point.solved,
        "capital_gbp": point.capital_gbp,
        "net_revenue_gbp": point.net_revenue_gbp,
        "opened": list(point.opened),
        "left_out": list(point.left_out),
        "changed": list(point.changed),
        "interventions": schedule.to_dict("records"),
    }
