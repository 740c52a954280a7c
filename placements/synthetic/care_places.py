"""Where looked-after children live: homes, supported accommodation, agencies, carers' households, near and far.

Counts scale from Surrey's registered provision (own homes 9; private and voluntary 13; two residential special schools
registered as homes). How many homes of others our children use, the size of each and how many of its beds other
authorities hold are assumed: private homes in the county are nearly full of other authorities' children.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from placements.synthetic import names
from placements.synthetic.rates import Profile
from placements.synthetic.terrain import Bools, Floats, Ints, Terrain

#: Provider type and subtype as in Ofsted's list, by kind.
TYPES: Final = {
    "home": ("Childrens Home", "Children's home"),
    "home_school": ("Childrens Home", "Residential special school (registered as a children's home)"),
    "secure": ("Childrens Home", "Secure children's home"),
    "family_centre": ("Residential Family Centre", "Residential family centre"),
    "school": ("Residential Special School", "Residential special school"),
    "agency": ("Independent Fostering Agency", "Independent fostering agency"),
    "own_fostering": ("Local Authority Fostering Agency", "Local authority fostering agency"),
    "other_fostering": ("Local Authority Fostering Agency", "Local authority fostering agency"),
    "supported": ("Supported Accommodation", "Supported accommodation"),
}
_GRADES: Final = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")
#: Ofsted, homes inspected to March 2024.
_GRADE_SHARES: Final = (0.11, 0.72, 0.15, 0.02)


#: The authority's own places in the county are used first: worth this many miles in the choice.
OWN_FIRST_MILES: Final = 15.0


@dataclass(frozen=True)
class Places:
    """Providers and carers' households.

    Attributes
    ----------
    providers : DataFrame
        `urn, kind, sector, name, owner, position, inside, places, for_us, quality, registered, disability, status`;
        `for_us` is how many of its places our children can have at once.
    households : DataFrame
        The authority's own foster carers: `household_id, position, inside, approved, age_low, age_high, sex, needs`.
    """

    providers: pd.DataFrame
    households: pd.DataFrame


def wanted_miles(rng: np.random.Generator, inside: Bools, far: Bools, median_inside: float, reach: Floats) -> Floats:
    """Return a distance from home: short inside; outside, up to 20 miles or beyond by `far`.

    Parameters
    ----------
    median_inside : float
        Median miles of placements inside the authority.
    reach : ndarray of float
        Median miles beyond 20 of those far away.
    """
    count = len(inside)
    near = median_inside * np.exp(0.80 * rng.standard_normal(count))
    close = 3.0 + 16.4 * rng.beta(1.7, 1.3, count)
    beyond = 20.6 + np.minimum(reach * np.exp(0.85 * rng.standard_normal(count)), 230.0)
    return np.asarray(np.where(inside, near, np.where(far, beyond, close)))


def median_miles_inside(terrain: Terrain) -> float:
    """Return the median miles of placements inside: 6.2 in a county as wide as Surrey (1,610 squares of 1 km)."""
    return float(6.2 * (terrain.squares / 1610.0) ** 0.4)


def _block(
    rng: np.random.Generator, terrain: Terrain, kind: str, count: int, inside: bool, far_share: float, reach: float
) -> pd.DataFrame:
    """Return `count` providers of a kind, around the authority as our children's placements are."""
    home = terrain.homes(rng, count)
    far = rng.uniform(size=count) < far_share
    side = np.full(count, inside)
    miles = wanted_miles(rng, side, far, median_miles_inside(terrain), np.full(count, reach))
    return pd.DataFrame({"kind": kind, "position": terrain.near(rng, home, miles, side), "inside": inside})


