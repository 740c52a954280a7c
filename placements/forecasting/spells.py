"""What has happened: placement spells of the kinds that local places can serve, and the window they are counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.analysis.avoidable import classify
from placements.analysis.occupancy import use_by_day
from placements.analysis.snapshot import age_band, completed_years, stock
from placements.county import County

#: Kinds of provision that a local place can serve: the ones worth forecasting for a plan.
PLANNABLE: Final = (
    "in_house_foster",
    "agency_foster",
    "childrens_home",
    "supported_accommodation",
    "state_special",
    "independent_special",
    "specialist_base",
)
#: What tells demand groups apart.
KEYS: Final = ("service", "area", "need_group", "age_band", "provision")
DAYS_PER_MONTH: Final = 365.25 / 12
#: The SEN2 return holds open and recently ended placements only, so starts are counted over one year.
EDUCATION_WINDOW_YEARS: Final = 1
#: With ends on this many different days, the first end tells since when spells were recorded at all.
_ENDS_TO_JUDGE_BY: Final = 20


@dataclass(frozen=True)
class Spells:
    """Placement spells ready for counting.

    Attributes
    ----------
    history : DataFrame
        Every spell in force at some time in its service's window: `service, area` (`unknown` when home is not known or
        outside), `need_group, age_band` (at the start), `provision, start, end` (NaT while it goes on),
        `age_at_start_years, leaves` (birthday on which the service ends, NaT when unknown) and `judgement` (as
        `analysis.avoidable.classify`).
    settled : DataFrame
        The same columns for the children placed on the snapshot day, one row per child and service.
    window_start, seen_until : dict of str to Timestamp
        By service: starts and ends are counted from the one to the other. Care is seen up to the snapshot; a SEN2
        return is taken in January, so what it shows ends with its last start.
    areas : tuple of str
        Planning areas with a known centre.
    snapshot : Timestamp
    """

    history: pd.DataFrame
    settled: pd.DataFrame
    window_start: dict[str, pd.Timestamp]
    seen_until: dict[str, pd.Timestamp]
    areas: tuple[str, ...]
    snapshot: pd.Timestamp

    def window_months(self, service: str) -> float:
        """Return the length of a service's window in months."""
        return (self.seen_until[service] - self.window_start[service]).days / DAYS_PER_MONTH


def spells_of(county: County, history_years: int) -> Spells:
    """Return the spells of a county.

    Parameters
    ----------
    county : County
    history_years : int
        How far back care spells are counted. If the records themselves begin later (no spell ends before), the window
        begins with them, so that missing years are not read as quiet ones.
    """
    snapshot = pd.Timestamp(county.snapshot)
    areas = county.areas
    known = tuple(areas.loc[areas["easting"].notna() & areas["northing"].notna(), "area"])
    rows = county.placements[
        county.placements["provision"].isin(PLANNABLE)
        & county.placements["rank"].eq(1)
        & ~county.placements["legal_status"].isin(codes.SHORT_BREAKS)
        & ~(county.placements["start"] > snapshot)
    ].copy()
    use = use_by_day(county.placements, county.provision, county.snapshot)
    rows["judgement"] = classify(rows, county.provision, county.settings.thresholds, use)["judgement"]
    rows["end"] = rows["end"].where(rows["end"] <= snapshot)
    frame = _described(rows, known)
    learning = frame.loc[frame["service"].eq(codes.EDUCATION), "start"].max()
    until = {codes.CARE: snapshot, codes.EDUCATION: snapshot if pd.isna(learning) else pd.Timestamp(learning)}
    window = {
        codes.CARE: _window_start(county.placements, snapshot, history_years),
        codes.EDUCATION: until[codes.EDUCATION] - pd.DateOffset(years=EDUCATION_WINDOW_YEARS),
    }
    since = frame["service"].map(window)
    history = frame[frame["start"].notna() & ~(frame["end"] <= since)].reset_index(drop=True)
    now = stock(rows, county.snapshot).index
    return Spells(history, frame.loc[now].sort_index().reset_index(drop=True), window, until, known, snapshot)


def _window_start(placements: pd.DataFrame, snapshot: pd.Timestamp, history_years: int) -> pd.Timestamp:
    asked = snapshot - pd.DateOffset(years=history_years)
    ends = placements.loc[placements["service"].eq(codes.CARE), "end"].dropna()
    if ends.nunique() >= _ENDS_TO_JUDGE_BY:
        first = pd.Timestamp(ends.min())
        return min(max(asked, first), pd.Timestamp(snapshot - pd.DateOffset(months=3)))
    return asked


def _described(rows: pd.DataFrame, known: tuple[str, ...]) -> pd.DataFrame:
    age = (rows["start"] - rows["birth_date"]).dt.days / 365.25
    years = rows["service"].map(codes.LEAVES_AT_YEARS).astype(float)
    leaves = rows["birth_date"] + pd.to_timedelta((years * 365.25).round(), unit="D")
    return pd.DataFrame(
        {
            "service": rows["service"],
            "area": rows["home_area"].where(rows["home_area"].isin(known), schemas.AREA_UNKNOWN),
            "need_group": rows["need_group"],
            "age_band": age_band(completed_years(rows["birth_date"], rows["start"]), rows["service"]),
            "provision": rows["provision"],
            "start": rows["start"],
            "end": rows["end"],
            "age_at_start_years": age.where(age >= 0, np.nan),
            "leaves": leaves,
            "judgement": rows["judgement"],
        }
    )
