"""What the panel beside the map says first: a few figures with their denominators, and where everything comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from placements.analysis.indicators import Indicator
from placements.disclosure.headline import headline_texts
from placements.disclosure.shown import ShownFigures
from placements.disclosure.suppress import SUPPRESSED
from placements.maps.scene import Scene

#: The figures shown, in order, by their name in `analysis.indicators`.
HEADLINES: Final = ("looked_after", "care_out_of_county", "homes_out_of_county", "ehc_plans", "plans_out_of_county")
_SOURCES: Final[Mapping[str, str]] = {
    "ssda903": "SSDA903: children looked after returns",
    "sen2": "SEN2: person-level education, health and care plans",
    "gias": "GIAS: register of schools",
    "ofsted": "Ofsted: list of registered providers",
    "register": "The authority's own registers",
    "census": "Placements census",
    "published": "Statistics that DfE publishes",
}


@dataclass(frozen=True)
class Figure:
    """One headline: what it is, its value, and what the value is made of."""

    label: str
    value: str
    basis: str


def figures(scene: Scene) -> tuple[Figure, ...]:
    """Return the headline figures as they may be shown."""
    by_name = {one.name: one for one in scene.county.headline()}
    return tuple(_figure(by_name[name], scene.figures.release) for name in HEADLINES if name in by_name)


def _figure(one: Indicator, release: ShownFigures) -> Figure:
    texts = headline_texts(release, one.name)
    value = "hidden" if texts.value == SUPPRESSED else texts.value
    if not texts.denominator:
        return Figure(one.label, value, one.definition)
    excluded = "" if texts.excluded == "0" else f"; not known: {texts.excluded}"
    return Figure(one.label, value, f"{texts.numerator} of {texts.denominator} whose place is known{excluded}")


def sources(scene: Scene) -> tuple[str, ...]:
    """Return what the figures were made from, the postcode directory and the boundaries among it."""
    used = sorted(set(scene.county.files["source"])) if len(scene.county.files) else []
    listed = [_SOURCES.get(str(name), str(name)) for name in used]
    postcodes = [f"Postcodes: {scene.county.postcode_source}"] if scene.county.postcode_source else []
    return (*listed, *postcodes, f"Boundaries: {scene.boundary_words[0].lower()}{scene.boundary_words[1:]}")