def make_places(profile: Profile, terrain: Terrain, rng: np.random.Generator) -> Places:
    """Make every provider our children may use, and the authority's own foster households."""
    size = profile.scale

    def about(number: float, least: int) -> int:
        return max(least, round(number * size))

    own_homes = round(9 * size) if size > 0.1 else 0
    blocks = [
        _block(rng, terrain, "home", own_homes, True, 0, 1).assign(sector="Local Authority"),
        _block(rng, terrain, "home", about(16, 0), True, 0, 1).assign(sector="Private"),
        _block(rng, terrain, "home", about(2, 0), True, 0, 1).assign(sector="Voluntary"),
        _block(rng, terrain, "home_school", about(2, 0), True, 0, 1).assign(sector="Voluntary"),
        _block(rng, terrain, "home", about(230, 12), False, profile.far["home"], 28).assign(sector="Private"),
        _block(rng, terrain, "home", about(22, 1), False, profile.far["home"], 28).assign(sector="Voluntary"),
        _block(rng, terrain, "secure", about(4, 2), False, 1.0, 60).assign(sector="Local Authority"),
        _block(rng, terrain, "family_centre", about(2, 0), True, 0, 1).assign(sector="Private"),
        _block(rng, terrain, "family_centre", about(10, 2), False, 0.7, 25).assign(sector="Private"),
        _block(rng, terrain, "school", about(3, 0), True, 0, 1).assign(sector="Voluntary"),
        _block(rng, terrain, "school", about(16, 2), False, 0.8, 30).assign(sector="Private"),
        _block(rng, terrain, "supported", about(2, 0), True, 0, 1).assign(sector="Local Authority"),
        _block(rng, terrain, "supported", about(13, 1), True, 0, 1).assign(sector="Private"),
        _block(rng, terrain, "supported", about(4, 0), True, 0, 1).assign(sector="Voluntary"),
        _block(rng, terrain, "supported", about(62, 6), False, profile.far["supported"], 16).assign(sector="Private"),
        _block(rng, terrain, "supported", about(9, 1), False, profile.far["supported"], 16).assign(sector="Voluntary"),
        _block(rng, terrain, "agency", about(24, 3), False, 0.6, 16).assign(sector="Private"),
        _block(rng, terrain, "agency", about(5, 1), False, 0.5, 14).assign(sector="Voluntary"),
        _block(rng, terrain, "other_fostering", about(6, 1), False, 0.4, 9).assign(sector="Local Authority"),
        _block(rng, terrain, "own_fostering", 1, True, 0, 1).assign(sector="Local Authority"),
    ]
    providers = pd.concat([block for block in blocks if len(block)], ignore_index=True)
    return Places(_describe(rng, providers), _households(profile, terrain, rng))


