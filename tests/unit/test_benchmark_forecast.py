"""The benchmark of the forecast: both engines simulate one model, what is not there is named, months are means of days."""

import argparse
import datetime as dt
import json
import pickle

import numpy as np
import pandas as pd
import pytest

from benchmarks import forecast
from benchmarks.forecast_peers import EventLoop, certain
from benchmarks.ours import Stages
from placements.forecasting.destinations import Destinations
from placements.forecasting.durations import Hazards
from placements.forecasting.peer.their_side import months_of
from tests.forecast_support import known_model, known_stream

FOSTER, HOME, KIN, SCHOOL = "agency_foster", "childrens_home", "connected_carers", "state_special"
SIZE = argparse.Namespace(runs=200, peer_runs=40, years=2)


@pytest.fixture(scope="module")
def model():
    """Return a small model of both services: hazards that change with the stay, moves, birthdays, ages not known."""
    hazards = {FOSTER: [0.3, 0.1, 0.05, 0.08, 0.02, 0.02, 0.01], HOME: 0.2, KIN: 0.04, SCHOOL: 0.03}
    chances = {FOSTER: {HOME: 0.3, KIN: 0.2, FOSTER: 0.1}, HOME: {FOSTER: 0.5}, SCHOOL: {"mainstream": 0.4}}
    settled = [(FOSTER, "Under 1", 7.0, 6.0), (HOME, "16 and over", 0.5, 208.0), (KIN, "Age not known", 30.0, np.nan)]
    children = pd.DataFrame(settled * 12, columns=["provision", "age_band", "elapsed", "age"])
    streams = [
        known_stream(4.0, season=np.linspace(0.5, 1.5, 12)),
        known_stream(3.0, "16 to 18", SCHOOL, name="plans"),
    ]
    return known_model(streams, hazards, chances, children)


def test_the_event_loop_and_ours_expect_the_same_stock(model):
    """Two engines that share nothing but the model agree within error, state by state and year by year."""
    pytest.importorskip("simpy")
    ours, theirs = (part(model, SIZE, Stages()) for part in (forecast.known, forecast.simpy))
    found = forecast.agreement(ours, theirs)
    assert found["agrees"], found
    assert abs(found["total_apart"]) < 0.05
    assert ours["child_months"] / ours["runs"] == pytest.approx(theirs["child_months"] / theirs["runs"], rel=0.05)


def test_the_event_loop_notices_another_model(model):
    """Agreement is not for the asking: with hazards a quarter higher the same comparison fails."""
    pytest.importorskip("simpy")
    other = Hazards(model.hazards.cells, model.hazards.shape * 1.25, model.hazards.exposure, model.hazards.levels)
    changed = pickle.loads(pickle.dumps(model))
    object.__setattr__(changed, "hazards", other)
    ours, theirs = forecast.known(model, SIZE, Stages()), forecast.simpy(changed, SIZE, Stages())
    assert not forecast.agreement(ours, theirs)["agrees"]


def test_a_model_made_certain_keeps_its_means(model):
    """Rates stay, their width goes; trend, walk and shock of the entries go too."""
    wide = pickle.loads(pickle.dumps(model))
    object.__setattr__(
        wide,
        "hazards",
        Hazards(model.hazards.cells, model.hazards.shape / 1e9, model.hazards.exposure / 1e9, model.hazards.levels),
    )
    object.__setattr__(wide, "destinations", Destinations(model.destinations.alpha / 1e9, model.destinations.levels))
    object.__setattr__(wide, "streams", (known_stream(4.0, slope=0.2, slope_error=0.1, volatility=0.3, shock=0.5),))
    sure = certain(wide)
    assert sure.hazards.mean == pytest.approx(wide.hazards.mean)
    assert sure.destinations.mean == pytest.approx(wide.destinations.mean)
    assert sure.hazards.draw(1, np.random.default_rng(1))[0] == pytest.approx(wide.hazards.mean, rel=1e-3, abs=1e-6)
    (stream,) = sure.streams
    assert stream.starts / stream.months == pytest.approx(4.0)
    assert (stream.slope, stream.slope_error, stream.volatility, stream.shock) == (0, 0, 0, 0)


