"""The document as a tagged PDF (PDF/UA-1): the HTML page, paginated by its own print style. Needs the extra `pdf`."""

from __future__ import annotations

import importlib.util
import logging
from typing import Any

from placements.errors import UsageError
from placements.reports.content import Document
from placements.reports.render_html import render_html


def pdf_is_possible() -> bool:
    """Return whether the library that writes PDF is installed."""
    return importlib.util.find_spec("weasyprint") is not None


def render_pdf(document: Document) -> bytes:
    """Return the document as a tagged PDF; same content, same bytes.

    Raises
    ------
    UsageError
        When the extra `pdf` is not installed.
    """
    try:
        import weasyprint  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise UsageError(
            f"a PDF needs the extra `pdf`: pip install 'placements[pdf]', and Pango on this machine ({error})"
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells of print rules that browsers alone know
    page: Any = weasyprint.HTML(string=render_html(document), url_fetcher=_nothing_from_outside)
    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"placements", custom_metadata=False)
    return made


def _nothing_from_outside(url: str, *options: Any, **named: Any) -> Any:
    """Open what is inside the page, and refuse any address outside it."""
    import weasyprint  # noqa: PLC0415

    if not url.startswith("data:"):
        raise ValueError("a report refers to nothing outside itself")
    return weasyprint.default_url_fetcher(url, *options, **named)
