"""Every layer of the map, in the order they are drawn: a new one is one function and its place here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from placements.codes import CARE, EDUCATION
from placements.maps.layer import Layer
from placements.maps.layers import (
    access,
    ahead,
    areas,
    background,
    changes,
    closer,
    cost,
    flows,
    measures,
    provision,
    reach,
    sites,
    vacancy,
)
from placements.maps.scene import Scene

#: From the bottom of the map to its top.
LAYERS: Final[tuple[Callable[[Scene], Layer | None], ...]] = (
    background.neighbours,
    background.authority,
    areas.shaded(CARE, measures.GAP),
    areas.shaded(CARE, measures.NEED),
    areas.shaded(CARE, measures.PLACES),
    areas.shaded(CARE, measures.SHARE),
    vacancy.vacancies(CARE),
    cost.mean_cost(CARE),
    access.homes_and_carers,
    closer.table(CARE),
    areas.shaded(EDUCATION, measures.GAP),
    areas.shaded(EDUCATION, measures.NEED),
    areas.shaded(EDUCATION, measures.PLACES),
    areas.shaded(EDUCATION, measures.SHARE),
    vacancy.vacancies(EDUCATION),
    cost.mean_cost(EDUCATION),
    access.schools,
    closer.table(EDUCATION),
    ahead.gap(CARE),
    ahead.need(CARE),
    ahead.scenarios(CARE),
    ahead.gap(EDUCATION),
    ahead.need(EDUCATION),
    ahead.scenarios(EDUCATION),
    reach.of_sites,
    changes.restated(CARE),
    changes.restated(EDUCATION),
    background.districts,
    flows.county(CARE),
    flows.by_area(CARE),
    flows.county(EDUCATION),
    flows.by_area(EDUCATION),
    flows.hosts,
    provision.counts,
    provision.detail,
    provision.schools,
    sites.proposed_sites,
)


def build(scene: Scene) -> tuple[Layer, ...]:
    """Return every layer of a scene that it has something to show in, in drawing order."""
    return tuple(layer for make in LAYERS if (layer := make(scene)) is not None)
