"""The same layers as pictures for reports: SVG and PNG in one style, on the National Grid, the same bytes every time.

A picture has what the page has beside a layer: title, legend, source, date, scale, north, and the marks that say that
the children are made up or that the copy is not to be shared. Texts in the SVG are texts: they can be searched.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from placements.errors import UsageError
from placements.maps import static_marks, style
from placements.maps.filters import label_of, view_values
from placements.maps.layer import BACKGROUND, CHOICES, Layer
from placements.maps.layers import build
from placements.maps.scene import Scene
from placements.maps.seen import legend, seen

FORMATS: Final = ("svg", "png")
_SIZE_IN: Final = (11.0, 7.6)
_DPI: Final = 150
#: As matplotlib names shapes, clips and hatches.
_HASHED: Final = re.compile(rb"\b[a-z][0-9a-f]{10}\b")
_MARK: Final = "#8a1c1c"
#: Share of the width that the map has; keys and notes have the rest.
_MAP: Final = 0.72
#: How much land is shown around the authority, as a share of its extent.
_AROUND: Final = 0.04
#: How many times as wide as the authority a map may be for names on it to have room.
_NEAR: Final = 2.5
_STYLE: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "text.color": style.INK,
    "hatch.linewidth": 0.7,
    "hatch.color": "#7d8893",
    "svg.hashsalt": "placements",
    "svg.fonttype": "none",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


def checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return formats of pictures, each once. Raises `UsageError` when one is not of `FORMATS`, or there is none."""
    strange = [kind for kind in formats if kind not in FORMATS]
    if strange or not formats:
        raise UsageError(f"static maps cannot be {', '.join(strange) or 'nothing'}; choose from {', '.join(FORMATS)}")
    return tuple(dict.fromkeys(formats))


@dataclass(frozen=True)
class Picture:
    """One static map: the name of its file without an ending, and its bytes by format."""

    name: str
    content: dict[str, bytes]


def pictures(
    scene: Scene, formats: Sequence[str] = FORMATS, layers: Sequence[Layer] | None = None
) -> Iterator[Picture]:
    """Yield a picture of every layer but backgrounds, and of each year, scenario and site where there are several.

    Parameters
    ----------
    scene : Scene
    formats : sequence of str
        Of `FORMATS`.
    layers : sequence of Layer, optional
        All layers of the scene, where they have been built already.
    """
    built = tuple(layers) if layers is not None else build(scene)
    for layer in built:
        if layer.group == BACKGROUND or not layer.drawn:
            continue
        for view in list(layer.views.legends) if layer.views and layer.views.default else [""]:
            yield Picture(_file_name(layer, view), _drawn(scene, built, layer, view, formats))


def _file_name(layer: Layer, view: str) -> str:
    words = "-".join([layer.key, *view_values(view).values()]).lower()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in words).split())


def _drawn(scene: Scene, layers: Sequence[Layer], layer: Layer, view: str, formats: Sequence[str]) -> dict[str, bytes]:
    with _styled():
        canvas = Figure(figsize=_SIZE_IN, dpi=_DPI)
        FigureCanvasAgg(canvas)
        axes = canvas.add_axes((0.0, 0.0, _MAP, 0.92))
        box = _extent(scene, layer)
        static_marks.ground(axes, box, _DPI)
        background = {one.key: one for one in layers if one.group == BACKGROUND}
        west, _, east, _ = scene.outline.bounds
        # Names are for where they have room: not where the county is small among all that flows lead to.
        near = box[2] - box[0] < _NEAR * (east - west)
        for key in ("neighbours", "authority"):
            if key in background:
                _features(axes, background[key], seen(background[key], layers), box, names=near)
        _features(axes, layer, seen(layer, layers, view), box)
        shaded = layer.group in CHOICES
        if "districts" in background:
            names = near and not shaded
            _features(axes, background["districts"], seen(background["districts"], layers), box, names=names)
        if shaded:
            static_marks.area_names(axes, seen(layer, layers, view))
        static_marks.north_and_scale(axes, box)
        _beside(canvas, scene, layer, view)
        return {kind: _bytes(canvas, kind) for kind in formats}


