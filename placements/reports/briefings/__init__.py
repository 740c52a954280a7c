"""The short documents: for members of the council, for providers, and for one scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from placements.reports.briefings import case, market, members
from placements.reports.content import Document
from placements.reports.context import Context
from placements.reports.own_words import OwnWords, arranged

#: By kind: the stem of the files, and what makes the document.
KINDS: Final[Mapping[str, tuple[str, Callable[[Context], Document]]]] = MappingProxyType(
    {
        "members": ("members-summary", members.document),
        "market": ("market-position-statement", market.document),
        "case": ("business-case", case.document),
    }
)


def briefing(kind: str, context: Context, own: Sequence[OwnWords] = ()) -> Document:
    """Return a short document, with the council's own words from the file of its kind.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    context : Context
    own : sequence of OwnWords
        The file named as the kind (`members.md`) is a section of it, last but for how children are protected.
    """
    made = KINDS[kind][1](context)
    mine = [one for one in own if one.name == kind]
    keys = [section.key for section in made.sections]
    order = [*keys[:-1], *(one.name for one in mine), keys[-1]]
    return replace(made, sections=arranged(made.sections, mine, order))
