"""Scenarios: begin one from the plan, a file or nothing, compose it, and save it for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from placements.app.fields import KIND_LABEL, described, inputs, toml_of, values_of
from placements.app.site import go, missing, note, page, session_of, site_of
from placements.app.store import Draft
from placements.errors import PlacementsError
from placements.interventions import Intervention, parse_scenario, scenario_text

_LONGEST_NAME: Final = 80
_NOTHING: Final = ""


async def listed(request: Request) -> Response:
    """Show drafts, saved scenarios, and what a new one can begin from."""
    site, owner = site_of(request), session_of(request).owner
    base = site.base
    return page(
        request, "scenarios.html.j2", "Scenarios", drafts=site.store.drafts(owner),
        saved=site.store.scenarios(owner), written=sorted(base["written"]) if base else [], problem="",
    )  # fmt: skip


async def begin(request: Request) -> Response:
    """Begin a draft."""
    site = site_of(request)
    base: Mapping[str, Any] = site.base or {"plan": "", "written": {}}
    texts = {"nothing": _NOTHING, "plan": base["plan"]}
    texts |= {f"written:{stem}": text for stem, text in base["written"].items()}
    texts |= {f"saved:{one.name}": one.scenario for one in site.store.scenarios(session_of(request).owner)}
    async with request.form() as form:
        source, name = str(form.get("source", "")), str(form.get("name", "")).strip()[:_LONGEST_NAME]
        upload = form.get("file")
        if isinstance(upload, UploadFile) and upload.filename:
            source, texts = "file", {"file": (await upload.read()).decode("utf-8-sig", errors="replace")}
            name = name or Path(upload.filename).stem[:_LONGEST_NAME]
    if source not in texts:
        return missing(request, "What it was to begin from")
    draft = site.store.new_draft(session_of(request).owner, name or "My scenario", texts[source])
    return go(f"/scenarios/{draft}")


async def shown(request: Request) -> Response:
    """Show a draft: its interventions, and a form for one more or for a change of one."""
    draft = _draft(request)
    if draft is None:
        return missing(request, "That draft")
    return _composer(request, draft)


def _composer(request: Request, draft: Draft, problem: str = "", status: int = 200) -> Response:
    entries, wrong = _read(draft.scenario)
    kind, at = request.query_params.get("add", ""), request.query_params.get("change", "")
    base = site_of(request).base
    areas = base["areas"] if base else {}
    form, position = None, ""
    if kind in KIND_LABEL:
        form = inputs(kind, {}, areas)
    elif at.isdigit() and int(at) < len(entries):
        kind, position = entries[int(at)].kind, at
        form = inputs(kind, values_of(entries[int(at)]), areas)
    return page(
        request, "composer.html.j2", draft.name, status, draft=draft, entries=entries, kinds=KIND_LABEL, form=form,
        kind=kind, position=position, problem=problem or wrong,
        described=[described(entry, areas) for entry in entries],
    )  # fmt: skip


async def put(request: Request) -> Response:
    """Add an intervention, or change one."""
    draft = _draft(request)
    if draft is None:
        return missing(request, "That draft")
    entries, wrong = _read(draft.scenario)
    entry, problem = _filled(await _form(request))
    if entry is None or wrong:
        return _composer(request, draft, problem or wrong, 422)
    at = (await request.form()).get("position", "")
    if isinstance(at, str) and at.isdigit() and int(at) < len(entries):
        entries[int(at)] = entry
    else:
        entries.append(entry)
    _keep(request, draft, draft.name, scenario_text(entries, title=draft.name))
    return go(f"/scenarios/{draft.id}")


async def check(request: Request) -> Response:
    """Say what is wrong with what is filled in so far, if anything: a part of the page."""
    entry, problem = _filled(await _form(request))
    return PlainTextResponse("Nothing is wrong with it." if entry is not None else problem)


async def remove(request: Request) -> Response:
    """Take an intervention out."""
    draft = _draft(request)
    if draft is None:
        return missing(request, "That draft")
    entries, _ = _read(draft.scenario)
    at = str((await request.form()).get("position", ""))
    if at.isdigit() and int(at) < len(entries):
        del entries[int(at)]
        _keep(request, draft, draft.name, scenario_text(entries, title=draft.name))
    return go(f"/scenarios/{draft.id}")


async def rename(request: Request) -> Response:
    """Give the draft another name, or another text."""
    draft = _draft(request)
    if draft is None:
        return missing(request, "That draft")
    form = await request.form()
    name = str(form.get("name", "")).strip()[:_LONGEST_NAME] or draft.name
    text = str(form.get("scenario", draft.scenario)).replace("\r\n", "\n")
    _keep(request, draft, name, text)
    return go(f"/scenarios/{draft.id}")


async def save(request: Request) -> Response:
    """Save the draft for everybody."""
    draft = _draft(request)
    if draft is None:
        return missing(request, "That draft")
    entries, wrong = _read(draft.scenario)
    if wrong or not entries:
        return _composer(request, draft, wrong or "There is nothing in it yet: add an intervention.", 422)
    site, owner = site_of(request), session_of(request).owner
    if not site.store.save_scenario(owner, draft.name, scenario_text(entries, title=draft.name)):
        return _composer(request, draft, f"Somebody else saved a scenario called {draft.name}: choose a name.", 409)
    note(request, f"saved the scenario {draft.name}")
    return go("/scenarios")


async def drop(request: Request) -> Response:
    """Throw a draft away."""
    site = site_of(request)
    site.store.drop_draft(session_of(request).owner, request.path_params["draft"])
    return go("/scenarios")


async def drop_saved(request: Request) -> Response:
    """Throw a saved scenario of one's own away."""
    name = str((await request.form()).get("name", ""))
    site_of(request).store.drop_scenario(session_of(request).owner, name)
    note(request, f"threw the scenario {name} away")
    return go("/scenarios")


