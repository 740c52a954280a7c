"""The document as one accessible HTML page: no script, no request to any network; same content, same bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files
from itertools import count
from typing import Any

import jinja2

from placements.reports.content import STATUS_TONES, Block, Document, Figure


def render_html(document: Document, picture: Callable[[Figure], str] | None = None) -> str:
    """Return the document as an HTML page (WCAG 2.2 AA is the aim) that forbids itself any network.

    Parameters
    ----------
    document : Document
    picture : callable, optional
        The address of a chart's picture; its drawing (SVG), in the page itself, when not given.
    """
    folder = files("placements.reports") / "templates"
    style = (
        (folder / "statement.css").read_text(encoding="utf-8")
        + _running_head(document.marks)
        + _across(document.watermark)
    )
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        _environment()
        .get_template("statement.html.j2")
        .render(
            document=document,
            style=style,
            style_hash=digest,
            internal=any("NOT FOR SHARING" in mark for mark in document.marks),
            picture=picture or drawing,
            **_numbers(),
        )
    )


def render_blocks(blocks: Sequence[Block]) -> str:
    """Return some blocks as HTML to stand in another page; their tables and figures are numbered from 1."""
    page = (
        '{% from "blocks.html.j2" import render with context %}{% for block in blocks %}{{ render(block) }}{% endfor %}'
    )
    return _environment().from_string(page).render(blocks=blocks, picture=drawing, **_numbers())


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("placements.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["kind"] = _kind
    environment.filters["tone"] = lambda cell: STATUS_TONES.get(cell[:1], "none")
    return environment


def _numbers() -> dict[str, Callable[[], int]]:
    tables, figures = count(1), count(1)
    return {"next_table": lambda: next(tables), "next_figure": lambda: next(figures)}


def _running_head(marks: Sequence[str]) -> str:
    """Return a rule that prints the status at the head of every page."""
    text = " | ".join(marks).replace("\\", "\\\\").replace('"', '\\"')
    return f'@page {{ @top-left {{ content: "{text}"; font: bold 9pt Arial, Helvetica, sans-serif; }} }}\n'


def _across(watermark: str) -> str:
    """Return a rule that draws the watermark: drawn, it is no text to be read out again on every page."""
    return f'.watermark::before {{ content: "{watermark}"; }}\n' if watermark else ""


def drawing(figure: Figure) -> str:
    """Return a chart's drawing (SVG) as an address that holds it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(figure.svg).decode('ascii')}"


def raster(figure: Figure) -> str:
    """Return a chart's picture in dots (PNG) as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(figure.png).decode('ascii')}"


def _kind(block: Any) -> str:
    """Return which macro of the template renders a block."""
    return type(block).__name__.lower()
