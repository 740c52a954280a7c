"""Routing servers: what is sent, what is understood, and what is said when one is busy, refuses or is not there.

The servers are this test's own, on loopback.
"""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from placements.errors import DataError
from placements.geography.travel.dialects import DIALECTS
from placements.geography.travel.http_client import HttpClient
from placements.geography.travel.server import RoutingServer
from tests.roads_support import degrees, places

POINTS = {"A": (0, 0), "B": (2000, 0), "C": (0, 5000), "S": (1000, 1000), "T": (9000, 9000)}
Answer = tuple[int, object]


class Server:
    """Answers each question by a function, and remembers what was asked."""

    def __init__(self, answer: Callable[[list, list, int], Answer], headers: dict[str, str] | None = None) -> None:
        self.asked: list[dict] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                url = urlsplit(self.path)
                spots = [tuple(map(float, spot.split(","))) for spot in url.path.rsplit("/", 1)[1].split(";")]
                options = parse_qs(url.query)
                chosen = [[spots[int(i)] for i in options[side][0].split(";")] for side in ("sources", "destinations")]
                self.reply(*chosen, {"path": self.path})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sides = [[(spot["lon"], spot["lat"]) for spot in body[side]] for side in ("sources", "targets")]
                self.reply(*sides, {"path": self.path, "body": body})

            def reply(self, starts, ends, about):
                outer.asked.append(about | {"starts": starts, "ends": ends})
                status, content = answer(starts, ends, len(outer.asked))
                text = content if isinstance(content, bytes) else json.dumps(content).encode()
                with contextlib.suppress(OSError):  # a client that has given up hears nothing
                    self.send_response(status)
                    for name, value in (headers or {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: self.server.serve_forever(0.01), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def seconds(start, end) -> float:
    """Return what the made-up servers say: so many seconds by where the two are."""
    return round(abs(start[0] - end[0]) * 10_000 + abs(start[1] - end[1]) * 1000 + 1, 3)


def table(kind: str, starts, ends, null=()) -> dict:
    """Return a whole answer in the words of a kind of server; `null` are (row, column) without a route."""
    times = [
        [None if (i, j) in null else seconds(start, end) for j, end in enumerate(ends)]
        for i, start in enumerate(starts)
    ]
    if kind == "osrm":
        far = [[None if t is None else t * 16.093 for t in row] for row in times]
        near = [{"location": spot, "distance": 5.0} for spot in (*starts, *ends)]
        return {
            "code": "Ok",
            "durations": times,
            "distances": far,
            "sources": near[: len(starts)],
            "destinations": near[len(starts) :],
        }
    cells = [[{"time": t, "distance": None if t is None else t * 0.016093} for t in row] for row in times]
    return {"sources_to_targets": cells, "units": "kilometers"}


def method(kind: str, server: Server, *, batch=50, timeout_s=5.0, retries=2, snap_limit_m=1000.0) -> RoutingServer:
    client = HttpClient(server.url, timeout_s, retries, pause_s=0.01)
    return RoutingServer(DIALECTS[kind], client, batch, snap_limit_m)


both = pytest.mark.parametrize("kind", ["osrm", "valhalla"])


@both
def test_a_table_is_asked_for_in_batches_and_put_together_again(kind):
    """Every pair has the server's own figure, whatever the size of a batch; no question is larger than allowed."""
    origins, ends = places(POINTS, "A B C"), places(POINTS, "S T ? A")
    where = {name: tuple(np.round(spot, 5)) for name, spot in degrees(POINTS).items()}
    for batch in (1, 2, 50):
        with Server(lambda starts, ends, _: (200, table(kind, starts, ends))) as server:
            found = method(kind, server, batch=batch).matrix(origins, ends)
        assert max(max(len(one["starts"]), len(one["ends"])) for one in server.asked) <= batch
        for row in found.itertuples():
            if row.destination == "?":
                assert (row.status, np.isnan(row.travel_minutes)) == ("no_point", True)
                continue
            expected = seconds(where[row.origin], where[row.destination])
            assert row.status == "known"
            assert row.travel_minutes == pytest.approx(expected / 60)
            assert row.road_miles == pytest.approx(expected / 100)


@both
def test_children_of_one_home_or_school_are_asked_for_together_and_once(kind):
    """Five children of two schools: two questions, no pair twice, no id sent, and each row its own answer."""
    homes, schools = places(POINTS, "A B C A ?"), places(POINTS, "S S T S T")
    with Server(lambda starts, ends, _: (200, table(kind, starts, ends))) as server:
        found = method(kind, server).paired(homes.set_index(np.arange(10, 15)), schools)
    where = {name: tuple(np.round(spot, 5)) for name, spot in degrees(POINTS).items()}
    expected = [seconds(where[a], where[b]) / 60 for a, b in (("A", "S"), ("B", "S"), ("C", "T"), ("A", "S"))]
    assert found.index.tolist() == [10, 11, 12, 13, 14]
    assert found["travel_minutes"].tolist()[:4] == pytest.approx(expected)
    assert found["status"].tolist() == ["known"] * 4 + ["no_point"]
    assert len(server.asked) == 2
    pairs = [(a, b) for one in server.asked for a in one["starts"] for b in one["ends"]]
    assert len(pairs) == len(set(pairs)) == 3


@both
def test_a_null_is_unknown_and_not_zero(kind):
    """The server knows no route for one pair: that one is unknown, the others are known."""
    with Server(lambda starts, ends, _: (200, table(kind, starts, ends, null={(1, 0)}))) as server:
        found = method(kind, server).matrix(places(POINTS, "A B"), places(POINTS, "S T"))
    assert found["status"].tolist() == ["known", "known", "no_route", "known"]
    assert np.isnan(found["travel_minutes"][2])
    assert np.isnan(found["road_miles"][2])


@both
def test_a_busy_server_is_asked_again(kind):
    """500, then 429, then the answer."""

    def answer(starts, ends, asked):
        return ((500, b"oops"), (429, {}), (200, table(kind, starts, ends)))[asked - 1]

    with Server(answer) as server:
        found = method(kind, server).matrix(places(POINTS, "A"), places(POINTS, "S"))
    assert (len(server.asked), found["status"].tolist()) == (3, ["known"])


@both
def test_a_server_that_goes_on_failing_is_named_with_what_to_do(kind):
    """After the retries, no more: who failed, how, how often, and what to change."""
    with Server(lambda *_: (503, b"")) as server, pytest.raises(DataError, match=r"503.*3 times") as caught:
        method(kind, server).matrix(places(POINTS, "A"), places(POINTS, "S"))
    assert len(server.asked) == 3
    assert "127.0.0.1" in str(caught.value)
    assert "travel.method" in str(caught.value)


@both
def test_a_refusal_is_explained_and_not_repeated(kind):
    """400: the server's reason, without any point that was sent; asking again would not help."""
    refusal = {"code": "TooBig", "error_code": 150, "message": "too many near -0.283712,51.238401", "error": "too many"}
    with Server(lambda *_: (400, refusal)) as server, pytest.raises(DataError) as caught:
        method(kind, server).matrix(places(POINTS, "A B"), places(POINTS, "S"))
    text = str(caught.value)
    assert len(server.asked) == 1
    for words in ("refused", "400", "too many", "127.0.0.1", "travel.server_batch"):
        assert words in text
    assert "51.238401" not in text


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("osrm", {"code": "NoSegment", "message": "no segment"}, "outside_network"),
        ("valhalla", {"error_code": 171, "error": "No suitable edges near location"}, "outside_network"),
        ("valhalla", {"error_code": 154, "error": "Path distance exceeds the max distance limit"}, "refused"),
        ("valhalla", {"error_code": 442, "error": "No path could be found for input"}, "no_route"),
    ],
)
def test_one_place_that_a_server_cannot_answer_does_not_cost_the_rest(kind, code, status):
    """The table is halved until that place stands alone; it is unknown, with why, and the rest are known."""
    bad = tuple(np.round(degrees(POINTS)["T"], 5))

    def answer(starts, ends, _):
        return (400, code) if bad in ends else (200, table(kind, starts, ends))

    with Server(answer) as server:
        found = method(kind, server).matrix(places(POINTS, "A B C"), places(POINTS, "S T A"))
        rows = method(kind, server).paired(places(POINTS, "A B C"), places(POINTS, "S T A"))
    for_t = found["destination"].eq("T")
    assert set(found["status"][for_t]) == {status}
    assert found["travel_minutes"][for_t].isna().all()
    assert set(found["status"][~for_t]) == {"known"}
    assert rows["status"].tolist() == ["known", status, "known"]


