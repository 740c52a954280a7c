"""What every page needs: the store, the queue, who is asking, and how a page is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from placements.app.process import FORM, READ
from placements.app.render import templates
from placements.app.runs import Queue
from placements.app.setup import Setup
from placements.app.store import Run, Session, Store

COOKIE: Final = "placements"
#: Pages in the order of the menu: path and title.
MENU: Final = (
    ("/", "Overview"),
    ("/map", "Map"),
    ("/gap", "Gap"),
    ("/forecast", "Forecast"),
    ("/plan", "Plan and why"),
    ("/scenarios", "Scenarios"),
    ("/compare", "Compare"),
    ("/quality", "Data quality"),
    ("/downloads", "Downloads"),
)


@dataclass(frozen=True)
class Site:
    """The application's parts, in every request at `request.app.state.site`.

    Attributes
    ----------
    setup : Setup
    profile : str
        Disclosure profile in force: what was made under another is not shown.
    store : Store
    queue : Queue
    """

    setup: Setup
    profile: str
    store: Store
    queue: Queue

    @property
    def base(self) -> Mapping[str, Any] | None:
        """Return what the pages show of the study; None before it was first read under the profile in force."""
        return next(self.readings(), None)

    def readings(self) -> Iterator[Mapping[str, Any]]:
        """Give what the readings of the study under the profile in force showed, the last first."""
        return (run.result for run in self.store.done(READ) if run.result is not None and self._fits(run.result))

    def run(self, run_id: str, owner: str) -> Run | None:
        """Return a run of a browser; None if it is not theirs, or was made under another profile or in another form."""
        run = self.store.run(run_id, owner)
        made_otherwise = run is not None and run.result is not None and not self._fits(run.result)
        return None if made_otherwise else run

    def _fits(self, result: Mapping[str, Any]) -> bool:
        """Return whether a result was made under the profile in force, and has the form that the pages know."""
        return bool(result["profile"] == self.profile and result.get("form") == FORM)


def site_of(request: Request) -> Site:
    """Return the site."""
    found = request.app.state.site
    assert isinstance(found, Site)
    return found


def session_of(request: Request) -> Session:
    """Return who is asking."""
    found = request.state.session
    assert isinstance(found, Session)
    return found


def page(request: Request, template: str, title: str, status: int = 200, **values: Any) -> Response:
    """Return a page made from a template."""
    site, session = site_of(request), session_of(request)
    base = site.base
    text = (
        templates()
        .get_template(template)
        .render(
            title=title,
            menu=MENU,
            here=request.url.path,
            csrf=session.csrf,
            base=base,
            reading=reading(site),
            has_password=bool(site.setup.password),
            **values,
        )
    )
    return HTMLResponse(text, status_code=status)


def reading(site: Site) -> Run | None:
    """Return the reading of the study that is under way or waits, or else the last if it came to nothing."""
    run = site.store.last_asked(READ)
    return run if run is not None and not run.has_result else None


def note(request: Request, what: str) -> None:
    """Note who took or did what."""
    address = request.client.host if request.client else ""
    site_of(request).store.note(session_of(request).owner, address, what)


def go(path: str) -> Response:
    """Send the browser to another page after something was done."""
    return RedirectResponse(path, status_code=303)


def missing(request: Request, what: str) -> Response:
    """Return a page that says that something is not there."""
    return page(request, "message.html.j2", "Not found", 404, message=f"{what} is not here, or is not yours to see.")
