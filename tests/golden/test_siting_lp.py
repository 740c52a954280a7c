"""One golden model per constraint: a case of two areas, small enough to read as an LP file.

To accept a change on purpose, run with PLACEMENTS_UPDATE_GOLDEN=1 and read the difference.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from placements.optimisation.model import build_model
from placements.optimisation.problem import build_problem
from tests.support import tiny_county, tiny_forecast

NO_MORE: Mapping[str, object] = MappingProxyType({})
FOLDER = Path(__file__).parent / "siting"
FAMILIES = (
    "everyone_is_placed",
    "through_nodes",
    "within_usable_places",
    "serve_only_if_open",
    "viable_if_open",
    "one_option_per_site",
    "only_if_chosen",
    "homes_per_area",
    "within_capital",
    "within_capital_each_year",
    "within_revenue_each_year",
)
OPTIONS = """
id | site | kind           | to        | places | capital | yearly | weekly | lead | planned | minimum | units
h3 | H    | open_home      | Guildford | 3      | 300     | 30     | 2      | 0    | 0.8     | 0.5     | 1
h5 | H    | open_home      | Guildford | 5      | 400     | 50     | 2      | 1    | 0.8     | 0.5     | 1
f1 | F    | recruit_carers | Woking    | 1      | 5       | 4      | 1      | 0    | 1       | 0       | 4
f2 | F    | recruit_carers | Woking    | 2      | 6       | 7      | 1      | 0.5  | 1       | 0       | 2
"""
NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 2;4
Tandridge | childrens_home | disabled   | 1;1
Woking    | agency_foster  | family     | 3;3
"""


SCHOOL = "s1 | S | expand_school | Woking | 20 | 900 | 80 | 4 | 0 | 0.9 | 0.3 | 1\n"
CONTRACT = "b1 | B | block_contract | Guildford | 2 | 0 | 60 | 3 | 0.5 | 1 | 0.5 | 1\n"
PREVENTION = """
id | site | kind           | to        | places | capital | yearly | weekly | lead | share | needs    | provisions
h3 | H    | open_home      | Guildford | 3      | 300     | 30     | 2      | 0    | -     | -        | -
p1 | P    | reduce_entries | -         | -      | 7       | 5      | -      | 0.5  | 0.25  | -        | childrens_home
p2 | Q    | reduce_entries | -         | -      | 0       | 9      | -      | 0    | 0.5   | disabled | -
p3 | R    | reduce_entries | -         | -      | 0       | 4      | -      | 0    | 0.1   | -        | agency_foster
"""
PUPILS = """
area   | provision           | need_group | age_band | child_years
Woking | independent_special | autism     | 11 to 15 | 9;9
"""


FAIR = {"goals": ("away_tail", "largest_gap"), "least_share_local": {"family": 0.5, "disabled": 0.25}}


HALVES = {"halves": {"West": ("Guildford",), "East side": ("Woking", "Tandridge")}}
APART = {"separate": "halves", "separate_shares": {"West": 0.25}}


def lp_text(
    goal: str = "away_child_years",
    options: str = OPTIONS,
    needs: str = NEEDS,
    settings: Mapping[str, object] = NO_MORE,
    one_of: tuple[int, ...] = (),
) -> str:
    provision = "id | provision | to | registered | cost\nx | childrens_home | Tandridge | 1 | 7"
    unit_costs = "provision | weekly_cost_gbp\nchildrens_home | 50\nagency_foster | 9\nindependent_special | 20"
    optimise = {"demand_samples": 2, **settings}
    county = tiny_county(pd.DataFrame(), options=options, provision=provision, unit_costs=unit_costs, optimise=optimise)
    county = dataclasses.replace(county, settings=dataclasses.replace(county.settings, boundary_sets=HALVES))
    forecast = tiny_forecast(county, needs, years=2, runs=(0.5, 1.5))
    problem = build_problem(county, forecast, county.settings.optimise)
    siting = build_model(dataclasses.replace(problem, one_of=one_of))
    return siting.linear.lp_text(siting.objectives[goal])


def part_of(text: str, family: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if re.match(rf" {family}(\[|:)", line)) + "\n"


