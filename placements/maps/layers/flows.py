"""Where children go: curved lines, as wide as the count, from the county or a planning area to host authorities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd
import shapely

from placements import codes
from placements.maps import style
from placements.maps.figures import NOT_SHOWN_NOTE, TOTAL, Flows
from placements.maps.geojson import arrival_degrees, curve
from placements.maps.layer import FLOWS, Layer, LegendItem, Table, frame
from placements.maps.scene import Scene, authority_label

_WHO: Final = {codes.CARE: "Looked-after children", codes.EDUCATION: "EHC plans"}
_COLOUR: Final = {codes.CARE: style.CARE_FLOW, codes.EDUCATION: style.LEARNING_FLOW}
_SOURCE: Final = {codes.CARE: "SSDA903 returns", codes.EDUCATION: "SEN2 returns and GIAS"}
_LEFT_OUT: Final = "Authorities without a flow that may be shown are left out."
#: Hosts named on the map beside their centre; the others are named in the pop-up and the table.
_LABELLED_HOSTS: Final = 12


def county(service: str) -> Callable[[Scene], Layer]:
    """Return the layer function of flows from the whole county to host authorities."""

    def layer(scene: Scene) -> Layer:
        name = scene.county.authority.name
        return _layer(scene, service, scene.figures.county_flows(service), f"{service}_flows", f"from {name}")

    layer.__name__ = f"{service}_flows"
    return layer


def by_area(service: str) -> Callable[[Scene], Layer]:
    """Return the layer function of flows from each planning area to host authorities."""

    def layer(scene: Scene) -> Layer:
        return _layer(scene, service, scene.figures.area_flows(service), f"{service}_area_flows", "by planning area")

    layer.__name__ = f"{service}_area_flows"
    return layer


def _layer(scene: Scene, service: str, flows: Flows, key: str, words: str) -> Layer:
    origins = _origins(scene)
    largest = float(flows.frame["count"].max()) if len(flows.frame) else 0.0
    shapes, properties, rows = [], [], []
    # Thin lines are drawn last, on top of wide ones.
    for origin, host, number in flows.frame[["origin", "authority", "count"]].itertuples(index=False):
        start, name = _origin_name(scene, str(origin)), authority_label(str(host))
        text = f"{number:,.0f}"
        rows.append((start, name, _adjoins(scene, str(host)), text))
        if origin not in origins or host not in scene.centres.index:
            continue
        width = style.flow_width(number, largest)
        line = curve(origins[str(origin)], _centre(scene, str(host)))
        described = {"label": f"{start} to {name}", "rows": [[_WHO[service], text]]}
        shapes += [line, line.interpolate(1, normalized=True)]
        properties.append({**described, "style": _path(_COLOUR[service], width)})
        properties.append(
            {
                "marker": {
                    "kind": "arrow",
                    "degrees": arrival_degrees(line),
                    "size": round(11 + 1.4 * width),
                    "colour": _COLOUR[service],
                }
            }
        )
    statement = _statement(flows, scene)
    who = _WHO[service]
    return Layer(
        key=key,
        name=f"{who}, {words}",
        group=FLOWS,
        frame=frame(shapes, properties),
        legend=_legend(largest, _COLOUR[service], "children" if service == codes.CARE else "plans"),
        source=f"{_SOURCE[service]}; {scene.county.postcode_source}",
        date=scene.date,
        table=Table(
            caption=f"{who} placed outside the authority, {words}",
            columns=("From", "To", "Adjoining", "Children"),
            rows=tuple(rows),
            notes=(statement,),
            numeric=(3,),
            marks=tuple({"area": str(origin)} for origin in flows.frame["origin"]),
        ),
        note=f"{statement} Lines run to the middle of the host authority, not to an address.",
        shown=key == "care_flows" and not scene.boundary_set_first,
        service=service,
    )


def hosts(scene: Scene) -> Layer:
    """Return host authorities: a circle at the middle of each one's postcodes, for those that may be shown."""
    parts = {service: scene.figures.county_flows(service).frame for service in codes.SERVICES}
    table = pd.concat([part.set_index("authority")["count"].rename(service) for service, part in parts.items()], axis=1)
    table = table.reindex(columns=list(codes.SERVICES)).astype(float)
    order = table.max(axis=1).sort_values(ascending=False, kind="stable").index
    shapes, properties, rows = [], [], []
    for position, host in enumerate(order):
        name = authority_label(str(host))
        hosted = [scene.figures.hosted(service, str(host)) for service in codes.SERVICES]
        rows.append((name, _adjoins(scene, str(host)), *(shown.text for shown in hosted)))
        if host not in scene.centres.index:
            continue
        point = shapely.Point(_centre(scene, str(host)))
        shapes.append(point)
        properties.append(
            {
                "label": name,
                "rows": [[_WHO[service], shown.words] for service, shown in zip(codes.SERVICES, hosted, strict=True)],
                "marker": {"kind": "circle", "size": 4},
                "style": {"color": style.INK, "weight": 1.5, "fillColor": style.PAPER, "fillOpacity": 1},
            }
        )
        if position < _LABELLED_HOSTS and host not in scene.adjoining:
            shapes.append(point)
            properties.append({"marker": {"kind": "label", "text": name, "class": "pm-host"}})
    return Layer(
        key="hosts",
        name="Host authorities",
        group=FLOWS,
        frame=frame(shapes, properties),
        legend=(LegendItem("Middle of a host authority's postcodes", "circle", style.INK),),
        source=f"SSDA903 and SEN2 returns; {scene.county.postcode_source}",
        date=scene.date,
        table=Table(
            caption="Host authorities: where our children are placed outside the authority",
            columns=("Authority", "Adjoining", "Looked-after children", "EHC plans"),
            rows=tuple(rows),
            notes=(_LEFT_OUT, *(() if scene.internal else (NOT_SHOWN_NOTE,))),
            numeric=(2, 3),
        ),
        note=_LEFT_OUT,
        shown=not scene.boundary_set_first,
    )


