"""Ctrl-C is heard while compiled code runs."""

import _thread
import threading
import time

import pytest

from placements.interrupt import interruptibly


def test_what_a_call_gives_or_raises_comes_through() -> None:
    """A value, an error; in another thread it is called as it is."""
    assert interruptibly(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        interruptibly(lambda: 1 // 0)
    found = []
    other = threading.Thread(target=lambda: found.append(interruptibly(threading.current_thread)))
    other.start()
    other.join()
    assert found == [other]


def test_an_interrupt_does_not_wait_for_the_call() -> None:
    """The call takes a second, the interrupt comes at once."""
    threading.Timer(0.1, _thread.interrupt_main).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interruptibly(lambda: time.sleep(1.5))
    assert time.monotonic() - began < 1
