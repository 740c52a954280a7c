"""SSDA903, the children looked-after return: CSV files, several years, told apart by their columns.

An episode (CHILD and DECOM) appears in every return whose year it touches; the latest return wins and the earlier
statements are counted as superseded, not lost. Raw codes are kept: what they mean is decided in `codes`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from placements import codes, schemas
from placements.read.dates import parse_dates
from placements.read.intake import Intake
from placements.read.rawtable import RawTable

#: Plain column names that, all present, make a file the table. The first that fits wins.
_TABLES: Final[dict[str, frozenset[str]]] = {
    "episodes": frozenset({"child", "decom", "rne", "ls", "place"}),
    "uasc": frozenset({"child", "dob", "duc"}),
    "header": frozenset({"child", "sex", "dob", "ethnic"}),
}
#: Tables of the return that this version does not use: known by a column, counted, named.
_UNUSED: Final[dict[str, str]] = {
    "oc2": "sdqscore",
    "oc3": "intouch",
    "reviews": "reviewcode",
    "ad1": "dateint",
    "missing": "misstart",
    "prevperm": "prevperm",
    "placedadoption": "dateplaced",
    "swepisodes": "swid",
    "dolo": "dolostart",
}
_HEADER: Final = {"CHILD": ("child",), "SEX": ("sex",), "DOB": ("dob",), "UPN": ("upn",)}
_EPISODES: Final = {
    name: (name.lower(),)
    for name in (
        "CHILD",
        "DECOM",
        "RNE",
        "LS",
        "CIN",
        "PLACE_PROVIDER",
        "DEC",
        "REC",
        "REASON_PLACE_CHANGE",
        "HOME_POST",
        "PL_POST",
        "URN",
    )
} | {"PLACE": ("place", "pl")}
_UASC: Final = {"CHILD": ("child",), "DUC": ("duc",)}


@dataclass(frozen=True)
class CareReturns:
    """Children and episodes of all the returns in a folder."""

    children: pd.DataFrame
    episodes: pd.DataFrame
    others: Mapping[str, pd.DataFrame]
    quarantine: pd.DataFrame
    files: pd.DataFrame


def read_ssda903(folder: Path, root: Path) -> CareReturns:
    """Read all returns below a folder.

    Parameters
    ----------
    folder : Path
        Such as `data/ssda903`; CSV files at any depth.
    root : Path
        File names in the quarantine are relative to it.

    Returns
    -------
    CareReturns
        `children` (`schemas.CHILDREN`), `episodes` (`schemas.EPISODES`), `quarantine`, `files`.
    """
    intake = Intake("ssda903", root)
    headers, episodes, uasc = [], [], []
    for table in intake.tables_in(folder, _TABLES.values()):
        kind = next((name for name, needed in _TABLES.items() if needed <= table.columns), None)
        if kind == "episodes":
            episodes.append((table, _episodes(table, intake)))
        elif kind == "header":
            headers.append((table, _header(table, intake)))
        elif kind == "uasc":
            uasc.append(_uasc(table, intake))
        elif unused := [name for name, column in _UNUSED.items() if column in table.columns]:
            intake.account(table, f"{unused[0]} (not used)", len(table.frame), 0)
        else:
            intake.ignored(table)
    unaccompanied = pd.concat(uasc)["CHILD"] if uasc else pd.Series(dtype="str")
    return CareReturns(
        children=_latest_children(headers, unaccompanied, intake),
        episodes=_latest_episodes(episodes, intake),
        others={},
        quarantine=intake.quarantine,
        files=intake.files,
    )


def _return_year(table: RawTable, latest: pd.Series) -> int:
    """Return the statutory year of a return: from its path when that names one, else from its latest date."""
    named = re.findall(r"(?<!\d)(20[0-4]\d)(?!\d)", f"{table.path.parent.name}/{table.path.stem}")
    if named:
        return int(named[-1])
    day = latest.dropna().max() if latest.notna().any() else pd.Timestamp("1999-01-01")
    return int(day.year + (day.month > 3))


def _missing_child(table: RawTable, name: str, rows: pd.DataFrame, intake: Intake) -> pd.DataFrame:
    return intake.reject(table, name, rows, rows["CHILD"].eq(""), "CHILD", "no child identifier: give one")


def _episodes(table: RawTable, intake: Intake) -> pd.DataFrame:
    rows = table.take(_EPISODES)
    rows["start"], rows["end"] = parse_dates(rows["DECOM"]), parse_dates(rows["DEC"])
    for column in ("RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "REC", "REASON_PLACE_CHANGE", "URN"):
        rows[column] = rows[column].str.upper()

    def reject(bad: pd.Series, column: str, reason: str) -> None:
        nonlocal rows
        rows = intake.reject(table, "episodes", rows, bad, column, reason)

    rows = _missing_child(table, "episodes", rows, intake)
    reject(rows["start"].isna(), "DECOM", "start date is missing or not a date: write it as dd/mm/yyyy")
    reject(rows["end"].isna() & rows["DEC"].ne(""), "DEC", "end date is not a date: write it as dd/mm/yyyy")
    reject(rows["end"] < rows["start"], "DEC", "ended before it began: correct DEC or DECOM")
    reject(~rows["PLACE"].isin(list(codes.PLACE)), "PLACE", "not a placement code of any year: correct it")
    reject(~rows["LS"].isin(list(codes.LEGAL_STATUS)), "LS", "not a legal status code: correct it")
    rows["return_year"] = _return_year(table, rows["end"].fillna(rows["start"]))
    return rows


def _header(table: RawTable, intake: Intake) -> pd.DataFrame:
    rows = _missing_child(table, "header", table.take(_HEADER), intake)
    rows["birth_date"] = parse_dates(rows["DOB"])  # without one the row still says who, and rule H02 counts it
    rows["return_year"] = _return_year(table, pd.Series(dtype="datetime64[us]"))
    return rows


def _uasc(table: RawTable, intake: Intake) -> pd.DataFrame:
    rows = _missing_child(table, "uasc", table.take(_UASC), intake)
    kept = rows.drop_duplicates("CHILD", keep="last")
    intake.account(table, "uasc", len(kept), len(table.frame) - len(rows), len(rows) - len(kept))
    return kept


def _latest_children(
    headers: list[tuple[RawTable, pd.DataFrame]], unaccompanied: pd.Series, intake: Intake
) -> pd.DataFrame:
    if not headers:
        return schemas.empty(schemas.CHILDREN)
    rows = intake.latest(headers, ["CHILD"], "header", order=("return_year",))
    children = pd.DataFrame(
        {
            "child_id": rows["CHILD"],
            "upn": rows["UPN"],
            "sex": rows["SEX"].str.upper().map(codes.SEX).fillna("U"),
            "birth_date": rows["birth_date"],
            "uasc": rows["CHILD"].isin(unaccompanied),
        }
    )
    return schemas.check(schemas.CHILDREN, children.sort_values("child_id").reset_index(drop=True))


def _latest_episodes(tables: list[tuple[RawTable, pd.DataFrame]], intake: Intake) -> pd.DataFrame:
    if not tables:
        return schemas.empty(schemas.EPISODES)
    rows = intake.latest(tables, ["CHILD", "start"], "episodes", order=("return_year",))
    episodes = pd.DataFrame(
        {
            "child_id": rows["CHILD"],
            "start": rows["start"],
            "end": rows["end"],
            "start_reason": rows["RNE"],
            "end_reason": rows["REC"],
            "change_reason": rows["REASON_PLACE_CHANGE"],
            "legal_status": rows["LS"],
            "need": rows["CIN"].where(rows["CIN"].isin(list(codes.CIN)), codes.NEED_UNKNOWN),
            "place_code": rows["PLACE"],
            "sector": rows["PLACE_PROVIDER"].map(codes.PLACE_PROVIDER).fillna("unknown"),
            "home_postcode": rows["HOME_POST"],
            "placement_postcode": rows["PL_POST"],
            "provider_id": rows["URN"],
            "return_year": rows["return_year"],
            "source": rows["source"],
        }
    )
    return schemas.check(schemas.EPISODES, episodes.sort_values(["child_id", "start"]).reset_index(drop=True))
