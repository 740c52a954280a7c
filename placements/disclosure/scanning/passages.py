"""A file taken apart: passages of text with their places, and points; and the whole as one text to search at once."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np

#: Between passages: no letter, no digit, no space, and nothing that any pattern may cross. Files never keep their own.
BREAK: Final = "\ue000"
#: What is not seen but splits a word: soft hyphens, zero-width spaces and joiners, marks of direction, byte order.
_UNSEEN: Final = dict.fromkeys(
    [0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
_DASHES: Final = dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212], "-")
_TIDY: Final = {**_UNSEEN, **_DASHES, ord(BREAK): " "}


class UnreadableError(Exception):
    """A file, or a part of one, that cannot be read, so that nothing can be said of it. Says why, without its content.

    Parameters
    ----------
    reason : str
        To follow "cannot be read: ".
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Passage(NamedTuple):
    """A piece of text that is read as one.

    Attributes
    ----------
    place : str
        Where it stands: sheet and cell, line, page, paragraph or element. Never its content.
    text : str
    key : str
        Name of its column, field or attribute; empty when it has none.
    code : bool
        Whether a program reads it rather than a person: scripts, styles, addresses.
    """

    place: str
    text: str
    key: str = ""
    code: bool = False


class Point(NamedTuple):
    """A point on a map: longitude and latitude in degrees, or easting and northing in metres (National Grid)."""

    place: str
    x: float
    y: float


class Unread(NamedTuple):
    """A part of a file that cannot be read."""

    place: str
    reason: str


Part = Passage | Point | Unread


class Reading:
    """All of a file, or its prose or its code, as one text; what is found in it is traced back to its passage."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = [p if p.text.isascii() else p._replace(text=tidy(p.text)) for p in passages]
        self.text = BREAK.join(passage.text for passage in self.passages)
        self._ends = np.fromiter(
            itertools.accumulate(len(passage.text) + 1 for passage in self.passages), np.int64, len(self.passages)
        )

    def found(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield every place where a pattern matches."""
        return pattern.finditer(self.text)

    def passage(self, position: int) -> Passage:
        """Return the passage that a position of the text lies in."""
        return self.passages[int(np.searchsorted(self._ends, position, side="right"))]

    def place(self, position: int) -> str:
        """Return where a position of the text stands in the file."""
        return self.passage(position).place


def tidy(text: str) -> str:
    """Return text as it looks: without what is not seen, wide letters and odd spaces as the usual ones."""
    return unicodedata.normalize("NFKC", text.translate(_TIDY))
