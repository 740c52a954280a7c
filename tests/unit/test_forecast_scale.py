"""Many runs in blocks: the same on a cluster as here, to the bit, and when a worker dies in the middle."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements.errors import UsageError
from placements.forecasting.cluster import on_cluster
from placements.forecasting.levers import Levers
from placements.forecasting.scale import forecast_sums, jobs_of, keys_of, summary
from placements.forecasting.simulate import BLOCK_RUNS, simulate
from tests.forecast_support import known_model, known_stream

FOSTER, HOME = "agency_foster", "childrens_home"
MODEL = known_model([known_stream(30.0)], {FOSTER: 0.1, HOME: 0.2}, {FOSTER: {HOME: 0.5}, HOME: {FOSTER: 0.5}})
OTHER = known_model([known_stream(12.0)], {FOSTER: 0.2})
RUNS, MONTHS = 6 * BLOCK_RUNS + 3, 36


def jobs(runs: int = RUNS, months: int = MONTHS):
    by = ("provision",)
    return [
        job
        for name, model in (("one", MODEL), ("other", OTHER))
        for job in jobs_of(name, model, Levers(), months=months, runs=runs, seed=5, by=by)
    ]


@pytest.fixture(scope="module")
def here():
    return forecast_sums(jobs())


def same(one, other) -> bool:
    return all(
        one[name].levels.tobytes() == other[name].levels.tobytes()
        and one[name].held.tobytes() == other[name].held.tobytes()
        for name in ("one", "other")
    )


def test_sums_of_blocks_are_those_of_the_forecast(here) -> None:
    """Put together they are what one simulation of all runs gives."""
    whole = simulate(MODEL, Levers(), months=MONTHS, runs=RUNS, seed=5)
    keys, at = keys_of(MODEL, ("provision",))
    for key in range(len(keys)):
        own = whole.starting[:, 11::12, at == key].sum(axis=2, dtype=float)
        assert here["one"].levels[2, :, :, key] == pytest.approx(own, rel=1e-5, abs=1e-5)
    assert here["one"].held == pytest.approx(whole.held[:, 11::12])


def test_the_order_of_work_changes_nothing(here) -> None:
    """Blocks that come back in any order are put together in their own."""
    order = np.random.default_rng(1).permutation(len(jobs()))

    def shuffled(given):
        from placements.forecasting.scale import done

        for place in order.tolist():
            yield place, done(given[place])

    assert same(here, forecast_sums(jobs(), shuffled))


def test_the_summary_has_bands_of_sums(here) -> None:
    """Mean and quantiles over all runs, by key and year."""
    days = pd.date_range("2026-03-31", periods=3, freq="YE-MAR")
    table = summary(MODEL, here["one"], ("provision",), days)
    row = table[(table["level"] == "total") & (table["provision"] == HOME) & (table["on"] == days[2])].iloc[0]
    keys, _ = keys_of(MODEL, ("provision",))
    values = here["one"].levels[0, :, 2, keys["provision"].tolist().index(HOME)]
    assert row["mean"] == pytest.approx(values.mean())
    assert row["high_80"] == pytest.approx(np.quantile(values, 0.9))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_to_the_bit_though_a_worker_dies_or_the_caller_stops(here) -> None:
    """Two worker processes, one of them killed while blocks are under way: nothing is lost, nothing differs."""
    pytest.importorskip("distributed")
    started = []
    with on_cluster("local", workers=2) as mapper:

        def watched(given):
            for place, sums in mapper(given):
                if not started:
                    started.append(place)
                    pids = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
                    children = [pid for pid in pids if _is_worker(pid)]
                    os.kill(children[0], signal.SIGKILL)
                yield place, sums

        assert same(here, forecast_sums(jobs(), watched))
        assert started
        _cancelled(mapper)


def _cancelled(mapper) -> None:
    """When the caller stops half way the rest is dropped, and the cluster can be used again."""
    blocks = mapper(jobs(runs=40 * BLOCK_RUNS, months=120))
    next(blocks)
    began = time.monotonic()
    blocks.close()
    few = jobs(runs=BLOCK_RUNS)
    assert same(forecast_sums(few), forecast_sums(few, mapper))
    assert time.monotonic() - began < 60


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
