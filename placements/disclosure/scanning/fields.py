"""What does the name of a column or field say that it holds? Names, identifiers, births, coordinates, counts."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final

from placements.read.private import is_private
from placements.read.rawtable import plain

NAME: Final = "name"
IDENTIFIER: Final = "identifier"
BIRTH: Final = "birth"
LATITUDE: Final = "latitude"
LONGITUDE: Final = "longitude"
GRID: Final = "grid"
CHILDREN: Final = "children"
COUNT: Final = "count"

_PERSON: Final = r"(?:child|childs|youngperson|person|pupil|student|client|uniquepupil)"
_IDENTIFIER: Final = re.compile(
    rf"(?:la)?{_PERSON}(?:la)?(?:unique)?(?:id|ids|identifier|no|number|ref|reference)(?:entifier)?"
    r"|(?:former|current)?upn|nhs(?:no|number|id)|nino|ni(?:no|number)|nationalinsurance(?:no|number)"
    r"|(?:mosaic|liquidlogic|lcs|ehm|capita|synergy)(?:id|number|ref)"
)
#: As the return spells it; "Child" as a heading can be of anything.
_SSDA903_IDENTIFIER: Final = "CHILD"
_BIRTH: Final = re.compile(r"dob|birth(?:date|day|dt)?$|birthdate|dateof?birth|^born(?:on)?$")
_NOT_BIRTH: Final = re.compile(
    r"(place|country)ofbirth|birthplace|(un|new)born|stillbirth|multiplebirth|^birth(weight|order)"
)
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_COUNTED: Final = re.compile(
    r"\b(?:children|child count|young people|looked after|cla|plans|ehcps?|pupils|in need of places)\b", re.IGNORECASE
)
_COUNT: Final = re.compile(r"\b(?:count|number|total|n|no of|how many|placements)\b", re.IGNORECASE)
#: A number under such a heading is of something else, or is no count.
_NOT_COUNT: Final = re.compile(
    r"homes?\b|schools?\b|providers?|settings?\b|places?\b|beds?\b|households?|carers?\b|families|sites?\b|bases?\b"
    r"|units?\b|\bages?\b|aged|years?|months?|weeks?|days?\b|miles?|\bkm\b|minutes|cost|£|gbp|spend|price|rate|share"
    r"|per ?cent|%|rank"
    r"|\bids?\b|code|phone|tel\b|fax|house|street|version|row|line|file|rule|areas?\b|authorit|district|ward|hash|seed"
    r"|phase|decile|score|mean|median|average|ratio|\bper\b|number$(?<=(?:upn|nhs|urn) number)",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=10_000)
def meaning(key: str) -> str | None:
    """Return what a column or field holds by its name, or None when that says nothing that matters here."""
    name = plain(key).rstrip("0123456789")
    if not name or len(name) > 60:
        return None
    if _BIRTH.search(name) and not _NOT_BIRTH.search(name):
        return BIRTH
    if _IDENTIFIER.fullmatch(name) or key.strip() == _SSDA903_IDENTIFIER:
        return IDENTIFIER
    if is_private(key, ""):
        return NAME
    words = [word.lower() for word in _WORD.findall(key)]
    if words and words[-1] in ("lat", "latitude"):
        return LATITUDE
    if words and words[-1] in ("lon", "lng", "long", "longitude"):
        return LONGITUDE
    if name.endswith(("easting", "eastings", "northing", "northings")):
        return GRID
    text = key.replace("_", " ")
    if _NOT_COUNT.search(text):
        return None
    return CHILDREN if _COUNTED.search(text) else COUNT if _COUNT.search(text) else None


def meanings(keys: Iterable[str]) -> dict[str, str]:
    """Return what each of these names says, for those that say something."""
    found = {key: meaning(key) for key in set(keys) if key}
    return {key: value for key, value in found.items() if value is not None}
