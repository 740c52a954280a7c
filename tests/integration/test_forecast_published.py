"""`placements forecast --published`: on a made-up England, with its errors, and on DfE's own file where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from placements.forecasting.published import backtest_published, read_series
from placements.forecasting.published.series import TOTAL
from tests.command_support import run
from tests.published_support import CODES, caseload, written

CASELOAD = Path(__file__).resolve().parents[3] / "shared" / "samples" / "sen2" / "caseload.csv"


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placements.commands.forecast.DRAWS", 300)


def test_forecast_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every authority, year and series with its bands; means of settings add up; the same bytes again."""
    path = written(caseload(4), tmp_path)
    code, out, _ = run(capsys, "forecast", "--published", path, "--horizon", 2, "--json")
    assert code == 0
    report = json.loads(out)
    assert [row["code"] for row in report["forecasts"]] == CODES
    assert report["settings"] == {"horizon": 2, "draws": 300, "seed": 2025}
    assert len(report["source"]["sha256"]) == 64
    for row in report["forecasts"]:
        assert [year["year"] for year in row["years"]] == [2023, 2024]
        for year in row["years"]:
            total = year["series"][TOTAL]
            assert total["low_95"] <= total["low_80"] <= total["low_50"] <= total["median"] <= total["high_50"]
            # The median is near the growth of a tenth that the file was made with: bands are of this authority's own.
            assert 0.8 < total["median"] / (total["last"] * 1.1 ** year["horizon"]) < 1.25
            parts = sum(values["mean"] for name, values in year["series"].items() if name != TOTAL)
            assert parts == pytest.approx(total["mean"], abs=0.6)
    assert run(capsys, "forecast", "--published", path, "--horizon", 2, "--json")[1] == out


def test_forecast_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each authority; of one authority a row for each series; what is left out and the method are said."""
    path = written(caseload(4), tmp_path)
    code, out, _ = run(capsys, "forecast", "--published", path)
    assert code == 0
    assert sum(line.startswith("E06") for line in out.splitlines()) == len(CODES)
    assert "Left out" in out
    assert "Method: " in out
    code, out, _ = run(capsys, "forecast", "--published", path, "--authority", "Hartlepool")
    assert code == 0
    assert "State-funded special school" in out


def test_backtest_as_json_and_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores by series and segment beside the baselines."""
    path = written(caseload(4), tmp_path)
    code, out, _ = run(capsys, "forecast", "--published", path, "--backtest", "--json")
    assert code == 0
    report = json.loads(out)
    assert {row["by"] for row in report["scores"]} == {"all", "horizon", "origin", "region", "size"}
    assert set(report["scores"][0]["baselines"]) >= {"last_year", "last_growth", "linear_trend"}
    code, out, _ = run(capsys, "forecast", "--published", path, "--backtest")
    assert code == 0
    assert "coverage_80" in out


def test_errors_are_said_with_their_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file named, one that is not there, a horizon out of range, an authority not forecast, too few years."""
    path = written(caseload(3), tmp_path)
    for arguments, exit_code, said in (
        (["--authority", "Surrey"], 2, "--published"),
        (["--published", tmp_path / "none.csv"], 3, "is not there"),
        (["--published", path, "--horizon", 6], 2, "6"),
        (["--published", path, "--authority", "Surrey"], 2, "no total in 2021"),
        (["--published", path, "--backtest"], 2, "back-test needs 4"),
        (["--published", path, "--backtest", "--authority", "Surrey"], 2, "leave --authority out"),
    ):
        code, out, err = run(capsys, "forecast", *arguments)
        assert code == exit_code, (arguments, err)
        assert said in err
        assert not out


@pytest.mark.skipif(not CASELOAD.exists(), reason="the published statistics are not here")
def test_dfe_own_file() -> None:
    """On DfE's series the 80 % band holds about four fifths, and the forecast beats last year, growth and trend."""
    series = read_series(CASELOAD)
    assert all(row["agrees"] for row in series.source["england"])
    found = backtest_published(series.total_only(), draws=500)
    total = found.scores[0]
    assert total["series"] == TOTAL
    assert 0.74 <= total["coverage_80"] <= 0.86 + 0.03
    assert total["ratio_plain"] < 0.90
    assert total["ratio"] < 1.0
    assert abs(total["bias"]) < 0.03
