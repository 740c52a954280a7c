"""Which rows of one table can be used? Every check marks rows; they are parted once, at the end.

Each row is set aside for the first reason found. On long tables this spares a copy of the whole table per check.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placements.read.dates import parse_dates, why_not
from placements.read.intake import Intake
from placements.read.rawtable import RawTable


class Sieve:
    """Checks on the rows of one table.

    Parameters
    ----------
    intake : Intake
    table : RawTable
    name : str
        What the table is read as.
    aliases : mapping
        Column of the rows to the plain names it goes by in files; the rows are taken by it.
    """

    def __init__(self, intake: Intake, table: RawTable, name: str, aliases: Mapping[str, tuple[str, ...]]) -> None:
        self._intake, self._table, self._name, self._aliases = intake, table, name, aliases
        self.rows = table.take(aliases)
        self._out = np.zeros(len(self.rows), bool)

    def reject(self, bad: pd.Series, column: str, reason: str) -> None:
        """Set aside the rows where `bad` that are not set aside already."""
        new = bad.to_numpy(bool, na_value=False) & ~self._out
        if new.any():
            wrong = pd.Series(new, index=self.rows.index)
            self._intake.set_aside(
                self._table, self._name, self.rows, wrong, column, reason, self._aliases.get(column, ())
            )
            self._out |= new

    def dates(self, column: str, *, required: bool = False) -> None:
        """Read a column as days; rows where it is no date, or blank though `required`, are set aside with why."""
        text = self.rows[column]
        days = parse_dates(text)
        blank = text.eq("")
        wrong = days.isna() & ~blank
        if wrong.any():
            for reason, group in text[wrong].groupby(why_not(text[wrong])):
                self.reject(text.index.to_series().isin(group.index), column, str(reason))
        if required:
            self.reject(blank, column, "no date: write it as dd/mm/yyyy")
        self.rows[column] = days

    def kept(self) -> pd.DataFrame:
        """Return the rows that can be used."""
        return self.rows[~self._out] if self._out.any() else self.rows
