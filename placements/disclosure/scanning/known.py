"""What is known to be secret - of a county's children, carers and homes - and where a file shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pandas as pd

from placements.disclosure.scanning.dates import compact_date, dates
from placements.disclosure.scanning.fields import BIRTH
from placements.disclosure.scanning.findings import Hit
from placements.disclosure.scanning.passages import Reading, tidy

POSTCODE: Final = "a child's postcode"
IDENTIFIER: Final = "a child's identifier"
BIRTH_DATE: Final = "a date of birth"
NAME: Final = "a confidential name"

#: Shorter ones would be found everywhere; a column of them is found by its name.
_SHORTEST_IDENTIFIER: Final = 5
#: An identifier with fewer digits (`plan:12`) is told by its own marks only.
_TELLING_DIGITS: Final = 5
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{5,40}(?![A-Za-z0-9])")
_JOINED: Final = re.compile(r"[A-Z0-9]+(?:[-/_.:\\ ]{1,3}[A-Z0-9]+){1,5}")
_PIECE: Final = re.compile(r"[A-Z0-9]+")
_ANY_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_WINDOW: Final = 80
#: A postcode as typed by anybody: halves apart, together, or with a mark between.
_POSTCODE: Final = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{1,2}\s?[0-9][A-Za-z0-9]?)[\s_.,+*/-]{0,4}([0-9]\s?[A-Za-z]{2})(?![A-Za-z0-9])"
)
_COLOUR: Final = re.compile(r"[0-9a-fA-F]{6}|[0-9a-fA-F]{8}")
_WORDS: Final = re.compile(r"[^\W_]+")
#: Days that statistics are of stand on every page; a birth on one is told by its column or the words beside it.
_REFERENCE_DAYS: Final = frozenset({"03-31", "04-01", "08-31", "09-01"})


@dataclass(frozen=True)
class Secrets:
    """What must not be shown, and what looks like it but is public.

    Attributes
    ----------
    identifiers : frozenset of str
        Of children, and their unique pupil numbers; upper case.
    postcodes : frozenset of str
        Of homes and placements, carers and confidential places; no spaces, upper case.
    birth_dates : frozenset of str
        As ISO text.
    names : frozenset of str
        Of confidential places.
    points : frozenset of (int, int)
        Easting and northing of those homes and places, in metres.
    public_postcodes : frozenset of str
        Full postcodes that may be shown (no spaces, upper case).
    public_points : frozenset of (int, int)
        Points that may be shown exactly: schools of the public register, sites that are proposed.
    reference_days : frozenset of str
        Days of the year (`03-31`) that figures are of: they are no births unless the file says so.
    """

    identifiers: frozenset[str] = field(default_factory=frozenset)
    postcodes: frozenset[str] = field(default_factory=frozenset)
    birth_dates: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)
    points: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    public_postcodes: frozenset[str] = field(default_factory=frozenset)
    public_points: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    reference_days: frozenset[str] = _REFERENCE_DAYS

    @cached_property
    def names_by_first_word(self) -> dict[str, frozenset[tuple[str, ...]]]:
        """Return the words of every name, by the first of them."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for name in self.names:
            if words := tuple(_WORDS.findall(tidy(name).casefold())):
                found.setdefault(words[0], set()).add(words)
        return {first: frozenset(names) for first, names in found.items()}

    @cached_property
    def joined_identifiers(self) -> dict[str, frozenset[tuple[str, ...]]]:
        """Return the pieces of every identifier with marks in it (`CH/12345`), by the first of them."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for value in self.identifiers:
            pieces = tuple(_PIECE.findall(value))
            if len(pieces) > 1:
                found.setdefault(pieces[0], set()).add(pieces)
        return {first: frozenset(values) for first, values in found.items()}

    @cached_property
    def bare_identifiers(self) -> frozenset[str]:
        """Return those identifiers without their marks, where that tells them still."""
        values = (value for value in self.identifiers if not value.isalnum() and _is_telling(value))
        return frozenset(_compact(value) for value in values)


def secrets_of(placements: pd.DataFrame, allowed_postcodes: frozenset[str] = frozenset()) -> Secrets:
    """Return what must not be shown of these placements.

    Parameters
    ----------
    placements : DataFrame
        `child_id, home_postcode, placement_postcode, birth_date`; `upn` when there is one.
    allowed_postcodes : frozenset of str
        Public ones (no spaces, upper case), such as schools': they are taken out.
    """
    postcodes = pd.concat([placements["home_postcode"], placements["placement_postcode"]]).dropna()
    cleaned = postcodes.str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
    births = placements["birth_date"].dropna().dt.strftime("%Y-%m-%d")
    numbers = [placements[name].dropna().astype(str) for name in ("child_id", "upn") if name in placements]
    identifiers = pd.concat(numbers).str.strip().str.upper()
    return Secrets(
        identifiers=frozenset(identifiers[identifiers.str.len() >= _SHORTEST_IDENTIFIER]),
        postcodes=frozenset(cleaned) - allowed_postcodes - {""},
        birth_dates=frozenset(births),
        public_postcodes=allowed_postcodes,
    )


def known(reading: Reading, secrets: Secrets, meanings: dict[str, str]) -> Iterator[Hit]:
    """Yield where a file shows what is known to be secret."""
    if secrets.postcodes:
        for match in reading.found(_POSTCODE):
            if _compact(match[0]) in secrets.postcodes:
                yield Hit(reading.place(match.start()), POSTCODE)
    if secrets.identifiers:
        yield from _identifiers(reading, secrets)
    if secrets.birth_dates:
        yield from _births(reading, secrets, meanings)
    if secrets.names:
        yield from _names(reading, secrets)


def _identifiers(reading: Reading, secrets: Secrets) -> Iterator[Hit]:
    text = reading.text
    for match in reading.found(_TOKEN):
        if match[0].upper() in secrets.identifiers and not _is_part_of_number(text, match):
            yield Hit(reading.place(match.start()), IDENTIFIER)
    by_first, bare = secrets.joined_identifiers, secrets.bare_identifiers
    if not by_first:
        return
    for match in reading.found(_ANY_PIECE):
        candidates = by_first.get(match[0].upper())
        if candidates and _begins_with(text[match.start() : match.start() + _WINDOW].upper(), candidates, secrets):
            yield Hit(reading.place(match.start()), IDENTIFIER)
    for match in reading.found(_TOKEN):
        if match[0].upper() in bare and match[0].upper() not in secrets.identifiers:
            yield Hit(reading.place(match.start()), IDENTIFIER)


def _begins_with(text: str, candidates: frozenset[tuple[str, ...]], secrets: Secrets) -> bool:
    """Return whether a text begins with an identifier: with marks of its own or others, when it has digits enough."""
    match = _JOINED.match(text)
    if match is None:
        return False
    spans = [piece.span() for piece in _PIECE.finditer(match[0])]
    pieces = tuple(match[0][first:last] for first, last in spans)
    for number in range(2, len(pieces) + 1):
        said = match[0][: spans[number - 1][1]]
        if pieces[:number] in candidates and (said in secrets.identifiers or _is_telling(said)):
            return True
    return False


def _is_telling(value: str) -> bool:
    return sum(map(str.isdigit, value)) >= _TELLING_DIGITS


def _is_part_of_number(text: str, match: re.Match[str]) -> bool:
    """Return whether digits are of a longer number or code (1.12345, 12345.5, BASE-12345), or a token is a colour."""
    before, after = text[max(match.start() - 2, 0) : match.start()], text[match.end() : match.end() + 2]
    if before.endswith("#"):
        return bool(_COLOUR.fullmatch(match[0]))
    if not match[0].isdigit():
        return False
    if before[-1:] in ("-", "_") or after[:1] in ("-", "_"):
        return True
    return (before[-1:] in (".", ",") and before[:1].isdigit()) or (after[:1] in (".", ",") and after[1:].isdigit())


def _births(reading: Reading, secrets: Secrets, meanings: dict[str, str]) -> Iterator[Hit]:
    for position, day in dates(reading):
        if day.isoformat() in secrets.birth_dates and day.isoformat()[5:] not in secrets.reference_days:
            yield Hit(reading.place(position), BIRTH_DATE)
    for passage in reading.passages:
        found = compact_date(passage.text) if meanings.get(passage.key) == BIRTH else None
        if found is not None and found.isoformat() in secrets.birth_dates:
            yield Hit(passage.place, BIRTH_DATE)


def _names(reading: Reading, secrets: Secrets) -> Iterator[Hit]:
    by_first = secrets.names_by_first_word
    text = reading.text
    for match in _WORDS.finditer(text):
        candidates = by_first.get(match[0].casefold())
        if candidates:
            longest = max(map(len, candidates))
            end = min(match.start() + 40 * longest, len(text))
            following = _WORDS.findall(text[match.start() : end])
            words = tuple(word.casefold() for word in following[:longest])
            if any(words[: len(name)] == name for name in candidates):
                yield Hit(reading.place(match.start()), NAME)


def _compact(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()
