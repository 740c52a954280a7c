"""Home-to-school transport: matched to plans by person id or pupil number, guessed at nowhere, and unknown kept unknown."""

import numpy as np
import pandas as pd
import pytest

from placements import schemas
from placements.analysis.answer import answer
from placements.analysis.catalogue.cost import DEFINITIONS
from placements.read.everything import read_source
from placements.school_transport import by_child, matched
from tests.support import table, tiny_county

INDICATORS = {one.name: one for one in DEFINITIONS}
PLANS = """
person_id | upn
p1        | A00000000001B
p2        | A00000000002B
p3        | A00000000003B
p4        | A00000000003B
p5        | -
"""


def transport(text: str) -> pd.DataFrame:
    rows = table(text)
    rows["yearly_cost_gbp"] = rows["yearly_cost_gbp"].astype(float)
    rows = rows.fillna({"person_id": "", "upn": ""})
    return schemas.check(schemas.SCHOOL_TRANSPORT, rows.assign(mode="taxi", source=rows.get("source", "transport.csv")))


def test_a_row_is_about_the_plan_of_its_person_id_else_of_its_pupil_number():
    """A person id wins over the number; an unknown id falls back on it; a number on two plans is nobody's."""
    rows = transport("""
    person_id | upn           | yearly_cost_gbp
    p1        | A00000000002B | 1000
    -         | A00000000002B | 1000
    old9      | A00000000002B | 1000
    -         | A00000000003B | 1000
    p4        | A00000000003B | 1000
    p9        | -             | 1000
    -         | Z00000000009B | 1000
    """)
    found = matched(rows, table(PLANS))
    assert found["person_id"].tolist() == ["p1", "p2", "p2", "", "p4", "", ""]
    expected = ["by_person_id", "by_upn", "by_upn", "several_plans", "by_person_id", "no_plan", "no_plan"]
    assert found["outcome"].tolist() == expected


def test_a_child_has_one_cost_the_last_file_says_and_one_that_is_disputed_is_not_known():
    """The same cost twice is one cost, not two; two costs in one file are none; the id is the child's, not the plan's."""
    rows = transport("""
    person_id | upn           | yearly_cost_gbp | source
    p1        | -             | 1000            | a.csv
    p1        | -             | 2000            | b.csv
    -         | A00000000002B | 700             | b.csv
    p2        | -             | 700             | b.csv
    p5        | -             | 300             | b.csv
    p5        | Z00000000009B | 400             | b.csv
    p4        | -             | -               | b.csv
    """)
    plans = table(PLANS)
    child = pd.Series(["c77", "plan:p2", "plan:p3", "plan:p4", "plan:p5"], index=plans.index)
    found = by_child(rows, plans, child).set_index("child_id")["yearly_cost_gbp"]
    assert found.drop(["plan:p4", "plan:p5"]).to_dict() == {"c77": 2000, "plan:p2": 700}
    assert found[["plan:p4", "plan:p5"]].isna().all()


@pytest.mark.parametrize("text", ["person_id | upn | yearly_cost_gbp", "person_id | upn | yearly_cost_gbp\np9 | - | 5"])
def test_no_register_or_none_that_matches_is_an_empty_table(text):
    """With the declared columns, so that everything after it works."""
    plans = table(PLANS)
    found = by_child(transport(text), plans, "plan:" + plans["person_id"])
    pd.testing.assert_frame_equal(found, schemas.empty(schemas.TRANSPORT))


def test_the_register_is_read_by_either_key(tmp_path):
    """Capitals and spaces of a pupil number do not matter; `UN1` is none; pounds may be marked; cost may be blank."""
    (tmp_path / "transport.csv").write_text(
        "person_id,upn,yearly_cost_gbp,mode\n1,,£8000,taxi\n,a0000 0000001b,,\n3,UN1,5,pass\n,UN1,5,pass\n"
    )
    tables = read_source("register", tmp_path)
    assert tables.school_transport["person_id"].tolist() == ["1", "", "3"]
    assert tables.school_transport["upn"].tolist() == ["", "A00000000001B", ""]
    assert tables.school_transport["yearly_cost_gbp"].isna().tolist() == [False, True, False]
    assert tables.quarantine["row"].tolist() == [5]


