"""Do the figures given to a location model fit together? Tables keyed by id in, arrays out.

A frame is keyed by its index (demand) and columns (sites); an array by position, counted from 0. Quantities beside it
(`weights`, `demand`, `capacity`, `fixed_cost`) are looked up by id when they are a Series or a mapping, whatever
their order, and taken in the order of the table when they are a sequence.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import UsageError

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.intp]
Bools: TypeAlias = npt.NDArray[np.bool_]
Table: TypeAlias = pd.DataFrame | npt.ArrayLike
Amounts: TypeAlias = "pd.Series | Mapping[object, float] | Sequence[float] | npt.NDArray[np.generic] | float"


@dataclass(frozen=True, eq=False)
class Pairs:
    """A value for every demand and site, with the ids of both.

    Attributes
    ----------
    values : ndarray (demand, sites)
        Infinite where the pair is not allowed.
    demand, sites : Index
    """

    values: Floats
    demand: pd.Index
    sites: pd.Index


class Clock:
    """Wall time since a call began, and what is left of its limit."""

    def __init__(self, limit_s: float) -> None:
        self._began, self._limit_s = time.monotonic(), limit_s

    @property
    def seconds(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._began

    @property
    def left_s(self) -> float:
        """Seconds left; 0 or less when the time is over."""
        return self._limit_s - self.seconds


def pairs(table: Table, name: str) -> Pairs:
    """Read a demand x site table.

    Parameters
    ----------
    table : DataFrame or array (demand, sites)
        Not a number or infinite: the pair is not allowed.
    name : str
        What messages call it.

    Raises
    ------
    UsageError
        The table is empty, not in two dimensions, holds words or minus infinity, or an id comes twice.
    """
    frame = table if isinstance(table, pd.DataFrame) else None
    try:
        values = np.array(frame if frame is not None else table, dtype=float)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} holds something that is not a number: {error}") from None
    if values.ndim != 2 or 0 in values.shape:
        raise UsageError(f"{name} has to be a table of demand x sites with at least one of each, not {values.shape}")
    demand = frame.index if frame is not None else pd.RangeIndex(values.shape[0])
    sites = frame.columns if frame is not None else pd.RangeIndex(values.shape[1])
    for ids, what in ((demand, "demand (row)"), (sites, "site (column)")):
        if not ids.is_unique:
            raise UsageError(f"{name} names the {what} {ids[ids.duplicated()][0]!r} more than once")
    values[np.isnan(values)] = np.inf
    if (values == -np.inf).any():
        raise UsageError(f"{name} holds minus infinity")
    return Pairs(values, demand, sites)


def at_least_nought(given: Pairs, name: str) -> None:
    """Raise a UsageError if a table holds a value below 0."""
    if (given.values < 0).any():
        raise UsageError(f"{name} holds values below 0")


def amounts(given: Amounts | None, ids: pd.Index, name: str, default: float = 1.0) -> Floats:
    """Return an amount for each id, in the order of `ids`.

    Parameters
    ----------
    given : Series or mapping by id, sequence in the order of the table, one number for all, or None for `default`

    Raises
    ------
    UsageError
        An id has no amount, the number of amounts is wrong, or one is below 0 or not finite.
    """
    if given is None:
        return np.full(len(ids), default)
    try:
        if isinstance(given, Mapping):
            given = pd.Series(dict(given))
        if isinstance(given, pd.Series):
            missing = ids[~ids.isin(given.index)]
            if len(missing):
                raise UsageError(f"{name} says nothing of {missing[0]!r} ({len(missing)} missing)")
            if not given.index.is_unique:
                raise UsageError(f"{name} names {given.index[given.index.duplicated()][0]!r} more than once")
            given = given.reindex(ids).to_numpy()
        values = np.asarray(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} holds something that is not a number: {error}") from None
    if values.ndim == 0:
        values = np.full(len(ids), float(values))
    if values.shape != (len(ids),):
        raise UsageError(f"{name} has {values.size} amounts where {len(ids)} are needed")
    if not np.isfinite(values).all() or (values < 0).any():
        raise UsageError(f"{name} has to hold finite amounts of 0 or more")
    return values.copy()


def number_to_open(p: int, sites: int) -> int:
    """Return `p` when so many sites can be opened.

    Raises
    ------
    UsageError
        It is not a whole number from 1 to the number of sites.
    """
    if isinstance(p, bool) or int(p) != p or not 1 <= p <= sites:
        raise UsageError(f"p has to be a whole number from 1 to {sites} (the number of sites), not {p!r}")
    return int(p)


def limits(time_limit_s: float, gap: float) -> Clock:
    """Start the clock of a call.

    Raises
    ------
    UsageError
        The time limit is not above 0, or the gap not from 0 to below 1.
    """
    if not time_limit_s > 0:
        raise UsageError(f"time_limit_s has to be above 0, not {time_limit_s!r}")
    if not 0 <= gap < 1:
        raise UsageError(f"gap has to be from 0 to below 1, not {gap!r}")
    return Clock(time_limit_s)


def not_negative_radius(radius: float) -> float:
    """Return the radius as a number.

    Raises
    ------
    UsageError
        It is below 0 or not finite.
    """
    if not (math.isfinite(radius) and radius >= 0):
        raise UsageError(f"radius has to be a finite distance of 0 or more, not {radius!r}")
    return float(radius)


def common_step(values: Floats) -> float:
    """Return the largest step of which all values are multiples, for whole numbers; 0 where there is none.

    Sums of such values are multiples too, so that a bound can be rounded up to the next one.
    """
    finite = values[np.isfinite(values)]
    if not len(finite) or (finite != np.round(finite)).any() or np.abs(finite).max() > 2**52:
        return 0.0
    return float(np.gcd.reduce(np.unique(np.abs(finite)).astype(np.int64)))
