"""One file of postcodes, whoever published it: which columns it has, and its rows, read without the columns not needed.

ONSPD and NSPL have a header whose names change from year to year (`oslaua`, `laua`, `lad23cd`); Code-Point Open has
none, or long names. Files may be packed with gzip.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from placements.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_POSTCODE: Final = ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode", "pc")
_EASTING: Final = ("oseast1m", "east1m", "eastings", "easting", "ea")
_NORTHING: Final = ("osnrth1m", "north1m", "northings", "northing", "no")
#: Lower-tier district; of several years the latest.
_DISTRICT: Final = (r"lad(\d\d)cd", r"(?:os)?laua", r"lad(?:cd|code)?", r"admindistrictcode", r"dc")
#: Dates on which postcodes began and ended, as yyyymm: they tell how new a file is.
_DATES: Final = ("dointr", "doterm")
#: Code-Point Open without a header: postcode, quality, easting, northing, country, 2 of health, county, district, ward.
_CODE_POINT_COLUMNS: Final = 10
_CODE_POINT: Final = ("postcode", "quality", "easting", "northing", "", "", "", "", "admindistrictcode", "")
_POSTCODE_FORM: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? *[0-9][A-Z]{2}")
_ONS_CODE: Final = r"[EWSNLM][0-9]{8}"
#: A column is of codes when more than this share of its filled rows are: a slip here and there is no other column.
_MOST: Final = 0.5
#: What a stream that is damaged or ends too early raises: zlib's own error is none of the others.
_BROKEN: Final = (OSError, EOFError, zlib.error)
_LOOKED_FOR: Final = (
    "a postcode (pcds, pcd8, pcd7, pcd or Postcode), an easting (east1m, oseast1m or Eastings), a northing (north1m, "
    "osnrth1m or Northings) and a district (lad25cd of any year, laua, oslaua or Admin_district_code)"
)
_MAX_UNPACKED_BYTES: Final = 1_500_000_000
_BLOCK_BYTES: Final = 1 << 24
_START_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class PostcodeTable:
    """The rows of one file.

    Attributes
    ----------
    frame : DataFrame
        `postcode`, `easting`, `northing` (metres, NaN when unknown; Northern Ireland in Irish Grid), `district` (ONS
        code; NaN when blank or no code).
    newest : str
        The latest date on which a postcode began or ended, yyyymm; empty when the file does not say.
    """

    frame: pd.DataFrame
    newest: str


class _Capped(io.RawIOBase):
    """A stream that gives up when it has yielded more than a directory of the whole kingdom holds."""

    def __init__(self, stream: gzip.GzipFile, path: Path) -> None:
        self._stream, self._path, self._count = stream, path, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        content = self._stream.read(len(memoryview(buffer)))
        self._count += len(content)
        if self._count > _MAX_UNPACKED_BYTES:
            raise DataError(
                f"unpacks to more than {_MAX_UNPACKED_BYTES / 1e9:.1f} GB, more than a postcode directory: not read",
                file=self._path,
                advice="check where it came from; put the unpacked .csv here if it is right",
            )
        memoryview(buffer)[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()


def read_postcode_table(path: Path) -> PostcodeTable:
    """Read one file of postcodes.

    Parameters
    ----------
    path : Path
        `.csv`, or `.csv.gz`.

    Raises
    ------
    DataError
        When it is no table, lacks a column, its column of districts holds no ONS codes, or it is damaged, cut off or
        too large.
    """
    names, delimiter, header_rows = _columns(path)
    wanted = {
        "postcode": _first(names, _POSTCODE),
        "easting": _first(names, _EASTING),
        "northing": _first(names, _NORTHING),
        "district": _district(names),
    }
    if not all(wanted.values()):
        raise DataError(
            f"is not a postcode directory: it was looked for {_LOOKED_FOR}; it has {_shown(names)}",
            file=path,
            advice="put the CSV files of ONSPD, NSPL or Code-Point Open here and nothing else",
        )
    dates = [name for name in _DATES if name in names]
    columns = {str(column): pa.float64() for column in (wanted["easting"], wanted["northing"])}
    columns |= {str(wanted[key]): pa.large_string() for key in ("postcode", "district")}
    columns |= dict.fromkeys(dates, pa.large_string())
    table = _table(path, names, delimiter, header_rows, columns)
    easting, northing = (table[wanted[key]].to_numpy().astype(float) for key in ("easting", "northing"))
    # Code-Point Open's quality 90, and old directories, write "no coordinates" as nought.
    nowhere = (easting <= 0) & (northing <= 0)
    text = pd.StringDtype(na_value=np.nan)
    district = pd.Series(table[wanted["district"]].to_pandas(types_mapper=lambda kind: text)).str.strip()
    coded = _coded(district, wanted["district"], path)
    frame = pd.DataFrame(
        {
            "postcode": table[wanted["postcode"]].to_pandas(types_mapper=lambda kind: text),
            "easting": np.where(nowhere, np.nan, easting),
            "northing": np.where(nowhere, np.nan, northing),
            "district": district.where(coded),
        }
    )
    newest = [str(latest) for name in dates if (latest := pc.max(table[name]).as_py())]
    return PostcodeTable(frame, max((re.sub(r"\D", "", date) for date in newest), default=""))


def _coded(district: pd.Series, column: str, path: Path) -> npt.NDArray[np.bool_]:
    """Return which districts are ONS codes, having checked that most of those that are filled in are."""
    coded = district.str.fullmatch(_ONS_CODE).fillna(False).to_numpy(bool)
    filled = int((district.notna() & district.ne("")).sum())
    # A name is in no list of districts, and would otherwise be taken for a place outside the county.
    if filled and coded.sum() <= _MOST * filled:
        raise DataError(
            f"{int(filled - coded.sum()):,} of {filled:,} districts are not ONS codes (E07000209)",
            file=path,
            column=column,
            advice="put the codes of lower-tier districts in this column; names are not read",
        )
    return coded


def _columns(path: Path) -> tuple[list[str], str, int]:
    """Return the plain names of the columns (`#3` for one that is not named), the delimiter, and rows of header."""
    try:
        with _open(path) as stream:
            start = stream.read(_START_BYTES)
    except _BROKEN as error:
        raise _damaged(path) from error
    lines = start.decode("utf-8-sig", errors="replace").splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max((",", "\t", ";", "|"), key=first.count)
    try:
        cells = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than any header's
        raise DataError(
            "is not a table: its first line cannot be split into columns",
            file=path,
            advice="put the CSV files of ONSPD, NSPL or Code-Point Open here and nothing else",
        ) from None
    if len(cells) == _CODE_POINT_COLUMNS and _POSTCODE_FORM.fullmatch(cells[0].strip().upper()):
        return _named(list(_CODE_POINT)), delimiter, 0
    return _named([re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in cells]), delimiter, 1


def _named(cells: list[str]) -> list[str]:
    first = {cell: i for i, cell in reversed(list(enumerate(cells)))}
    return [cell if cell and first[cell] == i else f"#{i + 1}" for i, cell in enumerate(cells)]


def _first(names: list[str], aliases: tuple[str, ...]) -> str:
    return next((alias for alias in aliases if alias in names), "")


def _district(names: list[str]) -> str:
    for pattern in _DISTRICT:
        found = [name for name in names if re.fullmatch(pattern, name)]
        if found:
            return max(found)
    return ""


def _shown(names: list[str]) -> str:
    named = [name for name in names if not name.startswith("#") and not re.search(r"\d{3}", name)]
    return ", ".join(named[:12]) if named else "no names"


def _open(path: Path) -> IO[bytes]:
    if path.suffix.lower() != ".gz":
        return path.open("rb")
    return io.BufferedReader(_Capped(gzip.open(path, "rb"), path), _BLOCK_BYTES)


def _table(path: Path, names: list[str], delimiter: str, header_rows: int, columns: dict[str, pa.DataType]) -> pa.Table:
    try:
        with _open(path) as stream:
            return pa_csv.read_csv(
                stream,
                read_options=pa_csv.ReadOptions(column_names=names, skip_rows=header_rows, block_size=_BLOCK_BYTES),
                parse_options=pa_csv.ParseOptions(delimiter=delimiter),
                convert_options=pa_csv.ConvertOptions(
                    column_types=columns, include_columns=list(columns), null_values=["", " "]
                ),
            )
    except pa.ArrowInvalid as error:
        where = re.search(r"Row #?(\d+)", str(error))
        raise DataError(
            "is not the same table from top to bottom: a row has more or fewer columns, or a coordinate is no number",
            file=path,
            row=int(where[1]) if where else None,
            advice="download it again; do not save it from a spreadsheet",
        ) from None
    except _BROKEN as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> DataError:
    return DataError("cannot be read to its end: it is damaged or was cut off", file=path, advice="download it again")
