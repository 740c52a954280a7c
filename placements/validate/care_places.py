"""Does an episode's place exist, and does the provider named take such a child? Postcodes and URNs."""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements.validate.columns import blank, spread
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: URN of a regional adoption agency.
_NO_URN: Final = "XXXXXXX"
_FOSTER: Final = ("U1", "U2", "U3", "U4", "U5", "U6")
_ADOPTION: Final = ("A3", "A4", "A5", "A6")
#: Placements whose postcode may be withheld, or that are nowhere in particular.
_NO_POSTCODE: Final = (*_ADOPTION, "T0", "T1", "T2", "T3", "T4")
_WITH_URN: Final = ("K1", "K2", "K3", "R3", "S1", *_FOSTER, *_ADOPTION)
#: Placement codes and the kinds of provider that can be meant; a provider of a kind that is not known may be any.
_KINDS: Final = (
    (("K1",), ("secure",)),
    (("K2",), ("childrens_home",)),
    (("K3",), ("supported_accommodation",)),
    (_FOSTER, ("in_house_foster", "agency_foster")),
    (_ADOPTION, ("adoption", "in_house_foster", "agency_foster")),
    (("S1",), ("residential_school", "state_special", "independent_special", "mainstream", "post_16")),
)
NOT_A_POSTCODE: Final = ("malformed", "outward_only")


def _unknown_urn(e: Evidence) -> pd.Series:
    urn = e.episodes["provider_id"]
    return ~(blank(urn) | urn.eq(_NO_URN) | urn.isin(e.providers.index))


def _urn_missing(e: Evidence) -> pd.Series:
    rows = e.episodes
    missing = blank(rows["provider_id"]) & rows["place_code"].isin(_WITH_URN)
    return missing & ~_outside_england(e, "placement_postcode")


def _outside_england(e: Evidence, column: str) -> pd.Series:
    """Return whether a postcode is known to be outside England; False for all when nobody has looked them up."""
    if e.postcode_authority is None:
        return pd.Series(False, index=e.episodes.index)
    outside = e.postcode_authority.notna() & ~e.postcode_authority.str.startswith("E", na=False)
    return spread(e.episodes[column], outside.astype("boolean")).fillna(False).astype(bool)


def _status(e: Evidence, column: str, *wanted: str) -> pd.Series:
    if e.postcode_status is None:
        return pd.Series(False, index=e.episodes.index)
    hit = e.postcode_status.isin(wanted)
    return spread(e.episodes[column], hit.astype("boolean")).fillna(False).astype(bool)


def _other_kind(e: Evidence) -> pd.Series:
    rows = e.episodes
    kind = spread(rows["provider_id"], e.providers["provision"].astype("category"))
    told = kind.notna() & kind.ne("other_care")
    wrong = pd.Series(False, index=rows.index)
    for places, kinds in _KINDS:
        wrong |= rows["place_code"].isin(places) & ~kind.isin(kinds)
    return told & wrong


def _not_our_own(e: Evidence) -> pd.Series:
    theirs = e.provider_of(e.episodes, "sector").isin(["private", "voluntary"])
    return e.episodes["sector"].eq("own") & theirs


def _wrong_age(e: Evidence) -> pd.Series:
    age, rows = e.episodes["age"], e.episodes
    return (age < e.provider_of(rows, "age_low")) | (age > e.provider_of(rows, "age_high"))


def _wrong_sex(e: Evidence) -> pd.Series:
    takes = spread(e.episodes["provider_id"], e.providers["sex"].astype("category"))
    sex = e.episodes["sex"]
    return (takes.eq("M") & sex.eq("F")) | (takes.eq("F") & sex.eq("M"))


def _not_where_the_home_is(e: Evidence) -> pd.Series:
    """Mark placements in a home whose own postcode differs; only rows in homes are compared, as text."""
    rows = e.episodes[e.episodes["place_code"].isin(["K1", "K2"])]
    tidy = [
        text.astype("str").str.upper().str.replace(r"[^A-Z0-9]", "", regex=True)
        for text in (rows["placement_postcode"], e.provider_of(rows, "postcode"))
    ]
    differs = tidy[0].ne(tidy[1]) & tidy[0].fillna("").ne("") & tidy[1].fillna("").ne("")
    return differs.reindex(e.episodes.index, fill_value=False)


