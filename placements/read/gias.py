"""GIAS (Get Information About Schools): every school and college, with the places it has for special needs.

Extracts of any day and kind (all establishments, the state-funded alone) are laid over one another cell by cell, the
newest last; what a school has for special needs comes whole from the newest that knows of it. Closed schools are kept,
so that past placements find them. A mainstream school with a SEN unit or resourced provision gives two places to learn:
the school, and its specialist base (`<URN>:base`), because children are placed in the one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from placements import codes, schemas
from placements.read.dates import parse_dates
from placements.read.gias_links import LINK_COLUMNS, school_links, take_links
from placements.read.gias_types import school_provision, school_sector
from placements.read.intake import Intake
from placements.read.rawtable import RawTable
from placements.read.when import day_in

BASE_SUFFIX: Final = ":base"
_COLUMNS: Final = {
    "urn": ("URN",),
    "ukprn": ("UKPRN",),
    "name": ("EstablishmentName",),
    "type": ("TypeOfEstablishment (name)", "TypeOfEstablishment"),
    "status": ("EstablishmentStatus (name)", "EstablishmentStatus"),
    "opened": ("OpenDate",),
    "closed": ("CloseDate",),
    "low": ("StatutoryLowAge",),
    "high": ("StatutoryHighAge",),
    "gender": ("Gender (name)", "Gender"),
    "boarders": ("Boarders (name)",),
    "boarding": ("BoardingEstablishment (name)",),
    "section_41": ("Section41Approved (name)",),
    "capacity": ("SchoolCapacity",),
    "on_roll": ("NumberOfPupils",),
    "rp_on_roll": ("ResourcedProvisionOnRoll",),
    "unit_on_roll": ("SenUnitOnRoll",),
    "postcode": ("Postcode",),
    "base_type": ("TypeOfResourcedProvision (name)", "TypeOfResourcedProvision"),
    "rp_capacity": ("ResourcedProvisionCapacity",),
    "unit_capacity": ("SenUnitCapacity",),
    "authority": ("LA (name)",),
} | {f"sen{i}": (f"SEN{i} (name)",) for i in range(1, 14)}
_REQUIRED: Final = frozenset({"urn", "establishmentname", "postcode"})
#: Columns that say one thing together, in which a blank means none: an older extract must not fill it in.
_WHOLE: Final = (
    tuple(f"sen{i}" for i in range(1, 14)),
    ("base_type", "rp_capacity", "unit_capacity", "rp_on_roll", "unit_on_roll"),
)
_GENDER: Final = {"Boys": "M", "Girls": "F"}
_SECTION_41: Final = {"approved": True, "not approved": False}
_BOARDS: Final = {
    "boarding school": True,
    "children's home (boarding school)": True,
    "college / fe residential accommodation": True,
    "has boarders": True,
    "no boarders": False,
    "does not have boarders": False,
}
_NO_BASE: Final = ("", "not applicable", "none")
#: Days before this one cannot be told apart from none in a table: schools that are older have no day of opening.
_EARLIEST: Final = pd.Timestamp("1678-01-01")
#: Day of a file's extract, as text that sorts; blank comes first.
_EXTRACTED: Final = "_extracted"


@dataclass(frozen=True)
class SchoolRegister:
    """Schools and their specialist bases, and who followed whom."""

    provision: pd.DataFrame
    links: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_gias(folder: Path, root: Path) -> SchoolRegister:
    """Read extracts and links files below a folder; of what several say of a school, the newest counts.

    An extract is as new as the day in its file's name; one without a day is older than those with one. A cell that it
    leaves blank an older extract fills in, but for SEN types and bases: those come whole from the newest extract that
    has them (one in which their columns are blank for every school does not).

    Returns
    -------
    SchoolRegister
        `provision` (`schemas.PROVISION_AS_READ`), `links` (`schemas.SCHOOL_LINKS`), `quarantine`, `files`.

    Raises
    ------
    UnreadableFilesError
        When files cannot be read at all.
    """
    intake = Intake("gias", root)
    schools: list[tuple[RawTable, pd.DataFrame]] = []
    links: list[tuple[RawTable, pd.DataFrame]] = []
    for table in intake.tables_in(folder, [_REQUIRED, LINK_COLUMNS]):
        day = day_in(table.path.name)
        extracted = "" if day is None else day.strftime("%Y%m%d")
        if table.columns >= _REQUIRED:
            rows = table.take(_COLUMNS)
            wrong = ~rows["urn"].str.fullmatch(r"\d{5,7}")
            rows = intake.reject(table, "schools", rows, wrong, "urn", "URN is missing or not a number: correct it")
            schools.append((table, rows.assign(**{_EXTRACTED: extracted})))
        elif table.columns >= LINK_COLUMNS:
            links.append((table, take_links(table, intake).assign(**{_EXTRACTED: extracted})))
        else:
            intake.ignored(table)
    followed = school_links(links, intake, (_EXTRACTED,))
    if not schools:
        return SchoolRegister(schemas.empty(schemas.PROVISION_AS_READ), followed, intake.quarantine, intake.files)
    kept = intake.merged(schools, "urn", "schools", (_EXTRACTED,))
    for columns in _WHOLE:
        kept = kept.assign(**_newest(schools, columns, kept["urn"]))
    return SchoolRegister(_provision(kept), followed, intake.quarantine, intake.files)


def _newest(schools: list[tuple[RawTable, pd.DataFrame]], columns: tuple[str, ...], urn: pd.Series) -> pd.DataFrame:
    """Return columns of each school, all from the newest extract that has the school and says them of any school."""
    wanted = ["urn", _EXTRACTED, *columns]
    saying = [rows[wanted] for _, rows in schools if rows[list(columns)].astype(bool).to_numpy().any()]
    rows = pd.concat(saying or [schools[0][1][wanted]]).sort_values(_EXTRACTED, kind="stable")
    newest = rows.drop_duplicates("urn", keep="last").set_index("urn")[list(columns)]
    return newest.reindex(urn, fill_value="").set_axis(urn.index)


def _provision(rows: pd.DataFrame) -> pd.DataFrame:
    kind = school_provision(rows["type"])
    status = rows["status"].str.lower()
    ukprn = rows["ukprn"].str.removesuffix(".0")
    # Only a school that is closed, or is proposed to be, has a day of closing: an older extract may hold one that was
    # given up.
    closes = status.str.contains("close")
    schools = pd.DataFrame(
        {
            "provider_id": rows["urn"],
            "name": rows["name"],
            "service": codes.EDUCATION,
            "provision": kind,
            "sector": school_sector(rows["type"]),
            "owner": rows["authority"],
            "postcode": rows["postcode"],
            "registered_places": _number(rows["capacity"]),
            "needs": _needs(rows),
            "age_low": _number(rows["low"]).clip(0, 25),
            "age_high": _number(rows["high"]).clip(0, 99),
            "sex": rows["gender"].map(_GENDER).fillna("any"),
            "quality": "",
            "is_open": status.eq("") | status.str.startswith("open"),
            "confidential": False,
            "source": rows["source"],
            "ukprn": ukprn.where(ukprn.str.fullmatch(r"\d{8}"), ""),
            "authority_name": rows["authority"],
            "on_roll": _number(rows["on_roll"]),
            "opened_on": _day(rows["opened"]),
            "closed_on": _day(rows["closed"]).where(closes),
            "section_41": _flag(rows["section_41"], _SECTION_41),
            "boards": _flag(rows["boarders"], _BOARDS).fillna(_flag(rows["boarding"], _BOARDS)),
            "establishment_type": rows["type"].str.strip(),
        }
    )
    # A school may have both kinds of base: to a child they are one place, with the places of both.
    base_places = _sum(rows["rp_capacity"], rows["unit_capacity"])
    has_base = kind.eq("mainstream") & (base_places.gt(0) | ~rows["base_type"].str.lower().isin(_NO_BASE))
    # A school's SEN types describe its base; the mainstream school itself takes any need.
    bases = schools[has_base].assign(
        provider_id=schools.loc[has_base, "provider_id"] + BASE_SUFFIX,
        provision="specialist_base",
        registered_places=base_places[has_base].where(base_places[has_base] > 0),
        on_roll=_sum(rows["rp_on_roll"], rows["unit_on_roll"])[has_base],
    )
    schools["needs"] = schools["needs"].where(~kind.eq("mainstream"), "")
    return schemas.check(schemas.PROVISION_AS_READ, pd.concat([schools, bases], ignore_index=True))


def _needs(rows: pd.DataFrame) -> pd.Series:
    """Return the need groups of the SEN types a school names (`ASD - Autistic Spectrum Disorder`), `;`-joined."""
    long = pd.concat(
        [
            rows[f"sen{i}"].str.split(" - ").str[0].str.strip().str.upper().map(codes.NEED_GROUP).dropna()
            for i in range(1, 14)
        ]
    )
    pairs = long.rename("group").rename_axis("row").reset_index().drop_duplicates().sort_values(["row", "group"])
    return pairs.groupby("row")["group"].agg(";".join).reindex(rows.index).fillna("").astype("str")


def _day(text: pd.Series) -> pd.Series:
    """Return days; those of schools reach back further than those of returns may."""
    early = pd.to_datetime(text, format="%d-%m-%Y", errors="coerce").astype("datetime64[us]")
    return parse_dates(text).fillna(early.where(early >= _EARLIEST))


def _flag(text: pd.Series, meanings: dict[str, bool]) -> pd.Series:
    """Return yes or no, missing where the text says neither."""
    return text.str.lower().map(meanings).astype("boolean")


def _number(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text, errors="coerce").where(lambda number: number >= 0)


def _sum(*texts: pd.Series) -> pd.Series:
    """Return the sum of those numbers that are known; not known when none is."""
    return pd.concat([_number(text) for text in texts], axis=1).sum(axis=1, min_count=1)
