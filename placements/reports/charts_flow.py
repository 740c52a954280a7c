"""Who goes where? Bands from origins on the left to hosts on the right, as wide as the number of children shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from placements.reports.chart_style import BLUE, INK, ORANGE, SKY, TEAL, canvas, pictures, styled, title

#: Colours of the origins in turn; each is named at its end, so none has to be told by its colour.
_COLOURS: Final = (BLUE, ORANGE, TEAL, SKY)
_GAP: Final = 0.018
_LEFT, _RIGHT = 0.0, 1.0


def flows(
    heading: str, bands: Sequence[tuple[str, str, float]], *, ends: tuple[str, str], mark: str = ""
) -> tuple[bytes, bytes]:
    """Draw flows: each an origin, a host and a number above 0, both ends in the order in which they first occur.

    Parameters
    ----------
    ends : (str, str)
        What stands above the origins and above the hosts.

    Notes
    -----
    Ends have no number: what is shown of them adds up to less than all who are there.
    """
    left, right = (_stacked(bands, place) for place in (0, 1))
    rows = max(len(left), len(right))
    with styled():
        drawing, axes = canvas(1.0 + 0.27 * rows)
        title(axes, heading)
        whole = sum(number for *_, number in bands)
        tops = {0: {name: top for name, (top, _) in left.items()}, 1: {name: top for name, (top, _) in right.items()}}
        colours = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(left)}
        for origin, host, number in bands:
            size = _room(bands) * number / whole
            start, end = tops[0][origin], tops[1][host]
            axes.add_patch(_band(start, end, size, colours[origin]))
            tops[0][origin], tops[1][host] = start - size, end - size
        for place, (across, side, nodes) in enumerate(((_LEFT, "right", left), (_RIGHT, "left", right))):
            for name, (top, size) in nodes.items():
                axes.plot([across, across], [top, top - size], color=INK, linewidth=3, solid_capstyle="butt")
                axes.annotate(
                    name,
                    (across, top - size / 2),
                    (-6 if place == 0 else 6, 0),
                    textcoords="offset points",
                    ha=side,
                    va="center",
                    fontsize=7.5,
                )
            axes.annotate(
                ends[place], (across, 1.0), (0, 8), textcoords="offset points", ha="center", fontsize=8, weight="bold"
            )
        axes.set_xlim(-0.62, 1.62)
        axes.set_ylim(-0.02, 1.06)
        axes.axis("off")
        return pictures(drawing, mark)


def _room(bands: Sequence[tuple[str, str, float]]) -> float:
    """Return the height that all bands together have, beside the gaps between the ends of the fuller side."""
    most = max(len({band[place] for band in bands}) for place in (0, 1))
    return 1.0 - _GAP * (most - 1)


def _stacked(bands: Sequence[tuple[str, str, float]], place: int) -> Mapping[str, tuple[float, float]]:
    """Return top and height of each end, from the top down."""
    whole, room = sum(number for *_, number in bands), _room(bands)
    names = dict.fromkeys(str(band[place]) for band in bands)
    gap = (1.0 - room) / max(len(names) - 1, 1)
    found, top = {}, 1.0
    for name in names:
        size = room * sum(band[2] for band in bands if band[place] == name) / whole
        found[name] = (top, size)
        top -= size + gap
    return found


def _band(start: float, end: float, size: float, colour: str) -> Any:
    """Return a band between two heights, bent so that it leaves and arrives level."""
    middle = (_LEFT + _RIGHT) / 2
    points = [
        (_LEFT, start), (middle, start), (middle, end), (_RIGHT, end),
        (_RIGHT, end - size), (middle, end - size), (middle, start - size), (_LEFT, start - size), (_LEFT, start),
    ]  # fmt: skip
    moves = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    return PathPatch(Outline(points, moves), facecolor=colour, edgecolor="white", linewidth=0.5, alpha=0.6)
