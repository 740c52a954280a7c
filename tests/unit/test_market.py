"""Owners, grades and who else holds the places: against the formulas, and on tables that fit in the head."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.analysis.answer import answer
from placements.analysis.catalogue import capacity as topic
from placements.analysis.market import GRADES, concentration, grade, graded_homes, homes, host_competition, owner_key
from tests.support import tiny_county

HOMES = """
id | service | provision               | sector          | to        | registered | by_us | by_others | owner             | quality
h1 | care    | childrens_home          | private         | Guildford | 4          | 1     | 3         | Big Care Ltd      | Good
h2 | care    | childrens_home          | private         | Woking    | 3          | 0     | 2         | BIG CARE LIMITED. | Outstanding
h3 | care    | childrens_home          | voluntary       | Guildford | 3          | 2     | -         | Small Trust       | Requires improvement to be good
h4 | care    | childrens_home          | own             | Tandridge | 6          | 5     | 0         | Tinyshire         | Good
h5 | care    | supported_accommodation | private         | Guildford | 8          | 2     | 1         | -                 | -
h6 | care    | childrens_home          | other_authority | out       | 4          | 1     | 2         | Local authority   | Inadequate
f1 | care    | in_house_foster         | own             | Guildford | 3          | 2     | -         | -                 | -
a1 | care    | agency_foster           | private         | Guildford | -          | 0     | -         | Big Care Ltd      | Good
m1 | education | mainstream            | own             | Guildford | 900        | 9     | 800       | Tinyshire         | -
"""


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["a", "b", "c", "d", "e", "f", "g", None])), max_size=12))
def test_concentration_is_its_formula(rows):
    """Sum of squared percentages and the sums of the largest, worked out by hand; the unknown owners in no share."""
    amount = pd.Series([float(n) for n, _ in rows], dtype=float)
    owner = pd.Series([name for _, name in rows], dtype="str")
    found = concentration(amount, owner)
    by_owner: dict[str, float] = {}
    for n, name in rows:
        if name is not None:
            by_owner[name] = by_owner.get(name, 0) + n
    sizes = sorted((size for size in by_owner.values() if size), reverse=True)
    known = sum(sizes)
    assert found["owner_known"] == known
    assert found["owner_unknown"] == sum(n for n, name in rows if name is None)
    assert found["total"] == found["owner_known"] + found["owner_unknown"]
    assert found["owners"] == len(sizes)
    assert [found["top_1"], found["top_3"], found["top_5"]] == [sum(sizes[:n]) for n in (1, 3, 5)]
    if known:
        assert found["hhi"] == pytest.approx(sum((100 * size / known) ** 2 for size in sizes))
        assert 10_000 / len(sizes) - 1e-6 <= found["hhi"] <= 10_000 + 1e-6
    else:
        assert np.isnan(found["hhi"])


def test_owners_are_one_however_their_name_is_written_and_unknown_ones_are_nobody():
    """A company with and without its form is one, the authority is one, and two councils are not."""
    provision = tiny_county(provision=HOMES).provision.set_index("provider_id")
    key = owner_key(provision)
    assert key["h1"] == key["h2"] != key["h3"]
    assert key["h4"] == key["f1"] == key["m1"]
    assert pd.isna(key["h5"])
    other = provision.loc[["h6", "h6"]].assign(authority=["E10000016", "E10000014"], provider_id=["x", "y"])
    assert owner_key(other.set_index("provider_id")).nunique() == 2


def test_small_owners_are_those_with_one_home_anywhere_and_carers_are_no_homes():
    """An owner's homes out of county count; the authority's own home is no small owner's."""
    rows = homes(tiny_county(provision=HOMES).provision).set_index("provider_id")
    assert set(rows.index) == {"h1", "h2", "h3", "h4", "h5", "h6"}
    assert rows["homes_of_owner"].fillna(0).to_dict() == {"h1": 2, "h2": 2, "h3": 1, "h4": 1, "h5": 0, "h6": 1}
    table = _answer("market_places", ("location",)).set_index("location").loc["in_county"]
    assert table[["total", "owner_known", "owner_unknown", "single_home_owners", "single_home"]].tolist() == [
        24,
        16,
        8,
        1,
        3,
    ]
    assert table["top_1"] == 7
    assert table["top_1_share"] == pytest.approx(7 / 16)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Outstanding", "outstanding"),
        ("good ", "good"),
        ("Requires improvement to be good", "requires_improvement"),
        ("Requires Improvement", "requires_improvement"),
        ("Adequate", "requires_improvement"),
        ("Inadequate", "inadequate"),
        ("Not yet inspected", "not_inspected"),
        ("2", "good"),
        ("", "unknown"),
        (None, "unknown"),
        ("Compliant", "unknown"),
    ],
)
def test_grades_are_known_by_their_words(words, key):
    """What is no grade is unknown, never the worst or the best."""
    assert grade(pd.Series([words], dtype="str")).tolist() == [key]
    assert key in GRADES


