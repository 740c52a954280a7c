"""Scores of forecasts: the CRPS against its definition, a closed form and propriety; coverage, bias, error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from placements.errors import UsageError
from placements.forecasting.scores import bias, coverage, crps_of_draws, mean_absolute_error, within

NUMBERS = st.lists(st.floats(-50, 50), min_size=1, max_size=12)


def _by_definition(draws: np.ndarray, observed: float) -> float:
    """The integral of (F - step)², which between the jumps of either is constant: exact."""
    ends = np.unique([*draws, observed])
    below = np.array([(draws <= left).mean() - (left >= observed) for left in ends[:-1]])
    return float((below**2 * np.diff(ends)).sum())


@given(NUMBERS, st.floats(-80, 80))
def test_crps_is_the_integral_that_defines_it(draws: list[float], observed: float) -> None:
    """Of draws, the score equals the area between the squared distribution functions."""
    values = np.array(draws)
    assert crps_of_draws(values, np.asarray(observed)) == pytest.approx(_by_definition(values, observed), abs=1e-9)


@pytest.mark.parametrize("observed", [-1.3, 0.0, 0.4, 2.7])
def test_crps_of_a_normal(observed: float) -> None:
    """Of the quantiles of a normal, it is the closed form: s (z (2 Φ(z) - 1) + 2 φ(z) - 1/√π)."""
    quantiles = 3.0 + 2.0 * norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    closed = 2.0 * (observed * (2 * norm.cdf(observed) - 1) + 2 * norm.pdf(observed) - 1 / math.sqrt(math.pi))
    assert crps_of_draws(quantiles, np.asarray(3.0 + 2.0 * observed)) == pytest.approx(closed, abs=1e-3)


@settings(max_examples=40)
@given(NUMBERS, NUMBERS)
def test_crps_is_proper(belief: list[float], other: list[float]) -> None:
    """Over what one believes in, no other distribution scores better on average."""
    truth = np.array(belief)

    def expected(stated: np.ndarray) -> float:
        return float(crps_of_draws(np.repeat(stated[:, None], len(truth), axis=1), truth).mean())

    assert expected(truth) <= expected(np.array(other)) + 1e-9


def test_with_no_spread_it_is_the_absolute_error() -> None:
    """One draw is a point."""
    assert crps_of_draws(np.array([[4.0, 4.0]]), np.array([7.0, 4.0])).tolist() == [3.0, 0.0]


def test_shapes_that_do_not_fit_are_refused() -> None:
    """No draw, or observations of another shape, is an error and not a broadcast."""
    with pytest.raises(UsageError, match="do not fit"):
        crps_of_draws(np.zeros((5, 3)), np.zeros(2))
    with pytest.raises(UsageError, match="do not fit"):
        crps_of_draws(np.zeros((0, 3)), np.zeros(3))


def test_coverage_bias_and_error() -> None:
    """Ends of a band are inside; bias is signed and of the sum; of nothing there is none."""
    low, high, came = np.array([1.0, 1.0, 1.0]), np.array([2.0, 2.0, 2.0]), np.array([1.0, 2.0, 3.0])
    assert within(low, high, came).tolist() == [True, True, False]
    assert coverage(low, high, came) == pytest.approx(2 / 3)
    assert bias(np.array([2.0, 2.0, 5.0]), came) == pytest.approx(0.5)
    assert mean_absolute_error(np.array([2.0, 2.0, 5.0]), came) == pytest.approx(1.0)
    assert math.isnan(coverage(low[:0], high[:0], came[:0]))
    assert math.isnan(bias(low[:0], came[:0]))
    assert math.isnan(mean_absolute_error(low[:0], came[:0]))
