"""The same blocks on several processes or machines, by Dask (the extra `cluster`).

Nothing is sent anywhere but to the scheduler that is named: `local` starts worker processes on this machine only; an
address such as tcp://10.0.0.5:8786 is that of a cluster of one's own, which is given rates and, for settled children,
kind of place, need, area and age, without any identifier.

Jobs are sent as room is made for them: as many are under way as keep the workers busy while the next study is read, and
no more, so that neither the scheduler nor this process holds what has yet to come.
"""

from __future__ import annotations

import logging
import pickle
import signal
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, Final

from placements.errors import PlacementsError, UsageError
from placements.forecasting.scale import Job, Mapper, Sums, done

LOCAL: Final = "local"
#: A job whose worker died is done again on another, so often before it is given up.
MOST_DEATHS: Final = 10
#: Jobs under way for each thread of a worker: some 6 to 60 seconds of work, which is what reading a study takes; and
#: for all of them together, since the scheduler holds some kilobytes for each.
JOBS_AHEAD: Final = 32
MOST_AHEAD: Final = 10_000
#: Worker processes of this machine keep memory that they will need again for the next block: Dask has them give back
#: every 64 kB, and fetching it anew is a third of their time (glibc only; bytes; 32 MB is the most it takes).
_MALLOC: Final = {"MALLOC_TRIM_THRESHOLD_": 1 << 28, "MALLOC_MMAP_THRESHOLD_": 1 << 25}
#: What a worker needs of a job: not the model, which it is given once, nor which study it is of.
_OWN: Final = ("place", "places", "levers", "months", "blocks", "by")


@contextmanager
def on_cluster(address: str, workers: int | None = None) -> Iterator[Mapper]:
    """Give a mapper that does jobs on a cluster; what is under way is dropped when it is left.

    Parameters
    ----------
    address : str
        `local`, or the address of a scheduler.
    workers : int, optional
        Processes of a local cluster: as many as there are cores when not given.

    Raises
    ------
    UsageError
        When Dask is not installed, or there is no scheduler at the address.
    """
    try:
        import dask  # noqa: PLC0415
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("--cluster needs Dask: pip install 'placements[cluster]'") from error
    chosen = {"distributed.scheduler.allowed-failures": MOST_DEATHS, "distributed.admin.tick.limit": "1h"}
    chosen |= {"distributed.worker.profile.enabled": False}
    chosen |= {f"distributed.nanny.pre-spawn-environ.{name}": size for name, size in _MALLOC.items()}
    with ExitStack() as left:
        # A folder of their own, that nothing of theirs is left behind.
        scratch = tempfile.TemporaryDirectory(prefix="placements-cluster-", ignore_cleanup_errors=True)
        chosen["temporary-directory"] = left.enter_context(scratch)
        left.enter_context(dask.config.set(chosen))
        log = logging.getLogger("distributed")
        left.callback(log.setLevel, log.level)
        try:
            started = None
            if address == LOCAL:
                with dask.config.set({"distributed.worker.preload": [__name__]}):
                    started = left.enter_context(
                        LocalCluster(
                            n_workers=workers,
                            threads_per_worker=1,
                            processes=True,
                            host="127.0.0.1",
                            # No page to look at; the port it would have is left to others.
                            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                        )
                    )
            client = left.enter_context(Client(started or address, timeout=5, set_as_default=False))
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(f"there is no cluster at {address}: {error}") from error
        # Work that is dropped is no error: nothing is said of it while all is closed.
        left.callback(log.setLevel, logging.CRITICAL)
        yield lambda jobs: _mapped(client, jobs)


def dask_setup(worker: Any) -> None:
    """Have a worker process of this machine leave Ctrl-C to this one, which ends it: called by Dask when it starts."""
    del worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _mapped(client: Any, jobs: Iterable[Job]) -> Generator[tuple[Job, Sums | PlacementsError], None, None]:
    from distributed import as_completed  # noqa: PLC0415

    threads = max(sum(client.nthreads().values()), 1)
    room = min(JOBS_AHEAD * threads, MOST_AHEAD)
    under_way: dict[Any, Job] = {}
    sent, finished, more = _submitted(client, jobs), as_completed(loop=client.loop), True
    try:
        while more or under_way:
            for future, job in islice(sent, room - len(under_way)):
                under_way[future] = job
                finished.add(future)
                if job.place == job.places - 1:
                    break  # the next study has yet to be read: first see what is finished
            else:
                more = len(under_way) == room
            if under_way:
                batch = finished.next_batch(block=not more or len(under_way) == room)
                yield from zip([under_way.pop(future) for future in batch], _gathered(client, batch), strict=True)
    finally:
        client.cancel(list(under_way))


def _submitted(client: Any, jobs: Iterable[Job]) -> Iterator[tuple[Any, Job]]:
    """Send jobs one by one, as they are asked for."""
    model, held = None, None
    for job in jobs:
        if job.model is not model:
            # Each model goes out once, not with every job; as a task, so that it is there again when its worker dies.
            # It lives as long as jobs that need it.
            model, held = job.model, client.submit(pickle.loads, pickle.dumps(job.model), pure=False)
        own = {name: getattr(job, name) for name in _OWN}
        yield client.submit(_with_model, held, own, pure=False, retries=MOST_DEATHS), job


def _gathered(client: Any, futures: list[Any]) -> list[Sums | PlacementsError]:
    """Return what each task came to; an error for a job whose workers died again and again."""
    from distributed import KilledWorker  # noqa: PLC0415

    whole = [future for future in futures if future.status == "finished"]
    found: dict[Any, Sums | PlacementsError] = dict(zip(whole, client.gather(whole), strict=True))
    for future in futures:
        if future not in found:
            if future.status != "error":
                raise PlacementsError("the cluster dropped the work: was it stopped?")
            error = future.exception()
            if not isinstance(error, KilledWorker):
                raise error
            found[future] = PlacementsError(
                f"given up: {MOST_DEATHS + 1} workers died while they simulated one part of it (too little memory?)"
            )
    return [found[future] for future in futures]


def _with_model(model: Any, own: dict[str, Any]) -> Sums:
    return done(Job(study=0, model=model, **own))
