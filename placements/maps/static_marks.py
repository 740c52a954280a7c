"""The small things on a static map: ground, names and figures of areas, marks of points, the key, north and scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from placements.maps import style
from placements.maps.layer import LegendItem

#: Shapes of markers on the page, as matplotlib calls them.
_SHAPES: Final[Mapping[str, str]] = {
    "square": "s",
    "diamond": "D",
    "triangle": "^",
    "house": "p",
    "heart": "h",
    "circle": "o",
    "number": "o",
}
_MILE_M: Final = 1609.344
#: Behind text, so that it can be read on any colour. An outline of the letters would make shapes of the text.
_GROUND: Final[Mapping[str, Any]] = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.9}


def ground(axes: Any, box: tuple[float, float, float, float], dpi: int) -> None:
    """Prepare axes in metres on a plain ground: water, until land is drawn on it."""
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.add_patch(Rectangle((box[0], box[1]), box[2] - box[0], box[3] - box[1], facecolor=style.WATER, zorder=0))
    axes.figure.set_dpi(dpi)


def area_names(axes: Any, properties: Sequence[Mapping[str, Any]]) -> None:
    """Write the name of each area, and its figure below: colour alone says nothing."""
    for entry in properties:
        if "at" in entry and entry.get("label"):
            point = entry["at"]
            text = f"{entry['label']}\n{entry.get('value', '')}".rstrip()
            _write(axes, point, text, size=7.5, weight="bold")


def mark(axes: Any, shape: Any, entry: Mapping[str, Any], *, names: bool) -> None:
    """Draw one point: a label, the head of an arrow, a number in a circle, or a symbol told apart by its shape."""
    marker, path = entry["marker"], entry.get("style", {})
    kind = marker["kind"]
    if kind == "label":
        if names:
            _write(axes, shape, marker["text"], size=6.5, weight="normal", colour=style.QUIET)
        return
    if kind == "arrow":
        axes.plot(shape.x, shape.y, marker=(3, 0, -marker["degrees"]), markersize=0.5 * marker["size"],
                  color=marker["colour"], zorder=5)  # fmt: skip
        return
    symbol = _SHAPES.get(marker.get("shape", kind), "o")
    colour = marker.get("colour", path.get("fillColor", style.PAPER))
    size = 0.9 * marker.get("size", 11)
    edge = path.get("color", style.PAPER)
    if kind == "number":
        colour, edge = style.PAPER, style.HOME_COLOUR
        axes.annotate(marker["text"], (shape.x, shape.y), ha="center", va="center", fontsize=7, zorder=8)
    if entry.get("marker", {}).get("kind") == "site":
        size = 11
    axes.plot(shape.x, shape.y, marker=symbol, markersize=size, color=colour, markeredgecolor=edge, zorder=6)


def key(canvas: Figure, items: Sequence[LegendItem], left: float, top: float) -> float:
    """Draw the legend downwards from a point of the sheet; return where it ends."""
    for item in items:
        middle = top - 0.012
        if item.swatch in ("area", "hatch", "outline"):
            fill = {"area": item.colour, "hatch": style.SUPPRESSED_FILL, "outline": "none"}[item.swatch]
            edge = item.colour if item.swatch == "outline" else style.QUIET
            box = Rectangle((left, middle - 0.009), 0.026, 0.018, facecolor=fill, edgecolor=edge, linewidth=0.7)
            if item.swatch == "hatch":
                box.set_hatch("////")
            box.set_transform(canvas.transFigure)
            canvas.add_artist(box)
        elif item.swatch == "line":
            canvas.add_artist(
                Line2D([left, left + 0.026], [middle, middle], color=item.colour, linewidth=0.75 * item.width)
            )
        elif item.swatch in _SHAPES:
            canvas.add_artist(
                Line2D([left + 0.013], [middle], marker=_SHAPES[item.swatch], color=item.colour, markersize=7)
            )
        canvas.text(left + 0.034, middle, item.label, va="center", fontsize=8)
        top -= 0.03
    return top


def north_and_scale(axes: Any, box: tuple[float, float, float, float]) -> None:
    """Draw a bar of whole miles in a corner, and an arrow to grid north."""
    width, height = box[2] - box[0], box[3] - box[1]
    longest = width * 0.22 / _MILE_M
    step = 10.0 ** math.floor(math.log10(longest))
    length = max(unit * step for unit in (1, 2, 5) if unit * step <= longest)
    x, y = box[0] + 0.03 * width, box[1] + 0.04 * height
    axes.plot([x, x + length * _MILE_M], [y, y], color=style.INK, linewidth=2.2, solid_capstyle="butt", zorder=9)
    axes.text(x + length * _MILE_M / 2, y + 0.01 * height, f"{length:g} mile{'s' if length != 1 else ''}", ha="center",
              va="bottom", fontsize=7.5, zorder=9)  # fmt: skip
    x, y = box[2] - 0.04 * width, box[3] - 0.04 * height
    arrow = {"arrowstyle": "-|>", "color": style.INK, "linewidth": 1.4}
    axes.annotate("", (x, y), (x, y - 0.07 * height), arrowprops=arrow, zorder=9)
    axes.text(x, y - 0.075 * height, "N", ha="center", va="top", fontsize=9, weight="bold", zorder=9)


def _write(axes: Any, point: Any, text: str, *, size: float, weight: str, colour: str = style.INK) -> None:
    axes.text(
        point.x,
        point.y,
        text,
        ha="center",
        va="center",
        ma="center",
        fontsize=size,
        weight=weight,
        color=colour,
        zorder=7,
        clip_on=True,
        bbox=_GROUND,
    )
