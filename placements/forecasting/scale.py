"""Many runs of many authorities: sums of each block of runs, worked out anywhere, put together in order.

A block has its own stream of random numbers, so where and when it is simulated changes nothing: the sums are the same,
to the bit, on one machine or on many. Only sums leave a block, so that ten thousand runs fit in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.forecasting.levers import Levers
from placements.forecasting.result import BANDS
from placements.forecasting.simulate import Model, block_streams, simulate_block
from placements.forecasting.spells import STATES

Floats = npt.NDArray[np.float64]

#: What is added up: the levels of a forecast by columns of the demand groups, and all stays by kind of provision.
LEVELS = ("total", "settled", "starting")


@dataclass(frozen=True, eq=False)
class Job:
    """One block of one authority's runs: what a worker needs.

    Attributes
    ----------
    name : str
        Of the authority.
    place : int
        Of the block within the authority.
    model : Model
    levers : Levers
    months, runs : int
    stream : SeedSequence
    by : tuple of str
    """

    name: str
    place: int
    model: Model
    levers: Levers
    months: int
    runs: int
    stream: np.random.SeedSequence
    by: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of one block, or of all blocks in order.

    Attributes
    ----------
    levels : ndarray (3, runs, years, keys)
        `LEVELS`, in the last month of each year.
    held : ndarray (runs, years, states)
    """

    levels: Floats
    held: Floats


#: Takes jobs, gives each one's place among them with its sums, in any order.
Mapper = Callable[[Sequence[Job]], Iterator[tuple[int, Sums]]]


def jobs_of(
    name: str, model: Model, levers: Levers, *, months: int, runs: int, seed: int, by: Sequence[str]
) -> list[Job]:
    """Return the blocks of an authority's runs."""
    streams = block_streams(runs, seed)
    return [
        Job(name, place, model, levers, months, size, stream, tuple(by)) for place, (size, stream) in enumerate(streams)
    ]


def keys_of(model: Model, by: Sequence[str]) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """Return the distinct values of some columns of the demand groups, and which of them each group has."""
    table = model.groups.table
    if not by:
        return pd.DataFrame(index=[0]), np.zeros(len(table), np.intp)
    keys = table[list(by)].drop_duplicates().sort_values(list(by)).reset_index(drop=True)
    at = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(table[list(by)]))
    return keys, np.asarray(at, np.intp)


def done(job: Job) -> Sums:
    """Return the sums of one block: what a worker does."""
    made = simulate_block(job.model, job.levers, job.months, job.runs, job.stream)
    keys, at = keys_of(job.model, job.by)
    ends = slice(11, None, 12)
    parts = []
    for level in (made.settled, made.starting):
        sums = np.zeros((job.runs, job.months // 12, len(keys)))
        for key in range(len(keys)):
            sums[:, :, key] = level[:, ends][:, :, at == key].sum(axis=2, dtype=np.float64)
        parts.append(sums)
    return Sums(np.stack([parts[0] + parts[1], *parts]), made.held[:, ends].astype(float))


def one_by_one(jobs: Sequence[Job]) -> Iterator[tuple[int, Sums]]:
    """Do the jobs here, one after the other."""
    for place, job in enumerate(jobs):
        yield place, done(job)


def forecast_sums(
    jobs: Sequence[Job], mapper: Mapper = one_by_one, progress: Callable[[float, str], None] | None = None
) -> dict[str, Sums]:
    """Return the sums of each authority, its blocks in order whatever order they were done in."""
    found: list[Sums | None] = [None] * len(jobs)
    for count, (place, sums) in enumerate(mapper(jobs), 1):
        found[place] = sums
        if progress:
            progress(count / len(jobs), f"{count:,} of {len(jobs):,} blocks")
    by_name: dict[str, list[Sums]] = {}
    for job, one in zip(jobs, found, strict=True):
        if one is None:
            raise RuntimeError(f"block {job.place} of {job.name} was not simulated")
        by_name.setdefault(job.name, []).append(one)
    return {
        name: Sums(np.concatenate([one.levels for one in parts], axis=1), np.concatenate([one.held for one in parts]))
        for name, parts in by_name.items()
    }


def summary(model: Model, sums: Sums, by: Sequence[str], years: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """Return means and bands of the sums.

    Returns
    -------
    DataFrame
        `by`, `on`, `level` (`LEVELS`, and `held` by `provision` of every kind), `mean`, and the quantiles of `BANDS`.
    """
    keys, _ = keys_of(model, by)
    parts = [_bands(values, keys, level, years) for level, values in zip(LEVELS, sums.levels, strict=True)]
    kinds = pd.DataFrame({"provision": list(STATES)})
    return pd.concat([*parts, _bands(sums.held, kinds, "held", years)], ignore_index=True)


def _bands(values: Floats, keys: pd.DataFrame, level: str, years: Sequence[pd.Timestamp]) -> pd.DataFrame:
    quantiles = np.quantile(values, list(BANDS.values()), axis=0)
    tables = [
        keys.assign(on=day, level=level, mean=values[:, year].mean(axis=0)).assign(
            **{name: quantiles[at, year] for at, name in enumerate(BANDS)}
        )
        for year, day in enumerate(years)
    ]
    return pd.concat(tables, ignore_index=True)
