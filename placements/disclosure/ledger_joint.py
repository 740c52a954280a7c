"""What does a reader of earlier releases know besides? The model of a new release with theirs built in.

Groups that both have get the bounds that the earlier figures imply. Groups that only an earlier release has are added,
with the sums and shares that tie them to the others. Their true numbers are not known, nor needed: any numbers that
agree with everything stand for them, and what was hidden of them must stay as wide as any hidden count.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from placements.disclosure.control.audit import audit
from placements.disclosure.control.model import Bools, CountModel, Floats, Ints, Pattern, sums_matrix
from placements.disclosure.ledger_file import Entry


@dataclass(frozen=True, eq=False)
class JointModel(CountModel):
    """A model with quantities of earlier releases behind its own.

    Attributes
    ----------
    own : int
        How many quantities are the new release's.
    watched : array of bool, shape (n,)
        Quantities of earlier releases that must not be worked out, whatever they are.
    """

    own: int = 0
    watched: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))

    @property
    def small(self) -> Bools:
        """Return which counts must not be given away: the new release's small ones, and those watched."""
        found = (np.arange(len(self.values)) < self.own) & super().small
        return found | self.watched if len(self.watched) else found

    def pattern(self, own: Pattern) -> Pattern:
        """Return a pattern of the new release as one of this model."""
        counts = np.zeros(len(self.values), dtype=bool)
        counts[: self.own] = own.counts
        return dataclasses.replace(own, counts=counts)


@dataclass(frozen=True, eq=False)
class Joint:
    """A release beside earlier ones.

    Attributes
    ----------
    model : JointModel
    entries : tuple of Entry
        Those that have groups in common with the release, newest first.
    hashes : mapping of int to str
        The names of the quantities that only earlier releases have, by position.
    revised : tuple of (int, Entry)
        Counts whose earlier figure the data no longer bear out.
    revised_shares : tuple of (int, Entry)
        Shares likewise, by position among the release's shares.
    contradicted : tuple of Entry
        Earlier releases that no numbers agree with beside the new data: their own groups are left out.
    """

    model: JointModel
    entries: tuple[Entry, ...]
    hashes: Mapping[int, str]
    revised: tuple[tuple[int, Entry], ...]
    revised_shares: tuple[tuple[int, Entry], ...]
    contradicted: tuple[Entry, ...]


def join(model: CountModel, names: Mapping[str, Sequence[str]], entries: Sequence[Entry]) -> Joint:
    """Return a model with what a reader of earlier releases knows.

    Parameters
    ----------
    model : CountModel
        Of the new release.
    names : mapping of str to sequence of str
        By salt, the names of its quantities by position.
    entries : sequence of Entry
        Oldest first.
    """
    own = {salt: {name: position for position, name in enumerate(found)} for salt, found in names.items()}
    near = [entry for entry in reversed(entries) if not own[entry.salt].keys().isdisjoint(entry.groups)]
    whole: list[Entry] = []
    contradicted: list[Entry] = []
    built = _built(model, own, near, whole)
    assert built is not None  # with no quantities but its own, the true counts agree
    for entry in near:
        more = _built(model, own, near, [*whole, entry])
        if more is None:
            contradicted.append(entry)
        else:
            built, whole = more, [*whole, entry]
    return dataclasses.replace(built, model=_still_safe(built.model), contradicted=tuple(contradicted))


def _built(
    model: CountModel, own: Mapping[str, Mapping[str, int]], near: Sequence[Entry], whole: Sequence[Entry]
) -> Joint | None:
    """Return the joint model with all of some entries, of the others only the bounds; None when no numbers agree."""
    parts, ids = _Parts(model), {id(one) for one in whole}
    for entry in near:
        parts.add(entry, own[entry.salt], id(entry) in ids)
    return parts.joint(near)


