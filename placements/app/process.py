"""The worker process as the server sees it: asked, listened to, ended. It alone loads what reading a study takes.

What passes between the two are plain values over a pipe.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, cast

from placements.errors import PlacementsError

#: What can be asked for: read the study and run all of it, or compare scenarios.
READ, COMPARE = "read", "compare"
#: The form of what is answered: raised when pages ask for more than older answers, which may be kept, hold.
FORM: Final = 2
#: What the worker says.
PROGRESS, ANSWER, REFUSAL = "progress", "answer", "refusal"
Tell = Callable[[float, str], None]


@dataclass
class Process:
    """A worker process, begun anew whenever it is needed and there is none.

    Parameters
    ----------
    folder : Path
    profile : str or None
    """

    folder: Path
    profile: str | None
    _process: Any = None
    _pipe: Connection | None = None

    def ask(self, kind: str, request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        """Return the answer to a question; blocks.

        Raises
        ------
        RefusedError
            The worker said why it cannot be answered.
        GoneError
            The worker stopped: it was told to, or crashed.
        """
        pipe = self._ready()
        try:
            pipe.send((kind, dict(request)))
            while True:
                said = pipe.recv()
                if said[0] == PROGRESS:
                    tell(float(said[1]), str(said[2]))
                elif said[0] == ANSWER:
                    return cast(dict[str, Any], said[1])
                else:
                    raise RefusedError(str(said[1]))
        except (EOFError, OSError) as error:
            self.stop()
            raise GoneError("the work was stopped") from error

    def stop(self) -> None:
        """End the process at once; whoever waits for its answer is told that it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.join(10)
        self._process = None

    def _ready(self) -> Connection:
        if self._process is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(
                target=_work, args=(theirs, str(self.folder), self.profile), name="placements-worker", daemon=True
            )
            self._process.start()
            theirs.close()
        assert self._pipe is not None
        return self._pipe


class RefusedError(PlacementsError):
    """The worker cannot answer, for a reason that it gives."""


class GoneError(PlacementsError):
    """The worker stopped before it answered."""


def _work(pipe: Connection, folder: str, profile: str | None) -> None:
    """Become the worker: here, so that the server itself need not load it."""
    from placements.app.worker import work  # noqa: PLC0415

    work(pipe, folder, profile)
