"""Processes or machines to work on, by Dask (the extra `cluster`).

Nothing is sent anywhere but to the scheduler that is named: `local` starts worker processes on this machine only; an
address such as tcp://10.0.0.5:8786 is that of a cluster of one's own.
"""

from __future__ import annotations

import logging
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final, TypeVar

from placements.errors import PlacementsError, UsageError

LOCAL: Final = "local"
#: Worker processes of this machine keep memory that they will need again for the next job: Dask has them give back
#: every 64 kB, and fetching it anew is a third of their time (glibc only; bytes; 32 MB is the most it takes).
_MALLOC: Final = {"MALLOC_TRIM_THRESHOLD_": 1 << 28, "MALLOC_MMAP_THRESHOLD_": 1 << 25}
#: What goes wrong in a worker is raised here or counted as its death; on its way out it would still complain that there
#: is no scheduler any more.
_QUIET: Final = {"DASK_LOGGING__DISTRIBUTED": "critical"}

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def client_of(address: str, workers: int | None = None, *, most_deaths: int) -> Iterator[Any]:
    """Give a client of a cluster; what is under way is dropped when it is left.

    Parameters
    ----------
    address : str
        `local`, or the address of a scheduler.
    workers : int, optional
        Processes of a local cluster: as many as there are cores when not given.
    most_deaths : int
        Work whose worker died is done again on another, so often before it is given up.

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
    chosen = {"distributed.scheduler.allowed-failures": most_deaths, "distributed.admin.tick.limit": "1h"}
    chosen |= {"distributed.worker.profile.enabled": False}
    chosen |= {f"distributed.nanny.pre-spawn-environ.{name}": size for name, size in (_MALLOC | _QUIET).items()}
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
        yield client


def dask_setup(worker: Any) -> None:
    """Have a worker process of this machine leave Ctrl-C to this one, which ends it: called by Dask when it starts."""
    del worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # That work under way is dropped when it is ended is no news.
    logging.getLogger("distributed.worker.state_machine").setLevel(logging.ERROR)


def gathered(client: Any, futures: Sequence[Any], given_up: str) -> list[Any]:
    """Return what each task came to; an error in these words for one whose workers died again and again."""
    from distributed import KilledWorker  # noqa: PLC0415

    whole = [future for future in futures if future.status == "finished"]
    found = dict(zip(whole, client.gather(whole), strict=True))
    for future in futures:
        if future not in found:
            if future.status != "error":
                raise PlacementsError("the cluster dropped the work: was it stopped?")
            error = future.exception()
            if not isinstance(error, KilledWorker):
                raise error
            found[future] = PlacementsError(given_up)
    return [found[future] for future in futures]


def tasks_on(
    client: Any, task: Callable[[Item], Result], items: Sequence[Item], *, most_deaths: int, given_up: str
) -> Generator[tuple[Item, Result | PlacementsError], None, None]:
    """Give each item with what a worker made of it, as they are done; what is not done is dropped when this is closed.

    Parameters
    ----------
    client : Client
    task : callable
    items : sequence
    most_deaths : int
    given_up : str
        What is said of an item whose workers died once more than that.
    """
    from distributed import as_completed  # noqa: PLC0415

    under_way = {client.submit(task, item, pure=False, retries=most_deaths): item for item in items}
    finished = as_completed(list(under_way), loop=client.loop)
    try:
        while under_way:
            batch = finished.next_batch(block=True)
            yield from zip([under_way.pop(future) for future in batch], gathered(client, batch, given_up), strict=True)
    finally:
        client.cancel(list(under_way))
