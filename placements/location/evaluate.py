"""Is an answer what it says it is? It is costed again from the data, one demand at a time, by code of its own.

`evaluate` looks up every id of the answer in the data given, checks every rule of the model, and returns the objective
it finds. It proves nothing about bounds: those need the model solved again by other means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import PlacementsError
from placements.location.result import LocationResult

_CLOSE = 1e-6


class WrongAnswerError(PlacementsError):
    """An answer breaks a rule of its model, or does not cost what it says."""


@dataclass(frozen=True, eq=False)
class Rules:
    """The data and rules of a model; what is left at None is no rule.

    Attributes
    ----------
    table : DataFrame or array (demand, sites)
        Cost of serving the whole of a demand, or distance.
    open_exactly : int, optional
        How many sites have to be open.
    weights : mapping by demand id, optional
    radius : float, optional
        Nobody is served from farther away.
    fixed_cost, capacity : mapping by site id, optional
    demand : mapping by demand id, optional
        Amounts that `capacity` is for; a demand of 0 may go unserved.
    may_miss : bool
        Demand may go unserved (coverage).
    is_whole : bool
        No demand is split.
    """

    table: pd.DataFrame | npt.ArrayLike
    open_exactly: int | None = None
    weights: Mapping[object, float] | None = None
    radius: float | None = None
    fixed_cost: Mapping[object, float] | None = None
    capacity: Mapping[object, float] | None = None
    demand: Mapping[object, float] | None = None
    may_miss: bool = False
    is_whole: bool = True
    _frame: pd.DataFrame = field(init=False)
    _values: npt.NDArray[np.float64] = field(init=False)
    _row: dict[object, int] = field(init=False)
    _column: dict[object, int] = field(init=False)

    def __post_init__(self) -> None:
        frame = self.table if isinstance(self.table, pd.DataFrame) else pd.DataFrame(np.asarray(self.table))
        object.__setattr__(self, "_frame", frame)
        object.__setattr__(self, "_values", frame.to_numpy(float))
        object.__setattr__(self, "_row", {name: position for position, name in enumerate(frame.index)})
        object.__setattr__(self, "_column", {name: position for position, name in enumerate(frame.columns)})

    @property
    def frame(self) -> pd.DataFrame:
        """The table, keyed by id."""
        return self._frame

    def value(self, demand: object, site: object) -> float:
        """Return the value of a pair of ids."""
        return float(self._values[self._row[demand], self._column[site]])


def evaluate(result: LocationResult, rules: Rules, goal: str) -> float:
    """Check an answer and return its objective.

    Parameters
    ----------
    result : LocationResult
    rules : Rules
    goal : str
        ``cost`` (weighted cost of serving, and fixed costs), ``covered`` (weight served), ``sites`` (number open) or
        ``farthest`` (greatest distance).

    Raises
    ------
    WrongAnswerError
        A rule is broken, or the objective is not what the answer says.
    """
    shares = _shares(result)
    for site in result.open:
        if site not in rules.frame.columns:
            raise WrongAnswerError(f"site {site!r} is not in the data")
    if len(set(result.open)) != len(result.open):
        raise WrongAnswerError("a site is named as open twice")
    if rules.open_exactly is not None and len(result.open) != rules.open_exactly:
        raise WrongAnswerError(f"{len(result.open)} sites are open where {rules.open_exactly} have to be")
    _check_served(result, shares, rules)
    _check_capacity(shares, rules)
    found = _objective(result, shares, rules, goal)
    if abs(found - result.objective) > _CLOSE * max(abs(found), 1.0):
        raise WrongAnswerError(f"the answer says {result.objective!r} and comes to {found!r}")
    return found


def _shares(result: LocationResult) -> dict[tuple[object, object], float]:
    """Return the share of each demand by site."""
    given = result.assignment
    if isinstance(given, pd.Series):
        return {(demand, site): 1.0 for demand, site in given.items() if site is not None}
    rows = zip(given["demand"], given["site"], given["share"], strict=True)
    return {(demand, site): float(share) for demand, site, share in rows}


def _check_served(result: LocationResult, shares: dict[tuple[object, object], float], rules: Rules) -> None:
    served: dict[object, float] = defaultdict(float)
    parts: dict[object, int] = defaultdict(int)
    for (demand, site), share in shares.items():
        if site not in result.open:
            raise WrongAnswerError(f"demand {demand!r} is served from {site!r}, which is not open")
        value = rules.value(demand, site)
        if not np.isfinite(value) or (rules.radius is not None and value > rules.radius):
            raise WrongAnswerError(f"demand {demand!r} is served from {site!r}, which is not allowed")
        served[demand] += share
        parts[demand] += 1
    for demand in rules.frame.index:
        needs = rules.demand is None or rules.demand[demand] > 0
        needs &= rules.weights is None or rules.weights[demand] > 0
        if needs and not rules.may_miss and abs(served[demand] - 1.0) > _CLOSE:
            raise WrongAnswerError(f"demand {demand!r} is served {served[demand]:.6f} times")
        if rules.is_whole and parts[demand] > 1:
            raise WrongAnswerError(f"demand {demand!r} is split")


def _check_capacity(shares: dict[tuple[object, object], float], rules: Rules) -> None:
    if rules.capacity is None or rules.demand is None:
        return
    used: dict[object, float] = defaultdict(float)
    for (demand, site), share in shares.items():
        used[site] += share * rules.demand[demand]
    for site, amount in used.items():
        if amount > rules.capacity[site] * (1.0 + _CLOSE):
            raise WrongAnswerError(f"site {site!r} serves {amount} and holds {rules.capacity[site]}")


def _objective(result: LocationResult, shares: dict[tuple[object, object], float], rules: Rules, goal: str) -> float:
    weight = {demand: 1.0 if rules.weights is None else rules.weights[demand] for demand in rules.frame.index}
    if goal == "covered":
        return sum(weight[demand] for demand, _ in shares)
    if goal == "sites":
        return float(len(result.open))
    if goal == "farthest":
        return max(rules.value(*pair) for pair in shares)
    fixed = sum(rules.fixed_cost[site] for site in result.open) if rules.fixed_cost is not None else 0.0
    serving = (weight[pair[0]] * share * rules.value(*pair) for pair, share in shares.items())
    return float(fixed) + sum(serving)
