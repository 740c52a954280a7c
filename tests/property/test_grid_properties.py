"""A table with totals both ways gives no hidden cell away: by examples, and over random tables."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.disclosure.grid import TOTAL, hidden_grid, protect_grid

SHARE = "shareable"


def grid(rows):
    return pd.DataFrame(rows, index=[f"r{i}" for i in range(len(rows))], columns=[f"c{j}" for j in range(len(rows[0]))])


def test_one_small_cell_hides_a_square_of_four():
    """Its row and its column would each give it away: one more in each, and the one where they meet."""
    hide = hidden_grid(grid([[3, 20, 30], [40, 50, 60], [70, 80, 90]]), SHARE)
    assert hide.to_numpy().sum() == 4
    assert hide.loc["r0", "c0"] and hide.loc["r0", "c1"] and hide.loc["r1", "c0"] and hide.loc["r1", "c1"]


def test_rows_to_keep_are_hidden_last():
    """A row whose figures stand elsewhere is not chosen while another will do."""
    counts = grid([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    hide = hidden_grid(counts, SHARE, keep=["r1"])
    assert not hide.loc["r1"].any()
    assert hide.loc["r2"].sum() == 2


def test_nothing_is_hidden_inside():
    """The internal profile shows figures as they are, totals included."""
    shown = protect_grid(grid([[3, 4], [1, 2]]), "internal")
    assert shown.loc[TOTAL, TOTAL] == "10"
    assert shown.loc["r0", "c0"] == "3"


def feasible(counts, hide, limit):
    """Return the values that each hidden inner cell takes over all tables that agree with what is shown."""
    values = counts.to_numpy()
    rows, columns = values.shape
    cells = [(i, j) for i in range(rows) for j in range(columns) if hide[i, j]]
    seen = {cell: set() for cell in cells}
    for guess in itertools.product(range(limit + 1), repeat=len(cells)):
        table = values.copy()
        for (i, j), value in zip(cells, guess, strict=True):
            table[i, j] = value
        across, down = table.sum(axis=1), table.sum(axis=0)
        same_rows = all(hide[i, columns] or across[i] == values[i].sum() for i in range(rows))
        same_columns = all(hide[rows, j] or down[j] == values[:, j].sum() for j in range(columns))
        if same_rows and same_columns and (hide[rows, columns] or table.sum() == values.sum()):
            for cell, value in zip(cells, guess, strict=True):
                seen[cell].add(value)
    return seen


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 8), min_size=2, max_size=2), min_size=2, max_size=3))
def test_brute_force_no_hidden_cell_has_one_value(rows):
    """Of all tables that agree with what is shown, at least two differ in every hidden cell."""
    counts = grid(rows)
    hide = hidden_grid(counts, SHARE).to_numpy(bool)
    if hide[:-1, :-1].sum() > 4:
        return  # too many to try one by one; the linear test below covers them
    assert all(len(values) > 1 for values in feasible(counts, hide, 10).values())


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 10_000))
def test_no_hidden_cell_follows_from_the_sums(rows, columns, seed):
    """Adding "this cell" to the sums always tells something new (rank), so the sums do not hold it already."""
    rng = np.random.default_rng(seed)
    counts = grid(rng.choice([1, 2, 4, 7, 11, 25, 60], (rows, columns), p=[0.05, 0.05, 0.05, 0.2, 0.25, 0.25, 0.15]))
    hide = hidden_grid(counts, SHARE).to_numpy(bool)
    assert not (~hide[:-1, :-1] & (counts.to_numpy() < 6)).any()
    cells = [tuple(cell) for cell in np.argwhere(hide)]
    sums = np.zeros((rows + columns + 2, max(len(cells), 1)))
    for place, (i, j) in enumerate(cells):
        sums[i, place] = -1 if j == columns else 1
        sums[rows + 1 + j, place] = -1 if i == rows else 1
    rank = np.linalg.matrix_rank(sums)
    for place in range(len(cells)):
        one = np.zeros((1, len(cells)))
        one[0, place] = 1
        assert np.linalg.matrix_rank(np.vstack([sums, one])) == rank + 1
