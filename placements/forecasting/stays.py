"""Who comes, one by one? The placements behind single runs of a forecast, told again from its seed.

A forecast keeps sums: child-years by group, year of start and year of use. A block of its runs has a stream of random
numbers of its own, so any run can be lived again and each of its stays taken down. What is told again must come to the
sums that the forecast holds; nothing about lengths of stay is assumed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.county import County
from placements.errors import UsageError
from placements.forecasting.model import prepare
from placements.forecasting.result import Forecast
from placements.forecasting.simulate import BLOCK_RUNS, Model, Wave, block_streams, follow

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Child-years of a group, year of start and year of use that may differ: the forecast keeps them in single precision.
_CLOSE: Final = 2e-3


@dataclass(frozen=True, eq=False)
class Stays:
    """Placements that start after the snapshot, one row each, by sample and day of start.

    Attributes
    ----------
    sample : ndarray of int (n,)
        Position among the runs asked for.
    group : ndarray of int (n,)
        Row of `Forecast.groups`.
    begin, end : ndarray (n,)
        Years after the snapshot; `end` may lie beyond the forecast.
    """

    sample: Ints
    group: Ints
    begin: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.begin)

    def cohorts(self, samples: int, years: int, groups: int) -> Floats:
        """Return child-years as `Forecast.cohorts` has them, (samples, years of start, years of use, groups)."""
        out = np.zeros((samples, years, years, groups))
        start = self.begin.astype(np.intp)
        for year, used in enumerate(years_in_use(self.begin, self.end, years)):
            np.add.at(out[:, :, year], (self.sample, start, self.group), used)
        return out


def years_in_use(begin: Floats, end: Floats, years: int) -> Floats:
    """Return the part of each year that lies between begin and end, (years, n)."""
    year = np.arange(years)[:, None]
    return np.asarray(np.clip(np.minimum(end, year + 1) - np.maximum(begin, year), 0.0, None), float)


def stays_of(county: County, forecast: Forecast, runs: Sequence[int]) -> Stays:
    """Return the placements that start after the snapshot in some runs of a forecast.

    Parameters
    ----------
    county : County
    forecast : Forecast
        As `forecasting.forecast` made it for this county.
    runs : sequence of int

    Raises
    ------
    UsageError
        When the county, told again, does not come to what the forecast holds.
    """
    ready = prepare(county, forecast.years, forecast.runs, forecast.seed)
    blocks = block_streams(ready.runs, ready.seed)
    found: list[Stays] = []
    for block in sorted({run // BLOCK_RUNS for run in runs}):
        size, stream = blocks[block]
        taken = _Taken(ready.model)
        follow(ready.model, ready.levers, len(ready.months), size, stream, taken.add)
        found += [taken.of(run % BLOCK_RUNS, at) for at, run in enumerate(runs) if run // BLOCK_RUNS == block]
    stays = in_order(found)
    _refuse_another(stays, forecast, runs, ready.model)
    return stays


class _Taken:
    """Takes stays down that a local place could serve and that begin after the snapshot."""

    def __init__(self, model: Model) -> None:
        self._lookup = model.groups.lookup
        self._rows: list[tuple[Ints, Ints, Floats, Floats]] = []

    def add(self, wave: Wave, over: Floats, settled: bool) -> None:
        if settled:
            return
        group = self._lookup[wave.state, wave.need, wave.band, wave.area]
        kept = np.flatnonzero((group >= 0) & (over > wave.begin))
        self._rows.append((wave.run[kept], group[kept], wave.begin[kept] / 12, over[kept] / 12))

    def of(self, run: int, sample: int) -> Stays:
        """Return the stays of one run of the block."""
        runs, group, begin, end = (np.concatenate(column) for column in zip(*self._rows, strict=True))
        own = runs == run
        return Stays(np.full(int(own.sum()), sample, np.intp), group[own], begin[own], end[own])


def in_order(parts: Sequence[Stays]) -> Stays:
    """Return the stays of several as one, by sample and day of start."""
    sample, group = (np.concatenate([getattr(part, name) for part in parts]) for name in ("sample", "group"))
    begin, end = (np.concatenate([getattr(part, name) for part in parts]) for name in ("begin", "end"))
    order = np.lexsort((end, group, begin, sample))
    return Stays(sample[order], group[order], begin[order], end[order])


def _refuse_another(stays: Stays, forecast: Forecast, runs: Sequence[int], model: Model) -> None:
    same = list(model.groups.table["group"]) == list(forecast.groups["group"])
    if same:
        held = forecast.cohorts[list(runs)]
        told = stays.cohorts(len(runs), forecast.years, len(forecast.groups))
        same = bool(np.allclose(told, held, atol=_CLOSE, rtol=1e-4))
    if not same:
        raise UsageError(
            "the forecast is not what this county comes to when its runs are told again one child at a time: make it "
            f"anew with forecast(county, years={forecast.years}, runs={forecast.runs}, seed={forecast.seed}), and plan "
            "with that"
        )
