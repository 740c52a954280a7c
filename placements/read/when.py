"""When is a file about? The day, month or year that a title, a file name or the name of a sheet carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pandas as pd

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME: Final = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_GAP: Final = r"[ .,'’-]*"
_YEAR: Final = r"(20\d\d)(?!\d)"
_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2})[-_./](\d{1,2})[-_./](20\d\d)(?!\d)")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(20\d\d)[-_./]?(\d\d)[-_./]?(\d\d)(?!\d)")
_DAY_NAMED: Final = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?{_GAP}(?<![a-z]){_NAME}{_GAP}{_YEAR}")
_MONTH_NAMED: Final = (
    re.compile(rf"(?<![a-z]){_NAME}{_GAP}(?:\d{{1,2}}[, ]+)?{_YEAR}"),
    re.compile(rf"(?<![a-z]){_NAME}{_GAP}(\d\d)(?!\d)"),
)
_YEAR_THEN_MONTH: Final = re.compile(rf"(?<!\d)(20\d\d){_GAP}{_NAME}(?![a-z])")
_MONTH_NUMBERED: Final = re.compile(r"(?<!\d)(20\d\d)[-_. /](0[1-9]|1[0-2])(?!\d)")
_SPAN: Final = re.compile(r"(?<!\d)(20\d\d) ?[-–/_] ?(?:20)?(\d\d)(?!\d)")
_ALONE: Final = re.compile(rf"(?<!\d){_YEAR}")


def day_in(text: str) -> pd.Timestamp | None:
    """Return the first whole day that stands in numbers in a text, such as `16-01-2025` or `20250524`, or None."""
    numbered = [(m.start(), m[3], m[2], m[1]) for m in _DAY_FIRST.finditer(text)]
    numbered += [(m.start(), m[1], m[2], m[3]) for m in _YEAR_FIRST.finditer(text)]
    days = (_date(year, month, day) for _, year, month, day in sorted(numbered))
    return next((day for day in days if day is not None), None)


def day_or_month_in(text: str) -> pd.Timestamp | None:
    """Return the day that a text carries in words or numbers, else the last day of the month it does, else None."""
    tidy = re.sub(r"[_\s]+", " ", text.lower())
    for match in _DAY_NAMED.finditer(tidy):
        day = _date(match[3], _number(match[2]), match[1])
        if day is not None:
            return day
    return day_in(text) or next(_months(tidy), None)


def year_in(text: str) -> int | None:
    """Return the last year that a text carries, or None; of a span such as `2023-24` or `2023_2024` the second."""
    spans = [int(a) + 1 for a, b in _SPAN.findall(text) if (int(a) + 1) % 100 == int(b)]
    years = spans or [int(year) for year in _ALONE.findall(text)]
    return years[-1] if years else None


def _months(text: str) -> Iterator[pd.Timestamp]:
    for pattern in _MONTH_NAMED:
        for match in pattern.finditer(text):
            yield _month_end(int(match[2]) % 100 + 2000, _number(match[1]))
    for match in _YEAR_THEN_MONTH.finditer(text):
        yield _month_end(int(match[1]), _number(match[2]))
    for match in _MONTH_NUMBERED.finditer(text):
        if int(match[2]) != int(match[1]) % 100 + 1:  # 2011-12 may be a year
            yield _month_end(int(match[1]), int(match[2]))


def _number(month: str) -> int:
    return _MONTHS.index(month[:3]) + 1


def _month_end(year: int, month: int) -> pd.Timestamp:
    return pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(0)


def _date(year: str, month: str | int, day: str) -> pd.Timestamp | None:
    try:
        return pd.Timestamp(int(year), int(month), int(day))
    except ValueError:
        return None
