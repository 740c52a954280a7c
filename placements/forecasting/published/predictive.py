"""From draws to what is shown: mean, median and bands that hold half, four fifths and nineteen twentieths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from placements.forecasting.result import BANDS

Floats = npt.NDArray[np.float64]

COLUMNS: Final = ("mean", *BANDS)


def summarise(draws: Floats) -> Mapping[str, Floats]:
    """Return `mean` and the quantiles of `BANDS` over the first axis, by name.

    Parameters
    ----------
    draws : ndarray (draws, ...)
        NaN throughout where there is no forecast.
    """
    quantiles = np.quantile(draws, list(BANDS.values()), axis=0)
    return {"mean": np.asarray(draws.mean(axis=0))} | dict(zip(BANDS, quantiles, strict=True))
