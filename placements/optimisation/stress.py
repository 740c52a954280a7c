"""Does the plan hold up child by child? Its places filled and emptied day by day, in the futures it was made for.

The plan counts in child-years and takes a home of k places to be used to its planned occupancy. Here the same demand
samples are lived placement by placement (`futures`), into whole beds (`beds`), by a stated rule of choice
(`child_by_child`), several times each. Two things differ from the plan by more than chance: a child who came before a
place was ready, or while it was full, stays away when there is room later; and a place turns children away before it is
full on average. Beside the latter stands the Erlang loss formula (`erlang`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from placements.analysis.cost import WEEKS_PER_YEAR
from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.forecasting.stays import Stays, years_in_use
from placements.optimisation import stress_figures as figures
from placements.optimisation.beds import Beds, beds_of
from placements.optimisation.child_by_child import (
    OUTCOMES,
    first_ready,
    outcomes,
    place_children,
    time_full,
    turned_away_from,
    used,
)
from placements.optimisation.futures import Futures, futures_of
from placements.optimisation.plan import Plan
from placements.optimisation.solve import Progress
from placements.optimisation.stress_openings import openings, openings_by_year

REPLICATIONS: Final = 20
_DAYS_PER_YEAR: Final = WEEKS_PER_YEAR * 7


@dataclass(frozen=True, eq=False)
class Stress:
    """How a plan did, child by child. Figures named `..._se` are standard errors of those before them.

    Attributes
    ----------
    plan : Plan
    in_all : DataFrame
        By outcome (`placed`, `full`, `not ready`, `out of reach`): `children`, `child_years`, over all years.
    by_year : DataFrame
        `stress_figures.by_year`: children by outcome, child-years kept local beside those planned.
    openings : DataFrame
        `stress_openings.openings`: each opening once filled, what was planned, Erlang's formula, and findings.
    openings_by_year : DataFrame
        `stress_openings.openings_by_year`.
    by_need_and_area, by_kind : DataFrame
        `stress_figures.turned_away`, by service, need and area, and by service and provision wanted.
    replications : int
        Of each demand sample.
    samples : tuple of int
        Runs of the forecast.
    days_between : float
    seed : int
    """

    plan: Plan
    in_all: pd.DataFrame
    by_year: pd.DataFrame
    openings: pd.DataFrame
    openings_by_year: pd.DataFrame
    by_need_and_area: pd.DataFrame
    by_kind: pd.DataFrame
    replications: int
    samples: tuple[int, ...]
    days_between: float
    seed: int


def stress(
    county: County,
    forecast: Forecast,
    plan: Plan,
    *,
    replications: int = REPLICATIONS,
    days_between: float = 0.0,
    seed: int | None = None,
    stays: Stays | None = None,
    progress: Progress | None = None,
) -> Stress:
    """Simulate a plan child by child and bed by bed.

    Parameters
    ----------
    county : County
    forecast : Forecast
        Those that the plan was made with.
    plan : Plan
    replications : int
        Of each demand sample; 2 or more, so that there are standard errors.
    days_between : float
        Days that a bed stands empty between two children.
    seed : int, optional
        The plan's when not given.
    stays : Stays, optional
        Placements of the samples to take instead of those of the forecast's runs; groups are rows of its `groups`.
    progress : callable, optional
        Called with the share done (0 to 1) and what is being done.

    Raises
    ------
    UsageError
        When the replications are fewer than 2, the days negative, or the forecast is not one of this county.
    """
    if replications < 2:
        raise UsageError(f"{replications} replications were asked for: a standard error needs 2 or more")
    if not 0 <= days_between < np.inf:
        raise UsageError(f"{days_between} days between two children were asked for: give 0 or more")
    tell = progress or (lambda share, text: None)
    seed = plan.seed if seed is None else seed
    weights = np.array(plan.weights)
    tell(0.0, "telling the samples again")
    beds = beds_of(county, plan, forecast.groups, forecast.years)
    futures = futures_of(county, forecast, plan, stays)
    cells, cell_of = figures.cells_of(forecast.groups)
    draws = figures.Draws.empty(weights, replications, beds.reach.places, beds.years, len(cells))
    for sample in range(futures.samples):
        for number in range(replications):
            tell(0.1 + 0.9 * (sample + number / replications) / futures.samples, f"sample {sample + 1}")
            rng = np.random.default_rng([seed, 3, sample, number])
            _replicate(futures, beds, cell_of, draws, (sample, number), days_between / _DAYS_PER_YEAR, rng)
    tell(1.0, "done")
    return Stress(
        plan=plan,
        in_all=figures.in_all(draws),
        by_year=figures.by_year(plan, beds, draws),
        openings=openings(plan, beds, draws),
        openings_by_year=openings_by_year(plan, beds, draws),
        by_need_and_area=figures.turned_away(plan, cells, draws, ("service", "need_group", "area")),
        by_kind=figures.turned_away(plan, cells, draws, ("service", "provision")),
        replications=replications,
        samples=plan.runs,
        days_between=days_between,
        seed=seed,
    )


def _replicate(
    futures: Futures,
    beds: Beds,
    cell_of: figures.Ints,
    draws: figures.Draws,
    at: tuple[int, int],
    relet_years: float,
    rng: np.random.Generator,
) -> None:
    """Live one future once, and write down what came of it."""
    children, group = futures.draw(at[0], beds, rng)
    there, reach, years = beds.drawn(rng), beds.reach, beds.years
    placed = place_children(children, there, reach, relet_years)
    ready = first_ready(there, reach.places)
    outcome = outcomes(children, placed, ready, reach)
    draws.used[at] = used(children, placed, reach.places, years)
    draws.full[at] = time_full(children, placed, there, reach.places, years, relet_years)
    draws.turned_away[at], draws.came_before[at] = turned_away_from(children, placed, ready, reach, years)
    np.add.at(draws.came[at], (children.begin.astype(np.intp), outcome), 1.0)
    row = cell_of[group] * len(OUTCOMES) + outcome
    shape, stayed = draws.children[at].shape, years_in_use(children.begin, children.end, years).sum(axis=0)
    draws.children[at] = np.bincount(row, minlength=shape[0] * shape[1]).reshape(shape)
    draws.child_years[at] = np.bincount(row, stayed, shape[0] * shape[1]).reshape(shape)
