"""A tiny county with providers, carers and two boundary sets, and futures in which placements last."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from placements.comparison import DO_NOTHING, Comparison, compare
from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import OpenHome
from tests.siting_support import HALVES
from tests.support import tiny_county, tiny_forecast

WEEKS = 365.25 / 7
NONE = pd.DataFrame()
NEEDS = """
area      | provision       | need_group | child_years
Guildford | childrens_home  | family     | 4
Woking    | childrens_home  | family     | 4
Guildford | agency_foster   | family     | 3
Guildford | in_house_foster | family     | 1
Woking    | in_house_foster | family     | 1
"""
#: A home with two of ours, two of others and two free; agency and in-house households with one place free each.
PROVISION = """
id | service | provision       | sector  | to        | registered | usable | by_us | by_others | share | cost | ages
h1 | care    | childrens_home  | private | Guildford | 6          | 6      | 2     | 2         | 0.5   | 1000 | 8-17
a1 | care    | agency_foster   | private | Guildford | 4          | 4      | 3     | 0         | 1     | 150  | 0-17
f1 | care    | in_house_foster | own     | Woking    | 3          | 3      | 2     | 0         | 1     | 100  | 0-17
"""
COSTS = """
provision       | location      | weekly_cost_gbp
childrens_home  | out_of_county | 1200
childrens_home  | any           | 1000
agency_foster   | out_of_county | 200
agency_foster   | any           | 150
in_house_foster | out_of_county | 180
in_house_foster | any           | 100
"""
PLACED = """
n | provision     | home      | to        | birth      | start      | need | cost
2 | agency_foster | Guildford | Guildford | 2013-01-01 | 2024-01-01 | N1   | 150
"""
RUNS = (0.6, 0.9, 1.0, 1.2, 1.5)


def case(
    needs: str = NEEDS, *, years: int = 3, away: float = 1.0, lasting: float = 0.0, carers: bool = True
) -> tuple[County, Forecast]:
    """Return a county and its futures.

    Parameters
    ----------
    needs : str
    years : int
    away : float
        Share of what starts that is avoidably away.
    lasting : float
        Part of the placements of a year that is still there all through each year after it.
    carers : bool
        Whether any household has a place free, or there is the home alone.
    """
    provision = PROVISION if carers else "\n".join(PROVISION.strip().splitlines()[:2])
    county = tiny_county(PLACED, provision=provision, unit_costs=COSTS, options=NONE)
    county = dataclasses.replace(county, settings=dataclasses.replace(county.settings, boundary_sets=HALVES))
    forecast = tiny_forecast(county, needs, years=years, runs=RUNS)
    forecast.away["share"] = away
    cohorts = forecast.cohorts.copy()
    for start in range(years):
        for use in range(start + 1, years):
            cohorts[:, start, use] = lasting * cohorts[:, start, start]
    return county, dataclasses.replace(forecast, cohorts=cohorts.astype(np.float32))


def home(**changes: Any) -> OpenHome:
    """Return a home of one place in Guildford, open from the first day unless said otherwise."""
    given = {"name": "h", "places": 1, "district": "Guildford", "lead_time_years": 0.0, "planned_occupancy": 1.0}
    return OpenHome(**(given | {"capital_gbp": 100.0, "yearly_cost_gbp": 10.0, "weekly_cost_gbp": 20.0} | changes))


def compared(*steps: Any, of: tuple[County, Forecast] | None = None) -> Comparison:
    """Return doing nothing beside a scenario called `it`."""
    county, forecast = of or case()
    return compare(county, forecast, {"it": steps})


def same_as_nothing(result: Comparison) -> bool:
    """Whether the scenario `it` changes neither children nor money in any year and future."""
    it, nothing = result.outcomes["it"], result.outcomes[DO_NOTHING]
    names = ("need", "away", "kept_local", "paid_gbp", "capital_gbp")
    return all(np.allclose(getattr(it, name), getattr(nothing, name), atol=1e-6) for name in names)
