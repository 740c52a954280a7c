"""Who is placed on a given day? Stock of children looked after and of EHC plans, with ages on that day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from placements import codes


def in_force(placements: pd.DataFrame, on: dt.date) -> pd.Series:
    """Return whether each placement is in force at the end of the day `on`.

    A placement that ended on the day is over (SSDA903: DEC is the day it ended). One with no known start that has not
    ended is in force.
    """
    day = pd.Timestamp(on)
    return ~(placements["start"] > day) & ~(placements["end"] <= day)


def looked_after(placements: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Return one row per child looked after at the end of the day `on`, with `age_years` and `age_band`.

    Series of short breaks (legal status V3, V4) are left out, as in DfE's "children looked after at 31 March".
    """
    care = placements[placements["service"].eq(codes.CARE) & ~placements["legal_status"].isin(codes.SHORT_BREAKS)]
    return _one_per_child(care, on)


def plans_in_force(placements: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Return one row per EHC plan in force at the end of the day `on`: the main (rank 1) setting of each child."""
    return _one_per_child(placements[placements["service"].eq(codes.EDUCATION)], on)


def stock(placements: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Return the children looked after and the plans in force together; a child in both services has two rows."""
    return pd.concat([looked_after(placements, on), plans_in_force(placements, on)])


def started(placements: pd.DataFrame, after: dt.date, until: dt.date) -> pd.DataFrame:
    """Return placements that started after `after` and up to `until`, with ages at their start.

    Short breaks and second-ranked settings are left out. Every new placement counts, so a child can appear twice.
    """
    begun = placements[
        (placements["start"] > pd.Timestamp(after))
        & (placements["start"] <= pd.Timestamp(until))
        & placements["rank"].eq(1)
        & ~placements["legal_status"].isin(codes.SHORT_BREAKS)
    ]
    return with_age(begun, begun["start"])


def _one_per_child(placements: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    now = placements[in_force(placements, on)]
    order = now.sort_values(["rank", "start", "placement_id"], ascending=[True, False, True], kind="stable")
    return with_age(order.drop_duplicates(["service", "child_id"]).sort_values("placement_id"), pd.Timestamp(on))


def with_age(frame: pd.DataFrame, on: pd.Timestamp | pd.Series) -> pd.DataFrame:
    """Return the frame with `age_years` (completed, NaN when unknown) and `age_band` of its service on the day."""
    age = completed_years(frame["birth_date"], on)
    return frame.assign(age_years=age, age_band=age_band(age, frame["service"]))


def completed_years(birth_date: pd.Series, on: pd.Timestamp | pd.Series) -> pd.Series:
    """Return completed years of age; NaN when either date is unknown or the day is before birth."""
    day: pd.Series = on if isinstance(on, pd.Series) else pd.Series(on, index=birth_date.index)
    before_birthday = (day.dt.month * 100 + day.dt.day) < (birth_date.dt.month * 100 + birth_date.dt.day)
    years: pd.Series = (day.dt.year - birth_date.dt.year).astype(float) - before_birthday.astype(float)
    return years.where((years >= 0) & birth_date.notna() & day.notna()).rename("age_years")


def age_band(age_years: pd.Series, service: pd.Series) -> pd.Series:
    """Return the age band of each age by the bands of its service (`codes.AGE_BANDS`)."""
    band = pd.Series(codes.AGE_UNKNOWN, index=age_years.index, dtype="str", name="age_band")
    for name, bands in codes.AGE_BANDS.items():
        labels = np.array([label for label, _ in bands], dtype=object)
        lows = np.array([low for _, low in bands])
        known = service.eq(name) & age_years.notna()
        position = np.searchsorted(lows, age_years[known].to_numpy(), side="right") - 1
        band[known] = labels[position]
    return band
