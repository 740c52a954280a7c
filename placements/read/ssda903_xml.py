"""The SSDA903 return as XML (`EXPSSDA903 > CHILD > HEADER, EPISODE, ...`), laid out as the tables of the CSV return.

An element belongs to the table whose marks it holds, wherever in its CHILD it stands: schemas of different years nest
adoption, outcomes and reviews differently. What no table knows is quarantined like any other row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from placements.errors import DataError
from placements.read.intake import NOT_RECOGNISED
from placements.read.markup import Element, walk
from placements.read.private import is_private
from placements.read.rawtable import ROW, RawTable, plain
from placements.read.ssda903_records import CHILD_NAMES, HEADER, Row, rows_of, says_something
from placements.writing import sha256

_SOURCE: Final = "ssda903"
_CHILD: Final = "child"
#: Names a field goes by, to the one it has in the rows.
_SAME: Final = {"dateofbirth": "dob", "birthdate": "dob", "gender": "sex"}


def read_xml(path: Path) -> list[RawTable]:
    """Return the tables of an XML return; `sheet` is the table's name, `_row` the line an element begins on.

    A row belongs to the CHILD it stands in most closely; outside any it has the identifier that it states itself, if
    it does.

    Raises
    ------
    DataError
        When the file is not well formed, declares entities, is in an encoding that cannot be read, or holds no
        children.
    """
    found: dict[str, list[Row]] = {}
    pending: dict[int, list[tuple[str, Row]]] = {}  # by the CHILD under way: one may stand in another
    children = 0
    root = ""

    def end(element: Element) -> None:
        nonlocal children, root
        root = element.name
        items = _items(element)
        around = element.ancestor(_CHILD)
        if element.name == _CHILD and (element.has_elements or element.items):
            children += 1
            rows = _whole(items, pending.pop(id(element), []), element.line)
        elif not element.items:
            return
        elif around is not None:
            pending.setdefault(id(around), []).extend(rows_of(element.name, items, element.line))
            return
        else:
            rows = rows_of(element.name, items, element.line) if says_something(items) else []
        for name, row in rows:
            found.setdefault(name, []).append({"CHILD": ""} | row)

    walk(path, end)
    if not found or not (children or "903" in root):
        raise DataError(
            "holds no children: it is not an SSDA903 return",
            file=path,
            advice="export the return again, or move the file to the folder of its own source",
        )
    digest = sha256(path)
    return [RawTable(path, name, _frame(rows), digest) for name, rows in sorted(found.items())]


def _items(element: Element) -> list[tuple[str, str]]:
    """Return the fields of an element by their plain names, without names of people."""
    if is_private(element.name, _SOURCE):
        return []
    items = [(plain(name), text) for name, text in element.items if not is_private(name, _SOURCE)]
    return [(_SAME.get(name, name), text) for name, text in items]


def _whole(items: list[tuple[str, str]], rows: list[tuple[str, Row]], line: int) -> list[tuple[str, Row]]:
    """Return the rows of a CHILD: those of the elements in it, and those its own fields make; each with its child."""
    headers = [row for name, row in rows if name == HEADER]
    for name, row in rows_of(_CHILD, items, line):
        if name != HEADER:
            rows.append((name, row))
        elif headers:
            rows += _joined(row, headers)
        elif not rows or any(value for key, value in row.items() if key not in ("CHILD", ROW)):
            headers.append(row)
            rows.append((name, row))
    own = next((text for name, text in items if name in CHILD_NAMES and text), "")
    child = own or next((row["CHILD"] for row in headers if row.get("CHILD")), "")
    birth = next((row["DOB"] for row in headers if row.get("DOB")), None)
    shared: Row = {"CHILD": child} | ({} if birth is None else {"DOB": birth})
    return [(name, row | {key: value for key, value in shared.items() if not row.get(key)}) for name, row in rows]


def _joined(row: Row, headers: list[Row]) -> list[tuple[str, Row]]:
    """Fill what a CHILD's headers leave blank with what it says itself; return a row of what contradicts them."""
    against: Row = {}
    for key, value in row.items():
        if key in ("CHILD", ROW) or value == "":
            continue
        for header in headers:
            if header.get(key, "") == "":
                header[key] = value
            elif header[key] != value:
                against[key] = value
    return [(NOT_RECOGNISED, against | {ROW: row[ROW]})] if against else []


def _frame(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    lines = frame.pop(ROW).astype(int)
    frame = frame.fillna("").astype("str")
    frame[ROW] = lines
    return frame
