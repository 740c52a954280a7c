"""Which limits hold a plan back? Those with no slack, or with less left than anything else would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements import codes
from placements.optimisation.plan import Plan
from placements.optimisation.problem import CAPPED_KIND, Problem, cost_per_child_year

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
    part : str
        The part of the authority whose share of the money it is, where each is planned for by itself; empty for all.
    """

    name: str
    where: str
    used: float
    allowed: float
    next_takes: float
    part: str = ""

    @property
    def left(self) -> float:
        """Return what is left of it."""
        return self.allowed - self.used

    @property
    def is_binding(self) -> bool:
        """Return whether nothing is left, or too little for any option not chosen."""
        spent = self.left <= _NONE_LEFT * max(abs(self.allowed), 1.0)
        return spent or (np.isfinite(self.next_takes) and self.left < self.next_takes * (1 - _NONE_LEFT))


@dataclass(frozen=True)
class _Payer:
    """Who pays: the authority, or a part of it. Axes: j options, p places, t years.

    Attributes
    ----------
    part : str
        Empty for the authority.
    options, places : ndarray (j,) and (p,)
        The share of each that it pays.
    capital, schools : tuple of float
        Allowed, and left after commitments.
    capital_by_year, running_by_year : tuple of ndarray (t,)
        The same.
    """

    part: str
    options: Floats
    places: Floats
    capital: tuple[float, float]
    schools: tuple[float, float]
    capital_by_year: tuple[Floats, Floats]
    running_by_year: tuple[Floats, Floats]


def limits_of(problem: Problem, plan: Plan, units: Floats) -> tuple[Limit, ...]:
    """Return every limit on money, staff and homes.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    units : ndarray (options, years)
        Units that the plan takes.
    """
    options, limits = problem.options, plan.limits
    free = units.sum(axis=1) < 0.5
    in_time = problem.ready[:, :, -1] >= 1 - 1e-9
    home = options["kind"].eq(CAPPED_KIND).to_numpy(bool)
    found = [limit for payer in _payers(problem, plan) for limit in _money(problem, plan, units, payer)]
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


def _money(problem: Problem, plan: Plan, units: Floats, payer: _Payer) -> list[Limit]:
    """Return the limits on one payer's capital, schools, and money by year."""
    options, years, part = problem.options, problem.years, payer.part
    capital, yearly = (options[name].to_numpy(float) * payer.options for name in ("capital_gbp", "yearly_cost_gbp"))
    free = units.sum(axis=1) < 0.5
    in_time = problem.ready[:, :, -1] >= 1 - 1e-9
    school = options["provision"].isin(list(codes.EDUCATION_PROVISION)).to_numpy(bool)
    allowed, left = payer.capital
    used = allowed - left + float(capital @ units.sum(axis=1))
    found = [Limit("capital", "", used, allowed, _least(capital[free & (capital > 0)]), part)]
    if school.any() and plan.limits.schools_capital_share < 1:
        allowed, left = payer.schools
        used = allowed - left + float(capital[school] @ units[school].sum(axis=1))
        least = _least(capital[free & school & (capital > 0)])
        found.append(Limit("schools_capital", "", used, allowed, least, part))
    by_year, left_by_year = payer.capital_by_year
    for year in np.flatnonzero(in_time.any(axis=0)).tolist():
        used = float(by_year[year] - left_by_year[year] + capital @ units[:, year])
        least = _least(capital[free & in_time[:, year] & (capital > 0)])
        found.append(Limit("capital_in_year", str(year + 1), used, float(by_year[year]), least, part))
    ready = problem.ready.max(axis=1, initial=0.0)
    paid = yearly @ np.einsum("jo,jot->jt", units, problem.ready) + payer.places @ _paid_for_use(problem, plan)
    by_year, left_by_year = payer.running_by_year
    for year in range(years):
        used = float(by_year[year] - left_by_year[year] + paid[year])
        least = _least((yearly * ready[:, year])[free & (ready[:, year] > 0) & (yearly > 0)])
        found.append(Limit("running_cost_in_year", str(year + 1), used, float(by_year[year]), least, part))
    return found


def _payers(problem: Problem, plan: Plan) -> list[_Payer]:
    limits, separate, years = plan.limits, problem.separate, np.ones(problem.years)
    schools = limits.schools_capital_share * limits.capital_gbp
    out = [
        _Payer(
            part="",
            options=np.ones(len(problem.options)),
            places=np.ones(len(problem.places)),
            capital=(limits.capital_gbp, problem.capital_total_left),
            schools=(schools, problem.schools_capital_left),
            capital_by_year=(limits.capital_per_year_gbp * years, problem.capital_left),
            running_by_year=(limits.revenue_per_year_gbp * years, problem.revenue_left),
        )
    ]
    if separate is None:
        return out
    of_options = separate.charged_to(separate.part(problem.options["planning_area"]))
    of_places = separate.charged_to(separate.part(problem.places["area"]))
    return out + [
        _Payer(
            part=name,
            options=of_options[at],
            places=of_places[at],
            capital=(share * limits.capital_gbp, float(separate.capital_left[at])),
            schools=(share * schools, float(separate.schools_capital_left[at])),
            capital_by_year=(share * limits.capital_per_year_gbp * years, separate.capital_left_each_year[at]),
            running_by_year=(share * limits.revenue_per_year_gbp * years, separate.revenue_left[at]),
        )
        for at, (name, share) in enumerate(zip(separate.names, separate.shares.tolist(), strict=True))
    ]


def _paid_for_use(problem: Problem, plan: Plan) -> Floats:
    """Return what the children in new places cost there, (places, years)."""
    served = plan.serves.pivot_table(index="place", columns="year", values="child_years", aggfunc="sum")
    used = served.reindex(index=problem.places["place"], columns=range(1, problem.years + 1)).fillna(0.0)
    new = problem.places["is_new"].to_numpy(bool)
    weekly = np.where(new, problem.places["weekly_cost_gbp"].to_numpy(float), 0.0)
    return used.to_numpy(float) * cost_per_child_year(weekly)[:, None]


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
    pays = {""}
    if (separate := problem.separate) is not None:
        part = int(separate.part(problem.options["planning_area"].iloc[[option]])[0])
        pays |= {separate.names[part]} if part >= 0 else set(separate.names)
    return tuple(
        limit
        for limit in limits
        if limit.part in pays and (takes.get(limit.name, False) or limit.where in within.get(limit.name, ()))
    )


def _least(amounts: Floats) -> float:
    return float(amounts.min()) if len(amounts) else np.inf