RULES: Final = (
    Rule(
        "E05",
        WARNING,
        "episodes",
        "home and placement have the same postcode, and the child is not with parents",
        "check HOME_POST: it is the address the child came from",
        lambda e: (
            e.episodes["home_key"].eq(e.episodes["placement_key"])
            & e.episodes["home_key"].ne(0)
            & e.episodes["place_code"].ne("P1")
        ),
    ),
    Rule(
        "E06",
        WARNING,
        "episodes",
        "no placement postcode, and the placement is not one where it may be withheld",
        "fill in PL_POST",
        lambda e: e.episodes["placement_key"].eq(0) & ~e.episodes["place_code"].isin(_NO_POSTCODE),
    ),
    Rule(
        "E07",
        WARNING,
        "episodes",
        "no home postcode, and the child is not unaccompanied",
        "fill in HOME_POST",
        lambda e: e.episodes["home_key"].eq(0) & ~e.episodes["uasc"],
    ),
    Rule(
        "L01",
        WARNING,
        "episodes",
        "placement postcode is not in the directory: in or out of county is not known",
        "correct PL_POST",
        lambda e: _status(e, "placement_postcode", "not_found"),
        ("postcodes",),
    ),
    Rule(
        "L02",
        WARNING,
        "episodes",
        "home postcode is not in the directory: distance is not known",
        "correct HOME_POST",
        lambda e: _status(e, "home_postcode", "not_found"),
        ("postcodes",),
    ),
    Rule(
        "L03",
        WARNING,
        "episodes",
        "placement postcode is not a whole postcode",
        "correct PL_POST",
        lambda e: _status(e, "placement_postcode", *NOT_A_POSTCODE),
        ("postcodes",),
    ),
    Rule(
        "L04",
        WARNING,
        "episodes",
        "home postcode is not a whole postcode",
        "correct HOME_POST",
        lambda e: _status(e, "home_postcode", *NOT_A_POSTCODE),
        ("postcodes",),
    ),
    Rule(
        "L05",
        ERROR,
        "episodes",
        "placed at the postcode for no fixed abode (ZZ99)",
        "correct PL_POST: a looked-after child lives somewhere",
        lambda e: _status(e, "placement_postcode", "no_fixed_abode"),
        ("postcodes",),
    ),
    Rule(
        "L06",
        WARNING,
        "episodes",
        "home is outside England, and the child is not unaccompanied",
        "check HOME_POST: another authority may be responsible",
        lambda e: _outside_england(e, "home_postcode") & ~e.episodes["uasc"],
        ("authorities of postcodes",),
    ),
    Rule(
        "L07",
        WARNING,
        "episodes",
        "placed outside England",
        "check PL_POST; if right, check what the law of that nation and the court order allow",
        lambda e: _outside_england(e, "placement_postcode"),
        ("authorities of postcodes",),
    ),
    Rule(
        "E08",
        WARNING,
        "episodes",
        "URN is in no provider file",
        "add the provider list that holds it, or correct the URN",
        _unknown_urn,
        ("provision",),
    ),
    Rule(
        "U01",
        WARNING,
        "episodes",
        "no URN, and the placement is one that has a registered provider",
        "fill in URN",
        _urn_missing,
    ),
    Rule(
        "U02",
        ERROR,
        "episodes",
        "provider had closed before the placement began",
        "correct URN: a home under a new owner has a new one",
        lambda e: e.provider_of(e.episodes, "closed_on") < e.episodes["start"],
        ("provision",),
    ),
    Rule(
        "U03",
        WARNING,
        "episodes",
        "placement began before the provider opened",
        "correct URN or DECOM, and check that the home was registered",
        lambda e: e.provider_of(e.episodes, "opened_on") > e.episodes["start"],
        ("provision",),
    ),
    Rule(
        "U04",
        WARNING,
        "episodes",
        "child is placed today with a provider that is not open",
        "correct URN, or add the end of the placement",
        lambda e: e.now & e.provider_of(e.episodes, "is_open").eq(False),
        ("provision",),
    ),
    Rule(
        "U05",
        WARNING,
        "episodes",
        "provider is of another kind than the placement",
        "correct PLACE or URN",
        _other_kind,
        ("provision",),
    ),
    Rule(
        "U06",
        WARNING,
        "episodes",
        "own provision (PR1), but the provider list says private or voluntary",
        "correct PLACE_PROVIDER or URN: the in-house share depends on it",
        _not_our_own,
        ("homes",),
    ),
    Rule(
        "U07",
        WARNING,
        "episodes",
        "child's age at the start is outside the provider's ages",
        "check DOB, URN and the registration",
        _wrong_age,
        ("provision",),
    ),
    Rule(
        "U08",
        WARNING,
        "episodes",
        "provider does not take children of this sex",
        "check SEX, URN and the registration",
        _wrong_sex,
        ("provision",),
    ),
    Rule(
        "U09",
        WARNING,
        "episodes",
        "in a home (K1, K2), but the placement postcode is not the home's",
        "correct PL_POST or URN",
        _not_where_the_home_is,
        ("homes",),
    ),
)
