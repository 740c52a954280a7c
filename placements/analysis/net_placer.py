"""Are we a net placer? Children whom others place here against ours whom we place in the areas of others.

Both are by where the place is, whoever owns it: children of others in places inside the authority, and our children in
places outside it. Only kinds of place that authorities share are compared: not relatives and friends, parents, or
adopters. What is recorded of others' children is a count for each provider (own registers; for a school with none, the
pupils on its roll who have no plan of ours). At a special school those are children whom others placed; at any other
school they are mostly local pupils without a plan, so there it is not known how many others placed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import pandas as pd

from placements import codes
from placements.analysis.snapshot import looked_after, plans_in_force

#: Kinds of place that authorities share, by service.
SHARED: Final = {
    codes.CARE: (
        "in_house_foster",
        "agency_foster",
        "childrens_home",
        "supported_accommodation",
        "secure",
        "residential_school",
    ),
    codes.EDUCATION: (
        "mainstream",
        "specialist_base",
        "state_special",
        "independent_special",
        "post_16",
        "alternative_provision",
    ),
}
#: Schools at which every pupil was placed by some authority.
_ALL_PLACED: Final = ("state_special", "independent_special")


def net_placer(
    placements: pd.DataFrame, provision: pd.DataFrame, on: dt.date, service: str, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return what is known of the balance between children placed here by others and ours placed elsewhere.

    Parameters
    ----------
    placements, provision : DataFrame
        `schemas.PLACEMENTS`, `schemas.PROVISION` with use on the day `on`.
    on : date
    service : str
        `care` or `education`.
    by : sequence of str
        Nothing, or `provision`.

    Returns
    -------
    DataFrame
        `by`; `providers` (open, inside the authority), `providers_not_known` (those of them for which it is not
        recorded how many children of others they have); `children_of_others` (at the others, missing where there is
        none); `ours_outside`, `ours_not_known` (our children whose placement's authority is not known: in neither
        side); `net` = `children_of_others` - `ours_outside`, missing where the former is. Where `providers_not_known`
        is above 0, `net` is too low by the children of others who are there.
    """
    kinds = list(SHARED[service])
    stock = looked_after if service == codes.CARE else plans_in_force
    ours = stock(placements, on)
    ours = ours[ours["provision"].isin(kinds)]
    here = provision[
        provision["provision"].isin(kinds) & provision["is_open"] & provision["location"].eq(codes.IN_COUNTY)
    ]
    told = here["others_recorded"] & (here["provision"].isin(_ALL_PLACED) | (service == codes.CARE))
    places = pd.DataFrame(
        {
            "provision": here["provision"],
            "providers": 1,
            "providers_not_known": (~told).astype(int),
            "children_of_others": here["occupied_by_others"].where(told),
        }
    )
    children = pd.DataFrame(
        {
            "provision": ours["provision"],
            "ours_outside": ours["location"].eq(codes.OUT_OF_COUNTY).astype(int),
            "ours_not_known": ours["location"].eq(codes.UNKNOWN).astype(int),
        }
    )
    counts = ["providers", "providers_not_known", "ours_outside", "ours_not_known"]
    placed, sent = places.groupby("provision"), children.groupby("provision")
    table = pd.concat(
        [
            placed[["providers", "providers_not_known"]].sum(),
            placed["children_of_others"].sum(min_count=1),
            sent[["ours_outside", "ours_not_known"]].sum(),
        ],
        axis=1,
    ).reindex(kinds)
    table[counts] = table[counts].fillna(0).astype(int)
    if not by:
        known = table["children_of_others"].sum(min_count=1)
        table = table[counts].sum().to_frame().T.assign(children_of_others=known)
    else:
        table = table[table[counts].sum(axis=1) > 0].rename_axis("provision").reset_index()
    table["net"] = table["children_of_others"].astype(float) - table["ours_outside"]
    order = ["providers", "providers_not_known", "children_of_others", "ours_outside", "ours_not_known", "net"]
    return table[[*by, *order]].reset_index(drop=True)
