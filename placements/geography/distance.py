"""How far is it? The statutory straight-line formula."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

#: As DfE has it.
KM_PER_MILE: Final = 1.6093
METRES_PER_MILE: Final = 1000.0 * KM_PER_MILE


def miles(
    easting_a: npt.ArrayLike, northing_a: npt.ArrayLike, easting_b: npt.ArrayLike, northing_b: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return straight-line miles between British National Grid points (metres), unrounded.

    Notes
    -----
    DfE's formula for the SSDA903 field PL_DISTANCE: ``sqrt(dE^2 + dN^2) / 1000 / 1.6093``. Missing coordinates give
    NaN, never 0 or the 999.9 sentinel.
    """
    de = np.asarray(easting_a, float) - np.asarray(easting_b, float)
    dn = np.asarray(northing_a, float) - np.asarray(northing_b, float)
    return np.asarray(np.sqrt(de * de + dn * dn) / 1000.0 / KM_PER_MILE)
