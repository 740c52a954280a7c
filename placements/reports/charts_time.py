"""What do charts over time look like? Trends of what has been, and fans of what may come.

As in `charts`: only figures that may be shown, and hidden ones are left out rather than drawn as zero.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.reports.chart_style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    TEAL,
    canvas,
    number_text,
    pictures,
    styled,
    title,
)

_PERCENT: Final = 100.0


@dataclass(frozen=True)
class Line:
    """A line over time: its name, its values (NaN where hidden) and, if there is one, its band."""

    label: str
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


def trend(
    heading: str, when: Sequence[str], lines: Sequence[Line], *, percent: bool = False, mark: str = ""
) -> tuple[bytes, bytes]:
    """Draw values over time, each line named and its last value written at its end."""
    scale = _PERCENT if percent else 1.0
    with styled():
        drawing, axes = canvas(2.7)
        title(axes, heading)
        across = np.arange(len(when))
        ends: list[tuple[float, str, str]] = []
        for line, (colour, marker) in zip(lines, _marks(), strict=False):
            values = np.array(line.values, dtype=float) * scale
            if line.low:
                low, high = np.array(line.low) * scale, np.array(line.high) * scale
                axes.fill_between(across, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(across, values, color=colour, marker=marker, linewidth=2, markersize=5)
            known = np.flatnonzero(np.isfinite(values))
            if len(known):
                ends.append(
                    (float(values[known[-1]]), f"{line.label}: {number_text(values[known[-1]], percent)}", colour)
                )
        top = _top(lines, scale) * 1.15
        for height, (_, text, colour) in zip(_apart([end[0] for end in ends], top / 11), ends, strict=True):
            axes.annotate(text, (len(when) - 1, height), (9, 0), textcoords="offset points", va="center", color=colour)
        axes.set_xticks(across, when)
        axes.set_xlim(-0.2, max(len(when) - 1, 0.5) * 1.42)
        axes.set_ylim(0, min(top, _PERCENT) if percent else top)
        axes.yaxis.set_major_formatter(lambda value, _: number_text(value, percent))
        axes.grid(axis="y")
        return pictures(drawing, mark)


def multiples(
    heading: str, when: Sequence[str], groups: Mapping[str, tuple[Line, Line]], *, mark: str = ""
) -> tuple[bytes, bytes]:
    """Draw small multiples of shares over time: what was reached as a line, the targets as crosses."""
    across = min(3, max(1, len(groups)))
    down = max(1, math.ceil(len(groups) / across))
    with styled():
        drawing, grid = canvas(0.8 + 1.65 * down, down, across, sharex=True, sharey=True, squeeze=False)
        title(grid[0, 0], heading)
        steps = np.arange(len(when))
        top = _top([line for pair in groups.values() for line in pair], _PERCENT)
        for axes in grid.flat[len(groups) :]:
            axes.set_visible(False)
        for axes, (name, (reached, target)) in zip(grid.flat, groups.items(), strict=False):
            values, aims = (np.array(line.values, dtype=float) * _PERCENT for line in (reached, target))
            axes.plot(steps, values, color=BLUE, marker="o", linewidth=1.8, markersize=4)
            axes.plot(steps, aims, "X", color=ORANGE, markersize=6, markeredgecolor="white", markeredgewidth=0.5)
            known = np.flatnonzero(np.isfinite(values))
            if len(known):
                end = (float(known[-1]), float(values[known[-1]]))
                axes.annotate(
                    number_text(end[1], percent=True), end, (5, 0), textcoords="offset points", va="center",
                    fontsize=8, color=BLUE,
                )  # fmt: skip
            axes.set_title("\n".join(textwrap.wrap(name, 26)), fontsize=8, pad=3)
            axes.set_xticks(steps, when, fontsize=7)
            axes.set_xlim(-0.3, max(len(when) - 1, 0.5) * 1.3 + 0.2)
            axes.set_ylim(0, min(top * 1.2, 105))
            axes.yaxis.set_major_formatter(lambda value, _: number_text(value, percent=True))
            axes.grid(axis="y")
        return pictures(drawing, f"line: reached; cross: target that was due | {mark}" if mark else "")


def fan(
    heading: str,
    when: Sequence[str],
    lines: Sequence[Line],
    *,
    past: Sequence[float] = (),
    ticks: int = 12,
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw a forecast: its middle and its bands (each `Line` a band, widest first), after what has been observed.

    `when` names every step, past ones first; a value that may not be shown is NaN and leaves a break. A tick is
    drawn every `ticks` steps counted back from the last past one.
    """
    with styled():
        drawing, axes = canvas(3.0)
        title(axes, heading)
        start = max(len(past) - 1, 0)
        for line, shade in zip(lines, (0.16, 0.32, 0.5), strict=False):
            across = start + np.arange(len(line.values))
            axes.fill_between(across, line.low, line.high, color=BLUE, alpha=shade, linewidth=0, label=line.label)
        if lines:
            across = start + np.arange(len(lines[0].values))
            axes.plot(across, lines[0].values, color=BLUE, linewidth=2)
            end = (across[-1], lines[0].values[-1])
            axes.annotate(
                f"middle: {number_text(end[1])}",
                end,
                (6, 0),
                textcoords="offset points",
                va="center",
                color=BLUE,
                weight="bold",
            )
        if len(past) > 1:
            axes.plot(np.arange(len(past)), past, color=INK, linewidth=2, marker="o", markersize=4)
            axes.axvline(start, color=GREY, linestyle="--", linewidth=1)
            axes.annotate(
                "observed",
                (start, 0),
                (-5, 6),
                xycoords=axes.get_xaxis_transform(),
                textcoords="offset points",
                ha="right",
                fontsize=8,
                color=GREY,
            )
            axes.annotate(
                "forecast",
                (start, 0),
                (5, 6),
                xycoords=axes.get_xaxis_transform(),
                textcoords="offset points",
                ha="left",
                fontsize=8,
                color=GREY,
            )
        chosen = [step for step in range(len(when)) if (step - start) % ticks == 0]
        axes.set_xticks(chosen, [when[step] for step in chosen])
        axes.set_xlim(0, max(len(when) - 1, 1) * 1.2)
        everything = [*past, *(value for line in lines for value in (*line.low, *line.high))]
        seen = [value for value in everything if not math.isnan(value)]
        bottom, highest = min(seen, default=0.0), max([*seen, 1.0])
        # Bands too thin to read from zero are drawn nearer, and the drawing says so.
        cut = bottom > 0.6 * highest
        axes.set_ylim(bottom - (highest - bottom) * 0.6 if cut else 0, highest + (highest - bottom) * 0.15)
        if cut:
            axes.set_ylabel("axis does not start at 0", fontsize=7.5, color=GREY)
        axes.legend(loc="upper left", frameon=False, fontsize=8)
        axes.yaxis.set_major_formatter(lambda value, _: number_text(value))
        axes.grid(axis="y")
        return pictures(drawing, mark)


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Return heights moved up as little as needed so that no two labels stand closer than `least`."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    moved = list(heights)
    for below, above in itertools.pairwise(order):
        moved[above] = max(moved[above], moved[below] + least)
    return moved


def _marks() -> tuple[tuple[str, str], ...]:
    return ((BLUE, "o"), (ORANGE, "s"), (TEAL, "^"), (GREY, "D"))


def _top(lines: Sequence[Line], scale: float) -> float:
    values = [value * scale for line in lines for value in (*line.values, *line.high) if not math.isnan(value)]
    return max(values, default=1.0) or 1.0
