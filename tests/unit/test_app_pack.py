"""The pack: one page that holds all it needs, says the same as the server's pages, and asks no network."""

from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest

from placements.app.pack import pack_page
from tests.app_support import BASE, compared

NAMES = ("Homes first", "Carers first", "Third", "Fourth", "Fifth <b>")


@pytest.fixture(scope="module")
def page() -> str:
    request = {"scenarios": [{"name": name} for name in NAMES], "assumptions": True}
    return pack_page(BASE, compared(request), {"Homes first": "[[open_home]]\n"})


def test_it_loads_nothing_and_runs_nothing_but_its_own(page) -> None:
    """No address but anchors and pictures in the page; one style and one script, by the digest that the policy names."""
    assert [
        one for one in re.findall(r'(?:src|href|action)="([^"]*)"', page) if not one.startswith(("#", "data:"))
    ] == []
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html.unescape(page))[1]
    assert "default-src 'none'" in policy
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"\son[a-z]+=|\sstyle=|@import|url\(", page)


def test_it_holds_every_scenario_and_every_group(page) -> None:
    """More scenarios than stand side by side are there to be chosen; what people wrote is text."""
    board = page[page.index('<table class="board">') :]
    heads = re.findall(r'data-of="\d+">([^<]*)</th>', board[: board.index("</thead>")])
    assert heads == ["do nothing", *NAMES[:4], "Fifth &lt;b&gt;"]
    assert len(re.findall(r'name="scenario" value="\d"', page)) == len(NAMES)
    assert len(re.findall(r'name="scenario" value="\d" checked', page)) == 4
    assert page.count("<tr data-service=") == len(BASE["gap"])
    assert "[[open_home]]" in page
    assert "Section forecast" in page


def test_the_same_findings_give_the_same_bytes(page) -> None:
    """There is no time and no random id in it."""
    request = {"scenarios": [{"name": name} for name in NAMES], "assumptions": True}
    assert pack_page(BASE, compared(request), {"Homes first": "[[open_home]]\n"}) == page
