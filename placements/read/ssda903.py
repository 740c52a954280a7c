"""SSDA903, the children looked-after return: CSV, workbook or XML, several years, told apart by their columns.

An episode (child and start) appears in every return whose year it touches; the latest return wins and the earlier
statements are counted as superseded, not lost. Raw codes are kept: what they mean is decided in `codes`, and whether a
code was in use in its year is a rule's question. Two different rows of one file about the same thing cannot both be
right: one is used and the other is quarantined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from placements import codes, schemas
from placements.frames import among, look_up
from placements.read.dates import parse_dates
from placements.read.guard import XML, kind_of
from placements.read.intake import NOT_RECOGNISED, Intake
from placements.read.rawtable import Known, RawTable, read_tables
from placements.read.sieve import Sieve
from placements.read.ssda903_tables import BIRTH, CHILD, KNOWN, TABLES, ReturnTable, table_of
from placements.read.ssda903_xml import read_xml
from placements.read.when import year_in

#: Columns whose codes are written in capitals.
_CODES: Final = ("rne", "ls", "cin", "place", "place_provider", "rec", "reason_place_change", "urn")
_NO_YEAR: Final = 1999
_CONTRADICTED: Final = {
    "episodes": "the child has another episode that starts the same day in this file: keep the one that is right",
    "header": "the child stands in this file twice with different details: keep the one that is right",
}
_SAID_TWICE: Final = "another row of this file says otherwise of the same thing: keep the one that is right"


@dataclass(frozen=True)
class CareReturns:
    """Children, episodes and the other tables of all the returns in a folder."""

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
        Such as `data/ssda903`; files at any depth.
    root : Path
        File names in the quarantine are relative to it.

    Returns
    -------
    CareReturns
        `children` (`schemas.CHILDREN`), `episodes` (`schemas.EPISODES`), `others` (see `read.ssda903_tables`; each with
        `child_id`, its fields, `return_year` and `source`), `quarantine`, `files`.

    Raises
    ------
    UnreadableFilesError
        When files cannot be read at all.
    """
    intake = Intake("ssda903", root)
    parts: dict[str, list[tuple[RawTable, pd.DataFrame]]] = {}
    for table in intake.tables_in(folder, KNOWN, _read):
        kind = table_of(table.columns)
        if table.sheet == NOT_RECOGNISED or kind is None:
            intake.ignored(table)
            continue
        parts.setdefault(kind.name, []).append((table, _rows(table, kind, intake)))
    _fill_years(parts)
    kept: dict[str, pd.DataFrame] = {}
    for kind in TABLES:
        if kind.name not in parts:
            continue
        tables = [(table, _settled(table, rows, kind, intake)) for table, rows in parts.pop(kind.name)]
        kept[kind.name] = intake.latest(tables, list(kind.key), kind.name, order=("return_year",))
    episodes = _episodes(kept.pop("episodes", None))
    header = kept.pop("header", None)
    others = {name: _other(rows) for name, rows in kept.items()}
    return CareReturns(
        children=_children(header, episodes, others),
        episodes=episodes,
        others=others,
        quarantine=intake.quarantine,
        files=intake.files,
    )


def _read(path: Path, known: Known) -> list[RawTable]:
    """Return the tables of one file, an XML return's too."""
    return read_xml(path) if kind_of(path) == XML else read_tables(path, known)


def _rows(table: RawTable, kind: ReturnTable, intake: Intake) -> pd.DataFrame:
    """Return the rows of one table that can be used: text stripped, codes in capitals, dates read."""
    sieve = Sieve(intake, table, kind.name, kind.columns)
    rows = sieve.rows
    sieve.reject(rows[CHILD].eq(""), CHILD, "no child identifier: give one")
    for column in kind.dates:
        if column == BIRTH:  # without one the row still says what it says, and a rule counts it
            rows[BIRTH] = parse_dates(rows[BIRTH])
        else:
            sieve.dates(column, required=column in kind.required)
    if kind.name == "episodes":
        for column in _CODES:
            rows[column] = rows[column].str.upper()
        sieve.reject(rows["dec"] < rows["decom"], "dec", "ended before it began: correct DEC or DECOM")
        unknown = ~rows["place"].isin(list(codes.PLACE))
        sieve.reject(unknown, "place", "not a placement code of any year: correct it")
        sieve.reject(~rows["ls"].isin([*codes.LEGAL_STATUS, ""]), "ls", "not a legal status code: correct it")
    kept = sieve.kept()
    return kept.assign(return_year=_return_year(table, kept))


def _return_year(table: RawTable, rows: pd.DataFrame) -> pd.Series:
    """Return the statutory year of each row's return: its own column, else what the path names, else 0: not known."""
    if rows["return_year_text"].eq("").all():
        return pd.Series(_year_named(table.path), index=rows.index, dtype=int)
    stated = rows["return_year_text"].str.removesuffix(".0").str.extract(r"^(?:20\d\d[-/_])?((?:20)?\d\d)$")[0]
    number = pd.to_numeric(stated, errors="coerce")
    number = number.where(number >= 100, number + 2000)
    return number.where(number.between(2000, 2049)).fillna(_year_named(table.path)).astype(int)


