"""What was there, month by month? Mean numbers in placements, counted from the records as the forecast counts them."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.county import County
from placements.forecasting.spells import DAYS_PER_MONTH, PLANNABLE, Spells

Floats = npt.NDArray[np.float64]

#: What children looked after are counted by: all of them, kinds of placement, and for those that local places can
#: serve what the demand groups tell apart.
SEGMENTS = ("all", "provision", "age_band", "need_group")
ALL = "all"


def as_of(county: County, day: dt.date) -> County:
    """Return a county as it was known on an earlier day: what came after, and was projected since, is not there."""
    then = pd.Timestamp(day)
    known = county.placements[~(county.placements["start"] > then)].copy()
    for column in ("end", "plan_end"):
        known[column] = known[column].where(known[column] <= then)
    study = dataclasses.replace(county.settings.study, snapshot=day)
    settings = dataclasses.replace(county.settings, study=study)
    return dataclasses.replace(county, placements=known, settings=settings, population=None)


def care_only(county: County) -> County:
    """Return a county without plans: one SEN2 return tells of no earlier year."""
    return dataclasses.replace(county, placements=county.placements[county.placements["service"].eq(codes.CARE)])


def monthly_means(spells: Spells, origin: pd.Timestamp, first: int, months: int) -> dict[tuple[str, str], Floats]:
    """Return mean numbers in care in each month, by segment.

    Parameters
    ----------
    spells : Spells
        With a window that begins before the months asked for.
    origin : Timestamp
        Month 0 begins the day after.
    first, months : int
        The first month, less than 0 for those before the origin, and how many.

    Returns
    -------
    dict
        By one of `SEGMENTS` and its value: ndarray (months,). Age bands and needs are of children in kinds of placement
        that local places can serve; the age is that at the start of the placement. Areas are not compared: the forecast
        spreads children whose home is not known over them, and the records do not.
    """
    care = spells.history[spells.history["service"].eq(codes.CARE)]
    begin = ((care["start"] - origin).dt.days / DAYS_PER_MONTH).to_numpy(float)[:, None]
    over = ((care["end"].fillna(spells.snapshot) - origin).dt.days / DAYS_PER_MONTH).to_numpy(float)[:, None]
    month = np.arange(first, first + months, dtype=float)[None, :]
    part = np.clip(np.minimum(over, month + 1) - np.maximum(begin, month), 0, None)
    found = {(ALL, ALL): part.sum(axis=0)}
    served = care["provision"].isin(PLANNABLE).to_numpy(bool)
    for segment in SEGMENTS[1:]:
        own = np.ones(len(care), bool) if segment == "provision" else served
        label, names = pd.factorize(care[segment].to_numpy(object)[own])
        sums = np.zeros((len(names), months))
        np.add.at(sums, label, part[own])
        found |= {(segment, str(name)): row for name, row in zip(names, sums, strict=True)}
    return found
