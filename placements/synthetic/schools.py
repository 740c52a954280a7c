"""Made-up schools and colleges on real postcodes, in the county, around it and wherever our children go.

Counts by type are Surrey's (GIAS, May 2025), scaled by EHC plans for other authorities. Independent and non-maintained
special schools lie far afield; capacities and rolls are assumed, and follow from who was assigned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from placements.synthetic import names
from placements.synthetic.care_places import Places, wanted_miles
from placements.synthetic.rates import Profile
from placements.synthetic.terrain import Ints, Terrain

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class _Kind:
    """A kind of school: how many in Surrey and beyond, ages, and its GIAS types with weights by group."""

    inside: float
    near: float
    far: float
    low: int
    high: int
    phase: str
    types: tuple[tuple[str, str, float], ...]
    pupils: tuple[int, int]


_MAINSTREAM: Final = (
    ("la", "Community school", 0.22),
    ("la", "Voluntary aided school", 0.13),
    ("la", "Foundation school", 0.04),
    ("academy", "Academy converter", 0.48),
    ("academy", "Academy sponsor led", 0.08),
    ("free", "Free schools", 0.05),
)
KINDS: Final = {
    "primary": _Kind(298, 80, 0, 4, 11, "Primary", _MAINSTREAM, (60, 620)),
    "secondary": _Kind(56, 30, 0, 11, 18, "Secondary", _MAINSTREAM, (500, 1600)),
    "independent": _Kind(
        88, 30, 0, 4, 18, "Not applicable", (("independent", "Other independent school", 1.0),), (120, 900)
    ),
    "special": _Kind(
        26,
        16,
        4,
        4,
        19,
        "Not applicable",
        (
            ("la", "Community special school", 0.35),
            ("la", "Foundation special school", 0.05),
            ("academy", "Academy special converter", 0.44),
            ("academy", "Academy special sponsor led", 0.10),
            ("free", "Free schools special", 0.06),
        ),
        (60, 240),
    ),
    "alternative": _Kind(
        8,
        3,
        0,
        5,
        16,
        "Not applicable",
        (
            ("la", "Pupil referral unit", 0.6),
            ("academy", "Academy alternative provision converter", 0.35),
            ("free", "Free schools alternative provision", 0.05),
        ),
        (10, 40),
    ),
    "college": _Kind(
        8,
        14,
        0,
        16,
        99,
        "16 plus",
        (("fe", "Further education", 0.6), ("fe", "Academy 16-19 converter", 0.4)),
        (900, 5000),
    ),
    "specialist_college": _Kind(
        2, 5, 16, 16, 25, "16 plus", (("post16", "Special post 16 institution", 1.0),), (20, 140)
    ),
    "independent_special": _Kind(
        25, 45, 55, 5, 19, "Not applicable", (("independent", "Other independent special school", 1.0),), (25, 120)
    ),
    "non_maintained_special": _Kind(
        5, 7, 20, 5, 19, "Not applicable", (("voluntary", "Non-maintained special school", 1.0),), (50, 160)
    ),
}
SPECIAL_KINDS: Final = ("special", "independent_special", "non_maintained_special", "specialist_college")
#: GIAS' labels of need, by code.
SEN_LABEL: Final = {
    "ASD": "ASD - Autistic Spectrum Disorder",
    "SEMH": "SEMH - Social, Emotional and Mental Health",
    "SLCN": "SLCN - Speech, language and Communication",
    "MLD": "MLD - Moderate Learning Difficulty",
    "SLD": "SLD - Severe Learning Difficulty",
    "PMLD": "PMLD - Profound and Multiple Learning Difficulty",
    "SPLD": "SpLD - Specific Learning Difficulty",
    "HI": "HI - Hearing Impairment",
    "VI": "VI - Visual Impairment",
    "MSI": "MSI - Multi-Sensory Impairment",
    "PD": "PD - Physical Disability",
    "OTH": "OTH - Other Difficulty/Disability",
}
#: Sets of needs that a special school is for, with how common each is.
_FOR: Final = (
    (("ASD", "SLCN"), 0.30),
    (("SEMH", "ASD"), 0.24),
    (("MLD", "SLCN", "ASD"), 0.14),
    (("SLD", "PMLD", "ASD"), 0.15),
    (("SPLD", "SLCN"), 0.06),
    (("PD", "PMLD", "MSI"), 0.05),
    (("HI", "VI", "MSI"), 0.03),
    (("SEMH",), 0.03),
)


def make_schools(profile: Profile, terrain: Terrain, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Return every school, one row each.

    Columns: `urn, ukprn, name, kind, group, type, phase, low, high, position, inside, needs, rp, unit, boarding,
    care_urn, gender, status, pupils, section_41`.
    The residential special schools of `places` are among the independent special schools, at the same postcode.
    """
    blocks = []
    for kind, about in KINDS.items():
        # Mainstream schools follow where people live; a small authority still has a few of each.
        inside = max(1, round(about.inside * profile.school_scale))
        near = max(2, round(about.near * min(1.0, profile.school_scale**0.5)))
        far = round(about.far * min(1.0, profile.school_scale**0.5))
        blocks += [
            _block(rng, terrain, kind, inside, True, far=False),
            _block(rng, terrain, kind, near, False, far=False),
            _block(rng, terrain, kind, far, False, far=True),
        ]
    boarding = places.providers[places.providers["kind"].isin(("school", "home_school"))]
    blocks.append(
        pd.DataFrame(
            {
                "kind": np.where(boarding["sector"] == "Voluntary", "non_maintained_special", "independent_special"),
                "position": boarding["position"],
                "inside": boarding["inside"],
                "care_urn": boarding["urn"],
                "name": boarding["name"],
            }
        )
    )
    return _describe(rng, pd.concat([block for block in blocks if len(block)], ignore_index=True))


