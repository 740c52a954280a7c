"""The authority's own registers: carers, homes, SEN units, use of places, costs, what could be opened, siblings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from placements import codes, schemas
from placements.read.gias import BASE_SUFFIX
from placements.read.intake import Intake
from placements.read.own_places import NOT_SAID, OWN_PLACES
from placements.read.rawtable import RawTable, plain
from placements.read.register_templates import COLUMNS, KEYS, KNOWN_BY, register_of

_USE: Final = ("usable_places", "occupied_by_others", "weekly_cost_gbp")
_UNDATED: Final = pd.Timestamp("1900-01-01")


@dataclass(frozen=True)
class OwnRegisters:
    """The authority's own registers, and their account."""

    provision: pd.DataFrame
    own_places: pd.DataFrame
    provider_use: pd.DataFrame
    unit_costs: pd.DataFrame
    options: pd.DataFrame
    siblings: pd.DataFrame
    school_transport: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_registers(folder: Path, root: Path) -> OwnRegisters:
    """Read the registers of `register_templates` below a folder (CSV or workbooks); any of them may be absent.

    A table is known by its columns, else by the name of its file or sheet. A row whose key stands twice in a table is
    quarantined; of a key in several files the last file's row wins (of `provider_use`, that of the latest day).

    Returns
    -------
    OwnRegisters
        `provision`: foster households (`schemas.PROVISION_AS_READ`); `own_places`: what the registers of homes and SEN
        units say (`own_places.OWN_PLACES`); `provider_use` (`provider_id`, `usable_places`, `occupied_by_others`,
        `weekly_cost_gbp`); `unit_costs` (`schemas.UNIT_COSTS`); `options` (`schemas.OPTIONS`);
        `siblings` (`schemas.SIBLINGS`); `school_transport` (`schemas.SCHOOL_TRANSPORT`).
    """
    intake = Intake("register", root)
    parts: dict[str, list[tuple[RawTable, pd.DataFrame]]] = {name: [] for name in COLUMNS}
    for table in intake.tables_in(folder, KNOWN_BY.values()):
        name = register_of(table)
        if name:
            parts[name].append((table, _checked(table, name, intake)))
        else:
            intake.ignored(table)
    read = {name: _one(name, tables, intake) for name, tables in parts.items()}
    homes = read["homes"]
    return OwnRegisters(
        provision=_households(read["foster_households"]),
        own_places=pd.concat([_homes(homes), _units(read["sen_units"])], ignore_index=True),
        provider_use=_use(read["provider_use"], homes),
        unit_costs=_as_declared(schemas.UNIT_COSTS, read["unit_costs"]),
        options=_as_declared(schemas.OPTIONS, read["candidate_sites"]),
        siblings=_as_declared(schemas.SIBLINGS, read["siblings"]),
        school_transport=_as_declared(schemas.SCHOOL_TRANSPORT, read["transport"]),
        quarantine=intake.quarantine,
        files=intake.files,
    )


def _checked(table: RawTable, name: str, intake: Intake) -> pd.DataFrame:
    """Return the rows of a table in which every cell is as it may be, with what they mean; quarantine the others."""
    columns = COLUMNS[name]
    rows = table.take({column: (column,) for column in columns})
    for column, entry in columns.items():
        if entry.required:
            there = plain(column) in table.columns
            reason = "blank: fill it in" if there else f"the table has no column {column}: add it"
            rows = intake.reject(table, name, rows, rows[column].eq(""), column, reason)
        values, wrong = entry.check.read(rows[column])
        rows = intake.reject(table, name, rows, wrong, column, f"{entry.check.reason}; it is: {entry.meaning}")
        rows = rows.assign(**{column: values[rows.index]})
    if "urn" in columns:
        rows["urn"] = rows["urn"].str.upper()
    if "age_low" in columns:
        crossed = rows["age_low"] > rows["age_high"]
        rows = intake.reject(table, name, rows, crossed, "age_high", "below age_low: swap or correct them")
    if name == "candidate_sites":
        prevents = rows["kind"].eq(schemas.PREVENTION)
        kind = "it opens places: say of which provision"
        rows = intake.reject(table, name, rows, ~prevents & rows["provision"].eq(""), "provision", f"blank: {kind}")
        prevents = rows["kind"].eq(schemas.PREVENTION)
        share = "it prevents: say what share of the starts, from 0 to 1"
        rows = intake.reject(table, name, rows, prevents & rows["share"].isna(), "share", f"blank: {share}")
        nowhere = rows["postcode"].eq("") & rows["district"].eq("") & rows["kind"].ne(schemas.PREVENTION)
        rows = intake.reject(table, name, rows, nowhere, "district", "no postcode and no district: give one of them")
        lived_in = rows["kind"].eq(schemas.BLOCK_CONTRACT) & rows["provision"].isin(list(codes.CARE_PROVISION))
        told = lived_in & rows["postcode"].ne("")
        rows = intake.reject(table, name, rows, told, "postcode", "children live there: give the district alone")
    if name == "transport":
        nobody = rows["person_id"].eq("") & rows["upn"].eq("")
        rows = intake.reject(table, name, rows, nobody, "person_id", "blank: give it, or the upn")
    key = list(KEYS[name])
    return intake.reject(table, name, rows, rows.duplicated(key), key[0], "given twice: keep one")


