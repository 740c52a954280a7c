"""The same blocks on several processes or machines.

A cluster of one's own is given rates and, for settled children, kind of place, need, area and age, without any
identifier. Jobs are sent as room is made for them: as many are under way as keep the workers busy while the next study
is read, and no more, so that neither the scheduler nor this process holds what has yet to come.
"""

from __future__ import annotations

import pickle
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from placements.cluster import client_of, gathered
from placements.errors import PlacementsError
from placements.forecasting.scale import Job, Mapper, Sums, done

#: A job whose worker died is done again on another, so often before it is given up.
MOST_DEATHS: Final = 10
_GIVEN_UP: Final = f"given up: {MOST_DEATHS + 1} workers died while they simulated one part of it (too little memory?)"
#: Jobs under way for each thread of a worker: some 6 to 60 seconds of work, which is what reading a study takes; and
#: for all of them together, since the scheduler holds some kilobytes for each.
JOBS_AHEAD: Final = 32
MOST_AHEAD: Final = 10_000
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
    with client_of(address, workers, most_deaths=MOST_DEATHS) as client:
        yield lambda jobs: _mapped(client, jobs)


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
                found = gathered(client, batch, _GIVEN_UP)
                yield from zip([under_way.pop(future) for future in batch], found, strict=True)
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


def _with_model(model: Any, own: dict[str, Any]) -> Sums:
    return done(Job(study=0, model=model, **own))
