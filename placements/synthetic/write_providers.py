"""Write the public and confidential lists of provision: Ofsted's workbook and the GIAS extract."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import openpyxl
import pandas as pd

from placements.geography.authorities import authority_names, authority_of
from placements.geography.reference import reference_table
from placements.synthetic.care_places import TYPES
from placements.synthetic.damage import Damage, Tally, leave, set_to, spoil_rows
from placements.synthetic.schools import SEN_LABEL, SPECIAL_KINDS
from placements.synthetic.terrain import Terrain
from placements.writing import stable_workbook, write_bytes

Texts = npt.NDArray[np.object_]

PROVIDER_COLUMNS: Final = (
    "Local Authority",
    "URN",
    "Provider Type",
    "Provider Subtype",
    "Sector",
    "Setting Name",
    "Registration Date",
    "Provider Status",
    "Emotional and Behavioural Difficulties",
    "Mental Disorders",
    "Sensory Impairment",
    "Learning Difficulty",
    "Physical Disabilities",
    "Max Users",
    "Overall Effectiveness",
    "Setting Address Postcode",
    "Owner Name",
)
SUPPORTED_COLUMNS: Final = (
    "Local Authority",
    "URN",
    "Provider Type",
    "Sector",
    "Setting Name",
    "Provider Status",
    "Capacity",
    "Setting Address Postcode",
    "Owner Name",
)
_FIXED_TIME: Final = dt.datetime(2025, 1, 1)


def authority_labels(terrain: Terrain, positions: npt.NDArray[np.int64]) -> tuple[Texts, Texts]:
    """Return the name and the DfE code of the authority at each position."""
    codes = authority_of(pd.Series(terrain.district[positions], dtype="str"))
    table = reference_table("dfe_codes.csv")
    dfe = dict(zip(table["authority_code"], table["dfe_code"], strict=True))
    return (
        np.asarray(codes.map(authority_names()).fillna(""), object),
        np.asarray(codes.map(dfe).fillna(""), object),
    )


def write_ofsted(path: Path, providers: pd.DataFrame, terrain: Terrain, rng: np.random.Generator) -> Path:
    """Write the provider list as a workbook; equal content gives equal bytes."""
    ordered = providers.sort_values("urn", ignore_index=True)
    position = ordered["position"].to_numpy(np.int64)
    authority, _ = authority_labels(terrain, position)
    kind = ordered["kind"].to_numpy(object)
    home = np.isin(kind, ("home", "home_school", "secure"))
    disability = ordered["disability"].to_numpy(bool)
    # Two homes in three for behaviour say so; one in eight takes both.
    behaviour = home & (~disability | (rng.uniform(size=len(ordered)) < 0.3))
    supported = kind == "supported"
    agency = np.isin(kind, ("agency", "own_fostering", "other_fostering"))
    registered = ordered["registered"].to_numpy(np.int64).astype("datetime64[D]")
    table = pd.DataFrame(
        {
            "Local Authority": authority,
            "URN": ordered["urn"],
            "Provider Type": [TYPES[name][0] for name in kind],
            "Provider Subtype": [TYPES[name][1] for name in kind],
            "Sector": ordered["sector"],
            "Setting Name": ordered["name"],
            "Registration Date": [dt.datetime.fromisoformat(str(day)) for day in registered],
            "Provider Status": ordered["status"],
            "Emotional and Behavioural Difficulties": np.where(behaviour, "Y", "N"),
            "Mental Disorders": np.where(behaviour & (rng.uniform(size=len(ordered)) < 0.2), "Y", "N"),
            "Sensory Impairment": np.where(home & disability & (rng.uniform(size=len(ordered)) < 0.4), "Y", "N"),
            "Learning Difficulty": np.where(home & disability, "Y", "N"),
            "Physical Disabilities": np.where(home & disability & (rng.uniform(size=len(ordered)) < 0.5), "Y", "N"),
            "Max Users": [
                None if skip else int(number) for skip, number in zip(agency, ordered["places"], strict=True)
            ],
            "Capacity": ordered["places"].astype(int),
            "Overall Effectiveness": ordered["quality"],
            "Setting Address Postcode": terrain.postcode[position],
            "Owner Name": ordered["owner"],
        }
    )
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Providers"
    for columns, rows, target in (
        (PROVIDER_COLUMNS, table[~supported], sheet),
        (SUPPORTED_COLUMNS, table[supported], book.create_sheet("SA Providers")),
    ):
        target.append(list(columns))
        for row in rows[list(columns)].astype(object).itertuples(index=False):
            target.append([None if value is None or value != value else value for value in row])  # noqa: PLR0124 - NaN
    book.properties.creator = "placements (synthetic)"
    book.properties.created = _FIXED_TIME
    buffer = io.BytesIO()
    book.save(buffer)
    return write_bytes(path, stable_workbook(buffer.getvalue(), _FIXED_TIME))


def enrol(schools: pd.DataFrame, plans: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add `ours` (our children with plans), `roll`, `capacity`, and the rolls and capacities of units and provision.

    Assumed: special schools in the county hold few children of others, those outside many; nearly all are full.
    """
    count = len(schools)
    at_school = plans[plans["school"] >= 0]
    ours = np.bincount(at_school["school"], minlength=count)
    setting = at_school["setting"]
    rp = np.bincount(at_school.loc[setting.str.endswith("resourced_provision"), "school"], minlength=count)
    unit = np.bincount(at_school.loc[setting.str.endswith("sen_unit"), "school"], minlength=count)
    special = schools["kind"].isin(SPECIAL_KINDS).to_numpy(bool)
    inside = schools["inside"].to_numpy(bool)
    state = (schools["kind"] == "special").to_numpy(bool)
    others = np.where(
        inside,
        np.where(state, 0.04 * ours + rng.integers(0, 4, count), 0.55 * schools["pupils"].to_numpy(float)),
        schools["pupils"].to_numpy(float),
    )
    roll = np.where(special, ours + np.round(others), np.maximum(schools["pupils"], ours)).astype(np.int64)
    room = np.where(special, rng.uniform(0.97, 1.06, count), rng.uniform(0.98, 1.15, count))
    guests = rng.integers(0, 3, count)
    rp_roll = np.where(schools["rp"], rp + guests, 0)
    unit_roll = np.where(schools["unit"], unit + guests, 0)
    return schools.assign(
        ours=ours,
        roll=roll,
        capacity=np.ceil(roll * room).astype(np.int64),
        rp_roll=rp_roll,
        rp_capacity=np.where(schools["rp"], rp_roll + rng.integers(0, 4, count), 0),
        unit_roll=unit_roll,
        unit_capacity=np.where(schools["unit"], unit_roll + rng.integers(0, 5, count), 0),
    )