def compare(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("PLACEMENTS_UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_constraint(family: str) -> None:
    """Each family of constraints is written as in its golden file, and is not empty."""
    text = part_of(lp_text(), family)
    assert text.strip()
    compare(f"{family}.lp", text)


@pytest.mark.parametrize("family", ["within_tail", "within_largest_gap", "within_floor"])
def test_constraint_of_fairness(family: str) -> None:
    """The rows that goals of fairness and risk bring, where they are asked for."""
    text = part_of(lp_text(settings=FAIR), family)
    assert text.strip()
    compare(f"{family}.lp", text)


@pytest.mark.parametrize("goal", ["away_tail", "largest_gap", "floors_missed"])
def test_goal_of_fairness(goal: str) -> None:
    """Each of these goals is written as in its golden file."""
    line = next(line for line in lp_text(goal, settings=FAIR).splitlines() if line.startswith(" Obj:"))
    compare(f"goal_{goal}.lp", line.strip().replace(" +", "\n+").replace(" -", "\n-") + "\n")


def test_every_constraint_has_a_golden_file() -> None:
    """No row of the model belongs to a family that is not pinned down here."""
    body = lp_text().split("Subject to")[1].split("Bounds")[0]
    names = {re.match(r" ([a-z_]+)", line)[1] for line in body.splitlines() if line.strip()}
    assert names == set(FAMILIES)


@pytest.mark.parametrize("goal", ["away_child_years", "net_cost", "travel"])
def test_goal(goal: str) -> None:
    """Each goal is written as in its golden file."""
    line = next(line for line in lp_text(goal).splitlines() if line.startswith(" Obj:"))
    compare(f"goal_{goal}.lp", line.strip().replace(" +", "\n+").replace(" -", "\n-") + "\n")


def test_what_schools_may_take_of_the_capital() -> None:
    """Only options for schools stand in the row, which is there only when there are any."""
    text = part_of(lp_text(options=OPTIONS.rstrip() + "\n" + SCHOOL, needs=PUPILS), "within_schools_capital")
    compare("within_schools_capital.lp", text)
    assert text.count("open") == 2, "one school in each of two years"


def test_a_block_contract() -> None:
    """It costs its year used or not, and each place in use besides; it makes places and must be used enough."""
    text = lp_text(options=OPTIONS.rstrip() + "\n" + CONTRACT)
    rows = [line.strip() for line in text.splitlines() if re.match(r" \w+\[.*: .*open\[b1,", line)]
    compare("block_contract.lp", "\n".join(rows) + "\n")


def test_prevention() -> None:
    """What an option averts is taken off the need, with what it costs and saves; of those for one group one is taken."""
    text = lp_text("net_cost", options=PREVENTION)
    compare("prevention.lp", part_of(text, "everyone_is_placed") + part_of(text, "one_prevention_per_group"))
    line = next(line for line in text.splitlines() if line.startswith(" Obj:"))
    compare("goal_net_cost_with_prevention.lp", line.strip().replace(" +", "\n+").replace(" -", "\n-") + "\n")
    assert "one_prevention_per_group" not in lp_text()


def test_staff_who_can_be_recruited() -> None:
    """The row is there only with a limit, by the year of the decision; each unit needs its staff."""
    lines = OPTIONS.strip().splitlines()
    staff = "\n".join(f"{line} | {text}" for line, text in zip(lines, ("staff", "6", "9", "-", "0.5"), strict=True))
    text = part_of(lp_text(options=staff, settings={"staff_per_year": 8.0}), "within_staff_each_year")
    compare("within_staff_each_year.lp", text)
    assert "within_staff_each_year" not in lp_text(options=staff)


def test_at_least_one_of_the_options_named() -> None:
    """The row is there only when options are named; here the second size of the home and the first carers."""
    text = part_of(lp_text(one_of=(0, 3)), "at_least_one_of")
    compare("at_least_one_of.lp", text)
    assert "at_least_one_of" not in lp_text()


PARTS = (
    "within_capital_of_part",
    "within_schools_capital_of_part",
    "within_capital_of_part_each_year",
    "within_revenue_of_part_each_year",
)


@pytest.mark.parametrize("family", PARTS)
def test_constraint_of_a_part(family: str) -> None:
    """The rows that an authority planned for in parts brings; there are none of them when it is planned as a whole."""
    needs = PUPILS.rstrip() + "\nGuildford | childrens_home | family | 10 to 15 | 2;4\n"
    needs += "Woking | agency_foster | family | 10 to 15 | 3;3\n"
    both = {"options": OPTIONS.rstrip() + "\n" + SCHOOL, "needs": needs}
    text = part_of(lp_text(settings=APART, **both), family)
    assert text.strip()
    compare(f"{family}.lp", text)
    assert family not in lp_text(**both)