def _one(name: str, tables: list[tuple[RawTable, pd.DataFrame]], intake: Intake) -> pd.DataFrame:
    """Return one row per key of all tables of a register, with its `source`."""
    columns = COLUMNS[name]
    if not tables:
        absent = {column: pd.Series(dtype=entry.check.dtype) for column, entry in columns.items()}
        return pd.DataFrame(absent | {"source": pd.Series(dtype="str")})
    if name == "provider_use":
        tables = [(table, rows.assign(_day=rows["as_at"].fillna(_UNDATED))) for table, rows in tables]
    # A register's own `source` says where a figure comes from: the file's name must not take its place.
    said = [(table, rows.rename(columns={"source": "_said"})) for table, rows in tables]
    kept = intake.latest(said, list(KEYS[name]), name, ("_day",) if name == "provider_use" else ())
    if "source" in columns:
        kept = kept.drop(columns="source").rename(columns={"_said": "source"})
    return kept.reset_index(drop=True)


def _as_declared(schema: pa.DataFrameSchema, rows: pd.DataFrame) -> pd.DataFrame:
    if "sex" in rows:
        rows = rows.assign(sex=rows["sex"].replace("", "any"))
    return schemas.check(schema, rows[list(schema.columns)])


def _households(rows: pd.DataFrame) -> pd.DataFrame:
    households = pd.DataFrame(
        {
            "provider_id": "household:" + rows["household_id"],
            "name": "",
            "service": codes.CARE,
            "provision": "in_house_foster",
            "sector": "own",
            "owner": "",
            "postcode": rows["postcode"],
            "registered_places": rows["approved_places"],
            "needs": rows["needs"],
            "age_low": rows["age_low"],
            "age_high": rows["age_high"],
            "sex": rows["sex"].replace("", "any"),
            "quality": "",
            "is_open": True,
            "confidential": True,
            "source": rows["source"],
            "ukprn": "",
            "authority_name": "",
            "on_roll": float("nan"),
            "opened_on": rows["approval_from"],
            "closed_on": pd.NaT,
            "section_41": pd.NA,
            "boards": pd.NA,
            "establishment_type": "",
        }
    )
    return schemas.check(schemas.PROVISION_AS_READ, households)


def _homes(rows: pd.DataFrame) -> pd.DataFrame:
    said = rows.rename(columns={"urn": "provider_id"}).assign(on_roll=float("nan"), service=codes.CARE)
    return said[list(OWN_PLACES)]


def _units(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per school: places and children added, needs and ages of all; not said where a unit is silent."""
    groups = rows.groupby("urn", sort=False)
    numbers = pd.DataFrame(
        {
            "registered_places": groups["places"].sum(),
            "on_roll": groups["occupied"].sum(),
            "age_low": groups["age_low"].min(),
            "age_high": groups["age_high"].max(),
        }
    )
    blank = rows[["places", "occupied", "age_low", "age_high"]].isna().groupby(rows["urn"], sort=False).any()
    numbers = numbers.mask(blank.set_axis(numbers.columns, axis=1))
    each = rows.assign(need=rows["needs"].str.split(";")).explode("need").drop_duplicates(["urn", "need"])
    needs = each.groupby("urn")["need"].agg(";".join).drop(rows.loc[rows["needs"].eq(NOT_SAID), "urn"].unique())
    units = numbers.astype(float).assign(
        needs=needs.reindex(numbers.index).fillna(NOT_SAID).astype("str"),
        source=groups["source"].last(),
        service=codes.EDUCATION,
        provision="specialist_base",
        name=NOT_SAID,
        postcode=NOT_SAID,
        sex=NOT_SAID,
    )
    units["provider_id"] = units.index.astype("str") + BASE_SUFFIX
    return units[list(OWN_PLACES)].reset_index(drop=True)


def _use(rows: pd.DataFrame, homes: pd.DataFrame) -> pd.DataFrame:
    """Return how places are used; what the register of homes says counts where that of use is silent."""
    use = rows.set_index("urn")[list(_USE)]
    of_homes = homes.set_index("urn").reindex(columns=list(_USE)).astype(float)
    of_homes = of_homes[of_homes.notna().any(axis=1)]
    order = use.index.append(of_homes.index.difference(use.index, sort=False))
    both = use.reindex(order).fillna(of_homes.reindex(order))
    return both.rename_axis("provider_id").reset_index().astype({"provider_id": "str"})
