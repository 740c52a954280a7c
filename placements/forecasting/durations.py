"""How long do placements last? Monthly hazards of ending by time since the start, kind of provision and age band.

Period-style: only what happened inside the window counts. A spell under way when the window opens enters it at the
length it has by then (left truncation), and one still going on at the snapshot leaves it without ending (right
censoring), so neither long nor short stays are favoured. Ends at the birthday on which a service ends are not counted:
the simulation ages children out itself.

A SEN2 return need not list the settings that children left before the one they have. A stay that follows one that is
not recorded tells that such a one ended in the window (`unseen_moves`): from which kind is not known, so it is shared
over the kinds by how many children of that age were in each.

Rates of ending differ from year to year by more than chance, kind by kind: by how much is estimated (`volatility`),
shrunk to a stated value, and kept as uncertainty of the years to come.

Small cells are shrunk in three steps, each with the weight of `PRIOR_ENDS` ended spells: all provision of the service,
then the provision, then the age band within it. Per run the hazards are drawn from their gamma distribution, so that
what a few observed ends cannot tell is shown as width of the bands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting.spells import DAYS_PER_MONTH, SERVICE_OF, STATES, Spells

Floats = npt.NDArray[np.float64]

#: Months since the start at which the duration bands begin.
DURATION_BANDS: Final = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0)
PRIOR_ENDS: Final = 5.0
#: Standard deviation of a kind's hazards between years that is believed before the ends are seen (assumed), the kinds
#: and years that this belief counts for, and the ends a year that a kind must have to tell.
VOLATILITY_PRIOR, VOLATILITY_PRIOR_CELLS = 0.10, 10.0
_LEAST_ENDS: Final = 5.0
#: Mean stay in months where nothing at all was observed (assumed; it gives way to the first few ends).
ASSUMED_STAY_MONTHS: Final = {codes.CARE: 18.0, codes.EDUCATION: 42.0}
#: An end this close to the leaving birthday, or after it, is ageing out.
_AGED_OUT_DAYS: Final = 31


@dataclass(frozen=True)
class Hazards:
    """Ends and exposure, shrunk.

    Attributes
    ----------
    cells : DataFrame
        One row per provision and age band, in the order of the arrays: `provision, age_band`.
    shape, exposure : ndarray (cells, duration bands)
        Gamma posterior of the monthly hazard: mean `shape / exposure` (exposure in months).
    volatility : dict of str to float
        By service: standard deviation of the log of a kind's hazards between years.
    """

    cells: pd.DataFrame
    shape: Floats
    exposure: Floats
    volatility: dict[str, float]

    @property
    def mean(self) -> Floats:
        """Return the expected monthly hazard, (cells, duration bands)."""
        return self.shape / self.exposure

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Return hazards per run, (runs, cells, duration bands)."""
        return rng.gamma(self.shape, 1 / self.exposure, size=(runs, *self.shape.shape))


def cells() -> pd.DataFrame:
    """Return every kind of provision with every age band of its service: `provision, age_band`, one row a cell."""
    pairs = [(state, band) for state in STATES for band in bands(SERVICE_OF[state])]
    return pd.DataFrame(pairs, columns=["provision", "age_band"]).astype("str")


def bands(service: str) -> tuple[str, ...]:
    """Return the age bands of a service, that of an unknown age last."""
    return (*(label for label, _ in codes.AGE_BANDS[service]), codes.AGE_UNKNOWN)


def fit_hazards(spells: Spells) -> Hazards:
    """Estimate the hazards; without any spell they are those of `ASSUMED_STAY_MONTHS`."""
    table = cells()
    index = pd.MultiIndex.from_frame(table)
    ends, exposure = _ends_and_exposure(spells, index)
    ends = ends + unseen_moves(spells, index, exposure)
    service = table["provision"].map(SERVICE_OF).to_numpy()
    assumed = np.array([1 / ASSUMED_STAY_MONTHS[s] for s in service])[:, None] * np.ones(len(DURATION_BANDS))
    by_service = _pooled(ends, exposure, service, assumed)
    by_provision = _pooled(ends, exposure, table["provision"].to_numpy(), by_service)
    shape, months = ends + PRIOR_ENDS, exposure + PRIOR_ENDS / by_provision
    found = {name: _volatility(spells, index, shape / months, name) for name in codes.SERVICES}
    return Hazards(table, shape, months, found)


def _pooled(ends: Floats, exposure: Floats, label: npt.NDArray[np.object_] | pd.Series, prior: Floats) -> Floats:
    """Return hazards of the rows' groups, shrunk to `prior` (constant within a group), one row per cell."""
    group = pd.Index(np.asarray(label, dtype=object))
    return (group_sums(ends, group) + PRIOR_ENDS) / (group_sums(exposure, group) + PRIOR_ENDS / prior)


def group_sums(values: Floats, label: pd.Index) -> Floats:
    """Return for each row of a matrix the sum over the rows with the same label."""
    which, _ = pd.factorize(label)
    total = np.zeros((which.max() + 1, values.shape[1]))
    np.add.at(total, which, values)
    return np.asarray(total[which])


