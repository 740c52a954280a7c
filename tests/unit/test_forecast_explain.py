"""What drives the change: the steps add up, and the flow that changed is the one that is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from placements.errors import UsageError
from placements.forecasting.explain import FLOWS, INTERACTION, TOTAL, explain
from tests.support import tiny_county


def county_with(entries_then: int, entries_now: int, stay_then: float, stay_now: float):
    """Children who came over two years up to two years ago, and over the two years since."""
    rng = np.random.default_rng(3)
    parts = []
    for first, entries, stay in (("2021-04-01", entries_then, stay_then), ("2023-04-01", entries_now, stay_now)):
        start = pd.Timestamp(first) + pd.to_timedelta(rng.uniform(0, 729, entries).astype(int), unit="D")
        end = pd.Series(start) + pd.to_timedelta(rng.exponential(stay, entries).astype(int) + 1, unit="D")
        parts.append(pd.DataFrame({"start": start, "end": end.where(end <= pd.Timestamp("2025-03-31"))}))
    rows = pd.concat(parts, ignore_index=True)
    return tiny_county(rows.assign(provision="agency_foster", home="Guildford", to="out", birth="2014-01-01"))


def test_the_steps_add_up_to_the_whole() -> None:
    """Entries, stays, destinations and their interaction are all of the change, in every year."""
    effects = explain(county_with(150, 300, 200, 300), runs=30).effects["children"].unstack()
    assert effects[[*FLOWS, INTERACTION]].sum(axis=1).to_numpy() == pytest.approx(effects[TOTAL].to_numpy())
    assert list(effects.index) == [12, 24, 36, 48, 60]


def test_twice_the_entries_are_found_to_be_entries() -> None:
    """Children come twice as often and stay as long: entries are most of it."""
    effects = explain(county_with(150, 300, 200, 200), runs=40).effects["children"].xs(36)
    assert effects["entries"] > 25
    assert abs(effects["stays"]) + abs(effects["destinations"]) < 0.6 * effects["entries"]


def test_longer_stays_are_found_to_be_stays() -> None:
    """As many come and stay twice as long."""
    effects = explain(county_with(250, 250, 120, 300), runs=40).effects["children"].xs(36)
    assert effects["stays"] > 20
    assert effects["stays"] > 3 * abs(effects["entries"])


def test_too_short_a_record_is_refused() -> None:
    """Two periods of five years are not there."""
    with pytest.raises(UsageError, match="two periods of 5 years do not fit"):
        explain(county_with(150, 300, 200, 300), years=5)
