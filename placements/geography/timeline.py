"""Which districts and authorities were in force on a day, and what became of them? England, April 2009 to March 2028.

Postcode directories say in which district a postcode lies *today* (`DIRECTORY_DAY`); a placement is judged by the
authority in force on the snapshot day. So each district of today is followed back, or on, to the authority that its
ground belonged to on that day. Every change since 2009 but one keeps districts whole, which makes this exact:
Christchurch left Dorset in 2019 for a district that it shares with Bournemouth and Poole, so before that day a postcode
of today's Bournemouth, Christchurch and Poole may have been in any of the three (`possible_authorities`).

Orders that move fields and closes between neighbours (Gateshead and Northumberland 2013, Barnsley and Sheffield 2025)
are followed by code only. Changes that Parliament has not made yet are not in the tables.

`data/reference/districts.csv`, `authorities.csv` and `changes.csv` hold the facts, each row with its source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from placements.errors import UsageError
from placements.geography.reference import reference_table

#: The day whose districts the bundled postcode directory (and every one brought to its codes) speaks of.
DIRECTORY_DAY: Final = dt.date(2025, 11, 1)
#: What the tables know.
FIRST_DAY: Final = dt.date(2009, 4, 1)
LAST_DAY: Final = dt.date(2028, 3, 31)


@dataclass(frozen=True)
class Span:
    """When a code was in force: `start` to `end`, both included; no `end` when none is known."""

    code: str
    name: str
    start: dt.date
    end: dt.date | None

    def holds(self, on: dt.date) -> bool:
        """Return whether the code was in force on a day."""
        return self.start <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True)
class _Tables:
    districts: Mapping[str, Span]
    authorities: Mapping[str, Span]
    upper: Mapping[str, str]
    heir: Mapping[str, str]
    forebears: Mapping[str, tuple[str, ...]]


@cache
def _tables() -> _Tables:
    changes = reference_table("changes.csv")
    districts = reference_table("districts.csv")
    authorities = reference_table("authorities.csv")
    forebears = changes.groupby("new_code")["old_code"].agg(tuple)
    return _Tables(
        MappingProxyType({row[0]: _span(*row[:2], *row[3:5]) for row in districts.itertuples(index=False)}),
        MappingProxyType({row[0]: _span(*row[:2], *row[3:5]) for row in authorities.itertuples(index=False)}),
        MappingProxyType(dict(zip(districts["district_code"], districts["authority_code"], strict=True))),
        MappingProxyType(dict(zip(changes["old_code"], changes["new_code"], strict=True))),
        MappingProxyType({str(code): olds for code, olds in forebears.items()}),
    )


def _span(code: str, name: str, start: str, end: str) -> Span:
    return Span(code, name, dt.date.fromisoformat(start), dt.date.fromisoformat(end) if end else None)


def districts_on(on: dt.date = DIRECTORY_DAY) -> Mapping[str, str]:
    """Return the name of each district in force on a day, by code. Raises `UsageError` for a day not known."""
    return _in_force(_tables().districts, on)


def authorities_on(on: dt.date = DIRECTORY_DAY) -> Mapping[str, str]:
    """Return the name of each upper-tier authority in force on a day, by code; raises as `districts_on` does."""
    return _in_force(_tables().authorities, on)


def _in_force(spans: Mapping[str, Span], on: dt.date) -> Mapping[str, str]:
    if not FIRST_DAY <= on <= LAST_DAY:
        raise UsageError(f"authorities are known from {said(FIRST_DAY)} to {said(LAST_DAY)}, not on {said(on)}")
    return {code: span.name for code, span in spans.items() if span.holds(on)}


def every_district_name() -> Mapping[str, str]:
    """Return the name of each district there has been or is to be, by code."""
    return {code: span.name for code, span in _tables().districts.items()}


def every_authority_name() -> Mapping[str, str]:
    """Return the name of each upper-tier authority there has been or is to be, by code."""
    return {code: span.name for code, span in _tables().authorities.items()}


@cache
def possible_authorities(district: str, on: dt.date = DIRECTORY_DAY) -> frozenset[str]:
    """Return the upper-tier authorities that the ground of a district may have belonged to on a day.

    One of them, but for a district that has since been put together from parts of several authorities; none for a code
    that is not of England or not known.
    """
    tables = _tables()
    span = tables.districts.get(district)
    if span is None:
        return frozenset()
    if span.holds(on):
        return frozenset({tables.upper[district]})
    if on < span.start:
        return frozenset().union(*(possible_authorities(old, on) for old in tables.forebears.get(district, ())))
    return possible_authorities(tables.heir[district], on)


@cache
def authority_by_district(on: dt.date = DIRECTORY_DAY) -> Mapping[str, str]:
    """Return the upper-tier authority on a day of each district, of any time, of which it is certain."""
    found = {code: possible_authorities(code, on) for code in _tables().districts}
    return MappingProxyType({code: next(iter(codes)) for code, codes in found.items() if len(codes) == 1})


@cache
def directory_districts(authority: str, on: dt.date) -> tuple[str, ...]:
    """Return the districts of `DIRECTORY_DAY`, by code, that are certain to have been in an authority on a day."""
    of = authority_by_district(on)
    return tuple(sorted(code for code in districts_on() if of.get(code) == authority))


@cache
def successors(authority: str) -> tuple[str, ...]:
    """Return the authorities that an authority became on the day after it ended, by code; none while it is in force."""
    end = _tables().authorities[authority].end
    if end is None:
        return ()
    of = authority_by_district(end + dt.timedelta(days=1))
    mine = [code for code, upper in _tables().upper.items() if upper == authority]
    return tuple(sorted({of[code] for code in mine if code in of}))


@cache
def renamed() -> Mapping[str, str]:
    """Return the code of today of each authority whose ground goes on, whole and alone, under another code.

    A county that became one unitary council is the same place with another code; one that was split, or gave or took a
    district, is not.
    """
    tables, out = _tables(), {}
    for code, span in tables.authorities.items():
        heirs = successors(code)
        if span.end is None or span.end >= DIRECTORY_DAY or len(heirs) != 1:
            continue
        # The heir's ground was nobody else's on the old one's last day.
        now = [district for district, upper in tables.upper.items() if upper == heirs[0]]
        if all(possible_authorities(district, span.end) == {code} for district in now):
            out[code] = heirs[0]
    return MappingProxyType(out)


def code_of_today(authority: str) -> str:
    """Return the code under which an authority's figures are published today, if its ground goes on unchanged."""
    return renamed().get(authority, authority)


def span_of(authority: str) -> Span:
    """Return when an authority was in force. Raises `KeyError` for a code that is none."""
    return _tables().authorities[authority]


def region_of(authority: str) -> str:
    """Return the code of the region that an authority of any time lies in; empty for a code that is none."""
    table = reference_table("authorities.csv")
    regions: dict[str, str] = dict(zip(table["authority_code"], table["region_code"], strict=True))
    return regions.get(authority, "")


def said(day: dt.date) -> str:
    """Return a day in words, such as 1 April 2027."""
    return f"{day.day} {day:%B %Y}"
