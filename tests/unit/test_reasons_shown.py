"""What the reasons of a plan may show, and that the command gives them."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pandas as pd

from placements.commands.reasons import shown
from placements.optimisation import Why, optimise, why
from placements.optimisation.variants import Between
from tests.support import tiny_county, tiny_forecast

NAMES = {"E07000209": "Guildford", "E07000217": "Woking", "E07000215": "Tandridge"}
#: In Guildford many for whom a home is worth it, in Tandridge few.
OPTIONS = """
id | kind      | to        | places | capital | yearly
g  | open_home | Guildford | 20     | 9000000 | 100000
t  | open_home | Tandridge | 1      | 1000000 | 100000
"""
NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 20
Guildford | childrens_home | disabled   | 2
Tandridge | childrens_home | family     | 2
"""


def reasons() -> Why:
    county = tiny_county(pd.DataFrame(), options=OPTIONS, provision=pd.DataFrame(), optimise={"demand_samples": 2})
    forecast = tiny_forecast(county, NEEDS, runs=(0.9, 1.1))
    return why(county, forecast, optimise(county, forecast, capital_per_year_gbp=12e6), seconds=30)


def test_small_figures_are_not_shown_when_shared() -> None:
    """Under 6 child-years: no number, no need, no area; other child-years to the nearest 5, in values and in words."""
    found = reasons()
    internal, shared = shown(found, NAMES, "internal"), shown(found, NAMES, "shareable")
    small = next(option for option in shared["options"] if option["option_id"] == "t")
    assert small["child_years"] == "c"
    assert small["by_need_and_area"] == []
    assert small["struck_out"]["lost"]["away_child_years"] == {"value": "c", "low": "c", "high": "c"}
    assert small["struck_out"]["lost"]["net_cost"]["value"] == "c"
    assert "keeps fewer than 6 child-years local" in small["paragraph"]
    assert "an amount not shown" in small["paragraph"]
    large = next(option for option in shared["options"] if option["option_id"] == "g")
    assert [row["need"] for row in large["by_need_and_area"]] == ["family"], "two disabled children a year are few"
    assert large["by_need_and_area"][0]["child_years"] % 5 == 0
    for option in shared["options"]:
        for figure in re.findall(r"about ([\d.]+)", option["paragraph"]):
            assert float(figure) % 5 == 0
        assert not re.search(r"\d\.\d (more )?child-years", option["paragraph"])
    assert "Disabled".lower() not in " ".join(option["paragraph"] for option in shared["options"])
    exact = next(option for option in internal["options"] if option["option_id"] == "t")
    assert 0 < exact["child_years"] < 6
    assert exact["by_need_and_area"][0]["area"] == "Tandridge"


def test_one_more_place_is_spoken_of_only_where_many_could_be_kept() -> None:
    """Cells of fewer than 10 child-years are left out when shared."""
    found = reasons()
    internal, shared = (shown(found, NAMES, profile)["plan"]["one_more_place"] for profile in ("internal", "shareable"))
    assert {(row["need"], row["area"]) for row in shared} == {("family", "Guildford")}
    assert len(internal) == 3
    assert all(row["share_used"] <= row["share_used_at_most"] + 0.01 for row in internal)


def test_the_reasons_are_plain_values() -> None:
    """They can be written as JSON, and every question that was not answered is in them."""
    county = tiny_county(pd.DataFrame(), options=OPTIONS, provision=pd.DataFrame())
    forecast = tiny_forecast(county, NEEDS)
    found = shown(why(county, forecast, optimise(county, forecast), seconds=0), NAMES, "internal")
    back = json.loads(json.dumps(found))
    assert back["plan"]["expected_value_of_perfect_information"] is None
    assert len(back["plan"]["not_answered"]) >= 3
    assert all(option["struck_out"]["lost"] == {} for option in back["options"])


def test_what_is_not_proved_is_null() -> None:
    """An endless bound is no number, in either profile."""
    found = reasons()
    endless = dataclasses.replace(
        found.reasons[0].struck_out,
        by_goal={"net_cost": Between(1.0, -np.inf, 2.0)},
        gaps={"net_cost": np.inf},
    )
    found = dataclasses.replace(found, reasons=(dataclasses.replace(found.reasons[0], struck_out=endless),))
    for profile in ("internal", "shareable"):
        struck = shown(found, NAMES, profile)["options"][0]["struck_out"]
        assert struck["lost"]["net_cost"]["low"] is None
        assert struck["gaps"]["net_cost"] is None
