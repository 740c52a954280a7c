"""The years ahead: need and the gap by area in each year of the forecast, and what scenarios would change by area.

Expected values of a forecast are no counts of children, but an area's first year is nearly its children of today: so
they are to the nearest 5, not told under 6, and hidden wherever today's need is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from placements import codes
from placements.disclosure.suppress import SUPPRESSED
from placements.maps import filters, style
from placements.maps.figures import Shown, count, difference, signed
from placements.maps.layer import AHEAD, Layer
from placements.maps.layers.measures import GAP, NEED, classes_of
from placements.maps.layers.viewed import Shade, viewed_layers
from placements.maps.scene import Scene

_WHO: Final = {codes.CARE: "Looked after", codes.EDUCATION: "EHC plans"}
_HIDDEN: Final = Shown(SUPPRESSED)
_STAYS: Final = "Places stay as they are today: what opens or closes belongs in a scenario."
_ESTIMATES: Final = (
    "Expected values of a forecast, to the nearest 5; c: under 6, or of an area whose need today is hidden."
)


def gap(service: str) -> Callable[[Scene], Layer | None]:
    """Return the layer function of a service's gap in each year ahead."""
    return _function(f"{service}_ahead", lambda scene: _first(_years(scene, service)[:1]))


def need(service: str) -> Callable[[Scene], Layer | None]:
    """Return the layer function of a service's need in each year ahead."""
    return _function(f"{service}_ahead_need", lambda scene: _first(_years(scene, service)[1:]))


def scenarios(service: str) -> Callable[[Scene], Layer | None]:
    """Return the layer function of a service's child-years away over all years, by scenario."""
    return _function(f"{service}_scenarios", lambda scene: _first(_scenarios(scene, service)))


def _function(name: str, made: Callable[[Scene], Layer | None]) -> Callable[[Scene], Layer | None]:
    made.__name__ = name
    return made


def _first(layers: Sequence[Layer]) -> Layer | None:
    return layers[0] if layers else None


def _years(scene: Scene, service: str) -> tuple[Layer, ...]:
    if scene.gap_ahead.empty:
        return ()
    table = scene.gap_ahead[scene.gap_ahead["service"].eq(service)]
    rows: dict[str, dict[str, tuple[Shown, ...]]] = {}
    for row in table.sort_values(["year", "area"], kind="stable").to_dict("records"):
        found = rows.setdefault(scene.year_name(int(row["year"])), {})
        found[str(row["area"])] = _year_row(scene, service, row)
    if not rows:
        return ()
    gaps, needs = ([texts[at] for found in rows.values() for texts in found.values()] for at in (3, 0))
    who = _WHO[service]
    return viewed_layers(
        scene,
        rows,
        (
            Shade(f"{service}_ahead", f"{who}: gap by year", 3, classes_of(GAP, gaps, scene.internal), _STAYS),
            Shade(f"{service}_ahead_need", f"{who}: need by year", 0, classes_of(NEED, needs, scene.internal), _STAYS),
        ),
        filter_key=filters.YEAR,
        columns=("Year", "Area", "Need expected", "Nine in ten futures", "Places today", "Gap"),
        caption=f"{who}: need for local places in each year ahead, by area",
        group=AHEAD,
        service=service,
        source="Forecast from the returns; places as today",
        date=f"from {scene.date}",
        notes=(_STAYS, *(() if scene.internal else (_ESTIMATES,))),
        default=next(iter(rows)),
    )


def _year_row(scene: Scene, service: str, row: Mapping[Hashable, Any]) -> tuple[Shown, ...]:
    today = scene.figures.areas[service].get(str(row["area"]))
    places = count(row["available_to_us"], scene.profile)
    if not scene.internal and (today is None or today["need"].suppressed):
        return _HIDDEN, _HIDDEN, places, _HIDDEN
    need, low, high = (count(row[name], scene.profile) for name in ("expected", "low", "high"))
    band = _HIDDEN if need.suppressed or low.suppressed or high.suppressed else Shown(f"{low.text} to {high.text}")
    gap = difference(row["expected"], row["available_to_us"], (need, places), scene.internal)
    return need, band, places, gap


def _scenarios(scene: Scene, service: str) -> tuple[Layer, ...]:
    if len(scene.away.columns) < 2 or service not in scene.away.index.get_level_values("service"):
        return ()
    table = pd.DataFrame(scene.away.xs(service, level="service"))
    nothing = table[table.columns[0]].to_dict()
    rows = {
        str(name): {
            str(area): (_away(scene, service, area, value), _fewer(scene, service, area, nothing[area] - value))
            for area, value in table[name].items()
        }
        for name in table.columns
    }
    values = [texts[0] for found in rows.values() for texts in found.values()]
    classes = style.count_classes([one.value for one in values if one.value is not None], style.SHARE_RAMP, 5)
    years_in_all = scene.years_ahead
    note = (
        f"Expected child-years avoidably away over {years_in_all} years, by home area, of placements that start after "
        "today. Compare two scenarios with the divider; fewer away is better."
    )
    return viewed_layers(
        scene,
        rows,
        (Shade(f"{service}_scenarios", f"{_WHO[service]}: child-years away by scenario", 0, classes, note),),
        filter_key=filters.SCENARIO,
        columns=("Scenario", "Area", "Child-years away", "Fewer than doing nothing"),
        caption=f"{_WHO[service]}: child-years away over {years_in_all} years, by scenario and area",
        group=AHEAD,
        service=service,
        source="Comparison of scenarios in the same futures",
        date=f"from {scene.date}",
        notes=(note, *(() if scene.internal else (_ESTIMATES,))),
        default=str(table.columns[0]),
    )


def _away(scene: Scene, service: str, area: object, value: float) -> Shown:
    return _HIDDEN if _is_hidden(scene, service, area) else count(value, scene.profile)


def _fewer(scene: Scene, service: str, area: object, value: float) -> Shown:
    return _HIDDEN if _is_hidden(scene, service, area) else signed(value, scene.profile)


def _is_hidden(scene: Scene, service: str, area: object) -> bool:
    today = scene.figures.areas[service].get(str(area))
    return not scene.internal and (today is None or today["need"].suppressed)
