"""What was forecast, compared and planned, in the shape that the sections draw on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from placements.comparison import DO_NOTHING, HIGH, LOW, Comparison, Floats, weighted_quantiles
from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import Intervention
from placements.optimisation import Plan, explain
from placements.settings import OptimiseSettings

#: How the optimiser calls a goal that was proved within the tolerance.
_PROVED: Final = "optimal"


@dataclass(frozen=True)
class Estimate:
    """An expected value and the range that eight in ten futures fall into."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Money:
    """What a scenario is expected to cost and to avoid over all years, in pounds, against doing nothing."""

    capital_gbp: float
    fixed_running_gbp: float
    use_running_gbp: float
    avoided_gbp: float


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
    money : Money, optional
        What its expected value is made of.
    """

    name: str
    is_baseline: bool
    interventions: tuple[Intervention, ...]
    places: float
    capital_gbp: float
    away: Estimate
    away_change: Estimate
    cost_change: Estimate
    money: Money | None = None


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
class Use:
    """What one step of the plan is expected to do: child-years kept local, and whom most of them are for."""

    child_years: float
    need_group: str
    area: str


@dataclass(frozen=True)
class Proposal:
    """The plan that is put forward.

    Attributes
    ----------
    interventions : tuple of Intervention
    goals : tuple of Goal
        In order of importance.
    is_proved : bool
        Whether every goal was proved within the tolerance.
    limits : OptimiseSettings
        The limits it was sought within.
    uses : mapping of str to Use
        By the name of the intervention.
    """

    interventions: tuple[Intervention, ...]
    goals: tuple[Goal, ...]
    is_proved: bool
    limits: OptimiseSettings = field(default_factory=OptimiseSettings)
    uses: Mapping[str, Use] = field(default_factory=dict)


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


def future_of(result: Comparison, plan: Plan | None) -> Future:
    """Return what a comparison and a plan say of the years ahead."""
    proposal = proposal_of(result.county, plan) if plan is not None else None
    return Future(result.forecast, outcomes_of(result), proposal)


def proposal_of(county: County, plan: Plan) -> Proposal:
    """Return a plan of the optimiser as it is put forward."""
    goals = tuple(
        Goal(goal.name, goal.value, goal.bound, goal.gap, goal.status, goal.seconds, goal.status == _PROVED)
        for goal in plan.goals
    )
    uses: dict[str, Use] = {}
    for row in explain(county, plan).to_dict("records"):
        uses.setdefault(str(row["name"]), Use(row["child_years"], str(row["main_need"]), str(row["main_area"])))
    return Proposal(plan.interventions, goals, plan.is_proved, plan.limits, uses)


def outcomes_of(result: Comparison) -> tuple[Outcome, ...]:
    """Return the scenarios of a comparison, each over all years and against doing nothing in the same future."""
    nothing = result.outcomes[DO_NOTHING].away.sum(axis=0)
    years = max(result.forecast.years, 1)
    found = []
    for name, outcome in result.outcomes.items():
        away = outcome.away.sum(axis=0)
        steps = tuple(result.scenarios[name])
        found.append(
            Outcome(
                name=name[:1].upper() + name[1:],
                is_baseline=name == DO_NOTHING,
                interventions=steps,
                places=sum(float(step.places_by_year(years)[-1]) for step in steps),
                capital_gbp=float(outcome.capital_gbp.sum()),
                away=_estimate(result, away),
                away_change=_estimate(result, away - nothing),
                cost_change=_estimate(result, outcome.net_gbp.sum(axis=0)),
                money=Money(
                    float(outcome.capital_gbp.sum()),
                    *(
                        result.mean(part.sum(axis=0))
                        for part in (outcome.fixed_running_gbp, outcome.use_running_gbp, outcome.avoided_gbp)
                    ),
                ),
            )
        )
    return tuple(found)


def _estimate(result: Comparison, values: Floats) -> Estimate:
    low, high = weighted_quantiles(values, result.weights, (LOW, HIGH))
    return Estimate(result.mean(values), low, high)
