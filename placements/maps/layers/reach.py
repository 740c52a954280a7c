"""How far is a proposed site from each area? Minutes by road as the study measures them, one site at a time.

They are measured from the point that the page shows, which is rounded when shared: finer ones would meet at its door.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements.geography.distance import miles
from placements.interventions import Opening, RecruitCarers, RetainCarers
from placements.maps import filters, style
from placements.maps.figures import Shown
from placements.maps.layer import REACH, Layer
from placements.maps.layers.sites import drawn_point
from placements.maps.layers.viewed import Shade, viewed_layers
from placements.maps.scene import Scene
from placements.maps.style import Class

_STEP_MINUTES: Final = 5
_ENDS: Final = (0, 15, 30, 45, 60)
_LABELS: Final = ("under 15 minutes", "15 to 29 minutes", "30 to 44 minutes", "45 to 59 minutes", "60 minutes or more")
_CLASSES: Final = tuple(
    Class(low, high, colour, label)
    for low, high, colour, label in zip(_ENDS, (*_ENDS[1:], np.inf), style.REACH_RAMP, _LABELS, strict=True)
)
_NOTE: Final = (
    "From the middle of each area to the site as it is drawn, one way, to the nearest 5 minutes and whole miles."
)


def of_sites(scene: Scene) -> Layer | None:
    """Return minutes from each area to each proposed site that is a point; no layer without such a site."""
    located = scene.sites.to_dict("index")
    points = {
        str(entry.name): drawn_point(scene, entry, located[position])
        for position, entry in enumerate(scene.interventions)
        if position in located and isinstance(entry, Opening) and not isinstance(entry, RecruitCarers | RetainCarers)
    }
    if not points:
        return None
    method = scene.county.travel_method
    return viewed_layers(
        scene,
        _rows(scene, points),
        (Shade("reach", "Minutes to the site", 0, _CLASSES, f"{_NOTE} {method.describe()}"),),
        filter_key=filters.SITE,
        columns=("Site", "Area", "Minutes by road", "Miles, straight line"),
        caption="Reach of each proposed site, by area",
        group=REACH,
        service="",
        source=f"Way of measuring travel: {method.name}",
        date=scene.date,
        notes=(_NOTE, method.describe()),
        default=next(iter(points)),
    )[0]


def _rows(scene: Scene, points: dict[str, tuple[float, float]]) -> dict[str, dict[str, tuple[Shown, ...]]]:
    areas = scene.county.areas
    areas = areas[areas["area"].isin(scene.areas["area"])]
    origins = areas.rename(columns={"area": "id"})[["id", "easting", "northing"]]
    sites = pd.DataFrame(
        [(name, *point) for name, point in points.items()], columns=["id", "easting", "northing"]
    ).astype({"easting": float, "northing": float})
    journeys = scene.county.travel_method.matrix(origins, sites)
    minutes = {
        (str(row["destination"]), str(row["origin"])): float(row["travel_minutes"])
        for row in journeys.to_dict("records")
    }
    rows: dict[str, dict[str, tuple[Shown, ...]]] = {}
    for name, (easting, northing) in points.items():
        east, north = (origins[axis].to_numpy(float) for axis in ("easting", "northing"))
        away = miles(east, north, np.full(len(east), easting), np.full(len(east), northing))
        rows[name] = {
            str(area): (_minutes(minutes.get((name, str(area)), np.nan)), _miles(float(far)))
            for area, far in zip(origins["id"], away, strict=True)
        }
    return rows


def _minutes(value: float) -> Shown:
    if np.isnan(value):
        return Shown("not known")
    whole = _STEP_MINUTES * round(value / _STEP_MINUTES)
    return Shown(f"{whole}", float(whole))


def _miles(value: float) -> Shown:
    return Shown("not known") if np.isnan(value) else Shown(f"{value:.0f}", float(round(value)))
