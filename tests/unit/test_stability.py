"""How settled children are: which placements count, who is settled, and who started at short notice."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import schemas
from placements.analysis.answer import answer
from placements.analysis.catalogue import stability as catalogue
from placements.analysis.siblings import all_together, any_together, with_siblings
from placements.analysis.stability import (
    homes_begun,
    long_looked_after,
    looked_after_with_history,
    placements_in_year,
    settled,
    short_placement,
)
from tests.support import tiny_county

DEFINITIONS = {one.name: one for one in catalogue.DEFINITIONS}
ON = dt.date(2025, 3, 31)
HEAD = "child | provision | place_code | placement_postcode | start | end | starts_care | same_carer | legal_at_start | birth"


def inputs_of(rows: str):
    """Return the inputs of a county of these care placements."""
    return tiny_county(f"{HEAD}\n{rows}").inputs


def spells(*rows: str) -> str:
    """Return rows of one child, born in 2015: place, postcode, start, end, S, same carer."""
    return "\n".join(
        f"a | agency_foster | {place} | {code} | {start} | {end} | {marked} | {same} | C1 | 2015-06-01"
        for place, code, start, end, marked, same in (row.split() for row in rows)
    )


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (["U6 A1 2020-01-01 - yes no"], 1),
        (["U6 A1 2020-01-01 2024-03-31 yes no", "U6 B1 2024-03-31 - no no"], 1),
        (["U6 A1 2020-01-01 2024-04-01 yes no", "U6 B1 2024-04-01 - no no"], 2),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "U6 B1 2024-06-01 2024-06-01 no no", "K2 C1 2024-06-02 - yes no"], 3),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "T1 H1 2024-06-01 2024-06-08 no no", "U6 A1 2024-06-08 - no no"], 1),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "T1 H1 2024-06-01 2024-06-08 no no", "U6 - 2024-06-08 - no no"], 1),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "T1 H1 2024-06-01 2024-06-08 no no", "U6 B1 2024-06-08 - no no"], 2),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "T1 H1 2024-06-01 2024-06-08 no no", "K2 A1 2024-06-08 - no no"], 2),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "U4 A1 2024-06-01 - no yes"], 1),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "U6 A1 2024-06-01 - no no"], 2),
        (["U6 A1 2020-01-01 2024-06-01 yes no", "U6 A1 2024-08-01 - yes no"], 2),
        (["T4 A1 2025-03-25 - yes no"], 0),
        (["T4 A1 2025-03-20 2025-03-25 yes no", "U6 B1 2025-03-25 - no no"], 1),
        (["U6 A1 2020-01-01 2024-02-01 yes no", "T1 H1 2024-02-01 - no no"], 1),
    ],
)
def test_which_placements_count(rows, count):
    """Open at either end of the year, of no length, before and after a gap: yes; temporary and same carers: no."""
    inputs = inputs_of(spells(*rows))
    found = placements_in_year(looked_after_with_history(inputs), inputs)
    assert found.tolist() == [count]


def test_three_or_more_is_a_share_of_the_stock():
    """A child who has left is not in it, however often moved; the breakdown and the share agree."""
    moves = ["U6 A1 2020-01-01 2024-05-01 yes no", "U6 B1 2024-05-01 2024-06-01 no no"]
    here = spells(*moves, "K2 C1 2024-06-01 - no no")
    gone = spells(*moves, "K2 C1 2024-06-01 2024-07-01 no no").replace("a |", "b |")
    calm = spells("U6 A1 2020-01-01 - yes no").replace("a |", "c |")
    inputs = inputs_of("\n".join((here, gone, calm)))
    share = answer(DEFINITIONS["care_three_or_more_placements"], inputs)
    assert share[["numerator", "denominator", "excluded"]].to_numpy().tolist() == [[1, 2, 0]]
    groups = answer(DEFINITIONS["care_placements_in_year"], inputs).set_index("category")["count"]
    assert groups[groups > 0].to_dict() == {"1": 1, "3": 1}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["U6 A1 2022-09-30 - yes no"], True),
        (["U6 A1 2022-10-01 - yes no"], "absent"),
        (["U6 A1 2022-10-01 - no no"], None),
        (["U6 A1 2020-01-01 2023-03-31 yes no", "U6 B1 2023-03-31 - no no"], True),
        (["U6 A1 2020-01-01 2023-04-01 yes no", "U6 B1 2023-04-01 - no no"], False),
        (["U6 A1 2020-01-01 2023-04-01 no no", "U6 B1 2023-04-01 - no no"], False),
        (["U6 A1 2020-01-01 2023-04-02 yes no", "U4 A1 2023-04-02 - no yes"], True),
        (["U6 A1 2020-01-01 2024-04-02 yes no", "T1 H1 2024-04-02 2024-05-01 no no", "U6 A1 2024-05-01 - no no"], True),
        (["U6 A1 2020-01-01 2024-04-02 yes no", "A4 B1 2024-04-02 - no no"], True),
        (
            ["U6 Z1 2020-01-01 2023-05-01 yes no", "U6 A1 2023-05-01 2024-04-02 no no", "A4 B1 2024-04-02 - no no"],
            False,
        ),
        # The carers became the adopters: their home began in 2024, and the one before it is not added.
        (
            ["U6 Z1 2020-01-01 2024-01-01 yes no", "U6 A1 2024-01-01 2024-06-01 no no", "A5 A1 2024-06-01 - no yes"],
            False,
        ),
        (["U6 A1 2020-01-01 2023-01-01 yes no", "U6 A1 2023-02-01 - yes no"], "absent"),
        (["U6 A1 2020-01-01 2023-01-01 yes no", "U6 A1 2023-02-01 - no no"], None),
    ],
)
def test_who_is_settled(rows, expected):
    """DfE's measure on either side of each of its limits; what began in a return not held is not known."""
    inputs = inputs_of(spells(*rows))
    found = long_looked_after(inputs)
    if expected == "absent":
        assert found.empty
        return
    value = settled(found, inputs).tolist()
    assert value == [pd.NA if expected is None else expected] or (expected is None and pd.isna(value[0]))


