"""Where does a stay lead? The chance of each next kind of provision, or of leaving the service.

Given that a stay ends, by its kind of provision, age band, phase of care and whether it was short or long: how children
move between families, go home, are adopted; how pupils change settings, and plans cease. Ends at the birthday on which
a service ends are not counted: the simulation ages children out itself.

Cells are shrunk in steps, each with the weight of `PRIOR_ENDS` ends: all ends of the service; the kind, the age band
and the phase with the length of stay, as if each multiplied the chances; then the cell itself, then its short and long
stays. How many are led where differs between years by more than chance (`forecasting.drift`): the level is followed to
what it is of late. Per run the chances are drawn from their Dirichlet distribution, and that level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting import drift
from placements.forecasting.cells import cells, cells_of, group_sums, positions
from placements.forecasting.durations import DURATION_BANDS, aged_out, ends_and_exposure, unseen_moves
from placements.forecasting.spells import DAYS_PER_MONTH, LEFT, SERVICE_OF, STATES, Spells

Floats = npt.NDArray[np.float64]

#: A stay is long from so many months.
LONG_MONTHS: Final = 6.0
#: Of each duration band, whether a stay that ends in it was long.
IS_LONG: Final = tuple(int(low >= LONG_MONTHS) for low in DURATION_BANDS)
PRIOR_ENDS: Final = 10.0
NEXT: Final = (*STATES, LEFT)
_LEAST: Final = 1e-6
_SERVICE_OF_CELL: Final = positions(cells()["service"], codes.SERVICES)


@dataclass(frozen=True)
class Destinations:
    """Where ends led, shrunk.

    Attributes
    ----------
    alpha : ndarray (cells, 2, next)
        Dirichlet parameters, by the cells of the hazards, short and long stays, and `NEXT`. 0 where another service is.
    levels : dict of str to Levels
        By service, over `NEXT`: where the numbers led there are (in the mean above already), and how they walk.
    """

    alpha: Floats
    levels: dict[str, drift.Levels]

    @property
    def mean(self) -> Floats:
        """Return the expected chances, (cells, 2, next)."""
        return np.asarray(self.alpha / self.alpha.sum(axis=2, keepdims=True))

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Return chances per run, (runs, cells, 2, next)."""
        drawn = rng.gamma(self.alpha, size=(runs, *self.alpha.shape)) + _LEAST * self.mean
        off = np.stack([self.levels[name].off(runs, rng) for name in codes.SERVICES], axis=1)
        return _normal(drawn * off[:, _SERVICE_OF_CELL, None])


def fit_destinations(spells: Spells) -> Destinations:
    """Estimate the chances; without any end every state of the service is as likely as the next, and as leaving."""
    table = cells()
    counts = _counts(spells, table)
    _, exposure = ends_and_exposure(spells, table)
    counts[:, 1, : len(STATES)] += unseen_moves(spells, table, exposure.sum(axis=1))
    allowed = np.array([[SERVICE_OF.get(state, own) == own for state in NEXT] for own in table["service"]], dtype=float)
    both = counts.sum(axis=1)
    overall = _shrunk(group_sums(both, table, "service"), allowed / allowed.sum(axis=1, keepdims=True))
    times = allowed * _times(both, overall, table, "provision") * _times(both, overall, table, "service", "age_band")
    spread = [_times(counts[:, long], overall, table, "service", "phase") for long in (0, 1)]
    whole = _times(both, overall, table, "service", "phase")
    of_cell = _shrunk(both, _normal(overall * times * whole))
    prior = np.stack([_normal(of_cell * own / np.maximum(whole, _LEAST)) for own in spread], axis=1)
    alpha = counts + PRIOR_ENDS * prior
    levels = {name: _levels(spells, table, _normal(alpha), name) for name in codes.SERVICES}
    factor = np.stack([levels[name].factor for name in codes.SERVICES])[_SERVICE_OF_CELL, None]
    return Destinations(_normal(alpha * factor) * alpha.sum(axis=2, keepdims=True), levels)


def _levels(spells: Spells, table: pd.DataFrame, chance: Floats, service: str) -> drift.Levels:
    """Return where the numbers are that a service's stays lead to each of `NEXT`."""
    own = table["service"].eq(service).to_numpy(bool)
    years = []
    for year in spells.whole_years(service):
        counts = _counts(spells, table, year) * own[:, None, None]
        expected = (counts.sum(axis=2, keepdims=True) * chance).sum(axis=(0, 1))
        years.append((counts.sum(axis=(0, 1)), expected))
    return drift.levels(years, len(NEXT))


def _shrunk(counts: Floats, prior: Floats) -> Floats:
    return np.asarray((counts + PRIOR_ENDS * prior) / (counts.sum(axis=1, keepdims=True) + PRIOR_ENDS))


def _times(counts: Floats, overall: Floats, table: pd.DataFrame, *by: str) -> Floats:
    """Return how many times likelier each state is in cells with the same `by` than overall, shrunk to 1."""
    return _shrunk(group_sums(counts, table, *by), overall) / np.maximum(overall, _LEAST)


def _normal(chance: Floats) -> Floats:
    return np.asarray(chance / np.maximum(chance.sum(axis=-1, keepdims=True), 1e-300))


def _counts(spells: Spells, table: pd.DataFrame, between: tuple[pd.Timestamp, pd.Timestamp] | None = None) -> Floats:
    frame = spells.history
    frame = frame[frame["end"].notna() & frame["next"].ne("") & ~aged_out(frame)]
    if between is not None:
        frame = frame[(frame["end"] > between[0]) & (frame["end"] <= between[1])]
    stayed = (frame["end"] - frame["start"]).dt.days / DAYS_PER_MONTH
    leads_to = pd.Index(NEXT).get_indexer(pd.Index(frame["next"]))
    counts = np.zeros((len(table), 2, len(NEXT)))
    np.add.at(counts, (cells_of(frame, table), stayed.ge(LONG_MONTHS).to_numpy(int), leads_to), 1.0)
    return counts
