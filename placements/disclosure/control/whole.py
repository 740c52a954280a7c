"""What could a reader work out who knows that children come in whole numbers? The attack once more, beyond the LP.

A linear programme lets half a child be; whole counts that agree with all that is shown can be fewer, and an interval
that is wide enough for the programme too narrow in truth. Here the same question is asked of CP-SAT. To be quick, whole
counts that agree are kept: as far as they reach, nothing need be asked.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from placements.disclosure.control.attack import targets_of
from placements.disclosure.control.model import LEAST_WIDTH, Bools, CountModel, Ints
from placements.disclosure.control.points import Points, Reached

#: Work (not seconds: the same figures give the same pattern) for moving many counts at once, and for one question.
_WORK_TOGETHER: Final = 2.0
_WORK_ALONE: Final = 20.0
#: Counts are moved together while there are more of them than this.
_FEW: Final = 3
#: When so many are left, only counts within so many sums of them are moved.
_MANY: Final = 200
_FREED: Final = 2
#: How many sums away figures are looked for that hold a count, before all are.
_NEAR: Final = (1, 2, 3)


class Narrow(NamedTuple):
    """A count that is too narrow, and figures that keep it so for as long as all of them are shown."""

    target: int
    counts: tuple[int, ...]
    shares: tuple[int, ...]


class WholeAttack:
    """A reader who knows the rules, everything that is shown, and that all counts are whole."""

    def __init__(self, model: CountModel) -> None:
        """Begin with the truth as the only counts that are known to agree."""
        self._model = model
        (free_low, free_high), (low, high) = (
            model.bounds(np.full(len(model.values), shown)) for shown in (False, True)
        )
        self._free_low, self._free_high = np.ceil(free_low).astype(np.int64), np.floor(free_high).astype(np.int64)
        self._low, self._high = low.astype(np.int64), high.astype(np.int64)
        self._least, self._most = model.share_rows()
        self._points = Points(model)

    def narrow(self, counts: Bools, shares: Bools, passed: frozenset[int] = frozenset()) -> list[Narrow]:
        """Return the counts that a pattern leaves too narrow, each with figures of which one must be hidden.

        Parameters
        ----------
        counts, shares : array of bool
            What is hidden.
        passed : set of int
            Counts not to ask about.
        """
        targets = np.array([one for one in targets_of(self._model, counts).tolist() if one not in passed], np.int64)
        left = self._left(targets, counts, shares)
        if not len(left):
            return []
        shown, told = ~counts & self._model.published, ~shares
        programme = _Programme(self, shown, told)
        while len(left) > _FEW:
            # When few are left, all that is far from them stays as it is: sooner answered, and mostly enough.
            near = self._near(left, _FREED)[1] if len(left) <= _MANY else None
            close = programme if near is None else _Programme(self, shown, told, moved=near[: len(counts)])
            # Some up and others down: what one loses another gains, so that more of them move at once.
            signs = np.where(np.arange(len(left)) % 2, 1, -1)
            self._keep([close.spread(left, signs), close.spread(left, -signs)])
            still = self._left(left, counts, shares)
            if len(still) == len(left):
                break
            left = still
        found = []
        for target in left.tolist():
            one = np.array([target])
            around = _Programme(self, shown, told, moved=self._near(one, _FREED)[1][: len(counts)])
            low = high = 0
            for asked in (around, programme):
                if len(self._left(one, counts, shares)):
                    (low, least), (high, most) = asked.end(target, up=False), asked.end(target, up=True)
                    self._keep([least, most])
            if len(self._left(one, counts, shares)):
                found.append(self._held(target, counts, shares, low, high))
        return found

    def _left(self, targets: Ints, counts: Bools, shares: Bools) -> Ints:
        """Return the targets that the kept counts which agree with a pattern do not show to be wide enough."""
        return Reached(*self._points.reach(counts, shares)).left(targets)

    def _keep(self, points: list[Ints | None]) -> None:
        self._points.keep(point.astype(float) for point in points if point is not None)

    def _held(self, target: int, counts: Bools, shares: Bools, low: int, high: int) -> Narrow:
        """Return figures that hold a count between two numbers: none can be left out of them."""
        n = len(counts)
        shown = np.concatenate([self._model.published & ~counts, ~shares])
        held: set[int] = set()
        for value, up in ((low - 1, False), (high + 1, True)):
            if self._free_low[target] <= value <= self._free_high[target]:
                held |= set(self._needed(target, value, up, shown))
        figures = sorted(held)
        return Narrow(target, tuple(p for p in figures if p < n), tuple(p - n for p in figures if p >= n))

    def _needed(self, target: int, value: int, up: bool, shown: Bools) -> list[int]:
        """Return the figures that keep the count from being so great (or small): sums near it first, then all."""
        for hops in (*_NEAR, None):
            rows, near = self._near(np.array([target]), hops)
            needed = _core(self, target, value, up, np.flatnonzero(shown & near), rows)
            if needed is not None:
                break
        else:
            return np.flatnonzero(shown).tolist()  # not settled within the work allowed: all of them do hold it
        for one in list(needed):
            fewer = [other for other in needed if other != one]
            if not _Programme(self, *self._only(fewer), rows).possible(target, value, up):
                needed = fewer
        return needed

    def _near(self, targets: Ints, hops: int | None) -> tuple[Ints, Bools]:
        """Return the sums within some steps of counts, and which figures are made of counts in them."""
        matrix, shares = self._model.equations.tocsr(), self._model.shares
        if hops is None:
            return np.arange(matrix.shape[0]), np.ones(len(self._model.values) + len(shares), dtype=bool)
        inside = np.zeros(len(self._model.values), dtype=bool)
        inside[targets] = True
        rows = np.zeros(matrix.shape[0], dtype=bool)
        for _ in range(hops):
            rows = (abs(matrix) @ inside.astype(np.int64)) > 0
            linked = shares[inside[shares].any(axis=1)]
            inside |= (abs(matrix).T @ rows.astype(np.int64)) > 0
            inside[linked.ravel()] = True
        return np.flatnonzero(rows), np.concatenate([inside, inside[shares].all(axis=1)])

    def _only(self, figures: list[int]) -> tuple[Bools, Bools]:
        n = len(self._model.values)
        chosen = np.zeros(n + len(self._model.shares), dtype=bool)
        chosen[figures] = True
        return chosen[:n], chosen[n:]


class _Programme:
    """What is shown, for CP-SAT."""

    def __init__(
        self, attack: WholeAttack, shown: Bools, told: Bools, rows: Ints | None = None, moved: Bools | None = None
    ) -> None:
        """Take in all sums or some (`rows`); all counts may differ from the truth, or some (`moved`)."""
        self._attack = attack
        low = np.where(shown, attack._low, attack._free_low)
        high = np.where(shown, attack._high, attack._free_high)
        if moved is not None:
            truth = attack._model.values
            low, high = np.where(moved, low, truth), np.where(moved, high, truth)
        self._programme, self._counts = _sums(attack._model, low, high, rows)
        for position in np.flatnonzero(told).tolist():
            for row in _share_rows(attack, self._counts, position):
                self._programme.add(row)

    def spread(self, targets: Ints, signs: Ints) -> Ints | None:
        """Return whole counts in which many of some are large, or small: none farther from the truth than it must."""
        programme, truth = self._programme.clone(), self._attack._model.values
        asked = [self._counts[target] for target in targets.tolist()]
        for one, value in zip(asked, truth[targets].tolist(), strict=True):
            programme.add(one <= value + LEAST_WIDTH)
            programme.add(one >= value - LEAST_WIDTH)
        for one, value in zip(self._counts, truth.tolist(), strict=True):
            programme.add_hint(one, value)
        programme.maximize(cp_model.LinearExpr.weighted_sum(asked, signs.tolist()))
        return _solved(programme, self._counts, _WORK_TOGETHER)[1]

    def end(self, target: int, up: bool) -> tuple[int, Ints | None]:
        """Return how far a count reaches, as far as that matters, and whole counts in which it does."""
        programme, value = self._programme.clone(), int(self._attack._model.values[target])
        one = self._counts[target]
        programme.add(one <= value + LEAST_WIDTH) if up else programme.add(one >= value - LEAST_WIDTH)
        (programme.maximize if up else programme.minimize)(one)
        _, point = _solved(programme, self._counts, _WORK_ALONE)
        return (value, None) if point is None else (int(point[target]), point)

    def possible(self, target: int, value: int, up: bool) -> bool:
        """Return whether a count can be so great (or small); when that is not settled, that it can."""
        programme, one = self._programme.clone(), self._counts[target]
        programme.add(one >= value) if up else programme.add(one <= value)
        return bool(_solved(programme, self._counts, _WORK_ALONE)[0] != cp_model.INFEASIBLE)


def _sums(
    model: CountModel, low: Ints, high: Ints, rows: Ints | None = None
) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    programme = cp_model.CpModel()
    counts = [programme.new_int_var(a, b, "") for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    matrix = model.equations.tocsr()
    for row in range(matrix.shape[0]) if rows is None else rows.tolist():
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = [counts[position] for position in matrix.indices[span].tolist()]
        programme.add(cp_model.LinearExpr.weighted_sum(terms, matrix.data[span].tolist()) == 0)
    return programme, counts


def _share_rows(
    attack: WholeAttack, counts: list[cp_model.IntVar], position: int
) -> tuple[cp_model.BoundedLinearExpression, cp_model.BoundedLinearExpression]:
    part, whole = (counts[one] for one in attack._model.shares[position].tolist())
    least, most = int(attack._least[position]), int(attack._most[position])
    return 200 * part - least * whole >= 0, 200 * part - most * whole <= -1


def _core(attack: WholeAttack, target: int, value: int, up: bool, shown: Ints, rows: Ints) -> list[int] | None:
    """Return figures that, shown together, keep a count from being so great (or small); None when they do not."""
    programme, counts = _sums(attack._model, attack._free_low, attack._free_high, rows)
    n = len(counts)
    told: dict[int, int] = {}
    for figure in shown.tolist():
        literal = programme.new_bool_var("")
        told[literal.index] = figure
        if figure < n:
            inside = cp_model.Domain(int(attack._low[figure]), int(attack._high[figure]))
            programme.add_linear_expression_in_domain(counts[figure], inside).only_enforce_if(literal)
        else:
            for row in _share_rows(attack, counts, figure - n):
                programme.add(row).only_enforce_if(literal)
        programme.add_assumption(literal)
    programme.add(counts[target] >= value) if up else programme.add(counts[target] <= value)
    solver = _solver(_WORK_ALONE)
    if solver.solve(programme) != cp_model.INFEASIBLE:
        return None
    return sorted(told[index] for index in solver.sufficient_assumptions_for_infeasibility())


def _solver(work: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = work
    solver.parameters.symmetry_level = 0  # takes longer to find than it saves
    solver.parameters.cp_model_probing_level = 0
    return solver


def _solved(programme: cp_model.CpModel, counts: list[cp_model.IntVar], work: float) -> tuple[int, Ints | None]:
    solver = _solver(work)
    status = solver.solve(programme)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return status, None
    return status, np.array([solver.value(one) for one in counts], dtype=np.int64)
