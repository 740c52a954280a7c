"""Do decisions keep the rules, and how many are away with them? Worked out without the model and without its solvers.

A maximum flow of SciPy's for each year and sample says how many can be kept local; one for each year, over all samples,
whether all that opens can be used enough. Both hold at once: augmenting paths never take a child out of a place again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from placements import codes
from placements.optimisation.problem import FILLING_YEARS, Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Flows are whole numbers of this part of a child-year, and must stay below 2^31.
UNITS: Final = 1_000_000
_POUND, _CHILD_YEAR = 1.0, 1e-3
#: A flow of SciPy's in whole numbers: above any in use.
_ENDLESS: Final = 2**31 - 1


def broken_rules(problem: Problem, units: Floats) -> list[str]:
    """Return what decisions break, in words.

    Parameters
    ----------
    problem : Problem
    units : ndarray (options, years)
        Units decided on in each year.
    """
    options, found = problem.options, list[str]()
    most = np.where(options["repeats"], options["max_units_per_year"], 1.0)
    spent = options["capital_gbp"].to_numpy(float) @ units
    taken = units.sum(axis=1)
    schools = options["provision"].isin(list(codes.EDUCATION_PROVISION)).to_numpy(bool)
    for_schools = float(options["capital_gbp"].to_numpy(float)[schools] @ taken[schools])
    homes = options["kind"].eq("open_home").to_numpy(bool)
    in_area = options[homes].assign(taken=taken[homes]).groupby("planning_area")["taken"].sum()
    at_site = options.assign(taken=taken > 0).groupby("site_id")["taken"].sum()
    rules = {
        "units are not whole": bool((units != np.round(units)).any() or (units < 0).any()),
        "more units in a year than can be": bool((units > most[:, None]).any()),
        "a building twice": bool((taken[~options["repeats"].to_numpy(bool)] > 1).any()),
        "two options of one site": bool((at_site > 1).any()),
        "open too late to be judged": bool((units[problem.ready[:, :, -1] < 1] > 0).any()),
        "too many homes in an area": any(number > problem.homes_left[str(area)] for area, number in in_area.items()),
        "capital": bool(spent.sum() > problem.capital_total_left + _POUND),
        "capital of a year": bool((spent > problem.capital_left + _POUND).any()),
        "capital for schools": for_schools > problem.schools_capital_left + _POUND,
    }
    found += [rule for rule, is_broken in rules.items() if is_broken]
    found += [f"minimum occupancy, year {year + 1}" for year in range(problem.years) if _short(problem, units, year)]
    return found


def away(problem: Problem, units: Floats) -> float:
    """Return the fewest expected child-years away with these decisions, out of those that some place could serve."""
    usable = _usable(problem, units)
    out = 0.0
    for sample, weight in enumerate(problem.weights):
        for year in range(problem.years):
            need = problem.need[:, year, sample]
            arcs = _arcs(problem, need, usable[:, year])
            out += weight * (need.sum() - _flow(*arcs, ends=_nodes(problem)) / UNITS)
    return float(out)


def _usable(problem: Problem, units: Floats) -> Floats:
    """Return places that can be used on average, (places, years)."""
    options = problem.options
    size = (options["places"] * options["planned_occupancy"]).to_numpy(float)
    out = problem.fixed_capacity.copy()
    np.add.at(out, options["place"].to_numpy(np.intp), np.einsum("jot,jo->jt", problem.ready, units) * size[:, None])
    return out


def _required(problem: Problem, units: Floats, year: int) -> Floats:
    """Return how many of each place must be in use: what opened before the filling year, and all in the last year."""
    options, ready = problem.options, problem.ready
    before = ready[:, :, : max(year + 1 - FILLING_YEARS, 0)].sum(axis=2) > 0
    is_due = (ready[:, :, year] >= 1) & (before | (year == problem.years - 1))
    least = (options["places"] * options["minimum_occupancy"]).to_numpy(float)
    out = np.zeros(len(problem.places))
    np.add.at(out, options["place"].to_numpy(np.intp), (units * is_due).sum(axis=1) * least)
    return out


def _short(problem: Problem, units: Floats, year: int) -> bool:
    """Return whether some of what is due cannot be used enough, whoever goes where."""
    required = _required(problem, units, year)
    if not required.any():
        return False
    usable = np.where(required > 0, _usable(problem, units)[:, year], 0.0)
    tails, heads, limits = list[Ints](), list[Ints](), list[Ints]()
    nodes, first = _nodes(problem), 1 + len(required)
    for sample, weight in enumerate(problem.weights):
        tail, head, limit = _arcs(problem, problem.need[:, year, sample] * weight, usable * weight)
        base = first + sample * nodes
        # What ends at a place of this sample goes on to the place over all samples; all samples share the source, 0.
        place = np.flatnonzero(head == nodes + 1)
        head = head + base - 1
        head[place] = 1 + (tail[place] - (nodes + 1 - len(required)))
        tails.append(np.where(tail == 0, 0, tail + base - 1))
        heads.append(head)
        limits.append(limit)
    sink = first + len(problem.weights) * nodes
    tails.append(np.arange(1, first))
    heads.append(np.full(len(required), sink))
    limits.append(_whole(required))
    flow = _flow(np.concatenate(tails), np.concatenate(heads), np.concatenate(limits), ends=sink - 1)
    return bool(flow < (required.sum() - _CHILD_YEAR) * UNITS)


def _nodes(problem: Problem) -> int:
    """Return how many nodes a network has between its source, 0, and its sink: atoms, then nodes, then places."""
    return len(problem.need) + len(problem.atoms.nodes) + len(problem.places)


def _arcs(problem: Problem, need: Floats, usable: Floats) -> tuple[Ints, Ints, Ints]:
    """Return tails, heads and limits of the arcs of one network that can carry anything."""
    atoms = problem.atoms
    node = 1 + len(need)
    place = node + len(atoms.nodes)
    sink = 1 + _nodes(problem)
    tail = [np.zeros(len(need), np.intp), 1 + atoms.link_atom, node + atoms.hop_node, np.arange(place, sink)]
    head = [np.arange(1, node), node + atoms.link_node, place + atoms.hop_place, np.full(len(usable), sink)]
    limit = [need, need[atoms.link_atom], usable[atoms.hop_place], usable]
    tails, heads, limits = np.concatenate(tail), np.concatenate(head), _whole(np.concatenate(limit))
    used = limits > 0
    return tails[used], heads[used], limits[used]


def _whole(child_years: Floats) -> Ints:
    out = np.floor(child_years * UNITS + 0.5)
    if out.size and out.max() > _ENDLESS:
        raise OverflowError(f"{child_years.max():,.0f} child-years at one place are too many to check: lower UNITS")
    return out.astype(np.intp)


def _flow(tail: Ints, head: Ints, limit: Ints, *, ends: int) -> int:
    """Return the greatest flow from node 0 to node `ends` + 1."""
    graph = sparse.csr_array((limit.astype(np.int32), (tail, head)), shape=(ends + 2, ends + 2), dtype=np.int32)
    graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)
    return int(maximum_flow(graph, 0, ends + 1).flow_value)