def county_with(costs: dict[str, float]):
    county = tiny_county("""
    n | child | service   | provision     | home      | to     | need | birth      | start      | cost
    1 | a     | education | state_special | Guildford | Woking | ASD  | 2014-03-01 | 2024-09-01 | 700
    1 | b     | education | state_special | Guildford | out    | ASD  | 2014-03-01 | 2024-09-01 | -
    1 | c     | education | state_special | Guildford | Woking | ASD  | 2014-03-01 | 2024-09-01 | 700
    1 | d     | care      | connected_carers | Guildford | Woking | N1 | 2014-03-01 | 2024-09-01 | 300
    """)
    given = pd.DataFrame({"child_id": list(costs), "yearly_cost_gbp": list(costs.values())})
    given = schemas.check(schemas.TRANSPORT, given.assign(mode="", source="tests")) if costs else county.transport
    return type(county)(**{**vars(county), "transport": given})


def test_costs_of_transport_are_means_over_the_plans_that_have_it():
    """Of those with a cost; one whose cost is not known is left out and counted; a child in care only has no plan."""
    county = county_with({"a": 5000.0, "b": 9000.0, "c": np.nan, "d": 100.0, "gone": 1.0})
    cost = answer(INDICATORS["plans_transport_cost"], county.inputs).iloc[0]
    assert cost[["count", "excluded", "mean", "sum"]].tolist() == [2, 1, 7000, 14000]
    both = answer(INDICATORS["plans_cost_with_transport"], county.inputs).iloc[0]
    assert both[["count", "excluded"]].tolist() == [1, 2]
    assert both["mean"] == pytest.approx(5000 + 700 * 365.25 / 7)
    by = answer(INDICATORS["plans_transport_cost"], county.inputs, ["location"]).set_index("location")
    assert by["mean"].to_dict() == {"in_county": 5000, "out_of_county": 9000}


def test_without_a_register_it_is_not_known_who_is_given_transport():
    """Nobody in it is not nobody given it."""
    share = INDICATORS["plans_given_transport"]
    assert answer(share, county_with({}).inputs)[["denominator", "excluded"]].iloc[0].tolist() == [0, 3]
    assert answer(share, county_with({"a": 1.0}).inputs)[["numerator", "denominator"]].iloc[0].tolist() == [1, 3]


def test_how_a_cost_is_known_is_told_apart():
    """A mean of recorded costs has no assumed one in it; the bases add up to everybody."""
    county = tiny_county("""
    n | service | provision     | home      | to  | birth      | start      | cost | basis
    2 | care    | agency_foster | Guildford | out | 2014-03-01 | 2024-09-01 | 900  | recorded
    3 | care    | agency_foster | Guildford | out | 2014-03-01 | 2024-09-01 | 100  | assumed
    1 | care    | agency_foster | Guildford | out | 2014-03-01 | 2024-09-01 | 400  | provider
    1 | care    | agency_foster | Guildford | out | 2014-03-01 | 2024-09-01 | -    | -
    """)
    basis = answer(INDICATORS["care_cost_basis"], county.inputs).set_index("category")["count"]
    assert basis.to_dict() == {"recorded": 2, "provider": 1, "assumed": 3, "unknown": 1}
    for name, count, mean in (("_recorded", 2, 900), ("_provider", 1, 400), ("_assumed", 3, 100), ("", 6, 2500 / 6)):
        row = answer(INDICATORS[f"care_weekly_cost{name}"], county.inputs).iloc[0]
        assert (row["count"], row["excluded"], row["mean"]) == (count, 7 - count, pytest.approx(mean))
