"""What must be hidden so that no small count can be worked out, and least is lost?

The cell suppression problem with rounding and shares, solved exactly by cutting planes after Fischetti and Salazar
(*Solving the cell suppression problem on tabular data with linear constraints*, Management Science 47, 2001; the
attackers' programmes give the conditions), here in the sliding form: a hidden count must keep at least `LEAST_WIDTH`
between the least and the greatest it could be. Hiding a figure takes all its bounds away, so every condition is a
covering one: of the figures that hold an interval narrow, one at least is hidden. The master problem is therefore a set
cover, and its bound is a bound on what must be lost.

Where that is asked for, a pattern that is safe from a linear programme is attacked in whole numbers too (`whole`), and
what holds a count then is a condition like the others: the pattern that is returned is then safe from a reader who
knows that children are whole, and least among such patterns where it is proved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from placements.disclosure.control.attack import Attack, targets_of
from placements.disclosure.control.model import LEAST_WIDTH, Bools, CountModel, Floats, Ints, Pattern, sums_matrix
from placements.disclosure.control.whole import WholeAttack

_SLACK: Final = 1e-6
#: Rounds of master and attack before the best pattern so far is taken, and work for one master problem.
MOST_ROUNDS: Final = 60
#: The same of what the attack has to do (`Attack.work`): a large release is proved within it, as is a small one; a
#: dense one of middling size is safe, but hides more than it must.
MOST_WORK: Final = 1_500_000
TOLERANCE: Final = 0.005
_MOST_NODES: Final = 2000
_GAP: Final = 1e-6
#: Counts are moved together while there are more of them than this, and each time at least this part gets wide enough.
_FEW: Final = 8
_GOOD_PART: Final = 0.1


@dataclass(frozen=True)
class _Cut:
    """Of these figures one must be hidden; if `when` is a count, only when that count is hidden."""

    counts: tuple[int, ...]
    shares: tuple[int, ...]
    when: int | None


@dataclass(frozen=True, eq=False)
class Settled:
    """What is decided already, because it is published elsewhere: figures that stay shown, and that stay hidden.

    Attributes
    ----------
    shown_counts, hidden_counts : array of bool, shape (n,)
    shown_shares, hidden_shares : array of bool, shape (k,)
    """

    shown_counts: Bools
    hidden_counts: Bools
    shown_shares: Bools
    hidden_shares: Bools


def unsettled(model: CountModel) -> Settled:
    """Return that nothing is decided yet."""
    counts, shares = np.zeros(len(model.values), dtype=bool), np.zeros(len(model.shares), dtype=bool)
    return Settled(counts, counts, shares, shares)


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
        How often the attack may be run; after that the best pattern found is taken, with its bound.
    work : float
        How much the attack may do before no further round is begun (`Attack.work`).
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
        return _pattern(model, settled.hidden_counts, settled.hidden_shares, 0, 0, 0)
    attack, whole = Attack(model), WholeAttack(model) if whole_counts else None
    cuts: dict[_Cut, None] = {}
    best: Pattern | None = None
    found: Pattern | None = None  # safe but for what only whole numbers give away
    bound = 0

    def whole_numbers(pattern: Pattern) -> Pattern:
        if whole is None:
            return pattern
        counts, shares = _whole_repaired(model, attack, whole, pattern.counts, pattern.shares, cuts, settled)
        return _pattern(model, counts, shares, bound, turn, len(cuts))

    for turn in range(1, rounds + 1):
        counts, shares, least = _master(model, cuts, settled)
        bound = max(bound, least)
        if best is not None and best.weight <= bound * (1 + tolerance):
            break
        before = len(cuts)
        repaired = _pattern(model, *_repaired(model, attack, counts, shares, cuts, settled), bound, turn, len(cuts))
        found = repaired if found is None or repaired.weight < found.weight else found
        if len(cuts) == before or found.weight <= bound * (1 + tolerance):
            # Whole numbers are asked about when nothing else is left to ask: that takes longer.
            candidate = whole_numbers(repaired if len(cuts) == before else found)
            if len(cuts) == before:
                return candidate
            best = candidate if best is None or candidate.weight < best.weight else best
            found = None
        if attack.work >= work:
            break
    if best is None:
        if found is None:
            raise ArithmeticError("no safe pattern of hidden figures was found")
        best = whole_numbers(found)
    return _pattern(model, best.counts, best.shares, bound, turn, len(cuts))


def forced(model: CountModel) -> tuple[Bools, Bools]:
    """Return the counts and shares that are hidden by the rules alone."""
    counts = model.small & model.published
    return counts, np.logical_or(model.must_hide_shares, _of_hidden(model, counts))


def _of_hidden(model: CountModel, counts: Bools) -> Bools:
    """Return the shares of which a part that has a figure is hidden: a share is shown with its parts or not at all."""
    return np.logical_or(counts[model.shares[:, 0]], counts[model.shares[:, 1]])


def _pattern(model: CountModel, counts: Bools, shares: Bools, bound: int, rounds: int, cuts: int) -> Pattern:
    weight = int(model.count_weight[counts].sum() + model.share_weight[shares].sum())
    return Pattern(counts, shares, weight, bound, "proved" if weight <= bound else "limit", rounds, cuts)


def _master(model: CountModel, cuts: dict[_Cut, None], settled: Settled) -> tuple[Bools, Bools, int]:
    """Return the cheapest figures to hide that meet every condition so far, and a bound on what must be lost."""
    n, k = len(model.values), len(model.shares)
    must_counts, must_shares = forced(model)
    low = np.concatenate([must_counts | settled.hidden_counts, must_shares | settled.hidden_shares]).astype(float)
    can_counts = model.published & ~(settled.shown_counts & ~must_counts)
    high = np.concatenate([can_counts, ~(settled.shown_shares & ~must_shares)]).astype(float)
    found = milp(
        np.concatenate([np.where(model.published, model.count_weight, 0), model.share_weight]).astype(float),
        constraints=_conditions_rows(model, cuts),
        integrality=np.ones(n + k),
        bounds=Bounds(low, np.maximum(low, high)),
        # Nodes, not seconds: the same figures give the same pattern.
        options={"node_limit": _MOST_NODES, "mip_rel_gap": _GAP},
    )
    if found.x is None:
        raise ArithmeticError("no pattern of hidden figures meets the conditions")
    hidden = found.x > 0.5
    return hidden[:n], hidden[n:], int(np.ceil(found.mip_dual_bound - _SLACK))


def _conditions_rows(model: CountModel, cuts: dict[_Cut, None]) -> LinearConstraint:
    """Return the conditions, and that a share of which a part is hidden is hidden too, as rows of a programme."""
    n = len(model.values)
    rows = [
        dict.fromkeys([*cut.counts, *(n + share for share in cut.shares)], 1)
        | ({} if cut.when is None else {cut.when: -1})
        for cut in cuts
    ]
    least = [int(cut.when is None) for cut in cuts]
    parts = [(n + share, part) for share, pair in enumerate(model.shares.tolist()) for part in pair]
    with_parts = [{share: 1, part: -1} for share, part in parts if model.published[part]]
    matrix = sums_matrix([*rows, *with_parts], n + len(model.shares))
    return LinearConstraint(matrix, np.array([*least, *[0] * len(with_parts)], dtype=float), np.inf)


def _whole_repaired(
    model: CountModel,
    attack: Attack,
    whole: WholeAttack,
    counts: Bools,
    shares: Bools,
    cuts: dict[_Cut, None],
    settled: Settled,
) -> tuple[Bools, Bools]:
    """Return the pattern made safe from a reader who knows that all counts are whole. See `_repaired`."""
    passed: frozenset[int] = frozenset()
    broken = True
    while broken:
        broken = False
        counts, shares = _repaired(model, attack, counts, shares, cuts, settled)
        for target, held_counts, held_shares in whole.narrow(counts, shares, passed):
            cut = _Cut(held_counts, held_shares, None if model.small[target] else target)
            free = _free(model, cut, settled)
            if not free:
                if cut.when is None:
                    raise ArithmeticError("a small count follows from what is published already")
                passed |= {target}
                continue
            cuts[cut] = None
            broken = True
            shares = _with_cheapest(model, counts, shares, free)
    return counts, shares


def _repaired(
    model: CountModel, attack: Attack, counts: Bools, shares: Bools, cuts: dict[_Cut, None], settled: Settled
) -> tuple[Bools, Bools]:
    """Return the pattern made safe: the cheapest figure of every condition that it breaks is hidden too.

    The conditions are added to `cuts`.

    All of a condition's figures are shown in the pattern that was given, so each is one that it breaks.
    """
    counts, shares = counts.copy(), shares.copy()
    reached = _Reached(model)  # the more is hidden, the more is within reach: it stays true
    broken = True
    while broken:
        broken = False
        attack.show(model.published & ~counts, ~shares)
        targets = targets_of(model, counts)
        reached.spread(attack, targets)
        for target in targets.tolist():
            when = None if model.small[target] else target
            while (cut := _narrow(attack, target, when, reached)) is not None:
                free = _free(model, cut, settled)
                if when is None and not free:
                    raise ArithmeticError("a small count follows from what is published already")
                if not free:  # a larger number, or 0, that follows from what is settled: it gives nothing away
                    break
                cuts[cut] = None
                broken = True
                shares = _with_cheapest(model, counts, shares, free)
                attack.show(model.published & ~counts, ~shares)
    return counts, shares


def _with_cheapest(model: CountModel, counts: Bools, shares: Bools, free: list[tuple[int, int, int]]) -> Bools:
    """Hide the cheapest figure of `_free`, in place; return the shares with those that a hidden part hides."""
    _, is_share, position = min(free)
    (shares if is_share else counts)[position] = True
    return np.logical_or(shares, _of_hidden(model, counts))


class _Reached:
    """The least and the greatest of every count in any answer so far: what is wide enough need not be asked about."""

    def __init__(self, model: CountModel) -> None:
        self.low, self.high = model.values.astype(float), model.values.astype(float)

    def wide(self, target: int) -> bool:
        return whole_width(self.low[target], self.high[target]) >= LEAST_WIDTH

    def add(self, point: Floats) -> None:
        np.minimum(self.low, point, out=self.low)
        np.maximum(self.high, point, out=self.high)

    def spread(self, attack: Attack, targets: Ints) -> None:
        """Move many counts at once, those that are not wide enough yet, for as long as that widens a good part."""
        left = targets
        while len(left) > _FEW:
            for up in (True, False):
                self.add(attack.spread(left, LEAST_WIDTH, up))
            still = np.array([target for target in left.tolist() if not self.wide(target)], dtype=np.int64)
            if len(still) > (1 - _GOOD_PART) * len(left):
                return
            left = still


def _narrow(attack: Attack, target: int, when: int | None, reached: _Reached) -> _Cut | None:
    """Return the figures that hold the interval of a count narrow, or None when it is wide enough."""
    if reached.wide(target):
        return None
    reached.add(attack.greatest(target))
    if reached.wide(target):
        return None
    most = attack.held_by()
    reached.add(attack.least(target))
    if reached.wide(target):
        return None
    least = attack.held_by()
    cut = _Cut(tuple(sorted({*most.counts, *least.counts})), tuple(sorted({*most.shares, *least.shares})), when)
    if when is None and not cut.counts and not cut.shares:
        raise ArithmeticError("a small count follows from what is known already")
    return cut


def _free(model: CountModel, cut: _Cut, settled: Settled) -> list[tuple[int, int, int]]:
    """Return the figures of a condition that may be hidden: what that loses, whether it is a share, and its place."""
    counts = [(int(model.count_weight[one]), 0, one) for one in cut.counts if not settled.shown_counts[one]]
    return counts + [(int(model.share_weight[one]), 1, one) for one in cut.shares if not settled.shown_shares[one]]


def whole_width(low: float, high: float) -> int:
    """Return how far apart the least and the greatest whole numbers of an interval are."""
    return int(np.floor(high + _SLACK) - np.ceil(low - _SLACK))
