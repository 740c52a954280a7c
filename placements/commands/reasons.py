"""Why this plan, as plain values and in words that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from placements.county import County
from placements.disclosure.suppress import (
    INTERNAL,
    SMALLEST_BASE,
    SMALLEST_SHOWN,
    SUPPRESSED,
    is_small,
    money_text,
    rounded,
)
from placements.forecasting import Forecast
from placements.optimisation import Plan, Why, why
from placements.optimisation.reasons import Loss, Reason
from placements.optimisation.variants import Between
from placements.optimisation.why_words import PLAIN, Manner, limit_words, paragraph, plan_sentences
from placements.progress import Reporter

#: Digits of an expected figure that is not hidden.
_DIGITS: Final = 3


def plan_reasons(county: County, future: Forecast, plan: Plan, seconds: float, reporter: Reporter) -> dict[str, Any]:
    """Work the reasons of a plan out, and return them as they may be shown in the study's profile.

    Child-years are expected values of a forecast, not children. Under 6 they are not told all the same when shared, nor
    is the need and area they are of, since few of today's children would stand behind them; money is told with at
    least 10 child-years behind it, and one more place where so many could be kept local.
    """
    with reporter.stage("why this plan") as stage:
        found = why(county, future, plan, seconds=seconds, progress=stage)
        stage.done(
            f"{len(found.reasons)} options explained, {len(found.unanswered)} questions not answered in the time"
        )
    names = county.area_names
    return shown(found, names, county.settings.disclosure.profile)


def manner_of(profile: str) -> Manner:
    """Return how figures are said in a profile."""
    if profile == INTERNAL:
        return PLAIN
    return Manner(
        child_years=lambda value: f"about {rounded(value)}" if value >= SMALLEST_SHOWN else "fewer than 6",
        money=lambda value, behind: _money_words(value, behind, profile),
        may_name=lambda value: value >= SMALLEST_SHOWN,
        least_need=SMALLEST_BASE,
    )


def shown(found: Why, names: Mapping[str, str], profile: str) -> dict[str, Any]:
    """Return the reasons as plain values, with their paragraphs."""
    manner = manner_of(profile)
    return {
        "profile": profile,
        "options": [_option(found, reason, names, manner, profile) for reason in found.reasons],
        "plan": _plan(found, names, manner, profile),
    }


def _option(found: Why, reason: Reason, names: Mapping[str, str], manner: Manner, profile: str) -> dict[str, Any]:
    other, robust = reason.alternative, reason.robustness
    return {
        "option_id": reason.option_id,
        "name": reason.name,
        "kind": reason.kind,
        "area": names.get(reason.area, reason.area),
        "year": reason.year,
        "child_years": child_years_shown(reason.used, profile),
        "by_need_and_area": [
            {
                "need": str(row["need_group"]),
                "area": names.get(str(row["area"]), str(row["area"])),
                "child_years": child_years_shown(float(row["child_years"]), profile),
            }
            for row in reason.kept.to_dict("records")
            if manner.may_name(float(row["child_years"]))
        ],
        "struck_out": _loss(reason.struck_out, reason, profile),
        "nearest_alternative": None
        if other is None
        else {
            "option_id": other.option_id,
            "name": other.name,
            "same_site": other.is_same_site,
            "candidates": other.candidates,
            **_loss(other.loss, reason, profile),
        },
        "binding_limits": [limit_words(limit, names) for limit in reason.limits],
        "share_of_samples": None
        if robust is None
        else {
            "option": round(robust.option, _DIGITS),
            "site_and_kind": round(robust.site_and_kind, _DIGITS),
            "answered": round(robust.answered, _DIGITS),
        },
        "paragraph": paragraph(found, reason, names, manner),
    }


def _loss(loss: Loss, reason: Reason, profile: str) -> dict[str, Any]:
    return {
        "status": loss.status,
        "gaps": {goal: round(gap, 6) if np.isfinite(gap) else None for goal, gap in loss.gaps.items()},
        "lost": {
            goal: {
                "value": _goal(goal, lost.value, reason, profile),
                "low": _goal(goal, lost.low, reason, profile),
                "high": _goal(goal, lost.high, reason, profile),
            }
            for goal, lost in loss.by_goal.items()
        },
        "added": list(loss.added),
    }


def _goal(goal: str, value: float, reason: Reason, profile: str) -> float | int | str | None:
    """Return a figure of a goal as it may be shown; None where nothing was proved."""
    if not np.isfinite(value):
        return None
    if goal == "net_cost":
        return round(value, 2) if profile == INTERNAL else money_text(value, reason.used, profile)
    return child_years_shown(value, profile)


def child_years_shown(value: float, profile: str) -> float | int | str:
    """Return child-years: as they are, or to the nearest 5, and `c` under 6."""
    if profile == INTERNAL:
        return round(value, _DIGITS)
    value = 0.0 if value < 0.5 * 10**-_DIGITS else value
    return SUPPRESSED if is_small(value) else rounded(value)


def _plan(found: Why, names: Mapping[str, str], manner: Manner, profile: str) -> dict[str, Any]:
    value, step = found.value, found.value.capital
    places = value.more_places
    years = max(len(found.plan.by_year), 1)
    return {
        "goal": value.goal,
        "binding_limits": [limit_words(limit, names) for limit in found.limits if limit.is_binding],
        "more_capital": None
        if step is None
        else {
            "step_gbp": step.step_gbp,
            "gain": _between(step.gain),
            "added": list(step.added),
            "dropped": list(step.dropped),
        },
        "one_more_place": [
            {
                "need": str(row["need_group"]),
                "area": names.get(str(row["area"]), str(row["area"])),
                "share_used": None if np.isnan(row["gain"]) else round(float(row["gain"]) / years, 2),
                "share_used_at_most": round(min(float(row["at_most"]) / years, 1.0), 2),
            }
            for row in places[places["need"] >= manner.least_need].to_dict("records")
        ],
        "expected_value_of_perfect_information": _between(value.evpi),
        "value_of_stochastic_solution": _between(value.vss),
        "mean_plan_breaks_rules": value.mean_plan_breaks_rules,
        "not_answered": list(found.unanswered),
        "sentences": plan_sentences(found, names, manner),
    }


def _between(found: Between | None) -> dict[str, float | None] | None:
    if found is None:
        return None
    ends = {"value": found.value, "low": found.low, "high": found.high}
    return {name: round(end, _DIGITS) if np.isfinite(end) else None for name, end in ends.items()}


def _money_words(value: float, behind: float, profile: str) -> str:
    text = money_text(value, behind, profile)
    return "an amount not shown" if text == SUPPRESSED else text
