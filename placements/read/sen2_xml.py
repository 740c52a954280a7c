"""A SEN2 return as XML, laid out as the modules of a CSV export.

The return nests what the export joins by table ids: `Person > Requests > Assessment > NamedPlan > PlanDetail`, and
`Requests > ActivePlans > PlacementDetail` and `SENneed`. Here each of these elements becomes a row of its module, with
the number it has among them as its table id, its parent's as the parent's, and the line it begins on as its row. Of a
field that an element states more than once the first counts; what else it says goes to a table that no module fits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from placements.read.intake import NOT_RECOGNISED
from placements.read.markup import Element, first_of, numbered, walk
from placements.read.private import is_private
from placements.read.rawtable import ROW, RawTable
from placements.read.sen2_modules import PARENT
from placements.writing import sha256

#: Rows held as Python text at a time.
_CHUNK_ROWS: Final = 50_000


def xml_modules(path: Path) -> list[RawTable]:
    """Return the modules of a SEN2 return, from the person down; `sheet` is the module's name.

    XML that holds no person with requests is another return: of it comes one table, which no module fits.

    Raises
    ------
    DataError
        When the file is not well formed, is cut off, or declares a document type.
    """
    columns = {name: _Columns() for name in (*PARENT, NOT_RECOGNISED)}
    count = dict.fromkeys(PARENT, 0)
    numbers: dict[int, str] = {}
    root = ""

    def number_of(element: Element) -> str:
        """Return an element's number; it is given when the first element within it ends, so in the order they begin."""
        key = id(element)
        if key not in numbers:
            count[element.name] += 1
            numbers[key] = str(count[element.name])
        return numbers[key]

    def end(element: Element) -> None:
        nonlocal root
        if element.parent is None:
            root = element.name
        parent = PARENT.get(element.name)
        if parent is None:
            return
        items = [(name, text) for name, text in element.items if not is_private(name, "sen2")]
        fields = first_of(items)
        again = [(name, text) for name, text in items if text and text != fields[name]]
        if again:
            columns[NOT_RECOGNISED].add(element.line, {"element": element.name} | numbered(again))
        if parent:
            around = element.ancestor(parent)
            fields[f"{parent}tableid"] = number_of(around) if around is not None else ""
        fields[f"{element.name}tableid"] = number_of(element)
        columns[element.name].add(element.line, fields)
        del numbers[id(element)]  # the next element may stand at the same place in memory

    walk(path, end)
    digest = sha256(path)
    if not (count["person"] and count["requests"]):
        other = pd.DataFrame({"root element": [root], ROW: [1]}).astype({"root element": "str"})
        return [RawTable(path, "", other, digest)]
    return [RawTable(path, name, held.frame(), digest) for name, held in columns.items() if held]


class _Columns:
    """Rows of a module as they are found, column by column, in the compact form of a frame but for the last few."""

    def __init__(self) -> None:
        self._done: list[pd.DataFrame] = []
        self._texts: dict[str, list[str]] = {}
        self._lines: list[int] = []

    def __len__(self) -> int:
        return sum(map(len, self._done)) + len(self._lines)

    def add(self, line: int, fields: dict[str, str]) -> None:
        """Add a row: fields it does not have are blank, and so are its own in the rows before."""
        for name in fields:
            if name not in self._texts:
                self._texts[name] = [""] * len(self._lines)
        for name, texts in self._texts.items():
            texts.append(fields.get(name, ""))
        self._lines.append(line)
        if len(self._lines) == _CHUNK_ROWS:
            self._close()

    def _close(self) -> None:
        frame = pd.DataFrame({name: pd.Series(texts, dtype="str") for name, texts in self._texts.items()})
        self._done.append(frame.assign(**{ROW: self._lines}))
        self._texts, self._lines = {}, []

    def frame(self) -> pd.DataFrame:
        """Return all rows, in the order they ended."""
        if self._lines:
            self._close()
        joined = pd.concat(self._done, ignore_index=True)
        return joined.fillna(dict.fromkeys(joined.columns.drop(ROW), ""))
