"""The reasons of a plan in plain English: every figure is one of `Why`, and what is not proved is not called more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from placements import codes
from placements.interventions.options import is_prevention
from placements.optimisation.binding import Limit
from placements.optimisation.engine import OPTIMAL
from placements.optimisation.reasons import Loss, Reason
from placements.optimisation.value import CapitalStep
from placements.optimisation.variants import IMPOSSIBLE, NOTHING, Between
from placements.optimisation.why import Why

#: Needs and areas named in a paragraph, and places more in the plan's values.
_NAMED: Final = 3
_PLACES_NAMED: Final = 5


@dataclass(frozen=True)
class Manner:
    """How figures are said: as they are, or as they may be shared.

    Attributes
    ----------
    child_years : callable
        Text of a number of child-years.
    money : callable
        Text of pounds, given the child-years behind them.
    may_name : callable
        Whether so many child-years may be named with their need and area.
    least_need : float
        Child-years that a plan could keep local, under which one more place is not spoken of.
    """

    child_years: Callable[[float], str]
    money: Callable[[float, float], str]
    may_name: Callable[[float], bool]
    least_need: float = 0.0


PLAIN: Final = Manner(
    child_years=lambda value: f"{value:,.1f}",
    money=lambda value, _: f"£{value:,.0f}",
    may_name=lambda value: value >= 0.05,
)


def paragraph(why: Why, reason: Reason, names: Mapping[str, str], manner: Manner = PLAIN) -> str:
    """Return one paragraph on one option.

    Parameters
    ----------
    why : Why
    reason : Reason
        One of its reasons.
    names : mapping of str to str
        Names of planning areas by id.
    manner : Manner
    """
    parts = [
        _does(reason, names, manner),
        _without(reason, manner),
        _nearest(reason, manner),
        _limits(reason, names),
        _robust(reason),
    ]
    if not why.plan.is_proved:
        parts.append("The plan itself was not proved within its tolerance, so these losses are of the plan found.")
    return " ".join(part for part in parts if part)


def plan_sentences(why: Why, names: Mapping[str, str], manner: Manner = PLAIN) -> list[str]:
    """Return what holds the plan as a whole back, and what money, places and foresight would be worth, in sentences."""
    value, unit = why.value, _unit(why.value.goal)
    binding = [limit_words(limit, names) for limit in why.limits if limit.is_binding]
    out = [
        f"Limits with no room left: {'; '.join(binding)}."
        if binding
        else "Every limit on money, staff and homes leaves room."
    ]
    if value.capital is not None:
        out.append(_capital(value.capital, unit))
    out += _places(why, names, manner)
    if value.evpi is not None:
        out.append(
            f"Expected value of perfect information: {_range(value.evpi, unit)}. A plan made knowing which of the "
            f"{len(why.samples)} demand samples comes would do that much better on average."
        )
    if value.vss is not None:
        out.append(
            f"Value of the stochastic solution: {_range(value.vss, unit)}. The plan found for the mean of the samples "
            "does that much worse once need varies."
        )
    elif value.mean_plan_breaks_rules:
        out.append(
            "Value of the stochastic solution: none can be given. The plan found for the mean of the samples breaks a "
            "rule (minimum occupancy or running cost) once need varies."
        )
    if why.unanswered:
        out.append(f"Not answered in the time: {'; '.join(why.unanswered)}.")
    return out


def limit_words(limit: Limit, names: Mapping[str, str]) -> str:
    """Return a limit in words, with what is left of it."""
    label = {
        "capital": "capital over all years",
        "schools_capital": "what schools may take of the capital",
        "capital_in_year": f"capital in year {limit.where}",
        "running_cost_in_year": f"running cost in year {limit.where}",
        "staff_in_year": f"new staff in year {limit.where}",
        "homes_in_area": f"new children's homes in {names.get(limit.where, limit.where)}",
    }[limit.name]
    label += f", the share of {limit.part}," if limit.part else ""
    if limit.name == "staff_in_year":
        least = f", and the least that an option not chosen needs is {limit.next_takes:,.1f}"
        tail = least if limit.left > 0 and np.isfinite(limit.next_takes) else ""
        return f"{label} ({limit.used:,.1f} of {limit.allowed:,.1f}{tail})"
    if limit.name == "homes_in_area":
        return f"{label} ({limit.used:,.0f} of {limit.allowed:,.0f})"
    left = max(limit.left, 0.0)
    if left < 1.0 or not np.isfinite(limit.next_takes):
        return f"{label} (£{left:,.0f} left of £{limit.allowed:,.0f})"
    return f"{label} (£{left:,.0f} left, and the cheapest option not chosen takes £{limit.next_takes:,.0f})"


def _does(reason: Reason, names: Mapping[str, str], manner: Manner) -> str:
    head = f"{reason.name}, decided on in year {reason.year},"
    prevents = is_prevention(reason.kind)
    if reason.used < 0.05:
        does = (
            "prevents no placement that would be avoidably away"
            if prevents
            else ("is not used by children who start after today")
        )
        return f"{head} {does}."
    named = [row for row in reason.kept.head(_NAMED).to_dict("records") if manner.may_name(float(row["child_years"]))]
    most = "; ".join(
        f"{manner.child_years(float(row['child_years']))} for "
        f"{codes.NEED_GROUP_LABEL.get(str(row['need_group']), str(row['need_group'])).lower()} from "
        f"{names.get(str(row['area']), str(row['area']))}"
        for row in named
    )
    said = manner.child_years(reason.used)
    text = f"{head} " + (f"prevents {said} child-years" if prevents else f"keeps {said} child-years local")
    text += " over the plan"
    text += f" ({most})" if most else ""
    text += f" and fills {reason.used / reason.usable:.0%} of its usable places" if reason.usable > 0 else ""
    text += f"; they are all used in {_years(reason.full_years)}" if reason.full_years else ""
    if reason.minimum_years:
        text += f"; in {_years(reason.minimum_years)} it is used no more than it needs to be viable"
    return text + "."


def _years(years: tuple[int, ...]) -> str:
    return ("year " if len(years) == 1 else "years ") + ", ".join(str(year) for year in years)


def _without(reason: Reason, manner: Manner) -> str:
    loss = reason.struck_out
    if not loss.by_goal:
        return "What is lost without it was not answered in the time."
    come = f", with {', '.join(loss.added)} coming in" if loss.added else ""
    return f"Struck out and all else planned again{come}, {_lost(loss, reason, manner)} ({_gap(loss)})."


def _nearest(reason: Reason, manner: Manner) -> str:
    other = reason.alternative
    if other is None:
        return "No rejected option is of its kind or at its site."
    if other.loss.status == IMPOSSIBLE:
        return "No plan that keeps the rules takes a rejected option of its kind or at its site in its stead."
    if not other.loss.by_goal or not other.option_id:
        return "The nearest rejected alternative was not answered in the time."
    where = "at the same site" if other.is_same_site else "of the same kind"
    head = f"The nearest rejected alternative found ({where}; of {other.candidates}) is {other.name}"
    if other.loss == reason.struck_out:
        return f"{head}, which comes in when it is struck out: the loss is the same."
    return f"{head}: taken instead, {_lost(other.loss, reason, manner)} ({_gap(other.loss)})."


def _gap(loss: Loss) -> str:
    gap = max(loss.gaps.values())
    if not np.isfinite(gap):
        return "time limit; no bound was proved for one of its goals"
    return f"that plan's gap {gap:.2%}, {'proved within its tolerance' if loss.status == OPTIMAL else 'time limit'}"


def _lost(loss: Loss, reason: Reason, manner: Manner) -> str:
    """Say how much worse a plan is, goal by goal, and only what the gaps allow."""
    said = []
    away, cost = loss.by_goal.get("away_child_years"), loss.by_goal.get("net_cost")
    if away is not None:
        said.append(_away(away, manner))
    if cost is not None:
        said.append(_cost(cost, reason, manner))
    return " and ".join(said)


def _away(lost: Between, manner: Manner) -> str:
    nothing = NOTHING["away_child_years"]
    if lost.high <= nothing:
        return "no more child-years are away"
    if lost.may_be_none(nothing):
        most = manner.child_years(lost.high)
        seen = f"{manner.child_years(lost.value)} more child-years are" if lost.value > nothing else "no more are"
        return f"{seen} away in the plan found, which is within the gaps of the two plans (at most {most} more)"
    text = f"{manner.child_years(lost.value)} more child-years are away"
    low, high = manner.child_years(lost.low), manner.child_years(lost.high)
    return text if low == high else f"{text} (between {low} and {high}, as proved)"


def _cost(lost: Between, reason: Reason, manner: Manner) -> str:
    if lost.is_exact and abs(lost.value) <= NOTHING["net_cost"]:
        return "the net cost is the same"
    if lost.may_be_none(NOTHING["net_cost"]):
        return "the difference in net cost is within the gaps"
    if not (np.isfinite(lost.low) and np.isfinite(lost.high)):
        return "the difference in net cost is not proved"
    way = "more" if lost.value > 0 else "less"
    ends = sorted(abs(end) for end in (lost.low, lost.high))
    value, low, high = (manner.money(amount, reason.used) for amount in (abs(lost.value), *ends))
    text = f"the net cost is {value} {way}"
    return text if low == high else f"{text} (between {low} and {high})"


def _limits(reason: Reason, names: Mapping[str, str]) -> str:
    said = [limit_words(limit, names) for limit in reason.limits]
    if reason.same_site:
        said.append(f"its site, of which it is one of {len(reason.same_site) + 1} options (one is taken at most)")
    return f"It takes up limits with no room left: {'; '.join(said)}." if said else "No limit it takes up is used up."


def _robust(reason: Reason) -> str:
    found = reason.robustness
    if found is None:
        return "In what share of the demand samples it would be chosen was not answered in the time."
    samples = f"{found.samples} sample{'s' if found.samples > 1 else ''}"
    return (
        f"Made for one demand sample alone, the plans found choose it in {found.option:.0%} of {samples} by weight, "
        f"and its kind at its site in {found.site_and_kind:.0%}."
    )


def _unit(goal: str) -> str:
    return {"away_child_years": "child-years", "net_cost": "pounds"}.get(goal, "miles")


def _range(found: Between, unit: str) -> str:
    if found.is_exact:
        return f"{_figure(found.value)} {unit}"
    return f"between {_figure(found.low)} and {_figure(found.high)} {unit}, as proved"


def _figure(value: float) -> str:
    return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def _capital(step: CapitalStep, unit: str) -> str:
    head = f"£{step.step_gbp:,.0f} more capital, to be spent in any year,"
    if step.gain.high <= 1e-3:
        return f"{head} would gain nothing."
    if step.gain.may_be_none(1e-3):
        return f"{head} would gain at most {_figure(step.gain.high)} {unit}, which is within the gaps of the two plans."
    changed = [f"adding {', '.join(step.added)}" if step.added else "", f"leaving {', '.join(step.dropped)} out"]
    how = " and ".join(part for part in (changed[0], changed[1] if step.dropped else "") if part)
    text = f"{head} would gain {_range(step.gain, unit)}" + (f", {how}" if how else "")
    if step.gain.value > 1e-3:
        text += f": £{step.step_gbp / step.gain.value:,.0f} of capital for each of the {unit} by the plans found"
    return text + "."


def _places(why: Why, names: Mapping[str, str], manner: Manner) -> list[str]:
    table = why.value.more_places
    solved = table[table["gain"].notna() & (table["gain"] > 1e-3)]
    shown = solved[solved["need"] >= manner.least_need]
    years = max(len(why.plan.by_year), 1)
    said = [
        f"{codes.NEED_GROUP_LABEL.get(str(row['need_group']), str(row['need_group'])).lower()} in "
        f"{names.get(str(row['area']), str(row['area']))} ({row['gain'] / years:.0%} used)"
        for row in shown.head(_PLACES_NAMED).to_dict("records")
    ]
    if not said:
        return []
    head = "One more place that suits, all else as planned, would be used most by children now away for"
    return [f"{head}: {'; '.join(said)}."]
