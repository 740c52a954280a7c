"""Which method is used of each series: weights by what is known at the origin, coherent draws, signals, successors."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest

from placements.forecasting.published import CARE, backtest_published, draw_published, forecast_published
from placements.forecasting.published.heirs import changes, with_history, with_sums
from placements.forecasting.published.series import ARRIVALS, CHILDREN, PublishedSeries
from placements.forecasting.published.signals import DENSITY, fit_signals, signals
from placements.forecasting.published.stacking import (
    COMPARED_YEARS,
    MODEL,
    OWN_GROWTH,
    choose,
    fit_weights,
    methods_from,
    mixed,
)
from tests.published_support import rough, series_of

SHARES = (0.5, 0.1, 0.4)
LEVELS = (np.arange(50) + 0.5) / 50


def _total_only(totals: np.ndarray, known: Mapping[str, np.ndarray] = MappingProxyType({})) -> PublishedSeries:
    return dataclasses.replace(series_of(totals).total_only(), known=known)


def _quantiles(middle: np.ndarray, spread: float) -> np.ndarray:
    """Return quantiles (points, forecasts) of uniform distributions."""
    return np.asarray(middle[None] + spread * (2.0 * LEVELS[:, None] - 1.0))


def test_the_better_method_has_the_weight_and_the_model_stands_where_none_is_better() -> None:
    """A right method beside a wrong model has nearly all of it; beside a right model a wrong one has nothing."""
    came = np.random.default_rng(1).uniform(-1, 1, 400)
    right, wrong = _quantiles(np.zeros(400), 1.0), _quantiles(np.full(400, 5.0), 1.0)
    assert fit_weights(np.stack([wrong, right]), came)[1] > 0.9
    assert np.array_equal(fit_weights(np.stack([right, wrong]), came), [1.0, 0.0])
    assert fit_weights(np.stack([right, right]), came)[0] > 0.9


def test_errors_on_either_side_are_mixed() -> None:
    """Of one method too low and one too high by as much, half of each is best."""
    came = np.random.default_rng(2).uniform(-1, 1, 400)
    low, high = _quantiles(np.full(400, -2.0), 1.0), _quantiles(np.full(400, 2.0), 1.0)
    assert fit_weights(np.stack([low, high]), came)[1] == pytest.approx(0.5, abs=0.06)


def test_settings_of_a_mixture_add_up_in_every_draw() -> None:
    """Whatever the weights: of total and settings, none below 0; and the forecast says its weights and scores."""
    series = series_of(np.round(rough(20, 5)), SHARES)
    drawn, choices = forecast_published(series, horizon=2, draws=200)
    assert [choice.series for choice in choices] == list(series.names)
    assert all(sum(choice.weights.values()) == pytest.approx(1.0) for choice in choices)
    assert choices[0].origins == (2021, 2022)
    assert set(choices[0].weights) <= set(choices[0].scores)
    said = methods_from(series, 2, 200, 2025)
    some = {MODEL: 0.4, "last_year": 0.6}
    forced = mixed(said, tuple(dataclasses.replace(one, weights=some) for one in choices))
    for values in (drawn.values[:4], forced.values[:4]):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
        assert np.allclose(values[1:].sum(axis=0), values[0], rtol=1e-9)
    own = said.drawn.values[0, :, 3, 0]
    assert np.array_equal(np.argsort(own), np.argsort(forced.values[0, :, 3, 0]))


def test_weights_rest_on_what_is_known_alone() -> None:
    """Earlier forecasts are compared with years up to the origin: the rest of the file may be anything."""
    totals = np.round(rough(24, 7))
    series = series_of(totals)
    longer = dataclasses.replace(
        series, counts=np.concatenate([series.counts[:, :5], 9 * series.counts[:, 5:]], axis=1)
    )
    cuts = [one.until(2023) for one in (series, longer)]
    said = [{year: methods_from(one.until(year), COMPARED_YEARS, 100, 1) for year in (2021, 2022)} for one in cuts]
    one, other = (choose(cut, earlier) for cut, earlier in zip(cuts, said, strict=True))
    assert one == other
    assert one[0].forecasts == 24 * 3


def test_no_earlier_year_leaves_the_model() -> None:
    """Three years: nothing to compare methods at."""
    drawn, choices = forecast_published(series_of(rough(20, 3)), draws=100)
    assert all(choice.weights == {MODEL: 1.0} and choice.mixture is None for choice in choices)
    assert np.array_equal(drawn.values[0], draw_published(series_of(rough(20, 3)), draws=100).values[0])


def test_a_signal_that_tells_is_found_and_one_that_does_not_is_not() -> None:
    """Growth made to follow the new plans of the year before does so in the fit; density is left near none."""
    rng = np.random.default_rng(4)
    rate = np.exp(0.3 * rng.standard_normal((120, 6)))
    growth = 0.09 + 0.1 * np.log(rate[:, :-1]) + 0.01 * rng.standard_normal((120, 5))
    totals = 2000.0 * np.exp(np.column_stack([np.zeros(120), np.cumsum(growth, axis=1)]))
    arrivals = np.column_stack([np.full(120, np.nan), 0.15 * rate[:, 1:] * totals[:, :-1]])
    children = np.repeat(rng.uniform(20_000, 90_000, (120, 1)), 6, axis=1)
    series = _total_only(totals, {ARRIVALS: arrivals, CHILDREN: children})
    told = signals(series)
    moved = np.diff(np.log(totals), axis=1)
    found = {one.name: one.slope for one in fit_signals(told, moved - np.median(moved, axis=0))}
    assert found[ARRIVALS] == pytest.approx(0.1, rel=0.15)
    assert abs(found[DENSITY]) < 0.01
    with_it, without = (backtest_published(one, 1, 300) for one in (series, dataclasses.replace(series, known={})))
    assert with_it.scores[0]["crps"] < 0.7 * without.scores[0]["crps"]


def test_signals_of_hidden_years_do_not_reach_the_forecast() -> None:
    """Whatever new plans, children and counts come after the origin: draws and weights are the same to the bit."""
    rng = np.random.default_rng(6)
    totals = np.round(rough(40, 6))
    known = {ARRIVALS: 0.15 * totals * rng.uniform(0.7, 1.3, totals.shape), CHILDREN: 30.0 * totals}
    other = {name: np.column_stack([values[:, :5], 7.0 * values[:, 5:]]) for name, values in known.items()}
    moved = np.column_stack([totals[:, :5], 3.0 * totals[:, 5:]])
    one, changed = (_total_only(*each) for each in ((totals, known), (moved, other)))
    hidden = [forecast_published(each.until(2023), draws=100) for each in (one, changed)]
    assert np.array_equal(hidden[0][0].values, hidden[1][0].values)
    assert hidden[0][1] == hidden[1][1]
    assert set(hidden[0][1][0].scores) >= {MODEL, OWN_GROWTH}
    found = [backtest_published(each, 1, 100).rows for each in (one, changed)]
    assert np.array_equal(found[0]["median"], found[1]["median"])
    assert not np.array_equal(found[0]["crps"], found[1]["crps"])


def _cumbria() -> PublishedSeries:
    totals = rough(20, 6)
    series = series_of(totals)
    codes = list(series.authorities.index)
    codes[:3] = ["E10000006", "E06000063", "E06000064"]
    counts = series.counts.copy()
    counts[0, 5:] = np.nan
    counts[1:3, :5] = np.nan
    counts[1, 5, 0], counts[2, 5, 0] = 600.0, 400.0
    return dataclasses.replace(series, authorities=series.authorities.set_axis(codes), counts=counts)


def test_successors_of_a_split_have_the_growth_of_the_whole() -> None:
    """Six tenths and four tenths of Cumbria's figures; the sum is Cumbria's; Cumbria is no longer in it."""
    series = _cumbria()
    heirs = with_history(series)
    assert "E10000006" not in heirs.authorities.index
    assert np.allclose(heirs.counts[0, :5, 0], 0.6 * series.counts[0, :5, 0])
    assert np.allclose(heirs.counts[:2, :5, 0].sum(axis=0), series.counts[0, :5, 0])
    assert heirs.counts[0, 5, 0] == 600.0
    drawn = draw_published(series, draws=100)
    assert list(drawn.inherited[:2]) == [5, 5]
    assert list(drawn.growths_seen[:2]) == [5, 5]
    # Nothing of the change is known before it; what came of Cumbria after it is the sum.
    cut = series.until(2023)
    assert np.array_equal(with_history(cut).counts, cut.counts, equal_nan=True)
    assert with_sums(series).counts[0, 5, 0] == 1000.0


def test_changes_are_whole() -> None:
    """Bournemouth, Poole and Dorset became two councils together; each change has one day and outer boundary."""
    found = {change.olds: change.news for change in changes()}
    assert found["E06000028", "E06000029", "E10000009"] == ("E06000058", "E06000059")
    assert found["E10000021",] == ("E06000061", "E06000062")


def test_children_looked_after_are_a_total_alone() -> None:
    """The same model, with no settings."""
    series = dataclasses.replace(_total_only(np.round(rough(20, 5, growth=0.01))), release=CARE)
    drawn, choices = forecast_published(series, horizon=1, draws=100)
    assert drawn.values.shape == (1, 100, 20, 1)
    assert [choice.series for choice in choices] == ["total"]
    assert {row["series"] for row in backtest_published(series, draws=100).scores} == {"total"}
