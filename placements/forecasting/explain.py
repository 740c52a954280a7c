"""What drives the change? The forecast with the rates of earlier years put in, flow by flow.

Three flows make the number of children looked after: how many come (`entries`), how long each stay lasts (`stays`), and
what stays lead to (`destinations`: home, another place, adoption). The forecast from today's children is made with each
of them as it was in an earlier period or as it is now, all eight ways, with the same random numbers. The effect of a
flow is what changes when it alone goes from then to now; what is left of the whole change is their interaction.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.errors import UsageError
from placements.forecasting.levers import levers_of
from placements.forecasting.model import fit
from placements.forecasting.observed import as_of, care_only
from placements.forecasting.simulate import Model, simulate
from placements.forecasting.spells import Spells, spells_of

Floats = npt.NDArray[np.float64]

FLOWS: Final = ("entries", "stays", "destinations")
WORDS: Final = {
    "entries": "How many children come",
    "stays": "How long placements last",
    "destinations": "What placements lead to",
    "interaction": "The three together, beyond each alone",
    "total": "All that changed",
}
#: The earlier period may be cut to this part of its length by where the records begin.
_LEAST_PART: Final = 0.75
INTERACTION, TOTAL = "interaction", "total"


@dataclass(frozen=True, eq=False)
class Explanation:
    """How the number of children looked after would differ had rates stayed as they were.

    Attributes
    ----------
    effects : DataFrame
        Indexed by months ahead and step (`FLOWS`, `interaction`, `total`): `children`, the mean effect of going from
        the earlier rates to today's, and `error`, its standard error over the runs. The steps add up to the total.
    earlier, now : tuple of Timestamp
        The first and last day of the two periods.
    """

    effects: pd.DataFrame
    earlier: tuple[pd.Timestamp, pd.Timestamp]
    now: tuple[pd.Timestamp, pd.Timestamp]


def explain(county: County, years: int = 2, ahead_years: int = 5, runs: int = 100, seed: int = 7) -> Explanation:
    """Compare the rates of the last years with those of as many years before.

    Parameters
    ----------
    county : County
    years : int
        Length of each period.
    ahead_years, runs, seed : int
        Of the forecasts that are compared.

    Raises
    ------
    UsageError
        When the records do not reach back over both periods.
    """
    care = care_only(county)
    now = spells_of(care, years)
    before = spells_of(as_of(care, (now.snapshot - pd.DateOffset(years=years)).date()), years)
    since = before.window_start["care"].date()
    if before.history.empty or before.window_months("care") < _LEAST_PART * 12 * years:
        found = "there are no records before" if before.history.empty else "the records begin on"
        raise UsageError(f"{found} {since}: two periods of {years} years do not fit")
    recent, earlier = fit(_with_groups_of(now, before)), fit(before)
    levers = levers_of(county.settings.forecast, county.snapshot)
    held: dict[tuple[bool, ...], Floats] = {}
    for changed in product((False, True), repeat=len(FLOWS)):
        mixed = _mixed(recent, earlier, dict(zip(FLOWS, changed, strict=True)))
        made = simulate(mixed, levers, months=12 * ahead_years, runs=runs, seed=seed)
        held[changed] = made.held.sum(axis=2)[:, 11::12].astype(float)
    effects = _effects(held)
    rows = [
        {
            "months_ahead": 12 * (year + 1),
            "step": step,
            "children": effect[:, year].mean(),
            "error": _error(effect[:, year]),
        }
        for year in range(ahead_years)
        for step, effect in effects.items()
    ]
    periods = [(spells.window_start["care"], spells.snapshot) for spells in (before, now)]
    return Explanation(pd.DataFrame(rows).set_index(["months_ahead", "step"]), periods[0], periods[1])


def _effects(held: dict[tuple[bool, ...], Floats]) -> dict[str, Floats]:
    """Return the effect of each flow alone, of their interaction and of all, by run and year."""
    nothing, everything = (False,) * len(FLOWS), (True,) * len(FLOWS)
    alone = {
        flow: held[tuple(at == place for place in range(len(FLOWS)))] - held[nothing] for at, flow in enumerate(FLOWS)
    }
    total = held[everything] - held[nothing]
    return {**alone, INTERACTION: total - np.sum(list(alone.values()), axis=0), TOTAL: total}


def _error(effect: Floats) -> float:
    return float(effect.std(ddof=1) / np.sqrt(len(effect)))


def _mixed(now: Model, earlier: Model, as_now: dict[str, bool]) -> Model:
    """Return the model of today's children with each flow as it is now or as it was."""
    return dataclasses.replace(
        now,
        streams=(now if as_now["entries"] else earlier).streams,
        hazards=(now if as_now["stays"] else earlier).hazards,
        destinations=(now if as_now["destinations"] else earlier).destinations,
    )


def _with_groups_of(now: Spells, before: Spells) -> Spells:
    """Return the later stays with the children of before among those that groups are made from, and counted in none."""
    lost = before.settled[~before.settled["need_group"].isin(now.history["need_group"])]
    gone = lost.assign(
        start=now.window_start["care"], end=now.window_start["care"], opens=False, arrives=False, next=""
    )
    return dataclasses.replace(now, history=pd.concat([now.history, gone], ignore_index=True))
