"""Rows that could not be used go to `quarantine/`: the row as it was found, and why. Never shareable."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pandas as pd

from placements.frames import told_apart
from placements.writing import csv_text, write_text

_NOTE: Final = (
    "These files hold rows of single children, as they were found; only names are left out. They are for the\n"
    "data officer who mends the source; they must not be shared.\n\n"
    "One file for each source and table. The first columns say where the row stands (file, row, column), what\n"
    "was found there and why the row could not be used; the others are the row's own. A cell that a spreadsheet\n"
    "would run as a formula has an apostrophe before it.\n"
)
#: What is said of a row, before the row itself.
ABOUT: Final = ("file", "row", "column", "value", "reason")
_HEADER: Final = ",".join(ABOUT)


def write_quarantine(folder: Path, rejected: pd.DataFrame) -> tuple[Path, ...]:
    """Write `quarantine/SOURCE-TABLE.csv` for each table with rejected rows; take away those that have none any more.

    Parameters
    ----------
    rejected : DataFrame
        `schemas.QUARANTINE`.
    """
    wanted = {_file_name(*map(str, keys)): rows for keys, rows in rejected.groupby(["source", "table"])}
    if folder.exists():
        for stale in folder.glob("*.csv"):
            if stale.name not in wanted and stale.read_text(encoding="utf-8", errors="replace").startswith(_HEADER):
                stale.unlink()
    if not wanted:
        return ()
    write_text(folder / "README.txt", _NOTE)
    return tuple(write_text(folder / name, csv_text(_expanded(rows))) for name, rows in wanted.items())


def _file_name(source: str, table: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{source} {table}".lower()).strip("-") + ".csv"


def _expanded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of each row, by file and line, then its own cells under their names in the file."""
    rows = rows.sort_values(["file", "row"], kind="stable")
    cells = pd.DataFrame([json.loads(record) for record in rows["record"]], index=rows.index, dtype="str").fillna("")
    about = rows[list(ABOUT)]
    cells.columns = told_apart([str(name) for name in cells.columns], ABOUT)
    return pd.concat([about, cells], axis=1)
