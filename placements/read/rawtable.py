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
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            quoting=csv.QUOTE_MINIMAL,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise DataError(
            f"is not a table of comma-separated values ({str(error).strip()})",
            file=path,
            advice="export it again as CSV",
        ) from None
    frame.columns = pd.Index([str(column).strip() for column in frame.columns])
    frame = _tidy(frame.loc[:, ~frame.columns.str.startswith("Unnamed:")])
    frame[ROW] = range(2, len(frame) + 2)
    blank = (frame.drop(columns=ROW) == "").all(axis=1)
    return RawTable(path, "", frame[~blank], sha256(path))


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
