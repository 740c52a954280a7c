"""Could a figure be worked out from this release and the last one? Releases are remembered, and new ones checked.

What is safe in each of two releases may follow from both: a total of all children in one, of all but a small group in
the other. So what was published is kept (`ledger_file`), a reader is taken to know it (`ledger_joint`), and a release
is protected beside it. Figures of another day are of other groups and do not clash, but for year ends that both have.

A figure that the data no longer bear out was revised: the difference itself could tell of a child, so it is hidden,
unless the new release is published as a correction of the old one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from placements.disclosure.control.attack import Attack
from placements.disclosure.control.audit import audit
from placements.disclosure.control.master import Settled, forced
from placements.disclosure.control.model import Bools, Ints, Pattern
from placements.disclosure.control.protect import protect
from placements.disclosure.control.tables import Plan, linked_tables
from placements.disclosure.ledger_file import HIDDEN, Entry, Shown
from placements.disclosure.ledger_joint import Joint, join, narrow_before
from placements.disclosure.ledger_names import Naming, new_salt
from placements.disclosure.shown import ShownFigures, shown_figures
from placements.disclosure.suppress import INTERNAL, SMALLEST_SHOWN
from placements.errors import DisclosureError, UsageError

#: Kinds of clash.
REVISED: Final = "revised"
SHOWN_NOW: Final = "hidden then, shown now"
DIFFERENCE: Final = "follows from both"
GIVEN_AWAY: Final = "follows from earlier releases"
#: Numbers under this are watched: one digit, so that being watched says no more than a hidden figure does.
_WATCHED_UNDER: Final = 10
_MOST_LISTED: Final = 20
_LONGEST: Final = 160


@dataclass(frozen=True)
class Clash:
    """A figure that does not go with what was published before.

    Attributes
    ----------
    kind : str
        `REVISED`, `SHOWN_NOW`, `DIFFERENCE` or `GIVEN_AWAY`.
    figure : str
        What it is about: a group of the release in words, or an earlier one's by its hash. For the officer only.
    releases : tuple of str
        The earlier releases in question.
    because : tuple of str
        The figures of the new release that pin it.
    """

    kind: str
    figure: str
    releases: tuple[str, ...]
    because: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in words."""
        pins = f", by {'; '.join(self.because)}" if self.because else ""
        return f"{self.figure}: {self.kind} ({', '.join(self.releases) or 'no earlier release'}){pins}"


def entry_of(
    figures: ShownFigures,
    naming: Naming,
    *,
    past: Sequence[Entry] = (),
    released_on: dt.date | None = None,
    outputs: Mapping[str, str] | None = None,
) -> Entry:
    """Return a release as the ledger remembers it: hashed groups with what was shown.

    Parameters
    ----------
    figures : ShownFigures
    naming : Naming
    past : sequence of Entry
        The ledger so far: its salt is used again.
    released_on : date, optional
        When it was published; left open unless said, never the clock.
    outputs : mapping of str to str, optional
        Names of the files, and their SHA-256.

    Raises
    ------
    UsageError
        For an internal copy, which is no release.
    """
    if figures.profile == INTERNAL:
        raise UsageError("an internal copy is no release: it must not be published, so it is not remembered")
    salt = past[0].salt if past else new_salt(naming.authority, naming.snapshot)
    names, model = naming.names(figures, salt), figures.linked.model
    order = sorted(range(len(names)), key=lambda position: names[position])
    place = {position: rank for rank, position in enumerate(order)}
    least, most = model.bounds_shown()

    def shown(position: int) -> Shown:
        if model.published[position]:
            return HIDDEN if figures.pattern.counts[position] else (int(least[position]), int(most[position]))
        return (0, 0) if model.known_high[position] == 0 else None

    texts = tuple(shown(position) for position in order)
    percents = (model.share_rows()[0] + 1) // 2
    matrix = model.equations.tocsr()
    spans = [slice(matrix.indptr[row], matrix.indptr[row + 1]) for row in range(matrix.shape[0])]
    return Entry(
        snapshot=naming.snapshot,
        released_on=released_on,
        salt=salt,
        groups=tuple(names[position] for position in order),
        shown=texts,
        watched=tuple(
            rank
            for rank, position in enumerate(order)
            if texts[rank] is None and model.values[position] < _WATCHED_UNDER
        ),
        known=tuple(
            (rank, int(model.values[position]))
            for rank, position in enumerate(order)
            if model.known_low[position] == model.known_high[position] >= SMALLEST_SHOWN
        ),
        shares=tuple(
            sorted(
                (place[part], place[whole], None if hidden else int(percent))
                for (part, whole), percent, hidden in zip(
                    model.shares.tolist(), percents, figures.pattern.shares, strict=True
                )
            )
        ),
        sums=tuple(
            sorted(
                tuple(
                    sorted(
                        (place[position], int(factor))
                        for position, factor in zip(matrix.indices[span].tolist(), matrix.data[span], strict=True)
                    )
                )
                for span in spans
            )
        ),
        outputs=dict(outputs or {}),
    )


