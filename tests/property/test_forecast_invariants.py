"""What holds for any county and any lever."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.forecasting import forecast
from tests import examples
from tests.support import tiny_county

ROW = st.tuples(
    st.sampled_from(["agency_foster", "childrens_home", "supported_accommodation", "connected_carers"]),
    st.sampled_from(["Guildford", "Woking", "Tandridge", None]),
    st.sampled_from(["out", "near", "Woking", None]),
    st.sampled_from(["N1", "N2", "unknown"]),
    st.dates(pd.Timestamp("2007-06-01").date(), pd.Timestamp("2018-01-01").date()) | st.none(),
    st.dates(pd.Timestamp("2021-01-01").date(), pd.Timestamp("2025-06-30").date()),
    st.integers(0, 900) | st.none(),
)


def county_of(rows: list[tuple[object, ...]], **forecast_settings: float):
    frame = pd.DataFrame(rows, columns=["provision", "home", "to", "need", "birth", "start", "days"])
    start = pd.to_datetime(frame["start"])
    frame["end"] = start + pd.to_timedelta(pd.to_numeric(frame["days"]), unit="D")
    return tiny_county(frame, forecast=forecast_settings)


@settings(max_examples=examples(5, 15), deadline=None)
@given(st.lists(ROW, max_size=25))
def test_forecasts_are_finite_and_never_negative(rows: list[tuple[object, ...]]) -> None:
    """Whatever the data, places are finite and at least 0, and the avoidable part is no more than all."""
    result = forecast(county_of(rows), years=2, runs=6)
    for level in ("starting", "settled", "total"):
        assert np.isfinite(result.level(level)).all()
        assert (result.level(level) >= 0).all()
    assert (result.level("avoidable") <= result.level("starting") + 1e-6).all()
    assert result.away["share"].between(0, 1).all()
    assert (np.tril(result.cohorts.sum(axis=(0, 3)), -1) == 0).all()


@settings(max_examples=examples(3, 5), deadline=None)
@given(st.floats(0.25, 2.0))
def test_doubling_the_entry_rate_doubles_the_expectation(factor: float) -> None:
    """Expected child-years are proportional to the entry-rate lever."""
    rows = [("agency_foster", "Woking", "out", "N1", pd.Timestamp("2013-01-01"), pd.Timestamp("2023-06-01"), 200)] * 90
    once = forecast(county_of(rows, entry_rate_multiplier=factor), years=1, runs=300).child_years().sum(axis=(1, 2))
    twice = (
        forecast(county_of(rows, entry_rate_multiplier=2 * factor), years=1, runs=300).child_years().sum(axis=(1, 2))
    )
    error = np.hypot(2 * once.std(), twice.std()) / np.sqrt(300)
    assert abs(twice.mean() - 2 * once.mean()) < 5 * error


@settings(max_examples=4, deadline=None)
@given(st.floats(1.2, 5.0))
def test_longer_stays_never_mean_fewer_places(factor: float) -> None:
    """With the same random numbers, longer stays use at least as many places in every run and month."""
    rows = [("childrens_home", "Woking", "out", "N1", pd.Timestamp("2012-01-01"), pd.Timestamp("2024-06-01"), 90)] * 20
    base = forecast(county_of(rows), years=2, runs=20)
    longer = forecast(county_of(rows, duration_multiplier=factor), years=2, runs=20)
    assert (longer.starting >= base.starting - 1e-4).all()
