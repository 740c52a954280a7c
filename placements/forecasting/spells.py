"""What has happened: stays in each kind of provision, what each led to, and the window they are counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.analysis.avoidable import classify
from placements.analysis.occupancy import use_by_day
from placements.analysis.periods import care_chain
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
#: Where a child can be: every kind of provision of both services.
STATES: Final = tuple(codes.PROVISION)
#: Where a stay leads when it does not lead to another: out of the service.
LEFT: Final = "left"
SERVICE_OF: Final = {state: codes.CARE if state in codes.CARE_PROVISION else codes.EDUCATION for state in STATES}
#: What tells demand groups apart.
KEYS: Final = ("service", "area", "need_group", "age_band", "provision")
DAYS_PER_MONTH: Final = 365.25 / 12
#: A SEN2 return holds the settings of one calendar year, so plans are counted over one year.
EDUCATION_WINDOW_YEARS: Final = 1
#: With ends on this many different days, the first end tells since when spells were recorded at all.
_ENDS_TO_JUDGE_BY: Final = 20
#: What a stay is in its chain: whether it begins it, follows one that is not recorded, leads where, and since when.
_LINKS: Final = ("opens", "arrives", "next", "since")


@dataclass(frozen=True)
class Spells:
    """Stays ready for counting.

    Attributes
    ----------
    history : DataFrame
        Every stay in force at some time in its service's window: `service, area` (`unknown` when home is not known or
        outside), `need_group, age_band` (at the start), `provision, start, end` (NaT while it goes on),
        `unaccompanied`, `age_at_start_years, leaves` (birthday on which the service ends, NaT when unknown),
        `since_months` (from the beginning of the period of care, or of the plan, to the start; NaN when not known),
        `judgement` (as `analysis.avoidable.classify`), `opens` (begins a period of care, or a plan), `arrives` (follows
        a stay that is not recorded) and `next` (the state that it led to, `left`, or empty while it goes on).
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

    def whole_years(self, service: str) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
        """Return the beginning and the end of each whole year of a service's window, oldest first; none of only one."""
        years = int(self.window_months(service) / 12 + 0.1)
        ends = [self.seen_until[service] - pd.DateOffset(years=back) for back in range(years - 1, -1, -1)]
        return [(end - pd.DateOffset(years=1), end) for end in ends] if years > 1 else []

    @property
    def begun(self) -> pd.DataFrame:
        """Return the stays of `history` that started in their window."""
        return self.history[self.history["start"] > self.history["service"].map(self.window_start)]

    def unseen_moves(self) -> list[tuple[str, str, str, int]]:
        """Return how many stays follow one that is not recorded: service, age band, provision, number."""
        begun = self.begun
        arrived = begun[begun["arrives"]]
        sizes = arrived.groupby(["service", "age_band", "provision"]).size().reset_index(name="moves")
        columns = (sizes[name].tolist() for name in ("service", "age_band", "provision", "moves"))
        return list(zip(*columns, strict=True))


def spells_of(county: County, history_years: int) -> Spells:
    """Return the stays of a county.

    Parameters
    ----------
    county : County
    history_years : int
        How far back stays in care are counted. If the records themselves begin later (no stay ends before), the window
        begins with them, so that missing years are not read as quiet ones.
    """
    snapshot = pd.Timestamp(county.snapshot)
    areas = county.areas
    known = tuple(areas.loc[areas["easting"].notna() & areas["northing"].notna(), "area"])
    rows = county.placements[
        county.placements["rank"].eq(1)
        & ~county.placements["legal_status"].isin(codes.SHORT_BREAKS)
        & ~(county.placements["start"] > snapshot)
    ].copy()
    use = use_by_day(county.placements, county.provision, county.snapshot)
    rows["judgement"] = classify(rows, county.provision, county.settings.thresholds, use)["judgement"]
    rows["end"] = rows["end"].where(rows["end"] <= snapshot)
    now = stock(rows, county.snapshot).index
    rows = pd.concat([_care_links(rows), _plan_links(rows)]).loc[rows.index]
    frame = _described(rows, known)
    learning = frame.loc[frame["service"].eq(codes.EDUCATION), "start"].max()
    until = {codes.CARE: snapshot, codes.EDUCATION: snapshot if pd.isna(learning) else pd.Timestamp(learning)}
    window = {
        codes.CARE: _window_start(county.placements, snapshot, history_years),
        codes.EDUCATION: until[codes.EDUCATION] - pd.DateOffset(years=EDUCATION_WINDOW_YEARS),
    }
    since = frame["service"].map(window)
    history = frame[frame["start"].notna() & ~(frame["end"] <= since)].reset_index(drop=True)
    return Spells(history, frame.loc[now].sort_index().reset_index(drop=True), window, until, known, snapshot)


