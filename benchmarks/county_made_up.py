"""A made-up county of any size, as the siting model sees it: no study is read and no forecast made.

Areas, sites and places are scattered over a rectangle; need is drawn area by area and sample by sample; limits grow
with the county. The same sizes and seed give the same problem. No child and no building in it is real.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.county_tables import EXISTING, KINDS, SEGMENTS, Segment, Sizes
from placements.interventions.opening import ready_share
from placements.interventions.options import is_recruitment, split_needs
from placements.optimisation.demand import Demand
from placements.optimisation.matching import match
from placements.optimisation.prevention import Prevention
from placements.optimisation.problem import Problem
from placements.settings import OptimiseSettings

Floats = npt.NDArray[np.float64]

#: The south-west corner of every county, on the National Grid.
_CORNER: Final = (500_000.0, 130_000.0)
#: Of a large county (250 areas, 200 options): its sides, children who enter a year, places there already, and capital.
_AREAS, _OPTIONS = 250, 200
_WIDTH_M, _HEIGHT_M = 55_000.0, 40_000.0
_CHILDREN_A_YEAR: Final = 420.0
_EXISTING: Final = 60
#: About an eighth of what all options together cost: enough for many, and most are still passed over.
_CAPITAL_GBP: Final = 24e6
_CAPITAL_OF_ONE_YEAR: Final = 0.4
#: Part of a stay in the year it begins and in those after, and the part of need that is avoidable.
_STAYS: Final = (0.5, 0.75, 0.5, 0.3, 0.2)
_AVOIDABLE: Final = 0.7
#: Need of a sample drifts from year to year by so much (standard deviation of its logarithm); a site's prices differ.
_DRIFT, _PRICES = 0.10, 0.15
#: A place of a larger building costs less: to the power of its size beside the smallest.
_OF_SCALE: Final = -0.12
_TRAVEL_LIMIT_MILES: Final = 15.0
_CARERS_A_YEAR: Final = 4.0
_HOMES_PER_AREA: Final = 2
#: No limit: the decomposition knows the yearly part of running cost only, so that all sides solve the same problem.
_REVENUE_GBP: Final = 1e12


def made_up(sizes: Sizes, seed: int) -> Problem:
    """Return a county of these sizes."""
    rng = np.random.default_rng(seed)
    areas = _areas(sizes, rng)
    groups, rate = _groups(sizes, areas, rng)
    need = _need(sizes, rate, rng)
    weights = np.full(sizes.samples, 1 / sizes.samples)
    existing, usable = _existing(sizes, rng)
    options = _options(sizes, areas, len(existing), rng)
    places = pd.concat([existing, _optional(options)], ignore_index=True)
    atoms = match(groups, places, areas, _TRAVEL_LIMIT_MILES)
    fixed = np.zeros((len(places), sizes.years))
    fixed[: len(usable)] = usable[:, None]
    capital = _CAPITAL_GBP * sizes.options / _OPTIONS
    limits = OptimiseSettings(
        capital_gbp=capital, capital_per_year_gbp=capital * _CAPITAL_OF_ONE_YEAR, revenue_per_year_gbp=_REVENUE_GBP,
        demand_samples=sizes.samples, travel_limit_miles=_TRAVEL_LIMIT_MILES, goals=("away_child_years",),
    )  # fmt: skip
    return Problem(
        demand=Demand(groups, need, np.zeros_like(need), weights, tuple(range(sizes.samples))),
        atoms=atoms,
        need=atoms.need(need),
        weights=weights,
        places=places,
        fixed_capacity=fixed,
        options=options,
        prevention=Prevention.none(sizes.years, len(groups), len(atoms.table), sizes.samples),
        ready=_ready(options, sizes.years),
        capital_left=np.full(sizes.years, limits.capital_per_year_gbp),
        revenue_left=np.full(sizes.years, limits.revenue_per_year_gbp),
        capital_total_left=capital,
        schools_capital_left=limits.schools_capital_share * capital,
        homes_left=dict.fromkeys(areas["area"].tolist(), _HOMES_PER_AREA),
        out_of_reach=float(atoms.out_of_reach(need).sum(axis=(0, 1)) @ weights),
        limits=limits,
    )


def _scattered(sizes: Sizes, number: int, rng: np.random.Generator) -> Floats:
    """Return points of the county, (number, 2), in metres; a smaller one is as densely settled."""
    sides = np.sqrt(sizes.areas / _AREAS) * np.array([_WIDTH_M, _HEIGHT_M])
    return np.asarray(_CORNER + rng.uniform(0, 1, (number, 2)) * sides)


def _areas(sizes: Sizes, rng: np.random.Generator) -> pd.DataFrame:
    at = _scattered(sizes, sizes.areas, rng).round(-2)
    ids = [f"A{number:03}" for number in range(sizes.areas)]
    return pd.DataFrame({"area": ids, "name": ids, "easting": at[:, 0], "northing": at[:, 1]})


def _groups(sizes: Sizes, areas: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, Floats]:
    """Return demand groups, and how many children enter each in a year."""
    people = rng.gamma(3.0, size=sizes.areas)
    segments = SEGMENTS[: sizes.segments]
    shares = np.array([segment.share for segment in segments])
    children = _CHILDREN_A_YEAR * sizes.areas / _AREAS
    rate = np.outer(people / people.sum(), shares / shares.sum()).ravel() * children
    out = pd.DataFrame([(area, *segment) for area in areas["area"] for segment in segments])
    out.columns = pd.Index(["area", *Segment._fields])
    out.insert(0, "group", [f"g{number:05}" for number in range(len(out))])
    return out.drop(columns="share").assign(local_cost_gbp=0.0), rate


def _need(sizes: Sizes, rate: Floats, rng: np.random.Generator) -> Floats:
    """Return child-years, (groups, years, samples): whole children enter, and stay on for part of the years after."""
    level = np.exp(rng.normal(0, _DRIFT, (sizes.years, sizes.samples)).cumsum(axis=0))
    entered = rng.poisson(rate[:, None, None] * level)
    out = np.zeros(entered.shape)
    for later, part in enumerate(_STAYS[: sizes.years]):
        out[:, later:] += entered[:, : sizes.years - later] * part * _AVOIDABLE
    return out


def _existing(sizes: Sizes, rng: np.random.Generator) -> tuple[pd.DataFrame, Floats]:
    """Return the places there are already, and how many each can take on average."""
    number = max(_EXISTING * sizes.areas // _AREAS, 1)
    at, sort = _scattered(sizes, number, rng), [EXISTING[n] for n in rng.integers(len(EXISTING), size=number)]
    frame = pd.DataFrame(
        {
            "place": [f"e{n:03}" for n in range(number)], "name": "there already",
            "provision": [each.provision for each in sort], "needs": [()] * number, "age_low": 0.0, "age_high": 25.0,
            "sex": "any", "easting": at[:, 0], "northing": at[:, 1], "area": "A000",
            "weekly_cost_gbp": [each.weekly_cost_gbp for each in sort], "is_new": False,
        }
    )  # fmt: skip
    return frame, np.array([each.usable for each in sort])


def _options(sizes: Sizes, areas: pd.DataFrame, first_place: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the options; sizes of one site share a place, and each is in the area whose centre is nearest."""
    kinds = rng.choice(len(KINDS), size=sizes.options, p=[kind.share_of_sites for kind in KINDS])
    at, price = _scattered(sizes, sizes.options, rng), rng.lognormal(0, _PRICES, sizes.options)
    rows: list[dict[str, object]] = []
    for site in range(sizes.options):
        kind = KINDS[kinds[site]]
        for size in kind.sizes:
            places = size * (size / kind.sizes[0]) ** _OF_SCALE
            row = {name: value for name, value in kind._asdict().items() if name not in ("ages", "sizes")}
            row |= {
                "site_id": f"s{site:03}", "site": site, "places": float(size), "sex": "any",
                "age_low": float(kind.ages[0]), "age_high": float(kind.ages[1]),
                "capital_gbp": round(kind.capital_gbp * places * price[site], -3),
                "yearly_cost_gbp": round(kind.yearly_cost_gbp * places, -2),
                "easting": at[site, 0], "northing": at[site, 1],
            }  # fmt: skip
            rows.append(row)
    out = pd.DataFrame(rows[: sizes.options]).drop(columns="share_of_sites")
    out.insert(0, "option_id", [f"o{number:03}" for number in range(len(out))])
    east, north = (out[[axis]].to_numpy(float) - areas[axis].to_numpy(float) for axis in ("easting", "northing"))
    repeats = out["kind"].map(is_recruitment).astype(bool)
    return out.assign(
        name=out["option_id"],
        repeats=repeats,
        max_units_per_year=np.where(repeats, _CARERS_A_YEAR, 1.0),
        match_needs=out["needs"].map(split_needs),
        planning_area=areas["area"].to_numpy()[np.hypot(east, north).argmin(axis=1)],
        place=first_place + out["site"],
    )


def _optional(options: pd.DataFrame) -> pd.DataFrame:
    one = options.drop_duplicates("place")
    same = ["name", "provision", "age_low", "age_high", "sex", "easting", "northing", "weekly_cost_gbp"]
    return one[same].assign(place=one["site_id"], needs=one["match_needs"], area=one["planning_area"], is_new=True)


def _ready(options: pd.DataFrame, years: int) -> Floats:
    leads = options["lead_time_years"].tolist()
    return np.array([[ready_share(years, year + 1, lead) for year in range(years)] for lead in leads])
