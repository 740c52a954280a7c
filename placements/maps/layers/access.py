"""How well are local places reached? In bands and words that give no place and no child away (`analysis.access_bands`).

Schools are public, so theirs are told by area; homes, carers and kinds of school with a confidential site are told for
the whole authority only, in a table: from several areas their distances would meet at a door.
"""

from __future__ import annotations

from typing import Final

from placements import codes
from placements.analysis.access_bands import ALL_AREAS
from placements.analysis.gap import WANTED_LABEL
from placements.maps import filters, style
from placements.maps.figures import Shown
from placements.maps.layer import CARE_AREAS, LEARNING_AREAS, Layer, LegendItem, Table, frame
from placements.maps.layers.viewed import Shade, viewed_layers
from placements.maps.scene import Scene
from placements.maps.style import Class

#: The bands of `analysis.access_bands` in order, as classes of their position.
_BANDS: Final = ("under 0.5", "0.5 to 1", "1 to 2", "2 or more")
_CLASSES: Final = tuple(
    Class(position, position + 1, colour, f"{band} places a child")
    for position, (band, colour) in enumerate(zip(_BANDS, style.ACCESS_RAMP, strict=True))
)
_NOTE: Final = (
    "Places that suit and can be reached, for each child that competes for them, from the middle of the area; and the "
    "nearest with a vacancy."
)
_COLUMNS: Final = ("Kind of place", "Area", "Places for each child", "Nearest vacancy (miles)")


def schools(scene: Scene) -> Layer | None:
    """Return access to school places by area, one kind at a time."""
    rows: dict[str, dict[str, tuple[Shown, ...]]] = {}
    for row in _rows(scene):
        if row["service"] == codes.EDUCATION and row["area"] != ALL_AREAS:
            rows.setdefault(row["provision"], {})[row["area"]] = (
                _band(row["places_per_child"]),
                Shown(row["nearest_vacancy"]),
            )
    if not rows:
        return None
    return viewed_layers(
        scene,
        rows,
        (Shade("education_access", "Access to school places", 0, _CLASSES, _NOTE),),
        filter_key=filters.KIND,
        columns=_COLUMNS,
        caption="Access to school places by home area",
        group=LEARNING_AREAS,
        service=codes.EDUCATION,
        source=f"SEN2 returns and GIAS; straight-line miles; {scene.county.postcode_source}",
        date=scene.date,
        notes=(_NOTE, "Nothing is said of areas with fewer than 10 children."),
        default=next(iter(rows)),
    )[0]


def homes_and_carers(scene: Scene) -> Layer | None:
    """Return the table of access to what may be told for the whole authority only."""
    rows = [row for row in _rows(scene) if row["area"] == ALL_AREAS]
    if not rows:
        return None
    return Layer(
        key="care_access",
        name="Access to homes and carers",
        group=CARE_AREAS,
        frame=frame([], []),
        legend=(LegendItem("A table: told for the whole authority only", "key"),),
        source=f"SSDA903 returns, Ofsted list and own registers; straight-line miles; {scene.county.postcode_source}",
        date=scene.date,
        table=Table(
            caption="Access to homes, carers and confidential places, whole authority",
            columns=(_COLUMNS[0], *_COLUMNS[2:]),
            rows=tuple(
                (WANTED_LABEL.get(row["provision"], row["provision"]), row["places_per_child"], row["nearest_vacancy"])
                for row in rows
            ),
            notes=(_NOTE, "By area, distances would meet at the door of a home: so for the whole authority only."),
            numeric=(1, 2),
        ),
        service=codes.CARE,
        drawn=False,
    )


def _rows(scene: Scene) -> list[dict[str, str]]:
    return [
        {name: str(row[name]) for name in ("service", "provision", "area", "places_per_child", "nearest_vacancy")}
        for row in scene.access.to_dict("records")
    ]


def _band(text: str) -> Shown:
    return Shown(text, float(_BANDS.index(text)) if text in _BANDS else None)
