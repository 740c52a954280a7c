"""Which need can use which place? Demand cut into atoms that are alike, and the ways along which they can be served.

A demand group is cut where its children differ in what suits them: by the nested shares of `suitability`, and by sex if
a single-sex place is in reach (half each: assumed). Atoms of one area that can use the very same places, and cost the
same away, are merged: the model then has as many rows as there are different needs, not as there are names for them.

Places of one sort (provision, needs, ages, sex) suit the same children, so the way from an atom to a place goes by a
node, one for each area and sort: *links* lead from atoms to nodes (what suits), *hops* from nodes to places (what is
near enough). That says the same as one arc for each atom and place, with several times fewer of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.geography.distance import miles
from placements.interventions.suitability import (
    age_span,
    needs_taken,
    suitable_share,
    takes_age_band,
    takes_need,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
#: What makes an atom: area, cost away, sorts of place in reach, and a label that keeps it apart.
_Key = tuple[str, float, tuple[int, ...], str]

#: Children live there, so it need not be near school hours: the setting's travel limit holds. A school day does not
#: allow as much: 45 minutes by road for primary pupils is about 12 miles in a straight line (assumed).
SCHOOL_TRAVEL_MILES: Final = 12.0
#: Part of each group that is of either sex (assumed; only matters beside single-sex places).
SHARE_OF_EACH_SEX: Final = 0.5


@dataclass(frozen=True)
class Atoms:
    """Demand as a plan sees it, and how it can be met.

    Attributes
    ----------
    table : DataFrame
        One row per atom: `atom` (id), `area`, `away_cost_gbp`. One that no place can serve is among them only if it
        could be prevented.
    parts : DataFrame
        What atoms are made of: `atom` (position, -1 if nothing can be done for it), `group` (position), `share` of the
        group.
    nodes : DataFrame
        One row per area and sort of place: `node` (id), `area`.
    link_atom, link_node : ndarray of int (links,)
        Positions; sorted by atom.
    hop_node, hop_place : ndarray of int (hops,)
        Positions; sorted by node.
    hop_miles : ndarray (hops,)
        From the centre of the area to the place.
    """

    table: pd.DataFrame
    parts: pd.DataFrame
    nodes: pd.DataFrame
    link_atom: Ints
    link_node: Ints
    hop_node: Ints
    hop_place: Ints
    hop_miles: Floats

    def need(self, group_need: Floats) -> Floats:
        """Return need by atom from need by group (first axis), any further axes kept."""
        parts = self.parts[self.parts["atom"] >= 0]
        out = np.zeros((len(self.table), *group_need.shape[1:]))
        np.add.at(out, parts["atom"].to_numpy(), _column(parts["share"], group_need) * group_need[parts["group"]])
        return out

    def out_of_reach(self, group_need: Floats) -> Floats:
        """Return the need of each group for which nothing can be done, shaped as `group_need`."""
        lost = self.parts[self.parts["atom"] < 0]
        share = np.zeros(len(group_need))
        np.add.at(share, lost["group"].to_numpy(), lost["share"].to_numpy(float))
        return np.asarray(group_need * share.reshape(-1, *([1] * (group_need.ndim - 1))))

    def spread(self, group_need: Floats, atom_value: Floats) -> Floats:
        """Return a quantity by atom (first axis) as one by group, in proportion to each part's need."""
        parts = self.parts[self.parts["atom"] >= 0]
        own = _column(parts["share"], group_need) * group_need[parts["group"]]
        total = self.need(group_need)[parts["atom"]]
        part = np.divide(own, total, out=np.zeros_like(own), where=total > 0)
        out = np.zeros(group_need.shape)
        np.add.at(out, parts["group"].to_numpy(), part * atom_value[parts["atom"]])
        return out


def _column(share: pd.Series, like: Floats) -> Floats:
    return share.to_numpy(float).reshape(-1, *([1] * (like.ndim - 1)))


def travel_limit(service: str, care_limit_miles: float) -> float:
    """Return how far a place may be from the centre of the area, in straight-line miles."""
    return min(care_limit_miles, SCHOOL_TRAVEL_MILES) if service == codes.EDUCATION else care_limit_miles


