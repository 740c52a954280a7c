"""From the rows of any table to passages: each cell with the heading of its column, or the label to its left."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from placements.disclosure.scanning.fields import meaning
from placements.disclosure.scanning.passages import Passage

#: A cell: where it stands, and its text.
Cell = tuple[str, str]
_SEARCH_ROWS: Final = 15
_VALUE: Final = re.compile(r"\s*[£(]?-?\d[\d,./:% -]*\)?\s*")
_OUTWARD: Final = re.compile(r"\s*[A-Za-z]{1,2}\d[A-Za-z\d]?\s*")
_INWARD: Final = re.compile(r"\s*\d[A-Za-z]{2}\s*")


def table_passages(rows: Iterable[Sequence[Cell]]) -> Iterator[Passage]:
    """Yield the cells of a table. Where the two halves of a postcode stand side by side, they are read together too.

    Parameters
    ----------
    rows : iterable of sequences of (place, text)
        Cells in the order of their columns, empty ones too.
    """
    rest = iter(rows)
    first = list(itertools.islice(rest, _SEARCH_ROWS))
    number = _header(first)
    names = [text.strip() for _, text in first[number]] if number is not None else []
    for at, row in enumerate(itertools.chain(first, rest)):
        body = number is None or at > number
        label = row[0][1] if len(row) == 2 and meaning(row[0][1]) else ""
        half = False
        for column, (place, text) in enumerate(row):
            if not text or text.isspace():
                half = False
                continue
            key = (label if column else "") or (names[column] if body and column < len(names) else "")
            yield Passage(place, text, key)
            if half and len(text) < 8 and _INWARD.fullmatch(text):
                yield Passage(place, f"{row[column - 1][1].strip()} {text.strip()}")
            half = len(text) < 8 and _OUTWARD.fullmatch(text) is not None


def _header(rows: Sequence[Sequence[Cell]]) -> int | None:
    """Return which row is the header: the first of several cells, or else the first of all, that holds words alone."""
    filled = [[text for _, text in row if text.strip()] for row in rows]
    worded = [bool(texts) and not any(_VALUE.fullmatch(text) for text in texts) for texts in filled]
    wide = (i for i, texts in enumerate(filled) if len(texts) > 1 and worded[i])
    narrow = (i for i, texts in enumerate(filled) if texts and worded[i])
    return next(wide, next(narrow, None))