def _block(
    rng: np.random.Generator, terrain: Terrain, kind: str, count: int, inside: bool, *, far: bool
) -> pd.DataFrame:
    home = terrain.homes(rng, count)
    if inside:
        position = home
    else:
        median = np.full(count, 24.0)
        miles = wanted_miles(rng, np.zeros(count, bool), np.full(count, far), 1.0, median)
        position = terrain.near(rng, home, miles, np.zeros(count, bool))
    return pd.DataFrame({"kind": kind, "position": position, "inside": inside, "care_urn": "", "name": ""})


def _describe(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    count = len(table)
    kind = table["kind"].to_numpy(object)
    group, type_ = np.empty(count, object), np.empty(count, object)
    low, high, pupils, phase = np.zeros(count, int), np.zeros(count, int), np.zeros(count, int), np.empty(count, object)
    label = np.where(table["name"] == "", "", table["name"]).astype(object)
    for name, about in KINDS.items():
        rows = np.flatnonzero(kind == name)
        weights = np.array([option[2] for option in about.types])
        # A rotation rather than a draw: every group is present even where there are few schools.
        order = np.argsort(-weights, kind="stable")
        turn = np.concatenate(
            [order, rng.choice(len(weights), max(len(rows) - len(order), 0), p=weights / weights.sum())]
        )
        chosen = turn[: len(rows)]
        group[rows] = np.array([option[0] for option in about.types], object)[chosen]
        type_[rows] = np.array([option[1] for option in about.types], object)[chosen]
        low[rows], high[rows], phase[rows] = about.low, about.high, about.phase
        pupils[rows] = rng.integers(*about.pupils, len(rows))
        suffixes = {"primary": ("Primary School",), "college": ("College",), "specialist_college": ("College",)}
        blank = rows[label[rows] == ""]
        label[blank] = names.places(len(blank), suffixes.get(name, ("School", "Academy")), rng)
    mainstream = np.isin(kind, ("primary", "secondary"))
    draw = rng.uniform(size=count)
    needs = np.empty(count, object)
    options = np.empty(len(_FOR), object)
    options[:] = [";".join(item[0]) for item in _FOR]
    needs[:] = options[rng.choice(len(_FOR), count, p=[item[1] for item in _FOR])]
    special = np.isin(kind, SPECIAL_KINDS)
    # A few mainstream schools host resourced provision, a SEN unit, or both; one per group at least.
    first = mainstream & ~pd.Series(group).where(mainstream).duplicated().to_numpy()
    rp, unit = mainstream & ((draw < 0.06) | first), mainstream & (((draw > 0.04) & (draw < 0.11)) | first)
    needs[~(special | rp | unit)] = ""
    boarding = (table["care_urn"] != "").to_numpy(bool)
    boarding = boarding | (
        np.isin(kind, ("independent_special", "non_maintained_special", "specialist_college")) & (draw < 0.18)
    )
    serial = rng.permutation(60_000)[:count]
    return table.assign(
        urn=[f"9{number:05d}" for number in serial],
        ukprn=[f"109{number:05d}" for number in serial],
        name=label,
        group=group,
        type=type_,
        phase=phase,
        low=np.where(
            (kind == "primary") & (draw < 0.3), 3, np.where((kind == "independent_special") & (draw > 0.6), 11, low)
        ),
        high=np.where((kind == "secondary") & (draw > 0.55), 16, high),
        pupils=pupils,
        needs=needs,
        rp=rp,
        unit=unit,
        boarding=boarding,
        gender=np.array(["Mixed", "Boys", "Girls"], object)[rng.choice(3, count, p=[0.96, 0.025, 0.015])],
        status=np.where(rng.uniform(size=count) < 0.006, "Open, but proposed to close", "Open"),
        section_41=np.isin(kind, ("independent_special", "specialist_college")) & (rng.uniform(size=count) < 0.4),
    )


#: Miles over which the pull of a school falls by a factor e, by kind (assumed; specialist places draw from afar).
PULL_MILES: Final = {
    "primary": 0.9,
    "secondary": 2.2,
    "independent": 4.0,
    "special": 4.0,
    "alternative": 4.0,
    "college": 5.0,
    "specialist_college": 12.0,
    "independent_special": 14.0,
    "non_maintained_special": 18.0,
}


def attend(
    rng: np.random.Generator, terrain: Terrain, schools: pd.DataFrame, near: Ints, age: Ints, need: Texts, kind: str
) -> Ints:
    """Return which row of `schools` each child attends: by age, need and distance from `near` (positions)."""
    low, high = schools["low"].to_numpy(int), schools["high"].to_numpy(int)
    east, north = terrain.easting[schools["position"]], terrain.northing[schools["position"]]
    out = np.zeros(len(near), np.int64)
    for begin in range(0, len(near), 2000):
        part = slice(begin, begin + 2000)
        miles = (
            np.hypot(terrain.easting[near[part]][:, None] - east, terrain.northing[near[part]][:, None] - north)
            / 1609.3
        )
        # Logarithms, so that a child far from every school still goes to the nearest.
        pull = np.log(schools["pupils"].to_numpy(float)) - miles / PULL_MILES[kind]
        if kind in SPECIAL_KINDS:
            fits = {
                code: schools["needs"].str.split(";").map(lambda held, code=code: code in held).to_numpy(bool)
                for code in set(need[part])
            }
            pull = pull + 1.8 * np.array([fits[code] for code in need[part]])
        wrong_age = (age[part][:, None] < low) | (age[part][:, None] >= high)
        pull = pull - 50.0 * wrong_age
        pull = pull - np.log(-np.log(rng.uniform(1e-12, 1.0, pull.shape)))
        out[part] = pull.argmax(axis=1)
    return out
