"""Outputs are written whole or not at all, and the same content always gives the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import pandas as pd

#: The earliest time a zip archive can carry: it says nothing, which is the point.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
#: What a spreadsheet takes for a formula, plain signed numbers left out.
_FORMULA: Final = r"(?!\s*[+-]?(?:\d[\d,]*\.?\d*|\.\d+)%?\s*$)[\s\x00\ufeff\u200b]*[=+\-@\t\r＝＋－＠]"


def write_bytes(path: Path, content: bytes) -> Path:
    """Write `content` beside `path` and move it into place, so that a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(part).chmod(0o666 & ~mask)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return path


def write_text(path: Path, content: str) -> Path:
    """Write text as UTF-8 with the line endings it has; whole or not at all."""
    return write_bytes(path, content.encode("utf-8"))


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV that a spreadsheet opens as data: text that it would take for a formula gets an apostrophe.

    A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is a formula to a spreadsheet; plain numbers
    with a sign are left as they are. A lone carriage return within a cell, which some programs take for the end of the
    row, becomes a line feed. Column names are treated alike.
    """
    safe = pd.DataFrame({name: _defused(frame[name]) for name in frame.columns}, index=frame.index)
    safe.columns = _defused(pd.Series([str(name) for name in frame.columns], dtype="str"))
    return safe.to_csv(index=False, lineterminator="\n")


def _defused(values: pd.Series) -> pd.Series:
    if not pd.api.types.is_string_dtype(values.dtype) and values.dtype != object:
        return values
    text = values.where(values.isna(), values.astype("str")).str.replace(r"\r\n?", "\n", regex=True)
    risky = text.str.match(_FORMULA).fillna(False).astype(bool)
    return text.mask(risky, "'" + text.astype("str"))


def stable_zip(content: bytes) -> bytes:
    """Return a zip archive (Word, Excel) with fixed times, so that equal content is equal bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, date_time=_ZIP_TIME)
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.external_attr = entry.external_attr
            target.writestr(plain, source.read(entry))
    return out.getvalue()


def stable_workbook(content: bytes, changed: dt.datetime) -> bytes:
    """Return a workbook as `stable_zip` does, with a given time of change (the library writes the clock's)."""
    stamp = changed.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            target.writestr(entry, data)
    return stable_zip(out.getvalue())


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
