"""Many runs of many authorities: sums of each block of runs, worked out anywhere, put together in order.

A block has its own stream of random numbers, so where and when it is simulated changes nothing: the sums are the same,
to the bit, on one machine or on many. Only sums leave a block, so that ten thousand runs fit in memory; jobs are drawn
as they are needed and a study's sums are given away as soon as they are whole, so that many studies do too.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.errors import PlacementsError
from placements.forecasting.levers import Levers
from placements.forecasting.result import BANDS
from placements.forecasting.simulate import Model, block_streams, simulate_block
from placements.forecasting.spells import STATES

Floats = npt.NDArray[np.float64]

#: What is added up: the levels of a forecast by columns of the demand groups, and all stays by kind of provision.
LEVELS = ("total", "settled", "starting")
#: A study is divided into this many jobs or more if it has as many blocks, and a job has at most so many blocks: enough
#: work for one journey (0.2 to 2 seconds), little enough to lose when a worker dies.
JOBS: Final = 64
MOST_BLOCKS: Final = 10


@dataclass(frozen=True, eq=False)
class Job:
    """Some blocks of one study's runs, one after the other: what a worker needs.

    Attributes
    ----------
    study : int
        Its position among those asked for.
    place, places : int
        Position of the job within the study, and how many that has.
    model : Model
    levers : Levers
    months : int
    blocks : tuple of (int, SeedSequence)
        Runs of each block, and where their random numbers come from.
    by : tuple of str
    """

    study: int
    place: int
    places: int
    model: Model
    levers: Levers
    months: int
    blocks: tuple[tuple[int, np.random.SeedSequence], ...]
    by: tuple[str, ...]

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return sum(size for size, _ in self.blocks)


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of some blocks in order.

    Attributes
    ----------
    levels : ndarray (3, runs, years, keys)
        `LEVELS`, in the last month of each year.
    held : ndarray (runs, years, states)
    """

    levels: Floats
    held: Floats


#: Takes jobs, draws them as it has use for them, and gives each with its sums, in any order; with an error instead when
#: the job was given up.
Mapper = Callable[[Iterable[Job]], Generator[tuple[Job, Sums | PlacementsError], None, None]]


def jobs_of(
    study: int, model: Model, levers: Levers, *, months: int, runs: int, seed: int, by: Sequence[str]
) -> list[Job]:
    """Return a study's runs as jobs: how many blocks go into one changes no figure."""
    streams = block_streams(runs, seed)
    size = min(max(len(streams) // JOBS, 1), MOST_BLOCKS)
    parts = [tuple(streams[first : first + size]) for first in range(0, len(streams), size)]
    return [
        Job(study, place, len(parts), model, levers, months, blocks, tuple(by)) for place, blocks in enumerate(parts)
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
    """Return the sums of a job: what a worker does."""
    keys, at = keys_of(job.model, job.by)
    return _joined([_block_sums(job, size, stream, len(keys), at) for size, stream in job.blocks])


def _block_sums(job: Job, runs: int, stream: np.random.SeedSequence, keys: int, at: npt.NDArray[np.intp]) -> Sums:
    made = simulate_block(job.model, job.levers, job.months, runs, stream)
    ends = slice(11, None, 12)
    parts = []
    for level in (made.settled, made.starting):
        sums = np.zeros((runs, job.months // 12, keys))
        for key in range(keys):
            sums[:, :, key] = level[:, ends][:, :, at == key].sum(axis=2, dtype=np.float64)
        parts.append(sums)
    return Sums(np.stack([parts[0] + parts[1], *parts]), made.held[:, ends].astype(float))


def one_by_one(jobs: Iterable[Job]) -> Generator[tuple[Job, Sums | PlacementsError], None, None]:
    """Do the jobs here, one after the other."""
    for job in jobs:
        yield job, done(job)


def study_sums(
    jobs: Iterable[Job], mapper: Mapper = one_by_one, progress: Callable[[int, float], None] | None = None
) -> Generator[tuple[int, Sums | PlacementsError], None, None]:
    """Give each study's sums as soon as all its jobs are done, put together in order whatever order they came in.

    Parameters
    ----------
    jobs : iterable of Job
        Those of one study after those of another.
    mapper : Mapper
    progress : callable, optional
        Called with a study's position and the share of its jobs that is done.

    Yields
    ------
    tuple of int and Sums
        A study's position with its sums; with the error, once, when one of its jobs was given up.
    """
    parts: dict[int, dict[int, Sums]] = {}
    lost: set[int] = set()
    with closing(mapper(job for job in jobs if job.study not in lost)) as results:
        for job, found in results:
            if job.study in lost:
                continue
            if isinstance(found, PlacementsError):
                lost.add(job.study)
                parts.pop(job.study, None)
                yield job.study, found
                continue
            own = parts.setdefault(job.study, {})
            own[job.place] = found
            if progress:
                progress(job.study, len(own) / job.places)
            if len(own) == job.places:
                del parts[job.study]
                yield job.study, _joined([own[place] for place in range(job.places)])
    if parts:
        raise RuntimeError(f"jobs of {len(parts)} studies were not done")


def _joined(parts: Sequence[Sums]) -> Sums:
    return Sums(np.concatenate([one.levels for one in parts], axis=1), np.concatenate([one.held for one in parts]))


def summary(model: Model, sums: Sums, by: Sequence[str], years: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """Return means and bands of the sums.

    Returns
    -------
    DataFrame
        `by`, `on`, `level` (`LEVELS`, and `held` by `provision` of every kind), `mean`, and the quantiles of `BANDS`;
        the years of a key one after the other.
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
    return pd.concat(tables).sort_index(kind="stable")
