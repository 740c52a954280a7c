"""Whom could local places keep? Need that starts after the snapshot and is avoidably away, by sample and year.

Children already settled are not in it, here or anywhere in a plan: they are never moved to meet a target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.avoidable import classify
from placements.analysis.cost import assumed_weekly_cost
from placements.analysis.occupancy import use_by_day
from placements.county import County
from placements.errors import DataError, UsageError
from placements.forecasting import Forecast
from placements.interventions import Intervention
from placements.optimisation.closures import displaced
from placements.optimisation.fewer import kept, starts_kept
from placements.optimisation.in_force import InForce, certain
from placements.optimisation.step_down import stepped_down

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Fewer costed placements than this are pooled over need groups.
_ENOUGH_COSTED: Final = 10


@dataclass(frozen=True)
class Demand:
    """Need by group, year and sample.

    Attributes
    ----------
    groups : DataFrame
        As `Forecast.groups`, sorted by id, with `away_cost_gbp` and `local_cost_gbp` (a week, out of county and in).
    need : ndarray (groups, years, samples)
        Child-years avoidably away if no place is opened.
    prevented_local : ndarray (groups, years, samples)
        Child-years of local placements that are no longer paid for: made unnecessary, or lost with a provider.
    weights : ndarray (samples,)
        Sum 1.
    runs : tuple of int
        Runs of the forecast the samples are.
    """

    groups: pd.DataFrame
    need: Floats
    prevented_local: Floats
    weights: Floats
    runs: tuple[int, ...]


@dataclass(frozen=True)
class Starts:
    """Child-years of placements that start after the snapshot, in the chosen runs. Groups as in `Demand`.

    Attributes
    ----------
    cohorts : ndarray (samples, year of start, years, groups)
        Before any prevention.
    kept : ndarray (year of start, groups)
        Share of the starts that the prevention given leaves.
    away_share : ndarray (groups,)
        Share of the child-years that is avoidably away.
    """

    cohorts: Floats
    kept: Floats
    away_share: Floats


def draw_samples(forecast: Forecast, number: int, seed: int) -> tuple[Ints, Floats]:
    """Draw runs of the forecast to plan with.

    Runs are put in order of their total avoidable child-years and cut into `number` strata of nearly equal size; one
    run is drawn from each and weighs as much as its stratum, so few samples still span low and high futures.
    """
    if number < 1:
        raise UsageError(f"{number} demand samples were asked for: at least 1 is needed")
    total = forecast.avoidable_child_years().sum(axis=(1, 2), dtype=np.float64)
    order = np.argsort(total, kind="stable")
    rng = np.random.default_rng([seed, 2])
    strata = np.array_split(order, min(number, forecast.runs))
    chosen = np.array([rng.choice(stratum) for stratum in strata], dtype=np.intp)
    return chosen, np.array([len(stratum) for stratum in strata], float) / forecast.runs


@dataclass(frozen=True)
class Before:
    """What would come if nothing were done: the same for every scenario. Axes as in `Starts`.

    Attributes
    ----------
    groups : DataFrame
        As in `Demand`; a cost that is not known is missing.
    cohorts : ndarray (samples, year of start, years, groups)
    away_share : ndarray (groups,)
    weights : ndarray (samples,)
    runs : tuple of int
    """

    groups: pd.DataFrame
    cohorts: Floats
    away_share: Floats
    weights: Floats
    runs: tuple[int, ...]

    @property
    def years(self) -> int:
        """Return the number of years."""
        return int(self.cohorts.shape[2])


def build_demand(
    county: County,
    forecast: Forecast,
    chosen: Ints,
    weights: Floats,
    prevention: Sequence[Intervention] = (),
) -> Demand:
    """Return the need in the chosen runs, after what lowers, moves or adds need among the interventions given."""
    return demand_after(county, what_would_come(county, forecast, chosen, weights), certain(prevention))


def what_would_come(county: County, forecast: Forecast, chosen: Ints, weights: Floats) -> Before:
    """Return what starts in the chosen runs if nothing is done, with what it costs away and in the county."""
    groups, starts = starts_of(county, forecast, chosen)
    groups = groups.assign(away_cost_gbp=_away_cost(county, groups), local_cost_gbp=local_cost(county, groups))
    return Before(groups, starts.cohorts, starts.away_share, weights, tuple(int(run) for run in chosen))


def demand_after(county: County, before: Before, in_force: Sequence[InForce]) -> Demand:
    """Return the need that interventions leave: fewer starts and shorter stays, then steps down, then closures."""
    share, groups, years = before.away_share, before.groups, before.years
    without = before.cohorts.sum(axis=1)
    left = before.cohorts * kept(county, groups, years, in_force)
    after = left.sum(axis=1)
    need = np.transpose(after * share, (2, 1, 0)) + stepped_down(county, groups, left * share, in_force)
    no_longer_local = np.transpose((without - after) * (1 - share), (2, 1, 0))
    local = (before.weights @ without.sum(axis=1)) * (1 - share)
    homeless = displaced(county, groups, local, years, in_force)
    need, no_longer_local = need + homeless, no_longer_local + homeless
    _require_costs(groups, need, no_longer_local)
    return Demand(
        groups=groups.fillna({"away_cost_gbp": 0.0, "local_cost_gbp": 0.0}),
        need=np.ascontiguousarray(need),
        prevented_local=np.ascontiguousarray(no_longer_local),
        weights=before.weights,
        runs=before.runs,
    )


def starts_of(
    county: County, forecast: Forecast, chosen: Ints, prevention: Sequence[Intervention] = ()
) -> tuple[pd.DataFrame, Starts]:
    """Return the demand groups, sorted by id, and what starts in the chosen runs."""
    order = np.argsort(forecast.groups["group"].to_numpy(object), kind="stable")
    groups = forecast.groups.iloc[order].reset_index(drop=True)
    left = starts_kept(county, groups, forecast.years, prevention)
    cohorts = forecast.cohorts[chosen][..., order].astype(float)
    return groups, Starts(cohorts, left, forecast.away["share"].to_numpy(float)[order])


def _away_cost(county: County, groups: pd.DataFrame) -> pd.Series:
    """Return the weekly cost of an avoidable out-of-county placement of each group: recorded, else assumed."""
    rows = county.placements
    oldest = pd.Timestamp(county.snapshot) - pd.DateOffset(years=county.settings.forecast.history_years)
    rows = rows[rows["weekly_cost_gbp"].notna() & ~(rows["end"] <= oldest)]
    use = use_by_day(county.placements, county.provision, county.snapshot)
    judged = classify(rows, county.provision, county.settings.thresholds, use)["judgement"]
    costed = rows[judged.eq("avoidable")]
    table = costed.groupby(["provision", "need_group"])["weekly_cost_gbp"].agg(["mean", "size"])
    fine = table["mean"].where(table["size"] >= _ENOUGH_COSTED)
    wide = costed.groupby("provision")["weekly_cost_gbp"].mean()
    cost = pd.Series(
        fine.reindex(pd.MultiIndex.from_frame(groups[["provision", "need_group"]])).to_numpy(float),
        index=groups.index,
    )
    cost = cost.fillna(groups["provision"].map(wide).astype(float))
    return cost.fillna(_assumed(county, groups, codes.OUT_OF_COUNTY)).round(2)


def local_cost(county: County, groups: pd.DataFrame) -> pd.Series:
    """Return the assumed weekly cost of a placement in the county of each group; missing where none is stated."""
    return _assumed(county, groups, codes.IN_COUNTY)


def _assumed(county: County, groups: pd.DataFrame, location: str) -> pd.Series:
    """Return the assumed weekly cost: of a private place if stated, else of any other sector's."""
    kinds = groups[["provision"]].drop_duplicates().assign(location=location)
    cost = pd.Series(np.nan, index=kinds.index)
    for sector in ("private", *codes.SECTOR):
        if cost.notna().all():
            break
        cost = cost.fillna(assumed_weekly_cost(kinds.assign(sector=sector), county.unit_costs).astype(float))
    return groups["provision"].map(cost.set_axis(kinds["provision"])).astype(float)


def _require_costs(groups: pd.DataFrame, need: Floats, prevented: Floats) -> None:
    axes = (1, 2)
    lacking = (groups["away_cost_gbp"].isna().to_numpy() & (need.sum(axis=axes) > 0)) | (
        groups["local_cost_gbp"].isna().to_numpy() & (prevented.sum(axis=axes) > 0)
    )
    if lacking.any():
        names = ", ".join(sorted(set(groups.loc[lacking, "provision"])))
        raise DataError(
            f"no weekly cost is recorded or assumed for {names}",
            advice="add a row for each to the table of unit costs (sector and location may be `any`)",
        )
