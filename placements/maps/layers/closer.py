"""A closer look at the shaded areas: need, places, gap and share by need, age and kind of place. A table and its views.

All rows come from one joint release (`disclosure.explored`). A combination that is not in it is shown as not published,
never as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from placements import codes
from placements.maps import filters
from placements.maps.figures import MINUS, NOT_SHOWN_NOTE, Shown, shown
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, LegendItem, Table, Views, frame
from placements.maps.layers.measures import MEASURES, ROUNDING, WHO, Measure, classes_of, fill_of, legend_of
from placements.maps.scene import Scene
from placements.maps.style import Class

#: Filter by breakdown of `analysis.gap`.
_FILTER_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"need": filters.NEED, "age_band": filters.AGE, "provision": filters.KIND}
)
FILTERS: Final = tuple(_FILTER_OF.values())
#: Figures of a row of the release, by the measure that shades by them.
_FIGURES: Final = ("need_local", "available_to_us", "gap", "out_of_county")
_COLUMNS: Final = ("Of whom", "Area", "Need for local places", "Places available to us", "Gap", "Placed outside")
_ONE: Final = (
    "By one characteristic at a time: two at once are not published, because hardly a number could be shown. Only of "
    "children in kinds of placement that local places can be made for, the share outside too."
)


def table_key(service: str) -> str:
    """Return the key of the table that a service's shaded layers look figures up in."""
    return f"{service}_closer"


def views(scene: Scene, service: str, measure: Measure) -> Views:
    """Return what a measure's layer shows when a reader filters by need, age or kind of place."""
    position = MEASURES.index(measure)
    found = _figures(scene, service)
    legends = {
        view: legend_of(classes[position], [row[position] for row in found[view].values()])
        for view, classes in _classes(found, scene.internal).items()
    }
    return Views(table_key(service), FILTERS, len(_COLUMNS) - len(_FIGURES) + position, position, legends)


def table(service: str) -> Callable[[Scene], Layer]:
    """Return the layer function of a service's table; nothing of it is drawn by itself."""

    def layer(scene: Scene) -> Layer:
        return _layer(scene, service)

    layer.__name__ = table_key(service)
    return layer


def _layer(scene: Scene, service: str) -> Layer:
    figures = _figures(scene, service)
    classes = _classes(figures, scene.internal)
    rows, marks = [], []
    for view, found in figures.items():
        values = filters.view_values(view)
        label = ", ".join(filters.label_of(key, value) for key, value in values.items())
        for area, texts in found.items():
            rows.append((label, scene.area_names.get(area, area), *(one.text for one in texts)))
            fills = " ".join(fill_of(one, classes[view][at]) for at, one in enumerate(texts))
            marks.append({"view": view, "area": area, "fill": fills, **values})
    who = WHO[service]
    return Layer(
        key=table_key(service),
        name="By need, age and kind of place",
        group=CARE_AREAS if service == codes.CARE else LEARNING_AREAS,
        frame=frame([], []),
        legend=(LegendItem("A table: choose need, age or kind of place to shade the areas by it", "key"),),
        source=scene.county.postcode_source,
        date=scene.date,
        table=Table(
            caption=f"Need, places and gap by need, age and kind of place: {who}, by home area",
            columns=_COLUMNS,
            rows=tuple(rows),
            notes=("Exact figures.",) if scene.internal else (_ONE, ROUNDING, NOT_SHOWN_NOTE),
            numeric=(2, 3, 4, 5),
            marks=tuple(marks),
        ),
        service=service,
        drawn=False,
    )


def _figures(scene: Scene, service: str) -> dict[str, dict[str, tuple[Shown, ...]]]:
    """Return by view, then area, the figures that may be shown in the order of `_FIGURES`."""
    found: dict[str, dict[str, tuple[Shown, ...]]] = {}
    for part in scene.explored:
        for keys, texts in zip(part.keys.to_dict("records"), part.texts, strict=True):
            if keys["service"] == service:
                values = {_FILTER_OF[name]: str(keys[name]) for name in part.by if name in _FILTER_OF}
                row = tuple(shown(texts[name].replace("-", MINUS)) for name in _FIGURES)
                found.setdefault(filters.view_name(**values), {})[str(keys["area"])] = row
    return found


def _classes(
    found: Mapping[str, Mapping[str, tuple[Shown, ...]]], internal: bool
) -> dict[str, tuple[tuple[Class, ...], ...]]:
    """Return by view the classes of each measure."""
    return {
        view: tuple(
            classes_of(measure, [row[at] for row in rows.values()], internal) for at, measure in enumerate(MEASURES)
        )
        for view, rows in found.items()
    }
