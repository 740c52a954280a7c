"""From a county to a forecast: fit what has happened, then simulate what may come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import away, destinations, durations, entries
from placements.forecasting.by_need import fit_by_need
from placements.forecasting.cells import PHASE_MONTHS
from placements.forecasting.destinations import fit_destinations
from placements.forecasting.durations import fit_hazards
from placements.forecasting.entries import Stream, fit_entries, grown
from placements.forecasting.groups import Groups, groups_of
from placements.forecasting.levers import Levers, levers_of
from placements.forecasting.result import Forecast
from placements.forecasting.simulate import HAZARD_DRIFT, Model, settled_wave, simulate
from placements.forecasting.spells import EDUCATION_WINDOW_YEARS, Spells, spells_of

Progress = Callable[[float, str], None]


def forecast(
    county: County,
    years: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast the places that children will need, by month and demand group.

    Parameters
    ----------
    county : County
    years, runs, seed : int, optional
        As in the settings of the study when not given.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Returns
    -------
    Forecast

    Raises
    ------
    UsageError
        When years or runs are out of range.

    Notes
    -----
    Children are followed from place to place (`forecasting.simulate`); rates stay as observed, but for the trend of the
    entries and the levers in the settings.
    """
    tell = progress or (lambda share, text: None)
    tell(0.0, "counting what has happened")
    ready = prepare(county, years, runs, seed)
    model = ready.model
    table = model.groups.table
    shares = away.away_shares(ready.spells, table)
    tell(0.2, "simulating")
    found = simulate(model, ready.levers, months=len(ready.months), runs=ready.runs, seed=ready.seed)
    tell(1.0, "done")
    streams = tuple(stream.name for stream in model.streams)
    return Forecast(
        table, ready.months, found.starting, found.settled, found.cohorts, shares, found.held, found.entered, streams,
        ready.assumptions, ready.seed,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that the runs of a forecast follow from.

    Attributes
    ----------
    spells : Spells
    model : Model
    levers : Levers
    months : DatetimeIndex
        Last day of each month after the snapshot.
    runs, seed : int
    assumptions : mapping
        Every setting and estimate of note that is used.
    """

    spells: Spells
    model: Model
    levers: Levers
    months: pd.DatetimeIndex
    runs: int
    seed: int
    assumptions: Mapping[str, Any]


def prepare(county: County, years: int | None = None, runs: int | None = None, seed: int | None = None) -> Prepared:
    """Count what has happened and fit the model; parameters and errors are those of `forecast`."""
    settings = county.settings.forecast
    years = settings.years if years is None else years
    runs = settings.runs if runs is None else runs
    seed = settings.seed if seed is None else seed
    if not 1 <= years <= 25:
        raise UsageError(f"a forecast of {years} years was asked for: it lies between 1 and 25")
    if not 1 <= runs <= 100_000:
        raise UsageError(f"{runs} runs were asked for: it lies between 1 and 100,000")
    spells = spells_of(county, settings.history_years)
    model = fit(spells, county.population)
    levers = levers_of(settings, county.snapshot)
    months = pd.DatetimeIndex([spells.snapshot + pd.DateOffset(months=step) for step in range(1, 12 * years + 1)])
    assumptions = _assumptions(county, spells, model, levers, years=years, runs=runs, seed=seed)
    return Prepared(spells, model, levers, months, runs, seed, assumptions)


def fit(spells: Spells, people: pd.DataFrame | None = None) -> Model:
    """Estimate all that the simulation needs from what has happened.

    Parameters
    ----------
    spells : Spells
    people : DataFrame, optional
        Children projected by year and age (`read.projections`): entries follow their number.
    """
    groups = groups_of(spells)
    streams = fit_entries(spells)
    if people is not None:
        streams = grown(streams, people, spells.snapshot.date())
    hazards, leads_to = fit_hazards(spells), fit_destinations(spells)
    return Model(
        streams=streams,
        hazards=hazards,
        destinations=leads_to,
        by_need=fit_by_need(spells, hazards, leads_to),
        groups=groups,
        settled=settled_wave(spells, groups),
        area_share=_area_share(streams, groups),
        first_month=int((spells.snapshot + pd.DateOffset(months=1)).month),
    )


def _area_share(streams: tuple[Stream, ...], groups: Groups) -> npt.NDArray[np.float64]:
    """Return where children of each need come from, as entries do, (needs, areas)."""
    share = np.full((max(len(groups.needs), 1), max(len(groups.areas), 1)), 1e-9)
    for stream in streams:
        at = (
            groups.need_of(stream.cells["need_group"]),
            pd.Index(groups.areas).get_indexer(pd.Index(stream.cells["area"])),
        )
        np.add.at(share, at, stream.expected)
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _assumptions(
    county: County, spells: Spells, model: Model, levers: Levers, *, years: int, runs: int, seed: int
) -> Mapping[str, Any]:
    return MappingProxyType(
        {
            "snapshot": county.snapshot,
            "years": years,
            "runs": runs,
            "seed": seed,
            "history_years": county.settings.forecast.history_years,
            "education_window_years": EDUCATION_WINDOW_YEARS,
            "window_start": {service: start.date() for service, start in spells.window_start.items()},
            "entry_rate_multiplier": levers.entry_rate,
            "duration_multiplier": levers.duration,
            "move_rate_multiplier": levers.move_rate,
            "exit_rate_multiplier": levers.exit_rate,
            "population_file": county.settings.forecast.population_file,
            "steps": [asdict(step) for step in levers.steps],
            "entries": {stream.name: _entries_used(stream) for stream in model.streams},
            "slope_prior": entries.SLOPE_PRIOR,
            "slope_kept_a_year": entries.SLOPE_KEPT_A_YEAR,
            "volatility_prior": entries.VOLATILITY_PRIOR,
            "hazard_drift": HAZARD_DRIFT,
            "hazard_walk_a_year": {name: one.walk for name, one in model.hazards.levels.items()},
            "destination_walk_a_year": {name: one.walk for name, one in model.destinations.levels.items()},
            "phase_months": PHASE_MONTHS,
            "by_need": model.by_need.table.reset_index().to_dict("records"),
            "prior_ends": durations.PRIOR_ENDS,
            "prior_ends_of_destinations": destinations.PRIOR_ENDS,
            "assumed_stay_months": dict(durations.ASSUMED_STAY_MONTHS),
            "away_prior_starts": away.PRIOR_STARTS,
            "area_prior_starts": entries.AREA_PRIOR_STARTS,
        }
    )


def _entries_used(stream: Stream) -> Mapping[str, float]:
    return {
        "counted": stream.counted,
        "of_unknown_area_spread": stream.spread,
        "a_month": stream.starts / stream.months,
        "slope_a_year": stream.slope,
        "slope_error": stream.slope_error,
        "volatility_a_year": stream.volatility,
        "half_life_years": stream.half_life_years,
        "variance_of_monthly_shock": stream.shock,
        "weight_of_product_of_margins": stream.weight,
    }
