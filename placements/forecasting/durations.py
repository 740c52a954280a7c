"""How long do placements last? Monthly hazards of ending by time since the start, kind, age band and phase of care.

Period-style: only what happened inside the window counts. A spell under way when the window opens enters it at the
length it has by then (left truncation), and one still going on at the snapshot leaves it without ending (right
censoring), so neither long nor short stays are favoured. Ends at the birthday on which a service ends are not counted:
the simulation ages children out itself.

A SEN2 return need not list the settings that children left before the one they have. A stay that follows one that is
not recorded tells that such a one ended in the window (`unseen_moves`): from which kind is not known, so it is shared
over the kinds by how many children of that age were in each.

Rates of ending differ from year to year by more than chance, kind by kind (`forecasting.drift`): each kind's level is
followed to what it is of late, and what it may yet do is kept as uncertainty of the years to come.

Small cells are shrunk in steps, each with the weight of `PRIOR_ENDS` ended spells: all provision of the service, then
the provision, then the age band within it, then the phase of care, which is taken to multiply the hazards of all kinds
alike until a cell tells otherwise. Per run the hazards are drawn from their gamma distribution, so that what a few
observed ends cannot tell is shown as width of the bands.
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
from placements.forecasting.spells import DAYS_PER_MONTH, STATES, Spells

Floats = npt.NDArray[np.float64]

#: Months since the start at which the duration bands begin.
DURATION_BANDS: Final = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0)
PRIOR_ENDS: Final = 5.0
#: Mean stay in months where nothing at all was observed (assumed; it gives way to the first few ends).
ASSUMED_STAY_MONTHS: Final = {codes.CARE: 18.0, codes.EDUCATION: 42.0}
#: An end this close to the leaving birthday, or after it, is ageing out.
_AGED_OUT_DAYS: Final = 31
_STATE_OF_CELL: Final = positions(cells()["provision"], STATES)
_SERVICE_OF_CELL: Final = positions(cells()["service"], codes.SERVICES)


@dataclass(frozen=True)
class Hazards:
    """Ends and exposure, shrunk.

    Attributes
    ----------
    cells : DataFrame
        `cells.cells()`, in the order of the arrays.
    shape, exposure : ndarray (cells, duration bands)
        Gamma posterior of the monthly hazard: mean `shape / exposure` (exposure in months).
    levels : dict of str to Levels
        By service, over `STATES`: where the rates of its kinds are (in the mean above already), and how they walk.
    """

    cells: pd.DataFrame
    shape: Floats
    exposure: Floats
    levels: dict[str, drift.Levels]

    @property
    def mean(self) -> Floats:
        """Return the expected monthly hazard, (cells, duration bands)."""
        return self.shape / self.exposure

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Return hazards per run, (runs, cells, duration bands)."""
        off = np.stack([self.levels[name].off(runs, rng) for name in codes.SERVICES], axis=1)
        drawn = rng.gamma(self.shape, 1 / self.exposure, size=(runs, *self.shape.shape))
        return np.asarray(drawn * off[:, _SERVICE_OF_CELL, _STATE_OF_CELL, None])


def fit_hazards(spells: Spells) -> Hazards:
    """Estimate the hazards; without any spell they are those of `ASSUMED_STAY_MONTHS`."""
    table = cells()
    ends, exposure = ends_and_exposure(spells, table)
    ends = ends + _unseen_ends(spells, table, exposure)
    assumed = np.array([1 / ASSUMED_STAY_MONTHS[name] for name in table["service"]])
    rate = np.repeat(assumed[:, None], len(DURATION_BANDS), axis=1)
    for by in (("service",), ("provision",), ("provision", "age_band")):
        came, awaited = (group_sums(part, table, *by) for part in (ends, exposure))
        rate = (came + PRIOR_ENDS) / (awaited + PRIOR_ENDS / rate)
    whole = (part.sum(axis=1, keepdims=True) for part in (ends, exposure * rate))
    came, awaited = (group_sums(part, table, "service", "phase") for part in whole)
    rate = rate * (came + PRIOR_ENDS) / (awaited + PRIOR_ENDS)
    shape, months = ends + PRIOR_ENDS, exposure + PRIOR_ENDS / rate
    levels = {name: _levels(spells, table, shape / months, name) for name in codes.SERVICES}
    factor = np.prod([one.factor for one in levels.values()], axis=0)
    return Hazards(table, shape, months / factor[_STATE_OF_CELL, None], levels)


