"""Who owns the places, how good are they, and who else holds them? Shares of owners, grades, and competition.

Owners are compared by name, without case, stops, or the form of the company. What belongs to the authority is one
owner. A place whose owner is not known is in no share; how many there are is said beside it. Carers' households are no
homes and are left out: their places are in the tables of capacity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.local_match import LOCAL_KINDS
from placements.analysis.occupancy import CARERS
from placements.frames import look_up

#: Registered settings that a company can own; a foster household or an agency's office is none.
HOMES: Final = ("childrens_home", "supported_accommodation", "residential_school", "secure")
#: Ofsted's grades, and how its lists have written them.
GRADES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "outstanding": "Outstanding",
        "good": "Good",
        "requires_improvement": "Requires improvement to be good",
        "inadequate": "Inadequate",
        "not_inspected": "Not yet inspected",
        codes.UNKNOWN: "Not known",
    }
)
_GRADE_WORDS: Final = (
    ("outstanding", "outstanding"),
    ("good", "good"),
    ("requires", "requires_improvement"),
    ("adequate", "requires_improvement"),
    ("satisfactory", "requires_improvement"),
    ("inadequate", "inadequate"),
    ("not yet", "not_inspected"),
    ("no inspection", "not_inspected"),
)
_NUMBERED: Final = MappingProxyType({"1": "outstanding", "2": "good", "3": "requires_improvement", "4": "inadequate"})
_OWN: Final = "(the authority)"


def grade(quality: pd.Series) -> pd.Series:
    """Return each grade's key of `GRADES`, whatever the year's list calls it; `unknown` for none or another word.

    "Adequate" and "satisfactory", the grade between good and inadequate before 2015, count as requires improvement.
    """
    words = quality.fillna("").astype("str").str.strip().str.lower()
    key = words.map(_NUMBERED)
    for start, name in _GRADE_WORDS:
        key = key.fillna(words.str.startswith(start).map({True: name}))
    return key.fillna(codes.UNKNOWN).astype("str").rename("grade")


def grade_of_placement(rows: pd.DataFrame, provision: pd.DataFrame) -> pd.Series:
    """Return the latest grade of the home each child lives in; `unknown` where the home is not known or not graded."""
    graded = grade(provision.set_index("provider_id")["quality"])
    return look_up(rows["provider_id"], graded).fillna(codes.UNKNOWN).astype("str").rename("grade")


def owner_key(provision: pd.DataFrame) -> pd.Series:
    """Return one text for each owner; missing where the owner is not known."""
    name = provision["owner"].fillna("").astype("str").str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True)
    name = name.str.replace(r"\b(limited|ltd|plc|llp|cic)\b", "", regex=True).str.split().str.join(" ")
    # Lists of earlier years call every council "Local authority": which one it is, the place says.
    council = name.eq("local authority")
    name = name.mask(council, "council " + provision["authority"])
    return name.mask(name.eq("")).mask(provision["sector"].eq("own"), _OWN).rename("owner")


def homes(provision: pd.DataFrame) -> pd.DataFrame:
    """Return the open registered homes of care, with `owner_key` and `homes_of_owner` (NaN where it is not known).

    An owner's homes are counted in all of the data, in the county and out: an owner with one home here and many
    elsewhere is not small, as far as the lists of providers that are held can tell.
    """
    rows = provision[provision["is_open"] & provision["provision"].isin(HOMES) & provision["service"].eq(codes.CARE)]
    key = owner_key(rows)
    return rows.assign(owner_key=key, homes_of_owner=key.groupby(key).transform("size").astype(float))


def concentration(amount: pd.Series, owner: pd.Series) -> dict[str, float]:
    """Return how concentrated an amount is among owners.

    Parameters
    ----------
    amount : Series of float
        Places or children by home; 0 or more, a missing one counting as none.
    owner : Series of str
        By the same index; missing where it is not known.

    Returns
    -------
    dict of str to float
        `total`, `owner_known` and `owner_unknown` (of the amount), `owners` (those with any of it), `top_1`, `top_3`
        and `top_5` (the amount of the largest owners), and `hhi`, the Herfindahl-Hirschman index of shares of what is
        known: the sum of squared percentages, near 0 for many small owners and 10,000 for one; NaN of nothing.

    Notes
    -----
    Source: CMA and OFT, *Merger Assessment Guidelines* (CMA129, 2021; OFT1254, 2010, 5.3.5: above 1,000 concentrated,
    above 2,000 highly concentrated); CMA, *Children's social care market study* (2022), which gives shares of the
    largest providers.
    """
    held = amount.fillna(0.0).astype(float)
    sums = held.groupby(owner).sum()
    sums = sums[sums > 0].sort_values(ascending=False, kind="stable")
    known = float(sums.sum())
    return {
        "total": float(held.sum()),
        "owner_known": known,
        "owner_unknown": float(held[owner.isna()].sum()),
        "owners": float(len(sums)),
        **{f"top_{n}": float(sums.head(n).sum()) for n in (1, 3, 5)},
        "hhi": float(((100 * sums / known) ** 2).sum()) if known else np.nan,
    }


def market_of(rows: pd.DataFrame, amount: str) -> dict[str, float]:
    """Return `concentration` of a column of `homes`, with what owners with one home have of it.

    Adds `homes`, `single_home_owners` (owners of one home in all of the data that have any of the amount) and
    `single_home` (the amount of theirs).
    """
    single = rows["homes_of_owner"].eq(1) & rows["owner_key"].ne(_OWN)
    small = rows.loc[single & (rows[amount] > 0), amount]
    return {
        "homes": float(len(rows)),
        **concentration(rows[amount], rows["owner_key"]),
        "single_home_owners": float(len(small)),
        "single_home": float(small.sum()),
    }


def graded_homes(provision: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return open homes by latest grade, every grade in every group of `by`.

    Returns
    -------
    DataFrame
        `by`, `grade`, `homes`, `registered_places` (those known), `occupied_by_us`, `children` (ours in all homes of
        the group) and `children_share`.
    """
    rows = homes(provision)
    keys = list(by) or ["all"]
    rows = rows.assign(grade=grade(rows["quality"]), homes=1.0, all="all")
    sums = rows.groupby([*keys, "grade"])[["homes", "registered_places", "occupied_by_us"]].sum()
    groups = rows[keys].drop_duplicates().sort_values(keys)
    table = groups.merge(pd.DataFrame({"grade": list(GRADES)}), how="cross")
    table = table.merge(sums.reset_index(), how="left", on=[*keys, "grade"])
    numbers = ["homes", "registered_places", "occupied_by_us"]
    table[numbers] = table[numbers].astype(float).fillna(0.0)
    table["children"] = table.groupby(keys)["occupied_by_us"].transform("sum")
    table["children_share"] = table["occupied_by_us"] / table["children"].where(table["children"] > 0)
    return table.drop(columns=["all"], errors="ignore").reset_index(drop=True)


