"""Ofsted's list of social care providers, as authorities receive it: a workbook, or a CSV of the same layout.

Headers change between years, so columns are matched without case by alias. Addresses of homes are confidential.
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

_COLUMNS: Final = {
    "urn": ("URN", "SC URN", "Unique reference number"),
    "type": ("Provider Type", "Provision type"),
    "subtype": ("Provider Subtype", "Provision subtype"),
    "sector": ("Sector", "Owner Type"),
    "name": ("Setting Name", "Provider name", "Name"),
    "authority": ("Local Authority",),
    "status": ("Provider Status", "Registration status"),
    "places": ("Max Users", "Number of registered places", "Places", "Capacity", "Maximum fostering places"),
    "quality": ("Overall Effectiveness", "Latest overall effectiveness grade from last full inspection"),
    "postcode": ("Setting Address Postcode", "Setting postcode", "Provider postcode", "Postcode"),
    "owner": ("Owner Name", "Organisation name", "Organisation which owns the provider"),
    "behaviour": ("Emotional and Behavioural Difficulties",),
    "mental": ("Mental Disorders",),
    "sensory": ("Sensory Impairment",),
    "learning": ("Learning Difficulty", "Learning Difficulties"),
    "physical": ("Physical Disabilities", "Physical Disability"),
}
_TYPES: Final = (
    # pattern, provision family; the first that matches wins
    ("supported accommodation", "supported_accommodation"),
    ("secure", "secure"),
    ("residential special school", "residential_school"),
    ("boarding", "residential_school"),
    ("children.?s home", "childrens_home"),
    ("independent fostering", "agency_foster"),
    ("fostering", "in_house_foster"),
    ("adoption", "adoption"),
)
_SECTOR: Final = (
    ("local authority", "own"),
    ("voluntary", "voluntary"),
    ("charit", "voluntary"),
    ("health", "other_public"),
    ("public", "other_public"),
)


@dataclass(frozen=True)
class ProviderList:
    """Homes, agencies and supported accommodation."""

    provision: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_ofsted(folder: Path, root: Path) -> ProviderList:
    """Read provider lists below a folder (`.xlsx` and `.csv`).

    Returns
    -------
    ProviderList
        `provision` (`schemas.PROVISION_AS_READ`), `quarantine`, `files`.
    """
    intake = Intake("ofsted", root)
    parts: list[tuple[RawTable, pd.DataFrame]] = []
    for table in intake.tables_in(folder, [frozenset({"urn"})]):
        if "urn" not in table.columns or not table.columns & {"providertype", "provisiontype"}:
            intake.ignored(table)
            continue
        rows = table.take(_COLUMNS)
        rows["urn"] = rows["urn"].str.upper()
        rows = intake.reject(table, "providers", rows, rows["urn"].eq(""), "urn", "no URN: give one")
        places = pd.to_numeric(rows["places"].replace({"-": "", "N/A": ""}), errors="coerce")
        odd = (places.isna() & ~rows["places"].isin(["", "-", "N/A"])) | (places < 0)
        rows = intake.reject(table, "providers", rows, odd, "places", "places is not a number: correct it")
        parts.append((table, rows.assign(places=places[rows.index], supported="sa" in table.sheet.lower().split())))
    if not parts:
        return ProviderList(schemas.empty(schemas.PROVISION_AS_READ), intake.quarantine, intake.files)
    kept = intake.latest(parts, ["urn"], "providers")
    return ProviderList(_provision(kept), intake.quarantine, intake.files)


def _first_match(text: pd.Series, patterns: tuple[tuple[str, str], ...], default: str) -> pd.Series:
    lower = text.str.lower()
    found = np.select(
        [lower.str.contains(pattern).to_numpy(bool) for pattern, _ in patterns], [v for _, v in patterns], default
    )
    return pd.Series(found, index=text.index, dtype="str")


def _provision(rows: pd.DataFrame) -> pd.DataFrame:
    kind = _first_match(rows["type"] + " " + rows["subtype"], _TYPES, "other_care")
    kind = kind.where(~rows["supported"].astype(bool), "supported_accommodation")
    agency = kind.isin(["agency_foster", "in_house_foster", "adoption"])
    provision = pd.DataFrame(
        {
            "provider_id": rows["urn"],
            "name": rows["name"],
            "service": codes.CARE,
            "provision": kind,
            "sector": _first_match(rows["sector"], _SECTOR, "private"),
            "owner": rows["owner"].where(rows["owner"] != "", rows["authority"]),
            "postcode": rows["postcode"],
            # An agency's carers live elsewhere: its office has no places.
            "registered_places": rows["places"].where(~agency),
            "needs": _needs(rows),
            "age_low": kind.map({"supported_accommodation": 16.0}),
            "age_high": kind.map({"supported_accommodation": 17.0}),
            "sex": "any",
            "quality": rows["quality"].replace("-", ""),
            "is_open": ~rows["status"].str.lower().str.contains("closed|resigned|cancelled|deregistered"),
            "confidential": True,
            "source": rows["source"],
            "ukprn": "",
            "authority_name": rows["authority"],
            "on_roll": float("nan"),
            "opened_on": pd.NaT,
            "closed_on": pd.NaT,
            "section_41": pd.NA,
            "boards": pd.NA,
        }
    )
    return schemas.check(schemas.PROVISION_AS_READ, provision.reset_index(drop=True))


def _needs(rows: pd.DataFrame) -> pd.Series:
    """Return need groups from the registration flags; none flagged means any.

    Homes for emotional and behavioural difficulties or mental disorders take any child but disabled ones; the others
    are homes for disabled children. A home with both kinds of flag takes all.
    """

    def flagged(*names: str) -> pd.Series:
        yes = {name: rows[name].str.upper().isin(["Y", "YES", "TRUE", "1", "X"]) for name in names}
        return pd.DataFrame(yes).any(axis=1)

    disabled, other = flagged("sensory", "learning", "physical"), flagged("behaviour", "mental")
    text = np.select([disabled & other, disabled, other], ["", "disabled", "family;unaccompanied;unknown"], "")
    return pd.Series(text, index=rows.index, dtype="str")
