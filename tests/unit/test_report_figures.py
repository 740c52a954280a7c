"""The statement takes every count of children from the one release: none is hidden, or shown, on a section's own terms."""

import ast
from pathlib import Path

import pandas as pd
import pytest

import placements.reports
from placements import codes
from placements.analysis.capacity import capacity
from placements.disclosure.control.tables import group
from placements.disclosure.headline import headline_groups, headline_texts, recorded_of_avoidable
from placements.disclosure.held import HELD, OTHERS, OURS
from placements.disclosure.publication import county_figures
from placements.disclosure.suppress import INTERNAL
from placements.reports.quality_rows import row_figures
from placements.reports.sections import gap
from tests.statement_support import statement_context
from tests.support import tiny_county

#: What hides the numbers of one table by themselves.
OWN_RULES = {"hidden", "hidden_grid", "protect", "protect_grid", "safe_flows"}


def test_no_section_hides_numbers_by_itself():
    """What one table hides by itself, another may show: the release decides for all."""
    for path in sorted(Path(placements.reports.__file__).parent.rglob("*.py")):
        imported = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("placements.disclosure")
            for alias in node.names
        }
        assert not imported & OWN_RULES, path.name


@pytest.fixture(scope="module")
def county():
    return tiny_county()


@pytest.fixture(scope="module")
def figures(county):
    return county_figures(county, INTERNAL)


def test_a_headline_figure_is_of_the_groups_that_it_is_looked_up_by(county, figures):
    """By each name the groups hold as many as the indicator counts, worked out on another path."""
    for item in county.headline():
        made = headline_groups(figures, item.name)
        if made.whole is None:
            assert figures.value(made.part) == item.value
            continue
        assert figures.value(made.part) == item.numerator
        assert figures.value(made.whole) == item.denominator
        assert (0 if made.excluded is None else figures.value(made.excluded)) == item.excluded
        assert headline_texts(figures, item.name).numerator == f"{item.numerator:,}"
        if item.name.endswith("_avoidable"):
            recorded, whole = recorded_of_avoidable(figures, item.name)
            assert figures.value(recorded) <= figures.value(whole) == item.numerator
    with pytest.raises(KeyError):
        headline_groups(figures, "no such figure")


def test_held_places_are_those_of_the_register(county, figures):
    """By kind, sector and holder, and in all, as the table of capacity counts them."""
    for (kind, sector), row in capacity(county.provision, ["provision", "sector"]).iterrows():
        where = {"kind": kind, "sector": sector}
        assert figures.value(group(HELD, {**where, "holder": OURS})) == row["occupied_by_us"]
        assert figures.value(group(HELD, {**where, "holder": OTHERS})) == row["occupied_by_others"]
    for service in codes.SERVICES:
        held = capacity(county.provision, ["service"]).loc[service]
        total = held["occupied_by_us"] + held["occupied_by_others"]
        assert figures.value(group(HELD, {"service": service})) == total


def _account(**numbers: int) -> pd.DataFrame:
    row = {"path": "e.csv", "source": "ssda903", "table": "episodes", "rows_in": sum(numbers.values()), **numbers}
    return pd.DataFrame([row])


def _set_aside(number: int) -> pd.DataFrame:
    keys = {"source": "ssda903", "table": "episodes", "column": "PLACE", "reason": "not a code"}
    return pd.DataFrame([keys] * number, columns=list(keys))


@pytest.mark.parametrize("numbers", [(1, 6, 0), (100, 3, 20), (6, 1, 1), (0, 5, 0), (0, 0, 0), (200, 0, 0)])
def test_rows_of_a_file_are_hidden_in_every_table_alike(numbers):
    """A file, its table and its reason for setting aside say the same; no number from 1 to 5 is among them."""
    files = _account(**dict(zip(("used", "quarantined", "superseded"), numbers, strict=True)))
    shown = row_figures(files, _set_aside(numbers[1]), "shareable")
    account = shown.of_file(files.iloc[0])
    assert account == shown.of_table("ssda903", "episodes")
    for text, number in zip(account[1:], numbers, strict=True):
        assert text == "c" or int(text) % 5 == 0
        assert text == "c" or not 0 < number < 6
    if numbers[1]:
        assert shown.of_reason("ssda903", "episodes", "PLACE", "not a code") == account[2]


def test_rows_that_are_no_children_are_shown_as_they_are():
    """Schools and homes are public."""
    files = _account(used=2, quarantined=1, superseded=0).assign(source="gias")
    assert row_figures(files, _set_aside(1).assign(source="gias"), "shareable").of_file(files.iloc[0]) == (
        "3", "2", "1", "0",
    )  # fmt: skip


def test_the_widest_gap_is_in_a_place_that_can_be_named():
    """Of children whose home is not known there may be the most, but no place can be made there."""
    held = statement_context(tiny_county(), profile=INTERNAL)
    row = gap.ShownGap("1", "9", "10", "0", "10")
    less = gap.ShownGap("1", "4", "5", "0", "5")
    rows = [("E10000030", less), (codes.UNKNOWN, row)]
    names = {"E10000030": "Surrey", codes.UNKNOWN: "Not known"}
    drawn = {}

    def remember(heading, *rest, **options):
        drawn["heading"] = heading
        return b"", b""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gap, "paired_bars", remember)
        gap._chart(held, rows, "area", "x", "Home area", names)
    assert drawn["heading"] == "The widest gap is in Surrey"
