"""Where does local provision fall short of need?

Need that a local place should meet = children placed in the county + children avoidably outside it, for the kinds of
placement that local places can be made for. The gap is that need less the places our children have or can expect
(`capacity.available_to_us`). A provider that can take several needs and ages is shared out over them in proportion to
the need there is, so that rows always add up to the total.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.analysis.avoidable import JUDGEMENTS, LOCAL_KINDS, classify, serves_need
from placements.analysis.capacity import available_to_us
from placements.analysis.measure import count_by
from placements.analysis.occupancy import use_by_day
from placements.analysis.snapshot import stock
from placements.errors import UsageError
from placements.settings import ThresholdSettings

#: What a table of sufficiency can be broken down by, and the column it stands for.
BREAKDOWNS: Final = {
    "service": "service",
    "need": "need_group",
    "age_band": "age_band",
    "area": "area",
    "provision": "wanted",
}
#: Placements that the same local places can meet are one kind of need.
WANTED: Final = {
    "in_house_foster": "foster",
    "agency_foster": "foster",
    "childrens_home": "childrens_home",
    "supported_accommodation": "supported_accommodation",
    "residential_school": "special_school",
    "state_special": "special_school",
    "independent_special": "special_school",
    "specialist_base": "specialist_base",
}
WANTED_LABEL: Final = {
    "foster": "Foster care",
    "childrens_home": "Children's home",
    "supported_accommodation": "Supported accommodation",
    "special_school": "Special school",
    "specialist_base": "SEN unit or resourced provision",
}


def need(placements: pd.DataFrame, provision: pd.DataFrame, on: dt.date, thresholds: ThresholdSettings) -> pd.DataFrame:
    """Return one row per child whose placement is of a kind that local places can be made for, judged.

    Adds `wanted`, `area` (home area), `judgement`, `reason` and `basis` to the stock.
    """
    now = stock(placements, on)
    now = now[now["provision"].isin(list(LOCAL_KINDS))]
    judged = classify(now, provision, thresholds, use_by_day(placements, provision, on))
    wanted = now["provision"].map(WANTED).astype("str")
    return now.assign(wanted=wanted, area=now["home_area"]).join(judged)


def sufficiency(
    placements: pd.DataFrame,
    provision: pd.DataFrame,
    on: dt.date,
    thresholds: ThresholdSettings,
    by: Sequence[str] = ("service", "need"),
) -> pd.DataFrame:
    """Return need, local places and the gap.

    Parameters
    ----------
    by : sequence of str
        Any of `BREAKDOWNS`: `service`, `need`, `age_band`, `area`, `provision`.

    Returns
    -------
    DataFrame
        Indexed by `by` (group codes): `children`, `in_county`, `appropriate`, `avoidable`, `unknown` (which add up to
        `children`), `need_local` (in county + avoidable), `available_to_us` (places), `gap` (need_local less
        available_to_us; above 0 means short), `out_of_county_share` with its `numerator` and `denominator` (location
        known) and `excluded`.

    Raises
    ------
    UsageError
        When `by` names something else.
    """
    return sufficiency_of(need(placements, provision, on, thresholds), provision, by)


def sufficiency_of(children: pd.DataFrame, provision: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return what `sufficiency` does, of children whose need has been judged (`need`)."""
    wrong = [name for name in by if name not in BREAKDOWNS]
    if wrong or not by or len(set(by)) < len(by):
        asked = ", ".join(wrong or by) or "nothing"
        raise UsageError(f"cannot break down by {asked}; choose, once each, from {', '.join(BREAKDOWNS)}")
    columns = [BREAKDOWNS[name] for name in by]
    counts = count_by(children, columns, "judgement", JUDGEMENTS)
    places = _shared_places(children, provision, columns)
    table = counts.join(places, how="outer").fillna(0)
    table[list(JUDGEMENTS)] = table[list(JUDGEMENTS)].astype(int)
    table.insert(0, "children", table[list(JUDGEMENTS)].sum(axis=1))
    table["need_local"] = table["in_county"] + table["avoidable"]
    table["gap"] = table["need_local"] - table["available_to_us"]
    location = count_by(children, columns, "location", list(codes.LOCATION)).reindex(table.index, fill_value=0)
    table["numerator"] = location[codes.OUT_OF_COUNTY]
    table["denominator"] = location[codes.IN_COUNTY] + location[codes.OUT_OF_COUNTY]
    table["excluded"] = location[codes.UNKNOWN]
    table["out_of_county_share"] = table["numerator"] / table["denominator"].where(table["denominator"] > 0)
    table.index.names = list(by)
    return table


