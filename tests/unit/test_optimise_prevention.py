"""Options that prevent: planted cases, what is exact about them, and plans that claim too much."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from placements.errors import DataError
from placements.interventions import ReduceEntries
from placements.optimisation import Plan, PlanError, evaluate, explain, optimise, why
from placements.optimisation.why_words import paragraph
from tests.support import tiny_county, tiny_forecast

NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 4
Tandridge | childrens_home | disabled   | 2
Woking    | agency_foster  | family     | 3
"""
OPTIONS = """
id | kind           | to        | places | yearly | weekly | lead | share | needs  | areas     | provisions
h  | open_home      | Guildford | 2      | 50     | 10     | 0    | -     | -      | -         | -
p  | reduce_entries | -         | -      | 100    | -      | 0.5  | 0.25  | -      | -         | childrens_home
q  | reduce_entries | -         | -      | 100    | -      | 0    | 0.5   | family | Guildford | -
r  | reduce_entries | -         | -      | 100    | -      | 0    | 0.2   | -      | -         | agency_foster
"""
NONE = pd.DataFrame()


def made(options: str = OPTIONS, **settings: object) -> tuple[object, object]:
    county = tiny_county(NONE, options=options, provision=NONE, optimise={"demand_samples": 2} | settings)
    return county, tiny_forecast(county, NEEDS, runs=(0.8, 1.2))


def taken(plan: Plan) -> list[str]:
    return [entry.option_id for entry in plan.interventions]


def test_prevention_is_chosen_beside_places_and_nobody_is_prevented_twice() -> None:
    """Of two for the same children in Guildford the one that averts more is taken; the one for fostering is free."""
    county, forecast = made()
    plan = optimise(county, forecast)
    assert taken(plan) == ["h", "q", "r"]
    # A quarter of 6 in half of year 1 and all of year 2 is less than half of 4 in both.
    assert plan.by_year["prevented"].tolist() == pytest.approx([2.6, 2.6])
    # Of 1.6 and 2.4 left in Guildford a home suits 85 %, and it has two places; nobody else is within reach of it.
    assert plan.by_year["kept_local"].tolist() == pytest.approx([1.68, 1.68])
    parts = plan.by_year[["prevented", "kept_local", "away"]].sum(axis=1)
    assert parts.tolist() == pytest.approx([9, 9])
    assert plan.by_year["need"].tolist() == pytest.approx([9, 9])
    assert plan.is_proved
    evaluate(county, forecast, plan)


def test_prevention_works_as_the_same_intervention_committed() -> None:
    """What is away when an option is chosen is what is away when a person commits to it; both compound with others."""
    county, forecast = made(OPTIONS.replace("\nq", "\n#q").split("\n#q")[0])
    other = ReduceEntries(name="other", share=0.3, from_year=2)
    chosen = optimise(county, forecast, commitments=(other,))
    assert taken(chosen) == ["", "h", "p"]
    evaluate(county, forecast, chosen)
    p = chosen.interventions[-1]
    assert isinstance(p, ReduceEntries)
    given = optimise(dataclasses.replace(county, options=county.options[:1]), forecast, commitments=(other, p))
    assert given.by_year["away"].tolist() == pytest.approx(chosen.by_year["away"].tolist())
    assert (chosen.by_year["need"] - chosen.by_year["prevented"]).tolist() == pytest.approx(
        given.by_year["need"].tolist()
    )
    assert chosen.by_year["need"].tolist() == pytest.approx([9, 9 * 0.7])


def test_what_is_prevented_of_placements_that_are_local_saves_their_cost() -> None:
    """Of starts of which half would be away, prevention averts half of a need and saves the cost of the other half."""
    options = "id | kind | yearly | share\np | reduce_entries | 100 | 0.5"
    unit_costs = "provision | location | weekly_cost_gbp\nchildrens_home | in_county | 40\nchildrens_home | any | 100"
    county = tiny_county(NONE, options=options, provision=NONE, unit_costs=unit_costs)
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 4", years=1)
    half = dataclasses.replace(forecast, away=forecast.away.assign(share=0.5))
    plan = optimise(county, half)
    assert plan.by_year["prevented"].tolist() == pytest.approx([1])
    weeks = 365.25 / 7
    assert plan.by_year["avoided_gbp"].tolist() == pytest.approx([weeks * (100 + 40)])
    assert plan.goal("net_cost").value == pytest.approx(100 - weeks * 140)
    evaluate(county, half, plan)
    unknown = dataclasses.replace(county, unit_costs=county.unit_costs.assign(location="out_of_county"))
    with pytest.raises(DataError, match="would prevent"):
        optimise(unknown, half)


def test_floors_and_the_area_furthest_behind_hold_with_prevention() -> None:
    """Two needs that the same places suit are told apart where one can be prevented, so that a floor is of its need."""
    needs = """
    area      | provision      | need_group | child_years
    Guildford | childrens_home | family     | 4
    Guildford | childrens_home | disabled   | 2
    """
    county, _ = made(goals=("largest_gap", "away_tail", "net_cost"), least_share_local={"family": 0.9, "disabled": 0.3})
    forecast = tiny_forecast(county, needs, runs=(0.5, 1.5))
    plan = optimise(county, forecast)
    assert "q" in taken(plan)
    evaluate(county, forecast, plan)


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        ({"share": 0.6}, "share prevented"),
        ({"lead_time_years": 0.0, "option_id": "p"}, "a lead time shorter"),
        ({"need_groups": ()}, "its need_groups are not those"),
        ({"yearly_cost_gbp": 1.0}, "yearly cost below its price"),
        ({"share": 0.4}, "prevented by group is not what"),
        ({"areas": (), "need_groups": (), "share": 0.5}, "the same demand group"),
    ],
)
def test_the_evaluator_catches_prevention_that_is_not_what_it_says(breach: dict[str, object], said: str) -> None:
    """Change one intervention that prevents so that it breaks a rule: it is named."""
    county, forecast = made()
    plan = optimise(county, forecast)
    changed = [dataclasses.replace(e, **breach) if e.option_id == "q" else e for e in plan.interventions]
    with pytest.raises(PlanError, match=said):
        evaluate(county, forecast, dataclasses.replace(plan, interventions=tuple(changed)))


def test_it_is_said_what_is_prevented_and_what_is_lost_without_it() -> None:
    """The sentence and the paragraph say prevented, not kept local; without it as many more are away as it averted."""
    county, forecast = made()
    plan = optimise(county, forecast)
    row = explain(county, plan).set_index("name").loc["Option r"]
    assert row["child_years"] == pytest.approx(1.2)
    assert "prevents 1.2 child-years" in row["sentence"]
    found = why(county, forecast, plan, seconds=20)
    reason = next(one for one in found.reasons if one.option_id == "r")
    assert reason.struck_out.by_goal["away_child_years"].value == pytest.approx(1.2, abs=1e-3)
    assert "prevents 1.2 child-years over the plan" in paragraph(found, reason, {})
    assert not found.unanswered


def test_prevention_for_nobody_is_left_out() -> None:
    """An option that concerns none of the need is no option, and one for areas that do not exist is refused."""
    county, forecast = made("id | kind | share | provisions\np | reduce_entries | 0.5 | supported_accommodation")
    plan = optimise(county, forecast)
    assert plan.interventions == ()
    assert np.allclose(plan.by_year["prevented"], 0)
