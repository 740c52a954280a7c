"""SEN2, the EHC plan return: the CSV modules of a COLLECT Blade export, joined by their table ids.

Names are dropped at the door: `surname` and `forename` are never taken from the file. Every need, plan detail and
placement detail of a child is kept; rank 1 is the main one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from placements import codes, schemas
from placements.errors import DataError
from placements.frames import look_up
from placements.read.dates import parse_dates
from placements.read.intake import Intake
from placements.read.rawtable import ROW, RawTable, plain

#: Modules from the person down; each row names its own table id and its parent's.
_PARENT: Final = {
    "person": "",
    "requests": "person",
    "assessment": "requests",
    "namedplan": "assessment",
    "plandetail": "namedplan",
    "activeplans": "requests",
    "placementdetail": "activeplans",
    "senneed": "activeplans",
}
_COLUMNS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "person": {
        "birth_date": ("personbirthdate", "birthdate", "dob"),
        "sex": ("sex", "gendercurrent", "gender"),
        "home_postcode": ("postcode",),
        "upn": ("upn",),
    },
    "requests": {},
    "assessment": {},
    "namedplan": {
        "start": ("startdate",),
        "end": ("ceasedate",),
        "end_reason": ("ceasereason",),
    },
    "plandetail": {
        "urn": ("urn",),
        "ukprn": ("ukprn",),
        "setting": ("sensetting",),
        "rank": ("placementrank",),
        "sen_unit": ("senunitindicator", "senunit"),
        "resourced_provision": ("resourcedprovisionindicator", "resourcedprovision"),
    },
    "activeplans": {},
    "placementdetail": {
        "urn": ("urn",),
        "ukprn": ("ukprn",),
        "setting": ("sensetting",),
        "rank": ("placementrank",),
        "sen_unit": ("senunitindicator", "senunit"),
        "resourced_provision": ("resourcedprovisionindicator", "resourcedprovision"),
        "start": ("entrydate",),
        "end": ("leavingdate",),
        "res": ("res",),
        "wbp": ("wbp",),
    },
    "senneed": {"need": ("sentype",), "rank": ("sentyperank", "rank")},
}
_KNOWN: Final = tuple(frozenset({f"{name}tableid"}) for name in _PARENT)
#: Codes of the field `res`: boarding for 38 weeks or 52.
_RESIDENTIAL: Final = {"38": "38", "51": "38", "A": "38", "52": "52", "B": "52"}


@dataclass(frozen=True)
class PlanReturn:
    """Plans and placements of a SEN2 return."""

    plans: pd.DataFrame
    education_placements: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_sen2(folder: Path, root: Path) -> PlanReturn:
    """Read a Blade export: all its modules below a folder.

    Returns
    -------
    PlanReturn
        `plans` (`schemas.PLANS`), `education_placements` (`schemas.EDUCATION_PLACEMENTS`), `quarantine`, `files`.
    """
    intake = Intake("sen2", root)
    modules: dict[str, tuple[RawTable, pd.DataFrame]] = {}
    for table in intake.tables_in(folder, _KNOWN):
        path, name = table.path, _module(table)
        if name is None:
            intake.ignored(table)
            continue
        if name in modules:
            raise DataError(
                f"is a second file of the module {name}: table ids mean something within one export only",
                file=path,
                advice="keep one export in the folder, the latest",
            )
        modules[name] = (table, _rows(table, name, intake))
    tables: dict[str, pd.DataFrame] = {}
    for name, parent in _PARENT.items():
        if name not in modules:
            tables[name] = _nothing(name)
            continue
        table, rows = modules[name]
        if parent:
            lost = ~rows["parent"].isin(tables[parent]["id"])
            reason = f"its {parent} row is not in the export, or could not be used: export it again"
            rows = intake.reject(table, name, rows, lost, "parent", reason)
        intake.account(table, name, len(rows), len(table.frame) - len(rows))
        tables[name] = rows.assign(source=intake.label(table))
    tables = _with_person(tables)
    return PlanReturn(_plans(tables), _placements(tables), intake.quarantine, intake.files)


def _module(table: RawTable) -> str | None:
    """Return the module a file is: the one whose own table id it holds and that is no other's parent in it."""
    held = [name for name in _PARENT if f"{name}tableid" in table.columns]
    own = [name for name in held if name not in {_PARENT[other] for other in held}]
    return own[0] if len(own) == 1 else None


def _rows(table: RawTable, name: str, intake: Intake) -> pd.DataFrame:
    parent = _PARENT[name]
    ids = {"id": (f"{name}tableid",)} | ({"parent": (f"{parent}tableid",)} if parent else {})
    rows = table.take(ids | _COLUMNS[name])
    rows = intake.reject(table, name, rows, rows["id"].eq(""), f"{name}tableid", "no table id: export it again")
    if parent:
        rows = intake.reject(
            table, name, rows, rows["parent"].eq(""), f"{parent}tableid", "no parent table id: export it again"
        )
    again = rows["id"].duplicated(keep="first")
    rows = intake.reject(table, name, rows, again, f"{name}tableid", "table id occurs twice: export it again")
    if "birth_date" in rows:  # without one the child still has a plan, and rule S06 counts it
        rows["birth_date"] = parse_dates(rows["birth_date"])
    for column, source in (("start", "startdate"), ("end", "ceasedate")):
        if column not in rows:
            continue
        parsed = parse_dates(rows[column])
        wrong = parsed.isna() & rows[column].ne("")
        rows = intake.reject(table, name, rows, wrong, column, f"{plain(source)} is not a date: correct it")
        rows[column] = parsed[rows.index]
    if {"start", "end"} <= set(rows.columns):
        late = rows["end"] < rows["start"]
        rows = intake.reject(table, name, rows, late, "end", "ended before it began: correct one of the dates")
    if name == "senneed":
        rows["need"] = rows["need"].str.upper()
        wrong = ~rows["need"].isin(list(codes.SEN_TYPE))
        rows = intake.reject(table, name, rows, wrong, "need", "not a code of need: correct sentype")
    return rows


