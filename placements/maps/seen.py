"""What does a layer show in a view? The same look-up as the page's, for maps that are drawn without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from placements.disclosure.suppress import SUPPRESSED
from placements.maps import style
from placements.maps.layer import Layer, LegendItem

_NONE: Final[Mapping[str, Any]] = {"value": "none", "hatch": False, "colour": style.PAPER}


def seen(layer: Layer, layers: Sequence[Layer], view: str = "") -> list[dict[str, Any]]:
    """Return the properties of a layer's features as a view shows them; its own without a view.

    Parameters
    ----------
    layer : Layer
    layers : sequence of Layer
        All of the map: the rows of the view are in the table of one of them.
    view : str
        One of the layer's `views.legends`; its default view when empty.
    """
    view = view or (layer.views.default if layer.views else "")
    properties = [dict(entry) for entry in layer.frame["properties"]]
    if not view or layer.views is None:
        return properties
    table = next(one.table for one in layers if one.key == layer.views.table)
    assert table is not None
    rows = {mark["area"]: (mark, cells) for mark, cells in table.marked_rows if mark.get("view") == view}
    for entry in properties:
        if "area" in entry:
            found = rows.get(entry["area"])
            shown = _NONE if found is None else _looked_up(layer, view, *found)
            entry |= {"value": shown["value"], "hatch": shown["hatch"]}
            entry["style"] = entry["style"] | {"fillColor": shown["colour"]}
    return properties


def legend(layer: Layer, view: str = "") -> tuple[LegendItem, ...]:
    """Return the legend of a layer in a view; its own without one."""
    view = view or (layer.views.default if layer.views else "")
    return layer.views.legends[view] if view and layer.views is not None else layer.legend


def _looked_up(layer: Layer, view: str, mark: Mapping[str, str], cells: Sequence[str]) -> dict[str, Any]:
    assert layer.views is not None
    fill, text = mark["fill"].split(" ")[layer.views.measure], cells[layer.views.column]
    items = layer.views.legends[view]
    return {
        "value": "suppressed" if text == SUPPRESSED else text,
        "hatch": fill == SUPPRESSED,
        "colour": items[int(fill)].colour if fill.isdigit() else style.PAPER,
    }