def local_places(
    placements: pd.DataFrame,
    provision: pd.DataFrame,
    on: dt.date,
    thresholds: ThresholdSettings,
    by: Sequence[str],
    kinds: Collection[str] = tuple(LOCAL_KINDS),
) -> pd.Series:
    """Return the places that our children have or can expect, shared out as in `sufficiency`, by any of `BREAKDOWNS`.

    Only places of some kinds of provision, and shared out over the children in these kinds, when `kinds` are given.
    Without a breakdown, one total, indexed by "all".
    """
    places_of = provision[provision["provision"].isin(list(kinds))]
    if not by:
        local = places_of[
            places_of["location"].eq(codes.IN_COUNTY)
            & places_of["is_open"]
            & places_of["provision"].isin(list(LOCAL_KINDS))
        ]
        return pd.Series({"all": float(available_to_us(local).sum())}, name="available_to_us")
    children = need(placements, provision, on, thresholds)
    children = children[children["provision"].isin(list(kinds))]
    places = _shared_places(children, places_of, [BREAKDOWNS[name] for name in by])
    return places.rename_axis(index=list(by))


def _shared_places(children: pd.DataFrame, provision: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Share each local provider's available places over the needs and ages it can take, in proportion to need."""
    local = provision[
        provision["location"].eq(codes.IN_COUNTY)
        & provision["is_open"]
        & provision["provision"].isin(list(LOCAL_KINDS))
    ]
    local = local.assign(
        places=available_to_us(local),
        wanted=local["provision"].map(WANTED).astype("str"),
        row=np.arange(len(local)),
    )
    cells = (
        children.assign(weight=children["judgement"].isin(["in_county", "avoidable"]).astype(float) + 1e-6)
        .groupby(["service", "wanted", "need_group", "age_band"], as_index=False)["weight"]
        .sum()
    )
    pairs = local[["row", "service", "wanted", "area", "places", "age_low", "age_high"]].merge(
        cells, on=["service", "wanted"], how="left"
    )
    serves = {group: serves_need(local, group) for group in codes.NEED_GROUP_LABEL}
    fits_need = np.array(
        [
            serves[str(g)][r] if isinstance(g, str) else True
            for g, r in zip(pairs["need_group"], pairs["row"], strict=True)
        ],
        dtype=bool,
    )
    low, high = _band_bounds(pairs["service"], pairs["age_band"])
    fits_age = ~((high < pairs["age_low"].fillna(0)) | (low > pairs["age_high"].fillna(99)))
    pairs["weight"] = pairs["weight"].where(fits_need & fits_age.to_numpy(bool), 0.0).fillna(0.0)
    total = pairs.groupby("row")["weight"].transform("sum")
    number = pairs.groupby("row")["weight"].transform("size")
    # A provider that fits nobody today still has its places: they are shared out evenly.
    pairs["part"] = np.where(total > 0, pairs["weight"] / total.where(total > 0, 1.0), 1.0 / number)
    pairs["available_to_us"] = pairs["places"] * pairs["part"]
    filled = pairs.fillna({"need_group": codes.NEED_UNKNOWN, "age_band": codes.AGE_UNKNOWN})
    return filled.groupby(columns)["available_to_us"].sum()


def _band_bounds(service: pd.Series, band: pd.Series) -> tuple[pd.Series, pd.Series]:
    lows: dict[tuple[str, str], float] = {}
    highs: dict[tuple[str, str], float] = {}
    for name, bands in codes.AGE_BANDS.items():
        edges = [low for _, low in bands] + [codes.LEAVES_AT_YEARS[name] + 1]
        for position, (label, low) in enumerate(bands):
            lows[name, label], highs[name, label] = low, edges[position + 1] - 1
    keys = list(zip(service, band, strict=True))
    return (
        pd.Series([lows.get(key, 0.0) for key in keys], index=service.index, dtype=float),
        pd.Series([highs.get(key, 99.0) for key in keys], index=service.index, dtype=float),
    )
