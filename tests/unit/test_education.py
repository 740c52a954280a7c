"""Settings of EHC plans, boarding, journeys, and children who are looked after and at a residential school."""

import pandas as pd
import pytest

from placements.analysis.answer import answer
from placements.analysis.catalogue import education as catalogue
from placements.analysis.education import SETTING, in_setting, setting
from placements.assemble import _education
from placements.errors import UsageError
from placements.geography.travel.straight import StraightLine
from placements.read.gias_types import TYPES, school_provision
from tests.rules_support import evidence
from tests.support import tiny_county

NAMED = {one.name: one for one in catalogue.DEFINITIONS}
SIZES = ["numerator", "denominator", "excluded"]

PLANS = """
n | service   | provision             | type                             | provider | place_code | residential | weeks | to
3 | education | mainstream            | Academy converter                | 1        | -          | -           | -     | Guildford
1 | education | mainstream            | Other independent school         | 2        | -          | -           | -     | Guildford
2 | education | specialist_base       | Academy converter                | 1:base   | -          | -           | -     | Guildford
2 | education | state_special         | Community special school         | 3        | -          | -           | -     | Woking
2 | education | independent_special   | Other independent special school | 4        | -          | -           | -     | out
1 | education | independent_special   | Other independent special school | 4        | -          | yes         | 52    | out
1 | education | independent_special   | Non-maintained special school    | 5        | -          | yes         | 38    | out
1 | education | independent_special   | -                                | 6        | -          | yes         | -     | out
1 | education | post_16               | Special post 16 institution      | 7        | -          | -           | -     | out
1 | education | post_16               | Further education                | 8        | -          | -           | -     | Woking
1 | education | alternative_provision | Pupil referral unit              | 9        | -          | -           | -     | Woking
2 | education | other_education       | -                                | -        | EHE        | -           | -     | -
1 | education | other_education       | -                                | -        | NEET       | -           | -     | -
1 | education | other_education       | -                                | -        | OLA        | -           | -     | -
1 | education | other_education       | -                                | -        | EYP        | -           | -     | -
1 | education | other_education       | -                                | -        | OTH        | -           | -     | -
1 | education | education_unknown     | -                                | 99       | NEET       | -           | -     | -
2 | education | education_unknown     | -                                | -        | -          | -           | -     | -
"""


@pytest.fixture(scope="module")
def county():
    return tiny_county(PLANS)


def test_settings_are_apart_that_the_family_joins(county):
    """By hand: independent and non-maintained special apart, mainstream independent too; a school's word goes first."""
    counts = answer(NAMED["plans_setting"], county.inputs).set_index("category")["count"]
    assert counts[counts > 0].to_dict() == {
        "mainstream": 3,
        "mainstream_independent": 1,
        "specialist_base": 2,
        "state_special": 2,
        "non_maintained_special": 1,
        "independent_special": 3,
        "special_type_unknown": 1,
        "further_education": 1,
        "specialist_post_16": 1,
        "alternative_provision": 1,
        "early_years": 1,
        "EHE": 2,
        "OLA": 1,
        "NEET": 1,
        "other_education": 1,
        "unknown": 3,  # the one with a school in no register among them, whatever code stands beside it
    }
    assert counts.sum() == 25


@pytest.mark.parametrize(
    ("name", "numerator", "denominator", "excluded"),
    [
        ("plans_bought_special", 5, 22, 3),
        ("plans_independent_special_only", 3, 21, 4),  # one may be either
        ("plans_non_maintained_special", 1, 21, 4),
        ("plans_state_special", 2, 22, 3),
        ("plans_specialist_base", 2, 22, 3),
        ("plans_mainstream", 6, 22, 3),
        ("plans_out_of_school", 4, 22, 3),
        ("plans_not_in_education", 1, 22, 3),
        ("plans_setting_not_known", 3, 25, 0),
        ("plans_residential", 3, 22, 3),
        ("plans_residential_52", 1, 21, 4),  # weeks not recorded of one
    ],
)
def test_shares_by_hand(county, name, numerator, denominator, excluded):
    """Of plans for which it can be told; the others are counted."""
    assert answer(NAMED[name], county.inputs)[SIZES].iloc[0].tolist() == [numerator, denominator, excluded]


def test_shares_go_by_any_dimension(county):
    """Inside and outside add up to the whole."""
    whole = answer(NAMED["plans_setting"], county.inputs)
    parts = answer(NAMED["plans_setting"], county.inputs, ("location", "need", "age_band"))
    assert parts.groupby("category")["count"].sum().to_dict() == whole.set_index("category")["count"].to_dict()
    boarding = answer(NAMED["plans_boarding"], county.inputs).set_index("category")["count"]
    assert boarding.to_dict() == {"day": 19, "38_weeks": 1, "52_weeks": 1, "weeks_unknown": 1, "unknown": 3}


def test_every_type_of_school_has_a_setting():
    """All types of GIAS, in any letters: none is unknown, and only the two special types divide their family."""
    types = pd.Series([name for names in TYPES.values() for name in names], dtype="str")
    plans = pd.DataFrame(
        {
            "establishment_type": types.str.upper(),
            "provision": school_provision(types),
            "place_code": "",
            "provider_id": "1",
        }
    )
    found = setting(plans)
    assert set(found) <= set(SETTING) - {"unknown", "special_type_unknown"}
    assert set(types[found.eq("non_maintained_special")]) == {"Non-maintained special school"}
    assert set(types[found.eq("independent_special")]) == {"Other independent special school"}
    special = in_setting(plans, "non_maintained_special", "independent_special")
    assert set(plans.loc[special, "provision"]) == {"independent_special"}


