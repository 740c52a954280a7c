"""The same children under other boundaries: an authority as other authorities or sets of districts share it out.

A boundary set is a whole and its parts. It comes from the law (what an authority becomes, by `timeline`), from a date
(the authorities of that day that the ground belongs to), or from a study's own list of districts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from placements.errors import UsageError
from placements.geography.authorities import CUSTOM, Authority, find_authority
from placements.geography.timeline import (
    authorities_on,
    directory_districts,
    possible_authorities,
    said,
    span_of,
    successors,
)

#: Rows of children whom no part can be told to be responsible for.
HOME_ELSEWHERE: Final = "Home outside all of them"
HOME_UNKNOWN: Final = "Home not known"
#: Hosts that are no part.
ADJOINING: Final = "Adjoining authorities"
BEYOND: Final = "Further away"
HOST_UNKNOWN: Final = "Not known"
#: What a part may not be called.
_TAKEN: Final = frozenset(
    name.lower() for name in (HOME_ELSEWHERE, HOME_UNKNOWN, ADJOINING, BEYOND, HOST_UNKNOWN, "Total", "All")
)
#: What a study may list: parts by name, each with the names or codes of its districts.
Listed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class BoundarySet:
    """An authority shared out among others.

    Attributes
    ----------
    name : str
        As asked for, such as ``surrey-2027``.
    title : str
        For a heading.
    whole : Authority
        The study's authority, by the boundaries of its own day.
    parts : tuple of Authority
        By the boundaries of the set's day, in order of name; each has at least one district of the whole.
    """

    name: str
    title: str
    whole: Authority
    parts: tuple[Authority, ...]

    @property
    def part_names(self) -> tuple[str, ...]:
        """Return the names of the parts, in order."""
        return tuple(part.name for part in self.parts)

    @property
    def whole_name(self) -> str:
        """Return what to call the whole beside its parts."""
        return f"{self.whole.name} as it is" if self.whole.name in self.part_names else self.whole.name

    def part_of(self, district: str) -> str | None:
        """Return the name of the part that holds a district, or None."""
        return next((part.name for part in self.parts if district in part.districts), None)


def coming_change(authority: Authority) -> BoundarySet | None:
    """Return the set of the councils that take an authority's place after its day, if the law says which; else None."""
    if authority.code == CUSTOM or not successors(authority.code):
        return None
    end = span_of(authority.code).end
    assert end is not None  # it has successors
    first = end + dt.timedelta(days=1)
    change = _on_day(f"{_slug(authority.name)}-{first.year}", authority, first)
    # The same ground under another code, or as part of a larger council, divides nothing.
    return change if len(change.parts) > 1 else None


def boundary_set(name: str, authority: Authority, listed: Mapping[str, Listed] | None = None) -> BoundarySet:
    """Return a boundary set by name.

    Parameters
    ----------
    name : str
        A set that the study lists; or the authority's coming change, such as ``surrey-2027``; or a date, such as
        ``2027-04-01``.
    authority : Authority
        The study's own.
    listed : mapping, optional
        The study's own sets by name.

    Raises
    ------
    UsageError
        When there is no such set, or one that the study lists names a district that does not exist, in two parts, or
        none of the authority.
    """
    own = listed or {}
    if name in own:
        return _listed(name, own[name], authority)
    change = coming_change(authority)
    if change is not None and name == change.name:
        return change
    try:
        day = dt.date.fromisoformat(name)
    except ValueError:
        choices = [*own, *([change.name] if change else []), "a date such as 2027-04-01"]
        raise UsageError(f"there is no boundary set {name!r}: choose {' or '.join(choices)}") from None
    return _on_day(name, authority, day)


def _on_day(name: str, authority: Authority, day: dt.date) -> BoundarySet:
    names = authorities_on(day)
    codes = {code for district in authority.districts for code in possible_authorities(district, day)}
    found = [Authority(code, names[code], directory_districts(code, day), day) for code in codes]
    own = set(authority.districts)
    parts = tuple(sorted((part for part in found if own & set(part.districts)), key=lambda part: part.name))
    if own - {code for part in parts for code in part.districts}:
        raise UsageError(
            f"{authority.name} cannot be told by the boundaries of {said(day)}: "
            "its ground has since been joined with that of others"
        )
    among = " and ".join(part.name for part in parts)
    title = f"{authority.name} by the boundaries of {said(day)}: {among}"
    return BoundarySet(name, title, authority, parts)


def _listed(name: str, listed: Listed, authority: Authority) -> BoundarySet:
    parts = [find_authority("", districts, title, authority.on) for title, districts in listed.items()]
    several = [code for part in parts for code in part.districts]
    taken = sorted(title for title in listed if title.strip().lower() in _TAKEN or not title.strip())
    if taken:
        raise UsageError(f"boundary set {name!r}: a part cannot be called {', '.join(map(repr, taken))}")
    outside = [part.name for part in parts if not set(part.districts) & set(authority.districts)]
    if outside:
        raise UsageError(f"boundary set {name!r}: {', '.join(outside)} has no district of {authority.name}")
    twice = sorted({code for code in several if several.count(code) > 1})
    if twice:
        raise UsageError(f"boundary set {name!r} has districts in two parts: {', '.join(twice)}")
    rest = tuple(sorted(set(authority.districts) - set(several)))
    if rest:
        title = f"Rest of {authority.name}"
        while title in listed:
            title = f"{title} (other)"
        parts.append(Authority(CUSTOM, title, rest, authority.on))
    among = ", ".join(part.name for part in parts)
    return BoundarySet(name, f"{authority.name} as {among}", authority, tuple(parts))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
