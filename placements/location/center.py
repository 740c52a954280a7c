"""The p-center: open p sites so that the farthest demand is as near as possible.

The answer is one of the distances in the table. Whether p sites can cover all demand within a distance is a covering
question (`covering.smallest_cover`), so a search by halves over the distinct distances settles it (Minieka 1970).
"""

from __future__ import annotations

import numpy as np

from placements.location.assign import assignment_of, ids_of, nearest_open, nobody_served
from placements.location.covering import smallest_cover
from placements.location.inputs import Table, at_least_nought, limits, number_to_open, pairs
from placements.location.result import LocationResult, answered, gap_between, unanswered


def p_center(distance: Table, p: int, *, time_limit_s: float = 300.0, gap: float = 0.0) -> LocationResult:
    """Open exactly `p` sites so that the greatest distance from a demand to its nearest open site is least.

    Parameters
    ----------
    distance : DataFrame or array (demand, sites)
        0 or more; missing or infinite: not allowed.
    p : int
    time_limit_s, gap : float
        See `p_median`.

    Returns
    -------
    LocationResult
        `objective` is the greatest distance.

    Raises
    ------
    UsageError
        The data do not fit together.
    """
    clock = limits(time_limit_s, gap)
    given = pairs(distance, "distance")
    at_least_nought(given, "distance")
    p = number_to_open(p, len(given.sites))
    values = given.values
    # No distance below the nearest site of the worst placed demand can do.
    distances = np.unique(values[np.isfinite(values)])
    low = int(np.searchsorted(distances, values.min(axis=1).max()))
    high = len(distances)  # nothing known yet; below `low` nothing can do
    chosen: np.ndarray | None = None
    while low < high and clock.left_s > 0:
        if chosen is not None and gap_between(distances[high], distances[low]) <= gap:
            break
        # The first question asks for all that is allowed: is there an answer at all?
        at = (low + high) // 2 if chosen is not None else len(distances) - 1
        cover = smallest_cover(values <= distances[at], clock, most=p)
        if cover.chosen is not None:
            chosen = cover.chosen
            high = int(np.searchsorted(distances, nearest_open(values, chosen)[1].max()))
        elif cover.bound > p:
            low = at + 1
        else:
            break
    if chosen is None:
        bound = float(distances[low]) if low < len(distances) else np.inf
        return unanswered(bound, clock, nobody_served(given))
    others = np.setdiff1d(np.arange(len(given.sites)), chosen)
    chosen = np.sort(np.append(chosen, others[: p - len(chosen)]))
    site, value = nearest_open(values, chosen)
    objective = float(value.max())
    bound = min(float(distances[min(low, high)]), objective)
    return answered(objective, bound, gap, clock, ids_of(given, chosen), assignment_of(given, site, np.isfinite(value)))
