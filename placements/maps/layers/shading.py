"""Areas shaded by figures of their own: the frame of a layer that needs no filter to say something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd

from placements.maps.figures import Shown
from placements.maps.layer import frame
from placements.maps.layers.measures import MISSING, area_style
from placements.maps.scene import Scene
from placements.maps.style import Class


def shaded_frame(
    scene: Scene, figures: Mapping[str, Sequence[Shown]], titles: Sequence[str], classes: Sequence[Class]
) -> gpd.GeoDataFrame:
    """Return the planning areas, each with its figures for the pop-up; the first shades it and is written in it.

    Parameters
    ----------
    figures : mapping of str to sequence of Shown
        By area; an area without any is left white.
    titles : sequence of str
        What each figure is called.
    """
    properties = []
    for area, point in scene.area_points.items():
        row = figures.get(area, ())
        first = row[0] if row else MISSING
        properties.append(
            {
                "area": area,
                "label": scene.area_names.get(area, area),
                "rows": [[title, one.words] for title, one in zip(titles, row, strict=bool(row))],
                "style": area_style(first, classes),
                "hatch": first.suppressed,
                "value": first.label,
                "at": point,
            }
        )
    return frame(list(scene.areas.geometry), properties)
