"""Where children live and learn: cells, the law's distant placements, both services together, and who hosts whom."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import codes
from placements.analysis.answer import answer
from placements.analysis.catalogue import location as catalogue
from placements.analysis.definition import Column, Definition
from placements.analysis.location import (
    BOTH_LOCATIONS,
    BOUNDARY,
    DISTANCE_CELLS,
    both_locations,
    boundary_cell,
    distance_cell,
    is_adjoining,
    is_distant,
    is_outside,
    location_by_distance,
)
from placements.analysis.net_placer import net_placer
from tests.support import SNAPSHOT, tiny_county

NAMED = {one.name: one for one in catalogue.DEFINITIONS}
#: What `locate` may say of a placement: location, whether adjoining, over 20 miles.
PLACES = st.tuples(
    st.sampled_from([*codes.LOCATION]), st.sampled_from([True, False, None]), st.sampled_from([True, False, None])
)


def rows(places) -> pd.DataFrame:
    frame = pd.DataFrame(places, columns=["location", "adjoining", "over_20_miles"])
    return frame.astype({"location": "str", "adjoining": "boolean", "over_20_miles": "boolean"})


def ask(name: str, county, by=()) -> pd.DataFrame:
    return answer(NAMED[name], county.inputs, by)


@settings(max_examples=40)
@given(st.lists(PLACES, max_size=12))
def test_each_placement_has_one_cell_and_shares_and_cells_agree(places):
    """By a rule written out for one placement at a time, with no False where something is not known."""
    frame = rows(places)
    outside, beside, far = is_outside(frame), is_adjoining(frame), is_distant(frame)
    for at, (place, adjoins, over) in enumerate(places):
        known = {"in_county": False, "out_of_county": True, "unknown": None}[place]
        beside_is = None if known is None else (adjoins if known else False)
        cell = "unknown"
        if known is not None and over is not None:
            cell = ("outside" if known else "inside") + ("_over_20" if over else "_within_20")
        law = {None: "unknown", False: "inside"}.get(known) or {True: "adjoining", False: "distant"}.get(
            beside_is, "outside"
        )
        distant = known if beside_is is False else (False if beside_is is True or known is False else None)
        assert distance_cell(frame).iloc[at] == cell
        assert boundary_cell(frame).iloc[at] == law
        for found, expected in ((outside, known), (beside, beside_is), (far, distant)):
            assert (None if pd.isna(found.iloc[at]) else bool(found.iloc[at])) == expected
    assert set(distance_cell(frame)) <= set(DISTANCE_CELLS)
    assert set(boundary_cell(frame)) <= set(BOUNDARY)


def test_cells_are_those_of_the_published_table_and_new_placements_have_their_own():
    """The five cells of the default county by hand; those of the year leave out what began before it."""
    county = tiny_county()
    table = ask("care_location_distance", county)
    # At home: 4 + 1; near 1; out: 3 agency, 2 homes, 1 secure, 2 supported; nowhere 1.
    assert table.set_index("category")["count"].to_dict() == {
        "inside_within_20": 5,
        "inside_over_20": 0,
        "outside_within_20": 1,
        "outside_over_20": 8,
        "unknown": 1,
    }
    finer = location_by_distance(catalogue.LOOKED_AFTER.rows(county.inputs))
    assert finer["count"].sum() == table["count"].sum() == 15
    new = ask("new_care_location_distance", county).set_index("category")["count"]
    assert new["outside_within_20"] == 1 and new["outside_over_20"] == 5 and new["unknown"] == 1 and new.sum() == 7
    assert ask("new_care_outside", county)[["numerator", "denominator", "excluded"]].iloc[0].tolist() == [6, 6, 1]
    assert ask("care_distance", county)[["count", "excluded"]].iloc[0].tolist() == [14, 1]


BOTH = """
child | service   | provision           | home      | to        | start      | rank
a     | care      | childrens_home      | Guildford | out       | 2024-01-01 | 1
a     | education | independent_special | Guildford | out       | 2023-01-01 | 1
a     | education | mainstream          | Guildford | Guildford | 2023-01-01 | 2
b     | care      | in_house_foster     | Guildford | near      | 2024-01-01 | 1
b     | education | state_special       | Guildford | Woking    | 2023-01-01 | 1
c     | care      | in_house_foster     | Guildford | Woking    | 2024-01-01 | 1
c     | education | independent_special | Guildford | out       | 2023-01-01 | 1
d     | care      | in_house_foster     | Guildford | Woking    | 2024-01-01 | 1
d     | education | state_special       | Guildford | Woking    | 2023-01-01 | 1
e     | care      | childrens_home      | Guildford | out       | 2024-01-01 | 1
e     | education | education_unknown   | Guildford | -         | 2023-01-01 | 1
f     | care      | childrens_home      | Guildford | -         | 2024-01-01 | 1
f     | education | mainstream          | Guildford | Guildford | 2023-01-01 | 1
g     | care      | childrens_home      | Guildford | out       | 2024-01-01 | 1
h     | education | mainstream          | Guildford | out       | 2023-01-01 | 1
"""


def test_a_child_with_both_services_is_one_child_in_one_category():
    """Six of the eight have both; a second-ranked setting counts for nothing; the two of whom one place is not known."""
    county = tiny_county(BOTH)
    table = ask("care_and_plan_locations", county)
    assert table.set_index("category")["count"].to_dict() == {
        "both_outside": 1,
        "care_outside": 1,
        "learning_outside": 1,
        "neither_outside": 1,
        "unknown": 2,
    }
    assert ask("care_and_plan_locations", county, ("sex",))["count"].sum() == 6
    # e lives outside: that they live or learn outside is known; f learns inside: that both are outside is known not to be.
    sizes = ["numerator", "denominator", "excluded"]
    assert ask("care_and_plan_any_outside", county)[sizes].iloc[0].tolist() == [4, 5, 1]
    assert ask("care_and_plan_both_outside", county)[sizes].iloc[0].tolist() == [1, 5, 1]
    assert ask("care_and_plan_school_outside", county)[sizes].iloc[0].tolist() == [2, 5, 1]
    assert ask("care_and_plan_care_outside", county)[sizes].iloc[0].tolist() == [3, 5, 1]
    assert ask("care_and_plan_care_adjoining", county)[sizes].iloc[0].tolist() == [1, 5, 1]


def test_nobody_is_an_answer_too():
    """An empty county: no error, no share, no median."""
    county = tiny_county(BOTH.splitlines()[1], provision=PROVISION.splitlines()[1])
    for definition in catalogue.DEFINITIONS:
        table = answer(definition, county.inputs)
        assert table.filter(["share", "p50", "net"]).isna().all(axis=None), definition.name


def test_where_no_placement_is_known_nobody_is_inside():
    """No share, no False: all are not known, and counted."""
    county = tiny_county("n | service | provision | home | to\n7 | care | childrens_home | - | -")
    for name in ("care_outside", "care_distant", "care_adjoining", "care_over_20_miles"):
        assert ask(name, county)[["numerator", "denominator", "excluded"]].iloc[0].tolist() == [0, 0, 7]
    assert ask("care_boundary", county).set_index("category")["count"]["unknown"] == 7
    assert both_locations(county.placements, county.placements.iloc[:0]).eq(codes.UNKNOWN).all()
    assert codes.UNKNOWN in BOTH_LOCATIONS


def test_the_matrix_holds_every_child_once_by_home_and_host_unknown_among_them():
    """Counts add up to the children, by anything it can be divided by; inside, by district."""
    county = tiny_county()
    for by in ((), ("need",), ("provision", "age_band")):
        table = ask("care_origin_host", county, by)
        assert list(table.columns) == [*by, "home_district", "placement_authority", "children"]
        assert table["children"].sum() == 15
    pairs = ask("care_origin_host", county).set_index(["home_district", "placement_authority"])["children"]
    assert pairs["E07000209", "E10000016"] == 2  # the two in homes
    assert pairs["unknown", "unknown"] == 1
    inside = ask("care_origin_district", county)
    assert inside["children"].sum() == 5 and "unknown" not in set(inside["placement_district"])


PROVISION = """
id | service   | provision           | sector  | to        | registered | by_us | by_others
h1 | care      | childrens_home      | own     | Tandridge | 4          | 1     | 2
h2 | care      | childrens_home      | private | Guildford | 5          | 0     | 4
h3 | care      | childrens_home      | private | Guildford | 5          | 0     | -
h4 | care      | childrens_home      | private | out       | 5          | 2     | 3
f1 | care      | in_house_foster     | own     | Guildford | 6          | 4     | -
s1 | education | state_special       | own     | Woking    | 60         | 50    | 9
s2 | education | mainstream          | own     | Woking    | 600        | 5     | 590
"""


def test_net_placer_counts_what_is_not_known_and_assumes_nothing():
    """A home with no record of others' children is counted, not taken for empty; a mainstream roll is not placements."""
    county = tiny_county(provision=PROVISION)
    care = ask("care_net_placer", county, ("provision",)).set_index("provision")
    homes = care.loc["childrens_home"]
    assert homes.tolist() == [3, 1, 6, 2, 1, 4]  # providers, not known; others 2 + 4; ours outside 2, nowhere 1; net
    foster = care.loc["in_house_foster"]
    assert foster[["providers", "providers_not_known", "ours_outside"]].tolist() == [1, 1, 0]
    assert foster[["children_of_others", "net"]].isna().all()
    assert "connected_carers" not in care.index
    plans = ask("plans_net_placer", county, ("provision",)).set_index("provision")
    assert plans.loc["state_special", ["children_of_others", "net"]].tolist() == [9, 9]
    assert plans.loc["mainstream", "providers_not_known"] == 1 and np.isnan(plans.loc["mainstream", "net"])
    total = ask("care_net_placer", county).iloc[0]
    assert total["children_of_others"] == 6 and total["ours_outside"] == care["ours_outside"].sum() == 8


