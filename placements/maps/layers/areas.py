"""Shaded planning areas: need, places available to us, the gap, and the share placed outside the authority."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from placements import codes
from placements.disclosure.suppress import NOT_AVAILABLE
from placements.maps import style
from placements.maps.figures import NOT_SHOWN_NOTE, TOTAL, AreaFigures, Shown
from placements.maps.geojson import label_point
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, LegendItem, Table, frame
from placements.maps.scene import Scene
from placements.maps.style import Class
from placements.schemas import AREA_OUTSIDE, AREA_UNKNOWN

_WHO: Final = {codes.CARE: "looked-after children", codes.EDUCATION: "children and young people with an EHC plan"}
_RETURNS: Final = {codes.CARE: "SSDA903 returns", codes.EDUCATION: "SEN2 returns"}
_PLACES: Final = {codes.CARE: "Ofsted list and own registers", codes.EDUCATION: "GIAS"}
_MISSING: Final = Shown(NOT_AVAILABLE)
_ROUNDING: Final = "Counts are to the nearest 5 and rounded one by one, so they may not add up."


@dataclass(frozen=True)
class Measure:
    """What one shaded layer shows.

    Attributes
    ----------
    key, name : str
    columns : tuple of (str, str)
        Columns of `Figures.areas` with their headings in the table; the first is the one that shades.
    classes : callable
        From the values shown and the unit they are rounded to, to classes.
    note : str
    """

    key: str
    name: str
    columns: tuple[tuple[str, str], ...]
    classes: Callable[[Sequence[float], int], tuple[Class, ...]]
    note: str


_PARTS: Final = (("need", "Need for local places"), ("places", "Places available to us"), ("gap", "Gap"))
NEED: Final = Measure(
    "need",
    "Need for local places",
    (_PARTS[0], _PARTS[1], _PARTS[2]),
    lambda values, unit: style.count_classes(values, style.NEED_RAMP, unit),
    "Children placed in the county or avoidably outside it, by home area, in kinds that local places can be made for.",
)
PLACES: Final = Measure(
    "places",
    "Usable places available to us",
    (_PARTS[1], _PARTS[0], _PARTS[2]),
    lambda values, unit: style.count_classes(values, style.PLACES_RAMP, unit),
    "Places our children hold, and our share of usable vacant ones, by where the place is.",
)
GAP: Final = Measure(
    "gap",
    "Gap (need less places)",
    (_PARTS[2], _PARTS[0], _PARTS[1]),
    style.gap_classes,
    "Above 0: more need than places there (short). Below 0: more places than need there (spare, or used by children of "
    "other areas). A place serves more than its own area, so read neighbouring areas together.",
)
SHARE: Final = Measure(
    "share",
    "Share placed outside the authority",
    (("share", "Outside"), ("outside", "Placed outside"), ("known", "Of (location known)"), ("excluded", "Not known")),
    lambda values, _unit: style.share_classes(values),
    "Of all {who} whose placement's authority is known, by home area. Some are rightly outside.",
)


def shaded(service: str, measure: Measure) -> Callable[[Scene], Layer]:
    """Return the layer function of a measure for a service."""

    def layer(scene: Scene) -> Layer:
        return _layer(scene, service, measure)

    layer.__name__ = f"{service}_{measure.key}"
    return layer


def _layer(scene: Scene, service: str, measure: Measure) -> Layer:
    figures = scene.figures.areas[service]
    column = measure.columns[0][0]
    drawn = [str(area) for area in scene.areas["area"]]
    values = [figures[area][column] for area in drawn if area in figures]
    numbers = [shown.value for shown in values if shown.value is not None]
    classes = measure.classes(numbers, 1 if scene.internal else 5)
    shapes, properties = [], []
    for area, shape in zip(drawn, scene.areas.geometry, strict=True):
        row = figures.get(area, {})
        shown = row.get(column, _MISSING)
        shapes.append(shape)
        properties.append(
            {
                "label": scene.area_names.get(area, area),
                "rows": [[title, row[name].words] for name, title in measure.columns if row],
                "style": _style(shown, classes),
                "hatch": shown.suppressed,
                "value": "suppressed" if shown.suppressed else shown.text,
                "at": label_point(shape),
            }
        )
    who = _WHO[service]
    care = service == codes.CARE
    any_hidden = any(shown.suppressed for shown in values)
    legend = [LegendItem(one.label, "area", one.colour) for one in classes]
    legend += [LegendItem("Suppressed (c)", "hatch")] if any_hidden else []
    note = measure.note.format(who=who)
    return Layer(
        key=f"{service}_{measure.key}",
        name=measure.name,
        group=CARE_AREAS if care else LEARNING_AREAS,
        frame=frame(shapes, properties),
        legend=tuple(legend),
        source="; ".join(
            [_RETURNS[service], *([] if measure is SHARE else [_PLACES[service]]), scene.county.postcode_source]
        ),
        date=scene.date,
        table=_table(scene, figures, measure, who),
        note=note,
        shown=care and measure is GAP and not scene.boundary_set_first,
    )


def _style(shown: Shown, classes: Sequence[Class]) -> dict[str, object]:
    path: dict[str, object] = {"color": style.QUIET, "weight": 1, "opacity": 1, "fillOpacity": 0.92}
    if shown.suppressed:
        return path
    colour = style.PAPER if shown.value is None else style.class_of(shown.value, classes).colour
    return path | {"fillColor": colour}


def _table(scene: Scene, figures: Mapping[str, AreaFigures], measure: Measure, who: str) -> Table:
    column = measure.columns[0][0]
    rows = tuple(
        (scene.area_names.get(area, area), *(figures[area][name].text for name, _ in measure.columns))
        for area in sorted(figures, key=lambda area: _largest_first(area, figures[area][column]))
        if area != TOTAL
    )
    total = figures[TOTAL]
    where = "by area" if measure is PLACES else "by home area"
    return Table(
        caption=f"{measure.name}: {who}, {where}",
        columns=("Area", *(title for _, title in measure.columns)),
        rows=rows,
        notes=(measure.note.format(who=who), *(() if scene.internal else (_ROUNDING, NOT_SHOWN_NOTE))),
        total=("All areas", *(total[name].text for name, _ in measure.columns)),
        numeric=tuple(range(1, len(measure.columns) + 1)),
    )


def _largest_first(area: str, shown: Shown) -> tuple[bool, float, str]:
    """Return the key that sorts by the figure shown, hidden ones after; what is no place on the map comes last."""
    value = math.inf if shown.value is None else -shown.value
    return area in (AREA_UNKNOWN, AREA_OUTSIDE), value, area
