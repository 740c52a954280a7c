"""What does it cost to get from where to where? The table that every measure of access takes, checked.

`origin`, `destination` and `cost`, in miles or minutes, one row a pair. A pair that is not there, or whose cost is
infinite, is beyond reach. A pair whose cost is missing is unknown: it is left out of every sum and counted; an origin
or destination that cannot be placed has such rows, the origin one without a destination if need be. An origin without
any row reaches nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import UsageError

Floats = npt.NDArray[np.float64]


def checked_pairs(costs: pd.DataFrame, origins: pd.Index, destinations: pd.Index | None = None) -> pd.DataFrame:
    """Return the costs with positions for ids (-1: no destination, only where cost is unknown), checked."""
    cost = costs["cost"].to_numpy(float)
    if (cost < 0).any():
        raise UsageError("a cost must be a number from 0 up, or missing")
    origin, destination = origins.get_indexer(pd.Index(costs["origin"])), np.zeros(len(costs), np.intp)
    strange = {"origins": int((origin < 0).sum())}
    if destinations is not None:
        destination = destinations.get_indexer(pd.Index(costs["destination"]))
        nowhere = costs["destination"].isna().to_numpy(bool) & np.isnan(cost)
        strange["destinations"] = int(((destination < 0) & ~nowhere).sum())
    if any(strange.values()):
        counts = " and ".join(f"{count} of {what}" for what, count in strange.items() if count)
        raise UsageError(f"costs name ids that are not there: rows with such ids, {counts}")
    if destinations is not None:
        placed = destination >= 0
        if len(np.unique(origin[placed] * len(destinations) + destination[placed])) < placed.sum():
            raise UsageError("costs have a pair of origin and destination twice: give each once")
    kept = ~np.isinf(cost)
    return pd.DataFrame({"origin": origin[kept], "destination": destination[kept], "cost": cost[kept]})


def value_at(values: Floats, position: pd.Series) -> Floats:
    """Return the value at each position, NaN where there is none (-1)."""
    return np.asarray(np.append(values, np.nan)[position.to_numpy()])