def test_a_place_that_was_put_on_a_road_too_far_off_is_outside_the_network():
    """OSRM answers for the nearest road however far it is, and says how far: beyond the limit it is no answer."""

    def answer(starts, ends, _):
        found = table("osrm", starts, ends)
        found["destinations"][1]["distance"] = 1001.0
        return 200, found

    with Server(answer) as server:
        found = method("osrm", server).matrix(places(POINTS, "A"), places(POINTS, "S T"))
    assert found["status"].tolist() == ["known", "outside_network"]


@both
def test_a_server_that_does_not_answer_in_time_is_given_up(kind):
    """The time-out holds for each attempt."""

    def answer(starts, ends, _):
        time.sleep(0.6)
        return 200, {}

    began = time.perf_counter()
    with Server(answer) as server, pytest.raises(DataError, match=r"within 0\.1 s"):
        method(kind, server, timeout_s=0.1, retries=1).matrix(places(POINTS, "A"), places(POINTS, "S"))
    assert time.perf_counter() - began < 5


@both
def test_no_server_at_all_says_so(kind):
    """Nothing listens there."""
    with Server(lambda *_: (200, {})) as server:
        gone = method(kind, server, retries=0)
    with pytest.raises(DataError, match="could not be reached"):
        gone.matrix(places(POINTS, "A"), places(POINTS, "S"))


