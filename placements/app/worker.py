"""The process that holds the county, and does what the pages ask: read the study, compare scenarios.

What it is told and what it answers are plain values over a pipe. Children's rows never leave it: an answer is what the
study's disclosure profile lets be shown, and it is scanned for what must not be in it before it is handed over.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, cast

from placements.app.base import base_values
from placements.app.compared import compared_values
from placements.app.process import ANSWER, COMPARE, FORM, PROGRESS, READ, REFUSAL, Tell
from placements.county import County
from placements.disclosure.release import cleared
from placements.disclosure.secrets import county_secrets
from placements.errors import PlacementsError, UsageError
from placements.forecasting import Forecast, forecast
from placements.loading import load_within
from placements.pipeline import run_study
from placements.progress import Reporter, Stage
from placements.study import open_study

#: Stages of a whole run of a study, and the part of its time that each takes, about.
_STAGES: Final[Mapping[str, float]] = {
    "read, check, locate": 0.08,
    "school journeys": 0.02,
    "forecast": 0.05,
    "back-test": 0.1,
    "optimise": 0.35,
    "re-cost the plan": 0.05,
    "compare": 0.15,
    "disclosure control": 0.05,
    "map": 0.05,
    "statement": 0.1,
}


@dataclass
class Told(Reporter):
    """A reporter whose stages are told over the pipe instead of on a terminal."""

    quiet: bool = True
    tell: Tell = field(default=lambda share, text: None)
    _begun: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Tell one stage from beginning to end."""
        part = _STAGES.get(name, 0.05)
        self.tell(min(self._begun, 1.0), name)
        with super().stage(name):
            yield cast(Stage, _Telling(self, name, part))
        self._begun += part

    def told(self, name: str, part: float, share: float, doing: str) -> None:
        """Tell how far a stage is."""
        self.tell(min(self._begun + part * share, 1.0), f"{name}: {doing}" if doing else name)


@dataclass
class _Telling:
    reporter: Told
    name: str
    part: float

    def __call__(self, share: float, doing: str) -> None:
        self.reporter.told(self.name, self.part, share, doing)

    def done(self, result: str) -> None:
        """Take what was done, which nobody asks for here."""


@dataclass(frozen=True)
class Held:
    """What the worker keeps between questions."""

    county: County
    future: Forecast


class Worker:
    """Answers questions about one study.

    Parameters
    ----------
    folder : Path
    profile : str or None
    """

    def __init__(self, folder: Path, profile: str | None) -> None:
        self._folder, self._profile = folder, profile
        self._held: Held | None = None

    def answer(self, kind: str, request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        """Answer a question with plain values that may be shown."""
        does = {READ: self._read, COMPARE: self._compare}.get(kind)
        if does is None:
            raise UsageError(f"there is no such work as {kind!r}")
        return {**does(request, tell), "form": FORM}

    def _compare(self, request: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        held = self._held or self._load(tell)
        values, word = compared_values(held.county, held.future, request, tell)
        self.cleared("comparison.json", json.dumps(values, ensure_ascii=False))
        # The report was scanned as the Word document that it is: coded as text it is letters by chance.
        return {**values, "report": base64.b64encode(word).decode("ascii")}

    def _read(self, _: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
        study = open_study(self._folder).with_profile(self._profile)
        found = run_study(study, Told(tell=tell))
        self._held = Held(found.county, found.future)
        tell(1.0, "pages")
        values = base_values(study, found)
        # Charts stand in the pages coded as text, which only a scan of HTML reads as what they are.
        pages = "".join(section["html"] for section in values["sections"].values())
        self.cleared("pages.html", f"<!DOCTYPE html><title>Pages</title>{pages}")
        self.cleared("pages.json", json.dumps({**values, "sections": {}}, ensure_ascii=False))
        return values

    def _load(self, tell: Tell) -> Held:
        """Read what a comparison needs, and no more: another process may have worked the pages out."""
        county = load_within(open_study(self._folder).with_profile(self._profile), lambda share, what: tell(0.0, what))
        self._held = Held(county, forecast(county, progress=lambda share, what: tell(0.0, f"forecast: {what}")))
        return self._held

    def cleared(self, name: str, text: str) -> bytes:
        """Return what may leave this process, or refuse it; something must have been answered before.

        Raises
        ------
        DisclosureError
        """
        assert self._held is not None
        county = self._held.county
        return cleared(name, text, county_secrets(county), county.settings.disclosure.profile)


def work(pipe: Connection, folder: str, profile: str | None) -> None:
    """Answer questions until there is nobody to ask them: the body of the process."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    worker = Worker(Path(folder), profile)
    while True:
        try:
            kind, request = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = worker.answer(kind, request, lambda share, text: pipe.send((PROGRESS, share, text)))
            pipe.send((ANSWER, answer))
        except PlacementsError as error:
            pipe.send((REFUSAL, str(error)))
        except (BrokenPipeError, KeyboardInterrupt):
            return
        except Exception as error:
            # Of the program's own mistakes the page says no more than their kind: a message may hold a child's row.
            traceback.print_exc()
            pipe.send((REFUSAL, f"the program made a mistake ({type(error).__name__}); please report it"))


def _end_with_the_server() -> None:
    """End at once when the server is gone: in the middle of a solve nobody would be told for minutes."""
    server = multiprocessing.parent_process()
    assert server is not None
    server.join()
    os._exit(1)
