"""Many runs in blocks: the same on a cluster as here, to the bit, and when a worker dies in the middle."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements.errors import PlacementsError, UsageError
from placements.forecasting import cluster
from placements.forecasting.cluster import on_cluster
from placements.forecasting.levers import Levers
from placements.forecasting.scale import JOBS, MOST_BLOCKS, done, jobs_of, keys_of, study_sums, summary
from placements.forecasting.simulate import BLOCK_RUNS, simulate
from tests.forecast_support import known_model, known_stream

FOSTER, HOME = "agency_foster", "childrens_home"
MODEL = known_model([known_stream(30.0)], {FOSTER: 0.1, HOME: 0.2}, {FOSTER: {HOME: 0.5}, HOME: {FOSTER: 0.5}})
OTHER = known_model([known_stream(12.0)], {FOSTER: 0.2})
RUNS, MONTHS = 6 * BLOCK_RUNS + 3, 36
BY = ("provision",)


def jobs(runs: int = RUNS, months: int = MONTHS, models=(MODEL, OTHER)):
    return [
        job
        for study, model in enumerate(models)
        for job in jobs_of(study, model, Levers(), months=months, runs=runs, seed=5, by=BY)
    ]


@pytest.fixture(scope="module")
def here():
    return dict(study_sums(jobs()))


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(
        one[study].levels.tobytes() == other[study].levels.tobytes()
        and one[study].held.tobytes() == other[study].held.tobytes()
        for study in one
    )


def test_sums_of_blocks_are_those_of_the_forecast(here) -> None:
    """Put together they are what one simulation of all runs gives."""
    whole = simulate(MODEL, Levers(), months=MONTHS, runs=RUNS, seed=5)
    keys, at = keys_of(MODEL, ("provision",))
    for key in range(len(keys)):
        own = whole.starting[:, 11::12, at == key].sum(axis=2, dtype=float)
        assert here[0].levels[2, :, :, key] == pytest.approx(own, rel=1e-5, abs=1e-5)
    assert here[0].held == pytest.approx(whole.held[:, 11::12])


def test_the_order_of_work_changes_nothing(here) -> None:
    """Jobs that come back in any order are put together in their own."""
    order = np.random.default_rng(1).permutation(len(jobs()))

    def shuffled(given):
        given = list(given)
        for place in order.tolist():
            yield given[place], done(given[place])

    assert same(here, dict(study_sums(jobs(), shuffled)))


@pytest.mark.parametrize("blocks", [1, 63, JOBS, 3 * JOBS + 5, JOBS * MOST_BLOCKS + 7])
def test_the_jobs_of_a_study_are_its_runs(blocks) -> None:
    """However many blocks go into a job, all runs are there once, in order, with the streams they have in one go."""
    runs = blocks * BLOCK_RUNS - 1
    found = jobs_of(0, MODEL, Levers(), months=12, runs=runs, seed=5, by=BY)
    assert [job.place for job in found] == list(range(found[0].places))
    assert sum(job.runs for job in found) == runs
    assert len(found) >= min(blocks, JOBS)
    assert max(len(job.blocks) for job in found) <= MOST_BLOCKS
    spawned = np.random.SeedSequence(5).spawn(blocks)
    streams = [stream for job in found for _, stream in job.blocks]
    assert [one.spawn_key for one in streams] == [one.spawn_key for one in spawned]


def test_a_study_is_given_as_soon_as_it_is_whole_and_no_more_is_drawn_than_needed() -> None:
    """The first study's sums come before any job of the second is drawn; progress goes from its first job to 1."""
    drawn, told = [], []

    def watched():
        for job in jobs():
            drawn.append(job.study)
            yield job

    sums = study_sums(watched(), progress=lambda study, share: told.append((study, share)))
    assert next(sums)[0] == 0
    assert set(drawn) == {0}
    assert told == [(0, pytest.approx(done_ / len(drawn))) for done_ in range(1, len(drawn) + 1)]
    sums.close()
    assert set(drawn) == {0}


