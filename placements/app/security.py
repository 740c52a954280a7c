"""Who may ask, and what may a page do? Checked before any page is made, and said in every answer's headers."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placements.app.setup import Setup

SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
#: Pages load scripts and styles from this program's own files alone; pictures may stand in the page itself.
POLICY: Final = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"),
        *("form-action 'self'", "frame-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)
#: The map is a page of its own, which forbids itself any network: it may stand in a frame of ours.
MAP_POLICY: Final = "frame-ancestors 'self'"
_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Guard:
    """Refuses what does not come from a page of this program, or is too long.

    A page of another site can make a browser send things here, even to an address that only this machine reaches. So
    the name that was asked for must be one of ours (a name rebound to this address is not), and what is sent must come
    from where it goes to.

    Parameters
    ----------
    app : ASGIApp
    setup : Setup
    """

    def __init__(self, app: ASGIApp, setup: Setup) -> None:
        self._app, self._setup = app, setup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        left = self._setup.body_bytes

        async def limited() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise TooLongError
            return message

        try:
            await self._app(scope, limited, _with_headers(send))
        except TooLongError:
            await _refused(413, "That is more than can be taken at once.")(scope, receive, _with_headers(send))

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        if _name(headers.get("host", "")) not in self._setup.allowed_names:
            return _refused(421, "This program does not answer to that name.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._setup.body_bytes:
            return _refused(413, "That is more than can be taken at once.")
        if method in SAFE_METHODS:
            return None
        source = headers.get("origin") or headers.get("referer", "")
        if urlsplit(source).netloc.lower() != headers.get("host", "").lower():
            return _refused(403, "What is sent here must come from a page of this program.")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _refused(403, "What is sent here must come from a page of this program.")
        return None


class TooLongError(Exception):
    """A body is longer than can be taken."""


async def is_ours(request: Request, csrf: str) -> bool:
    """Return whether what was sent carries the token of the session's own pages."""
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        await request.body()  # kept, so that the page can read the form once more
        async with request.form() as form:
            given = str(form.get(CSRF_FIELD, ""))
    return hmac.compare_digest(given.encode(), csrf.encode())


def _name(host: str) -> str:
    """Return a name without its port."""
    return host.lower().rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host.lower()


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", POLICY)
        await send(message)

    return with_headers
