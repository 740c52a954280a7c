"""Every layer of the map, in the order they are drawn: a new one is one function and its place here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from placements.codes import CARE, EDUCATION
from placements.maps.layer import Layer
from placements.maps.layers import areas, background, changes, flows, provision, sites
from placements.maps.scene import Scene

#: From the bottom of the map to its top.
LAYERS: Final[tuple[Callable[[Scene], Layer | None], ...]] = (
    background.neighbours,
    background.authority,
    areas.shaded(CARE, areas.GAP),
    areas.shaded(CARE, areas.NEED),
    areas.shaded(CARE, areas.PLACES),
    areas.shaded(CARE, areas.SHARE),
    areas.shaded(EDUCATION, areas.GAP),
    areas.shaded(EDUCATION, areas.NEED),
    areas.shaded(EDUCATION, areas.PLACES),
    areas.shaded(EDUCATION, areas.SHARE),
    changes.restated(CARE),
    changes.restated(EDUCATION),
    background.districts,
    flows.county(CARE),
    flows.by_area(CARE),
    flows.county(EDUCATION),
    flows.by_area(EDUCATION),
    flows.hosts,
    provision.counts,
    provision.schools,
    sites.proposed_sites,
)


def build(scene: Scene) -> tuple[Layer, ...]:
    """Return every layer of a scene that it has something to show in, in drawing order."""
    return tuple(layer for make in LAYERS if (layer := make(scene)) is not None)
