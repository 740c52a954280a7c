"""Counties that fit in one's head, built from a few lines of ASCII table in the test itself.

A table is rows of cells divided by `|`, the first row being the column names; lines of dashes are ignored, `-` and
nothing at all are missing values. Only the columns that matter to a test need be given: the rest get plain defaults.
A column `n` repeats its row.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.county import County
from placements.forecasting import Forecast
from placements.forecasting.spells import STATES
from placements.geography.authorities import Authority
from placements.geography.distance import miles
from placements.settings import Settings

SNAPSHOT = dt.date(2025, 3, 31)

#: Three districts: the first two lie six miles apart, the third is over twenty miles from both.
AREAS = """
area      | name      | easting | northing
E07000209 | Guildford | 499700  | 149600
E07000217 | Woking    | 500400  | 158700
E07000215 | Tandridge | 537000  | 152000
"""

#: `to` is an area's name or code, `out` (an authority 35 miles off), `near` (over the boundary, adjoining) or `-`.
PLACEMENTS = """
n | service   | provision           | home      | to        | need | birth      | start      | end        | cost | reason
4 | care      | in_house_foster     | Guildford | Guildford | N1   | 2016-05-01 | 2023-10-02 | -          | 500  | -
2 | care      | in_house_foster     | Woking    | Guildford | N1   | 2014-05-01 | 2022-09-01 | 2024-09-01 | 500  | -
3 | care      | agency_foster       | Woking    | out       | N1   | 2012-07-01 | 2024-02-01 | -          | 900  | not_available
1 | care      | agency_foster       | Tandridge | out       | N2   | 2013-07-01 | 2023-06-01 | 2024-12-01 | 950  | preference
1 | care      | connected_carers    | Guildford | near      | N5   | 2019-07-01 | 2024-06-01 | -          | 300  | preference
2 | care      | childrens_home      | Guildford | out       | N1   | 2010-01-15 | 2024-06-15 | -          | 5200 | not_available
1 | care      | childrens_home      | Woking    | out       | N5   | 2009-11-20 | 2023-01-10 | 2024-05-01 | 4900 | does_not_exist
1 | care      | childrens_home      | Tandridge | Tandridge | N1   | 2011-03-03 | 2024-01-20 | -          | 4300 | -
1 | care      | secure              | Woking    | out       | N6   | 2009-04-01 | 2025-01-20 | -          | 8000 | safeguarding
2 | care      | supported_accommodation | Woking | out      | N1   | 2007-09-10 | 2024-10-01 | -          | 1400 | not_available
1 | care      | childrens_home      | -         | -         | N1   | 2010-08-08 | 2024-11-11 | -          | -    | -
3 | education | mainstream          | Guildford | Guildford | SLCN | 2015-03-01 | 2023-09-01 | -          | -    | -
2 | education | state_special       | Woking    | Woking    | ASD  | 2014-03-01 | 2024-09-01 | -          | -    | -
3 | education | independent_special | Woking    | out       | ASD  | 2013-03-01 | 2024-09-01 | -          | 1300 | does_not_exist
1 | education | independent_special | Tandridge | near      | SEMH | 2012-03-01 | 2022-09-01 | 2024-07-20 | 1500 | not_available
1 | education | education_unknown   | Guildford | -         | unknown | -       | 2024-09-01 | -          | -    | -
"""

PROVISION = """
id | service   | provision           | sector  | to        | registered | usable | by_us | by_others | share | cost
h1 | care      | childrens_home      | own     | Tandridge | 4          | 3      | 1     | 0         | 1     | 4300
h2 | care      | childrens_home      | private | Guildford | 5          | 4      | 0     | 4         | 0.35  | 5100
f1 | care      | in_house_foster     | own     | Guildford | 6          | 5      | 4     | 0         | 1     | 500
s1 | education | state_special       | other_public | Woking | 60        | 60     | 58    | 1         | 0.9   | 480
s2 | education | independent_special | private | out       | 40         | 40     | 3     | 30        | 0.9   | 1300
"""

UNIT_COSTS = """
provision               | location      | weekly_cost_gbp
in_house_foster         | any           | 500
agency_foster           | any           | 950
childrens_home          | any           | 4500
childrens_home          | out_of_county | 5200
supported_accommodation | any           | 1300
connected_carers        | any           | 300
secure                  | any           | 8000
state_special           | any           | 480
independent_special     | any           | 1250
specialist_base         | any           | 350
mainstream              | any           | 150
"""

OPTIONS = """
id | site | kind                 | to        | places | capital | yearly | weekly | lead | planned | minimum | needs | ages
o1 | A    | open_home            | Guildford | 3      | 900000  | 380000 | 600    | 1    | 0.85    | 0.6     | -     | 8-17
o2 | A    | open_home            | Guildford | 5      | 1300000 | 560000 | 600    | 1    | 0.85    | 0.6     | -     | 8-17
o3 | B    | open_home            | Tandridge | 3      | 800000  | 380000 | 600    | 1    | 0.85    | 0.6     | -     | 8-17
o4 | C    | expand_school        | Woking    | 20     | 2000000 | 80000  | 430    | 2    | 0.95    | 0.3     | autism | 5-18
o5 | D    | open_specialist_base | Guildford | 10     | 400000  | 60000  | 300    | 1    | 0.95    | 0.3     | autism;communication | 5-15
o6 | E    | recruit_carers       | Woking    | 1      | 5000    | 9000   | 520    | 0    | 0.8     | 0       | -     | 0-17
o7 | F    | open_supported_accommodation | Woking | 4    | 150000  | 120000 | 500    | 1    | 0.85    | 0.5     | -     | 16-17
"""

_OPTION_PROVISION = {
    "open_home": "childrens_home",
    "expand_school": "state_special",
    "open_specialist_base": "specialist_base",
    "recruit_carers": "in_house_foster",
    "open_supported_accommodation": "supported_accommodation",
    "block_contract": "childrens_home",
}
_SECTOR_OF = {
    "in_house_foster": "own",
    "with_parents": "parent",
    "mainstream": "other_public",
    "state_special": "other_public",
    "specialist_base": "other_public",
}
#: Metres from the first area to a place that is `out`, and to one just over the boundary (`near`).
_OUT, _NEAR = 56_000.0, 9_000.0


def table(text: str | pd.DataFrame) -> pd.DataFrame:
    """Read an ASCII table: every cell is text, `-` and nothing are missing (NaN); column `n` repeats rows."""
    if isinstance(text, pd.DataFrame):
        return text.copy()
    lines = [line for line in text.strip().splitlines() if line.strip(" |-+")]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    width = len(rows[0])
    cells = [row + [""] * (width - len(row)) for row in rows[1:]]
    frame = pd.DataFrame(cells, columns=rows[0], dtype="str").replace({"": np.nan, "-": np.nan})
    if "n" in frame:
        frame = frame.loc[frame.index.repeat(frame["n"].astype(int))].drop(columns="n").reset_index(drop=True)
    return frame


def tiny_county(
    placements: str | pd.DataFrame = PLACEMENTS,
    *,
    areas: str | pd.DataFrame = AREAS,
    provision: str | pd.DataFrame = PROVISION,
    unit_costs: str | pd.DataFrame = UNIT_COSTS,
    options: str | pd.DataFrame = OPTIONS,
    snapshot: dt.date = SNAPSHOT,
    settings: Settings | None = None,
    **sections: dict[str, Any],
) -> County:
    """Return a county built from small tables (see the defaults in this module for the columns).

    Parameters
    ----------
    placements, areas, provision, unit_costs, options : str or DataFrame
        ASCII tables, or frames with the same short columns; any column of the full schema may be given too.
    snapshot : date
    settings : Settings, optional
        Defaults with runs and samples small.
    **sections : dict
        Changes to a section of the settings, such as ``optimise={"capital_gbp": 1e6}``.
    """
    area_frame = _areas(areas)
    settings = settings or _small_settings(snapshot)
    for name, changes in sections.items():
        settings = dataclasses.replace(settings, **{name: dataclasses.replace(getattr(settings, name), **changes)})
    districts = tuple(sorted(set(area_frame["area"]) - {schemas.AREA_UNKNOWN, schemas.AREA_OUTSIDE}))
    return County(
        settings=settings,
        authority=Authority("custom", "Tinyshire", districts),
        placements=_placements(table(placements), area_frame),
        provision=_provision(table(provision), area_frame),
        unit_costs=_unit_costs(table(unit_costs)),
        options=_options(table(options), area_frame),
        areas=area_frame,
        quarantine=schemas.empty(schemas.QUARANTINE),
        files=schemas.empty(schemas.FILES),
        postcode_source="tests",
    )


def _small_settings(snapshot: dt.date) -> Settings:
    base = Settings()
    return dataclasses.replace(
        base,
        study=dataclasses.replace(base.study, snapshot=snapshot, name="Tinyshire", synthetic=True),
        forecast=dataclasses.replace(base.forecast, runs=40, years=3),
        optimise=dataclasses.replace(base.optimise, demand_samples=3, time_limit_s=30.0),
    )


def _areas(areas: str | pd.DataFrame) -> pd.DataFrame:
    frame = table(areas)
    frame[["easting", "northing"]] = frame[["easting", "northing"]].astype(float)
    rest = [
        {"area": name, "name": label, "easting": np.nan, "northing": np.nan}
        for name, label in (
            (schemas.AREA_UNKNOWN, "Not known"),
            (schemas.AREA_OUTSIDE, "Outside the authority"),
        )
        if name not in set(frame["area"])
    ]
    return schemas.check(schemas.AREAS, pd.concat([frame, pd.DataFrame(rest)], ignore_index=True))


def _where(names: pd.Series, areas: pd.DataFrame) -> pd.DataFrame:
    """Return `area, easting, northing, location, authority, adjoining` for names or codes of areas, `out`, `near`, NaN."""
    ids = dict(zip(areas["name"], areas["area"], strict=True)) | {area: area for area in areas["area"]}
    centre = areas.set_index("area")
    first = areas.iloc[0]
    rows = []
    for name in names:
        if not isinstance(name, str) or ids.get(name) == schemas.AREA_UNKNOWN:
            rows.append((schemas.AREA_UNKNOWN, math.nan, math.nan, codes.UNKNOWN, None, pd.NA))
        elif name in ("out", "near") or ids.get(name) == schemas.AREA_OUTSIDE:
            shift, authority = (_NEAR, "E10000014") if name == "near" else (_OUT, "E10000016")
            point = (first["easting"] - shift, first["northing"])
            rows.append((schemas.AREA_OUTSIDE, *point, codes.OUT_OF_COUNTY, authority, name == "near"))
        else:
            area = ids[name]
            point = (centre.loc[area, "easting"], centre.loc[area, "northing"])
            rows.append((area, *point, codes.IN_COUNTY, "custom", False))
    columns = ["area", "easting", "northing", "location", "authority", "adjoining"]
    return pd.DataFrame(rows, columns=columns, index=names.index)


def _column(frame: pd.DataFrame, name: str, default: Any) -> pd.Series:
    values = frame[name] if name in frame else pd.Series(np.nan, index=frame.index, dtype=object)
    return values if default is None else values.astype(object).where(values.notna(), default)


def _truth(values: pd.Series) -> pd.Series:
    return values.map(lambda value: value in (True, "True", "true", "yes", "1", 1)).astype(bool)


def _plan_date(given: pd.DataFrame, name: str, of_setting: str, child: pd.Series, service: pd.Series) -> pd.Series:
    """Return a date of the plan: as given, else that of the child's first or last setting; NaT in care."""
    if name in given:
        return pd.to_datetime(given[name])
    days = pd.to_datetime(_column(given, of_setting, None)).groupby([child, service])
    all_known = days.transform("count").eq(days.transform("size"))
    found = days.transform("min") if of_setting == "start" else days.transform("max").where(all_known)
    return found.where(service.eq(codes.EDUCATION))


