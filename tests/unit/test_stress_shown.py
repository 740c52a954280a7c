"""What the stress test may show, and that the command gives it."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from placements.commands import outputs
from placements.commands import stress as command
from placements.commands.stress import COLUMNS, shown, table_rows
from placements.forecasting.stays import Stays
from placements.interventions import OpenHome
from placements.optimisation import Stress, optimise, stress
from tests.command_support import run
from tests.support import tiny_county, tiny_forecast

NONE = pd.DataFrame()
NAMES = {"E07000209": "Guildford", "E07000217": "Woking", "E07000215": "Tandridge"}
NEEDS = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 20
Tandridge | childrens_home | disabled   | 1
"""


@pytest.fixture(scope="module")
def found() -> Stress:
    """Many in Guildford with a home of twenty, few in Tandridge with a home of one."""
    county = tiny_county(NONE, options=NONE, provision=NONE)
    future = tiny_forecast(county, NEEDS)
    homes = tuple(
        OpenHome(name=f"Home in {where}", places=places, district=where, lead_time_years=0.0, minimum_occupancy=0.8)
        for where, places in (("Guildford", 20), ("Tandridge", 1))
    )
    rng = np.random.default_rng(1)
    begin = np.sort(rng.random(90) * 2)
    group = np.where(np.arange(90) % 30 == 0, 1, 0)
    stays = Stays(np.zeros(90, np.intp), group, begin, begin + 0.6)
    return stress(county, future, optimise(county, future, commitments=homes), stays=stays, replications=4)


def test_small_figures_are_not_shown_when_shared(found) -> None:
    """Under 6: no number, no share of places; other numbers to the nearest 5, without errors, in values and in words."""
    internal, shared = shown(found, NAMES, "internal"), shown(found, NAMES, "shareable")
    small, large = shared["openings"][1], shared["openings"][0]
    assert small["child_years"] == {"value": "c", "standard_error": None}
    assert small["occupancy"] == {"value": None, "standard_error": None}
    assert small["planned_use"] is None
    assert all(year["occupancy"]["value"] is None for year in small["by_year"])
    assert large["child_years"]["value"] % 5 == large["planned_load"] % 5 == 0
    assert small["planned_load"] == "c"
    assert 0 < large["occupancy"]["value"] <= 1
    assert [(row["need_group"], row["area"]) for row in shared["turned_away_by_need_and_area"]] == [
        ("family", "Guildford")
    ]
    assert any(row["area"] == "Tandridge" for row in internal["turned_away_by_need_and_area"])
    assert "its figures are too small to be shown" in " ".join(shared["paragraphs"])
    for text in [*shared["sentences"], *shared["paragraphs"]]:
        assert "." not in "".join(re.findall(r"[\d.]+(?= child)", text))
        assert all(float(figure) % 5 == 0 for figure in re.findall(r"about (\d+)", text))
        assert "Tandridge" not in text or "too small" in text
    assert internal["openings"][1]["occupancy"]["standard_error"] is not None
    assert "standard error" in internal["sentences"][0]


def test_everything_is_plain_values(found) -> None:
    """It can be written as JSON, tells how it was made, and fits the table."""
    for profile in ("internal", "shareable"):
        back = json.loads(json.dumps(shown(found, NAMES, profile), allow_nan=False))
        assert (back["seed"], back["replications"], back["samples"]) == (found.seed, 4, list(found.samples))
        assert [row["outcome"] for row in back["outcomes"]] == ["placed", "full", "not ready", "out of reach"]
        rows = table_rows(back)
        assert [set(row) for row in rows] == [set(COLUMNS)] * 2


def test_the_command(capsys, monkeypatch, tmp_path, found) -> None:
    """`--stress --json` has the stress test beside the plan, as often as asked for; without `--json` it is said."""
    county = tiny_county(NONE, options=NONE, provision=NONE)
    settings = SimpleNamespace(disclosure=SimpleNamespace(profile="shareable"))
    asked = []
    study = SimpleNamespace(settings=settings, reports=tmp_path)
    study.with_profile = lambda profile: study
    monkeypatch.setattr(outputs, "open_study", lambda folder: study)
    monkeypatch.setattr(outputs, "load", lambda study, reporter: county)
    monkeypatch.setattr(outputs, "plan_for", lambda county, reporter, **limits: (None, found.plan))
    monkeypatch.setattr(outputs, "release", lambda path, *_: path)
    monkeypatch.setattr(command, "stress", lambda *_, replications, **more: asked.append(replications) or found)
    code, out, _ = run(capsys, "optimise", tmp_path, "--stress", "--replications", 3, "--json")
    assert code == 0
    assert json.loads(out)["stress"] == json.loads(json.dumps(shown(found, NAMES, "shareable")))
    code, out, _ = run(capsys, "optimise", tmp_path, "--stress")
    assert code == 0
    assert "Child by child" in out
    assert "nobody is moved back" in re.sub(r"\s+", " ", out)
    assert asked == [3, 20]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--replications", "5"], "goes with --stress"),
        (["--stress", "--replications", "1"], "replications"),
        (["--stress", "--frontier", "capital"], "of one plan"),
    ],
)
def test_mistakes_are_refused(capsys, tmp_path, arguments, said) -> None:
    """Exit code 2, and what was wrong."""
    code, _, err = run(capsys, "optimise", tmp_path, *arguments)
    assert code == 2
    assert said in err
