"""A closer look at the shaded areas: need, places and gap by need, age and kind of place. A table, and its views.

All figures are of the one release of the county. A combination that is not in it is shown as not published, never as
zero; inside, where nothing is hidden, two characteristics can be combined.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from placements import codes
from placements.disclosure.local_gap import local_gap_texts, local_need_group
from placements.maps import filters
from placements.maps.figures import MINUS, NOT_SHOWN_NOTE, Shown, shown
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, LegendItem, Table, Views, frame
from placements.maps.layers.measures import GAP, NEED, PLACES, ROUNDING, WHO, Measure, classes_of, fill_of, legend_of
from placements.maps.scene import Scene
from placements.maps.style import Class

#: Filter by breakdown of `analysis.gap`.
FILTER_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"need": filters.NEED, "age_band": filters.AGE, "provision": filters.KIND}
)
FILTERS: Final = tuple(FILTER_OF.values())
#: Measures that there are such figures of, in the order of the columns.
MEASURES: Final = (NEED, PLACES, GAP)
_COLUMNS: Final = ("Of whom", "Area", "Need for local places", "Places available to us", "Gap")
_ONE: Final = (
    "By one characteristic at a time: two at once are not published, because hardly a number could be shown. "
    "A provider that takes several needs or ages is shared out over them in proportion to need."
)
#: By view, then by area: need, places and gap as they may be shown.
_Figures = Mapping[str, Mapping[str, tuple[Shown, ...]]]


def table_key(service: str) -> str:
    """Return the key of the table that a service's shaded layers look figures up in."""
    return f"{service}_closer"


def views(scene: Scene, service: str, measure: Measure) -> Views | None:
    """Return what a measure's layer shows when a reader filters by need, age or kind of place; None if nothing."""
    if measure not in MEASURES:
        return None
    position, found = MEASURES.index(measure), _figures(scene, service)
    legends = {
        view: legend_of(classes[position], [row[position] for row in found[view].values()])
        for view, classes in _classes(found, scene.internal).items()
    }
    return Views(table_key(service), FILTERS, len(_COLUMNS) - len(MEASURES) + position, position, legends)


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
            numeric=(2, 3, 4),
            marks=tuple(marks),
        ),
        service=service,
        drawn=False,
    )


def _figures(scene: Scene, service: str) -> _Figures:
    single = [(name,) for name in FILTER_OF]
    pairs = list(itertools.combinations(FILTER_OF, 2)) if scene.internal else []
    found: dict[str, dict[str, tuple[Shown, ...]]] = {}
    for by in (*single, *pairs):
        table = scene.sufficiency(("service", *by, "area"))
        for row in table[table["service"].eq(service)].to_dict("records"):
            view = filters.view_name(**{FILTER_OF[name]: str(row[name]) for name in by})
            found.setdefault(view, {})[str(row["area"])] = _row(scene, row, by)
    return found


def _row(scene: Scene, row: Mapping[Any, Any], by: Sequence[str]) -> tuple[Shown, ...]:
    need = "" if scene.internal else scene.figures.release.count(local_need_group(row, by))
    texts = local_gap_texts(need, float(row["need_local"]), float(row["available_to_us"]), scene.profile)
    return tuple(shown(text.replace("-", MINUS)) for text in texts)


def _classes(found: _Figures, internal: bool) -> dict[str, tuple[tuple[Class, ...], ...]]:
    """Return by view the classes of each measure."""
    return {
        view: tuple(
            classes_of(measure, [row[at] for row in rows.values()], internal) for at, measure in enumerate(MEASURES)
        )
        for view, rows in found.items()
    }
