"""The small reference tables that ship with the program, by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

_PACKAGE = Path(__file__).resolve().parents[1]


def reference_path(name: str) -> Path:
    """Return the path of a reference table: in the wheel, or beside the package in a checkout."""
    shipped = _PACKAGE / "_reference" / name
    return shipped if shipped.exists() else _PACKAGE.parent / "data" / "reference" / name


@cache
def _cached(name: str) -> pd.DataFrame:
    return pd.read_csv(reference_path(name), dtype=str, keep_default_na=False)


def reference_table(name: str) -> pd.DataFrame:
    """Return a fresh copy of a reference table, all columns text."""
    return _cached(name).copy()
