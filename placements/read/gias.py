"""GIAS (Get Information About Schools): every school and college, with the places it has for special needs.

A mainstream school with a SEN unit or resourced provision gives two places to learn: the school, and its specialist
base (`<URN>:base`), because children are placed in the one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.read.intake import Intake
from placements.read.rawtable import RawTable

BASE_SUFFIX: Final = ":base"
_COLUMNS: Final = {
    "urn": ("URN",),
    "ukprn": ("UKPRN",),
    "name": ("EstablishmentName",),
    "type": ("TypeOfEstablishment (name)", "TypeOfEstablishment"),
    "status": ("EstablishmentStatus (name)", "EstablishmentStatus"),
    "phase": ("PhaseOfEducation (name)", "PhaseOfEducation"),
    "low": ("StatutoryLowAge",),
    "high": ("StatutoryHighAge",),
    "gender": ("Gender (name)", "Gender"),
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

_STATE_SPECIAL: Final = (
    "Community special school",
    "Foundation special school",
    "Academy special converter",
    "Academy special sponsor led",
    "Free schools special",
)
_INDEPENDENT_SPECIAL: Final = ("Non-maintained special school", "Other independent special school")
_POST_16: Final = (
    "Further education",
    "Special post 16 institution",
    "Sixth form centres",
    "Academy 16-19 converter",
    "Academy 16 to 19 sponsor led",
    "Free schools 16 to 19",
)
_GENDER: Final = {"Boys": "M", "Girls": "F"}


@dataclass(frozen=True)
class SchoolRegister:
    """Schools and their specialist bases."""

    provision: pd.DataFrame
    links: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_gias(folder: Path, root: Path) -> SchoolRegister:
    """Read school registers below a folder; of a school in several files the last file's row wins.

    Returns
    -------
    SchoolRegister
        `provision` (`schemas.PROVISION_AS_READ`, and `on_roll`: pupils, ours or not); `quarantine`; `files`.
    """
    intake = Intake("gias", root)
    tables: list[tuple[RawTable, pd.DataFrame]] = []
    for table in intake.tables_in(folder, [_REQUIRED]):
        if not table.columns >= _REQUIRED:
            intake.ignored(table)
            continue
        rows = table.take(_COLUMNS)
        wrong = ~rows["urn"].str.fullmatch(r"\d{5,7}")
        rows = intake.reject(table, "schools", rows, wrong, "urn", "URN is missing or not a number: correct it")
        tables.append((table, rows))
    if not tables:
        return SchoolRegister(
            schemas.empty(schemas.PROVISION_AS_READ),
            schemas.empty(schemas.SCHOOL_LINKS),
            intake.quarantine,
            intake.files,
        )
    kept = intake.latest(tables, ["urn"], "schools")
    return SchoolRegister(_provision(kept), schemas.empty(schemas.SCHOOL_LINKS), intake.quarantine, intake.files)


def _provision(rows: pd.DataFrame) -> pd.DataFrame:
    kind = school_provision(rows["type"])
    low = _number(rows["low"])
    schools = pd.DataFrame(
        {
            "provider_id": rows["urn"],
            "name": rows["name"],
            "service": codes.EDUCATION,
            "provision": kind,
            "sector": np.where(
                kind.eq("independent_special") | rows["type"].str.contains("independent"), "private", "own"
            ),
            "owner": rows["authority"],
            "postcode": rows["postcode"],
            "registered_places": _number(rows["capacity"]),
            "needs": _needs(rows),
            "age_low": low.clip(0, 25),
            "age_high": _number(rows["high"]).clip(0, 99),
            "sex": rows["gender"].map(_GENDER).fillna("any"),
            "quality": "",
            "is_open": ~rows["status"].str.lower().isin(["closed", "proposed to open"]),
            "confidential": False,
            "source": rows["source"],
            "ukprn": rows["ukprn"],
            "authority_name": rows["authority"],
            "on_roll": _number(rows["on_roll"]),
            "opened_on": pd.NaT,
            "closed_on": pd.NaT,
            "section_41": pd.NA,
            "boards": pd.NA,
        }
    )
    base_on_roll = _number(rows["rp_on_roll"]).fillna(0) + _number(rows["unit_on_roll"]).fillna(0)
    base_places = _number(rows["rp_capacity"]).fillna(0) + _number(rows["unit_capacity"]).fillna(0)
    has_base = kind.eq("mainstream") & ((base_places > 0) | ~rows["base_type"].isin(["", "Not applicable"]))
    # A school's SEN types describe its base; the mainstream school itself takes any need.
    bases = schools[has_base].assign(
        provider_id=schools.loc[has_base, "provider_id"] + BASE_SUFFIX,
        provision="specialist_base",
        registered_places=base_places[has_base].where(base_places[has_base] > 0),
        on_roll=base_on_roll[has_base],
    )
    schools["needs"] = schools["needs"].where(~kind.eq("mainstream"), "")
    return schemas.check(schemas.PROVISION_AS_READ, pd.concat([schools, bases], ignore_index=True))


def school_provision(establishment_type: pd.Series) -> pd.Series:
    """Return the provision family of each GIAS type of establishment; anything not special or other is mainstream."""
    text = establishment_type.str.strip()
    lower = text.str.lower()
    family = np.select(
        [
            text.isin(_STATE_SPECIAL),
            text.isin(_INDEPENDENT_SPECIAL),
            lower.str.contains("pupil referral|alternative provision"),
            text.isin(_POST_16),
        ],
        ["state_special", "independent_special", "alternative_provision", "post_16"],
        "mainstream",
    )
    return pd.Series(family, index=establishment_type.index, dtype="str", name="provision")


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


def _number(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text, errors="coerce").where(lambda number: number >= 0)
