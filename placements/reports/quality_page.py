"""The data-quality page: what became of every row of every file, why rows were set aside, which rules the data break.

For a data officer: it says what to do about each thing. Counts of rows about children are shown as counts of children
are; the rows themselves are in the quarantine, never here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd

from placements.disclosure.suppress import INTERNAL, count_text
from placements.reports.content import INTERNAL_MARK, Block, Document, Paragraph, Section, Table
from placements.reports.context import SYNTHETIC_MARK
from placements.reports.quality_rows import RowFigures, row_figures
from placements.reports.tables import noted, rows_of
from placements.reports.words import long_date

NAME: Final = "data-quality.html"
SOURCE_LABEL: Final = {
    "ssda903": "Children looked after (SSDA903)",
    "sen2": "EHC plans (SEN2)",
    "gias": "Schools (Get Information About Schools)",
    "ofsted": "Providers (Ofsted)",
    "register": "Council's own registers",
    "census": "Commissioning census",
    "published": "Published statistics (DfE)",
}


@dataclass(frozen=True)
class QualityFindings:
    """What a check found.

    Attributes
    ----------
    subject : str
        Whose data: an authority, or a source.
    day : date
        The day the rules take as now.
    synthetic : bool
    files, quarantine : DataFrame
        `schemas.FILES` and `schemas.QUARANTINE`.
    rules : DataFrame
        `code, severity, message, advice, count` and `checked`.
    """

    subject: str
    day: dt.date
    synthetic: bool
    files: pd.DataFrame
    quarantine: pd.DataFrame
    rules: pd.DataFrame


def quality_page(found: QualityFindings, profile: str) -> Document:
    """Return the page as content."""
    shown = row_figures(found.files, found.quarantine, profile)
    marks = [SYNTHETIC_MARK] if found.synthetic else []
    marks += [INTERNAL_MARK] if profile == INTERNAL else ["Shareable: small counts are hidden, others rounded to 5"]
    return Document(
        title="Data quality",
        subtitle="What was read, what could not be used and why, and what to mend",
        authority=found.subject,
        date_text=long_date(found.day),
        date_iso=found.day.isoformat(),
        marks=tuple(marks),
        sections=(_files(found, shown), _reasons(found, shown), _rules(found, profile)),
    )


def _files(found: QualityFindings, shown: RowFigures) -> Section:
    profile = shown.figures.profile
    rows = [
        (_file_name(str(row["path"]), profile), str(row["table"]), *shown.of_file(row))
        for _, row in rows_of(found.files.sort_values(["path", "table"], kind="stable"))
    ]
    table = Table(
        "quality-every-file",
        "What became of the rows of every file",
        ("File", "Read as", "Rows read", "Used", "Set aside", "Superseded"),
        tuple(rows),
        ("text", "text", "number", "number", "number", "number"),
        (
            "Rows read = used + set aside + superseded.",
            "Superseded: stated again by a later file, which counts.",
            "Passed over: not a table; not recognised: columns that fit no table of its source.",
        ),
    )
    body: Block = noted(table, profile) if rows else Paragraph("No files were found.")
    return Section("files", "Files", (body,))


def _upper_first(text: object) -> str:
    return f"{str(text)[:1].upper()}{str(text)[1:]}"


def _file_name(path: str, profile: str) -> str:
    """Return a file's name; when shareable without the name of the sheet, which may be a child's."""
    return path if profile == INTERNAL else path.partition(" [")[0]


def _reasons(found: QualityFindings, shown: RowFigures) -> Section:
    rejected = found.quarantine
    if rejected.empty:
        return Section("reasons", "Rows set aside", (Paragraph("Every row could be used."),))
    kinds = (
        rejected[["source", "table", "column", "reason"]]
        .drop_duplicates()
        .sort_values(["source", "table", "column", "reason"])
    )
    rows = tuple(
        (
            SOURCE_LABEL.get(source, source),
            table,
            column or "-",
            reason,
            shown.of_reason(source, table, column, reason),
        )
        for source, table, column, reason in kinds.astype("str").itertuples(index=False, name=None)
    )
    table = Table(
        "quality-reasons",
        "Why rows were set aside, and what to do",
        ("Source", "Table", "Column", "Reason and what to do", "Rows"),
        rows,
        ("text", "text", "text", "text", "number"),
        ("Each row stands, as it was found, in the quarantine folder: file, line, column, value, reason.",),
    )
    return Section("reasons", "Rows set aside", (noted(table, shown.figures.profile),))


def _rules(found: QualityFindings, profile: str) -> Section:
    rules = found.rules
    broken = rules[rules["count"] > 0]
    order = broken["severity"].map({"error": 0, "warning": 1}).fillna(2)
    broken = broken.assign(_order=order).sort_values("_order", kind="stable")
    rows = tuple(
        (
            str(row["code"]),
            str(row["severity"]).capitalize(),
            _upper_first(row["message"]),
            _upper_first(row["advice"]),
            count_text(float(row["count"]), profile),
        )
        for _, row in rows_of(broken)
    )
    checked = int(rules["checked"].sum())
    said = Paragraph(
        f"{checked} of {len(rules)} rules could be checked against these files; {len(broken)} are broken by some rows. "
        "An error makes a figure wrong; a warning may. Rows that break a rule are used all the same."
    )
    if not rows:
        return Section("rules", "Rules", (said,))
    table = Table(
        "quality-rules",
        "Rules that some rows break",
        ("Rule", "Severity", "What was found", "What to do", "Rows"),
        rows,
        ("text", "text", "text", "text", "number"),
    )
    return Section("rules", "Rules", (said, noted(table, profile)))
