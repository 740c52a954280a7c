"""The command line, run as a person runs it, here or as a process of its own."""

import os
import sys
import time
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
