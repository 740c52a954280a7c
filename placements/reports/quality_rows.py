"""How many rows of each file may be shown to be used, set aside or superseded? Rows about children are as children are.

What became of the rows is a release of its own: by file, by table of a source, and by the reason for setting aside; one
pattern of hidden numbers for the data-quality page and for the statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from placements.disclosure.control.tables import Plan, group
from placements.disclosure.links import link
from placements.disclosure.shown import ShownFigures, shown_figures

#: Sources whose rows are children: their numbers of rows are treated as numbers of children.
PERSON_SOURCES: Final = ("ssda903", "sen2", "census")
#: What becomes of a row: columns of `schemas.FILES`.
FATES: Final = ("used", "quarantined", "superseded")
_ROWS: Final = "rows"
_REASONS: Final = "rows set aside"
_REASON_KEYS: Final = ("source", "table", "column", "reason")


@dataclass(frozen=True, eq=False)
class RowFigures:
    """Numbers of rows as they may be shown.

    Attributes
    ----------
    files : DataFrame
        `schemas.FILES`.
    quarantine : DataFrame
        `schemas.QUARANTINE`.
    figures : ShownFigures
        Of the rows about children.
    """

    files: pd.DataFrame
    quarantine: pd.DataFrame
    figures: ShownFigures

    def of_file(self, row: pd.Series) -> tuple[str, ...]:
        """Return rows read, used, set aside and superseded of a row of `files`."""
        numbers = [int(row["rows_in"]), *(int(row[fate]) for fate in FATES)]
        return self._account(str(row["source"]), "file", _key(row["path"], row["table"]), numbers)

    def of_table(self, source: str, table: str) -> tuple[str, ...]:
        """Return rows read, used, set aside and superseded of all files of a table of a source."""
        held = self.files[self.files["source"].eq(source) & self.files["table"].eq(table)]
        numbers = [int(held[name].sum()) for name in ("rows_in", *FATES)]
        return self._account(source, "table", _key(source, table), numbers)

    def of_reason(self, source: str, table: str, column: str, reason: str) -> str:
        """Return how many rows were set aside for a reason."""
        if source not in PERSON_SOURCES:
            same = self.quarantine[list(_REASON_KEYS)].eq([source, table, column, reason]).all(axis=1)
            return f"{int(same.sum()):,}"
        return self.figures.count(group(_REASONS, {"why": _key(source, table, column, reason)}))

    def _account(self, source: str, dimension: str, key: str, numbers: list[int]) -> tuple[str, ...]:
        if source not in PERSON_SOURCES:
            return tuple(f"{number:,}" for number in numbers)
        whole = {dimension: key}
        return tuple(
            self.figures.count(group(_ROWS, where)) for where in (whole, *({**whole, "fate": f} for f in FATES))
        )


def row_figures(files: pd.DataFrame, quarantine: pd.DataFrame, profile: str) -> RowFigures:
    """Return the numbers of rows of all files as they may be shown."""
    rows, reasons = _rows(files), _reasons(quarantine)
    plan = Plan({_ROWS: rows, _REASONS: reasons})
    if len(rows):
        plan.tables.extend([(_ROWS, ("file", "fate")), (_ROWS, ("table", "fate"))])
        link(plan, _ROWS, "kind", [("file", "fate"), ("table", "fate")])
    if len(reasons):
        plan.tables.append((_REASONS, ("why",)))
        link(plan, _REASONS, "kind", [("why",), ("table",)])
    aside = rows[rows["fate"].eq("quarantined")]
    for table, number in reasons.groupby("table", sort=True).size().items():
        # Where a row has one reason, the reasons add up to the rows set aside.
        if number == int(aside["table"].eq(str(table)).sum()):
            one = group(_REASONS, {"table": str(table)})
            plan.ties.append({one: 1, group(_ROWS, {"table": str(table), "fate": "quarantined"}): -1})
    return RowFigures(files, quarantine, shown_figures(plan, profile))


def _key(*parts: object) -> str:
    return "|".join(str(part) for part in parts)


def _rows(files: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each row about a child: `file`, `table` and `fate`."""
    held = files[files["source"].isin(PERSON_SOURCES)]
    keys = pd.DataFrame(
        {
            "file": [_key(path, table) for path, table in zip(held["path"], held["table"], strict=True)],
            "table": [_key(source, table) for source, table in zip(held["source"], held["table"], strict=True)],
        },
        dtype="str",
    )
    parts = [keys.loc[np.repeat(keys.index.to_numpy(), held[fate].to_numpy(int))].assign(fate=fate) for fate in FATES]
    return pd.concat(parts, ignore_index=True).astype("str")


def _reasons(quarantine: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each row about a child that was set aside: `table` and `why`."""
    held = quarantine[quarantine["source"].isin(PERSON_SOURCES)]
    columns = {
        "table": [_key(*values) for values in zip(*(held[name] for name in _REASON_KEYS[:2]), strict=True)],
        "why": [_key(*values) for values in zip(*(held[name] for name in _REASON_KEYS), strict=True)],
    }
    return pd.DataFrame(columns, dtype="str")
