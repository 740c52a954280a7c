"""What do shaded areas show? The measures, their classes and legends, and how a figure is filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from placements import codes
from placements.disclosure.suppress import NOT_AVAILABLE, SUPPRESSED
from placements.maps import style
from placements.maps.figures import Shown
from placements.maps.layer import LegendItem
from placements.maps.style import Class

WHO: Final = {codes.CARE: "looked-after children", codes.EDUCATION: "children and young people with an EHC plan"}
RETURNS: Final = {codes.CARE: "SSDA903 returns", codes.EDUCATION: "SEN2 returns"}
PLACES_SOURCE: Final = {codes.CARE: "Ofsted list and own registers", codes.EDUCATION: "GIAS"}
MISSING: Final = Shown(NOT_AVAILABLE)
ROUNDING: Final = "Counts are to the nearest 5 and rounded one by one, so they may not add up."


@dataclass(frozen=True)
class Measure:
    """What one shaded layer shows.

    Attributes
    ----------
    key, name : str
    columns : tuple of (str, str)
        Columns of `Figures.areas` with their headings in the table; the first is the one that shades.
    classes : callable
        From the values shown and the unit they are rounded to, to classes.
    note : str
    """

    key: str
    name: str
    columns: tuple[tuple[str, str], ...]
    classes: Callable[[Sequence[float], int], tuple[Class, ...]]
    note: str


_PARTS: Final = (("need", "Need for local places"), ("places", "Places available to us"), ("gap", "Gap"))
NEED: Final = Measure(
    "need",
    "Need for local places",
    (_PARTS[0], _PARTS[1], _PARTS[2]),
    lambda values, unit: style.count_classes(values, style.NEED_RAMP, unit),
    "Children placed in the county or avoidably outside it, by home area, in kinds that local places can be made for.",
)
PLACES: Final = Measure(
    "places",
    "Usable places available to us",
    (_PARTS[1], _PARTS[0], _PARTS[2]),
    lambda values, unit: style.count_classes(values, style.PLACES_RAMP, unit),
    "Places our children hold, and our share of usable vacant ones, by where the place is.",
)
GAP: Final = Measure(
    "gap",
    "Gap (need less places)",
    (_PARTS[2], _PARTS[0], _PARTS[1]),
    style.gap_classes,
    "Above 0: more need than places there (short). Below 0: more places than need there (spare, or used by children of "
    "other areas). A place serves more than its own area, so read neighbouring areas together.",
)
SHARE: Final = Measure(
    "share",
    "Share placed outside the authority",
    (("share", "Outside"), ("outside", "Placed outside"), ("known", "Of (location known)"), ("excluded", "Not known")),
    lambda values, _unit: style.share_classes(values),
    "Of all {who} whose placement's authority is known, by home area. Some are rightly outside.",
)
SUPPRESSED_ITEM: Final = LegendItem("Suppressed (c)", "hatch")


def classes_of(measure: Measure, values: Sequence[Shown], internal: bool) -> tuple[Class, ...]:
    """Return the classes that hold the values of a measure as shown."""
    numbers = [one.value for one in values if one.value is not None]
    return measure.classes(numbers, 1 if internal else 5)


def legend_of(classes: Sequence[Class], values: Sequence[Shown]) -> tuple[LegendItem, ...]:
    """Return the legend of classes, with what is suppressed when anything is."""
    items = tuple(LegendItem(one.label, "area", one.colour) for one in classes)
    return (*items, SUPPRESSED_ITEM) if any(one.suppressed for one in values) else items


def fill_of(one: Shown, classes: Sequence[Class]) -> str:
    """Return the position of a figure's class in the legend; `c` when it is suppressed, `x` when there is none."""
    if one.value is None:
        return SUPPRESSED if one.suppressed else NOT_AVAILABLE
    return str(next(position for position, found in enumerate(classes) if found.holds(one.value)))


def area_style(one: Shown, classes: Sequence[Class]) -> dict[str, object]:
    """Return how Leaflet draws an area with a figure; a suppressed one is hatched by the page."""
    path: dict[str, object] = {"color": style.QUIET, "weight": 1, "opacity": 1, "fillOpacity": 0.92}
    if one.suppressed:
        return path
    return path | {"fillColor": style.PAPER if one.value is None else style.class_of(one.value, classes).colour}
