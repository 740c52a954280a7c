"""From delimited text to cells, each row with the line it ends on. Two engines, and the exact one decides.

The compiled engine reads a file whose every line is one whole row: it is checked to have found as many rows as there
are lines. Anything else (line breaks within quotes, blank lines, rows too short or too long, mixed line ends) goes to
the exact engine, Python's own reader, which knows the line of every row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from placements.errors import DataError
from placements.frames import told_apart

_HEADER_SEARCH_ROWS: Final = 15
_HEADER_SEARCH_BYTES: Final = 262_144
_DELIMITERS: Final = (",", ";", "\t", "|")
#: Names that the program gives columns of its own.
_RESERVED: Final = ("_row",)
#: Rows held as Python text at a time.
_CHUNK_ROWS: Final = 50_000
_BLOCK_BYTES: Final = 8_000_000
#: Why a row counts as broken.
BROKEN: Final = "its cells cannot be told apart: quote the comma or quotation mark in a value, or export it again"


@dataclass(frozen=True)
class Cells:
    """What stands in a table.

    Attributes
    ----------
    frame : DataFrame
        All text, as found; columns in the file's own names.
    lines : ndarray of int
        The line each row of `frame` ends on; line 1 is the first of the file.
    broken : tuple of (int, str)
        Line and text of each row whose cells cannot be told apart.
    title : str
        What stands above the header.
    """

    frame: pd.DataFrame
    lines: np.ndarray
    broken: tuple[tuple[int, str], ...] = ()
    title: str = ""


def parse(content: bytes, path: Path, is_header: Callable[[list[str]], bool] = lambda names: False) -> Cells:
    """Return the cells of delimited UTF-8 text.

    Parameters
    ----------
    content : bytes
    path : Path
        For errors only.
    is_header : callable
        Says whether cells are the names of columns; the first row for which it holds, of the first rows, is the header.
        When it holds for none, the first row is.

    Raises
    ------
    DataError
        When the text is cut off within quotes, or is no table.
    """
    delimiter, header_row, header_line, names = _header(content, path, is_header)
    header = tidy_header(names)
    if not header:
        return Cells(pd.DataFrame(), np.empty(0, int))
    found = _compiled(content, delimiter, header_line, header) if header_row == header_line - 1 else None
    cells = found or _exact(content, path, delimiter, header_row, header)
    above = content[:_HEADER_SEARCH_BYTES].decode("utf-8", errors="ignore").splitlines()[: header_line - 1]
    return replace(cells, title=" ".join(" ".join(above).replace(delimiter, " ").split()))


def tidy_header(names: list[str], width: int = 0) -> list[str]:
    """Return column names: stripped, numbered where blank or standing twice.

    Trailing blank ones are dropped, but for those that `width` columns need.
    """
    kept = [name.strip() for name in names]
    while kept and not kept[-1] and len(kept) > width:
        kept.pop()
    kept += [""] * (width - len(kept))
    return told_apart([name or f"column {number}" for number, name in enumerate(kept, start=1)], _RESERVED)


def _header(content: bytes, path: Path, is_header: Callable[[list[str]], bool]) -> tuple[str, int, int, list[str]]:
    """Return the delimiter, how many records stand before the header, the line the header ends on, and its names."""
    start = content[:_HEADER_SEARCH_BYTES].decode("utf-8", errors="ignore")
    guesses: list[tuple[int, int, str, int, int, list[str]]] = []
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        filled = 0
        for number, row in enumerate(_rows(reader, path)):
            if not any(cell.strip() for cell in row):
                continue
            filled += 1
            if filled > _HEADER_SEARCH_ROWS:
                break
            if filled == 1:
                guesses.append((-len(row), len(guesses), delimiter, number, reader.line_num, row))
            if is_header(row):
                return delimiter, number, reader.line_num, row
    if not guesses:
        return ",", 0, 1, []
    _, _, delimiter, number, line, row = min(guesses)
    return delimiter, number, line, row


def _rows(reader: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    """Yield rows; what the reader says of a row too large is said in words."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                f"is not a table of comma-separated values ({error})",
                file=path,
                row=getattr(reader, "line_num", None),
                advice="export it again as CSV",
            ) from None
        yield row


