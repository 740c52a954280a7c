"""Reasons of plans whose reasons are plain to see."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from placements.errors import UsageError
from placements.interventions import OpenHome, ReduceEntries
from placements.optimisation import Why, optimise, why
from placements.optimisation.reasons import Reason
from placements.optimisation.variants import UNANSWERED, Between
from placements.optimisation.why_words import paragraph, plan_sentences
from tests.support import tiny_county, tiny_forecast
from tests.unit.test_optimise_cases import HOMES, NEEDS

NAMES = {"E07000209": "Guildford", "E07000217": "Woking", "E07000215": "Tandridge"}
NONE = pd.DataFrame()
FOSTER = "area | provision | child_years\nGuildford | childrens_home | {}"


def reasons_for(
    options: str, needs: str, *, runs: tuple[float, ...] = (1.0,), seconds: float = 30.0, commitments: tuple = (),
    **limits: object,
) -> Why:  # fmt: skip
    base = {"capital_gbp": 12e6, "capital_per_year_gbp": 5e6, "revenue_per_year_gbp": 6e6, "tolerance": 1e-6,
            "later_tolerance": 1e-6, "schools_capital_share": 1.0, "demand_samples": len(runs)}  # fmt: skip
    county = tiny_county(NONE, options=options, provision=NONE, optimise=base | limits)
    forecast = tiny_forecast(county, needs, runs=runs)
    return why(county, forecast, optimise(county, forecast, commitments=commitments), seconds=seconds)


def only(found: Why) -> Reason:
    (reason,) = found.reasons
    return reason


def away(found: Why, option: str, what: str = "struck_out") -> Between:
    reason = next(reason for reason in found.reasons if reason.option_id == option)
    loss = reason.struck_out if what == "struck_out" else reason.alternative.loss
    return loss.by_goal["away_child_years"]


def test_a_home_that_only_pays_in_one_district() -> None:
    """All that it keeps local is lost without it; the home in the other district cannot be viable in its stead."""
    found = reasons_for(HOMES, NEEDS)
    reason = only(found)
    assert reason.kept.to_dict("records") == [
        {"need_group": "family", "area": "E07000209", "child_years": pytest.approx(6.8)}
    ]
    assert away(found, "g") == Between(*[pytest.approx(6.8)] * 3)
    assert reason.struck_out.added == ()
    assert reason.alternative.loss.status == "no such plan"
    text = paragraph(found, reason, NAMES)
    assert "keeps 6.8 child-years local over the plan (6.8 for family reasons and harm from Guildford)" in text
    assert "6.8 more child-years are away" in text
    assert "No plan that keeps the rules takes a rejected option" in text


def test_a_school_that_pays_only_because_two_needs_share_it() -> None:
    """Both needs stand in its reason, and neither alone would fill it to its minimum."""
    options = """
    id | kind          | to        | places | planned | minimum | needs                | ages | capital
    s  | expand_school | Guildford | 10     | 1       | 0.6     | autism;communication | 5-18 | 100
    d  | expand_school | Guildford | 10     | 1       | 0.6     | autism               | 5-18 | 1
    """
    needs = """
    area      | provision           | need_group    | age_band | child_years
    Guildford | independent_special | autism        | 11 to 15 | 4
    Guildford | independent_special | communication | 11 to 15 | 4
    """
    found = reasons_for(options, needs)
    reason = only(found)
    assert reason.option_id == "s"
    assert set(reason.kept["need_group"]) == {"autism", "communication"}
    kept = float(reason.kept["child_years"].sum())
    assert away(found, "s").value == pytest.approx(kept)
    # The school for one need is of the same kind, and would stand all but empty.
    assert reason.alternative.loss.status == "no such plan"


def test_a_cheap_decoy_out_of_reach_is_no_alternative() -> None:
    """A free home that no child can reach is not among the candidates; nothing else is of its kind."""
    options = HOMES.replace("100     | 10     | 10     | 0    | 1       | 0.5", "0 | 0 | 0 | 0 | 1 | 0")
    needs = "area | provision | child_years\nGuildford | childrens_home | 4"
    assert only(reasons_for(options, needs)).alternative is None


def test_the_nearest_alternative_and_what_it_loses() -> None:
    """Of two smaller homes the larger is nearest: 2 x (3 - 2) child-years lost by hand; struck out, it comes in."""
    options = """
    id | site | kind      | to        | places | capital
    a  | A    | open_home | Guildford | 3      | 9
    b  | B    | open_home | Guildford | 2      | 5
    c  | C    | open_home | Guildford | 1      | 5
    """
    found = reasons_for(options, FOSTER.format(9), capital_gbp=9.0)
    reason = only(found)
    assert reason.option_id == "a"
    assert reason.struck_out.added == ("b",)
    assert away(found, "a") == Between(*[pytest.approx(2.0)] * 3)
    assert (reason.alternative.option_id, reason.alternative.candidates) == ("b", 2)
    assert away(found, "a", "alternative").value == pytest.approx(2.0)
    assert "Option b, which comes in when it is struck out" in paragraph(found, reason, NAMES)


def test_an_alternative_that_no_plan_would_take_by_itself_is_priced_all_the_same() -> None:
    """Without the foster carers nothing is opened for money's sake; forced in, the dear ones lose what they cost."""
    options = """
    id | kind      | to        | places | capital | yearly
    a  | open_home | Guildford | 2      | 1       | 1
    b  | open_home | Guildford | 2      | 900000  | 900000
    """
    goals = ("net_cost", "away_child_years")
    found = reasons_for(options, FOSTER.format(2), goals=goals)
    reason = only(found)
    assert reason.option_id == "a"
    assert reason.struck_out.added == ()
    assert reason.alternative.option_id == "b"
    dearer = reason.alternative.loss.by_goal["net_cost"]
    # Decided on in the second year: 900,000 to build and one year of 900,000, and a year away that a would have saved.
    assert dearer.low > 1_700_000
    assert dearer.value > reason.struck_out.by_goal["net_cost"].value


