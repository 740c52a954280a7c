"""A county large enough for every part of a statement to have something to say: seeded, and not like any real one."""

from __future__ import annotations

import dataclasses
import weakref
from typing import Any

import numpy as np
import pandas as pd

from placements import codes
from placements.county import County
from placements.disclosure.publication import county_figures
from placements.disclosure.shown import ShownFigures
from placements.forecasting import Forecast, forecast
from placements.interventions import ExpandSchool, OpenHome, RecruitCarers
from placements.reports.context import Context
from placements.reports.future import Estimate, Future, Goal, Outcome, Proposal, Use
from tests.support import tiny_county

AREAS = """
area      | name      | easting | northing
E07000209 | Guildford | 499700  | 149600
E07000217 | Woking    | 500400  | 158700
E07000215 | Tandridge | 537000  | 152000
E07000207 | Elmbridge | 513000  | 162000
"""
PROVISION = """
id | service   | provision               | sector       | to        | registered | usable | by_us | by_others | share | cost
h1 | care      | childrens_home          | own          | Tandridge | 14         | 12     | 9     | 0         | 1     | 4300
h2 | care      | childrens_home          | private      | Guildford | 49         | 41     | 7     | 34        | 0.35  | 5100
f1 | care      | in_house_foster         | own          | Guildford | 120        | 108    | 61    | 0         | 1     | 500
f2 | care      | agency_foster           | private      | Woking    | 90         | 81     | 24    | 40        | 0.35  | 900
a1 | care      | supported_accommodation | own          | Elmbridge | 12         | 10     | 3     | 2         | 1     | 1300
s1 | education | state_special           | other_public | Woking    | 260        | 260    | 245   | 9         | 0.9   | 480
s2 | education | independent_special     | private      | Elmbridge | 90         | 90     | 38    | 50        | 0.9   | 1300
s3 | education | specialist_base         | other_public | Guildford | 70         | 70     | 52    | 7         | 0.9   | 350
"""
HOSTS = ("E10000016", "E10000032", "E06000036", "E09000006", "WAL")
_CARE = {
    "in_house_foster": 0.27,
    "agency_foster": 0.26,
    "connected_carers": 0.15,
    "childrens_home": 0.14,
    "supported_accommodation": 0.1,
    "with_parents": 0.05,
    "secure": 0.01,
    "adoption": 0.02,
}
_PLANS = {
    "mainstream": 0.4,
    "specialist_base": 0.08,
    "state_special": 0.27,
    "independent_special": 0.14,
    "post_16": 0.07,
    "alternative_provision": 0.01,
    "education_unknown": 0.03,
}
_AWAY = {"childrens_home": 0.7, "agency_foster": 0.5, "independent_special": 0.6, "supported_accommodation": 0.5}
_COST = {
    "in_house_foster": 500,
    "agency_foster": 950,
    "childrens_home": 5200,
    "supported_accommodation": 1300,
    "state_special": 480,
    "independent_special": 1250,
}


def _spells(rng: np.random.Generator, n: int, service: str, kinds: dict[str, float]) -> pd.DataFrame:
    snapshot = pd.Timestamp("2025-03-31")
    care = service == codes.CARE
    kind = rng.choice(list(kinds), n, p=np.array(list(kinds.values())) / sum(kinds.values()))
    names = ["Guildford", "Woking", "Tandridge", "Elmbridge"]
    home = np.where(rng.random(n) < 0.03, "-", rng.choice(names, n))
    draw, away = rng.random(n), np.array([_AWAY.get(str(k), 0.12) for k in kind])
    local = np.where(rng.random(n) < 0.5, home, rng.choice(names, n))
    to = np.where(
        draw < 0.04, "-", np.where(draw < 0.04 + away * 0.7, "out", np.where(draw < 0.04 + away, "near", local))
    )
    start = snapshot - pd.to_timedelta(rng.integers(1, 365 * 6, n), unit="D")
    end = start + pd.to_timedelta((rng.exponential(1.7 if care else 5.0, n) * 365).astype(int) + 20, unit="D")
    age = rng.integers(0, 17, n) if care else rng.integers(3, 22, n)
    birth = start - pd.to_timedelta(age * 365 + rng.integers(0, 365, n), unit="D")
    outside = np.isin(to, ["out", "near"]) & (rng.random(n) < 0.4)
    reasons = ["not_available", "does_not_exist", "preference", "safeguarding"]
    cost = [str(round(_COST[k] * rng.uniform(0.8, 1.3))) if k in _COST and rng.random() < 0.9 else "-" for k in kind]
    needs = list(codes.CIN) if care else list(codes.SEN_TYPE)
    weights = (
        np.array([0.5, 0.08, 0.05, 0.1, 0.17, 0.03, 0.01, 0.06]) if care else rng.dirichlet(np.full(len(needs), 1.2))
    )
    return pd.DataFrame(
        {
            "service": service,
            "provision": kind,
            "home": home,
            "to": to,
            "need": rng.choice(needs, n, p=weights),
            "birth": birth.strftime("%Y-%m-%d"),
            "start": start.strftime("%Y-%m-%d"),
            "end": np.where(end < snapshot, end.strftime("%Y-%m-%d"), "-"),
            "cost": cost,
            "reason": np.where(outside, rng.choice(reasons, n, p=[0.4, 0.2, 0.25, 0.15]), "-"),
            "legal": rng.choice(["C1", "C2", "V2", "E1"], n) if care else "-",
            "uasc": np.where(care & (rng.random(n) < 0.1), "yes", "-"),
            "residential": np.where((not care) & (rng.random(n) < 0.03), "yes", "-"),
        }
    ).replace("-", np.nan)


