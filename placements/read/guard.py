"""May this file be opened at all, and what is it? Judged by its first bytes, not by its name; or one clear error."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

from placements.errors import DataError

TEXT: Final = "text"
XML: Final = "xml"
EXCEL: Final = "excel"
OPEN_DOCUMENT: Final = "open document"

_MAX_BYTES: Final = 1_500_000_000
#: A table has a line break somewhere in its first million characters.
_LONGEST_LINE: Final = 1_000_000
#: What a workbook may unpack to. Real ones stay far below; a "zip bomb" does not.
_MAX_UNPACKED_BYTES: Final = 500_000_000
_MAX_RATIO: Final = 200
_RATIO_MATTERS_FROM: Final = 20_000_000
_MOST_CELLS: Final = 60_000_000
_CHUNK_BYTES: Final = 4_000_000
_CELL: Final = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS: Final = (
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a formatted text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


def is_bomb(unpacked_bytes: int, packed_bytes: int) -> bool:
    """Return whether an archive would unpack to far more than a workbook or a document holds."""
    swells = unpacked_bytes > _RATIO_MATTERS_FROM and unpacked_bytes > _MAX_RATIO * max(packed_bytes, 1)
    return unpacked_bytes > _MAX_UNPACKED_BYTES or swells


def kind_of(path: Path) -> str:
    """Return what a file is: `TEXT`, `XML`, `EXCEL` or `OPEN_DOCUMENT`.

    Raises
    ------
    DataError
        When it is missing, empty, too large, protected by a password, binary, an archive that unpacks to far more than
        it holds, or has no line break where a table would.
    """
    if not path.is_file():
        raise DataError("is not there, or is not a file", file=path, advice="check the path")
    size = path.stat().st_size
    if size == 0:
        raise DataError("is empty", file=path, advice="export it again, or take it out of the folder")
    if size > _MAX_BYTES:
        raise DataError(f"is {size / 1e9:.1f} GB, more than can be read", file=path, advice="split it by year")
    with path.open("rb") as stream:
        start = stream.read(_LONGEST_LINE)
        if start.startswith(_OLE):
            if _is_protected(start + stream.read()):
                raise _password(path)
            return EXCEL
    if start.startswith(b"PK"):
        return _archive_kind(path)
    for mark, name in _OTHER_KINDS:
        if start.startswith(mark):
            raise DataError(f"is {name}, not a table", file=path, advice="export the data as CSV")
    if not start.startswith(_UTF16_MARKS) and b"\0" in start[:65536]:
        raise DataError("is binary, not text", file=path, advice="save it as CSV")
    opening = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if opening.startswith(b"<"):
        return XML
    if len(start) == _LONGEST_LINE and b"\n" not in start and b"\r" not in start:
        raise DataError(
            "has no line break in its first million characters: it is not a table",
            file=path,
            advice="export it again as CSV, one row a line",
        )
    return TEXT


def _is_protected(content: bytes) -> bool:
    """Return whether a compound file is an encrypted package; without that it is an old workbook."""
    return "EncryptedPackage".encode("utf-16-le") in content


def _password(path: Path) -> DataError:
    return DataError(
        "is protected by a password", file=path, advice="open it, take the password off, and save it again"
    )


def _archive_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
            encrypted = any(e.flag_bits & 1 for e in entries) or _says_encrypted(archive, names)
            fits = unpacked > _MAX_UNPACKED_BYTES or encrypted or _fits(archive, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        raise DataError(
            "is binary: a damaged or cut-off workbook or archive", file=path, advice="export or download it again"
        ) from None
    if is_bomb(unpacked, packed):
        raise DataError(
            f"would unpack to {unpacked / 1e6:,.0f} MB, far more than a workbook holds: it was not opened",
            file=path,
            advice="check where it came from; save the sheet that is needed as CSV",
        )
    if encrypted:
        raise _password(path)
    if not fits:
        raise DataError(
            "has a cell so far out that the sheet would fill the memory: it was not opened",
            file=path,
            advice="delete the empty rows and columns after the table, and save it again",
        )
    if "xl/workbook.xml" in names:
        return EXCEL
    if "content.xml" in names:
        return OPEN_DOCUMENT
    raise DataError("is an archive, not a table", file=path, advice="unpack it and put the files here")


def _says_encrypted(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in archive.read(manifest)


def _fits(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Return whether the sheets of a workbook, as wide as their last column and as long as their last row, are few."""
    for name in names:
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        widest, longest = 0, 0
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                for column, row in set(_CELL.findall(chunk)):
                    widest, longest = max(widest, _column_number(column)), max(longest, int(row))
        if widest * longest > _MOST_CELLS:
            return False
    return True


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
