"""Is the plan what it says? Its rules and figures worked out again, without the model that made it.

Nothing here is shared with `model` or `solve`: the interventions are costed as written, the demand is matched to their
own places anew, and each year is a plain linear programme over all samples, solved with SciPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from placements import codes
from placements.analysis.cost import WEEKS_PER_YEAR
from placements.county import County
from placements.errors import PlacementsError
from placements.forecasting import Forecast
from placements.interventions import Opening
from placements.interventions.locate import locate
from placements.optimisation.demand import build_demand
from placements.optimisation.evaluate_options import options_kept, prevention_kept
from placements.optimisation.evaluate_parts import broken_parts, revenue_of_parts
from placements.optimisation.matching import Atoms, match, travel_limit
from placements.optimisation.places import existing_places, joined, opened_places
from placements.optimisation.plan import Plan
from placements.optimisation.separate import parts_of

Floats = npt.NDArray[np.float64]

#: What the first goal may lose to the goals after it, as the search states.
_GIVEN_UP: Final = 0.001
_POUND, _CHILD_YEAR = 1.0, 1e-3


class PlanError(PlacementsError):
    """A plan breaks a rule, or its figures are not those of its interventions."""


@dataclass(frozen=True)
class Evaluation:
    """What was worked out again.

    Attributes
    ----------
    away_child_years : float
        Least expected child-years away with these interventions, all years.
    capital_by_year, fixed_running_by_year : ndarray (years,)
    """

    away_child_years: float
    capital_by_year: Floats
    fixed_running_by_year: Floats


def evaluate(county: County, forecast: Forecast, plan: Plan) -> Evaluation:
    """Check a plan against every rule and work its main figures out again.

    Raises
    ------
    PlanError
        Listing every rule broken and every figure that does not agree.
    """
    years = forecast.years
    capital = np.asarray(sum((entry.capital_by_year(years) for entry in plan.interventions), np.zeros(years)))
    fixed = np.asarray(sum((entry.yearly_cost_by_year(years) for entry in plan.interventions), np.zeros(years)))
    broken = _budget(plan, capital, fixed) + options_kept(county, plan, years) + _areas(county, plan)
    broken += prevention_kept(county, forecast, plan)
    broken += _serves(forecast, plan) + _sums(plan, capital, fixed)
    broken += broken_parts(county, forecast, plan)
    if not broken:
        away, problems = _away(county, forecast, plan, fixed)
        broken += problems or _agree(plan, away)
    if broken:
        raise PlanError("\n  - ".join(["this plan does not hold:", *broken]))
    return Evaluation(away, capital, fixed)


def away_with_nothing(county: County, forecast: Forecast, plan: Plan) -> float:
    """Return the least expected child-years away, all years, in a plan's futures with the places of today alone."""
    nothing = replace(plan, interventions=(), schedule=plan.schedule[:0])
    away, _ = _away(county, forecast, nothing, np.zeros(forecast.years))
    return away


def _budget(plan: Plan, capital: Floats, fixed: Floats) -> list[str]:
    limits, found = plan.limits, list[str]()
    use = plan.by_year["use_running_gbp"].to_numpy(float)
    if capital.sum() > limits.capital_gbp + _POUND:
        found.append(f"capital £{capital.sum():,.0f} is over £{limits.capital_gbp:,.0f}")
    taught = [e for e in plan.interventions if isinstance(e, Opening) and e.provision in codes.EDUCATION_PROVISION]
    schools = float(sum(np.sum(entry.capital_by_year(len(capital))) for entry in taught))
    if schools > limits.schools_capital_share * limits.capital_gbp + _POUND:
        found.append(f"schools take £{schools:,.0f} of the capital, over {limits.schools_capital_share:.0%} of it")
    for year, (spent, running) in enumerate(zip(capital.tolist(), fixed.tolist(), strict=True), start=1):
        if spent > limits.capital_per_year_gbp + _POUND:
            found.append(f"year {year}: capital £{spent:,.0f} is over £{limits.capital_per_year_gbp:,.0f}")
        used = float(use[year - 1])
        if running + used > limits.revenue_per_year_gbp * (1 + 1e-6) + _POUND:
            found.append(
                f"year {year}: running cost £{running + used:,.0f} is over £{limits.revenue_per_year_gbp:,.0f}"
            )
    if limits.staff_per_year is not None:
        staff = sum((entry.staff_by_year(len(capital)) for entry in plan.interventions), np.zeros(len(capital)))
        found += [
            f"year {year}: {needed:,.1f} new staff are more than {limits.staff_per_year:,.1f}"
            for year, needed in enumerate(np.asarray(staff).tolist(), start=1)
            if needed > limits.staff_per_year + 1e-6
        ]
    return found


