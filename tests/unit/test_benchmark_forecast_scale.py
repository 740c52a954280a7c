"""The benchmark of many studies counts what it says it counts."""

import json

import numpy as np
import pytest

from benchmarks import forecast_scale


def test_more_authorities_begin_with_the_same_ones():
    """A measure of 8 and one of 20 have 8 in common; none is there twice, and England has as many as is said."""
    whole = forecast_scale.drawn(forecast_scale.ENGLAND + 1)
    assert forecast_scale.drawn(8) == whole[:8]
    assert len(set(whole)) == len(whole) == forecast_scale.ENGLAND


def test_child_months_are_those_of_a_straight_line_between_ends_of_years():
    """A steady number is that number a month; one that rises evenly is its mean, but for the first year."""
    steady = np.full((7, 5, 3), 2.0)
    assert forecast_scale._child_months(steady) == 7 * 60 * 6
    rising = np.array([[[12.0], [24.0], [36.0]]])
    assert forecast_scale._child_months(rising) == 12 * (12 + 18 + 30)


@pytest.mark.slow
def test_a_small_measure_is_printed_and_written(tmp_path, capsys):
    """One authority, few runs, here: every figure is a number, and the table says what all of England would take."""
    words = ["--studies", "1", "--runs", "12", "--years", "1", "--folder", str(tmp_path / "studies")]
    assert forecast_scale.main([*words, "--children", "30", "--json", str(tmp_path / "found.json")]) == 0
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert (found["studies"], found["runs"], found["failed"], found["cluster"]) == (1, 12, [], None)
    # So few steady years in, there are about as many children as were settled at first.
    assert found["child_months"] == pytest.approx(12 * 12 * found["children"], rel=0.25)
    assert found["client_mb"] > 50
    table = capsys.readouterr().out.strip().splitlines()[-3:]
    assert len({line.count("|") for line in table}) == 1
    assert "| 1 x 12 | none |" in table[2]
