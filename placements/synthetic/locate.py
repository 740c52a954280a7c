"""Give every spell in care an address, a provider and the codes that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic.care_places import Places, assign, median_miles_inside, wanted_miles
from placements.synthetic.people import Histories, even_draws, pick
from placements.synthetic.rates import Profile
from placements.synthetic.shares import STATES
from placements.synthetic.terrain import Bools, Floats, Ints, Terrain

Texts = npt.NDArray[np.object_]

#: Median miles beyond 20 of far placements, by state (assumed; specialist homes and schools are the farthest).
REACH: Final = dict(zip(STATES, (28.0, 9.0, 15.0, 30.0, 16.0, 25.0, 30.0, 35.0, 25.0, 60.0, 34.0), strict=True))
#: Share of unaccompanied children with no home postcode, and of others (no fixed abode apart): set so that distance is
#: not known for about one child in eight, as published.
NO_HOME_UASC, NO_HOME_OTHER, NO_FIXED_ABODE = 0.65, 0.004, 0.004
#: Share of placements whose own postcode is not recorded, by state; adoptive addresses are withheld.
NO_PLACEMENT_POSTCODE: Final = {"adoption": 0.88, "other": 0.30, "supported": 0.03, "residential": 0.03}
#: Of far placements with relatives or friends, those in Scotland, Wales or Northern Ireland.
ABROAD: Final = 0.07

#: PLACE code and PLACE_PROVIDER by state, with weights. Homes take the provider's sector.
_CODES: Final[dict[str, tuple[tuple[str, str, float], ...]]] = {
    "connected": (("U3", "PR1", 0.62), ("U1", "PR1", 0.34), ("U2", "PR1", 0.04)),
    "in_house": (("U6", "PR1", 0.97), ("U5", "PR1", 0.03)),
    "agency": (("U6", "PR4", 0.80), ("U6", "PR5", 0.10), ("U6", "PR2", 0.09), ("U5", "PR4", 0.01)),
    "home": (("K2", "PR4", 1.0),),
    "supported": (("H5", "PR4", 0.85), ("P2", "PR4", 0.15)),
    "residential": (("R3", "PR4", 0.35), ("R1", "PR4", 0.42), ("R2", "PR3", 0.15), ("P3", "PR4", 0.08)),
    "parents": (("P1", "PR0", 1.0),),
    "adoption": (
        ("A5", "PR1", 0.40),
        ("A6", "PR1", 0.28),
        ("A6", "PR5", 0.20),
        ("A3", "PR1", 0.04),
        ("A4", "PR2", 0.08),
    ),
    "other": (("Z1", "", 0.82), ("T1", "", 0.06), ("T2", "", 0.06), ("T4", "PR4", 0.06)),
    "secure": (("K1", "PR2", 0.45), ("R5", "PR3", 0.55)),
    "school": (("S1", "PR4", 0.6), ("S1", "PR5", 0.4)),
}
_SECTOR_CODE: Final = {"Local Authority": "PR1", "Private": "PR4", "Voluntary": "PR5"}
#: Kinds of provider a state is placed in, apart from in-house households.
_KINDS: Final = {"home": ("home", "home_school"), "supported": ("supported",), "school": ("school",)}
#: Outside England, or not a provider Ofsted registers: no number.
RAA: Final = "XXXXXXX"


def locate(
    profile: Profile, terrain: Terrain, histories: Histories, places: Places, rng: np.random.Generator, snapshot: int
) -> Histories:
    """Return histories with addresses.

    Adds to `children`: `home` (position), `home_known`, `no_fixed_abode`. Adds to `spells`: `position`, `known`,
    `place`, `provider`, `urn`, `household`.
    """
    children, spells = histories.children, histories.spells.copy()
    count = len(children)
    uasc = children["uasc"].to_numpy(bool)
    draw = rng.uniform(size=count)
    children = children.assign(
        home=terrain.homes(rng, count),
        home_known=draw >= np.where(uasc, NO_HOME_UASC, NO_HOME_OTHER),
        no_fixed_abode=rng.uniform(size=count) < NO_FIXED_ABODE,
    )
    child = spells["child"].to_numpy(np.int64)
    home = children["home"].to_numpy(np.int64)[child]
    state = np.array(STATES, object)[spells["state"].to_numpy(np.int64)]
    now = spells["end"].to_numpy(np.int64) > snapshot
    inside = _stratified(rng, state, now, profile.outside, invert=True)
    far = _stratified(rng, state, now, profile.far, invert=False)
    reach = np.array([REACH[name] for name in state])
    miles = wanted_miles(rng, inside, far, median_miles_inside(terrain), reach)
    position = terrain.near(rng, home, miles, inside)
    stays = (state == "parents") & inside & (rng.uniform(size=len(state)) < 0.6)
    position[stays] = home[stays]
    abroad = (state == "connected") & ~inside & far & (rng.uniform(size=len(state)) < ABROAD)
    position[abroad] = terrain.abroad[rng.integers(0, max(len(terrain.abroad), 1), abroad.sum())]
    code, sector = _codes(rng, state, spells, children)
    urn, household = np.full(len(state), "", object), np.full(len(state), "", object)
    rows = np.flatnonzero(state == "in_house")
    table = places.households
    start, end = spells["start"].to_numpy(np.int64), spells["end"].to_numpy(np.int64)
    given = assign(
        start[rows],
        end[rows],
        home[rows],
        miles[rows],
        inside[rows],
        table,
        terrain,
        table["approved"].to_numpy(np.int64),
    )
    position[rows] = table["position"].to_numpy(np.int64)[given]
    household[rows] = table["household_id"].to_numpy(object)[given]
    providers = places.providers
    for rows, kinds in _groups(state, code):
        table = providers[providers["kind"].isin(kinds)]
        given = assign(
            start[rows],
            end[rows],
            home[rows],
            miles[rows],
            inside[rows],
            table,
            terrain,
            table["for_us"].to_numpy(np.int64),
        )
        found = given >= 0
        served, given = rows[found], given[found]
        position[served] = table["position"].to_numpy(np.int64)[given]
        urn[served] = table["urn"].to_numpy(object)[given]
        sector[served] = table["sector"].map(_SECTOR_CODE).to_numpy(object)[given]
    sector[code == "K1"] = "PR2"
    fostered = np.isin(state, ("in_house", "connected"))
    urn[fostered] = providers.loc[providers["kind"] == "own_fostering", "urn"].iloc[0]
    agency = np.flatnonzero(state == "agency")
    urn[agency] = _agencies(rng, terrain, providers, position[agency], sector[agency])
    urn[state == "adoption"] = RAA
    urn[abroad] = ""
    hidden = np.array([NO_PLACEMENT_POSTCODE.get(name, 0.002) for name in state])
    known = ~_draw_each(rng, state, now, hidden)
    spells = spells.assign(position=position, known=known, place=code, provider=sector, urn=urn, household=household)
    return Histories(children, spells)


def _stratified(
    rng: np.random.Generator, state: Texts, now: Bools, shares: Mapping[str, float], *, invert: bool
) -> Bools:
    share = np.array([shares[name] for name in state])
    drawn = _draw_each(rng, state, now, share)
    return ~drawn if invert else drawn


def _draw_each(rng: np.random.Generator, state: Texts, now: Bools, share: Floats) -> Bools:
    """Return which spells are drawn at `share`, evenly within each state; today's apart from earlier ones."""
    drawn = np.zeros(len(state), bool)
    for name in STATES:
        for today in (True, False):
            rows = np.flatnonzero((state == name) & (now == today))
            drawn[rows] = even_draws(rng, len(rows)) < share[rows]
    return drawn


