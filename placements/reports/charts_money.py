"""Where does the money go, and what comes back? A waterfall from what is spent to what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from placements.reports.chart_style import BLUE, GREY, INK, ORANGE, TEAL, canvas, folded, pictures, styled, title

_MILLION: Final = 1e6


@dataclass(frozen=True)
class Step:
    """A step of a waterfall: its name, its size in pounds (a saving is below 0), and its text; a total starts anew."""

    label: str
    gbp: float
    text: str
    is_total: bool = False


def waterfall(heading: str, steps: Sequence[Step], *, mark: str = "") -> tuple[bytes, bytes]:
    """Draw steps one after the other, each beginning where the last ended; totals stand on the axis."""
    with styled():
        drawing, axes = canvas(0.9 + 0.42 * len(steps))
        title(axes, heading)
        level, ends = 0.0, [0.0]
        for row, step in enumerate(steps):
            size = step.gbp / _MILLION
            start = 0.0 if step.is_total else level
            colour, hatch = (BLUE, "") if step.is_total else (ORANGE, "") if size >= 0 else (TEAL, "////")
            axes.barh(row, size, 0.6, left=start, color=colour, hatch=hatch, edgecolor="white")
            level = start + size
            ends += [start, level]
            axes.annotate(
                step.text, (max(start, level), row), (5, 0), textcoords="offset points", va="center", color=INK
            )
            if row + 1 < len(steps):
                axes.plot([level, level], [row - 0.3, row + 1.3], color=GREY, linewidth=0.8, linestyle=":")
        axes.set_yticks(range(len(steps)), folded([step.label for step in steps], 34))
        axes.set_ylim(len(steps) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        low, high = min(ends), max(ends)
        span = (high - low) or 1.0
        axes.set_xlim(low - 0.03 * span, high + 0.25 * span)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        return pictures(drawing, mark)
