"""Which of Ofsted's lists is this table, of which day, and what do its words mean?

Headers change between years, so columns are matched without case by alias. The layouts:

- `PUBLISHED`: provider-level data of "Children's social care in England": names and addresses of homes are `REDACTED`.
- `PROVIDERS`: any confidential list that says what each provider is (sheets `Providers`, `Provider information`,
  `Settings and Inspection Info`, `Current providers`, `Providers closed in YYYY-YY`, or a CSV of the same columns).
- `SUPPORTED`: supported accommodation (sheet `SA Providers`), which has no placement code: all of it is K3.
- `ADDRESSES`: where the providers of another sheet are (sheet `Address Details`).
- `CONDITIONS`: conditions of registration, free text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from placements import codes
from placements.read.rawtable import RawTable, plain
from placements.read.when import day_or_month_in, year_in

PUBLISHED: Final = "published"
PROVIDERS: Final = "providers"
SUPPORTED: Final = "supported accommodation"
ADDRESSES: Final = "addresses"
CONDITIONS: Final = "conditions (not used)"

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "urn": ("URN", "SC URN", "Unique reference number"),
        "type": ("Provider Type", "Provision type"),
        "subtype": ("Provider Subtype", "Provision subtype"),
        "sector": ("Sector", "Owner Type"),
        "name": ("Setting Name", "Provider name", "Name"),
        "authority": ("Local Authority", "Provider Local Authority", "Setting Local Authority"),
        "status": ("Provider Status", "Registration status"),
        "places": ("Max Users", "Number of registered places", "Places", "Capacity", "Maximum fostering places"),
        "quality": (
            "Overall Effectiveness",
            "Latest overall effectiveness grade from last full inspection",
            "Overall experiences and progress of children and young people",
            "Latest full inspection overall experiences and progress of children and young people",
        ),
        "postcode": ("Setting Address Postcode", "Setting postcode", "Provider postcode", "Postcode"),
        "owner": ("Owner Name", "Organisation name", "Organisation which owns the provider"),
        "opened": ("Registration date",),
        "closed": ("Closed Date", "Deregistration date", "Date closed"),
        "place_code": ("Placement code", "Provider Code"),
        "provider_code": ("Placement provider code", "Provider Placement Code"),
        "behaviour": ("Emotional and Behavioural Difficulties",),
        "mental": ("Mental Disorders",),
        "sensory": ("Sensory Impairment",),
        "learning": ("Learning Difficulty", "Learning Difficulties"),
        "physical": ("Physical Disabilities", "Physical Disability"),
    }
)
#: Need flags: `-` means no, where in the other columns it means nothing is there.
FLAGS: Final = ("behaviour", "mental", "sensory", "learning", "physical")
#: What makes a row the header.
KNOWN: Final = tuple(frozenset({plain(name)}) for name in COLUMNS["urn"])

_FAMILIES: Final = (
    # pattern in type and subtype, provision family; the first that matches wins
    ("supported accommodation|supported lodgings", "supported_accommodation"),
    (r"(?<!non.)\bsecure\b", "secure"),
    # Special schools registered as children's homes are K2, not S1, in SSDA903.
    ("children.?s.? home", "childrens_home"),
    ("residential special school", "residential_school"),
    # Boarders at large: their places are none that an authority places children in, and would swamp special schools.
    ("boarding school|further education", "other_care"),
    ("independent fostering", "agency_foster"),
    ("fostering", "in_house_foster"),
    ("adoption", "adoption"),
    ("family centre|holiday scheme", "other_care"),
)
_SECTORS: Final = (
    ("local authority|council|pr1|pr2", "own"),
    ("voluntary|charit|pr5", "voluntary"),
    ("health|public|academy|pr3", "other_public"),
    ("private|individual|company|limited|ltd|partnership|pr4", "private"),
)


def layout_of(table: RawTable) -> str:
    """Return which list a table is, or nothing when it is none."""
    names = table.columns
    if not any(wanted <= names for wanted in KNOWN):
        return ""
    typed = bool(names & {"providertype", "provisiontype"})
    if typed and names & {"weblink", "organisationwhichownstheprovider"}:
        return PUBLISHED
    label = (table.sheet or table.path.stem).lower()
    if "sa" in re.split(r"[^a-z]+", label) or "supported accommodation" in label:
        return SUPPORTED
    if typed:
        return PROVIDERS
    if "providerlocalauthority" in names and not names & {"placementcode", "providercode"}:
        return SUPPORTED
    if "conditions" in names or "condition" in label:
        return CONDITIONS
    return ADDRESSES if names & {plain(name) for name in COLUMNS["postcode"]} else ""


def day_of(title: str, name: str, sheet: str = "") -> pd.Timestamp | None:
    """Return the day a list was true, from what stands above its header, its file name, then its sheet.

    `31 March 2024`, `2024-03-31` and `31.03.2024` are days; `March 2023` is that month's last day; `2022-23` and `2024`
    are 31 March, when Ofsted's year ends. What follows "as at" counts first. A mere year above the header yields to
    any date in the file name.

    Returns
    -------
    Timestamp or None
        None when nothing says when.
    """
    tries = [(title, True), (name, True), (name, False), (title, False), (sheet, True), (sheet, False)]
    for text, exact in tries:
        for part in _parts(text):
            day = day_or_month_in(part) if exact else _year_end(part)
            if day is not None:
                return day
    return None


def _parts(text: str) -> Iterable[str]:
    tidy = re.sub(r"[_\s]+", " ", text.lower())
    after = re.split(r"\bas (?:at|of)\b", tidy)[1:]
    return [*after, tidy]


def _year_end(text: str) -> pd.Timestamp | None:
    year = year_in(text)
    return None if year is None else pd.Timestamp(year, 3, 31)


def families(rows: pd.DataFrame) -> pd.Series:
    """Return the provision family of each provider, from its type and subtype, else its placement code.

    Parameters
    ----------
    rows : DataFrame
        `type`, `subtype`, `place_code`, `sector`, `provider_code` (text) and `supported` (bool: on a list of supported
        accommodation).
    """
    found = _first_match(rows["type"] + " " + rows["subtype"], _FAMILIES, "")
    found = found.mask(found.eq("") & rows["supported"].astype(bool), "supported_accommodation")
    code = rows["place_code"].str.upper().str.extract(r"\b([A-Z]\d{1,2})\b", expand=False).fillna("")
    foster = pd.Series("agency_foster", index=rows.index, dtype="str").mask(sectors(rows).eq("own"), "in_house_foster")
    by_code = code.map(codes.PLACE).fillna("other_care").astype("str")
    by_code = by_code.mask(by_code.eq("foster"), foster)
    return found.mask(found.eq(""), by_code).astype("str").rename("provision")


def sectors(rows: pd.DataFrame) -> pd.Series:
    """Return the sector of each provider; where none is stated, by its placement provider code, else unknown."""
    stated = _first_match(rows["sector"], _SECTORS, codes.UNKNOWN)
    by_code = _first_match(rows["provider_code"], _SECTORS, codes.UNKNOWN)
    return stated.mask(stated.eq(codes.UNKNOWN), by_code).astype("str").rename("sector")


def _first_match(text: pd.Series, patterns: tuple[tuple[str, str], ...], default: str) -> pd.Series:
    lower = text.str.lower()
    found = np.select(
        [lower.str.contains(pattern, regex=True).to_numpy(bool) for pattern, _ in patterns],
        [family for _, family in patterns],
        default,
    )
    return pd.Series(found, index=text.index, dtype="str")