def test_robustness_by_hand_in_two_samples() -> None:
    """In three samples of four the larger size of the site is their own plan's, in the low one the smaller."""
    options = """
    id | site | kind      | to        | places | capital | minimum
    s  | A    | open_home | Guildford | 2      | 10      | 1
    l  | A    | open_home | Guildford | 4      | 20      | 1
    """
    found = reasons_for(options, FOSTER.format(1 / 0.85), runs=(2.0, 4.0, 4.0, 4.0), demand_samples=4)
    reason = only(found)
    shares = {run: [i for i, n in enumerate(s.own.units.sum(axis=1)) if n] for run, s in enumerate(found.samples)}
    assert len(shares) == 4
    # Expected need is 3.5: the larger home would not be filled to its minimum on average.
    assert reason.option_id == "s"
    assert reason.robustness.option == pytest.approx(0.25)
    assert reason.robustness.site_and_kind == 1.0
    assert reason.robustness.samples == 4
    assert "choose it in 25% of 4 samples by weight, and its kind at its site in 100%" in paragraph(
        found, reason, NAMES
    )


def test_limits_without_room_are_named() -> None:
    """Capital that buys nothing more, a full area and a shared site are said; room that is left is not."""
    options = """
    id | site | kind      | to        | places | capital | yearly
    a  | A    | open_home | Guildford | 2      | 10      | 3
    b  | A    | open_home | Guildford | 1      | 9       | 3
    c  | C    | open_home | Guildford | 2      | 11      | 3
    """
    found = reasons_for(options, FOSTER.format(9), capital_gbp=12.0, max_homes_per_area=1)
    reason = only(found)
    assert [limit.name for limit in reason.limits] == ["capital", "homes_in_area"]
    assert reason.limits[0].left == 2.0
    text = paragraph(found, reason, NAMES)
    assert "capital over all years (£2 left, and the cheapest option not chosen takes £9)" in text
    assert "new children's homes in Guildford (1 of 1)" in text
    assert "one of 2 options" in text
    roomy = reasons_for(options, FOSTER.format(9), max_homes_per_area=3)
    assert [reason.limits for reason in roomy.reasons] == [(), ()]


def test_more_capital_buys_the_next_option() -> None:
    """With £10 of £12 spent, the step is the £8 that the next home lacks, and gains its child-years."""
    options = """
    id | kind      | to        | places | capital
    a  | open_home | Guildford | 2      | 10
    c  | open_home | Guildford | 2      | 10
    """
    step = reasons_for(options, FOSTER.format(9), capital_gbp=12.0, capital_per_year_gbp=12.0).value.capital
    assert step.step_gbp == 8
    assert step.gain == Between(*[pytest.approx(4.0)] * 3)
    assert len(step.added) == 1
    assert step.dropped == ()


def test_one_more_place_by_need_and_area() -> None:
    """Guildford lacks more than one place in both years, Woking half a place; Tandridge's need nothing can reach."""
    options = "id | kind | to | places | capital\na | open_home | Guildford | 2 | 10"
    needs = """
    area      | provision      | need_group | child_years
    Guildford | childrens_home | family     | 4
    Woking    | secure         | disabled   | 0.5
    Tandridge | childrens_home | family     | 0.25
    """
    found = reasons_for(options, needs).value.more_places.set_index("area")
    assert found["gain"].to_dict() == pytest.approx({"E07000209": 2.0, "E07000217": 1.0, "E07000215": 0.5})
    assert (found["at_most"] >= found["gain"] - 1e-6).all()


