"""What do the charts look like? Each draws figures that may be shown, and nothing else, and returns PNG and SVG.

Hidden figures are NaN: they are drawn as the word "hidden", never as nothing or as zero.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from placements.reports.chart_style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    SAND,
    SKY,
    TEAL,
    canvas,
    folded,
    pictures,
    styled,
    title,
)

_PERCENT: Final = 100.0
_HIDDEN: Final = "hidden"


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
                ends.append((float(values[known[-1]]), f"{line.label}: {_number(values[known[-1]], percent)}", colour))
        top = _top(lines, scale) * 1.15
        for height, (_, text, colour) in zip(_apart([end[0] for end in ends], top / 11), ends, strict=True):
            axes.annotate(text, (len(when) - 1, height), (9, 0), textcoords="offset points", va="center", color=colour)
        axes.set_xticks(across, when)
        axes.set_xlim(-0.2, max(len(when) - 1, 0.5) * 1.42)
        axes.set_ylim(0, min(top, _PERCENT) if percent else top)
        axes.yaxis.set_major_formatter(lambda value, _: _number(value, percent))
        axes.grid(axis="y")
        return pictures(drawing, mark)


def bars(
    heading: str,
    labels: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    *,
    marked: Sequence[bool] = (),
    legend: tuple[str, str] = ("", ""),
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw horizontal bars, each with its figure at its end; `marked` ones are hatched and named in the legend."""
    with styled():
        drawing, axes = canvas(0.9 + 0.3 * len(labels))
        title(axes, heading)
        down = np.arange(len(labels))
        sizes = np.nan_to_num(np.array(values, dtype=float))
        flags = list(marked) or [False] * len(labels)
        for flag, (colour, hatch) in {False: (BLUE, ""), True: (SKY, "////")}.items():
            rows = [row for row, value in enumerate(flags) if bool(value) == flag]
            if rows:
                axes.barh(
                    down[rows], sizes[rows], color=colour, hatch=hatch, edgecolor=BLUE, label=legend[int(flag)] or None
                )
        for row, text in enumerate(texts):
            axes.annotate(text, (sizes[row], row), (4, 0), textcoords="offset points", va="center")
        _rows(axes, labels)
        axes.set_xlim(0, max(float(sizes.max(initial=0)), 1.0) * 1.2)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        if any(legend):
            axes.legend(loc="lower right", frameon=False)
        return pictures(drawing, mark)


def paired_bars(
    heading: str,
    labels: Sequence[str],
    pairs: Sequence[tuple[float, float]],
    names: tuple[str, str],
    *,
    prefix: str = "",
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw two bars a row (such as need and places), the second hatched, each with its figure after a `prefix`."""
    with styled():
        drawing, axes = canvas(1.0 + 0.52 * len(labels))
        title(axes, heading)
        down = np.arange(len(labels))
        for position, (colour, hatch) in enumerate(((ORANGE, ""), (SKY, "////"))):
            values = np.array([pair[position] for pair in pairs], dtype=float)
            offset = (position - 0.5) * 0.38
            axes.barh(
                down + offset,
                np.nan_to_num(values),
                0.36,
                color=colour,
                hatch=hatch,
                edgecolor=ORANGE if position == 0 else BLUE,
                label=names[position],
            )
            for row, value in enumerate(values):
                text = _HIDDEN if math.isnan(value) else prefix + _number(value)
                axes.annotate(
                    text,
                    (float(np.nan_to_num(value)), row + offset),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                )
        _rows(axes, labels)
        top = max((float(np.nan_to_num(value)) for pair in pairs for value in pair), default=1.0)
        axes.set_xlim(0, max(top, 1.0) * 1.15)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        drawing.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=2, frameon=False)
        return pictures(drawing, mark)


def stacked_shares(
    heading: str,
    labels: Sequence[str],
    segments: Mapping[str, Sequence[float]],
    texts: Mapping[str, Sequence[str]],
    *,
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw one bar a row, divided into named parts of its whole, each part with its figure where there is room."""
    looks = ((BLUE, "", "white"), (SKY, "", INK), (ORANGE, "", "white"), (SAND, "////", INK), (LIGHT, "....", INK))
    with styled():
        drawing, axes = canvas(1.35 + 0.62 * len(labels))
        title(axes, heading)
        down, left = np.arange(len(labels)), np.zeros(len(labels))
        for (name, values), (colour, hatch, ink) in zip(segments.items(), _repeat(looks), strict=False):
            sizes = np.nan_to_num(np.array(values, dtype=float)) * _PERCENT
            axes.barh(down, sizes, 0.55, left=left, color=colour, hatch=hatch, edgecolor="white", label=name)
            for row, size in enumerate(sizes):
                if size >= 6:
                    box = {"facecolor": colour, "edgecolor": "none", "pad": 1.0} if hatch else None
                    axes.text(
                        left[row] + size / 2, row, texts[name][row], color=ink, ha="center", va="center", bbox=box
                    )
            left = left + sizes
        _rows(axes, labels)
        axes.set_xlim(0, _PERCENT)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        drawing.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=2, frameon=False)
        return pictures(drawing, mark)


