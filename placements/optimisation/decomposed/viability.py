"""Is all that opens used enough on average, in some way of placing children? If not: a row that says why.

What places must be used, r[p], and need of all samples of a year are one network: need of a sample, by its weight, goes
to a place in that sample, and from there, over all samples together, to r[p]. All of it is used enough exactly when a
flow fills every r[p]. If none does, a minimum cut leaves a set Q of places for which

    sum over p in Q of r[p] > what the samples can bring them

and the same set says for any decisions:

    sum_Q sum_v least[v] u[v] <= E[need that reaches Q] + E[sum over places cut off of usable]

with both sides linear in the units u; prevention takes from the need what it averts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.optimisation.decomposed.networks import ENDLESS, Networks, Ways, Whole, cut_side, whole
from placements.optimisation.model import SitingModel, due
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

#: Child-years by which use may fall short of the least.
CLOSE: Final = 1e-4


@dataclass(frozen=True)
class Limit:
    """``weights . units <= most``.

    Attributes
    ----------
    weights : ndarray (decisions,)
    most : float
    """

    weights: Floats
    most: float


class Viability:
    """Minimum occupancy of what opens, by year."""

    def __init__(self, problem: Problem, decisions: SitingModel, networks: Networks) -> None:
        self._problem, self._networks = problem, networks
        opened, year, least = due(problem, decisions)
        #: Places that each unit must have used, by year.
        self._least = np.zeros((len(decisions.open_column), problem.years))
        self._least[opened, year] = least

    def broken(self, units: Floats) -> list[Limit]:
        """Return a limit for each year in which not all can be used enough: none if all can.

        Parameters
        ----------
        units : ndarray (decisions,)
            Whole.
        """
        left = self._networks.left(units)
        found = (self._of_year(year, units, left) for year in range(self._problem.years))
        return [limit for limit in found if limit is not None]

    def _of_year(self, year: int, units: Floats, left: Floats) -> Limit | None:
        networks, fixed = self._networks, self._problem.fixed_capacity[:, year]
        least, adds = self._least[:, year], networks.adds[:, year]
        required = np.zeros(len(self._problem.places))
        np.add.at(required, networks.place[networks.opens], (least * units)[networks.opens])
        places = np.flatnonzero(required > 0)
        if not len(places):
            return None
        numbers = [number for number, ways in enumerate(networks.ways) if ways.year == year]
        samples = [_towards(networks.ways[number], left[number], places) for number in numbers]
        short, sides = self._sides(samples, networks.usable(units)[places, year], required[places])
        weights, most = np.where(np.isin(networks.place, places[short]), least, 0.0), 0.0
        for number, ways, (atoms, there) in zip(numbers, samples, sides, strict=True):
            # Into a place on the far side in this sample come only atoms that are there too.
            nodes = np.zeros(len(ways.through), bool)
            np.logical_or.at(nodes, ways.hop_node, (short & ~there)[ways.hop_place])
            reaching = np.zeros(len(ways.atoms), bool)
            np.logical_or.at(reaching, ways.link_atom, nodes[ways.link_node])
            off = places[short & there]
            weight = self._problem.weights[ways.sample]
            short_of = ways.atoms[reaching & ~atoms]
            most += weight * float(networks.need[number, short_of].sum() + fixed[off].sum())
            weights[networks.preventing] += weight * networks.averted[:, number, short_of].sum(axis=1)
            weights -= weight * np.where(np.isin(networks.place, off), adds, 0.0)
        return Limit(weights, most) if float(weights @ units) > most + CLOSE else None

    def _sides(self, samples: list[Ways], usable: Floats, required: Floats) -> tuple[Flags, list[tuple[Flags, Flags]]]:
        """Return the places on the far side of a minimum cut, and the atoms and places of each sample on the near one.

        Nodes: need (0), places over all samples, then atoms, nodes and places of each sample, and the sink.
        """
        count = len(usable)
        over_all = np.arange(1, 1 + count)
        tail, head, limit, starts, begin = list[Ints](), list[Ints](), list[Whole](), list[tuple[int, int]](), 1 + count
        for ways in samples:
            node = begin + len(ways.atoms)
            place = node + len(ways.through)
            weight = self._problem.weights[ways.sample]
            tail += [np.zeros(len(ways.atoms), np.intp), begin + ways.link_atom, node + ways.hop_node]
            head += [np.arange(begin, node), node + ways.link_node, place + ways.hop_place]
            limit += [whole(ways.need * weight), np.full(len(ways.link_atom) + len(ways.hop_node), ENDLESS)]
            tail.append(np.arange(place, place + count))
            head.append(over_all)
            limit.append(whole(usable * weight))
            starts.append((begin, place))
            begin = place + count
        tail.append(over_all)
        head.append(np.full(count, begin))
        limit.append(whole(required))
        near = cut_side(np.concatenate(tail), np.concatenate(head), np.concatenate(limit), begin)
        sides = [
            (near[first : first + len(ways.atoms)], near[place : place + count])
            for ways, (first, place) in zip(samples, starts, strict=True)
        ]
        return ~near[over_all], sides


def _towards(ways: Ways, left: Floats, places: Ints) -> Ways:
    """Return the arcs of the need that is left to some places, `hop_place` being positions among them."""
    position = np.searchsorted(places, ways.hop_place)
    position = np.minimum(position, len(places) - 1)
    kept = places[position] == ways.hop_place
    return replace(
        ways, need=left[ways.atoms], hop=ways.hop[kept], hop_node=ways.hop_node[kept], hop_place=position[kept]
    )
