"""Recorded and inferred reasons are told apart in words, and nothing is said of them that is not shown."""

import pytest

from placements.reports.sections.why import at_most, basis_of_avoidable
from placements.reports.words import Share


@pytest.mark.parametrize(
    ("basis", "bound", "words"),
    [
        (Share("0", "40", "0%"), "at most ", " None of those judged avoidable has a recorded reason"),
        (Share("40", "40", "100%"), "", " All of those judged avoidable have a recorded reason."),
        (Share("30", "40", "75%"), "at most ", "30 of 40 (75%) have a recorded reason"),
        (Share("1,995", "2,000", "100%"), "at most ", "1,995 of 2,000 (100%) have a recorded reason"),
        (Share("0", "0", "x"), "", ""),
    ],
)
def test_a_number_is_at_most_only_when_some_of_it_is_inferred(basis, bound, words):
    """Recorded reasons are no upper bound; what was inferred is one, and is said to be inferred."""
    assert at_most(basis) == bound
    text = basis_of_avoidable(basis)
    assert words in text
    assert bool(text) == bool(words)


@pytest.mark.parametrize("basis", [Share("c", "40", "c"), Share("40", "40", "c"), Share("c", "c", "c")])
def test_no_figure_is_given_where_the_share_is_not_shown(basis):
    """Neither a number nor "all" or "none": a hidden share may be either, and what may be inferred is a bound."""
    text = basis_of_avoidable(basis)
    assert not any(mark.isdigit() for mark in text)
    assert "not shown" in text
    assert at_most(basis) == "at most "
