"""Kinds of placement: who provides them, and what no registration may stand behind."""

import pandas as pd
import pytest

from placements import codes
from placements.analysis.answer import answer
from placements.analysis.catalogue import mix as catalogue
from placements.analysis.mix import MIX, OTHER_PLACEMENT, is_kind, placement_kind
from tests.support import tiny_county

NAMED = {one.name: one for one in catalogue.DEFINITIONS}
SIZES = ["numerator", "denominator", "excluded"]

# Born 2009-03-31: sixteen on the snapshot day, 2025-03-31; a day later, still fifteen.
CARE = """
provision               | place_code | sector          | birth      | provider | to
in_house_foster         | U4         | own             | 2015-01-01 | -        | Guildford
in_house_foster         | U5         | own             | 2015-01-01 | -        | Guildford
agency_foster           | U6         | private         | 2015-01-01 | -        | out
agency_foster           | U6         | other_authority | 2015-01-01 | -        | out
agency_foster           | U6         | unknown         | 2015-01-01 | -        | out
connected_carers        | U1         | own             | 2015-01-01 | -        | Guildford
connected_carers        | U3         | unknown         | 2015-01-01 | -        | Guildford
childrens_home          | K2         | own             | 2012-01-01 | h1       | Guildford
childrens_home          | K2         | private         | 2012-01-01 | h2       | out
childrens_home          | K2         | private         | 2012-01-01 | zz       | out
childrens_home          | K2         | unknown         | 2012-01-01 | -        | out
supported_accommodation | K3         | private         | 2009-03-31 | h3       | out
supported_accommodation | K3         | private         | 2009-04-01 | h3       | out
supported_accommodation | H5         | private         | 2008-01-01 | -        | out
supported_accommodation | P2         | private         | 2010-01-01 | -        | out
other_care              | Z1         | unknown         | 2012-01-01 | -        | out
other_care              | Z13        | unknown         | 2008-01-01 | -        | out
other_care              | Z1         | unknown         | -          | -        | out
other_care              | R1         | private         | 2012-01-01 | -        | out
other_care              | T1         | unknown         | 2012-01-01 | -        | -
other_care              | Q9         | private         | 2012-01-01 | -        | out
secure                  | K1         | other_public    | 2010-06-01 | -        | out
residential_school      | S1         | private         | 2012-01-01 | -        | out
with_parents            | P1         | parent          | 2012-01-01 | -        | Guildford
adoption                | A4         | private         | 2020-01-01 | -        | out
"""
PROVISION = """
id | service | provision               | sector  | to        | registered
h1 | care    | childrens_home          | own     | Guildford | 4
h2 | care    | childrens_home          | private | out       | 4
h3 | care    | supported_accommodation | private | out       | 4
"""


@pytest.fixture(scope="module")
def inputs():
    county = tiny_county(CARE, provision=PROVISION)
    shut = county.provision.assign(is_open=county.provision["provider_id"].ne("h2"))
    inputs = county.inputs
    return type(inputs)(**{**vars(inputs), "provision": shut})


def test_every_placement_is_of_one_kind(inputs):
    """By hand; fostering with no provider recorded is not taken for an agency's, nor a code that is none for anything."""
    counts = answer(NAMED["care_mix"], inputs).set_index("category")["count"]
    assert counts.to_dict() == {
        "in_house_foster": 2,
        "agency_foster": 2,
        "foster_unknown": 1,
        "connected_carers": 2,
        "childrens_home": 4,
        "supported_accommodation": 4,
        "secure": 1,
        "residential_school": 1,
        "with_parents": 1,
        "adoption": 1,
        "care_or_health": 1,
        "temporary": 1,
        "other_placement": 3,
        "unknown": 1,
    }


