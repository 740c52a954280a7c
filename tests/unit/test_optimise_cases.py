"""Cases whose best plan is plain to see, and plans that break rules."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from placements.errors import InfeasibleError, UsageError
from placements.interventions import OpenHome, RecruitCarers, ReduceEntries
from placements.optimisation import Plan, PlanError, evaluate, explain, optimise, why
from placements.optimisation.demand import draw_samples
from placements.optimisation.why_words import limit_words
from tests.support import tiny_county, tiny_forecast

NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 4
Tandridge | childrens_home | family     | 1
"""
HOMES = """
id | site | kind      | to        | places | capital | yearly | weekly | lead | planned | minimum
g  | G    | open_home | Guildford | 4      | 900     | 100    | 10     | 0    | 1       | 0.5
t  | T    | open_home | Tandridge | 4      | 100     | 10     | 10     | 0    | 1       | 0.5
"""
NONE = pd.DataFrame()


def county_with(options: str | pd.DataFrame, provision: str | pd.DataFrame = NONE, **optimise_settings: object):
    limits = {
        "capital_gbp": 12e6,
        "capital_per_year_gbp": 5e6,
        "revenue_per_year_gbp": 6e6,
        "schools_capital_share": 1.0,
    }
    return tiny_county(NONE, options=options, provision=provision, optimise=limits | optimise_settings)


def names(plan: Plan) -> list[str]:
    return [entry.name for entry in plan.interventions]


def test_a_home_that_only_pays_in_one_district_is_opened_there() -> None:
    """Only Guildford has need enough to keep a home at its minimum occupancy; the cheap one in Tandridge stays shut."""
    county = county_with(HOMES)
    plan = optimise(county, tiny_forecast(county, NEEDS))
    assert names(plan) == ["Option g"]
    # 0.85 of 4 child-years suit a home; the rest, and Tandridge over 20 miles away, stay away in both years.
    assert plan.by_year["kept_local"].tolist() == pytest.approx([3.4, 3.4])
    assert plan.goal("away_child_years").value == pytest.approx(2 * (5 - 3.4))
    assert plan.is_proved
    evaluate(county, tiny_forecast(county, NEEDS), plan)


def test_a_cheap_decoy_out_of_reach_is_left_alone() -> None:
    """A home that costs nothing but that no child can reach is not opened; the dear one near by is."""
    options = HOMES.replace(
        "| 100     | 10     | 10     | 0    | 1       | 0.5", "| 0       | 0      | 0      | 0    | 1       | 0"
    )
    county = county_with(options)
    needs = NEEDS.replace("Tandridge | childrens_home | family     | 1", "Woking    | childrens_home | family     | 1")
    plan = optimise(county, tiny_forecast(county, needs))
    assert names(plan) == ["Option g"]


def test_a_day_school_may_not_be_as_far_as_a_home() -> None:
    """Tandridge is 20 to 25 miles from Guildford: with a limit of 30, a home there serves, a school does not."""
    options = """
    id | kind          | to        | places | planned
    h  | open_home     | Tandridge | 4      | 1
    s  | expand_school | Tandridge | 9      | 1
    """
    needs = """
    area      | provision           | need_group | age_band | child_years
    Guildford | childrens_home      | family     | 10 to 15 | 2
    Guildford | independent_special | autism     | 11 to 15 | 2
    """
    county = county_with(options, travel_limit_miles=30.0)
    plan = optimise(county, tiny_forecast(county, needs))
    assert names(plan) == ["Option h"]
    assert optimise(county, tiny_forecast(county, needs), travel_limit_miles=20.0).interventions == ()


