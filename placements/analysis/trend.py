"""How has it changed? The stock at the end of each year, and starts and ends during it."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from placements.analysis.location import out_of_county, over_20_miles
from placements.analysis.periods import care_chain
from placements.analysis.snapshot import looked_after
from placements.analysis.year_ends import in_year_to, year_ends


def care_trend(placements: pd.DataFrame, snapshot: dt.date, years: int = 5) -> pd.DataFrame:
    """Return one row per year end.

    Returns
    -------
    DataFrame
        Indexed by `on` (date): `looked_after`, `uasc`, `started`, `ceased` (in the year to that day; NaN for the first
        year end, when earlier returns are not held), and the out-of-county and over-20-miles shares with their
        numerators and denominators.
    """
    rows, chain = [], care_chain(placements)
    for on in year_ends(placements, snapshot, years):
        now = looked_after(placements, on)
        outside, far = out_of_county(now).iloc[0], over_20_miles(now).iloc[0]
        rows.append(
            {
                "on": on,
                "looked_after": len(now),
                "uasc": int(now["uasc"].sum()),
                **_starts_and_ends(chain, on),
                "out_of_county": outside["numerator"],
                "location_known": outside["denominator"],
                "out_of_county_share": outside["share"],
                "over_20_miles": far["numerator"],
                "distance_known": far["denominator"],
                "over_20_miles_share": far["share"],
            }
        )
    return pd.DataFrame(rows).set_index("on")


def _starts_and_ends(chain: pd.DataFrame, on: dt.date) -> dict[str, int]:
    """Return children who started and ceased to be looked after in the year up to and including `on`."""
    begun = chain["opens"] & in_year_to(chain["period_start"], on)
    ended = chain["closes"] & in_year_to(chain["period_end"], on)
    return {
        "started": chain.loc[begun, "child_id"].nunique(),
        "ceased": chain.loc[ended, "child_id"].nunique(),
    }
