"""From a home to a family: need for homes that becomes need for fostering after a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.county import County
from placements.errors import UsageError
from placements.interventions import StepDown
from placements.optimisation.fewer import beyond, concerns
from placements.optimisation.in_force import InForce

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def stepped_down(county: County, groups: pd.DataFrame, away: Floats, in_force: Sequence[InForce]) -> Floats:
    """Return by how much need changes, by demand group: the sum over all groups is 0.

    Parameters
    ----------
    county : County
    groups : DataFrame
    away : ndarray (samples, year of start, years, groups)
        Child-years avoidably away, after what prevents them or ends them sooner.
    in_force : sequence of InForce

    Returns
    -------
    ndarray (groups, years, samples or 1)
    """
    years = away.shape[2]
    out, left = np.zeros((len(groups), years, 1)), away
    for one in in_force:
        if not isinstance(one.entry, StepDown):
            continue
        hit = np.flatnonzero(concerns(one.entry, groups, county.areas))
        level = one.level(years).T[:, None, :, None] * beyond(years, one.entry.after_months / 12)[None, :, :, None]
        moved = np.zeros_like(left)
        moved[..., hit] = one.entry.share * level * left[..., hit]
        left = left - moved
        by_group = np.transpose(moved[..., hit].sum(axis=1), (2, 1, 0))
        change = np.zeros((len(groups), years, by_group.shape[2]))
        np.add.at(change, hit, -by_group)
        np.add.at(change, _families(groups, hit, one.entry), by_group)
        out = out + change
    return out


def _families(groups: pd.DataFrame, homes: Ints, entry: StepDown) -> Ints:
    """Return, for each demand group of homes, that of fostering in its area: of its need and age, or the nearest to it.

    Raises
    ------
    UsageError
        When the forecast has no need for such fostering in an area.
    """
    fostered = groups[groups["provision"].eq(entry.to_provision)]
    by_area = {str(area): own for area, own in fostered.groupby("area", sort=False)}
    found = []
    for home in groups.iloc[homes].to_dict("records"):
        own = by_area.get(str(home["area"]))
        if own is None:
            raise UsageError(
                f"{entry.kind} {entry.name!r}: the forecast has no need for "
                f"{codes.PROVISION[entry.to_provision].lower()} in {home['area']}: nothing to step down to"
            )
        alike = 2 * own["need_group"].eq(home["need_group"]).astype(int) + own["age_band"].eq(home["age_band"])
        found.append(int(own.index[int(alike.to_numpy().argmax())]))
    return np.array(found, np.intp)
