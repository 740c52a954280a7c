"""How good are the data? What was read and not used, which rules were broken, and what is not known."""

from __future__ import annotations

import pandas as pd

from placements import codes
from placements.analysis.location import NOT_KNOWN
from placements.disclosure.publication import NO
from placements.disclosure.suppress import count_text
from placements.reports import words
from placements.reports.content import Block, BulletList, Heading, Paragraph, Section, Table
from placements.reports.context import SERVICE_NOUN, Context
from placements.reports.quality_page import SOURCE_LABEL
from placements.reports.quality_rows import row_figures
from placements.reports.tables import noted, numeric, rows_of

_TABLE_LABEL = {
    "header": "Children",
    "uasc": "Unaccompanied children",
    "person": "People",
    "activeplans": "Active plans",
    "namedplan": "Named plans",
    "plandetail": "Settings named in plans",
    "placementdetail": "Settings attended",
    "senneed": "Needs",
}


def section(context: Context) -> Section:
    """Return the section on data quality."""
    files = context.county.files
    blocks: list[Block] = []
    if files.empty:
        blocks.append(Paragraph("No input files are recorded for this study."))
    else:
        blocks += [
            Paragraph(
                "Every row read is accounted for: it was used, set aside because it could not be used, or superseded "
                "by a later return of the same record. Nothing was dropped without being counted."
            ),
            _files_table(context, files),
        ]
    blocks += [Heading("Rules checked"), _checks(context), Heading("What is not known"), _unknowns(context)]
    return Section("quality", "How good the data are", tuple(blocks))


def _files_table(context: Context, files: pd.DataFrame) -> Table:
    shown = row_figures(files, context.county.quarantine, context.profile)
    number = files.groupby(["source", "table"], sort=True).size().reset_index(name="files")
    rows = tuple(
        (
            SOURCE_LABEL.get(source, source),
            _TABLE_LABEL.get(table, table.replace("_", " ").capitalize()),
            f"{files_of:,}",
            *shown.of_table(source, table),
        )
        for source, table, files_of in number.itertuples(index=False, name=None)
    )
    return noted(
        Table(
            "quality-files",
            "What became of the rows of every file",
            ("Source", "Table", "Files", "Rows read", "Used", "Set aside", "Superseded"),
            rows,
            ("text", *numeric(7)[:1], *numeric(6)[1:]),
            (
                (
                    "Set aside: rows that could not be used; the reasons are listed, row by row, in the study's "
                    "quarantine folder."
                ),
            ),
        ),
        context.profile,
    )


def _checks(context: Context) -> Table | Paragraph:
    checks = context.county.checks
    broken = checks[checks["count"].fillna(0) > 0] if len(checks) else checks
    if broken.empty:
        return Paragraph("No rule that was checked across the tables was broken.")
    rows = tuple(
        (
            str(row["code"]),
            str(row["severity"]).capitalize(),
            words.sentence(str(row["message"]))[:-1],
            count_text(float(row["count"]), context.profile),
        )
        for _, row in rows_of(broken)
    )
    return noted(
        Table(
            "quality-rules",
            "Rules that some rows break",
            ("Rule", "Severity", "What it says", "Rows"),
            rows,
            ("text", "text", "text", "number"),
        ),
        context.profile,
    )


def _unknowns(context: Context) -> BulletList:
    items = [
        f"{words.sentence(SERVICE_NOUN[service])[:-1]}, {label}: {words.of(context.share(service, where)).rstrip(',')}."
        for service in context.services
        for label, where in (
            ("location not known", {"location": codes.UNKNOWN}),
            ("distance from home not known", {"distance": NOT_KNOWN}),
            ("need not recorded", {"need": codes.NEED_UNKNOWN}),
            ("cost not known and not assumed", {"costed": NO}),
        )
    ]
    return BulletList(tuple(items) or ("The data hold no children.",))