def test_a_study_that_is_given_up_does_not_take_others_with_it(here) -> None:
    """Its error is said once, its other jobs are dropped, and the next study's sums are as ever."""
    drawn = []

    def failing(given):
        for job in given:
            drawn.append(job)
            yield job, PlacementsError("no memory") if (job.study, job.place) == (0, 2) else done(job)

    found = list(study_sums(jobs(), failing))
    assert [study for study, _ in found] == [0, 1]
    assert isinstance(found[0][1], PlacementsError)
    assert sum(job.study == 0 for job in drawn) == 3
    assert found[1][1].levels.tobytes() == here[1].levels.tobytes()


def test_an_interrupted_mapper_is_closed_and_the_interrupt_passes_on() -> None:
    """Ctrl-C while jobs are done, or while progress is told: no sums of an incomplete study are given."""
    closed = []

    def interrupted(given):
        try:
            for job in given:
                if job.place == 2:
                    raise KeyboardInterrupt
                yield job, done(job)
        finally:
            closed.append("mapper")

    with pytest.raises(KeyboardInterrupt):
        next(study_sums(jobs(), interrupted))
    assert closed == ["mapper"]

    def stop(study, share):
        raise KeyboardInterrupt

    def endless(given):
        try:
            for job in given:
                yield job, done(job)
        finally:
            closed.append("again")

    with pytest.raises(KeyboardInterrupt):
        next(study_sums(jobs(), endless, stop))
    assert closed == ["mapper", "again"]


def test_the_summary_has_bands_of_sums(here) -> None:
    """Mean and quantiles over all runs, by key and year."""
    days = pd.date_range("2026-03-31", periods=3, freq="YE-MAR")
    table = summary(MODEL, here[0], ("provision",), days)
    row = table[(table["level"] == "total") & (table["provision"] == HOME) & (table["on"] == days[2])].iloc[0]
    keys, _ = keys_of(MODEL, ("provision",))
    values = here[0].levels[0, :, 2, keys["provision"].tolist().index(HOME)]
    assert row["mean"] == pytest.approx(values.mean())
    assert row["high_80"] == pytest.approx(np.quantile(values, 0.9))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_to_the_bit_though_a_worker_dies_or_the_caller_stops(here, monkeypatch) -> None:
    """Two worker processes, one of them killed while jobs are under way: nothing is lost, nothing differs.

    When the caller stops half way the rest is dropped, and the cluster can be used again. No more jobs are under way
    than there is room for.
    """
    pytest.importorskip("distributed")
    with on_cluster("local", workers=2) as mapper:
        started = []

        def watched(given):
            for job, sums in mapper(given):
                if not started:
                    started.append(job)
                    os.kill(_workers()[0], signal.SIGKILL)
                yield job, sums

        assert same(here, dict(study_sums(jobs(), watched)))
        assert started
        blocks = mapper(jobs(runs=40 * BLOCK_RUNS, months=120))
        next(blocks)
        began = time.monotonic()
        blocks.close()
        few = jobs(runs=BLOCK_RUNS)
        assert same(dict(study_sums(few)), dict(study_sums(few, mapper)))
        assert time.monotonic() - began < 60
        monkeypatch.setattr(cluster, "MOST_AHEAD", 4)
        _in_a_window(mapper)
    assert not _workers()


def _in_a_window(mapper) -> None:
    """Jobs are drawn only as room is made, and a study is whole before the next but one is begun."""
    given, drawn, back = jobs(models=(MODEL, OTHER, MODEL)), [], []

    def watched():
        for job in given:
            drawn.append(job)
            assert len(drawn) - len(back) <= 4 + 4  # under way, and those that have come back together
            yield job

    for job, _ in mapper(watched()):
        back.append(job)
    assert len(back) == len(given)
    assert {(job.study, job.place) for job in back} == {(job.study, job.place) for job in given}


def _workers() -> list[int]:
    """Return the processes that this test's cluster started to work."""
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _is_worker(int(one.name))]


def _is_worker(pid: int) -> bool:
    """Whether a process is one that this test's cluster started to work."""
    process = Path("/proc") / str(pid)
    try:
        parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
        return parent == os.getpid() and "spawn_main" in (process / "cmdline").read_text()
    except OSError:
        return False


@pytest.mark.filterwarnings("ignore")
def test_no_cluster_at_an_address_is_said() -> None:
    """A wrong address is an error that names it."""
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match=r"no cluster at tcp://127\.0\.0\.1:9"), on_cluster("tcp://127.0.0.1:9"):
        pass
