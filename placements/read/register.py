"""The authority's own registers: foster households, how places are used, unit costs, and what could be opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from placements import codes, schemas
from placements.read.intake import Intake
from placements.read.rawtable import read_csv

_HOUSEHOLDS: Final = ("household_id", "postcode", "approved_places", "age_low", "age_high", "sex", "needs")
_USE: Final = ("urn", "usable_places", "occupied_by_others", "weekly_cost_gbp", "as_at")
#: File name (without .csv) to its columns and what they mean: the templates that `placements init` writes.
TEMPLATES: Final[dict[str, dict[str, str]]] = {
    "foster_households": {
        "household_id": "your own reference; never shown",
        "postcode": "where the household lives; never shown",
        "approved_places": "places the household is approved for",
        "age_low": "youngest age taken, in years",
        "age_high": "oldest age taken, in years",
        "sex": "M, F or any",
        "needs": "need groups taken, joined by ; (blank = any): " + ", ".join(codes.CARE_NEED_GROUPS),
    },
    "provider_use": {
        "urn": "URN of a home, supported accommodation or school in or near the county",
        "usable_places": "places that can be used today, after matching and staffing",
        "occupied_by_others": "places held by children of other authorities",
        "weekly_cost_gbp": "what a place costs you a week, if known",
        "as_at": "the day this was true, dd/mm/yyyy",
    },
    "unit_costs": {
        "provision": "provision family: " + ", ".join(codes.PROVISION),
        "sector": "any, or: " + ", ".join(codes.SECTOR),
        "location": "any, or: " + ", ".join(codes.LOCATION),
        "weekly_cost_gbp": "cost of a place a week",
        "source": "where the figure comes from",
    },
    "candidate_sites": {
        "option_id": "your own reference of site x kind x size",
        "site_id": "options that share a site: at most one is chosen",
        "kind": ", ".join(schemas.OPTION_KINDS),
        "name": "what to call it on a map",
        "postcode": "of the site; blank for carers",
        "district": "district code; needed when there is no postcode",
        "provision": "provision family it would be",
        "places": "places in one unit",
        "max_units_per_year": "units that can be started in a year: 1 for a building; households for carers",
        "needs": "need groups taken, joined by ; (blank = any)",
        "age_low": "youngest age, in years",
        "age_high": "oldest age, in years",
        "sex": "M, F or any",
        "capital_gbp": "capital of one unit",
        "yearly_cost_gbp": "what a unit costs a year, used or not",
        "weekly_cost_gbp": "what a used place costs a week on top",
        "lead_time_years": "from decision to first child",
        "planned_occupancy": "share of places in use on average, 0 to 1",
        "minimum_occupancy": "share below which it is not viable, 0 to 1",
        "source": "where the figures come from",
    },
}


@dataclass(frozen=True)
class OwnRegisters:
    """The authority's own registers, and their account."""

    provision: pd.DataFrame
    provider_use: pd.DataFrame
    unit_costs: pd.DataFrame
    options: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_registers(folder: Path, root: Path) -> OwnRegisters:
    """Read `foster_households`, `provider_use`, `unit_costs` and `candidate_sites`; any of them may be absent.

    Returns
    -------
    OwnRegisters
        `provision` (`schemas.PROVISION_AS_READ`), `provider_use` (`provider_id`, `usable_places`,
        `occupied_by_others`, `weekly_cost_gbp`), `unit_costs` (`schemas.UNIT_COSTS`), `options` (`schemas.OPTIONS`).
    """
    intake = Intake("register", root)
    costs = _read(folder / "unit_costs.csv", schemas.UNIT_COSTS, intake, ["provision", "sector", "location"])
    options = _read(folder / "candidate_sites.csv", schemas.OPTIONS, intake, ["option_id"])
    return OwnRegisters(
        provision=_households(folder / "foster_households.csv", intake),
        provider_use=_use(folder / "provider_use.csv", intake),
        unit_costs=costs,
        options=options,
        quarantine=intake.quarantine,
        files=intake.files,
    )


