"""What must no shareable output of a county show?"""

from __future__ import annotations

import dataclasses
from typing import Final

import pandas as pd

from placements import codes, schemas
from placements.county import County
from placements.disclosure.scanning import Secrets, secrets_of
from placements.geography.postcodes import clean_postcodes

#: Where children live whose names say so; agencies and schools are public by name.
_NAMED: Final = ("childrens_home", "supported_accommodation", "in_house_foster")
_SHORTEST_NAME: Final = 7
_METRES: Final = ["easting", "northing"]


def county_secrets(county: County, more_postcodes: frozenset[str] = frozenset()) -> Secrets:
    """Return what no shareable output of this county may show.

    Postcodes of schools are public, and those of candidate sites are the authority's own proposals; not so those of
    contracts, which name a home that there is.

    Parameters
    ----------
    more_postcodes : frozenset of str
        Other public postcodes (no spaces, upper case).
    """
    provision, options = county.provision, _proposed(county)
    public = provision[~provision["confidential"]]
    allowed = frozenset(clean_postcodes(pd.concat([public["postcode"], options["postcode"]])).dropna()) | more_postcodes
    closed = provision[provision["confidential"]]
    secrets = secrets_of(county.placements, allowed)
    homes = frozenset(clean_postcodes(closed["postcode"]).dropna()) - allowed - {""}
    public_points = _points(public) | _site_points(county)
    return dataclasses.replace(
        secrets,
        postcodes=secrets.postcodes | homes,
        names=_names(closed, [*public["name"].dropna(), *options["name"].dropna()]),
        points=(_points(county.placements, "home_") | _points(county.placements, "placement_") | _points(closed))
        - public_points,
        public_points=public_points,
        reference_days=secrets.reference_days | {county.snapshot.strftime("%m-%d")},
    )


def _names(closed: pd.DataFrame, public: list[str]) -> frozenset[str]:
    """Return names of homes, of two words or more, that are not within a name that is public."""
    known = " | ".join(public).casefold()
    names = closed.loc[closed["provision"].isin(_NAMED), "name"].dropna().astype(str).str.strip()
    long = names[(names.str.len() >= _SHORTEST_NAME) & names.str.contains(r"\w\s+\w")]
    kinds = {title.casefold() for title in codes.PROVISION.values()}
    return frozenset(name for name in long if name.casefold() not in known and name.casefold() not in kinds)


def _points(frame: pd.DataFrame, prefix: str = "") -> frozenset[tuple[int, int]]:
    metres = frame[[prefix + name for name in _METRES]].dropna().round().astype(int)
    return frozenset(metres.itertuples(index=False, name=None))


def _site_points(county: County) -> frozenset[tuple[int, int]]:
    """Return where candidate sites and the middles of planning areas are."""
    points = _points(county.areas)
    options = _proposed(county)
    if county.directory is not None and options["postcode"].notna().any():
        points |= _points(county.directory.lookup(options["postcode"]))
    return points


def _proposed(county: County) -> pd.DataFrame:
    """Return the options whose places are not there yet."""
    return county.options[county.options["kind"].ne(schemas.BLOCK_CONTRACT)]
