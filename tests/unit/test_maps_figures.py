"""What the map may show: nothing small, and nothing small by subtraction."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements import codes
from placements.disclosure.grid import TOTAL
from placements.maps.figures import Figures, count, difference, share
from tests.maps_support import GUILDFORD, PLACEMENTS, TANDRIDGE, WOKING, map_county
from tests.support import tiny_county

COUNTS = ("need", "places", "outside", "known", "excluded")


@pytest.fixture(scope="module")
def figures():
    return Figures(map_county(), "shareable")


def test_the_area_with_three_children_shows_none_of_its_figures(figures):
    """Tandridge has three children looked after: every figure of theirs is suppressed or zero, never 3."""
    row = figures.areas[codes.CARE][TANDRIDGE]
    assert row["need"].suppressed and row["gap"].suppressed and row["share"].suppressed
    assert {shown.text for shown in row.values()} <= {"c", "0", "x"}


def test_one_hidden_area_beside_a_total_hides_another(figures):
    """The total would give the only hidden area away, so a second one is hidden with it."""
    table = figures.areas[codes.CARE]
    hidden = [area for area in table if area != TOTAL and table[area]["need"].suppressed]
    assert len(hidden) >= 2 and TANDRIDGE in hidden
    assert table[TOTAL]["need"].text == "100"


def test_large_figures_are_rounded_to_five(figures):
    """41 + 17 avoidable children in Guildford need a local place: shown as 60."""
    row = figures.areas[codes.CARE][GUILDFORD]
    assert (row["need"].text, row["need"].value) == ("60", 60)


def test_internal_figures_are_exact():
    row = Figures(map_county(), "internal").areas[codes.CARE]
    assert row[GUILDFORD]["need"].text == "58"
    assert row[TANDRIDGE]["need"].text == "3"
    assert row[GUILDFORD]["share"].text == f"{100 * 17 / 58:.1f}%"


def test_flows_of_six_or_more_are_shown(figures):
    """17 + 13 children go to the far authority, 8 next door: 30 and 10 when rounded, and nobody is left out."""
    flows = figures.county_flows(codes.CARE)
    assert list(flows.frame["count"]) == [30, 10]
    assert (flows.flows_left_out, flows.left_out.text, flows.total.text) == (0, "0", "40")


def test_flows_under_six_are_left_out_and_counted():
    """With 4 next door there is no such line; the other line would give the 4 away, so it is left out too."""
    fewer = PLACEMENTS.replace("8  | care      | connected", "4  | care      | connected")
    flows = Figures(map_county(fewer), "shareable").county_flows(codes.CARE)
    assert len(flows.frame) == 0
    assert (flows.flows_left_out, flows.left_out.text, flows.total.text) == (2, "35", "35")


def test_gap_is_hidden_with_either_part():
    """Need less places would give the hidden part away."""
    big, small = count(40, "shareable"), count(3, "shareable")
    assert difference(40, 3, (big, small), False).suppressed
    assert difference(40, 12, (big, count(12, "shareable")), False).text == "+30"
    assert difference(12, 40, (big, big), False).text == "\u221230"


@pytest.mark.parametrize(("numerator", "denominator"), [(3, 40), (38, 40), (4, 9)])
def test_shares_of_small_parts_are_hidden(numerator, denominator):
    assert share(numerator, denominator, "shareable").suppressed


children = st.lists(
    st.tuples(
        st.sampled_from(["Guildford", "Woking", "Tandridge", "-"]),
        st.sampled_from(["Guildford", "Tandridge", "out", "near", "-"]),
        st.integers(1, 14),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(children)
def test_nothing_small_is_shown_nor_follows_from_a_total(rows):
    """Whatever the county, a shareable count is suppressed, 0, or a multiple of 5 whose exact value is 6 or more; and
    in a column whose total is shown, no count is hidden alone."""
    text = "n | service | provision | home | to | need | birth | start | end\n" + "\n".join(
        f"{n} | care | childrens_home | {home} | {to} | N1 | 2012-01-01 | 2024-01-01 | -" for home, to, n in rows
    )
    county = tiny_county(text)
    shown, internal = Figures(county, "shareable"), Figures(county, "internal")
    table, exact = shown.areas[codes.CARE], internal.areas[codes.CARE]
    for name in COUNTS:
        for area, row in table.items():
            true = float(exact[area][name].text.replace(",", ""))
            if not row[name].suppressed:
                assert true == 0 or true > 5
                assert float(row[name].text) % 5 == 0
        hidden = [area for area in table if area != TOTAL and table[area][name].suppressed]
        assert len(hidden) != 1 or table[TOTAL][name].suppressed
    for flows in (shown.county_flows(codes.CARE), shown.area_flows(codes.CARE)):
        assert (flows.frame["count"] >= 5).all() and (flows.frame["count"] % 5 == 0).all()


SECURE_ONLY = """
n | service | provision | home   | to  | need | birth      | start      | end
9 | care    | secure    | Woking | out | N1   | 2012-01-01 | 2024-01-01 | -
"""


def test_an_empty_service_has_rows_of_zero():
    """A county without plans still has a row for every area."""
    county = tiny_county(SECURE_ONLY)
    rows = Figures(county, "shareable").areas[codes.EDUCATION]
    assert set(rows) == {*county.areas["area"], TOTAL}
    assert rows[WOKING]["need"].text == "0"
    assert rows[WOKING]["share"].text == "x"
    assert len(Figures(county, "shareable").county_flows(codes.EDUCATION).frame) == 0


def test_figures_hold_no_row_of_a_child(figures):
    """What leaves this module is texts and numbers by area and authority only."""
    frame = figures.county_flows(codes.CARE).frame
    assert list(frame.columns) == ["origin", "authority", "count"]
    assert isinstance(frame, pd.DataFrame) and np.isfinite(frame["count"]).all()
