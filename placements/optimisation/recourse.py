"""What would one more place be worth, by need and area, if nothing else of the plan changed?

::

  for each year and sample, the plan's places being what they are, the greatest flow
  from         need[g] of each atom, and lost[e]: need of e that no place can reach       e: an area and a need
  through      nodes to places as in `model`, or from the part of an atom that is of e (and from lost[e]) to extra[e]
  to           places, no more than is usable, and extra[e]

One extra place after another is raised from 0 to 1 and the flow found again: that is its gain, to a millionth of a
child-year. Where no more could flow to it while it is 0 it gains nothing; elsewhere it is used by one child at the
most, which bounds the gain. Limits on running cost and minimum occupancy are left out: an extra place would be paid for
besides.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from ortools.graph.python import max_flow

from placements.errors import PlacementsError
from placements.optimisation.decomposed.networks import ENDLESS, UNITS, Networks, whole
from placements.optimisation.model import decisions_alone
from placements.optimisation.opened import usable_places
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

CELL: Final = ["area", "service", "need_group"]
_NONE: Final = 1e-9


def one_more_place(problem: Problem, units: Floats, seconds: float) -> pd.DataFrame:
    """Return the gain of one more place for each need and area, which any child of that need and area could use.

    Parameters
    ----------
    problem : Problem
    units : ndarray (options, years)
        What the plan takes.
    seconds : float
        The cells with the largest bounds are solved first; with no time, nothing is.

    Returns
    -------
    DataFrame
        `area, service, need_group, need` (child-years that a plan could keep local, all years), `gain` (child-years,
        all years; missing when there was no time) and `at_most` (a bound of the gain), largest first.
    """
    ends = time.monotonic() + seconds
    problem = problem.after_prevention(units)
    cells = _cells(problem)
    table = cells.assign(gain=np.nan, at_most=np.inf)
    if not seconds or cells.empty:
        return table
    flows = _Flows(problem, units, len(cells))
    table["at_most"] = flows.at_most()
    table = table.sort_values("at_most", ascending=False, kind="stable")
    for cell in table.index:
        if table.loc[cell, "at_most"] <= _NONE:
            table.loc[cell, "gain"] = 0.0
        elif time.monotonic() < ends:
            table.loc[cell, "gain"] = flows.gain(int(cell))
    # Of those that gain alike, to a part in a million, the greatest need first.
    table["order"] = table["gain"].fillna(table["at_most"]).round(6)
    table = table.sort_values(["order", "need"], ascending=False, kind="stable")
    return table.drop(columns="order").reset_index(drop=True)


def _cells(problem: Problem) -> pd.DataFrame:
    groups = problem.demand.groups
    need = pd.Series((problem.demand.need @ problem.weights).sum(axis=1), index=groups.index)
    table = need.groupby([groups[column] for column in CELL]).sum().rename("need").reset_index()
    return table[table["need"] > _NONE].reset_index(drop=True)


class _Flows:
    """Maximum flows by year and sample with the plan's places: without more of them, and with one more of a cell."""

    def __init__(self, problem: Problem, units: Floats, cells: int) -> None:
        self._problem, self._cells = problem, cells
        self._ways = Networks(problem, decisions_alone(problem)).ways
        self._usable = whole(usable_places(problem, units))
        self._pairs, self._lost = _shares(problem)
        self._base = [0] * len(self._ways)
        #: Where one more place of a cell would be used at all, (networks, cells).
        self._used = np.zeros((len(self._ways), cells), bool)
        for number in range(len(self._ways)):
            self._base[number], self._used[number] = self._solve(number, np.arange(cells), 0)

    def at_most(self) -> Floats:
        """Return the gains there can be: a place used at all is used by one child at the most, (cells,)."""
        return np.asarray(self._weights @ self._used)

    def gain(self, cell: int) -> float:
        """Return the gain of one more place of a cell."""
        more = np.zeros(len(self._ways))
        for number in np.flatnonzero(self._used[:, cell]):
            more[number] = self._solve(int(number), np.array([cell]), UNITS)[0] - self._base[number]
        return float(self._weights @ more) / UNITS

    @property
    def _weights(self) -> Floats:
        return np.array([self._problem.weights[ways.sample] for ways in self._ways])

    def _solve(self, number: int, cells: Ints, extra: int) -> tuple[int, npt.NDArray[np.bool_]]:
        """Return the greatest flow with `extra` places of each cell, and which of them more would flow to."""
        ways, group_need = (
            self._ways[number],
            self._problem.demand.need[:, self._ways[number].year, self._ways[number].sample],
        )
        atom = 1
        node = atom + len(ways.atoms)
        place = node + len(ways.through)
        more = place + len(self._usable)
        sink = more + len(cells)
        position = np.full(len(self._problem.need), -1, np.intp)
        position[ways.atoms] = np.arange(len(ways.atoms))
        pairs, lost = (table[table["cell"].isin(cells)] for table in (self._pairs, self._lost))
        from_atom = position[pairs["atom"].to_numpy(np.intp)]
        pairs, from_atom = pairs[from_atom >= 0], from_atom[from_atom >= 0]
        to_pair, to_lost = (more + np.searchsorted(cells, table["cell"]) for table in (pairs, lost))
        own, gone = (table["share"].to_numpy(float) * group_need[table["group"]] for table in (pairs, lost))
        places = np.arange(place, more)
        ends = np.arange(more, sink)
        tail = [np.zeros(len(ways.atoms), np.intp), atom + ways.link_atom, node + ways.hop_node, places]
        tail += [atom + from_atom, np.zeros(len(to_lost), np.intp), ends]
        head = [np.arange(atom, node), node + ways.link_node, place + ways.hop_place, np.full(len(places), sink)]
        head += [to_pair, to_lost, np.full(len(cells), sink)]
        free = np.full(len(ways.link_atom) + len(ways.hop_node), ENDLESS)
        limit = [
            whole(ways.need),
            free,
            self._usable[:, ways.year],
            whole(own),
            whole(gone),
            np.full(len(cells), extra),
        ]
        flow = max_flow.SimpleMaxFlow()
        flow.add_arcs_with_capacity(
            np.concatenate(tail).astype(np.int32), np.concatenate(head).astype(np.int32), np.concatenate(limit)
        )
        if flow.solve(0, sink) != flow.OPTIMAL:
            raise PlacementsError("an allocation could not be solved; please report this")
        reached = np.zeros(sink + 1, bool)
        reached[np.asarray(flow.get_source_side_min_cut(), np.intp)] = True
        return int(flow.optimal_flow()), reached[more:sink]


def _shares(problem: Problem) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which part of each group, by cell, is in which atom (`atom`), and which no place can reach."""
    cells = _cells(problem).reset_index(names="cell")[["cell", *CELL]]
    groups = problem.demand.groups[CELL].reset_index(names="group").merge(cells, on=CELL)[["group", "cell"]]
    parts = problem.atoms.parts.merge(groups, on="group")
    return parts[parts["atom"] >= 0].reset_index(drop=True), parts[parts["atom"] < 0].reset_index(drop=True)