def dots(
    heading: str,
    labels: Sequence[str],
    points: Sequence[tuple[float, float, float]],
    texts: Sequence[str],
    *,
    percent: bool = False,
    axis: str = "",
    reference: float = math.nan,
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw a dot with its likely range on each row: `points` are (value, low, high); dashed at `reference`."""
    scale = _PERCENT if percent else 1.0
    with styled():
        drawing, axes = canvas(1.05 + 0.34 * len(labels))
        title(axes, heading)
        array = np.array(points, dtype=float).reshape(-1, 3) * scale
        for row, (value, low, high) in enumerate(array):
            if math.isnan(value):
                axes.annotate(_HIDDEN, (0, row), (4, 0), textcoords="offset points", va="center", color=GREY)
                continue
            axes.plot([low, high], [row, row], color=BLUE, linewidth=2.2, solid_capstyle="butt")
            axes.plot(value, row, "o", color=BLUE, markersize=6)
            axes.annotate(
                texts[row],
                (max(value, high), row),
                (6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
        if math.isfinite(reference):
            axes.axvline(reference * scale, color=GREY, linestyle="--", linewidth=1)
        _rows(axes, labels)
        top = np.nanmax(array, initial=1e-9)
        axes.set_xlim(0, top * 1.3)
        if percent:
            axes.set_xticks([tick for tick in range(0, 101, 20) if tick <= top * 1.3])
        axes.xaxis.set_major_formatter(lambda value, _: _number(value, percent))
        axes.set_xlabel(axis)
        axes.grid(axis="x")
        return pictures(drawing, mark)


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

    `when` names every step, past ones first; a tick is drawn every `ticks` steps counted back from the last past one.
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
                f"middle: {_number(end[1])}",
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
        bottom, highest = min(everything, default=0.0), max([*everything, 1.0])
        # Bands too thin to read from zero are drawn nearer, and the drawing says so.
        cut = bottom > 0.6 * highest
        axes.set_ylim(bottom - (highest - bottom) * 0.6 if cut else 0, highest + (highest - bottom) * 0.15)
        if cut:
            axes.set_ylabel("axis does not start at 0", fontsize=7.5, color=GREY)
        axes.legend(loc="upper left", frameon=False, fontsize=8)
        axes.yaxis.set_major_formatter(lambda value, _: _number(value))
        axes.grid(axis="y")
        return pictures(drawing, mark)


def panels(
    heading: str,
    groups: Mapping[str, Sequence[float]],
    texts: Mapping[str, Sequence[str]],
    rows: Sequence[str],
    *,
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw small multiples: for each group the same rows of bars, as shares of the group on one scale."""
    across = 3
    down = max(1, math.ceil(len(groups) / across))
    with styled():
        drawing, grid = canvas(0.7 + 1.75 * down, down, across, sharex=True, sharey=True, squeeze=False)
        title(grid[0, 0], heading)
        everything = [value for values in groups.values() for value in values if not math.isnan(value)]
        top = max(everything, default=1.0) * _PERCENT
        for axes in grid.flat[len(groups) :]:
            axes.set_visible(False)
        for axes, (group, values) in zip(grid.flat, groups.items(), strict=False):
            sizes = np.nan_to_num(np.array(values, dtype=float)) * _PERCENT
            axes.barh(np.arange(len(rows)), sizes, color=BLUE)
            for row, text in enumerate(texts[group]):
                axes.annotate(text, (sizes[row], row), (3, 0), textcoords="offset points", va="center", fontsize=7)
            axes.set_title(folded([group], 26)[0], fontsize=8.5, pad=4)
            axes.set_xlim(0, top * 1.3)
            axes.xaxis.set_visible(False)
            axes.spines["bottom"].set_visible(False)
            axes.tick_params(axis="y", length=0, labelsize=7.5)
            axes.set_yticks(np.arange(len(rows)), folded(list(rows), 22))
            axes.set_ylim(len(rows) - 0.5, -0.5)
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


def _repeat(looks: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str]]:
    return list(looks) * 3


def _rows(axes: Any, labels: Sequence[str]) -> None:
    axes.set_yticks(np.arange(len(labels)), folded(list(labels), 34))
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _top(lines: Sequence[Line], scale: float) -> float:
    values = [value * scale for line in lines for value in (*line.values, *line.high) if not math.isnan(value)]
    return max(values, default=1.0) or 1.0


def _number(value: float, percent: bool = False) -> str:
    return f"{value:.0f}%" if percent else f"{value:,.0f}"
