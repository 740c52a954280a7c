"""Which small areas are joined, so that each holds enough children for its figures to be published?

    while an area has fewer children than the minimum and is not the only one:
        take the area with the fewest children (a tie: that of the fewest parts, then the first in order)
        join it to the adjoining area with the longest shared border: to one that has too few itself, if there is any;
        an area that adjoins none, such as an island, joins the one whose centre is nearest

Joining those that are short makes more areas, and the longest border rounder ones, than joining the adjoining area with
the fewest children, which strings empty cells into chains (Surrey by H3 cells of 0.7 square kilometres: 70 areas, none
of more than a tenth of the cells, against 59 of which one takes three quarters).

Children are counted for each service apart, because tables are: the fewest of an area is that of the service with
fewest. Joined areas adjoin, so a joined area is in one piece whenever its parts are and no island is among them. The
answer depends on the areas and their counts, never on the order of rows.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass
class _Group:
    """Areas joined so far, with what decides who joins whom."""

    members: list[str]
    counts: np.ndarray[tuple[int], np.dtype[np.float64]]
    centre_sum: np.ndarray[tuple[int], np.dtype[np.float64]]
    borders: dict[str, float]

    @property
    def size(self) -> tuple[float, float, int]:
        """Return the fewest children of any service, the children of all of them, and the number of parts."""
        return float(self.counts.min()), float(self.counts.sum()), len(self.members)

    @property
    def centre(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the middle of the members' centres."""
        return np.asarray(self.centre_sum / len(self.members))


def merge_small(
    areas: pd.DataFrame, counts: pd.Series | pd.DataFrame, neighbours: pd.DataFrame, minimum: float
) -> dict[str, str]:
    """Return the joined area of each area.

    Parameters
    ----------
    areas : DataFrame
        `area, easting, northing` (metres): each area and its centre.
    counts : Series or DataFrame
        Children by area; several columns are services, and each has to reach the minimum. An area without a row has
        none.
    neighbours : DataFrame
        `label, adjoining, shared_edges`, each pair both ways round (`adjoining.neighbours`).
    minimum : float
        The fewest children an area may have; 0 joins nothing.

    Returns
    -------
    dict of str to str
        By area, in order: the area itself, or, joined, `FIRST+n`: the first of its areas in order and how many more,
        with further `+` if an area is called that already. Each joined area reaches the minimum in every service, or is
        all there is.
    """
    groups = _groups(areas, counts, neighbours)
    queue = [(group.size, name) for name, group in groups.items()]
    heapq.heapify(queue)
    while queue and len(groups) > 1:
        size, name = heapq.heappop(queue)
        if name not in groups or groups[name].size != size:
            continue  # it has been joined since
        if size[0] >= minimum:
            break
        kept = _join(groups, name, _partner(groups, name, minimum))
        heapq.heappush(queue, (groups[kept].size, kept))
    taken = set(areas["area"].astype("str"))
    merged: dict[str, str] = {}
    for _, group in sorted(groups.items()):
        members = sorted(group.members)
        label = members[0] if len(members) == 1 else _label(members, taken)
        taken.add(label)
        merged |= dict.fromkeys(members, label)
    return dict(sorted(merged.items()))


def _label(members: Sequence[str], taken: set[str]) -> str:
    """Return `FIRST+n`, followed by as many `+` as tell it from a code of the user's own that looks the same."""
    label = f"{members[0]}+{len(members) - 1}"
    while label in taken:
        label += "+"
    return label


def joined_names(merged: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the name of each joined area: "GU1 1 and GU1 2", "GU1 1 and 3 more"; a lone area keeps its own."""
    members: dict[str, list[str]] = defaultdict(list)
    for area in sorted(merged):
        members[merged[area]].append(area)
    return {label: _name([names[area] for area in parts]) for label, parts in sorted(members.items())}


def _name(names: Sequence[str]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


def _groups(areas: pd.DataFrame, counts: pd.Series | pd.DataFrame, neighbours: pd.DataFrame) -> dict[str, _Group]:
    table = areas.set_index("area").sort_index()
    children = pd.DataFrame(counts).reindex(table.index).fillna(0.0)
    xy = table[["easting", "northing"]].to_numpy(float)
    rows = zip(table.index, children.to_numpy(float), xy, strict=True)
    groups = {str(area): _Group([str(area)], count, at, {}) for area, count, at in rows}
    for one, other, edges in zip(*(neighbours[c] for c in ("label", "adjoining", "shared_edges")), strict=True):
        if one in groups and other in groups:
            groups[one].borders[other] = float(edges)
    return groups


def _partner(groups: Mapping[str, _Group], name: str, minimum: float) -> str:
    own = groups[name]
    if own.borders:
        return min(
            own.borders,
            key=lambda other: (groups[other].size[0] >= minimum, -own.borders[other], *groups[other].size, other),
        )
    others = (other for other in groups if other != name)
    return min(others, key=lambda other: (float(np.hypot(*(groups[other].centre - own.centre))), other))


def _join(groups: dict[str, _Group], one: str, other: str) -> str:
    """Join two groups under the name that comes first, and return it."""
    kept, gone = min(one, other), max(one, other)
    into, from_ = groups[kept], groups.pop(gone)
    into.members += from_.members
    into.counts = into.counts + from_.counts
    into.centre_sum = into.centre_sum + from_.centre_sum
    for next_to, edges in from_.borders.items():
        del groups[next_to].borders[gone]
        if next_to != kept:
            into.borders[next_to] = into.borders.get(next_to, 0.0) + edges
            groups[next_to].borders[kept] = into.borders[next_to]
    return kept
