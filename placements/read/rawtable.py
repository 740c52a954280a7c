"""A file as it stands: every cell text, every row numbered, column names made plain; or one clear error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from placements.errors import DataError
from placements.read import delimited, workbook
from placements.read.encoding import to_utf8
from placements.read.guard import EXCEL, OPEN_DOCUMENT, XML, kind_of
from placements.writing import sha256

#: The line a row stands on in its file (the header is line 1), kept beside the data through every step.
ROW: Final = "_row"
#: Suffixes of files that are read; others are passed over, and named.
TABLE_SUFFIXES: Final = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".xml")
#: What makes a row the header: it holds all the plain names of one of these sets, or is what one of these tests says.
Known = Iterable[frozenset[str] | Callable[[frozenset[str]], bool]]


@dataclass(frozen=True)
class RawTable:
    """One table of one file.

    Attributes
    ----------
    path : Path
    sheet : str
        Name of the worksheet, or of the kind of element in XML; empty for CSV.
    frame : DataFrame
        All text, as found; columns in the file's own names; and `_row`. Blank rows are left out.
    sha256 : str
    broken : tuple of (int, str)
        Line and text of each row whose cells cannot be told apart.
    title : str
        What stands above the header: a published table says there what it is and when.
    """

    path: Path
    sheet: str
    frame: pd.DataFrame
    sha256: str
    broken: tuple[tuple[int, str], ...] = ()
    title: str = ""
    _plain: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = {plain(column): str(column) for column in reversed(self.frame.columns) if column != ROW}
        object.__setattr__(self, "_plain", names)

    def __len__(self) -> int:
        """Return the number of rows, those that are broken too."""
        return len(self.frame) + len(self.broken)

    @property
    def columns(self) -> frozenset[str]:
        """Return the plain names of the columns."""
        return frozenset(self._plain)

    def own(self, *names: str) -> str | None:
        """Return the file's own name of the first of the columns that is there, or None."""
        return next((self._plain[plain(name)] for name in names if plain(name) in self._plain), None)

    def take(self, aliases: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
        """Return the named columns by the first alias that is there, stripped, and `_row`; absent ones are empty text.

        Parameters
        ----------
        aliases : mapping
            Wanted name to the plain names it goes by.
        """
        out = {ROW: self.frame[ROW]}
        for wanted, names in aliases.items():
            found = self.own(*names)
            out[wanted] = (
                self.frame[found].str.strip()
                if found is not None
                else pd.Series("", index=self.frame.index, dtype="str")
            )
        return pd.DataFrame(out)


def plain(name: object) -> str:
    """Return a column name without case, spaces or punctuation."""
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def header_of(known: Known) -> Callable[[list[str]], bool]:
    """Return a test of whether a row of cells is the header of one of the known tables."""
    tests = tuple(known)

    def is_header(cells: list[str]) -> bool:
        names = frozenset(plain(cell) for cell in cells)
        return any(test(names) if callable(test) else test <= names for test in tests)

    return is_header


def read_csv(path: Path, known: Known = ()) -> RawTable:
    """Read a file of delimited text whole, as text.

    Parameters
    ----------
    path : Path
    known : iterable of frozenset of str, optional
        Plain names that make a row the header; without them the first row is.

    Raises
    ------
    DataError
        When the file is empty, binary, too large, cut off, or no table.
    """
    kind = kind_of(path)
    if kind == XML:
        raise DataError("is XML, not a table", file=path, advice="export the data as CSV")
    if kind in (EXCEL, OPEN_DOCUMENT):
        raise DataError(
            "is binary: a workbook named as text", file=path, advice="give it its own suffix, .xlsx or .ods"
        )
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    text, _ = to_utf8(content)
    del content
    if not text.strip():  # an export of no rows: nothing to lose
        return RawTable(path, "", pd.DataFrame({ROW: pd.Series(dtype=int)}), digest)
    cells = delimited.parse(text, path, header_of(known))
    return RawTable(path, "", numbered(cells), digest, cells.broken, cells.title)


def read_tables(path: Path, known: Known) -> list[RawTable]:
    """Read every table of a file, whatever it is but XML: the sheets of a workbook, or the one of a text file.

    A workbook with nothing in it is one table of no rows.

    Parameters
    ----------
    path : Path
    known : iterable of frozenset of str
        Plain names that make a row the header; in a table with no such row the first row is.

    Raises
    ------
    DataError
        When the file cannot be read at all.
    """
    if kind_of(path) not in (EXCEL, OPEN_DOCUMENT):
        return [read_csv(path, known)]
    digest = sha256(path)
    found = workbook.sheets(path, header_of(known))
    tables = [RawTable(path, name, numbered(cells), digest, title=cells.title) for name, cells in found]
    return tables or [RawTable(path, "", pd.DataFrame({ROW: pd.Series(dtype=int)}), digest)]


def numbered(cells: delimited.Cells) -> pd.DataFrame:
    """Return the rows that are not blank, with their lines."""
    frame = cells.frame
    if frame.empty:
        return frame.assign(**{ROW: pd.Series(cells.lines, dtype=int)})
    frame.insert(len(frame.columns), ROW, cells.lines)
    maybe = pd.Series(True, index=frame.index)
    for name in frame.columns[:-1]:
        maybe[maybe] = frame.loc[maybe, name].str.strip() == ""
        if not maybe.any():
            return frame
    return frame[~maybe]


def data_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files below a folder that are read, and those that are passed over, each by path.

    Hidden files, notes (`.md`, `README`), Excel's lock files and what lies in a `quarantine` folder are neither.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~$")))
    files = [
        path
        for path in files
        if path.suffix.lower() != ".md"
        and not path.name.lower().startswith("readme")
        and "quarantine" not in path.relative_to(folder).parts[:-1]
    ]
    read = [path for path in files if path.suffix.lower() in TABLE_SUFFIXES]
    return read, [path for path in files if path.suffix.lower() not in TABLE_SUFFIXES]