async def as_file(request: Request) -> Response:
    """Send a draft as a TOML file."""
    draft = _draft(request)
    if draft is None:
        return missing(request, "That draft")
    note(request, f"downloaded the scenario {draft.name}")
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in draft.name).strip("-").lower()
    headers = {"content-disposition": f'attachment; filename="{stem or "scenario"}.toml"'}
    return PlainTextResponse(draft.scenario, media_type="application/toml", headers=headers)


def _draft(request: Request) -> Draft | None:
    return site_of(request).store.draft(session_of(request).owner, request.path_params["draft"])


def _keep(request: Request, draft: Draft, name: str, scenario: str) -> None:
    site_of(request).store.change_draft(session_of(request).owner, draft.id, name, scenario)


def _read(text: str) -> tuple[list[Intervention], str]:
    """Return the interventions of a text, or what is wrong with it."""
    try:
        return list(parse_scenario(text, Path("this scenario"))), ""
    except PlacementsError as error:
        return [], str(error)


async def _form(request: Request) -> dict[str, list[str]]:
    form = await request.form()
    return {name: [str(value) for value in form.getlist(name)] for name in form}


def _filled(given: dict[str, list[str]]) -> tuple[Intervention | None, str]:
    """Return the intervention that was filled in, or what is wrong with it."""
    kind = given.get("kind", [""])[0]
    if kind not in KIND_LABEL:
        return None, "There is no such kind of intervention."
    entries, wrong = _read(toml_of(kind, given))
    return (entries[0], "") if entries else (None, wrong)


ROUTES: Final = [
    Route("/scenarios", listed),
    Route("/scenarios", begin, methods=["POST"]),
    Route("/scenarios/drop-saved", drop_saved, methods=["POST"]),
    Route("/scenarios/{draft}", shown),
    Route("/scenarios/{draft}", rename, methods=["POST"]),
    Route("/scenarios/{draft}/put", put, methods=["POST"]),
    Route("/scenarios/{draft}/check", check, methods=["POST"]),
    Route("/scenarios/{draft}/remove", remove, methods=["POST"]),
    Route("/scenarios/{draft}/save", save, methods=["POST"]),
    Route("/scenarios/{draft}/drop", drop, methods=["POST"]),
    Route("/scenarios/{draft}/file", as_file),
]
