"""Which day is meant? Dates as they occur in returns, mixed within one file; and why a text is none."""

from __future__ import annotations

from typing import Final

import pandas as pd

#: Shape of a text, and how it is read. Returns are day first; SEN2 exports write `2022-Sep-28`; XML writes ISO.
_FORMS: Final = (
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"\d{4}-[A-Za-z]{3}-\d{1,2}", "%Y-%b-%d"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", "%d-%b-%y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", "%d.%m.%y"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    (r"\d{1,2} [A-Za-z]{3,9} \d{4}", "%d %B %Y"),
    (r"\d{1,2}-\d{1,2}-\d{2}", "%d-%m-%y"),
    (r"\d{8}", "%Y%m%d"),
)
#: Day 0 of Excel's calendar, allowing for its leap year that was not.
_EXCEL_EPOCH: Final = pd.Timestamp("1899-12-30")
_FIRST, _LAST = pd.Timestamp("1980-01-01"), pd.Timestamp("2100-01-01")
_TIME: Final = r"[T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$"

HASHES: Final = "Excel's ##### for a column that is too narrow: widen the column and save the file again"
MONTH_FIRST: Final = (
    "only a date if the month comes first: Excel may have swapped day and month in the whole file; save it again with "
    "dates as dd/mm/yyyy"
)
NO_DAY: Final = "a month without its day: Excel may have shortened it; save the file again with dates as dd/mm/yyyy"
NOT_A_DATE: Final = "not a date between 1980 and 2099: write it as dd/mm/yyyy"


def parse_dates(text: pd.Series) -> pd.Series:
    """Return the day each text means; NaT when blank or not a date between 1980 and 2099.

    Two-digit years mean 1980 to 2079. Whole numbers from 29,221 to 73,050 are read as Excel serial days. A time of day
    is left out. A date that only makes sense with the month first is not guessed at: see `why_not`.
    """
    place, distinct = pd.factorize(text.astype("str").fillna(""))
    days = _days(_cleaned(pd.Series(distinct, dtype="str")))
    if days.empty:
        return pd.Series(pd.NaT, index=text.index, name=text.name, dtype="datetime64[us]")
    return pd.Series(days.to_numpy()[place], index=text.index, name=text.name).astype("datetime64[us]")


def why_not(text: pd.Series) -> pd.Series:
    """Return why each text is not a date, in words that say what to do; call it for those that are none."""
    cleaned = _cleaned(text.astype("str").fillna(""))
    swapped = pd.to_datetime(cleaned, format="%m/%d/%Y", errors="coerce").notna()
    month_only = cleaned.str.fullmatch(r"[A-Za-z]{3,9}[- ]\d{2,4}|\d{2,4}[- ][A-Za-z]{3,9}")
    reason = pd.Series(NOT_A_DATE, index=text.index, dtype="str")
    reason[month_only.astype(bool)] = NO_DAY
    reason[swapped] = MONTH_FIRST
    reason[cleaned.str.fullmatch("#+").astype(bool)] = HASHES
    return reason


def _cleaned(text: pd.Series) -> pd.Series:
    return text.str.strip().str.strip("'\"").str.replace(_TIME, "", regex=True).str.strip().str.replace("Sept", "Sep")


def _days(unique: pd.Series) -> pd.Series:
    """Return the day of each distinct text."""
    days = pd.Series(pd.NaT, index=unique.index, dtype="datetime64[us]")
    left = unique != ""
    for shape, form in _FORMS:
        if not left.any():
            break
        tried = unique[left]
        tried = tried[tried.str.fullmatch(shape).astype(bool)]
        if len(tried):
            found = pd.to_datetime(tried, format=form, errors="coerce").astype("datetime64[us]")
            if form.endswith("%y"):
                found = found.where(found >= _FIRST, found + pd.DateOffset(years=100))
            days[tried.index] = found
            left &= days.isna()
    serial = unique.where(left & unique.str.fullmatch(r"\d{5}(\.\d+)?"))
    numbers = pd.to_numeric(serial, errors="coerce").floordiv(1)
    excel = (_EXCEL_EPOCH + pd.to_timedelta(numbers, unit="D")).astype("datetime64[us]")
    days = days.fillna(excel)
    return days.where((days >= _FIRST) & (days < _LAST))