class _Parts:
    """Collects bounds, quantities and sums; used once."""

    def __init__(self, model: CountModel) -> None:
        self._model = model
        self._low, self._high = model.known_low.tolist(), model.known_high.tolist()
        self._extra: dict[str, int] = {}
        self._watched: set[int] = set()
        self._rows: dict[tuple[tuple[int, int], ...], None] = {}
        self._revised: list[tuple[int, Entry]] = []
        self._revised_shares: list[tuple[int, Entry]] = []
        self._held = {_row(dict(zip(*row, strict=True))) for row in _terms(model.equations)}

    def add(self, entry: Entry, own: Mapping[str, int], whole: bool) -> None:
        """Add what a release showed: its bounds, and all that is tied to the new release's groups when `whole`."""
        matched = [own.get(name) for name in entry.groups]
        used = _connected(entry, matched) if whole else [place is not None for place in matched]
        at: list[int | None] = [None] * len(matched)
        for place, name in enumerate(entry.groups):
            if used[place]:
                known = matched[place]
                at[place] = position = self._new(name) if known is None else known
                self._bound(entry, place, position)
        for place in entry.watched:
            self._watch(at[place])
        for place, number in entry.known:
            self._know(at[place], number)
        for sums in entry.sums:
            terms = {at[place]: factor for place, factor in sums}
            if None not in terms:
                self._sum({position: factor for position, factor in terms.items() if position is not None})
        for part, of, percent in entry.shares:
            numerator, denominator = at[part], at[of]
            if percent is not None and numerator is not None and denominator is not None:
                self._share(entry, numerator, denominator, percent)

    def _new(self, name: str, low: float = 0.0, high: float = np.inf) -> int:
        if name not in self._extra:
            self._extra[name] = len(self._low)
            self._low.append(low)
            self._high.append(high)
        return self._extra[name]

    def _watch(self, position: int | None) -> None:
        if position is not None and position >= len(self._model.values):
            self._watched.add(position)

    def _bound(self, entry: Entry, place: int, position: int) -> None:
        shown = entry.shown[place]
        if shown is None:
            return
        if isinstance(shown, int):
            self._watch(position)
            return
        low, high = shown
        if position < len(self._model.values):
            if not low <= self._model.values[position] <= high:
                self._revised.append((position, entry))
                return
        elif max(low, self._low[position]) > min(high, self._high[position]):
            return  # a newer release says otherwise
        self._low[position] = max(self._low[position], low)
        self._high[position] = min(self._high[position], high)

    def _know(self, position: int | None, number: int) -> None:
        """Add what everybody was taken to know, unless the data or a newer release say otherwise."""
        if position is None or not self._low[position] <= number <= self._high[position]:
            return
        if position >= len(self._model.values) or self._model.values[position] == number:
            self._low[position] = self._high[position] = number

    def _sum(self, terms: Mapping[int, int]) -> None:
        row = _row(terms)
        if row in self._held:
            return
        own = len(self._model.values)
        if max(terms) < own and sum(factor * int(self._model.values[one]) for one, factor in terms.items()) != 0:
            return  # the data were corrected: it holds no more
        self._rows[row] = None

    def _share(self, entry: Entry, part: int, whole: int, percent: int) -> None:
        """Add a share as two sums with something left over, as `CountModel.share_rows` has them."""
        values = self._model.values
        least, most = 2 * percent - 1, 2 * percent + 1
        if part < len(values) and whole < len(values):
            rest = 200 * values[part] - least * values[whole], 200 * values[part] - most * values[whole]
            if rest[0] < 0 or rest[1] > -1:
                where = np.flatnonzero((self._model.shares == (part, whole)).all(axis=1))
                self._revised_shares += [(int(place), entry) for place in where]
                return
        one = self._new("one", 1.0, 1.0)
        key = f"{part} of {whole}: {percent}"
        self._rows[_row({part: 200, whole: -least, self._new(f"over, {key}"): -1})] = None
        self._rows[_row({part: 200, whole: -most, self._new(f"under, {key}"): 1, one: 1})] = None

    def joint(self, near: Sequence[Entry]) -> Joint | None:
        n, size = len(self._model.values), len(self._low)
        low, high = np.array(self._low), np.array(self._high)
        added = sums_matrix([dict(terms) for terms in self._rows], size)
        values = _completed(self._model.values, added, low, high)
        if values is None:
            return None
        before = self._model.equations.tocsr()
        wider = sparse.csr_matrix((before.data, before.indices, before.indptr), (before.shape[0], size))
        published = np.zeros(size, dtype=bool)
        published[:n] = self._model.published
        model = JointModel(
            values=values,
            equations=sparse.vstack([wider, added]).tocsr(),
            published=published,
            shares=self._model.shares,
            count_weight=np.concatenate([self._model.count_weight, np.ones(size - n, dtype=np.int64)]),
            share_weight=self._model.share_weight,
            known_low=low,
            known_high=high,
            round_to=self._model.round_to,
            own=n,
            watched=np.isin(np.arange(size), sorted(self._watched)),
        )
        names = {position: name for name, position in self._extra.items()}
        return Joint(model, tuple(near), names, tuple(self._revised), tuple(self._revised_shares), ())


