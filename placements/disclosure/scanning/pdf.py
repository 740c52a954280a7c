"""PDF: the text of every page, notes, form fields, bookmarks, attachments, and what the file says of itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from placements.disclosure.scanning.passages import Part, Passage, Unread, UnreadableError


def pdf_parts(content: bytes, inner: Callable[[bytes, str, str], Iterator[Part]]) -> Iterator[Part]:
    """Yield what a PDF holds.

    Raises
    ------
    UnreadableError
        When it is damaged, cut off, or protected by a password.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise UnreadableError("it is protected by a password")
        yield from _parts(reader, inner)
    except UnreadableError:
        raise
    # Damage shows in many ways; whatever it is, the file was not read.
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OSError, ArithmeticError):
        raise UnreadableError("it is a damaged or cut-off PDF") from None


def _parts(reader: pypdf.PdfReader, inner: Callable[[bytes, str, str], Iterator[Part]]) -> Iterator[Part]:
    for key, value in (reader.metadata or {}).items():
        yield Passage("document properties", str(value), str(key).lstrip("/"))
    metadata = reader.root_object.get("/Metadata")
    if metadata is not None:
        yield from inner(metadata.get_object().get_data(), "metadata.xml", "document properties (XMP)")
    for number, page in enumerate(reader.pages, 1):
        place = f"page {number}"
        text = page.extract_text() or ""
        if text.strip():
            yield Passage(place, text)
        elif _has_picture(page):
            yield Unread(place, "the page is a picture without text")
        for note in page.get("/Annots") or ():
            yield from _strings(note, f"{place}, note")
    for name, value in (reader.get_fields() or {}).items():
        yield Passage("form field", f"{value.get('/V') or ''}", str(name))
    yield from (Passage("bookmark", title) for title in _titles(reader.outline))
    for name, contents in reader.attachments.items():
        yield Passage("name of an attachment", name)
        for attached in contents:
            yield from inner(attached, name, "attachment")


def _has_picture(page: Any) -> bool:
    resources = page.get("/Resources")
    contents = page.get_contents()
    drawn = contents is not None and (b"Do" in contents.get_data() or b"BI" in contents.get_data())
    return drawn or bool(resources is not None and resources.get_object().get("/XObject"))


def _strings(note: Any, place: str) -> Iterator[Part]:
    held = note.get_object() if isinstance(note, IndirectObject) else note
    if isinstance(held, DictionaryObject):
        for key in ("/Contents", "/T", "/Subj", "/RC", "/V", "/TU"):
            if key in held:
                yield Passage(place, str(held[key]))
        action = held.get("/A")
        if action is not None and "/URI" in (action := action.get_object()):
            yield Passage(place, str(action["/URI"]))


def _titles(outline: Any) -> Iterator[str]:
    for item in outline:
        if isinstance(item, list):
            yield from _titles(item)
        else:
            yield str(item.title)
