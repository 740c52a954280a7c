"""What looks like something of a person, with nothing known: postcodes, numbers that check themselves, births."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from placements.disclosure.scanning import fields
from placements.disclosure.scanning.dates import compact_date, dates
from placements.disclosure.scanning.findings import WARNING, Hit
from placements.disclosure.scanning.known import BIRTH_DATE, Secrets
from placements.disclosure.scanning.numbers import is_nhs_number, is_ni_number, is_upn
from placements.disclosure.scanning.passages import BREAK, Reading

POSTCODE: Final = "a full postcode"
#: Areas of the United Kingdom and the islands: two letters and a digit alone say little.
_AREAS: Final = (
    "AB|AL|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|B|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|EC|EH|EN|EX|E|FK|"
    "FY|GL|GU|GY|G|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|LA|LD|LE|LL|LN|LS|LU|L|ME|MK|ML|M|NE|NG|NN|NP|NR|"
    "NW|N|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|S|TA|TD|TF|TN|TQ|TR|TS|TW|UB|WA|WC|"
    "WD|WF|WN|WR|WS|WV|W|YO|ZE"
)
_FULL: Final = rf"(?:{_AREAS})(?:\d\d?|\d[A-HJKPSTUW-Z])[\s-]{{0,3}}\d[ABD-HJLNP-UW-Z]{{2}}(?![A-Za-z0-9])"
_POSTCODE: Final = re.compile(rf"(?<![A-Za-z0-9#&]){_FULL}", re.IGNORECASE)
_UPPER_POSTCODE: Final = re.compile(rf"(?<![A-Za-z0-9#&]){_FULL}")
_UPN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]\d{11}[0-9A-Za-z](?![A-Za-z0-9])")
_NHS: Final = re.compile(r"(?<![\d.,-])\d{3}[ -]\d{3}[ -]\d{4}(?![\d.,-]\d|\d)")
_NHS_NAMED: Final = re.compile(r"\bnhs\b[^\d\ue000]{0,25}(\d{3}[ -]?\d{3}[ -]?\d{4})(?!\d)", re.IGNORECASE)
_NI: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D](?![A-Za-z0-9])", re.IGNORECASE)
_BORN: Final = re.compile(
    r"\bd\.?\s?o\.?\s?b\b|\bbirth ?da(?:te|y)s?\b|\bdates? of birth\b|\bborn\b(?!e)", re.IGNORECASE
)
_NEAR: Final = 40
_OLDEST_YEARS: Final = 26
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,5}")
_PHONE: Final = re.compile(
    r"(?<![\w.,/+-])(?:\+44 ?(?:\(0\) ?)?|0)(?:\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}|7\d{9}|[12]\d{9})(?![\w.,/-]\d|\w)"
)
#: What stands where a value is missing or hidden.
_NOTHING: Final = frozenset({"", "c", "x", "z", "-", "none", "nan", "null"})


def patterns(reading: Reading, secrets: Secrets, meanings: dict[str, str], today: dt.date) -> Iterator[Hit]:
    """Yield where people read something that looks like a person's."""
    yield from _postcodes(reading, _POSTCODE, secrets)
    yield from _numbers(reading)
    yield from _births(reading, meanings, today)
    yield from _named(reading, meanings)
    for pattern, kind in ((_MAIL, "an e-mail address"), (_PHONE, "a telephone number")):
        yield from (Hit(reading.place(m.start()), kind, WARNING) for m in reading.found(pattern))


def code_patterns(reading: Reading, secrets: Secrets) -> Iterator[Hit]:
    """Yield the same of what programs read: only what cannot well be anything else there."""
    yield from _postcodes(reading, _UPPER_POSTCODE, secrets)
    yield from _pupils(reading)


def _postcodes(reading: Reading, pattern: re.Pattern[str], secrets: Secrets) -> Iterator[Hit]:
    for match in reading.found(pattern):
        code = re.sub(r"[\s-]", "", match[0]).upper()
        if code not in secrets.public_postcodes and code not in secrets.postcodes:
            yield Hit(reading.place(match.start()), POSTCODE)


def _pupils(reading: Reading) -> Iterator[Hit]:
    for match in reading.found(_UPN):
        if is_upn(match[0].upper()):
            yield Hit(reading.place(match.start()), "a unique pupil number")


def _numbers(reading: Reading) -> Iterator[Hit]:
    yield from _pupils(reading)
    seen: set[int] = set()
    for pattern in (_NHS_NAMED, _NHS):
        for match in reading.found(pattern):
            at = match.end()
            if at not in seen and is_nhs_number(re.sub(r"\D", "", match[match.lastindex or 0])):
                seen.add(at)
                yield Hit(reading.place(match.start()), "an NHS number")
    for match in reading.found(_NI):
        if is_ni_number(match[0].replace(" ", "").upper()):
            yield Hit(reading.place(match.start()), "a National Insurance number")


def _births(reading: Reading, meanings: dict[str, str], today: dt.date) -> Iterator[Hit]:
    """Yield days of the last 26 years under a heading of births, or just after a word for birth."""
    born = [match.end() for match in reading.found(_BORN)]
    for position, day in dates(reading):
        passage = reading.passage(position)
        labelled = meanings.get(passage.key) == fields.BIRTH
        if _is_young(day, today) and (labelled or _follows(reading, born, position)):
            yield Hit(passage.place, BIRTH_DATE)
    for passage in reading.passages:
        if meanings.get(passage.key) == fields.BIRTH:
            found = compact_date(passage.text)
            if found is not None and _is_young(found, today):
                yield Hit(passage.place, BIRTH_DATE)


def _follows(reading: Reading, born: list[int], position: int) -> bool:
    return any(0 <= position - end <= _NEAR and BREAK not in reading.text[end:position] for end in born)


def _is_young(day: dt.date, today: dt.date) -> bool:
    return today.year - _OLDEST_YEARS <= day.year and day <= today


def _named(reading: Reading, meanings: dict[str, str]) -> Iterator[Hit]:
    """Yield what stands under a heading of names or identifiers of people."""
    kinds = {fields.NAME: "a name of a person", fields.IDENTIFIER: "an identifier of a person"}
    for passage in reading.passages:
        kind = kinds.get(meanings.get(passage.key, ""))
        if kind and passage.text.strip().lower() not in _NOTHING:
            yield Hit(passage.place, f"{kind}, by its heading")
