"""`placements forecast` on a study: what is said may be shared, and says how it was made."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from placements.cli import cli
from placements.errors import UsageError
from placements.forecasting.backtested import OURS
from placements.forecasting.baselines import BASELINES
from tests.forecast_support import SAYS_SEVEN, interpreter


def run(*words: str):
    return CliRunner().invoke(cli, ["forecast", *words])


@pytest.fixture(scope="module")
def report(small_study):
    found = run(str(small_study), "--runs", "10", "--years", "2", "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_every_level_and_year_is_there_with_nested_bands(report):
    """Total, settled and starting, at each year end; wider bands hold narrower ones; levels add up but for rounding."""
    assert {row["level"] for row in report["rows"]} == {"total", "settled", "starting"}
    assert {row["on"] for row in report["rows"]} == {"2026-03-31", "2027-03-31"}
    for row in [*report["rows"], *report["looked_after"]]:
        known = [row[name] for name in ("low_95", "low_80", "low_50", "high_50", "high_80", "high_95")]
        known = [value for value in known if value is not None]
        assert known == sorted(known)


def test_what_is_shared_is_rounded_and_small_numbers_are_not_shown(report):
    """Every figure is a multiple of 5 or not shown."""
    figures = [value for row in report["rows"] for value in row.values() if isinstance(value, float)]
    assert figures
    assert all(value % 5 == 0 for value in figures)


def test_the_assumptions_and_sources_are_said(report):
    """Levers, entries by stream, seed, and the inputs with their hashes."""
    assumptions = report["assumptions"]
    assert assumptions["runs"] == 10
    assert {"entries", "seed", "exit_rate_multiplier", "steps", "hazard_walk_a_year"} <= set(assumptions)
    assert "plans" in assumptions["entries"]
    assert all(one["sha256"] for one in report["inputs"])


def test_a_fine_breakdown_needs_the_internal_profile(small_study):
    """Small groups would follow from a forecast by area: it is refused, and given internally."""
    refused = run(str(small_study), "--by", "area", "--runs", "4")
    assert isinstance(refused.exception, UsageError)
    assert "would tell of few children" in str(refused.exception)
    given = run(str(small_study), "--by", "area", "--runs", "4", "--years", "1", "--profile", "internal", "--json")
    assert given.exit_code == 0
    assert {row["area"] for row in json.loads(given.stdout)["rows"]}


def test_the_back_test_and_the_explanation_are_printed(small_study):
    """Each prints a table with its columns, and as JSON says which days it is from."""
    tested = run(str(small_study), "--backtest", "--runs", "10", "--years", "1")
    assert tested.exit_code == 0, tested.output
    assert "coverage_80" in tested.output
    explained = run(str(small_study), "--explain", "--runs", "10", "--json")
    assert explained.exit_code == 0, explained.output
    found = json.loads(explained.stdout)
    assert found["earlier"][1] == found["now"][0]
    last = {row["step"]: row["children"] for row in found["rows"][-5:]}
    parts = last["entries"] + last["stays"] + last["destinations"] + last["interaction"]
    assert parts == pytest.approx(last["total"], abs=0.3)


@pytest.mark.parametrize("words", [["--authority", "Kent"], ["--by", "colour"]])
def test_what_cannot_be_asked_is_refused(small_study, words):
    """An authority goes with the published series; a column must exist."""
    assert isinstance(run(str(small_study), *words).exception, UsageError)


@pytest.mark.slow
def test_the_command_takes_a_peer(small_study: Path, tmp_path: Path) -> None:
    """Beside the baselines where it answers; said on standard error where it does not; of a back-test only."""
    words = [str(small_study), "--backtest", "--runs", "4", "--years", "1", "--peer-python"]
    given = run(*words, str(interpreter(tmp_path, SAYS_SEVEN)), "--json")
    assert given.exit_code == 0, given.output
    report = json.loads(given.stdout)
    assert report["peers"] == ["cs-demand-model 6", "cs-demand-model 12"]
    every = {OURS, *BASELINES, *report["peers"]}
    assert {row["method"] for row in report["methods"] if row["segment"] == "all"} == every
    assert {row["value"] for row in report["methods"] if row.get("value")} >= {"fostering", "residential"}
    failed = run(*words, str(interpreter(tmp_path, "sys.exit('no')")))
    assert failed.exit_code == 0, failed.output
    assert "The peer is left out: cs-demand-model failed" in failed.stderr
    assert "Every method beside the others" in failed.stdout
    refused = run(str(small_study), "--peer-python", sys.executable)
    assert "goes with --backtest" in str(refused.exception)
