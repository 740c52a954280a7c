"""Control limits of a funnel: exact, at the authority's own denominator, and widened where authorities differ more."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from placements.analysis.funnel import (
    ABOVE_95,
    ABOVE_998,
    BELOW_95,
    BELOW_998,
    BINOMIAL,
    COLUMNS,
    POISSON,
    UNKNOWN,
    WITHIN,
    Overdispersion,
    exact_limit,
    funnel,
    overdispersion,
    z_scores,
)


def test_limit_by_hand() -> None:
    """Four tosses: P(R <= 3) is 15/16, P(R <= 4) is 1; 97.5 % lies (1 - 0.975) / (1/16) = 0.4 below 4, so at 3.6."""
    assert exact_limit(0.5, [4], 0.975)[0] == pytest.approx(3.6 / 4)
    # P(R <= 0) is 1/16, above 2.5 %: the limit would be below nought, which no share can be.
    assert exact_limit(0.5, [4], 0.025)[0] == 0.0


def test_poisson_limit_by_hand() -> None:
    """Mean 1: P(R <= 2) is 0.9197, P(R = 3) 0.0613, so 97.5 % lies (0.98101 - 0.975) / 0.06131 below 3."""
    e = math.exp(-1)
    expected = 3 - (e * (1 + 1 + 1 / 2 + 1 / 6) - 0.975) / (e / 6)
    assert exact_limit(0.25, [4], 0.975, POISSON)[0] == pytest.approx(expected / 4)


@given(
    st.floats(0.01, 0.99),
    st.integers(1, 3000),
    st.sampled_from([0.001, 0.025, 0.975, 0.999]),
    st.sampled_from([BINOMIAL, POISSON]),
)
def test_interpolation_gives_the_tail_exactly(target: float, n: int, tail: float, model: str) -> None:
    """The distribution function, drawn linearly between whole numbers, is `tail` at the limit (or the limit is 0)."""
    limit = exact_limit(target, [n], tail, model)[0] * n
    law = stats.binom(n, target) if model == BINOMIAL else stats.poisson(n * target)
    below = math.floor(limit + 1e-9)
    at = law.cdf(below) + (limit - below) * law.pmf(below + 1)
    assert at == pytest.approx(tail, abs=1e-6) or (limit == 0 and law.cdf(0) >= tail - 1e-9)


def test_large_numbers_come_to_the_normal_limits() -> None:
    """Of 100,000 at 40 %, limits lie 1.96 and 3.09 standard errors away, phi multiplying the variance."""
    error = math.sqrt(0.4 * 0.6 / 1e5)
    for tail, z in ((0.975, 1.960), (0.999, 3.090)):
        assert exact_limit(0.4, [1e5], tail)[0] == pytest.approx(0.4 + z * error, abs=2e-5)
        assert exact_limit(0.4, [1e5], 1 - tail)[0] == pytest.approx(0.4 - z * error, abs=2e-5)


@pytest.mark.parametrize("model", [BINOMIAL, POISSON])
@pytest.mark.parametrize("level", ["95", "998"])
def test_the_nominal_share_of_like_authorities_lies_within(model: str, level: str) -> None:
    """Of authorities with one common share, 95 % and 99.8 % lie within, whatever their size."""
    rng = np.random.default_rng(1)
    n = pd.Series(rng.integers(40, 2000, 40_000).astype(float))
    drawn = rng.binomial(n.astype(int), 0.45) if model == BINOMIAL else rng.poisson(n * 0.45)
    table = funnel(pd.Series(drawn.astype(float)), n, 0.45, model)
    within = table["value"].between(table[f"low_{level}"], table[f"high_{level}"])
    wanted = {"95": 0.95, "998": 0.998}[level]
    assert within.mean() == pytest.approx(wanted, abs=4 * math.sqrt(wanted * (1 - wanted) / 40_000) + 1e-3)
    # Nor do they differ more than chance, so nothing is widened.
    assert table["phi"].iloc[0] == pytest.approx(0.66, abs=0.03)
    assert table["adjusted_low_95"].equals(table["low_95"])


def test_positions() -> None:
    """Each side of each limit has its name; a value withheld, or of nobody, has none."""
    numerator = pd.Series([500.0, 460, 465, 540, 600, np.nan, 0], index=list("abcdefg"))
    denominator = pd.Series([1000.0] * 6 + [0])
    denominator.index = numerator.index
    table = funnel(numerator, denominator, 0.5)
    assert table.columns.tolist() == list(COLUMNS)
    # Limits of 1,000 at a half: 469 and 531, 451 and 549.
    assert table["position"].tolist() == [WITHIN, BELOW_95, BELOW_95, ABOVE_95, ABOVE_998, UNKNOWN, UNKNOWN]
    assert funnel(pd.Series([400.0]), pd.Series([1000.0]), 0.5)["position"].tolist() == [BELOW_998]
    assert math.isnan(table.loc["g", "low_95"])


def test_overdispersion_by_hand() -> None:
    """Scores 0 to 10: the lowest is drawn in to 1, the highest to 9, and phi is their mean square."""
    found = overdispersion(np.arange(11.0))
    inner = np.array([1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9])
    assert found == Overdispersion(float(np.mean(inner**2)), 11)
    assert found.found
    assert found.widening == pytest.approx(math.sqrt(found.phi))
    # 1 + 2 sqrt(2 / 8) = 2 is not passed by a phi of 2.
    assert not Overdispersion(2.0, 8).found
    assert math.isnan(overdispersion([np.nan]).phi)
    assert overdispersion([]).widening == 1.0


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 0.9), st.integers(0, 2**32 - 1))
def test_widened_limits_take_in_more(target: float, seed: int) -> None:
    """Authorities that truly differ are overdispersed; adjusted limits are never narrower than exact ones."""
    rng = np.random.default_rng(seed)
    n = rng.integers(200, 1500, 150)
    own = rng.beta(20 * target, 20 * (1 - target), 150)
    table = funnel(pd.Series(rng.binomial(n, own).astype(float)), pd.Series(n.astype(float)), target)
    assert table["phi"].iloc[0] > 2
    assert (table["adjusted_low_95"] <= table["low_95"]).all()
    assert (table["adjusted_high_998"] >= table["high_998"]).all()
    assert table["adjusted_position"].eq(WITHIN).sum() >= table["position"].eq(WITHIN).sum()


def test_z_scores_by_hand() -> None:
    """60 of 100 at a half is two standard errors away; 60 where 36 are expected, four."""
    assert z_scores([60], [100], 0.5)[0] == pytest.approx(2)
    assert z_scores([60], [100], 0.36, POISSON)[0] == pytest.approx(4)
    assert math.isnan(z_scores([0], [0], 0.5)[0])


def test_no_target_has_no_limits() -> None:
    """Where England is withheld, nothing is said."""
    table = funnel(pd.Series([1.0]), pd.Series([2.0]), math.nan)
    assert table["position"].tolist() == [UNKNOWN]
    assert table[["low_95", "high_998"]].isna().all(axis=None)
