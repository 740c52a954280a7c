"""Goals beyond sums, on cases whose answer is plain to see."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.errors import SettingsError, UsageError
from placements.optimisation import PlanError, evaluate, optimise
from placements.optimisation.fairness import tail_of
from placements.settings import settings_from
from tests.support import tiny_county, tiny_forecast
from tests.unit.test_optimise_cases import county_with, names

HOMES = """
id | site | kind      | to        | places | capital | yearly | weekly | lead | planned | minimum
g1 | G1   | open_home | Guildford | 4      | 100     | 10     | 10     | 0    | 1       | 0
g2 | G2   | open_home | Guildford | 4      | 100     | 10     | 10     | 0    | 1       | 0
t  | T    | open_home | Tandridge | 4      | 100     | 10     | 10     | 0    | 1       | 0
"""
NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 8
Tandridge | childrens_home | family     | 3
"""
TWO_HOMES = {"capital_gbp": 200.0, "tolerance": 1e-6, "later_tolerance": 1e-6}


def test_no_area_is_left_behind_where_that_is_the_goal() -> None:
    """Two homes keep most children local in Guildford; where the furthest behind counts, each district has one."""
    county = county_with(HOMES, **TWO_HOMES)
    forecast = tiny_forecast(county, NEEDS)
    most = optimise(county, forecast)
    assert names(most) == ["Option g1", "Option g2"]
    fair = optimise(county, forecast, goals=("largest_gap", "away_child_years", "net_cost"))
    assert "Option t" in names(fair)
    # Four of Guildford's eight stay away; 0.85 of Tandridge's three suit a home.
    assert fair.goal("largest_gap").value == pytest.approx(0.5)
    assert fair.is_proved
    assert fair.goal("away_child_years").value == pytest.approx(2 * (11 - 4 - 2.55))
    evaluate(county, forecast, fair)


def test_the_tail_looks_at_the_worst_futures() -> None:
    """A home that is always full keeps more on average; one whose district's need swings keeps more in the worst half."""
    options = """
    id | site | kind      | to        | places | capital | yearly | weekly | lead | planned | minimum
    g  | G    | open_home | Guildford | 3      | 100     | 10     | 10     | 0    | 1       | 0
    t  | T    | open_home | Tandridge | 9      | 100     | 10     | 10     | 0    | 1       | 0
    """
    needs = """
    area      | provision      | need_group | child_years
    Guildford | childrens_home | family     | 20
    Tandridge | childrens_home | family     | 3.2
    """
    county = county_with(options, **TWO_HOMES | {"capital_gbp": 100.0, "demand_samples": 2, "tail_level": 0.5})
    forecast = tiny_forecast(county, needs, runs=(0.5, 1.5))
    mean = optimise(county, forecast, goals=("away_child_years",))
    tail = optimise(county, forecast, goals=("away_tail",))
    assert (names(mean), names(tail)) == (["Option g"], ["Option t"])
    assert tail.goal("away_tail").value == pytest.approx(2 * 1.5 * (23.2 - 0.85 * 3.2))
    assert tail.is_proved
    whole = optimise(county, forecast, goals=("away_tail",), tail_level=0.0)
    assert whole.goal("away_tail").value == pytest.approx(mean.goal("away_child_years").value)


def test_a_floor_comes_first_and_says_what_it_is_short_of() -> None:
    """Half of the few disabled children are kept local before more of the many others; what cannot be is said."""
    options = """
    id | site | kind      | to        | places | capital | yearly | weekly | lead | planned | minimum | needs
    f  | F    | open_home | Guildford | 6      | 100     | 10     | 10     | 0    | 1       | 0       | family
    d  | D    | open_home | Guildford | 6      | 100     | 10     | 10     | 0    | 1       | 0       | disabled
    """
    needs = """
    area      | provision      | need_group | child_years
    Guildford | childrens_home | family     | 6
    Guildford | childrens_home | disabled   | 2
    """
    county = county_with(options, **TWO_HOMES | {"capital_gbp": 100.0})
    forecast = tiny_forecast(county, needs)
    assert names(optimise(county, forecast)) == ["Option f"]
    floored = optimise(county, forecast, least_share_local={"disabled": 0.5})
    assert names(floored) == ["Option d"]
    assert floored.goal("floors_missed").value == pytest.approx(0, abs=1e-6)
    both = optimise(county, forecast, least_share_local={"disabled": 1.0, "family": 0.5})
    missed = both.goal("floors_missed")
    kept = both.child_years.groupby("need_group")["kept_local"].sum()
    need = both.child_years.groupby("need_group")["need"].sum()
    short = max(0.0, need["disabled"] - kept["disabled"]) + max(0.0, 0.5 * need["family"] - kept["family"])
    assert missed.value == pytest.approx(short)
    assert missed.status == "optimal"
    assert missed.value > 1
    for plan in (floored, both):
        evaluate(county, forecast, plan)
    better = dataclasses.replace(missed, value=missed.value - 0.5, bound=0.0)
    with pytest.raises(PlanError, match="floors missed is"):
        evaluate(county, forecast, dataclasses.replace(both, goals=(better, *both.goals[1:])))


def test_settings_of_fairness_are_checked() -> None:
    """A floor for a need that there is none of, or beyond 1, and a goal that there is none of, are refused by name."""
    with pytest.raises(SettingsError, match=r"least_share_local.martians = 0.5: a share of one of"):
        settings_from({"optimise": {"least_share_local": {"martians": 0.5}}})
    with pytest.raises(SettingsError, match=r"least_share_local.disabled = 1.5"):
        settings_from({"optimise": {"least_share_local": {"disabled": 1.5}}})
    county = tiny_county(pd.DataFrame())
    with pytest.raises(UsageError, match="largest_gap"):
        optimise(county, tiny_forecast(county, NEEDS), goals=("fairness",))


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 1)), min_size=1, max_size=8),
    st.sampled_from([0.0, 0.3, 0.5, 0.8, 0.95]),
)
def test_the_tail_is_the_mean_of_the_worst(rows: list[tuple[float, float]], level: float) -> None:
    """The definition worked out another way: weight is taken from the worst sample down until the tail is full."""
    away = np.array([one for one, _ in rows])
    weights = np.array([one for _, one in rows])
    weights /= weights.sum()
    left, total = 1 - level, 0.0
    for at in np.argsort(-away):
        part = min(left, weights[at])
        total += part * away[at]
        left -= part
    assert tail_of(away, weights, level)[0] == pytest.approx(total / (1 - level), abs=1e-6)
