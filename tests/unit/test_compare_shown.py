"""What a comparison shows: everything to oneself, and nothing that tells of few children to others."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from placements import cli
from placements.commands.compared import shown, steps_shown, tornado_shown
from placements.comparison import DO_NOTHING, Comparison, compare, contributions, tornado
from placements.errors import UsageError
from placements.interventions import ConvertAgencyCarers, ReduceEntries
from placements.manifest import json_text
from placements.pipeline import read_scenarios
from tests.comparison_support import case, home

NAMES = {"E07000209": "Guildford", "E07000217": "Woking", "E07000215": "Tandridge"}


@cache
def result() -> Comparison:
    """A scenario that keeps a dozen child-years local, and one that moves fewer than six."""
    county, forecast = case()
    many = (home(name="a", places=4), home(name="b", places=1, district="Woking"))
    few = (ReduceEntries(name="p", share=0.1, provisions=("in_house_foster",)),)
    bought = (ConvertAgencyCarers(name="c", weekly_cost_gbp=100.0, weekly_agency_cost_gbp=150.0),)
    return compare(county, forecast, {"Many": many, "Few": few, "Bought": bought})


@cache
def parts_of(name: str) -> tuple[Any, Any]:
    """Return a scenario's steps and tornado; they are the same for every profile."""
    return contributions(result(), name), tornado(result(), name)


def whole(found: Comparison, profile: str) -> dict[str, Any]:
    scenarios = [name for name in found.scenarios if name != DO_NOTHING]
    return {
        **shown(found, NAMES, profile),
        "steps": [row for name in scenarios for row in steps_shown(found, parts_of(name)[0], profile)],
        "tornado": [row for name in scenarios for row in tornado_shown(found, name, parts_of(name)[1], profile)],
    }


def test_what_is_shared_is_rounded_and_nothing_small_is_told() -> None:
    """Child-years are multiples of 5 or hidden; money has ten child-years behind it; no need and area of few is named."""
    report = whole(result(), "shareable")
    assert json.loads(json_text(report)) is not None
    keys = ("child_years", "fewer_away", "alone", "removed", "regret")
    for part in ("scenarios", "gains", "steps", "tornado"):
        for row in report[part]:
            for key, value in row.items():
                if any(word in key for word in keys) and not key.startswith("npv"):
                    assert value == "c" or (isinstance(value, int) and value % 5 == 0), (part, key, value)
    for row in report["regret"]["away_child_years"]:
        assert all(row[key] == "c" or row[key] % 5 == 0 for key in row if "regret" in key)
    rows = {row["scenario"]: row for row in report["scenarios"]}
    for name in ("Few", "Bought"):
        money = [rows[name][key] for key in ("gross_running_gbp", "avoided_gbp", "net_gbp", "npv_gbp")]
        assert money == ["c"] * 4
        assert rows[name]["payback_year"] is None
    assert rows["Many"]["net_gbp"].startswith("£")
    assert {row["scenario"] for row in report["gains"]} == {"Many"}
    assert rows[DO_NOTHING]["net_gbp"] == 0.0


def test_to_oneself_figures_are_those_of_the_comparison() -> None:
    """The internal profile hides nothing: the table's own figures, and every area and need that gains or loses."""
    found = result()
    report, table = whole(found, "internal"), found.table()
    for row in report["scenarios"]:
        own = table.loc[row["scenario"]]
        assert row["away_child_years"] == pytest.approx(own["away_child_years"], abs=1e-3)
        assert row["npv_gbp"] == pytest.approx(own["npv_gbp"], abs=0.01)
        assert row["away_child_years_low_80"] == pytest.approx(own["away_low_80"], abs=1e-3)
    gains = sum(row["fewer_away"] for row in report["gains"] if row["scenario"] == "Few")
    assert gains == pytest.approx(
        table.loc[DO_NOTHING, "away_child_years"] - table.loc["Few", "away_child_years"], abs=0.01
    )
    together = [row for row in report["steps"] if row["scenario"] == "Many" and row["step"] == "together"]
    assert [row["is_step"] for row in together] == [False]


@pytest.mark.parametrize("profile", ["shareable", "internal"])
def test_the_tables_are_printed_with_every_scenario_and_step(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In words: each scenario in each table, the steps and the assumptions by scenario."""
    cli._say_comparison(whole(result(), profile))
    text = capsys.readouterr().out
    for part in (DO_NOTHING, "Many, step by step", "Few, one assumption moved at a time", "interaction", "Who gains",
                 "has less net_gbp than the column", "Regret in away_child_years", "lead time"):  # fmt: skip
        assert part in text


def test_scenarios_are_called_as_their_files_and_no_two_alike(tmp_path: Path) -> None:
    """The name is the file's; one that is taken is refused, with what to do."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "more-carers.toml").write_text('title = "x"\n', encoding="utf-8")
    assert read_scenarios([tmp_path / "one" / "more-carers.toml"]) == {"More carers": ()}
    with pytest.raises(UsageError, match="called 'More carers' already"):
        read_scenarios([tmp_path / name / "more-carers.toml" for name in ("one", "two")])
    taken = tmp_path / "do-nothing.toml"
    taken.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="'Do nothing' already"):
        read_scenarios([taken])
