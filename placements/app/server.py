"""The application: routes, who may pass, and its beginning and end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from placements.app.pages import compare, downloads, password, reading, scenarios
from placements.app.process import READ, Process
from placements.app.runs import Queue
from placements.app.security import SAFE_METHODS, Guard, is_ours
from placements.app.setup import Setup
from placements.app.site import COOKIE, Site, go, page
from placements.app.store import Session, Store
from placements.study import open_study

#: Owner of what the server itself asks for.
NOBODY: Final = ""
#: A person reads a page for a while before the next: the connection waits for it.
_KEEP_ALIVE_S: Final = 75
_STATIC: Final = "/static"
_SIGN_IN: Final = "/sign-in"


def create_app(setup: Setup, process: Process | None = None) -> Starlette:
    """Return the application.

    Parameters
    ----------
    setup : Setup
    process : Process, optional
        Does the work; a process of its own when not given.
    """
    profile = open_study(setup.folder).with_profile(setup.profile).settings.disclosure.profile
    store = Store(setup.store)
    queue = Queue(store, process or Process(setup.folder, setup.profile))
    site = Site(setup, profile, store, queue)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        queue.start()
        if site.base is None:
            store.ask(NOBODY, READ, "Read the study", {})
            queue.wake()
        yield
        queue.stop()

    app = Starlette(
        routes=[
            Mount(_STATIC, StaticFiles(directory=Path(str(files("placements.app") / "static"))), name="static"),
            *reading.ROUTES,
            *scenarios.ROUTES,
            *compare.ROUTES,
            *downloads.ROUTES,
            *password.ROUTES,
            Route("/{rest:path}", _nowhere),
        ],
        middleware=[Middleware(Guard, setup=setup), Middleware(BaseHTTPMiddleware, dispatch=_known)],
        lifespan=lifespan,
    )
    app.state.site = site
    return app


def serve(setup: Setup) -> None:
    """Serve until told to stop (Ctrl-C)."""
    import uvicorn  # noqa: PLC0415

    uvicorn.run(
        create_app(setup), host=setup.host, port=setup.port, log_level="warning", server_header=False,
        date_header=False, proxy_headers=False, timeout_keep_alive=_KEEP_ALIVE_S,
    )  # fmt: skip


async def _known(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give the browser a session, let it in, and refuse what does not carry its token."""
    if request.url.path.startswith(f"{_STATIC}/"):
        return await answer(request)
    site: Site = request.app.state.site
    token = request.cookies.get(COOKIE, "")
    session = site.store.session(token) if token else None
    fresh = ""
    if session is None:
        fresh, session = site.store.begin_session(is_admitted=not site.setup.password)
    request.state.session = session
    response = await _answered(request, session, answer)
    if fresh:
        response.set_cookie(COOKIE, fresh, httponly=True, samesite="strict", path="/")
    return response


async def _answered(request: Request, session: Session, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    if request.method not in SAFE_METHODS and not await is_ours(request, session.csrf):
        message = "This page is older than your session. Go back, load it again, and do it once more."
        return page(request, "message.html.j2", "Not done", 403, message=message)
    if not session.is_admitted and request.url.path != _SIGN_IN:
        return go(_SIGN_IN)
    return await answer(request)


async def _nowhere(request: Request) -> Response:
    return page(request, "message.html.j2", "Not found", 404, message="There is no such page.")
