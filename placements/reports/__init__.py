"""The annual sufficiency statement (Children Act 1989, section 22G), as Word and as accessible HTML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from placements.comparison import Comparison
from placements.county import County
from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.disclosure.shown import ShownFigures
from placements.optimisation import Plan
from placements.reports.content import Document
from placements.reports.context import Context
from placements.reports.future import future_of
from placements.reports.render_docx import render_docx
from placements.reports.render_html import render_html
from placements.reports.sections import SECTIONS
from placements.reports.words import long_date

__all__ = ["NAME", "build_statement", "write_document", "write_statement"]

#: Stem of the files' names.
NAME = "sufficiency-statement"


def build_statement(
    result: Comparison,
    *,
    plan: Plan | None = None,
    profile: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    targets: pd.DataFrame | None = None,
    released: ShownFigures | None = None,
) -> Document:
    """Return the statement as content, with its register of figures (`Document.figures`).

    Parameters
    ----------
    result : Comparison
    plan : Plan, optional
        The plan put forward.
    profile : str, optional
        Disclosure profile; that of the study's settings when not given.
    provenance : mapping, optional
        Sources, hashes, settings, seeds and versions, nested as wished.
    targets : DataFrame, optional
        The targets ledger: any of `indicator, baseline, target, due_date, owner, action, status`.
    released : ShownFigures, optional
        The release of the county under the profile, where it has been worked out already.
    """
    county: County = result.county
    kind = profile or county.settings.disclosure.profile
    return statement_of(Context(county, future_of(result, plan), kind, targets, dict(provenance or {}), released))


def statement_of(context: Context) -> Document:
    """Return the statement of a context: every section of `SECTIONS`, in order."""
    return Document(
        title="Sufficiency statement",
        subtitle="Where our children live and learn, and the places they need",
        authority=context.authority,
        date_text=long_date(context.day),
        date_iso=context.day.isoformat(),
        marks=context.marks,
        sections=tuple(section(context) for section in SECTIONS),
    )


def write_document(
    document: Document, county: County, folder: Path | str, *, name: str = NAME, profile: str | None = None
) -> tuple[Path, Path]:
    """Write a document as Word and as HTML: released through disclosure control, whole or not at all.

    Returns
    -------
    tuple of Path
        The Word file and the HTML file.

    Raises
    ------
    DisclosureError
        When a file would show something of a child; it is not written.
    """
    kind = profile or county.settings.disclosure.profile
    secrets = county_secrets(county)
    word, page = render_docx(document), render_html(document)
    target = Path(folder)
    return (
        release(target / f"{name}.docx", word, secrets, kind),
        release(target / f"{name}.html", page, secrets, kind),
    )


def write_statement(
    result: Comparison,
    folder: Path | str,
    *,
    plan: Plan | None = None,
    profile: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    targets: pd.DataFrame | None = None,
) -> tuple[Path, Path]:
    """Write the draft sufficiency statement: `sufficiency-statement.docx` and `sufficiency-statement.html`.

    The same inputs give the same bytes. Parameters are those of `build_statement`; see `write_document` for what is
    returned and raised.
    """
    document = build_statement(result, plan=plan, profile=profile, provenance=provenance, targets=targets)
    return write_document(document, result.county, folder, profile=profile)
