"""How do entries follow the number of children? By age band, as a population projection has it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes

Floats = npt.NDArray[np.float64]

#: Months ahead that a growth is worked out for: as many as a forecast may have.
MONTHS = 300


def growth_by_band(people: pd.DataFrame, snapshot: dt.date, service: str) -> Floats:
    """Return how many children there will be for each one now, by age band of a service and month ahead.

    Projections are of the middle of each year; between them children are interpolated, and before the first and after
    the last year their number stays.

    Parameters
    ----------
    people : DataFrame
        `read.projections.Projection.people`.
    snapshot : date
    service : str

    Returns
    -------
    ndarray (bands and one for an unknown age, `MONTHS`)
    """
    edges = [low for _, low in codes.AGE_BANDS[service]]
    tops = [*edges[1:], int(codes.LEAVES_AT_YEARS[service])]
    bands = [people.loc[:, low : top - 1].sum(axis=1) for low, top in zip(edges, tops, strict=True)]
    bands.append(people.loc[:, 0 : tops[-1] - 1].sum(axis=1))
    middle = people.index.to_numpy(float) + 0.5
    now = snapshot.year + (snapshot.timetuple().tm_yday - 1) / 365.25
    ahead = now + (np.arange(MONTHS) + 0.5) / 12
    found = [np.interp(ahead, middle, band) / max(float(np.interp(now, middle, band)), 1e-9) for band in bands]
    return np.array(found)
