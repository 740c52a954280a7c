"""Small things pandas does not do by itself."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from placements.frames import among

texts = st.lists(st.none() | st.text(st.sampled_from("ab é"), max_size=2), max_size=8)


@given(values=texts, known=texts)
def test_among_answers_as_isin_does(values, known):
    """Blanks, repeats and empty tables included, but what is missing is among nothing; the index is kept."""
    left = pd.Series(values, index=range(5, 5 + len(values)), dtype="str")
    right = pd.Series(known, dtype="str")
    expected = left.isin(right.dropna().tolist()) & left.notna()
    pd.testing.assert_series_equal(among(left, right), expected, check_names=False)
    pd.testing.assert_series_equal(among(left.astype("category"), right), expected, check_names=False)