def check(figures: ShownFigures, entries: Sequence[Entry], naming: Naming) -> tuple[Clash, ...]:
    """Return what of a release does not go with what was published before; empty when it may be published."""
    if figures.profile == INTERNAL:
        return ()
    joint = _joined(figures, entries, naming)
    if not joint.entries:
        return ()
    labels = _Labels(figures, joint)
    found = [*_revised(figures, joint, labels), *_shown_now(figures, joint, naming, labels)]
    return (*found, *_differences(figures, entries, naming, joint, labels))


def shown_beside(
    plan: Plan, profile: str, entries: Sequence[Entry], naming: Naming, *, correction: bool = False
) -> ShownFigures:
    """Return everything that a plan publishes as it may be shown beside what was published before.

    What was shown and still holds stays shown, what was hidden stays hidden, and no small number follows from all
    releases together.

    Parameters
    ----------
    plan : Plan
    profile : str
    entries : sequence of Entry
        The ledger; without any that has groups in common, the release is as `shown_figures` gives it.
    naming : Naming
    correction : bool
        The release corrects the earlier ones and says so: figures that were revised are shown as they are now, and a
        reader is taken to believe the new ones. Otherwise they are hidden.

    Raises
    ------
    DisclosureError
        When no pattern is safe, with every clash.
    """
    linked = linked_tables(plan)
    none = Pattern(
        np.zeros(len(linked.model.values), dtype=bool), np.zeros(len(linked.model.shares), dtype=bool), 0, 0, ""
    )
    bare = ShownFigures(profile, plan, linked, none)
    joint = _joined(bare, entries, naming) if profile != INTERNAL else None
    if joint is None or not joint.entries:
        return shown_figures(plan, profile)
    revised = _revised_now(joint, correction)
    own = joint.model.own
    # Hidden so that nobody sees the difference; that it follows from other figures of today tells of no child.
    published = joint.model.published & ~np.isin(np.arange(len(joint.model.values)), np.flatnonzero(revised[0]))
    model = dataclasses.replace(joint.model, published=published)
    for settled in (_settled(bare, joint, naming, *revised), _settled(bare, None, naming, *revised)):
        try:
            pattern = protect(model, _padded(settled, len(model.values)))
        except ArithmeticError:
            continue
        found = audit(model, pattern, every=False).intervals
        if not (found["too_narrow"] & model.small[found.index]).any():
            hidden = pattern.counts[:own] | revised[0]
            return ShownFigures(profile, plan, linked, dataclasses.replace(pattern, counts=hidden))
    clashes = check(shown_figures(plan, profile), entries, naming)
    listed = [str(one) for one in clashes[:_MOST_LISTED]]
    more = [f"and {len(clashes) - _MOST_LISTED} more"] if len(clashes) > _MOST_LISTED else []
    raise DisclosureError(
        "\n  - ".join(["with what was published before, small numbers would follow from this release:", *listed, *more])
        + "\n  What to do: publish fewer breakdowns, or for another day"
    )


def _joined(figures: ShownFigures, entries: Sequence[Entry], naming: Naming) -> Joint:
    names = {salt: naming.names(figures, salt) for salt in {entry.salt for entry in entries}}
    return join(figures.linked.model, names, entries)


def _revised_now(joint: Joint, correction: bool) -> tuple[Bools, Bools]:
    """Return the counts and shares to hide because an earlier release showed something else."""
    counts, shares = np.zeros(joint.model.own, dtype=bool), np.zeros(len(joint.model.shares), dtype=bool)
    if not correction:
        counts[[position for position, _ in joint.revised]] = True
        shares[[position for position, _ in joint.revised_shares]] = True
    return counts & joint.model.published[: joint.model.own], shares


def _settled(
    figures: ShownFigures, joint: Joint | None, naming: Naming, hide_counts: Bools, hide_shares: Bools
) -> Settled:
    """Return what stays as the newest release with the figure had it, where that still holds."""
    model = figures.linked.model
    shown, hidden = np.zeros_like(hide_counts), hide_counts.copy()
    shown_shares, hidden_shares = np.zeros_like(hide_shares), hide_shares.copy()
    hidden_shares |= hide_counts[model.shares].any(axis=1)
    if joint is not None:
        then, then_shares = _then(figures, joint, naming)
        changed = np.isin(np.arange(len(shown)), [position for position, _ in joint.revised])
        changed_shares = np.isin(np.arange(len(shown_shares)), [position for position, _ in joint.revised_shares])
        shown = (then == 1) & ~changed & ~model.small
        hidden |= (then == 0) & model.published
        parts = hidden | forced(model)[0]
        broken = parts[model.shares[:, 0]] | parts[model.shares[:, 1]]
        shown_shares = (then_shares == 1) & ~changed_shares & ~broken & ~model.must_hide_shares
        hidden_shares |= then_shares == 0
    return Settled(shown, hidden, shown_shares, hidden_shares)


