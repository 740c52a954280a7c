"""Which limits hold a plan back? Those with no slack, or with less left than anything else would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.optimisation.plan import Plan
from placements.optimisation.problem import CAPPED_KIND, Problem

Floats = npt.NDArray[np.float64]

#: Part of a limit, or of a place, that counts as none left.
_NONE_LEFT: Final = 1e-4


@dataclass(frozen=True)
class Limit:
    """One limit and how near the plan comes to it.

    Attributes
    ----------
    name : str
        `capital`, `capital_in_year`, `schools_capital`, `running_cost_in_year`, `staff_in_year`, `homes_in_area`.
    where : str
        The year (from 1) or the planning area; empty for the rest.
    used, allowed : float
        Pounds, staff or homes, commitments among them.
    next_takes : float
        The least that an option not chosen would take of it (by its capital, fixed running cost, staff, or one home);
        infinite when there is none.
    """

    name: str
    where: str
    used: float
    allowed: float
    next_takes: float

    @property
    def left(self) -> float:
        """Return what is left of it."""
        return self.allowed - self.used

    @property
    def is_binding(self) -> bool:
        """Return whether nothing is left, or too little for any option not chosen."""
        spent = self.left <= _NONE_LEFT * max(abs(self.allowed), 1.0)
        return spent or (np.isfinite(self.next_takes) and self.left < self.next_takes * (1 - _NONE_LEFT))


def limits_of(problem: Problem, plan: Plan, units: Floats) -> tuple[Limit, ...]:
    """Return every limit on money, staff and homes.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    units : ndarray (options, years)
        Units that the plan takes.
    """
    options, limits, years = problem.options, plan.limits, problem.years
    capital, yearly = options["capital_gbp"].to_numpy(float), options["yearly_cost_gbp"].to_numpy(float)
    free = units.sum(axis=1) < 0.5
    in_time = problem.ready[:, :, -1] >= 1 - 1e-9
    school = options["provision"].isin(list(codes.EDUCATION_PROVISION)).to_numpy(bool)
    home = options["kind"].eq(CAPPED_KIND).to_numpy(bool)
    found = [Limit("capital", "", limits.capital_gbp - problem.capital_total_left + float(capital @ units.sum(axis=1)),
                   limits.capital_gbp, _least(capital[free & (capital > 0)]))]  # fmt: skip
    if school.any() and limits.schools_capital_share < 1:
        allowed = limits.schools_capital_share * limits.capital_gbp
        used = allowed - problem.schools_capital_left + float(capital[school] @ units[school].sum(axis=1))
        found.append(Limit("schools_capital", "", used, allowed, _least(capital[free & school & (capital > 0)])))
    for year in range(years):
        used = limits.capital_per_year_gbp - float(problem.capital_left[year]) + float(capital @ units[:, year])
        least = _least(capital[free & in_time[:, year] & (capital > 0)])
        if in_time[:, year].any():
            found.append(Limit("capital_in_year", str(year + 1), used, limits.capital_per_year_gbp, least))
    ready = problem.ready.max(axis=1, initial=0.0)
    for year in range(years):
        paid = float(plan.by_year["gross_running_gbp"].iloc[year])
        least = _least((yearly * ready[:, year])[free & (ready[:, year] > 0) & (yearly > 0)])
        found.append(Limit("running_cost_in_year", str(year + 1), paid, limits.revenue_per_year_gbp, least))
    staff = options["staff"].to_numpy(float)
    for year, left in enumerate(() if problem.staff_left is None else problem.staff_left.tolist()):
        allowed = float(limits.staff_per_year or 0.0)
        used = allowed - left + float(staff @ units[:, year])
        least = _least(staff[free & in_time[:, year] & (staff > 0)])
        found.append(Limit("staff_in_year", str(year + 1), used, allowed, least))
    areas = options["planning_area"].astype("str").to_numpy(object)
    for area in sorted(set(areas[home])):
        here = home & (areas == area)
        cap = float(limits.max_homes_per_area)
        used = cap - problem.homes_left.get(area, 0) + float(units[here].sum())
        found.append(Limit("homes_in_area", area, used, cap, 1.0 if (here & free).any() else np.inf))
    return tuple(found)


def concerning(problem: Problem, limits: tuple[Limit, ...], option: int, units: Floats) -> tuple[Limit, ...]:
    """Return those of the limits that one option takes up."""
    row = problem.options.iloc[option]
    decided = {str(year + 1) for year in np.flatnonzero(units[option] > 0.5)}
    runs = {str(year + 1) for year in np.flatnonzero((units[option] @ problem.ready[option]) > 0)}
    takes = {
        "capital": row["capital_gbp"] > 0,
        "schools_capital": row["capital_gbp"] > 0 and row["provision"] in codes.EDUCATION_PROVISION,
    }
    within = {
        "capital_in_year": decided if row["capital_gbp"] > 0 else set(),
        "running_cost_in_year": runs if max(row["yearly_cost_gbp"], row["weekly_cost_gbp"]) > 0 else set(),
        "staff_in_year": decided if row["staff"] > 0 else set(),
        "homes_in_area": {str(row["planning_area"])} if row["kind"] == CAPPED_KIND else set(),
    }
    return tuple(limit for limit in limits if takes.get(limit.name, False) or limit.where in within.get(limit.name, ()))


def _least(amounts: Floats) -> float:
    return float(amounts.min()) if len(amounts) else np.inf
