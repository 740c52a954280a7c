"""One year and sample with decisions given: who goes where for the least, a minimum-cost flow in whole numbers.

::

  need -> atoms -> nodes -> places -> sink        atoms -> away -> sink

Need and places are rounded down to a whole number of a very small part of a child-year: what is used is then within
both, and who is away is the rest of the need, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from placements.errors import PlacementsError
from placements.optimisation.decomposed.networks import Ways

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Whole = npt.NDArray[np.int64]

#: Flows are whole numbers of this part of a child-year, prices of this part of the largest.
UNITS: Final = 100_000_000_000
PRICES: Final = 1 << 33


@dataclass(frozen=True)
class Flow:
    """Child-years of one year and sample, where there are any.

    Attributes
    ----------
    link, hop : ndarray of int
        Positions in the problem.
    use, serve : ndarray
        Of each of them.
    cost : float
        At the prices that it was made for.
    least : float
        No flow costs less.
    """

    link: Ints
    use: Floats
    hop: Ints
    serve: Floats
    cost: float
    least: float


def cheapest(ways: Ways, need: Floats, usable: Floats, serve_price: Floats, away_price: Floats) -> Flow:
    """Return the cheapest flow.

    Parameters
    ----------
    ways : Ways
    need : ndarray (atoms,)
        Child-years of each of the problem's atoms.
    usable : ndarray (places,)
        Child-years of each of the problem's places.
    serve_price : ndarray (hops,)
        Of a child-year served, by the problem's hops.
    away_price : ndarray (atoms,)
        Of a child-year away, by the problem's atoms.
    """
    own = np.floor(need[ways.atoms] * UNITS).astype(np.int64)
    room = np.floor(np.minimum(usable[ways.hop_place], need.sum()) * UNITS).astype(np.int64)
    hops = np.flatnonzero(room > 0)
    ends = np.zeros(len(ways.through), bool)
    ends[ways.hop_node[hops]] = True
    links = np.flatnonzero(ends[ways.link_node] & (own[ways.link_atom] > 0))
    places, place = np.unique(ways.hop_place[hops], return_inverse=True)
    held = np.zeros(len(places), np.int64)
    held[place] = room[hops]
    paid = np.concatenate([serve_price[ways.hop[hops]], away_price[ways.atoms]])
    largest = float(np.abs(paid).max(initial=0.0)) or 1.0
    price = np.round(paid * (PRICES / largest)).astype(np.int64)

    node = len(own)
    first = node + len(ways.through)
    sink = first + len(places)
    atoms = np.arange(node)
    tail = np.concatenate([ways.link_atom[links], node + ways.hop_node[hops], atoms, np.arange(first, sink)])
    head = np.concatenate([node + ways.link_node[links], first + place, np.full(node + len(places), sink)])
    limit = np.concatenate([own[ways.link_atom[links]], room[hops], own, held])
    cost = np.concatenate([np.zeros(len(links), np.int64), price, np.zeros(len(places), np.int64)])
    flow = _flow(tail, head, limit, cost, np.append(own, -own.sum()), sink)
    used, served, away, _ = np.split(flow / UNITS, np.cumsum([len(links), len(hops), len(own)]))
    paid_for = float(paid @ np.concatenate([served, away]))
    # No price of a child-year in need or of a place is above twice the largest: what rounding can have cost.
    lost = largest * (float(need.sum()) / PRICES + 2 * (len(own) + len(places)) / UNITS)
    some, somewhere = np.flatnonzero(used), np.flatnonzero(served)
    return Flow(
        ways.link[links[some]], used[some], ways.hop[hops[somewhere]], served[somewhere], paid_for, paid_for - lost
    )


def _flow(tail: Ints, head: Ints, limit: Whole, cost: Whole, supply: Whole, sink: int) -> Whole:
    network = min_cost_flow.SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), limit, cost)
    network.set_nodes_supplies(np.append(np.arange(len(supply) - 1), sink).astype(np.int32), supply)
    status = network.solve()
    if status != network.OPTIMAL:
        raise PlacementsError(f"a flow of children could not be worked out ({status.name}); please report this")
    return np.asarray(network.flows(arcs), np.int64)
