"""A table that leaves the program opens in a spreadsheet as data, never as formulas."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.writing import csv_text


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1+1", "-x", "@SUM(A1)", "\t=1", " =1", "\ufeff=1", "\u200b@x", "＝1", "+44 20 7946", '="x"']
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    """Whatever invisible characters stand before the sign."""
    assert list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"a": [cell]})))))[1][0].startswith("'")


@pytest.mark.parametrize("cell", ["5", "-5", "+5", "-3.25", "1,000", "12%", "GU1 1AA", "a=b", "", "x-y"])
def test_plain_text_and_signed_numbers_are_left_as_they_are(cell):
    """A signed number is a number."""
    assert list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"a": [cell], "b": ["x"]})))))[1][0] == cell


@given(st.lists(st.text(st.sampled_from("ab=+@,\"\r\n'; "), max_size=6), min_size=1, max_size=6))
def test_rows_stay_rows_and_no_cell_begins_a_formula(cells):
    """Line breaks, quotes and commas in a cell neither split a row nor smuggle in a formula, for any reader of CSV."""
    text = csv_text(pd.DataFrame({"a": cells, "b": "end"}))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(cells) + 1
    assert all(row[1] == "end" for row in rows[1:])
    assert not any(cell.lstrip().startswith(("=", "@")) for row in rows for cell in row)
    assert "\r" not in text