def statement_county(seed: int = 5, care: int = 900, plans: int = 900, **sections: dict[str, Any]) -> County:
    """Return a county of about 230 children looked after and 650 plans."""
    rng = np.random.default_rng(seed)
    spells = pd.concat([_spells(rng, care, codes.CARE, _CARE), _spells(rng, plans, codes.EDUCATION, _PLANS)])
    county = tiny_county(spells.reset_index(drop=True), areas=AREAS, provision=PROVISION, **sections)
    placements = county.placements.copy()
    far = placements["placement_authority"].eq("E10000016")
    placements.loc[far, "placement_authority"] = rng.choice(HOSTS, int(far.sum()), p=[0.5, 0.25, 0.15, 0.06, 0.04])
    files = pd.DataFrame(
        {
            "path": ["data/ssda903/2025/episodes.csv", "data/sen2/placementdetail.csv", "data/gias/edubase.csv"],
            "source": ["ssda903", "sen2", "gias"],
            "table": ["episodes", "placementdetail", "establishments"],
            "sha256": ["a1" * 32, "b2" * 32, "c3" * 32],
            "rows_in": [1003, 903, 41],
            "used": [900, 900, 39],
            "quarantined": [3, 3, 2],
            "superseded": [100, 0, 0],
        }
    )
    checks = pd.DataFrame(
        {
            "code": ["P01", "P02"],
            "severity": ["warning", "error"],
            "message": ["placement starts before the child is born", "placement ends before it starts"],
            "count": [12, 0],
        }
    )
    return dataclasses.replace(county, placements=placements, files=files, checks=checks)


STEPS = (
    OpenHome(name="Home A", district="E07000217", places=4, capital_gbp=1_300_000, yearly_cost_gbp=560_000, weekly_cost_gbp=600),
    ExpandSchool(name="School B", district="E07000209", places=20, capital_gbp=2_000_000, yearly_cost_gbp=80_000, lead_time_years=2),
    RecruitCarers(name="Carers", district="E07000215", households_by_year=(4, 6), capital_gbp=5_000, yearly_cost_gbp=9_000, lead_time_years=0),
)  # fmt: skip


def future_for(county: County, *, proved: bool = True) -> Future:
    """Return a real forecast, and a plan and outcomes made up to be shown."""
    made: Forecast = forecast(county)
    status = "optimal" if proved else "time limit"
    goals = (
        Goal("away_child_years", 120.4, 120.3 if proved else 96.0, 0.0008 if proved else 0.2, status, 3.0, proved),
        Goal("net_cost", -2_450_000.0, -2_451_000.0, 0.0004, status, 2.0, proved),
        Goal("travel", 812.25, 811.9, 0.0004, status, 1.0, proved),
    )
    uses = {"Home A": Use(12.4, "family", "E07000217"), "School B": Use(1.2, "autism", "E07000209")}
    outcomes = (
        Outcome("Do nothing", True, (), 0.0, 0.0, Estimate(210, 180, 240), Estimate(0, 0, 0), Estimate(0, 0, 0)),
        Outcome(
            "Best plan found", False, STEPS, 34.0, 3_350_000.0,
            Estimate(120, 98, 149), Estimate(-90, -104, -71), Estimate(-2.45e6, -4.1e6, 1.2e5),
        ),
        Outcome(
            "Foster first", False, STEPS[2:], 10.0, 50_000.0,
            Estimate(196, 170, 226), Estimate(-12, -31, 6), Estimate(-3.1e5, -9e5, 2e5),
        ),
    )  # fmt: skip
    return Future(made, outcomes, Proposal(STEPS, goals, proved, county.settings.optimise, uses))


#: Figures of counties that are still there, by identity and profile: which to hide is looked for once in each.
_FIGURES: weakref.WeakValueDictionary[tuple[int, str], ShownFigures] = weakref.WeakValueDictionary()


def statement_context(county: County | None = None, *, proved: bool = True, profile: str = "shareable") -> Context:
    """Return all that a statement is made from; contexts of the same county share its figures."""
    held = county if county is not None else statement_county()
    provenance = {"program": {"name": "placements", "version": "0.1.0"}, "seeds": {"forecast": 7}}
    context = Context(held, future_for(held, proved=proved), profile, None, provenance)
    figures = _FIGURES.get((id(held), profile))
    if figures is None:
        figures = _FIGURES[id(held), profile] = county_figures(held, profile)
        # The county holds them, so that no other county can come to have its identity while they are there.
        vars(held)[f"_figures_{profile}"] = figures
    vars(context)["figures"] = figures
    return context
