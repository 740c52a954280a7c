"""Pages that show what was worked out of the study: overview, map, gap, forecast, plan, data quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from placements.app.security import MAP_POLICY
from placements.app.site import go, missing, note, page, reading, site_of
from placements.app.worker import READ

#: What each page shows of the statement: path, title, sections.
_OF_SECTIONS: Final = (
    ("/", "Overview", ("summary", "children", "plans")),
    ("/forecast", "Forecast", ("forecast",)),
    ("/plan", "Plan and why", ("plan", "why")),
    ("/quality", "Data quality", ("quality", "method", "provenance")),
)
#: By what the gap can be looked into.
_FILTERS: Final = ("service", "need", "area", "age_band")
_SERVICES: Final = {"care": "Children looked after", "education": "EHC plans"}


async def sections(request: Request) -> Response:
    """Show sections of the statement."""
    _, title, keys = next(entry for entry in _OF_SECTIONS if entry[0] == request.url.path)
    base = site_of(request).base
    shown = [base["sections"][key] for key in keys if key in base["sections"]] if base else []
    return page(request, "sections.html.j2", title, sections=shown)


async def the_map(request: Request) -> Response:
    """Show the map in a frame, with a way to open it by itself."""
    return page(request, "map.html.j2", "Map")


async def map_file(request: Request) -> Response:
    """Send the map."""
    path = site_of(request).setup.folder / "maps" / "placements.html"
    if not path.is_file():
        return missing(request, "The map")
    return FileResponse(path, media_type="text/html", headers={"content-security-policy": MAP_POLICY})


async def gap(request: Request) -> Response:
    """Show need, places and the gap of the groups that were chosen."""
    base = site_of(request).base
    rows = base["gap"] if base else []
    chosen = {name: request.query_params.get(name, "") for name in _FILTERS}
    choices = {
        name: sorted({row[name] for row in rows if row[name] and _is_in(row, {"service": chosen["service"]})})
        for name in _FILTERS
    }
    shown = [row for row in rows if _is_in(row, chosen)]
    order = request.query_params.get("sort", "gap")
    shown.sort(key=lambda row: _rank(row, order), reverse=order == "gap")
    return page(request, "gap.html.j2", "Gap explorer", rows=shown, chosen=chosen, choices=choices, services=_SERVICES,
                order=order)  # fmt: skip


async def read_again(request: Request) -> Response:
    """Have the study read again: files may have changed."""
    site = site_of(request)
    under_way = reading(site)
    if under_way is None or under_way.is_over:
        site.store.ask("", READ, "Read the study", {})
        site.queue.wake()
        note(request, "asked for the study to be read again")
    return go("/")


async def progress(request: Request) -> Response:
    """Show how far the reading is: a part of a page."""
    return page(request, "reading.html.j2", "Reading")


def _is_in(row: Mapping[str, str], chosen: Mapping[str, str]) -> bool:
    return all(not value or row[name] == value for name, value in chosen.items())


def _rank(row: Mapping[str, Any], order: str) -> tuple[float, str, str]:
    """Return where a row stands: by its gap, what is hidden last, or by name."""
    names = (row["need"], row["area"])
    if order != "gap":
        return (0.0, *(names if order == "need" else names[::-1]))
    try:
        return (float(row["gap"].replace(",", "")), *names)
    except ValueError:
        return (float("-inf"), *names)


ROUTES: Final = [
    *(Route(path, sections) for path, _, _ in _OF_SECTIONS),
    Route("/map", the_map),
    Route("/map/file", map_file),
    Route("/gap", gap),
    Route("/read-again", read_again, methods=["POST"]),
    Route("/reading", progress),
]
