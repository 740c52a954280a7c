"""Small numbers under a heading of children: in our own files they should have been hidden, in others one must look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from placements.disclosure.scanning import fields
from placements.disclosure.scanning.findings import LEAK, WARNING, Hit
from placements.disclosure.scanning.passages import Reading

SMALL: Final = "a count of 1 to 5"
_SMALL: Final = re.compile(r"\s*[1-5](?:\.0+)?\s*")
#: Our own counts are to the nearest five: a 5 is six or seven children.
_UNROUNDED: Final = re.compile(r"\s*[1-4]\s*")


def small_counts(reading: Reading, meanings: dict[str, str], *, ours: bool) -> Iterator[Hit]:
    """Yield small whole numbers under headings of counts; what a number in another's file counts is not known."""
    for passage in reading.passages:
        if len(passage.text) > 6 or passage.key not in meanings:
            continue
        kind = meanings[passage.key]
        if ours:
            if kind == fields.CHILDREN and _UNROUNDED.fullmatch(passage.text):
                yield Hit(passage.place, SMALL, LEAK)
        elif kind in (fields.CHILDREN, fields.COUNT) and _SMALL.fullmatch(passage.text):
            yield Hit(passage.place, SMALL, WARNING)