def _origins(scene: Scene) -> dict[str, tuple[float, float]]:
    return {TOTAL: scene.middle} | {area: (point.x, point.y) for area, point in scene.area_points.items()}


def _origin_name(scene: Scene, origin: str) -> str:
    return scene.county.authority.name if origin == TOTAL else scene.area_names.get(origin, origin)


def _centre(scene: Scene, host: str) -> tuple[float, float]:
    easting, northing = scene.centres.loc[host, ["easting", "northing"]].to_numpy(float)
    return float(easting), float(northing)


def _adjoins(scene: Scene, host: str) -> str:
    return "yes" if host in scene.adjoining else "no"


def _path(colour: str, width: float) -> dict[str, object]:
    return {"color": colour, "weight": width, "opacity": 0.66, "fill": False, "lineCap": "butt"}


def _statement(flows: Flows, scene: Scene) -> str:
    if scene.internal:
        return f"All {flows.total.text} children placed outside the authority."
    if not flows.flows_left_out:
        return f"All flows are shown; {flows.total.text} children in all."
    total = "a number that is not shown" if flows.total.suppressed else flows.total.text
    left = f"{flows.flows_left_out} smaller or suppressed flow{'s' if flows.flows_left_out > 1 else ''}"
    return (
        f"Only flows of 6 or more are shown, to the nearest 5; {left} left out. Children placed outside the authority "
        f"in all: {total}."
    )


def _legend(largest: float, colour: str, who: str) -> tuple[LegendItem, ...]:
    if not largest:
        return (LegendItem("No flow is large enough to be shown", "key"),)
    steps = sorted({largest, style.nice_step(largest / 3, 5), 10.0})
    return tuple(
        LegendItem(f"{value:,.0f} {who}", "line", colour, style.flow_width(value, largest))
        for value in steps
        if value <= largest
    )
