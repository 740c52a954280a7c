"""What came nearest? Rejected options of the same kind or at the same site, one of which is taken instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from placements.optimisation.problem import Problem
from placements.optimisation.variants import UNANSWERED, Clock, Variant

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


class Again(Protocol):
    """Solves the problem again with some options struck out, and one of some others taken."""

    def __call__(
        self, seconds: float, *, start: Floats | None = None, without: Sequence[int] = (), one_of: Sequence[int] = ()
    ) -> Variant:
        """Return the answer; see `variants.solve_again`."""


def rejected(problem: Problem, units: Floats, option: int) -> Ints:
    """Return the options (positions) not taken that are of an option's kind or at its site."""
    options, row = problem.options, problem.options.iloc[option]
    alike = _at_site(problem, option) | options["kind"].eq(row["kind"]).to_numpy(bool)
    return np.flatnonzero(alike & (units.sum(axis=1) < 0.5))


def nearest(
    problem: Problem, units: Floats, option: int, struck: Variant, clock: Clock, again: Again,
    begin: Floats | None = None,
) -> Variant:  # fmt: skip
    """Return the plan with a rejected option in another's stead: one job of the clock.

    Parameters
    ----------
    problem : Problem
    units : ndarray (options, years)
        Units that the plan takes.
    option : int
        Position.
    struck : Variant
        The plan without it: where that takes a rejected option already, it is the answer.
    clock : Clock
    again : Again
    begin : ndarray (options, years), optional
        Units of such a plan to begin from.
    """
    candidates = rejected(problem, units, option)
    if not len(candidates) or (struck.goals and struck.units[candidates].sum() > 0.5):
        clock.skip()
        return struck
    if not struck.goals:
        clock.skip()
        return Variant(UNANSWERED, (), np.zeros_like(units))
    start = _swapped(problem, units, option, candidates) if begin is None else begin
    return again(clock.share(), start=start, without=[option], one_of=candidates.tolist())


def stand_in(problem: Problem, units: Floats, option: int, found: Variant) -> int | None:
    """Return the rejected option (position) that a plan takes in an option's stead; None if it takes none.

    Of several the one at the same site: it is what stands in the option's place.
    """
    taken = [int(other) for other in rejected(problem, units, option) if found.units[other].sum() > 0.5]
    site, ids = _at_site(problem, option), problem.options["option_id"].astype("str").to_numpy(object)
    return min(taken, key=lambda other: (not site[other], ids[other])) if taken else None


def is_same_site(problem: Problem, option: int, other: int) -> bool:
    """Return whether two options (positions) share a site."""
    return bool(_at_site(problem, option)[other])


def _at_site(problem: Problem, option: int) -> npt.NDArray[np.bool_]:
    return problem.options["site"].eq(problem.options["site"].iloc[option]).to_numpy(bool)


def _swapped(problem: Problem, units: Floats, option: int, candidates: Ints) -> Floats | None:
    """Return the plan with an alternative in the option's stead, of those that cost no more the nearest in size.

    A place to begin from: it may break a rule all the same.
    """
    options = problem.options
    capital, size = options["capital_gbp"].to_numpy(float), options["places"].to_numpy(float)
    site = options["site"].to_numpy(np.intp)
    used = set(site[(units.sum(axis=1) > 0.5) & (np.arange(len(options)) != option)].tolist())
    year = int(np.flatnonzero(units[option] > 0.5)[0])
    fits = [
        int(other)
        for other in candidates
        if capital[other] <= capital[option] and site[other] not in used and problem.ready[other, year, -1] >= 1 - 1e-9
    ]
    if not fits:
        return None
    out = units.copy()
    out[option] = 0.0
    out[min(fits, key=lambda other: (abs(size[other] - size[option]), other)), year] = 1.0
    return out
