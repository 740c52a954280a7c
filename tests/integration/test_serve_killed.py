"""The whole server killed while it works: what was saved is there, what was cut off says so, and it goes on."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from placements.app.setup import Setup
from placements.interventions import OpenHome, scenario_text

PROCESSES = Path("/proc")
pytestmark = pytest.mark.skipif(not (PROCESSES / "self" / "stat").exists(), reason="processes are looked at in /proc")
SECONDS = 60.0


@contextmanager
def served(study, port: int):
    """Serve a study by a process of its own, as a person would."""
    command = [sys.executable, "-m", "placements", "serve", str(study), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def until(what):
    """Wait until something is so, and return it."""
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        try:
            found = what()
        except (OSError, sqlite3.OperationalError):
            found = None
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come about")


def ask(port: int, path: str, cookie: str = "", **values: str) -> tuple[str, str]:
    """Return a page, or what a form was answered, and the cookie."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        headers = {"cookie": cookie, "origin": f"http://127.0.0.1:{port}"}
        if values:
            headers["content-type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if values else "GET", path, urlencode(values) or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.getheader("location") or text, (answer.getheader("set-cookie") or cookie).split(";")[0]


def test_nothing_is_lost_when_the_server_is_killed_while_it_reads_a_study(study_copy) -> None:
    """A scenario saved before is there after; the reading is said to be cut off, is begun anew, and no process is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    kept = Setup(study_copy).store

    def states() -> list[str]:
        with closing(sqlite3.connect(kept)) as base:
            return [row[0] for row in base.execute("select state from runs order by asked")]

    with served(study_copy, port) as server:
        page, cookie = until(lambda: ask(port, "/scenarios"))
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        draft, _ = ask(port, "/scenarios", cookie, csrf=csrf, name="Saved before", source="nothing")
        assert draft.startswith("/scenarios/")
        text = scenario_text((OpenHome(name="New home", district="Guildford", places=3, evidence="made up"),))
        assert ask(port, draft, cookie, csrf=csrf, name="Saved before", scenario=text)[0] == draft
        assert ask(port, f"{draft}/save", cookie, csrf=csrf)[0] == "/scenarios"
        until(lambda: states() == ["running"])
        workers = children(server.pid)
        assert workers, "the county is held by a process of its own"
        server.send_signal(signal.SIGKILL)
        server.wait(10)
    until(lambda: not any(is_alive(worker) for worker in workers))

    with served(study_copy, port):
        page, _ = until(lambda: ask(port, "/scenarios", cookie))
        assert "Saved before" in page
        assert page.count("Saved before") > 1, "the draft is there beside the saved scenario"
        assert until(lambda: states()[:2] == ["interrupted", "running"])


def children(pid: int) -> list[int]:
    """Return the processes that a process began."""
    return [int(folder.name) for folder in PROCESSES.glob("[0-9]*") if stat(int(folder.name))[1:2] == [str(pid)]]


def is_alive(pid: int) -> bool:
    """Return whether a process does anything still."""
    return stat(pid)[:1] not in ([], ["Z"])


def stat(pid: int) -> list[str]:
    """Return state and parent of a process, and more; nothing when there is none."""
    try:
        return (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
