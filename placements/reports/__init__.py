"""The annual sufficiency statement (Children Act 1989, section 22G): Word, accessible HTML, a workbook, tagged PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from placements import codes
from placements.comparison import Comparison
from placements.county import County
from placements.disclosure.release import release
from placements.disclosure.secrets import county_secrets
from placements.disclosure.shown import ShownFigures
from placements.optimisation import Plan
from placements.reports.content import Document
from placements.reports.context import Context
from placements.reports.future import future_of
from placements.reports.own_words import ALWAYS, OwnWords, arranged, check_order, read_own_words
from placements.reports.own_words import FOLDER as OWN
from placements.reports.render_docx import render_docx
from placements.reports.render_html import render_html
from placements.reports.render_pdf import pdf_is_possible, render_pdf
from placements.reports.render_xlsx import render_xlsx
from placements.reports.sections import KEYS, SECTIONS
from placements.reports.words import long_date

__all__ = ["NAME", "OWN", "build_statement", "read_own_words", "write_document", "write_statement"]

#: Stem of the files' names.
NAME: Final = "sufficiency-statement"
#: By what the statement is about: the stem of its files, and its title.
STEMS: Final[Mapping[tuple[str, ...], str]] = MappingProxyType(
    {codes.SERVICES: NAME, (codes.CARE,): f"{NAME}-care", (codes.EDUCATION,): f"{NAME}-learning"}
)
TITLES: Final[Mapping[tuple[str, ...], str]] = MappingProxyType(
    {
        codes.SERVICES: "Sufficiency statement",
        (codes.CARE,): "Sufficiency statement: children looked after",
        (codes.EDUCATION,): "Sufficiency statement: special educational needs",
    }
)


def build_statement(
    result: Comparison,
    *,
    plan: Plan | None = None,
    profile: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    targets: pd.DataFrame | None = None,
    released: ShownFigures | None = None,
    own: Sequence[OwnWords] = (),
    services: tuple[str, ...] = codes.SERVICES,
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
    own : sequence of OwnWords
        What the council says in its own words (`own_words.read_own_words`).
    services : tuple of str
        What it is about: care, education (learning) or both.
    """
    county: County = result.county
    kind = profile or county.settings.disclosure.profile
    future = future_of(result, plan)
    context = Context(county, future, kind, targets, dict(provenance or {}), released, asked=services)
    return statement_of(context, own)


def statement_of(context: Context, own: Sequence[OwnWords] = ()) -> Document:
    """Return the statement of a context: the sections and the council's own words, in the order of the settings.

    Parameters
    ----------
    context : Context
    own : sequence of OwnWords
        What the council says in its own words.

    Raises
    ------
    SettingsError
        When `reports.sections` names what there is not.
    """
    left_out = {codes.CARE: "children", codes.EDUCATION: "plans"}
    skipped = {key for service, key in left_out.items() if service not in context.asked}
    order = [key for key in context.county.settings.reports.sections if key not in skipped]
    check_order(order, (*KEYS, *(one.name for one in own)))
    wanted = [key for key in KEYS if key not in skipped and (not order or key in order or key == ALWAYS)]
    return Document(
        title=TITLES[context.asked],
        subtitle="Where our children live and learn, and the places they need",
        authority=context.authority,
        date_text=long_date(context.day),
        date_iso=context.day.isoformat(),
        marks=context.marks,
        sections=arranged([SECTIONS[KEYS.index(key)](context) for key in wanted], own, order),
    )


def write_document(
    document: Document,
    county: County,
    folder: Path | str,
    *,
    name: str = NAME,
    profile: str | None = None,
    template: Path | None = None,
) -> dict[str, Path]:
    """Write a document in every format: all are released through disclosure control, each whole or not at all.

    Parameters
    ----------
    document : Document
    county : County
    folder : Path or str
    name : str
        Stem of the files' names.
    profile : str, optional
        Disclosure profile; that of the study's settings when not given.
    template : Path, optional
        A Word file whose styles, page and header are taken.

    Returns
    -------
    dict of str to Path
        `Word`, `HTML`, `workbook` (every table) and, where the extra `pdf` is installed, `PDF`.

    Raises
    ------
    DisclosureError
        When a file would show something of a child; it is not written.
    DataError
        When the council's Word template cannot be used.
    """
    kind = profile or county.settings.disclosure.profile
    secrets = county_secrets(county)
    made: dict[str, tuple[str, bytes | str]] = {
        "Word": (".docx", render_docx(document, template)),
        "HTML": (".html", render_html(document)),
        "workbook": (".xlsx", render_xlsx(document)),
    }
    if pdf_is_possible():
        made["PDF"] = (".pdf", render_pdf(document))
    target = Path(folder)
    return {
        what: release(target / f"{name}{suffix}", content, secrets, kind) for what, (suffix, content) in made.items()
    }


def write_statement(
    result: Comparison,
    folder: Path | str,
    *,
    plan: Plan | None = None,
    profile: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    targets: pd.DataFrame | None = None,
    services: tuple[str, ...] = codes.SERVICES,
    template: Path | None = None,
) -> dict[str, Path]:
    """Write the draft sufficiency statement in every format, as `sufficiency-statement.docx` and so on.

    The council's own words are read from `own/` in the folder. The same inputs give the same bytes. Parameters are
    those of `build_statement` and `write_document`, which says what is returned and raised.
    """
    own = read_own_words(Path(folder) / OWN)
    document = build_statement(
        result, plan=plan, profile=profile, provenance=provenance, targets=targets, own=own, services=services
    )
    return write_document(document, result.county, folder, name=STEMS[services], profile=profile, template=template)
