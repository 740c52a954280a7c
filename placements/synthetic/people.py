"""Children who are looked after, through time: entries, where they live in turn, and when and why it ends.

Children are simulated from eighteen years before the snapshot, so that those who have been looked after since infancy
are there. A child draws an age at entry, a kind of stay (a few weeks, about a year, until adoption, or until eighteen)
and how unsettled they are; placements then follow one another by age, with durations that are short at first and long
once a placement has lasted. All children move forward together, one placement at a time.

Tuned on Surrey's published stock by age and placement, starts, ends and changes of placement. Assumed: the kinds of
stay and the weights themselves; no child returns to care; brothers and sisters are not placed together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic.rates import Profile
from placements.synthetic.shares import STATES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

YEAR: Final = 365.25
#: Lower bounds of the age bands that the weights are stated by.
BANDS: Final = (0.0, 1.0, 5.0, 10.0, 16.0)
HISTORY_YEARS: Final = 18
MOST_PLACEMENTS: Final = 30
#: More children are made than wanted, and children looked after on the snapshot are then left out at random until the
#: wanted number remains.
SURPLUS: Final = 1.12

#: Age at entry: share of entries by band, unaccompanied children apart.
ENTRY_AGE: Final = (0.165, 0.165, 0.190, 0.345, 0.135)
#: Kind of stay by age at entry: short, medium, adoption, to eighteen.
STAY: Final = (
    (0.24, 0.34, 0.34, 0.08),
    (0.37, 0.37, 0.11, 0.15),
    (0.39, 0.29, 0.01, 0.31),
    (0.28, 0.20, 0.00, 0.52),
    (0.20, 0.10, 0.00, 0.70),
)
SHORT_YEARS, MEDIUM_YEARS, BEFORE_ADOPTION_YEARS, ADOPTION_YEARS = 0.25, 1.70, 1.00, 1.00

#: Where a placement is, by age band at its start: weights in the order of `STATES`.
#:          connected in_house agency home supported residential parents adoption other secure school
WEIGHTS: Final = np.array(
    [
        [0.17, 0.46, 0.24, 0.00, 0.00, 0.11, 0.010, 0, 0.010, 0.000, 0.000],
        [0.19, 0.35, 0.38, 0.00, 0.00, 0.02, 0.015, 0, 0.010, 0.000, 0.000],
        [0.13, 0.255, 0.45, 0.08, 0.00, 0.01, 0.010, 0, 0.020, 0.000, 0.001],
        [0.068, 0.155, 0.305, 0.270, 0.00, 0.025, 0.007, 0, 0.068, 0.006, 0.003],
        [0.05, 0.09, 0.11, 0.155, 0.64, 0.03, 0.006, 0, 0.140, 0.030, 0.003],
    ]
)
UASC_WEIGHTS: Final = np.array([0.03, 0.10, 0.22, 0.01, 0.90, 0.0, 0.0, 0, 0.30, 0.0, 0.0])
DISABLED_WEIGHTS: Final = np.array([0.05, 0.20, 0.22, 0.34, 0.0, 0.06, 0.01, 0, 0.0, 0.0, 0.045])

#: Scale in years of the Weibull durations (shape below 1: the longer it has lasted, the longer it will).
DURATION_YEARS: Final = dict(zip(STATES, (2.4, 1.90, 2.30, 1.70, 1.40, 0.50, 1.2, 9.0, 0.70, 0.28, 3.0), strict=True))
DURATION_SHAPE: Final = 0.62
#: Chance that the next placement is of the same kind as the last.
SAME_KIND: Final = 0.42

SHORT, MEDIUM, ADOPTION, LONG = range(4)


@dataclass(frozen=True)
class Histories:
    """Children and their placements; dates are whole days since 1970-01-01.

    Attributes
    ----------
    children : DataFrame
        `birth, entry, exit, kind, uasc, disabled, sex, need`; `exit` may lie after the snapshot.
    spells : DataFrame
        `child` (row of `children`), `order`, `state` (position in `STATES`), `start`, `end`.
    """

    children: pd.DataFrame
    spells: pd.DataFrame


def even_draws(rng: np.random.Generator, count: int) -> Floats:
    """Return draws from 0 to 1 that are evenly spread and in random order: less chance in small counties."""
    return np.asarray((rng.permutation(count) + rng.uniform(size=count)) / max(count, 1))


def pick(draws: Floats, weights: npt.NDArray[np.float64]) -> Ints:
    """Return for each draw the position chosen by `weights` (one row for all, or one row each)."""
    cumulated = np.cumsum(np.atleast_2d(weights), axis=1)
    cumulated /= cumulated[:, -1:]
    chosen = (draws[:, None] >= cumulated).sum(axis=1)
    return np.asarray(np.minimum(chosen, cumulated.shape[1] - 1), np.int64)


def _entries(profile: Profile, rng: np.random.Generator, snapshot: int, year_ends: Ints) -> pd.DataFrame:
    """Return one row per child with the day they enter, spread over each statutory year."""
    days: list[Floats] = []
    first = int(year_ends[0] - YEAR)
    for end, count in zip(year_ends, profile.starts, strict=True):
        start = end - YEAR
        length = min(end, snapshot) - start
        days.append(start + length * even_draws(rng, round(SURPLUS * count * length / YEAR)))
    earlier = round(SURPLUS * profile.earlier_starts * HISTORY_YEARS)
    days.append(first - HISTORY_YEARS * YEAR * even_draws(rng, earlier))
    entry = np.sort(np.concatenate(days)).astype(np.int64)
    return pd.DataFrame({"entry": np.minimum(entry, snapshot)})


def _who(profile: Profile, rng: np.random.Generator, entry: Ints) -> pd.DataFrame:
    """Return birth, sex, need and kind of stay of each child who enters."""
    count = len(entry)
    # Unaccompanied children stay half as long as others, so they are a larger share of entries than of the stock.
    uasc = even_draws(rng, count) < min(0.9, 2.3 * profile.uasc_share)
    band = pick(even_draws(rng, count), np.array(ENTRY_AGE))
    low, high = np.array(BANDS)[band], np.array([*BANDS[1:], 17.9])[band]
    shape = np.where(band == 0, 0.45, 1.0)
    age = low + (high - low) * rng.uniform(size=count) ** (1 / shape)
    older = band == 3
    age[older] = 10 + 6 * rng.beta(1.5, 1.0, older.sum())
    age[uasc] = 14.8 + 3.1 * rng.beta(2.6, 1.5, uasc.sum())
    disabled = ~uasc & (rng.uniform(size=count) < np.where(band >= 2, 0.046, 0.010))
    kind = pick(even_draws(rng, count), np.array(STAY)[band])
    kind[uasc] = LONG
    kind[disabled] = np.where(rng.uniform(size=disabled.sum()) < 0.7, LONG, MEDIUM)
    male = rng.uniform(size=count) < np.where(uasc, 0.96, 0.54)
    needs = np.array(["N1", "N3", "N4", "N5", "N6", "N7", "N8"])
    need = needs[pick(rng.uniform(size=count), np.array([0.685, 0.012, 0.105, 0.152, 0.016, 0.001, 0.024]))]
    alone = np.array(["N8", "N1", "N4"])[pick(rng.uniform(size=count), np.array([0.88, 0.08, 0.04]))]
    need = np.where(uasc, alone, np.where(disabled, "N2", need))
    return pd.DataFrame(
        {
            "birth": entry - (age * YEAR).astype(np.int64),
            "kind": kind,
            "uasc": uasc,
            "disabled": disabled,
            "sex": np.where(male, "M", "F"),
            "need": need,
        }
    )


def birthday(birth: Ints, years: int) -> Ints:
    """Return the day of a birthday (29 February becomes 1 March)."""
    born = birth.astype("datetime64[D]")
    months = born.astype("datetime64[M]")
    day = (born - months).astype(np.int64)
    later = (months + 12 * years).astype("datetime64[M]")
    return np.asarray(later.astype("datetime64[D]").astype(np.int64) + day)


def _stay(rng: np.random.Generator, who: pd.DataFrame, entry: Ints) -> tuple[Ints, Ints]:
    """Return the day each stay ends, and the day its last placement, for adoption, begins (or the end)."""
    count, kind = len(entry), who["kind"].to_numpy()
    years = np.zeros(count)
    years[kind == SHORT] = rng.gamma(0.8, SHORT_YEARS / 0.8, (kind == SHORT).sum())
    years[kind == MEDIUM] = rng.gamma(2.0, MEDIUM_YEARS / 2.0, (kind == MEDIUM).sum())
    adopted = kind == ADOPTION
    before = rng.gamma(3.0, BEFORE_ADOPTION_YEARS / 3.0, count)
    after = rng.gamma(4.0, ADOPTION_YEARS / 4.0, count)
    years[adopted] = (before + after)[adopted]
    leaves = entry + np.maximum((years * YEAR).astype(np.int64), 2)
    adult = birthday(who["birth"].to_numpy(np.int64), 18)
    leaves = np.where(kind == LONG, adult, np.minimum(leaves, adult))
    # One unaccompanied child in eight leaves before eighteen: found to be adult, missing, or with family.
    early = who["uasc"].to_numpy(bool) & (rng.uniform(size=count) < 0.12)
    leaves = np.where(early, entry + ((leaves - entry) * rng.uniform(0.05, 0.7, count)).astype(np.int64), leaves)
    leaves = np.maximum(leaves, entry + 1)
    matched = np.where(adopted, np.minimum(entry + (before * YEAR).astype(np.int64), leaves - 1), leaves)
    return leaves, np.maximum(matched, np.where(adopted, entry, leaves))


def _weights(profile: Profile, who: pd.DataFrame, age: Floats) -> npt.NDArray[np.float64]:
    band = np.searchsorted(np.array(BANDS), np.maximum(age, 0), side="right") - 1
    weights = WEIGHTS[band]
    weights = np.where(who["disabled"].to_numpy(bool)[:, None], DISABLED_WEIGHTS, weights)
    weights = np.where(who["uasc"].to_numpy(bool)[:, None], UASC_WEIGHTS, weights)
    too_young = (age < 16)[:, None] & (np.array(STATES) == "supported")
    weights = np.where(too_young, 0.0, weights)
    return np.asarray(weights * np.array([profile.mix[state] for state in STATES]))


def simulate(profile: Profile, rng: np.random.Generator, snapshot: int, year_ends: Ints) -> Histories:
    """Simulate every child and placement up to the snapshot.

    Parameters
    ----------
    snapshot : int
        Day of the snapshot, since 1970-01-01.
    year_ends : ndarray of int
        Last day of each statutory year returned, oldest first.
    """
    children = _entries(profile, rng, snapshot, year_ends)
    entry = children["entry"].to_numpy(np.int64)
    who = _who(profile, rng, entry)
    leaves, matched = _stay(rng, who, entry)
    unsettled = np.clip(rng.gamma(1.3, 1 / 1.3, len(entry)), 0.15, 4.0)
    scale = np.array([DURATION_YEARS[state] for state in STATES])
    rows, at, last = np.arange(len(entry)), entry.copy(), np.full(len(entry), -1)
    spells = []
    for order in range(MOST_PLACEMENTS):
        going = rows[at[rows] < matched[rows]]
        rows = going
        if not len(rows):
            break
        age = (at[rows] - who["birth"].to_numpy(np.int64)[rows]) / YEAR
        weights = _weights(profile, who.iloc[rows], age)
        state = pick(rng.uniform(size=len(rows)), weights)
        previous = last[rows]
        again = (previous >= 0) & (rng.uniform(size=len(rows)) < SAME_KIND)
        allowed = weights[np.arange(len(rows)), np.maximum(previous, 0)] > 0
        state = np.where(again & allowed, previous, state)
        length = scale[state] * rng.weibull(DURATION_SHAPE, len(rows)) / unsettled[rows]
        # Care proceedings and long-term matching end moves for most children under ten.
        length *= np.where(age < 10, 1.25, 1.0)
        until = at[rows] + np.maximum((length * YEAR).astype(np.int64), 1)
        if order == MOST_PLACEMENTS - 1:
            until = matched[rows]
        # A last placement of under three weeks before leaving is folded into the one before.
        until = np.where(matched[rows] - until < 21, matched[rows], until)
        spells.append(pd.DataFrame({"child": rows, "order": order, "state": state, "start": at[rows], "end": until}))
        at[rows], last[rows] = until, state
    adopted = np.flatnonzero(matched < leaves)
    orders = pd.concat(spells).groupby("child")["order"].max().reindex(adopted).fillna(-1).to_numpy(np.int64) + 1
    spells.append(
        pd.DataFrame(
            {
                "child": adopted,
                "order": orders,
                "state": STATES.index("adoption"),
                "start": matched[adopted],
                "end": leaves[adopted],
            }
        )
    )
    children = children.assign(exit=leaves).join(who)
    every = pd.concat(spells, ignore_index=True).sort_values(["child", "order"], ignore_index=True)
    return _trim(
        profile, rng, Histories(children, every[every["start"] <= snapshot]), snapshot, int(year_ends[0]) - 365
    )


def _trim(profile: Profile, rng: np.random.Generator, full: Histories, snapshot: int, first_day: int) -> Histories:
    """Leave out children until the wanted number is looked after, and histories that ended before the first return."""
    children = full.children
    stock = np.flatnonzero((children["entry"] <= snapshot) & (children["exit"] > snapshot))
    surplus = max(0, len(stock) - profile.looked_after)
    keep = np.ones(len(children), bool)
    keep[rng.choice(stock, surplus, replace=False)] = False
    if len(stock):  # those who left in the same years were made with the same surplus
        left = np.flatnonzero((children["exit"] <= snapshot).to_numpy())
        keep[rng.choice(left, round(len(left) * min(surplus / len(stock), 1 - 1 / SURPLUS)), replace=False)] = False
    keep &= (children["exit"] > first_day).to_numpy()
    number = np.full(len(children), -1)
    number[keep] = np.arange(keep.sum())
    spells = full.spells[keep[full.spells["child"]]]
    return Histories(
        children[keep].reset_index(drop=True),
        spells.assign(child=number[spells["child"]]).reset_index(drop=True),
    )
