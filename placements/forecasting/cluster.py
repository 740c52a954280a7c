"""The same blocks on several processes or machines, by Dask (the extra `cluster`).

Nothing is sent anywhere but to the scheduler that is named: `local` starts worker processes on this machine only; an
address such as tcp://10.0.0.5:8786 is that of a cluster of one's own, which is given rates and, for settled children,
kind of place, need, area and age, without any identifier.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from placements.errors import UsageError
from placements.forecasting.scale import Job, Mapper, Sums, done

LOCAL = "local"
#: A block whose worker died is simulated again on another, so often before the run gives up.
MOST_DEATHS = 10


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
    quiet = {"distributed.scheduler.allowed-failures": MOST_DEATHS, "distributed.admin.tick.limit": "1h"}
    with dask.config.set(quiet):
        started = None
        try:
            if address == LOCAL:
                started = LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
                )
            client = Client(started or address, timeout=5, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(f"there is no cluster at {address}: {error}") from error
        try:
            yield lambda jobs: _mapped(client, jobs)
        finally:
            client.close()
            if started is not None:
                started.close()


def _mapped(client: Any, jobs: Sequence[Job]) -> Iterator[tuple[int, Sums]]:
    from distributed import as_completed  # noqa: PLC0415

    # Each model goes out once, not with every block; as a task, so that it is there again when its worker dies.
    distinct = {id(job.model): job.model for job in jobs}
    models = {key: client.submit(pickle.loads, pickle.dumps(model), pure=False) for key, model in distinct.items()}
    futures = [
        client.submit(_with_model, models[id(job.model)], _bare(job), pure=False, retries=MOST_DEATHS) for job in jobs
    ]
    place = {future.key: at for at, future in enumerate(futures)}
    try:
        for future in as_completed(futures, loop=client.loop):
            yield place[future.key], future.result()
    finally:
        client.cancel(futures)


def _bare(job: Job) -> dict[str, Any]:
    return {name: value for name, value in vars(job).items() if name != "model"}


def _with_model(model: Any, job: dict[str, Any]) -> Sums:
    return done(Job(model=model, **job))
