"""The queue: one run after another, each noted in the store as it goes, and cancelled when told to."""

from __future__ import annotations

import threading
import time
from typing import Final

from placements.app.process import GoneError, Process, RefusedError
from placements.app.store import CANCELLED, DONE, FAILED, INTERRUPTED, Run, Store

#: Seconds between notes of how far a run is: each is a write to disk.
_NOTE_EVERY: Final = 0.3


class Queue:
    """Takes runs from the store and has them done, on a thread of its own.

    Parameters
    ----------
    store : Store
    process : Process
    """

    def __init__(self, store: Store, process: Process) -> None:
        self._store, self._process = store, process
        self._waiting = threading.Condition()
        self._under_way: str | None = None
        self._cancelled: set[str] = set()
        self._is_over = False
        self._thread = threading.Thread(target=self._work, name="placements-queue", daemon=True)

    def start(self) -> None:
        """Begin: what was cut off when the server last stopped is said to be so, and what waited goes on waiting."""
        self._store.mark_interrupted()
        self._thread.start()

    def stop(self) -> None:
        """End: a run that is under way is cut off."""
        with self._waiting:
            self._is_over = True
            self._waiting.notify()
        self._process.stop()
        self._thread.join(15)

    def wake(self) -> None:
        """Look at the store: something was asked for."""
        with self._waiting:
            self._waiting.notify()

    def cancel(self, run_id: str) -> None:
        """Stop a run, waiting or under way."""
        with self._waiting:
            self._cancelled.add(run_id)
            is_under_way = self._under_way == run_id
        self._store.finish(run_id, CANCELLED)
        if is_under_way:
            self._process.stop()

    def _work(self) -> None:
        while True:
            with self._waiting:
                if self._is_over:
                    return
                run = self._store.next_run()
                if run is None:
                    self._waiting.wait(timeout=5.0)
                    continue
                self._under_way = run.id
            self._do(run)
            with self._waiting:
                self._under_way = None

    def _do(self, run: Run) -> None:
        noted = _Sparing(self._store, run.id)
        try:
            result = self._process.ask(run.kind, run.request, noted)
        except RefusedError as error:
            self._store.finish(run.id, FAILED, error=str(error))
        except GoneError:
            was_cancelled = run.id in self._cancelled
            self._store.finish(run.id, CANCELLED if was_cancelled else INTERRUPTED)
        else:
            self._store.finish(run.id, DONE, result=result)


class _Sparing:
    """Notes progress no more often than a person can see it."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._last = 0.0

    def __call__(self, share: float, doing: str) -> None:
        if time.monotonic() - self._last >= _NOTE_EVERY:
            self._last = time.monotonic()
            self._store.progress(self._run_id, share, doing)