def _areas(county: County, plan: Plan) -> list[str]:
    homes = [entry for entry in plan.interventions if isinstance(entry, Opening) and entry.kind == "open_home"]
    if not homes:
        return []
    frame = pd.DataFrame(
        [(e.name, e.district, e.postcode, e.easting, e.northing) for e in homes],
        columns=["name", "district", "postcode", "easting", "northing"],
    )
    counts = locate(frame, county)["area"].value_counts()
    most = plan.limits.max_homes_per_area
    return [f"{area}: {count} homes, {most} allowed" for area, count in counts.items() if count > most]


def _serves(forecast: Forecast, plan: Plan) -> list[str]:
    """Check that nobody travels beyond the limit, and no group is served beyond its need."""
    if plan.serves.empty:
        return []
    groups = forecast.groups.set_index("group")
    service = groups["service"].reindex(plan.serves["group"]).to_numpy()
    limits = np.array([travel_limit(str(name), plan.limits.travel_limit_miles) for name in service])
    found = [f"{int((plan.serves['miles'] > limits + 1e-6).sum())} allocations are beyond the travel limit"]
    found = found if (plan.serves["miles"] > limits + 1e-6).any() else []
    served = plan.serves.groupby(["group", "year"])["child_years"].sum()
    groups_by_year = plan.child_years.set_index(["group", "year"])
    need = (groups_by_year["need"] - groups_by_year["prevented"]).reindex(served.index)
    if (served > need + _CHILD_YEAR).any():
        found.append("a group is served beyond its need")
    return found


def _sums(plan: Plan, capital: Floats, fixed: Floats) -> list[str]:
    found = list[str]()
    for name, mine in (("capital_gbp", capital), ("fixed_running_gbp", fixed)):
        if not np.allclose(plan.by_year[name].to_numpy(float), mine, atol=_POUND):
            found.append(f"{name} by year is not that of the interventions")
    away = plan.child_years.groupby("year")["away"].sum().to_numpy(float)
    if not np.allclose(plan.by_year["away"].to_numpy(float), away, atol=0.01, rtol=1e-4):
        found.append("away by year is not the sum over the groups")
    for table, atol in ((plan.by_year, 0.01), (plan.child_years, _CHILD_YEAR)):
        parts = table[["prevented", "kept_local", "away"]].sum(axis=1)
        if not np.allclose(parts, table["need"], atol=atol, rtol=1e-4):
            found.append("what is prevented, kept local and away does not add up to the need")
    return found + _fairness(plan)


def _fairness(plan: Plan) -> list[str]:
    """Work out what the furthest area and the floors come to, and compare with what their goals say was reached."""
    by_area = plan.child_years.groupby("area")[["away", "need"]].sum()
    by_need = plan.child_years.groupby("need_group")[["away", "need"]].sum()
    least = by_need["need"] * pd.Series(plan.limits.least_share_local, dtype=float).reindex(by_need.index).fillna(0.0)
    came = {
        "largest_gap": float((by_area["away"] / by_area["need"]).max()) if by_area["need"].gt(0).any() else 0.0,
        "floors_missed": float((least - by_need["need"] + by_need["away"]).clip(lower=0.0).sum()),
    }
    return [
        f"{goal.name.replace('_', ' ')} is {came[goal.name]:.3f}, and it says {goal.value:.3f}"
        for goal in plan.goals
        if goal.name in came
        and not goal.bound - _CHILD_YEAR <= came[goal.name] <= goal.value * (1 + 2 * _GIVEN_UP) + _CHILD_YEAR
    ]


