"""Levels that walk from year to year, against cases that can be told by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.forecasting.drift import VOLATILITY_PRIOR, known, levels, volatility


def years(came: list[list[float]], expected: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return years of counts with the same number expected in each."""
    return [(np.array(year, float), np.full(len(year), expected)) for year in came]


def test_what_comes_as_expected_stays_at_its_level() -> None:
    """Counts that are what was expected leave the factor at 1, with less doubt the more there are: none walks on."""
    few, many = (levels(years([[n, n]] * 4, n), 2) for n in (20.0, 1000.0))
    assert few.factor == pytest.approx(1)
    assert many.factor == pytest.approx(1)
    assert np.all(many.error < few.error)
    assert np.all(few.error < few.walk * np.sqrt(4))


def test_a_lasting_change_is_followed_and_one_long_ago_is_forgotten() -> None:
    """Twice as many in the last three of six years: near twice; in the first three: near what came after."""
    late = levels(years([[500]] * 3 + [[1000]] * 3, 750), 1)
    early = levels(years([[1000]] * 3 + [[500]] * 3, 750), 1)
    assert late.factor[0] == pytest.approx(4 / 3, rel=0.03)
    assert early.factor[0] == pytest.approx(2 / 3, rel=0.03)


def test_a_single_year_is_not_followed_far_on_few_counts() -> None:
    """8 instead of 5 in one small kind is what chance does: the level stays within a tenth of where it was."""
    found = levels(years([[5]] * 4 + [[8]], 5), 1)
    assert 1 < found.factor[0] < 1.1


def test_without_years_there_is_nothing_to_follow() -> None:
    """The level is that of the window, known as well as its rates are, and walks as is believed beforehand."""
    found = levels([], 3)
    assert found.factor.tolist() == [1, 1, 1]
    assert found.error.tolist() == [0, 0, 0]
    assert found.walk == VOLATILITY_PRIOR


def test_runs_differ_by_the_spread_and_not_on_average() -> None:
    """Rates of the runs are off by the walk and the error, with mean 1."""
    off = known(1, 0.2).off(40_000, np.random.default_rng(1))
    assert off.mean() == pytest.approx(1, abs=0.005)
    assert np.log(off).std() == pytest.approx(0.2, rel=0.02)
    assert known(2).off(5, np.random.default_rng(1)).tolist() == [[1, 1]] * 5


@pytest.mark.parametrize("truth", [0.1, 0.3])
def test_volatility_is_found_again(truth: float) -> None:
    """Counts drawn with factors of a known spread give that spread back, kinds enough."""
    rng = np.random.default_rng(3)
    expected = np.full((60, 6), 200.0)
    came = rng.poisson(expected * rng.gamma(1 / truth**2, truth**2, expected.shape))
    assert volatility(came.astype(float), expected) == pytest.approx(truth, rel=0.15)


@given(st.lists(st.lists(st.integers(0, 400), min_size=3, max_size=3), min_size=2, max_size=8))
def test_factors_lie_between_what_years_show(came: list[list[int]]) -> None:
    """A level is a weighted mean of 1 and of the yearly ratios; the order of the kinds changes nothing."""
    found = levels(years([[float(one) for one in year] for year in came], 50.0), 3)
    ratio = np.array(came).T / 50.0
    assert np.all(found.factor <= np.maximum(ratio.max(axis=1), 1) + 1e-9)
    assert np.all(found.factor >= np.minimum(ratio.min(axis=1), 1) - 1e-9)
    turned = levels(years([[float(one) for one in year[::-1]] for year in came], 50.0), 3)
    assert turned.factor[::-1] == pytest.approx(found.factor)
