"""Does the commissioning census agree with the children's episodes, the providers and its own sums?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.commissioning import unmatched
from placements.frames import among, look_up
from placements.read.census import authority_key
from placements.validate.columns import blank, told_apart
from placements.validate.evidence import Evidence
from placements.validate.provision import authority_at, authority_codes, implausible_cost
from placements.validate.rule import ERROR, WARNING, Rule

_SHARES: Final = ("social_care_gbp", "education_gbp", "health_gbp")
_TOLERANCE_GBP: Final = 1.0
_FOSTER: Final = ("in_house_foster", "agency_foster")


def _census(e: Evidence) -> pd.DataFrame:
    return e.table("commissioning")


def _without_placement(e: Evidence) -> pd.Series:
    return unmatched(_census(e), e.tables.episodes, e.snapshot.date())


def _came_into_care(e: Evidence) -> pd.Series:
    """Return the day each child came into care, by id, for those whose first episode says that it is the first."""
    first = e.episodes[e.episodes["before_place_code"].isna() & e.episodes["start_reason"].eq("S")]
    return first.set_index(first["child_id"].astype("str"))["start"]


def _shares_differ(e: Evidence) -> pd.Series:
    """Mark rows whose shares, where all that are given make up a sum, are over a pound off the total."""
    rows = _census(e)
    total = rows[list(_SHARES)].sum(axis=1, min_count=1)
    return (total - rows["weekly_cost_gbp"]).abs() > _TOLERANCE_GBP


def _hosted_elsewhere(e: Evidence) -> pd.Series:
    """Return whether placing and host authority are both given and differ, by code where the names are known."""
    rows = _census(e)
    keys = []
    for name in ("placing_authority", "host_authority"):
        text = rows[name].str.strip().str.lower()
        keys.append(authority_codes(e, rows[name]).fillna(text.mask(text.eq(""))))
    return told_apart(keys[0], keys[1])


def _hosted_by_another(e: Evidence) -> pd.Series:
    rows = _census(e)
    postcode = look_up(rows["provider_id"].fillna(""), e.providers["postcode"])
    agency = look_up(rows["provider_id"].fillna(""), e.providers["provision"]).isin([*_FOSTER, "adoption"])
    return ~agency & told_apart(authority_codes(e, rows["host_authority"]), authority_at(e, postcode))


def _other_kind(e: Evidence) -> pd.Series:
    """Mark rows whose kind of provision is not that of the child's episode today; fostering is one kind."""
    rows = _census(e)
    today = e.episodes[e.now].drop_duplicates("child_id", keep="last")
    by_place = today.set_index(today["child_id"].astype("str"))["place_code"]
    place = look_up(rows["child_id"], by_place.astype("str"))
    kind = place.map(codes.PLACE)
    census = rows["provision"].mask(rows["provision"].isin(_FOSTER), "foster")
    care = census.isin(["foster", *codes.CARE_PROVISION]) & census.ne("other_care") & kind.ne("other_care")
    return care & told_apart(kind, census)


def _listed_twice(e: Evidence) -> pd.Series:
    """Mark rows after the first of one authority's child, URN, kind and start; without a URN, carers may be several."""
    rows = _census(e)
    rows = rows.assign(placing=authority_key(rows["placing_authority"]))
    again = rows.duplicated(["placing", "child_id", "provider_id", "provision", "start"], keep="first")
    return again & ~blank(rows["provider_id"])


RULES: Final = (
    Rule(
        "C01",
        WARNING,
        "commissioning",
        "census row of a looked-after child is about no placement in the returns",
        "correct the child's identifier or the start date, or add the episode",
        _without_placement,
        ("episodes",),
    ),
    Rule(
        "C02",
        WARNING,
        "commissioning",
        "weekly cost is nothing, or over £25,000",
        "give the cost of one week",
        lambda e: implausible_cost(_census(e)["weekly_cost_gbp"]),
    ),
    Rule(
        "C03",
        WARNING,
        "commissioning",
        "no weekly cost",
        "give it: an assumed one is used instead",
        lambda e: _census(e)["weekly_cost_gbp"].isna(),
    ),
    Rule(
        "C04",
        WARNING,
        "commissioning",
        "shares of social care, education and health are over £1 off the total",
        "correct the shares or the total",
        _shares_differ,
    ),
    Rule(
        "C05",
        WARNING,
        "commissioning",
        "hosted by another authority with no reason for placing at distance",
        "give the reason: whether the placement was avoidable is inferred otherwise",
        lambda e: _hosted_elsewhere(e) & _census(e)["reason_at_distance"].eq(""),
    ),
    Rule(
        "C06",
        WARNING,
        "commissioning",
        "hosted by another authority, but the reason for placing at distance is said not to apply",
        "give the reason, or correct the host authority",
        lambda e: _hosted_elsewhere(e) & _census(e)["reason_at_distance"].eq("not_applicable"),
    ),
    Rule(
        "C07",
        WARNING,
        "commissioning",
        "host authority is not the one that the provider's postcode lies in",
        "correct the host authority or the URN",
        _hosted_by_another,
        ("provision", "authorities of postcodes", "authority names"),
    ),
    Rule(
        "C08",
        ERROR,
        "commissioning",
        "same child, provider and start on more than one row: the cost is counted twice",
        "keep one of them",
        _listed_twice,
    ),
    Rule(
        "C09",
        WARNING,
        "commissioning",
        "URN is in no provider file",
        "add the provider list that holds it, or correct the URN",
        lambda e: ~blank(_census(e)["provider_id"]) & ~among(_census(e)["provider_id"], e.providers.index),
        ("provision",),
    ),
    Rule(
        "C10",
        WARNING,
        "commissioning",
        "census and return give different kinds of placement for the child today",
        "correct PLACE, or the type of provision in the census",
        _other_kind,
        ("episodes",),
    ),
    Rule(
        "C11",
        WARNING,
        "commissioning",
        "placement starts after the snapshot day",
        "check the start date, or set a later snapshot in study.toml",
        lambda e: _census(e)["start"] > e.snapshot,
    ),
    Rule(
        "C12",
        WARNING,
        "commissioning",
        "placement in the census started before the child came into care",
        "check the start date and the child's identifier",
        lambda e: _census(e)["start"] < look_up(_census(e)["child_id"], _came_into_care(e)),
        ("episodes",),
    ),
)
