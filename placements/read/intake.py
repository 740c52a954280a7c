"""The account of every row: used, quarantined with the reason, or superseded. Readers share it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements import schemas
from placements.errors import DataError, UnreadableFilesError
from placements.read.dates import parse_dates, why_not
from placements.read.delimited import BROKEN
from placements.read.private import is_private
from placements.read.rawtable import ROW, Known, RawTable, data_files, read_tables
from placements.writing import sha256

#: What stands in the quarantine for a row that cannot be told apart from the names in it.
NOT_COPIED: Final = "not copied: the table has names of people"
PASSED_OVER: Final = "passed over"
EMPTY: Final = "no rows"
NOT_RECOGNISED: Final = "not recognised"


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
    _unreadable: list[DataError] = field(default_factory=list)

    def name_of(self, path: Path) -> str:
        """Return a file's name relative to the study's data."""
        name = (path.relative_to(self.root) if path.is_relative_to(self.root) else path).as_posix()
        return os.fsencode(name).decode("utf-8", "replace")  # names of files need not be UTF-8

    def label(self, table: RawTable) -> str:
        """Return the name of a table's file, with the sheet when there is one."""
        name = self.name_of(table.path)
        return f"{name} [{table.sheet}]" if table.sheet else name

    def files_in(self, folder: Path) -> list[Path]:
        """Return the files below a folder that can hold tables; others are named in the account, as passed over."""
        read, others = data_files(folder)
        for path in others:
            self._files.append(self._line(self.name_of(path), PASSED_OVER, sha256(path), 0, 0, 0, 0))
        return read

    def tables_in(
        self, folder: Path, known: Known, read: Callable[[Path, Known], list[RawTable]] = read_tables
    ) -> Iterator[RawTable]:
        """Yield every table below a folder; of files that cannot be read at all, say so together at the end.

        A source that comes as XML too gives its own way to `read` one file.

        Raises
        ------
        UnreadableFilesError
            After the last file, when any could not be read.
        """
        for path in self.files_in(folder):
            try:
                yield from read(path, known)
            except DataError as error:
                self.unreadable(error)
        self.raise_unreadable()

    def unreadable(self, error: DataError) -> None:
        """Remember a file that cannot be read at all."""
        self._unreadable.append(error)

    def raise_unreadable(self) -> None:
        """Raise `UnreadableFilesError` when any file could not be read."""
        if self._unreadable:
            raise UnreadableFilesError(self._unreadable)

    def reject(
        self,
        table: RawTable,
        name: str,
        rows: pd.DataFrame,
        bad: pd.Series,
        column: str,
        reason: str,
        aliases: tuple[str, ...] = (),
    ) -> pd.DataFrame:
        """Quarantine the rows where `bad` and return the others.

        Parameters
        ----------
        rows : DataFrame
            What is left of `table`, indexed as its frame, with `_row` and, if it is there, `column`.
        bad : Series of bool
            Indexed as `rows`.
        column, reason : str
            What was wrong: the reason says what to do about it.
        aliases : tuple of str, optional
            Plain names that the column goes by in files, when `column` is not one of them. The quarantine names the
            column as the file does, and shows the cell as it was found.
        """
        if not bad.any():
            return rows
        self.set_aside(table, name, rows, bad, column, reason, aliases)
        return rows[~bad]

    def set_aside(
        self,
        table: RawTable,
        name: str,
        rows: pd.DataFrame,
        bad: pd.Series,
        column: str,
        reason: str,
        aliases: tuple[str, ...] = (),
    ) -> None:
        """Quarantine the rows where `bad`; as `reject`, and the caller parts with them."""
        wrong = rows[bad]
        own = table.own(column, *aliases)
        value = table.frame.loc[wrong.index, own] if own else wrong[column] if column in wrong.columns else None
        self._rejected.append(
            pd.DataFrame(
                {
                    "source": self.source,
                    "table": name,
                    "file": self.label(table),
                    "row": wrong[ROW],
                    "column": own or column,
                    "value": "" if value is None else value.astype("str"),
                    "reason": reason,
                    "record": _records(table.frame.loc[wrong.index], self.source),
                }
            )
        )

    def dated(
        self,
        table: RawTable,
        name: str,
        rows: pd.DataFrame,
        column: str,
        into: str,
        *,
        required: bool = False,
        aliases: tuple[str, ...] = (),
    ) -> pd.DataFrame:
        """Return the rows with the day of a column in another; those where it is no date are quarantined, with why.

        Parameters
        ----------
        column, into : str
            Column of `rows` that holds the text, and the one to put the day in; they may be the same.
        required : bool, optional
            Quarantine the rows where it is blank too.
        aliases : tuple of str, optional
            As in `reject`.
        """
        text = rows[column]
        days = parse_dates(text)
        wrong = days.isna() & text.ne("")
        kept = rows
        if wrong.any():
            for reason, group in text[wrong].groupby(why_not(text[wrong])):
                kept = self.reject(
                    table, name, kept, kept.index.to_series().isin(group.index), column, str(reason), aliases
                )
        if required:
            blank = kept[column].eq("")
            kept = self.reject(table, name, kept, blank, column, "no date: write it as dd/mm/yyyy", aliases)
        return kept.assign(**{into: days[kept.index]})

    def account(self, table: RawTable, name: str, used: int, quarantined: int, superseded: int = 0) -> None:
        """Record what became of the rows of one table; rows that are broken are quarantined here."""
        if table.broken:
            # Of an earlier export only the lines are left, not the columns: what they were is not known here.
            whole = bool(table.columns) and not any(is_private(column, self.source) for column in table.columns)
            self._rejected.append(
                pd.DataFrame(
                    {
                        "source": self.source,
                        "table": name,
                        "file": self.label(table),
                        "row": [line for line, _ in table.broken],
                        "column": "",
                        "value": "",
                        "reason": BROKEN,
                        "record": [
                            json.dumps({"line": text if whole else NOT_COPIED}, ensure_ascii=False)
                            for _, text in table.broken
                        ],
                    }
                )
            )
        quarantined += len(table.broken)
        self._files.append(self._line(self.label(table), name, table.sha256, len(table), used, quarantined, superseded))

    def _line(
        self, path: str, name: str, digest: str, rows_in: int, used: int, quarantined: int, superseded: int
    ) -> dict[str, object]:
        return {
            "path": path,
            "source": self.source,
            "table": name,
            "sha256": digest,
            "rows_in": rows_in,
            "used": used,
            "quarantined": quarantined,
            "superseded": superseded,
        }

    def latest(
        self, tables: list[tuple[RawTable, pd.DataFrame]], key: list[str], name: str, order: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Return one row per key, the last by `order`, file and line, with its `source`; account for all of them.

        Parameters
        ----------
        tables : list of (RawTable, DataFrame)
            Each table and what is left of its rows; at least one.
        """
        keys = self._in_order([(table, rows[[*key, *_new(order, key)]]) for table, rows in tables], order)
        last = keys[~keys.duplicated(key, keep="last")]
        kept = []
        for i, (table, rows) in enumerate(tables):
            mine = np.zeros(len(rows), bool)
            mine[last.loc[last["_table"].eq(i), "_position"].to_numpy()] = True
            kept.append((table, rows if mine.all() else rows[mine]))
            now = int(mine.sum())
            self.account(table, name, now, len(table.frame) - len(rows), len(rows) - now)
        return self._with_source(self._in_order(kept, order), tables)

    def merged(
        self, tables: list[tuple[RawTable, pd.DataFrame]], key: str, name: str, order: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Return one row per key: of each column the last value that is not blank; accounted as `latest`.

        So two files that each know a part of a thing (a full and a short extract, two sheets of a workbook) make one
        row; the row that comes last counts as used.
        """
        kept = self.latest(tables, [key], name, order)
        ordered = self._in_order(tables, order)
        if not ordered.duplicated(key).any():
            return kept
        values = [column for column in ordered.columns if column not in (key, "_table", "_position", ROW)]
        filled = ordered[values].replace("", None).groupby(ordered[key], sort=False).last()
        by_key = kept.set_index(key)
        for column in values:
            blank = by_key[column].isna() | by_key[column].eq("")
            by_key[column] = (
                by_key[column].mask(blank, filled[column]).fillna("" if filled[column].dtype == "str" else pd.NA)
            )
        return by_key.reset_index()[list(kept.columns)]

    @staticmethod
    def _in_order(tables: list[tuple[RawTable, pd.DataFrame]], order: tuple[str, ...]) -> pd.DataFrame:
        """Return the rows of all tables by `order`, then table, then line; each with its table and position there."""
        parts = [rows.assign(_table=i, _position=np.arange(len(rows))) for i, (_, rows) in enumerate(tables)]
        joined = pd.concat(parts, ignore_index=True)
        in_order = not order or (len(order) == 1 and joined[order[0]].is_monotonic_increasing)
        return joined if in_order else joined.sort_values(list(order), kind="stable")

    def _with_source(self, kept: pd.DataFrame, tables: list[tuple[RawTable, pd.DataFrame]]) -> pd.DataFrame:
        labels = pd.Series([self.label(table) for table, _ in tables], dtype="str")
        return kept.assign(source=labels.take(kept["_table"].to_numpy()).set_axis(kept.index))

    def ignored(self, table: RawTable) -> None:
        """Record a table that is none this source knows: its rows are quarantined as a whole; an empty one says so."""
        if not len(table):
            self.account(table, EMPTY, 0, 0)
            return
        everything = pd.Series(True, index=table.frame.index)
        self.reject(table, NOT_RECOGNISED, table.frame, everything, "", "columns fit no table of this source")
        self.account(table, NOT_RECOGNISED, 0, len(table.frame))

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


def _new(names: tuple[str, ...], others: list[str]) -> list[str]:
    return [name for name in names if name not in others]


def _records(rows: pd.DataFrame, source: str) -> list[str]:
    """Return each row as found, as JSON of column to cell, without the names of people."""
    columns = [name for name in rows.columns if name != ROW and not is_private(name, source)]
    return [json.dumps(record, ensure_ascii=False) for record in rows[columns].to_dict("records")]
