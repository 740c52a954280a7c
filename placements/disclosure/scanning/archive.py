"""Word files and workbooks are archives of XML: opened within limits, and read as data alone."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from placements.disclosure.scanning.passages import UnreadableError
from placements.read.guard import is_bomb

_MOST_PARTS: Final = 20_000
_DEEPEST: Final = 500


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every part of an archive, those that stand twice too.

    Raises
    ------
    UnreadableError
        When it is damaged, protected by a password, or unpacks to far more than a document holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
            if is_bomb(unpacked, packed) or len(entries) > _MOST_PARTS:
                raise UnreadableError("it would unpack to far more than a document holds")
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableError("it is protected by a password")
            for entry in entries:
                if not entry.is_dir():
                    yield entry.filename, archive.read(entry)  # reads no more than the size declared
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        raise UnreadableError("it is a damaged or cut-off archive") from None


@dataclass
class Node:
    """An element of XML. Tags and names of attributes are in lower case, without prefix.

    Attributes
    ----------
    content : list of str and Node
        Text and elements in the order they stand.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    content: list[str | Node] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """Yield every element below with one of these tags, in order; all of them when none is named."""
        stack = [node for node in reversed(self.content) if isinstance(node, Node)]
        while stack:
            node = stack.pop()
            if not tags or node.tag in tags:
                yield node
            stack.extend(inner for inner in reversed(node.content) if isinstance(inner, Node))

    def text(self) -> str:
        """Return all text below, as it is."""
        found, stack = [], [*reversed(self.content)]
        while stack:
            part = stack.pop()
            if isinstance(part, str):
                found.append(part)
            else:
                stack.extend(reversed(part.content))
        return "".join(found)


def xml(content: bytes, comment: Callable[[str, int], None] | None = None) -> Node:
    """Return XML as a tree.

    Parameters
    ----------
    comment : callable, optional
        Called with the text and the line of every comment.

    Raises
    ------
    UnreadableError
        When it is damaged, nested without end, or declares entities, which can unpack without limit or reach outside.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    root = Node("", {}, 1)
    stack = [root]
    plain: dict[str, str] = {}  # tags and names, of which there are few, as they are used here

    def local(name: str) -> str:
        if name not in plain:
            plain[name] = name.rsplit(":", 1)[-1].lower()
        return plain[name]

    def doctype(_name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            refuse()

    def refuse(*_: object) -> int:
        raise UnreadableError("its XML declares entities, which can unpack without limit or reach outside the file")

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            raise UnreadableError("its XML is nested without end")
        node = Node(local(tag), {local(key): value for key, value in attributes.items()}, parser.CurrentLineNumber)
        stack[-1].content.append(node)
        stack.append(node)

    def end(_tag: str) -> None:
        stack.pop()

    def data(text: str) -> None:
        stack[-1].content.append(text)

    def said(text: str) -> None:
        if comment is not None:
            comment(text, parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.CommentHandler = said
    parser.ProcessingInstructionHandler = lambda _target, text: said(text)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise UnreadableError("its XML is damaged or in an unknown encoding") from None
    return root
