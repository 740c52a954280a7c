"""Shaded planning areas: need, places available to us, the gap, and the share placed outside the authority."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from placements import codes
from placements.maps.figures import NOT_SHOWN_NOTE, TOTAL, AreaFigures, Shown
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, Table
from placements.maps.layers import closer
from placements.maps.layers.measures import (
    GAP,
    PLACES,
    PLACES_SOURCE,
    RETURNS,
    ROUNDING,
    SHARE,
    WHO,
    Measure,
    classes_of,
    legend_of,
)
from placements.maps.layers.shading import shaded_frame
from placements.maps.scene import Scene
from placements.schemas import AREA_OUTSIDE, AREA_UNKNOWN


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
    classes = classes_of(measure, values, scene.internal)
    rows = {area: tuple(row[name] for name, _ in measure.columns) for area, row in figures.items()}
    who = WHO[service]
    care = service == codes.CARE
    note = measure.note.format(who=who)
    return Layer(
        key=f"{service}_{measure.key}",
        name=measure.name,
        group=CARE_AREAS if care else LEARNING_AREAS,
        frame=shaded_frame(scene, rows, [title for _, title in measure.columns], classes),
        legend=legend_of(classes, values),
        source="; ".join(
            [RETURNS[service], *([] if measure is SHARE else [PLACES_SOURCE[service]]), scene.county.postcode_source]
        ),
        date=scene.date,
        table=_table(scene, figures, measure, who),
        note=note,
        shown=care and measure is GAP and not scene.boundary_set_first,
        service=service,
        views=closer.views(scene, service, measure),
    )


def _table(scene: Scene, figures: Mapping[str, AreaFigures], measure: Measure, who: str) -> Table:
    column = measure.columns[0][0]
    order = sorted(figures, key=lambda area: _largest_first(area, figures[area][column]))
    listed = [area for area in order if area != TOTAL]
    total = figures[TOTAL]
    where = "by area" if measure is PLACES else "by home area"
    return Table(
        caption=f"{measure.name}: {who}, {where}",
        columns=("Area", *(title for _, title in measure.columns)),
        rows=tuple(
            (scene.area_names.get(area, area), *(figures[area][name].text for name, _ in measure.columns))
            for area in listed
        ),
        notes=(measure.note.format(who=who), *(() if scene.internal else (ROUNDING, NOT_SHOWN_NOTE))),
        total=("All areas", *(total[name].text for name, _ in measure.columns)),
        numeric=tuple(range(1, len(measure.columns) + 1)),
        marks=tuple({"area": area} for area in listed),
    )


def _largest_first(area: str, shown: Shown) -> tuple[bool, float, str]:
    """Return the key that sorts by the figure shown, hidden ones after; what is no place on the map comes last."""
    value = math.inf if shown.value is None else -shown.value
    return area in (AREA_UNKNOWN, AREA_OUTSIDE), value, area