@both
@pytest.mark.parametrize("path", ["/with space", "/\x7f"])
def test_no_point_is_printed_when_the_question_cannot_be_sent(kind, path):
    """Python's own error for an address that it will not send quotes all of it, the points of homes too."""
    client = HttpClient("http://127.0.0.1:9" + path, 1.0, 0)
    lost = RoutingServer(DIALECTS[kind], client, 50, 1000.0)
    with pytest.raises(DataError) as caught:
        lost.matrix(places(POINTS, "A B"), places(POINTS, "S"))
    text = str(caught.value)
    for lon, lat in degrees(POINTS).values():
        assert f"{lon:.2f}" not in text and f"{lat:.2f}" not in text


@pytest.mark.parametrize("said", ["-0.28371,51.23840", "0.28371;51.23840", ".28371 5.12384e1", "51,2384", "512384"])
def test_what_a_server_says_is_quoted_without_points(said):
    """However they are written; other words stay."""
    refusal = {"code": "Odd", "message": f"near {said}"}
    with Server(lambda *_: (400, refusal)) as server, pytest.raises(DataError, match="Odd: near") as caught:
        method("osrm", server).matrix(places(POINTS, "A"), places(POINTS, "S"))
    assert "2384" not in str(caught.value) and "2837" not in str(caught.value)


