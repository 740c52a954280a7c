"""Ctrl-C while compiled code runs that does not listen to it: heard at once, the code left behind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

_THREAD: Final = "placements-compiled"
#: How often the one who waits listens, in seconds.
_LISTEN_S: Final = 0.1


def interruptibly(call: Callable[[], Result]) -> Result:
    """Return what a call into compiled code returns, or raises; Ctrl-C raises `KeyboardInterrupt` within a moment.

    The call then goes on, unheard, until its own limit: it holds no lock of Python's. Only the main thread hears
    Ctrl-C: in others it is called as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    found: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, name=_THREAD, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LISTEN_S)
    if failed:
        raise failed[0]
    return found[0]  # type: ignore[no-any-return]


def leave(code: int) -> None:
    """End the program: in the usual way, or at once when compiled code was left behind, which nothing may wait for."""
    if any(thread.name == _THREAD for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
