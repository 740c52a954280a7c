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
AHEAD: Final = "Shade areas: in the years ahead"
REACH: Final = "Shade areas: reach of a proposed site"
FLOWS: Final = "Where children are placed"
SUPPLY: Final = "Provision"
PROPOSALS: Final = "Proposals"
OTHER_BOUNDARIES: Final = "Under other boundaries"
GROUPS: Final = (PROPOSALS, CARE_AREAS, LEARNING_AREAS, AHEAD, REACH, OTHER_BOUNDARIES, FLOWS, SUPPLY, BACKGROUND)
CHOICES: Final = (CARE_AREAS, LEARNING_AREAS, AHEAD, REACH, OTHER_BOUNDARIES)


@dataclass(frozen=True)
class LegendItem:
    """One line of a legend."""

    label: str
    swatch: Swatch
    colour: str = "#000000"
    width: float = 2.0


@dataclass(frozen=True)
class Table:
    """The same figures as the layer shows, as texts that may be shown; the first column heads its row.

    Attributes
    ----------
    caption : str
    columns : tuple of str
    rows : tuple of tuple of str
    notes : tuple of str
    total : tuple of str
        A last row, or nothing.
    numeric : tuple of int
        Columns of figures, by position.
    marks : tuple of mapping
        What the page must know of each row: `area` (its code), `view` and `fill` (see `Views`), and values of filters
        by their keys, several joined by `|`. Or nothing.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    numeric: tuple[int, ...] = ()
    marks: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a ragged table."""
        if any(len(row) != len(self.columns) for row in (*self.rows, *([self.total] if self.total else []))):
            raise ValueError(f"table {self.caption!r}: every row needs {len(self.columns)} cells")
        if self.marks and len(self.marks) != len(self.rows):
            raise ValueError(f"table {self.caption!r}: marks are of every row or of none")

    @property
    def marked_rows(self) -> tuple[tuple[Mapping[str, str], tuple[str, ...]], ...]:
        """Return the rows, each with its marks."""
        return tuple(zip(self.marks or ({},) * len(self.rows), self.rows, strict=True))


@dataclass(frozen=True)
class Views:
    """What a layer of areas shows instead of its own figures when a reader filters: rows of a table that are there.

    The page works nothing out: it looks the row of an area up in the table by its marks `view` and `area`, and takes
    the text from a column and the colour from the mark `fill`. So the map says what the table says, and no more.

    Attributes
    ----------
    table : str
        Key of the layer whose table holds the rows.
    filters : tuple of str
        Keys of the filters it follows (`filters.FILTERS`), in the order in which they are joined to a view's name.
    column : int
        Column of the table that is written in the areas.
    measure : int
        Which of the colours in the mark `fill` is this layer's: the position in the legend, or `c` for suppressed.
    legends : mapping of str to tuple of LegendItem
        By view.
    default : str
        The view shown when nothing is chosen; empty when the layer then shows its own figures.
    """

    table: str
    filters: tuple[str, ...]
    column: int
    measure: int
    legends: Mapping[str, tuple[LegendItem, ...]]
    default: str = ""


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
    service : str
        `care` or `education` when it is of one of them alone.
    views : Views, optional
        Other figures that it shows when a reader filters.
    facets : tuple of str
        Filters that hide what does not match: features, by the values in their properties; or areas' numbers, which
        are counted anew from the rows of `facet_table`.
    facet_table : str
        Key of the layer whose table is counted, for layers that show numbers by area.
    drawn : bool
        False for a table alone, which other layers read.
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
    service: str = ""
    views: Views | None = field(default=None, repr=False)
    facets: tuple[str, ...] = ()
    facet_table: str = ""
    drawn: bool = True


def frame(geometry: Sequence[Any], properties: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    """Return a layer's frame: geometries in metres beside what the page needs to draw and describe each.

    Properties the page knows: `label` (text), `rows` (pairs of texts for the pop-up), `style` (Leaflet path options),
    `hatch` (true: suppressed), `value` with `at` (text written in the area; the point is added by `geojson`), `marker`
    (mapping with `kind`), `area` (the code of a planning area), `facets` (values of filters by key).
    """
    data = {"properties": [dict(entry) for entry in properties]}
    return gpd.GeoDataFrame(data, geometry=list(geometry), crs="EPSG:27700")
