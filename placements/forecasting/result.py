"""The forecast: places needed by month and demand group, run by run, settled and starting kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import UsageError
from placements.forecasting.spells import KEYS

Float32 = npt.NDArray[np.float32]

LEVELS: Final = ("starting", "settled", "total", "avoidable")
#: Quantiles of the bands: half, four fifths and nineteen twentieths of the runs lie between low and high.
BANDS: Final[Mapping[str, float]] = {
    "low_95": 0.025,
    "low_80": 0.1,
    "low_50": 0.25,
    "median": 0.5,
    "high_50": 0.75,
    "high_80": 0.9,
    "high_95": 0.975,
}


@dataclass(frozen=True)
class Forecast:
    """Places needed, by run, month and demand group. Aggregates only: no child is in it.

    Attributes
    ----------
    groups : DataFrame
        `group` (id), `service, area, need_group, age_band` (at the start of the placement), `provision` (wanted).
    months : DatetimeIndex
        Last day of each month after the snapshot.
    starting : ndarray of float32 (runs, months, groups)
        Mean places in use in the month by placements that start after the snapshot.
    settled : ndarray of float32 (runs or 1, months, groups)
        The same by the placements that children have on the snapshot day: they stay until those end.
    cohorts : ndarray of float32 (runs, years, years, groups)
        Child-years of `starting` by year of start and year of use: what prevention from some year on can lower.
    away : DataFrame
        Indexed by `group`: `share` of starts that are avoidably out of county (shrunk), with `avoidable`, `known` and
        `unknown`, the starts counted.
    held : ndarray of float32 (runs, months, states)
        Mean places in use in the month by kind of provision (`spells.STATES`), those too that no local place can serve.
    entered : ndarray of float32 (runs, months, streams)
        Children who begin to be looked after, and new plans.
    streams : tuple of str
        What `entered` counts.
    assumptions : mapping
        Every setting and estimate of note that was used.
    seed : int
    """

    groups: pd.DataFrame
    months: pd.DatetimeIndex
    starting: Float32
    settled: Float32
    cohorts: Float32
    away: pd.DataFrame
    held: Float32
    entered: Float32
    streams: tuple[str, ...]
    assumptions: Mapping[str, Any]
    seed: int

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return int(self.starting.shape[0])

    @property
    def years(self) -> int:
        """Return the number of whole years."""
        return len(self.months) // 12

    def child_years(self) -> Float32:
        """Return child-years of placements that start after the snapshot, (runs, years, groups)."""
        return np.asarray(self.cohorts.sum(axis=1), np.float32)

    def avoidable_child_years(self) -> Float32:
        """Return child-years avoidably out of county if capacity stays as used today, (runs, years, groups)."""
        return np.asarray(self.child_years() * self.away["share"].to_numpy(np.float32))

    def level(self, name: str) -> Float32:
        """Return one of `LEVELS` by run, month and group.

        Raises
        ------
        UsageError
            When there is no such level.
        """
        if name not in LEVELS:
            raise UsageError(f"{name!r} is not a level of the forecast; there are {', '.join(LEVELS)}")
        if name == "settled":
            return self.settled
        if name == "total":
            return np.asarray(self.starting + self.settled)
        if name == "avoidable":
            return np.asarray(self.starting * self.away["share"].to_numpy(np.float32))
        return self.starting

    def summary(self, by: Sequence[str] = ("service",), level: str = "starting") -> pd.DataFrame:
        """Return means and bands over the runs, by month.

        Parameters
        ----------
        by : sequence of str
            Columns of `groups`; empty for one total.
        level : str
            One of `LEVELS`.

        Returns
        -------
        DataFrame
            Indexed by `by` and `month`: `mean`, and the quantiles of `BANDS`, of the places in use. Bands are taken of
            the sums in each run, never summed themselves.

        Raises
        ------
        UsageError
            When a column or level does not exist.
        """
        wrong = [column for column in by if column not in KEYS]
        if wrong:
            raise UsageError(f"{', '.join(wrong)}: demand groups have {', '.join(KEYS)}")
        values = self.level(level)
        keys = self.groups[list(by)].drop_duplicates().sort_values(list(by)) if by else pd.DataFrame({"": [""]})
        tables = []
        for key in keys.itertuples(index=False, name=None):
            rows = np.ones(len(self.groups), bool)
            for column, wanted in zip(by, key, strict=False):
                rows &= self.groups[column].eq(wanted).to_numpy(bool)
            tables.append(_bands(values[:, :, rows].sum(axis=2, dtype=np.float64)))
        columns = ["mean", *BANDS]
        names = [*by, "month"]
        if not tables:
            index = pd.MultiIndex.from_arrays([[] for _ in names], names=names)
            return pd.DataFrame(columns=columns, index=index, dtype=float)
        tuples = [
            (*(key if by else ()), month) for key in keys.itertuples(index=False, name=None) for month in self.months
        ]
        index = pd.MultiIndex.from_tuples(tuples, names=names)
        return pd.DataFrame(np.vstack(tables), columns=columns, index=index)


def _bands(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return mean and quantiles over runs, (months, 1 + bands)."""
    quantiles = np.quantile(sums, list(BANDS.values()), axis=0)
    return np.column_stack([sums.mean(axis=0), quantiles.T])