@both
def test_a_failure_whose_explanation_never_comes_is_asked_again(kind):
    """503 with a body that stalls: a failure like any other, repeated and then named."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held, asked = [], threading.Event()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    held.append(connection)
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 50\r\n\r\n{")
                    asked.set()

        threading.Thread(target=serve, daemon=True).start()
        client = HttpClient(f"http://127.0.0.1:{listener.getsockname()[1]}", 0.2, 1, pause_s=0.01)
        with pytest.raises(DataError, match=r"within 0\.2 s, 2 times"):
            RoutingServer(DIALECTS[kind], client, 50, 1000.0).matrix(places(POINTS, "A"), places(POINTS, "S"))
        assert asked.is_set() and len(held) == 2
        for connection in held:
            connection.close()
        listener.shutdown(socket.SHUT_RDWR)


_ONE_TIME = {"code": "Ok", "durations": [[1.0]], "sources_to_targets": 5}


@both
@pytest.mark.parametrize(
    "content",
    [
        _ONE_TIME | {"sources": ["x"]},
        _ONE_TIME | {"sources": [None]},
        _ONE_TIME | {"destinations": {"x": 1}},
        _ONE_TIME | {"sources": [{"distance": 10**400}]},
        {"code": "Ok", "durations": [[10**400]], "sources_to_targets": [[{"time": 10**400, "distance": 1}]]},
        {"sources_to_targets": ["x"], "code": ["Ok"]},
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"code": "Ok", "durations": [[' + b"1" * 5000 + b"]]}",
    ],
)
def test_nonsense_is_named_and_no_traceback(kind, content):
    """Words where places should be, numbers that no float holds, nesting without end."""
    with Server(lambda *_: (200, content)) as server, pytest.raises(DataError, match=r"not (a|the) table"):
        method(kind, server).matrix(places(POINTS, "A"), places(POINTS, "S"))


@both
@pytest.mark.parametrize(
    "content", [b'{"message":' + b"[" * 500 + b"]" * 500 + b"}", b"[" * 100_000, {"code": [[1.25]]}]
)
def test_a_refusal_in_nonsense_is_a_refusal(kind, content):
    """What cannot be quoted is left out."""
    with (
        Server(lambda *_: (400, content)) as server,
        pytest.raises(DataError, match=r"refused the question \(HTTP 400\)"),
    ):
        method(kind, server).matrix(places(POINTS, "A"), places(POINTS, "S"))


@both
def test_points_are_not_sent_on_to_another_address(kind):
    """A redirection is refused: nothing of where children live goes to a machine that the study did not name."""
    with Server(lambda starts, ends, _: (200, table(kind, starts, ends))) as other:
        moved = {"Location": other.url + "/table/v1/driving/0,0;1,1?sources=0&destinations=1"}
        with Server(lambda *_: (307, b""), moved) as server, pytest.raises(DataError, match="another address"):
            method(kind, server).matrix(places(POINTS, "A"), places(POINTS, "S"))
        assert (len(server.asked), len(other.asked)) == (1, 0)


@both
@pytest.mark.parametrize("content", [b"<html>", {"code": "Ok"}, [1], {"code": "Ok", "durations": [[-1]]}])
def test_an_answer_that_is_no_table_is_named(kind, content):
    """Another kind of server, or something else altogether."""
    with Server(lambda *_: (200, content)) as server, pytest.raises(DataError, match=r"not (a|the) table"):
        method(kind, server).matrix(places(POINTS, "A"), places(POINTS, "S"))


def test_valhalla_in_miles_and_in_short_is_understood():
    """Both forms of its answer; a distance in miles is one."""

    def answer(starts, ends, _):
        return 200, {"sources_to_targets": {"durations": [[120.0]], "distances": [[2.0]]}, "units": "miles"}

    with Server(answer) as server:
        found = method("valhalla", server).matrix(places(POINTS, "A"), places(POINTS, "S"))
    assert found[["travel_minutes", "road_miles"]].iloc[0].tolist() == pytest.approx([2.0, 2.0])


@both
def test_the_sentence_names_the_server_and_what_was_sent(kind):
    """For the manifest and the report."""
    with Server(lambda *_: (200, {})) as server:
        said = method(kind, server).describe()
        assert server.asked == []
    assert "127.0.0.1" in said
    assert "no other machine" in said
