"""Who comes in one replication? The placements of a demand sample, of which chance makes some avoidably away.

A sample is one run of the forecast, told again placement by placement (`forecasting.stays`). Each placement that starts
in it would be avoidably away with the share of its group (after prevention), drawn anew in every replication; so is
what suits the child (the nested shares of `suitability`, and the sex, where it matters). The expected child-years by
group and year are then the plan's need in that sample, exactly, and lengths of stay are the forecast's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placements.county import County
from placements.errors import UsageError
from placements.forecasting import Forecast
from placements.forecasting.stays import Stays, in_order, stays_of, years_in_use
from placements.optimisation.beds import Beds
from placements.optimisation.child_by_child import Children
from placements.optimisation.fewer import starts_kept
from placements.optimisation.plan import Plan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Futures:
    """Placements of the demand samples, with the chance of each to be one that a plan could keep local.

    Attributes
    ----------
    stays : Stays
        Sorted by sample; groups are rows of `Forecast.groups`.
    chance : ndarray (n,)
    samples : int
    """

    stays: Stays
    chance: Floats
    samples: int

    def expected(self, groups: int, years: int) -> Floats:
        """Return expected child-years by group, year and sample: the plan's need."""
        out = np.zeros((groups, years, self.samples))
        for year, used in enumerate(years_in_use(self.stays.begin, self.stays.end, years)):
            np.add.at(out[:, year], (self.stays.group, self.stays.sample), used * self.chance)
        return out

    def draw(self, sample: int, beds: Beds, rng: np.random.Generator) -> tuple[Children, Ints]:
        """Return the children of one replication of a sample, and the demand group of each."""
        low, high = np.searchsorted(self.stays.sample, [sample, sample + 1])
        rows = low + np.flatnonzero(rng.random(high - low) < self.chance[low:high])
        group, begin = self.stays.group[rows], self.stays.begin[rows]
        part = beds.parts.draw(group, rng)
        kind = beds.atoms.parts["atom"].to_numpy(np.intp)[part]
        first = beds.preferred.draw(part * beds.years + begin.astype(np.intp), rng)
        return Children(begin, self.stays.end[rows], kind, first), group


def futures_of(county: County, forecast: Forecast, plan: Plan, stays: Stays | None = None) -> Futures:
    """Return the futures that a plan was made for.

    Parameters
    ----------
    county : County
    forecast : Forecast
    plan : Plan
    stays : Stays, optional
        Placements to take instead of those of the forecast's runs; their groups are rows of `forecast.groups`.

    Raises
    ------
    UsageError
        When the forecast cannot be told again from the county, or the stays given do not lie in its years.
    """
    if stays is None:
        stays = stays_of(county, forecast, plan.runs)
    else:
        _refuse_impossible(stays, forecast, len(plan.runs))
        stays = in_order([stays])
    kept = starts_kept(county, forecast.groups, forecast.years, plan.interventions)
    share = forecast.away["share"].to_numpy(float)
    chance = share[stays.group] * kept[stays.begin.astype(np.intp), stays.group]
    return Futures(stays, chance, len(plan.runs))


def _refuse_impossible(stays: Stays, forecast: Forecast, samples: int) -> None:
    in_time = (stays.begin >= 0) & (stays.begin < forecast.years) & (stays.end >= stays.begin)
    known = (stays.sample >= 0) & (stays.sample < samples) & (stays.group >= 0) & (stays.group < len(forecast.groups))
    if wrong := int((~(in_time & known)).sum()):
        raise UsageError(
            f"{wrong} of {len(stays)} stays cannot be: each begins in years 0 to {forecast.years} and ends later, is "
            f"of one of the plan's {samples} samples and of one of the forecast's {len(forecast.groups)} groups, from 0"
        )
