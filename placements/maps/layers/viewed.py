"""A layer of planning areas that always shows one of several views, such as a year: the table has all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from placements.maps import filters
from placements.maps.figures import Shown
from placements.maps.layer import Layer, Table, Views, frame
from placements.maps.layers.measures import MISSING, area_style, fill_of, legend_of
from placements.maps.scene import Scene
from placements.maps.style import Class

#: By view (the value of the filter), then by area: the figures of a row as they may be shown.
Rows = Mapping[str, Mapping[str, tuple[Shown, ...]]]


@dataclass(frozen=True)
class Shade:
    """One layer over a table of views: what it is called, and by which figure of a row it shades, in which classes."""

    key: str
    name: str
    figure: int
    classes: Sequence[Class]
    note: str


def viewed_layers(
    scene: Scene,
    rows: Rows,
    shades: Sequence[Shade],
    *,
    filter_key: str,
    columns: tuple[str, ...],
    caption: str,
    group: str,
    service: str,
    source: str,
    date: str,
    notes: tuple[str, ...],
    default: str,
) -> tuple[Layer, ...]:
    """Return a layer for each shade; the first has the table, which the others look their figures up in.

    Parameters
    ----------
    columns : tuple of str
        Headings: of the filter's value, of the area, then of each figure.
    default : str
        The view that is shown first.
    """
    table_rows, marks = [], []
    for value, found in rows.items():
        label = filters.label_of(filter_key, value)
        view = filters.view_name(**{filter_key: value})
        for area, texts in found.items():
            table_rows.append((label, scene.area_names.get(area, area), *(one.text for one in texts)))
            fills = " ".join(fill_of(texts[shade.figure], shade.classes) for shade in shades)
            marks.append({"view": view, "area": area, "fill": fills, filter_key: value})
    table = Table(
        caption=caption,
        columns=columns,
        rows=tuple(table_rows),
        notes=notes,
        numeric=tuple(range(2, len(columns))),
        marks=tuple(marks),
    )
    properties = [
        {"area": area, "label": scene.area_names.get(area, area), "at": point, "style": area_style(MISSING, ())}
        for area, point in scene.area_points.items()
    ]
    return tuple(
        Layer(
            key=shade.key,
            name=shade.name,
            group=group,
            frame=frame(list(scene.areas.geometry), properties),
            legend=legend_of(
                shade.classes, [texts[shade.figure] for found in rows.values() for texts in found.values()]
            ),
            source=source,
            date=date,
            table=table if position == 0 else None,
            note=shade.note,
            service=service,
            views=Views(
                table=shades[0].key,
                filters=(filter_key,),
                column=2 + shade.figure,
                measure=position,
                legends={
                    filters.view_name(**{filter_key: value}): legend_of(
                        shade.classes, [texts[shade.figure] for texts in found.values()]
                    )
                    for value, found in rows.items()
                },
                default=filters.view_name(**{filter_key: default}),
            ),
        )
        for position, shade in enumerate(shades)
    )
