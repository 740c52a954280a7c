"""One style for every layer: colours, classes of a shaded map, and how figures and dates are written.

Ramps keep their order in greyscale and for the common kinds of colour blindness (one hue from light to dark; blue
against orange where there are two directions). Nothing is said by colour alone: every shaded area is also labelled.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

INK: Final = "#1b2733"
QUIET: Final = "#566472"
LINE: Final = "#8a96a3"
WATER: Final = "#e9eef2"
LAND: Final = "#f6f5f1"
PAPER: Final = "#ffffff"
SUPPRESSED_FILL: Final = "#f1f2f4"

NEED_RAMP: Final = ("#e4eef8", "#b5d1ec", "#7db0dc", "#3f84c2", "#16548f")
PLACES_RAMP: Final = ("#e2f3ec", "#b0dccb", "#6fbda2", "#34937a", "#0f6350")
SHARE_RAMP: Final = ("#f1ebf7", "#d4c4e7", "#af96d1", "#845fb3", "#57308a")
COST_RAMP: Final = ("#fdf0dc", "#f8d3a0", "#e8a85c", "#bf7320", "#7d4708")
#: From near to far.
REACH_RAMP: Final = ("#0f5c63", "#3f8f94", "#86bfbf", "#c5e0dc", "#f0efe6")
#: From few places to many.
ACCESS_RAMP: Final = ("#f1ebf7", "#c9b7e0", "#9273bd", "#57308a")
#: From most spare, through none, to most short.
GAP_RAMP: Final = ("#1f6f8f", "#6fb0c8", "#c3e0ea", "#efede4", "#f8d3ae", "#eb9f5c", "#c05a12")
#: Pale fills that tell the parts of a boundary set apart.
PART_COLOURS: Final = ("#dcebf5", "#f7ead2", "#e3f0de", "#f3e1ea", "#e9e6f4", "#f0efe6")

CARE_FLOW: Final = "#8c2d6b"
LEARNING_FLOW: Final = "#1d5f8a"
HOME_COLOUR: Final = "#0f6350"
SCHOOL_COLOUR: Final = "#6a3d00"

MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_STEPS: Final = (1, 2, 3, 4, 5, 6, 8)


def date_text(day: dt.date) -> str:
    """Return a date in words, such as ``31 March 2025``, whatever the machine's language."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def money_millions(value: float) -> str:
    """Return public money (capital) in the largest unit that keeps it short: ``£1.3m``, ``£450k``, ``£0``."""
    if math.isnan(value):
        return "not known"
    if value >= 999_500:
        return f"£{value / 1e6:.1f}m"
    return f"£{value / 1e3:.0f}k" if value else "£0"


@dataclass(frozen=True)
class Class:
    """One class of a shaded map: values from `low` up to, not including, `high`."""

    low: float
    high: float
    colour: str
    label: str

    def holds(self, value: float) -> bool:
        """Return whether a value belongs to this class."""
        return self.low <= value < self.high


def nice_step(width: float, unit: int) -> float:
    """Return the least round number that is at least `width` and a multiple of `unit`."""
    wanted = max(width, unit)
    power = 10.0 ** math.floor(math.log10(wanted))
    steps = [step * scale for scale in (power, 10 * power) for step in _STEPS]
    return next(step for step in steps if step >= wanted - 1e-9 and step % unit == 0)


def count_classes(values: Sequence[float], ramp: Sequence[str], unit: int = 5) -> tuple[Class, ...]:
    """Return equal classes from 0 that hold the values *as shown* (rounded ones: the limits give nothing away).

    Parameters
    ----------
    values : sequence of float
        At least 0.
    ramp : sequence of str
        Colours from low to high.
    unit : int
        The values are multiples of this.
    """
    top = max(values, default=0.0)
    step = nice_step((top + unit) / len(ramp), unit)
    number = min(len(ramp), max(1, math.floor(top / step) + 1))
    # Few classes take colours from all of the ramp, so that they differ plainly.
    colours = [ramp[round(i * (len(ramp) - 1) / max(number - 1, 1))] for i in range(number)]
    return tuple(
        Class(i * step, math.inf if i == number - 1 else (i + 1) * step, colour, _from_to(i * step, step, unit))
        for i, colour in enumerate(colours)
    )


def _from_to(low: float, step: float, unit: int) -> str:
    high = low + step - unit
    return f"{low:,.0f}" if high <= low else f"{low:,.0f} to {high:,.0f}"


def share_classes(shares: Sequence[float], ramp: Sequence[str] = SHARE_RAMP) -> tuple[Class, ...]:
    """Return classes of whole percentages, 10 or 20 points wide, that hold the given values (0 to 100)."""
    low = 10 * math.floor(min(shares, default=0) / 10)
    high = max(shares, default=0)
    width = 10 if high - low < 10 * len(ramp) else 20
    low = width * math.floor(low / width)
    number = min(len(ramp), math.floor((high - low) / width) + 1)
    colours = [ramp[round(i * (len(ramp) - 1) / max(number - 1, 1))] for i in range(number)]
    edges = [(low + i * width, min(low + (i + 1) * width - 1, 100)) for i in range(number)]
    if number and edges[-1][1] >= 99:
        edges[-1] = (edges[-1][0], 100)
    return tuple(
        Class(a, math.inf if i == number - 1 else b + 1, colour, f"{a}% to {b}%")
        for i, ((a, b), colour) in enumerate(zip(edges, colours, strict=True))
    )


def money_classes(values: Sequence[float], ramp: Sequence[str] = COST_RAMP) -> tuple[Class, ...]:
    """Return equal classes of pounds from the least to the largest of the values as shown, with round ends."""
    if not values:
        return ()
    step = nice_step((max(values) - min(values)) / (len(ramp) - 1), 10)
    low = math.floor(min(values) / step) * step
    number = min(len(ramp), math.floor((max(values) - low) / step) + 1)
    colours = [ramp[round(i * (len(ramp) - 1) / max(number - 1, 1))] for i in range(number)]
    return tuple(
        Class(
            low + i * step, low + (i + 1) * step, colour, f"£{low + i * step:,.0f} to £{low + (i + 1) * step - 1:,.0f}"
        )
        for i, colour in enumerate(colours)
    )


def gap_classes(values: Sequence[float], unit: int = 5) -> tuple[Class, ...]:
    """Return seven classes about zero: three of spare, level, three of short; values are multiples of `unit`."""
    top = max((abs(value) for value in values), default=0.0)
    step = nice_step((top + unit) / 3, 2 * unit)
    lows = (float(unit), step, 2 * step)
    labels = (*(_from_to(low, high - low, unit) for low, high in itertools.pairwise(lows)), f"{2 * step:,.0f} or more")
    half = unit / 2
    short = [
        Class(low - half, high - half, colour, f"Short: {label}")
        for low, high, colour, label in zip(lows, (*lows[1:], math.inf), GAP_RAMP[4:], labels, strict=True)
    ]
    spare = [
        Class(-one.high, -one.low, colour, one.label.replace("Short", "Spare"))
        for one, colour in zip(short, GAP_RAMP[2::-1], strict=True)
    ]
    return (*reversed(spare), Class(-half, half, GAP_RAMP[3], "Level: 0"), *short)


def class_of(value: float, classes: Sequence[Class]) -> Class:
    """Return the class that holds a value. Raises `ValueError` when none does."""
    for one in classes:
        if one.holds(value):
            return one
    raise ValueError("no class holds the value")


def flow_width(count: float, largest: float) -> float:
    """Return a line's width in pixels: in proportion to the count, never too thin to see."""
    return round(max(1.2, 7 * count / largest), 1) if largest else 1.2
