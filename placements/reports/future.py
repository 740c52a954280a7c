"""What was forecast, compared and planned, in the shape that the sections draw on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from placements.forecasting import Forecast
from placements.interventions import Intervention


@dataclass(frozen=True)
class Estimate:
    """A middle value and the range that eight in ten runs fall into."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """What one scenario leads to over the years forecast.

    Attributes
    ----------
    name : str
    is_baseline : bool
        Whether it is the one that others are set against: do nothing.
    interventions : tuple of Intervention
    places : float
        Places open at the end.
    capital_gbp : float
    away : Estimate
        Child-years avoidably outside the authority.
    away_change : Estimate
        The same, less that of the baseline in the same run.
    cost_change : Estimate
        Net cost in pounds, capital included, less that of the baseline in the same run.
    """

    name: str
    is_baseline: bool
    interventions: tuple[Intervention, ...]
    places: float
    capital_gbp: float
    away: Estimate
    away_change: Estimate
    cost_change: Estimate


@dataclass(frozen=True)
class Goal:
    """What the search reached on one goal, and what it proved: no plan within the limits can pass `bound`."""

    name: str
    value: float
    bound: float
    gap: float
    status: str
    seconds: float
    is_proved: bool


@dataclass(frozen=True)
class Proposal:
    """The plan that is put forward."""

    interventions: tuple[Intervention, ...]
    goals: tuple[Goal, ...]
    is_proved: bool
    status: str


@dataclass(frozen=True)
class Future:
    """Everything about the years ahead; parts that were not worked out are None or empty."""

    forecast: Forecast | None = None
    outcomes: tuple[Outcome, ...] = ()
    proposal: Proposal | None = None

    @property
    def years(self) -> int:
        """Return how many years are looked ahead; 0 without a forecast."""
        return self.forecast.years if self.forecast is not None else 0

    @property
    def baseline(self) -> Outcome | None:
        """Return the outcome that others are set against."""
        return next((outcome for outcome in self.outcomes if outcome.is_baseline), None)


def year_label(snapshot: dt.date, year: int) -> str:
    """Return the name of a year of the plan, counted from 1: ``"2025-26"`` after 31 March 2025."""
    first = (snapshot + dt.timedelta(days=1)).year + year - 1
    if (snapshot.month, snapshot.day) == (3, 31):
        return f"{first}-{(first + 1) % 100:02d}"
    if (snapshot.month, snapshot.day) == (12, 31):
        return str(first)
    return f"Year {year}"


def future_of(result, plan):
    return Future(forecast=getattr(result, "forecast", None))
