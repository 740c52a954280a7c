"""Provision whose address is withheld: located as far as the authority that the source names, and no further."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from placements import codes, schemas
from placements.assemble import _provision
from placements.geography.areas import divide
from placements.geography.authorities import all_authorities, authorities_named, find_authority
from placements.read.tables import SourceTables
from placements.settings import Settings
from tests.geography_support import GUILDFORD, RUSHMOOR, columns_of, postcode

HOMES = [
    # postcode, authority as the source writes it, sector; then: location, authority, sector
    ("", "Surrey County Council", "own", "in_county", "E10000030", "own"),
    ("", "surrey", "private", "in_county", "E10000030", "private"),
    ("", "Hampshire", "own", "out_of_county", "E10000014", "other_authority"),
    ("", "Bournemouth, Christchurch & Poole", "private", "out_of_county", "E06000058", "private"),
    ("", "Northamptonshire", "private", "unknown", "", "private"),
    ("", "", "own", "unknown", "", "own"),
    ("ZZ9 9ZZ", "Surrey", "private", "in_county", "E10000030", "private"),
    # A postcode that is found says more than a name, which may be that of who runs the home.
    (postcode(0), "Hampshire", "own", "in_county", "E10000030", "own"),
]


def located(authority) -> pd.DataFrame:
    """Return the homes above, located for a study of an authority."""
    given = pd.DataFrame(HOMES, columns=["postcode", "authority_name", "sector", "_", "_a", "_s"]).iloc[:, :3]
    frame = given.assign(provider_id=[f"SC{i}" for i in range(len(given))])
    empty = schemas.empty(schemas.PROVISION_AS_READ)
    defaults = {"name": "", "service": codes.CARE, "provision": "childrens_home", "owner": "", "registered_places": 4.0}
    defaults |= {"needs": "", "age_low": 8.0, "age_high": 17.0, "sex": "any", "quality": "", "is_open": True}
    defaults |= {"confidential": True, "source": "tests"}
    frame = frame.assign(**defaults).reindex(columns=empty.columns)
    tables = SourceTables(
        children=schemas.empty(schemas.CHILDREN),
        episodes=schemas.empty(schemas.EPISODES),
        plans=schemas.empty(schemas.PLANS),
        education_placements=schemas.empty(schemas.EDUCATION_PLACEMENTS),
        provision=schemas.check(schemas.PROVISION_AS_READ, frame),
        provider_use=pd.DataFrame(
            {"provider_id": pd.Series(dtype="str")}
            | {n: pd.Series(dtype=float) for n in ("usable_places", "occupied_by_others", "weekly_cost_gbp")}
        ),
        unit_costs=schemas.empty(schemas.UNIT_COSTS),
        options=schemas.empty(schemas.OPTIONS),
        quarantine=schemas.empty(schemas.QUARANTINE),
        files=schemas.empty(schemas.FILES),
    )
    settings = Settings()
    settings = replace(settings, study=replace(settings.study, snapshot=dt.date(2025, 3, 31)))
    directory = columns_of(GUILDFORD, RUSHMOOR)
    return _provision(
        tables, schemas.empty(schemas.PLACEMENTS), settings, divide(authority, settings.areas, directory), directory
    )


def test_a_home_with_no_address_is_in_or_out_by_the_authority_named():
    """Names are compared loosely; those of no one authority say nothing; the planning area is never guessed."""
    found = located(find_authority("Surrey"))
    assert found["location"].tolist() == [home[3] for home in HOMES]
    assert found["authority"].fillna("").tolist() == [home[4] for home in HOMES]
    assert found["sector"].tolist() == [home[5] for home in HOMES]
    assert found["area"].tolist() == [schemas.AREA_UNKNOWN] * 7 + [GUILDFORD]
    assert found["easting"].isna().tolist() == [True] * 7 + [False]


def test_a_custom_set_of_districts_may_be_a_part_of_the_authority_named():
    """Named as Surrey, a home may be in Guildford or not: its authority is known, in or out is not."""
    found = located(find_authority("", districts=("Guildford",)))
    assert found["location"].tolist() == [codes.UNKNOWN] * 7 + [codes.IN_COUNTY]
    assert found["authority"].iloc[0] == "E10000030"


def test_every_authority_is_known_by_its_own_name():
    """All 153 of them, asked for at once and repeatedly; missing names and blanks stay missing."""
    every = all_authorities()
    names = pd.Series([a.name for a in every] * 2 + [None, "", "Nowhere"], dtype="str")
    codes_found = authorities_named(names)
    assert codes_found.tolist()[:-3] == [a.code for a in every] * 2
    assert codes_found.iloc[-3:].isna().all()


@pytest.mark.parametrize("name", ["London", "North", "City", "Yorkshire"])
def test_a_name_of_several_authorities_is_of_none(name):
    """What could be more than one is not known."""
    assert authorities_named(pd.Series([name], dtype="str")).isna().all()