def _compiled(content: bytes, delimiter: str, header_line: int, header: list[str]) -> Cells | None:
    """Return the cells when every line is one whole row, else None."""
    body = content.rstrip(b"\r\n\x1a")
    quotes = body.count(b'"')
    if quotes % 2:
        return None
    breaks = _line_breaks(body)
    if breaks is None:
        return None
    expected = breaks + 1 - header_line
    if expected <= 0:
        return Cells(pd.DataFrame({name: pd.Series(dtype="str") for name in header}), np.empty(0, int))
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(body),
            read_options=pa_csv.ReadOptions(column_names=header, skip_rows=header_line, block_size=_BLOCK_BYTES),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=False, ignore_empty_lines=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.large_string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if len(table) != expected:
        return None
    if quotes and any(pc.any(pc.match_substring_regex(column, "[\r\n]")).as_py() for column in table.columns):
        return None
    text = pd.StringDtype(na_value=np.nan)
    return Cells(
        table.to_pandas(types_mapper=lambda kind: text), np.arange(header_line + 1, header_line + 1 + expected)
    )


def _line_breaks(body: bytes) -> int | None:
    """Return how many line breaks there are, or None when their kinds are mixed."""
    feeds, returns = body.count(b"\n"), body.count(b"\r")
    if returns == 0:
        return feeds
    if feeds == 0:
        return returns
    return feeds if feeds == returns == body.count(b"\r\n") else None


def _exact(content: bytes, path: Path, delimiter: str, header_row: int, header: list[str]) -> Cells:
    stream = io.TextIOWrapper(io.BytesIO(content.rstrip(b"\x1a")), encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(stream, delimiter=delimiter)
    width, before, first = len(header), 0, 1
    chunks: list[pd.DataFrame] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    broken: list[tuple[int, str]] = []
    for number, row in enumerate(_rows(reader, path)):
        first, before = before + 1, reader.line_num
        many_lines = before > first
        if number <= header_row:
            continue
        if any(cell.strip() for cell in row[width:]) or (many_lines and _swallows_rows(row, delimiter, width)):
            lines_of_row = delimiter.join(row).split("\n")
            broken += [(before - len(lines_of_row) + 1 + i, text) for i, text in enumerate(lines_of_row)]
            continue
        rows.append(row[:width] + [""] * (width - len(row)))
        lines.append(reader.line_num)
        if len(rows) == _CHUNK_ROWS:
            chunks.append(pd.DataFrame(rows, columns=header, dtype="str"))
            rows = []
    if content.count(b'"') % 2 and _open_at_the_end(content, first, delimiter):
        raise DataError(
            "ends within quotation marks: it was cut off, or a quotation mark is missing",
            file=path,
            advice="export it again",
        )
    chunks.append(pd.DataFrame(rows, columns=header, dtype="str"))
    return Cells(pd.concat(chunks, ignore_index=True), np.array(lines, int), tuple(broken))


def _open_at_the_end(content: bytes, line: int, delimiter: str) -> bool:
    """Return whether the record that begins on a line, the last one, is still within quotes when the text ends."""
    last = b"".join(content.splitlines(keepends=True)[line - 1 :]).decode("utf-8", errors="replace")
    try:
        list(csv.reader(io.StringIO(last, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _swallows_rows(row: list[str], delimiter: str, width: int) -> bool:
    """Return whether a cell holds what look like further rows: a quotation mark that was opened and never closed."""
    enough = max(2, (width - 1) // 2)
    return any(line.count(delimiter) >= enough for cell in row for line in cell.splitlines()[1:])