def test_the_long_measure_is_of_those_under_16_and_age_unknown_is_not_known():
    """Sixteen on the day: not in it. No date of birth: counted as not known, not dropped."""
    inputs = inputs_of(
        """
        a | agency_foster | U6 | A1 | 2020-01-01 | - | yes | - | C1 | 2009-03-31
        b | agency_foster | U6 | A1 | 2020-01-01 | - | yes | - | C1 | 2009-04-01
        c | agency_foster | U6 | A1 | 2020-01-01 | - | yes | - | C1 | -
        """
    )
    table = answer(DEFINITIONS["care_long_term_stability"], inputs)
    assert table[["numerator", "denominator", "excluded"]].to_numpy().tolist() == [[1, 1, 1]]


def test_starts_under_emergency_powers_and_in_temporary_placements():
    """L1 and L2, not L3; a blank is not known."""
    rows = [("L1", "U6"), ("L2", "T4"), ("L3", "U6"), ("V2", "U6"), ("-", "-")]
    inputs = inputs_of(
        "\n".join(
            f"c{i} | agency_foster | {place} | A1 | 2024-10-01 | - | yes | - | {legal} | -"
            for i, (legal, place) in enumerate(rows)
        )
    )
    emergency = answer(DEFINITIONS["care_starts_emergency"], inputs)
    assert emergency[["numerator", "denominator", "excluded"]].to_numpy().tolist() == [[2, 4, 1]]
    temporary = answer(DEFINITIONS["care_starts_temporary"], inputs)
    assert temporary[["numerator", "denominator", "excluded"]].to_numpy().tolist() == [[1, 4, 1]]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-10-01", "2024-10-08", True),
        ("2024-10-01", "2024-10-09", False),
        ("2025-03-24", "-", None),
        ("2025-03-23", "-", False),
        ("2025-03-30", "2025-03-31", True),
        ("2025-03-30", "2025-04-01", None),
    ],
)
def test_a_short_placement_is_one_that_is_known_to_have_ended_within_a_week(start, end, expected):
    """What began in the last week and goes on may still be short."""
    inputs = inputs_of(spells(f"U6 A1 {start} {end} yes no"))
    value = short_placement(homes_begun(inputs), inputs).tolist()
    assert value == [expected] if expected is not None else pd.isna(value[0])


def test_a_week_in_hospital_does_not_make_two_short_placements():
    """Three days, hospital, and back: one placement, which goes on."""
    inputs = inputs_of(
        spells("U6 A1 2024-10-01 2024-10-04 yes no", "T1 H1 2024-10-04 2024-10-06 no no", "U6 A1 2024-10-06 - no no")
    )
    assert short_placement(homes_begun(inputs), inputs).tolist() == [False]


