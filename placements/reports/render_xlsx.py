"""Every table of a document as a workbook by the government's guidance: one sheet a table, none merged, notes apart.

Guidance: Government Analysis Function, *Releasing statistics in spreadsheets* (2021, revised since). So each sheet has
a title in its first cell, says how many tables it holds and where notes are, has one header row, no blank row or column
in a table, and no meaning in colour alone; numbers are numbers, what is not shown is `[c]`, what there is not `[x]`.
Same content, same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as SheetTable

from placements.disclosure.suppress import NOT_AVAILABLE, SUPPRESSED
from placements.reports.content import Document, Table
from placements.writing import stable_workbook

COVER, CONTENTS, NOTES, FIGURES = "Cover sheet", "Contents", "Notes", "Figures"
#: What stands in a cell of numbers for one that is not shown, and for one that there is not.
MARKERS: Final = {SUPPRESSED: "[c]", NOT_AVAILABLE: "[x]"}
_MARKER_TEXT: Final = (
    ("[c]", "Not shown: a number from 1 to 5, or one that would give such a number away."),
    ("[x]", "Not available: there is nothing to count or to take a share of."),
)
_NUMBER: Final = re.compile(r"-?\d[\d,]*(\.\d+)?")
_PERCENT: Final = re.compile(r"-?\d+(\.\d+)?%")
_POUNDS: Final = re.compile(r"-?£[\d,]+(\.\d+)?")
_WIDEST: Final = 60
_BOLD, _TITLE = Font(name="Arial", size=12, bold=True), Font(name="Arial", size=15, bold=True)
_PLAIN: Final = Font(name="Arial", size=12)


def render_xlsx(document: Document) -> bytes:
    """Return every table of the document, those behind charts too, as an .xlsx file."""
    return _Writer(document).bytes()


def cell_value(text: str, kind: str) -> tuple[Any, str]:
    """Return what a cell holds, and its number format: a number where the text is one, else the text or a marker."""
    if kind != "number":
        return text, "General"
    if text in MARKERS:
        return MARKERS[text], "General"
    if _PERCENT.fullmatch(text):
        places = len(text.rstrip("%").partition(".")[2])
        return round(float(text.rstrip("%")) / 100, places + 2), f"0{'.' if places else ''}{'0' * places}%"
    if _POUNDS.fullmatch(text):
        return _parsed(text.replace("£", "")), '"£"#,##0'
    if _NUMBER.fullmatch(text):
        return _parsed(text), f"#,##0{'.' if '.' in text else ''}{'0' * len(text.partition('.')[2])}"
    return text, "General"


def _parsed(text: str) -> float | int:
    number = float(text.replace(",", ""))
    return number if "." in text else int(number)


class _Writer:
    """Writes the sheets in order; notes are numbered as they come."""

    def __init__(self, document: Document) -> None:
        self.content = document
        self.book = openpyxl.Workbook()
        self.notes: dict[str, int] = {}

    def bytes(self) -> bytes:
        tables = self.content.tables
        cover, contents = self.book.active, self.book.create_sheet(CONTENTS)
        notes = self.book.create_sheet(NOTES)
        cover.title = COVER
        for table in tables:
            for note in table.notes:
                self.notes.setdefault(note, len(self.notes) + 1)
        self._cover(cover, len(tables))
        self._listed(
            contents,
            "Contents",
            ("Sheet", "Title"),
            [(CONTENTS, "Contents"), (NOTES, "Notes")]
            + ([(FIGURES, "Headline figures and what they are made of")] if self.content.figures else [])
            + [(f"Table {number}", table.caption) for number, table in enumerate(tables, 1)],
        )
        rows = [(f"note {number}", text) for text, number in self.notes.items()]
        self._listed(notes, "Notes", ("Note", "Text"), [*_MARKER_TEXT, *rows])
        for row in range(4, contents.max_row + 1):
            cell = contents.cell(row, 1)
            cell.hyperlink = f"#'{cell.value}'!A1"
        if self.content.figures:
            self._figures()
        for number, table in enumerate(tables, 1):
            self._table(number, table)
        self._properties()
        out = io.BytesIO()
        self.book.save(out)
        return stable_workbook(out.getvalue(), dt.datetime.fromisoformat(self.content.date_iso))

    def _cover(self, sheet: Any, tables: int) -> None:
        content = self.content
        lines = [
            f"{content.title}: {content.authority}, {content.date_text}",
            f"{content.subtitle}.",
            f"Prepared from data to {content.date_text}. {'. '.join(content.marks)}.",
            f"This workbook holds the {tables} tables of the report, one on each sheet, with the same figures.",
            "Notes are on one sheet. [c] marks a number that is not shown and [x] one that there is not.",
        ]
        for row, text in enumerate(lines, 1):
            self._put(sheet, row, 1, text, _TITLE if row == 1 else _PLAIN)
        sheet.column_dimensions["A"].width = 100

    def _listed(self, sheet: Any, title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        self._put(sheet, 1, 1, title, _TITLE)
        self._put(sheet, 2, 1, "This sheet holds one table.", _PLAIN)
        grid = [columns, *rows]
        for line, texts in enumerate(grid, 3):
            for place, text in enumerate(texts, 1):
                self._put(sheet, line, place, text, _BOLD if line == 3 else _PLAIN)
        self._frame(sheet, title, 3, grid)

    def _figures(self) -> None:
        sheet = self.book.create_sheet(FIGURES)
        columns = ("Name", "Measure", "Value", "Numerator", "Denominator", "Left out", "Definition")
        kinds = ("text", "text", "number", "number", "number", "number", "text")
        grid = [
            (one.name, one.label, one.value, one.numerator, one.denominator, one.excluded, one.definition)
            for one in self.content.figures
        ]
        filled = [tuple(text or NOT_AVAILABLE for text in row) for row in grid]
        self._put(sheet, 1, 1, "Headline figures and what they are made of", _TITLE)
        self._put(
            sheet, 2, 1, "This sheet holds one table. Where a figure is a plain count, its parts are [x].", _PLAIN
        )
        self._grid(sheet, FIGURES, 3, columns, filled, kinds)

    def _table(self, number: int, table: Table) -> None:
        name = f"Table {number}"
        sheet = self.book.create_sheet(name)
        self._put(sheet, 1, 1, f"{name}: {table.caption}", _TITLE)
        referred = ", ".join(f"[note {self.notes[note]}]" for note in table.notes)
        said = f" {referred}: see the sheet {NOTES}." if referred else ""
        self._put(sheet, 2, 1, f"This sheet holds one table.{said}", _PLAIN)
        self._grid(sheet, name.replace(" ", "_"), 3, table.columns, table.rows, table.kinds)

    def _grid(
        self,
        sheet: Any,
        name: str,
        first: int,
        columns: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        kinds: Sequence[str],
    ) -> None:
        titles = _distinct(columns)
        for place, title in enumerate(titles, 1):
            self._put(sheet, first, place, title, _BOLD)
        for line, texts in enumerate(rows, first + 1):
            for place, (text, kind) in enumerate(zip(texts, kinds, strict=True), 1):
                value, form = cell_value(text, kind)
                cell = self._put(sheet, line, place, value, _PLAIN)
                cell.number_format = form
                if kind == "number":
                    cell.alignment = Alignment(horizontal="right", vertical="top")
        self._frame(sheet, name, first, [titles, *rows])

    def _frame(self, sheet: Any, name: str, first: int, grid: Sequence[tuple[str, ...]]) -> None:
        """Mark the cells as one table, so that a screen reader reads its header; give columns a width."""
        width = len(grid[0])
        for place in range(1, width + 1):
            longest = max(len(str(row[place - 1])) for row in grid)
            sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 3, 12), _WIDEST)
        if len(grid) > 1:
            reference = f"A{first}:{get_column_letter(width)}{first + len(grid) - 1}"
            sheet.add_table(SheetTable(displayName=re.sub(r"\W", "_", name.lower()), ref=reference))

    def _put(self, sheet: Any, row: int, column: int, value: Any, font: Font) -> Any:
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            # A text that a spreadsheet would run as a formula stays a text.
            cell.value, cell.data_type = value, "s"
        else:
            cell.value = value
        cell.font = font
        if row > 2:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def _properties(self) -> None:
        content, day = self.content, dt.datetime.fromisoformat(self.content.date_iso)
        properties = self.book.properties
        properties.title = f"{content.title}: {content.authority}, {content.date_text}"
        properties.creator = properties.lastModifiedBy = content.authority
        properties.description, properties.language = "; ".join(content.marks), "en-GB"
        properties.created = day


def _distinct(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return headers that a table of a spreadsheet accepts: none empty, none twice."""
    seen: dict[str, int] = {}
    out = []
    for column in columns:
        text = column.strip() or "Item"
        seen[text.lower()] = seen.get(text.lower(), 0) + 1
        out.append(text if seen[text.lower()] == 1 else f"{text} ({seen[text.lower()]})")
    return tuple(out)
