"""An authority planned for together and in the parts that others will make of it, as plain values that may be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from placements.commands.reasons import child_years_shown
from placements.disclosure.suppress import INTERNAL, money_text
from placements.forecasting import forecast
from placements.loading import load
from placements.optimisation import Separately, compare_separately, evaluate
from placements.progress import Reporter
from placements.study import open_study

COLUMNS: Final = (
    *("planned", "part", "share", "need_child_years", "away_child_years", "bound_child_years"),
    *("capital_gbp", "net_cost_gbp"),
)
MONEY: Final = ("capital_gbp", "net_cost_gbp")
_CHILD_YEARS: Final = ("need_child_years", "away_child_years", "bound_child_years")


def separate_report(
    folder: Path, name: str, reporter: Reporter, profile: str | None, **limits: Any
) -> tuple[Separately, dict[str, Any]]:
    """Return together and separately, and them as plain values.

    When shared, child-years are to the nearest 5 and hidden under 6, and net cost has three figures and at least 10
    child-years behind it. Capital is that of options, which tells of no child.

    Raises
    ------
    PlanError
        When a plan breaks a rule, or its figures are not those of its interventions.
    """
    study = open_study(folder).with_profile(profile)
    county = load(study, reporter)
    with reporter.stage("forecast") as stage:
        future = forecast(county, progress=stage)
    with reporter.stage("together and separately") as stage:
        found = compare_separately(county, future, name, progress=stage, **limits)
        stage.done(found.status)
    with reporter.stage("re-cost the plans") as stage:
        for plan in (found.together, found.separately):
            evaluate(county, future, plan)
        stage.done("an independent evaluator agrees")
    shown = study.settings.disclosure.profile
    report = {
        "authority": county.authority.name,
        "synthetic": county.synthetic,
        "profile": shown,
        "boundary_set": found.name,
        "status": found.status,
        "cut_short": found.together.cut_short or found.separately.cut_short,
        "rows": [_row(row, found, shown) for row in found.table.to_dict("records")],
        "more_away_child_years": {
            end: child_years_shown(getattr(found.more_away, end), shown) for end in ("value", "low", "high")
        },
        "sentence": sentence(found, shown),
    }
    return found, report


def _row(row: dict[Any, Any], found: Separately, profile: str) -> dict[str, Any]:
    need = float(row["need_child_years"])
    net = float(row["net_cost_gbp"])
    return {
        "planned": row["planned"],
        "part": row["part"],
        "share": round(found.shares[row["part"]], 3)
        if row["planned"] == "separately" and row["part"] in found.shares
        else None,
        **{key: child_years_shown(float(row[key]), profile) if np.isfinite(row[key]) else None for key in _CHILD_YEARS},
        "capital_gbp": round(float(row["capital_gbp"]), 2),
        "net_cost_gbp": round(net, 2) if profile == INTERNAL else money_text(net, need, profile),
    }


def sentence(found: Separately, profile: str) -> str:
    """Return what separation costs in words, no more certain than it was proved."""
    more = found.more_away
    low, high = (child_years_shown(value, profile) for value in (more.low, more.high))
    low, high = ("fewer than 6" if end == "c" else end for end in (low, high))
    bounds = f"as proved, between {low} and {high}"
    if more.high <= 1e-3:
        return "Separately as many child-years are kept local as together."
    if more.low <= 1e-3:
        return f"It is not proved that separation costs anything: child-years more away lie, {bounds}."
    return f"Separately more child-years are away than together: {bounds}."