def families(rows):
    """Return inputs of children: family, provision, provider and postcode; the register names every family."""
    frame = pd.DataFrame(rows, columns=["family", "provision", "provider", "placement_postcode"])
    frame = frame.assign(child=[f"c{i}" for i in range(len(rows))], start="2024-01-01")
    county = tiny_county(frame.drop(columns="family"))
    register = frame[["child", "family"]].set_axis(["child_id", "sibling_group"], axis=1).assign(source="tests")
    return pd.Series(frame["family"].to_numpy(), frame["child"]), county, schemas.check(schemas.SIBLINGS, register)


def ask_siblings(rows):
    """Return `all` and `any` by child."""
    _, county, register = families(rows)
    inputs = type(county.inputs)(**{**county.inputs.__dict__, "siblings": register})
    found = with_siblings(inputs)
    both = pd.DataFrame({"all": all_together(found, inputs), "any": any_together(found, inputs)})
    return both.set_axis(found["child_id"]).astype(object).where(lambda frame: frame.notna(), None)


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([("f", "agency_foster", None, "GU1 1AA"), ("f", "agency_foster", "URN1", "gu11aa")], [True, True]),
        ([("f", "agency_foster", "URN1", "GU1 1AA"), ("f", "agency_foster", "URN1", "GU1 1AB")], [False, False]),
        ([("f", "agency_foster", "URN1", None), ("f", "agency_foster", "URN1", None)], [None, None]),
        ([("f", "childrens_home", "SC1", None), ("f", "childrens_home", "SC1", None)], [True, True]),
        ([("f", "childrens_home", "SC1", "GU1 1AA"), ("f", "childrens_home", "SC2", "GU1 1AA")], [False, False]),
        (
            [("f", "agency_foster", None, "GU1 1AA")] * 2 + [("f", "agency_foster", None, "KT1 1AA")],
            [False, True],
        ),
        ([("f", "agency_foster", None, "GU1 1AA")] * 2 + [("f", "agency_foster", None, None)], [None, True]),
        (
            [("f", "agency_foster", None, c) for c in ("GU1 1AA", "KT1 1AA", None)],
            [False, None],
        ),
    ],
)
def test_siblings_together(rows, first):
    """By household or home, else by postcode; the number of an agency is no place; unknown stays unknown."""
    assert ask_siblings(rows).loc["c0"].tolist() == first


def test_only_children_with_a_sibling_looked_after_are_asked():
    """One in no register, and one whose sibling is not looked after, are no part of it; no register, nobody."""
    _, county, register = families([("f", "agency_foster", None, "A")] * 2 + [("g", "agency_foster", None, "A")])
    assert with_siblings(county.inputs).empty
    table = answer(DEFINITIONS["siblings_all_together"], county.inputs)
    assert table["denominator"].tolist() == [0]
    inputs = type(county.inputs)(**{**county.inputs.__dict__, "siblings": register})
    assert with_siblings(inputs)["child_id"].tolist() == ["c0", "c1"]


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("fgh"), st.sampled_from([None, "A", "B"])), min_size=2, max_size=12))
def test_siblings_by_brute_force(children):
    """Against pairs written out: all True needs every pair known and the same, any False every pair apart."""
    rows = [(family, "agency_foster", None, postcode) for family, postcode in children]
    found = ask_siblings(rows)
    for i, (family, postcode) in enumerate(children):
        others = [p for j, (f, p) in enumerate(children) if f == family and j != i]
        if not others:
            assert f"c{i}" not in found.index
            continue
        same = [None if p is None or postcode is None else p == postcode for p in others]
        every = False if False in same else None if None in same else True
        one = True if True in same else None if None in same else False
        assert found.loc[f"c{i}"].tolist() == [every, one]


def test_nobody_is_an_answer_and_every_year_too():
    """No child at all, and a year before the register: every indicator of the topic answers."""
    for inputs in (tiny_county(pd.DataFrame()).inputs, tiny_county().inputs):
        for definition in catalogue.DEFINITIONS:
            for by in ((), ("year", "uasc"), ("provision",)):
                assert list(answer(definition, inputs, by).columns[: len(by)]) == list(by)
