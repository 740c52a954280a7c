"""Rows that could not be used go to `quarantine/`, one file a source, with the reason. Never shareable."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from placements.writing import write_text

_NOTE = (
    "These files hold values of single children, as they were found. They are for the data officer who mends the"
    " source; they must not be shared.\n"
)


def write_quarantine(folder: Path, rejected: pd.DataFrame) -> tuple[Path, ...]:
    """Write `quarantine/SOURCE.csv` for each source with rejected rows, and take away those that no longer have any."""
    wanted = {str(source): rows for source, rows in rejected.groupby("source")}
    if folder.exists():
        for stale in folder.glob("*.csv"):
            if stale.stem not in wanted:
                stale.unlink()
    if not wanted:
        return ()
    write_text(folder / "README.txt", _NOTE)
    return tuple(
        write_text(folder / f"{source}.csv", rows.to_csv(index=False, lineterminator="\n"))
        for source, rows in wanted.items()
    )
