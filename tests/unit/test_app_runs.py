"""Runs: watched, cancelled, refused when there are too many, cut off by a crash, and noted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from placements.app.board import board
from placements.app.process import COMPARE, READ
from placements.app.runs import Queue
from placements.app.store import CANCELLED, DONE, FAILED, INTERRUPTED, QUEUED, Store
from tests.app_support import BASE, GoneError, MadeUp, RefusedError, browser, compared, send, started


def until(is_so, seconds: float = 10.0) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.02)


def state(client, path: str) -> str:
    run = client.app.state.site.store.run(path.rsplit("/", 1)[1])
    assert run is not None
    return run.state


def test_a_comparison_from_choice_to_board_and_report(tmp_path) -> None:
    """The plan and a file of the study, side by side with doing nothing; the Word report is noted."""
    with started(tmp_path) as client:
        answer = send(client, "/compare", {"scenario": ["plan", "written:homes-first"]})
        path = answer.url.path
        until(lambda: state(client, path) == DONE)
        page = client.get(path).text
        assert page.index("do nothing") < page.index("Best plan found") < page.index("Homes first")
        assert "£500,000" in page
        assert "6" in page
        assert "Miles between" not in client.get(f"{path}?differences=yes").text
        assert client.get(f"{path}/report").content == b"PK"
        notes = [note["what"] for note in client.app.state.site.store.notes()]
        assert notes[0].startswith("downloaded the comparison of Best plan found, Homes first")
        assert browser(client).get(path).status_code == 404
        assert browser(client).get(f"{path}/report").status_code == 404


def test_too_few_too_many_and_too_often(tmp_path) -> None:
    """None, five, and one more in the hour than may be are refused in words."""
    with started(tmp_path, runs_an_hour=2) as client:
        assert send(client, "/compare", {}).status_code == 422
        assert send(client, "/compare", {"scenario": ["plan"] * 5}).status_code == 422
        for _ in range(2):
            assert send(client, "/compare", {"scenario": ["plan"]}).status_code == 200
        refused = send(client, "/compare", {"scenario": ["plan"]})
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "600"


def test_a_run_survives_a_reload_and_is_cancelled(tmp_path) -> None:
    """Its page tells how far it is, each time it is loaded; cancelled, it ends, and the next has its turn."""
    go, process = threading.Event(), None

    def answer(kind, request, tell):
        if kind == READ:
            return dict(BASE)
        if request["scenarios"][0]["name"] != "Best plan found":
            return compared(request)
        tell(0.25, "year 2 of 5")
        go.wait(10)
        raise GoneError("stopped")

    class Slow(MadeUp):
        def stop(self) -> None:
            go.set()

    process = Slow(tmp_path, answer)
    with started(tmp_path, process) as client:
        path = send(client, "/compare", {"scenario": ["plan"]}).url.path
        until(lambda: "year 2 of 5" in client.get(path).text)
        assert "year 2 of 5" in client.get(path).text
        assert "25%" in client.get(f"{path}/progress").text
        second = send(client, "/compare", {"scenario": ["written:homes-first"]}).url.path
        assert state(client, second) == QUEUED
        send(client, f"{path}/cancel", {})
        assert state(client, path) == CANCELLED
        until(lambda: state(client, second) == DONE)
        assert client.get(f"{path}/progress").headers["hx-refresh"] == "true"


def test_what_cannot_be_done_says_why(tmp_path) -> None:
    """The worker's words stand on the page."""

    def answer(kind, request, tell):
        if kind == READ:
            raise RefusedError("data/ssda903/2024: there is no header.csv")
        raise RefusedError("it is not known where 'Home' would be")

    with started(tmp_path, MadeUp(tmp_path, answer)) as client:
        until(lambda: "there is no header.csv" in client.get("/").text)
        site = client.app.state.site
        owner = "someone"
        run = site.store.ask(owner, COMPARE, "x", {})
        site.queue.wake()
        until(lambda: site.store.run(run).state == FAILED)
        assert "not known where" in site.store.run(run).error


def test_a_restart_says_what_was_cut_off_and_goes_on_with_what_waited(tmp_path) -> None:
    """Nothing is lost, and nothing is said to be under way that is not."""
    path = tmp_path / "app.sqlite"
    before = Store(path)
    cut, waits = (
        before.ask("me", COMPARE, "first", {}),
        before.ask("me", COMPARE, "second", {"scenarios": []}),
    )
    assert before.next_run().id == cut
    store = Store(path)
    queue = Queue(store, MadeUp(tmp_path))
    queue.start()
    until(lambda: store.run(waits).state == DONE)
    assert store.run(cut).state == INTERRUPTED
    queue.stop()


KEEPER = """
import sys
from pathlib import Path
from placements.app.store import Store
store = Store(Path(sys.argv[1]))
for number in range(100000):
    store.save_scenario("me", f"scenario {number}", "x" * 2000)
    print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_no_saved_scenario_is_lost_when_the_process_is_killed(tmp_path) -> None:
    """Whatever was said to be saved is there afterwards, whole."""
    path = tmp_path / "app.sqlite"
    with subprocess.Popen([sys.executable, "-c", KEEPER, str(path)], stdout=subprocess.PIPE, text=True) as process:
        said = [process.stdout.readline() for _ in range(30)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
        process.wait()
    there = {one.name: one.scenario for one in Store(path).scenarios("me")}
    assert {f"scenario {int(number)}" for number in said} <= set(there)
    assert set(there.values()) == {"x" * 2000}


def test_the_board_marks_what_differs() -> None:
    """Against doing nothing; what is the same everywhere is left out when only differences are wanted."""
    found = board(compared({"scenarios": [{"name": "Best plan found"}]}))
    cells = dict(found.rows)
    assert [cell.differs for cell in cells["Child-years avoidably outside"]] == [False, True]
    assert not any(cell.differs for cell in cells["Miles between home area and place, on average"])
    fewer = board(compared({"scenarios": [{"name": "Best plan found"}]}), only_differences=True)
    assert {label for label, _ in fewer.rows} == {"Child-years avoidably outside", "Capital"}


def test_the_gap_is_looked_into(tmp_path) -> None:
    """By need and area, the widest first, what is hidden last."""
    with started(tmp_path) as client:
        until(lambda: "Disabled children" in client.get("/gap").text)
        first = client.get("/gap").text
        assert "1 more group is too small" in first
        assert first[first.index('id="groups"') :].count("<tr data-service=") == 3
        page = client.get("/gap", params={"hidden": "yes"}).text
        groups = page[page.index('id="groups"') :]
        rows = [
            groups.index(text)
            for text in ('<th scope="row">10 to 15', '<th scope="row">Disabled', '<th scope="row">Family')
        ]
        assert rows == sorted(rows)
        only = client.get("/gap", params={"need": "Family", "area": "Guildford"}).text
        assert '<span id="groups-count">1</span>' in only
        assert "-10" in only
