"""Goals as one weighted sum of pounds, instead of one after another."""

from __future__ import annotations

import pandas as pd
import pytest

from placements.errors import SettingsError, UsageError
from placements.manifest import solver
from placements.optimisation import evaluate, optimise
from placements.reports.future import proposal_of
from placements.reports.sections.plan import _proof
from placements.settings import GoalWeights, settings_from
from tests.support import tiny_county, tiny_forecast
from tests.unit.test_frontier import AWAY_GBP, HOMES, NEEDS, county_with

DEAR = """
id | site | kind      | to        | places | capital | yearly  | weekly | lead | planned | minimum
b  | B    | open_home | Woking    | 3      | 0       | 1000000 | 0      | 0    | 1       | 0
"""


def test_far_apart_the_sum_is_the_order() -> None:
    """With a child-year worth a million pounds and a mile a thousandth, the plan is that of the goals in order."""
    options = HOMES + "d  | D    | open_home | Woking    | 3      | 150     | 0      | 0      | 0    | 1       | 0"
    county = county_with(options, capital_gbp=560.0)
    forecast = tiny_forecast(county, NEEDS)
    in_order = optimise(county, forecast)
    weights = {"away_child_years": 1e6, "net_cost": 1.0, "travel": 1e-3}
    weighed = optimise(county, forecast, weights=weights)
    assert weighed.interventions == in_order.interventions
    assert weighed.by_year["away"].sum() == pytest.approx(in_order.by_year["away"].sum(), rel=2e-3)
    assert [goal.name for goal in weighed.goals] == ["weighted_cost"]
    assert weighed.is_proved
    evaluate(county, forecast, weighed)


@pytest.mark.parametrize(("worth", "opened"), [(0.9, 0), (1.1, 1)])
def test_a_home_is_opened_when_a_child_year_is_worth_what_it_costs(worth: float, opened: int) -> None:
    """A home costs so much more than it avoids for each child-year: worth less it stays shut, worth more it opens."""
    county = county_with(DEAR)
    forecast = tiny_forecast(county, NEEDS)
    price = (1e6 - 3 * AWAY_GBP) / 3
    plan = optimise(county, forecast, weights={"away_child_years": worth * price, "net_cost": 1.0})
    assert len(plan.interventions) == opened


def test_the_sum_is_that_of_its_parts() -> None:
    """What is reached is the worth of the child-years away and of the net cost, worked out by hand."""
    county = county_with(DEAR)
    plan = optimise(county, tiny_forecast(county, NEEDS), weights={"away_child_years": 1e6, "net_cost": 0.5})
    away, net = plan.by_year["away"].sum(), plan.by_year["net_gbp"].sum()
    assert away == pytest.approx(120 - 6)
    assert plan.goals[0].value == pytest.approx(1e6 * away + 0.5 * net, rel=1e-6)


def test_weights_are_read_judged_and_said() -> None:
    """They stand in study.toml; what is wrong with them is named; the manifest says what they were."""
    read = settings_from({"optimise": {"weights": {"away_child_years": 200_000, "net_cost": 1}}}).optimise
    assert read.weights == GoalWeights(200_000.0, 1.0, 0.0)
    assert settings_from({}).optimise.weights is None
    for weights, said in (
        ({"happiness": 1}, "weights.happiness is not a setting"),
        ({"net_cost": -1}, "weights.net_cost = -1"),
        ({"net_cost": float("nan")}, "weights.net_cost = nan"),
        ({"net_cost": 0}, "at least one goal"),
        (3, r"\[optimise.weights\] must be a table"),
    ):
        with pytest.raises(SettingsError, match=said):
            settings_from({"optimise": {"weights": weights}})
    county = tiny_county(pd.DataFrame(), options=HOMES, provision=pd.DataFrame())
    forecast = tiny_forecast(county, NEEDS)
    assert solver(optimise(county, forecast))["weights"] is None
    weighed = optimise(county, forecast, weights={"away_child_years": 2e5})
    assert solver(weighed)["weights"] == {"away_child_years": 2e5, "net_cost": 0.0, "travel": 0.0}
    with pytest.raises(UsageError, match="at least one goal"):
        optimise(county, forecast, weights=GoalWeights())


def test_the_statement_says_that_goals_were_weighed() -> None:
    """It claims no order of goals where there was none, and shows the one sum in pounds."""
    county = county_with(HOMES)
    plan = optimise(county, tiny_forecast(county, NEEDS), weights={"away_child_years": 2e5})
    _, callout, goals = _proof(proposal_of(county, plan))
    assert "weighed against each other in pounds" in callout.text
    assert "first goal" not in callout.text
    assert [row[0] for row in goals.rows] == ["All goals as one sum, in pounds by their weights"]
    assert goals.rows[0][1].startswith("£")
