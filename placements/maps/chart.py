"""folium's part of the page: one map and a GeoJson layer for each of ours, with names and bytes that do not change."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import folium
import geopandas as gpd
from folium.utilities import JsCode

from placements.maps.geojson import feature_collection
from placements.maps.layer import Layer
from placements.maps.scene import Scene

MAP_NAME: Final = "placements"
#: Zoom from which district names, and those of authorities around, do not lie on each other.
_NAMES_FROM, _NEIGHBOURS_FROM = 8.5, 9.25
#: Zoom from which the values of planning areas fit: many small ones need a closer look.
_VALUES_FROM, _SMALL_VALUES_FROM = 8.5, 10.5
_FEW_AREAS: Final = 20


def script(scene: Scene, layers: Sequence[Layer]) -> str:
    """Return the script that folium writes for the map and its layers, with names that do not change."""
    drawn = [layer for layer in layers if layer.drawn]
    collections = {layer.key: feature_collection(layer.frame) for layer in drawn}
    authority = _bounds([collections["authority"]])
    everything = _bounds([collection for key, collection in collections.items() if key != "neighbours"])
    middle = [sum(side[i] for side in authority) / 2 for i in range(2)]
    chart = folium.Map(
        location=middle,
        tiles=None,
        zoom_start=9,
        prefer_canvas=True,
        attribution_control=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
        max_zoom=14,
    )
    _name(chart, MAP_NAME)
    shared = _share_shapes(collections.values())
    names = {}
    for layer in drawn:
        made = folium.GeoJson(
            collections[layer.key],
            name=layer.name,
            show=False,
            smooth_factor=0.5,
            interactive=layer.interactive,
            point_to_layer=JsCode("placements.point"),
            on_each_feature=JsCode("placements.describe"),
        )
        _name(made, layer.key)
        made.add_to(chart)
        names[layer.key] = made.get_name()
    figure = chart.get_root()
    figure.render()
    settings = {
        "authority": authority,
        "all": everything,
        "names": _NAMES_FROM,
        "neighbours": _NEIGHBOURS_FROM,
        "values": _VALUES_FROM if len(scene.areas) <= _FEW_AREAS else _SMALL_VALUES_FROM,
        "label": f"Map of {scene.county.authority.name}. Arrow keys move it, plus and minus zoom. "
        "The same figures are in the tables.",
        "layers": {layer.key: _followed(layer) for layer in drawn},
        "places": _places(scene),
        "tiles": dataclasses.asdict(scene.county.settings.map),
    }
    table = "{" + ", ".join(f"{key}: {name}" for key, name in names.items()) + "}"
    written = figure.script.render()
    return (
        f"(function () {{\nObject.assign(placements.shapes, {as_json(shared)});\n{written}\n"
        f"placements.start(map_{MAP_NAME}, {table}, {as_json(settings)});\n}}());\n"
    )


def _followed(layer: Layer) -> dict[str, Any]:
    """Return what the page must know of a layer to follow filters: see `layer.Views` and `Layer.facets`."""
    about: dict[str, Any] = {"service": layer.service} if layer.service else {}
    if layer.facets:
        about |= {"facets": list(layer.facets), "counted": layer.facet_table}
    if layer.views:
        about["views"] = {
            "table": layer.views.table,
            "filters": list(layer.views.filters),
            "column": layer.views.column,
            "measure": layer.views.measure,
            "start": layer.views.default,
            "legends": {
                view: [[item.label, item.colour if item.swatch == "area" else ""] for item in items]
                for view, items in layer.views.legends.items()
            },
        }
    return about


def _places(scene: Scene) -> list[list[Any]]:
    """Return what can be searched for that no layer draws: postcode districts with a point to three decimals."""
    frame = scene.postcode_districts
    points = gpd.GeoSeries.from_xy(frame["easting"], frame["northing"], crs="EPSG:27700").to_crs("EPSG:4326")
    return [[name, round(point.y, 3), round(point.x, 3)] for name, point in zip(frame.index, points, strict=True)]


def _name(element: Any, name: str) -> None:
    """Give a folium element an id that is the same every time; before it gets a parent, which files it by name."""
    parent = element._parent
    if parent is not None:
        parent._children.pop(element.get_name(), None)
    element._id = name
    if parent is not None:
        parent.add_child(element)


def _share_shapes(collections: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Take outlines out of the collections, in place, and return each once by name: many layers share them."""
    seen: dict[str, list[dict[str, Any]]] = {}
    for collection in collections:
        for feature in collection["features"]:
            seen.setdefault(as_json(feature["geometry"]), []).append(feature)
    shared: dict[str, Any] = {}
    for features in seen.values():
        if features[0]["geometry"]["type"].endswith("Polygon"):
            name = f"s{len(shared) + 1}"
            shared[name] = features[0]["geometry"]
            for feature in features:
                feature["geometry"] = None
                feature["properties"] = feature["properties"] | {"shape": name}
    return shared


def _bounds(collections: Iterable[dict[str, Any]]) -> list[list[float]]:
    """Return south-west and north-east corners (latitude, longitude) of everything drawn."""
    points: list[tuple[float, float]] = []

    def walk(part: Any) -> None:
        if isinstance(part[0], float):
            points.append((part[1], part[0]))
        else:
            for inner in part:
                walk(inner)

    for collection in collections:
        for feature in collection["features"]:
            walk(feature["geometry"]["coordinates"])
    latitudes, longitudes = [p[0] for p in points], [p[1] for p in points]
    return [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]]


def as_json(value: Any) -> str:
    """Return JSON that can stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
