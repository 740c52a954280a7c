"""From a county to a forecast: fit what has happened, then simulate what may come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from placements import codes
from placements.county import County
from placements.errors import UsageError
from placements.forecasting import away, durations, rates
from placements.forecasting.durations import fit_hazards
from placements.forecasting.rates import Rates, fit_rates
from placements.forecasting.result import Forecast
from placements.forecasting.simulate import Levers, simulate_settled, simulate_starting
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
    Two simplifications to know of: a child who moves starts a new placement, counted with the rates (moves are not
    followed child by child), and rates stay as observed but for the levers in the settings.
    """
    settings = county.settings.forecast
    years = settings.years if years is None else years
    runs = settings.runs if runs is None else runs
    seed = settings.seed if seed is None else seed
    if not 1 <= years <= 25:
        raise UsageError(f"a forecast of {years} years was asked for: it lies between 1 and 25")
    if not 1 <= runs <= 100_000:
        raise UsageError(f"{runs} runs were asked for: it lies between 1 and 100,000")
    tell = progress or (lambda share, text: None)
    tell(0.0, "counting what has happened")
    spells = spells_of(county, settings.history_years)
    fitted, hazards = fit_rates(spells), fit_hazards(spells)
    shares = away.away_shares(spells, fitted.groups)
    levers = Levers(settings.entry_rate_multiplier, settings.duration_multiplier)
    months = pd.DatetimeIndex([spells.snapshot + pd.DateOffset(months=step) for step in range(1, 12 * years + 1)])
    tell(0.2, "simulating new placements")
    first = int(months[0].month)
    starting, cohorts = simulate_starting(
        fitted, hazards, levers, first_month=first, months=12 * years, runs=runs, seed=seed
    )
    tell(0.7, "simulating settled children")
    settled = simulate_settled(spells, fitted, hazards, levers, months=12 * years, runs=runs, seed=seed)
    tell(1.0, "done")
    assumptions = _assumptions(county, spells, fitted, levers, years=years, runs=runs, seed=seed)
    return Forecast(fitted.groups, months, starting, settled, cohorts, shares, assumptions, seed)


def _assumptions(
    county: County,
    spells: Spells,
    fitted: Rates,
    levers: Levers,
    *,
    years: int,
    runs: int,
    seed: int,
) -> Mapping[str, Any]:
    begun = spells.history[spells.history["start"] > spells.history["service"].map(spells.window_start)]
    unknown = begun[begun["area"].eq("unknown")].groupby("service").size()
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
            "starts_counted": {service: int(begun["service"].eq(service).sum()) for service in codes.SERVICES},
            "starts_of_unknown_area_spread": {s: int(unknown.get(s, 0)) for s in codes.SERVICES},
            "monthly_starts": dict(fitted.expected_by_provision()),
            "weight_of_product_of_margins_starts": dict(fitted.prior_weight),
            "variance_of_monthly_shock": dict(fitted.shock),
            "prior_ends": durations.PRIOR_ENDS,
            "assumed_stay_months": dict(durations.ASSUMED_STAY_MONTHS),
            "away_prior_starts": away.PRIOR_STARTS,
            "area_prior_starts": rates.AREA_PRIOR_STARTS,
        }
    )
