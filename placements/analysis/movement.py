"""Who came, moved over the boundary and left between two days? Children looked after on either, by where they were."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from placements.analysis.snapshot import looked_after

#: Where a child was on a day on which they were not looked after.
NOT_IN_CARE: Final = "not_in_care"


def movement(placements: pd.DataFrame, before: dt.date, on: dt.date) -> pd.DataFrame:
    """Return one row for each child looked after at the end of either day.

    Returns
    -------
    DataFrame
        Indexed by `child_id`: `from` and `to`, the location on the first and on the second day, or `NOT_IN_CARE`.
        What happened between the days is not told: a child who came and left between them is in no row.
    """
    ends = {
        name: looked_after(placements, day).set_index("child_id")["location"]
        for name, day in (("from", before), ("to", on))
    }
    rows: pd.DataFrame = pd.concat(ends, axis=1, sort=True)
    return rows.fillna(NOT_IN_CARE).astype("str").rename_axis(index="child_id")


def months_from(day: dt.date, months: int) -> dt.date:
    """Return the day so many months later (earlier when negative): the end of a month stays the end of a month."""
    moved = pd.Timestamp(day) + pd.DateOffset(months=months)
    if pd.Timestamp(day).is_month_end:
        moved = moved + pd.offsets.MonthEnd(0)
    found: dt.date = moved.date()
    return found


def reach_back(placements: pd.DataFrame, on: dt.date) -> bool:
    """Return whether the records of care reach back to a day: as soon as a placement is known to have ended by then."""
    ends = placements.loc[placements["service"].eq("care"), "end"]
    return bool((ends <= pd.Timestamp(on)).any())
