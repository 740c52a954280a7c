"""Beside published figures the data stand as they do in the release: the same groups, so the same texts."""

import dataclasses
import math

import pytest

from placements.analysis.published import CEASED, COMPARABLES, OF_OTHERS, STARTED, published_comparison
from placements.commands.analyse import beside, published_rows
from placements.disclosure.beside_published import BESIDE, declare_beside_published
from placements.disclosure.control.tables import Plan
from placements.disclosure.held import HELD, declare_held, held_places
from placements.disclosure.publication import county_figures, publication
from placements.disclosure.shown import shown_figures
from tests.support import tiny_county

#: No figures of the children at one time, but of what came, left or is held by others.
FLOWS = {STARTED, CEASED, OF_OTHERS, "New placements in the year"}
SPELLS = """
n  | service   | provision           | home      | to        | need | birth      | start      | end        | sex | place_code | uasc
20 | care      | in_house_foster     | Guildford | Guildford | N1   | 2016-05-01 | 2023-10-02 | -          | M   | U4 | -
9  | care      | agency_foster       | Woking    | out       | N2   | 2012-07-01 | 2024-06-01 | -          | F   | U6 | yes
7  | care      | childrens_home      | Woking    | out       | N1   | 2010-01-15 | 2024-06-15 | -          | M   | K2 | -
2  | care      | secure              | Woking    | out       | N6   | 2009-04-01 | 2024-05-20 | -          | M   | R5 | -
3  | care      | secure              | Woking    | out       | N6   | 2009-04-01 | 2024-05-20 | -          | F   | K1 | -
8  | care      | connected_carers    | Guildford | -         | N1   | 2010-04-01 | 2022-05-20 | 2024-09-30 | F   | U1 | -
1  | care      | connected_carers    | Guildford | -         | N1   | 2010-04-01 | 2022-05-20 | -          | F   | U1 | -
12 | education | mainstream          | Guildford | Guildford | ASD  | 2015-03-01 | 2023-09-01 | -          | -   | -  | -
4  | education | independent_special | Woking    | out       | SEMH | 2013-03-01 | 2024-09-01 | -          | -   | -  | -
"""


@pytest.fixture(scope="module")
def county():
    found = tiny_county(SPELLS)
    return dataclasses.replace(found, authority=dataclasses.replace(found.authority, code="E10000030"))


def test_every_published_figure_has_its_groups():
    """One that has none would be shown by itself, beside what the release hides."""
    assert {item.label for item in COMPARABLES} == set(BESIDE) | FLOWS
    assert not set(BESIDE) & FLOWS


def test_the_groups_are_those_that_are_counted(county):
    """Numerator and denominator of each figure are the numbers of its groups; started and ceased too."""
    table = published_comparison("E10000030", county.placements, county.provision, county.snapshot)
    figures = county_figures(county, "internal")
    counted = table[table["label"].isin(list(BESIDE))]
    assert len(counted) > 20
    for row in counted.to_dict("records"):
        part, whole = BESIDE[row["label"]]
        assert figures.value(part) == row["here"], row["label"]
        assert math.isnan(row["here_of"]) if whole is None else figures.value(whole) == row["here_of"], row["label"]
    texts = {row["figure"]: row["these_data"] for row in published_rows(county, figures)}
    flows = table.set_index("label").loc[[STARTED, CEASED], "here"]
    assert {name: texts[name] for name in flows.index} == {name: f"{value:.0f}" for name, value in flows.items()}
    assert flows[CEASED] == 8


def test_nothing_small_stands_beside_what_is_published(county):
    """Hidden, or a multiple of five, or a share of which no part is small."""
    plan = publication(county)
    # What is shown beside published figures, and no more, is soon solved.
    alone = Plan({**plan.populations, HELD: plan.populations[HELD].iloc[:0]})
    declare_beside_published(alone)
    figures = shown_figures(alone, "shareable")
    rows = {row["figure"]: row["these_data"] for row in published_rows(county, figures)}
    for label, text in rows.items():
        assert text in ("c", "x") or text.endswith("%") or int(text) % 5 == 0, label
        if label in BESIDE and BESIDE[label][1] is not None:
            part, whole = BESIDE[label]
            small = 1 <= figures.value(part) <= 5 or 1 <= figures.value(whole) - figures.value(part) <= 5
            assert text in ("c", "x") or not small, label
    assert rows["Plans: independent and non-maintained special"] == "c"
    assert rows["Plans: need SEMH"] == "c"


def test_children_of_others_are_hidden_where_the_release_hides_them(county):
    """Three in our homes are hidden; the figure beside the published one counts them too, whatever else it counts."""
    held = county.provision.assign(occupied_by_others=0)
    held.loc[held.index[held["provision"].eq("childrens_home")][0], "occupied_by_others"] = 3
    some = dataclasses.replace(county, provision=held)
    plan = Plan({HELD: held_places(some)})
    declare_held(plan)
    assert beside(OF_OTHERS, 40.0, some, shown_figures(plan, "shareable")) == "c"
    assert beside(OF_OTHERS, 40.0, some, shown_figures(plan, "internal")) == "40"
