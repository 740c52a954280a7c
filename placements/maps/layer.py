"""What a map layer is: a frame to draw, a legend to read it by, and the table that says the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import geopandas as gpd

Swatch = Literal["area", "hatch", "line", "outline", "circle", "square", "diamond", "triangle", "house", "heart", "key"]

#: Headings of the layer switch, in order. Of the layers under `CHOICES` at most one is shown at a time.
BACKGROUND: Final = "Background"
CARE_AREAS: Final = "Shade areas: looked after"
LEARNING_AREAS: Final = "Shade areas: EHC plans"
FLOWS: Final = "Where children are placed"
SUPPLY: Final = "Provision"
PROPOSALS: Final = "Proposals"
OTHER_BOUNDARIES: Final = "Under other boundaries"
GROUPS: Final = (PROPOSALS, CARE_AREAS, LEARNING_AREAS, OTHER_BOUNDARIES, FLOWS, SUPPLY, BACKGROUND)
CHOICES: Final = (CARE_AREAS, LEARNING_AREAS, OTHER_BOUNDARIES)


@dataclass(frozen=True)
class LegendItem:
    """One line of a legend."""

    label: str
    swatch: Swatch
    colour: str = "#000000"
    width: float = 2.0


@dataclass(frozen=True)
class Table:
    """The same figures as the layer shows, as texts that may be shown; the first column heads its row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    numeric: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a ragged table."""
        if any(len(row) != len(self.columns) for row in (*self.rows, *([self.total] if self.total else []))):
            raise ValueError(f"table {self.caption!r}: every row needs {len(self.columns)} cells")


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes
    ----------
    key : str
        Stable, made of small letters and underscores.
    name : str
        What the layer switch calls it.
    group : str
        One of `GROUPS`.
    frame : GeoDataFrame
        British National Grid (EPSG:27700), made by `frame`: `geometry` and `properties`.
    legend : tuple of LegendItem
    source, date : str
        Where its figures come from, and the day or period they stand for.
    table : Table or None
        None only for a background that says nothing of its own.
    note : str
        What must be known to read it.
    shown : bool
        Whether it is on when the page opens.
    interactive : bool
        Whether its features answer to a pointer.
    """

    key: str
    name: str
    group: str
    frame: gpd.GeoDataFrame = field(repr=False)
    legend: tuple[LegendItem, ...]
    source: str
    date: str
    table: Table | None = None
    note: str = ""
    shown: bool = False
    interactive: bool = True


def frame(geometry: Sequence[Any], properties: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    """Return a layer's frame: geometries in metres beside what the page needs to draw and describe each.

    Properties the page knows: `label` (text), `rows` (pairs of texts for the pop-up), `style` (Leaflet path options),
    `hatch` (true: suppressed), `value` with `at` (text written in the area; the point is added by `geojson`), `marker`
    (mapping with `kind`).
    """
    data = {"properties": [dict(entry) for entry in properties]}
    return gpd.GeoDataFrame(data, geometry=list(geometry), crs="EPSG:27700")
