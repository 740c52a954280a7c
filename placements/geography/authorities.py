"""Which authority? Districts and upper-tier authorities of England, by name or code, and custom sets of districts."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import pandas as pd

from placements.errors import UsageError
from placements.geography.reference import reference_table

#: What a district code's first letter says when the place is not in England, as in the SSDA903 field PL_LA.
OUTSIDE_ENGLAND: Final = {"S": "SCO", "W": "WAL", "N": "NIR", "L": "CON", "M": "CON"}
OUTSIDE_ENGLAND_NAMES: Final = {
    "SCO": "Scotland",
    "WAL": "Wales",
    "NIR": "Northern Ireland",
    "CON": "Channel Islands or Isle of Man",
    "NUK": "Outside the United Kingdom",
}


@dataclass(frozen=True)
class Authority:
    """A dated, named set of districts that a study is about.

    Attributes
    ----------
    code : str
        ONS code of the upper-tier authority, or `custom`.
    name : str
    districts : tuple of str
        Lower-tier codes, sorted.
    """

    code: str
    name: str
    districts: tuple[str, ...]

    @property
    def district_names(self) -> dict[str, str]:
        """Return the name of each district by code."""
        return {code: district_names()[code] for code in self.districts}


@cache
def district_names() -> dict[str, str]:
    """Return the name of every English district by code."""
    table = reference_table("districts.csv")
    return dict(zip(table["district_code"], table["district_name"], strict=True))


@cache
def authority_names() -> dict[str, str]:
    """Return the name of every upper-tier authority of England by code, and of places outside England."""
    table = reference_table("authorities.csv")
    return dict(zip(table["authority_code"], table["authority_name"], strict=True)) | OUTSIDE_ENGLAND_NAMES


def all_authorities() -> tuple[Authority, ...]:
    """Return the upper-tier authorities of England, by code."""
    table = reference_table("districts.csv")
    groups = table.groupby("authority_code")["district_code"]
    names = authority_names()
    return tuple(Authority(str(code), names[str(code)], tuple(sorted(group))) for code, group in groups)


def find_authority(text: str, districts: tuple[str, ...] = (), name: str = "") -> Authority:
    """Return the authority of a name or code, or a custom one made of `districts` (names or codes).

    Parameters
    ----------
    text : str
        Such as ``"Surrey"``, ``"surrey county council"`` or ``"E10000030"``. Ignored when `districts` are given.
    districts : tuple of str, optional
        Lower-tier names or codes: a custom set.
    name : str, optional
        What to call a custom set.

    Raises
    ------
    UsageError
        When nothing fits; the nearest names are suggested.
    """
    if districts:
        codes = tuple(sorted({_find(item, district_names(), "district") for item in districts}))
        return Authority("custom", name or text or "Custom area", codes)
    names = {code: label for code, label in authority_names().items() if code.startswith("E")}
    code = _find(text, names, "authority")
    return next(authority for authority in all_authorities() if authority.code == code)


def _plain(text: str) -> str:
    plain = re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("&", "and"))
    plain = re.sub(
        r"\b(the|of|county|city|council|borough|metropolitan|district|unitary|royal|london|upon)\b", " ", plain
    )
    return " ".join(plain.split())


def _find(text: str, names: dict[str, str], what: str) -> str:
    wanted = text.strip()
    if wanted.upper() in names:
        return wanted.upper()
    exact = [code for code, name in names.items() if name.lower() == wanted.lower()]
    plain = {code: _plain(name) for code, name in names.items()}
    loose = exact or [code for code, name in plain.items() if name == _plain(wanted) and name]
    words = set(_plain(wanted).split())
    loose = loose or [code for code, name in plain.items() if words and words <= set(name.split())]
    if len(loose) == 1:
        return loose[0]
    near = [names[code] for code in loose[:3]]
    near = near or difflib.get_close_matches(wanted, list(names.values()), n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(f"{text!r} is not the name or code of one {what} of England.{hint}")


def authority_of(district: pd.Series) -> pd.Series:
    """Return the upper-tier code of each district code; `SCO`, `WAL`, `NIR`, `CON` outside England; NaN if unknown."""
    row, codes = pd.factorize(district)
    upper = _upper_tier()
    found = [upper.get(str(code), OUTSIDE_ENGLAND.get(str(code)[:1])) for code in codes]
    return pd.Series(pd.array(found, dtype="str").take(row, allow_fill=True), index=district.index, name="authority")


def authorities_named(names: pd.Series) -> pd.Series:
    """Return the code of the one upper-tier authority that each name means; missing for names of none or of several."""
    row, distinct = pd.factorize(names)
    found = pd.array([_code_of(str(name)) for name in distinct], dtype="str")
    return pd.Series(found.take(row, allow_fill=True), index=names.index, dtype="str")


@cache
def _code_of(name: str) -> str | None:
    try:
        return find_authority(name).code if name.strip() else None
    except UsageError:
        return None


@cache
def _upper_tier() -> dict[str, str]:
    table = reference_table("districts.csv")
    return dict(zip(table["district_code"], table["authority_code"], strict=True))


@cache
def adjoining_authorities(code: str) -> frozenset[str]:
    """Return the English authorities that share a boundary with `code`: see `placements.geography.adjoining`."""
    table = reference_table("adjoining.csv")
    codes = table.loc[table["authority_code"] == code, "adjoining_code"]
    return frozenset(codes[codes.str.startswith("E")])
