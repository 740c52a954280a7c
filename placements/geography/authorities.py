"""Which authority? Districts and upper-tier authorities of England, by name or code, and custom sets of districts."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import pandas as pd

from placements.errors import UsageError
from placements.geography.timeline import (
    DIRECTORY_DAY,
    LAST_DAY,
    authorities_on,
    authority_by_district,
    directory_districts,
    districts_on,
    every_authority_name,
    every_district_name,
    said,
    span_of,
    successors,
)

#: What a district code's first letter says when the place is not in England, as in the SSDA903 field PL_LA.
OUTSIDE_ENGLAND: Final = {"S": "SCO", "W": "WAL", "N": "NIR", "L": "CON", "M": "CON"}
OUTSIDE_ENGLAND_NAMES: Final = {
    "SCO": "Scotland",
    "WAL": "Wales",
    "NIR": "Northern Ireland",
    "CON": "Channel Islands or Isle of Man",
    "NUK": "Outside the United Kingdom",
}
#: Code of a set of districts that is no authority.
CUSTOM: Final = "custom"


@dataclass(frozen=True)
class Authority:
    """A dated, named set of districts that a study is about.

    Attributes
    ----------
    code : str
        Code of the upper-tier authority (ONS's, or a provisional one for a council that is still to be), or `custom`.
    name : str
    districts : tuple of str
        Lower-tier codes of the postcode directory's day, sorted.
    on : date
        The day whose boundaries judge a placement: of this authority and of every other.
    """

    code: str
    name: str
    districts: tuple[str, ...]
    on: dt.date = DIRECTORY_DAY

    @property
    def district_names(self) -> dict[str, str]:
        """Return the name of each district by code."""
        names = district_names()
        return {code: names[code] for code in self.districts}


@cache
def district_names() -> Mapping[str, str]:
    """Return the name of every English district of today's postcode directory by code."""
    return districts_on(DIRECTORY_DAY)


@cache
def authority_names() -> Mapping[str, str]:
    """Return the name of every upper-tier authority of any time by code, and of places outside England."""
    return {**every_authority_name(), **OUTSIDE_ENGLAND_NAMES}


def all_authorities(on: dt.date = DIRECTORY_DAY) -> tuple[Authority, ...]:
    """Return the upper-tier authorities of England in force on a day, by code.

    Those whose ground cannot be told by today's districts (`timeline`) have no districts.
    """
    return tuple(
        Authority(code, name, directory_districts(code, on), on) for code, name in sorted(authorities_on(on).items())
    )


def find_authority(
    text: str, districts: tuple[str, ...] = (), name: str = "", on: dt.date = DIRECTORY_DAY
) -> Authority:
    """Return the authority of a name or code on a day, or a custom one made of `districts` (names or codes).

    Parameters
    ----------
    text : str
        Such as ``"Surrey"``, ``"surrey county council"`` or ``"E10000030"``. Ignored when `districts` are given.
    districts : tuple of str, optional
        Lower-tier names or codes, of today's postcode directory: a custom set.
    name : str, optional
        What to call a custom set.
    on : date, optional
        The day whose boundaries count.

    Raises
    ------
    UsageError
        When nothing fits, with the nearest names, or with what became of an authority that is not of that day; or when
        today's postcodes cannot tell an authority of the past from its neighbours.
    """
    names = authorities_on(on)
    if districts:
        codes = tuple(sorted({_find(item, district_names(), "district", on) for item in districts}))
        return Authority(CUSTOM, name or text or "Custom area", codes, on)
    code = _find(text, names, "authority", on)
    own = directory_districts(code, on)
    if not own:
        raise UsageError(
            f"{names[code]} ({code}) cannot be told from its neighbours on {said(on)}: "
            "its district has since been joined with parts of others"
        )
    return Authority(code, names[code], own, on)


def _plain(text: str) -> str:
    plain = re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("&", "and"))
    plain = re.sub(
        r"\b(the|of|county|city|council|borough|metropolitan|district|unitary|royal|london|upon)\b", " ", plain
    )
    return " ".join(plain.split())


def _find(text: str, names: Mapping[str, str], what: str, on: dt.date) -> str:
    wanted = text.strip()
    if wanted.upper() in names:
        return wanted.upper()
    exact = [code for code, name in names.items() if name.lower() == wanted.lower()]
    plain = {code: _plain(name) for code, name in names.items()}
    loose = exact or [code for code, name in plain.items() if name == _plain(wanted) and name]
    words = set(_plain(wanted).split())
    loose = loose or [code for code, name in plain.items() if words and words <= set(name.split())]
    if len(loose) == 1:
        return loose[0]
    near = [names[code] for code in loose[:3]]
    near = near or difflib.get_close_matches(wanted, list(names.values()), n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    when = f" on {said(on)}" if on != DIRECTORY_DAY else ""
    raise UsageError(
        f"{text!r} is not the name or code of one {what} of England{when}.{hint}{_other_days(wanted, what, on)}"
    )


def _other_days(wanted: str, what: str, on: dt.date) -> str:
    """Return when a code or name that is not of that day was, or will be, in force, and what it became."""
    every = every_authority_name() if what == "authority" else every_district_name()
    meant = [code for code, name in every.items() if wanted.upper() == code or _plain(wanted) == _plain(name)]
    if what != "authority" or not meant:
        return " It is not one of today's districts." if meant else ""
    span = span_of(meant[0])
    if on < span.start:
        return f" {span.name} ({span.code}) begins on {said(span.start)}."
    became = " and ".join(f"{authority_names()[code]} ({code})" for code in successors(span.code))
    if span.end is None or on <= span.end:
        return ""
    return f" {span.name} ({span.code}) ended on {said(span.end)}: it became {became}."


def authority_of(district: pd.Series, on: dt.date = DIRECTORY_DAY) -> pd.Series:
    """Return the upper-tier code, on a day, of each district code.

    `SCO`, `WAL`, `NIR`, `CON` outside England; NaN if unknown, or if it is not certain which authority it was in then.
    """
    row, codes = pd.factorize(district)
    upper = authority_by_district(on)
    found = [upper.get(str(code), OUTSIDE_ENGLAND.get(str(code)[:1])) for code in codes]
    return pd.Series(pd.array(found, dtype="str").take(row, allow_fill=True), index=district.index, name="authority")


def authorities_named(names: pd.Series, on: dt.date = DIRECTORY_DAY) -> pd.Series:
    """Return the code of the one upper-tier authority that each name means on a day.

    Lists are newer or older than the day: a name that means none then is looked for among those of today's directory
    and of the latest day known, and is the authority of the day that its ground was in, if it was in one. Missing for
    names of none or of several.
    """
    row, distinct = pd.factorize(names)
    found = pd.array([_code_of(str(name), on) for name in distinct], dtype="str")
    return pd.Series(found.take(row, allow_fill=True), index=names.index, dtype="str")


@cache
def _code_of(name: str, on: dt.date) -> str | None:
    if not name.strip():
        return None
    for day in (on, DIRECTORY_DAY, LAST_DAY):
        try:
            own = find_authority(name, on=day).districts
        except UsageError:
            continue
        uppers = {authority_by_district(on).get(code) for code in own}
        return uppers.pop() if len(uppers) == 1 else None
    return None