def test_a_closed_home_and_a_home_elsewhere_host_nobody_here():
    """Only open places inside the authority are counted on our side of the balance."""
    county = tiny_county(provision=PROVISION)
    shut = county.provision.assign(is_open=county.provision["provider_id"].ne("h2"))
    table = net_placer(county.placements, shut, SNAPSHOT, codes.CARE, ["provision"]).set_index("provision")
    assert table.loc["childrens_home", ["providers", "children_of_others"]].tolist() == [2, 2]


@pytest.mark.parametrize("definition", catalogue.DEFINITIONS, ids=lambda one: one.name)
def test_every_definition_says_what_it_is_and_a_table_declares_each_column(definition: Definition):
    """No text is empty; each column of a table has a kind, and a count of children is one of children."""
    texts = [getattr(definition, one) for one in ("label", "numerator", "denominator", "left_out", "source")]
    assert all(text.strip() for text in texts)
    if definition.table is not None:
        found = answer(definition, tiny_county().inputs, definition.by)
        assert set(found.columns) <= set(definition.columns)
        assert definition.columns["children" if "children" in found else "net"].kind is Column.CHILDREN


def test_names_stand_once():
    """A name is asked for on the command line: two definitions must not share it."""
    assert len(NAMED) == len(catalogue.DEFINITIONS)
    assert dataclasses.is_dataclass(next(iter(NAMED.values())))