def test_homes_by_grade_add_up_to_all_homes_and_children():
    """Every grade has its row, those of none too."""
    table = graded_homes(tiny_county(provision=HOMES).provision)
    assert table["grade"].tolist() == list(GRADES)
    assert table["homes"].tolist() == [1, 2, 1, 1, 0, 1]
    assert table["occupied_by_us"].sum() == table["children"].iloc[0] == 11


def test_competition_is_of_places_whose_use_by_others_is_known():
    """A home without a record is not one that others leave alone; our own foster homes are; schools for all are not in."""
    table = host_competition(tiny_county(provision=HOMES).provision, ["provision"]).set_index("provision")
    assert set(table.index) == {"childrens_home", "supported_accommodation", "in_house_foster"}
    found = table.loc["childrens_home", ["providers", "providers_unknown", "occupied_by_us", "occupied_by_others"]]
    assert found.tolist() == [3, 1, 6, 5]
    assert table.loc["childrens_home", "others_share"] == pytest.approx(5 / 11)
    assert table.loc["in_house_foster", "others_share"] == 0


def _answer(name, by=(), **given):
    county = tiny_county(provision=HOMES, **given)
    definition = next(one for one in topic.DEFINITIONS if one.name == name)
    return answer(definition, county.inputs, by)


STAYS = """
service | provision      | home      | to        | provider
care    | childrens_home | Guildford | Guildford | h1
care    | childrens_home | Guildford | Guildford | h3
care    | childrens_home | Guildford | out       | h6
care    | childrens_home | Guildford | out       | -
care    | in_house_foster | Guildford | Guildford | f1
"""


def test_children_by_the_grade_of_their_home_and_the_share_that_is_good():
    """A home that is not known is unknown in the one, and left out of the other."""
    table = _answer("care_home_grade", placements=STAYS).set_index("category")["count"]
    assert table[table > 0].to_dict() == {"good": 1, "requires_improvement": 1, "inadequate": 1, "unknown": 1}
    share = _answer("care_good_home_share", placements=STAYS).iloc[0]
    assert share[["numerator", "denominator", "excluded"]].tolist() == [1, 3, 1]


@pytest.mark.parametrize("definition", [one for one in topic.DEFINITIONS if one.table], ids=lambda one: one.name)
@pytest.mark.parametrize("provision", [HOMES, pd.DataFrame()], ids=["homes", "nothing"])
def test_every_column_of_a_table_says_what_it_holds(definition, provision):
    """So that disclosure control knows what to do with it, for any breakdown, of nothing too."""
    county = tiny_county(provision=provision)
    for by in ((), definition.by[:1], definition.by):
        table = answer(definition, county.inputs, by)
        assert set(table.columns) <= set(definition.columns)
        assert set(by) <= set(table.columns)
        for column in definition.columns.values():
            assert column.share_of is None or set(column.share_of) <= set(definition.columns)
