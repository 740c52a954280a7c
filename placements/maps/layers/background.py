"""The calm base: neighbouring authorities, the authority itself, and its districts with their names."""

from __future__ import annotations

from placements.maps import style
from placements.maps.geojson import label_point
from placements.maps.layer import BACKGROUND, Layer, LegendItem, Table, frame
from placements.maps.scene import Scene

_SQUARE_KM = 1e6
_NAMED_WITHIN_M = 13_000.0


def neighbours(scene: Scene) -> Layer:
    """Return the land around, authority by authority; those that adjoin are named where they meet the county."""
    adjoining = scene.adjoining
    around = scene.outline.buffer(_NAMED_WITHIN_M)
    shapes, properties = [], []
    for code, name, shape in zip(*(scene.surroundings[part] for part in ("code", "name", "geometry")), strict=True):
        # Its own coarse shape lies under the fine one, without a line of its own.
        own = code == scene.county.authority.code
        shapes.append(shape)
        properties.append({"style": _path(style.LINE, 0.0 if own else 0.8, style.LAND)})
        near = shape.intersection(around)
        if code in adjoining and near.area > 0:
            shapes.append(label_point(near))
            properties.append({"marker": {"kind": "label", "text": str(name), "class": "pm-neighbour"}})
    return Layer(
        key="neighbours",
        name="Authorities around",
        group=BACKGROUND,
        frame=frame(shapes, properties),
        legend=(LegendItem("Another authority", "outline", style.LINE, 0.8),),
        source=scene.county.postcode_source,
        date=scene.date,
        note="Derived from postcodes and much simplified. Adjoining authorities are named.",
        shown=True,
        interactive=False,
    )


def authority(scene: Scene) -> Layer:
    """Return the authority's own outline."""
    return Layer(
        key="authority",
        name=f"{scene.county.authority.name} boundary",
        group=BACKGROUND,
        frame=frame([scene.outline], [{"style": _path(style.INK, 2.6, style.PAPER)}]),
        legend=(LegendItem(f"Boundary of {scene.county.authority.name}", "line", style.INK, 2.6),),
        source=scene.county.postcode_source,
        date=scene.date,
        note=f"{scene.boundary_words}.",
        shown=True,
        interactive=False,
    )


def districts(scene: Scene) -> Layer:
    """Return the districts: outlines and names, with their areas in the table."""
    table = scene.districts.sort_values("name", kind="stable")
    shapes, properties, rows = [], [], []
    for code, name, shape in zip(table["code"], table["name"], table.geometry, strict=True):
        shapes += [shape, label_point(shape)]
        properties.append({"style": _path(style.QUIET, 1.0, None)})
        properties.append({"marker": {"kind": "label", "text": str(name), "class": "pm-district"}})
        rows.append((str(name), str(code), f"{shape.area / _SQUARE_KM:,.0f}"))
    return Layer(
        key="districts",
        name="Districts and their names",
        group=BACKGROUND,
        frame=frame(shapes, properties),
        legend=(LegendItem("District", "outline", style.QUIET, 1.0),),
        source=scene.county.postcode_source,
        date=scene.date,
        table=Table(
            caption=f"Districts of {scene.county.authority.name}",
            columns=("District", "Code", "Area as drawn (km²)"),
            rows=tuple(rows),
            notes=(f"{scene.boundary_words}.",),
            numeric=(2,),
        ),
        note=f"{scene.boundary_words}.",
        shown=True,
        interactive=False,
    )


def _path(colour: str, weight: float, fill: str | None) -> dict[str, object]:
    path: dict[str, object] = {"color": colour, "weight": weight, "opacity": 1, "fill": fill is not None}
    return path | ({"fillColor": fill, "fillOpacity": 1} if fill else {})
