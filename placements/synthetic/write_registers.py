"""Write the authority's own registers: its foster households, and what commissioning knows of the use of places."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic.care_places import Places
from placements.synthetic.schools import SPECIAL_KINDS
from placements.synthetic.terrain import METRES_PER_MILE, Ints, Terrain
from placements.writing import write_text

#: How near the county a place has to be for commissioning to know who is in it, unless our children are there.
NEAR_MILES: Final = 12.0
#: Weekly cost ranges by kind and sector: Surrey's own homes £3,177 to £4,294 (2022); England £318,400 a place a year
#: and large private providers £3,830 a week (2023-24, 2021); independent special schools about £64,000 a year. The rest
#: is assumed.
_COST: Final = {
    ("home", "Local Authority"): (3_177, 4_294),
    ("home", "Private"): (4_300, 7_900),
    ("home", "Voluntary"): (4_000, 6_800),
    ("home_school", "Voluntary"): (4_600, 6_600),
    ("secure", "Local Authority"): (6_500, 8_500),
    ("family_centre", "Private"): (3_800, 5_200),
    ("school", "Private"): (4_200, 6_500),
    ("school", "Voluntary"): (4_000, 6_000),
    ("supported", "Local Authority"): (650, 900),
    ("supported", "Private"): (800, 1_700),
    ("supported", "Voluntary"): (700, 1_300),
}
_SCHOOL_COST: Final = {
    "special": (420, 620),
    "independent_special": (950, 1_600),
    "non_maintained_special": (900, 1_500),
    "specialist_college": (850, 1_500),
}


def near_county(terrain: Terrain, position: Ints) -> npt.NDArray[np.bool_]:
    """Return which positions are inside the authority or within `NEAR_MILES` of one of its postcodes."""
    points = np.column_stack([terrain.easting[position], terrain.northing[position]])
    return np.asarray(terrain.inside_tree.query(points)[0] <= NEAR_MILES * METRES_PER_MILE)


def provider_use(
    rng: np.random.Generator,
    terrain: Terrain,
    places: Places,
    schools: pd.DataFrame,
    ours: dict[str, int],
    as_at: str,
) -> pd.DataFrame:
    """Return `urn, usable_places, occupied_by_others, weekly_cost_gbp, as_at`.

    Parameters
    ----------
    schools : DataFrame
        With `ours`, `roll` and `capacity`.
    ours : dict
        Our children on the snapshot by the URN of the home or accommodation they live in.
    """
    return pd.concat(
        [
            _care_use(rng, terrain, places.providers, ours).assign(as_at=as_at),
            _school_use(rng, terrain, schools).assign(as_at=as_at),
        ],
        ignore_index=True,
    ).sort_values("urn", ignore_index=True)


def _care_use(
    rng: np.random.Generator, terrain: Terrain, providers: pd.DataFrame, ours: dict[str, int]
) -> pd.DataFrame:
    table = providers[providers["places"] > 0].reset_index(drop=True)
    here = table["urn"].map(ours).fillna(0).to_numpy(np.int64)
    table = table[near_county(terrain, table["position"].to_numpy(np.int64)) | (here > 0)].reset_index(drop=True)
    here = table["urn"].map(ours).fillna(0).to_numpy(np.int64)
    registered, count = table["places"].to_numpy(np.int64), len(table)
    own = ((table["sector"] == "Local Authority") & table["inside"]).to_numpy(bool)
    usable = np.maximum(
        np.round(registered * rng.uniform(0.78, 1.0, count)).astype(np.int64), np.minimum(here, registered)
    )
    usable = np.maximum(usable, 1)
    # The county's private and voluntary places are nearly full of other authorities' children; its own are its own.
    full = rng.uniform(0.85, 1.0, count)
    others = np.where(own, 0, np.maximum(np.round(full * usable).astype(np.int64) - here, 0))
    low, high = (
        np.array([_COST[pair] for pair in zip(table["kind"], table["sector"], strict=True)], float).reshape(-1, 2).T
    )
    return pd.DataFrame(
        {
            "urn": table["urn"],
            "usable_places": usable,
            "occupied_by_others": others,
            "weekly_cost_gbp": np.round(rng.uniform(low, high), 0).astype(np.int64),
        }
    )


def _school_use(rng: np.random.Generator, terrain: Terrain, schools: pd.DataFrame) -> pd.DataFrame:
    near = near_county(terrain, schools["position"].to_numpy(np.int64)) | (schools["ours"] > 0).to_numpy(bool)
    table = schools[schools["kind"].isin(SPECIAL_KINDS).to_numpy(bool) & near].reset_index(drop=True)
    low, high = np.array([_SCHOOL_COST[kind] for kind in table["kind"]], float).reshape(-1, 2).T
    return pd.DataFrame(
        {
            "urn": table["urn"],
            "usable_places": table["capacity"],
            "occupied_by_others": np.maximum(table["roll"] - table["ours"], 0),
            "weekly_cost_gbp": np.round(rng.uniform(low, high), 0).astype(np.int64),
        }
    )


def households_table(places: Places, terrain: Terrain) -> pd.DataFrame:
    """Return the register of the authority's own foster households."""
    table = places.households
    return pd.DataFrame(
        {
            "household_id": table["household_id"],
            "postcode": terrain.postcode[table["position"].to_numpy(np.int64)],
            "approved_places": table["approved"],
            "age_low": table["age_low"],
            "age_high": table["age_high"],
            "sex": table["sex"],
            "needs": table["needs"],
        }
    )


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Write each table as `<name>.csv`."""
    return [
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        for name, table in tables.items()
    ]
