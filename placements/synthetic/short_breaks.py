"""Disabled children at home who have short breaks (V4), a weekend at a time: in the returns, not in the stock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from placements.synthetic.care_places import Places
from placements.synthetic.episodes import identify
from placements.synthetic.people import LONG, Histories
from placements.synthetic.rates import Profile
from placements.synthetic.shares import STATES
from placements.synthetic.terrain import Terrain


def add_short_breaks(
    profile: Profile,
    terrain: Terrain,
    places: Places,
    rng: np.random.Generator,
    care: Histories,
    built: pd.DataFrame,
    first_day: int,
    snapshot: int,
) -> tuple[Histories, pd.DataFrame]:
    """Return histories and episodes with short breaks added.

    About 26 children in a county of Surrey's size, four to eight weekends a year each (assumed), in a home of the
    county that takes disabled children, or with one of the authority's own carers.
    """
    count = round(26 * profile.scale)
    if not count:
        return care, built
    born = snapshot - (365.25 * rng.uniform(7, 17, count)).astype(np.int64)
    since = np.maximum(born + 6 * 365, first_day)
    visits = rng.integers(4, 9, count) * np.maximum((snapshot - since) // 365, 1)
    child = np.repeat(np.arange(count), visits)
    start = since[child] + (rng.uniform(size=len(child)) * (snapshot - 3 - since[child])).astype(np.int64)
    stays = pd.DataFrame({"child": child, "start": start}).sort_values(["child", "start"], ignore_index=True)
    apart = stays["start"].diff().where(stays["child"].eq(stays["child"].shift()), 99)
    stays = stays[(apart > 5).to_numpy(bool)].reset_index(drop=True)
    children = pd.DataFrame(
        {
            "birth": born,
            "entry": since,
            "exit": snapshot + 1,
            "kind": LONG,
            "uasc": False,
            "disabled": True,
            "sex": np.where(rng.uniform(size=count) < 0.68, "M", "F"),
            "need": "N2",
            "home": terrain.homes(rng, count),
            "home_known": True,
            "no_fixed_abode": False,
        }
    )
    children = identify(profile, rng, children, first_serial=len(care.children))
    # Ids that begin with 0 are no one else's, and are lost by readers that take them for numbers.
    children = children.assign(child_id=[f"0{number}" for number in children["child_id"]])
    spells = _where(rng, places, children, stays)
    first_child, first_spell = len(care.children), len(care.spells)
    episodes = pd.DataFrame(
        {
            "child": stays["child"] + first_child,
            "spell": np.arange(len(stays)) + first_spell,
            "start": stays["start"],
            "end": stays["start"] + 2,
            "rne": "S",
            "legal": "V4",
            "place": spells["place"],
            "rec": "E8",
            "change": "",
        }
    )
    everyone = pd.concat([care.children, children], ignore_index=True)
    everywhere = pd.concat([care.spells, spells.assign(child=spells["child"] + first_child)], ignore_index=True)
    return Histories(everyone, everywhere), pd.concat([built, episodes], ignore_index=True)


def _where(rng: np.random.Generator, places: Places, children: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Give each child one place for all breaks."""
    providers = places.providers
    homes = providers[(providers["kind"] == "home") & providers["inside"] & providers["disability"]]
    own = providers.loc[providers["kind"] == "own_fostering", "urn"].iloc[0]
    households = places.households
    count = len(children)
    carer = rng.integers(0, len(households), count)
    at_home = (rng.uniform(size=count) < 0.6) & (len(homes) > 0)
    home = rng.integers(0, max(len(homes), 1), count)
    position = households["position"].to_numpy(np.int64)[carer].copy()
    urn, sector = np.full(count, own, object), np.full(count, "PR1", object)
    household = households["household_id"].to_numpy(object)[carer].copy()
    if at_home.any():
        position[at_home] = homes["position"].to_numpy(np.int64)[home[at_home]]
        urn[at_home] = homes["urn"].to_numpy(object)[home[at_home]]
        code = homes["sector"].map({"Local Authority": "PR1", "Private": "PR4", "Voluntary": "PR5"}).to_numpy(object)
        sector[at_home] = code[home[at_home]]
        household[at_home] = ""
    child = stays["child"].to_numpy(np.int64)
    states = np.where(at_home, STATES.index("home"), STATES.index("in_house"))
    return pd.DataFrame(
        {
            "child": child,
            "order": 0,
            "state": states[child],
            "start": stays["start"],
            "end": stays["start"] + 2,
            "position": position[child],
            "known": True,
            "place": np.where(at_home, "K2", "U6")[child],
            "provider": sector[child],
            "urn": urn[child],
            "household": household[child],
        }
    )
