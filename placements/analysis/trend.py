"""How has it changed? The stock at the end of each year, and starts and ends during it."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from placements import codes
from placements.analysis.location import out_of_county, over_20_miles
from placements.analysis.snapshot import looked_after


def year_ends(placements: pd.DataFrame, snapshot: dt.date, years: int = 5) -> list[dt.date]:
    """Return the snapshot's day in each of the last `years` years that the care data reach back to."""
    care = placements[placements["service"].eq(codes.CARE)]
    if care.empty:
        return [snapshot]
    days = [_years_before(snapshot, back) for back in range(years)]
    earliest = care["end"].min() if care["end"].notna().any() else care["start"].min()
    return sorted(day for day in days if pd.Timestamp(day) >= earliest)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def care_trend(placements: pd.DataFrame, snapshot: dt.date, years: int = 5) -> pd.DataFrame:
    """Return one row per year end.

    Returns
    -------
    DataFrame
        Indexed by `on` (date): `looked_after`, `uasc`, `started`, `ceased` (in the year to that day; NaN for the first
        year end, when earlier returns are not held), and the out-of-county and over-20-miles shares with their
        numerators and denominators.
    """
    rows = []
    for on in year_ends(placements, snapshot, years):
        now = looked_after(placements, on)
        outside, far = out_of_county(now).iloc[0], over_20_miles(now).iloc[0]
        rows.append(
            {
                "on": on,
                "looked_after": len(now),
                "uasc": int(now["uasc"].sum()),
                **_entries_and_exits(placements, on),
                "out_of_county": outside["numerator"],
                "location_known": outside["denominator"],
                "out_of_county_share": outside["share"],
                "over_20_miles": far["numerator"],
                "distance_known": far["denominator"],
                "over_20_miles_share": far["share"],
            }
        )
    return pd.DataFrame(rows).set_index("on")


def _entries_and_exits(placements: pd.DataFrame, on: dt.date) -> dict[str, int]:
    """Return children who started and ceased to be looked after in the year up to and including `on`."""
    care = placements[placements["service"].eq(codes.CARE) & ~placements["legal_status"].isin(codes.SHORT_BREAKS)]
    before, now = pd.Timestamp(_years_before(on, 1)), pd.Timestamp(on)
    begun = care[care["starts_care"] & (care["start"] > before) & (care["start"] <= now)]
    last = care[care["start"] <= now].sort_values("start").drop_duplicates("child_id", keep="last")
    ceased = last[(last["end"] > before) & (last["end"] <= now)]
    return {"started": begun["child_id"].nunique(), "ceased": len(ceased)}
