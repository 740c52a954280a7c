"""The plan: interventions that a person could have written by hand, and what they would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.interventions import Intervention, Opening, ReduceEntries
from placements.interventions.options import from_option
from placements.optimisation.engine import OPTIMAL
from placements.optimisation.problem import Problem, cost_per_child_year
from placements.optimisation.solve import GoalResult, Solved
from placements.optimisation.transport import Transport
from placements.settings import OptimiseSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

GROUP_COLUMNS: Final = ("group", "service", "area", "need_group", "age_band", "provision")


@dataclass(frozen=True)
class Plan:
    """What to open, when, and what follows from it. Expected values are over the demand samples.

    Attributes
    ----------
    interventions : tuple of Intervention
        Commitments first, then what was chosen, by year and option.
    schedule : DataFrame
        One row per intervention and year of decision: `name, kind, area, option_id, year, units, places, capital_gbp,
        ready_from` (in years from the snapshot), `committed`. Prevention has no area and no places.
    goals : tuple of GoalResult
        In order.
    by_year : DataFrame
        Indexed by `year`: `capital_gbp, fixed_running_gbp, use_running_gbp, gross_running_gbp, avoided_gbp, net_gbp,
        need, prevented, kept_local, kept_by_new, away` (the last five in child-years). Need is what it is after the
        commitments; `prevented` is what the prevention that was chosen averts of it, and `need = prevented +
        kept_local + away`. What is avoided counts the placements that would have been local, too.
    child_years : DataFrame
        By demand group and `year`: `need, prevented, kept_local, away`, in child-years.
    serves : DataFrame
        By `place` (id), demand `group` and `year`: `child_years` kept local there, and `miles`.
    idle : DataFrame
        By intervention and `year`: `usable, used, idle`, in child-years.
    limits : OptimiseSettings
    runs : tuple of int
        Runs of the forecast that were the samples.
    weights : tuple of float
    seed : int
    cut_short : bool
        Whether the clock ended any search. If not, the same inputs, settings, seed and versions give this plan whatever
        the time limit; if so, it may be another on a slower or a busier machine, proved or not.
    """

    interventions: tuple[Intervention, ...]
    schedule: pd.DataFrame
    goals: tuple[GoalResult, ...]
    by_year: pd.DataFrame
    child_years: pd.DataFrame
    serves: pd.DataFrame
    idle: pd.DataFrame
    limits: OptimiseSettings
    runs: tuple[int, ...]
    weights: tuple[float, ...]
    seed: int
    cut_short: bool = False

    @property
    def is_proved(self) -> bool:
        """Return whether every goal was proved within the tolerance."""
        return all(goal.status == OPTIMAL for goal in self.goals)

    @property
    def status(self) -> str:
        """Return the status of the goals together: `optimal` only if all of them are."""
        return "optimal" if self.is_proved else "time limit"

    @property
    def chosen(self) -> tuple[Intervention, ...]:
        """Return the interventions that are no commitments."""
        committed = set(self.schedule.loc[self.schedule["committed"].astype(bool), "name"])
        return tuple(entry for entry in self.interventions if entry.name not in committed)

    def goal(self, name: str) -> GoalResult:
        """Return one goal's result."""
        return next(result for result in self.goals if result.name == name)


def build_plan(problem: Problem, solved: Solved, seed: int, paid: Floats | None = None) -> Plan:
    """Read the plan off the solution; `paid` is `paid_with_nothing`, where it is known already."""
    units = _units(problem, solved)
    chosen, places = _chosen(problem, units)
    opened = sum(isinstance(entry, Opening) for entry in problem.commitments)
    first = len(problem.places) - _optional_places(problem) - opened
    interventions = (*problem.commitments, *chosen)
    openings = [entry for entry in interventions if isinstance(entry, Opening)]
    rows = [*range(first, first + opened), *(place for place in places if place >= 0)]
    served = _by_place(problem, solved)
    left = problem.after_prevention(units)
    with_nothing = paid_with_nothing(problem) if paid is None else paid
    saved = problem.prevention.saved(units) @ problem.weights
    return Plan(
        interventions=interventions,
        schedule=_schedule(problem, interventions, rows),
        goals=solved.goals,
        by_year=_by_year(problem, left, solved, interventions, with_nothing + saved),
        child_years=_child_years(problem, left, solved),
        serves=_serves(left, solved),
        idle=_idle(problem, openings, rows, served),
        limits=problem.limits,
        runs=problem.demand.runs,
        weights=tuple(float(weight) for weight in problem.weights),
        seed=seed,
        cut_short=solved.cut_short,
    )


def _optional_places(problem: Problem) -> int:
    return int(problem.places["place"].str.startswith("site/").sum()) if len(problem.places) else 0


