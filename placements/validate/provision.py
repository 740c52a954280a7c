"""Do the lists of providers agree with one another, with the map, and with the children placed there?"""

from __future__ import annotations

from typing import Final

import pandas as pd

from placements import codes
from placements.frames import among, look_up
from placements.validate.care_places import NOT_A_POSTCODE
from placements.validate.columns import blank, told_apart
from placements.validate.evidence import Evidence
from placements.validate.rule import ERROR, WARNING, Rule

#: Above this a weekly cost is more likely a monthly or yearly one.
PLAUSIBLE_WEEKLY_GBP: Final = 25_000.0
_WITH_PLACES: Final = ("childrens_home", "supported_accommodation")
_AGENCIES: Final = ("in_house_foster", "agency_foster", "adoption")
_SPECIAL: Final = ("state_special", "independent_special", "specialist_base")
#: Schools may take a few more than they were built for; over a fifth more is more likely a slip.
_FULL: Final = 1.2


def implausible_cost(weekly: pd.Series) -> pd.Series:
    """Return whether a weekly cost (pounds) is given and cannot be right."""
    return (weekly <= 0) | (weekly > PLAUSIBLE_WEEKLY_GBP)


def authority_codes(e: Evidence, names: pd.Series) -> pd.Series:
    """Return the upper-tier code of each authority's name; missing where the name is none or nobody looked it up."""
    known = e.authority_code if e.authority_code is not None else pd.Series(dtype="str")
    return look_up(names.fillna(""), known.astype("str"))


def authority_at(e: Evidence, postcodes: pd.Series) -> pd.Series:
    """Return the upper-tier code of each postcode, missing where it is not known."""
    known = e.postcode_authority if e.postcode_authority is not None else pd.Series(dtype="str")
    return look_up(postcodes.fillna(""), known.astype("str"))


def _bad_postcode(e: Evidence) -> pd.Series:
    rows = e.table("provision")
    known = e.postcode_status if e.postcode_status is not None else pd.Series(dtype="str")
    status = look_up(rows["postcode"].fillna(""), known)
    return rows["is_open"] & status.isin(["not_found", *NOT_A_POSTCODE])


def _elsewhere(e: Evidence) -> pd.Series:
    rows = e.table("provision")
    stated, found = authority_codes(e, rows["authority_name"]), authority_at(e, rows["postcode"])
    return rows["is_open"] & told_apart(stated, found)


def _ours(e: Evidence, provider_id: pd.Series) -> pd.Series:
    known = e.occupied_by_us if e.occupied_by_us is not None else pd.Series(dtype=float)
    return look_up(provider_id, known.astype(float)).fillna(0.0)


def _overfull(e: Evidence) -> pd.Series:
    rows = e.table("provision")
    return ~rows["provision"].isin(_AGENCIES) & (_ours(e, rows["provider_id"]) > rows["registered_places"])


def _overfull_together(e: Evidence) -> pd.Series:
    use = e.table("provider_use")
    ours = _ours(e, use["provider_id"])
    registered = look_up(use["provider_id"], e.providers["registered_places"])
    return (ours <= registered) & (use["occupied_by_others"] + ours > registered)


def _over_registered(e: Evidence) -> pd.Series:
    use = e.table("provider_use")
    return use["usable_places"] > look_up(use["provider_id"], e.providers["registered_places"])


def _listed_twice(e: Evidence) -> pd.Series:
    """Mark open homes of the same name and postcode: one home under two numbers has its places counted twice."""
    rows = e.table("provision")
    home = rows["is_open"] & rows["service"].eq(codes.CARE) & ~blank(rows["name"]) & ~blank(rows["postcode"])
    key = rows["name"].str.lower().str.strip() + "|" + rows["postcode"].str.upper().str.replace(" ", "")
    return home & (key + "|" + rows["provision"]).where(home).duplicated(keep=False)


