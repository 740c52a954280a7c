"""Disclosure control against brute force: the least is hidden, and nobody who reads all that is shown learns a number.

The oracles are written apart from the code: a linear programme of their own, all patterns of hidden figures, and all
whole-number tables that agree with what is shown.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from placements.disclosure.control.audit import audit, audit_whole
from placements.disclosure.control.master import Settled
from placements.disclosure.control.model import CountModel, Pattern
from placements.disclosure.control.protect import protect
from placements.disclosure.control.tables import Plan, group, linked_tables
from placements.disclosure.control.whole import WholeAttack

FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
MANY = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
SKEWED = st.one_of(st.integers(0, 7), st.sampled_from([0, 0, 9, 13, 22, 40]))


@st.composite
def models(draw, most_figures=16):
    """Draw a table of 2 or 3 dimensions of 2 or 3 values, or two that share a margin; with or without a share."""
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 2), (2, 2, 2)]))
    linked = len(shape) == 3 and draw(st.booleans())
    names = "abc"[: len(shape)]
    cells = list(itertools.product(*(range(size) for size in shape)))
    counts = draw(st.lists(SKEWED, min_size=len(cells), max_size=len(cells)))
    members = [cell for cell, count in zip(cells, counts, strict=True) for _ in range(count)]
    assume(len(members) > 10)
    rows = pd.DataFrame(members, columns=list(names)).astype("str")
    tables = [("p", ("a", "b")), ("p", ("b", "c"))] if linked else [("p", tuple(names))]
    if len(shape) == 3 and not linked:
        tables = [("p", ("a", "b")), ("p", ("c",))]
    shares = []
    if draw(st.booleans()):
        shares = [(group("p", {"a": rows["a"].iloc[0]}), group("p"))]
    model = linked_tables(Plan({"p": rows}, tables=tables, shares=shares), draw(st.sampled_from([5, 1]))).model
    free = int((model.published & ~model.small).sum()) + len(model.shares)
    assume(model.small.any() and free <= most_figures)
    return model


def shown_bounds(model, hidden):
    """What a reader knows of each count, from the rules of rounding alone."""
    bounds = []
    for value, published, secret in zip(model.values.tolist(), model.published, hidden, strict=True):
        if not published or secret:
            bounds.append((0, 4 * max(model.values.max(), 6)))
        elif value == 0 or model.round_to == 1:
            bounds.append((value, value))
        else:
            nearest = (value + 2) // 5 * 5
            bounds.append((max(nearest - 2, 6), nearest + 2))
    return bounds


def share_bounds(model, told):
    """Rows `r x <= limit` of the whole percentages that are shown, halves rounded up."""
    rows, limits = [], []
    for position in np.flatnonzero(told):
        part, whole = model.shares[position]
        percent = (200 * int(model.values[part]) + int(model.values[whole])) // (2 * int(model.values[whole]))
        for sign, edge, limit in ((-1, 2 * percent - 1, 0), (1, 2 * percent + 1, -1)):
            row = np.zeros(len(model.values))
            row[part], row[whole] = 200 * sign, -edge * sign
            rows.append(row)
            limits.append(limit)
    return (np.array(rows), np.array(limits)) if rows else (None, None)


def is_safe(model, counts, shares, first):
    """Whether every small or hidden count keeps five whole numbers, by a programme of our own; `first` fails fast."""
    bounds = shown_bounds(model, counts)
    rows, limits = share_bounds(model, ~shares)
    sums = model.equations.toarray()
    targets = np.flatnonzero(model.small | (counts & model.published)).tolist()
    for target in sorted(targets, key=lambda one: (one not in first, one)):
        cost = np.zeros(len(bounds))
        ends = []
        for sign in (1, -1):
            cost[target] = sign
            found = linprog(cost, A_ub=rows, b_ub=limits, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds)
            ends.append(sign * found.fun)
        if np.floor(ends[1] + 1e-6) - np.ceil(ends[0] - 1e-6) < 4:
            first.insert(0, target)
            return False
    return True


def patterns_below(model, weight):
    """All patterns that obey the rules and lose less than a weight, cheapest first."""
    n = len(model.values)
    free = [one for one in range(n) if model.published[one] and not model.small[one]]
    forced = model.small & model.published
    found = []
    for size in range(len(free) + 1):
        for chosen in itertools.combinations(free, size):
            counts = forced.copy()
            counts[list(chosen)] = True
            of_hidden = counts[model.shares].any(axis=1) | model.must_hide_shares
            rest = np.flatnonzero(~of_hidden)
            for more in itertools.product((False, True), repeat=len(rest)):
                shares = of_hidden.copy()
                shares[rest] = more
                lost = int(model.count_weight[counts].sum() + model.share_weight[shares].sum())
                if lost < weight:
                    found.append((lost, counts, shares))
    return sorted(found, key=lambda one: one[0])


def whole_tables(model, counts, shares, most=300_000):
    """Every whole-number table that agrees with what is shown: columns are counts. None when there are too many."""
    bounds = shown_bounds(model, counts)
    rows, limits = share_bounds(model, ~shares)
    sums = model.equations.toarray().astype(int)
    # Totals are those counts that an equation gives from counts before it: cells first.
    order = np.argsort([(sums[:, one] < 0).any() for one in range(len(bounds))], kind="stable").tolist()
    done = np.zeros((1, len(bounds)), dtype=int)
    seen = []
    for one in order:
        givers = [row for row in sums if row[one] and all(p in seen for p in np.flatnonzero(row) if p != one)]
        low, high = bounds[one]
        if givers:
            done[:, one] = -(done @ givers[0] - done[:, one] * givers[0][one]) // givers[0][one]
            done = done[(done[:, one] >= low) & (done[:, one] <= high)]
        else:
            if len(done) * (high - low + 1) > most:
                return None
            values = np.arange(low, high + 1)
            done = np.repeat(done, len(values), axis=0)
            done[:, one] = np.tile(values, len(done) // len(values))
        seen.append(one)
        for row in sums:
            inside = np.flatnonzero(row)
            if all(p in seen for p in inside):
                done = done[done @ row == 0]
            elif (total := [p for p in inside if row[p] < 0]) and len(total) == 1:
                parts = [p for p in inside if p in seen and row[p] > 0]
                done = done[done[:, parts].sum(axis=1) <= bounds[total[0]][1]]
    return done if rows is None else done[(done @ rows.T <= limits).all(axis=1)]


def check_least(model):
    """Nothing that loses less is safe, even for a programme in halves of children; what is hidden is safe."""
    pattern = protect(model, tolerance=0, whole_counts=True)
    assert is_safe(model, pattern.counts, pattern.shares, [])
    assert pattern.status == "proved"
    first = []
    for lost, counts, shares in patterns_below(model, pattern.weight):
        if is_safe(model, counts, shares, first):
            # Only whole numbers can be a reason to lose more.
            whole = audit_whole(model, Pattern(counts, shares, lost, 0, "limit"))
            assert not whole.safe


@FEW
@given(models(most_figures=8))
def test_nothing_cheaper_is_safe(model):
    """Of all patterns of hidden figures the one that is found loses least."""
    check_least(model)


@pytest.mark.slow
@MANY
@given(models(most_figures=11))
def test_nothing_cheaper_is_safe_in_many_tables(model):
    """The same for larger tables, and many."""
    check_least(model)


def check_whole(model):
    pattern = protect(model, tolerance=0, whole_counts=True)
    tables = whole_tables(model, pattern.counts, pattern.shares)
    if tables is None:
        return
    assert (tables == model.values).all(axis=1).any()
    told = audit_whole(model, pattern).intervals
    for target in np.flatnonzero(model.small | (pattern.counts & model.published)):
        assert np.ptp(tables[:, target]) >= 4
        assert (told.loc[target, "low"], told.loc[target, "high"]) == (tables[:, target].min(), tables[:, target].max())


@settings(FEW, max_examples=20)
@given(models())
def test_an_attacker_who_lists_all_tables_learns_no_number(model):
    """In all whole-number tables that agree with what is shown, hidden counts take values at least 4 apart."""
    check_whole(model)


@pytest.mark.slow
@settings(MANY, max_examples=600)
@given(models())
def test_an_attacker_who_lists_all_tables_learns_no_number_of_many(model):
    """The same, of many tables."""
    check_whole(model)


def test_a_count_that_only_whole_numbers_narrow_is_hidden_better(monkeypatch):
    """Safe for a programme in halves of children is not enough: here shares leave fewer than five whole numbers."""
    counts = [[4, 6, 12], [60, 0, 1], [20, 60, 2]]
    members = [(str(i), str(j)) for i in range(3) for j in range(3) for _ in range(counts[i][j])]
    rows = pd.DataFrame(members, columns=["a", "b"]).astype("str")
    lines = [group("p", {"a": value}) for value in "012"]
    shares = [(line, group("p")) for line in lines]
    shares += [(group("p", {"a": value, "b": "0"}), line) for value, line in zip("012", lines, strict=True)]
    model = linked_tables(Plan({"p": rows}, tables=[("p", ("a", "b"))], shares=shares)).model
    safe = protect(model, tolerance=0, whole_counts=True)
    assert audit_whole(model, safe).safe
    monkeypatch.setattr(WholeAttack, "narrow", lambda *_: [])
    in_halves = protect(model, tolerance=0, whole_counts=True)
    assert audit(model, in_halves).safe
    assert not audit_whole(model, in_halves).safe
    assert safe.weight > in_halves.weight


@FEW
@given(models(), st.data())
def test_what_is_settled_stays(model, data):
    """Figures that are shown elsewhere stay shown, those that are hidden stay hidden; the rest is made safe."""
    first = protect(model, tolerance=0, whole_counts=True)
    some = np.array(data.draw(st.lists(st.booleans(), min_size=len(model.values), max_size=len(model.values))))
    shares = np.zeros(len(model.shares), dtype=bool)
    settled = Settled(~first.counts & some & model.published, first.counts & some, shares, first.shares)
    pattern = protect(model, settled, whole_counts=True)
    assert not (pattern.counts & settled.shown_counts).any()
    assert pattern.counts[settled.hidden_counts].all()
    assert pattern.shares[first.shares].all()
    assert audit_whole(model, pattern).safe


@FEW
@given(models())
def test_equal_figures_give_equal_patterns(model):
    """Nothing is left to chance or to the clock."""
    one, other = protect(model, tolerance=0, whole_counts=True), protect(model, tolerance=0, whole_counts=True)
    assert (one.counts == other.counts).all()
    assert (one.shares == other.shares).all()
    assert one.weight == other.weight


@FEW
@given(models(), st.randoms(use_true_random=False))
def test_the_order_of_figures_does_not_matter(model, random):
    """Listed in another order they are as safe, and lose as much."""
    order = list(range(len(model.values)))
    random.shuffle(order)
    place = np.argsort(order)
    shuffled = CountModel(
        model.values[order],
        model.equations[:, order],
        model.published[order],
        place[model.shares],
        count_weight=model.count_weight[order],
        share_weight=model.share_weight,
        round_to=model.round_to,
    )
    pattern = protect(shuffled, tolerance=0, whole_counts=True)
    assert audit(shuffled, pattern).safe
    assert audit_whole(shuffled, pattern).safe
    assert pattern.weight == protect(model, tolerance=0, whole_counts=True).weight


@settings(FEW, max_examples=10)
@given(models())
def test_the_quick_audit_says_what_the_full_one_says(model):
    """Safe or not: of ours, with nothing hidden, and with only the small ones hidden."""
    nothing = np.zeros(len(model.values), dtype=bool), np.zeros(len(model.shares), dtype=bool)
    for counts, shares in (nothing, (model.small & model.published, nothing[1])):
        pattern = Pattern(counts, shares, 0, 0, "limit")
        try:
            full = audit(model, pattern).safe
        except ArithmeticError:  # a small number shown, though the reader knows that none is
            with pytest.raises(ArithmeticError):
                audit(model, pattern, every=False)
            continue
        assert audit(model, pattern, every=False).safe == full
    pattern = protect(model, tolerance=0, whole_counts=True)
    assert audit(model, pattern, every=False).safe
    assert audit(model, pattern).safe