def _units(problem: Problem, solved: Solved) -> Floats:
    """Return the units decided on, (options, years)."""
    return solved.siting.by_year(solved.solution[solved.siting.open_column], problem)


def _chosen(problem: Problem, units: Floats) -> tuple[list[Opening | ReduceEntries], list[int]]:
    """Return the interventions chosen and the place each adds to, -1 for none."""
    options = [{str(key): value for key, value in row.items()} for row in problem.options.to_dict("records")]
    found = []
    for number, row in enumerate(options):
        years = np.flatnonzero(units[number] > 0.5)
        if len(years):
            taken = tuple(int(count) for count in units[number, years[0] : years[-1] + 1])
            found.append((int(years[0]), str(row["option_id"]), number, taken))
    found.sort()
    chosen = [from_option(options[number], year + 1, taken) for year, _, number, taken in found]
    return chosen, [int(options[number]["place"]) for _, _, number, _ in found]


def _schedule(problem: Problem, interventions: Sequence[Intervention], rows: list[int]) -> pd.DataFrame:
    columns = [
        "name", "kind", "area", "option_id", "year", "units", "places", "capital_gbp", "ready_from", "committed",
    ]  # fmt: skip
    areas = problem.places["area"].to_numpy(object)
    table: list[tuple[object, ...]] = []
    places = iter(rows)
    for position, entry in enumerate(interventions):
        committed = position < len(problem.commitments)
        if isinstance(entry, ReduceEntries):
            ready = entry.from_year - 1 + entry.lead_time_years
            head = (entry.name, entry.kind, "", entry.option_id, entry.from_year, 1)
            table.append((*head, 0, entry.capital_gbp, ready, committed))
        if not isinstance(entry, Opening):
            continue
        place = next(places)
        capital_by_year = entry.capital_by_year(problem.years)
        for year, units in enumerate(entry.units_by_year(problem.years).tolist(), start=1):
            if units:
                size, capital = round(units * entry.places), float(capital_by_year[year - 1])
                ready = year - 1 + entry.lead_time_years
                head = (entry.name, entry.kind, areas[place], entry.option_id, year, round(units))
                table.append((*head, size, capital, ready, committed))
    return pd.DataFrame(table, columns=columns)


def _weighted(problem: Problem, solved: Solved, which: str) -> Floats:
    """Return the expected values of `use`, `serve` or `away` by item and year."""
    m = solved.siting
    item, year, sample, column, count = {
        "use": (m.use_link, m.use_year, m.use_sample, m.use_column, len(problem.atoms.link_atom)),
        "serve": (m.serve_hop, m.serve_year, m.serve_sample, m.serve_column, len(problem.atoms.hop_node)),
        "away": (m.away_atom, m.away_year, m.away_sample, m.away_column, len(problem.atoms.table)),
    }[which]
    out = np.zeros((count, problem.years))
    np.add.at(out, (item, year), solved.solution[column] * problem.weights[sample])
    return out


def _by_place(problem: Problem, solved: Solved) -> Floats:
    """Return expected child-years served by place and year."""
    out = np.zeros((len(problem.places), problem.years))
    np.add.at(out, problem.atoms.hop_place, _weighted(problem, solved, "serve"))
    return out


def _child_years(problem: Problem, left: Problem, solved: Solved) -> pd.DataFrame:
    need, after = (values @ problem.weights for values in (problem.demand.need, left.demand.need))
    away_atoms = _weighted(problem, solved, "away")
    away = problem.atoms.spread(after, away_atoms) + problem.atoms.out_of_reach(after)
    groups = problem.demand.groups[list(GROUP_COLUMNS)]
    out = groups.loc[groups.index.repeat(problem.years)].reset_index(drop=True)
    out["year"] = np.tile(np.arange(1, problem.years + 1), len(groups))
    out["need"], out["prevented"] = need.ravel(), (need - after).ravel()
    out["away"] = np.minimum(away, after).ravel()
    out["kept_local"] = out["need"] - out["prevented"] - out["away"]
    return out


