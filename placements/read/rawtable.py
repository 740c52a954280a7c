"""A file as it stands: every cell text, every row numbered, column names made plain; or one clear error."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import openpyxl
import pandas as pd

from placements.errors import DataError
from placements.writing import sha256

#: The line a row stands on in its file (the header is line 1), kept beside the data through every step.
ROW: Final = "_row"
_ENCODINGS: Final = ("utf-8-sig", "cp1252")
_MAX_BYTES: Final = 1_500_000_000
_HEADER_SEARCH_ROWS: Final = 15


@dataclass(frozen=True)
class RawTable:
    """One table of one file.

    Attributes
    ----------
    path : Path
    sheet : str
        Name of the worksheet, empty for CSV.
    frame : DataFrame
        All text, stripped, blanks as empty text; columns in the file's own names; and `_row`.
    sha256 : str
    """

    path: Path
    sheet: str
    frame: pd.DataFrame
    sha256: str

    @property
    def columns(self) -> frozenset[str]:
        """Return the plain names of the columns."""
        return frozenset(plain(column) for column in self.frame.columns if column != ROW)

    def take(self, aliases: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
        """Return the named columns by the first alias that is present, and `_row`; absent ones are empty text.

        Parameters
        ----------
        aliases : mapping
            Wanted name to the plain names it goes by.
        """
        by_plain = {plain(column): column for column in reversed(self.frame.columns)}
        out = {ROW: self.frame[ROW]}
        for wanted, names in aliases.items():
            found = next((by_plain[plain(name)] for name in names if plain(name) in by_plain), None)
            out[wanted] = self.frame[found] if found is not None else pd.Series("", index=self.frame.index, dtype="str")
        return pd.DataFrame(out)


def plain(name: object) -> str:
    """Return a column name without case, spaces or punctuation."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def read_csv(path: Path) -> RawTable:
    """Read a CSV file whole, as text.

    Raises
    ------
    DataError
        When the file is empty, binary, too large, not text in a known encoding, or its rows cannot be told apart.
    """
    text = _decode(path)
    if not text.strip():  # an export of no rows: nothing to lose
        return RawTable(path, "", pd.DataFrame({ROW: pd.Series(dtype=int)}), sha256(path))
    header, rows, lines = _cells(path, text)
    frame = _tidy(pd.DataFrame(rows, columns=header, dtype="str"))
    frame[ROW] = lines
    blank = (frame.drop(columns=ROW) == "").all(axis=1)
    return RawTable(path, "", frame[~blank], sha256(path))


def _cells(path: Path, text: str) -> tuple[list[str], list[list[str]], list[int]]:
    """Return column names, rows as wide as they are, and the line each row ends on.

    Short rows are filled up with blanks and blank cells past the last column are dropped; anything else past it means
    that the cells of the row cannot be told apart.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, lines = [], []
    try:
        names = next(reader)
        while names and not names[-1].strip():
            names.pop()
        header = [name.strip() or f"column {number}" for number, name in enumerate(names, start=1)]
        width = len(header)
        for row in reader:
            if any(cell.strip() for cell in row[width:]):
                raise DataError(
                    f"has more cells than there are columns ({width})",
                    file=path,
                    row=reader.line_num,
                    advice="is a comma in a value not quoted? Export it again as CSV",
                )
            rows.append(row[:width] + [""] * (width - len(row)))
            lines.append(reader.line_num)
    except csv.Error as error:
        raise DataError(
            f"is not a table of comma-separated values ({error})",
            file=path,
            row=reader.line_num,
            advice="export it again as CSV",
        ) from None
    return _told_apart(header), rows, lines


def _told_apart(names: list[str]) -> list[str]:
    """Return names with a number after those that stand twice."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}.{seen[name] - 1}")
    return out


def data_files(folder: Path, *suffixes: str) -> list[Path]:
    """Return the files below a folder with one of the suffixes, in any case, by path."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in suffixes)


def _decode(path: Path) -> str:
    size = path.stat().st_size
    if size == 0:
        raise DataError("is empty", file=path, advice="export it again, or take it out of the folder")
    if size > _MAX_BYTES:
        raise DataError(f"is {size / 1e9:.1f} GB, more than can be read", file=path, advice="split it by year")
    content = path.read_bytes()
    if b"\0" in content[:65536]:
        raise DataError("is binary, not text", file=path, advice="save it as CSV")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: frame[name].fillna("").astype("str").str.strip() for name in frame.columns})


def read_workbook(path: Path, header_names: tuple[str, ...]) -> list[RawTable]:
    """Read every sheet of an Excel workbook that has one of `header_names` in its first rows.

    Parameters
    ----------
    header_names : tuple of str
        A row holding any of these (compared plainly) is the header.

    Raises
    ------
    DataError
        When the file is not a workbook, or is protected by a password.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise DataError(
            f"cannot be opened as an Excel workbook ({type(error).__name__})",
            file=path,
            advice="save it as .xlsx without a password",
        ) from None
    wanted, tables = {plain(name) for name in header_names}, []
    digest = sha256(path)
    for sheet in book.worksheets:
        rows = [["" if cell is None else _cell(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        header = next(
            (i for i, row in enumerate(rows[:_HEADER_SEARCH_ROWS]) if wanted & {plain(cell) for cell in row}), None
        )
        if header is None:
            continue
        width = max(i for i, cell in enumerate(rows[header]) if cell.strip()) + 1
        frame = _tidy(
            pd.DataFrame([row[:width] for row in rows[header + 1 :]], columns=rows[header][:width], dtype="str")
        )
        frame[ROW] = range(header + 2, header + 2 + len(frame))
        blank = (frame.drop(columns=ROW) == "").all(axis=1)
        tables.append(RawTable(path, sheet.title, frame[~blank], digest))
    book.close()
    return tables


def _cell(value: object) -> str:
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d"))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
