"""Which need can use which place? Demand cut into atoms that are alike, and the arcs along which they can be served.

A demand group is cut where its children differ in what suits them: by the nested shares of `suitability`, and by sex if
a single-sex place is in reach (half each: assumed). Atoms of one area that can use the very same places, and cost the
same away, are merged: the model then has as many rows as there are different needs, not as there are names for them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.geography.distance import miles
from placements.interventions.suitability import suitable_share, takes_age_band, takes_need

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Children live there, so it need not be near school hours: the setting's travel limit holds. A school day does not
#: allow as much: 45 minutes by road for primary pupils is about 12 miles in a straight line (assumed).
SCHOOL_TRAVEL_MILES: Final = 12.0
#: Part of each group that is of either sex (assumed; only matters beside single-sex places).
SHARE_OF_EACH_SEX: Final = 0.5


@dataclass(frozen=True)
class Atoms:
    """Demand as a plan sees it.

    Attributes
    ----------
    table : DataFrame
        One row per atom: `atom` (id), `area`, `away_cost_gbp`.
    parts : DataFrame
        What atoms are made of: `atom` (position, -1 if no place is in reach), `group` (position), `share` of the group.
    arc_atom, arc_place : ndarray of int (arcs,)
        Positions; sorted by atom, then place.
    arc_miles : ndarray (arcs,)
        From the centre of the area to the place.
    """

    table: pd.DataFrame
    parts: pd.DataFrame
    arc_atom: Ints
    arc_place: Ints
    arc_miles: Floats

    def need(self, group_need: Floats) -> Floats:
        """Return need by atom from need by group (first axis), any further axes kept."""
        return self._sum(group_need, self.parts["atom"].to_numpy() >= 0, len(self.table))

    def out_of_reach(self, group_need: Floats) -> Floats:
        """Return the need of each group that no place can serve, shaped as `group_need`."""
        lost = self.parts["atom"].to_numpy() < 0
        share = np.zeros(len(group_need))
        np.add.at(share, self.parts["group"].to_numpy()[lost], self.parts["share"].to_numpy()[lost])
        return np.asarray(group_need * share.reshape(-1, *([1] * (group_need.ndim - 1))))

    def _sum(self, group_need: Floats, rows: npt.NDArray[np.bool_], size: int) -> Floats:
        parts = self.parts[rows]
        out = np.zeros((size, *group_need.shape[1:]))
        share = parts["share"].to_numpy(float).reshape(-1, *([1] * (group_need.ndim - 1)))
        np.add.at(out, parts["atom"].to_numpy(), share * group_need[parts["group"].to_numpy()])
        return out

    def spread(self, group_need: Floats, atom_value: Floats) -> Floats:
        """Return a quantity by atom (first axis) as one by group, in proportion to each part's need."""
        rows = self.parts["atom"].to_numpy() >= 0
        parts = self.parts[rows]
        share = parts["share"].to_numpy(float).reshape(-1, *([1] * (group_need.ndim - 1)))
        own = share * group_need[parts["group"].to_numpy()]
        total = self.need(group_need)[parts["atom"].to_numpy()]
        part = np.divide(own, total, out=np.zeros_like(own), where=total > 0)
        out = np.zeros(group_need.shape)
        np.add.at(out, parts["group"].to_numpy(), part * atom_value[parts["atom"].to_numpy()])
        return out


def travel_limit(service: str, care_limit_miles: float) -> float:
    """Return how far a place may be from the centre of the area, in straight-line miles."""
    return min(care_limit_miles, SCHOOL_TRAVEL_MILES) if service == codes.EDUCATION else care_limit_miles


