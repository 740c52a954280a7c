"""The ledger of targets: indicator, baseline, target, when, whose, what is being done, and how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from placements.errors import DataError
from placements.read.rawtable import ROW, plain, read_csv

COLUMNS: Final = ("indicator", "baseline", "target", "due_date", "owner", "action", "status")
#: Columns that may be left out.
OPTIONAL: Final = ("reason",)


def read_targets(path: Path) -> pd.DataFrame:
    """Return the targets, all text, indexed by their line in the file; empty when there is no such file.

    Raises
    ------
    DataError
        When a column is missing; all missing ones are named.
    """
    if not path.exists():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in (*COLUMNS, *OPTIONAL)})
    table = read_csv(path)
    missing = [name for name in COLUMNS if plain(name) not in table.columns]
    if missing:
        raise DataError(
            f"has no column {', '.join(missing)}", file=path, advice=f"its columns are {', '.join(COLUMNS)}"
        )
    return table.take({name: (name,) for name in (*COLUMNS, *OPTIONAL)}).set_index(ROW)