def _away(county: County, forecast: Forecast, plan: Plan, fixed: Floats) -> tuple[float, list[str]]:
    """Return the least child-years away, and what cannot be kept in any allocation."""
    years = forecast.years
    demand = build_demand(county, forecast, np.array(plan.runs, np.intp), np.array(plan.weights), plan.interventions)
    existing = existing_places(county, years)
    places = joined(existing, opened_places(county, plan.interventions, years))
    apart = parts_of(county, plan.limits.separate)
    atoms = match(demand.groups, places.table, county.areas, plan.limits.travel_limit_miles, apart)
    need = atoms.need(demand.need)
    total = float(atoms.out_of_reach(demand.need).sum(axis=(0, 1)) @ demand.weights)
    cost = places.table["weekly_cost_gbp"].to_numpy(float) * places.table["is_new"].to_numpy(bool) * WEEKS_PER_YEAR
    committed = set(plan.schedule.loc[plan.schedule["committed"].astype(bool), "name"])
    openings = [entry for entry in plan.interventions if isinstance(entry, Opening)]
    least = np.zeros((len(places.table), years))
    for number, entry in enumerate(openings, start=len(existing.table)):
        if entry.name not in committed:
            least[number] = _required(entry, years)
    for year in range(years):
        costs, left = cost[None, :], np.array([plan.limits.revenue_per_year_gbp - float(fixed[year])])
        if apart is not None:
            own, own_left = revenue_of_parts(county, plan, places.table["area"], years)
            costs, left = np.vstack([costs, cost * own]), np.concatenate([left, own_left[:, year]])
        value = _year(atoms, need[:, year], places.capacity[:, year], least[:, year], costs, left, demand.weights)
        if value is None:
            return np.inf, [f"year {year + 1}: minimum occupancy cannot be met within the running cost allowed"]
        total += value
    return total, []


def _required(entry: Opening, years: int) -> Floats:
    """Return places that must be used: the minimum of units that had a year to fill, and of all in the last year."""
    out = np.zeros(years)
    for decided, units in enumerate(entry.units_by_year(years).tolist()):
        age = np.arange(1, years + 1) - decided - entry.lead_time_years
        filled = (age > 1 + 1e-9) | (np.arange(1, years + 1) == years)
        out += units * entry.places * entry.minimum_occupancy * ((age >= 1 - 1e-9) & filled)
    return out


def _year(
    atoms: Atoms, need: Floats, capacity: Floats, least: Floats, cost: Floats, revenue: Floats, weights: Floats
) -> float | None:
    """Return the least expected child-years away in a year, all samples together; None if no allocation is allowed.

    `cost` (limits, places) is what of each place's use counts towards each limit on running cost, `revenue` (limits,).
    """
    links, hops, count, samples = len(atoms.link_atom), len(atoms.hop_node), len(atoms.table), need.shape[1]
    if count == 0:
        return 0.0 if not (least > 1e-9).any() else None
    placed = _sum_by(atoms.link_atom, count)
    through = sparse.hstack([_sum_by(atoms.link_node, len(atoms.nodes)), -_sum_by(atoms.hop_node, len(atoms.nodes))])
    equal = sparse.csr_array(
        sparse.vstack([sparse.hstack([placed, sparse.csr_array((count, hops)), sparse.eye_array(count)]),
                       sparse.hstack([through, sparse.csr_array((len(atoms.nodes), count))])])
    )  # fmt: skip
    by_place = sparse.hstack(
        [sparse.csr_array((len(capacity), links)), _sum_by(atoms.hop_place, len(capacity)),
         sparse.csr_array((len(capacity), count))]
    )  # fmt: skip
    # A pound of millions; less of a limit of few pounds, where it would buy a place.
    slack = np.minimum(_POUND, 1e-3 * np.abs(revenue) + 1e-6)
    most = sparse.vstack(
        [
            sparse.kron(sparse.eye_array(samples), by_place),
            sparse.kron(weights[None, :], sparse.csr_array(cost) @ by_place),
            -sparse.kron(weights[None, :], by_place),
        ]
    )
    result = linprog(
        np.kron(weights, np.concatenate([np.zeros(links + hops), np.ones(count)])),
        A_ub=sparse.csr_array(most),
        b_ub=np.concatenate([np.tile(capacity, samples), revenue + slack, -least + 1e-6]),
        A_eq=sparse.csr_array(sparse.kron(sparse.eye_array(samples), equal)),
        b_eq=np.concatenate([np.concatenate([need[:, s], np.zeros(len(atoms.nodes))]) for s in range(samples)]),
        method="highs",
    )
    return float(result.fun) if result.status == 0 else None


def _sum_by(end: npt.NDArray[np.intp], rows: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(end)), (end, np.arange(len(end)))), shape=(rows, len(end)))


def _agree(plan: Plan, away: float) -> list[str]:
    """Compare the least away with what the plan says: never more, and no less if the plan proved it first."""
    said = float(plan.by_year["away"].sum())
    slack = _CHILD_YEAR + 1e-4 * abs(said)
    if away > said + slack:
        return [f"it says {said:.3f} child-years stay away; no allocation of its places gets below {away:.3f}"]
    first = plan.goals[0]
    if first.name == "away_child_years" and first.status == "optimal":
        allowed = slack + 2.1 * (plan.limits.tolerance + _GIVEN_UP) * abs(said)
        if said - away > allowed:
            return [f"it says {said:.3f} child-years stay away; its places could get that to {away:.3f}"]
    return []
