"""What could be opened in the made-up county, and what places cost: the inputs of the siting model.

Capital follows Surrey's published schemes (up to £18m for up to 24 beds in homes; three special schools with 132 places
for £19.4m, 2024). All other costs, lead times and occupancies are assumed, to be replaced by the authority's own. Two
options are decoys: cheap, and far from where the need is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from placements import codes, schemas
from placements.geography.authorities import district_names
from placements.synthetic.rates import Profile
from placements.synthetic.terrain import Ints, Terrain

_ASSUMED: Final = "Assumed for the synthetic example; replace with your own"
_SURREY_CAPITAL: Final = "Capital: Surrey, up to £18m for up to 24 beds; running costs assumed"
_HOME_CONTRACT: Final = "England: £318,400 a place a year (2023-24), less 5 % assumed for places bought whole"
_SCHOOL_CONTRACT: Final = "£64,000 a year for each plan (2024-25), less 10 % assumed for places bought whole"
_EDGE_OF_CARE: Final = "Assumed: share prevented and cost of a team; replace with what your own evaluation found"
_SCHOOL_CAPITAL: Final = "Capital: Surrey, three special schools, 132 places, £19.4m (2024); running costs assumed"

_MAY_BE_BLANK: Final = ("postcode", "district", "provision", "needs", "service", "areas", "age_bands", "provisions")

#: Provision, sector, location, pounds a week, source.
_UNIT_COSTS: Final = (
    ("connected_carers", "any", "any", 330, _ASSUMED),
    ("in_house_foster", "own", "any", 560, _ASSUMED),
    (
        "agency_foster",
        "private",
        "any",
        980,
        "Large private providers: about £820 a week (2021), raised by 20 % for prices",
    ),
    ("agency_foster", "any", "any", 980, "As private agencies"),
    ("childrens_home", "own", "any", 3_736, "Surrey's own homes: middle of £3,177 to £4,294 a week (2022)"),
    ("childrens_home", "private", "any", 6_123, "England: £318,400 a place a year (2023-24) by 52 weeks"),
    ("childrens_home", "voluntary", "any", 5_400, _ASSUMED),
    ("childrens_home", "any", "any", 6_123, "England: £318,400 a place a year (2023-24) by 52 weeks"),
    ("supported_accommodation", "own", "any", 780, _ASSUMED),
    ("supported_accommodation", "any", "any", 1_150, _ASSUMED),
    ("secure", "any", "any", 7_400, _ASSUMED),
    ("residential_school", "any", "any", 5_200, _ASSUMED),
    ("with_parents", "any", "any", 80, _ASSUMED),
    ("adoption", "any", "any", 0, "No placement fee while placed for adoption; allowances left out"),
    ("other_care", "any", "any", 2_400, _ASSUMED),
    ("mainstream", "any", "any", 190, "Assumed: top-up funding only"),
    ("specialist_base", "any", "any", 370, _ASSUMED),
    ("state_special", "any", "any", 510, _ASSUMED),
    ("independent_special", "any", "any", 1_231, "£64,000 a year for each plan (2024-25) by 52 weeks"),
    ("post_16", "any", "any", 240, _ASSUMED),
    ("alternative_provision", "any", "any", 420, _ASSUMED),
    ("other_education", "any", "any", 290, _ASSUMED),
    ("education_unknown", "any", "any", 290, _ASSUMED),
)


def unit_costs() -> pd.DataFrame:
    """Return the assumed weekly cost of each kind of place (`schemas.UNIT_COSTS`)."""
    frame = pd.DataFrame(list(_UNIT_COSTS), columns=list(schemas.UNIT_COSTS.columns))
    return schemas.check(schemas.UNIT_COSTS, frame)


def candidate_sites(
    profile: Profile, terrain: Terrain, schools: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what could be done (`schemas.OPTIONS`): places opened or bought, carers recruited, starts prevented."""
    districts = sorted(set(terrain.district[terrain.inside]))
    size = min(1.0, max(profile.scale, 0.15) ** 0.5)
    rows = [
        *_homes(terrain, rng, districts, max(2, round(7 * size))),
        *_supported(terrain, rng, districts, max(1, round(3 * size))),
        *_carers(districts, profile),
        *_expansions(terrain, schools, rng, max(1, round(4 * size))),
        *_bases(terrain, schools, rng, max(1, round(8 * size))),
        *_contracts(districts, size),
        _prevention(profile),
    ]
    blank = dict.fromkeys(_MAY_BE_BLANK, "")
    frame = pd.DataFrame([blank | {"option_id": f"{row['site_id']}-{row['places']}"} | row for row in rows])
    return schemas.check(schemas.OPTIONS, frame.reindex(columns=list(schemas.OPTIONS.columns)))