def host_competition(provision: pd.DataFrame, by: Sequence[str] = ("service",)) -> pd.DataFrame:
    """Return who holds the places in use of open provision in the county, of kinds that only placed children use.

    A mainstream school's other pupils are mostly the county's own children, who compete for nothing.

    Returns
    -------
    DataFrame
        `by`, `providers` whose use by others is known, `providers_unknown` whose is not, and of the first
        `occupied_by_us`, `occupied_by_others`, `held` (by anybody) and `others_share`.
    """
    rows = provision[provision["is_open"] & provision["location"].eq(codes.IN_COUNTY)]
    rows = rows[rows["provision"].isin(list(LOCAL_KINDS))]
    rows = rows[~rows["provider_id"].str.startswith(CARERS) & rows["registered_places"].notna()]
    told = rows["others_recorded"] | _ours_alone(rows)
    counted = rows.assign(
        providers=told.astype(float),
        providers_unknown=(~told).astype(float),
        occupied_by_us=rows["occupied_by_us"].fillna(0.0).where(told, 0.0),
        occupied_by_others=rows["occupied_by_others"].fillna(0.0).where(told, 0.0),
    )
    table = counted.groupby(list(by))[["providers", "providers_unknown", "occupied_by_us", "occupied_by_others"]].sum()
    held = table["occupied_by_us"] + table["occupied_by_others"]
    return table.assign(held=held, others_share=table["occupied_by_others"] / held.where(held > 0)).reset_index()


def _ours_alone(rows: pd.DataFrame) -> pd.Series:
    """Return which places are for our children by what they are: the authority's own foster households."""
    return rows["provision"].eq("in_house_foster") & rows["sector"].eq("own")
