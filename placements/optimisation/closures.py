"""Whose places are lost, and who needs another? What a closure takes away, as places and as need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.county import County
from placements.errors import UsageError
from placements.forecasting import PLANNABLE
from placements.interventions import ChangeUseByOthers, CloseProvider
from placements.interventions.options import split_needs
from placements.interventions.suitability import takes_age_band, takes_need
from placements.optimisation.fewer import area_ids
from placements.optimisation.in_force import InForce
from placements.optimisation.places import open_here

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def providers_of(entry: CloseProvider | ChangeUseByOthers, rows: pd.DataFrame, areas: pd.DataFrame) -> Truths:
    """Return which providers it is about: by id, or by kind of place and planning area.

    Raises
    ------
    UsageError
        When there is no such provider in the county.
    """
    hit = np.ones(len(rows), bool)
    for column, wanted in (
        ("provider_id", entry.provider_ids),
        ("provision", entry.provisions),
        ("area", area_ids(entry.name, entry.areas, areas)),
    ):
        if wanted:
            hit &= rows[column].isin(list(wanted)).to_numpy(bool)
    unknown = sorted(set(entry.provider_ids) - set(rows["provider_id"]))
    if unknown or not hit.any():
        which = f"provider {', '.join(unknown)}" if unknown else "such provider"
        raise UsageError(
            f"{entry.kind} {entry.name!r}: there is no open {which} in the county of a kind that local places are "
            f"planned for ({', '.join(PLANNABLE)})"
        )
    return hit


def closed(rows: pd.DataFrame, areas: pd.DataFrame, years: int, in_force: Sequence[InForce]) -> Floats:
    """Return how much of each provider is closed, 0 to 1, as an average over each year, (rows, years, samples or 1)."""
    still_open = np.ones((len(rows), years, 1))
    for one in in_force:
        if isinstance(one.entry, CloseProvider):
            hit = providers_of(one.entry, rows, areas)
            still_open = still_open * (1 - hit[:, None, None] * one.level(years)[None])
    return np.asarray(1 - still_open)


def displaced(
    county: County, groups: pd.DataFrame, local_child_years: Floats, years: int, in_force: Sequence[InForce]
) -> Floats:
    """Return child-years of our children whose place is lost, by demand group, (groups, years, samples or 1).

    Parameters
    ----------
    county : County
    groups : DataFrame
    local_child_years : ndarray (groups,)
        Expected of placements in the county that start: those who lose a place are spread like them.
    years : int
    in_force : sequence of InForce

    Raises
    ------
    UsageError
        When no demand group wants such a place, so that it is not known whose need it would be.
    """
    rows = open_here(county)
    share = closed(rows, county.areas, years, in_force)
    lost = share * rows["occupied_by_us"].fillna(0.0).to_numpy(float)[:, None, None]
    out = np.zeros((len(groups), years, lost.shape[2]))
    for position in np.flatnonzero(lost.any(axis=(1, 2))).tolist():
        out += _whose(groups, local_child_years, rows.iloc[position])[:, None, None] * lost[position]
    return out


def _whose(groups: pd.DataFrame, local_child_years: Floats, row: pd.Series) -> Floats:
    """Return the part of a provider's children in each demand group, (groups,): sum 1."""
    same = groups["provision"].eq(row["provision"]).to_numpy(bool)
    needs, low, high = split_needs(row["needs"]), row["age_low"], row["age_high"]
    low, high = (0.0 if pd.isna(low) else float(low)), (25.0 if pd.isna(high) else float(high))
    kinds = zip(groups["service"], groups["need_group"], groups["age_band"], strict=True)
    suits = np.array(
        [takes_need(needs, need) and takes_age_band(by, band, low, high) for by, need, band in kinds], bool
    )
    for hit in (same & suits, same):
        weight = local_child_years * hit
        if not weight.any():
            weight = hit.astype(float)
        if weight.any():
            return np.asarray(weight / weight.sum())
    raise UsageError(
        f"{codes.PROVISION[row['provision']]} would close, and the forecast has no need for such a place: it is not "
        "known whose need its children's would be"
    )
