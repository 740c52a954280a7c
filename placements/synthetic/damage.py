"""Spoil a few rows as real files are spoilt, so that quarantine is exercised; and count what was done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

SHARE: Final = 0.003
FEWEST: Final = 5
#: Tables smaller than this are left whole.
BIG_TABLE: Final = 40

#: Changes one row in place (given as a mapping of column to text), or returns False when it cannot be spoilt so.
Spoil = Callable[[dict[str, str]], None]


@dataclass(frozen=True)
class Damage:
    """A way to spoil a row: in place, or as a further row."""

    kind: str
    spoil: Spoil
    further: bool = False


@dataclass(frozen=True)
class Tally:
    """How many rows were spoilt, by kind."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str) -> None:
        """Count one."""
        self.counts[kind] = self.counts.get(kind, 0) + 1


def set_to(column: str, value: str) -> Spoil:
    """Return a way to spoil a row by putting `value` into `column`."""

    def spoil(row: dict[str, str]) -> None:
        row[column] = value

    return spoil


def leave(row: dict[str, str]) -> None:
    """Leave the row as it is: with `further`, an exact duplicate."""
    del row


def spoil_rows(
    frame: pd.DataFrame,
    ways: tuple[Damage, ...],
    rng: np.random.Generator,
    tally: Tally,
    eligible: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Return `frame` (all text) with 0.3 % of its rows spoilt, at least five, taking the ways in turn.

    Parameters
    ----------
    eligible : ndarray of bool, optional
        Rows that may be spoilt; all when not given or when too few are.
    """
    if len(frame) < BIG_TABLE:
        return frame
    wanted = max(FEWEST, math.ceil(SHARE * len(frame)))
    rows = np.arange(len(frame)) if eligible is None else np.flatnonzero(eligible)
    rows = rows if len(rows) >= wanted else np.arange(len(frame))
    chosen = np.sort(rng.choice(rows, wanted, replace=False))
    records = {int(row): dict(frame.iloc[row]) for row in chosen}
    out, extra = frame.copy(), []
    columns = list(frame.columns)
    changed: dict[int, dict[str, str]] = {}
    for turn, row in enumerate(chosen.tolist()):
        way = ways[turn % len(ways)]
        record = {str(name): str(value) for name, value in records[row].items()}
        way.spoil(record)
        tally.add(way.kind)
        if way.further:
            extra.append(record)
        else:
            changed[row] = record
    for column in columns:
        values = out[column].to_numpy(dtype=object).copy()
        for row, record in changed.items():
            values[row] = record[column]
        out[column] = values
    if extra:
        out = pd.concat([out, pd.DataFrame(extra, columns=columns)], ignore_index=True)
    return out
