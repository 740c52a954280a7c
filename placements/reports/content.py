"""What does a report say? One typed model of its content, with no decision about how it looks.

Every renderer (Word, HTML) walks the same `Document`, so a figure cannot differ between them. All texts are as they may
be shown: disclosure control has already been applied when they get here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["text", "number", "status"]
Tone: TypeAlias = Literal["note", "warning"]
#: By the shape that a status begins with, how it may be coloured beside what it says.
STATUS_TONES: Final[Mapping[str, str]] = MappingProxyType({"●": "good", "▲": "doubt", "■": "bad", "○": "none"})


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of prose."""

    text: str


@dataclass(frozen=True)
class BulletList:
    """A list whose order does not matter to the reader."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Callout:
    """Something the reader must not miss."""

    title: str
    text: str
    tone: Tone = "note"


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    key : str
        Stable name, unique in the document: the anchor, and what tests and workbooks know it by.
    caption : str
    columns : tuple of str
        Headers; the first column holds the row headers.
    rows : tuple of tuple of str
        Each as long as `columns`.
    kinds : tuple of {"text", "number", "status"}
        What each column holds. A status begins with a shape (`STATUS_TONES`), says itself in words, may be coloured.
    notes : tuple of str
        What a reader needs to know to read it: definitions, what was left out, markers.
    total_rows : int
        How many of the last rows are totals.
    """

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[Kind, ...]
    notes: tuple[str, ...] = ()
    total_rows: int = 0

    def __post_init__(self) -> None:
        """Refuse a ragged table: it would be read wrongly by a screen reader."""
        if len(self.kinds) != len(self.columns) or any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.key}: every row needs {len(self.columns)} cells and every column a kind")


@dataclass(frozen=True)
class Figure:
    """A chart: a picture in two forms, what it says in words, and the figures it was drawn from.

    Attributes
    ----------
    key : str
        Stable name, unique in the document.
    caption : str
        What it shows, and the day or period.
    png, svg : bytes
        The same picture; both without times or random ids.
    alt : str
        What a reader who cannot see it needs to know, with its numbers.
    source : str
        Where its figures come from.
    data : Table
        The figures it was drawn from, as they may be shown.
    """

    key: str
    caption: str
    png: bytes = field(repr=False)
    svg: bytes = field(repr=False)
    alt: str = ""
    source: str = ""
    data: Table | None = None


@dataclass(frozen=True)
class Definition:
    """A term and what it means here."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Definitions:
    """A glossary."""

    entries: tuple[Definition, ...]


#: Marks that stand across the page too.
DRAFT_MARK: Final = "Draft"
INTERNAL_MARK: Final = "INTERNAL - NOT FOR SHARING"
Block: TypeAlias = Paragraph | BulletList | Callout | Heading | Table | Figure | Definitions


@dataclass(frozen=True)
class TracedFigure:
    """One headline number as it is shown, and what it is made of: the register that a manifest carries.

    Every value is the text that may be shown (`c` when hidden, `x` when not known), never the number behind it.
    """

    name: str
    label: str
    value: str
    numerator: str
    denominator: str
    excluded: str
    definition: str


@dataclass(frozen=True)
class Section:
    """A numbered part of the report. `key` is stable and unique."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    figures: tuple[TracedFigure, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, subtitle : str
    authority : str
    date_text : str
        The day the data describe, in words: never the day of printing.
    date_iso : str
        The same as ``YYYY-MM-DD``.
    marks : tuple of str
        What must stand on every page: draft, synthetic, profile.
    sections : tuple of Section
    is_brief : bool
        Whether it is a page or two: no contents, no cover, sections without numbers.
    """

    title: str
    subtitle: str
    authority: str
    date_text: str
    date_iso: str
    marks: tuple[str, ...]
    sections: tuple[Section, ...]
    is_brief: bool = False

    @property
    def watermark(self) -> str:
        """Return what stands across every page: a draft is not to be mistaken for a report; empty when it is none."""
        words = {DRAFT_MARK: "DRAFT", INTERNAL_MARK: INTERNAL_MARK}
        return next((words[mark] for mark in reversed(self.marks) if mark in words), "")

    @property
    def figures(self) -> tuple[TracedFigure, ...]:
        """Return the register of figures, in order; one that several sections use is in it once."""
        named = {figure.name: figure for section in reversed(self.sections) for figure in reversed(section.figures)}
        order = dict.fromkeys(figure.name for section in self.sections for figure in section.figures)
        return tuple(named[name] for name in order)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Return every table, in order; those behind charts too."""
        found: list[Table] = []
        for block in (block for section in self.sections for block in section.blocks):
            if isinstance(block, Table):
                found.append(block)
            elif isinstance(block, Figure) and block.data is not None:
                found.append(block.data)
        return tuple(found)

    def prose(self) -> tuple[str, ...]:
        """Return every piece of running text, in order: paragraphs, bullets, callouts, definitions, captions, alts."""
        texts: list[str] = []
        for block in (block for section in self.sections for block in section.blocks):
            match block:
                case Paragraph(text):
                    texts.append(text)
                case BulletList(items):
                    texts.extend(items)
                case Callout(title, text):
                    texts += [title, text]
                case Definitions(entries):
                    texts += [entry.meaning for entry in entries]
                case Figure(caption=caption, alt=alt):
                    texts += [caption, alt]
                case Table(caption=caption, notes=notes):
                    texts += [caption, *notes]
                case Heading(text):
                    texts.append(text)
        return tuple(texts)