RULES: Final = (
    Rule(
        "P01",
        WARNING,
        "provision",
        "open home with no number of places",
        "ask for the current provider list",
        lambda e: (
            e.table("provision")["provision"].isin(_WITH_PLACES)
            & e.table("provision")["is_open"]
            & e.table("provision")["registered_places"].isna()
        ),
    ),
    Rule(
        "P02",
        WARNING,
        "provision",
        "provider with no postcode",
        "ask for the confidential list: the published one hides addresses of homes",
        lambda e: blank(e.table("provision")["postcode"]) & e.table("provision")["is_open"],
    ),
    Rule(
        "P03",
        WARNING,
        "provision",
        "provider's postcode is not in the directory, or not a whole postcode",
        "correct the postcode, or ask for the confidential list",
        _bad_postcode,
        ("postcodes",),
    ),
    Rule(
        "P04",
        WARNING,
        "provision",
        "authority that the provider's list states is not the one its postcode lies in",
        "check the postcode: the map and every count go by it",
        _elsewhere,
        ("authorities of postcodes", "authority names"),
    ),
    Rule(
        "P05",
        WARNING,
        "provision",
        "more of our own children placed there than it has places",
        "check URN on the placements, and the number of places",
        _overfull,
        ("our children at each provider",),
    ),
    Rule(
        "P06",
        ERROR,
        "provision",
        "said to be open, but closed before the snapshot day",
        "correct its status or closing date",
        lambda e: e.table("provision")["is_open"] & (e.table("provision")["closed_on"] < e.snapshot),
    ),
    Rule(
        "P07",
        ERROR,
        "provision",
        "closed before it opened",
        "correct its opening or closing date",
        lambda e: e.table("provision")["closed_on"] < e.table("provision")["opened_on"],
    ),
    Rule(
        "P08",
        ERROR,
        "provision",
        "youngest age taken is above the oldest",
        "correct the ages: no child fits",
        lambda e: e.table("provision")["age_low"] > e.table("provision")["age_high"],
    ),
    Rule(
        "P09",
        WARNING,
        "provision",
        "open home registered for no place at all",
        "ask for the current provider list",
        lambda e: (
            e.table("provision")["provision"].isin(_WITH_PLACES)
            & e.table("provision")["is_open"]
            & e.table("provision")["registered_places"].eq(0)
        ),
    ),
    Rule(
        "P10",
        WARNING,
        "provision",
        "two open homes of one kind with the same name and postcode",
        "keep the current URN: places are counted twice",
        _listed_twice,
    ),
    Rule(
        "P11",
        WARNING,
        "provision",
        "special school or base with over a fifth more pupils than places",
        "check the number of places with the school",
        lambda e: (
            e.table("provision")["provision"].isin(_SPECIAL)
            & e.table("provision")["is_open"]
            & (e.table("provision")["on_roll"] > _FULL * e.table("provision")["registered_places"])
        ),
    ),
    Rule(
        "P12",
        ERROR,
        "provider_use",
        "use recorded of a provider that is in no provider file",
        "correct urn, or add the provider list that holds it",
        lambda e: ~among(e.table("provider_use")["provider_id"], e.providers.index),
        ("provision",),
    ),
    Rule(
        "P13",
        WARNING,
        "provider_use",
        "more usable places than registered ones",
        "correct usable_places: at most the registered number can be used",
        _over_registered,
        ("provision",),
    ),
    Rule(
        "P14",
        WARNING,
        "provider_use",
        "children of other authorities and ours together are more than its places",
        "correct occupied_by_others: it is without our own children",
        _overfull_together,
        ("provision", "our children at each provider"),
    ),
    Rule(
        "P15",
        WARNING,
        "provider_use",
        "weekly cost is nothing, or over £25,000",
        "give the cost of one place for one week",
        lambda e: implausible_cost(e.table("provider_use")["weekly_cost_gbp"]),
    ),
)