def match(groups: pd.DataFrame, places: pd.DataFrame, areas: pd.DataFrame, care_limit_miles: float) -> Atoms:
    """Cut and merge demand groups by the places in reach.

    Parameters
    ----------
    groups : DataFrame
        `area, service, need_group, age_band, provision, away_cost_gbp`.
    places : DataFrame
        `places.COLUMNS`.
    areas : DataFrame
        `schemas.AREAS`.
    care_limit_miles : float
    """
    distance = _distances(areas, places)
    kinds = groups[["service", "provision", "need_group", "age_band"]]
    pieces = {key: _pieces(places, *key) for key in kinds.drop_duplicates().itertuples(index=False, name=None)}
    position = {area: row for row, area in enumerate(areas["area"])}
    atoms: dict[tuple[str, float, tuple[int, ...]], int] = {}
    parts: list[tuple[int, int, float]] = []
    columns = zip(
        kinds.itertuples(index=False, name=None), groups["area"], groups["away_cost_gbp"].astype(float), strict=True
    )
    for number, (key, area, cost) in enumerate(columns):
        near = distance[position[area]] <= travel_limit(key[0], care_limit_miles) + 1e-9
        for share, suits in pieces[key]:
            reach = tuple(int(place) for place in np.flatnonzero(suits & near))
            atom = atoms.setdefault((area, cost, reach), len(atoms)) if reach else -1
            parts.append((atom, number, share))
    return _assembled(atoms, parts, distance, position)


def _distances(areas: pd.DataFrame, places: pd.DataFrame) -> Floats:
    return miles(
        areas["easting"].to_numpy(float)[:, None],
        areas["northing"].to_numpy(float)[:, None],
        places["easting"].to_numpy(float),
        places["northing"].to_numpy(float),
    )


def _pieces(
    places: pd.DataFrame, service: str, provision: str, need_group: str, age_band: str
) -> list[tuple[float, npt.NDArray[np.bool_]]]:
    """Return the pieces of one kind of demand: share of the group, and which places suit it."""
    columns = zip(*(places[c] for c in ("provision", "needs", "age_low", "age_high", "sex")), strict=True)
    share, sex = np.zeros(len(places)), np.full(len(places), "any", dtype=object)
    for number, (kind, needs, low, high, place_sex) in enumerate(columns):
        if takes_need(needs, need_group) and takes_age_band(service, age_band, low, high):
            share[number] = suitable_share(provision, kind, need_group, age_band)
            sex[number] = place_sex
    single = (share > 0) & (sex != "any")
    out = []
    for own, part in (("M", SHARE_OF_EACH_SEX), ("F", SHARE_OF_EACH_SEX)) if single.any() else (("any", 1.0),):
        suits = share * ((sex == "any") | (sex == own))
        edges = np.unique(np.concatenate([[0.0, 1.0], suits]))
        out += [(part * (high - low), suits >= high - 1e-12) for low, high in itertools.pairwise(edges.tolist())]
    return out


def _assembled(
    atoms: dict[tuple[str, float, tuple[int, ...]], int],
    parts: list[tuple[int, int, float]],
    distance: Floats,
    position: dict[str, int],
) -> Atoms:
    reach = [np.array(key[2], np.intp) for key in atoms]
    arc_atom = np.repeat(np.arange(len(reach)), [len(places) for places in reach]).astype(np.intp)
    arc_place = np.concatenate(reach) if reach else np.zeros(0, np.intp)
    rows = np.array([position[key[0]] for key in atoms], np.intp)
    table = pd.DataFrame(
        {
            "atom": pd.Series([f"{key[0]}#{number}" for key, number in atoms.items()], dtype="str"),
            "area": pd.Series([key[0] for key in atoms], dtype="str"),
            "away_cost_gbp": pd.Series([key[1] for key in atoms], dtype=float),
        }
    )
    frame = pd.DataFrame(parts, columns=["atom", "group", "share"])
    frame = frame.astype({"atom": int, "group": int, "share": float})
    merged = frame.groupby(["atom", "group"])[["share"]].sum().reset_index()
    arc_miles = distance[rows[arc_atom], arc_place] if len(arc_atom) else np.zeros(0)
    return Atoms(table, merged, arc_atom, arc_place, arc_miles)
