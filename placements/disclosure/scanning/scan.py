"""Does a file give a child away? It is taken apart and all of it is searched; what cannot be read is not safe."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from placements.disclosure.scanning import known, patterns, points
from placements.disclosure.scanning.counts import small_counts
from placements.disclosure.scanning.fields import meanings
from placements.disclosure.scanning.findings import LEAK, UNREADABLE, Finding, Hit, gathered, places_named
from placements.disclosure.scanning.known import Secrets
from placements.disclosure.scanning.passages import Part, Passage, Point, Reading, Unread
from placements.disclosure.scanning.reading import FILE_NAME, parts_of

_INTERNAL: Final = re.compile(r"INTERNAL - NOT FOR SHARING|Disclosure profile: internal\b")
#: What our own shareable files say of themselves.
_OURS: Final = re.compile(
    r"Disclosure profile: shareable\b|Shareable: small counts are hidden, others rounded to 5"
    r"|Counts of 1 to 5 children are hidden \(c in tables"
)


def scan(
    content: bytes, name: str, secrets: Secrets, *, ours: bool | None = None, today: dt.date | None = None
) -> tuple[Finding, ...]:
    """Return what a file would give away; empty when nothing was found.

    Parameters
    ----------
    content : bytes
    name : str
        Its name or path, searched too; what kind of file it is goes by content first.
    secrets : Secrets
        What is known to be secret and to be public; empty when nothing is.
    ours : bool, optional
        Whether this program made it under the shareable profile; when not given, whether it says so.
    today : date, optional
        The day that ages are counted to, when not today.

    Returns
    -------
    tuple of Finding
        One for each kind, worst first. `Finding.blocks` says whether the file may leave.
    """
    parts = parts_of(content, name)
    passages = [part for part in parts if isinstance(part, Passage)]
    prose, code = Reading(p for p in passages if not p.code), Reading(p for p in passages if p.code)
    if ours is None:
        ours = bool(_OURS.search(prose.text)) or any((p.key, p.text) == ("profile", "shareable") for p in passages)
    hits = [Hit(part.place, f"cannot be read: {part.reason}", UNREADABLE) for part in parts if isinstance(part, Unread)]
    hits += [Hit(prose.place(m.start()), "marked as not for sharing") for m in _INTERNAL.finditer(prose.text)]
    hits += _hits(prose, code, parts, secrets, ours, today or dt.date.today())
    told = any(hit.place == FILE_NAME and hit.severity == LEAK for hit in hits)
    shown = f"(a file whose name is withheld){PurePath(name).suffix}" if told else name
    return gathered(shown, hits, _withheld(hits, secrets))


def _hits(
    prose: Reading, code: Reading, parts: Sequence[Part], secrets: Secrets, ours: bool, today: dt.date
) -> list[Hit]:
    said = meanings(passage.key for passage in (*prose.passages, *code.passages))
    hits = [*known.known(prose, secrets, said), *known.known(code, secrets, said)]
    hits += [*patterns.patterns(prose, secrets, said, today), *patterns.code_patterns(code, secrets)]
    hits += points.points([part for part in parts if isinstance(part, Point)], secrets, ours=ours)
    hits += points.coordinate_columns(prose, secrets, said)
    hits += points.written_points(prose, secrets)
    hits += small_counts(prose, said, ours=ours)
    return list(_once(hits))


def _once(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits without those that only repeat one of the same kind found by another way at the same place."""
    births = {hit.place for hit in hits if hit.kind == known.BIRTH_DATE}
    seen: set[str] = set()
    kept = []
    for hit in hits:
        if hit.kind == known.BIRTH_DATE and hit.place in births:
            if hit.place in seen:
                continue
            seen.add(hit.place)
        kept.append(hit)
    return kept


def _withheld(hits: Sequence[Hit], secrets: Secrets) -> frozenset[str]:
    """Return the places among those that findings name whose own words hold something known or like it."""
    named = list(dict.fromkeys(places_named(hits)))
    reading = Reading(Passage(place, place) for place in named)
    found = [*known.known(reading, secrets, {}), *patterns.code_patterns(reading, secrets)]
    return frozenset(hit.place for hit in found)
