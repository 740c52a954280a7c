"""Fewer placements start, or last less long: what prevention and reunification leave of those that would be.

A forecast holds child-years by year of start and year of use. Starts that are prevented lower a whole year of start; a
child who goes home after d years lowers the use that lies beyond d. How much of a year's use does is worked out as if
placements began evenly over their year and none of those in use in a year ended within it (`beyond`): a little more
than if they ran off meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.county import County
from placements.errors import UsageError
from placements.interventions import Intervention, ReduceEntries, Reunify, StepDown
from placements.optimisation.in_force import InForce, certain

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def starts_kept(county: County, groups: pd.DataFrame, years: int, prevention: Sequence[Intervention]) -> Floats:
    """Return the share of starts that prevention leaves, by year of start and group, (years, groups)."""
    entries = [entry for entry in certain(prevention) if isinstance(entry.entry, ReduceEntries)]
    return np.asarray(kept(county, groups, years, entries)[0, :, 0, :])


def kept(county: County, groups: pd.DataFrame, years: int, in_force: Sequence[InForce]) -> Floats:
    """Return the share of child-years that is left, (samples or 1, years of start, years of use or 1, groups)."""
    out = np.ones((1, years, 1, len(groups)))
    for one in in_force:
        if isinstance(one.entry, ReduceEntries):
            level = one.level(years).T[:, :, None, None]
            out = out * (1 - one.entry.share * level * concerns(one.entry, groups, county.areas))
        elif isinstance(one.entry, Reunify):
            level = one.level(years).T[:, None, :, None] * beyond(years, one.entry.after_months / 12)[None, :, :, None]
            out = out * (1 - one.entry.share * level * concerns(one.entry, groups, county.areas))
    return out


def beyond(years: int, after_years: float) -> Floats:
    """Return the part of the use in each year that lies more than a time after its start, (start, use).

    Starts are even over the year, so a placement of year o is in use for half of it; in a later year t every start has
    lasted between t - o - 1 and t - o + 1 years.
    """
    start, use = np.arange(years)[:, None], np.arange(years)[None, :]
    later = (use - start) - after_years
    on_the_way = np.where(later >= 0, later + (1 - later**2) / 2, (later + 1) ** 2 / 2)
    out = np.clip(np.where(later >= 1, 1.0, np.where(later <= -1, 0.0, on_the_way)), 0.0, 1.0)
    first = max(1.0 - after_years, 0.0) ** 2
    return np.asarray(np.where(use == start, first, np.where(use > start, out, 0.0)))


def concerns(entry: ReduceEntries | Reunify | StepDown, groups: pd.DataFrame, areas: pd.DataFrame) -> Truths:
    """Return which demand groups a change of need concerns: an empty list of names means all.

    Raises
    ------
    UsageError
        When it names an area that is not one of the planning areas (code or name).
    """
    hit = groups["service"].eq(entry.service).to_numpy(bool)
    for column, wanted in (
        ("area", area_ids(entry.name, entry.areas, areas)),
        ("need_group", entry.need_groups),
        ("age_band", entry.age_bands),
        ("provision", entry.provisions),
    ):
        if wanted:
            hit = hit & groups[column].isin(list(wanted)).to_numpy(bool)
    return hit


def area_ids(name: str, wanted: Sequence[str], areas: pd.DataFrame) -> list[str]:
    """Return the planning areas that an intervention names, by code.

    Raises
    ------
    UsageError
        When one of them is no planning area (code or name).
    """
    names = {str(label).lower(): str(area) for area, label in zip(areas["area"], areas["name"], strict=True)}
    ids = [names.get(area.lower(), area) for area in wanted]
    wrong = sorted(set(ids) - set(areas["area"]))
    if wrong:
        raise UsageError(f"{name}: {', '.join(wrong)} is not a planning area; there are {', '.join(areas['name'])}")
    return ids
