"""What do placements cost? The mean weekly cost of each area's children: three figures, of at least 10 children."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.cost import cost
from placements.analysis.snapshot import looked_after, plans_in_force
from placements.disclosure.control.tables import group
from placements.disclosure.suppress import SUPPRESSED, money_text, yearly_money_text
from placements.maps import style
from placements.maps.figures import NOT_SHOWN_NOTE, Shown, shown
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, Table
from placements.maps.layers.measures import RETURNS, WHO, legend_of
from placements.maps.layers.shading import shaded_frame
from placements.maps.scene import Scene

_TITLES: Final = ("Mean weekly cost", "A year of those with a known cost", "Children and young people")
_NOTE: Final = (
    "Mean weekly cost of today's placements of children from the area, recorded or assumed from the study's costs, "
    "wherever they are placed. Of at least 10 children."
)


def mean_cost(service: str) -> Callable[[Scene], Layer | None]:
    """Return the layer function of a service: its mean weekly cost by home area."""

    def layer(scene: Scene) -> Layer | None:
        return _layer(scene, service)

    layer.__name__ = f"{service}_cost"
    return layer


def _layer(scene: Scene, service: str) -> Layer | None:
    stock = (looked_after if service == codes.CARE else plans_in_force)(scene.county.placements, scene.county.snapshot)
    table = cost(stock, by=["home_area"])
    if not table["costed"].sum():
        return None
    found = {str(area): _row(scene, service, table.loc[area]) for area in table.index}
    classes = style.money_classes([row[0].value for row in found.values() if row[0].value is not None])
    drawn = [str(area) for area in scene.areas["area"]]
    listed = sorted(found, key=lambda area: (area not in drawn, -(found[area][0].value or 0), area))
    return Layer(
        key=f"{service}_cost",
        name="Mean weekly cost",
        group=CARE_AREAS if service == codes.CARE else LEARNING_AREAS,
        frame=shaded_frame(scene, found, _TITLES, classes),
        legend=legend_of(classes, [row[0] for row in found.values()]),
        source=f"{RETURNS[service]}, census and own registers, and unit costs of the study",
        date=scene.date,
        table=Table(
            caption=f"Mean weekly cost: {WHO[service]}, by home area",
            columns=("Area", *_TITLES),
            rows=tuple((scene.area_names.get(area, area), *(one.text for one in found[area])) for area in listed),
            notes=(_NOTE, *(() if scene.internal else (NOT_SHOWN_NOTE,))),
            numeric=(1, 2, 3),
            marks=tuple({"area": area} for area in listed),
        ),
        note=_NOTE,
        service=service,
    )


def _row(scene: Scene, service: str, row: pd.Series) -> tuple[Shown, Shown, Shown]:
    one = group(service, {"home_area": str(row.name)})
    release = scene.figures.release
    number = shown(release.count(one))
    costed, mean = float(row["costed"]), float(row["mean_weekly_cost_gbp"])
    if number.suppressed:
        return Shown(SUPPRESSED), Shown(SUPPRESSED), number
    total = yearly_money_text(mean, costed, scene.profile)
    return shown(money_text(mean, costed, scene.profile)), shown(total), number
