"""How far is the nearest vacancy, and who is within reach? From a table of costs in miles or minutes (`cost_pairs`).

Three answers are possible: a figure, none in reach, and not known. None is ever given as 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements.analysis.cost_pairs import checked_pairs, value_at
from placements.analysis.measure import share

#: A vacancy is at least a whole place.
LEAST_VACANCY: Final = 1.0


def nearest_vacancy(vacancies: pd.Series, costs: pd.DataFrame, origins: pd.Index) -> pd.DataFrame:
    """Return the nearest site with a usable vacancy.

    Parameters
    ----------
    vacancies : Series of float
        Vacant usable places by destination, NaN when not known.
    costs : DataFrame
        `origin`, `destination`, `cost` of the pairs that suit.
    origins : Index

    Returns
    -------
    DataFrame
        Indexed by `origins`: `cost` and `destination`, missing when no vacancy is in reach (never 0); `unknown`, the
        pairs left out because cost or vacancies are not known. Of sites at the same cost, the first in the order of
        `vacancies`.

    Raises
    ------
    UsageError
        As `catchment.enhanced_two_step`.
    """
    pairs = checked_pairs(costs, origins, vacancies.index)
    free = value_at(vacancies.to_numpy(float), pairs["destination"])
    # A site that is full is no answer however unknown its cost.
    known = ~np.isnan(free) & (pairs["cost"].notna().to_numpy(bool) | (free < LEAST_VACANCY))
    usable = pairs[known & (free >= LEAST_VACANCY)]
    first = usable.sort_values(["origin", "cost", "destination"], kind="stable").drop_duplicates("origin")
    found = first.set_index("origin").reindex(range(len(origins)))
    position = found["destination"].fillna(-1).to_numpy(int)
    return pd.DataFrame(
        {
            "cost": found["cost"].to_numpy(float),
            "destination": pd.Series(vacancies.index, dtype=object).reindex(position).to_numpy(),
            "unknown": np.bincount(pairs["origin"][~known], minlength=len(origins)),
        },
        index=origins,
    )


def reaches(costs: pd.DataFrame, origins: pd.Index, limit: float) -> pd.Series:
    """Return whether each origin reaches any destination within a limit (included).

    Parameters
    ----------
    costs : DataFrame
        `origin`, `destination`, `cost` of the pairs that suit, complete up to the limit.
    origins : Index
    limit : float
        In the unit of cost, such as 20 miles or 45 minutes.

    Returns
    -------
    Series of boolean, named ``reaches``
        Missing where no known cost is within the limit and an unknown one may be.
    """
    pairs = checked_pairs(costs, origins)
    cost = pairs["cost"].to_numpy(float)
    near = np.bincount(pairs["origin"][cost <= limit], minlength=len(origins)) > 0
    unknown = np.bincount(pairs["origin"][np.isnan(cost)], minlength=len(origins)) > 0
    answer = pd.array(near, dtype="boolean")
    answer[~near & unknown] = pd.NA
    return pd.Series(answer, index=origins, name="reaches")


def share_within(need: pd.Series, reached: pd.Series, by: pd.Series | None = None) -> pd.DataFrame:
    """Return the share of need within reach, with its parts.

    Parameters
    ----------
    need : Series of int
        Children by origin.
    reached : Series of boolean
        As from `reaches`, indexed as `need`.
    by : Series, optional
        Group of each origin, indexed as `need`; all together when not given.

    Returns
    -------
    DataFrame
        By group: `numerator, denominator, excluded, share, low, high`, as `measure.share`. `excluded` is the need of
        which it is not known whether it is within reach.
    """
    answer = reached.map({True: "within", False: "beyond"}).astype(object).fillna("unknown")
    group = pd.Series("all", index=need.index) if by is None else by
    counts = need.groupby([group.to_numpy(), answer.to_numpy()]).sum().unstack(fill_value=0)
    counts = counts.reindex(columns=["within", "beyond", "unknown"], fill_value=0)
    counts.index.name = None if by is None else by.name
    return share(counts, "within", ["within", "beyond"], ["unknown"])
