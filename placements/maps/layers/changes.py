"""The same placements under other boundaries: each part, the share placed outside it, and who crosses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import shapely

from placements import codes
from placements.disclosure.restated import TITLES, ShownRestatement
from placements.geography.timeline import said
from placements.maps import style
from placements.maps.figures import NOT_SHOWN_NOTE, SUPPRESSED_WORDS
from placements.maps.geojson import arrival_degrees, curve, label_point
from placements.maps.layer import OTHER_BOUNDARIES, Layer, LegendItem, Table, frame
from placements.maps.scene import Scene

_WHO: Final = {codes.CARE: "Looked-after children", codes.EDUCATION: "EHC plans"}
_COLOUR: Final = {codes.CARE: style.CARE_FLOW, codes.EDUCATION: style.LEARNING_FLOW}
_SOURCE: Final = {codes.CARE: "SSDA903 returns", codes.EDUCATION: "SEN2 returns and GIAS"}


def restated(service: str) -> Callable[[Scene], Layer | None]:
    """Return the layer function of a service under the scene's boundary set; no layer when it has none."""

    def layer(scene: Scene) -> Layer | None:
        return None if scene.boundary_set is None else _layer(scene, service, scene.restated(service))

    layer.__name__ = f"{service}_restated"
    return layer


def _layer(scene: Scene, service: str, shown: ShownRestatement) -> Layer:
    boundaries = shown.boundaries
    texts_of = shown.summary.to_dict("index")
    shares = {name: texts_of[name]["share_out"] for name in boundaries.part_names}
    shapes, properties, points = [], [], {}
    for number, part in enumerate(boundaries.parts):
        own = scene.districts["code"].isin(part.districts).to_numpy(bool)
        shape = shapely.union_all(scene.districts.geometry.to_numpy()[own])
        texts = texts_of[part.name]
        fill = style.PART_COLOURS[number % len(style.PART_COLOURS)]
        shapes.append(shape)
        properties.append(
            {
                "label": part.name,
                "rows": [[title, _words(str(texts[name]))] for name, title in TITLES],
                "style": {"color": style.INK, "weight": 2.6, "opacity": 1, "fillColor": fill, "fillOpacity": 0.92},
            }
        )
        points[part.name] = label_point(shape)
    largest = float(shown.lines["count"].max()) if len(shown.lines) else 0.0
    for one, other, number in shown.lines.itertuples(index=False):
        line = curve(*((points[name].x, points[name].y) for name in (one, other)))
        width = style.flow_width(number, largest)
        described = {"label": f"{one} to {other}", "rows": [[_WHO[service], f"{number:,.0f}"]]}
        shapes += [line, line.interpolate(1, normalized=True), line.interpolate(0.5, normalized=True)]
        properties += [
            described | {"style": {"color": _COLOUR[service], "weight": width, "opacity": 0.8, "fill": False}},
            {
                "marker": {
                    "kind": "arrow",
                    "degrees": arrival_degrees(line),
                    "size": round(11 + 1.4 * width),
                    "colour": _COLOUR[service],
                }
            },
            {"marker": {"kind": "label", "text": f"{number:,.0f}", "class": "pm-district"}},
        ]
    for name, point in points.items():
        text = f"{name}: {shares[name]} outside" if shares[name].endswith("%") else name
        shapes.append(point)
        properties.append({"marker": {"kind": "label", "text": text, "class": "pm-part"}})
    today = _words(str(texts_of[boundaries.whole_name]["share_out"]))
    return Layer(
        key=f"{service}_restated",
        name=f"{_WHO[service]}: {' and '.join(boundaries.part_names)}",
        group=OTHER_BOUNDARIES,
        frame=frame(shapes, properties),
        legend=(
            *(
                LegendItem(name, "area", style.PART_COLOURS[number % len(style.PART_COLOURS)])
                for number, name in enumerate(boundaries.part_names)
            ),
            LegendItem("From one to the other", "line", _COLOUR[service], 4.0),
        ),
        source=f"{_SOURCE[service]}; {scene.county.postcode_source}",
        date=scene.date,
        table=_table(scene, service, shown),
        note=f"Placements of {scene.date} by the boundaries of {said(boundaries.parts[0].on)}. Each child counts where "
        f"its home is. Outside {boundaries.whole.name} today: {today}.",
        shown=scene.boundary_set_first and service == codes.CARE,
        service=service,
    )


def _table(scene: Scene, service: str, shown: ShownRestatement) -> Table:
    hosts = tuple(str(name) for name in shown.flows.columns)
    rows = tuple((str(name), *(str(row[host]) for host in hosts)) for name, row in shown.flows.to_dict("index").items())
    return Table(
        caption=f"{_WHO[service]} by who would be responsible (rows) and where they are placed (columns)",
        columns=("Responsible", *hosts),
        rows=rows[:-1],
        total=rows[-1],
        notes=(
            f"{shown.boundaries.title}.",
            *(
                ("Exact counts.",)
                if scene.internal
                else ("Counts are to the nearest 5 and rounded one by one, so they may not add up.", NOT_SHOWN_NOTE)
            ),
        ),
        numeric=tuple(range(1, len(hosts) + 1)),
    )


def _words(text: str) -> str:
    return SUPPRESSED_WORDS if text == "c" else "not available" if text == "x" else text
