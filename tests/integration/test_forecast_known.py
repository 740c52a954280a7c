"""`placements forecast` with new plans and population beside the caseload, and of children looked after."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from placements.errors import DataError
from placements.forecasting.published import CARE, backtest_published, read_series
from placements.forecasting.published.known import with_care, with_new_plans, with_population
from placements.forecasting.published.series import ARRIVALS, CHILDREN
from tests.command_support import run
from tests.published_support import CODES, care, caseload, new_plans, population, written

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placements.commands.forecast.DRAWS", 300)


def test_new_plans_and_population_stand_beside_the_right_january(tmp_path: Path) -> None:
    """A calendar year's new plans by the January after it; a June's children by the second January after."""
    frame = caseload(5)
    series = read_series(written(frame, tmp_path))
    series = with_new_plans(series, written(new_plans(frame), tmp_path, "new.csv"))
    # The file gives 15 % of the plans of January 2020 as those of calendar 2019, which January 2020 knows.
    assert np.isnan(series.known[ARRIVALS][:, 0]).sum() == 0
    assert np.allclose(series.known[ARRIVALS], 0.15 * series.counts[:, :, 0], atol=0.5)
    series = with_population(series, written(population(range(2018, 2022)), tmp_path, "children.csv"))
    assert np.isnan(series.known[CHILDREN][:, 0]).all()
    assert np.isfinite(series.known[CHILDREN][:, 1:]).all()
    assert {ARRIVALS, CHILDREN} <= set(series.source)


def test_new_plans_that_add_up_to_more_than_their_region_are_not_used(tmp_path: Path) -> None:
    """As where each authority of a region has the region's figure: that year is left out, and said."""
    frame = caseload(5)
    wrong = new_plans(frame)
    region = wrong[wrong["geographic_level"].eq("Regional") & wrong["time_period"].eq("2021")]["new_ehc_plans"].iloc[0]
    wrong.loc[wrong["geographic_level"].eq("Local authority") & wrong["time_period"].eq("2021"), "new_ehc_plans"] = (
        region
    )
    series = with_new_plans(read_series(written(frame, tmp_path)), written(wrong, tmp_path, "new.csv"))
    at = series.years.index(2022)
    assert np.isnan(series.known[ARRIVALS][:, at]).all()
    assert np.isfinite(series.known[ARRIVALS][:, at - 1]).all()
    said = [row for row in series.left_out if row.series == ARRIVALS]
    assert len(said) == len(CODES)
    assert "new plans of 2021: the region's authorities add up to" in said[0].reason


def test_forecast_names_its_method_and_signals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights and scores of each series; the signals' slopes; the files' hashes."""
    frame = caseload(5)
    path = written(frame, tmp_path)
    beside = ("--new-plans", written(new_plans(frame), tmp_path, "new.csv"))
    beside += ("--population", written(population(range(2014, 2023)), tmp_path, "children.csv"))
    code, out, _ = run(capsys, "forecast", "--published", path, *beside, "--json")
    assert code == 0
    report = json.loads(out)
    total = report["methods"][0]
    assert total["series"] == "total"
    assert total["origins"] == [2021, 2022]
    assert set(total["scores"]) >= {"model", "own_growth", "last_year", "last_year_corrected"}
    assert "CRPS in plans of" in total["why"]
    assert len(report["source"][ARRIVALS]["sha256"]) == 64
    assert set(report["models"]["total"]["signals"]) <= {"arrivals", "density"}


def test_children_looked_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The total, in children, with bands and a back-test in the same form; a row of a code not in force is none."""
    frame = care()
    frame.loc[len(frame)] = frame.iloc[0].to_dict() | {"new_la_code": "E10000006", "la_name": "Cumbria", "number": "z"}
    path = written(frame, tmp_path, "care.csv")
    code, out, _ = run(capsys, "forecast", "--published-care", path, "--horizon", 2, "--json")
    assert code == 0
    report = json.loads(out)
    assert [row["code"] for row in report["forecasts"]] == CODES
    assert set(report["forecasts"][0]["years"][0]["series"]) == {"total"}
    assert report["labels"] == {"total": "Children looked after on 31 March"}
    code, out, _ = run(capsys, "forecast", "--published-care", path, "--backtest")
    assert code == 0
    assert "CRPS in children" in out
    series = with_care(read_series(path, CARE), path)
    assert np.isfinite(series.known[ARRIVALS]).all()
    assert (series.known[CHILDREN] > 1).all()


def test_errors_of_the_files_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two at once, new plans beside children looked after, and another file in place of new plans."""
    frame = caseload(4)
    path, looked_after = written(frame, tmp_path), written(care(), tmp_path, "care.csv")
    for arguments, exit_code, said in (
        (["--published", path, "--published-care", looked_after], 2, "one at a time"),
        (["--published-care", looked_after, "--new-plans", path], 2, "leave --new-plans out"),
        (["--published", path, "--new-plans", looked_after], 3, "no such figures"),
        (["--published-care", path], 3, "no children of authorities"),
    ):
        code, _, err = run(capsys, "forecast", *arguments)
        assert code == exit_code, (arguments, err)
        assert said in err
    with pytest.raises(DataError, match="no figure of these"):
        with_population(read_series(path), written(population(range(2000, 2002)), tmp_path, "old.csv"))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published statistics are not here")
def test_published_files_beside_make_the_total_better() -> None:
    """On the published files, new plans and population take at least 3 % off the CRPS of all plans."""
    series = read_series(SAMPLES / "sen2" / "caseload.csv").total_only()
    known = with_new_plans(series, SAMPLES / "sen2" / "newplans.csv")
    known = with_population(known, next((SAMPLES / "population").glob("*.csv")))
    alone, better = (backtest_published(one, draws=300).scores[0] for one in (series, known))
    assert better["crps"] < 0.97 * alone["crps"]
    assert better["ratio"] < 0.93
    path = SAMPLES / "cla" / "cla_number_and_rate_per_10k_children.csv"
    looked_after = backtest_published(with_care(read_series(path, CARE), path), draws=500).scores[0]
    assert 0.7 < looked_after["coverage_80"] < 0.92