def _site_in(terrain: Terrain, rng: np.random.Generator, district: str) -> int:
    """Return a postcode of the district that has others close by: a built-up place, not a lone farm."""
    within = terrain.inside[terrain.district[terrain.inside] == district]
    tried = rng.choice(within, min(12, len(within)), replace=False)
    points = np.column_stack([terrain.easting[tried], terrain.northing[tried]])
    spread = terrain.inside_tree.query(points, k=min(30, len(terrain.inside)))[0].reshape(len(tried), -1)[:, -1]
    return int(tried[spread.argmin()])


def _far_site(terrain: Terrain, rng: np.random.Generator) -> int:
    home: Ints = terrain.homes(rng, 1)
    return int(terrain.near(rng, home, np.array([75.0]), np.array([False]))[0])


def _option(terrain: Terrain, position: int | None, **values: object) -> dict[str, object]:
    where = {"postcode": "", "district": ""}
    if position is not None:
        where = {"postcode": str(terrain.postcode[position]), "district": str(terrain.district[position])}
    return {"max_units_per_year": 1, "sex": "any", "source": _ASSUMED, **where, **values}


def _homes(terrain: Terrain, rng: np.random.Generator, districts: list[str], count: int) -> list[dict[str, object]]:
    rows = []
    order = [districts[i] for i in rng.permutation(len(districts))]
    for number in range(count + 1):
        decoy = number == count
        position = _far_site(terrain, rng) if decoy else _site_in(terrain, rng, order[number % len(order)])
        disabled = number % 4 == 2
        price = float(rng.uniform(0.88, 1.15)) * (0.45 if decoy else 1.0)
        rows += [
            _option(
                terrain,
                position,
                site_id=f"HOME{number + 1:02d}",
                kind="open_home",
                name=f"{'Distant' if decoy else 'New'} home {number + 1}, {beds} beds",
                provision="childrens_home",
                places=beds,
                needs="disabled" if disabled else "family;unaccompanied;unknown",
                age_low=8 if disabled else 10,
                age_high=17,
                capital_gbp=round(price * (420_000 + 600_000 * beds), -4),
                yearly_cost_gbp=round((0.75 if decoy else 1.0) * (170_000 + 118_000 * beds), -3),
                weekly_cost_gbp=620,
                lead_time_years=1.0 if decoy else 1.5,
                planned_occupancy=0.85,
                minimum_occupancy=0.5,
                source=_ASSUMED if decoy else _SURREY_CAPITAL,
            )
            for beds in (2, 3, 4)
        ]
    return rows


def _supported(terrain: Terrain, rng: np.random.Generator, districts: list[str], count: int) -> list[dict[str, object]]:
    rows = []
    order = [districts[i] for i in rng.permutation(len(districts))]
    for number in range(count):
        position = _site_in(terrain, rng, order[number % len(order)])
        rows += [
            _option(
                terrain,
                position,
                site_id=f"SUPP{number + 1:02d}",
                kind="open_supported_accommodation",
                name=f"Supported accommodation {number + 1}, {beds} places",
                provision="supported_accommodation",
                places=beds,
                needs="",
                age_low=16,
                age_high=17,
                capital_gbp=round(180_000 + 95_000 * beds, -4),
                yearly_cost_gbp=round(60_000 + 21_000 * beds, -3),
                weekly_cost_gbp=180,
                lead_time_years=1.0,
                planned_occupancy=0.88,
                minimum_occupancy=0.5,
            )
            for beds in (4, 8)
        ]
    return rows


def _carers(districts: list[str], profile: Profile) -> list[dict[str, object]]:
    names = codes.CARE_PROVISION["in_house_foster"].lower()
    each = max(1, round(22 * profile.scale / len(districts)))
    return [
        {
            "site_id": f"CARE-{district}",
            "kind": "recruit_carers",
            "name": f"Recruit {names}, {district_names()[district]}",
            "postcode": "",
            "district": district,
            "provision": "in_house_foster",
            "places": 2,
            "max_units_per_year": each,
            "needs": "family;unaccompanied;unknown",
            "age_low": 0,
            "age_high": 17,
            "sex": "any",
            "capital_gbp": 9_000,
            "yearly_cost_gbp": 5_500,
            "weekly_cost_gbp": 560,
            "lead_time_years": 0.75,
            "planned_occupancy": 0.72,
            "minimum_occupancy": 0.0,
            "source": _ASSUMED,
        }
        for district in districts
    ]


def _groups(needs: str) -> str:
    """Return the need groups of a school's needs (codes), `;`-joined."""
    return ";".join(sorted({codes.NEED_GROUP[code] for code in needs.split(";") if code}))


