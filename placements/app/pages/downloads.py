"""What can be taken away: each file by a name that the last reading gave it, and nothing else."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from placements.app.site import missing, note, page, site_of


async def listed(request: Request) -> Response:
    """List the files."""
    site = site_of(request)
    base = site.base
    there = [
        {**entry, "kilobytes": (site.setup.folder / entry["path"]).stat().st_size / 1000}
        for entry in (base["outputs"] if base else [])
        if (site.setup.folder / entry["path"]).is_file()
    ]
    return page(request, "downloads.html.j2", "Downloads", outputs=there)


async def download(request: Request) -> Response:
    """Send one of them."""
    site, name = site_of(request), request.path_params["name"]
    base = site.base
    found = next((entry["path"] for entry in (base["outputs"] if base else []) if entry["name"] == name), None)
    if found is None or not (site.setup.folder / found).is_file():
        return missing(request, "That file")
    note(request, f"downloaded {found}")
    path = site.setup.folder / found
    return FileResponse(path, filename=path.name)


ROUTES: Final = [Route("/downloads", listed), Route("/downloads/{name}", download)]
