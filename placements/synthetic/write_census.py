"""Write the commissioning census: bought placements in force on the snapshot, their cost, and why they are at distance.

Assumed: how placements are sourced, how costs spread about those of the provider or the kind, what education and health
pay, and the mix of reasons. Of placements outside the authority about one in ten has no reason; of the others half are
for want of a place (not available, or none of the kind), a quarter for safeguarding, the rest the wish of child or
family, the carer's move or a legal reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements import codes
from placements.synthetic import choices
from placements.synthetic.care_places import Places
from placements.synthetic.damage import Damage, Tally, leave, set_to, spoil_rows
from placements.synthetic.identity import choose, slashed
from placements.synthetic.people import Histories, even_draws, pick
from placements.synthetic.shares import STATES
from placements.synthetic.terrain import Floats, Terrain
from placements.synthetic.write_providers import authority_labels
from placements.writing import csv_text, write_text

Texts = npt.NDArray[np.object_]

#: Where bought placements are, as the generator names it, to provision.
BOUGHT: Final = {
    "agency": "agency_foster",
    "home": "childrens_home",
    "supported": "supported_accommodation",
    "school": "residential_school",
}
#: The words of the census of 2025, with weights.
_TYPES: Final = {
    "agency": (("Fostering - Mainstream", 0.78), ("Fostering - Enhanced", 0.22)),
    "home": (("Residential - Mainstream", 0.82), ("Residential - With Education", 0.18)),
    "supported": (
        ("Supported Accommodation - Category 1: Self contained solo accommodation", 0.20),
        ("Supported Accommodation - Category 2: Shared or group living for LAC and care leavers", 0.50),
        ("Supported Accommodation - Category 3: Shared or group living not limited to LAC or care leavers", 0.10),
        ("Supported Accommodation - Category 4: Supported Lodgings", 0.20),
    ),
    "school": (("Residential - 52 week Residential School/College", 1.0),),
}
_SOURCED: Final = (
    ("Local Contract or Framework", 0.52),
    ("Direct Award / Off Framework", 0.33),
    ("Block Contract - Local", 0.15),
)
_NO_REASON: Final = 0.10
#: Weights of the reasons in the order of the words below, for fostering and for other placements.
_REASONS: Final = (
    "Provision within distance exists but is not available",
    "Provision within distance does not exist",
    "Safeguarding requirement",
    "CYP/Parental preference",
    "Carer moving out of area",
    "Legal reasons",
)
_FOSTER_WEIGHTS: Final = (0.34, 0.16, 0.25, 0.16, 0.06, 0.03)
_OTHER_WEIGHTS: Final = (0.28, 0.24, 0.25, 0.18, 0.0, 0.05)
#: Standard deviation of the logarithm of a cost about its provider's or its kind's.
_SPREAD: Final = 0.12
#: What education pays of a residential school, and of a home that is a special school; what health pays for disabled
#: children who do not live with carers.
_SCHOOL_EDUCATION, _HOME_EDUCATION, _HEALTH = 0.38, 0.30, 0.14
_SECTOR: Final = {"PR2": "other_authority", "PR3": "other_public", "PR4": "private", "PR5": "voluntary"}


def census_table(
    rng: np.random.Generator,
    authority: str,
    terrain: Terrain,
    care: Histories,
    places: Places,
    plans: pd.DataFrame,
    provider_costs: pd.DataFrame,
    today: int,
) -> pd.DataFrame:
    """Return one row per bought placement in force on the day, all text, in the columns of the census of 2025.

    Parameters
    ----------
    authority : str
        Name of the placing authority.
    plans : DataFrame
        With `care_child` and `need`.
    provider_costs : DataFrame
        With `urn` and `weekly_cost_gbp`.
    today : int
        Day since 1970-01-01.
    """
    spells = care.spells
    state = np.array(STATES, object)[spells["state"].to_numpy(np.int64)]
    now = (spells["start"] <= today) & (spells["end"] > today) & (spells["provider"] != "PR1")
    bought = spells[now.to_numpy(bool) & np.isin(state, tuple(BOUGHT))]
    child = bought["child"].to_numpy(np.int64)
    order = np.argsort(care.children["child_id"].to_numpy(object)[child], kind="stable")
    bought, child = bought.iloc[order], child[order]
    children = care.children.iloc[child]
    state = np.array(STATES, object)[bought["state"].to_numpy(np.int64)]
    position, urn = bought["position"].to_numpy(np.int64), bought["urn"]
    provider = places.providers.drop_duplicates("urn").set_index("urn").reindex(urn)
    fostered = state == "agency"
    disabled = children["disabled"].to_numpy(bool) & ~fostered
    total = _costs(rng, state, bought, provider_costs)
    is_school = (provider["kind"] == "home_school").to_numpy(bool)
    education = np.round(
        total * np.where(state == "school", _SCHOOL_EDUCATION, np.where(is_school, _HOME_EDUCATION, 0))
    )
    health = np.round(total * np.where(disabled, _HEALTH, 0))
    host, _ = authority_labels(terrain, position)
    outside = ~np.isin(position, terrain.inside)
    needs = plans[plans["care_child"] >= 0].drop_duplicates("care_child").set_index("care_child")["need"].reindex(child)
    return pd.DataFrame(
        {
            "Looked after child?": "Looked after child (under 18)",
            "Placing Authority": authority,
            "Identifier": children["child_id"].to_numpy(object),
            "Age": ((today - children["birth"].to_numpy(np.int64)) / 365.25).astype(np.int64).astype(str),
            "Gender": np.where(
                children["sex"] == "M", "Male (including trans male)", "Female (including trans female)"
            ),
            "Ethnic Group": "Unknown",
            "How the placement was sourced": choose(rng, _SOURCED, len(bought)),
            "Placement start date": slashed(bought["start"].to_numpy(np.int64)),
            "Organisation": provider["owner"].fillna("").to_numpy(object),
            "Provider Ofsted (or equivalent) URN": np.where(fostered, urn, ""),
            "Establishment": np.where(fostered, "Foster carer", provider["name"].fillna("")),
            "Establishment URN": np.where(fostered, "", urn),
            "Host Authority": host,
            "Type of provision": _types(rng, state),
            "UASC": np.where(children["uasc"], "Yes", "No"),
            "Total weekly cost": _pounds(total),
            "Contribution from Social Care": _pounds(total - education - health),
            "Contribution from Education": _pounds(education),
            "Contribution from Health": _pounds(health),
            "SEND": np.where(needs.notna(), "Yes", "No"),
            "Primary SEND need": needs.map(codes.SEN_TYPE).fillna("").to_numpy(object),
            "Primary registration type": "Ofsted",
            "Placing at Distance Reason": _reasons(rng, outside, fostered),
        }
    )


def write_census(path: Path, table: pd.DataFrame, rng: np.random.Generator, tally: Tally) -> Path:
    """Write the census as CSV with a few rows spoilt."""
    ways = (
        Damage("census: no identifier", set_to("Identifier", ""), further=True),
        Damage("census: cost is not a number", set_to("Total weekly cost", "TBC"), further=True),
        Damage("census: cost below nothing", set_to("Total weekly cost", "-950"), further=True),
        Damage("census: impossible date", set_to("Placement start date", "31/02/2024"), further=True),
        Damage("census: duplicate row", leave, further=True),
    )
    return write_text(path, csv_text(spoil_rows(table, ways, rng, tally)))


def _costs(rng: np.random.Generator, state: Texts, bought: pd.DataFrame, provider_costs: pd.DataFrame) -> Floats:
    """Return whole pounds a week about the cost of the provider where commissioning knows it, else of the kind."""
    assumed = {
        (row["provision"], row["sector"]): float(row["weekly_cost_gbp"])
        for row in choices.unit_costs().to_dict("records")
    }
    kind = [
        assumed.get((BOUGHT[name], _SECTOR.get(code, "any")), assumed[BOUGHT[name], "any"])
        for name, code in zip(state, bought["provider"], strict=True)
    ]
    known = bought["urn"].map(provider_costs.set_index("urn")["weekly_cost_gbp"]).astype(float).to_numpy()
    spread = np.exp(_SPREAD * rng.standard_normal(len(bought)) - _SPREAD**2 / 2)
    return np.asarray(np.round(np.where(np.isnan(known), np.array(kind, float), known) * spread))


def _types(rng: np.random.Generator, state: Texts) -> Texts:
    out = np.full(len(state), "", object)
    for name, options in _TYPES.items():
        rows = np.flatnonzero(state == name)
        out[rows] = choose(rng, options, len(rows))
    return out


def _reasons(rng: np.random.Generator, outside: npt.NDArray[np.bool_], fostered: npt.NDArray[np.bool_]) -> Texts:
    """Return why each placement is at distance: not applicable inside, blank for some outside."""
    out = np.where(outside, "", "Not applicable").astype(object)
    words = np.array(_REASONS, object)
    for group, weights in ((fostered, _FOSTER_WEIGHTS), (~fostered, _OTHER_WEIGHTS)):
        rows = np.flatnonzero(outside & group)
        chosen = words[pick(even_draws(rng, len(rows)), np.array(weights))]
        out[rows] = np.where(even_draws(rng, len(rows)) < _NO_REASON, "", chosen)
    return out


def _pounds(amount: Floats) -> Texts:
    return np.array([f"{value:.2f}" for value in amount], object)
