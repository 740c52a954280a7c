"""How many can be kept local with what is opened? A maximum flow for each year and sample, and a minimum cut of it.

The flow goes from each atom of need through its nodes (area x sort of place) to places. Rules that hold on average over
the samples are not in it. Minimum occupancy takes nothing from the value all the same: a flow that fills places enough
grows to a greatest one along augmenting paths, which never take a child out of a place again (they end at places, and
pass through none); so if all that opens can be viable, it is so while the most are kept local.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from ortools.graph.python import max_flow
from scipy import sparse

from placements.optimisation.model import SitingModel, preventing_decisions
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

#: Flows are whole numbers of this part of a child-year. Only which cut is found hangs on it, never what a cut says.
UNITS: Final = 1_000_000
_NONE: Final = 1e-9
#: Above all capacities: an arc without a limit.
ENDLESS: Final = np.int64(1) << 50


@dataclass(frozen=True)
class Ways:
    """The arcs of one year and sample, by positions within `atoms` and within the nodes that they reach.

    Attributes
    ----------
    year, sample : int
    atoms : ndarray of int
        Atoms with need, positions in the problem.
    need : ndarray
        Of each of them, child-years.
    link, hop : ndarray of int
        Links and hops, positions in the problem.
    link_atom, link_node, hop_node : ndarray of int
        Of each of them: positions within `atoms` and within the nodes.
    hop_place : ndarray of int
        Positions in the problem.
    through : ndarray
        Need that links to each node.
    """

    year: int
    sample: int
    atoms: Ints
    need: Floats
    link: Ints
    hop: Ints
    link_atom: Ints
    link_node: Ints
    hop_node: Ints
    hop_place: Ints
    through: Floats


class Networks:
    """The networks of a problem.

    Attributes
    ----------
    ways : tuple of Ways
        By year, then sample.
    place : ndarray of int (decisions,)
        What each decision adds places to; -1 for those that prevent.
    opens : ndarray of int
        Decisions that add places.
    adds : ndarray (decisions, years)
        Usable places that one unit adds.
    need : ndarray (networks, atoms)
        Child-years before any prevention.
    reach : csr_array (atoms, places)
        1 where an atom can use a place.
    preventing : ndarray of int
        Decisions that lower the need.
    averted : ndarray (preventing decisions, networks, atoms)
        Child-years of need that a unit prevents.
    """

    def __init__(self, problem: Problem, decisions: SitingModel) -> None:
        options = problem.options
        self._problem = problem
        option, year = decisions.open_option, decisions.open_year
        size = (options["places"] * options["planned_occupancy"]).to_numpy(float)
        self.place: Ints = options["place"].to_numpy(np.intp)[option]
        self.adds: Floats = problem.ready[option, year] * size[option, None]
        self.reach = _reach(problem)
        self.preventing, self.averted = _averted(problem, decisions)
        self.opens: Ints = np.flatnonzero(self.place >= 0)
        there = problem.fixed_capacity > _NONE
        np.logical_or.at(there, self.place[self.opens], self.adds[self.opens] > _NONE)
        self.ways = tuple(
            _ways(problem, there[:, year], year, sample)
            for year in range(problem.years)
            for sample in range(len(problem.weights))
        )
        self.need: Floats = np.stack([problem.need[:, ways.year, ways.sample] for ways in self.ways])

    def usable(self, units: Floats) -> Floats:
        """Return the usable places of each place and year, (places, years)."""
        out = self._problem.fixed_capacity.copy()
        np.add.at(out, self.place[self.opens], (self.adds * units[:, None])[self.opens])
        return out

    def left(self, units: Floats) -> Floats:
        """Return the child-years of need that prevention among the units leaves, (networks, atoms)."""
        if not len(self.preventing):
            return self.need
        return np.asarray(np.maximum(self.need - np.tensordot(units[self.preventing], self.averted, axes=1), 0.0))

    def least_cuts(self, units: Floats) -> Flags:
        """Return which atoms lie on the side of need in a minimum cut of each network, (networks, atoms).

        Parameters
        ----------
        units : ndarray (decisions,)
            May be fractions: what reaches a place by one node is then at most that part of the need there, as in the
            model's strong form.
        """
        usable, left = self.usable(units), self.left(units)
        opened = np.zeros(usable.shape)
        np.add.at(opened, self.place[self.opens], ((self.adds > _NONE) * units[:, None])[self.opens])
        opened[self._problem.fixed_capacity > _NONE] = np.inf
        out = np.zeros((len(self.ways), len(self._problem.need)), bool)
        for number, ways in enumerate(self.ways):
            limit = np.full(len(ways.hop_place), ENDLESS)
            part = opened[ways.hop_place, ways.year]
            fraction = part < 1 - _NONE
            limit[fraction] = whole(ways.through[ways.hop_node[fraction]] * part[fraction])
            need = left[number, ways.atoms]
            out[number, ways.atoms[_side_of_need(ways, need, limit, whole(usable[:, ways.year]))]] = True
        return out


def _reach(problem: Problem) -> sparse.csr_array:
    atoms = problem.atoms
    nodes = len(atoms.nodes)
    ones = np.ones(len(atoms.link_atom))
    link = sparse.csr_array((ones, (atoms.link_atom, atoms.link_node)), shape=(len(atoms.table), nodes))
    ones = np.ones(len(atoms.hop_node))
    hop = sparse.csr_array((ones, (atoms.hop_node, atoms.hop_place)), shape=(nodes, len(problem.places)))
    reach = sparse.csr_array(link @ hop)
    reach.data[:] = 1.0
    return reach


def _averted(problem: Problem, decisions: SitingModel) -> tuple[Ints, Floats]:
    """Return the decisions that prevent, and what a unit of each averts, (decisions, networks, atoms)."""
    which, preventing = preventing_decisions(problem, decisions)
    averted = problem.prevention.averted[which, decisions.open_year[preventing]]
    by_network = np.moveaxis(averted, 1, -1)
    networks = problem.years * len(problem.weights)
    return preventing, by_network.reshape(len(preventing), networks, averted.shape[1])


def _ways(problem: Problem, there: Flags, year: int, sample: int) -> Ways:
    """Return the arcs that can carry anything: there is need, and a place at the end."""
    atoms = problem.atoms
    hops = np.flatnonzero(there[atoms.hop_place])
    ends = np.zeros(len(atoms.nodes), bool)
    ends[atoms.hop_node[hops]] = True
    needed = problem.need[:, year, sample] > _NONE
    links = np.flatnonzero(needed[atoms.link_atom] & ends[atoms.link_node])
    nodes, link_node = np.unique(atoms.link_node[links], return_inverse=True)
    hops = hops[np.isin(atoms.hop_node[hops], nodes)]
    own = np.flatnonzero(needed)
    link_atom = np.searchsorted(own, atoms.link_atom[links])
    need = problem.need[own, year, sample]
    through = np.zeros(len(nodes))
    np.add.at(through, link_node, need[link_atom])
    hop_node = np.searchsorted(nodes, atoms.hop_node[hops])
    return Ways(year, sample, own, need, links, hops, link_atom, link_node, hop_node, atoms.hop_place[hops], through)


def _side_of_need(ways: Ways, need: Floats, hop_limit: Whole, usable: Whole) -> Ints:
    """Return the atoms (positions in `ways.atoms`) on the side of need in a minimum cut."""
    atom = 1
    node = atom + len(ways.atoms)
    place = node + len(ways.through)
    sink = place + len(usable)
    tail = [np.zeros(len(ways.atoms), np.intp), atom + ways.link_atom, node + ways.hop_node, np.arange(place, sink)]
    head = [np.arange(atom, node), node + ways.link_node, place + ways.hop_place, np.full(len(usable), sink)]
    limit = [whole(need), np.full(len(ways.link_atom), ENDLESS), hop_limit, usable]
    side = cut_side(np.concatenate(tail), np.concatenate(head), np.concatenate(limit), sink)
    return np.flatnonzero(side[atom:node])


def cut_side(tail: Ints, head: Ints, limit: Whole, sink: int) -> Flags:
    """Return which nodes lie on the source's side (node 0) of a minimum cut, (nodes,).

    Parameters
    ----------
    tail, head : ndarray of int (arcs,)
    limit : ndarray of int64 (arcs,)
    sink : int
        The last node.
    """
    flow = max_flow.SimpleMaxFlow()
    flow.add_arcs_with_capacity(tail.astype(np.int32), head.astype(np.int32), limit)
    out = np.zeros(sink + 1, bool)
    if len(tail) and flow.solve(0, sink) == flow.OPTIMAL:
        out[np.asarray(flow.get_source_side_min_cut(), np.intp)] = True
    return out


def whole(child_years: Floats) -> Whole:
    """Return child-years as whole numbers of a millionth."""
    return np.round(np.minimum(child_years, 1e8) * UNITS).astype(np.int64)
