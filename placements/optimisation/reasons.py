"""Why is one option in the plan? What it does, what is lost without it, what came nearest, and what it takes up.

A loss is of a plan solved again: the option struck out (the option alone; its site stays free for others), or a
rejected option of its kind or at its site taken in its stead. It is known within the gaps of both plans, and no better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.interventions import ReduceEntries
from placements.interventions.options import is_prevention
from placements.optimisation.alternatives import is_same_site, rejected, stand_in
from placements.optimisation.binding import Limit, concerning
from placements.optimisation.explain import kept_by_place, prevented_by
from placements.optimisation.plan import Plan
from placements.optimisation.problem import Problem
from placements.optimisation.value import SamplePlan
from placements.optimisation.variants import Between, Variant, lost

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """A plan that is made otherwise, against the plan.

    Attributes
    ----------
    status : str
        As `variants.Variant`.
    by_goal : mapping of str to Between
        How much worse each goal is met: child-years away, pounds. Empty when there is no such plan.
    gaps : mapping of str to float
        Of each goal of that plan.
    added : tuple of str
        Options that it takes and the plan does not.
    """

    status: str
    by_goal: Mapping[str, Between]
    gaps: Mapping[str, float]
    added: tuple[str, ...]


@dataclass(frozen=True)
class Alternative:
    """The nearest that was rejected: of the same kind, or at the same site, taken instead.

    Attributes
    ----------
    option_id, name : str
        Empty when no plan has one.
    is_same_site : bool
    candidates : int
        Rejected options of the same kind or at the same site.
    loss : Loss
    """

    option_id: str
    name: str
    is_same_site: bool
    candidates: int
    loss: Loss


@dataclass(frozen=True)
class Robustness:
    """In what share of the demand samples, by weight, a sample's own plan makes the same choice.

    Attributes
    ----------
    option : float
        The very option.
    site_and_kind : float
        The option, or another of its kind at its site.
    answered : float
        Share of the samples whose own plan was found in the time; the shares above are of these.
    samples : int
        Number of samples answered.
    """

    option: float
    site_and_kind: float
    answered: float
    samples: int


@dataclass(frozen=True)
class Reason:
    """Why one option is in the plan.

    Attributes
    ----------
    option_id, name, kind, area : str
        The area is the planning area's id.
    year : int
        Of the first decision, from 1.
    kept : DataFrame
        Child-years kept local (or prevented) over all years by `need_group` and `area`, largest first.
    used, usable : float
        Child-years over all years: those kept local (or prevented), and those that its places could take.
    full_years, minimum_years : tuple of int
        Years in which all its usable places are used, and in which they are used no more than it needs to be viable.
    struck_out : Loss
        The plan found without the option.
    alternative : Alternative or None
        None when no rejected option is of its kind or at its site.
    limits : tuple of Limit
        Binding limits that it takes up.
    same_site : tuple of str
        Other options at its site: one is taken at most.
    robustness : Robustness or None
    """

    option_id: str
    name: str
    kind: str
    area: str
    year: int
    kept: pd.DataFrame
    used: float
    usable: float
    full_years: tuple[int, ...]
    minimum_years: tuple[int, ...]
    struck_out: Loss
    alternative: Alternative | None
    limits: tuple[Limit, ...]
    same_site: tuple[str, ...]
    robustness: Robustness | None


def reason_of(
    areas: pd.DataFrame, problem: Problem, plan: Plan, units: Floats, option: int, struck: Variant, instead: Variant,
    samples: tuple[SamplePlan, ...], limits: tuple[Limit, ...],
) -> Reason:  # fmt: skip
    """Gather the reasons of one option.

    Parameters
    ----------
    areas : DataFrame
        `schemas.AREAS`.
    problem : Problem
    plan : Plan
    units : ndarray (options, years)
        Units that the plan takes.
    option : int
        Position.
    struck : Variant
        The plan without it.
    instead : Variant
        The plan with a rejected option in its stead (`alternatives.nearest`).
    samples : tuple of SamplePlan
    limits : tuple of Limit
    """
    row = problem.options.iloc[option]
    place, kept = _does(areas, problem, plan, row)
    kept = kept.sort_values("child_years", ascending=False, kind="stable")
    idle = plan.idle[plan.idle["place"].eq(place)]
    # Of an option that adds to no place there is nothing to be filled.
    nothing = np.zeros(problem.years)
    used, usable = (idle[name].to_numpy(float) if place else nothing for name in ("used", "usable"))
    least = (units[option] @ problem.ready[option]) * float(row["places"]) * float(row["minimum_occupancy"])
    at_least = (least > 0) & (used <= least * (1 + 1e-3)) & (used >= least * (1 - 1e-3))
    site = problem.options["site"].eq(row["site"]).to_numpy(bool) & (np.arange(len(problem.options)) != option)
    return Reason(
        option_id=str(row["option_id"]),
        name=str(row["name"]),
        kind=str(row["kind"]),
        area=str(row["planning_area"]),
        year=int(np.flatnonzero(units[option] > 0.5)[0]) + 1,
        kept=kept[["need_group", "area", "child_years"]].reset_index(drop=True),
        used=float(used.sum() if place else kept["child_years"].sum()),
        usable=float(usable.sum()),
        full_years=_years((usable > 0) & (used >= usable * (1 - 1e-3))),
        minimum_years=_years(at_least),
        struck_out=_loss(problem, plan, units, struck),
        alternative=_alternative(problem, plan, units, option, instead),
        limits=tuple(limit for limit in concerning(problem, limits, option, units) if limit.is_binding),
        same_site=tuple(problem.options["option_id"].astype("str")[site]),
        robustness=_robustness(problem, option, samples),
    )


def _does(areas: pd.DataFrame, problem: Problem, plan: Plan, row: pd.Series) -> tuple[str, pd.DataFrame]:
    """Return the place that an option adds to, "" for prevention, and the child-years that it keeps or prevents."""
    if is_prevention(row["kind"]):
        entry = next(one for one in plan.chosen if isinstance(one, ReduceEntries) and one.option_id == row["option_id"])
        return "", prevented_by(areas, plan, entry)
    place = str(problem.places["place"].iloc[int(row["place"])])
    kept = kept_by_place(plan)
    return place, kept[kept["place"].eq(place)]


def _years(hit: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(year) + 1 for year in np.flatnonzero(hit))


def _loss(problem: Problem, plan: Plan, units: Floats, other: Variant) -> Loss:
    by_goal = {
        after.name: lost(plan.goal(after.name), after, is_tighter=position == 0)
        for position, after in enumerate(other.goals)
    }
    added = (other.units.sum(axis=1) > 0.5) & (units.sum(axis=1) < 0.5)
    gaps = MappingProxyType({goal.name: goal.gap for goal in other.goals})
    return Loss(other.status, MappingProxyType(by_goal), gaps, tuple(problem.options["option_id"].astype("str")[added]))


def _alternative(problem: Problem, plan: Plan, units: Floats, option: int, found: Variant) -> Alternative | None:
    candidates = rejected(problem, units, option)
    if not len(candidates):
        return None
    loss, other = _loss(problem, plan, units, found), stand_in(problem, units, option, found)
    if other is None:
        return Alternative("", "", False, len(candidates), loss)
    row = problem.options.iloc[other]
    same = is_same_site(problem, option, other)
    return Alternative(str(row["option_id"]), str(row["name"]), same, len(candidates), loss)


def _robustness(problem: Problem, option: int, samples: tuple[SamplePlan, ...]) -> Robustness | None:
    options, row = problem.options, problem.options.iloc[option]
    same = (options["site"].eq(row["site"]) & options["kind"].eq(row["kind"])).to_numpy(bool)
    answered = [sample for sample in samples if sample.own.goals]
    weight = sum(sample.weight for sample in answered)
    if not answered:
        return None
    very = sum(sample.weight for sample in answered if sample.own.units[option].sum() > 0.5)
    alike = sum(sample.weight for sample in answered if sample.own.units[same].sum() > 0.5)
    return Robustness(very / weight, alike / weight, weight, len(answered))
