"""Flows are drawn to scale: what leaves an end is as high as the end, and nothing is drawn of what is not given."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.reports import charts_flow
from placements.reports.charts_flow import flows

BANDS = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("XYZ")), st.integers(6, 500), min_size=1, max_size=10
).map(lambda found: [(origin, host, float(number)) for (origin, host), number in sorted(found.items())])


@settings(max_examples=60, deadline=None)
@given(BANDS)
def test_heights_are_in_proportion_and_do_not_overlap(bands):
    """Every end is as high as its share of all, one below the other, within the drawing."""
    whole = sum(number for *_, number in bands)
    for place in (0, 1):
        found = list(charts_flow._stacked(bands, place).items())
        for name, (_, size) in found:
            mine = sum(band[2] for band in bands if band[place] == name)
            assert size == pytest.approx(charts_flow._room(bands) * mine / whole)
        for (_, (top, size)), (_, (below, _)) in itertools.pairwise(found):
            assert below <= top - size + 1e-9
        assert found[0][1][0] == 1.0
        assert found[-1][1][0] - found[-1][1][1] >= -1e-9


def test_the_same_flows_are_the_same_picture():
    """PNG and SVG, byte for byte."""
    bands = [("Woking", "Kent", 20.0), ("Woking", "Hampshire", 10.0), ("Guildford", "Kent", 15.0)]
    first, second = (flows("Heading", bands, ends=("Home", "Host"), mark="m") for _ in range(2))
    assert first == second
    assert first[0][:4] == b"\x89PNG"
