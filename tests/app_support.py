"""An application over a study that is not there: what the worker would answer is made up, the rest is real."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from placements.app import Setup, create_app
from placements.app.process import COMPARE, FORM, READ, GoneError, Process, RefusedError
from placements.interventions import OpenHome, scenario_text
from placements.newstudy import init_study

HOME = OpenHome(name="Small home", district="Guildford", places=3, capital_gbp=500_000.0, evidence="made up")
BASE: Mapping[str, Any] = {
    "authority": "Tinyshire",
    "date": "31 March 2025",
    "marks": ["Draft", "Synthetic data: no real children"],
    "profile": "shareable",
    "form": FORM,
    "overview": {
        "figures": [
            {"name": "care_out_of_county", "label": "Children looked after outside", "value": "45%", "numerator": "450",
             "denominator": "1,000", "excluded": "c", "definition": "Of those whose location is known"},
            {"name": "looked_after", "label": "Children looked after", "value": "1,005", "numerator": "", "denominator": "",
             "excluded": "", "definition": "At the end of the day"},
            {"name": "uasc", "label": "Unaccompanied", "value": "10%", "numerator": "100", "denominator": "1,005",
             "excluded": "0", "definition": "Recorded as such"},
        ],
        "said": "<ul><li>What is said in short.</li></ul>",
        "trend": "",
    },
    "sections": {
        key: {"title": f"Section {key}", "html": f"<p>What is said of {key}.</p>"}
        for key in ("forecast", "plan", "why", "quality", "method", "provenance")
    },
    "gap": [
        {"service": "care", "need": "", "age_band": "", "provision": "", "area": area, "need_local": "15",
         "available_to_us": "10", "gap": gap, by: value}
        for by, value, area, gap in (
            ("need", "Disabled children", "Guildford", "+5"), ("need", "Family", "Woking", "c"),
            ("need", "Family", "Guildford", "-10"), ("age_band", "10 to 15", "Woking", "+20"),
        )
    ],
    "areas": {"E1": "Guildford", "E2": "Woking"},
    "plan_name": "Best plan found",
    "plan": scenario_text((HOME,), title="Best plan found"),
    "written": {"homes-first": scenario_text((HOME,), title="Homes first")},
    "outputs": [{"name": "map", "path": "maps/placements.html"}],
}  # fmt: skip


def compared(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a comparison of as many scenarios as were asked for."""
    names = ["do nothing", *(entry["name"] for entry in request["scenarios"])]
    scenarios = [
        {"scenario": name, "away_child_years": 100 - 10 * at, "away_child_years_low_80": 80 - 10 * at,
         "away_child_years_high_80": 130 - 10 * at, "capital_gbp": 5e5 * at, "mean_miles": 6.0}
        for at, name in enumerate(names)
    ]  # fmt: skip
    chances = {name: dict.fromkeys(names, 0.75) for name in names}
    regret = [{"scenario": name, "mean_regret": 10.0, "largest_regret": 30.0, "best_in": 0.4} for name in names]
    return {
        "years": 5,
        "futures": 25,
        "scenarios": scenarios,
        "probability_better": {"away_child_years": chances},
        "regret": {"away_child_years": regret, "net_gbp": regret},
        "gains": [
            {"scenario": name, "area": "Guildford", "need": "core", "fewer_away": 10, "fewer_away_low_80": "c",
             "fewer_away_high_80": 20}
            for name in names[1:]
        ],
        "steps": [],
        "assumptions": [
            {"scenario": name, "assumption": what, "moved_to": to, "npv_gbp": value}
            for name in names[1:]
            if request.get("assumptions")
            for what, to, value in (("as assumed", "", 1e6), ("lead time", "-1 years", 2e6), ("lead time", "+1 years", -5e5),
                                    ("entries", "-10%", "c"), ("entries", "+10%", 3e6))
        ],
        "profile": "shareable",
        "report": "UEs=",
        "form": FORM,
    }  # fmt: skip


class MadeUp(Process):
    """A process that answers at once, or does what a test tells it to."""

    def __init__(self, folder: Path, answer: Callable[..., dict[str, Any]] | None = None) -> None:
        super().__init__(folder, None)
        self._answer = answer
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.stopped = 0

    def ask(self, kind, request, tell):
        self.asked.append((kind, request))
        if self._answer is not None:
            return self._answer(kind, request, tell)
        if kind == READ:
            return dict(BASE)
        assert kind == COMPARE
        return compared(request)

    def stop(self) -> None:
        self.stopped += 1


def browser(client: TestClient) -> TestClient:
    """Return another browser of the same application: it has no cookie yet."""
    return TestClient(client.app, base_url="http://localhost")


def started(folder: Path, process: Process | None = None, **settings: Any) -> TestClient:
    """Return a browser on an application; use it as a context, so that the application begins and ends."""
    if not (folder / "study.toml").exists():
        init_study(folder, "Rutland")
    (folder / "maps").mkdir(exist_ok=True, parents=True)
    (folder / "maps" / "placements.html").write_text("<!DOCTYPE html><title>map</title>")
    app = create_app(Setup(folder, **settings), process or MadeUp(folder))
    return TestClient(app, base_url="http://localhost", follow_redirects=True)


def token(client: TestClient, path: str = "/scenarios") -> str:
    """Return the token that a page's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def send(client: TestClient, path: str, data: Mapping[str, Any], **headers: str) -> Any:
    """Send a form as a page of the application would."""
    given = {"origin": "http://localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.post(path, data={"csrf": token(client), **data}, headers=given)


__all__ = ["BASE", "HOME", "GoneError", "MadeUp", "RefusedError", "browser", "compared", "send", "started", "token"]
