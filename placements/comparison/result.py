"""What would each scenario change? All of them in the same futures, with doing nothing always among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.comparison.futures import SAME, Banded, banded
from placements.comparison.outcome import Outcome, payback_year
from placements.comparison.world import World
from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.interventions import Intervention

Floats = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

DO_NOTHING: Final = "do nothing"
#: Futures compared: drawn in strata, so that a band of four fifths is steady; more take longer in proportion.
SAMPLES: Final = 25


@dataclass(frozen=True)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    forecast : Forecast
    world : World
        The futures, the same for every scenario.
    scenarios : mapping of str to tuple of Intervention
        `do nothing` first.
    outcomes : mapping of str to Outcome
    """

    forecast: Forecast
    world: World
    scenarios: Mapping[str, tuple[Intervention, ...]]
    outcomes: Mapping[str, Outcome]

    @property
    def county(self) -> County:
        """Return the county."""
        return self.world.county

    @property
    def groups(self) -> pd.DataFrame:
        """Return the demand groups, in the order of `Outcome.away_by_group`."""
        return self.world.before.groups

    @property
    def weights(self) -> Floats:
        """Return how much each future weighs, (samples,): sum 1."""
        return self.world.before.weights

    @property
    def runs(self) -> tuple[int, ...]:
        """Return the runs of the forecast that are the futures."""
        return self.world.before.runs

    @property
    def nothing(self) -> Outcome:
        """Return the outcome of doing nothing."""
        return self.outcomes[DO_NOTHING]

    def table(self) -> pd.DataFrame:
        """Return one row per scenario: totals over the years, expected, with bands of four fifths.

        Returns
        -------
        DataFrame
            Indexed by `scenario`: `need_child_years`, `away_child_years`, `kept_local_child_years`,
            `idle_child_years` (usable places of the interventions that nobody needed), `occupancy` (the part of them
            that is used), `mean_miles` (of those kept local), `capital_gbp`, `gross_running_gbp`, `avoided_gbp`,
            `net_gbp`, `npv_gbp`, `payback_year` (of the expected costs) and `pays_back`, the share of futures in which
            it is within the years; `better_than_nothing`: the share of futures in which fewer child-years are away.
            All but capital, payback and shares have a band: `..._low_80` and `..._high_80`; of the child-years away it
            is called `away_low_80` and of the net present value `npv_low_80`.
        """
        rows = {}
        for name, outcome in self.outcomes.items():
            away = outcome.away.sum(axis=0)
            fewer = away < self.nothing.away.sum(axis=0) - SAME
            returns = np.array([payback_year(net) for net in outcome.net_gbp.T])
            rows[name] = {
                **self.banded(outcome.need.sum(axis=0)).named("need_child_years"),
                **self.banded(away).named("away_child_years", "away"),
                **self.banded(outcome.kept_local.sum(axis=0)).named("kept_local_child_years"),
                **self.banded(outcome.idle.sum(axis=0)).named("idle_child_years"),
                **self.banded(outcome.occupancy).named("occupancy"),
                **self.banded(outcome.mean_miles).named("mean_miles"),
                "capital_gbp": float(outcome.capital_gbp.sum()),
                **self.banded(outcome.gross_running_gbp.sum(axis=0)).named("gross_running_gbp"),
                **self.banded(outcome.avoided_gbp.sum(axis=0)).named("avoided_gbp"),
                **self.banded(outcome.net_gbp.sum(axis=0)).named("net_gbp"),
                **self.banded(outcome.npv_gbp).named("npv_gbp", "npv"),
                "payback_year": payback_year(outcome.net_gbp @ self.weights),
                "pays_back": self.mean((~np.isnan(returns)).astype(float)),
                "better_than_nothing": self.mean(fewer.astype(float)),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("scenario")

    def by_year(self) -> pd.DataFrame:
        """Return one row per `scenario` and `year`: the columns of `table` that belong to a year."""
        rows = [
            {
                "scenario": name,
                "year": year + 1,
                **self.banded(outcome.away[year]).named("away_child_years", "away"),
                "kept_local_child_years": self.mean(outcome.kept_local[year]),
                "idle_child_years": self.mean(outcome.idle[year]),
                "capital_gbp": float(outcome.capital_gbp[year]),
                "gross_running_gbp": self.mean(outcome.gross_running_gbp[year]),
                "avoided_gbp": self.mean(outcome.avoided_gbp[year]),
                "net_gbp": self.mean(outcome.net_gbp[year]),
            }
            for name, outcome in self.outcomes.items()
            for year in range(outcome.away.shape[0])
        ]
        return pd.DataFrame(rows).set_index(["scenario", "year"])

    def away_by(self, by: Sequence[str] = ("area",)) -> pd.DataFrame:
        """Return expected child-years away over all years, by columns of the demand groups and scenario (columns)."""
        table = self.groups[list(by)].copy()
        for name, outcome in self.outcomes.items():
            table[name] = outcome.away_by_group @ self.weights
        return table.groupby(list(by))[list(self.outcomes)].sum()

    def gains(self, by: Sequence[str] = ("area", "need_group")) -> pd.DataFrame:
        """Return who gains: child-years fewer away than with doing nothing, over all years.

        Returns
        -------
        DataFrame
            Indexed by `scenario` and `by`: `fewer_away` with its band, and `away_with_nothing`, expected. Below 0 is a
            loss.
        """
        keys = self.groups[list(by)]
        rows = []
        for key, own in keys.groupby(list(by)).indices.items():
            before = self.nothing.away_by_group[own].sum(axis=0)
            for name, outcome in self.outcomes.items():
                if name == DO_NOTHING:
                    continue
                fewer = before - outcome.away_by_group[own].sum(axis=0)
                label = key if isinstance(key, tuple) else (key,)
                rows.append(
                    {
                        "scenario": name,
                        **dict(zip(by, label, strict=True)),
                        **self.banded(fewer).named("fewer_away"),
                        "away_with_nothing": self.mean(before),
                    }
                )
        columns = ["scenario", *by, "fewer_away", "fewer_away_low_80", "fewer_away_high_80", "away_with_nothing"]
        return pd.DataFrame(rows, columns=columns).set_index(["scenario", *by]).sort_index()

    def mean(self, values: Floats) -> float:
        """Return the expected value over the samples."""
        return float(values @ self.weights)

    def banded(self, values: Floats) -> Banded:
        """Return the expected value over the samples, and the band of four fifths."""
        return banded(values, self.weights)


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
        When a scenario called `do nothing` does something, or an intervention names an area, a provider or a boundary
        set that does not exist.
    """
    tell = progress or (lambda share, text: None)
    if scenarios.get(DO_NOTHING):
        raise UsageError(f"the scenario {DO_NOTHING!r} must be empty: it is what the others are compared with")
    ordered = {DO_NOTHING: (), **{name: tuple(items) for name, items in scenarios.items() if name != DO_NOTHING}}
    world = World.of(county, forecast, samples)
    outcomes: dict[str, Outcome] = {}
    for number, (name, interventions) in enumerate(ordered.items()):
        tell(number / len(ordered), name)
        outcomes[name] = world.outcome(interventions, outcomes.get(DO_NOTHING))
    tell(1.0, "done")
    return Comparison(forecast, world, ordered, outcomes)
