"""The same futures for every scenario: what would come, and what comes of it with some interventions.

Hand-written and optimised interventions are treated alike: the same places, costs and lead times, and the same
allocation (`optimisation.transport`) in every year and sample. Minimum occupancy and budgets do not bind here: a
scenario is shown as it was written, and its idle places show if it is too large.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.cost import WEEKS_PER_YEAR
from placements.comparison.chance import fates
from placements.comparison.outcome import Outcome
from placements.county import County
from placements.forecasting import Forecast
from placements.interventions import ChangePrice, Intervention, ReorganiseBoundary
from placements.optimisation.demand import Before, demand_after, draw_samples, what_would_come
from placements.optimisation.in_force import InForce
from placements.optimisation.matching import Atoms, match
from placements.optimisation.prices import group_factors, saved_by_conversion
from placements.optimisation.separate import parts_of
from placements.optimisation.supply import Supply, supply_of
from placements.optimisation.transport import Transport

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """A county and the futures that scenarios are compared in.

    Attributes
    ----------
    county : County
    before : Before
        What would come if nothing were done.
    seed : int
        For the fate of interventions that may fail.
    background : tuple of Intervention
        What happens in every scenario, do nothing too.
    """

    county: County
    before: Before
    seed: int
    background: tuple[Intervention, ...] = ()

    @classmethod
    def of(cls, county: County, forecast: Forecast, samples: int) -> World:
        """Draw futures from the runs of a forecast."""
        chosen, weights = draw_samples(forecast, samples, forecast.seed)
        return cls(county, what_would_come(county, forecast, chosen, weights), forecast.seed)

    @property
    def samples(self) -> int:
        """Return the number of futures."""
        return len(self.before.weights)

    def with_entries(self, factor: float) -> World:
        """Return the world in which so many times as many placements start."""
        before = dataclasses.replace(self.before, cohorts=self.before.cohorts * factor)
        return dataclasses.replace(self, before=before)

    def with_background(self, *more: Intervention) -> World:
        """Return the world in which something more happens in every scenario."""
        return dataclasses.replace(self, background=(*self.background, *more))

    def outcome(self, interventions: Sequence[Intervention], nothing: Outcome | None = None) -> Outcome:
        """Return what comes of a scenario; what it avoids is against `nothing`, the outcome of doing nothing."""
        in_force = fates((*self.background, *interventions), self.before.runs, self.seed)
        own = in_force[len(self.background) :]
        demand, years = demand_after(self.county, self.before, in_force), self.before.years
        supply = supply_of(self.county, years, self.samples, in_force)
        away_price = group_factors(self.county, demand.groups, codes.OUT_OF_COUNTY, years, in_force)
        local_price = group_factors(self.county, demand.groups, codes.IN_COUNTY, years, in_force)
        networks = _Networks(self.county, demand.groups, supply, in_force)
        new = supply.table["is_new"].to_numpy(bool)
        shape = (years, self.samples)
        away, kept, by_new, miles = (np.zeros(shape) for _ in range(4))
        paid, use = np.zeros(shape), np.zeros(shape)
        by_group = np.zeros((len(demand.groups), self.samples))
        group_cost, local_cost = (
            demand.groups[name].to_numpy(float) * WEEKS_PER_YEAR for name in ("away_cost_gbp", "local_cost_gbp")
        )
        for year in range(years):
            need = demand.need[:, year]
            found = networks.allocate(year, need, away_price[:, year])
            atoms, served = found.atoms, found.served
            lost = atoms.out_of_reach(need)
            away[year] = found.away.sum(axis=0) + lost.sum(axis=0)
            kept[year], by_new[year] = served.sum(axis=0), served[new].sum(axis=0)
            miles[year] = atoms.hop_miles @ found.serve
            paid[year] = (
                (_away_gbp(atoms, away_price[:, year]) * found.away).sum(axis=0)
                + (group_cost[:, None] * away_price[:, year] * lost).sum(axis=0)
                + (found.place_gbp[~new] * served[~new]).sum(axis=0)
                - (local_cost[:, None] * local_price[:, year] * demand.prevented_local[:, year]).sum(axis=0)
                + self._local_rise(local_cost, local_price[:, year], year)
            )
            use[year] = (found.place_gbp[new] * served[new]).sum(axis=0)
            by_group += atoms.spread(need, found.away) + lost
        paid = paid - saved_by_conversion(self.county, years, in_force)
        fixed = sum((one.yearly_cost(years) for one in own), np.zeros((years, 1)))
        return Outcome(
            need=demand.need.sum(axis=0),
            away=away,
            kept_local=kept,
            kept_by_new=by_new,
            usable=supply.capacity[new].sum(axis=0),
            miles=miles,
            capital_gbp=np.asarray(sum((one.entry.capital_by_year(years) for one in own), np.zeros(years))),
            fixed_running_gbp=np.broadcast_to(fixed, shape),
            use_running_gbp=use,
            paid_gbp=paid,
            avoided_gbp=np.zeros(shape) if nothing is None else nothing.paid_gbp - paid,
            away_by_group=by_group,
        )

    def _local_rise(self, local_cost: Floats, local_price: Floats, year: int) -> Floats | float:
        """Return in pounds by how much placements in the county that start are dearer than today, (samples,)."""
        if (local_price == 1.0).all():
            return 0.0
        use = self.before.cohorts[:, :, year].sum(axis=1) * (1 - self.before.away_share)
        rise = np.nan_to_num(local_cost)[:, None] * (local_price - 1.0)
        return np.asarray((rise * use.T).sum(axis=0))


@dataclass(frozen=True, eq=False)
class _Allocated:
    """One year: child-years `serve` (hops, samples), `away` (atoms, samples), `served` (places, samples), and prices.

    `place_gbp` (places, samples or 1) is of a child-year.
    """

    atoms: Atoms
    serve: Floats
    away: Floats
    served: Floats
    place_gbp: Floats


class _Networks:
    """Who can use which place, at what price, in each year; laid out once for all years that are alike."""

    def __init__(self, county: County, groups: pd.DataFrame, supply: Supply, in_force: Sequence[InForce]) -> None:
        self._county, self._groups, self._supply = county, groups, supply
        # What differs in its changes of price may not be merged: its area and provision say which it has.
        priced = any(isinstance(one.entry, ChangePrice) for one in in_force)
        self._apart = groups["provision"] if priced else None
        self._reforms = sorted(
            (one.entry for one in in_force if isinstance(one.entry, ReorganiseBoundary)), key=lambda e: e.from_year
        )
        self._atoms: dict[str, Atoms] = {}
        self._transport: dict[tuple[str, bytes], Transport] = {}

    def allocate(self, year: int, need: Floats, away_price: Floats) -> _Allocated:
        """Return who goes where in a year: each sample by itself."""
        name = self._boundaries(year)
        atoms = self._matched(name)
        capacity = self._supply.capacity[:, year]
        place_cost = self._supply.weekly_cost_gbp[:, year] * WEEKS_PER_YEAR
        away_cost = _away_gbp(atoms, away_price)
        of_atoms, samples = atoms.need(need), need.shape[1]
        serve, away = np.zeros((len(atoms.hop_node), samples)), np.zeros((len(atoms.table), samples))
        for these in _alike(place_cost, away_cost, samples):
            own = [part[:, min(int(these[0]), part.shape[1] - 1)] for part in (place_cost, away_cost)]
            key = name, np.concatenate(own).tobytes()
            if key not in self._transport:
                self._transport[key] = Transport(atoms, len(capacity), own[0], own[1])
            flows = self._transport[key].solve(of_atoms[:, these], capacity[:, these])
            serve[:, these], away[:, these] = flows.serve, flows.away
        served = np.zeros((len(capacity), samples))
        np.add.at(served, atoms.hop_place, serve)
        return _Allocated(atoms, serve, away, served, place_cost)

    def _boundaries(self, year: int) -> str:
        """Return the boundary set in force: of the last reorganisation begun, else the study's own, empty for none."""
        begun = [entry.boundary_set for entry in self._reforms if entry.from_year <= year + 1]
        return begun[-1] if begun else self._county.settings.optimise.separate

    def _matched(self, boundaries: str) -> Atoms:
        if boundaries not in self._atoms:
            limit = self._county.settings.optimise.travel_limit_miles
            part_of_area = parts_of(self._county, boundaries)
            self._atoms[boundaries] = match(
                self._groups, self._supply.table, self._county.areas, limit, part_of_area, apart=self._apart
            )
        return self._atoms[boundaries]


def _away_gbp(atoms: Atoms, by_group: Floats) -> Floats:
    """Return pounds for a child-year away, by atom, (atoms, samples or 1): the factor of price is that of any group."""
    parts = atoms.parts[atoms.parts["atom"] >= 0].drop_duplicates("atom").sort_values("atom")
    weekly = atoms.table["away_cost_gbp"].to_numpy(float)[:, None]
    return np.asarray(by_group[parts["group"].to_numpy(np.intp)] * weekly * WEEKS_PER_YEAR)


def _alike(place_cost: Floats, away_cost: Floats, samples: int) -> list[npt.NDArray[np.intp]]:
    """Return the samples in sets that have the same costs."""
    costs = np.vstack([np.broadcast_to(part, (len(part), samples)) for part in (place_cost, away_cost)])
    if place_cost.shape[1] == away_cost.shape[1] == 1:
        return [np.arange(samples)]
    _, which = np.unique(costs, axis=1, return_inverse=True)
    return [np.flatnonzero(which.ravel() == one) for one in range(int(which.max(initial=0)) + 1)]
