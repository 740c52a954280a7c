"""Compare: choose scenarios, run them in the same futures, watch, and read the board."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from placements import codes
from placements.app.board import board
from placements.app.pack import pack_page
from placements.app.process import COMPARE
from placements.app.site import go, missing, note, page, session_of, site_of
from placements.interventions import scenario_name

#: Scenarios side by side, beside doing nothing: more cannot be taken in at a glance.
MOST: Final = 4
_HOUR: Final = 3600.0
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PLAN: Final = "plan"


async def choose(request: Request) -> Response:
    """Show what can be compared, and what was."""
    return _choice(request)


def _choice(request: Request, problem: str = "", status: int = 200) -> Response:
    site, owner = site_of(request), session_of(request).owner
    base = site.base
    return page(
        request, "compare.html.j2", "Compare scenarios", status, drafts=site.store.drafts(owner),
        saved=site.store.scenarios(owner), written=sorted(base["written"]) if base else [],
        runs=site.store.runs(owner, COMPARE), most=MOST, problem=problem,
    )  # fmt: skip


async def ask(request: Request) -> Response:
    """Put a comparison in the queue."""
    site, owner = site_of(request), session_of(request).owner
    form = await request.form()
    chosen = [str(value) for value in form.getlist("scenario")]
    if not 1 <= len(chosen) <= MOST:
        return _choice(request, f"Choose 1 to {MOST} scenarios; doing nothing is always beside them.", 422)
    named = _chosen(request, chosen)
    if named is None:
        return _choice(request, "One of them is no longer there.", 409)
    setup = site.setup
    if site.store.asked_since(owner, time.time() - _HOUR) >= setup.runs_an_hour:
        response = _choice(request, f"No more than {setup.runs_an_hour} runs an hour: wait a while.", 429)
        response.headers["retry-after"] = "600"
        return response
    if site.store.waiting() >= setup.runs_waiting:
        return _choice(request, "Too many runs are waiting for their turn: wait a while.", 429)
    request_ = {
        "scenarios": [{"name": name, "scenario": text} for name, text in named.items()],
        **{part: form.get(part) == "yes" for part in ("steps", "assumptions")},
    }
    title = ", ".join(named)
    run = site.store.ask(owner, COMPARE, title, request_)
    site.queue.wake()
    note(request, f"asked for a comparison of {title}")
    return go(f"/compare/{run}")


async def shown(request: Request) -> Response:
    """Show a run: how far it is, or what came out."""
    site = site_of(request)
    run = site.run(request.path_params["run"], session_of(request).owner)
    if run is None:
        return missing(request, "That run")
    if run.result is None:
        return page(request, "run.html.j2", "Comparison", run=run)
    only = request.query_params.get("differences") == "yes"
    return page(request, "board.html.j2", "Comparison", run=run, board=board(run.result, only_differences=only),
                only=only, needs=codes.NEED_GROUP_LABEL)  # fmt: skip


async def progress(request: Request) -> Response:
    """Show how far a run is: a part of its page."""
    run = site_of(request).run(request.path_params["run"], session_of(request).owner)
    if run is None:
        return missing(request, "That run")
    response = page(request, "progress.html.j2", "Comparison", run=run)
    if run.is_over:
        response.headers["hx-refresh"] = "true"
    return response


async def cancel(request: Request) -> Response:
    """Stop a run."""
    site = site_of(request)
    run = site.run(request.path_params["run"], session_of(request).owner)
    if run is None:
        return missing(request, "That run")
    site.queue.cancel(run.id)
    return go(f"/compare/{run.id}")


async def again(request: Request) -> Response:
    """Put a run that came to nothing in the queue once more."""
    site, owner = site_of(request), session_of(request).owner
    run = site.run(request.path_params["run"], owner)
    if run is None:
        return missing(request, "That run")
    new = site.store.ask(owner, run.kind, run.title, run.request)
    site.queue.wake()
    return go(f"/compare/{new}")


async def report(request: Request) -> Response:
    """Send a comparison as a Word document."""
    run = site_of(request).run(request.path_params["run"], session_of(request).owner)
    if run is None or run.result is None:
        return missing(request, "That report")
    note(request, f"downloaded the comparison of {run.title} as Word")
    headers = {"content-disposition": 'attachment; filename="scenarios-compared.docx"'}
    return Response(base64.b64decode(run.result["report"]), media_type=_WORD, headers=headers)


async def one_page(request: Request) -> Response:
    """Send the study's findings and a comparison as one page that opens without a server."""
    site = site_of(request)
    run, base = site.run(request.path_params["run"], session_of(request).owner), site.base
    if run is None or run.result is None or base is None:
        return missing(request, "That page")
    note(request, f"downloaded the comparison of {run.title} as one page")
    # Without the scenarios as text: what a person wrote into them has not been scanned.
    headers = {"content-disposition": 'attachment; filename="scenarios-compared.html"'}
    return HTMLResponse(pack_page(base, run.result, {}), headers=headers)


def _chosen(request: Request, chosen: list[str]) -> Mapping[str, str] | None:
    """Return the chosen scenarios by name, each of two that are called alike by one of its own; None if one is gone."""
    site, owner = site_of(request), session_of(request).owner
    base: Mapping[str, Any] = site.base or {"written": {}}
    known = {_PLAN: (str(base["plan_name"]), base["plan"])} if site.base else {}
    known |= {f"draft:{one.id}": (one.name, one.scenario) for one in site.store.drafts(owner)}
    known |= {f"saved:{one.name}": (one.name, one.scenario) for one in site.store.scenarios(owner)}
    known |= {f"written:{stem}": (scenario_name(stem), text) for stem, text in base["written"].items()}
    out: dict[str, str] = {}
    for key in chosen:
        if key not in known:
            return None
        name, text = known[key]
        while name in out:
            name += " (another)"
        out[name] = text
    return out


ROUTES: Final = [
    Route("/compare", choose),
    Route("/compare", ask, methods=["POST"]),
    Route("/compare/{run}", shown),
    Route("/compare/{run}/progress", progress),
    Route("/compare/{run}/cancel", cancel, methods=["POST"]),
    Route("/compare/{run}/again", again, methods=["POST"]),
    Route("/compare/{run}/report", report),
    Route("/compare/{run}/page", one_page),
]
