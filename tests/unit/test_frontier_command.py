"""The frontier on the command line: a table, all figures as JSON, a chart; mistakes are refused."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from placements.commands import frontier as command
from placements.reports.charts_frontier import frontier as draw
from tests.command_support import run
from tests.support import tiny_forecast
from tests.unit.test_frontier import HOMES, NEEDS, county_with


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A folder that answers with the county of `test_frontier`, whose frontier is known by hand."""
    county = county_with(HOMES)
    settings = SimpleNamespace(disclosure=SimpleNamespace(profile="shareable"))
    opened = SimpleNamespace(settings=settings, with_profile=lambda profile: opened)
    monkeypatch.setattr(command, "open_study", lambda folder: opened)
    monkeypatch.setattr(command, "load", lambda study, reporter: county)
    monkeypatch.setattr(command, "forecast", lambda county, progress: tiny_forecast(county, NEEDS))
    return tmp_path


def test_all_figures_are_in_json(capsys, study):
    """Each point with its limit, child-years, money, bound, gap, result, plan and what changed; no times."""
    code, out, _ = run(capsys, "optimise", study, "--frontier", "capital", "--points", "8", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["is_proved"]
    assert report["limits_tried_gbp"] == pytest.approx([0, 100, 200, 300, 400, 500, 600, 700])
    assert [point["capital_gbp"] for point in report["points"]] == pytest.approx([0, 100, 200, 300, 500, 600, 700])
    last = report["points"][-1]
    assert (last["result"], last["left_out"]) == ("proved", [])
    assert last["kept_local_child_years"] == pytest.approx(16)
    assert last["most_kept_local_child_years"] == pytest.approx(16, abs=1e-3)
    assert [row["option_id"] for row in last["interventions"]] == ["a", "b", "c"]
    assert not any("seconds" in key for key in last)


def test_the_table_and_the_chart(capsys, study):
    """A row for each point, in words; the chart is written where it was asked for."""
    chart = study / "frontier.svg"
    code, out, _ = run(capsys, "optimise", study, "--frontier", "net-revenue", "--points", "3", "--out", chart)
    assert code == 0
    assert "kept_local_child_years" in out
    assert "proved" in out
    assert chart.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--points", "5"], "go with --frontier"),
        (["--out", "a.svg"], "go with --frontier"),
        (["--frontier", "capital", "--out", "a.pdf"], "written as .svg"),
        (["--frontier", "love"], "love"),
    ],
)
def test_mistakes_are_refused(capsys, study, arguments, said):
    """Exit code 2, and what was wrong."""
    code, _, err = run(capsys, "optimise", study, *arguments)
    assert code == 2
    assert said in err


def test_the_same_points_give_the_same_chart():
    """Bytes do not hang on the clock; more points give another drawing."""
    points = ([0, 5e6], [10.0, 40.0], [10.0, 44.0])
    one, other = (
        draw("What capital keeps local", *points, money="Capital"),
        draw("What capital keeps local", *points, money="Capital"),
    )
    assert one == other
    assert one[0].startswith(b"\x89PNG")
    assert one != draw("What capital keeps local", *([*part, 9e6] for part in points), money="Capital")
