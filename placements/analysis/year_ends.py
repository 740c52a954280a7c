"""On which days is a year counted? The snapshot's day of every year that the care data reach back to."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from placements import codes

_MOST_YEARS: Final = 25


def year_ends(placements: pd.DataFrame, snapshot: dt.date, years: int = 5) -> list[dt.date]:
    """Return the snapshot's day in each of the last `years` years that the care data reach back to."""
    care = placements[placements["service"].eq(codes.CARE)]
    if care.empty:
        return [snapshot]
    days = [years_before(snapshot, back) for back in range(years)]
    earliest = care["end"].min() if care["end"].notna().any() else care["start"].min()
    return sorted(day for day in days if pd.Timestamp(day) >= earliest)


def every_year_end(placements: pd.DataFrame, snapshot: dt.date) -> list[dt.date]:
    """Return the snapshot's day in every year that the care data reach back to."""
    return year_ends(placements, snapshot, years=_MOST_YEARS)


def in_year_to(days: pd.Series, on: dt.date) -> pd.Series:
    """Return which days lie in the year up to and including `on`."""
    return (days > pd.Timestamp(years_before(on, 1))) & (days <= pd.Timestamp(on))


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years earlier; 28 February for the 29th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def year_label(snapshot: dt.date, year: int) -> str:
    """Return the name of a year of the plan, counted from 1: ``"2025-26"`` after 31 March 2025."""
    first = (snapshot + dt.timedelta(days=1)).year + year - 1
    if (snapshot.month, snapshot.day) == (3, 31):
        return f"{first}-{(first + 1) % 100:02d}"
    if (snapshot.month, snapshot.day) == (12, 31):
        return str(first)
    return f"Year {year}"
