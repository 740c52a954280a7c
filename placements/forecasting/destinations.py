"""Where does a stay lead? The chance of each next kind of provision, or of leaving the service.

Given that a stay ends, by its kind of provision, age band, phase of care and whether it was short or long: how children
move between families, go home, are adopted; how pupils change settings, and plans cease. Ends at the birthday on which
a service ends are not counted: the simulation ages children out itself.

Cells are shrunk in steps, each with the weight of `PRIOR_ENDS` ends: all ends of the service; the kind, the age band
and the phase with the length of stay, as if each multiplied the chances; then the cell itself, then its short and long
stays. Per run the chances are drawn from their Dirichlet distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting import drift
from placements.forecasting.cells import cells, cells_of, group_sums
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
_SERVICE_OF_CELL: Final = np.array([codes.SERVICES.index(SERVICE_OF[state]) for state in cells()["provision"]])


@dataclass(frozen=True)
class Destinations:
    """Where ends led, shrunk.

    Attributes
    ----------
    alpha : ndarray (cells, 2, next)
        Dirichlet parameters, by the cells of the hazards, short and long stays, and `NEXT`. 0 where another service is.
    volatility : dict of str to float
        By service: standard deviation between years of how many are led to one of `NEXT`, relative to them.
    error : ndarray (services, `NEXT`)
        Relative error of the level that this has now.
    """

    alpha: Floats
    volatility: dict[str, float]
    error: Floats

    @property
    def mean(self) -> Floats:
        """Return the expected chances, (cells, 2, next)."""
        return np.asarray(self.alpha / self.alpha.sum(axis=2, keepdims=True))

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Return chances per run, (runs, cells, 2, next)."""
        drawn = rng.gamma(self.alpha, size=(runs, *self.alpha.shape)) + _LEAST * self.mean
        spread = np.hypot(np.array([self.volatility[name] for name in codes.SERVICES])[:, None], self.error)
        off = np.exp(spread * rng.standard_normal((runs, *spread.shape)) - spread**2 / 2)
        return _normal(drawn * off[:, _SERVICE_OF_CELL, None])


def fit_destinations(spells: Spells) -> Destinations:
    """Estimate the chances; without any end every state of the service is as likely as the next, and as leaving."""
    table = cells()
    counts = _counts(spells, table)
    _, exposure = ends_and_exposure(spells, table)
    counts[:, 1, : len(STATES)] += unseen_moves(spells, table, exposure.sum(axis=1))
    service = pd.Index(table["provision"].map(SERVICE_OF))
    allowed = np.array([[SERVICE_OF.get(state, own) == own for state in NEXT] for own in service], dtype=float)
    both = counts.sum(axis=1)
    overall = _shrunk(group_sums(both, service), allowed / allowed.sum(axis=1, keepdims=True))
    times = allowed * _times(both, pd.Index(table["provision"]), overall)
    times *= _times(both, service + "/" + table["age_band"], overall)
    of_phase = service + "/" + table["phase"]
    spread = [_times(counts[:, long], of_phase, overall) for long in (0, 1)]
    whole = _times(both, of_phase, overall)
    of_cell = _shrunk(both, _normal(overall * times * whole))
    prior = np.stack([_normal(of_cell * own / np.maximum(whole, _LEAST)) for own in spread], axis=1)
    alpha = counts + PRIOR_ENDS * prior
    walk, error = {}, np.zeros((len(codes.SERVICES), len(NEXT)))
    for at, name in enumerate(codes.SERVICES):
        came, expected = _by_year(spells, table, _normal(alpha), name)
        walk[name] = drift.volatility(came, expected)
        if came.size:
            factor, error[at] = drift.level(came, expected, walk[name])
            tilted = _normal(alpha * factor) * alpha.sum(axis=2, keepdims=True)
            alpha = np.where(service.to_numpy()[:, None, None] == name, tilted, alpha)
    return Destinations(alpha, walk, error)


def _by_year(spells: Spells, table: pd.DataFrame, chance: Floats, service: str) -> tuple[Floats, Floats]:
    """Return the ends that led to each of `NEXT` in each whole year of the window, and those that the chances expect.

    Returns
    -------
    came, expected : ndarray (`NEXT`, years)
        Oldest year first.
    """
    own = table["provision"].map(SERVICE_OF).eq(service).to_numpy(bool)
    parts = []
    for since, until in spells.whole_years(service):
        counts = _counts(spells, table, (since, until)) * own[:, None, None]
        parts.append([counts.sum(axis=(0, 1)), (counts.sum(axis=2, keepdims=True) * chance).sum(axis=(0, 1))])
    came, expected = np.moveaxis(np.array(parts).reshape(-1, 2, len(NEXT)), (0, 1, 2), (2, 0, 1))
    return came, expected


def _shrunk(counts: Floats, prior: Floats) -> Floats:
    return np.asarray((counts + PRIOR_ENDS * prior) / (counts.sum(axis=1, keepdims=True) + PRIOR_ENDS))


def _times(counts: Floats, label: pd.Index, overall: Floats) -> Floats:
    """Return how many times likelier each state is in the rows' groups than overall, shrunk to 1."""
    return _shrunk(group_sums(counts, label), overall) / np.maximum(overall, _LEAST)


def _normal(chance: Floats) -> Floats:
    return np.asarray(chance / np.maximum(chance.sum(axis=-1, keepdims=True), 1e-300))


def _counts(
    spells: Spells, table: pd.DataFrame, between: tuple[pd.Timestamp, pd.Timestamp] | None = None
) -> Floats:
    frame = spells.history
    frame = frame[frame["end"].notna() & frame["next"].ne("") & ~aged_out(frame)]
    if between is not None:
        frame = frame[(frame["end"] > between[0]) & (frame["end"] <= between[1])]
    stayed = (frame["end"] - frame["start"]).dt.days / DAYS_PER_MONTH
    leads_to = pd.Index(NEXT).get_indexer(pd.Index(frame["next"]))
    counts = np.zeros((len(table), 2, len(NEXT)))
    np.add.at(counts, (cells_of(frame, table), stayed.ge(LONG_MONTHS).to_numpy(int), leads_to), 1.0)
    return counts