def _window_start(placements: pd.DataFrame, snapshot: pd.Timestamp, history_years: int) -> pd.Timestamp:
    asked = snapshot - pd.DateOffset(years=history_years)
    ends = placements.loc[placements["service"].eq(codes.CARE), "end"].dropna()
    if ends.nunique() >= _ENDS_TO_JUDGE_BY:
        first = pd.Timestamp(ends.min())
        return min(max(asked, first), pd.Timestamp(snapshot - pd.DateOffset(months=3)))
    return asked


def _care_links(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the stays in care with `_LINKS`: a period of care is one chain of stays.

    One that is not marked as the start of care began before the records: since when is not known.
    """
    chain = care_chain(rows)
    same = chain["period"].eq(chain["period"].shift(-1)).to_numpy(bool)
    following = chain["provision"].shift(-1)
    leads_to = following.where(same, LEFT).where(chain["end"].notna(), "")
    since = chain["period_start"].where(chain["period_marked"])
    return chain.assign(arrives=False, next=leads_to, since=since)[[*rows.columns, *_LINKS]]


def _plan_links(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the stays of plans with `_LINKS`: a plan is one chain, whatever gaps it has.

    A stay counts from the day the plan began, if the child attended before; the first stay of a plan begins with it. A
    stay that begins later, with none before it in the return, follows one that is not recorded.
    """
    plans = rows[rows["service"].eq(codes.EDUCATION)]
    plans = plans.sort_values(["child_id", "start", "end"], kind="stable")
    first = plans["child_id"].ne(plans["child_id"].shift()).to_numpy(bool)
    last = np.append(first[1:], True)[: len(plans)]
    start = plans["start"].where(~(plans["start"] < plans["plan_start"]), plans["plan_start"])
    year = pd.Timedelta(days=366)
    soon = first & (plans["plan_start"].notna() & ~(start > plans["plan_start"] + year)).to_numpy(bool)
    start = start.where(~soon, plans["plan_start"])
    gone = plans["plan_end"].notna() & (plans["plan_end"] <= plans["end"].fillna(pd.Timestamp.max))
    following = plans["provision"].shift(-1).where(~last, "education_unknown")
    leads_to = following.where(~(last & gone.to_numpy(bool)), LEFT).where(plans["end"].notna(), "")
    arrives = first & ~soon & plans["start"].notna()
    return plans.assign(start=start, opens=soon, arrives=arrives, next=leads_to, since=plans["plan_start"])


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
            "unaccompanied": rows["uasc"] & rows["service"].eq(codes.CARE),
            "start": rows["start"],
            "end": rows["end"],
            "age_at_start_years": age.where(age >= 0, np.nan),
            "leaves": leaves,
            "since_months": (rows["start"] - rows["since"]).dt.days / DAYS_PER_MONTH,
            "judgement": rows["judgement"],
            "opens": rows["opens"].astype(bool),
            "arrives": rows["arrives"].astype(bool),
            "next": rows["next"].astype("str"),
        }
    )