def _codes(rng: np.random.Generator, state: Texts, spells: pd.DataFrame, children: pd.DataFrame) -> tuple[Texts, Texts]:
    code, sector = np.full(len(state), "", object), np.full(len(state), "", object)
    for name, options in _CODES.items():
        rows = np.flatnonzero(state == name)
        chosen = pick(even_draws(rng, len(rows)), np.array([option[2] for option in options]))
        code[rows] = np.array([option[0] for option in options], object)[chosen]
        sector[rows] = np.array([option[1] for option in options], object)[chosen]
    age = (spells["start"].to_numpy(np.int64) - children["birth"].to_numpy(np.int64)[spells["child"]]) / 365.25
    # Mother and baby units are for babies; residential employment and the young offender institution for the oldest.
    code[(state == "residential") & (age < 1.5)] = "R3"
    code[(code == "R3") & (age >= 1.5)] = "R1"
    code[(code == "P3") & (age < 16)] = "R1"
    code[(code == "R5") & (age < 15)] = "K1"
    code[(code == "U5") & (age >= 2)] = "U6"
    return code, sector


def _groups(state: Texts, code: Texts) -> list[tuple[Ints, tuple[str, ...]]]:
    """Return which spells are placed with which kinds of provider."""
    groups = [(np.flatnonzero(state == name), kinds) for name, kinds in _KINDS.items()]
    groups.append((np.flatnonzero(code == "R3"), ("family_centre",)))
    groups.append((np.flatnonzero(code == "K1"), ("secure",)))
    return groups


def _agencies(rng: np.random.Generator, terrain: Terrain, providers: pd.DataFrame, carer: Ints, sector: Texts) -> Texts:
    """Return the agency of each carer: of the right sector, nearer offices more often."""
    table = providers[providers["kind"].isin(("agency", "other_fostering"))]
    offices = table["position"].to_numpy(np.int64)
    miles = terrain.miles(carer[:, None], offices[None, :])
    weights = np.exp(-miles / 30.0) + 1e-4
    theirs = table["sector"].map({"Local Authority": "PR2", "Private": "PR4", "Voluntary": "PR5"}).to_numpy(object)
    weights = weights * np.where(sector[:, None] == theirs[None, :], 1.0, 1e-6)
    return np.asarray(table["urn"].to_numpy(object)[pick(rng.uniform(size=len(carer)), weights)])
