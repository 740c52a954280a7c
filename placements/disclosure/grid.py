"""How is a table with totals both ways made safe? Hidden cells must not follow from the totals around them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.disclosure.suppress import INTERNAL, SMALLEST_SHOWN, SUPPRESSED, count_text

#: Name of the row and the column of totals.
TOTAL = "Total"
_Cell: TypeAlias = tuple[int, int]


def hidden_grid(counts: pd.DataFrame, profile: str, *, keep: Collection[str] = ()) -> pd.DataFrame:
    """Return which cells of a table of counts must be hidden, its totals included.

    Parameters
    ----------
    counts : DataFrame of int
        Rows x columns, without totals.
    profile : str
    keep : collection of str
        Rows whose figures are published elsewhere: hidden beside others only when nothing else is left.

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
        _complete(values, hide, frozenset(row for row, name in enumerate(counts.index) if name in keep))
    return pd.DataFrame(hide, index=[*counts.index, TOTAL], columns=[*counts.columns, TOTAL])


def protect_grid(counts: pd.DataFrame, profile: str, *, keep: Collection[str] = ()) -> pd.DataFrame:
    """Return the table as texts that may be shown, with a row and a column of totals. See `hidden_grid`."""
    values, hide = _with_totals(counts), hidden_grid(counts, profile, keep=keep)
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


def _complete(values: npt.NDArray[np.float64], hide: npt.NDArray[np.bool_], keep: frozenset[int]) -> None:
    """Hide more cells, in place, until none that is hidden can be worked out, or nothing is left to hide beside it."""
    # Totals first, among themselves: they are published in other tables too, where the same one is hidden beside them.
    _complete_line(values[:-1, -1], hide[:-1, -1])
    _complete_line(values[-1, :-1], hide[-1, :-1])
    while True:
        solved = _worked_out(hide)
        partner = _partner(values, hide, solved, keep) if solved else None
        if partner is None:
            return
        hide[partner] = True


def _complete_line(values: npt.NDArray[np.float64], hide: npt.NDArray[np.bool_]) -> None:
    """Hide the smallest other number above 0 of a line in which only one is hidden, in place."""
    others = np.where(hide | (values == 0), np.inf, values)
    if hide.sum() == 1 and np.isfinite(others).any():
        hide[int(np.argmin(others))] = True


def _worked_out(hide: npt.NDArray[np.bool_]) -> list[_Cell]:
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


def _partner(
    values: npt.NDArray[np.float64], hide: npt.NDArray[np.bool_], solved: list[_Cell], keep: frozenset[int]
) -> _Cell | None:
    """Return what to hide next: beside a cell that stands alone in its row or column, if there is one.

    Of the choices the one that leaves the fewest cells to be worked out, then the smallest; rows to keep come after
    the others, and totals last. None when nothing above 0 is left.
    """
    rows, columns = values.shape
    across = [[(row, other) for other in range(columns)] for row in sorted({row for row, _ in solved})]
    down = [[(other, column) for other in range(rows)] for column in sorted({column for _, column in solved})]
    alone = [line for line in across + down if sum(bool(hide[place]) for place in line) == 1]
    for lines in (alone, across + down):
        places = {place for line in lines for place in line if not hide[place] and values[place] > 0}
        choices = [
            (
                place[0] == rows - 1 or place[1] == columns - 1,
                place[0] in keep,
                _left_after(hide, place),
                float(values[place]),
                place,
            )
            for place in sorted(places)
        ]
        if choices:
            return min(choices)[-1]
    return None


def _left_after(hide: npt.NDArray[np.bool_], place: _Cell) -> int:
    tried = hide.copy()
    tried[place] = True
    return len(_worked_out(tried))
