"""Does a plan for the parts of an authority keep them apart? Worked out again from what is written, for the evaluator.

The shares are those that the plan says were used (`plan.limits.separate_shares`); that they add up is checked too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.cost import WEEKS_PER_YEAR
from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import Opening
from placements.interventions.locate import locate
from placements.interventions.options import is_prevention
from placements.optimisation.places import existing_places, opened_places
from placements.optimisation.plan import Plan
from placements.optimisation.separate import parts_of

Floats = npt.NDArray[np.float64]

_POUND: Final = 1.0


def broken_parts(county: County, forecast: Forecast, plan: Plan) -> list[str]:
    """Return where a plan sends a child over the boundary of a part, or spends more in one than it has."""
    of_area = parts_of(county, plan.limits.separate)
    if of_area is None:
        return []
    found, limits, years = list[str](), plan.limits, forecast.years
    shares = limits.separate_shares
    if set(shares) != set(of_area.values()) or sum(shares.values()) > 1 + 1e-9:
        found.append(f"the shares {dict(shares)} are not of its parts, or more than 1")
        return found
    places = places_named(county, plan, years)
    home = plan.serves["group"].map(forecast.groups.set_index("group")["area"]).astype("str").map(of_area)
    place = plan.serves["place"].map(places["area"]).astype("str").map(of_area)
    if (home.to_numpy(object) != place.to_numpy(object)).any():
        found.append(f"{int((home != place).sum())} allocations are over the boundary of a part")
    weekly = (places["weekly_cost_gbp"] * places["is_new"].astype(bool)).astype(float)
    use = plan.serves["child_years"] * plan.serves["place"].map(weekly)
    for name, share in shares.items():
        capital, schools, fixed = _spent(county, plan, name, of_area, years)
        used = (use * WEEKS_PER_YEAR)[place.eq(name)].groupby(plan.serves["year"]).sum()
        running = fixed + used.reindex(np.arange(1, years + 1)).fillna(0.0).to_numpy(float)
        for what, spent, allowed in (
            ("capital", capital.sum(), limits.capital_gbp),
            ("capital of schools", schools.sum(), limits.schools_capital_share * limits.capital_gbp),
            ("capital in a year", capital.max(), limits.capital_per_year_gbp),
            ("running cost in a year", running.max(), limits.revenue_per_year_gbp),
        ):
            if spent > share * allowed * (1 + 1e-6) + _POUND:
                found.append(f"{name}: {what} £{spent:,.0f} is over its share of £{share * allowed:,.0f}")
    return found


def revenue_of_parts(county: County, plan: Plan, areas: pd.Series, years: int) -> tuple[Floats, Floats]:
    """Return which places are in each part, (parts, places), and what may be spent on using them, (parts, years)."""
    of_area = parts_of(county, plan.limits.separate) or {}
    shares, part = plan.limits.separate_shares, areas.astype("str").map(of_area)
    here = np.array([part.eq(name).to_numpy(bool) for name in shares], float).reshape(len(shares), len(areas))
    fixed = np.array([_spent(county, plan, name, of_area, years)[2] for name in shares]).reshape(-1, years)
    return here, np.array(list(shares.values()))[:, None] * plan.limits.revenue_per_year_gbp - fixed


def _spent(county: County, plan: Plan, name: str, of_area: dict[str, str], years: int) -> tuple[Floats, Floats, Floats]:
    """Return capital, that of schools and fixed running cost of a part by year; what has no place is shared."""
    openings = [entry for entry in plan.interventions if isinstance(entry, Opening)]
    parts = dict(zip(map(id, openings), opened_places(county, openings, years).table["area"].map(of_area), strict=True))
    capital, schools, fixed = np.zeros(years), np.zeros(years), np.zeros(years)
    for entry in plan.interventions:
        part = plan.limits.separate_shares[name]
        if isinstance(entry, Opening):
            part = float(parts[id(entry)] == name)
            if entry.provision in codes.EDUCATION_PROVISION:
                schools += part * entry.capital_by_year(years)
        capital += part * entry.capital_by_year(years)
        fixed += part * entry.yearly_cost_by_year(years)
    return capital, schools, fixed


def places_named(county: County, plan: Plan, years: int) -> pd.DataFrame:
    """Return every place that a plan may name, by its id: `area`, `weekly_cost_gbp` and whether it `is_new`."""
    existing = existing_places(county, years).table
    opened = opened_places(county, plan.interventions, years).table
    # Prevention stands nowhere.
    options = county.options[~county.options["kind"].map(is_prevention).astype(bool)]
    options = locate(options, county) if len(options) else options.assign(area="")
    options = options.assign(
        place="site/" + options["site_id"].astype("str") + "/" + options["option_id"].astype("str")
    )
    options = options.assign(is_new=True)
    columns = ["place", "area", "weekly_cost_gbp", "is_new"]
    tables = [frame[columns] for frame in (existing, opened, options) if len(frame)]
    table = pd.concat(tables, ignore_index=True) if tables else existing[columns]
    return table.fillna({"weekly_cost_gbp": 0.0}).drop_duplicates("place").set_index("place")
