"""What the panel beside the map says first: a few figures with their denominators, and where everything comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from placements.analysis.indicators import Indicator
from placements.disclosure.suppress import SUPPRESSED, count_text, share_text
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
    return tuple(_figure(by_name[name], scene.profile) for name in HEADLINES if name in by_name)


def _figure(one: Indicator, profile: str) -> Figure:
    if one.numerator is None or one.denominator is None:
        return Figure(one.label, count_text(one.value, profile), one.definition)
    value = share_text(one.numerator, one.denominator, profile)
    numerator = SUPPRESSED if value == SUPPRESSED else count_text(one.numerator, profile)
    of = f"{numerator} of {count_text(one.denominator, profile)}"
    excluded = f"; not known: {count_text(one.excluded, profile)}" if one.excluded else ""
    return Figure(one.label, "hidden" if value == SUPPRESSED else value, f"{of} whose place is known{excluded}")


def sources(scene: Scene) -> tuple[str, ...]:
    """Return what the figures were made from, the postcode directory and the boundaries among it."""
    used = sorted(set(scene.county.files["source"])) if len(scene.county.files) else []
    listed = [_SOURCES.get(str(name), str(name)) for name in used]
    postcodes = [f"Postcodes: {scene.county.postcode_source}"] if scene.county.postcode_source else []
    return (*listed, *postcodes, f"Boundaries: {scene.boundary_words[0].lower()}{scene.boundary_words[1:]}")