def _expansions(
    terrain: Terrain, schools: pd.DataFrame, rng: np.random.Generator, count: int
) -> list[dict[str, object]]:
    state = schools[(schools["kind"] == "special") & schools["inside"]]
    chosen = state.iloc[rng.permutation(len(state))[:count]]
    rows = []
    for school in chosen.to_dict("records"):
        rows += [
            _option(
                terrain,
                int(school["position"]),
                site_id=f"SCHOOL-{school['urn']}",
                kind="expand_school",
                name=f"Expand {school['name']} by {places} places",
                provision="state_special",
                places=places,
                needs=_groups(str(school["needs"])),
                age_low=int(school["low"]),
                age_high=18,
                capital_gbp=round(147_000 * places * (1.08 if places == 20 else 1.0), -4),
                yearly_cost_gbp=round(9_500 * places, -3),
                weekly_cost_gbp=330,
                lead_time_years=2.0,
                planned_occupancy=0.97,
                minimum_occupancy=0.6,
                source=_SCHOOL_CAPITAL,
            )
            for places in (20, 44)
        ]
    return rows


def _bases(terrain: Terrain, schools: pd.DataFrame, rng: np.random.Generator, count: int) -> list[dict[str, object]]:
    without = schools[
        schools["kind"].isin(("primary", "secondary")) & schools["inside"] & ~schools["rp"] & ~schools["unit"]
    ]
    chosen = without.iloc[rng.permutation(len(without))[:count]]
    sites = [
        (int(s["position"]), str(s["urn"]), str(s["name"]), s["kind"] == "primary", False)
        for s in chosen.to_dict("records")
    ]
    far = schools[(schools["kind"] == "primary") & ~schools["inside"]].head(1)
    sites += [(int(s["position"]), str(s["urn"]), str(s["name"]), True, True) for s in far.to_dict("records")]
    needs = ("autism;communication", "semh", "autism", "communication;learning")
    rows = []
    for number, (position, urn, name, primary, decoy) in enumerate(sites):
        rows += [
            _option(
                terrain,
                position,
                site_id=f"BASE-{urn}",
                kind="open_specialist_base",
                name=f"Specialist base at {name}, {places} places",
                provision="specialist_base",
                places=places,
                needs=needs[number % len(needs)],
                age_low=4 if primary else 11,
                age_high=10 if primary else 16,
                capital_gbp=round((0.4 if decoy else 1.0) * (140_000 + 41_000 * places), -4),
                yearly_cost_gbp=round(6_000 * places, -3),
                weekly_cost_gbp=255,
                lead_time_years=1.0,
                planned_occupancy=0.95,
                minimum_occupancy=0.5,
            )
            for places in (10, 20)
        ]
    return rows


def _contracts(districts: list[str], size: float) -> list[dict[str, object]]:
    """Return places that could be bought whole: in homes told by their district alone, and at a special school."""
    homes, pupils = max(1, round(4 * size)), max(2, round(12 * size))
    shared = {"kind": schemas.BLOCK_CONTRACT, "max_units_per_year": 1, "sex": "any", "capital_gbp": 0, "needs": ""}
    return [
        shared
        | {
            "site_id": "BLOCK-HOMES",
            "name": f"Block contract: {homes} places in private homes",
            "district": districts[0],
            "provision": "childrens_home",
            "places": homes,
            "age_low": 8,
            "age_high": 17,
            "yearly_cost_gbp": round(0.95 * 318_400 * homes, -3),
            "weekly_cost_gbp": 0,
            "lead_time_years": 0.25,
            "planned_occupancy": 0.9,
            "minimum_occupancy": 0.75,
            "source": _HOME_CONTRACT,
        },
        shared
        | {
            "site_id": "BLOCK-SCHOOL",
            "name": f"Block contract: {pupils} places at an independent special school",
            "district": districts[-1],
            "provision": "independent_special",
            "places": pupils,
            "age_low": 5,
            "age_high": 18,
            "yearly_cost_gbp": round(0.9 * 64_000 * pupils, -3),
            "weekly_cost_gbp": 0,
            "lead_time_years": 0.5,
            "planned_occupancy": 0.95,
            "minimum_occupancy": 0.8,
            "source": _SCHOOL_CONTRACT,
        },
    ]


def _prevention(profile: Profile) -> dict[str, object]:
    return {
        "option_id": "EDGE-OF-CARE",
        "site_id": "EDGE-OF-CARE",
        "kind": schemas.PREVENTION,
        "name": "Edge-of-care team",
        "sex": "any",
        "share": 0.06,
        "service": codes.CARE,
        "age_bands": "10 to 15",
        "provisions": "agency_foster;childrens_home",
        "places": None,
        "capital_gbp": 0,
        "yearly_cost_gbp": round(650_000 * profile.scale, -3),
        "lead_time_years": 0.5,
        "source": _EDGE_OF_CARE,
    }