def _nothing(name: str) -> pd.DataFrame:
    columns = ["id", *(["parent"] if _PARENT[name] else []), *_COLUMNS[name], ROW, "source"]
    return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})


def _with_person(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give every row the id of its person, following the parents up."""
    owner: dict[str, pd.Series] = {"person": tables["person"].set_index("id").index.to_series()}
    out = {"person": tables["person"].assign(person_id=tables["person"]["id"])}
    for name, parent in _PARENT.items():
        if not parent:
            continue
        rows = tables[name]
        person = rows["parent"].map(owner[parent]).astype("str")
        owner[name] = pd.Series(person.to_numpy(), index=rows["id"])
        out[name] = rows.assign(person_id=person)
    return out


def _rank(text: pd.Series) -> pd.Series:
    """Return ranks as whole numbers; a blank one counts as 1."""
    return pd.to_numeric(text.replace("", "1"), errors="coerce").fillna(1).clip(lower=1).astype(int)


def _yes(text: pd.Series) -> pd.Series:
    return text.str.upper().isin(["1", "Y", "YES", "T", "TRUE"])


def _latest_plan(named: pd.DataFrame) -> pd.DataFrame:
    """Return the plan of each person that began last."""
    dated = named.assign(start=pd.to_datetime(named["start"]), end=pd.to_datetime(named["end"]))
    return dated.sort_values(["start", "id"], na_position="first", kind="stable").drop_duplicates(
        "person_id", keep="last"
    )


def _plans(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per person who has or had a plan: the latest one that began."""
    latest = _latest_plan(tables["namedplan"])
    active = pd.Index(tables["activeplans"]["person_id"].unique())
    people = tables["person"].drop_duplicates("person_id")
    people = people[people["person_id"].isin(latest["person_id"]) | people["person_id"].isin(active)]
    if people.empty:
        return schemas.empty(schemas.PLANS)
    needs = tables["senneed"].assign(rank=_rank(tables["senneed"]["rank"]))
    needs = needs.sort_values(["person_id", "rank", "id"], kind="stable").drop_duplicates(["person_id", "need"])
    main = needs.drop_duplicates("person_id").set_index("person_id")["need"]
    others = needs[needs.duplicated("person_id", keep="first")].groupby("person_id")["need"].agg(";".join)
    by_person = latest.set_index("person_id")
    plans = pd.DataFrame(
        {
            "person_id": people["person_id"],
            "upn": people["upn"],
            "sex": people["sex"].str.upper().map(codes.SEX).fillna("U"),
            "birth_date": people["birth_date"],
            "home_postcode": people["home_postcode"],
            "start": look_up(people["person_id"], by_person["start"]),
            "end": look_up(people["person_id"], by_person["end"]),
            "end_reason": look_up(people["person_id"], by_person["end_reason"]),
            "need": look_up(people["person_id"], main).astype("str").fillna(codes.NEED_UNKNOWN),
            "other_needs": look_up(people["person_id"], others).astype("str").fillna(""),
            "source": people["source"],
        }
    )
    return schemas.check(schemas.PLANS, plans.sort_values("person_id").reset_index(drop=True))


def _placements(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every placement detail; for a person with none, the places that the latest plan names."""
    details = tables["placementdetail"]
    plan_details = tables["plandetail"]
    latest = _latest_plan(tables["namedplan"])
    named_only = plan_details[
        plan_details["parent"].isin(latest["id"]) & ~plan_details["person_id"].isin(details["person_id"])
    ]
    began = latest.set_index("person_id")
    named_only = named_only.assign(
        start=look_up(named_only["person_id"], began["start"]),
        end=look_up(named_only["person_id"], began["end"]),
        res="",
        wbp="",
    )
    rows = pd.concat([details, named_only], ignore_index=True) if len(named_only) else details
    if rows.empty:
        return schemas.empty(schemas.EDUCATION_PLACEMENTS)
    placements = pd.DataFrame(
        {
            "person_id": rows["person_id"],
            "rank": _rank(rows["rank"]),
            "provider_id": rows["urn"],
            "ukprn": rows["ukprn"],
            "setting": rows["setting"].str.upper(),
            "sen_unit": _yes(rows["sen_unit"]),
            "resourced_provision": _yes(rows["resourced_provision"]),
            "residential_weeks": rows["res"].str.upper().map(_RESIDENTIAL).fillna(""),
            "start": pd.to_datetime(rows["start"]),
            "end": pd.to_datetime(rows["end"]),
            "source": rows["source"],
        }
    )
    ordered = placements.sort_values(["person_id", "rank", "start"], kind="stable").reset_index(drop=True)
    return schemas.check(schemas.EDUCATION_PLACEMENTS, ordered)
