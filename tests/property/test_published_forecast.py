"""What holds of forecasts from published series, whatever the series."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.errors import UsageError
from placements.forecasting.published import SERIES, backtest_published, draw_published
from placements.forecasting.published.baselines import BASELINES, baseline
from placements.forecasting.published.predictive import summarise
from placements.forecasting.published.process import Process, ahead, fit_process
from placements.forecasting.result import BANDS
from tests.published_support import rough, series_of

SHARES = (0.5, 0.1, 0.4)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.floats(-0.05, 0.15), st.floats(0.0, 0.2))
def test_bands_are_nested_and_settings_add_up(seed: int, growth: float, spread: float) -> None:
    """Finite, not negative; quantiles rise; in each draw, and so in the mean, settings are the total."""
    totals = np.round(rough(20, 5, seed, growth, spread))
    drawn = draw_published(series_of(totals, SHARES), horizon=3, draws=200)
    held = drawn.values[:4]
    assert np.isfinite(held).all()
    assert (held >= 0).all()
    assert np.allclose(held[1:].sum(axis=0), held[0], rtol=1e-9)
    assert np.isnan(drawn.values[4:]).all()
    bands = summarise(np.moveaxis(held, 1, 0))
    quantiles = np.stack([bands[name] for name in BANDS])
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert np.allclose(bands["mean"][1:].sum(axis=0), bands["mean"][0])


def test_a_constant_series_stays() -> None:
    """Nothing ever changed: the forecast is last year's, in total and by setting, and all but certain."""
    totals = np.repeat(np.linspace(200, 4000, 20)[:, None], 5, axis=1)
    drawn = draw_published(series_of(totals, SHARES), horizon=2, draws=200)
    for at, share in enumerate((1.0, *SHARES)):
        middle = np.median(drawn.values[at], axis=0)
        assert np.allclose(middle, (totals[:, -1] * share)[:, None], rtol=0.01)


def test_pure_growth_is_carried_on_within_the_bands() -> None:
    """Every authority grew by a tenth each year: next year's tenth lies in the 50 % band, which is narrow."""
    totals = 500.0 * 1.1 ** np.arange(6)[None] * np.linspace(1, 5, 20)[:, None]
    bands = summarise(draw_published(series_of(totals), horizon=2, draws=400).values[0])
    come = totals[:, -1:] * 1.1 ** np.arange(1, 3)[None]
    assert np.allclose(bands["median"], come, rtol=0.005)
    assert ((bands["high_95"] - bands["low_95"]) < 0.05 * come).all()


def test_bands_grow_with_the_horizon() -> None:
    """The further ahead, the less sure."""
    bands = summarise(draw_published(series_of(rough()), horizon=5, draws=1000).values[0])
    assert (np.diff((bands["high_80"] - bands["low_80"]).mean(axis=0)) > 0).all()


def test_ten_times_the_plans_is_ten_times_the_forecast() -> None:
    """The unit does not matter to totals."""
    totals = rough()
    one, ten = (draw_published(series_of(scale * totals), horizon=2, draws=300).values[0] for scale in (1.0, 10.0))
    assert np.allclose(10.0 * one, ten, rtol=1e-3)


