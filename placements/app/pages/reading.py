"""Pages that show what was worked out of the study: overview, map, gap, forecast, plan, data quality."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from placements.app.gap import FILTERS, ORDERS, SERVICES, choices, filtered, matrices, told
from placements.app.overview import first_and_further, last_other
from placements.app.process import READ
from placements.app.security import MAP_POLICY
from placements.app.site import go, missing, note, page, reading, site_of

#: What each page shows of the statement: path, title, sections.
_OF_SECTIONS: Final = (
    ("/forecast", "Forecast", ("forecast",)),
    ("/plan", "Plan and why", ("plan", "why")),
    ("/quality", "Data quality", ("quality", "method", "provenance")),
)
#: Where other pages stand.
LINKS: Final = {"plan": "/plan", "compare": "/compare", "gap": "/gap"}


async def the_overview(request: Request) -> Response:
    """Show the headline figures, what has changed since they were last otherwise, and what is proposed."""
    site = site_of(request)
    readings = site.readings()
    base = next(readings, None)
    if base is None:
        return page(request, "overview.html.j2", "Overview")
    figures = base["overview"]["figures"]
    first, further = first_and_further(figures)
    changed = last_other(figures, readings)
    return page(
        request, "overview.html.j2", "Overview", first=first, further=further, links=LINKS,
        changed=changed and {"date": changed[0]["date"], "rows": changed[1]},
    )  # fmt: skip


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
    """Show need, places and the gap at a glance, and of the groups that were chosen."""
    base = site_of(request).base
    rows = base["gap"] if base else []
    chosen = {name: request.query_params.get(name, "") for name in FILTERS}
    order, everything = (request.query_params.get(name, usual) for name, usual in (("sort", "gap"), ("hidden", "")))
    found = filtered(rows, chosen, order)
    shown = found if everything == "yes" else told(found)
    return page(
        request, "gap.html.j2", "Gap explorer", rows=shown, untold=len(found) - len(shown), chosen=chosen, order=order,
        everything=everything, choices=choices(rows, chosen), orders=ORDERS, services=SERVICES, filters=FILTERS,
        matrices=matrices(rows),
    )  # fmt: skip


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


ROUTES: Final = [
    Route("/", the_overview),
    *(Route(path, sections) for path, _, _ in _OF_SECTIONS),
    Route("/map", the_map),
    Route("/map/file", map_file),
    Route("/gap", gap),
    Route("/read-again", read_again, methods=["POST"]),
    Route("/reading", progress),
]