def test_a_place_more_is_worth_nothing_where_all_are_kept_local() -> None:
    """All of the need that can be kept local is; only what suits no home is left for a place that suits."""
    options = "id | kind | to | places | capital\na | open_home | Guildford | 9 | 10"
    found = reasons_for(options, FOSTER.format(1)).value.more_places
    assert found["gain"].tolist() == pytest.approx([2 * 0.15])


def test_commitments_are_given_and_not_explained() -> None:
    """What was decided is no choice: the reasons are of the rest, and losses count it in."""
    home = OpenHome(name="ours", places=1, district="Guildford", lead_time_years=0, capital_gbp=5, planned_occupancy=1)
    less = ReduceEntries(name="edge of care", share=0.1, from_year=2)
    found = reasons_for(HOMES, NEEDS, commitments=(home, less))
    assert only(found).option_id == "g"
    # 3.4 and 3.06 child-years suit a home; one place is there already in both years.
    assert away(found, "g").value == pytest.approx(2.4 + 2.06)


def test_what_there_was_no_time_for_is_said() -> None:
    """With no time nothing is invented: each question is named, and the paragraph says it was not answered."""
    found = reasons_for(HOMES, NEEDS, runs=(0.9, 1.1), seconds=0.0)
    reason = only(found)
    assert reason.struck_out.status == UNANSWERED
    assert found.value.evpi is None
    assert found.value.vss is None
    assert found.value.capital is None
    assert found.value.more_places["gain"].isna().all()
    said = " ".join(found.unanswered)
    for part in ("the plan without Option g", "own plan of 2 of 2 demand samples", "perfect information",
                 "stochastic solution", "one more place in 2 of 2"):  # fmt: skip
        assert part in said
    assert "not answered in the time" in paragraph(found, reason, NAMES)
    assert "6.8 child-years" in paragraph(found, reason, NAMES), "what needs no solve is known"


def test_a_plan_of_another_forecast_is_refused() -> None:
    """Its samples or options are others."""
    county = tiny_county(NONE, options=HOMES, provision=NONE)
    plan = optimise(county, tiny_forecast(county, NEEDS))
    other = dataclasses.replace(county, options=county.options.iloc[:0])
    with pytest.raises(UsageError, match="not made for this county"):
        why(other, tiny_forecast(other, NEEDS), plan)


def test_a_difference_within_the_gaps_is_not_called_a_loss() -> None:
    """With wide gaps the words say that it is within them, and how much it is at most."""
    found = reasons_for(HOMES, NEEDS)
    reason = only(found)
    unsure = dataclasses.replace(
        reason.struck_out,
        status="time limit",
        by_goal={"away_child_years": Between(0.4, 0.0, 0.9), "net_cost": Between(5.0, -20.0, 30.0)},
        gaps={"away_child_years": 0.2, "net_cost": 0.1},
    )
    text = paragraph(found, dataclasses.replace(reason, struck_out=unsure), NAMES)
    assert "0.4 more child-years are away in the plan found, which is within the gaps of the two plans" in text
    assert "(at most 0.9 more)" in text
    assert "the difference in net cost is within the gaps" in text
    assert "gap 20.00%, time limit" in text
    assert "as proved" not in text.split("The nearest")[0]


@pytest.mark.parametrize("status", ["optimal", "time limit"])
def test_nothing_is_called_the_best(status: str) -> None:
    """No text says optimal or best; a plan that was not proved says so in every paragraph."""
    found = reasons_for(HOMES, NEEDS, runs=(0.5, 1.5))
    goals = tuple(dataclasses.replace(goal, status=status) for goal in found.plan.goals)
    found = dataclasses.replace(found, plan=dataclasses.replace(found.plan, goals=goals))
    text = " ".join([*(paragraph(found, reason, NAMES) for reason in found.reasons), *plan_sentences(found, NAMES)])
    assert not re.search(r"\b(optimal|optimum|best)\b", text, re.IGNORECASE)
    assert ("was not proved within its tolerance" in text) == (status != "optimal")


def test_a_goal_without_a_bound_is_not_given_a_range() -> None:
    """When time ran out before anything was proved of the cost, the words say so and give no figure."""
    found = reasons_for(HOMES, NEEDS)
    reason = only(found)
    open_ended = dataclasses.replace(
        reason.struck_out,
        status="time limit",
        by_goal={"away_child_years": Between(2.0, 1.0, 3.0), "net_cost": Between(-50.0, -np.inf, -20.0)},
        gaps={"away_child_years": 0.1, "net_cost": np.inf},
    )
    text = paragraph(found, dataclasses.replace(reason, struck_out=open_ended), NAMES)
    assert "2.0 more child-years are away (between 1.0 and 3.0, as proved)" in text
    assert "the difference in net cost is not proved" in text
    assert "inf" not in text
