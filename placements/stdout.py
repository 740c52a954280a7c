"""Standard output is for data: whatever else writes to it, in this process or one it starts, goes to standard error.

Libraries in other languages (a solver that fails, for one) print straight to file descriptor 1. That would spoil JSON,
so while a command runs the descriptor leads to standard error, and only what the command itself prints through
`sys.stdout` goes where the descriptor led before.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Any, Final

_OUT: Final = 1
_ERR: Final = 2


@contextlib.contextmanager
def only_data_on_stdout() -> Iterator[None]:
    """Lead file descriptor 1 to standard error, and `sys.stdout` to where the descriptor led.

    Where `sys.stdout` is something else (a test that captures it), it is left as it is. Without a descriptor 1 nothing
    is done.
    """
    try:
        real = os.dup(_OUT)
    except OSError:
        yield
        return
    before = sys.stdout
    own = _onto(real, before) if _descriptor(before) == _OUT else before
    try:
        _flush_c()
        _lead_astray()
        sys.stdout = own
        yield
    finally:
        # What a library has printed but not yet written would come out later: now it still goes to standard error.
        _flush_c()
        sys.stdout = before
        os.dup2(real, _OUT)
        try:
            if own is not before:
                own.close()
        finally:
            os.close(real)


def _descriptor(stream: Any) -> int | None:
    """Return the file descriptor under a stream, None when there is none."""
    try:
        return int(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return None


def _onto(descriptor: int, like: Any) -> Any:
    """Return a text stream onto a descriptor, which closing it leaves open, that is otherwise as another."""
    like.flush()
    return os.fdopen(
        descriptor,
        "w",
        buffering=1 if like.line_buffering else -1,
        encoding=like.encoding,
        errors=like.errors,
        closefd=False,
    )


def _lead_astray() -> None:
    try:
        os.dup2(_ERR, _OUT)
    except OSError:  # no standard error either
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _OUT)
        os.close(nowhere)


def _flush_c() -> None:
    """Write what C has buffered for its own standard output."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)
        library.fflush(None)
