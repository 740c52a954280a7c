"""Who can be reached from where? Patterns of reach: the same ones merged, those that decide nothing left out."""

from __future__ import annotations

import numpy as np

from placements.location.inputs import Bools, Floats, Ints

#: Above so many rows or columns all pairs of them are not compared: that would take longer than it saves.
_MOST_COMPARED = 4_000


def merge_rows(reach: Bools, weight: Floats) -> tuple[Bools, Floats]:
    """Return the distinct rows, in the order of their first, with their weights added up.

    Parameters
    ----------
    reach : ndarray of bool (demand, sites)
    weight : ndarray (demand,)
    """
    _, first, which = np.unique(_keys(reach), return_index=True, return_inverse=True)
    order = np.argsort(first)
    return reach[first[order]], np.bincount(which, weight)[order].astype(float)


def useful_columns(reach: Bools) -> Ints:
    """Return the columns that reach something no other single column reaches with all else; of equals the first."""
    columns = np.flatnonzero(reach.any(axis=0))
    if len(columns) > _MOST_COMPARED:
        return columns
    part = reach[:, columns].astype(np.float32)  # whole numbers below 2^24: exact
    both = part.T @ part
    size = np.diag(both)
    is_within = both == size[:, None]
    is_same = is_within & is_within.T
    later = np.tri(len(columns), k=-1, dtype=bool)
    is_needless = ((is_within & ~is_same) | (is_same & later)).any(axis=1)
    return np.asarray(columns[~is_needless], dtype=np.intp)


def binding_rows(reach: Bools) -> Ints:
    """Return the rows that no other row implies when all must be reached: none within them; of equals the first."""
    if len(reach) > _MOST_COMPARED:
        return np.arange(len(reach))
    part = reach.astype(np.float32)
    both = part @ part.T
    size = np.diag(both)
    has_within = both == size[None, :]  # row i holds all of row k
    is_same = has_within & has_within.T
    later = np.tri(len(reach), k=-1, dtype=bool)
    return np.flatnonzero(~((has_within & ~is_same) | (is_same & later)).any(axis=1))


def cover_core(reach: Bools) -> tuple[Ints, Ints]:
    """Return the rows and columns that decide the smallest cover, by leaving others out until nothing changes."""
    rows, columns = np.arange(reach.shape[0]), np.arange(reach.shape[1])
    while True:
        before = len(rows) + len(columns)
        rows = rows[np.sort(np.unique(_keys(reach[np.ix_(rows, columns)]), return_index=True)[1])]
        rows = rows[binding_rows(reach[np.ix_(rows, columns)])]
        columns = columns[useful_columns(reach[np.ix_(rows, columns)])]
        if len(rows) + len(columns) == before:
            return rows, columns


def _keys(reach: Bools) -> np.ndarray:
    """Return a key for each row: equal for equal rows."""
    packed = np.ascontiguousarray(np.packbits(reach, axis=1))
    return packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
