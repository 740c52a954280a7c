"""Ranges side by side on one axis: where each bar and dot stands on a small chart that a page draws by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

#: Width of the part of the chart that bars stand in, and height of a row, in units of the picture.
WIDTH: Final = 400.0
ROW: Final = 30.0
#: A range of no width is still to be seen.
_LEAST: Final = 2.0


@dataclass(frozen=True)
class Row:
    """A range as it may be shown: its ends and middle (a text where hidden, None where there is none), and in words."""

    label: str
    low: Any
    high: Any
    middle: Any
    words: str


@dataclass(frozen=True)
class Bar:
    """A row as it is drawn: `left`, `width` and `dot` are None where nothing may be drawn."""

    label: str
    words: str
    top: float
    left: float | None
    width: float | None
    dot: float | None


@dataclass(frozen=True)
class Bars:
    """The chart: its bars, its height, and where nought stands."""

    bars: tuple[Bar, ...]
    height: float
    nought: float


def bars(rows: Sequence[Row]) -> Bars:
    """Return ranges on one axis that holds all of them, and nought: a length is only told by a bar from there."""
    ends = [float(value) for row in rows for value in (row.low, row.high, row.middle) if _is_number(value)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    span = high - low or 1.0

    def at(value: Any) -> float:
        return round(WIDTH * (float(value) - low) / span, 1)

    drawn = []
    for number, row in enumerate(rows):
        left = width = None
        if _is_number(row.low) and _is_number(row.high):
            left = min(at(row.low), at(row.high))
            width = max(abs(at(row.high) - at(row.low)), _LEAST)
        dot = at(row.middle) if _is_number(row.middle) else None
        drawn.append(Bar(row.label, row.words, number * ROW, left, width, dot))
    return Bars(tuple(drawn), len(rows) * ROW, at(0.0))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
