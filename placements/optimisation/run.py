"""The best plan for a county: assemble, check the commitments, solve, read off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.interventions import Intervention
from placements.optimisation.clashes import refuse_clashes
from placements.optimisation.plan import Plan, build_plan
from placements.optimisation.problem import build_problem
from placements.optimisation.solve import Progress, solve
from placements.settings import GOAL_NAMES, OptimiseSettings, settings_from, share_problems, weight_problems


def optimise(
    county: County,
    forecast: Forecast,
    *,
    capital_gbp: float | None = None,
    time_limit_s: float | None = None,
    commitments: Sequence[Intervention] = (),
    seed: int | None = None,
    progress: Progress | None = None,
    **overrides: Any,
) -> Plan:
    """Choose what to open, expand and recruit, and when.

    Parameters
    ----------
    county : County
        `county.options` is what there is to choose from.
    forecast : Forecast
    capital_gbp, time_limit_s : float, optional
        As in the settings of the study when not given.
    commitments : sequence of Intervention
        Already decided: part of the plan, of its cost and of its capacity; prevention among them lowers the need.
    seed : int, optional
        For drawing the demand samples and for the solver; the forecast's when not given.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.
    **overrides
        Any other field of `settings.OptimiseSettings`; `weights` as there, or as a mapping from goals to worths.

    Returns
    -------
    Plan

    Raises
    ------
    InfeasibleError
        When the commitments alone break a limit; it says which.
    UsageError
        When a setting does not exist, or a commitment is none that a plan can be built around
        (`commitments.refuse_unplannable`).

    Notes
    -----
    Only need that starts after the snapshot and would be avoidably away can be changed by a plan: children who are
    settled are never moved. The formulation is in `placements.optimisation.model`.
    """
    given = {"capital_gbp": capital_gbp, "time_limit_s": time_limit_s, **overrides}
    limits = limits_with(county.settings.optimise, given)
    seed = forecast.seed if seed is None else seed
    problem = build_problem(county, forecast, limits, commitments, seed)
    refuse_clashes(problem)
    return build_plan(problem, solve(problem, seed, progress), seed)


def limits_with(limits: OptimiseSettings, given: dict[str, Any]) -> OptimiseSettings:
    """Return settings with some of them replaced; None replaces nothing. Raises `UsageError`."""
    allowed = [entry.name for entry in fields(OptimiseSettings)]
    wrong = [name for name in given if name not in allowed]
    if wrong:
        raise UsageError(f"{', '.join(wrong)}: not a setting of the optimiser; there are {', '.join(allowed)}")
    weights = given.get("weights")
    if isinstance(weights, Mapping):
        given = given | {"weights": settings_from({"optimise": {"weights": weights}}).optimise.weights}
    limits = replace(limits, **{name: value for name, value in given.items() if value is not None})
    if wrong := share_problems(limits.separate_shares, "separate_shares: "):
        raise UsageError("; ".join(wrong))
    if not limits.goals or any(goal not in GOAL_NAMES for goal in limits.goals):
        raise UsageError(f"goals {list(limits.goals)!r}: choose from {', '.join(GOAL_NAMES)}")
    if wrong := weight_problems(limits.weights):
        raise UsageError("; ".join(wrong))
    return limits
