"""Any file that can be read, taken apart into passages and points with places: judged by content, then by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from placements.disclosure.scanning.archive import xml
from placements.disclosure.scanning.markup import page_parts
from placements.disclosure.scanning.office import Inner, office_parts
from placements.disclosure.scanning.passages import Part, Passage, Unread, UnreadableError
from placements.disclosure.scanning.pdf import pdf_parts
from placements.disclosure.scanning.records import csv_parts, decoded, json_parts, line_parts, toml_parts

_MAX_BYTES: Final = 500_000_000
_DEEPEST: Final = 4
#: The place of the file's own name.
FILE_NAME: Final = "the file's name"
_PAGES: Final = frozenset({".html", ".htm", ".xhtml", ".svg"})
_TABLES: Final = frozenset({".csv", ".tsv", ".tab"})
_JSON: Final = frozenset({".json", ".geojson", ".topojson", ".ipynb"})
_LINES: Final = frozenset({".txt", ".md", ".log", ".css", ".js", ".yaml", ".yml"})
_OFFICE: Final = frozenset({".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx"})
#: What can be read, for messages.
KINDS: Final = "HTML, SVG, DOCX, XLSX, CSV, JSON, GeoJSON, TOML, XML, PDF and plain text"


def parts_of(content: bytes, name: str) -> list[Part]:
    """Return passages, points and unread parts of a file; the file's name is a passage too.

    A part that cannot be read, or a file that cannot be read at all, is an `Unread`: it must not be taken for safe.
    """
    return [Passage(FILE_NAME, name), *_read(content, name, "", _DEEPEST)]


def _read(content: bytes, name: str, place: str, depth: int) -> Iterator[Part]:
    try:
        if depth == 0:
            raise UnreadableError("files are put inside files without end")
        yield from (_at(part, place) for part in _parts(content, name, depth))
    except UnreadableError as error:
        yield Unread(place, error.reason)


def _at(part: Part, place: str) -> Part:
    return part._replace(place=f"{place}, {part.place}" if part.place else place) if place else part


def _parts(content: bytes, name: str, depth: int) -> Iterator[Part]:
    if len(content) > _MAX_BYTES:
        raise UnreadableError("it is larger than can be read")
    if not content.strip():
        return iter(())
    suffix = PurePath(name).suffix.lower()

    def inner(data: bytes, named: str, place: str) -> Iterator[Part]:
        return _read(data, named, place, depth - 1)

    if content.startswith(b"PK"):
        if suffix not in _OFFICE and b"[Content_Types].xml" not in content:
            raise UnreadableError("it is an archive; unpack it and scan what is in it")
        return office_parts(content, inner)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("it is protected by a password, or in an old Office format")
    if content[:1024].lstrip().startswith(b"%PDF"):
        return pdf_parts(content, inner)
    if suffix in _OFFICE or suffix == ".pdf":
        raise UnreadableError("it is damaged, or not what its name says")
    return _text_parts(decoded(content), content, suffix, inner)


def _text_parts(text: str, content: bytes, suffix: str, inner: Inner) -> Iterator[Part]:
    opening = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if suffix in _PAGES or opening.startswith(("<!doctype html", "<html", "<svg", "<!doctype svg")):
        if suffix == ".svg" or "<!entity" in text[:20_000].lower():
            xml(content)  # refuses what is damaged, and entities
        return page_parts(text, inner)
    if suffix in _JSON:
        return json_parts(text)
    if suffix == ".toml":
        return toml_parts(text)
    if suffix in _TABLES:
        return csv_parts(text)
    if suffix in (".xml", ".gpx", ".kml", ".rdf") or opening.startswith("<?xml"):
        xml(content)
        return page_parts(text, inner)
    if suffix in _LINES or not suffix:
        return line_parts(text)
    raise UnreadableError(f"its kind is not known; what can be read is {KINDS}")
