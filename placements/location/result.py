"""What did a location model find, and how sure is it?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements.location.inputs import Clock

OPTIMAL: Final = "optimal"
FEASIBLE: Final = "feasible"
INFEASIBLE: Final = "infeasible"
TIME_LIMIT: Final = "time limit"

#: Relative difference below which objective and bound are the same number, computed in two orders.
SAME: Final = 1e-9


@dataclass(frozen=True, eq=False)
class LocationResult:
    """The sites to open, who is served where, and how far this can be from the best.

    Attributes
    ----------
    objective : float
        Value of `open` and `assignment`, as recomputed from the data: never a solver's word. Infinite when costs are
        minimised and nothing was found.
    bound : float
        What no choice of sites can better: a lower bound where costs are minimised, an upper one for coverage.
    gap : float
        ``|objective - bound| / |objective|``; 0 when both are the same, infinite when one is missing.
    status : str
        ``optimal``: proved within the gap asked for. ``time limit``: the time was over first; the answer, if there is
        one, is usable and its gap true. ``feasible``: a usable answer whose proof ended short of the gap asked for,
        before the time was over. ``infeasible``: proved that no choice keeps the rules.
    seconds : float
        Wall time. For people: nothing depends on it.
    open : tuple
        Ids of the open sites, in the order of the data. Empty when nothing was found.
    assignment : Series or DataFrame
        For each demand id the id of the open site that serves it (missing: not served). Where demand may be split over
        sites, a frame ``demand, site, share``, one row a pair in use; the shares of a demand add up to 1.
    """

    objective: float
    bound: float
    gap: float
    status: str
    seconds: float
    open: tuple[object, ...]
    assignment: pd.Series | pd.DataFrame

    def __str__(self) -> str:
        return (
            f"{self.status}: {self.objective:,.6g} (bound {self.bound:,.6g}, gap {self.gap:.2%}), "
            f"{len(self.open)} open, {self.seconds:.2f} s"
        )


def answered(
    objective: float,
    bound: float,
    gap: float,
    clock: Clock,
    opened: tuple[object, ...],
    assignment: pd.Series | pd.DataFrame,
) -> LocationResult:
    """Return a result whose gap and status follow from objective and bound; `gap` is the one asked for."""
    return LocationResult(
        objective,
        bound,
        gap_between(objective, bound),
        status_of(objective, bound, gap, out_of_time=clock.left_s <= 0),
        clock.seconds,
        opened,
        assignment,
    )


def unanswered(bound: float, clock: Clock, assignment: pd.Series | pd.DataFrame) -> LocationResult:
    """Return that there is no answer: proved if the bound is infinite, else none was found in time."""
    status = INFEASIBLE if math.isinf(bound) else TIME_LIMIT
    return LocationResult(math.inf, bound, math.inf, status, clock.seconds, (), assignment)


def gap_between(objective: float, bound: float) -> float:
    """Return how far an objective is from its bound, of the objective itself.

    Parameters
    ----------
    objective, bound : float
        Infinite where there is none.

    Returns
    -------
    float
        0 or more. Differences within rounding (`SAME`) are 0.
    """
    if not (math.isfinite(objective) and math.isfinite(bound)):
        return math.inf
    apart = abs(objective - bound)
    if apart <= SAME * max(abs(objective), abs(bound)):
        return 0.0
    return apart / abs(objective) if objective else math.inf


def status_of(objective: float, bound: float, gap: float, *, out_of_time: bool) -> str:
    """Return the honest word for an objective and its bound: `OPTIMAL` only when the gap asked for is proved."""
    if gap_between(objective, bound) <= gap + SAME:
        return OPTIMAL
    return TIME_LIMIT if out_of_time else FEASIBLE
