"""Which places will there be, and at what price, in each future? Those there are today as others change them, and new.

Providers that have something spare today are pooled as they are for a plan, with the pool's point and weights of today:
what changes is how much of the pool is there. Providers that have nothing spare today and may have later are pooled by
themselves, so that the point of no other pool moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.interventions import ChangeUseByOthers, ConvertAgencyCarers, Opening
from placements.optimisation.closures import closed, providers_of
from placements.optimisation.in_force import InForce
from placements.optimisation.places import COLUMNS, NONE, opened_places, pooled, spare_today
from placements.optimisation.prices import AGENCY, IN_HOUSE, converted, place_factors

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Supply:
    """Places as a scenario has them.

    Attributes
    ----------
    table : DataFrame
        `places.COLUMNS`; existing places first.
    capacity : ndarray (places, years, samples)
        Usable places for us, after planned occupancy.
    weekly_cost_gbp : ndarray (places, years, samples or 1)
    """

    table: pd.DataFrame
    capacity: Floats
    weekly_cost_gbp: Floats


def supply_of(county: County, years: int, samples: int, in_force: Sequence[InForce]) -> Supply:
    """Return the places there are with some interventions in force."""
    parts = [*_existing(county, years, in_force), _opened(county, years, in_force)]
    parts = [part for part in parts if len(part.table)] or parts[:1]
    width = max(part.weekly_cost_gbp.shape[2] for part in parts)
    return Supply(
        pd.concat([part.table for part in parts], ignore_index=True),
        np.vstack([_wide(part.capacity, samples) for part in parts]),
        np.vstack([_wide(part.weekly_cost_gbp, width) for part in parts]),
    )


def _wide(values: Floats, width: int) -> Floats:
    return np.broadcast_to(values, (*values.shape[:2], width))


def _existing(county: County, years: int, in_force: Sequence[InForce]) -> list[Supply]:
    """Return pools of what is spare today, of what is spare later alone, and what is brought in house of either."""
    rows = spare_today(county)
    spare = _spare(county, rows, years, in_force)
    factor = place_factors(county, rows, years, in_force)
    today = rows["spare"].to_numpy(float) > NONE
    later = ~today & (spare.max(axis=(1, 2), initial=0.0) > NONE)
    pools = [_pool(rows[today], spare[today], factor[today])]
    if later.any():
        freed = rows[later].assign(spare=spare[later].max(axis=(1, 2)))
        pool = _pool(freed, spare[later], factor[later])
        pools.append(
            Supply(pool.table.assign(place="freed/" + pool.table["place"]), pool.capacity, pool.weekly_cost_gbp)
        )
    for one in in_force:
        if isinstance(one.entry, ConvertAgencyCarers):
            split = [_brought_in_house(pool, converted(county, one.entry, years), one) for pool in pools]
            pools = [part for pair in split for part in pair]
    return pools


def _spare(county: County, rows: pd.DataFrame, years: int, in_force: Sequence[InForce]) -> Floats:
    """Return what each provider has spare for us, (rows, years, samples or 1)."""
    spare = np.repeat(rows["spare"].to_numpy(float)[:, None, None], years, axis=1)
    others = rows["occupied_by_others"].fillna(0.0).to_numpy(float)[:, None, None]
    more = np.zeros((len(rows), years, 1))
    for one in in_force:
        if isinstance(one.entry, ChangeUseByOthers):
            hit = providers_of(one.entry, rows, county.areas)
            level = one.level(years)[None]
            held = others * hit[:, None, None]
            if one.entry.share:
                more = more + one.entry.share * held * level
            elif one.entry.places:
                part = held / held.sum() if held.any() else hit[:, None, None] / hit.sum()
                more = more + one.entry.places * part * level
    if more.any():
        ours = rows["occupied_by_us"].fillna(0.0).to_numpy(float)[:, None, None]
        usable = rows["usable_places"].fillna(0.0).to_numpy(float)[:, None, None]
        vacant = np.clip(usable - ours - np.clip(others + more, 0.0, None), 0.0, None)
        changed = vacant * rows["share_for_us"].to_numpy(float)[:, None, None]
        spare = np.where(more != 0, changed, spare)
    return np.asarray(spare * (1 - closed(rows, county.areas, years, in_force)))


def _pool(rows: pd.DataFrame, spare: Floats, factor: Floats) -> Supply:
    table, pool = pooled(rows)
    weight = rows["spare"].to_numpy(float)
    cost = (weight * rows["weekly_cost_gbp"].to_numpy(float))[:, None, None] * factor
    capacity, price = (np.zeros((len(table), *values.shape[1:])) for values in (spare, factor))
    np.add.at(capacity, pool, spare)
    np.add.at(price, pool, cost)
    return Supply(table[list(COLUMNS)], capacity, price / table["spare"].to_numpy(float)[:, None, None])


def _brought_in_house(pool: Supply, part: Floats, one: InForce) -> tuple[Supply, Supply]:
    """Return a pool without its agency places that are in house, and those."""
    assert isinstance(one.entry, ConvertAgencyCarers)
    agency = pool.table["provision"].eq(AGENCY).to_numpy(bool)
    moved = agency[:, None, None] * (part[:, None] * one.success)[None]
    stays = Supply(pool.table, pool.capacity * (1 - moved), pool.weekly_cost_gbp)
    table = pool.table[agency]
    table = table.assign(provision=IN_HOUSE, place="in house/" + table["place"], name=one.entry.name)
    price = np.full((len(table), pool.capacity.shape[1], 1), one.entry.weekly_cost_gbp)
    return stays, Supply(table, (pool.capacity * moved)[agency], price)


def _opened(county: County, years: int, in_force: Sequence[InForce]) -> Supply:
    openings = [one for one in in_force if isinstance(one.entry, Opening)]
    places = opened_places(county, [one.entry for one in openings], years)
    width = max((len(one.success) for one in openings), default=1)
    success = np.array([np.broadcast_to(one.success, width) for one in openings]).reshape(len(openings), 1, width)
    cost = np.repeat(places.table["weekly_cost_gbp"].to_numpy(float)[:, None, None], years, axis=1)
    return Supply(places.table, places.capacity[:, :, None] * success, cost)