def _placements(given: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    if given.empty:
        return schemas.empty(schemas.PLACEMENTS)
    home, to = _where(_column(given, "home", None), areas), _where(_column(given, "to", None), areas)
    number = pd.Series([f"p{i:05d}" for i in range(len(given))], index=given.index)
    service = _column(given, "service", codes.CARE)
    need = _column(given, "need", codes.NEED_UNKNOWN)
    uasc = _truth(_column(given, "uasc", False))
    distance = miles(home["easting"], home["northing"], to["easting"], to["northing"])
    known = np.isfinite(distance)
    over = pd.Series(distance > 20, index=given.index).astype("boolean").where(known, pd.NA)
    provision = given["provision"]
    child = _column(given, "child", None).astype(object).where(_column(given, "child", None).notna(), "c" + number)
    frame = pd.DataFrame(
        {
            "placement_id": number,
            "child_id": child,
            "service": service,
            "start": pd.to_datetime(_column(given, "start", None)),
            "end": pd.to_datetime(_column(given, "end", None)),
            "rank": _column(given, "rank", 1).astype(int),
            "provision": provision,
            "place_code": _column(given, "place_code", None),
            "sector": _column(given, "sector", None).fillna(provision.map(_SECTOR_OF)).fillna("private"),
            "provider_id": _column(given, "provider", None),
            "need": need,
            "need_group": _column(given, "need_group", None)
            .fillna(need.map(codes.NEED_GROUP))
            .where(~uasc, "unaccompanied"),
            "birth_date": pd.to_datetime(_column(given, "birth", None)),
            "sex": _column(given, "sex", "U"),
            "uasc": uasc,
            "legal_status": _column(given, "legal", None),
            "legal_status_at_start": _column(given, "legal_at_start", None),
            "starts_care": _truth(_column(given, "starts_care", ~child.duplicated())) & (service == codes.CARE),
            "same_carer": _truth(_column(given, "same_carer", False)),
            "end_reason": _column(given, "end_reason", None),
            "change_reason": _column(given, "change_reason", None),
            "plan_start": _plan_date(given, "plan_start", "start", child, service),
            "plan_end": _plan_date(given, "plan_end", "end", child, service),
            "residential": _truth(_column(given, "residential", False)),
            "residential_weeks": _column(given, "weeks", ""),
            "establishment_type": _column(given, "type", ""),
            "home_postcode": _column(given, "home_postcode", None),
            "placement_postcode": _column(given, "placement_postcode", None),
            "home_area": home["area"],
            "weekly_cost_gbp": _column(given, "cost", None).astype(float),
            "cost_basis": _column(given, "basis", None)
            .astype(object)
            .where(
                _column(given, "basis", None).notna(),
                _column(given, "cost", None).notna().map({True: "recorded", False: codes.UNKNOWN}),
            ),
            "reason_at_distance": _column(given, "reason", None),
            "source": "tests",
            "home_district": home["area"].where(home["location"] == codes.IN_COUNTY),
            "home_authority": home["authority"],
            "home_easting": home["easting"],
            "home_northing": home["northing"],
            "placement_district": to["area"].where(to["location"] == codes.IN_COUNTY),
            "placement_authority": to["authority"],
            "placement_easting": to["easting"],
            "placement_northing": to["northing"],
            "location": to["location"],
            "adjoining": to["adjoining"].astype("boolean"),
            "distance_miles": distance,
            "approximate": False,
            "over_20_miles": over,
            "distant": ((to["location"] == codes.OUT_OF_COUNTY) & ~to["adjoining"].eq(True)).astype("boolean"),
        }
    )
    return schemas.check(schemas.PLACEMENTS, frame)


def _provision(given: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    if given.empty:
        return schemas.empty(schemas.PROVISION)
    to = _where(_column(given, "to", None), areas)
    registered = given["registered"].astype(float)
    low, high = _ages(given, 0, 25)
    frame = pd.DataFrame(
        {
            "provider_id": given["id"],
            "name": _column(given, "name", None).fillna("Place " + given["id"].astype("str")),
            "service": _column(given, "service", codes.CARE),
            "provision": given["provision"],
            "sector": _column(given, "sector", "private"),
            "owner": _column(given, "owner", None),
            "postcode": _column(given, "postcode", None),
            "registered_places": registered,
            "needs": _column(given, "needs", ""),
            "age_low": low,
            "age_high": high,
            "sex": _column(given, "sex", "any"),
            "quality": _column(given, "quality", None),
            "is_open": _truth(_column(given, "open", True)),
            "confidential": given["provision"].isin(["childrens_home", "in_house_foster", "agency_foster"]),
            "source": "tests",
            "opened_on": pd.to_datetime(_column(given, "opened", None)),
            "closed_on": pd.to_datetime(_column(given, "closed", None)),
            "district": to["area"].where(to["location"] == codes.IN_COUNTY),
            "authority": to["authority"],
            "area": to["area"],
            "easting": to["easting"],
            "northing": to["northing"],
            "location": to["location"],
            "usable_places": _column(given, "usable", None).astype(float).fillna(registered),
            "occupied_by_us": _column(given, "by_us", 0).astype(float),
            "occupied_by_others": _column(given, "by_others", 0).astype(float),
            "others_recorded": _column(given, "by_others", None).notna(),
            "share_for_us": _column(given, "share", 1).astype(float),
            "weekly_cost_gbp": _column(given, "cost", None).astype(float),
        }
    )
    return schemas.check(schemas.PROVISION, frame)


def _ages(given: pd.DataFrame, low: int, high: int) -> tuple[pd.Series, pd.Series]:
    parts = _column(given, "ages", f"{low}-{high}").astype("str").str.split("-", expand=True)
    return parts[0].astype(float), parts[1].astype(float)


def _unit_costs(given: pd.DataFrame) -> pd.DataFrame:
    if given.empty:
        return schemas.empty(schemas.UNIT_COSTS)
    frame = pd.DataFrame(
        {
            "provision": given["provision"],
            "sector": _column(given, "sector", "any"),
            "location": _column(given, "location", "any"),
            "weekly_cost_gbp": given["weekly_cost_gbp"].astype(float),
            "source": "tests",
        }
    )
    return schemas.check(schemas.UNIT_COSTS, frame)


def _options(given: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    if given.empty:
        return schemas.empty(schemas.OPTIONS)
    to = _where(_column(given, "to", None), areas)
    low, high = _ages(given, 0, 25)
    frame = pd.DataFrame(
        {
            "option_id": given["id"],
            "site_id": _column(given, "site", None).fillna(given["id"]),
            "kind": given["kind"],
            "name": _column(given, "name", None).fillna("Option " + given["id"].astype("str")),
            "postcode": _column(given, "postcode", None),
            "district": to["area"].where(to["location"] == codes.IN_COUNTY),
            "provision": _column(given, "provision", None).fillna(given["kind"].map(_OPTION_PROVISION)).fillna(""),
            "places": _column(given, "places", None).astype(float),
            "max_units_per_year": _column(given, "units", None)
            .astype(float)
            .fillna(given["kind"].map({"recruit_carers": 4.0}).fillna(1.0)),
            "needs": _column(given, "needs", ""),
            "age_low": low,
            "age_high": high,
            "sex": _column(given, "sex", "any"),
            "capital_gbp": _column(given, "capital", 0).astype(float),
            "yearly_cost_gbp": _column(given, "yearly", 0).astype(float),
            "weekly_cost_gbp": _column(given, "weekly", 0).astype(float),
            "lead_time_years": _column(given, "lead", 0).astype(float),
            "planned_occupancy": _column(given, "planned", 1).astype(float),
            "minimum_occupancy": _column(given, "minimum", 0).astype(float),
            "staff": _column(given, "staff", None).astype(float),
            "share": _column(given, "share", None).astype(float),
            "service": _column(given, "service", "").fillna(""),
            "areas": _column(given, "areas", "").fillna(""),
            "age_bands": _column(given, "bands", "").fillna(""),
            "provisions": _column(given, "provisions", "").fillna(""),
            "source": "tests",
        }
    )
    return schemas.check(schemas.OPTIONS, frame)


def tiny_forecast(
    county: County, needs: str | pd.DataFrame, *, years: int = 2, runs: tuple[float, ...] = (1.0,), seed: int = 7
) -> Forecast:
    """Return a forecast in which every start is avoidably away, from a table of child-years.

    Columns: `area` (name or code), `provision` (wanted), `need_group`, `age_band`, and `child_years`: one number for every
    year, or one for each year divided by `;`. Run r has `runs[r]` times as much. Those who start stay for the year only.
    """
    table_ = table(needs)
    ids = dict(zip(county.areas["name"], county.areas["area"], strict=True)) | {a: a for a in county.areas["area"]}
    provision = table_["provision"]
    care = provision.isin(list(codes.CARE_PROVISION))
    groups = pd.DataFrame(
        {
            "service": pd.Series(np.where(care, codes.CARE, codes.EDUCATION), dtype="str"),
            "area": table_["area"].map(ids),
            "need_group": _column(table_, "need_group", "family").astype("str"),
            "age_band": _column(table_, "age_band", "10 to 15").astype("str"),
            "provision": provision,
        }
    )
    name = groups["area"] + "/" + groups["provision"] + "/" + groups["need_group"] + "/" + groups["age_band"]
    groups.insert(0, "group", name)
    given = [[float(part) for part in str(cell).split(";")] for cell in table_["child_years"]]
    by_year = np.array([row * years if len(row) == 1 else row for row in given]).reshape(len(groups), years)
    cohorts = np.zeros((len(runs), years, years, len(groups)), np.float32)
    for year in range(years):
        cohorts[:, year, year] = np.outer(runs, by_year[:, year])
    starting = np.repeat(cohorts.sum(axis=1), 12, axis=1)
    months = pd.DatetimeIndex([pd.Timestamp(county.snapshot) + pd.DateOffset(months=m + 1) for m in range(12 * years)])
    away = pd.DataFrame(
        {"share": 1.0, "avoidable": 1.0, "known": 1.0, "unknown": 0.0}, index=pd.Index(groups["group"], name="group")
    )
    held, entered = (np.zeros((len(runs), len(months), n), np.float32) for n in (len(STATES), 0))
    return Forecast(groups, months, starting, np.zeros_like(starting), cohorts, away, held, entered, (), {}, seed)
