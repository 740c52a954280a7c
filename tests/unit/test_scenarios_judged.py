"""Scenarios against each other: fates, probabilities, regret, payback, who gains, steps and assumptions."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from placements.comparison import (
    DO_NOTHING,
    compare,
    contributions,
    payback_year,
    probability_better,
    regret,
    tornado,
)
from placements.comparison.chance import draw, fates
from placements.comparison.steps import INTERACTION, TOGETHER
from placements.comparison.tornado import assumptions
from placements.errors import UsageError
from placements.interventions import ReduceEntries
from placements.settings import CompareSettings
from tests.comparison_support import case, home


def carers_less(**changes: object) -> ReduceEntries:
    given = {"name": "p", "share": 0.3, "provisions": ("agency_foster",), "yearly_cost_gbp": 8_000.0}
    return ReduceEntries(**(given | changes))


def three():
    county, forecast = case()
    dear = home(name="dear", places=3, capital_gbp=300_000.0)
    return compare(county, forecast, {"home": (home(),), "dear": (dear,), "fewer": (carers_less(),)})


def test_a_fate_hangs_on_seed_run_and_name_alone() -> None:
    """The same in any scenario; likelier success succeeds wherever it did before; about as often as it says."""
    runs = tuple(range(4000))
    few, many = (fates([carers_less(probability_of_success=p)], runs, 7)[0].success for p in (0.3, 0.6))
    assert (few <= many).all()
    for share, success in ((0.3, few), (0.6, many)):
        assert success.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(runs)))
    other = fates([home(probability_of_success=0.3, name="p"), carers_less()], runs, 7)
    assert (other[0].success == few).all()
    assert other[1].success.tolist() == [1.0]
    assert draw(7, 1, "p") != draw(7, 1, "q") != draw(8, 1, "q")


def test_two_scenarios_with_the_same_doubtful_home_share_its_fate() -> None:
    """What a second, certain step adds is the same whether or not the doubtful one came: it is for other children."""
    county, forecast = case()
    doubtful = home(probability_of_success=0.5)
    result = compare(county, forecast, {"home": (doubtful,), "both": (doubtful, carers_less())})
    home_only, both = result.outcomes["home"], result.outcomes["both"]
    assert (home_only.usable == both.usable).all()
    assert ((home_only.away - both.away) > 0).all()


def test_the_chances_of_a_pair_add_up_to_one_but_for_ties() -> None:
    """Nothing beats itself; of two that never tie one beats the other; the criterion has to exist."""
    result = three()
    for by in ("away_child_years", "net_gbp"):
        table = probability_better(result, by)
        assert list(table.index) == list(table.columns) == list(result.outcomes)
        assert np.diag(table).tolist() == [0.0] * 4
        assert (table + table.T <= 1 + 1e-9).all(axis=None)
    away = probability_better(result)
    assert away.loc["dear", "home"] == pytest.approx(1.0)
    assert away.loc[DO_NOTHING].tolist() == [0.0] * 4
    assert away["do nothing"].tolist() == pytest.approx([0, *result.table()["better_than_nothing"][1:]])
    with pytest.raises(UsageError, match="'beauty' is nothing"):
        probability_better(result, "beauty")


def test_in_every_future_somebody_regrets_nothing() -> None:
    """Regret is never below 0, is 0 for the best of each future, and a mean is no more than the largest."""
    result = three()
    for by in ("away_child_years", "net_gbp"):
        table = regret(result, by)
        assert (table["mean_regret"] >= 0).all()
        assert (table["mean_regret"] <= table["largest_regret"] + 1e-9).all()
        assert table["best_in"].sum() >= 1 - 1e-9
    assert regret(result).loc[DO_NOTHING, "mean_regret"] == pytest.approx(
        result.mean(
            result.nothing.away.sum(axis=0) - np.min([o.away.sum(axis=0) for o in result.outcomes.values()], axis=0)
        )
    )


@pytest.mark.parametrize(
    ("net", "year"),
    [
        ([100, -60, -60, -1], 3),
        ([100, -100, 0, 0], 2),
        ([100, -150, 80, -40], 4),  # back in year 2, owed again in year 3
        ([100, -20, -20, -20], np.nan),
        ([-5, -5, -5, -5], np.nan),
        ([0, 0, 0, 0], np.nan),
    ],
)
def test_payback_is_when_all_has_come_back_for_good(net: list[float], year: float) -> None:
    """The first year by whose end nothing is owed and nothing will be; never, where nothing was spent or it is lost."""
    assert payback_year(np.array(net, float)) == pytest.approx(year, nan_ok=True)


def test_who_gains_adds_up_to_what_the_scenario_does() -> None:
    """Over areas and needs, and over areas alone, the child-years fewer away are those of the scenario."""
    result = three()
    table = result.table()["away_child_years"]
    for by in (("area", "need_group"), ("area",)):
        gains = result.gains(by)
        assert list(gains.index.names) == ["scenario", *by]
        assert (gains["fewer_away_low_80"] <= gains["fewer_away_high_80"]).all()
        for name in ("home", "dear", "fewer"):
            total = gains.loc[name, "fewer_away"].sum()
            assert total == pytest.approx(table[DO_NOTHING] - table[name], rel=1e-6)


def test_the_steps_and_their_interaction_add_up() -> None:
    """In every column; two homes that want the same children do less together than alone; of one step there is none."""
    county, forecast = case()
    big = {"places": 4, "capital_gbp": 1000.0}
    steps = (home(name="a", **big), home(name="b", **big), carers_less())
    result = compare(county, forecast, {"it": steps, "one": (home(),)})
    found = contributions(result, "it")
    table = found.table(result)
    assert list(table.index) == ["a", "b", "p", INTERACTION, TOGETHER]
    for column in ("alone", "removed", "npv_alone_gbp", "npv_removed_gbp"):
        assert table[column].iloc[:-1].sum() == pytest.approx(table.loc[TOGETHER, column], abs=1e-6)
    assert table.loc[INTERACTION, "alone"] < -0.5
    assert table.loc[TOGETHER, "alone"] == pytest.approx(
        result.mean(result.nothing.away.sum(axis=0) - result.outcomes["it"].away.sum(axis=0))
    )
    one = contributions(result, "one").table(result)
    assert one.loc[INTERACTION].tolist() == pytest.approx([0.0] * one.shape[1])
    assert one.loc["h", "alone"] == pytest.approx(one.loc["h", "removed"])
    with pytest.raises(UsageError, match="no scenario 'that'"):
        contributions(result, "that")


def test_an_assumption_that_cannot_matter_moves_nothing_and_the_widest_comes_first() -> None:
    """Dearer places away make a home worth more; a certain step cannot succeed more often; rows go by their swing."""
    county, forecast = case()
    steps = (home(lead_time_years=1.0, places=2, planned_occupancy=0.9), carers_less(probability_of_success=0.8))
    result = compare(county, forecast, {"it": steps, "sure": (home(),)})
    table = tornado(result, "it")
    named = {one.name for one in assumptions(CompareSettings())}
    assert table.index[0] == ("as assumed", "")
    assert set(table.index.get_level_values(0)) == named | {"as assumed"}
    assert table["npv_gbp"].iloc[0] == pytest.approx(result.table().loc["it", "npv_gbp"])
    swings = table["swing_gbp"].iloc[1:].tolist()
    assert swings == sorted(swings, reverse=True)
    away = table.loc["price of places out of county"]
    assert away["npv_gbp"].iloc[0] < table["npv_gbp"].iloc[0] < away["npv_gbp"].iloc[1]
    assert away["fewer_away"].tolist() == pytest.approx([table["fewer_away"].iloc[0]] * 2)
    occupancy = table.loc["planned occupancy"]
    assert occupancy["fewer_away"].iloc[0] < occupancy["fewer_away"].iloc[1]
    late = table.loc["lead time"]
    assert late["fewer_away"].iloc[1] < late["fewer_away"].iloc[0]
    likely = table.loc["probability of success", "fewer_away"]
    assert likely.iloc[0] <= table["fewer_away"].iloc[0] <= likely.iloc[1]
    sure = tornado(result, "sure").loc["probability of success"]
    assert sure["fewer_away"].iloc[1] == pytest.approx(
        result.table().loc[DO_NOTHING, "away_child_years"] - result.table().loc["sure", "away_child_years"]
    )
    with pytest.raises(UsageError, match="no scenario 'do nothing'"):
        tornado(result, DO_NOTHING)


def test_moving_an_assumption_by_nothing_is_what_was_assumed() -> None:
    """With every change at 0, each row is the first one."""
    county, forecast = case()
    none = CompareSettings(**{field.name: 0.0 for field in dataclasses.fields(CompareSettings)})
    county = dataclasses.replace(county, settings=dataclasses.replace(county.settings, compare=none))
    table = tornado(compare(county, forecast, {"it": (home(),)}), "it")
    for column in ("fewer_away", "npv_gbp"):
        assert table[column].tolist() == pytest.approx([table[column].iloc[0]] * len(table), rel=1e-5)