def _then(figures: ShownFigures, joint: Joint, naming: Naming) -> tuple[Ints, Ints]:
    """Return whether each count and share was shown before (1) or only hidden (0); -1 when it was no figure."""
    model = figures.linked.model
    then, then_shares = np.full(len(model.values), -1), np.full(len(model.shares), -1)
    share_at = {(int(part), int(whole)): place for place, (part, whole) in enumerate(model.shares.tolist())}
    for entry in joint.entries:
        own = {name: position for position, name in enumerate(naming.names(figures, entry.salt))}
        at = [own.get(name) for name in entry.groups]
        for position, shown in zip(at, entry.shown, strict=True):
            if position is not None and shown is not None:
                then[position] = max(then[position], int(shown != HIDDEN))
        for part, whole, percent in entry.shares:
            numerator, denominator = at[part], at[whole]
            if numerator is not None and denominator is not None and (numerator, denominator) in share_at:
                place = share_at[numerator, denominator]
                then_shares[place] = max(then_shares[place], int(percent is not None))
    return then, then_shares


def _padded(settled: Settled, size: int) -> Settled:
    more = np.zeros(size - len(settled.shown_counts), dtype=bool)
    return dataclasses.replace(
        settled,
        shown_counts=np.concatenate([settled.shown_counts, more]),
        hidden_counts=np.concatenate([settled.hidden_counts, more]),
    )


class _Labels:
    """What the quantities of a release and of earlier ones are called."""

    def __init__(self, figures: ShownFigures, joint: Joint) -> None:
        self._groups = {position: str(one) for one, position in figures.linked.positions.items()}
        self._pairs = {place: pair for pair, place in figures.linked.share_positions.items()}
        self._hashes = joint.hashes

    def count(self, position: int) -> str:
        if position in self._hashes:
            return f"a figure of an earlier release ({self._hashes[position][:8]})"
        return _brief(self._groups.get(position, "what is left of the whole of a share"))

    def share(self, place: int) -> str:
        part, whole = self._pairs[place]
        return f"the share of {_brief(str(part))} in {_brief(str(whole))}"


def _brief(text: str) -> str:
    """Return a label that a terminal can print: without control characters, and not without end."""
    plain = "".join(letter if letter.isprintable() else " / " for letter in text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."


def _revised(figures: ShownFigures, joint: Joint, labels: _Labels) -> list[Clash]:
    """Return the figures whose text differs from an earlier one's: where either is hidden nobody can see it."""
    seen = figures.linked.model.published & ~figures.pattern.counts
    found = [
        Clash(REVISED, labels.count(position), (str(entry),)) for position, entry in joint.revised if seen[position]
    ]
    found += [
        Clash(REVISED, labels.share(place), (str(entry),))
        for place, entry in joint.revised_shares
        if not figures.pattern.shares[place]
    ]
    return found


def _shown_now(figures: ShownFigures, joint: Joint, naming: Naming, labels: _Labels) -> list[Clash]:
    then, then_shares = _then(figures, joint, naming)
    counts = np.flatnonzero((then == 0) & figures.linked.model.published & ~figures.pattern.counts)
    shares = np.flatnonzero((then_shares == 0) & ~figures.pattern.shares)
    releases = tuple(str(entry) for entry in joint.entries)
    return [Clash(SHOWN_NOW, labels.count(int(one)), releases) for one in counts] + [
        Clash(SHOWN_NOW, labels.share(int(one)), releases) for one in shares
    ]


def _differences(
    figures: ShownFigures, entries: Sequence[Entry], naming: Naming, joint: Joint, labels: _Labels
) -> list[Clash]:
    """Return what follows from the release and earlier ones together, with what pins it."""
    narrow = _narrow(figures, joint)
    if not len(narrow):
        return []
    before = set(narrow_before(joint.model).tolist())
    without = {}
    for entry in joint.entries:
        rest = _joined(figures, [one for one in entries if one is not entry], naming)
        without[str(entry)] = set(map(_Labels(figures, rest).count, _narrow(figures, rest).tolist()))
    attack = Attack(joint.model)
    pattern = joint.model.pattern(figures.pattern)
    attack.show(joint.model.published & ~pattern.counts, ~pattern.shares)
    found = []
    for position in narrow.tolist():
        pins: dict[str, None] = {}
        for end in (attack.greatest, attack.least):
            end(position)
            held = attack.held_by()
            pins |= dict.fromkeys([*map(labels.count, held.counts), *map(labels.share, held.shares)])
        name = labels.count(position)
        needed = tuple(release for release, others in without.items() if name not in others)
        releases = needed or tuple(without)
        kind = GIVEN_AWAY if position in before else DIFFERENCE
        found.append(Clash(kind, name, releases, () if kind == GIVEN_AWAY else tuple(sorted(pins))))
    return found


def _narrow(figures: ShownFigures, joint: Joint) -> Ints:
    model = joint.model
    found = audit(model, model.pattern(figures.pattern), every=False).intervals
    narrow: Ints = found.index[found["too_narrow"]].to_numpy(np.int64)
    # A large number that is hidden only because it was revised gives no small one away.
    return narrow[model.small[narrow] | ~np.isin(narrow, [position for position, _ in joint.revised])]