def test_parts_run_on_a_model_in_a_folder(model, tmp_path):
    """Every simulation says its seconds, memory and child-months in plain figures."""
    (tmp_path / "care.pickle").write_bytes(pickle.dumps(model))
    for part in ("ours care", "known care"):
        found = forecast.run_part(part, tmp_path, SIZE)
        assert found["child_months"] > 0
        assert found["stages"][-1]["seconds"] > 0
        assert found["peak_mb"] >= found["before_mb"] > 0
        assert json.loads(json.dumps(found)) == found


def test_returns_end_with_their_year(tmp_path):
    """The day is the 31 March on or after the last start; the last year can be left out."""
    for year, start in (("2019", "01/04/2019"), ("2020", "30/03/2021"), ("2021", "02/04/2021")):
        (tmp_path / "all" / year).mkdir(parents=True)
        (tmp_path / "all" / year / "episodes.csv").write_text(f"CHILD,DECOM\n1,{start}\n", encoding="utf-8")
    assert forecast.last_day(tmp_path / "all" / "2019") == dt.date(2020, 3, 31)
    assert forecast.last_day(tmp_path / "all") == dt.date(2022, 3, 31)
    before = forecast.without_last_year(tmp_path / "all", tmp_path / "before")
    assert sorted(path.name for path in before.iterdir()) == ["2019", "2020"]
    assert forecast.last_day(before) == dt.date(2021, 3, 31)
    study = forecast.study_of(tmp_path / "study", tmp_path / "all", dt.date(2022, 3, 31))
    assert sorted(path.name for path in (study.data / "ssda903").iterdir() if path.is_dir()) == ["2020", "2021", "2022"]


def test_months_of_the_demand_model_are_means_of_days():
    """By category over the ages; those who are not in care any more are not places."""
    days = pd.date_range("2021-04-01", "2021-05-31")
    frame = pd.DataFrame(
        {
            ("ONE_TO_FIVE", "FOSTERING"): np.where(days.month == 4, 2.0, 4.0),
            ("FIVE_TO_TEN", "FOSTERING"): 1.0,
            ("FIVE_TO_TEN", "NOT_IN_CARE"): 50.0,
        },
        index=days,
    )
    frame.columns = frame.columns.to_flat_index()
    found = months_of(frame, "2021-03-31", 2)
    assert found["FOSTERING"] == pytest.approx([3.0, 31 * 5 / 31], abs=0.07)
    assert found["all"] == found["FOSTERING"]


def test_what_is_not_installed_is_named_and_the_rest_measured(monkeypatch, capsys):
    """Exit code 0, a table of our side, and a sentence for each peer that is not there."""
    stage = {"stage": "simulate", "rows": 0, "seconds": 0.5, "cpu_seconds": 0.4, "peak_mb": 3.0}
    answer = {"stages": [stage], "before_mb": 1.0, "peak_mb": 3.0, "runs": 10, "child_months": 5_000.0}
    monkeypatch.setattr(forecast, "run", lambda command: answer)
    monkeypatch.setattr(forecast.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(forecast, "hold_cores", lambda count: None)
    assert forecast.main([]) == 0
    printed = capsys.readouterr().out
    assert "| ours, every rate drawn: both services | 10 | 5,000 | 0.50 | 0.40 | 10,000 |  |  | 3 | 2 |" in printed
    assert "SimPy is not installed: not measured." in printed
    assert "cs-demand-model and ours on returns need --returns: not measured." in printed


def test_engines_that_do_not_agree_are_said_so():
    """The farthest stock counts, in standard errors of both parts together."""
    one = {"runs": 100, "mean": [[10.0, 5.0]], "spread": [[2.0, 1.0]]}
    found = forecast.agreement(one, {**one, "runs": 25, "mean": [[10.0, 6.5]], "spread": [[0.0, 0.0]]})
    assert found["largest"] == pytest.approx((1.5 - forecast.AGREES_PLACES) / np.sqrt(1 / 100 + 1 / 25))
    assert not found["agrees"]
    assert "do NOT agree" in forecast._said("care alone", found, 25)


def test_the_event_loop_has_nobody_when_nobody_comes():
    """A model with neither children nor streams holds nobody in any month."""
    pytest.importorskip("simpy")
    assert EventLoop(known_model([], {}), 12).run(1).sum() == 0
