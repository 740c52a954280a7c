"""What comes? Places in use month by month, simulated forward for all runs at once.

New placements are drawn one by one (start within the month, age within the band, length of stay) and added up, so a
stay counts for the very part of each month it lasts. A stay ends at the drawn length or on the birthday on which the
service ends, whichever is first. Children already settled live through the rest of their own stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.forecasting.durations import SERVICE_OF, Hazards, stay_months
from placements.forecasting.rates import Rates
from placements.forecasting.spells import DAYS_PER_MONTH, Spells

Floats = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

#: Runs simulated together: bounds the memory, not the answer (each block has its own stream of random numbers).
BLOCK_RUNS: Final = 50
#: What is left where steps up and down cancel.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Levers:
    """Multipliers of the rates of starting and of the lengths of stay (1 = as observed)."""

    entry_rate: float = 1.0
    duration: float = 1.0


def simulate_starting(
    rates: Rates, hazards: Hazards, levers: Levers, *, first_month: int, months: int, runs: int, seed: int
) -> tuple[Float32, Float32]:
    """Simulate placements that start after the snapshot.

    Parameters
    ----------
    rates, hazards : Rates, Hazards
    levers : Levers
    first_month : int
        Calendar month (1 to 12) of the first month simulated.
    months, runs, seed : int

    Returns
    -------
    starting : ndarray of float32 (runs, months, groups)
        Mean number of places in use in each month.
    cohorts : ndarray of float32 (runs, years, years, groups)
        Child-years by year of start and year of use (the months of a last part year are left out).
    """
    groups, years = len(rates.groups), months // 12
    starting = np.zeros((runs, months, groups), np.float32)
    cohorts = np.zeros((runs, years, years, groups), np.float32)
    blocks = range(0, runs, BLOCK_RUNS)
    for first, stream in zip(blocks, np.random.SeedSequence(seed).spawn(len(blocks)), strict=True):
        size = min(BLOCK_RUNS, runs - first)
        rng = np.random.default_rng(stream)
        run, month, group = _draw_starts(rates, levers, rng, first_month=first_month, months=months, runs=size)
        begin = month + rng.random(len(run))
        over = begin + _draw_stays(rates, hazards, levers, rng, run=run, group=group, runs=size)
        for year in range(-(-months // 12)):
            own = (month // 12) == year
            used = _in_use(run[own], group[own], begin[own], over[own], (size, months, groups))
            starting[first : first + size] += used
            if year < years:
                whole = used[:, : years * 12].reshape(size, years, 12, groups).sum(axis=2) / 12
                cohorts[first : first + size, year] = whole
    return starting, cohorts


def _draw_starts(
    rates: Rates, levers: Levers, rng: np.random.Generator, *, first_month: int, months: int, runs: int
) -> tuple[Ints, Ints, Ints]:
    """Return run, month and group of every new placement."""
    out: list[tuple[Ints, Ints, Ints]] = []
    calendar = (np.arange(months) + first_month - 1) % 12
    for provision, rows in rates.rows().items():
        shape = rates.starts[provision]
        if shape <= 0:
            continue
        level = rng.gamma(shape, 1 / rates.months[provision], size=(runs, 1)) * levers.entry_rate
        variance = rates.shock[provision]
        shock = rng.gamma(1 / variance, variance, size=(runs, months)) if variance > 1e-9 else 1.0
        number = rng.poisson(level * shock * rates.season[SERVICE_OF[provision]][calendar])
        share = rng.gamma(rates.alpha[rows], size=(runs, rows.stop - rows.start))
        ladder = np.cumsum(share, axis=1) / share.sum(axis=1, keepdims=True) + np.arange(runs)[:, None]
        run, month = (np.repeat(index, number.ravel()) for index in np.indices(number.shape).reshape(2, -1))
        place = np.searchsorted(ladder.ravel(), run + rng.random(len(run)), side="right")
        width = rows.stop - rows.start
        group = np.clip(place - run * width, 0, width - 1) + rows.start
        out.append((run, month, group))
    if not out:
        none = np.zeros(0, np.intp)
        return none, none, none
    run, month, group = (np.concatenate(part) for part in zip(*out, strict=True))
    return run, month, group


def _draw_stays(
    rates: Rates,
    hazards: Hazards,
    levers: Levers,
    rng: np.random.Generator,
    *,
    run: Ints,
    group: Ints,
    runs: int,
) -> Floats:
    drawn = hazards.draw(runs, rng) / levers.duration
    cell = hazards.cell_of(rates.groups["provision"], rates.groups["age_band"])
    stay = stay_months(drawn[run, cell[group]], rng.standard_exponential(len(run)))
    low, high, leaves = (band[group] for band in age_range_years(rates.groups["service"], rates.groups["age_band"]))
    age = low + (high - low) * rng.random(len(run))
    return np.minimum(stay, (leaves - age) * 12)


def age_range_years(service: pd.Series, age_band: pd.Series) -> tuple[Floats, Floats, Floats]:
    """Return the lowest age of each band, the age at which the next begins, and the age at which the service ends.

    An unknown age never reaches its end (the range is 0 to 0, and it ends at infinity).
    """
    table: dict[tuple[str, str], tuple[float, float, float]] = {}
    for name, bands in codes.AGE_BANDS.items():
        leaves = float(codes.LEAVES_AT_YEARS[name])
        tops = [float(low) for _, low in bands[1:]] + [leaves]
        table |= {(name, label): (float(low), top, leaves) for (label, low), top in zip(bands, tops, strict=True)}
        table[(name, codes.AGE_UNKNOWN)] = (0.0, 0.0, np.inf)
    rows = np.array([table[key] for key in zip(service, age_band, strict=True)], float).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _in_use(run: Ints, group: Ints, begin: Floats, over: Floats, shape: tuple[int, int, int]) -> Float32:
    """Add up stays from `begin` to `over` (months) into mean places in use per month, (runs, months, groups).

    A stay is the sum of two steps with a ramp inside their months; the steps are added up once for all stays.
    """
    runs, months, groups = shape
    size = runs * (months + 2) * groups
    total = np.zeros(size)
    for edge, sign in ((begin, 1.0), (np.minimum(over, months), -1.0)):
        month = np.floor(edge).astype(np.intp)
        inside = edge - month
        cell = (run * (months + 2) + month) * groups + group
        total += np.bincount(cell, weights=sign * (1 - inside), minlength=size)
        total += np.bincount(cell + groups, weights=sign * inside, minlength=size)
    used = np.cumsum(total.reshape(runs, months + 2, groups), axis=1)[:, :months]
    used[used < _ROUNDING] = 0.0
    return used.astype(np.float32)


def simulate_settled(
    spells: Spells, rates: Rates, hazards: Hazards, levers: Levers, *, months: int, runs: int, seed: int
) -> Float32:
    """Simulate the rest of the stays of the children placed on the snapshot day, (runs, months, groups).

    A child whose home area is not known is put into a known one at random, in the proportions of the starts.
    """
    groups = len(rates.groups)
    out = np.zeros((runs, months, groups), np.float32)
    children = spells.settled
    if children.empty or not groups:
        return out
    # Each child's candidate groups lie in all areas; the column of the child's own area, or a drawn one, is taken.
    areas = list(spells.areas)
    where = pd.MultiIndex.from_frame(rates.groups[["provision", "need_group", "age_band", "area"]])
    kinds = [children[key] for key in ("provision", "need_group", "age_band")]
    table = np.column_stack(
        [where.get_indexer(pd.MultiIndex.from_arrays([*kinds, [a] * len(children)])) for a in areas]
    )
    own = pd.Index(areas).get_indexer(pd.Index(children["area"]))
    chance = rates.alpha[table] + 1e-9
    ladder = np.cumsum(chance, axis=1) / chance.sum(axis=1, keepdims=True)
    cell = hazards.cell_of(children["provision"], children["age_band"])
    already = ((spells.snapshot - children["start"]).dt.days / DAYS_PER_MONTH).fillna(0.0).to_numpy(float)
    until = ((children["leaves"] - spells.snapshot).dt.days / DAYS_PER_MONTH).fillna(np.inf).to_numpy(float)
    blocks = range(0, runs, BLOCK_RUNS)
    for first, stream in zip(blocks, np.random.SeedSequence([seed, 1]).spawn(len(blocks)), strict=True):
        size = min(BLOCK_RUNS, runs - first)
        rng = np.random.default_rng(stream)
        drawn = hazards.draw(size, rng) / levers.duration
        column = (rng.random((size, len(children), 1)) > ladder).sum(axis=2).clip(max=len(areas) - 1)
        column = np.where(own >= 0, own, column)
        group = table[np.arange(len(children)), column].ravel()
        run = np.repeat(np.arange(size), len(children))
        hazard = drawn[:, cell].reshape(size * len(children), -1)
        exposed = np.tile(already, size)
        stay = stay_months(hazard, rng.standard_exponential(len(run)), exposed)
        stay = np.minimum(stay, np.tile(np.clip(until, 0, None), size))
        out[first : first + size] = _in_use(run, group, np.zeros(len(run)), stay, (size, months, groups))
    return out