def _read(path: Path, schema: pa.DataFrameSchema, intake: Intake, key: list[str]) -> pd.DataFrame:
    """Read a table that has exactly the columns of a schema; rows that break it are quarantined by column."""
    if not path.exists():
        return schemas.empty(schema)
    table = read_csv(path)
    name = path.stem
    rows = table.take({column: (column,) for column in schema.columns})
    for column, rule in schema.columns.items():
        if str(rule.dtype) == "float64":
            number = pd.to_numeric(rows[column], errors="coerce")
            wrong = number.isna() & rows[column].ne("")
            rows = intake.reject(table, name, rows, wrong, column, "not a number: correct it")
            rows = rows.assign(**{column: number[rows.index]})
    again = rows.duplicated(key, keep="first")
    rows = intake.reject(table, name, rows, again, key[0], "given twice: keep one")
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as error:
        for column, cases in error.failure_cases.groupby("column", sort=False):
            bad = rows.index.to_series().isin(cases["index"])
            reason = f"not allowed; it is: {TEMPLATES[name].get(str(column), 'as the template says')}"
            rows = intake.reject(table, name, rows, bad, str(column), reason)
    intake.account(table, name, len(rows), len(table.frame) - len(rows))
    return schemas.check(schema, rows[list(schema.columns)].reset_index(drop=True))


def _households(path: Path, intake: Intake) -> pd.DataFrame:
    if not path.exists():
        return schemas.empty(schemas.PROVISION_AS_READ)
    table = read_csv(path)
    rows = table.take({name: (name,) for name in _HOUSEHOLDS})
    rows = intake.reject(
        table, "foster_households", rows, rows["household_id"].eq(""), "household_id", "blank: fill it in"
    )
    again = rows["household_id"].duplicated()
    rows = intake.reject(table, "foster_households", rows, again, "household_id", "given twice: keep one")
    numbers = {name: pd.to_numeric(rows[name], errors="coerce") for name in ("approved_places", "age_low", "age_high")}
    wrong = numbers["approved_places"].isna() | (numbers["approved_places"] < 0)
    rows = intake.reject(
        table, "foster_households", rows, wrong, "approved_places", "not a number of places: correct it"
    )
    intake.account(table, "foster_households", len(rows), len(table.frame) - len(rows))
    households = pd.DataFrame(
        {
            "provider_id": "household:" + rows["household_id"],
            "name": "",
            "service": codes.CARE,
            "provision": "in_house_foster",
            "sector": "own",
            "owner": "",
            "postcode": rows["postcode"],
            "registered_places": numbers["approved_places"][rows.index],
            "needs": rows["needs"],
            "age_low": numbers["age_low"][rows.index].clip(0, 25),
            "age_high": numbers["age_high"][rows.index].clip(0, 99),
            "sex": rows["sex"].where(rows["sex"].isin(["M", "F"]), "any"),
            "quality": "",
            "is_open": True,
            "confidential": True,
            "source": intake.label(table),
            "ukprn": "",
            "authority_name": "",
            "on_roll": float("nan"),
            "opened_on": pd.NaT,
            "closed_on": pd.NaT,
            "section_41": pd.NA,
            "boards": pd.NA,
        }
    )
    return schemas.check(schemas.PROVISION_AS_READ, households.reset_index(drop=True))


def _use(path: Path, intake: Intake) -> pd.DataFrame:
    numbers = ("usable_places", "occupied_by_others", "weekly_cost_gbp")
    if not path.exists():
        absent: dict[str, pd.Series] = {"provider_id": pd.Series(dtype="str")}
        return pd.DataFrame(absent | {name: pd.Series(dtype=float) for name in numbers})
    table = read_csv(path)
    rows = table.take({name: (name,) for name in _USE}).rename(columns={"urn": "provider_id"})
    rows["provider_id"] = rows["provider_id"].str.upper()
    rows = intake.reject(table, "provider_use", rows, rows["provider_id"].eq(""), "urn", "blank: fill it in")
    rows = intake.reject(table, "provider_use", rows, rows["provider_id"].duplicated(), "urn", "given twice: keep one")
    for column in numbers:
        number = pd.to_numeric(rows[column], errors="coerce")
        wrong = (number.isna() & rows[column].ne("")) | (number < 0)
        rows = intake.reject(table, "provider_use", rows, wrong, column, "not a number of 0 or more: correct it")
        rows = rows.assign(**{column: number[rows.index]})
    intake.account(table, "provider_use", len(rows), len(table.frame) - len(rows))
    return rows[["provider_id", *numbers]].reset_index(drop=True)
