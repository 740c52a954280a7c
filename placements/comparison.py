"""What would each scenario change? All of them against the same futures, with doing nothing always among them.

Hand-written and optimised interventions are treated alike: the same places, costs and lead times, and the same
allocation (`optimisation.transport`) in every year and sample. Minimum occupancy and budgets do not bind here: a
scenario is shown as it was written, and its idle places show if it is too large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.analysis.cost import WEEKS_PER_YEAR
from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.interventions import Intervention
from placements.optimisation.demand import build_demand, draw_samples
from placements.optimisation.matching import match
from placements.optimisation.places import existing_places, joined, opened_places
from placements.optimisation.separate import parts_of
from placements.optimisation.transport import Transport

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Progress = Callable[[float, str], None]

DO_NOTHING: Final = "do nothing"
#: HM Treasury, The Green Book: social time preference rate. The first year is not discounted.
DISCOUNT_RATE: Final = 0.035
#: Futures compared: drawn in strata, so that a band of four fifths is steady; more take longer in proportion.
SAMPLES: Final = 25
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Outcome:
    """One scenario in every sample.

    Attributes
    ----------
    away, kept_local, kept_by_new, idle : ndarray (years, samples)
        Child-years; `idle` is usable places of the interventions that nobody needed.
    capital_gbp, fixed_running_gbp : ndarray (years,)
    use_running_gbp, avoided_gbp : ndarray (years, samples)
        Avoided: what would have been paid with doing nothing, less what is still paid for the same children.
    away_by_group : ndarray (groups, years)
        Expected child-years away by demand group.
    """

    away: Floats
    kept_local: Floats
    kept_by_new: Floats
    idle: Floats
    capital_gbp: Floats
    fixed_running_gbp: Floats
    use_running_gbp: Floats
    avoided_gbp: Floats
    away_by_group: Floats

    @property
    def gross_running_gbp(self) -> Floats:
        """Return fixed and use-dependent running cost, (years, samples)."""
        return self.fixed_running_gbp[:, None] + self.use_running_gbp

    @property
    def net_gbp(self) -> Floats:
        """Return capital and running cost less what is avoided, (years, samples); below 0 is a saving."""
        return self.capital_gbp[:, None] + self.gross_running_gbp - self.avoided_gbp

    @property
    def npv_gbp(self) -> Floats:
        """Return the net present value of the savings, (samples,): above 0 the scenario pays within the years shown."""
        factor = (1 + DISCOUNT_RATE) ** -np.arange(len(self.capital_gbp), dtype=float)
        return np.asarray(-(factor @ self.net_gbp))


@dataclass(frozen=True)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    county : County
    forecast : Forecast
    scenarios : mapping of str to tuple of Intervention
        `do nothing` first.
    outcomes : mapping of str to Outcome
    groups : DataFrame
        Demand groups, in the order of `Outcome.away_by_group`.
    weights : ndarray (samples,)
    runs : tuple of int
        Runs of the forecast compared: the same for every scenario.
    """

    county: County
    forecast: Forecast
    scenarios: Mapping[str, tuple[Intervention, ...]]
    outcomes: Mapping[str, Outcome]
    groups: pd.DataFrame
    weights: Floats
    runs: tuple[int, ...]

    def table(self) -> pd.DataFrame:
        """Return one row per scenario: totals over the years, expected, with bands of four fifths where named.

        Returns
        -------
        DataFrame
            Indexed by `scenario`: `away_child_years` with `away_low_80` and `away_high_80`, `kept_local_child_years`,
            `idle_child_years`, `capital_gbp`, `gross_running_gbp`, `avoided_gbp`, `net_gbp`, `npv_gbp` with its band,
            and `better_than_nothing`: the share of futures in which fewer child-years are away than with doing nothing.
        """
        nothing = self.outcomes[DO_NOTHING].away.sum(axis=0)
        rows = {}
        for name, outcome in self.outcomes.items():
            away = outcome.away.sum(axis=0)
            rows[name] = {
                "away_child_years": self.mean(away),
                **self._band("away", away),
                "kept_local_child_years": self.mean(outcome.kept_local.sum(axis=0)),
                "idle_child_years": self.mean(outcome.idle.sum(axis=0)),
                "capital_gbp": float(outcome.capital_gbp.sum()),
                "gross_running_gbp": self.mean(outcome.gross_running_gbp.sum(axis=0)),
                "avoided_gbp": self.mean(outcome.avoided_gbp.sum(axis=0)),
                "net_gbp": self.mean(outcome.net_gbp.sum(axis=0)),
                "npv_gbp": self.mean(outcome.npv_gbp),
                **self._band("npv", outcome.npv_gbp),
                "better_than_nothing": self.mean((away < nothing - 1e-6).astype(float)),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("scenario")

    def by_year(self) -> pd.DataFrame:
        """Return one row per `scenario` and `year`: the columns of `table` that belong to a year."""
        rows = []
        for name, outcome in self.outcomes.items():
            for year in range(outcome.away.shape[0]):
                away = outcome.away[year]
                rows.append(
                    {
                        "scenario": name,
                        "year": year + 1,
                        "away_child_years": self.mean(away),
                        **self._band("away", away),
                        "kept_local_child_years": self.mean(outcome.kept_local[year]),
                        "idle_child_years": self.mean(outcome.idle[year]),
                        "capital_gbp": float(outcome.capital_gbp[year]),
                        "gross_running_gbp": self.mean(outcome.gross_running_gbp[year]),
                        "avoided_gbp": self.mean(outcome.avoided_gbp[year]),
                        "net_gbp": self.mean(outcome.net_gbp[year]),
                    }
                )
        return pd.DataFrame(rows).set_index(["scenario", "year"])

    def away_by(self, by: Sequence[str] = ("area",)) -> pd.DataFrame:
        """Return expected child-years away over all years, by columns of the demand groups and scenario (columns)."""
        table = self.groups[list(by)].copy()
        for name, outcome in self.outcomes.items():
            table[name] = outcome.away_by_group.sum(axis=1)
        return table.groupby(list(by))[list(self.outcomes)].sum()

    def mean(self, values: Floats) -> float:
        """Return the expected value over the samples."""
        return float(values @ self.weights)

    def _band(self, name: str, values: Floats) -> dict[str, float]:
        low, high = weighted_quantiles(values, self.weights, (LOW, HIGH))
        return {f"{name}_low_80": low, f"{name}_high_80": high}


def weighted_quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[float]:
    """Return quantiles of weighted values, interpolated between the middles of their weights."""
    order = np.argsort(values, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2
    return [float(value) for value in np.interp(at, middle / weights.sum(), values[order])]


def compare(
    county: County,
    forecast: Forecast,
    scenarios: Mapping[str, Sequence[Intervention]],
    *,
    samples: int = SAMPLES,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios on the same demand samples.

    Parameters
    ----------
    county : County
    forecast : Forecast
    scenarios : mapping of str to sequence of Intervention
        `do nothing` is added if it is not among them, and always comes first.
    samples : int
        Futures drawn from the forecast's runs (all of them if there are fewer).
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Raises
    ------
    UsageError
        When a scenario called `do nothing` does something.
    """
    tell = progress or (lambda share, text: None)
    if scenarios.get(DO_NOTHING):
        raise UsageError(f"the scenario {DO_NOTHING!r} must be empty: it is what the others are compared with")
    ordered = {DO_NOTHING: (), **{name: tuple(items) for name, items in scenarios.items() if name != DO_NOTHING}}
    chosen, weights = draw_samples(forecast, samples, forecast.seed)
    outcomes: dict[str, Outcome] = {}
    paid_before: Floats | None = None
    groups = forecast.groups
    for number, (name, interventions) in enumerate(ordered.items()):
        tell(number / len(ordered), name)
        groups, outcome, paid_before = _outcome(county, forecast, interventions, chosen, weights, paid_before)
        outcomes[name] = outcome
    tell(1.0, "done")
    runs = tuple(int(run) for run in chosen)
    return Comparison(county, forecast, ordered, outcomes, groups, weights, runs)


def _outcome(
    county: County,
    forecast: Forecast,
    interventions: Sequence[Intervention],
    chosen: Ints,
    weights: Floats,
    paid_before: Floats | None,
) -> tuple[pd.DataFrame, Outcome, Floats]:
    """Return the demand groups, the outcome, and what is paid with doing nothing (years, samples)."""
    years = forecast.years
    demand = build_demand(county, forecast, chosen, weights, interventions)
    places = joined(existing_places(county, years), opened_places(county, interventions, years))
    limits = county.settings.optimise
    apart = parts_of(county, limits.separate)
    atoms = match(demand.groups, places.table, county.areas, limits.travel_limit_miles, apart)
    need, lost = atoms.need(demand.need), atoms.out_of_reach(demand.need)
    new = places.table["is_new"].to_numpy(bool)
    place_cost = places.table["weekly_cost_gbp"].to_numpy(float) * WEEKS_PER_YEAR
    away_cost = atoms.table["away_cost_gbp"].to_numpy(float) * WEEKS_PER_YEAR
    group_cost = demand.groups["away_cost_gbp"].to_numpy(float) * WEEKS_PER_YEAR
    local_cost = demand.groups["local_cost_gbp"].to_numpy(float) * WEEKS_PER_YEAR
    transport = Transport(atoms, len(places.table), place_cost, away_cost)
    shape = (years, len(weights))
    served, away_atoms = np.zeros((len(places.table), *shape)), np.zeros((len(atoms.table), *shape))
    for year in range(years):
        flows = transport.solve(need[:, year], places.capacity[:, year])
        np.add.at(served[:, year], atoms.hop_place, flows.serve)
        away_atoms[:, year] = flows.away
    away = away_atoms.sum(axis=0) + lost.sum(axis=0)
    paid = (
        np.tensordot(away_cost, away_atoms, 1)
        + np.tensordot(group_cost, lost, 1)
        + np.tensordot(place_cost[~new], served[~new], 1)
        - np.tensordot(local_cost, demand.prevented_local, 1)
    )
    before = paid if paid_before is None else paid_before
    by_group = atoms.spread(demand.need, away_atoms) + lost
    outcome = Outcome(
        away=away,
        kept_local=served.sum(axis=0),
        kept_by_new=served[new].sum(axis=0),
        idle=places.capacity[new].sum(axis=0)[:, None] - served[new].sum(axis=0),
        capital_gbp=_sum(years, [entry.capital_by_year(years) for entry in interventions]),
        fixed_running_gbp=_sum(years, [entry.yearly_cost_by_year(years) for entry in interventions]),
        use_running_gbp=np.tensordot(place_cost[new], served[new], 1),
        avoided_gbp=before - paid,
        away_by_group=by_group @ weights,
    )
    return demand.groups, outcome, before


def _sum(years: int, parts: Sequence[Floats]) -> Floats:
    return np.asarray(sum(parts, np.zeros(years)))
