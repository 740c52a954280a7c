"""How much provision is there, who uses it, and what could our children have of it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from placements import codes
from placements.analysis.snapshot import stock


def occupied_by_us(placements: pd.DataFrame, on: dt.date) -> pd.Series:
    """Return how many of our children hold a place at each provider on a day, by `provider_id`."""
    now = stock(placements, on)
    counts = now.loc[now["provider_id"].fillna("") != "", "provider_id"].value_counts()
    return counts.rename("occupied_by_us")


def available_to_us(provision: pd.DataFrame) -> pd.Series:
    """Return the places our children have or can expect: those they hold, and our share of the usable vacant ones."""
    return provision["occupied_by_us"].fillna(0) + provision["share_for_us"].fillna(0) * vacant(provision)


def vacant(provision: pd.DataFrame) -> pd.Series:
    """Return usable places that nobody holds; never below 0 (a home can be fuller than was thought usable)."""
    taken = provision["occupied_by_us"].fillna(0) + provision["occupied_by_others"].fillna(0)
    return (provision["usable_places"].fillna(0) - taken).clip(lower=0).rename("vacant_places")


def capacity(provision: pd.DataFrame, by: Sequence[str] = ("service", "provision", "sector")) -> pd.DataFrame:
    """Return open in-county provision and its use, by any columns.

    Returns
    -------
    DataFrame
        Indexed by `by`: `providers`, `registered_places`, `usable_places`, `occupied_by_us`, `occupied_by_others`,
        `vacant_places`, `available_to_us`, `occupancy` (places held / usable places) and `unknown_places` (providers
        whose number of places is not known: left out of the sums).
    """
    local = provision[provision["location"].eq(codes.IN_COUNTY) & provision["is_open"]]
    local = local.assign(
        vacant_places=vacant(local),
        available_to_us=available_to_us(local),
        unknown_places=local["usable_places"].isna().astype(int),
        providers=1,
    )
    sums = [
        "providers",
        "registered_places",
        "usable_places",
        "occupied_by_us",
        "occupied_by_others",
        "vacant_places",
        "available_to_us",
        "unknown_places",
    ]
    table = local.groupby(list(by))[sums].sum()
    table["occupancy"] = (table["occupied_by_us"] + table["occupied_by_others"]) / table["usable_places"].where(
        table["usable_places"] > 0
    )
    return table