def test_the_type_of_school_and_the_weeks_reach_the_placement():
    """From the register of schools and the plan's setting, through assembly; nothing where neither says."""
    lines = ["plan", "provider urn=7 service=education provision=independent_special sector=private"]
    said = evidence([*lines[:1], lines[1] + ' establishment_type="Non-maintained special school"',
                     "setting urn=7 residential_weeks=52"])  # fmt: skip
    row = _education(said.tables).iloc[0]
    assert row["establishment_type"] == "Non-maintained special school"
    assert row["residential_weeks"] == "52" and row["residential"]
    silent = _education(evidence([*lines, "setting urn=8"]).tables).iloc[0]
    assert (silent["establishment_type"], silent["residential_weeks"], silent["residential"]) == ("", "", False)


DUAL = """
child | service   | provision           | weeks | residential | start      | legal
a     | care      | residential_school  | -     | yes         | 2024-01-01 | C2
a     | education | independent_special | 52    | yes         | 2023-01-01 | -
b     | care      | residential_school  | -     | yes         | 2024-01-01 | V2
b     | education | independent_special | 38    | yes         | 2023-01-01 | -
c     | care      | residential_school  | -     | yes         | 2024-01-01 | C2
d     | care      | childrens_home      | -     | -           | 2024-01-01 | C2
d     | education | independent_special | 52    | yes         | 2023-01-01 | -
e     | care      | childrens_home      | -     | -           | 2024-01-01 | C2
e     | education | independent_special | -     | yes         | 2023-01-01 | -
f     | care      | in_house_foster     | -     | -           | 2024-01-01 | C2
f     | education | mainstream          | -     | -           | 2023-01-01 | -
g     | care      | in_house_foster     | -     | -           | 2024-01-01 | C2
h     | education | independent_special | 52    | yes         | 2023-01-01 | -
i     | care      | childrens_home      | -     | -           | 2024-01-01 | V4
i     | education | independent_special | 52    | yes         | 2023-01-01 | -
"""


def test_a_child_placed_twice_is_one_child():
    """Seven are looked after: each in one category; not those with a plan alone, nor with short breaks (V4)."""
    county = tiny_county(DUAL)
    found = answer(NAMED["care_dual_placed"], county.inputs).set_index("category")["count"]
    assert found.to_dict() == {
        "school_and_52_weeks": 1,
        "school_and_plan": 1,
        "school_no_plan": 1,
        "elsewhere_and_52_weeks": 1,
        "neither": 2,
        "unknown": 1,
    }
    share = answer(NAMED["care_dual_placed_share"], county.inputs)
    assert share[SIZES].iloc[0].tolist() == [4, 6, 1]
    both = answer(NAMED["care_and_plan_setting"], county.inputs)
    assert both["count"].sum() == 5


JOURNEYS = """
n | service   | provision           | home      | to        | birth      | start      | place_code | residential
1 | education | mainstream          | Guildford | Woking    | 2016-05-01 | 2023-09-01 | -          | -
2 | education | state_special       | Guildford | Tandridge | 2016-05-01 | 2023-09-01 | -          | -
4 | education | independent_special | Guildford | out       | 2011-05-01 | 2023-09-01 | -          | -
5 | education | independent_special | Guildford | out       | 2011-05-01 | 2023-09-01 | -          | yes
6 | education | other_education     | Guildford | -         | 2011-05-01 | 2023-09-01 | EHE        | -
7 | education | education_unknown   | Guildford | -         | 2011-05-01 | 2023-09-01 | -          | -
"""


def test_journeys_are_those_of_the_children_who_have_one():
    """Six over (70 and 104 minutes) and one within, seven not known; boarders and those out of school have none."""
    county = tiny_county(JOURNEYS)
    object.__setattr__(county, "travel", StraightLine(1.0, 20.0))
    share = answer(NAMED["plans_journey_over_guideline"], county.inputs)
    assert share[SIZES].iloc[0].tolist() == [6, 7, 7]
    whole = answer(NAMED["plans_journey"], county.inputs).set_index("category")["count"]
    assert whole.to_dict() == {"within": 1, "over": 6, "boards": 5, "educated_elsewhere": 6, "unknown": 7}
    table = county.school_journeys.table[["over", "within", "boards", "educated_elsewhere", "unknown"]].sum()
    assert {name: whole[name] for name in table.index} == table.to_dict()
    by_provision = answer(NAMED["plans_journey_over_guideline"], county.inputs, ("provision",)).set_index("provision")
    assert by_provision["numerator"].to_dict() == {
        "education_unknown": 0,
        "independent_special": 4,
        "mainstream": 0,
        "state_special": 2,
    }
    with pytest.raises(UsageError):
        answer(NAMED["plans_journey_over_guideline"], county.inputs, ("year",))


def test_with_no_way_to_measure_no_journey_is_known(county):
    """Unknown, not within: when no journeys are given at all."""
    inputs = county.inputs
    bare = type(inputs)(**{**vars(inputs), "journeys": None})
    assert answer(NAMED["plans_journey_over_guideline"], bare)[SIZES].iloc[0].tolist() == [0, 0, 25]


def test_nobody_has_no_share():
    """No plans: every question is answered, none with a share."""
    empty = tiny_county(PLANS.splitlines()[1])
    for definition in catalogue.DEFINITIONS:
        assert answer(definition, empty.inputs)["share"].isna().all(), definition.name
