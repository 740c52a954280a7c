"""Whether a change is larger than chance would make it."""

import pytest

from placements.analysis.change import count_change_is_clear, share_change_is_clear, share_difference


def test_published_example():
    """Newcombe 1998, table II, method 10: 56/70 less 48/80 is 0.2, between 0.0524 and 0.3339."""
    change, low, high = share_difference(48, 80, 56, 70)
    assert change == pytest.approx(0.2)
    assert (low, high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_a_clear_change_and_one_that_could_be_chance():
    """The same change is clear on many children and not on few; nothing is clear on none."""
    assert share_change_is_clear(400, 1000, 500, 1000)
    assert not share_change_is_clear(4, 10, 5, 10)
    assert not share_change_is_clear(0, 0, 5, 10)
    assert count_change_is_clear(500, 600)
    assert not count_change_is_clear(500, 520)
