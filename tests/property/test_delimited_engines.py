"""The compiled reader and the exact one must agree; and both agree with what was written."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from placements.read import delimited

NOWHERE = Path("a.csv")
cells = st.text(st.sampled_from(list("ab1/é€\"',;\t \n\r=")), max_size=6)
lines = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8)


def written(rows: list[list[str]], delimiter: str, end: str, quote_all: bool) -> bytes:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([["one", "two", "three"], *rows])
    return out.getvalue().encode()


def filled(found: delimited.Cells) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the rows that are not blank, and their lines: blank ones at the end are nobody's."""
    kept = np.array([any(cell.strip() for cell in row) for row in found.frame.to_numpy()], bool)
    return found.frame[kept].reset_index(drop=True), found.lines[kept]


def both(content: bytes, delimiter: str) -> tuple[delimited.Cells, delimited.Cells]:
    exact = delimited._exact(content, NOWHERE, delimiter, 0, ["one", "two", "three"])
    return delimited.parse(content, NOWHERE), exact


@settings(max_examples=300, deadline=None)
@given(
    rows=lines,
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
)
@example(rows=[["a\nb", "c", "d"]], delimiter=",", end="\n", quote_all=False)
@example(rows=[["", "", ""], ["x", "", ""]], delimiter=",", end="\r\n", quote_all=False)
def test_the_engines_agree_on_every_cell_and_line(rows, delimiter, end, quote_all):
    """Whichever engine answers, cells, line numbers and broken rows are those of the exact one."""
    content = written(rows, delimiter, end, quote_all)
    try:
        chosen, exact = both(content, delimiter)
    except delimited.DataError:  # both refuse it: a quotation mark is open at the end
        return
    (left, left_lines), (right, right_lines) = filled(chosen), filled(exact)
    pd.testing.assert_frame_equal(left, right, check_dtype=False)
    np.testing.assert_array_equal(left_lines, right_lines)
    assert chosen.broken == exact.broken


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text(st.sampled_from(list('ab1/é",;= ')), max_size=6), min_size=3, max_size=3), max_size=8
    )
)
def test_what_was_written_is_read(rows):
    """Quotes, commas and blanks within cells come back as they were."""
    frame = delimited.parse(written(rows, ",", "\n", quote_all=True), NOWHERE).frame
    assert frame.to_numpy().tolist() == rows


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200).map(lambda tail: b"one,two,three\na,b,c\n" + tail))
def test_any_bytes_at_all_give_cells_or_one_clear_error(content):
    """No other exception leaves the parser; nothing that follows the header vanishes without being counted."""
    text = content.decode("utf-8", errors="replace").encode()
    try:
        cells_found = delimited.parse(text, NOWHERE)
    except delimited.DataError as error:
        assert "a.csv" in str(error)
        return
    assert len(cells_found.frame) == len(cells_found.lines)


def test_an_ordinary_file_is_read_by_the_compiled_engine(monkeypatch):
    """The exact engine is for what is not ordinary: here it must not be asked."""
    monkeypatch.setattr(delimited, "_exact", lambda *_: (_ for _ in ()).throw(AssertionError("asked")))
    content = written([["a", "b,c", 'd"e']] * 10, ",", "\r\n", quote_all=False)
    assert len(delimited.parse(content, NOWHERE).frame) == 10
