"""How full are local places? Usable places, those that are held, and those that are vacant, by the area they are in.

Held places are children: their figures are those of the release, and what is vacant is hidden with them. All of it is
counted by area; no home and no household is a point or a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from placements import codes
from placements.analysis.avoidable import LOCAL_KINDS
from placements.analysis.capacity import capacity
from placements.disclosure.control.tables import group
from placements.disclosure.held import HELD
from placements.disclosure.suppress import SUPPRESSED
from placements.maps.figures import NOT_SHOWN_NOTE, Shown, count, shown
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, Table
from placements.maps.layers.measures import PLACES, PLACES_SOURCE, ROUNDING, classes_of, legend_of
from placements.maps.layers.shading import shaded_frame
from placements.maps.scene import Scene

_TITLES: Final = ("Vacant", "Usable places", "Held by anybody")
_NOTE: Final = (
    "Usable places in kinds that local need can be met by, less those that anybody's children hold. A vacancy does not "
    "suit every child, and not all of them are ours to have."
)
_WHAT: Final = {codes.CARE: "homes and carers", codes.EDUCATION: "special schools and SEN units"}


def vacancies(service: str) -> Callable[[Scene], Layer | None]:
    """Return the layer function of a service's vacant places by area."""

    def layer(scene: Scene) -> Layer | None:
        return _layer(scene, service)

    layer.__name__ = f"{service}_vacancy"
    return layer


def _layer(scene: Scene, service: str) -> Layer | None:
    provision = scene.county.provision
    local = provision[provision["service"].eq(service) & provision["provision"].isin(list(LOCAL_KINDS))]
    table = capacity(local, by=["area"])
    if table.empty:
        return None
    drawn = [str(area) for area in scene.areas["area"]]
    found = {area: _row(scene, service, area, float(table["usable_places"].get(area, 0.0))) for area in drawn}
    vacant = [row[0] for row in found.values()]
    classes = classes_of(PLACES, vacant, scene.internal)
    listed = sorted(drawn, key=lambda area: (-(found[area][0].value or 0.0), area))
    return Layer(
        key=f"{service}_vacancy",
        name="Vacant places",
        group=CARE_AREAS if service == codes.CARE else LEARNING_AREAS,
        frame=shaded_frame(scene, found, _TITLES, classes),
        legend=legend_of(classes, vacant),
        source=PLACES_SOURCE[service],
        date=scene.date,
        table=Table(
            caption=f"Usable and vacant places: {_WHAT[service]}, by area",
            columns=("Area", *_TITLES),
            rows=tuple((scene.area_names.get(area, area), *(one.text for one in found[area])) for area in listed),
            notes=(_NOTE, *(() if scene.internal else (ROUNDING, NOT_SHOWN_NOTE))),
            numeric=(1, 2, 3),
            marks=tuple({"area": area} for area in listed),
        ),
        note=_NOTE,
        service=service,
    )


def _row(scene: Scene, service: str, area: str, usable: float) -> tuple[Shown, Shown, Shown]:
    release, places = scene.figures.release, count(usable, scene.profile)
    if not len(release.plan.populations[HELD]):
        return places, places, shown("0")
    one = group(HELD, {"service": service, "area": area})
    held = shown(release.count(one))
    if held.value is None or places.value is None:
        return Shown(SUPPRESSED), places, held
    # Of the figures as shown: beside them, an exact difference would narrow down what is held.
    free = max(usable - release.value(one) if scene.internal else places.value - held.value, 0.0)
    return shown(f"{free:,.0f}"), places, held
