"""What the map may show: nothing small, and nothing small by subtraction."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements import codes, maps
from placements.disclosure import restated
from placements.disclosure.control.audit import audit
from placements.disclosure.control.tables import group
from placements.disclosure.publication import county_figures
from placements.maps.figures import TOTAL, Figures, count, difference, shown
from tests.maps_support import GUILDFORD, PLACEMENTS, TANDRIDGE, WOKING, map_county
from tests.reader_support import Reader
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


def test_what_is_hidden_in_one_column_does_not_follow_from_its_total(figures):
    """Tandridge's need is the only number under 6: the other areas and the total leave it five numbers or more."""
    table = figures.areas[codes.CARE]
    areas = [area for area in table if area != TOTAL]
    reader = Reader(areas)
    for area in areas:
        reader.reads_count([area], table[area]["need"].text)
    reader.reads_count(areas, table[TOTAL]["need"].text)
    least, most = reader.ends([TANDRIDGE])
    assert most - least >= 4
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
    """17 + 13 children go to the far authority, 8 next door: 30 and 10 when rounded. The larger is drawn; the smaller too,
    unless the release hides it because it would give a small number away, and then it is counted as left out."""
    flows = figures.county_flows(codes.CARE)
    drawn = [
        30.0,
        *(shown.value for host in figures.hosts(codes.CARE) if (shown := figures.hosted(codes.CARE, host)).value == 10),
    ]
    assert (list(flows.frame["count"]), flows.flows_left_out) == (drawn, 2 - len(drawn))
    exact = Figures(figures.county, "internal").county_flows(codes.CARE)
    assert (list(exact.frame["count"]), exact.flows_left_out, exact.total.text) == ([30, 8], 0, "38")


def test_flows_under_six_are_left_out_and_counted():
    """With 4 next door there is no such line. What is shown beside it leaves the 4 five numbers or more."""
    fewer = PLACEMENTS.replace("8  | care      | connected", "4  | care      | connected")
    figures = Figures(map_county(fewer), "shareable")
    flows = figures.county_flows(codes.CARE)
    hosts = figures.hosts(codes.CARE)
    near = next(host for host in hosts if figures.hosted(codes.CARE, host).suppressed)
    assert near not in set(flows.frame["authority"])
    assert flows.flows_left_out == len(hosts) - len(flows.frame) >= 1
    reader = Reader(hosts)
    for host in hosts:
        reader.reads_count([host], figures.hosted(codes.CARE, host).text)
    reader.reads_count(hosts, flows.total.text)
    least, most = reader.ends([near])
    assert most - least >= 4


def test_gap_is_hidden_with_either_part():
    """Need less places would give the hidden part away."""
    big, small = count(40, "shareable"), count(3, "shareable")
    assert difference(40, 3, (big, small), False).suppressed
    assert difference(40, 12, (big, count(12, "shareable")), False).text == "+30"
    assert difference(12, 40, (big, big), False).text == "\u221230"


def test_a_text_has_the_value_it_shows():
    """Separators and signs go; what is hidden, or is not there, has no value and so no colour."""
    assert [shown(text).value for text in ("1,250", "56%", "0", "c", "x")] == [1250, 56, 0, None, None]
    assert shown("c").suppressed and not shown("x").suppressed


def test_the_map_says_what_the_release_says(figures):
    """Every count of an area and every flow is the text of the release, made anew: no other pattern, no other rounding."""
    release = county_figures(figures.county, "shareable")
    assert np.array_equal(release.pattern.counts, figures.release.pattern.counts)
    assert audit(release.linked.model, release.pattern).safe
    for host in figures.hosts(codes.CARE):
        assert figures.hosted(codes.CARE, host).text == release.count(group(codes.CARE, {"host": host}))


def test_need_by_area_is_that_of_the_analysis():
    """Inside: the figures of the release are those of `sufficiency` and of the stock, area by area."""
    figures = Figures(map_county(), "internal")
    exact = figures.county.sufficiency(by=["service", "area"])
    for service in codes.SERVICES:
        for area, row in exact.loc[service].iterrows():
            assert figures.areas[service][area]["need"].text == f"{row['need_local']:,.0f}"


children = st.lists(
    st.tuples(
        st.sampled_from(["Guildford", "Woking", "Tandridge", "-"]),
        st.sampled_from(["Guildford", "Tandridge", "out", "near", "-"]),
        st.integers(1, 14),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(children)
def test_nothing_small_is_shown_nor_follows_from_all_figures(rows):
    """Whatever the county, a shareable count is suppressed, 0, or a multiple of 5 whose exact value is 6 or more; and
    the columns of areas with their total, and flows, leave each hidden number of 1 to 5 five numbers or more."""
    text = "n | service | provision | home | to | need | birth | start | end\n" + "\n".join(
        f"{n} | care | childrens_home | {home} | {to} | N1 | 2012-01-01 | 2024-01-01 | -" for home, to, n in rows
    )
    county = tiny_county(text)
    public, internal = Figures(county, "shareable"), Figures(county, "internal")
    table, exact = public.areas[codes.CARE], internal.areas[codes.CARE]
    areas = [area for area in table if area != TOTAL]
    kinds = ("outside", "inside", "excluded")
    reader = Reader([(area, kind) for area in areas for kind in kinds])
    for name in COUNTS:
        for area, row in table.items():
            true = float(exact[area][name].text.replace(",", ""))
            if not row[name].suppressed:
                assert true == 0 or true > 5
                assert float(row[name].text) % 5 == 0
    for area, row in table.items():
        here = areas if area == TOTAL else [area]
        cells = {kind: [(one, kind) for one in here] for kind in kinds}
        known = [*cells["outside"], *cells["inside"]]
        reader.reads_count(cells["outside"], row["outside"].text)
        reader.reads_count(known, row["known"].text)
        reader.reads_count(cells["excluded"], row["excluded"].text)
        reader.reads_share(cells["outside"], known, row["share"].text)
    for area in areas:
        for name in ("outside", "excluded"):
            if 0 < int(exact[area][name].text) < 6:
                least, most = reader.ends([(area, name)], whole=False)
                assert most - least >= 4
    for flows in (public.county_flows(codes.CARE), public.area_flows(codes.CARE)):
        assert (flows.frame["count"] >= 5).all() and (flows.frame["count"] % 5 == 0).all()


def test_no_module_of_the_map_hides_figures_by_a_rule_of_its_own():
    """What is hidden is decided once, for the release: no layer calls a rule for one column or table."""
    modules = [Path(maps.__file__), *Path(maps.__file__).parent.rglob("*.py"), Path(restated.__file__)]
    for path in modules:
        called = {node.func.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert not called & {"hidden", "hidden_grid", "protect_grid", "protect", "safe_flows", "share_text"}, path


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
