"""What is proposed: a shape per kind, where it would be (to the nearest kilometre), what it opens, and why."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Mapping
from typing import Any, Final

import shapely

from placements.geography.authorities import district_names
from placements.interventions import Opening, RecruitCarers, RetainCarers
from placements.maps import style
from placements.maps.geojson import label_point
from placements.maps.layer import PROPOSALS, Layer, LegendItem, Swatch, Table, frame
from placements.maps.scene import Scene

#: Kind of intervention: its name, and the shape and colour of its marker (shape says it without colour).
KINDS: Final[dict[str, tuple[str, Swatch, str]]] = {
    "open_home": ("Children's home", "house", "#0f6350"),
    "expand_school": ("Special school places", "square", "#6a3d00"),
    "open_specialist_base": ("SEN unit or resourced provision", "triangle", "#8a5a00"),
    "recruit_carers": ("Foster carers", "heart", "#8c2d6b"),
    "open_supported_accommodation": ("Supported accommodation", "diamond", "#16548f"),
    "block_contract": ("Places bought whole (block contract)", "circle", "#7a1f2b"),
    "reduce_entries": ("Prevention (in the table only)", "key", "#566472"),
    "retain_carers": ("Foster carers kept", "heart", "#4d1a3c"),
    "convert_agency_carers": ("Agency carers in house (in the table only)", "key", "#566472"),
    "reunify": ("Home sooner (in the table only)", "key", "#566472"),
    "step_down": ("From home to family (in the table only)", "key", "#566472"),
    "close_provider": ("Closure (in the table only)", "key", "#566472"),
    "change_use_by_others": ("Use by other authorities (in the table only)", "key", "#566472"),
    "change_price": ("Change of price (in the table only)", "key", "#566472"),
    "reorganise_boundary": ("Change of boundary (in the table only)", "key", "#566472"),
}
_COLUMNS: Final = ("District", "Places", "Usable from", "Capital", "Why")
_GRID_M: Final = 1000.0
#: Pixels by which a marker in the middle of an area is raised above the area's name.
_LIFT: Final = 26
_APART_M: Final = 2500.0


def proposed_sites(scene: Scene) -> Layer:
    """Return the interventions of the chosen plan or scenario; those without a site are in the table only."""
    located = scene.sites.to_dict("index")
    shapes, properties, rows = [], [], []
    drawn: list[tuple[float, float]] = []
    for position, entry in enumerate(scene.interventions):
        kind, swatch, colour = KINDS.get(entry.kind, (entry.kind, "circle", style.INK))
        described = _describe(scene, entry, kind)
        rows.append((str(entry.name), kind, described))
        if position not in located:
            continue
        carers = isinstance(entry, RecruitCarers | RetainCarers)
        evidence = [["Figures from", str(entry.evidence)]] if entry.evidence else []
        point = drawn_point(scene, entry, located[position])
        # Markers that would cover each other are set side by side; those of carers stand above the area's name.
        slot = 0 if carers else sum(math.dist(point, other) < _APART_M for other in drawn)
        drawn += [] if carers else [point]
        shapes.append(shapely.Point(point))
        properties.append(
            {
                "label": str(entry.name),
                "rows": [["Kind", kind], *([key, text] for key, text in described.items() if text), *evidence],
                "marker": {
                    "kind": "site",
                    "shape": swatch,
                    "colour": colour,
                    "slot": slot,
                    "lift": _LIFT if carers else 0,
                },
            }
        )
    rows.sort(key=lambda row: (_month_of(row[2]), row[0]))
    kinds = sorted({entry.kind for entry in scene.interventions if entry.kind in KINDS}, key=list(KINDS).index)
    statement = _statement(scene)
    return Layer(
        key="sites",
        name=f"Proposed: {scene.proposal}" if scene.proposal else "Proposed sites",
        group=PROPOSALS,
        frame=frame(shapes, properties),
        legend=tuple(LegendItem(*KINDS[kind]) for kind in kinds) or (LegendItem("Nothing is proposed", "key"),),
        source=f"Scenario: {scene.proposal}" if scene.proposal else "No scenario",
        date=f"from {scene.date}",
        table=Table(
            caption=f"What is proposed: {scene.proposal}" if scene.proposal else "Nothing is proposed",
            columns=("Proposal", "Kind", *_COLUMNS),
            rows=tuple((name, kind, *(d[column] for column in _COLUMNS)) for name, kind, d in rows),
            notes=(statement,),
            numeric=(3, 5),
        ),
        note=statement,
        shown=True,
    )


def _statement(scene: Scene) -> str:
    if not scene.interventions:
        return "No plan or scenario with interventions was given."
    where = (
        "Sites are shown where they would be."
        if scene.internal
        else "Sites are shown to the nearest kilometre, carers in the middle of their area."
    )
    return f"{where} Proposals, not decisions; they place new and changing needs, and move no settled child."


def _describe(scene: Scene, entry: Any, kind: str) -> dict[str, str]:
    years = scene.county.settings.forecast.years
    capital = float(entry.capital_by_year(max(years, 25)).sum())
    why = scene.why.get(str(entry.name), "")
    if not isinstance(entry, Opening):
        return {
            "Usable from": _when(scene.county.snapshot, entry.from_year - 1 + getattr(entry, "lead_time_years", 0.0)),
            "Places": "none",
            "Capital": style.money_millions(capital),
            "District": "county-wide",
            "Why": why,
        }
    # Carers who are kept are more from year to year: those of the years forecast.
    kept = isinstance(entry, RetainCarers)
    units = round(float(entry.units_by_year(years if kept else 25).sum()))
    places = units * entry.places
    text = (
        f"{places:,} ({units} household{'s' if units > 1 else ''})"
        if isinstance(entry, RecruitCarers | RetainCarers)
        else f"{places:,}"
    )
    return {
        "Usable from": _when(scene.county.snapshot, entry.opens_year - 1 + entry.lead_time_years),
        "Places": text,
        "Capital": style.money_millions(capital),
        "District": _district(scene, entry),
        "Why": why,
    }


def _when(snapshot: dt.date, years: float) -> str:
    """Return the month so many years after the snapshot: ``April 2026``."""
    month = snapshot.year * 12 + snapshot.month - 1 + round(12 * years)
    # A study's year starts on the day after its snapshot.
    month += 1 if (snapshot + dt.timedelta(days=1)).month != snapshot.month else 0
    return style.date_text(dt.date(month // 12, month % 12 + 1, 1)).removeprefix("1 ")


def _month_of(described: dict[str, str]) -> tuple[int, int]:
    month, year = described["Usable from"].split()
    return int(year), style.MONTHS.index(month)


def _district(scene: Scene, entry: Opening) -> str:
    return district_names().get(entry.district, entry.district) or "not stated"


def drawn_point(scene: Scene, entry: Any, at: Mapping[Hashable, Any]) -> tuple[float, float]:
    """Return where to draw it: its point when internal; else the middle of its square kilometre, or of its area."""
    easting, northing = float(at["easting"]), float(at["northing"])
    area = scene.areas.loc[scene.areas["area"].eq(at["area"])].geometry
    if isinstance(entry, RecruitCarers | RetainCarers) and len(area):
        middle = label_point(area.iloc[0])
        return float(round(middle.x)), float(round(middle.y))
    if scene.internal:
        return easting, northing
    return (
        math.floor(easting / _GRID_M) * _GRID_M + _GRID_M / 2,
        math.floor(northing / _GRID_M) * _GRID_M + _GRID_M / 2,
    )
