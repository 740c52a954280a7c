"""The account of every row: used, quarantined with the reason, or superseded. Readers share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from placements import schemas
from placements.read.rawtable import ROW, RawTable


@dataclass
class Intake:
    """Collects what became of the rows while one source is read.

    Attributes
    ----------
    source : str
        Name of the source, such as `ssda903`.
    root : Path
        Folder that file names are given relative to.
    """

    source: str
    root: Path
    _rejected: list[pd.DataFrame] = field(default_factory=list)
    _files: list[dict[str, object]] = field(default_factory=list)

    def label(self, table: RawTable) -> str:
        """Return the name of a table's file, relative to the study's data, with the sheet when there is one."""
        path = table.path.relative_to(self.root) if table.path.is_relative_to(self.root) else table.path
        return f"{path.as_posix()} [{table.sheet}]" if table.sheet else path.as_posix()

    def reject(
        self, table: RawTable, name: str, rows: pd.DataFrame, bad: pd.Series, column: str, reason: str
    ) -> pd.DataFrame:
        """Quarantine the rows where `bad` and return the others.

        Parameters
        ----------
        rows : DataFrame
            What is left of `table`, with `_row` and, if it is there, `column`.
        bad : Series of bool
            Indexed as `rows`.
        column, reason : str
            What was wrong: the reason says what to do about it.
        """
        if not bad.any():
            return rows
        wrong = rows[bad]
        self._rejected.append(
            pd.DataFrame(
                {
                    "source": self.source,
                    "table": name,
                    "file": self.label(table),
                    "row": wrong[ROW],
                    "column": column,
                    "value": wrong[column].astype("str") if column in wrong.columns else "",
                    "reason": reason,
                }
            )
        )
        return rows[~bad]

    def account(self, table: RawTable, name: str, used: int, quarantined: int, superseded: int = 0) -> None:
        """Record what became of the rows of one table."""
        self._files.append(
            {
                "path": self.label(table),
                "source": self.source,
                "table": name,
                "sha256": table.sha256,
                "rows_in": len(table.frame),
                "used": used,
                "quarantined": quarantined,
                "superseded": superseded,
            }
        )

    def latest(
        self, tables: list[tuple[RawTable, pd.DataFrame]], key: list[str], name: str, order: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Return one row per key, the last by `order`, file and line, with its `source`; account for all of them.

        Parameters
        ----------
        tables : list of (RawTable, DataFrame)
            Each table and what is left of its rows; at least one.
        """
        joined = pd.concat([rows.assign(_table=i) for i, (_, rows) in enumerate(tables)], ignore_index=True)
        ordered = joined.sort_values([*order, "_table", ROW], kind="stable")
        kept = ordered.drop_duplicates(key, keep="last")
        used = kept["_table"].value_counts()
        for i, (table, rows) in enumerate(tables):
            now = int(used.get(i, 0))
            self.account(table, name, now, len(table.frame) - len(rows), len(rows) - now)
        return kept.assign(source=[self.label(tables[i][0]) for i in kept["_table"]])

    def ignored(self, table: RawTable) -> None:
        """Record a table that is none this source knows: its rows are quarantined as a whole, by count."""
        everything = pd.Series(True, index=table.frame.index)
        self.reject(table, "not recognised", table.frame, everything, "", "columns fit no table of this source")
        self.account(table, "not recognised", 0, len(table.frame))

    @property
    def quarantine(self) -> pd.DataFrame:
        """Return the rejected rows (`schemas.QUARANTINE`)."""
        if not self._rejected:
            return schemas.empty(schemas.QUARANTINE)
        return schemas.check(schemas.QUARANTINE, pd.concat(self._rejected, ignore_index=True))

    @property
    def files(self) -> pd.DataFrame:
        """Return the account (`schemas.FILES`)."""
        if not self._files:
            return schemas.empty(schemas.FILES)
        return schemas.check(schemas.FILES, pd.DataFrame(self._files))
