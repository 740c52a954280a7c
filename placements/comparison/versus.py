"""Which scenario is the better one? How often one beats another, and what choosing it could cost in hindsight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.comparison.futures import SAME
from placements.comparison.outcome import Outcome
from placements.comparison.result import Comparison
from placements.errors import UsageError

Floats = npt.NDArray[np.float64]

#: What scenarios are judged by, in each future: less is better.
CRITERIA: Final[Mapping[str, Callable[[Outcome], Floats]]] = MappingProxyType(
    {
        "away_child_years": lambda outcome: np.asarray(outcome.away.sum(axis=0)),
        "net_gbp": lambda outcome: np.asarray(outcome.net_gbp.sum(axis=0)),
    }
)


def probability_better(result: Comparison, by: str = "away_child_years") -> pd.DataFrame:
    """Return how likely each scenario (rows) is better than each other one (columns) in the same future.

    Parameters
    ----------
    result : Comparison
    by : str
        One of `CRITERIA`.

    Returns
    -------
    DataFrame
        The weight of the futures in which it has less. Equal in a future is better for neither, so the two chances of a
        pair may come to less than 1.

    Raises
    ------
    UsageError
        When there is no such criterion.
    """
    values = _values(result, by)
    less = values[:, None, :] < values[None, :, :] - SAME
    names = pd.Index(result.outcomes, name="scenario")
    return pd.DataFrame(less @ result.weights, index=names, columns=names.rename("than"))


def regret(result: Comparison, by: str = "away_child_years") -> pd.DataFrame:
    """Return what choosing each scenario could cost in hindsight: how far it is from the best one of each future.

    Returns
    -------
    DataFrame
        Indexed by `scenario`: `mean_regret` with its band (`regret_low_80`, `regret_high_80`), `largest_regret`, and
        `best_in`, the share of futures in which no other is better.

    Raises
    ------
    UsageError
        When there is no such criterion.
    """
    values = _values(result, by)
    lost = values - values.min(axis=0)
    rows = {
        name: {
            **result.banded(own).named("mean_regret", "regret"),
            "largest_regret": float(own.max()),
            "best_in": result.mean((own <= SAME).astype(float)),
        }
        for name, own in zip(result.outcomes, lost, strict=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("scenario")


def _values(result: Comparison, by: str) -> Floats:
    if by not in CRITERIA:
        raise UsageError(f"{by!r} is nothing that scenarios are judged by; there are {', '.join(CRITERIA)}")
    return np.array([CRITERIA[by](outcome) for outcome in result.outcomes.values()])