def _still_safe(model: JointModel) -> JointModel:
    """Return the model without watching what the earlier releases give away, or leave narrow, by themselves."""
    if not model.watched.any():
        return model
    lost = narrow_before(model)
    return dataclasses.replace(model, watched=model.watched & ~np.isin(np.arange(len(model.values)), lost))


def narrow_before(model: JointModel) -> Ints:
    """Return the counts that must not be given away and that the earlier releases leave too narrow by themselves."""
    none = np.zeros(len(model.values), dtype=bool)
    alone = dataclasses.replace(
        model, published=none, shares=np.empty((0, 2), dtype=np.int64), share_weight=np.empty(0, dtype=np.int64)
    )
    found = audit(alone, Pattern(none, none[:0], 0, 0, "proved"), every=False).intervals
    narrow: Ints = found.index[found["too_narrow"]].to_numpy(np.int64)
    return narrow


def _connected(entry: Entry, matched: Sequence[int | None]) -> list[bool]:
    """Return which groups of an entry are tied, by sums or shares, to one that the new release has."""
    size = len(matched)
    pairs = [(one[0][0], place) for one in entry.sums for place, _ in one] + [one[:2] for one in entry.shares]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    graph = sparse.coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (size, size))
    _, label = connected_components(graph, directed=False)
    kept = {int(label[place]) for place, position in enumerate(matched) if position is not None}
    return [int(one) in kept for one in label]


def _completed(values: Ints, added: sparse.csr_matrix, low: Floats, high: Floats) -> Ints | None:
    """Return the values with whole numbers for the added quantities that agree with everything; None when none do."""
    n, size = len(values), len(low)
    if size == n:
        return values
    target = -(added[:, :n] @ values).astype(float)
    found = milp(
        np.zeros(size - n),
        constraints=LinearConstraint(added[:, n:], target, target) if added.shape[0] else (),
        integrality=np.ones(size - n),
        bounds=Bounds(low[n:], high[n:]),
    )
    if found.x is None:
        return None
    return np.concatenate([values, np.round(found.x).astype(np.int64)])


def _terms(matrix: sparse.csr_matrix) -> list[tuple[list[int], list[int]]]:
    rows = matrix.tocsr()
    spans = [slice(rows.indptr[row], rows.indptr[row + 1]) for row in range(rows.shape[0])]
    return [(rows.indices[span].tolist(), rows.data[span].tolist()) for span in spans]


def _row(terms: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Return a sum in one way of writing it: by position, the first factor positive."""
    ordered = sorted((int(position), int(factor)) for position, factor in terms.items())
    sign = -1 if ordered and ordered[0][1] < 0 else 1
    return tuple((position, sign * factor) for position, factor in ordered)
