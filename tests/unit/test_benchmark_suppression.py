"""The benchmark of disclosure control, small: ours is safe and loses least, the plain rule gives numbers away."""

import numpy as np
import pytest

from benchmarks import suppression
from placements.disclosure.control.model import CountModel
from placements.disclosure.control.tables import linked_tables


@pytest.fixture(scope="module", params=[12, pytest.param(50, marks=pytest.mark.slow)])
def found(request):
    """Return the rows of some releases: a few, and 50 among the slow sweeps."""
    return suppression.measure(request.param, seed=4)


def test_nothing_that_ours_hides_can_be_worked_out(found):
    """No exact and no too narrow interval, from a linear programme or in whole numbers, rounded or not."""
    ours = found[found["rule"] == "ours"]
    assert set(ours["round_to"]) == {5, 1}
    assert ours[["exact", "narrow"]].to_numpy().sum() == 0
    assert ours[["whole_exact", "whole_narrow"]].sum().sum() == 0
    assert (ours["hidden"] >= ours["small"]).all()


def test_the_attack_finds_what_the_plain_rule_gives_away(found):
    """The audit is no rubber stamp: in unrounded tables the line-by-line rule leaves numbers to be worked out."""
    plain = found[(found["rule"] == "plain") & (found["round_to"] == 1)]
    assert (plain["exact"] > 0).any()
    assert plain["narrow"].sum() > plain["exact"].sum()


def test_every_rule_hides_the_same_small_counts_and_its_row_is_printed(found):
    """Rules differ in what they hide beside them; the former one is for 2-way tables only."""
    by_table = found.groupby(["table", "round_to"])
    assert (by_table["small"].nunique() == 1).all()
    assert 0 < (found["rule"] == "former").sum() < (found["rule"] == "ours").sum()
    printed = suppression.render(found)
    assert all(title in printed for title in suppression.TITLES.values())


def test_the_plain_rule_leaves_no_line_with_one_hidden_cell():
    """Unless all others of it are nought."""
    release = suppression.made_up(np.random.default_rng(4), 0)
    linked = linked_tables(release.plan, 1)
    hide = suppression.plain_rule(linked).counts
    model: CountModel = linked.model
    for row in model.equations.toarray():
        line = np.flatnonzero(row)
        assert hide[line].sum() != 1 or not (model.values[line][~hide[line]] > 0).any()
