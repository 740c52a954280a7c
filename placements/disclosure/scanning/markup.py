"""Web pages and drawings: what is seen, attributes, notes, scripts with their JSON, and files put inside as data."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from placements.disclosure.scanning.office import Inner
from placements.disclosure.scanning.passages import Part, Passage, Unread
from placements.disclosure.scanning.records import embedded_json
from placements.disclosure.scanning.tables import Cell, table_passages

#: Elements within a line: what stands in them is read together with what stands around.
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label"}
    | {"mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tspan", "tt", "u", "var", "wbr"}
)
_CELLS: Final = ("td", "th")
_RAW: Final = ("script", "style")
_DRAWN: Final = re.compile(r"[MmLlHhVvCcSsQqTtAaZz\d\s.,eE+-]*|(?:\w+\([-\d\s.,eE]*\)\s*)+|[\d.\s]*(?:px|pt|em|rem|%)?")
_DRAWING_KEYS: Final = frozenset(
    {"d", "points", "transform", "viewbox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"}
    | {"width", "height", "offset", "gradienttransform", "patterntransform", "stroke-dasharray"}
)
_CODE_KEYS: Final = frozenset(
    ("style", "class", "id", "for", "href", "xlink:href", "src", "action", "integrity", "nonce")
)
_DATA: Final = re.compile(r"data:([a-z]+/[\w.+-]+)?((?:;[\w=.+-]+)*),((?:[^\s\"'<>\\)]|\\/)*)", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_TEXT_TYPES: Final = {
    "application/json": "x.json",
    "application/geo+json": "x.json",
    "application/vnd.geo+json": "x.json",
    "image/svg+xml": "x.svg",
    "text/csv": "x.csv",
    "text/html": "x.html",
    "text/plain": "x.txt",
    "application/xml": "x.xml",
    "text/xml": "x.xml",
    "application/pdf": "x.pdf",
}
_LEFT: Final = re.compile(r"(?:image|font|audio|video)/|application/(?:x-)?font")


def page_parts(text: str, inner: Inner) -> Iterator[Part]:
    """Yield what a web page or drawing holds."""
    page = _Page(inner)
    page.feed(text)
    page.close()
    return iter(page.finished())


class _Page(HTMLParser):
    """Gathers text block by block, tables row by row."""

    def __init__(self, inner: Inner) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self._inner = inner
        self._block: list[str] = []
        self._place = "line 1"
        self._raw = ""
        self._json = False
        self._tables: list[list[list[Cell]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag == "br":
            self._block.append("\n")
        elif tag not in _INLINE:
            self._flush()
            self._place = f"line {line}, element {tag}" if tag.isalnum() else f"line {line}"
        for key, value in attrs:
            if value:
                self._attribute(key, value, f"line {line}, attribute of {tag if tag.isalnum() else 'an element'}")
        if tag == "table":
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])
        elif tag in _CELLS and self._tables:
            if not self._tables[-1]:
                self._tables[-1].append([])
            self._tables[-1][-1].append((self._place, ""))
        if tag in _RAW:
            self._raw = tag

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE and tag != "br":
            self._flush()
        if tag == self._raw:
            self._raw = ""
        if tag == "table" and self._tables:
            self.parts.extend(table_passages(self._tables.pop()))

    def handle_data(self, data: str) -> None:
        if self._raw:
            self._code(data, f"line {self.getpos()[0]}, {self._raw}", is_style=self._raw == "style")
        else:
            self._block.append(data)

    def handle_comment(self, data: str) -> None:
        self.parts.append(Passage(f"line {self.getpos()[0]}, note in the page", data))

    def handle_decl(self, decl: str) -> None:
        self.parts.append(Passage(f"line {self.getpos()[0]}", decl, code=True))

    def unknown_decl(self, data: str) -> None:
        self.parts.append(Passage(f"line {self.getpos()[0]}", data))

    def handle_pi(self, data: str) -> None:
        self.parts.append(Passage(f"line {self.getpos()[0]}", data, code=True))

    def finished(self) -> list[Part]:
        """Return everything, that of elements which were never closed too."""
        self._flush()
        while self._tables:
            self.parts.extend(table_passages(self._tables.pop()))
        return self.parts

    def _flush(self) -> None:
        text = "".join(self._block).strip()
        self._block = []
        if not text:
            return
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            place, before = self._tables[-1][-1][-1]
            self._tables[-1][-1][-1] = (place, f"{before} {text}" if before else text)
        else:
            self.parts.append(Passage(self._place, text))

    def _attribute(self, key: str, value: str, place: str) -> None:
        if key in _DRAWING_KEYS and _DRAWN.fullmatch(value):
            return
        if "data:" in value:
            value = self._data(value, place)
        if key.startswith("on") or key == "srcdoc":
            self._code(value, place, is_style=False)
            return
        named = key.removeprefix("data-")
        self.parts.append(Passage(place, value, named if key not in _CODE_KEYS else "", code=key in _CODE_KEYS))
        if "%" in value and (plain := urllib.parse.unquote_plus(value)) != value:
            self.parts.append(Passage(place, plain))

    def _code(self, code: str, place: str, *, is_style: bool) -> None:
        if "data:" in code:
            code = self._data(code, place)
        if not is_style:
            found, code = embedded_json(code, place)
            self.parts.extend(found)
        code = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), code)
        self.parts.append(Passage(place, code, code=True))

    def _data(self, text: str, place: str) -> str:
        """Read the files put inside a text as data; return the text without them."""

        def read(match: re.Match[str]) -> str:
            kind, options, body = (match[1] or "").lower(), match[2].lower(), match[3].replace("\\/", "/")
            if not kind and not options:
                return match[0]  # the word "data:" of a sentence or a policy
            if _LEFT.match(kind) and kind not in _TEXT_TYPES:
                return " "
            where = f"{place}, data put inside"
            try:
                plain = urllib.parse.unquote_to_bytes(body)
                content = base64.b64decode(plain + b"=" * (-len(plain) % 4)) if "base64" in options else plain
            except (binascii.Error, ValueError):
                self.parts.append(Unread(where, "data put inside it are damaged"))
                return " "
            self.parts.extend(self._inner(content, _TEXT_TYPES.get(kind, "x.txt"), where))
            return " "

        return _DATA.sub(read, text)
