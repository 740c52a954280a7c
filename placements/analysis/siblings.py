"""Do siblings in care live together? By the register of siblings and the place of each child on the day.

Two children are placed together when they are in the same household or home (its number) or, where that is not known
of both, at the same postcode. A postcode takes in some fifteen addresses, so it may call neighbours together; the
number of an agency is no place.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements.analysis.inputs import Inputs
from placements.analysis.snapshot import looked_after
from placements.geography.postcodes import clean_postcodes

#: Provision whose number (URN) is that of a building where children live; of fostering only a household's is.
_BUILDINGS: Final = ("childrens_home", "secure", "residential_school", "supported_accommodation")


def with_siblings(inputs: Inputs) -> pd.DataFrame:
    """Return the children looked after on the day who have a sibling, by the register, looked after that day too."""
    now = looked_after(inputs.placements, inputs.on)
    group = now["child_id"].map(inputs.siblings.set_index("child_id")["sibling_group"])
    now = now.assign(sibling_group=group)[group.notna()]
    return now[now.groupby("sibling_group")["child_id"].transform("size") > 1]


def all_together(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each child lives with all siblings looked after: False with one known to be elsewhere.

    Else not known, if it is not known of one of them.
    """
    siblings, together, apart = _counts(rows)
    return together.eq(siblings).astype("boolean").mask(together.ne(siblings) & apart.eq(0))


def any_together(rows: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return whether each child lives with at least one sibling looked after: False if all are known to be elsewhere.

    Else not known, if it is known of none that they live together.
    """
    siblings, together, apart = _counts(rows)
    return together.gt(0).astype("boolean").mask(together.eq(0) & apart.ne(siblings))


def _counts(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return how many siblings each child has, with how many it is known to live, and from how many it lives apart."""
    provider = rows["provider_id"].fillna("")
    is_place = rows["provision"].isin(_BUILDINGS) | provider.str.startswith("household:")
    side = pd.DataFrame(
        {
            "row": np.arange(len(rows)),
            "group": rows["sibling_group"].to_numpy(),
            "place": provider.where(is_place, "").to_numpy(),
            "postcode": clean_postcodes(rows["placement_postcode"]).to_numpy(),
        }
    )
    pairs = side.merge(side, on="group", suffixes=("", "_other"))
    pairs = pairs[pairs["row"] != pairs["row_other"]]
    by_place = pairs["place"].ne("") & pairs["place_other"].ne("")
    known = by_place | (pairs["postcode"].ne("") & pairs["postcode_other"].ne(""))
    same = pairs["place"].eq(pairs["place_other"]).where(by_place, pairs["postcode"].eq(pairs["postcode_other"]))
    of_row = pd.DataFrame({"siblings": 1, "together": known & same, "apart": known & ~same}).groupby(pairs["row"]).sum()
    of_row = of_row.reindex(range(len(rows)), fill_value=0).set_axis(rows.index).astype(int)
    return of_row["siblings"], of_row["together"], of_row["apart"]
