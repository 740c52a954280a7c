"""The pack: one HTML page with a study's findings and its scenarios compared, that opens anywhere, without a server.

What is in it was released before (`worker`, `commands.export_pack`); here it is only put on a page, which forbids
itself any network.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from markupsafe import Markup

from placements import __version__, codes
from placements.app.board import board
from placements.app.gap import FILTERS, SERVICES, choices, matrices
from placements.app.overview import first_and_further
from placements.app.render import templates

#: Scenarios beside doing nothing that are on the board when the page opens, and at most.
MOST: Final = 4
#: Parts of the page: anchor, title, sections of the statement that it shows.
_PARTS: Final = (
    ("forecast", "Forecast", ("forecast",)),
    ("plan", "Plan and why", ("plan", "why")),
    ("quality", "Data quality", ("quality", "method", "provenance")),
)
_LINKS: Final = {"plan": "#plan", "compare": "#compare", "gap": "#gap"}


def pack_page(base: Mapping[str, Any], compared: Mapping[str, Any], scenarios: Mapping[str, str]) -> str:
    """Return the page.

    Parameters
    ----------
    base : mapping
        What the pages show of the study (`base.base_values`).
    compared : mapping
        What they show of a comparison (`compared.compared_values`).
    scenarios : mapping of str to str
        Scenarios as TOML that stand on the page too, by name.
    """
    style, script = (_asset(name) for name in ("app.css", "pack.js"))
    style += _asset("pack.css")
    first, further = first_and_further(base["overview"]["figures"])
    policy = "; ".join(
        (
            *("default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"),
            f"style-src 'sha256-{_digest(style)}'",
            f"script-src 'sha256-{_digest(script)}'",
        )
    )
    parts = [
        {
            "key": key,
            "title": title,
            "sections": [base["sections"][name] for name in names if name in base["sections"]],
        }
        for key, title, names in _PARTS
    ]
    return templates().get_template("pack.html.j2").render(
        base=base, board=board(compared), scenarios=scenarios, parts=parts, first=first, further=further,
        needs=codes.NEED_GROUP_LABEL, services=SERVICES, filters=FILTERS, matrices=matrices(base["gap"]),
        choices=choices(base["gap"], {}), links=_LINKS, most=MOST, version=__version__, policy=policy,
        style=Markup(style), script=Markup(script),  # noqa: S704
    )  # fmt: skip


def _asset(name: str) -> str:
    return (files("placements.app") / "static" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