def test_the_same_seed_gives_the_same_draws() -> None:
    """Bit by bit; another seed gives others."""
    series = series_of(rough(), SHARES)
    one, same, other = (draw_published(series, draws=100, seed=seed).values[:4] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_hidden_years_do_not_reach_the_forecast() -> None:
    """Whatever comes after the origin, forecasts from it are the same to the bit; only the scores change."""
    totals = np.round(rough(24, 6))
    series = series_of(totals, SHARES)
    counts = series.counts.copy()
    counts[:, 4:] *= np.random.default_rng(1).uniform(0.2, 3.0, counts[:, 4:].shape)
    changed = dataclasses.replace(series, counts=counts)
    one, other = (backtest_published(each, draws=100) for each in (series, changed))
    said = ["mean", *BANDS]
    hidden = [found.rows[found.rows["origin"].eq(2022)] for found in (one, other)]
    assert np.array_equal(hidden[0][said].to_numpy(), hidden[1][said].to_numpy())
    chosen = [[one for origin, one in found.choices if origin == 2022] for found in (one, other)]
    assert chosen[0] == chosen[1]
    assert chosen[0][0].origins == (2021,)
    assert not np.array_equal(hidden[0]["crps"].to_numpy(), hidden[1]["crps"].to_numpy())


def test_forecasts_of_a_known_world_are_calibrated() -> None:
    """Of made-up growth, about four fifths of what came lies in the 80 % band."""
    rows = backtest_published(series_of(rough(120, 6, seed=8)), hidden=2, draws=400)
    score = rows.scores[0]
    assert 0.70 <= score["coverage_80"] <= 0.90
    assert score["ratio_plain"] < 1.0


def test_an_authority_with_no_past_leans_on_all() -> None:
    """A new council is forecast by the growth of all, less surely than one with a past; a lost total gets none."""
    totals = rough(30)
    totals[0, :-1] = np.nan
    totals[1, -1] = np.nan
    drawn = draw_published(series_of(totals), draws=2000)
    assert "A001" not in drawn.authorities.index
    assert drawn.growths_seen[0] == 0
    assert np.median(drawn.values[0, :, 0, 0]) / totals[0, -1] == pytest.approx(np.exp(0.09), rel=0.03)


def test_deviations_that_last_are_carried_on_and_those_that_pass_are_not() -> None:
    """A process that lasts expects what was; one that does not expects nothing; tails widen the bands of the unsteady."""
    past = np.array([[0.05, 0.05, 0.05], [np.nan] * 3])
    size = np.ones(2)
    lasting = ahead(Process(0.05, 1e-4, 0.999, 0.0, 30.0), past, size, 1)
    passing = ahead(Process(1e-4, 0.05, 0.5, 0.0, 30.0), past, size, 1)
    assert lasting.mean[0, 0] == pytest.approx(0.05, rel=0.02)
    assert abs(passing.mean[0, 0]) < 1e-3
    assert lasting.mean[1, 0] == 0
    steady, wild = (ahead(Process(0.01, 0.05, 0.5, 0.0, 4.0), np.full((1, 3), d), size[:1], 1) for d in (0.0, 0.2))
    assert wild.root[0, 0, 0] > 1.5 * steady.root[0, 0, 0]


def test_the_process_is_found_again() -> None:
    """From many authorities, the parts' spreads come out near what they were drawn with."""
    rng = np.random.default_rng(5)
    deviations = 0.04 * rng.standard_normal((600, 1)) + 0.03 * rng.standard_normal((600, 5))
    found = fit_process(deviations, np.ones(600))
    assert found.lasting == pytest.approx(0.04, rel=0.15)
    assert found.passing == pytest.approx(0.03, rel=0.2)
    assert found.persistence > 0.85


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_are_honest_about_their_past(name: str) -> None:
    """Values around the figure; of perfectly steady growth, a rule that fits it is certain."""
    past = 100.0 * np.arange(1, 6)[None] * np.ones((12, 1))
    point, values = baseline(name, past, 1)
    assert values.shape[1] == 12
    assert (values >= 0).all()
    if name.startswith("linear"):
        assert np.allclose(point, 600.0)
        assert np.allclose(values, 600.0)
    if name == "last_year":
        assert np.allclose(point, 500.0)


def test_what_is_out_of_range_is_refused() -> None:
    """Horizon, draws, years to hide, and series too short to learn from or to hide any of."""
    series = series_of(rough())
    for wrong in ({"horizon": 6}, {"horizon": 0}, {"draws": 5}):
        with pytest.raises(UsageError, match="lies between"):
            draw_published(series, **wrong)
    with pytest.raises(UsageError, match="lies between"):
        backtest_published(series, hidden=4)
    with pytest.raises(UsageError, match="needs 3 years"):
        draw_published(series.until(2020))
    with pytest.raises(UsageError, match="back-test needs 4"):
        backtest_published(series.until(2021))
    assert len(SERIES) == 10
