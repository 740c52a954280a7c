"""The ledger of releases as files: what was shown of which hashed group, one release a file in `<study>/ledger/`.

A file says of every hashed group what the published text implies, never the number behind it: `[118, 122]` for 120.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from placements.errors import DataError
from placements.writing import write_text

FOLDER: Final = "ledger"
ABOUT: Final = (
    "A release of figures that was published, as the ledger remembers it, to check later releases against it. Groups "
    "of children are salted hashes. `shown` has for each group the least and the greatest that its published text "
    "allows, 0 when the figure was hidden, and null when it was no figure of the release; `watched` are groups with no "
    "figure of under 10, nobody too; `known` are totals that every reader is taken to know from elsewhere; `shares` "
    "are positions of part and whole with the whole percentage, null when hidden; `sums` are positions and factors "
    "that add up to 0. It holds no data of children. Keep it with the study."
)
HIDDEN: Final = 0
#: Least and greatest; HIDDEN; or None, when there is no figure.
Shown: TypeAlias = tuple[int, int] | int | None


@dataclass(frozen=True)
class Entry:
    """A release that was published.

    Attributes
    ----------
    snapshot : date
        The day of its figures.
    released_on : date, optional
        When it was published; None when that was not said.
    salt : str
    groups : tuple of str
        Hashed groups (`ledger_names.Naming`), sorted.
    shown : tuple of Shown
        By group.
    watched : tuple of int
        Groups without a figure whose number is under 10: they may be small, so later releases must not narrow them.
    known : tuple of (int, int)
        Groups, never small ones, and the number that every reader is taken to know from elsewhere (`Plan.known`).
    shares : tuple of (int, int, int or None)
        Positions of part and whole, and the whole percentage; None when it was hidden.
    sums : tuple of tuple of (int, int)
        Positions and factors of the sums that come to 0.
    outputs : mapping of str to str
        Files of the release and their SHA-256.
    """

    snapshot: dt.date
    released_on: dt.date | None
    salt: str
    groups: tuple[str, ...] = field(repr=False)
    shown: tuple[Shown, ...] = field(repr=False)
    watched: tuple[int, ...] = field(repr=False)
    known: tuple[tuple[int, int], ...] = field(repr=False)
    shares: tuple[tuple[int, int, int | None], ...] = field(repr=False)
    sums: tuple[tuple[tuple[int, int], ...], ...] = field(repr=False)
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the hash of what was shown: the same figures written to more files are the same release."""
        content = {name: value for name, value in _plain(self).items() if name != "outputs"}
        return hashlib.sha256(_compact(content).encode("utf-8")).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many figures were shown and hidden, counts and shares."""
        figures = [one for one in self.shown if one is not None]
        hidden = sum(one == HIDDEN for one in figures) + sum(share[2] is None for share in self.shares)
        return {"shown": len(figures) + len(self.shares) - hidden, "hidden": hidden}

    def __str__(self) -> str:
        """Return it in words, for a message."""
        when = f", released on {self.released_on.isoformat()}" if self.released_on else ""
        return f"release {self.id[:12]} (figures of {self.snapshot.isoformat()}{when})"


def write_entry(folder: Path, entry: Entry) -> Path:
    """Write an entry into the folder of a ledger; the outputs of the same figures are added to those there already."""
    path = folder / f"{entry.snapshot.isoformat()}-{entry.id[:12]}.json"
    if path.exists():
        entry = dataclasses.replace(entry, outputs={**read_entry(path).outputs, **entry.outputs})
    return write_text(path, _compact({"about": ABOUT, "id": entry.id, **_plain(entry)}) + "\n")


def read_ledger(folder: Path) -> tuple[Entry, ...]:
    """Return the entries of a ledger, oldest first; none when there is no such folder.

    Raises
    ------
    DataError
        When a file is not what was written.
    """
    entries = [read_entry(path) for path in sorted(folder.glob("*.json"))]
    return tuple(sorted(entries, key=lambda one: (one.released_on or one.snapshot, one.snapshot, one.id)))


def read_entry(path: Path) -> Entry:
    """Return the entry in a file.

    Raises
    ------
    DataError
        When the file is not what was written.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        entry = Entry(
            snapshot=dt.date.fromisoformat(raw["snapshot"]),
            released_on=dt.date.fromisoformat(raw["released_on"]) if raw["released_on"] else None,
            salt=str(raw["salt"]),
            groups=tuple(raw["groups"]),
            shown=tuple((int(one[0]), int(one[1])) if isinstance(one, list) else one for one in raw["shown"]),
            watched=tuple(raw["watched"]),
            known=tuple((int(place), int(number)) for place, number in raw["known"]),
            shares=tuple((int(part), int(whole), percent) for part, whole, percent in raw["shares"]),
            sums=tuple(tuple((int(place), int(factor)) for place, factor in one) for one in raw["sums"]),
            outputs=dict(raw["outputs"]),
        )
        unchanged = entry.id == raw["id"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise DataError("is no entry of a ledger of releases", file=path, advice=_ADVICE) from error
    if not unchanged:
        raise DataError("was changed after it was written: its id is not its figures'", file=path, advice=_ADVICE)
    return entry


_ADVICE: Final = "put the file back as it was written; without it later releases cannot be checked against that one"


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "snapshot": entry.snapshot.isoformat(),
        "released_on": entry.released_on.isoformat() if entry.released_on else None,
        "salt": entry.salt,
        "groups": entry.groups,
        "shown": entry.shown,
        "watched": entry.watched,
        "known": entry.known,
        "shares": entry.shares,
        "sums": entry.sums,
        "outputs": dict(entry.outputs),
    }


def _compact(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
