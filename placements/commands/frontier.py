"""What does each sum of money keep local? The efficient frontier of a study as plain values, and as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from placements.commands.optimise_study import frontier_values, most_kept
from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.errors import UsageError
from placements.forecasting import forecast
from placements.loading import load
from placements.optimisation import Frontier, evaluate, frontier
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
    folder: Path,
    against: str,
    points: int,
    out: Path | None,
    reporter: Reporter,
    *,
    profile: str | None = None,
    **limits: Any,
) -> tuple[Frontier, dict[str, Any]]:
    """Return the frontier of a study, and it as plain values; draws it if a file is named.

    Raises
    ------
    PlanError
        When a point's plan breaks a rule or its figures are not those of its interventions.
    """
    if out is not None and out.suffix.lower() != _FORMAT:
        raise UsageError(f"{out}: a chart is written as {_FORMAT}, which can be scanned before it is shared")
    study = open_study(folder).with_profile(profile)
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
    report = frontier_values(county, found) | {"path": None if out is None else str(out)}
    if out is not None:
        mark = "made-up children" if county.synthetic else ""
        _, svg = draw(
            f"What {_MONEY[against].lower()} keeps local, {county.authority.name}",
            [point.limit_gbp for point in found.points],
            [point.kept_local_child_years for point in found.points],
            [most_kept(point) for point in found.points],
            money=_MONEY[against],
            mark=mark,
        )
        release(out, svg, county_secrets(county), study.settings.disclosure.profile)
    return found, report
