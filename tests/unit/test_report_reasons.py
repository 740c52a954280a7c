"""Recorded and inferred reasons are told apart in words, and no small count can be worked out from them."""

import pandas as pd
import pytest

from placements.disclosure.suppress import INTERNAL
from placements.reports.sections.why import at_most, basis_of_avoidable

SHAREABLE = "shareable"


def judged(**counts: int) -> pd.DataFrame:
    """Children by `reason_basis`; those whose reason is `safeguarding` are appropriate, the others avoidable."""
    rows = [key.rsplit("_", 1) for key, count in counts.items() for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["reason", "basis"], dtype="str")
    return frame.assign(
        judgement=["appropriate" if reason == "safeguarding" else "avoidable" for reason in frame["reason"]]
    )


@pytest.mark.parametrize(
    ("counts", "bound", "words"),
    [
        ({"full_inferred": 40}, "at most ", " None of those judged avoidable has a recorded reason"),
        ({"gone_recorded": 40}, "", " All of those judged avoidable have a recorded reason."),
        ({"gone_recorded": 40, "safeguarding_inferred": 9}, "", " All of those"),
        ({"gone_recorded": 30, "full_inferred": 10}, "at most ", "30 of 40 (75%) have a recorded reason"),
        ({"safeguarding_recorded": 12}, "", ""),
    ],
)
def test_a_number_is_at_most_only_when_some_of_it_is_inferred(counts, bound, words):
    """Recorded reasons are no upper bound; what was inferred is one, and is said to be inferred."""
    frame = judged(**counts)
    assert at_most(frame) == bound
    text = basis_of_avoidable(frame, SHAREABLE)
    assert words in text
    assert bool(text) == bool(words)


@pytest.mark.parametrize("small", ["gone_recorded", "full_inferred", "none_recorded"])
def test_no_figure_is_given_where_one_reason_has_few_children(small):
    """With the table of reasons, the sum would give a hidden count away; an internal copy gives it."""
    frame = judged(**{"gone_recorded": 30, "full_inferred": 30, small: 3})
    assert not any(mark.isdigit() for mark in basis_of_avoidable(frame, SHAREABLE))
    assert any(mark.isdigit() for mark in basis_of_avoidable(frame, INTERNAL))
