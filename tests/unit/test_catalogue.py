"""Can every indicator be asked for by name, is it defined in words, and is what is shown of it safe?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from placements.analysis.answer import COLUMNS, answer
from placements.analysis.catalogue import CATALOGUE, TOPICS, indicator
from placements.analysis.catalogue.listing import indicators_page
from placements.analysis.definition import Column, Definition, Kind, TableColumn
from placements.analysis.dimensions import DIMENSIONS
from placements.disclosure.answers import shown_answer
from placements.disclosure.own_tables import shown_table
from placements.disclosure.publication import county_figures
from placements.errors import DisclosureError, UsageError
from tests.support import tiny_county

PAGE = Path(__file__).resolve().parents[2] / "docs" / "indicators.md"


_FEW_GROUPS = """
n  | service   | provision           | home      | to        | need | birth      | start      | end | cost | reason
24 | care      | in_house_foster     | Guildford | Guildford | N1   | 2016-05-01 | 2023-10-02 | -   | 500  | -
13 | care      | agency_foster       | Woking    | out       | N1   | 2012-07-01 | 2024-02-01 | -   | 900  | not_available
3  | care      | childrens_home      | Guildford | out       | N2   | 2010-01-15 | 2024-06-15 | -   | 5200 | -
21 | education | mainstream          | Guildford | Guildford | SLCN | 2015-03-01 | 2023-09-01 | -   | -    | -
12 | education | independent_special | Woking    | out       | ASD  | 2013-03-01 | 2024-09-01 | -   | 1300 | does_not_exist
2  | education | education_unknown   | Guildford | -         | ASD  | 2014-03-01 | 2024-09-01 | -   | -    | -
"""


@pytest.fixture(scope="module")
def small():
    """Return a county of few groups, some of them large enough to show."""
    return tiny_county(_FEW_GROUPS)


@pytest.fixture(scope="module")
def released(small):
    return county_figures(small, "shareable")


def test_the_page_is_what_the_tool_would_write_now():
    assert PAGE.read_text(encoding="utf-8") == indicators_page(TOPICS)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_every_indicator_says_what_is_counted_of_what_and_where_that_comes_from(one):
    assert one.numerator and one.denominator and one.left_out and one.source and one.label
    assert one.name == one.name.lower() and not one.label[0].islower()
    assert sum(other.name == one.name for other in CATALOGUE) == 1


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_every_indicator_has_an_answer_with_its_declared_columns(small, one):
    found = answer(one, small.inputs)
    if one.kind is Kind.TABLE:
        assert set(found.columns) <= set(one.columns) | set(one.by)
    else:
        assert tuple(found.columns) == COLUMNS[one.kind]


@pytest.mark.parametrize("by", [["need"], ["age_band", "sex"], ["year"], ["uasc", "year"]], ids="-".join)
def test_a_breakdown_adds_up_to_the_whole(small, by):
    """Over its groups a count is the count of all, and so are the parts of a share."""
    whole = answer(indicator("care_outside"), small.inputs.at(small.snapshot))
    parts = answer(indicator("care_outside"), small.inputs, by)
    if "year" in by:
        parts = parts[parts["year"].eq(small.snapshot.isoformat())]
    for name in ("numerator", "denominator", "excluded"):
        assert parts[name].sum() == whole[name].iloc[0]


@pytest.mark.parametrize("name", ["care_outside", "care_location_distance", "plans_setting", "care_distance"])
def test_what_may_be_shared_hides_one_to_five_and_rounds_the_rest(small, released, name):
    exact = answer(indicator(name), small.inputs, ["need"])
    shown = shown_answer(small, indicator(name), ["need"], "shareable", released)
    for column in {"numerator", "denominator", "excluded", "count"} & set(shown.columns):
        for number, text in zip(exact[column], shown[column], strict=True):
            if 0 < number < 6:
                assert text == "c"
            if text != "c":
                assert int(text.replace(",", "")) % 5 == 0


def test_the_internal_profile_shows_figures_as_they_are(small):
    figures = county_figures(small, "internal")
    exact = answer(indicator("care_outside"), small.inputs, ["need"])
    shown = shown_answer(small, indicator("care_outside"), ["need"], "internal", figures)
    assert shown["numerator"].tolist() == [f"{number:,}" for number in exact["numerator"]]


def test_a_group_that_the_release_shows_is_shown_the_same_in_an_answer(small, released):
    """By need of care the answer's rows are groups of the release: hidden in one, hidden in the other."""
    shown = shown_answer(small, indicator("care_outside"), [], "shareable", released)
    again = shown_answer(small, indicator("care_boundary"), [], "shareable", released)
    assert shown["denominator"].iloc[0] in {again["denominator"].iloc[0], "c"} or len(shown) == 1


@pytest.mark.parametrize(
    ("name", "by", "word"),
    [
        ("care_outsid", [], "care_outside"),
        ("care_outside", ["colour"], "colour"),
        ("care_outside", ["need"] * 2, "twice"),
    ],
)
def test_what_cannot_be_asked_is_told_with_what_can(small, name, by, word):
    with pytest.raises(UsageError, match=word):
        answer(indicator(name), small.inputs, by)


def test_a_table_hides_what_its_sums_along_a_row_would_give_away():
    """The net number and one side of it give the other: a hidden 3 needs one of them hidden too."""
    columns = {name: TableColumn(Column.CHILDREN) for name in ("ours", "others", "net")}
    one = Definition("t", "T", Kind.TABLE, "n", "d", "l", "s", table=lambda inputs, by: pd.DataFrame(), columns=columns)
    exact = pd.DataFrame({"ours": [3, 40, 55], "others": [300, 90, 10], "net": [297, 50, -45]})
    shown = shown_table(one, exact, [], "shareable")
    assert shown.loc[0, "ours"] == "c"
    assert shown.loc[1].tolist() == ["40", "90", "50"]
    assert shown.loc[2, "net"] == "-45"


def test_a_column_that_is_not_declared_cannot_be_shown():
    one = Definition("t", "T", Kind.TABLE, "n", "d", "l", "s", table=lambda inputs, by: pd.DataFrame())
    with pytest.raises(DisclosureError, match="surprise"):
        shown_table(one, pd.DataFrame({"surprise": [1]}), [], "shareable")


def test_every_dimension_gives_a_value_for_everyone(small):
    rows = small.placements.assign(age_band="x")
    for name, dimension in DIMENSIONS.items():
        values = dimension.values(rows, small.inputs)
        assert values.notna().all() and values.index.equals(rows.index), name


def test_a_definition_without_what_its_kind_needs_is_refused():
    with pytest.raises(ValueError, match="lacks"):
        dataclasses.replace(indicator("care_outside"), holds=None)