def write_gias(path: Path, schools: pd.DataFrame, terrain: Terrain, rng: np.random.Generator, tally: Tally) -> Path:
    """Write the extract in GIAS' own encoding (Windows-1252), with a faithful subset of its columns."""
    table = schools.sort_values("urn", ignore_index=True)
    position = table["position"].to_numpy(np.int64)
    authority, code = authority_labels(terrain, position)
    rp, unit = table["rp"].to_numpy(bool), table["unit"].to_numpy(bool)
    base = np.where(
        rp & unit,
        "Resourced provision and SEN unit",
        np.where(rp, "Resourced provision", np.where(unit, "SEN unit", "Not applicable")),
    )
    listed = [[SEN_LABEL[need] for need in text.split(";") if need] for text in table["needs"]]
    frame = pd.DataFrame(
        {
            "URN": table["urn"],
            "LA (code)": code,
            "LA (name)": authority,
            "EstablishmentName": table["name"],
            "TypeOfEstablishment (name)": table["type"],
            "EstablishmentStatus (name)": table["status"],
            "PhaseOfEducation (name)": table["phase"],
            "StatutoryLowAge": table["low"].astype(str),
            "StatutoryHighAge": table["high"].astype(str),
            "Boarders (name)": np.where(table["boarding"], "Boarding school", "No boarders"),
            "Gender (name)": table["gender"],
            "SchoolCapacity": table["capacity"].astype(str),
            "NumberOfPupils": table["roll"].astype(str),
            "UKPRN": table["ukprn"],
            "Section41Approved (name)": np.where(table["section_41"], "Approved", "Not applicable"),
            **{
                f"SEN{n} (name)": [labels[n - 1] if len(labels) >= n else "" for labels in listed] for n in range(1, 14)
            },
            "TypeOfResourcedProvision (name)": base,
            "ResourcedProvisionOnRoll": np.where(rp, table["rp_roll"].astype(str), ""),
            "ResourcedProvisionCapacity": np.where(rp, table["rp_capacity"].astype(str), ""),
            "SenUnitOnRoll": np.where(unit, table["unit_roll"].astype(str), ""),
            "SenUnitCapacity": np.where(unit, table["unit_capacity"].astype(str), ""),
            "Postcode": terrain.postcode[position],
            "Easting": terrain.easting[position].astype(np.int64).astype(str),
            "Northing": terrain.northing[position].astype(np.int64).astype(str),
        }
    )
    ways = (
        Damage("school: duplicate row", leave, further=True),
        Damage("school: no URN", set_to("URN", ""), further=True),
        Damage("school: URN is not a number", set_to("URN", "see note"), further=True),
    )
    frame = spoil_rows(frame, ways, rng, tally)
    return write_bytes(path, frame.to_csv(index=False, lineterminator="\r\n", quoting=1).encode("cp1252"))
