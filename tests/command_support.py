"""The command line, run as a person runs it, here or as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from placements.cli import main


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    """Run the command line; return exit code, standard output and standard error."""
    try:
        main([str(argument) for argument in arguments])
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def command(words: list[str]) -> list[str]:
    """Return the command line as a process is started with it."""
    return [sys.executable, "-c", "import sys; from placements.cli import main; main(sys.argv[1:])", *words]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of such a process."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"} | more


def wait(until, seconds: float) -> None:
    """Wait until something is so, or for some seconds."""
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        time.sleep(0.1)


def group(leader: int) -> list[int]:
    """Return the processes of a group that are there."""
    found = []
    for one in Path("/proc").iterdir():
        if one.name.isdigit():
            try:
                state, _, group = (one / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            except OSError:
                continue
            if int(group) == leader and state != "Z":
                found.append(int(one.name))
    return found


def interrupted(
    words: list[str], temporary: Path, begun: Callable[[], bool], working_s: float
) -> tuple[int, str, str, float]:
    """Press Ctrl-C, which a terminal sends to a whole group, while a process works; no process or file is left of it.

    Return exit code, standard output, standard error, and the seconds until it had ended.

    Parameters
    ----------
    words : list of str
    temporary : Path
        An empty folder, which is its temporary one.
    begun : callable
        Whether it has come to what it is to be interrupted in.
    working_s : float
        How long it is in that.
    """
    running = subprocess.Popen(
        command(words),
        env=environment(TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait(lambda: begun() or running.poll() is not None, 240)
        time.sleep(working_s)
        assert running.poll() is None, running.communicate()
        pressed = time.monotonic()
        os.killpg(running.pid, signal.SIGINT)
        printed, said = running.communicate(timeout=120)
        seconds = time.monotonic() - pressed
    finally:
        running.kill()
    wait(lambda: not group(running.pid), 30)
    assert group(running.pid) == []
    assert list(temporary.iterdir()) == []
    return running.returncode, printed, said, seconds