def aged_out(frame: pd.DataFrame) -> pd.Series:
    """Return which stays ended at the birthday on which their service ends, or within a month of it."""
    return frame["end"] >= frame["leaves"] - pd.Timedelta(days=_AGED_OUT_DAYS)


def _levels(spells: Spells, table: pd.DataFrame, hazard: Floats, service: str) -> drift.Levels:
    """Return where the rates of ending of a service's kinds are, over `STATES` (1 for those of the other service)."""
    own = table["service"].eq(service).to_numpy(bool)
    years = []
    for year in spells.whole_years(service):
        ends, exposure = ends_and_exposure(spells, table, year)
        came, expected = (_by_kind(part.sum(axis=1) * own) for part in (ends, exposure * hazard))
        years.append((came, expected))
    return drift.levels(years, len(STATES))


def _by_kind(of_cell: Floats) -> Floats:
    return np.bincount(_STATE_OF_CELL, of_cell, len(STATES)).astype(float)


def ends_and_exposure(
    spells: Spells, table: pd.DataFrame, between: tuple[pd.Timestamp, pd.Timestamp] | None = None
) -> tuple[Floats, Floats]:
    """Return recorded ends, and months in which there could have been one, by cell and duration band.

    Parameters
    ----------
    spells : Spells
    table : DataFrame
        `cells.cells()`.
    between : tuple of Timestamp, optional
        Count from the one day to the other, instead of in the window.
    """
    frame = spells.history
    since = frame["service"].map(spells.window_start)
    until = frame["service"].map(spells.seen_until)
    if between is not None:
        frame = frame[(frame["start"] < between[1]) & ~(frame["end"] <= between[0])]
        since, until = (pd.Series(day, index=frame.index) for day in between)
        frame = frame.assign(end=frame["end"].where(frame["end"] <= between[1]))
    months, ended = months_and_ends(frame, since, until)
    cell = cells_of(frame, table)
    exposure, ends = np.zeros((2, len(table), len(DURATION_BANDS)))
    np.add.at(exposure, cell, months)
    np.add.at(ends, cell, ended)
    return ends, exposure


def months_and_ends(frame: pd.DataFrame, since: pd.Series, until: pd.Series) -> tuple[Floats, Floats]:
    """Return the months that stays spent in each duration band from one day to another, and whether they ended in it.

    Returns
    -------
    months, ended : ndarray (stays, duration bands)
        Ends at the birthday on which the service ends are none.
    """
    over = frame["end"].fillna(until)
    entry = ((since - frame["start"]).dt.days / DAYS_PER_MONTH).clip(lower=0).to_numpy(float)[:, None]
    exit_ = ((over - frame["start"]).dt.days / DAYS_PER_MONTH).to_numpy(float)[:, None]
    low = np.array(DURATION_BANDS)
    high = np.append(low[1:], np.inf)
    ended = (frame["end"].notna() & ~aged_out(frame)).to_numpy(bool)[:, None]
    months = np.asarray(np.clip(np.minimum(exit_, high) - np.maximum(entry, low), 0, None), float)
    return months, np.asarray(ended & (exit_ >= low) & (exit_ < high), float)


def unseen_moves(spells: Spells, table: pd.DataFrame, months: Floats) -> Floats:
    """Return the moves in the window that only the stays which followed them tell of, (cells, `STATES`).

    Each is shared over the kinds of provision of its service by the `months` (cells,) that children of the age band
    spent in them in the window.
    """
    found = np.zeros((len(table), len(STATES)))
    for of_service, band, state, number in spells.unseen_moves():
        share = months * (table["service"].eq(of_service) & table["age_band"].eq(band)).to_numpy(bool)
        found[:, STATES.index(state)] += number * share / max(share.sum(), 1e-9)
    return found


def _unseen_ends(spells: Spells, table: pd.DataFrame, exposure: Floats) -> Floats:
    """Return the ends that unseen moves tell of, as likely at any length of stay, (cells, duration bands)."""
    months = exposure.sum(axis=1)
    moves = unseen_moves(spells, table, months).sum(axis=1)
    return np.asarray(exposure * (moves / np.maximum(months, 1e-9))[:, None])


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
