"""How long has a child been looked after? From the last start of a period of care up to the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes

DAYS_PER_YEAR: Final = 365.25
#: Bands of years in care by their upper ends, in order; as text for a reader.
TIME_IN_CARE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "under_6_months": "Under 6 months",
        "6_to_12_months": "6 months to a year",
        "1_to_2_years": "1 to 2 years",
        "2_to_5_years": "2 to 5 years",
        "over_5_years": "5 years or more",
        codes.UNKNOWN: "Not known",
    }
)
_ENDS: Final = np.array([0.5, 1.0, 2.0, 5.0])


def care_began(children: pd.Series, placements: pd.DataFrame, until: pd.Series) -> pd.Series:
    """Return the day that each child's period of care began; NaT when it is not in the returns that are held.

    Parameters
    ----------
    children : Series of str
        Child ids.
    placements : DataFrame
        `schemas.PLACEMENTS`.
    until : Series of datetime
        By the same index: the period is the one that had begun by this day.

    Notes
    -----
    A period begins with an episode whose reason is S (SSDA903, RNE). A placement that starts with no other before it
    and is not marked S was begun in a return that is not held: its period is not known.
    """
    marked = placements[
        placements["service"].eq(codes.CARE) & placements["starts_care"] & placements["start"].notna()
    ].sort_values("start", kind="stable")
    asked = pd.DataFrame({"child_id": children, "until": until}).reset_index(names="row")
    known = asked[asked["until"].notna()].sort_values("until", kind="stable")
    starts = marked[["child_id", "start"]].assign(start=marked["start"].astype(known["until"].dtype))
    found = pd.merge_asof(known, starts, left_on="until", right_on="start", by="child_id")
    return found.set_index("row")["start"].reindex(children.index).rename("care_began")


def years_in_care(rows: pd.DataFrame, placements: pd.DataFrame, on: dt.date) -> pd.Series:
    """Return years of the present period of care up to the day, or to the end of the row's placement if earlier."""
    day = pd.Series(pd.Timestamp(on), index=rows.index).astype("datetime64[us]")
    until = day.where(~(rows["end"] < day), rows["end"])
    began = care_began(rows["child_id"], placements, until)
    return ((until - began).dt.days / DAYS_PER_YEAR).rename("years_in_care")


def time_in_care(rows: pd.DataFrame, placements: pd.DataFrame, on: dt.date) -> pd.Series:
    """Return the band of time in care of each row, a key of `TIME_IN_CARE`."""
    years = years_in_care(rows, placements, on)
    names = np.array([name for name in TIME_IN_CARE if name != codes.UNKNOWN], dtype=object)
    band = names[np.searchsorted(_ENDS, years.fillna(0).to_numpy(), side="right")]
    return pd.Series(np.where(years.isna(), codes.UNKNOWN, band), index=rows.index, name="time_in_care").astype("str")