def match(
    groups: pd.DataFrame,
    places: pd.DataFrame,
    areas: pd.DataFrame,
    care_limit_miles: float,
    part_of_area: Mapping[str, str] | None = None,
    *,
    preventable: npt.NDArray[np.bool_] | None = None,
    apart: pd.Series | None = None,
) -> Atoms:
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
    part_of_area : mapping of str to str, optional
        Where the authority is planned for in parts: a place in another part is out of reach.
    preventable : ndarray of bool (groups,), optional
        Groups of which some need could be prevented: what no place can serve of them makes atoms too.
    apart : Series, optional
        Groups that differ in it are never merged.
    """
    kept = np.zeros(len(groups), bool) if preventable is None else preventable
    label = [""] * len(groups) if apart is None else apart.astype("str").tolist()
    areas = areas[areas["area"].isin(groups["area"])].reset_index(drop=True)
    sorts, sort_of = _sorts(places)
    near = _near(areas, places, care_limit_miles)
    if part_of_area is not None:
        own, theirs = (frame["area"].astype("str").map(part_of_area).to_numpy(object) for frame in (areas, places))
        near = near[0] & (own[:, None] == theirs), near[1]
    there = np.zeros((len(areas), len(sorts)), bool)
    for place, sort in enumerate(sort_of):
        there[:, sort] |= near[0][:, place]
    kinds = groups[["service", "provision", "need_group", "age_band"]]
    shares = {key: _shares(sorts, *key) for key in kinds.drop_duplicates().itertuples(index=False, name=None)}
    sexes = np.array([sort[4] for sort in sorts], dtype=object)
    position = {area: row for row, area in enumerate(areas["area"])}
    atoms: dict[_Key, int] = {}
    parts: list[tuple[int, int, float]] = []
    rows = zip(kinds.itertuples(index=False, name=None), groups["area"], groups["away_cost_gbp"], strict=True)
    for number, (key, area, cost) in enumerate(rows):
        for share, suits in _pieces(shares[key] * there[position[area]], sexes):
            reach = tuple(int(sort) for sort in np.flatnonzero(suits))
            key_of = (area, float(cost), reach, label[number])
            atom = atoms.setdefault(key_of, len(atoms)) if reach or kept[number] else -1
            parts.append((atom, number, share))
    frame = pd.DataFrame(parts, columns=["atom", "group", "share"]).astype({"atom": int, "group": int, "share": float})
    merged = frame.groupby(["atom", "group"])[["share"]].sum().reset_index()
    return _assembled(list(atoms), merged, areas, sort_of, near)


def _sorts(places: pd.DataFrame) -> tuple[list[tuple[str, tuple[str, ...], float, float, str]], Ints]:
    """Return the different sorts of place, and the sort of each place."""
    columns = ("provision", "needs", "age_low", "age_high", "sex")
    keys = []
    for kind, needs, low, high, sex in zip(*(places[column] for column in columns), strict=True):
        service = _service(kind)
        keys.append((kind, needs_taken(service, needs), *age_span(service, low, high), sex))
    sorts = sorted(set(keys))
    position = {key: number for number, key in enumerate(sorts)}
    return sorts, np.array([position[key] for key in keys], np.intp)


def _service(provision: str) -> str:
    return codes.CARE if provision in codes.CARE_PROVISION else codes.EDUCATION


def _near(areas: pd.DataFrame, places: pd.DataFrame, limit: float) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Return which places each area can use by distance, and the miles."""
    distance = miles(
        areas["easting"].to_numpy(float)[:, None],
        areas["northing"].to_numpy(float)[:, None],
        places["easting"].to_numpy(float),
        places["northing"].to_numpy(float),
    )
    limits = np.array([travel_limit(_service(kind), limit) for kind in places["provision"]])
    return distance <= limits + 1e-9, distance


def _shares(
    sorts: list[tuple[str, tuple[str, ...], float, float, str]],
    service: str,
    provision: str,
    need_group: str,
    age_band: str,
) -> Floats:
    """Return the share of one kind of demand that each sort of place suits, sex aside."""
    share = np.zeros(len(sorts))
    for number, (kind, needs, low, high, _) in enumerate(sorts):
        if takes_need(needs, need_group) and takes_age_band(service, age_band, low, high):
            share[number] = suitable_share(provision, kind, need_group, age_band)
    return share


def _pieces(share: Floats, sexes: npt.NDArray[np.object_]) -> list[tuple[float, npt.NDArray[np.bool_]]]:
    """Return the pieces of a group, cut by nested share and by sex: part of the group, and which sorts suit it."""
    single = (share > 0) & (sexes != "any")
    out = []
    for own, part in (("M", SHARE_OF_EACH_SEX), ("F", SHARE_OF_EACH_SEX)) if single.any() else (("any", 1.0),):
        suits = share * ((sexes == "any") | (sexes == own))
        edges = np.unique(np.concatenate([[0.0, 1.0], suits]))
        out += [(part * (high - low), suits >= high - 1e-12) for low, high in itertools.pairwise(edges.tolist())]
    return out


def _assembled(
    atoms: list[_Key],
    parts: pd.DataFrame,
    areas: pd.DataFrame,
    sort_of: Ints,
    near: tuple[npt.NDArray[np.bool_], Floats],
) -> Atoms:
    nodes = sorted({(area, sort) for area, _, reach, _ in atoms for sort in reach})
    number = {node: position for position, node in enumerate(nodes)}
    row = {area: position for position, area in enumerate(areas["area"])}
    links = [(atom, number[area, sort]) for atom, (area, _, reach, _) in enumerate(atoms) for sort in reach]
    hops = [
        (position, int(place))
        for position, (area, sort) in enumerate(nodes)
        for place in np.flatnonzero(near[0][row[area]] & (sort_of == sort))
    ]
    link_atom, link_node = np.array(links, np.intp).reshape(-1, 2).T
    hop_node, hop_place = np.array(hops, np.intp).reshape(-1, 2).T
    at = np.array([row[area] for area, _ in nodes], np.intp)
    return Atoms(
        table=pd.DataFrame(
            {
                "atom": pd.Series([f"{key[0]}#{position}" for position, key in enumerate(atoms)], dtype="str"),
                "area": pd.Series([key[0] for key in atoms], dtype="str"),
                "away_cost_gbp": pd.Series([key[1] for key in atoms], dtype=float),
            }
        ),
        parts=parts,
        nodes=pd.DataFrame(
            {
                "node": pd.Series([f"{area}~{sort}" for area, sort in nodes], dtype="str"),
                "area": pd.Series([area for area, _ in nodes], dtype="str"),
            }
        ),
        link_atom=link_atom,
        link_node=link_node,
        hop_node=hop_node,
        hop_place=hop_place,
        hop_miles=near[1][at[hop_node], hop_place] if len(hop_node) else np.zeros(0),
    )
