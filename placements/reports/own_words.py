"""What does the council say in its own words? Markdown files beside the reports, read each time and never written.

A file in `reports/own/` that has the name of a section (`duty.md`) puts its words at the head of that section; any
other (`voices.md`) is a section of its own, whose title is the file's first heading. What is generated and what is
written by hand never share a file, so that making a report again loses nobody's words.

Understood of Markdown: headings, paragraphs, bullet lists and pipe tables. Emphasis is dropped and a link becomes its
text with its address behind it. Pictures and HTML are refused, for a picture without alternative text, or markup that
Word does not know, would stand in one format and not in the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from placements.errors import DataError, SettingsError
from placements.reports.content import Block, BulletList, Heading, Kind, Paragraph, Section, Table

FOLDER: Final = "own"
#: The section that is always there, last: without it no figure could be traced.
ALWAYS: Final = "provenance"
#: Sections of a council's own stand before this one, unless an order is given.
_BEFORE: Final = "quality"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BULLET: Final = re.compile(r"\s*[-*+]\s+(.*)")
_RULE: Final = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?$")
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_NUMBER: Final = re.compile(r"-?£?\d[\d,]*(\.\d+)?%?")


@dataclass(frozen=True)
class OwnWords:
    """A file of the council's words.

    Attributes
    ----------
    name : str
        The file's name without its suffix: the key of a section.
    title : str
        The first heading; empty when there is none.
    blocks : tuple of Block
    """

    name: str
    title: str
    blocks: tuple[Block, ...]


def read_own_words(folder: Path) -> tuple[OwnWords, ...]:
    """Return the council's words in a folder, by name; none when there is no such folder.

    Raises
    ------
    DataError
        When a file is not UTF-8, or holds what is not understood: file and line are named.
    """
    return tuple(_parsed(path) for path in sorted(folder.glob("*.md")) if path.stem.lower() != "readme")


def arranged(sections: Sequence[Section], own: Sequence[OwnWords], order: Sequence[str] = ()) -> tuple[Section, ...]:
    """Return the sections with the council's words in them and its own sections among them, in the order asked for.

    Parameters
    ----------
    sections : sequence of Section
        As generated.
    own : sequence of OwnWords
    order : sequence of str
        Keys of sections and names of files, those to be left out not among them; all when empty.

    Raises
    ------
    SettingsError
        When the order names what there is not, or a section twice.
    """
    words = {one.name: one for one in own}
    held = {
        section.key: replace(section, blocks=(*words[section.key].blocks, *section.blocks))
        if section.key in words
        else section
        for section in sections
    }
    added = {
        name: Section(name, one.title or _titled(name), one.blocks) for name, one in words.items() if name not in held
    }
    held |= added
    usual = [key for key in held if key not in added]
    at = usual.index(_BEFORE) if _BEFORE in usual else len(usual)
    wanted = list(order) or [*usual[:at], *added, *usual[at:]]
    check_order(wanted, tuple(held))
    if ALWAYS in held and ALWAYS not in wanted:
        wanted.append(ALWAYS)
    return tuple(held[key] for key in wanted)


def check_order(order: Sequence[str], known: Sequence[str]) -> None:
    """Refuse an order of sections that cannot be followed. Raises `SettingsError`."""
    unknown = [key for key in order if key not in known]
    twice = sorted({key for key in order if list(order).count(key) > 1})
    if unknown or twice:
        said = [f"there is no section {key}" for key in unknown] + [f"{key} stands in it twice" for key in twice]
        raise SettingsError(
            f"reports.sections cannot be followed: {'; '.join(said)}",
            advice=f"name sections once each: {', '.join(known)}; a file reports/own/NAME.md adds NAME",
        )


def _titled(name: str) -> str:
    text = name.replace("-", " ")
    return text[:1].upper() + text[1:]


def _parsed(path: Path) -> OwnWords:
    if not _NAME.fullmatch(path.stem):
        raise DataError(
            f"the name {path.stem!r} cannot be that of a section",
            file=path,
            advice="use small letters, digits and hyphens, such as voices-of-children.md",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError("is not UTF-8 text", file=path, advice="save it as UTF-8") from error
    title = ""
    blocks: list[Block] = []
    for block in _blocks(path, text.splitlines()):
        if isinstance(block, Heading) and not title and not blocks:
            title = block.text
        else:
            blocks.append(block)
    return OwnWords(path.stem, title, tuple(blocks))


def _blocks(path: Path, lines: Sequence[str]) -> Iterator[Block]:
    """Yield the blocks of a file."""
    at, tables = 0, 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        _refuse(path, at, line)
        if heading := _HEADING.match(line):
            yield Heading(_plain(heading.group(2)))
            at += 1
        elif at + 1 < len(lines) and "|" in line and _RULE.match(lines[at + 1].strip()):
            end = _until(lines, at + 2, lambda text: "|" in text)
            tables += 1
            yield _table(path, f"{path.stem}-{tables}", lines, at, end)
            at = end
        elif _BULLET.match(line):
            end = _until(lines, at, lambda text: bool(text.strip()))
            yield BulletList(tuple(_bullets(path, lines[at:end], at)))
            at = end
        else:
            end = _until(lines, at, _is_prose)
            for number in range(at, end):
                _refuse(path, number, lines[number])
            yield Paragraph(_plain(" ".join(part.strip() for part in lines[at:end])))
            at = end


def _is_prose(text: str) -> bool:
    return bool(text.strip()) and not _HEADING.match(text) and not _BULLET.match(text)


def _until(lines: Sequence[str], at: int, goes_on: Callable[[str], bool]) -> int:
    while at < len(lines) and goes_on(lines[at]):
        at += 1
    return at


def _bullets(path: Path, lines: Sequence[str], first: int) -> list[str]:
    items: list[str] = []
    for number, line in enumerate(lines):
        _refuse(path, first + number, line)
        if found := _BULLET.match(line):
            items.append(found.group(1))
        else:
            items[-1] += f" {line.strip()}"
    return [_plain(item) for item in items]


def _table(path: Path, key: str, lines: Sequence[str], at: int, end: int) -> Table:
    grid = [_row(lines[at]), *(_row(line) for line in lines[at + 2 : end])]
    for number, row in enumerate(grid):
        if len(row) != len(grid[0]):
            raise DataError(
                f"a row of the table has {len(row)} cells, its header {len(grid[0])}",
                file=path,
                row=at + number + (2 if number else 1),
                advice="give every row as many cells as the header",
            )
    columns = range(len(grid[0]))
    kinds: list[Kind] = [
        "number" if place and all(_NUMBER.fullmatch(row[place]) for row in grid[1:]) else "text" for place in columns
    ]
    caption = f"{grid[0][0]}: {', '.join(grid[0][1:])}"
    return Table(f"own-{key}", caption, tuple(grid[0]), tuple(map(tuple, grid[1:])), tuple(kinds))


def _row(line: str) -> list[str]:
    return [_plain(cell) for cell in line.strip().strip("|").split("|")]


def _refuse(path: Path, at: int, line: str) -> None:
    for shape, what in ((r"!\[", "a picture"), (r"<[a-zA-Z/!]", "HTML"), (r"^```", "code")):
        if re.search(shape, line):
            raise DataError(
                f"holds {what}, which not every format can show",
                file=path,
                row=at + 1,
                advice="use headings, paragraphs, bullet lists and tables",
            )


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1 (\2)", text.strip()))