def _year_named(path: Path) -> int:
    """Return the year that the name of a file or its folder says, the file first; 0 when neither does."""
    return year_in(path.stem) or year_in(path.parent.name) or 0


def _fill_years(parts: dict[str, list[tuple[RawTable, pd.DataFrame]]]) -> None:
    """Give tables of no stated year the year that the latest episode date of their folder lies in."""
    latest: dict[Path, int] = {}
    for table, rows in parts.get("episodes", []):
        began = rows["decom"].max()
        # An end far past the last start is a slip of the pen, and must not make this the latest return of all.
        days = max(began, rows["dec"].where(rows["dec"] <= began + pd.DateOffset(years=5)).fillna(began).max())
        if pd.notna(days):
            folder = table.path.parent
            latest[folder] = max(latest.get(folder, _NO_YEAR), int(days.year + (days.month > 3)))
    for tables in parts.values():
        for i, (table, rows) in enumerate(tables):
            year = latest.get(table.path.parent, _NO_YEAR)
            tables[i] = (table, rows.assign(return_year=rows["return_year"].where(rows["return_year"] > 0, year)))


def _settled(table: RawTable, rows: pd.DataFrame, kind: ReturnTable, intake: Intake) -> pd.DataFrame:
    """Return the rows without those that another of the same file and year contradicts.

    Of episodes that start on one day the one that ends last stays (an open one before all), else the last in the file.
    """
    key = list(dict.fromkeys([*kind.key, "return_year"]))
    if not rows.duplicated(key).any():
        return rows
    shared = rows[rows.duplicated(key, keep=False)]
    if kind.name == "episodes":
        shared = shared.sort_values("dec", na_position="last", kind="stable")
    content = [name for name in kind.columns if name in rows.columns]
    restated = shared.duplicated([*content, "return_year"], keep="last")
    contradicted = shared.index[shared.duplicated(key, keep="last") & ~restated]
    bad = rows.index.to_series().isin(contradicted)
    column, reason = kind.key[-1], _CONTRADICTED.get(kind.name, _SAID_TWICE)
    column = CHILD if column == "return_year" else column
    return intake.reject(table, kind.name, rows, bad, column, reason, kind.columns[column])


def _episodes(rows: pd.DataFrame | None) -> pd.DataFrame:
    if rows is None:
        return schemas.empty(schemas.EPISODES)
    episodes = pd.DataFrame(
        {
            "child_id": rows[CHILD],
            "start": rows["decom"],
            "end": rows["dec"],
            "start_reason": rows["rne"],
            "end_reason": rows["rec"],
            "change_reason": rows["reason_place_change"],
            "legal_status": rows["ls"],
            "need": rows["cin"].where(rows["cin"].isin(list(codes.CIN)), codes.NEED_UNKNOWN),
            "place_code": rows["place"],
            "sector": rows["place_provider"].map(codes.PLACE_PROVIDER).fillna("unknown"),
            "home_postcode": rows["home_post"],
            "placement_postcode": rows["pl_post"],
            "provider_id": rows["urn"],
            "return_year": rows["return_year"],
            "source": rows["source"],
        }
    )
    return schemas.check(schemas.EPISODES, episodes.sort_values(["child_id", "start"], ignore_index=True))


def _other(rows: pd.DataFrame) -> pd.DataFrame:
    hidden = [name for name in rows.columns if name.startswith("_") or name == "return_year_text"]
    return rows.drop(columns=hidden).reset_index(drop=True)


def _children(header: pd.DataFrame | None, episodes: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per child of the headers, and per child with an episode but no header from the other tables."""
    stated = pd.DataFrame(
        {
            "child_id": header[CHILD],
            "upn": header["upn"],
            "sex": _sex(header["sex"]),
            "birth_date": header[BIRTH],
            "in_header": True,
        }
        if header is not None
        else {name: pd.Series(dtype="str") for name in ("child_id", "upn", "sex", "birth_date")} | {"in_header": []}
    )
    without = episodes.loc[~among(episodes["child_id"], stated["child_id"]), "child_id"].drop_duplicates()
    seen = [frame[[CHILD, BIRTH]].dropna() for frame in others.values() if BIRTH in frame.columns]
    births = pd.concat(seen).drop_duplicates(CHILD, keep="last").set_index(CHILD)[BIRTH] if seen else None
    uasc = others.get("uasc")
    sexes = None if uasc is None else uasc.set_index(CHILD)["sex"]
    inferred = pd.DataFrame(
        {
            "child_id": without,
            "upn": "",
            "sex": "U" if sexes is None else _sex(look_up(without, sexes)),
            "birth_date": pd.NaT if births is None else look_up(without, births),
            "in_header": False,
        }
    )
    parts = [part for part in (stated, inferred) if len(part)]
    if not parts:
        return schemas.empty(schemas.CHILDREN)
    children = pd.concat(parts, ignore_index=True)
    told = pd.Series(dtype="str") if uasc is None else uasc[CHILD]
    if header is not None:
        told = pd.concat([told, header.loc[header["duc"].ne(""), CHILD]])
    children["uasc"] = among(children["child_id"], told)
    return schemas.check(schemas.CHILDREN, children.sort_values("child_id", ignore_index=True))


def _sex(text: pd.Series) -> pd.Series:
    return text.astype("str").str.upper().map(codes.SEX).fillna("U").astype("str")
