"""Which day is meant? Dates as they occur in returns, mixed within one file."""

from __future__ import annotations

from typing import Final

import pandas as pd

#: Tried in this order. Statutory returns are day first; SEN2 exports write `2022-Sep-28`; Excel leaves serial numbers.
_FORMATS: Final = ("%d/%m/%Y", "%Y-%m-%d", "%Y-%b-%d", "%d-%m-%Y", "%d/%m/%y", "%d-%b-%Y", "%d-%b-%y", "%d.%m.%Y")
#: Day 0 of Excel's calendar, allowing for its leap year that was not.
_EXCEL_EPOCH: Final = pd.Timestamp("1899-12-30")
_FIRST, _LAST = pd.Timestamp("1980-01-01"), pd.Timestamp("2100-01-01")


def parse_dates(text: pd.Series) -> pd.Series:
    """Return the day each text means; NaT when blank or not a date between 1980 and 2099.

    Two-digit years mean 1980 to 2079. Whole numbers from 29,221 to 73,050 are read as Excel serial days.
    """
    cleaned = text.fillna("").str.strip().str.replace(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$", "", regex=True)
    unique = pd.Series(cleaned.unique(), dtype="str")
    days = pd.Series(pd.NaT, index=unique.index, dtype="datetime64[us]")
    left = unique != ""
    for form in _FORMATS:
        if not left.any():
            break
        found = pd.to_datetime(unique[left], format=form, errors="coerce").astype("datetime64[us]")
        if form.endswith("%y"):
            found = found.where(found >= _FIRST, found + pd.DateOffset(years=100))
        days[left] = found
        left &= days.isna()
    serial = unique.where(left & unique.str.fullmatch(r"\d{5}(\.0+)?"))
    numbers = pd.to_numeric(serial, errors="coerce")
    excel = (_EXCEL_EPOCH + pd.to_timedelta(numbers, unit="D")).astype("datetime64[us]")
    days = days.fillna(excel)
    days = days.where((days >= _FIRST) & (days < _LAST))
    lookup = dict(zip(unique, days, strict=True))
    return pd.Series(cleaned.map(lookup), index=text.index, name=text.name).astype("datetime64[us]")
