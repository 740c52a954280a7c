"""What must be hidden so that no small count can be worked out, and least is lost?

The cell suppression problem with rounding and shares, solved exactly by cutting planes after Fischetti and Salazar
(*Solving the cell suppression problem on tabular data with linear constraints*, Management Science 47, 2001; the
attackers' programmes give the conditions), here in the sliding form: a hidden count must keep at least `LEAST_WIDTH`
between the least and the greatest it could be. The cheapest pattern that meets the conditions so far (`master`) is
attacked; what it gives away becomes a condition; and when it gives nothing away, no pattern loses less. Now and then a
safe pattern is looked for as well: the cheapest figure of every condition that is still broken is hidden too, and of
what is hidden then the cheapest part that is safe is found in the same way, which takes little as most is decided. The
search ends when no pattern can lose much less than the best one so far.

Where that is asked for, a pattern that is safe from a linear programme is attacked in whole numbers too (`whole`), and
what holds a count then is a condition like the others: the pattern that is returned is then safe from a reader who
knows that children are whole, and least among such patterns where it is proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from placements.disclosure.control.attack import Attack, targets_of
from placements.disclosure.control.master import Cut, Settled, cheapest, of_hidden, unsettled
from placements.disclosure.control.model import LEAST_WIDTH, Bools, CountModel, Floats, Ints, Pattern
from placements.disclosure.control.points import Points, Reached
from placements.disclosure.control.whole import WholeAttack

#: Rounds of master and attack, and the work (`_Search.work`), before the best safe pattern so far is taken: about ten
#: seconds. Most releases of a county are proved well within both.
MOST_ROUNDS: Final = 100
MOST_WORK: Final = 4_000_000
#: How much more than must be lost may be lost, as a share of it, before the search goes on.
TOLERANCE: Final = 0.005
#: How often a safe pattern is looked for, and how often that search may go on.
_MEND_EVERY: Final = 12
_MOST_THINNED: Final = 30
#: A master problem's work: the square of the entries of its conditions over this is like a count in an attack.
_MASTER_SCALE: Final = 30
#: Counts are moved together while there are more of them than this, and each time at least this part gets wide enough.
_FEW: Final = 8
_GOOD_PART: Final = 0.1


def protect(
    model: CountModel,
    settled: Settled | None = None,
    *,
    rounds: int = MOST_ROUNDS,
    work: float = MOST_WORK,
    tolerance: float = TOLERANCE,
    whole_counts: bool = False,
) -> Pattern:
    """Return the figures to hide.

    Parameters
    ----------
    model : CountModel
    settled : Settled, optional
        Figures that are decided already.
    rounds : int
        How often the cheapest pattern may be looked for.
    work : float
        How much may be done before no further round is begun (`_Search.work`).
    tolerance : float
        How much more than the bound may be lost, as a share of it, before the search goes on; 0 searches for the proof
        that no pattern loses less.
    whole_counts : bool
        Take the reader to know that counts are whole: stronger than the programme, and slower.

    Raises
    ------
    ArithmeticError
        When a small count follows from what is known or settled already, whatever is hidden.
    """
    settled = settled or unsettled(model)
    if not len(model.values):
        return Pattern(settled.hidden_counts, settled.hidden_shares, 0, 0, "proved")
    search = _Search(model, settled, whole_counts)
    best: _Hidden | None = None
    bound = 0
    for turn in range(1, rounds + 1):
        hidden, least = search.cheapest(settled)
        bound = max(bound, least)
        if best is not None and search.weight(best) <= bound * (1 + tolerance):
            break
        if not search.broken(hidden):
            best = hidden
            break
        last = turn == rounds or search.work >= work
        if last or turn % _MEND_EVERY == 0:
            found = search.safe(hidden, best)
            best = found if best is None or search.weight(found) < search.weight(best) else best
        if last:
            break
    assert best is not None
    weight = search.weight(best)
    status = "proved" if weight <= bound else "limit"
    return Pattern(best.counts, best.shares, weight, bound, status, turn, len(search.cuts))


@dataclass(frozen=True, eq=False)
class _Hidden:
    counts: Bools
    shares: Bools


class _Search:
    """Conditions that every safe pattern meets, and the attacks that find them."""

    def __init__(self, model: CountModel, settled: Settled, whole_counts: bool) -> None:
        self._model = model
        self._settled = settled
        self._attack = Attack(model)
        self._points = Points(model)
        self._whole = WholeAttack(model) if whole_counts else None
        self._passed: set[int] = set()
        self._master_work = 0.0
        self.cuts: dict[Cut, None] = {}

    @property
    def work(self) -> float:
        """Return what has been done: programmes solved, each counted by its number of counts, and masters."""
        return self._attack.work + self._master_work

    def weight(self, hidden: _Hidden) -> int:
        """Return what hiding some figures loses."""
        model = self._model
        return int(model.count_weight[hidden.counts].sum() + model.share_weight[hidden.shares].sum())

    def cheapest(self, settled: Settled) -> tuple[_Hidden, int]:
        """Return the cheapest pattern that meets every condition so far, and a bound on what must be lost."""
        self._master_work += sum(len(cut.counts) + len(cut.shares) for cut in self.cuts) ** 2 / _MASTER_SCALE
        counts, shares, least = cheapest(self._model, self.cuts, settled)
        return _Hidden(counts, shares), least

    def broken(self, hidden: _Hidden) -> bool:
        """Return whether a pattern gives a count away; every condition that it breaks is kept."""
        before = len(self.cuts)
        reached = self._shown_to_attack(hidden)
        for target in targets_of(self._model, hidden.counts).tolist():
            cut = self._narrow(target, reached)
            if cut is not None:
                self.cuts[cut] = None
        if len(self.cuts) == before:
            self.cuts.update(dict.fromkeys(self._narrow_in_whole_numbers(hidden)))
        return len(self.cuts) > before

    def safe(self, hidden: _Hidden, best: _Hidden | None) -> _Hidden:
        """Return a safe pattern near one that is not: the cheapest within that, what mends it, and the best so far."""
        mended = self._mended(hidden)
        near = [hidden, mended] if best is None else [hidden, mended, best]
        counts = np.any([one.counts for one in near], axis=0)
        shares = np.any([one.shares for one in near], axis=0)
        within = replace(
            self._settled,
            shown_counts=self._settled.shown_counts | ~counts,
            shown_shares=self._settled.shown_shares | ~shares,
        )
        for _ in range(_MOST_THINNED):
            thinned, _least = self.cheapest(within)
            if not self.broken(thinned):
                return thinned
        return mended

    def _mended(self, hidden: _Hidden) -> _Hidden:
        """Return the pattern made safe: the cheapest figure of every condition that it breaks is hidden too."""
        counts, shares = hidden.counts.copy(), hidden.shares.copy()
        broken = True
        while broken:
            broken = False
            reached = self._shown_to_attack(_Hidden(counts, shares))
            for target in targets_of(self._model, counts).tolist():
                while (cut := self._narrow(target, reached)) is not None:
                    broken = True
                    shares = self._with_cheapest(cut, counts, shares)
                    self._show(counts, shares)
            if not broken:
                for cut in self._narrow_in_whole_numbers(_Hidden(counts, shares)):
                    broken = True
                    shares = self._with_cheapest(cut, counts, shares)
        return _Hidden(counts, shares)

    def _with_cheapest(self, cut: Cut, counts: Bools, shares: Bools) -> Bools:
        """Hide the cheapest figure of a condition, in place; return the shares with those that a hidden part hides."""
        self.cuts[cut] = None
        _, is_share, position = min(self._free(cut))
        (shares if is_share else counts)[position] = True
        return np.logical_or(shares, of_hidden(self._model, counts))

    def _show(self, counts: Bools, shares: Bools) -> None:
        self._attack.show(self._model.published & ~counts, ~shares)

    def _shown_to_attack(self, hidden: _Hidden) -> Reached:
        """Show a pattern to the attack; return what is within reach after many counts were moved at once."""
        self._show(hidden.counts, hidden.shares)
        reached = Reached(*self._points.reach(hidden.counts, hidden.shares))
        left = reached.left(targets_of(self._model, hidden.counts))
        while len(left) > _FEW:
            for up in (True, False):
                self._keep(reached, self._attack.spread(left, LEAST_WIDTH, up))
            still = reached.left(left)
            if len(still) > (1 - _GOOD_PART) * len(left):
                break
            left = still
        return reached

    def _keep(self, reached: Reached, point: Floats) -> None:
        self._points.keep([point])
        reached.add(point)

    def _narrow(self, target: int, reached: Reached) -> Cut | None:
        """Return the figures that hold the interval of a count narrow, or None when it is wide enough.

        None too for a larger number, or 0, that follows from what is settled: it gives nothing away.
        """
        if target in self._passed:
            return None
        one: Ints = np.array([target])
        counts: set[int] = set()
        shares: set[int] = set()
        for end in (self._attack.greatest, self._attack.least):
            if not len(reached.left(one)):
                return None
            self._keep(reached, end(target))
            held = self._attack.held_by()
            counts.update(held.counts)
            shares.update(held.shares)
        return self._condition(target, counts, shares) if len(reached.left(one)) else None

    def _narrow_in_whole_numbers(self, hidden: _Hidden) -> list[Cut]:
        if self._whole is None:
            return []
        found = self._whole.narrow(hidden.counts, hidden.shares, frozenset(self._passed))
        cuts = (self._condition(one.target, set(one.counts), set(one.shares)) for one in found)
        return [cut for cut in cuts if cut is not None]

    def _condition(self, target: int, counts: set[int], shares: set[int]) -> Cut | None:
        when = None if self._model.small[target] else target
        cut = Cut(tuple(sorted(counts)), tuple(sorted(shares)), when)
        if any(self._free(cut)):
            return cut
        if when is None:
            raise ArithmeticError("a small count follows from what is known or published already")
        self._passed.add(target)
        return None

    def _free(self, cut: Cut) -> Iterator[tuple[int, int, int]]:
        """Yield the figures of a condition that may be hidden: what that loses, whether it is a share, its place."""
        for one in cut.counts:
            if not self._settled.shown_counts[one]:
                yield int(self._model.count_weight[one]), 0, one
        for one in cut.shares:
            if not self._settled.shown_shares[one]:
                yield int(self._model.share_weight[one]), 1, one
