"""What may be shown of each headline figure? The groups that each is made of, and its texts in the release.

The statement, the map and the `analyse` command all take the headline figures from here, so that they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from placements import codes
from placements.analysis.location import NOT_KNOWN
from placements.disclosure.control.tables import Group, group
from placements.disclosure.publication import (
    AVOIDABLE_PART,
    CARE,
    FOSTER,
    NONE,
    PLANS,
    YES,
    counted_of,
    known_of,
)
from placements.disclosure.shown import ShownFigures

_HOMES: Final = {"provision": "childrens_home"}
_KNOWN_SECTORS: Final = [sector for sector in codes.SECTOR if sector != codes.UNKNOWN]
_SERVICE_OF: Final = {f"{service}_avoidable": service for service in codes.SERVICES}


@dataclass(frozen=True)
class HeadlineGroups:
    """What a headline figure is made of.

    Attributes
    ----------
    part : Group
        Those counted.
    whole : Group, optional
        Those the share is of; None for a plain count.
    excluded : Group, optional
        Those left out of the share because it is not known of them; None when nobody can be.
    """

    part: Group
    whole: Group | None = None
    excluded: Group | None = None


@dataclass(frozen=True)
class HeadlineTexts:
    """A headline figure as it may be shown.

    Attributes
    ----------
    value : str
        The count, or the share: ``"56%"``, ``"c"`` or ``"x"``.
    numerator, denominator, excluded : str
        What a share is made of; empty for a plain count.
    """

    value: str
    numerator: str = ""
    denominator: str = ""
    excluded: str = ""


def headline_groups(figures: ShownFigures, name: str) -> HeadlineGroups:
    """Return the groups of a headline figure by the name that `analysis.indicators` gives it.

    Raises
    ------
    KeyError
        When there is no headline figure of that name.
    """
    if name in _SERVICE_OF:
        return _avoidable(figures, _SERVICE_OF[name])
    return _FIXED[name]


def headline_texts(figures: ShownFigures, name: str) -> HeadlineTexts:
    """Return a headline figure as it may be shown, by the name that `analysis.indicators` gives it."""
    made = headline_groups(figures, name)
    if made.whole is None:
        return HeadlineTexts(figures.count(made.part))
    return HeadlineTexts(
        figures.share(made.part, made.whole),
        figures.count(made.part),
        figures.count(made.whole),
        "0" if made.excluded is None else figures.count(made.excluded),
    )


def recorded_of_avoidable(figures: ShownFigures, name: str) -> tuple[Group, Group]:
    """Return those with a recorded reason, and all, of whom a headline figure counts as avoidably outside."""
    avoidable = headline_groups(figures, name).part
    where = {**dict(avoidable.where), "basis": ("recorded",)}
    return group(avoidable.population, where), avoidable


def _known(population: str, dimension: str, unknown: str, where: dict[str, str] | None = None) -> HeadlineGroups:
    return HeadlineGroups(
        group(population, counted_of(dimension, where)),
        group(population, known_of(dimension, where)),
        group(population, {**(where or {}), dimension: unknown}),
    )


_FIXED: Final = {
    "looked_after": HeadlineGroups(group(CARE)),
    "uasc": HeadlineGroups(group(CARE, {"uasc": YES})),
    "care_out_of_county": _known(CARE, "location", codes.UNKNOWN),
    "care_over_20_miles": _known(CARE, "distance", NOT_KNOWN),
    "care_distant": _known(CARE, "distant", codes.UNKNOWN),
    "care_distance_unknown": HeadlineGroups(group(CARE, {"distance": NOT_KNOWN}), group(CARE)),
    "homes_out_of_county": _known(CARE, "location", codes.UNKNOWN, _HOMES),
    "in_house_foster_share": HeadlineGroups(
        group(CARE, {"provision": "in_house_foster", "sector": _KNOWN_SECTORS}),
        group(CARE, {"provision": FOSTER, "sector": _KNOWN_SECTORS}),
        group(CARE, {"provision": FOSTER, "sector": codes.UNKNOWN}),
    ),
    "ehc_plans": HeadlineGroups(group(PLANS)),
    "plans_out_of_county": _known(PLANS, "location", codes.UNKNOWN),
    "plans_independent_special": HeadlineGroups(group(PLANS, {"provision": "independent_special"}), group(PLANS)),
    "care_and_plan": HeadlineGroups(group(CARE, {"other_service": YES})),
}


def _avoidable(figures: ShownFigures, population: str) -> HeadlineGroups:
    kinds = [kind for kind in figures.values_of(population, "wanted") if kind != NONE]
    outside = {"wanted": kinds, "location": codes.OUT_OF_COUNTY}
    return HeadlineGroups(group(population, {**outside, "part": AVOIDABLE_PART}), group(population, outside))
