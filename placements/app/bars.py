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
    found = [tuple(number_of(value) for value in (row.low, row.high, row.middle)) for row in rows]
    ends = [value for values in found for value in values if value is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    span = high - low or 1.0

    def at(value: float) -> float:
        return round(WIDTH * (value - low) / span, 1)

    drawn = []
    for place, (row, (first, last, middle)) in enumerate(zip(rows, found, strict=True)):
        left = width = None
        if first is not None and last is not None:
            left = min(at(first), at(last))
            width = max(abs(at(last) - at(first)), _LEAST)
        dot = None if middle is None else at(middle)
        drawn.append(Bar(row.label, row.words, place * ROW, left, width, dot))
    return Bars(tuple(drawn), len(rows) * ROW, at(0.0))


def number_of(value: Any) -> float | None:
    """Return the number that a figure as it may be shown says; None when it is hidden or there is none."""
    try:
        return None if value is None else float(str(value).replace("£", "").replace(",", ""))
    except ValueError:
        return None