def _describe(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add size, beds for us, owner, name, quality and dates."""
    count = len(table)
    kind, sector = table["kind"].to_numpy(object), table["sector"].to_numpy(object)
    inside = table["inside"].to_numpy(bool)
    size = rng.choice([2, 3, 4, 5, 6, 8], count, p=[0.13, 0.24, 0.32, 0.15, 0.11, 0.05])
    size = np.where(sector == "Local Authority", rng.choice([3, 4, 5, 6], count, p=[0.25, 0.4, 0.2, 0.15]), size)
    size = np.where(kind == "home_school", rng.integers(18, 34, count), size)
    size = np.where(kind == "school", rng.integers(16, 60, count), size)
    size = np.where(kind == "secure", rng.integers(12, 25, count), size)
    size = np.where(kind == "family_centre", rng.integers(5, 10, count), size)
    size = np.where(kind == "supported", rng.integers(4, 13, count), size)
    size = np.where(np.isin(kind, ("agency", "own_fostering", "other_fostering")), 0, size)
    ours = np.where(inside, rng.choice([0, 1, 2], count, p=[0.35, 0.45, 0.2]), rng.choice([1, 2], count, p=[0.7, 0.3]))
    ours = np.where(
        np.isin(kind, ("home_school", "school", "secure", "family_centre")), rng.integers(1, 4, count), ours
    )
    ours = np.where((kind == "supported") & inside, rng.integers(1, 5, count), ours)
    ours = np.where(sector == "Local Authority", np.where(kind == "secure", ours, size), ours)
    owner = np.array(names.OWNERS, object)[rng.integers(0, len(names.OWNERS), count)]
    owner = np.where(
        sector == "Voluntary", names.CHARITY, np.where(sector == "Local Authority", "Local authority", owner)
    )
    labels = np.empty(count, object)
    for group, suffixes in (
        (("home", "secure", "family_centre"), ("House", "Lodge", "Cottage")),
        (("home_school", "school"), ("School",)),
        (("supported",), ("Court", "Foyer", "Rooms")),
        (("agency", "own_fostering", "other_fostering"), ("Fostering",)),
    ):
        rows = np.isin(kind, group)
        labels[rows] = names.places(int(rows.sum()), suffixes, rng)
    serial = rng.permutation(90_000)[:count]
    urn = np.where(rng.uniform(size=count) < 0.44, "SC9", "29")
    urn = np.array([f"{head}{number:05d}" for head, number in zip(urn, serial, strict=True)], object)
    return table.assign(
        urn=urn,
        name=labels,
        owner=owner,
        places=size.astype(np.int64),
        for_us=np.minimum(ours, size).astype(np.int64),
        quality=np.array(_GRADES, object)[rng.choice(4, count, p=_GRADE_SHARES)],
        registered=rng.integers(12_000, 18_500, count),
        disability=rng.uniform(size=count) < np.where(np.isin(kind, ("home_school", "school")), 1.0, 0.16),
        status=np.where(rng.uniform(size=count) < 0.01, "Suspended", "Active"),
    )


def _households(profile: Profile, terrain: Terrain, rng: np.random.Generator) -> pd.DataFrame:
    """Make the authority's own carers: about 175 in a county of Surrey's size, some over the boundary.

    So many that most approved places are taken or not available, as carers' places are.
    """
    count = max(2, round(175 * profile.scale * min(profile.mix["in_house"], 1.5)))
    inside = rng.uniform(size=count) >= profile.outside["in_house"] * 0.95
    far = rng.uniform(size=count) < profile.far["in_house"]
    miles = wanted_miles(rng, inside, far, median_miles_inside(terrain), np.full(count, 9.0))
    approved = rng.choice([1, 2, 3], count, p=[0.42, 0.38, 0.20])
    span = rng.choice(4, count, p=[0.45, 0.2, 0.2, 0.15])
    return pd.DataFrame(
        {
            "household_id": [f"FH{number:05d}" for number in range(1, count + 1)],
            "position": terrain.near(rng, terrain.homes(rng, count), miles, inside),
            "inside": inside,
            "approved": approved,
            "age_low": np.array([0, 0, 5, 11])[span],
            "age_high": np.array([17, 10, 17, 17])[span],
            "sex": np.array(["any", "M", "F"], object)[rng.choice(3, count, p=[0.86, 0.07, 0.07])],
            "needs": np.array(["", "family", "disabled;family", "family;unaccompanied"], object)[
                rng.choice(4, count, p=[0.70, 0.14, 0.08, 0.08])
            ],
        }
    )


def assign(
    start: Ints, end: Ints, home: Ints, miles: Floats, inside: Bools, table: pd.DataFrame, terrain: Terrain, beds: Ints
) -> Ints:
    """Give each spell a place with a free bed, on the wanted side, as near the wanted distance as can be.

    Spells are taken in order of their start, so counting who is there on that day is enough. When every place of the
    side is full the least full one takes one more (as happens, with an exemption or a variation of registration).

    Returns
    -------
    ndarray of int
        Row of `table` for each spell; -1 where the table has no row at all.
    """
    chosen = np.full(len(start), -1, np.int64)
    if not len(table):
        return chosen
    easting, northing = terrain.easting[table["position"]], terrain.northing[table["position"]]
    sides = table["inside"].to_numpy(bool)
    own = OWN_FIRST_MILES * ((table["sector"] == "Local Authority") & sides if "sector" in table else sides)
    until = np.zeros((len(table), int(beds.max()) + 12), np.int64)
    for spell in np.lexsort((home, start)):
        got = np.hypot(easting - terrain.easting[home[spell]], northing - terrain.northing[home[spell]]) / 1609.3
        misfit = np.abs(got - miles[spell]) - own + 40.0 * ((got > 20) != (miles[spell] > 20))
        misfit += 1_000.0 * (sides != inside[spell])
        there = (until > start[spell]).sum(axis=1)
        misfit += np.where(there >= beds, 400.0 + 50.0 * (there - beds), 0.0)
        place = int(misfit.argmin())
        slot = int(until[place].argmin())
        until[place, slot] = end[spell]
        chosen[spell] = place
    return chosen
