"""From XML returns to tables: read as a stream, and only as data. Whatever would reach outside the file is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from placements.errors import DataError

_CHUNK_BYTES: Final = 1_000_000
_DEEPEST: Final = 40


@dataclass
class Element:
    """An element under way: its own fields, and what stands around it.

    Attributes
    ----------
    name : str
        Tag in lower case, without namespace.
    line : int
        Where it begins.
    fields : dict
        Tag of each child that holds text alone, to that text; the last one counts.
    """

    name: str
    line: int
    parent: Element | None = None
    fields: dict[str, str] = field(default_factory=dict)
    has_elements: bool = False
    _text: list[str] = field(default_factory=list)

    def ancestor(self, name: str) -> Element | None:
        """Return the nearest element around this one with a tag, or None."""
        found = self.parent
        while found is not None and found.name != name:
            found = found.parent
        return found


def walk(path: Path, end: Callable[[Element], None]) -> None:
    """Call `end` for each element that holds others (or none and no text), as it ends.

    Raises
    ------
    DataError
        When the file is not well formed, is cut off, or declares a document type: entities, external or nested, have no
        place in a return and can reach outside the file or unpack without limit.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    stack: list[Element] = []

    def refuse(*_: object) -> int:
        raise DataError(
            "declares a document type or entities: it was not read, for they can reach outside the file",
            file=path,
            row=parser.CurrentLineNumber,
            advice="export the return again; a return has no <!DOCTYPE>",
        )

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if len(stack) >= _DEEPEST:
            raise DataError("is nested deeper than a return is", file=path, row=parser.CurrentLineNumber)
        parent = stack[-1] if stack else None
        if parent is not None:
            parent.has_elements = True
        stack.append(Element(tag.rsplit(" ", 1)[-1].lower(), parser.CurrentLineNumber, parent))

    def text(data: str) -> None:
        if stack:
            stack[-1]._text.append(data)

    def finish(_tag: str) -> None:
        element = stack.pop()
        content = "".join(element._text).strip()
        if element.parent is not None and not element.has_elements:
            element.parent.fields[element.name] = content
        if element.has_elements or not content:
            end(element)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, finish
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise DataError(
            f"is not well-formed XML ({reason}): it is damaged or cut off",
            file=path,
            row=error.lineno,
            advice="export it again",
        ) from None
