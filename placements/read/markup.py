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
#: Attributes of these say how to read the XML, not what it says.
_ABOUT_XML: Final = ("http://www.w3.org/2001/XMLSchema-instance ", "http://www.w3.org/XML/1998/namespace ")


@dataclass
class Element:
    """An element under way: its own fields, and what stands around it.

    Attributes
    ----------
    name : str
        Tag in lower case, without namespace.
    line : int
        Where it begins.
    items : list of (str, str)
        Its fields, in order: names of its attributes and tags of the elements in it that hold text alone, in lower
        case, each with its text; what such an element has as attributes follows it. A field may stand there repeatedly.
    """

    name: str
    line: int
    parent: Element | None = None
    items: list[tuple[str, str]] = field(default_factory=list)
    has_elements: bool = False
    _text: list[str] = field(default_factory=list)

    def ancestor(self, name: str) -> Element | None:
        """Return the nearest element around this one with a tag, or None."""
        found = self.parent
        while found is not None and found.name != name:
            found = found.parent
        return found


def first_of(items: list[tuple[str, str]]) -> dict[str, str]:
    """Return each field with the first of its texts that is not blank."""
    fields: dict[str, str] = {}
    for name, text in items:
        if not fields.get(name):
            fields[name] = text
    return fields


def numbered(items: list[tuple[str, str]]) -> dict[str, str]:
    """Return all fields, repeats numbered as columns that stand twice are: `note`, `note.1`."""
    fields: dict[str, str] = {}
    seen: dict[str, int] = {}
    for name, text in items:
        again = seen.get(name, 0)
        seen[name] = again + 1
        fields[f"{name}.{again}" if again else name] = text
    return fields


def walk(path: Path, end: Callable[[Element], None]) -> None:
    """Call `end` for each element that holds others (or no text), as it ends.

    Raises
    ------
    DataError
        When the file is not well formed, is cut off, is in an encoding that cannot be read, or declares a document
        type: entities, external or nested, have no place in a return and can reach outside the file or unpack without
        limit.
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

    begun = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal begun
        begun = True
        if len(stack) >= _DEEPEST:
            raise DataError("is nested deeper than a return is", file=path, row=parser.CurrentLineNumber)
        parent = stack[-1] if stack else None
        if parent is not None:
            parent.has_elements = True
        items = [(_local(name), text.strip()) for name, text in attributes.items() if not name.startswith(_ABOUT_XML)]
        stack.append(Element(_local(tag), parser.CurrentLineNumber, parent, items))

    def text(data: str) -> None:
        if stack:
            stack[-1]._text.append(data)

    def finish(_tag: str) -> None:
        element = stack.pop()
        content = "".join(element._text).strip()
        if element.parent is not None and not element.has_elements and (content or not element.items):
            element.parent.items.append((element.name, content))
            element.parent.items.extend(element.items)
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
    except (LookupError, ValueError):  # what the parser says of an encoding it cannot read
        if begun:
            raise
        raise DataError(
            "is in an encoding that cannot be read", file=path, advice="save it as UTF-8, or export it again as UTF-8"
        ) from None


def _local(name: str) -> str:
    """Return a tag or attribute in lower case, without namespace."""
    return name.rsplit(" ", 1)[-1].lower()