def aged_out(frame: pd.DataFrame) -> pd.Series:
    """Return which stays ended at the birthday on which their service ends, or within a month of it."""
    return frame["end"] >= frame["leaves"] - pd.Timedelta(days=_AGED_OUT_DAYS)


def _volatility(spells: Spells, index: pd.MultiIndex, hazard: Floats, service: str) -> float:
    """Return how much a kind's rate of ending differs between years of the window, beyond chance.

    By moments: ends in a year are Poisson about what the hazards expect times a factor whose variance is sought.
    """
    years = int(spells.window_months(service) / 12 + 0.1)
    own = index.get_level_values("provision").map(SERVICE_OF) == service
    kind = pd.factorize(index.get_level_values("provision")[own])[0]
    beyond, squared, cells_ = 0.0, 0.0, 0
    for year in range(years if years > 1 else 0):
        until = spells.seen_until[service] - pd.DateOffset(years=year)
        ends, exposure = _ends_and_exposure(spells, index, (until - pd.DateOffset(years=1), until))
        came, expected = (np.bincount(kind, part[own].sum(axis=1)) for part in (ends, exposure * hazard))
        tells = expected >= _LEAST_ENDS
        beyond += float((((came - expected) ** 2 - expected) * tells).sum())
        squared += float((expected**2 * tells).sum())
        cells_ += int(tells.sum())
    variance = max(beyond, 0.0) / max(squared, 1e-9)
    shrunk = (cells_ * variance + VOLATILITY_PRIOR_CELLS * VOLATILITY_PRIOR**2) / (cells_ + VOLATILITY_PRIOR_CELLS)
    return float(np.sqrt(shrunk))


def _ends_and_exposure(
    spells: Spells, index: pd.MultiIndex, between: tuple[pd.Timestamp, pd.Timestamp] | None = None
) -> tuple[Floats, Floats]:
    frame = spells.history
    since = frame["service"].map(spells.window_start)
    until = frame["service"].map(spells.seen_until)
    if between is not None:
        frame = frame[(frame["start"] < between[1]) & ~(frame["end"] <= between[0])]
        since, until = (pd.Series(day, index=frame.index) for day in between)
        frame = frame.assign(end=frame["end"].where(frame["end"] <= between[1]))
    over = frame["end"].fillna(until)
    entry = ((since - frame["start"]).dt.days / DAYS_PER_MONTH).clip(lower=0).to_numpy(float)
    exit_ = ((over - frame["start"]).dt.days / DAYS_PER_MONTH).to_numpy(float)
    ended = (frame["end"].notna() & ~aged_out(frame)).to_numpy(bool)
    cell = index.get_indexer(pd.MultiIndex.from_arrays([frame["provision"], frame["age_band"]]))
    low = np.array(DURATION_BANDS)
    high = np.append(low[1:], np.inf)
    inside = np.clip(np.minimum(exit_[:, None], high) - np.maximum(entry[:, None], low), 0, None)
    ends = np.zeros((len(index), len(low)))
    exposure = np.zeros_like(ends)
    np.add.at(exposure, cell, inside)
    band = np.searchsorted(low, exit_[ended], side="right") - 1
    np.add.at(ends, (cell[ended], band), 1.0)
    return ends, exposure


def unseen_moves(spells: Spells, index: pd.MultiIndex, exposure: Floats) -> Floats:
    """Return the ends in the window that only the stays which followed them tell of, (cells, duration bands).

    Each is shared over the kinds of provision of its service by the months that children of the age band spent in them
    in the window, and over the lengths of stay.
    """
    found = np.zeros_like(exposure)
    service = index.get_level_values("provision").map(SERVICE_OF)
    for of_service, band, _, number in spells.unseen_moves():
        own = (service == of_service) & (index.get_level_values("age_band") == band)
        months = exposure * np.asarray(own)[:, None]
        found += number * months / max(months.sum(), 1e-9)
    return found


def stay_months(hazard: Floats, draw: Floats, already: Floats | None = None) -> Floats:
    """Return lengths of stay in months whose cumulative hazard is `draw`.

    Parameters
    ----------
    hazard : ndarray (n, duration bands)
        Monthly hazard of each stay, constant within a duration band.
    draw : ndarray (n,)
        Standard exponential draws.
    already : ndarray (n,), optional
        Months stayed so far; the result is what remains from there.

    Notes
    -----
    Written for reading: the simulation looks the same lengths up in ladders, and is tested against this.
    """
    low = np.array(DURATION_BANDS)
    high = np.append(low[1:], np.inf)
    start = np.zeros(len(draw)) if already is None else already
    left = draw.copy()
    stay = np.zeros(len(draw))
    for band in range(len(low)):
        width = np.clip(high[band] - np.maximum(start, low[band]), 0, None)
        rate = np.maximum(hazard[:, band], 1e-9)
        spent = np.minimum(width, left / rate)
        stay += spent
        left = np.clip(left - spent * rate, 0, None)
    return stay


def survival(hazard: Floats, months: Floats) -> Floats:
    """Return the chance that a stay lasts at least `months`, for each row of `hazard` and each of `months`."""
    low = np.array(DURATION_BANDS)
    high = np.append(low[1:], np.inf)
    inside = np.clip(np.minimum(months[:, None], high) - low, 0, None)
    return np.asarray(np.exp(-(hazard @ inside.T)))
