"""The SSDA903 return as XML (`EXPSSDA903 > CHILD > HEADER, EPISODE, ...`), laid out as the tables of the CSV return.

An element belongs to the table whose marks it holds, wherever in its CHILD it stands: schemas of different years nest
adoption, outcomes and reviews differently. What no table knows is quarantined like any other row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from placements.errors import DataError
from placements.read.markup import Element, walk
from placements.read.rawtable import ROW, RawTable, plain
from placements.read.ssda903_tables import TABLES, ReturnTable
from placements.writing import sha256

_CHILD_NAMES: Final = ("childid", "child")
#: Element that holds what is said of a child as a whole.
_HEADER: Final = "header"
_YES: Final = ("1", "y", "yes", "true")


def read_xml(path: Path) -> list[RawTable]:
    """Return the tables of an XML return; `sheet` is the table's name, `_row` the line an element begins on.

    Raises
    ------
    DataError
        When the file is not well formed, declares entities, or holds no children.
    """
    found: dict[str, list[dict[str, object]]] = {}
    pending: list[tuple[str, dict[str, object]]] = []
    whole: dict[str, str] = {}

    def end(element: Element) -> None:
        if element.name == "child" and element.has_elements:
            shared = {plain(name): value for name, value in element.fields.items()} | whole
            child = {"CHILD": next((shared[name] for name in _CHILD_NAMES if name in shared), "")}
            child |= {"DOB": shared["dob"]} if "dob" in shared else {}
            for name, row in pending:
                found.setdefault(name, []).append(row | child)
            pending.clear()
            whole.clear()
        elif element.ancestor("child") is not None and element.fields:
            fields = {plain(name): value for name, value in element.fields.items()}
            if element.name == _HEADER:
                whole.update(fields)
            for name, kept in _rows_of(element.name, fields):
                pending.append((name, {name_.upper(): value for name_, value in kept.items()} | {ROW: element.line}))

    walk(path, end)
    if not found:
        raise DataError(
            "holds no children: it is not an SSDA903 return",
            file=path,
            advice="export the return again, or move the file to the folder of its own source",
        )
    digest = sha256(path)
    return [RawTable(path, name, _frame(rows), digest) for name, rows in sorted(found.items())]


def _rows_of(tag: str, fields: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return the rows an element makes: one for each table whose marks it holds."""
    rows = [
        (table.name, _own(table, fields))
        for table in TABLES
        if table.name not in ("header", "uasc") and _holds(table, fields)
    ]
    if tag == _HEADER:
        rows.append(("header", {k: v for k, v in fields.items() if k not in _CHILD_NAMES}))
        if fields.get("uasc", "").lower() in _YES or fields.get("duc"):
            rows.append(("uasc", {"sex": fields.get("sex", ""), "duc": fields.get("duc", "")}))
    elif not rows and "duc" in fields:
        rows.append(("uasc", fields))
    return rows or [("not recognised", fields)]


def _holds(table: ReturnTable, fields: dict[str, str]) -> bool:
    return any(all(plain(mark) in fields for mark in marks) for marks in table.marks)


def _own(table: ReturnTable, fields: dict[str, str]) -> dict[str, str]:
    names = {alias: name for name, aliases in table.columns.items() for alias in map(plain, aliases)}
    return {key: value for key, value in fields.items() if key in names}


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    lines = frame.pop(ROW).astype(int)
    frame = frame.fillna("").astype("str")
    frame[ROW] = lines
    return frame
