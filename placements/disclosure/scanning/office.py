"""Word files and workbooks, with what is not seen when they are opened: comments, changes, hidden sheets, caches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from placements.disclosure.scanning.archive import Node, parts, xml
from placements.disclosure.scanning.dates import serial_date
from placements.disclosure.scanning.passages import Part, Passage, Unread
from placements.disclosure.scanning.tables import Cell, table_passages

#: Reads an embedded file: its content, its name, the place it stands at.
Inner = Callable[[bytes, str, str], Iterator[Part]]

_PICTURES: Final = (
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".ico"),
    *(".ttf", ".odttf", ".fntdata"),
)
_READ: Final = (".xlsx", ".xlsm", ".docx", ".docm", ".csv", ".txt", ".json", ".svg", ".html", ".htm", ".pdf")
#: How a printer is set up, and the order of sums: no text.
_MECHANICAL: Final = re.compile(r"(?:printerSettings\d*\.bin|calcChain\.xml|\[Content_Types\]\.xml)$")
#: What says how a document looks: read like everything else, but as one passage each.
_LOOKS: Final = re.compile(r"(?:^|/)(?:styles|stylesWithEffects|theme\d*|fontTable|webSettings|numbering)\.xml$")
_SHEET: Final = re.compile(r"xl/(?:work|chart|dialog|macro)sheets/[^/]+\.xml$")
#: Attributes by which Word knows its own edits.
_OF_THE_PROGRAM: Final = ("rsid", "xmlns", "paraid", "textid")
_BLOCKS: Final = ("p", "si", "comment", "definedname", "f", "author")
_DATE_FORMATS: Final = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_NOT_A_FORMAT: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_PLACE_OF: Final = (
    ("comments", "comments"),
    ("threadedComments", "comments"),
    ("header", "page header"),
    ("footer", "page footer"),
    ("docProps", "document properties"),
    ("customXml", "custom XML"),
    ("pivotCache", "pivot cache"),
    ("footnotes", "footnotes"),
    ("endnotes", "endnotes"),
    ("sharedStrings", "shared strings"),
    ("workbook.xml", "workbook"),
    ("drawing", "drawing"),
    ("chart", "chart"),
)


def office_parts(content: bytes, inner: Inner) -> Iterator[Part]:
    """Yield what a Word file or workbook holds. Text split over runs is read as one."""
    held = list(parts(content))
    first = dict(held)
    cells = _Cells(first)
    sheets = 0
    for number, (name, data) in enumerate(held, 1):
        lower = name.lower()
        if lower.endswith(_PICTURES) or _MECHANICAL.search(name):
            yield Passage(f"name of part {number}", name, code=True)
        elif _SHEET.match(name):
            sheets += 1
            yield from cells.sheet(xml(data), f"sheet {_number(name) or sheets}")
        elif lower.endswith((".xml", ".rels", ".vml")):
            yield from _xml_part(data, name, number)
        elif lower.endswith(_READ):
            yield from inner(data, name, f"embedded file (part {number})")
        else:
            yield Unread(f"part {number}", "it holds a part that is not text (macros or an embedded object)")


def _xml_part(data: bytes, name: str, number: int) -> Iterator[Part]:
    main = "document" if "document.xml" in name else f"part {number}"
    place = next((said for key, said in _PLACE_OF if key in name), main)
    comments: list[tuple[str, int]] = []
    root = xml(data, lambda text, line: comments.append((text, line)))
    yield from (Passage(f"{place}, note in the XML", text) for text, _ in comments)
    looks = bool(_LOOKS.search(name))
    if looks or name.endswith(".rels"):
        texts = [value for node in root.all() for value in node.attributes.values() if len(value) > 4]
        yield Passage(place, "\n".join([root.text(), *dict.fromkeys(texts)]), code=True)
        return
    yield from _blocks(root, place)
    yield from _attributes(root, place)
    if "document.xml" in name or "header" in name or "footer" in name:
        for at, table in enumerate(root.all("tbl"), 1):
            yield from table_passages(_rows(table, f"{place}, table {at}"))


def _rows(table: Node, place: str) -> Iterator[list[Cell]]:
    for y, row in enumerate((n for n in table.content if isinstance(n, Node) and n.tag == "tr"), 1):
        cells = [n for n in row.content if isinstance(n, Node) and n.tag == "tc"]
        yield [(f"{place}, row {y}, cell {x}", _text(cell)) for x, cell in enumerate(cells, 1)]


def _blocks(root: Node, place: str) -> Iterator[Passage]:
    """Yield paragraphs one by one (those in tables are cells), and what stands outside of any."""
    inside: set[int] = set()
    number = 0
    for node in root.all("tbl", *_BLOCKS):
        if id(node) in inside:
            continue
        inside.update(id(below) for below in node.all())
        if node.tag == "tbl":
            continue
        number += 1
        if text := _text(node):
            yield Passage(f"{place}, paragraph {number}", text)
    for node in root.all():
        text = "".join(part for part in node.content if isinstance(part, str)).strip()
        if text and id(node) not in inside and node.tag not in ("tbl", *_BLOCKS):
            yield Passage(f"{place}, {node.tag if node.tag.isalpha() else 'element'}", text, node.tag)


def _text(node: Node) -> str:
    """Return the text of a paragraph or cell: runs joined, its paragraphs apart; deleted text and instructions too."""
    found: list[str] = []
    stack: list[str | Node] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            found.append(part)
        else:
            if part.tag in ("p", "br", "tab", "cr", "tc"):
                found.append("\n" if found else "")
            stack.extend(reversed(part.content))
    return "".join(found).strip()


def _attributes(root: Node, place: str) -> Iterator[Passage]:
    """Yield attributes that hold words: alternative texts, authors, names; not numbers of how things look."""
    seen: set[tuple[str, str]] = set()
    for node in root.all():
        for key, value in node.attributes.items():
            if len(value) > 4 and not key.startswith(_OF_THE_PROGRAM) and (key, value) not in seen:
                seen.add((key, value))
                if not re.fullmatch(r"-?[\d.]{0,12}(?:pt|in)?", value):
                    yield Passage(f"{place}, attribute of element {node.tag}", value, code=":" in value or key == "val")


def _number(name: str) -> int:
    digits = re.search(r"(\d+)\.xml$", name)
    return int(digits[1]) if digits else 0


class _Cells:
    """Cells of a workbook as they are seen: shared texts put in, days written as days."""

    def __init__(self, held: dict[str, bytes]) -> None:
        shared = held.get("xl/sharedStrings.xml")
        self.shared = [_text(node) for node in xml(shared).all("si")] if shared else []
        styles = held.get("xl/styles.xml")
        self.is_date = _date_styles(xml(styles)) if styles and "xl/workbook.xml" in held else []

    def sheet(self, root: Node, place: str) -> Iterator[Part]:
        """Yield the cells of a sheet, hidden or not, its formulas, and headers of its printed page."""
        yield from table_passages(self._rows(root, place))
        for node in root.all("f", "oddheader", "oddfooter", "evenheader", "evenfooter", "formula1", "formula2"):
            if text := node.text().strip():
                yield Passage(f"{place}, {'formula' if node.tag.startswith('f') else 'printed page'}", text)
        for node in root.all("hyperlink", "datavalidation"):
            yield from (Passage(f"{place}, note of a cell", said) for said in node.attributes.values() if len(said) > 4)

    def _rows(self, root: Node, place: str) -> Iterator[list[Cell]]:
        for row in root.all("row"):
            cells: list[Cell] = []
            for node in row.content:
                if isinstance(node, Node) and node.tag == "c":
                    reference = node.attributes.get("r", "")
                    column = _column(reference)
                    if len(cells) < column < 17_000:
                        cells.extend([(place, "")] * (column - len(cells)))
                    at = reference if re.fullmatch(r"[A-Z]{1,3}\d{1,7}", reference) else "a cell"
                    cells.append((f"{place}, cell {at}", self._value(node)))
            yield cells

    def _value(self, node: Node) -> str:
        kind = node.attributes.get("t", "n")
        if kind == "inlineStr":
            return "".join(part.text() for part in node.all("is"))
        value = "".join(part.text() for part in node.all("v"))
        if kind == "s":
            return self.shared[int(value)] if value.isdigit() and int(value) < len(self.shared) else value
        if kind == "n" and value:
            style = node.attributes.get("s", "0")
            if style.isdigit() and int(style) < len(self.is_date) and self.is_date[int(style)]:
                try:
                    day = serial_date(float(value))
                except (ValueError, OverflowError):
                    return value
                return day.isoformat() if day else value
        return value


def _column(reference: str) -> int:
    """Return the place of a cell in its row, the first being 0."""
    number = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return max(number - 1, 0)


def _date_styles(root: Node) -> list[bool]:
    """Return, for each style of cells, whether it shows a number as a day."""
    made = {
        node.attributes.get("numfmtid", ""): _NOT_A_FORMAT.sub("", node.attributes.get("formatcode", "")).lower()
        for node in root.all("numfmt")
    }
    found = []
    for group in root.all("cellxfs"):
        for style in group.all("xf"):
            number = style.attributes.get("numfmtid", "0")
            built_in = number.isdigit() and int(number) in _DATE_FORMATS
            found.append(built_in or any(letter in made.get(number, "") for letter in "dy"))
    return found
