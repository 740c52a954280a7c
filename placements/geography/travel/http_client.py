"""One question to the server that the study names: asked again when it is busy, and explained when it refuses.

Nothing is asked of any other machine: redirections are not followed and no proxy is used, because what is sent are the
points of postcodes where children live. What the server says is quoted without numbers that could be such points.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any, Final
from urllib.parse import urlsplit

from placements.errors import DataError

_MOST_BYTES: Final = 200_000_000
_LONGEST_PAUSE_S: Final = 60.0
_TOO_MANY_REQUESTS: Final = 429
_QUOTED_LENGTH: Final = 160
_POINT_LIKE: Final = re.compile(r"-?\d*(?:[.,]|%2[CE])\d{2,}|\d{5,}", re.IGNORECASE)


class RefusedError(DataError):
    """The server understood the question and would not answer it.

    Attributes
    ----------
    code : str
        The server's own code for why, such as `TooBig`.
    """

    def __init__(self, message: str, code: str, advice: str) -> None:
        super().__init__(message, advice=advice)
        self.code = code


@dataclass(frozen=True)
class HttpClient:
    """Asks one server.

    Attributes
    ----------
    url : str
        Where it is: scheme, host, port, and a path if it lies below one.
    timeout_s : float
        For each attempt.
    retries : int
        Attempts after the first, when it cannot be reached, is busy (429) or fails (5xx).
    pause_s : float
        Before the first of them; doubled each time.
    """

    url: str
    timeout_s: float
    retries: int
    pause_s: float = 0.5
    _opener: urllib.request.OpenerDirector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
        object.__setattr__(self, "_opener", opener)

    @property
    def server(self) -> str:
        """Return the name of the server, for messages."""
        return urlsplit(self.url).netloc

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer to a GET, or with a body to a POST, as JSON.

        Raises
        ------
        RefusedError
            When the server answers 4xx.
        DataError
            When it cannot be reached or fails after all retries, sends the question elsewhere, or answers no JSON.
        """
        trouble = ""
        for attempt in range(self.retries + 1):
            if attempt:
                time.sleep(min(self.pause_s * 2 ** (attempt - 1), _LONGEST_PAUSE_S))
            try:
                try:
                    return self._once(path, body)
                except urllib.error.HTTPError as error:
                    # To read what it says can fail as well.
                    with error:
                        if error.code < 500 and error.code != _TOO_MANY_REQUESTS:
                            raise self._explained(error) from None
                        trouble = f"answered HTTP {error.code}{_quoted(_json(error.read(_MOST_BYTES)))}"
            except TimeoutError:
                trouble = f"did not answer within {self.timeout_s:g} s"
            except OSError as error:
                reason = getattr(error, "reason", None) or error
                trouble = f"could not be reached ({_masked(str(reason)) or type(error).__name__})"
            except (http.client.HTTPException, UnicodeError) as error:
                # Its text may be the whole question, points of homes and all.
                trouble = f"could not be asked, or answered what is not HTTP ({type(error).__name__})"
        raise DataError(
            f"the routing server {self.server} {trouble}, {self.retries + 1} times over",
            advice="check that it runs and that travel.server_url in study.toml is right, raise travel.timeout_s or "
            'travel.retries, or set travel.method = "straight"',
        )

    def _once(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"} | ({} if body is None else {"Content-Type": "application/json"})
        # The settings allow http and https only.
        request = urllib.request.Request(self.url.rstrip("/") + path, data=content, headers=headers)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self.timeout_s) as answer:
                found = _json(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError as error:
            # A time-out while connecting comes wrapped.
            raise error.reason if isinstance(error.reason, TimeoutError) else error from None
        if found is None:
            raise DataError(
                f"the server {self.server} answered something that is not a table of times",
                advice="check that travel.server_url names a routing server of the kind that travel.method says",
            )
        return found

    def _explained(self, error: urllib.error.HTTPError) -> DataError:
        if error.code < 400:
            return DataError(
                f"the routing server {self.server} sends the question on to another address (HTTP {error.code})",
                advice="name the address itself in travel.server_url: points of homes are sent nowhere else",
            )
        found = _json(error.read(_MOST_BYTES))
        code = next(iter(_words(found, "code", "error_code")), "")
        advice = {
            401: "it wants a login, which placements cannot give: ask its owner, or use a server of your own",
            403: "it does not let this machine in: ask its owner, or use a server of your own",
            404: "it has no such service: check travel.server_url, and that travel.method is its kind of server",
            413: "ask for less at a time: lower travel.server_batch",
            414: "ask for less at a time: lower travel.server_batch",
        }.get(
            error.code,
            "look the reason up in its documentation; lower travel.server_batch if it says too many or too big",
        )
        return RefusedError(
            f"the routing server {self.server} refused the question (HTTP {error.code}{_quoted(found)})", code, advice
        )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Lets a redirection come back as the error that it is."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _quoted(found: dict[str, Any] | None) -> str:
    """Return what a server says of its refusal, without numbers that could be the points that were sent."""
    text = _masked(": ".join(_words(found, "code", "error_code", "message", "error")))
    return f", {text[:_QUOTED_LENGTH]}" if text else ""


def _words(found: dict[str, Any] | None, *names: str) -> list[str]:
    """Return what an answer says under some names, in words or whole numbers; what is nested says nothing."""
    return [str(found[name]) for name in names if isinstance(found.get(name), str | int)] if found else []


def _masked(text: str) -> str:
    """Return a text without numbers that could be part of a point: of two decimals or more, or of five digits."""
    return _POINT_LIKE.sub("…", text)