def _extent(scene: Scene, layer: Layer) -> tuple[float, float, float, float]:
    """Return west, south, east and north: of the authority, or of all that a layer of flows draws."""
    shapes = [scene.outline.envelope]
    if layer.group not in CHOICES:
        shapes += [shape.envelope for shape in layer.frame.geometry]
    west, south, east, north = shapely.union_all(shapes).bounds
    margin = _AROUND * max(east - west, north - south) + 1000.0
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    # The map fills its part of the sheet: the shorter side is made longer.
    wanted = _SIZE_IN[0] * _MAP / (_SIZE_IN[1] * 0.92)
    width, height = max(east - west, (north - south) * wanted), max(north - south, (east - west) / wanted)
    middle = ((west + east) / 2, (south + north) / 2)
    return middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2


def _features(
    axes: Any, layer: Layer, properties: Sequence[dict[str, Any]], box: tuple[float, ...], *, names: bool = True
) -> None:
    """Draw polygons, lines and marks of a layer, in its order."""
    sheet = shapely.box(*box)
    for shape, entry in zip(layer.frame.geometry, properties, strict=True):
        path = entry.get("style", {})
        if shape.geom_type.endswith("Polygon"):
            cut = shapely.intersection(shape, sheet)
            if cut.area:
                axes.add_patch(_patch(cut, path, bool(entry.get("hatch"))))
        elif shape.geom_type == "LineString":
            x, y = np.asarray(shape.coords).T
            axes.plot(x, y, color=path["color"], linewidth=0.75 * path["weight"], alpha=path["opacity"], zorder=4)
        elif "marker" in entry and sheet.covers(shape):
            static_marks.mark(axes, shape, entry, names=names)


def _patch(shape: Any, path: dict[str, Any], hatched: bool) -> PathPatch:
    rings = [ring for part in shapely.get_parts(shape) if part.geom_type == "Polygon"
             for ring in (part.exterior, *part.interiors)]  # fmt: skip
    corners = [np.asarray(ring.coords) for ring in rings]
    codes = [[Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY] for ring in corners]
    return PathPatch(
        Outline(np.concatenate(corners), [code for ring in codes for code in ring]),
        facecolor=style.SUPPRESSED_FILL if hatched else path.get("fillColor", "none"),
        edgecolor=path["color"],
        linewidth=0.75 * path["weight"],
        hatch="///" if hatched else None,
        zorder=2,
    )


def _beside(canvas: Figure, scene: Scene, layer: Layer, view: str) -> None:
    """Write the title above the map, and beside it the legend, the note, source and date, and the marks."""
    chosen = ", ".join(label_of(key, value) for key, value in view_values(view).items())
    group = layer.group.replace("Shade areas: ", "")
    heading = f"{scene.county.authority.name}: {layer.name[0].lower()}{layer.name[1:]}"
    canvas.text(0.015, 0.965, f"{heading}, {chosen}" if chosen else heading, fontsize=13, weight="bold", va="center")
    under = f"{group[0].upper()}{group[1:]}, {layer.date}"
    canvas.text(0.015, 0.935, under, fontsize=8.5, va="center", color=style.QUIET)
    down = static_marks.key(canvas, legend(layer, view), _MAP + 0.015, 0.9)
    notes = [layer.note, f"Source: {layer.source}.", f"{scene.boundary_words}."]
    notes += [] if scene.internal else ["Suppressed: from 1 to 5, or what would give such a number away."]
    text = "\n\n".join(textwrap.fill(note, 46) for note in notes if note)
    canvas.text(_MAP + 0.015, down - 0.02, text, fontsize=7, va="top", color=style.QUIET)
    marks = ["INTERNAL - NOT FOR SHARING"] if scene.internal else []
    marks += ["Synthetic data: no real children"] if scene.county.synthetic else []
    bold: dict[str, Any] = {"weight": "bold", "va": "center", "color": _MARK}
    for line, mark in enumerate(marks):
        canvas.text(0.985, 0.965 - 0.03 * line, mark, fontsize=9, ha="right", **bold)
    if scene.internal:
        canvas.text(_MAP / 2, 0.46, marks[0], fontsize=30, rotation=24, alpha=0.2, ha="center", **bold)


@contextmanager
def _styled() -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def _bytes(canvas: Figure, kind: str) -> bytes:
    """Return a drawing without times, program names or random ids."""
    out = io.BytesIO()
    unnamed: dict[str, Any] = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    canvas.savefig(out, format=kind, dpi=_DPI, metadata=unnamed)
    return _numbered(out.getvalue()) if kind == "svg" else out.getvalue()


def _numbered(svg: bytes) -> bytes:
    """Return an SVG with its hashed ids counted instead: eight digits of a hash can be read as a date."""
    names: dict[bytes, bytes] = {}
    return _HASHED.sub(lambda found: names.setdefault(found[0], b"n%d" % (len(names) + 1)), svg)
