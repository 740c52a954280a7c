"""Will the next target be met? How often it is missed over the simulated futures, if today's pattern goes on.

Numbers, and shares that are a matter of kinds of placement alone (in-house foster care, independent special schools),
are read off the forecast. Shares outside, over 20 miles away or distant are worked out in each run from three parts:

- of the children who are in each kind of placement today, as many stay in it as stayed over the same time up to today,
  and they stay where they are;
- the forecast says how many are in each kind then: the others are in placements that begin in between;
- of those, the share that is outside (far, distant) is drawn from what is known of placements that began over the same
  time up to today, of which there may be few: a beta distribution with one child's worth of the kind's share today.

So it knows the chance in who comes and leaves, and nothing of what the authority is about to do. Nothing is said of
indicators that hang on free places (avoidable), nor of where plans are placed: one SEN2 return does not tell how long
settings last.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.movement import months_from, reach_back
from placements.analysis.snapshot import looked_after
from placements.county import County
from placements.forecasting import Forecast
from placements.targets.progress import Line, Milestone

Floats = npt.NDArray[np.float64]

_STATES: Final = tuple(codes.PROVISION)
_CARE: Final = tuple(codes.CARE_PROVISION)
_PLANS: Final = tuple(codes.EDUCATION_PROVISION)
#: By indicator, the kinds counted and those that the share is of; a number is of the kinds counted.
_MIX: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "looked_after": (_CARE, ()),
        "ehc_plans": (_PLANS, ()),
        "in_house_foster_share": (("in_house_foster",), ("in_house_foster", "agency_foster")),
        "plans_independent_special": (("independent_special",), _PLANS),
    }
)


def _outside(stock: pd.DataFrame) -> pd.Series:
    return stock["location"].map({codes.OUT_OF_COUNTY: 1.0, codes.IN_COUNTY: 0.0})


def _as_number(column: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda stock: stock[column].astype("Float64").astype(float)


#: By indicator, the kinds it is of, and 1, 0 or NaN (not known) for each child.
_WHERE: Final[Mapping[str, tuple[tuple[str, ...], Callable[[pd.DataFrame], pd.Series]]]] = MappingProxyType(
    {
        "care_out_of_county": (_CARE, _outside),
        "homes_out_of_county": (("childrens_home",), _outside),
        "care_over_20_miles": (_CARE, _as_number("over_20_miles")),
        "care_distant": (_CARE, _as_number("distant")),
    }
)


@dataclass(frozen=True)
class Warned:
    """How likely a milestone is to be missed.

    Attributes
    ----------
    milestone : Milestone
    missed : float
        Share of the runs that miss it, between 0 and 1.
    low, middle, high : float
        What 8 in 10 runs lie between, and the middle one.
    """

    milestone: Milestone
    missed: float
    low: float
    middle: float
    high: float


def warning(county: County, future: Forecast, line: Line, milestone: Milestone) -> Warned | None:
    """Return how likely a milestone is to be missed; None where the forecast cannot tell.

    Parameters
    ----------
    county : County
    future : Forecast
        From the county's snapshot day.
    line : Line
    milestone : Milestone
        Due within the forecast.
    """
    month = months_ahead(county.snapshot, milestone.due)
    if not 0 < month <= len(future.months):
        return None
    values = _futures(county, future, line.indicator, month)
    if values is None or not np.isfinite(values).any():
        return None
    values = values[np.isfinite(values)]
    missed = float(
        np.mean(
            [line.misses(round(value, 2) if line.now.denominator else value, milestone) for value in values.tolist()]
        )
    )
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9)).tolist()
    return Warned(milestone, missed, low, middle, high)


def months_ahead(on: dt.date, due: dt.date) -> int:
    """Return how many months of the forecast have passed by a day."""
    return next((month for month in range(1, 12 * 30) if months_from(on, month) >= due), 0) if due > on else 0


def _futures(county: County, future: Forecast, name: str, month: int) -> Floats | None:
    held = np.asarray(future.held[:, month - 1], np.float64)
    if name in _MIX:
        part, whole = (held[:, [_STATES.index(kind) for kind in kinds]].sum(axis=1) for kinds in _MIX[name])
        return part if not _MIX[name][1] else _ratio(part, whole)
    if name not in _WHERE or not reach_back(county.placements, months_from(county.snapshot, -month)):
        return None
    kinds, known = _WHERE[name]
    return _share_of_places(county, held, kinds, known, month, np.random.default_rng([future.seed, month]))


def _share_of_places(
    county: County,
    held: Floats,
    kinds: tuple[str, ...],
    known: Callable[[pd.DataFrame], pd.Series],
    month: int,
    rng: np.random.Generator,
) -> Floats:
    """Return the share of those whose place is known, run by run."""
    before = months_from(county.snapshot, -month)
    now, then = looked_after(county.placements, county.snapshot), looked_after(county.placements, before)
    now = now.assign(flag=known(now), stayed=now["start"] <= pd.Timestamp(before))
    still = set(now["placement_id"])
    counted, everyone = np.zeros(len(held)), np.zeros(len(held))
    for kind in kinds:
        mine = now[now["provision"].eq(kind) & now["flag"].notna()]
        earlier = then[then["provision"].eq(kind)]
        begun = mine[~mine["stayed"]]
        share = float(mine["flag"].mean()) if len(mine) else 0.5
        stays = (1 + earlier["placement_id"].isin(still).sum()) / (2 + len(earlier))
        whole = np.rint(held[:, _STATES.index(kind)]).astype(np.int64)
        kept = np.minimum(rng.binomial(len(mine), stays, len(held)), whole)
        flagged = int(mine["flag"].sum())
        kept_flagged = rng.hypergeometric(flagged, len(mine) - flagged, kept) if len(mine) else np.zeros(len(held))
        a, b = share + float(begun["flag"].sum()), (1 - share) + float((1 - begun["flag"]).sum())
        fresh = rng.binomial(whole - kept, rng.beta(max(a, 1e-6), max(b, 1e-6), len(held)))
        counted += kept_flagged + fresh
        everyone += whole
    return _ratio(counted, everyone)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, math.nan), where=whole > 0), np.float64)
