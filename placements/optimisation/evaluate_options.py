"""Is what a plan takes what the options offer? Each intervention against its row, without the model that chose it."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np
import pandas as pd

from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import Opening, RecruitCarers, ReduceEntries
from placements.interventions.options import from_option
from placements.optimisation.demand import demand_after, what_would_come
from placements.optimisation.fewer import concerns
from placements.optimisation.in_force import certain
from placements.optimisation.plan import Plan

_CHILD_YEAR: Final = 1e-3


def options_kept(county: County, plan: Plan, years: int) -> list[str]:
    """Check what was taken against the options table: site, size, price, lead time, units, year, whom it is for."""
    found = list[str]()
    taken = [entry for entry in plan.interventions if isinstance(entry, Opening | ReduceEntries)]
    sites = Counter(entry.site_id for entry in taken if entry.site_id)
    found += [f"site {site!r} is used {number} times" for site, number in sorted(sites.items()) if number > 1]
    options = county.options.set_index("option_id", drop=False)
    for entry in plan.chosen:
        if not isinstance(entry, Opening | ReduceEntries):
            found.append(f"{entry.name}: it is no option, and nobody committed to it")
        elif entry.option_id not in options.index:
            found.append(f"{entry.name}: no such option")
        else:
            row = {str(key): value for key, value in options.loc[entry.option_id].items()}
            found += _as_offered(entry, row, years)
    return found


def _as_offered(entry: Opening | ReduceEntries, row: dict[str, Any], years: int) -> list[str]:
    if entry.kind != row["kind"]:
        return [f"{entry.name}: it is {entry.kind}, not what its option is ({row['kind']})"]
    limits = [
        (row["capital_gbp"], entry.capital_gbp, "capital below its price"),
        (row["yearly_cost_gbp"], entry.yearly_cost_gbp, "yearly cost below its price"),
        (row["staff"], entry.staff, "fewer staff than it needs"),
        (row["lead_time_years"], entry.lead_time_years, "a lead time shorter than its own"),
    ]
    if isinstance(entry, ReduceEntries):
        limits.append((entry.share, row["share"], "share prevented"))
        found = _for_whom(entry, row)
    else:
        limits += [
            (entry.places, row["places"], "places"),
            (entry.planned_occupancy, row["planned_occupancy"], "planned occupancy"),
        ]
        found = _opened_as_offered(entry, row, years)
    return found + [
        f"{entry.name}: {what} ({mine:g} against {limit:g})"
        for mine, limit, what in limits
        if pd.notna(mine) and pd.notna(limit) and mine > limit + 1e-6
    ]


def _opened_as_offered(entry: Opening, row: dict[str, Any], years: int) -> list[str]:
    found = list[str]()
    if entry.provision != row["provision"]:
        found.append(f"{entry.name}: it is {entry.provision}, not what its option is ({row['provision']})")
    units = entry.units_by_year(years)
    most = row["max_units_per_year"] if isinstance(entry, RecruitCarers) else 1
    if units.max(initial=0) > most + 1e-6:
        found.append(f"{entry.name}: {units.max():g} units in a year, {most:g} allowed")
    early = np.arange(1, years + 1) <= np.floor(entry.opens_year - 1 + entry.lead_time_years)
    if (entry.places_by_year(years)[early] > 1e-9).any():
        found.append(f"{entry.name}: used before its lead time is over")
    return found


def _for_whom(entry: ReduceEntries, row: dict[str, Any]) -> list[str]:
    offered = from_option(row, entry.from_year)
    asked = ("service", "areas", "need_groups", "age_bands", "provisions")
    return [
        f"{entry.name}: its {name} are not those of its option"
        for name in asked
        if getattr(entry, name) != getattr(offered, name)
    ]


def prevention_kept(county: County, forecast: Forecast, plan: Plan) -> list[str]:
    """Check what is prevented: nobody twice, and as much as the interventions avert of what would have started."""
    chosen = [entry for entry in plan.chosen if isinstance(entry, ReduceEntries)]
    committed = tuple(entry for entry in plan.interventions if entry not in chosen)
    runs, weights = np.array(plan.runs, np.intp), np.array(plan.weights)
    would_come = what_would_come(county, forecast, runs, weights)
    before, after = (demand_after(county, would_come, certain(given)) for given in (committed, plan.interventions))
    hits = sum((concerns(entry, before.groups, county.areas).astype(int) for entry in chosen), np.zeros(1, int))
    found = ["two of the options chosen prevent starts of the same demand group"] if (hits > 1).any() else []
    index = pd.MultiIndex.from_product([before.groups["group"], range(1, forecast.years + 1)])
    said = plan.child_years.set_index(["group", "year"]).reindex(index)
    for name, mine in (("need", before.need @ weights), ("prevented", (before.need - after.need) @ weights)):
        if not np.allclose(said[name].to_numpy(float), mine.ravel(), atol=_CHILD_YEAR, rtol=1e-5):
            found.append(f"{name} by group is not what the interventions make of the forecast")
    return found
