"""Every usual way of writing a day, found in a text: 2011-03-04, 04/03/2011, 4 March 2011, 4-Mar-11, March 4th 2011."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from placements.disclosure.scanning.passages import Reading

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_GAP: Final = r"[\s,./-]{0,3}"
_DATE: Final = re.compile(
    r"(?<![\d.,/-])(?:"
    r"(?P<y1>(?:19|20)\d\d)(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?P<s2>[-/. ])(?P<m2>\d{1,2})(?P=s2)(?P<y2>(?:19|20)\d\d)"
    r"|(?P<d3>\d{1,2})/(?P<m3>\d{1,2})/(?P<y3>\d\d)"
    rf"|(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{_GAP}(?P<m4>{_MONTH}){_GAP}(?P<y4>(?:19|20)\d\d|'?\d\d(?!\d|\s?[:%]))"
    r")(?!\d)"
    rf"|\b(?P<m5>{_MONTH})\.?\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y5>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"\s*(?:((?:19|20)\d\d)(\d\d)(\d\d)|(\d\d)(\d\d)((?:19|20)\d\d))\s*")
#: Day 0 of a workbook, and the serial days that can be a birth of our time (1980 to 2064).
_DAY_ZERO: Final = dt.date(1899, 12, 30)
_SERIALS: Final = range(29_221, 60_000)


def dates(reading: Reading) -> Iterator[tuple[int, dt.date]]:
    """Yield where each day stands in the text, and the day. Two-digit years are of the hundred years to 2068."""
    for match in reading.found(_DATE):
        given = {name: value for name, value in match.groupdict().items() if value is not None}
        number = next(name[1] for name in given if name[0] == "y")
        day = _day(given[f"y{number}"], given[f"m{number}"], given[f"d{number}"])
        if day is not None:
            yield match.start(), day


def compact_date(text: str) -> dt.date | None:
    """Return the day that digits alone stand for, where a day is expected: 20110304, 04032011, or a workbook's day."""
    if match := _COMPACT.fullmatch(text):
        y1, m1, d1, d2, m2, y2 = match.groups()
        if found := _day(y1 or y2, m1 or m2, d1 or d2):
            return found
    number = text.strip().split(".")[0]
    return serial_date(int(number)) if number.isascii() and number.isdigit() and len(number) == 5 else None


def serial_date(serial: float) -> dt.date | None:
    """Return the day of a workbook's serial number, or None when it is not of our time."""
    return _DAY_ZERO + dt.timedelta(days=int(serial)) if int(serial) in _SERIALS else None


def _day(year: str, month: str, day: str) -> dt.date | None:
    number = int(year.lstrip("'"))
    if number < 100:
        number += 2000 if number < 69 else 1900
    at = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return dt.date(number, at, int(day))
    except ValueError:
        return None
