"""Which rows of which tables does an element of an SSDA903 return in XML make? Nothing it says twice is lost."""

from __future__ import annotations

from typing import Final

from placements.read.intake import NOT_RECOGNISED
from placements.read.markup import first_of, numbered
from placements.read.rawtable import ROW, plain
from placements.read.ssda903_tables import BIRTH, CHILD, TABLES, ReturnTable

Row = dict[str, object]
#: Fields of an element, in order, by their plain names.
Items = list[tuple[str, str]]

HEADER: Final = "header"
CHILD_NAMES: Final = ("childid", "child")
_UASC: Final = "uasc"
_YES: Final = ("1", "y", "yes", "true")
_COLUMNS: Final = {
    table.name: {alias for aliases in table.columns.values() for alias in map(plain, aliases)} for table in TABLES
}
#: The day a header states for a child who came alone makes a row of `uasc`.
_COLUMNS[HEADER].discard("duc")
_HEADER_TABLE: Final = next(table for table in TABLES if table.name == HEADER)
#: Fields that some table takes, and those of them that an element of any kind may have.
_KNOWN: Final = frozenset().union(*_COLUMNS.values())
_ANYWHERE: Final = frozenset(
    alias
    for table in TABLES
    for name in (CHILD, BIRTH, "sex", "urn", "return_year_text")
    for alias in table.columns.get(name, ())
)


def says_something(items: Items) -> bool:
    """Return whether fields are of the return: some table knows them, and not any element may have them."""
    fields = {name for name, _ in items}
    return bool(fields & (_KNOWN - _ANYWHERE)) or any(_holds(table, fields) for table in TABLES)


def rows_of(tag: str, items: Items, line: int) -> list[tuple[str, Row]]:
    """Return the rows an element makes: one for each table whose marks it holds, or more.

    Where the date that tells the rows of a table apart is stated more than once, each makes a row. Of any other field
    the first text counts, and further ones make a row that no table knows. HEADER, and CHILD by its own fields, always
    make a row of the header.

    Parameters
    ----------
    tag : str
        In lower case.
    items : list of (str, str)
    line : int

    Returns
    -------
    list of (str, dict)
        Name of the table and its row: `_row`, its fields in capitals, and `CHILD` when the element names the child.
    """
    fields = first_of(items)
    used: set[int] = set()
    rows: list[tuple[str, dict[str, str]]] = []
    for table in TABLES:
        if table.name not in (HEADER, _UASC) and _holds(table, fields):
            rows += _records(table, items, used)
    about_child = tag in (HEADER, "child")
    if about_child:
        if fields.get("uasc", "").lower() in _YES or fields.get("duc"):
            rows.append((_UASC, {"sex": fields.get("sex", ""), "duc": fields.get("duc", "")}))
        rows += _header(items, used)
    elif not rows and "duc" in fields:
        rows += _records(next(table for table in TABLES if table.name == _UASC), items, used)
    elif not rows and _holds(_HEADER_TABLE, fields):
        rows += _header(items, used)
    if not rows:
        rows, left = [(NOT_RECOGNISED, numbered(items))], []
    else:
        left = [(name, text) for i, (name, text) in enumerate(items) if i not in used and text and name in _KNOWN]
        lone = {name for name, _ in left if about_child and name not in _ANYWHERE | {"duc"}}
        done = {items[i] for i in used}
        left = [item for item in left if item not in done and (item[0] in lone or item[1] != fields[item[0]])]
    if left:
        rows.append((NOT_RECOGNISED, numbered(left)))
    own = next((text for name, text in items if name in CHILD_NAMES and text), "")
    stated: Row = {"CHILD": own} if own else {}
    return [
        (
            name,
            {key.upper(): value for key, value in row.items() if value != own or key not in CHILD_NAMES}
            | stated
            | {ROW: line},
        )
        for name, row in rows
    ]


def _holds(table: ReturnTable, fields: dict[str, str] | set[str]) -> bool:
    return any(all(plain(mark) in fields for mark in marks) for marks in table.marks)


def _header(items: Items, used: set[int]) -> list[tuple[str, dict[str, str]]]:
    """Return the row of the header; its marks are there even when nothing is known but the child."""
    return [(name, {"sex": "", "dob": ""} | row) for name, row in _records(_HEADER_TABLE, items, used)]


def _records(table: ReturnTable, items: Items, used: set[int]) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a table, and note in `used` which of the items they hold."""
    mine = [i for i, (name, _) in enumerate(items) if name in _COLUMNS[table.name]]
    own = [items[i] for i in mine]
    keys = {plain(name) for name in table.key if name in table.dates}
    stated = [name for name, text in own if name in keys and text]
    if len(stated) > len(set(stated)):
        used.update(mine)
        return _split(table.name, own)
    fields = first_of(own)
    for i in mine:
        name, text = items[i]
        if text == fields[name]:
            used.add(i)
    return [(table.name, fields)]


def _split(name: str, own: Items) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of fields of which some are repeated.

    Repeats that follow each other (`REVIEW REVIEW`) are a list, and the other fields are shared. Otherwise (`DECOM PL
    DECOM PL`) a row begins where a field comes again, and only what stands before the first of them is shared.
    """
    places: dict[str, list[int]] = {}
    for i, (field, _) in enumerate(own):
        places.setdefault(field, []).append(i)
    repeated = {field: where for field, where in places.items() if len(where) > 1}
    shared = {field: own[where[0]][1] for field, where in places.items() if len(where) == 1}
    if all(where[-1] - where[0] == len(where) - 1 for where in repeated.values()):
        lengths = {len(where) for where in repeated.values()}
        if len(lengths) > 1:  # which belong together is not known
            return [(NOT_RECOGNISED, numbered(own))]
        return [
            (name, shared | {field: own[where[k]][1] for field, where in repeated.items()})
            for k in range(lengths.pop())
        ]
    first = min(where[0] for where in repeated.values())
    rows: list[dict[str, str]] = [{}]
    for field, text in own[first:]:
        if field in rows[-1]:
            rows.append({})
        rows[-1][field] = text
    return [(name, dict(own[:first]) | row) for row in rows]
