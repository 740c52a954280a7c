"""What do simpler rules hide? The plain rule, line by line, and the former rule of tables with totals both ways."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.disclosure.control.model import Bools, CountModel, Pattern
from placements.disclosure.control.tables import Group, LinkedTables
from placements.disclosure.suppress import SMALLEST_SHOWN

_Cell: TypeAlias = tuple[int, int]
_Values: TypeAlias = npt.NDArray[np.float64]


def pattern_of(model: CountModel, counts: Bools) -> Pattern:
    """Return the pattern that hides some counts of a model without shares."""
    return Pattern(counts, np.zeros(0, dtype=bool), int(model.count_weight[counts].sum()), 0, "limit")


def plain_rule(linked: LinkedTables) -> Pattern:
    """Return what the plain rule hides: 1 to 5, and the next smallest wherever a sum has one hidden figure only.

    Lines are the sums of the model whose figures are all published, their totals included; repeated until there is no
    such line. Cells of nought are left, as is usual: everyone may know that nobody is there.
    """
    model = linked.model
    hide = model.small & model.published
    matrix = model.equations.tocsr()
    spans = [matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]] for row in range(matrix.shape[0])]
    lines = [line for line in [*spans, *_finer_lines(linked)] if model.published[line].all()]
    changed = True
    while changed:
        changed = False
        for line in lines:
            if hide[line].sum() == 1:
                others = [one for one in line.tolist() if not hide[one] and model.values[one] > 0]
                if others:
                    hide[min(others, key=lambda one: (model.values[one], one))] = True
                    changed = True
    return pattern_of(model, hide)


def _finer_lines(linked: LinkedTables) -> list[np.ndarray]:
    """Return the rows and columns of tables: a margin and the cells by one more dimension that it is the sum of."""
    lines = []
    for one, position in linked.positions.items():
        values = linked.values[one.population]
        for name in set(values) - set(one.dimensions):
            where = dict(one.where)
            parts = [
                linked.positions.get(Group(one.population, tuple(sorted({**where, name: (value,)}.items()))))
                for value in values[name]
            ]
            if all(part is not None for part in parts):
                lines.append(np.array([position, *parts]))
    return sorted(lines, key=lambda line: line.tolist())


def hidden_grid(counts: pd.DataFrame) -> Bools:
    """Return which cells of a table the former rule hid, with a last row and a last column of totals.

    Cells of 1 to 5; then, while any hidden cell could be worked out exactly from the cells and totals left, the
    smallest other cell above 0 in its row or column, a total only when there is no other.
    """
    inner = counts.to_numpy(float)
    wide = np.hstack([inner, inner.sum(axis=1, keepdims=True)])
    values = np.vstack([wide, wide.sum(axis=0, keepdims=True)])
    hide = (values > 0) & (values < SMALLEST_SHOWN)
    _complete_line(values[:-1, -1], hide[:-1, -1])
    _complete_line(values[-1, :-1], hide[-1, :-1])
    while True:
        solved = _worked_out(hide)
        partner = _partner(values, hide, solved) if solved else None
        if partner is None:
            return hide
        hide[partner] = True


def _complete_line(values: _Values, hide: Bools) -> None:
    """Hide the smallest other number above 0 of a line in which only one is hidden, in place."""
    others = np.where(hide | (values == 0), np.inf, values)
    if hide.sum() == 1 and np.isfinite(others).any():
        hide[int(np.argmin(others))] = True


def _worked_out(hide: Bools) -> list[_Cell]:
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


def _partner(values: _Values, hide: Bools, solved: list[_Cell]) -> _Cell | None:
    """Return what to hide next: beside a cell that stands alone in its line if there is one, leaving fewest solved."""
    rows, columns = values.shape
    across = [[(row, other) for other in range(columns)] for row in sorted({row for row, _ in solved})]
    down = [[(other, column) for other in range(rows)] for column in sorted({column for _, column in solved})]
    alone = [line for line in across + down if sum(bool(hide[place]) for place in line) == 1]
    for lines in (alone, across + down):
        places = {place for line in lines for place in line if not hide[place] and values[place] > 0}
        choices = [
            (
                place[0] == rows - 1 or place[1] == columns - 1,
                _left_after(hide, place),
                float(values[place]),
                place,
            )
            for place in sorted(places)
        ]
        if choices:
            return min(choices)[-1]
    return None


def _left_after(hide: Bools, place: _Cell) -> int:
    tried = hide.copy()
    tried[place] = True
    return len(_worked_out(tried))
