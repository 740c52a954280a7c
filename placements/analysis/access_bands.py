"""How well do children reach local places, said so that no place and no child can be found from it?

Places are public, or may be: an exact number of places a child gives the number of children away, and miles from
several areas meet at the door. So places per child are in bands; homes, carers and kinds of school with a confidential
site are told for the whole authority only and without miles; schools, which are public, by area and with theirs. Of
fewer than 10 children nothing is said. Nothing here is finer under any profile: `placements analyse --profile internal`
has the exact figures under access.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.analysis.gap import WANTED, need
from placements.analysis.inputs import Inputs
from placements.analysis.local_access import KNOWN, NONE_IN_REACH, local_access

ALL_AREAS: Final = "all"
FEW: Final = "fewer than 10 children"
NOT_KNOWN: Final = "not known"
SMALLEST_BASE: Final = 10
#: What access can be broken down by beside service and kind of place, and the column it stands for.
BREAKDOWNS: Final = {"area": "area", "need": "need_group"}
COLUMNS: Final = (
    *("service", "provision", "places_per_child", "nearest_vacancy"),
    *("numerator", "denominator", "excluded", "share", "low", "high", "sites_not_known"),
)
_BAND_ENDS: Final = np.array([0.5, 1.0, 2.0])
_BANDS: Final = np.array(["under 0.5", "0.5 to 1", "1 to 2", "2 or more"], dtype=object)


def access_bands(inputs: Inputs, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return access to local places in words and shares.

    Parameters
    ----------
    inputs : Inputs
    by : sequence of str
        Of `BREAKDOWNS`.

    Returns
    -------
    DataFrame
        The columns of `by` (area `all` where an area may not be told), then `COLUMNS`: `provision` is a key of
        `gap.WANTED_LABEL`; `places_per_child` a band; `nearest_vacancy` miles to one decimal, or whether it is within
        the limit, at which half of the children have one; `numerator` of `denominator` children have a suitable place
        within the limit of home, of `excluded` it is not known; `sites_not_known` has the sites that are in no figure.
    """
    children = need(inputs.placements, inputs.provision, inputs.on, inputs.thresholds)
    limit = inputs.thresholds.far_miles
    hidden = confidential_kinds(inputs.provision)
    may_be_located = children["service"].eq(codes.EDUCATION) & ~children["wanted"].isin(hidden)
    parts = []
    for located in (True, False):
        keys = [BREAKDOWNS[name] for name in by if located or name != "area"]
        table = local_access(children[may_be_located.eq(located)], inputs.provision, inputs.areas, limit, by=keys)
        table = table.reset_index().rename(columns={"wanted": "provision", "need_group": "need"})
        if "area" in by and not located:
            table["area"] = ALL_AREAS
        parts.append(_in_words(table, limit, miles=located))
    return pd.concat(parts).sort_values(["service", "provision", *by], ignore_index=True)[[*by, *COLUMNS]]


def confidential_kinds(provision: pd.DataFrame) -> set[str]:
    """Return the kinds of school place of which some site is confidential."""
    secret = provision.loc[provision["confidential"] & provision["service"].eq(codes.EDUCATION), "provision"]
    return {WANTED[kind] for kind in secret if kind in WANTED}


def band_of(places_per_child: pd.Series) -> npt.NDArray[np.object_]:
    """Return the bands of numbers of places for each child: 0 where a number is not known."""
    return _BANDS[np.searchsorted(_BAND_ENDS, places_per_child.fillna(0), side="right")]


def _in_words(table: pd.DataFrame, limit: float, *, miles: bool) -> pd.DataFrame:
    few = table["children"].astype(float) < SMALLEST_BASE
    ratio = table["places_per_child"].astype(float)
    band = pd.Series(band_of(ratio), index=table.index)
    distance = table["nearest_vacancy"].astype(float).map("{:.1f}".format) if miles else f"within {limit:g}"
    vacancy = np.select(
        [few, table["vacancy"].eq(KNOWN), table["vacancy"].eq(NONE_IN_REACH)],
        [FEW, distance, f"none within {limit:g}"],
        NOT_KNOWN,
    )
    return table.assign(
        places_per_child=band.mask(ratio.isna(), NOT_KNOWN).mask(few, FEW).astype("str"),
        nearest_vacancy=pd.Series(vacancy, index=table.index).astype("str"),
        sites_not_known=table["sites_unknown"],
    )
