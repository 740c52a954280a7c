"""Tiny counties for the siting model, and every possible decision on them, each evaluated by a linear programme."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import Intervention, Opening, ReduceEntries
from placements.interventions.options import from_option, is_recruitment
from placements.optimisation.demand import draw_samples
from placements.optimisation.evaluate import _away
from placements.optimisation.fewer import concerns
from placements.settings import OptimiseSettings
from tests.support import tiny_county, tiny_forecast

#: Child-years. The evaluator lets a pound of running cost a year pass, and a child-year costs £52 at the least here.
CLOSE = 0.05

AREAS = st.sampled_from(["Guildford", "Woking", "Tandridge"])
PROVISION = st.sampled_from(["childrens_home", "agency_foster", "supported_accommodation"])
KINDS = st.sampled_from(["open_home", "recruit_carers", "open_supported_accommodation", "block_contract"])
NEED = st.tuples(
    AREAS,
    PROVISION,
    st.sampled_from(["family", "disabled"]),
    st.sampled_from(["10 to 15", "16 and over"]),
    st.integers(0, 12).map(lambda n: n / 2),
)
OPTION = st.fixed_dictionaries(
    {
        "site": st.sampled_from("AB"),
        "kind": KINDS,
        "to": AREAS,
        "places": st.integers(1, 4),
        "capital": st.integers(0, 6),
        "yearly": st.integers(0, 4),
        "weekly": st.integers(0, 2),
        "lead": st.sampled_from([0, 0.5, 1]),
        "planned": st.sampled_from([0.8, 1.0]),
        "minimum": st.sampled_from([0.0, 0.5]),
        "needs": st.sampled_from(["", "disabled"]),
        "sex": st.sampled_from(["any", "any", "F"]),
        "units": st.just(2),
    }
)

OPTIONS = st.lists(OPTION, max_size=2)
#: Options of which the first prevents.
PREVENTING = st.tuples(
    st.fixed_dictionaries(
        {
            "kind": st.just("reduce_entries"),
            "share": st.sampled_from([0.25, 1.0]),
            "bands": st.sampled_from(["", "10 to 15"]),
            "areas": st.sampled_from(["", "Woking;Tandridge"]),
        }
    ),
    OPTION,
    OPTION,
).map(lambda rows: [rows[1] | rows[0], rows[2]])


@st.composite
def cases(draw: st.DrawFn, rows: st.SearchStrategy[list[dict[str, object]]] = OPTIONS) -> tuple[County, Forecast]:
    options = pd.DataFrame(draw(rows))
    options.insert(0, "id", [f"o{number}" for number in range(len(options))])
    options["units"] = np.where(options["kind"].eq("recruit_carers"), 2, 1) if len(options) else []
    years = 2
    limits = {
        "capital_gbp": float(draw(st.integers(3, 12))),
        "capital_per_year_gbp": float(draw(st.integers(3, 8))),
        "revenue_per_year_gbp": float(draw(st.sampled_from([4, 200, 10_000]))),
        "max_homes_per_area": draw(st.integers(0, 1)),
        "tolerance": 1e-6,
        "demand_samples": 2,
    }
    provision = "id | provision | to | registered | cost\nx | childrens_home | Guildford | 1 | 1"
    county = tiny_county(pd.DataFrame(), options=options, provision=provision, optimise=limits)
    needs = draw(st.lists(NEED, min_size=1, max_size=4, unique_by=lambda need: need[:4]))
    frame = pd.DataFrame(needs, columns=["area", "provision", "need_group", "age_band", "child_years"])
    return county, tiny_forecast(county, frame, years=years, runs=(0.7, 1.3))


def _prevented_twice(county: County, forecast: Forecast, entries: tuple[Intervention, ...]) -> bool:
    fewer = [concerns(entry, forecast.groups, county.areas) for entry in entries if isinstance(entry, ReduceEntries)]
    return bool((np.sum(fewer, axis=0) > 1).any())


def best_by_enumeration(
    county: County,
    forecast: Forecast,
    *,
    run: int | None = None,
    allowed: Callable[[set[str]], bool] = lambda option_ids: True,
) -> float:
    """Return the fewest child-years away over every decision that keeps the rules; no solver decides anything.

    Parameters
    ----------
    run : int, optional
        A run of the forecast that is certain, instead of the samples.
    allowed : callable
        Whether the options of a decision may be taken together, by their ids.
    """
    limits, years = county.settings.optimise, forecast.years
    chosen, weights = draw_samples(forecast, limits.demand_samples, forecast.seed)
    if run is not None:
        chosen, weights = np.array([run], np.intp), np.ones(1)
    rows = county.options.to_dict("records")
    choices = []
    for row in rows:
        ready = [year for year in range(1, years + 1) if row["lead_time_years"] <= years - year]
        if is_recruitment(row["kind"]):
            most = int(row["max_units_per_year"])
            plans = itertools.product(*[range(most + 1) if year in ready else (0,) for year in range(1, years + 1)])
            choices.append([from_option(row, 1, units) if any(units) else None for units in plans])
        else:
            choices.append([None, *(from_option(row, year) for year in ready)])
    best = math.inf
    for picked in itertools.product(*choices):
        entries = tuple(entry for entry in picked if entry is not None)
        if len({entry.site_id for entry in entries}) < len(entries) or _prevented_twice(county, forecast, entries):
            continue
        if not allowed({entry.option_id for entry in entries}):
            continue
        capital = sum((entry.capital_by_year(years) for entry in entries), np.zeros(years))
        fixed = sum((entry.yearly_cost_by_year(years) for entry in entries), np.zeros(years))
        homes = [entry.district for entry in entries if entry.kind == "open_home"]
        if (
            capital.sum() > limits.capital_gbp
            or (capital > limits.capital_per_year_gbp).any()
            or (fixed > limits.revenue_per_year_gbp).any()
            or any(homes.count(area) > limits.max_homes_per_area for area in homes)
        ):
            continue
        if limits.separate and _over_a_share(county, limits, entries, years):
            continue
        stub = SimpleNamespace(
            runs=tuple(chosen), weights=tuple(weights), interventions=entries, limits=limits,
            schedule=pd.DataFrame({"name": [], "committed": pd.Series(dtype=bool)}),
        )  # fmt: skip
        away, broken = _away(county, forecast, stub, fixed)
        if not broken:
            best = min(best, away)
    return best


#: The tiny county as two: the first two districts, six miles apart, are in different ones.
HALVES = {"halves": {"West": ("Guildford",), "East": ("Woking", "Tandridge")}}


def _over_a_share(county: County, limits: OptimiseSettings, entries: tuple[Opening, ...], years: int) -> bool:
    """Whether the interventions of a part cost more than its share, without their use."""
    for name, share in limits.separate_shares.items():
        own = [entry for entry in entries if (entry.district == "E07000209") == (name == "West")]
        capital = sum((entry.capital_by_year(years) for entry in own), np.zeros(years))
        fixed = sum((entry.yearly_cost_by_year(years) for entry in own), np.zeros(years))
        slack = 1e-6
        if (
            capital.sum() > share * limits.capital_gbp + slack
            or (capital > share * limits.capital_per_year_gbp + slack).any()
            or (fixed > share * limits.revenue_per_year_gbp + slack).any()
        ):
            return True
    return False
