"""Signing in, where the study is served to other machines."""

from __future__ import annotations

import asyncio
import hmac
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from placements.app.site import COOKIE, go, note, page, session_of, site_of

#: Seconds that a wrong password costs.
_WAIT_S: Final = 1.0


async def ask(request: Request) -> Response:
    """Ask for the password."""
    if session_of(request).is_admitted:
        return go("/")
    return page(request, "sign_in.html.j2", "Sign in", problem="")


async def sign_in(request: Request) -> Response:
    """Let in whoever knows the password, with a session that nobody had before."""
    site = site_of(request)
    given = str((await request.form()).get("password", ""))
    if not hmac.compare_digest(given.encode(), site.setup.password.encode()):
        await asyncio.sleep(_WAIT_S)
        note(request, "gave a wrong password")
        return page(request, "sign_in.html.j2", "Sign in", 403, problem="That is not the password.")
    site.store.end_session(request.cookies.get(COOKIE, ""))
    token, _ = site.store.begin_session(is_admitted=True)
    response = go("/")
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/")
    return response


async def sign_out(request: Request) -> Response:
    """Forget the session."""
    site_of(request).store.end_session(request.cookies.get(COOKIE, ""))
    response = go("/sign-in")
    response.delete_cookie(COOKIE, path="/")
    return response


ROUTES: Final = [
    Route("/sign-in", ask),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]