def _serves(problem: Problem, solved: Solved) -> pd.DataFrame:
    """Split what passes each node between places and atoms in proportion, and atoms between groups by their need."""
    atoms = problem.atoms
    use, serve = _weighted(problem, solved, "use"), _weighted(problem, solved, "serve")
    through = np.zeros((len(atoms.nodes), problem.years))
    np.add.at(through, atoms.hop_node, serve)
    share = np.divide(serve, through[atoms.hop_node], out=np.zeros_like(serve), where=through[atoms.hop_node] > 1e-9)
    need = problem.demand.need @ problem.weights
    atom_need = atoms.need(need)
    links = pd.DataFrame({"link": np.arange(len(atoms.link_atom)), "atom": atoms.link_atom, "node": atoms.link_node})
    hops = pd.DataFrame({"hop": np.arange(len(atoms.hop_node)), "node": atoms.hop_node, "place": atoms.hop_place})
    parts = atoms.parts[atoms.parts["atom"] >= 0]
    ways = links.merge(parts, on="atom").merge(hops, on="node")
    tables = []
    for year in range(problem.years):
        own = ways["share"].to_numpy() * need[ways["group"], year]
        total = atom_need[ways["atom"], year]
        part = np.divide(own, total, out=np.zeros_like(own), where=total > 1e-12)
        flow = use[ways["link"], year] * share[ways["hop"], year] * part
        keep = flow > 1e-6
        kept = ways[keep]
        tables.append(
            pd.DataFrame(
                {
                    "place": problem.places["place"].to_numpy(object)[kept["place"]],
                    "group": problem.demand.groups["group"].to_numpy(object)[kept["group"]],
                    "year": year + 1,
                    "child_years": flow[keep],
                    "miles": atoms.hop_miles[kept["hop"]],
                }
            )
        )
    table = pd.concat(tables, ignore_index=True)
    return table.groupby(["place", "group", "year"], as_index=False).agg({"child_years": "sum", "miles": "first"})


def _by_year(
    problem: Problem, left: Problem, solved: Solved, interventions: tuple[Intervention, ...], else_paid: Floats
) -> pd.DataFrame:
    years, weights = problem.years, problem.weights
    served = _by_place(problem, solved)
    new = problem.places["is_new"].to_numpy(bool)
    weekly = cost_per_child_year(problem.places["weekly_cost_gbp"].to_numpy(float))
    need, after = (values @ weights for values in (problem.demand.need, left.demand.need))
    away = _weighted(problem, solved, "away")
    away_cost = cost_per_child_year(problem.atoms.table["away_cost_gbp"].to_numpy(float))
    out = pd.DataFrame(index=pd.RangeIndex(1, years + 1, name="year"))
    out["capital_gbp"] = sum((entry.capital_by_year(years) for entry in interventions), np.zeros(years))
    out["fixed_running_gbp"] = sum((entry.yearly_cost_by_year(years) for entry in interventions), np.zeros(years))
    out["use_running_gbp"] = (weekly[new, None] * served[new]).sum(axis=0)
    out["gross_running_gbp"] = out["fixed_running_gbp"] + out["use_running_gbp"]
    paid = (away_cost[:, None] * away).sum(axis=0) + (weekly[~new, None] * served[~new]).sum(axis=0)
    out["avoided_gbp"] = else_paid - paid
    out["net_gbp"] = out["capital_gbp"] + out["gross_running_gbp"] - out["avoided_gbp"]
    out["need"] = need.sum(axis=0)
    out["prevented"] = (need - after).sum(axis=0)
    out["kept_local"] = served.sum(axis=0)
    out["kept_by_new"] = served[new].sum(axis=0)
    out["away"] = out["need"] - out["prevented"] - out["kept_local"]
    return out


def paid_with_nothing(problem: Problem) -> Floats:
    """Return what would be paid for the same need with the places there are today, by year."""
    new = problem.places["is_new"].to_numpy(bool)
    place_cost = cost_per_child_year(problem.places["weekly_cost_gbp"].to_numpy(float))
    away_cost = cost_per_child_year(problem.atoms.table["away_cost_gbp"].to_numpy(float))
    transport = Transport(problem.atoms, len(problem.places), place_cost, away_cost)
    out = np.zeros(problem.years)
    for year in range(problem.years):
        flows = transport.solve(problem.need[:, year], np.where(new, 0.0, problem.fixed_capacity[:, year]))
        paid = away_cost @ flows.away + place_cost[problem.atoms.hop_place] @ flows.serve
        out[year] = paid @ problem.weights
    return out


def _idle(problem: Problem, openings: list[Opening], rows: list[int], served: Floats) -> pd.DataFrame:
    """Return usable places not used; a place that several interventions share is split by their places."""
    years = problem.years
    usable = np.array([entry.places_by_year(years) * entry.planned_occupancy for entry in openings]).reshape(-1, years)
    total = np.zeros((len(problem.places), years))
    np.add.at(total, np.array(rows, np.intp), usable)
    used = np.zeros_like(usable)
    for position, place in enumerate(rows):
        share = np.divide(usable[position], total[place], out=np.zeros(years), where=total[place] > 1e-9)
        used[position] = served[place] * share
    table = pd.DataFrame(
        {
            "name": np.repeat([entry.name for entry in openings], years) if openings else pd.Series(dtype=object),
            "place": np.repeat(problem.places["place"].to_numpy(object)[rows], years),
            "year": np.tile(np.arange(1, years + 1), len(openings)),
            "usable": usable.ravel(),
            "used": np.minimum(used, usable).ravel(),
        }
    )
    table["idle"] = table["usable"] - table["used"]
    return table
