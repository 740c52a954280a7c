"""How many places are there for each child within reach? Floating catchments, from a table of costs (`cost_pairs`).

Two-step floating catchment area (W. Luo and F. Wang, *Measures of spatial accessibility to health care in a GIS
environment*, Environment and Planning B 30, 2003), enhanced with weights by distance (W. Luo and Y. Qi, *An enhanced
two-step floating catchment area (E2SFCA) method for measuring spatial accessibility to primary care physicians*,
Health & Place 15, 2009)::

    step 1   R_j = places_j / sum over i of need_i * w(cost_ij)      places per child that competes for site j
    step 2   A_i = sum over j of R_j * w(cost_ij)                     places per child in reach of origin i

with `cost_ij <= limit` in both. So `sum of need_i * A_i` is all places that any need can reach: none counts twice.

The package `access` (PySAL) has the same measures and gives the same numbers wherever it gives any. It differs where
there is nothing to divide by: an origin that reaches nothing is not in its answer and is 0 here; a site that nobody
competes for gives it an infinite ratio, and a missing one to whomever reaches the site with a weight of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.analysis.cost_pairs import Floats, checked_pairs, value_at
from placements.errors import UsageError

#: What a place counts for at each cost.
Weight = Callable[[Floats], Floats]
#: Luo and Qi's weights of the first, second and last third of the catchment (the slower of their two decays).
LUO_QI_WEIGHTS: Final = (1.0, 0.68, 0.22)


def stepped(steps: Mapping[float, float]) -> Weight:
    """Return a weight that is constant up to each bound (included) and 0 beyond the last.

    Parameters
    ----------
    steps : mapping of float to float
        Weight by upper bound, such as ``{10: 1.0, 20: 0.68, 30: 0.22}``.

    Raises
    ------
    UsageError
        When there is no step, or a weight is below 0 or not a number.
    """
    bounds = np.array(sorted(steps), float)
    weights = np.array([steps[bound] for bound in sorted(steps)] + [0.0], float)
    if not len(bounds) or not np.isfinite(bounds).all() or not (np.isfinite(weights) & (weights >= 0)).all():
        raise UsageError(f"steps of {dict(steps)!r} cannot be used: give a weight from 0 up for each upper bound")
    return lambda cost: np.asarray(weights[np.searchsorted(bounds, cost, side="left")])


def luo_qi(limit: float) -> Weight:
    """Return the weights of Luo and Qi (2009) over thirds of the catchment up to a limit."""
    return stepped({limit * (step + 1) / 3: weight for step, weight in enumerate(LUO_QI_WEIGHTS)})


def gaussian(spread: float) -> Weight:
    """Return the weight ``exp(-cost^2 / (2 * spread^2))``, which is 1 at no cost; `spread` in the unit of cost.

    Raises
    ------
    UsageError
        When `spread` is not above 0.
    """
    if not spread > 0:
        raise UsageError(f"a spread of {spread} cannot be used: give a number above 0")
    return lambda cost: np.asarray(np.exp(-cost * cost / (2 * spread**2)))


def two_step(need: pd.Series, places: pd.Series, costs: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return places per child within reach, every place within the limit counting the same; see `enhanced_two_step`."""
    return enhanced_two_step(need, places, costs, limit, np.ones_like)


def enhanced_two_step(
    need: pd.Series, places: pd.Series, costs: pd.DataFrame, limit: float, weight: Weight
) -> pd.DataFrame:
    """Return places per child within reach (E2SFCA).

    Parameters
    ----------
    need : Series of float
        Children by origin, each known.
    places : Series of float
        Places by destination, NaN when not known.
    costs : DataFrame
        `origin`, `destination`, `cost`, every id one of those above.
    limit : float
        The most a place may cost to count, included; in the unit of cost.
    weight : callable
        `stepped`, `luo_qi`, `gaussian` or any other from costs to weights of 0 and up.

    Returns
    -------
    DataFrame
        Indexed as `need`: `places_per_child`; `sites_in_reach`, those with a weight above 0; `unknown`, the pairs left
        out because cost or places are not known. `places_per_child` is missing where it is not defined: where all that
        is in reach is unknown, or where a site in reach has places and no need that competes for them (only ever at an
        origin without need).

    Raises
    ------
    UsageError
        When an id is not one of the origins or destinations, a pair is there twice, or a number is not a cost, a need,
        a number of places or a weight.
    """
    pairs = checked_pairs(costs, need.index, places.index)
    children, supply = need.to_numpy(float), places.to_numpy(float)
    if not (np.isfinite(children).all() and (children >= 0).all()):
        raise UsageError("need must be a number from 0 up at every origin: count those of unknown origin apart")
    if (supply < 0).any():
        raise UsageError("places must be a number from 0 up, or missing")
    cost = pairs["cost"].to_numpy(float)
    known = ~np.isnan(cost) & ~np.isnan(value_at(supply, pairs["destination"]))
    near = pairs[known & (cost <= limit)]
    weights = np.asarray(weight(near["cost"].to_numpy(float)), float)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise UsageError("a weight must be a number from 0 up at every cost")
    near, weights = near[weights > 0], weights[weights > 0]
    origin, destination = near["origin"].to_numpy(), near["destination"].to_numpy()
    unknown = np.bincount(pairs["origin"][~known], minlength=len(need))
    sites = np.bincount(origin, minlength=len(need))
    ratio = floating_catchment(children, supply, origin, destination, weights)
    ratio[(sites == 0) & (unknown > 0)] = np.nan
    return pd.DataFrame({"places_per_child": ratio, "sites_in_reach": sites, "unknown": unknown}, index=need.index)


def floating_catchment(
    need: Floats,
    places: Floats,
    origin: npt.NDArray[np.integer],
    destination: npt.NDArray[np.integer],
    weight: Floats,
) -> Floats:
    """Return `A_i` of both steps from bare arrays.

    Parameters
    ----------
    need, places : ndarray of float
        By position of origin and of destination.
    origin, destination : ndarray of int
        Positions of each pair within the limit.
    weight : ndarray of float
        Of each pair, above 0.

    Returns
    -------
    ndarray of float
        By origin; 0 where nothing is in reach, NaN where a site in reach has places that no need competes for.
    """
    competing = np.bincount(destination, weight * need[origin], minlength=len(places))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        per_child = places / competing
    # No places are no places whoever competes for them; places that nobody competes for have no ratio, least of all an
    # infinite one.
    per_child[~np.isfinite(per_child)] = np.nan
    per_child[places == 0] = 0.0
    return np.bincount(origin, weight * per_child[destination], minlength=len(need)).astype(float)
