"""The document as a tagged PDF (PDF/UA-1): the HTML page, paginated by its own print style. Needs the extra `pdf`."""

from __future__ import annotations

import logging
from typing import Any

from placements.errors import UsageError
from placements.reports.content import Document
from placements.reports.render_html import raster, render_html


def pdf_is_possible() -> bool:
    """Return whether the library that writes PDF is installed, and finds what it needs on this machine."""
    try:
        _library()
    except UsageError:
        return False
    return True


def render_pdf(document: Document) -> bytes:
    """Return the document as a tagged PDF; same content, same bytes.

    Raises
    ------
    UsageError
        When the extra `pdf` is not installed, or Pango is not.
    """
    weasyprint = _library()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells of print rules that browsers alone know
    # What is inside the page is opened, and nothing else: no file of this machine and no address.
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    # Charts in dots: drawn letter by letter they would take as long as all else, and say no more.
    page = weasyprint.HTML(string=render_html(document, raster), url_fetcher=fetcher)
    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"placements")
    return made


def _library() -> Any:
    try:
        import weasyprint  # noqa: PLC0415
    except (ImportError, OSError) as error:  # the latter without Pango
        raise UsageError(
            f"a PDF needs the extra `pdf`: pip install 'placements[pdf]', and Pango on this machine ({error})"
        ) from error
    return weasyprint
