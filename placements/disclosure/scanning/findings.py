"""What was found, where, how often, how bad it is, and what to do: never the value itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

LEAK: Final = "leak"
WARNING: Final = "warning"
UNREADABLE: Final = "unreadable"
#: Severities, worst first; the first two block a file.
SEVERITIES: Final = (LEAK, UNREADABLE, WARNING)

_PLACES_NAMED: Final = 3
_ADVICE: Final = {
    LEAK: "take it out, or show it as a count of an area",
    UNREADABLE: "do not share it on the strength of this scan; save it in a form that can be read",
    WARNING: "look at it: it may be meant",
}


class Hit(NamedTuple):
    """One thing found, before those of a kind are counted together."""

    place: str
    kind: str
    severity: str = LEAK


@dataclass(frozen=True)
class Finding:
    """A kind of secret found in a file: where, and how often. The value itself is not kept.

    Attributes
    ----------
    file : str
        Its name; withheld where the name itself gives something away.
    kind : str
        Such as "a child's postcode".
    count : int
    place : str
        Sheet and cell, line, page, paragraph or element; the first few when there are more.
    severity : str
        `LEAK`, `UNREADABLE` (nothing is known of it: not safe) or `WARNING`.
    """

    file: str
    kind: str
    count: int
    place: str = ""
    severity: str = LEAK

    @property
    def blocks(self) -> bool:
        """Return whether a file with this may not leave."""
        return self.severity != WARNING

    @property
    def advice(self) -> str:
        """Return what to do about it."""
        return _ADVICE[self.severity]

    def __str__(self) -> str:
        """Return it in words."""
        where = f"{self.file}, {self.place}" if self.place else self.file
        times = f", {self.count:,} time{'s' if self.count > 1 else ''}" if self.severity != UNREADABLE else ""
        return f"{where}: {self.kind}{times}. What to do: {self.advice}"


def gathered(file: str, hits: Iterable[Hit], withheld: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Return hits as findings, one for each kind and severity, worst first.

    Parameters
    ----------
    withheld : frozenset of str
        Places whose own words would give something away.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for place, kind, severity in hits:
        kinds.setdefault((severity, kind), []).append(place)
    order = sorted(kinds, key=lambda key: (SEVERITIES.index(key[0]), key[1]))
    return tuple(
        Finding(file, kind, len(kinds[severity, kind]), _named(kinds[severity, kind], withheld), severity)
        for severity, kind in order
    )


def places_named(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield the places that the findings of these hits would name."""
    seen: dict[tuple[str, str], set[str]] = {}
    for place, kind, severity in hits:
        named = seen.setdefault((severity, kind), set())
        if len(named) < _PLACES_NAMED and place not in named:
            named.add(place)
            yield place


def _named(places: list[str], withheld: frozenset[str]) -> str:
    different = list(dict.fromkeys(places))
    shown = ["(a place whose name is withheld)" if place in withheld else place for place in different[:_PLACES_NAMED]]
    more = len(different) - len(shown)
    return "; ".join(dict.fromkeys(text for text in shown if text)) + (f"; and {more:,} more places" if more else "")
