"""Ofsted's lists of social care providers: the confidential workbooks that authorities receive, and the published list.

Several lists, of one year or many, make one row per provider, cell by cell: a later list wins. Of names, addresses and
owners what a confidential list says wins over the published one, which hides where homes are. Addresses of homes are
confidential.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.read import ofsted_layouts as layouts
from placements.read import ofsted_standing as standing
from placements.read.dates import parse_dates
from placements.read.intake import Intake
from placements.read.rawtable import RawTable

_TABLE: Final = "providers"
_NOTHING: Final = ("-", "–", "redacted", "n/a", "na", "null", "none")
#: Stands for the day of a list that does not say: before all that do.
_UNDATED: Final = pd.Timestamp("1900-01-01")
_AGENCIES: Final = ("agency_foster", "in_house_foster", "adoption")

Part = tuple[RawTable, pd.DataFrame]


@dataclass(frozen=True)
class ProviderList:
    """Homes, agencies and supported accommodation."""

    provision: pd.DataFrame
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_ofsted(folder: Path, root: Path) -> ProviderList:
    """Read provider lists below a folder: workbooks and CSV, confidential and published (see `ofsted_layouts`).

    A provider is open unless its status says closed, resigned, cancelled or suspended (while suspended no child may
    be cared for there), it has a date of closure, or it is missing from a later list that would name it (see
    `ofsted_standing`). Lists that do not say when they were true count as the oldest. A date of registration that
    cannot be read is left out; one of closure is quarantined with its row.

    Rows of a sheet of registration conditions are all counted as superseded: they are free text and not used. Rows of a
    sheet of addresses complete the provider of the same URN; those of a URN that no list describes are quarantined.

    Returns
    -------
    ProviderList
        `provision` (`schemas.PROVISION_AS_READ`; `authority_name` is all that is known of where a home is when its
        address is redacted), `quarantine`, `files`.
    """
    intake = Intake("ofsted", root)
    parts: list[Part] = []
    for table in intake.tables_in(folder, layouts.KNOWN):
        layout = layouts.layout_of(table)
        if not layout:
            intake.ignored(table)
        elif layout == layouts.CONDITIONS:
            intake.account(table, layouts.CONDITIONS, 0, 0, len(table.frame))
        else:
            parts.append((table, _rows(table, layout, intake)))
    if not parts:
        return ProviderList(schemas.empty(schemas.PROVISION_AS_READ), intake.quarantine, intake.files)
    parts = _with_day(_described(parts, intake), root)
    kept = intake.merged(parts, "urn", _TABLE, standing.NEWEST)
    kept = standing.told_together(kept, [rows for _, rows in parts])
    return ProviderList(_provision(kept, standing.gone(parts, _UNDATED)), intake.quarantine, intake.files)


def _rows(table: RawTable, layout: str, intake: Intake) -> pd.DataFrame:
    """Return the usable rows of a table: `layouts.COLUMNS` with numbers and dates, and what its layout says of them."""
    rows = table.take(layouts.COLUMNS)
    for column in layouts.COLUMNS:
        if column not in layouts.FLAGS:
            text = rows[column].str.replace(r"\s+", " ", regex=True)
            rows[column] = text.mask(text.str.lower().isin(_NOTHING), "")
    rows["urn"] = rows["urn"].str.upper()
    names = layouts.COLUMNS
    rows = intake.reject(table, _TABLE, rows, rows["urn"].eq(""), "urn", "no URN: give one", names["urn"])
    places = pd.to_numeric(rows["places"], errors="coerce")
    odd = (places.isna() & rows["places"].ne("")) | ~places.fillna(0).between(0, np.finfo(float).max)
    reason = "places is not a number of 0 or more: correct it"
    rows = intake.reject(table, _TABLE, rows, odd, "places", reason, names["places"])
    rows = intake.dated(table, _TABLE, rows, "closed", "closed", aliases=names["closed"])
    return rows.assign(
        places=places[rows.index],
        opened=parse_dates(rows["opened"]),
        supported=layout == layouts.SUPPORTED,
        confidential=int(layout != layouts.PUBLISHED),
        described=int(layout != layouts.ADDRESSES),
    )


def _described(parts: list[Part], intake: Intake) -> list[Part]:
    """Return the parts without the addresses of providers that no list describes."""
    known = pd.concat([rows.loc[rows["described"].eq(1), "urn"] for _, rows in parts])
    reason = "no list says what provider this URN is: add the sheet that does"
    kept = []
    for table, rows in parts:
        lost = ~rows["urn"].isin(known) & rows["described"].eq(0)
        kept.append((table, intake.reject(table, _TABLE, rows, lost, "urn", reason, layouts.COLUMNS["urn"])))
    return kept


def _with_day(parts: list[Part], root: Path) -> list[Part]:
    """Return the parts with `as_at`, the day of their list; a sheet that does not say takes that of its workbook."""
    tables = [table for table, _ in parts]
    names = [_name(table.path, root) for table in tables]
    titled = [
        layouts.day_of(table.title, name) if layouts.day_of(table.title, "") is not None else None
        for table, name in zip(tables, names, strict=True)
    ]
    days = pd.DataFrame(
        {
            "path": [str(table.path) for table in tables],
            "title": titled,
            "name": [layouts.day_of("", name) for name in names],
            "sheet": [layouts.day_of("", "", table.sheet) for table in tables],
        }
    ).astype(dict.fromkeys(("title", "name", "sheet"), "datetime64[us]"))
    by_file = days.groupby("path")[["title", "sheet"]].transform("max")
    found = days["title"].fillna(by_file["title"]).fillna(days["name"]).fillna(days["sheet"]).fillna(by_file["sheet"])
    found = found.fillna(_UNDATED)
    return [(table, rows.assign(as_at=day)) for (table, rows), day in zip(parts, found, strict=True)]


def _name(path: Path, root: Path) -> str:
    """Return the name of a file, then those of its folders."""
    folders = path.relative_to(root).parent.parts if path.is_relative_to(root) else ()
    return " ".join([path.stem, *reversed(folders)])


def _provision(rows: pd.DataFrame, gone: pd.Series) -> pd.DataFrame:
    kind = layouts.families(rows)
    shut = standing.shut(rows) | rows["urn"].isin(gone)
    provision = pd.DataFrame(
        {
            "provider_id": rows["urn"],
            "name": rows["name"],
            "service": codes.CARE,
            "provision": kind,
            "sector": layouts.sectors(rows),
            "owner": rows["owner"].where(rows["owner"] != "", rows["authority"]),
            "postcode": rows["postcode"],
            # An agency's carers live elsewhere: its office has no places.
            "registered_places": rows["places"].where(~kind.isin(_AGENCIES)),
            "needs": _needs(rows),
            "age_low": kind.map({"supported_accommodation": 16.0}),
            "age_high": kind.map({"supported_accommodation": 17.0}),
            "sex": "any",
            "quality": rows["quality"],
            "is_open": ~shut.astype(bool),
            "confidential": True,
            "source": rows["source"],
            "ukprn": "",
            "authority_name": rows["authority"],
            "on_roll": float("nan"),
            "opened_on": rows["opened"],
            "closed_on": rows["closed"],
            "section_41": pd.NA,
            "boards": pd.NA,
            "establishment_type": "",
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
