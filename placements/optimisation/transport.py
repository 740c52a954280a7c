"""Given what is open, who goes where? One linear programme for each year and sample, solved with SciPy.

The most children are kept local; among the ways of doing that the cheapest is taken, and among those the nearest. The
later goals enter with weights so small that they cannot outweigh one child kept local.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from placements.errors import PlacementsError
from placements.optimisation.matching import Atoms

Floats = npt.NDArray[np.float64]

_COST_WEIGHT, _MILES_WEIGHT = 1e-4, 1e-7


@dataclass(frozen=True)
class Flows:
    """Child-years in one year: `use` (links, samples), `serve` (hops, samples), `away` (atoms, samples)."""

    use: Floats
    serve: Floats
    away: Floats


class Transport:
    """The network of one set of places, ready for any need and capacity."""

    def __init__(self, atoms: Atoms, places: int, place_cost: Floats, away_cost: Floats) -> None:
        self._atoms = atoms
        links, hops, count = len(atoms.link_atom), len(atoms.hop_node), len(atoms.table)
        into = _incidence(atoms.link_node, len(atoms.nodes))
        out = _incidence(atoms.hop_node, len(atoms.nodes))
        self._equal = sparse.block_array(
            [
                [_incidence(atoms.link_atom, count), sparse.csr_array((count, hops)), sparse.eye_array(count)],
                [into, -out, sparse.csr_array((len(atoms.nodes), count))],
            ],
            format="csr",
        )
        self._most = sparse.block_array(
            [
                [
                    sparse.csr_array((places, links)),
                    _incidence(atoms.hop_place, places),
                    sparse.csr_array((places, count)),
                ]
            ],
            format="csr",
        )
        cost = np.concatenate([np.zeros(links), place_cost[atoms.hop_place], away_cost])
        scale = float(np.abs(cost).max(initial=0.0)) or 1.0
        far = float(atoms.hop_miles.max(initial=0.0)) or 1.0
        miles = np.concatenate([np.zeros(links), atoms.hop_miles / far, np.zeros(count)])
        away = np.concatenate([np.zeros(links + hops), np.ones(count)])
        self._objective = away + _COST_WEIGHT * cost / scale + _MILES_WEIGHT * miles
        self._cuts = (links, links + hops)

    def solve(self, need: Floats, capacity: Floats) -> Flows:
        """Allocate need (atoms, samples) to capacity, (places,) or (places, samples) where samples differ in it."""
        samples = need.shape[1]
        capacity = np.broadcast_to(capacity[:, None] if capacity.ndim == 1 else capacity, (len(capacity), samples))
        out = np.zeros((len(self._objective), samples))
        zeros = np.zeros(self._equal.shape[0] - need.shape[0])
        for sample in range(samples):
            if not len(self._objective):
                break
            result = linprog(
                self._objective,
                A_ub=self._most if self._most.shape[0] else None,
                b_ub=capacity[:, sample] if self._most.shape[0] else None,
                A_eq=self._equal,
                b_eq=np.concatenate([need[:, sample], zeros]),
                method="highs",
            )
            if result.status != 0:
                raise PlacementsError(f"an allocation could not be solved ({result.message}); please report this")
            out[:, sample] = np.clip(result.x, 0.0, None)
        first, second = self._cuts
        return Flows(out[:first], out[first:second], out[second:])


def _incidence(end: npt.NDArray[np.intp], rows: int) -> sparse.csr_array:
    """Return the matrix that sums columns by the row they end in."""
    return sparse.csr_array((np.ones(len(end)), (end, np.arange(len(end)))), shape=(rows, len(end)))
