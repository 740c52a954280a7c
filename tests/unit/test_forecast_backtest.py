"""The back-test: what is hidden stays hidden, what came is counted by hand, and the scores are those of the rows."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from placements.errors import UsageError
from placements.forecasting.backtest import backtest
from placements.forecasting.backtested import OURS, Backtest
from placements.forecasting.baselines import BASELINES, carried_forward, drifting, linear_trend
from placements.forecasting.observed import as_of, care_only, monthly_means
from placements.forecasting.spells import spells_of
from tests.forecast_support import steady
from tests.support import tiny_county


def test_monthly_means_are_child_months_by_hand() -> None:
    """A stay counts for the part of each month that it lasts."""
    county = tiny_county(
        """
        n | provision        | home      | to  | birth      | start      | end
        2 | agency_foster    | Guildford | out | 2012-01-01 | 2024-03-31 | 2024-04-15
        1 | connected_carers | Guildford | out | 2012-01-01 | 2024-03-31 | -
        """
    )
    found = monthly_means(spells_of(county, 3), pd.Timestamp("2024-03-31"), 0, 3)
    half = 15 / (365.25 / 12)
    assert found["all", "all"] == pytest.approx([2 * half + 1, 1, 1])
    assert found["provision", "connected_carers"] == pytest.approx([1, 1, 1])
    assert found["age_band", "10 to 15"] == pytest.approx([2 * half, 0, 0])


def test_what_comes_after_an_origin_is_not_known_on_it() -> None:
    """Starts after the day are not there, and ends after it have not come."""
    county = steady()
    known = as_of(county, dt.date(2023, 3, 31)).placements
    assert known["start"].max() <= pd.Timestamp("2023-03-31")
    assert not (known["end"] > pd.Timestamp("2023-03-31")).any()
    held = county.placements["start"].le("2023-03-31") & ~county.placements["end"].le("2023-03-31")
    assert known["end"].isna().sum() == held.sum()


def test_hidden_years_change_no_forecast() -> None:
    """Whatever happens after the first origin, what is forecast from it is the same."""
    one, other = (backtest(county, 1, runs=20) for county in (steady(), steady(changed_after=dt.date(2024, 3, 31))))
    first = one.origins[0]
    key = ["segment", "value", "months_ahead"]
    both = [found.rows[found.rows["origin"].eq(first)].set_index(key) for found in (one, other)]
    shared = both[0].index.intersection(both[1].index)
    assert len(shared) > 10
    assert both[0].loc[shared, "mean"].to_numpy() == pytest.approx(both[1].loc[shared, "mean"].to_numpy())
    assert (both[0].loc[shared, "observed"] != both[1].loc[shared, "observed"]).any()


def test_a_steady_county_is_forecast_within_its_bands() -> None:
    """Over steady counties at least 7 in 10 figures lie in the 80 % band, and the total has little bias."""
    found = [backtest(steady(seed), 2, runs=40) for seed in range(3)]
    rows = pd.concat([one.rows for one in found])
    together = dataclasses.replace(found[0], rows=rows)
    scores = together.scores()
    assert scores.loc["provision", "coverage_80"] > 0.7
    assert abs(scores.loc["all", "bias"]) < 0.15
    assert found[0].summary()["forecasts"] == len(found[0].rows.query("segment == 'provision'"))


def test_scores_are_those_of_the_rows() -> None:
    """By hand: means of CRPS, the least of the baselines, shares of rows in their bands."""
    found = backtest(steady(), 1, runs=30)
    own = found.rows[found.rows["segment"].eq("provision")]
    row = found.scores().loc["provision"]
    assert row["crps"] == pytest.approx(own[f"crps {OURS}"].mean())
    assert row["best_crps"] == pytest.approx(min(own[f"crps {name}"].mean() for name in BASELINES))
    inside = (own["observed"] >= own["low_80"]) & (own["observed"] <= own["high_80"])
    assert row["coverage_80"] == pytest.approx(inside.mean())
    assert (own["low_95"] <= own["low_80"]).all()
    assert (own["low_80"] <= own["low_50"]).all()


def test_plans_are_left_out() -> None:
    """One return tells of no earlier year."""
    county = tiny_county(
        """
        service   | provision     | home      | to        | birth      | start
        education | state_special | Guildford | Guildford | 2014-01-01 | 2024-09-01
        """
    )
    assert care_only(county).placements.empty


def test_too_short_a_record_is_refused_with_what_is_there() -> None:
    """Records of one year cannot be back-tested."""
    county = steady()
    late = dataclasses.replace(county, placements=county.placements[county.placements["start"] > "2024-06-30"])
    with pytest.raises(UsageError, match="months of them before the first day"):
        backtest(late, 1, runs=10)


def test_baselines_say_what_a_ruler_would() -> None:
    """A straight line goes on; a level series stays; each has the spread of its own past."""
    line, level = np.arange(40, dtype=float), np.full(40, 7.0)
    assert carried_forward(line, 6).mean() == pytest.approx(39)
    assert drifting(line, 6).mean() == pytest.approx(45)
    assert linear_trend(line, 6).mean() == pytest.approx(45)
    for baseline in BASELINES.values():
        assert baseline(level, 12) == pytest.approx(7)
    noisy = 50 + np.random.default_rng(2).normal(0, 3, 60)
    assert carried_forward(noisy, 12).std() == pytest.approx((noisy[12:] - noisy[:-12]).std())


def test_choosing_looks_only_at_what_was_known_by_then() -> None:
    """By hand: a simple method that was better up to an origin is chosen from it on, whatever comes of it."""
    simple = [f"crps {name}" for name in BASELINES]
    origins = pd.to_datetime(["2022-03-31", "2022-09-30", "2023-03-31"])
    rows = pd.DataFrame(
        {
            "segment": "provision",
            "value": "adoption",
            "origin": [origins[0], origins[0], origins[1], origins[2]],
            "months_ahead": [6, 12, 6, 6],
            f"crps {OURS}": [4.0, 9.0, 4.0, 4.0],
            simple[0]: [2.0, 99.0, 2.0, 12.0],
            simple[1]: [5.0, 1.0, 5.0, 5.0],
            simple[2]: [6.0, 6.0, 6.0, 6.0],
        }
    )
    found = Backtest(rows, tuple(origins), 10, 1).choosing().loc["provision"]
    # From the first origin nothing is known; from the second six months are (2 beats 4); by the third the year ahead
    # is known too, and there the other simple method is best on average: (5 + 1 + 5) / 3.
    assert found["others"] == 2 / 4
    assert found["ratio"] == pytest.approx((4 + 9 + 2 + 5) / (4 + 9 + 4 + 4))
