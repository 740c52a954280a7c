"""How long do placements last? Monthly hazards of ending by time since the start, kind of provision and age band.

Period-style: only what happened inside the window counts. A spell under way when the window opens enters it at the
length it has by then (left truncation), and one still going on at the snapshot leaves it without ending (right
censoring), so neither long nor short stays are favoured. Ends at the birthday on which a service ends are not counted:
the simulation ages children out itself.

A SEN2 return lists the places children hold, and hardly any that they left. Read as it stands it would say that nobody
leaves, and stock would double in five years. So for education the ends that went unseen are inferred from the stock
itself (`unseen_ends`), as if as many had started in each earlier year as in the last: a level stock is assumed until
several returns show otherwise.

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
from placements.forecasting.spells import DAYS_PER_MONTH, PLANNABLE, Spells

Floats = npt.NDArray[np.float64]

#: Months since the start at which the duration bands begin.
DURATION_BANDS: Final = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0)
PRIOR_ENDS: Final = 5.0
#: Mean stay in months where nothing at all was observed (assumed; it gives way to the first few ends).
ASSUMED_STAY_MONTHS: Final = {codes.CARE: 18.0, codes.EDUCATION: 42.0}
#: An end this close to the leaving birthday, or after it, is ageing out.
_AGED_OUT_DAYS: Final = 31

SERVICE_OF: Final = {p: codes.CARE if p in codes.CARE_PROVISION else codes.EDUCATION for p in PLANNABLE}


@dataclass(frozen=True)
class Hazards:
    """Ends and exposure, shrunk.

    Attributes
    ----------
    cells : DataFrame
        One row per provision and age band, in the order of the arrays: `provision, age_band`.
    shape, exposure : ndarray (cells, duration bands)
        Gamma posterior of the monthly hazard: mean `shape / exposure` (exposure in months).
    """

    cells: pd.DataFrame
    shape: Floats
    exposure: Floats

    @property
    def mean(self) -> Floats:
        """Return the expected monthly hazard, (cells, duration bands)."""
        return self.shape / self.exposure

    def draw(self, runs: int, rng: np.random.Generator) -> Floats:
        """Return hazards per run, (runs, cells, duration bands)."""
        return rng.gamma(self.shape, 1 / self.exposure, size=(runs, *self.shape.shape))

    def cell_of(self, provision: pd.Series, age_band: pd.Series) -> npt.NDArray[np.intp]:
        """Return the row of `cells` for each pair."""
        return pd.MultiIndex.from_frame(self.cells).get_indexer(pd.MultiIndex.from_arrays([provision, age_band]))


def fit_hazards(spells: Spells) -> Hazards:
    """Estimate the hazards; without any spell they are those of `ASSUMED_STAY_MONTHS`."""
    cells = pd.DataFrame(
        [(p, band) for p in PLANNABLE for band in _bands(SERVICE_OF[p])], columns=["provision", "age_band"]
    ).astype("str")
    index = pd.MultiIndex.from_frame(cells)
    ends, exposure = _ends_and_exposure(spells, index)
    ends = ends + unseen_ends(spells, index, ends, exposure)
    service = cells["provision"].map(SERVICE_OF).to_numpy()
    assumed = np.array([1 / ASSUMED_STAY_MONTHS[s] for s in service])[:, None] * np.ones(len(DURATION_BANDS))
    by_service = _pooled(ends, exposure, service, assumed)
    by_provision = _pooled(ends, exposure, cells["provision"].to_numpy(), by_service)
    return Hazards(cells, ends + PRIOR_ENDS, exposure + PRIOR_ENDS / by_provision)


def _pooled(ends: Floats, exposure: Floats, label: npt.NDArray[np.object_] | pd.Series, prior: Floats) -> Floats:
    """Return hazards of the rows' groups, shrunk to `prior` (constant within a group), one row per cell."""
    codes_, _ = pd.factorize(np.asarray(label, dtype=object))
    total = np.zeros((codes_.max() + 1, ends.shape[1]))
    months = np.zeros_like(total)
    np.add.at(total, codes_, ends)
    np.add.at(months, codes_, exposure)
    return np.asarray((total[codes_] + PRIOR_ENDS) / (months[codes_] + PRIOR_ENDS / prior))


def _bands(service: str) -> tuple[str, ...]:
    return (*(label for label, _ in codes.AGE_BANDS[service]), codes.AGE_UNKNOWN)


def _ends_and_exposure(spells: Spells, index: pd.MultiIndex) -> tuple[Floats, Floats]:
    frame = spells.history
    since = frame["service"].map(spells.window_start)
    over = frame["end"].fillna(spells.snapshot)
    entry = ((since - frame["start"]).dt.days / DAYS_PER_MONTH).clip(lower=0).to_numpy(float)
    exit_ = ((over - frame["start"]).dt.days / DAYS_PER_MONTH).to_numpy(float)
    aged_out = frame["end"] >= frame["leaves"] - pd.Timedelta(days=_AGED_OUT_DAYS)
    ended = (frame["end"].notna() & ~aged_out).to_numpy(bool)
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


def unseen_ends(spells: Spells, index: pd.MultiIndex, ends: Floats, exposure: Floats) -> Floats:
    """Return the ends of education placements in the window that the return does not list, (cells, duration bands).

    Were entries level, the number still there after y + 1 years would be the number there after y years less those who
    left in between: the classical estimate of a life table from one cross-section. Recorded ends are taken off, and the
    rest is shared over age bands by exposure. What is found is per year, as is the window of education.
    """
    found = np.zeros_like(ends)
    now = spells.settled[spells.settled["service"].eq(codes.EDUCATION) & spells.settled["start"].notna()]
    years = ((spells.seen_until[codes.EDUCATION] - now["start"]).dt.days // 365.25).astype(int)
    low, provision = np.array(DURATION_BANDS), index.get_level_values("provision")
    for kind, elapsed in years.groupby(now["provision"]):
        held = np.bincount(elapsed, minlength=1)
        left = held - np.append(held[1:], 0)
        band = np.searchsorted(low, 12.0 * np.arange(1, len(held) + 1), side="right") - 1
        per_band = np.bincount(band, weights=left, minlength=len(low))
        rows = np.flatnonzero(provision == kind)
        rest = np.clip(per_band - ends[rows].sum(axis=0), 0, None)
        months = exposure[rows]
        found[rows] = rest * months / np.maximum(months.sum(axis=0), 1e-9)
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
