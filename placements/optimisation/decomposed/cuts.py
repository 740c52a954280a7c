"""What a cut says of any decisions: no fewer are away than this.

Let S be atoms of one year and sample. Of their need, places can take no more than they hold, and none more than the
part of S that can reach it:

    away >= need(S) - sum over places p of min(usable[p], need(S that reaches p))

With units u[v] of each decision v at p this is at least, unit by unit,

    away >= need(S) - sum_p min(fixed[p], need(S, p)) - sum_v min(adds[v], need(S, p(v))) u[v]

since min(a + b, c) <= min(a, c) + min(b, c) for what is not negative. It holds for whole units, and for sets S found
in any way; taking the smaller of the two unit by unit is what makes it tighter than the cut of the network itself.
Prevention takes from need(S) what it averts there, which is linear in its units; the need that reaches a place stays
the whole, which errs on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from placements.optimisation.decomposed.networks import Networks
from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

#: Samples are put together in so many parts for each year: a row for each sample says more and takes longer.
PARTS_PER_YEAR: Final = 6


@dataclass(frozen=True)
class Rows:
    """``away[part] + weights . units >= least``, one row for each part.

    Attributes
    ----------
    weights : ndarray (parts, decisions)
    least : ndarray (parts,)
    """

    weights: Floats
    least: Floats

    def away(self, units: Floats) -> Floats:
        """Return what the rows say of decisions, (parts,)."""
        return np.asarray(self.least - self.weights @ units)


@dataclass(frozen=True)
class Together:
    """``expected away of these atoms in this year + weights . units >= least``."""

    atoms: Ints
    year: int
    weights: Floats
    least: float


class Cuts:
    """Rows from cuts, each part an expected number of child-years away.

    A part is a year, some of its samples, and children and places that have nothing to do with the others: those at
    school and those in care never share a place, so each has cuts of its own.

    Attributes
    ----------
    parts : int
    """

    def __init__(self, problem: Problem, networks: Networks) -> None:
        self._problem, self._networks = problem, networks
        self._reach = networks.reach.toarray()
        self._fixed = np.stack([problem.fixed_capacity[:, w.year] for w in networks.ways])
        self._adds = np.stack([networks.adds[:, w.year] for w in networks.ways])
        self._atoms_apart, self._places_apart, count = _apart(networks.reach)
        self._collect = [_collector(problem, networks, component, count) for component in range(count)]
        self.parts = self._collect[0].shape[0] if count else 0

    def rows(self, side: Flags) -> Rows:
        """Return the rows that sets of atoms say.

        Parameters
        ----------
        side : ndarray of bool (networks, atoms)
        """
        if not self.parts:
            return Rows(np.zeros((0, len(self._networks.place))), np.zeros(0))
        need = np.where(side, self._networks.need, 0.0)
        reaching = np.asarray(sparse.csr_array(need) @ self._reach)
        opens, place = self._networks.opens, self._networks.place[self._networks.opens]
        held = np.minimum(self._fixed, reaching)
        adds = np.minimum(self._adds[:, opens], reaching[:, place])
        weights, least = np.zeros((self.parts, self._adds.shape[1])), np.zeros(self.parts)
        for component, collect in enumerate(self._collect):
            own_atoms, own_places = self._atoms_apart == component, self._places_apart == component
            least += collect @ (need[:, own_atoms].sum(axis=1) - held[:, own_places].sum(axis=1))
            weights[:, opens] += collect @ np.where(own_places[place], adds, 0.0)
            prevented = self._networks.averted[:, :, own_atoms] * side[:, own_atoms]
            weights[:, self._networks.preventing] += collect @ prevented.sum(axis=2).T
        return Rows(weights, least)

    def together(self, rows: Rows) -> list[Together]:
        """Return what rows say of all samples together, by component and year."""
        years, out = self._problem.years, list[Together]()
        samples = self.parts // (years * len(self._collect)) if self._collect else 0
        for component in range(len(self._collect)):
            atoms = np.flatnonzero(self._atoms_apart == component)
            for year in range(years):
                first = (component * years + year) * samples
                own = slice(first, first + samples)
                out.append(Together(atoms, year, rows.weights[own].sum(axis=0), float(rows.least[own].sum())))
        return out


def _apart(reach: sparse.csr_array) -> tuple[Ints, Ints, int]:
    """Return components of atoms and places that have nothing to do with each other, those without atoms left out.

    Atoms that no place can serve (but prevention can) are one together: alone, each would be a part of its own.
    """
    atoms, places = reach.shape
    if not atoms:
        return np.zeros(0, np.intp), np.zeros(places, np.intp), 0
    joined = sparse.block_array(
        [[sparse.csr_array((atoms, atoms)), reach], [reach.T, sparse.csr_array((places, places))]], format="csr"
    )
    _, label = connected_components(joined, directed=False)
    alone = np.flatnonzero(np.diff(reach.indptr) == 0)
    label[alone] = label[alone[:1]]
    found = np.unique(label[:atoms])
    position = np.full(int(label.max(initial=-1)) + 1, -1)
    position[found] = np.arange(len(found))
    return position[label[:atoms]], position[label[atoms:]], len(found)


def _collector(problem: Problem, networks: Networks, component: int, components: int) -> sparse.csr_array:
    """Return the matrix that sums networks, by weight, into parts, (parts, networks)."""
    samples = len(problem.weights)
    parts = min(samples, PARTS_PER_YEAR)
    rank = np.argsort(np.argsort(problem.need.sum(axis=(0, 1)), kind="stable"), kind="stable")
    part = rank * parts // samples
    row = [(component * problem.years + w.year) * parts + int(part[w.sample]) for w in networks.ways]
    weight = problem.weights[[w.sample for w in networks.ways]]
    shape = (components * problem.years * parts, len(networks.ways))
    return sparse.csr_array((weight, (row, np.arange(len(row)))), shape=shape)
