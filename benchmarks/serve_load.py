"""How long does a page take while twenty people use the web application and the study is solved meanwhile?

    python -m benchmarks.serve_load STUDY [--users 20] [--seconds 120] [--think 1.0] [--seed 7] [--json FILE]

A copy of the study is served on loopback by a process of its own. Once it has been read, it is asked to be read again,
and again whenever it is done, so that a solve is under way all the time. Each user has a browser's session and a
connection, looks at pages in an order of its own with a pause between (exponential, `--think` seconds on average), and
at times composes a draft. Any answer but the one expected is an error. Everything shares the cores of one machine:
users, server and solver. The exit code is 1 if there was an error.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np

from benchmarks.read import machine

PAGES: Final = (
    *("/", "/map", "/gap", "/gap?service=care&sort=need", "/forecast", "/plan", "/scenarios", "/compare", "/quality"),
    "/downloads",
)
#: One visit in so many composes.
_COMPOSES: Final = 12
_WAIT_S: Final = 900.0


@dataclass
class User:
    """One browser: its cookie, its connection, and how long each answer took."""

    port: int
    cookie: str = ""
    csrf: str = ""
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the connection."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> str:
        """Look at a page."""
        return self._ask("GET", path, path.split("?", maxsplit=1)[0], 200)

    def post(self, path: str, called: str, **values: str) -> str:
        """Send a form; the answer sends the browser elsewhere."""
        return self._ask("POST", path, called, 303, urlencode({"csrf": self.csrf, **values}))

    def _ask(self, method: str, path: str, called: str, expected: int, body: str | None = None) -> str:
        headers = {"cookie": self.cookie, "origin": f"http://127.0.0.1:{self.port}"}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.errors.append(f"{method} {path}: {type(error).__name__}")
            return ""
        self.seconds[f"{method} {called}"].append(time.perf_counter() - began)
        if answer.status != expected:
            self.errors.append(f"{method} {path}: {answer.status}")
        self.cookie = (answer.getheader("set-cookie") or self.cookie).split(";")[0]
        token = re.search(r'name="csrf" value="([^"]+)"', text)
        self.csrf = token[1] if token else self.csrf
        return answer.getheader("location") or text

    def visit(self, chance: random.Random) -> None:
        """Look at a page, or compose a draft and throw it away."""
        if chance.randrange(_COMPOSES):
            self.get(chance.choice(PAGES))
            return
        self.get("/scenarios")
        draft = self.post("/scenarios", "/scenarios", name="Load", source="plan")
        if draft.startswith("/scenarios/"):
            self._ask("GET", draft, "/scenarios/{draft}", 200)
            self.post(f"{draft}/drop", "/scenarios/{draft}/drop")


@contextmanager
def served(study: Path) -> Iterator[int]:
    """Serve a copy of a study until it has been read; give the port."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "study"
        shutil.copytree(study, copy, ignore=shutil.ignore_patterns(".placements"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        with subprocess.Popen([sys.executable, "-m", "placements", "serve", str(copy), "--port", str(port)]) as process:
            try:
                _until_read(port)
                yield port
            finally:
                process.terminate()
                process.wait(30)


def _until_read(port: int) -> None:
    ends = time.monotonic() + _WAIT_S
    while time.monotonic() < ends:
        if 'class="tiles"' in User(port).get("/"):
            return
        time.sleep(1.0)
    raise SystemExit("the study was not read in time")


def load(port: int, users: int, seconds: float, think: float, seed: int) -> tuple[list[User], int, float]:
    """Use the application; return the users, how many solves were begun, and the part of the time that one ran."""
    ends = time.monotonic() + seconds
    everybody = [User(port) for _ in range(users)]

    def use(user: User, number: int) -> None:
        chance = random.Random(f"{seed}/{number}")
        while time.monotonic() < ends:
            user.visit(chance)
            time.sleep(chance.expovariate(1 / think) if think else 0.0)

    threads = [threading.Thread(target=use, args=(user, at), daemon=True) for at, user in enumerate(everybody)]
    asks, looks, busy, solves = User(port), 0, 0, 0
    asks.get("/")
    for thread in threads:
        thread.start()
    while time.monotonic() < ends:
        looks += 1
        if "The study is being read" in asks.get("/reading"):
            busy += 1
        else:
            asks.get("/")
            asks.post("/read-again", "/read-again")
            solves += 1
        time.sleep(1.0)
    for thread in threads:
        thread.join(60)
    return everybody, solves, busy / max(looks, 1)


def rows(users: Sequence[User]) -> list[dict[str, Any]]:
    """Return how long each page took, and all page views together."""
    found: dict[str, list[float]] = defaultdict(list)
    for user in users:
        for called, seconds in user.seconds.items():
            found[called] += seconds
            if called.startswith("GET"):
                found["all page views"] += seconds
    return [
        {
            "page": called,
            "answers": len(seconds),
            **{f"p{at}_ms": round(1000 * float(np.percentile(seconds, at)), 1) for at in (50, 95, 99)},
            "max_ms": round(1000 * max(seconds), 1),
        }
        for called, seconds in sorted(found.items())
    ]


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with served(asked.study) as port:
        users, solves, busy = load(port, asked.users, asked.seconds, asked.think, asked.seed)
    errors = [error for user in users for error in user.errors]
    out = {
        "machine": machine(), "users": asked.users, "seconds": asked.seconds, "think_s": asked.think,
        "solves_begun": solves, "part_of_time_solving": round(busy, 2), "errors": errors, "rows": rows(users),
    }  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    print(f"{asked.users} users, {asked.seconds:g} s, {asked.think:g} s between two pages of one")
    print(f"{solves} solves begun, one under way {busy:.0%} of the time")
    for row in out["rows"]:
        print("{page:32} {answers:6} answers  p50 {p50_ms:8} ms  p95 {p95_ms:8} ms  max {max_ms:8} ms".format(**row))
    print(f"{len(errors)} errors" + "".join(f"\n  {error}" for error in errors[:10]))
    raise SystemExit(1 if errors else 0)


if __name__ == "__main__":
    main()