def test_every_place_code_has_a_kind():
    """All codes of PLACE, whoever provides: none but a code that does not exist is of unknown kind."""
    pairs = [(code, sector) for code in codes.PLACE for sector in codes.SECTOR]
    frame = pd.DataFrame(pairs, columns=["place_code", "sector"], dtype="str")
    frame["provision"] = [codes.care_provision(code, sector) for code, sector in pairs]
    kinds = placement_kind(frame)
    assert set(kinds) <= set(MIX) - {codes.UNKNOWN}
    assert set(frame.loc[kinds.eq("other_placement"), "place_code"]) == set(OTHER_PLACEMENT)


@pytest.mark.parametrize(
    ("name", "numerator", "denominator", "excluded"),
    [
        ("care_fostered_in_house", 2, 4, 1),  # one with no provider recorded
        ("care_fostered_in_house_with_connected", 3, 5, 2),
        ("care_homes_own", 1, 3, 1),
        ("care_own_provision", 4, 18, 7),
        ("care_fostered", 7, 24, 1),
        ("care_connected_carers", 2, 24, 1),
        ("care_childrens_homes", 4, 24, 1),
        ("care_supported_accommodation", 4, 24, 1),
        ("care_secure", 1, 24, 1),
        ("care_residential_school", 1, 24, 1),
        ("care_with_parents", 1, 24, 1),
        ("care_adoption", 1, 24, 1),
        ("care_other_placement", 3, 24, 1),
        ("care_supported_accommodation_16_17", 2, 3, 0),  # K3 at sixteen to the day, H5; the third is in Z13
        ("care_under_16_not_registered", 3, 20, 1),  # K3 and P2 and Z1 under 16; the code that is none is not known
        ("care_16_17_not_registered", 2, 3, 0),  # H5 and Z13; K3 is registered
    ],
)
def test_shares_by_hand_and_unknown_is_left_out_and_counted(inputs, name, numerator, denominator, excluded):
    """A share is of those for whom it can be told, and says how many it cannot be told for."""
    assert answer(NAMED[name], inputs)[SIZES].iloc[0].tolist() == [numerator, denominator, excluded]


def test_children_of_unknown_age_are_in_neither_age(inputs):
    """Of 25, 21 are under 16 and 3 are not; one has no date of birth."""
    sizes = [len(one.rows(inputs)) for one in (catalogue.UNDER_16, catalogue.AGED_16_17, catalogue.LOOKED_AFTER)]
    assert sizes == [21, 3, 25]


def test_registration_says_what_the_lists_say_and_no_more(inputs):
    """Open, closed, a number in no list, no number: apart. A number in no list is not called unregistered."""
    found = answer(NAMED["care_registration"], inputs).set_index("category")["count"]
    assert found.to_dict() == {
        "listed": 3,
        "closed": 1,
        "not_listed": 1,
        "no_number": 1,
        "never_registered": 2,
        "other_placement": 3,
        "unknown": 0,
    }


def test_with_no_list_of_homes_nothing_is_said_of_registration():
    """All homes and supported accommodation that might be listed are then not known."""
    county = tiny_county(CARE, provision=PROVISION.splitlines()[1])
    found = answer(NAMED["care_registration"], county.inputs).set_index("category")["count"]
    assert found["unknown"] == 6 and found[["listed", "closed", "not_listed", "no_number"]].sum() == 0


def test_nobody_has_no_share():
    """A county with no children answers every question with no share."""
    county = tiny_county(CARE.splitlines()[1])
    for definition in catalogue.DEFINITIONS:
        table = answer(definition, county.inputs)
        assert table["share"].isna().all(), definition.name


def test_an_in_house_share_needs_the_provider_but_a_share_of_fostering_does_not():
    """Fostered at all is known without the provider; by our own carers is not."""
    row = pd.DataFrame({"provision": ["agency_foster"], "sector": ["unknown"], "place_code": ["U6"]})
    assert is_kind(row, "in_house_foster").isna().all()
    assert is_kind(row, "agency_foster").isna().all()
    assert is_kind(row, "in_house_foster", "agency_foster").all()
    assert not is_kind(row, "childrens_home").any()
