"""Given the open sites, who goes where when each may go to the nearest?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from placements.location.inputs import Floats, Ints, Pairs


def nearest_open(values: Floats, chosen: Ints) -> tuple[Ints, Floats]:
    """Return the column of the cheapest open site of each demand (the first of equals), and its value.

    Parameters
    ----------
    values : ndarray (demand, sites)
        Infinite where not allowed.
    chosen : ndarray
        Columns of the open sites.
    """
    chosen = np.sort(chosen)
    if not len(chosen):
        return np.zeros(len(values), dtype=np.intp), np.full(len(values), np.inf)
    part = values[:, chosen]
    at = np.argmin(part, axis=1)
    return chosen[at], part[np.arange(len(values)), at]


def assignment_of(given: Pairs, site: Ints, is_served: np.ndarray) -> pd.Series:
    """Return the id of the site of each demand, missing where not served, keyed by demand id."""
    ids = np.empty(len(site), dtype=object)
    ids[:] = [given.sites[column] if served else None for column, served in zip(site, is_served, strict=True)]
    return pd.Series(ids, index=given.demand, name="site", dtype=object)


def nobody_served(given: Pairs) -> pd.Series:
    """Return the assignment in which no demand has a site."""
    return assignment_of(given, np.zeros(len(given.demand), dtype=np.intp), np.zeros(len(given.demand), dtype=bool))


def ids_of(given: Pairs, chosen: Ints) -> tuple[object, ...]:
    """Return the ids of open sites, in the order of the data."""
    return tuple(given.sites[np.sort(chosen)])
