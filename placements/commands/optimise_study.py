"""The plan of one study, or its frontier, as plain values, without any time: the same inputs give the same text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from placements.commands.studies import reason_of
from placements.county import County
from placements.disclosure.release import cleared
from placements.disclosure.secrets import county_secrets
from placements.errors import PlacementsError
from placements.forecasting import forecast
from placements.loading import load_within
from placements.manifest import json_text, separate, solver
from placements.optimisation import Frontier, FrontierPoint, Plan, evaluate, frontier, optimise
from placements.optimisation.evaluate import away_with_nothing
from placements.study import open_study

#: Figures in a file: nine digits, and no more than millionths. The last bits of a sum hang on the kind of processor and
#: on how many cores add it up; they say nothing, and are left out.
DIGITS: Final = 9
DECIMALS: Final = 6


@dataclass(frozen=True)
class Asked:
    """What is asked of the optimiser.

    Attributes
    ----------
    against : str, optional
        A frontier against this money instead of a plan.
    points : int
        Limits tried for a frontier.
    limits : mapping
        Settings of the optimiser instead of the study's own.
    profile : str, optional
        Disclosure profile instead of the study's own.
    """

    against: str | None = None
    points: int = 20
    limits: Mapping[str, Any] = field(default_factory=dict)
    profile: str | None = None


@dataclass(frozen=True)
class Task:
    """One study to be optimised: what a worker needs, and no more.

    Attributes
    ----------
    position : int
        Among the studies asked for.
    folder : str
        Where the worker reads it: from the root, for a worker has a folder of its own.
    name : str
        Of the file that its report goes to.
    asked : Asked
    """

    position: int
    folder: str
    name: str
    asked: Asked


@dataclass(frozen=True)
class Outcome:
    """What became of a study: a file's content that may leave and its row, or a reason and an exit code.

    Attributes
    ----------
    content : bytes
        Empty when there is none.
    row : mapping
        Figures of the summary.
    reason : str
    exit_code : int
    is_seen : bool
        Whether there was a study in the folder, as the worker sees it.
    """

    content: bytes = b""
    row: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    exit_code: int = 0
    is_seen: bool = True


def optimised(task: Task) -> Outcome:
    """Read, forecast, optimise and work one study out again: what a worker does.

    No error of the study's is raised: its words come back instead, whatever they were made from.
    """
    folder = Path(task.folder)
    if not (folder / "study.toml").exists():
        reason = f"there is no study in {folder}\n  What to do: name a folder that holds a study.toml"
        return Outcome(reason=reason, exit_code=3, is_seen=False)
    try:
        return _optimised(folder, task.name, task.asked)
    except (PlacementsError, OSError) as error:
        reason, code = reason_of(error)
        return Outcome(reason=reason, exit_code=code)


def _optimised(folder: Path, name: str, asked: Asked) -> Outcome:
    study = open_study(folder).with_profile(asked.profile)
    county = load_within(study)
    future = forecast(county)
    if asked.against is None:
        plan = optimise(county, future, **asked.limits)
        evaluate(county, future, plan)
        report, row = plan_values(county, plan), _plan_row(plan)
    else:
        found = frontier(county, future, against=asked.against, points=asked.points, **asked.limits)
        for point in found.points:
            evaluate(county, future, point.plan)
        plan = found.points[-1].plan
        report, row = frontier_values(county, found), _frontier_row(found)
    row |= {"authority": county.authority.name, "nothing_child_years": away_with_nothing(county, future, plan)}
    text = json_text(shortened(report))
    content = cleared(name, text, county_secrets(county), study.settings.disclosure.profile)
    return Outcome(content, shortened(row))


def plan_values(county: County, plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {
        "authority": county.authority.name,
        "synthetic": county.synthetic,
        **(solver(plan) or {}),
        "interventions": plan.schedule.to_dict("records"),
    }


def frontier_values(county: County, found: Frontier) -> dict[str, Any]:
    """Return a frontier as plain values."""
    return {
        "authority": county.authority.name,
        "synthetic": county.synthetic,
        "against": found.against,
        "status": found.status,
        "is_proved": found.is_proved,
        "cut_short": found.cut_short,
        "separate": separate(found.points[0].plan),
        "tolerance": found.points[0].plan.limits.tolerance,
        "limits_tried_gbp": found.limits_gbp,
        "least_bound_gbp": found.least_bound_gbp,
        "solves": found.solves,
        "points": [_point(point) for point in found.points],
    }


def most_kept(point: FrontierPoint) -> float:
    """Return the most child-years that any plan could keep local under a point's limit, as proved."""
    return float(point.kept_local_child_years + point.away_child_years - point.bound_child_years)


def _point(point: FrontierPoint) -> dict[str, Any]:
    return {
        "limit_gbp": point.limit_gbp,
        "kept_local_child_years": point.kept_local_child_years,
        "most_kept_local_child_years": most_kept(point),
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
        "interventions": point.plan.schedule.to_dict("records"),
    }


def _plan_row(plan: Plan) -> dict[str, Any]:
    """Return the summary of a plan. Only as the first goal have child-years a bound that no goal before them moved."""
    first, away = plan.goals[0], float(plan.by_year["away"].sum())
    bound = min(first.bound, away) if first.name == "away_child_years" else None
    return _row(away, bound, plan.status, cut_short=plan.cut_short, capital=float(plan.by_year["capital_gbp"].sum()))


def _frontier_row(found: Frontier) -> dict[str, Any]:
    """Return the summary of a frontier: its last point, and whether all were proved."""
    last = found.points[-1]
    away, bound = last.away_child_years, last.bound_child_years
    return _row(away, bound, found.status, cut_short=found.cut_short, capital=last.capital_gbp)


def _row(away: float, bound: float | None, status: str, *, cut_short: bool, capital: float) -> dict[str, Any]:
    return {
        "away_child_years": away,
        "bound_child_years": bound,
        "gap": gap_of(away, bound),
        "status": status,
        "cut_short": cut_short,
        "capital_gbp": capital,
    }


def gap_of(away: float, bound: float | None) -> float | None:
    """Return the part of all who are away that better plans, if there are any, could at most keep local besides."""
    return None if bound is None else (away - bound) / away if away > 0 else 0.0


def shortened(value: Any) -> Any:
    """Return values with their figures to `DIGITS` digits and `DECIMALS` decimals."""
    if isinstance(value, Mapping):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value]
    if isinstance(value, float):
        return round(float(f"{value:.{DIGITS}g}"), DECIMALS) + 0.0
    return value
