"""How is a table with totals both ways made safe? Hidden cells must not follow from the totals around them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.disclosure.suppress import INTERNAL, SMALLEST_SHOWN, SUPPRESSED, count_text

#: Name of the row and the column of totals.
TOTAL = "Total"


def hidden_grid(counts: pd.DataFrame, profile: str) -> pd.DataFrame:
    """Return which cells of a table of counts must be hidden, its totals included.

    Parameters
    ----------
    counts : DataFrame of int
        Rows x columns, without totals.

    Returns
    -------
    DataFrame of bool
        With a last row and a last column `TOTAL`. Cells of 1 to 5 are hidden; then, while any hidden cell could be
        worked out exactly from the cells and totals left, the smallest other cell above 0 in its row or column is
        hidden too, a total only when there is no other.
    """
    values = _with_totals(counts)
    hide = np.zeros(values.shape, dtype=bool)
    if profile != INTERNAL:
        hide = (values > 0) & (values < SMALLEST_SHOWN)
        _complete(values, hide)
    return pd.DataFrame(hide, index=[*counts.index, TOTAL], columns=[*counts.columns, TOTAL])


def protect_grid(counts: pd.DataFrame, profile: str) -> pd.DataFrame:
    """Return the table as texts that may be shown, with a row and a column of totals. See `hidden_grid`."""
    values, hide = _with_totals(counts), hidden_grid(counts, profile)
    texts = [
        [
            SUPPRESSED if secret else count_text(float(value), profile)
            for value, secret in zip(row, secrets, strict=True)
        ]
        for row, secrets in zip(values, hide.to_numpy(bool), strict=True)
    ]
    return pd.DataFrame(texts, index=hide.index, columns=hide.columns, dtype=object)


def _with_totals(counts: pd.DataFrame) -> npt.NDArray[np.float64]:
    inner = counts.to_numpy(float)
    wide = np.hstack([inner, inner.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])


def _complete(values: npt.NDArray[np.float64], hide: npt.NDArray[np.bool_]) -> None:
    """Hide more cells, in place, until none that is hidden can be worked out, or nothing is left to hide beside it."""
    given_up: set[tuple[int, int]] = set()
    while True:
        solved = [cell for cell in _worked_out(hide) if cell not in given_up]
        if not solved:
            return
        row, column = solved[0]
        partner = _cheapest(values, hide, row, column)
        if partner is None:
            given_up.add((row, column))
        else:
            hide[partner] = True


def _worked_out(hide: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the hidden cells that the row and column sums determine: those that no free direction can move."""
    cells = [(int(row), int(column)) for row, column in np.argwhere(hide)]
    if not cells:
        return []
    rows, columns = hide.shape
    sums = np.zeros((rows + columns, len(cells)))
    for position, (row, column) in enumerate(cells):
        sums[row, position] = -1.0 if column == columns - 1 else 1.0
        sums[rows + column, position] = -1.0 if row == rows - 1 else 1.0
    _, singular, directions = np.linalg.svd(sums)
    free = directions[int((singular > 1e-9).sum()) :]
    fixed = (np.abs(free) < 1e-9).all(axis=0)
    return [cell for cell, is_fixed in zip(cells, fixed, strict=True) if is_fixed]


def _cheapest(
    values: npt.NDArray[np.float64], hide: npt.NDArray[np.bool_], row: int, column: int
) -> tuple[int, int] | None:
    """Return the smallest cell to hide beside a hidden one: in the line where it stands alone, if it does in one."""
    rows, columns = values.shape
    across = [(row, other) for other in range(columns)]
    down = [(other, column) for other in range(rows)]
    alone = [line for line in (across, down) if sum(bool(hide[cell]) for cell in line) == 1]
    for line in [*alone, across + down]:
        choices = [
            (cell[0] == rows - 1 or cell[1] == columns - 1, float(values[cell]), cell)
            for cell in line
            if not hide[cell] and values[cell] > 0
        ]
        if choices:
            return min(choices)[2]
    return None
