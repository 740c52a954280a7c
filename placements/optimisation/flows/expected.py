"""What ties years and samples together: rows over expected flows, and goals, which are sums of the same kind.

Every sum in the model weighs a sample's flows by its weight alone. So it is one over expected flows, and is laid out
once for each year: what a child-year served by a hop, or away from an atom, adds to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placements.optimisation.model import rows_between
from placements.optimisation.problem import Problem
from placements.optimisation.samples import mean_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: A row is kept when it is broken by no more than this part of what goes into it.
_SLACK = 1e-7


@dataclass(frozen=True)
class Sum:
    """A sum over decisions and expected flows.

    Attributes
    ----------
    decisions : ndarray (decisions,)
    serve : ndarray (hops, years)
        Of a child-year served.
    away : ndarray (atoms, years)
        Of a child-year away.
    """

    decisions: Floats
    serve: Floats
    away: Floats

    def __add__(self, other: Sum) -> Sum:
        """Return the sum of both."""
        return Sum(self.decisions + other.decisions, self.serve + other.serve, self.away + other.away)

    def times(self, factor: float) -> Sum:
        """Return it as many times."""
        return Sum(self.decisions * factor, self.serve * factor, self.away * factor)

    @property
    def largest(self) -> float:
        """Return the largest amount of a child-year, 1 if there is none."""
        both = np.abs(self.serve).max(initial=0.0), np.abs(self.away).max(initial=0.0)
        return float(max(both)) or 1.0


@dataclass(frozen=True)
class Limits:
    """``sum over expected flows <= most``, row by row, each divided by its largest amount of a child-year.

    Attributes
    ----------
    serve : csr_array (rows, hops x years)
    away : csr_array (rows, atoms x years)
    most : ndarray (rows,)
    """

    serve: sparse.csr_array
    away: sparse.csr_array
    most: Floats


class Expected:
    """The sums of a problem.

    Attributes
    ----------
    goals : dict of str to Sum
        The goals that are sums, and the money in them (see `model`).
    """

    def __init__(self, problem: Problem) -> None:
        self._siting = siting = rows_between(mean_of(problem))
        self._matrix = siting.linear.matrix()
        self._lower, self._upper = (
            np.concatenate(part) if part else np.zeros(0) for part in (siting.linear.row_lower, siting.linear.row_upper)
        )
        self._shapes = (len(problem.atoms.hop_node), problem.years), (len(problem.atoms.table), problem.years)
        self.goals = {name: self._sum(weights) for name, weights in siting.objectives.items()}
        columns = self._matrix.tocsc()
        flows_end = len(siting.objectives["net_cost"])  # choices come after the flows, and are in no goal
        choices = sparse.csr_array(columns[:, flows_end:])
        of_units = sparse.csr_array(columns[:, siting.open_column])
        self._of_decisions = sparse.hstack([of_units, choices], format="csr")
        #: The rows by which a choice lets units in.
        self._lets_in = sparse.csr_array((choices < 0).astype(float))
        self._serve = self._spread(columns[:, siting.serve_column], siting.serve_hop, siting.serve_year, 0)
        self._away = self._spread(columns[:, siting.away_column], siting.away_atom, siting.away_year, 1)
        self._ties = (np.diff(self._serve.indptr) + np.diff(self._away.indptr)) > 0

    def allows(self, units: Floats) -> bool:
        """Return whether the rules of decisions alone are kept."""
        value, scale = self._given(units), self._given(units, absolute=True)
        slack = _SLACK * (1.0 + scale)
        kept = (value >= self._lower - slack) & (value <= self._upper + slack)
        return bool(kept[~self._ties].all())

    def limits(self, units: Floats, kept: Sequence[tuple[Sum, float]]) -> Limits:
        """Return what the expected flows must keep to with these units.

        Parameters
        ----------
        units : ndarray (decisions,)
        kept : sequence of (Sum, float)
            Further sums, and what each may be at most.
        """
        given = self._given(units)
        above = np.flatnonzero(self._ties & np.isfinite(self._upper))
        # What is asked of flows at the least is nothing where it is no more than nothing.
        below = np.flatnonzero(self._ties & np.isfinite(self._lower) & (self._lower - given > 0))
        serve = [self._serve[above], -self._serve[below]]
        away = [self._away[above], -self._away[below]]
        serve += [sparse.csr_array(one.serve.reshape(1, -1)) for one, _ in kept]
        away += [sparse.csr_array(one.away.reshape(1, -1)) for one, _ in kept]
        most = np.concatenate([self._upper[above] - given[above], given[below] - self._lower[below]])
        most = np.concatenate([most, [most_of - one.decisions @ units for one, most_of in kept]])
        return _scaled(sparse.vstack(serve, format="csr"), sparse.vstack(away, format="csr"), most)

    def choices(self, units: Floats) -> Floats:
        """Return which of the options that share a site are chosen: those of which units are taken, (choices,)."""
        taken = self._of_decisions[:, : len(units)] @ units > 0
        return np.asarray((self._lets_in.T @ taken > 0).astype(float))

    def _given(self, units: Floats, *, absolute: bool = False) -> Floats:
        """Return what decisions alone make of each row."""
        matrix = abs(self._of_decisions) if absolute else self._of_decisions
        return np.asarray(matrix @ np.concatenate([units, self.choices(units)]))

    def _sum(self, weights: Floats) -> Sum:
        siting = self._siting
        serve, away = (np.zeros(shape) for shape in self._shapes)
        serve[siting.serve_hop, siting.serve_year] = weights[siting.serve_column]
        away[siting.away_atom, siting.away_year] = weights[siting.away_column]
        return Sum(weights[siting.open_column], serve, away)

    def _spread(self, columns: sparse.csc_matrix, item: Ints, year: Ints, which: int) -> sparse.csr_array:
        """Return columns of the mean's flows as columns of every item and year."""
        items, years = self._shapes[which]
        entries = columns.tocoo()
        at = item[entries.col] * years + year[entries.col]
        return sparse.csr_array((entries.data, (entries.row, at)), shape=(columns.shape[0], items * years))


def _scaled(serve: sparse.csr_array, away: sparse.csr_array, most: Floats) -> Limits:
    largest = np.zeros(len(most))
    for part in (serve, away):
        rows = np.repeat(np.arange(len(most)), np.diff(part.indptr))
        np.maximum.at(largest, rows, np.abs(part.data))
    scale = sparse.diags_array(1 / np.where(largest > 0, largest, 1.0))
    return Limits(
        sparse.csr_array(scale @ serve), sparse.csr_array(scale @ away), most / np.where(largest > 0, largest, 1.0)
    )
