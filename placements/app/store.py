"""What is kept between requests, and over a crash: sessions, drafts, saved scenarios, runs, and who took what out.

One SQLite file with a write-ahead log: what was committed is there after the process is killed. Every method is one
transaction, so requests on several threads never see half of another's.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

QUEUED, RUNNING, DONE, FAILED, CANCELLED, INTERRUPTED = (
    *("queued", "running", "done", "failed", "cancelled", "interrupted"),
)
#: States in which nothing more happens.
OVER: Final = (DONE, FAILED, CANCELLED, INTERRUPTED)
#: A browser that has not been seen for so long must begin anew; its drafts stay, but nobody's.
_SESSION_SECONDS: Final = 30 * 24 * 3600
_BUSY_MS: Final = 10_000
#: Results kept at hand.
_RESULTS: Final = 4
#: Runs, with whether there is a result instead of the result itself.
_RUNS: Final = (
    "select id, owner, kind, title, request, state, share, doing, error, asked, result is not null as has_result "
    "from runs"
)

_SCHEMA: Final = """
create table if not exists sessions (
    key text primary key, owner text not null unique, csrf text not null, admitted integer not null, seen real not null
);
create table if not exists drafts (
    id text primary key, owner text not null, name text not null, scenario text not null, changed real not null
);
create table if not exists scenarios (
    name text primary key, scenario text not null, owner text not null, saved real not null
);
create table if not exists runs (
    id text primary key, owner text not null, kind text not null, title text not null, request text not null,
    state text not null, share real not null, doing text not null, result text, error text not null,
    asked real not null, began real, ended real
);
create index if not exists runs_of on runs (owner, asked);
create table if not exists audit (at real not null, owner text not null, address text not null, what text not null);
"""


@dataclass(frozen=True)
class Session:
    """One browser. `owner` is what its drafts and runs are known by; `csrf` must come with everything it sends."""

    owner: str
    csrf: str
    is_admitted: bool


@dataclass(frozen=True)
class Draft:
    """A scenario that is being written, seen by one browser alone."""

    id: str
    name: str
    scenario: str


@dataclass(frozen=True)
class Saved:
    """A scenario that everybody on this server sees."""

    name: str
    scenario: str
    saved: float
    is_mine: bool


@dataclass(frozen=True)
class Run:
    """Work for the worker.

    Attributes
    ----------
    kind : str
        See `worker`.
    request : mapping
        What was asked.
    state : str
    share : float
        Done, 0 to 1.
    doing : str
    has_result : bool
    error : str
        In words, when it failed.
    asked : float
        Seconds since the epoch.
    """

    id: str
    kind: str
    title: str
    request: Mapping[str, Any]
    state: str
    share: float
    doing: str
    has_result: bool
    error: str
    asked: float
    _read: Callable[[str], Mapping[str, Any]] = field(repr=False, compare=False)

    @property
    def result(self) -> Mapping[str, Any] | None:
        """Return the result; None if there is none. Read when it is asked for: of a list of runs, hardly one is."""
        return self._read(self.id) if self.has_result else None

    @property
    def is_over(self) -> bool:
        """Return whether nothing more happens."""
        return self.state in OVER


class Store:
    """The file.

    Parameters
    ----------
    path : Path
        Made if it is not there, readable by its owner alone.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._path = path
        self._lock = threading.Lock()
        # What came out of a run never changes, every page shows that of the last reading, and it is long.
        self._result = lru_cache(maxsize=_RESULTS)(self._read_result)
        with self._writing() as base:
            base.executescript(_SCHEMA)

    # Sessions

    def session(self, token: str, *, now: float | None = None) -> Session | None:
        """Return the session of a browser's token; None if there is none, or it is too old."""
        now, key = now or time.time(), _digest(token)
        with self._writing() as base:
            base.execute("delete from sessions where seen < ?", (now - _SESSION_SECONDS,))
            row = base.execute("select owner, csrf, admitted from sessions where key = ?", (key,)).fetchone()
            if row is not None:
                base.execute("update sessions set seen = ? where key = ? and seen < ?", (now, key, now - 60))
        return None if row is None else Session(row["owner"], row["csrf"], bool(row["admitted"]))

    def begin_session(self, *, is_admitted: bool) -> tuple[str, Session]:
        """Return a new token, which is kept nowhere but in the browser, and its session."""
        token, session = (
            secrets.token_urlsafe(32),
            Session(secrets.token_hex(8), secrets.token_urlsafe(32), is_admitted),
        )
        with self._writing() as base:
            row = (_digest(token), session.owner, session.csrf, int(is_admitted), time.time())
            base.execute("insert into sessions values (?, ?, ?, ?, ?)", row)
        return token, session

    def end_session(self, token: str) -> None:
        """Forget a token."""
        with self._writing() as base:
            base.execute("delete from sessions where key = ?", (_digest(token),))

    # Drafts

    def drafts(self, owner: str) -> list[Draft]:
        """Return the drafts of one browser, the last changed first."""
        with self._reading() as base:
            rows = base.execute("select * from drafts where owner = ? order by changed desc", (owner,)).fetchall()
        return [Draft(row["id"], row["name"], row["scenario"]) for row in rows]

    def draft(self, owner: str, draft_id: str) -> Draft | None:
        """Return a draft, if it is this browser's."""
        return next((draft for draft in self.drafts(owner) if draft.id == draft_id), None)

    def new_draft(self, owner: str, name: str, scenario: str) -> str:
        """Keep a new draft; return its id."""
        draft_id = secrets.token_hex(8)
        with self._writing() as base:
            base.execute("insert into drafts values (?, ?, ?, ?, ?)", (draft_id, owner, name, scenario, time.time()))
        return draft_id

    def change_draft(self, owner: str, draft_id: str, name: str, scenario: str) -> None:
        """Change a draft of this browser's."""
        with self._writing() as base:
            base.execute(
                "update drafts set name = ?, scenario = ?, changed = ? where id = ? and owner = ?",
                (name, scenario, time.time(), draft_id, owner),
            )

    def drop_draft(self, owner: str, draft_id: str) -> None:
        """Throw a draft of this browser's away."""
        with self._writing() as base:
            base.execute("delete from drafts where id = ? and owner = ?", (draft_id, owner))

    # Saved scenarios

    def scenarios(self, owner: str) -> list[Saved]:
        """Return the saved scenarios, by name."""
        with self._reading() as base:
            rows = base.execute("select * from scenarios order by name collate nocase").fetchall()
        return [Saved(row["name"], row["scenario"], row["saved"], row["owner"] == owner) for row in rows]

    def save_scenario(self, owner: str, name: str, scenario: str) -> bool:
        """Save a scenario under a name; return False when somebody else's has it already."""
        with self._writing() as base:
            row = base.execute("select owner from scenarios where name = ?", (name,)).fetchone()
            if row is not None and row["owner"] != owner:
                return False
            base.execute("insert or replace into scenarios values (?, ?, ?, ?)", (name, scenario, owner, time.time()))
        return True

    def drop_scenario(self, owner: str, name: str) -> None:
        """Throw a scenario of this browser's away."""
        with self._writing() as base:
            base.execute("delete from scenarios where name = ? and owner = ?", (name, owner))

    # Runs

    def ask(self, owner: str, kind: str, title: str, request: Mapping[str, Any]) -> str:
        """Put a run in the queue; return its id."""
        run_id = secrets.token_hex(8)
        with self._writing() as base:
            base.execute(
                "insert into runs values (?, ?, ?, ?, ?, ?, 0, '', null, '', ?, null, null)",
                (run_id, owner, kind, title, json.dumps(request), QUEUED, time.time()),
            )
        return run_id

    def run(self, run_id: str, owner: str | None = None) -> Run | None:
        """Return a run; with an owner, only if it is theirs."""
        with self._reading() as base:
            row = base.execute(f"{_RUNS} where id = ?", (run_id,)).fetchone()
        return None if row is None or (owner is not None and row["owner"] != owner) else self._run(row)

    def runs(self, owner: str, kind: str | None = None) -> list[Run]:
        """Return the runs of one browser, the last asked for first; `None` for kind is any."""
        with self._reading() as base:
            rows = base.execute(f"{_RUNS} where owner = ? order by asked desc", (owner,)).fetchall()
        return [self._run(row) for row in rows if kind in (None, row["kind"])]

    def last_asked(self, kind: str) -> Run | None:
        """Return the last run of a kind, whosever it is and whatever became of it."""
        with self._reading() as base:
            row = base.execute(f"{_RUNS} where kind = ? order by asked desc limit 1", (kind,)).fetchone()
        return None if row is None else self._run(row)

    def done(self, kind: str) -> list[Run]:
        """Return the runs of a kind that came to something, whosever they are, the last asked for first."""
        with self._reading() as base:
            rows = base.execute(f"{_RUNS} where kind = ? and state = ? order by asked desc", (kind, DONE)).fetchall()
        return [self._run(row) for row in rows]

    def waiting(self) -> int:
        """Return how many runs wait for their turn."""
        with self._reading() as base:
            return int(base.execute("select count(*) from runs where state = ?", (QUEUED,)).fetchone()[0])

    def asked_since(self, owner: str, since: float) -> int:
        """Return how many runs one browser asked for since a time."""
        with self._reading() as base:
            found = base.execute("select count(*) from runs where owner = ? and asked >= ?", (owner, since)).fetchone()
        return int(found[0])

    def next_run(self) -> Run | None:
        """Take the run that has waited longest: it is running from now on."""
        with self._writing() as base:
            row = base.execute(f"{_RUNS} where state = ? order by asked limit 1", (QUEUED,)).fetchone()
            if row is not None:
                base.execute("update runs set state = ?, began = ? where id = ?", (RUNNING, time.time(), row["id"]))
        return None if row is None else self._run(row)

    def progress(self, run_id: str, share: float, doing: str) -> None:
        """Note how far a run is."""
        with self._writing() as base:
            base.execute(
                "update runs set share = ?, doing = ? where id = ? and state = ?", (share, doing, run_id, RUNNING)
            )

    def finish(self, run_id: str, state: str, *, result: Mapping[str, Any] | None = None, error: str = "") -> None:
        """End a run; one that is over already stays as it is."""
        text = None if result is None else json.dumps(result)
        with self._writing() as base:
            base.execute(
                "update runs set state = ?, result = ?, error = ?, ended = ? where id = ? and state in (?, ?)",
                (state, text, error, time.time(), run_id, QUEUED, RUNNING),
            )

    def mark_interrupted(self) -> int:
        """Say of every run that was under way when the server stopped that it was cut off; return how many."""
        with self._writing() as base:
            found = base.execute(
                "update runs set state = ?, ended = ? where state = ?", (INTERRUPTED, time.time(), RUNNING)
            )
        return int(found.rowcount)

    # Who took what out

    def note(self, owner: str, address: str, what: str) -> None:
        """Note that something was exported, shared or run."""
        with self._writing() as base:
            base.execute("insert into audit values (?, ?, ?, ?)", (time.time(), owner, address, what))

    def notes(self) -> list[dict[str, Any]]:
        """Return all that was noted, the last first."""
        with self._reading() as base:
            return [dict(row) for row in base.execute("select * from audit order by at desc").fetchall()]

    def _run(self, row: sqlite3.Row) -> Run:
        return Run(
            row["id"], row["kind"], row["title"], json.loads(row["request"]), row["state"], row["share"], row["doing"],
            bool(row["has_result"]), row["error"], row["asked"], self._result,
        )  # fmt: skip

    def _read_result(self, run_id: str) -> Mapping[str, Any]:
        with self._reading() as base:
            row = base.execute("select result from runs where id = ?", (run_id,)).fetchone()
        return MappingProxyType(json.loads(row["result"]))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connected()) as base:
            yield base

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, closing(self._connected()) as base, base:
            yield base

    def _connected(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path, timeout=_BUSY_MS / 1000)
        base.row_factory = sqlite3.Row
        base.execute("pragma journal_mode = wal")
        base.execute("pragma synchronous = full")
        return base


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
