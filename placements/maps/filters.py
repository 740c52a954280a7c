"""By what can a reader filter the page? Each filter with the values that some layer has something to say of."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from placements import codes
from placements.analysis.gap import WANTED_LABEL
from placements.maps.layer import Layer

NEED, AGE, KIND, SECTOR, QUALITY, SIZE = "need", "age", "kind", "sector", "quality", "size"
YEAR, SCENARIO, SITE = "year", "scenario", "site"
#: Several values of one filter in one mark are joined by this.
JOINED_BY: Final = "|"
#: Filters of one view are joined by this, which stands in no name.
_AND: Final = "\u241f"
#: A provider that takes every need.
ANY: Final = "any"
SIZES: Final = ("1 to 3 places", "4 to 6 places", "7 to 20 places", "21 to 100 places", "over 100 places", "not known")
_SIZE_ENDS: Final = (3, 6, 20, 100)

#: Filters in the order in which they are offered, and what each is called.
FILTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        NEED: "Need",
        AGE: "Age",
        KIND: "Kind of place",
        SECTOR: "Sector",
        QUALITY: "Judgement",
        SIZE: "Size",
        YEAR: "Year ahead",
        SCENARIO: "Scenario",
        SITE: "Proposed site",
    }
)
#: Filters of layers that always show one of the values: nothing stands for all of them.
ALWAYS_CHOSEN: Final = (YEAR, SCENARIO, SITE)
_LABELS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {NEED: codes.NEED_GROUP_LABEL, KIND: WANTED_LABEL, SECTOR: codes.SECTOR}
)
_ORDERS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        NEED: tuple(codes.NEED_GROUP_LABEL),
        AGE: tuple(dict.fromkeys(band for bands in codes.AGE_BANDS.values() for band, _ in bands)),
        KIND: tuple(WANTED_LABEL),
        SECTOR: tuple(codes.SECTOR),
        SIZE: SIZES,
    }
)


@dataclass(frozen=True)
class Filter:
    """One filter of the page: its key, its name, its values with their labels, and whether one is always chosen."""

    key: str
    label: str
    values: tuple[tuple[str, str], ...]
    always: bool


def filters_of(layers: Sequence[Layer]) -> tuple[Filter, ...]:
    """Return the filters that have at least one value in some layer."""
    found: dict[str, dict[str, None]] = {key: {} for key in FILTERS}
    for layer in layers:
        for key, value in _values(layer):
            found[key].setdefault(value)
    return tuple(
        Filter(
            key,
            FILTERS[key],
            tuple((value, label_of(key, value)) for value in _ordered(key, values)),
            key in ALWAYS_CHOSEN,
        )
        for key, values in found.items()
        if values
    )


def view_name(**values: str) -> str:
    """Return the name of a view: its filters with their values, in the order of `FILTERS`."""
    return _AND.join(f"{key}={values[key]}" for key in FILTERS if values.get(key))


def view_values(view: str) -> dict[str, str]:
    """Return the filters of a view with their values, from its name."""
    return dict(part.split("=", 1) for part in view.split(_AND)) if view else {}


def label_of(key: str, value: str) -> str:
    """Return what a value of a filter is called."""
    name = _LABELS.get(key, {}).get(value, value)
    return f"{name[:1].upper()}{name[1:]}"


def size_of(places: float) -> str:
    """Return the band of a provider's registered places; NaN is not known."""
    if math.isnan(places):
        return SIZES[-1]
    return SIZES[bisect.bisect_left(_SIZE_ENDS, places)]


def _values(layer: Layer) -> Iterator[tuple[str, str]]:
    for view in layer.views.legends if layer.views else ():
        yield from view_values(view).items()
    marks = [dict(mark) for mark in layer.table.marks] if layer.table else []
    for mark in (*marks, *(entry.get("facets", {}) for entry in layer.frame["properties"])):
        for key in FILTERS:
            for value in mark.get(key, "").split(JOINED_BY):
                if value and value != ANY:
                    yield key, value


def _ordered(key: str, values: Mapping[str, None]) -> list[str]:
    order = _ORDERS.get(key, ())
    return sorted(values, key=lambda value: order.index(value) if value in order else len(order))
