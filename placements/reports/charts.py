"""What do the charts look like? Each draws figures that may be shown, and nothing else, and returns PNG and SVG.

Hidden figures are NaN: they are drawn as the word "hidden", never as nothing or as zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
    canvas,
    folded,
    number_text,
    pictures,
    styled,
    title,
)

_PERCENT: Final = 100.0
_HIDDEN: Final = "hidden"


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
        drawing, axes = canvas(1.0 + (0.5 if len(labels) <= 6 else 0.38) * len(labels))
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
                text = _HIDDEN if math.isnan(value) else prefix + number_text(value)
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
    targets: Sequence[float] = (),
    mark: str = "",
) -> tuple[bytes, bytes]:
    """Draw a dot with its likely range on each row: `points` are (value, low, high); dashed at `reference`.

    `targets` are drawn as crosses, one a row.
    """
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
                (max(value, high, targets[row] * scale if targets else 0.0), row),
                (8 if targets else 6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
        for row, aim in enumerate(targets):
            axes.plot(aim * scale, row, "X", color=ORANGE, markersize=7, markeredgecolor="white", markeredgewidth=0.6)
        if math.isfinite(reference):
            axes.axvline(reference * scale, color=GREY, linestyle="--", linewidth=1)
        _rows(axes, labels)
        top = max(np.nanmax(array, initial=1e-9), *(aim * scale for aim in (*targets, 0.0)))
        room = top * (1.12 + 0.018 * max(map(len, texts), default=0))
        least = np.nanmin(array, initial=top)
        cut = not percent and least > 0.6 * top
        axes.set_xlim(least - (top - least) * 0.5 if cut else 0, top + (top - least) * 0.35 if cut else room)
        if percent:
            axes.set_xticks([tick for tick in range(0, 101, 20) if tick <= room])
        axes.xaxis.set_major_formatter(lambda value, _: number_text(value, percent))
        axes.set_xlabel(f"{axis} (axis does not start at 0)" if cut else axis)
        axes.grid(axis="x")
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


def _repeat(looks: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str]]:
    return list(looks) * 3


def _rows(axes: Any, labels: Sequence[str]) -> None:
    axes.set_yticks(np.arange(len(labels)), folded(list(labels), 34))
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
