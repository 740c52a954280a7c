"""What tells rates apart? Kind of provision, age band, and how long the child has been looked after.

How long a placement lasts, and above all whether it ends with going home, depends on how long care has lasted already:
many children leave in the first months, few after years. A stay counts by the phase of care (of the plan) that it began
in; how long it lasts is told apart within it (`durations.DURATION_BANDS`), so the two together say how long care has
lasted. Where the beginning is not known, it lies before the records: the last phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting.spells import SERVICE_OF, STATES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

#: Months since care, or the plan, began at which the phases begin, and what they are called.
PHASE_MONTHS: Final = (0.0, 6.0, 24.0)
PHASES: Final = ("first half year", "up to two years", "two years and more")
KEYS: Final = ("provision", "age_band", "phase")


def bands(service: str) -> tuple[str, ...]:
    """Return the age bands of a service, that of an unknown age last."""
    return (*(label for label, _ in codes.AGE_BANDS[service]), codes.AGE_UNKNOWN)


def cells() -> pd.DataFrame:
    """Return every kind of provision with every age band of its service and every phase: `service`, `KEYS`."""
    rows = [
        (SERVICE_OF[state], state, band, phase)
        for state in STATES
        for band in bands(SERVICE_OF[state])
        for phase in PHASES
    ]
    return pd.DataFrame(rows, columns=["service", *KEYS]).astype("str")


def phase_at(months: Floats) -> Ints:
    """Return the position in `PHASES` of stays that begin so many months after care did; NaN is not known."""
    return np.asarray(np.searchsorted(PHASE_MONTHS[1:], months, side="right"), np.intp)  # NaN sorts last


def cells_of(spells: pd.DataFrame, table: pd.DataFrame) -> Ints:
    """Return the row of `table` that each stay (with `since_months`) belongs to."""
    phase = np.array(PHASES, object)[phase_at(spells["since_months"].to_numpy(float))]
    keys = pd.MultiIndex.from_arrays([spells["provision"], spells["age_band"], phase])
    return np.asarray(pd.MultiIndex.from_frame(table[list(KEYS)]).get_indexer(keys), np.intp)


def positions(column: pd.Series, known: Sequence[str]) -> Ints:
    """Return where each value of a column is among those known, (rows,)."""
    return np.asarray(pd.Index(known).get_indexer(pd.Index(column)), np.intp)


def group_sums(values: Floats, table: pd.DataFrame, *by: str) -> Floats:
    """Return for each row of a matrix the sum over the rows of cells with the same `by`."""
    which = table.groupby(list(by), sort=False).ngroup().to_numpy()
    total = np.zeros((which.max() + 1, values.shape[1]))
    np.add.at(total, which, values)
    return np.asarray(total[which])