def test_existing_spare_places_are_used_before_anything_is_built() -> None:
    """With room for all in existing homes nothing is opened: it would keep nobody else local and cost money."""
    provision = "id | provision | to | registered | usable | cost\nx | childrens_home | Guildford | 9 | 9 | 5"
    county = county_with(HOMES, provision)
    plan = optimise(county, tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 4"))
    assert plan.interventions == ()
    assert plan.by_year["kept_by_new"].sum() == 0
    assert plan.by_year["kept_local"].tolist() == pytest.approx([3.4, 3.4])


def test_our_share_of_places_that_others_buy_too_is_all_that_counts() -> None:
    """Of 8 vacant private places with a share of 0.25 for us, 2 are ours."""
    provision = """
    id | provision      | to        | registered | usable | by_others | share
    x  | childrens_home | Guildford | 9          | 9      | 1         | 0.25
    """
    county = county_with(NONE, provision)
    plan = optimise(county, tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 9"))
    assert plan.by_year["kept_local"].tolist() == pytest.approx([2, 2])


def test_one_size_is_chosen_of_a_site() -> None:
    """Two sizes of one site are never opened together, though together they would keep more local."""
    county = county_with(HOMES.replace("t  | T ", "t  | G ").replace("Tandridge", "Guildford"))
    plan = optimise(county, tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 9"))
    assert len(plan.interventions) == 1


def test_homes_in_an_area_are_capped() -> None:
    """Three sites and a cap of two: two homes."""
    options = "\n".join(["id | kind | to | places", *(f"{i} | open_home | Guildford | 2" for i in "abc")])
    county = county_with(options, max_homes_per_area=2)
    plan = optimise(county, tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 99"))
    assert len(plan.interventions) == 2


def test_carers_are_recruited_no_faster_than_allowed() -> None:
    """Three a year at most; they come back as one intervention with households by year."""
    options = "id | kind | to | places | units\nc | recruit_carers | Woking | 1 | 3"
    county = county_with(options)
    plan = optimise(
        county, tiny_forecast(county, "area | provision | child_years\nWoking | agency_foster | 9", years=3)
    )
    carers = plan.interventions[0]
    assert isinstance(carers, RecruitCarers)
    # Need suiting in-house carers is 8.1 a year: 3, then 6, then 9 places.
    assert carers.places_by_year(3).tolist() == [3, 6, 9]
    assert plan.by_year["kept_local"].tolist() == pytest.approx([3, 6, 8.1])


def test_single_sex_places_suit_half_of_the_children() -> None:
    """A home for boys keeps at most half of the need that a home suits local."""
    county = county_with("id | kind | to | places | sex\nb | open_home | Guildford | 9 | M")
    plan = optimise(county, tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 4"))
    assert plan.by_year["kept_local"].tolist() == pytest.approx([1.7, 1.7])


def test_a_running_cost_limit_binds_use_as_well_as_opening() -> None:
    """With money for the building and one place in use, one place is used."""
    weekly, weeks = 100.0, 365.25 / 7
    options = "id | kind | to | places | yearly | weekly\nh | open_home | Guildford | 4 | 1000 | 100"
    county = county_with(options, revenue_per_year_gbp=1000 + weekly * weeks)
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 4")
    plan = optimise(county, forecast)
    assert plan.by_year["kept_local"].tolist() == pytest.approx([1, 1], rel=1e-3)
    evaluate(county, forecast, plan)


CONTRACT = """
id | kind           | to        | places | yearly  | weekly | lead | planned | minimum
b  | block_contract | Guildford | 3      | 300000  | 100    | 0.5  | 1       | 0.6
"""


def test_a_block_contract_is_paid_for_used_or_not_and_by_use() -> None:
    """Three places from the middle of year 1: half of them then, and half of the fixed cost; use is paid besides."""
    county = county_with(CONTRACT)
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 4")
    plan = optimise(county, forecast)
    assert [entry.kind for entry in plan.interventions] == ["block_contract"]
    assert plan.by_year["kept_local"].tolist() == pytest.approx([1.5, 3])
    assert plan.by_year["fixed_running_gbp"].tolist() == pytest.approx([150_000, 300_000])
    assert plan.by_year["use_running_gbp"].tolist() == pytest.approx([1.5 * 100 * 365.25 / 7, 3 * 100 * 365.25 / 7])
    assert plan.by_year["capital_gbp"].sum() == 0
    evaluate(county, forecast, plan)


def test_a_block_contract_that_would_stand_half_empty_is_not_bought() -> None:
    """Need for 1.7 of three places is under the 60 % at which they are worth having."""
    county = county_with(CONTRACT)
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 2")
    assert optimise(county, forecast).interventions == ()


STAFFED = """
id | kind      | to        | places | staff
a  | open_home | Guildford | 2      | 6
b  | open_home | Guildford | 2      | 5
"""
FOUR = "area | provision | child_years\nGuildford | childrens_home | 9"


def test_homes_are_opened_no_faster_than_staff_can_be_recruited() -> None:
    """With ten new staff a year, two homes that need eleven open in two years; with five, only one of them."""
    county = county_with(STAFFED, staff_per_year=10.0)
    forecast = tiny_forecast(county, FOUR)
    plan = optimise(county, forecast)
    assert sorted(plan.schedule["year"]) == [1, 2]
    assert plan.by_year["kept_local"].tolist() == pytest.approx([2, 4])
    evaluate(county, forecast, plan)
    few = optimise(county, forecast, staff_per_year=5.0)
    assert names(few) == ["Option b"]
    reasons = why(county, forecast, few, seconds=10)
    binding = [limit for limit in reasons.reasons[0].limits if limit.name == "staff_in_year"]
    assert [(limit.where, limit.used, limit.allowed) for limit in binding] == [("1", 5.0, 5.0)]
    assert "new staff in year 1 (5.0 of 5.0)" in limit_words(binding[0], {})
    with pytest.raises(PlanError, match="new staff are more than"):
        limits = dataclasses.replace(few.limits, staff_per_year=4.0)
        evaluate(county, forecast, dataclasses.replace(few, limits=limits))
    with pytest.raises(PlanError, match="fewer staff than it needs"):
        home = dataclasses.replace(few.interventions[0], staff=1.0)
        evaluate(county, forecast, dataclasses.replace(few, interventions=(home,)))
    with pytest.raises(InfeasibleError, match=r"3\.0 more new staff than the 5\.0"):
        optimise(
            county, forecast, staff_per_year=5.0, commitments=(dataclasses.replace(few.interventions[0], staff=8.0),)
        )


def test_cost_decides_between_plans_that_keep_as_many_local() -> None:
    """Two homes that would do the same: the cheaper is opened; if money comes first, one that costs too much is not."""
    options = """
    id | kind      | to        | places | capital | yearly
    a  | open_home | Guildford | 4      | 900     | 10
    b  | open_home | Guildford | 4      | 800     | 10
    """
    county = county_with(options)
    forecast = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 4")
    assert names(optimise(county, forecast)) == ["Option b"]
    dear = county_with(options.replace("10", "99000000"), revenue_per_year_gbp=1e12, capital_per_year_gbp=1e9)
    assert optimise(dear, forecast, goals=("net_cost", "away_child_years", "travel")).interventions == ()


def test_row_order_changes_nothing() -> None:
    """The same rows in another order give the same plan."""
    county = tiny_county()
    forecast = tiny_forecast(county, NEEDS + "Woking | agency_foster | family | 3")
    mixed = dataclasses.replace(
        county,
        options=county.options[::-1].reset_index(drop=True),
        provision=county.provision[::-1].reset_index(drop=True),
    )
    flipped = dataclasses.replace(
        forecast,
        groups=forecast.groups[::-1].reset_index(drop=True),
        cohorts=forecast.cohorts[..., ::-1],
        away=forecast.away[::-1],
    )
    one, other = optimise(county, forecast), optimise(mixed, flipped)
    assert one.interventions == other.interventions
    assert [goal.value for goal in one.goals] == pytest.approx([goal.value for goal in other.goals])


def test_names_of_things_do_not_matter() -> None:
    """Options under other ids give plans of the same worth."""
    county = tiny_county()
    forecast = tiny_forecast(county, NEEDS + "Woking | agency_foster | family | 3")
    ids = {old: f"z{9 - number}" for number, old in enumerate(county.options["option_id"])}
    other = dataclasses.replace(county, options=county.options.assign(option_id=county.options["option_id"].map(ids)))
    values = [[goal.value for goal in optimise(c, forecast).goals] for c in (county, other)]
    assert values[0] == pytest.approx(values[1], rel=2e-3)


def test_commitments_are_part_of_the_plan() -> None:
    """What is decided comes first, is paid for, and serves; prevention lowers the need."""
    county = county_with(HOMES)
    forecast = tiny_forecast(county, NEEDS)
    home = OpenHome(name="ours", places=2, district="Guildford", lead_time_years=0, capital_gbp=5, planned_occupancy=1)
    less = ReduceEntries(name="edge of care", share=0.5, from_year=2)
    plan = optimise(county, forecast, commitments=(home, less), capital_gbp=10)
    assert plan.interventions == (home, less)
    assert plan.by_year["need"].tolist() == pytest.approx([5, 2.5])
    assert plan.by_year["kept_local"].tolist() == pytest.approx([2, 1.7])
    assert plan.by_year["capital_gbp"].tolist() == [5, 0]
    evaluate(county, forecast, plan)


def test_clashing_commitments_are_refused_in_words() -> None:
    """Every limit that the commitments break is named; the exit code says that no plan is possible."""
    county = county_with(HOMES, max_homes_per_area=1, revenue_per_year_gbp=100.0)
    home = OpenHome(name="ours", places=2, district="Guildford", capital_gbp=7e6, yearly_cost_gbp=500, site_id="G",
                    lead_time_years=0)  # fmt: skip
    with pytest.raises(InfeasibleError) as error:
        optimise(county, tiny_forecast(county, NEEDS), commitments=(home, home))
    assert error.value.exit_code == 5
    for part in ("£2,000,000 more than the capital of", "in year 1 they cost £9,000,000", "running cost is £900 more",
                 "1 more children's homes in E07000209", "2 of them use the site 'G'"):  # fmt: skip
        assert part in str(error.value)


def test_an_unknown_setting_is_named() -> None:
    """A mistyped setting is not passed over."""
    county = county_with(HOMES)
    with pytest.raises(UsageError, match="capitol"):
        optimise(county, tiny_forecast(county, NEEDS), capitol=3)
    with pytest.raises(UsageError, match="happiness"):
        optimise(county, tiny_forecast(county, NEEDS), goals=("happiness",))


def test_a_county_without_need_or_options_gets_an_empty_plan() -> None:
    """Nothing to do is an answer."""
    county = county_with(NONE)
    empty = tiny_forecast(county, "area | provision | child_years\nGuildford | childrens_home | 0")
    plan = optimise(county, empty)
    assert plan.interventions == ()
    assert plan.is_proved
    evaluate(county, empty, plan)


def test_samples_are_strata_of_the_runs() -> None:
    """One run from each stratum of the total, weights that sum to 1, the same for the same seed."""
    county = tiny_county(NONE)
    runs = tuple(float(r) for r in np.random.default_rng(1).permutation(np.arange(1, 12)))
    forecast = tiny_forecast(county, NEEDS, runs=runs)
    chosen, weights = draw_samples(forecast, 3, 7)
    totals = np.array(runs)[chosen]
    assert totals[0] <= 4 < totals[1] <= 8 < totals[2]
    assert weights.tolist() == pytest.approx([4 / 11, 4 / 11, 3 / 11])
    assert draw_samples(forecast, 3, 7)[0].tolist() == chosen.tolist()


def test_each_intervention_is_explained_in_a_sentence() -> None:
    """The sentence says how much it keeps local, for whom, and how full it is."""
    county = county_with(HOMES)
    plan = optimise(county, tiny_forecast(county, NEEDS))
    row = explain(county, plan).iloc[0]
    assert row["child_years"] == pytest.approx(6.8)
    assert "6.8 child-years" in row["sentence"]
    assert "Guildford" in row["sentence"]
    assert "85%" in row["sentence"]


# --- the evaluator ------------------------------------------------------------------------------------------------
def planned() -> tuple[object, object, Plan]:
    county = tiny_county(NONE, provision=NONE, optimise={"capital_per_year_gbp": 1_500_000.0, "max_homes_per_area": 1})
    needs = NEEDS + "Woking | agency_foster | family | 3\nGuildford | supported_accommodation | family | 3"
    forecast = tiny_forecast(county, needs, years=3, runs=(0.8, 1.2))
    return county, forecast, optimise(county, forecast)


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (lambda e: {"places": e.places + 1}, "places"),
        (lambda e: {"capital_gbp": e.capital_gbp / 2}, "capital below its price"),
        (lambda e: {"capital_gbp": e.capital_gbp + 9e6}, "capital"),
        (lambda e: {"lead_time_years": 0.0}, "a lead time shorter"),
        (lambda e: {"option_id": "nowhere"}, "no such option"),
        (lambda e: {"planned_occupancy": 1.0}, "planned occupancy"),
        (lambda e: {"option_id": "o7"}, "not what its option is"),
        (lambda e: {"yearly_cost_gbp": 9e7}, "running cost"),
        (lambda e: {"minimum_occupancy": 0.85, "district": "E07000215", "easting": 537000.0, "northing": 152000.0},
         "minimum occupancy cannot be met"),
    ],
)  # fmt: skip
def test_the_evaluator_catches_a_broken_rule(breach, said: str) -> None:
    """Change one field of one intervention so that a rule is broken: it is named."""
    county, forecast, plan = planned()
    evaluate(county, forecast, plan)
    where = next(i for i, entry in enumerate(plan.interventions) if entry.kind == "open_home")
    entry = plan.interventions[where]
    changed = list(plan.interventions)
    changed[where] = dataclasses.replace(entry, **breach(entry))
    if said == "minimum occupancy cannot be met":
        # Only the point moves: the money stays as it was, so that nothing else is wrong.
        assert plan.by_year["capital_gbp"].sum() > 0
    with pytest.raises(PlanError, match=said):
        evaluate(county, forecast, dataclasses.replace(plan, interventions=tuple(changed)))


def test_the_evaluator_catches_figures_that_are_too_good() -> None:
    """A plan that claims fewer child-years away than its places allow, or forgets an intervention, does not hold."""
    county, forecast, plan = planned()
    better = plan.by_year.assign(away=plan.by_year["away"] - 1, kept_local=plan.by_year["kept_local"] + 1)
    each = 3 / len(plan.child_years)
    groups = plan.child_years.assign(
        away=plan.child_years["away"] - each, kept_local=plan.child_years["kept_local"] + each
    )
    with pytest.raises(PlanError, match="does not add up to the need"):
        evaluate(county, forecast, dataclasses.replace(plan, child_years=groups.assign(kept_local=0.0)))
    with pytest.raises(PlanError, match="no allocation of its places"):
        evaluate(county, forecast, dataclasses.replace(plan, by_year=better, child_years=groups))
    with pytest.raises(PlanError, match="is not that of the interventions"):
        evaluate(county, forecast, dataclasses.replace(plan, interventions=plan.interventions[1:]))
    far = plan.serves.assign(miles=99.0)
    with pytest.raises(PlanError, match="beyond the travel limit"):
        evaluate(county, forecast, dataclasses.replace(plan, serves=far))
    twice = plan.serves.assign(child_years=plan.serves["child_years"] * 9)
    with pytest.raises(PlanError, match="beyond its need"):
        evaluate(county, forecast, dataclasses.replace(plan, serves=twice))
    with pytest.raises(PlanError, match="is used 2 times"):
        home = next(entry for entry in plan.interventions if entry.kind == "open_home")
        evaluate(county, forecast, dataclasses.replace(plan, interventions=(*plan.interventions, home)))
