"""What was reported before? `targets-history.csv`: a row for each indicator of each report, as it was shown.

The file only grows: the lines of earlier days are kept to the byte. Making the report of the same day again replaces
the lines of that day, as long as no later one has been reported. It holds what a shareable report shows, nothing else.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from placements.errors import DataError, UsageError
from placements.targets.amounts import Amount, parse_amount
from placements.writing import write_text

NAME: Final = "targets-history.csv"
_ADVICE: Final = "take the file as the last report left it, from a backup or version control"


@dataclass(frozen=True)
class Reported:
    """A line: one indicator as it was reported on a day.

    Attributes
    ----------
    reported_on : date
        The day that the figures describe.
    indicator : str
    value, numerator, denominator, left_out : str
        As shown: ``"56%"``, ``"545"``, ``"975"``, ``"10"``; `c` when hidden; parts are empty for a plain count.
    last_target, standing : str
        The target that was due, and how it stood, in words; empty when none was due.
    next_target : str
        What was to be reached next; empty when none was set.
    next_due : date, optional
    owner, action, reason : str
    """

    reported_on: dt.date
    indicator: str
    value: str
    numerator: str
    denominator: str
    left_out: str
    last_target: str
    standing: str
    next_target: str
    next_due: dt.date | None
    owner: str
    action: str
    reason: str

    @property
    def next_amount(self) -> Amount | None:
        """Return what was to be reached next."""
        return parse_amount(self.next_target)


COLUMNS: Final = tuple(field.name for field in fields(Reported))


def read_history(path: Path) -> tuple[Reported, ...]:
    """Return the history, in the order of the file; none when there is no such file.

    Raises
    ------
    DataError
        When the file is not as this program wrote it: line and column are named.
    """
    if not path.exists():
        return ()
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise DataError(f"does not begin with the columns {', '.join(COLUMNS)}", file=path, row=1, advice=_ADVICE)
    found = tuple(_reported(path, line, row) for line, row in enumerate(rows[1:], 2))
    days = [one.reported_on for one in found]
    if days != sorted(days):
        raise DataError("is not in the order of its days", file=path, column="reported_on", advice=_ADVICE)
    return found


def _reported(path: Path, line: int, row: list[str]) -> Reported:
    if len(row) != len(COLUMNS):
        raise DataError(f"has {len(row)} cells, not {len(COLUMNS)}", file=path, row=line, advice=_ADVICE)
    values = dict(zip(COLUMNS, row, strict=True))
    days: dict[str, dt.date | None] = {}
    for column in ("reported_on", "next_due"):
        text = values.pop(column)
        try:
            days[column] = dt.date.fromisoformat(text) if text or column == "reported_on" else None
        except ValueError:
            message = f"found {text!r}, not a day such as 2025-09-30"
            raise DataError(message, file=path, row=line, column=column, advice=_ADVICE) from None
    on = days["reported_on"]
    assert on is not None
    return Reported(reported_on=on, next_due=days["next_due"], **values)


def roll_forward(path: Path, rows: Sequence[Reported]) -> Path:
    """Add the lines of a report to the history, whole or not at all; those of the same day are replaced.

    Parameters
    ----------
    path : Path
    rows : sequence of Reported
        All of one day.

    Raises
    ------
    UsageError
        When a later day has been reported, or the rows are of several days.
    DataError
        As `read_history` does.
    """
    if len({row.reported_on for row in rows}) > 1:
        raise UsageError("the lines of one report are of one day")
    held = read_history(path)
    if not rows:
        return path
    day = rows[0].reported_on
    later = [one.reported_on for one in held if one.reported_on > day]
    if later:
        raise UsageError(
            f"{path} holds the report of {max(later).isoformat()}: that of {day.isoformat()} cannot be changed any more"
        )
    kept = sum(one.reported_on < day for one in held)
    text = path.read_text(encoding="utf-8") if held else _lines([COLUMNS])
    return write_text(path, "".join(_records(text)[: kept + 1]) + _lines([_cells(row) for row in rows]))


def _records(text: str) -> list[str]:
    """Return the records of a CSV text, each to the byte: a quoted cell may run over several lines."""
    records, current = [], ""
    for line in text.splitlines(keepends=True):
        current += line
        if current.count('"') % 2 == 0:
            records.append(current)
            current = ""
    return records


def _cells(row: Reported) -> tuple[str, ...]:
    values = (getattr(row, name) for name in COLUMNS)
    return tuple("" if value is None else str(value) for value in values)


def _lines(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
