"""Which beds does a plan have, from when, whom do they suit, and to which does it send whom?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.interventions import Opening
from placements.optimisation.child_by_child import Reach
from placements.optimisation.matching import Atoms, match
from placements.optimisation.places import existing_places, joined, opened_places
from placements.optimisation.plan import Plan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Beds:
    """The places of a plan as beds.

    Attributes
    ----------
    table : DataFrame
        `places.COLUMNS`: existing places first, then one row for each opening, in the plan's order.
    openings : tuple of Opening
    spare : ndarray (existing places,)
        Beds free today, expected: our share of vacancies need not be whole.
    ready : tuple of ndarray
        For each opening, when each of its beds is ready: years after the snapshot, sorted; those in time only.
    atoms : Atoms
        Demand groups cut by what suits them.
    reach : Reach
        For each atom the places that suit it within its travel limit, nearest first.
    parts : Ladder
        Rows are demand groups: the parts (rows of `atoms.parts`) that their children belong to.
    preferred : Ladder
        Rows are parts of groups x years: the places that the plan sends them to.
    years : int
    """

    table: pd.DataFrame
    openings: tuple[Opening, ...]
    spare: Floats
    ready: tuple[Floats, ...]
    atoms: Atoms
    reach: Reach
    parts: Ladder
    preferred: Ladder
    years: int

    @property
    def first_opening(self) -> int:
        """Return the position of the first opening among the places."""
        return len(self.spare)

    def drawn(self, rng: np.random.Generator) -> list[tuple[float, int]]:
        """Return each bed as (when it is ready, its place); spare ones are made whole by chance, their mean kept."""
        whole = np.floor(self.spare + rng.random(len(self.spare))).astype(np.intp)
        existing = [(0.0, place) for place in np.repeat(np.arange(len(whole)), whole).tolist()]
        opened = [(at, place) for place, beds in enumerate(self.ready, self.first_opening) for at in beds.tolist()]
        return existing + opened


@dataclass(frozen=True, eq=False)
class Ladder:
    """Weighted choices, many rows at once: entries sorted by row, their weights added up over all rows.

    Attributes
    ----------
    choice : ndarray of int (entries,)
    reached : ndarray (entries,)
        Weights added up.
    before : ndarray (rows + 1,)
        Weight reached before each row begins.
    """

    choice: Ints
    reached: Floats
    before: Floats

    @classmethod
    def of(cls, row: Ints, choice: Ints, weight: Floats, rows: int) -> Ladder:
        """Build from entries in any order; weights of 0 are left out."""
        order = np.lexsort((choice, row))
        order = order[weight[order] > 0]
        reached = np.cumsum(weight[order])
        first = np.searchsorted(row[order], np.arange(rows + 1))
        return cls(choice[order], reached, np.concatenate([[0.0], reached])[first])

    def draw(self, row: Ints, rng: np.random.Generator) -> Ints:
        """Return a choice for each row asked for, as likely as its weight; -1 where a row has none."""
        low, high = self.before[row], self.before[row + 1]
        at = np.searchsorted(self.reached, low + rng.random(len(row)) * (high - low), side="right")
        if not len(self.choice):
            return np.full(len(row), -1, np.intp)
        return np.asarray(np.where(high > low, self.choice[np.minimum(at, len(self.choice) - 1)], -1), np.intp)


def beds_of(county: County, plan: Plan, groups: pd.DataFrame, years: int) -> Beds:
    """Return the beds of a plan, existing spare ones too.

    Parameters
    ----------
    county : County
    plan : Plan
    groups : DataFrame
        Demand groups: `Forecast.groups`.
    years : int
    """
    openings = tuple(entry for entry in plan.interventions if isinstance(entry, Opening))
    existing = existing_places(county, years)
    table = joined(existing, opened_places(county, openings, years)).table
    # What it costs to be away would only keep atoms apart that the same places suit.
    atoms = match(groups.assign(away_cost_gbp=0.0), table, county.areas, plan.limits.travel_limit_miles)
    reach = Reach(_near(atoms), len(table))
    parts = atoms.parts
    of, number = parts["group"].to_numpy(np.intp), np.arange(len(parts))
    return Beds(
        table=table,
        openings=openings,
        spare=existing.capacity[:, 0],
        ready=tuple(_ready(entry, years) for entry in openings),
        atoms=atoms,
        reach=reach,
        parts=Ladder.of(of, number, parts["share"].to_numpy(float), len(groups)),
        preferred=_preferred(plan, groups, atoms, reach, _places_of_plan(plan, existing.table, openings, years)),
        years=years,
    )


def _ready(entry: Opening, years: int) -> Floats:
    """Return when each bed of an opening is ready: units are decided on at the start of a year.

    The beds of a year come one by one over the ramp-up. Of kept carers only whole beds count, each from the year in
    which it is made up.
    """
    beds = np.diff(np.floor(np.cumsum(entry.units_by_year(years)) * entry.places + 1e-9), prepend=0.0).astype(np.intp)
    step = np.concatenate([(np.arange(number) + 0.5) / number for number in beds if number] or [np.zeros(0)])
    at = np.repeat(np.arange(years) + entry.lead_time_years, beds) + entry.ramp_up_years * step
    return np.asarray(np.sort(at[at < years]), float)


def _near(atoms: Atoms) -> tuple[tuple[int, ...], ...]:
    ways = pd.DataFrame({"atom": atoms.link_atom, "node": atoms.link_node}).merge(
        pd.DataFrame({"node": atoms.hop_node, "place": atoms.hop_place, "miles": atoms.hop_miles}), on="node"
    )
    ways = ways.sort_values(["atom", "miles", "place"], kind="stable")
    found: list[list[int]] = [[] for _ in range(len(atoms.table))]
    for atom, place in zip(ways["atom"].tolist(), ways["place"].tolist(), strict=True):
        found[atom].append(place)
    return tuple(tuple(places) for places in found)


def _preferred(plan: Plan, groups: pd.DataFrame, atoms: Atoms, reach: Reach, places: pd.DataFrame) -> Ladder:
    """Return where the plan sends each part of a group in each year, by the child-years it counts on there."""
    years = len(plan.by_year)
    group = {name: position for position, name in enumerate(groups["group"])}
    serves = plan.serves.assign(group=plan.serves["group"].map(group)).merge(places, on=["place", "year"])
    parts = atoms.parts.reset_index(names="part")
    ways = serves.merge(parts[["part", "group", "atom"]], on="group")
    suits = {(atom, place) for atom, near in enumerate(reach.near) for place in near}
    pairs = zip(ways["atom"].tolist(), ways["bed_place"].tolist(), strict=True)
    ways = ways[np.fromiter((pair in suits for pair in pairs), bool, len(ways))]
    row = ways["part"].to_numpy(np.intp) * years + ways["year"].to_numpy(np.intp) - 1
    weight = (ways["child_years"] * ways["portion"]).to_numpy(float)
    return Ladder.of(row, ways["bed_place"].to_numpy(np.intp), weight, len(parts) * years)


def _places_of_plan(plan: Plan, existing: pd.DataFrame, openings: tuple[Opening, ...], years: int) -> pd.DataFrame:
    """Return which place here is which of the plan's: `place`, `year`, `bed_place`, `portion` of those sent there.

    A place of the plan that several openings add to is shared out by what is usable of each.
    """
    here = pd.DataFrame({"place": existing["place"].to_numpy(object), "bed_place": np.arange(len(existing))})
    here = here.merge(pd.DataFrame({"year": np.arange(1, years + 1)}), how="cross").assign(portion=1.0)
    number = len(existing) + np.repeat(np.arange(len(openings)), years)
    opened = plan.idle[["place", "year", "usable"]].assign(bed_place=number)
    usable = opened["usable"].to_numpy(float)
    total = opened.groupby(["place", "year"])["usable"].transform("sum").to_numpy(float)
    opened["portion"] = np.divide(usable, total, out=np.zeros(len(opened)), where=total > 0)
    parts = [part for part in (here, opened[["place", "year", "bed_place", "portion"]]) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else here
