"""The workbook of a report: the government's guidance for spreadsheets, and the same figures as the report."""

import io

import openpyxl
import pytest

from placements.reports.content import Document, Paragraph, Section, Table, TracedFigure
from placements.reports.render_xlsx import CONTENTS, COVER, FIGURES, NOTES, cell_value, render_xlsx

TABLE = Table(
    "places",
    "Children by place",
    ("Place", "Children", "Share", "Cost", "Share"),
    (("In the county", "1,205", "60%", "£1,250", "c"), ("=Outside", "c", "x", "£0", "12.5%")),
    ("text", "number", "number", "number", "number"),
    ("Counted at the end of the day.", "Rounded."),
)
OTHER = Table("more", "More", ("A", "B"), (("one", "2"),), ("text", "number"), ("Rounded.",))
FIGURE = TracedFigure("all", "All children", "2,000", "", "", "", "Everybody")
DOCUMENT = Document(
    "Report", "What is where", "Surrey", "31 March 2025", "2025-03-31", ("Draft",),
    (Section("one", "One", (Paragraph("x"), TABLE, OTHER), (FIGURE,)),),
)  # fmt: skip


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(DOCUMENT)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,205", 1205),
        ("-35", -35),
        ("60%", 0.6),
        ("12.5%", 0.125),
        ("£1,250", 1250),
        ("c", "[c]"),
        ("x", "[x]"),
        ("40 to 50", "40 to 50"),
        ("", ""),
    ],
)
def test_numbers_are_numbers_and_markers_are_markers(text, value):
    """What reads as a number is one; a hidden number says so in the way that the guidance has for it."""
    assert cell_value(text, "number")[0] == value
    assert cell_value(text, "text") == (text, "General")


def test_one_sheet_a_table_and_notes_apart(book):
    """Cover, contents, notes, figures, then one sheet for each table; every note is on its sheet, once."""
    assert book.sheetnames == [COVER, CONTENTS, NOTES, FIGURES, "Table 1", "Table 2"]
    sheet = book["Table 1"]
    assert sheet["A1"].value == "Table 1: Children by place"
    assert sheet["A2"].value == "This sheet holds one table. [note 1], [note 2]: see the sheet Notes."
    assert book["Table 2"]["A2"].value == "This sheet holds one table. [note 2]: see the sheet Notes."
    notes = {row[0].value: row[1].value for row in book[NOTES].iter_rows(min_row=4)}
    assert notes["note 2"] == "Rounded."
    assert {"[c]", "[x]"} <= set(notes)


def test_every_sheet_is_plain(book):
    """No merged cell, no hidden row, column or sheet, no blank row in a table; each is marked as one table."""
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert not any(row.hidden for row in sheet.row_dimensions.values())
        assert not any(column.hidden for column in sheet.column_dimensions.values())
        assert sheet["A1"].value
        if sheet.title != COVER:
            (table,) = sheet.tables.values()
            assert table.ref == f"A3:{openpyxl.utils.get_column_letter(sheet.max_column)}{sheet.max_row}"
            headers = [cell.value for cell in sheet[3]]
            assert len(set(headers)) == len(headers)


def test_a_text_is_never_run(book):
    """What looks like a formula stays text."""
    cell = book["Table 1"]["A5"]
    assert (cell.value, cell.data_type) == ("=Outside", "s")


def test_every_figure_is_there(book):
    """The register of figures too; the same content is the same file."""
    assert [cell.value for cell in book[FIGURES][4]][:4] == ["all", "All children", 2000, "[x]"]
    assert render_xlsx(DOCUMENT) == render_xlsx(DOCUMENT)
