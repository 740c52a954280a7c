"""The demand model beside ours: told the same stays, held against the same counts, and left out whole when it fails."""

from __future__ import annotations

import datetime as dt
import json
import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import forecast_backtest as bench
from placements import codes
from placements.errors import UsageError
from placements.forecasting.backtest import backtest
from placements.forecasting.backtested import OURS
from placements.forecasting.baselines import BASELINES
from placements.forecasting.observed import ALL, as_of, care_only, monthly_means
from placements.forecasting.peer import (
    CATEGORY,
    CATEGORY_OF,
    DemandModel,
    PeerFailedError,
    by_category,
    stays_of,
    their_side,
)
from placements.forecasting.peer.stays import PLACE_OF
from placements.forecasting.spells import spells_of
from tests.forecast_support import SAYS_SEVEN, interpreter, steady
from tests.support import tiny_county

NAMES = ("cs-demand-model 6", "cs-demand-model 12")


def test_its_categories_are_a_partition_of_ours() -> None:
    """Every kind of placement in care is in one category, each category has a code, and sums by category are all."""
    assert set(CATEGORY_OF) == set(codes.CARE_PROVISION)
    assert set(CATEGORY_OF.values()) == set(PLACE_OF) == {name.lower() for name in their_side.CATEGORIES}
    fostered = {place for place, family in codes.PLACE.items() if CATEGORY_OF.get(family, "fostering") == "fostering"}
    assert fostered == {"U1", "U2", "U3", "U4", "U5", "U6"}  # the codes that the demand model calls fostering
    counts = monthly_means(spells_of(steady(), 3), pd.Timestamp("2024-03-31"), -6, 18)
    found = by_category(counts)
    assert {segment for segment, _ in found} == {CATEGORY}
    assert sum(found.values()) == pytest.approx(counts[ALL, ALL])


def test_the_stays_it_is_told_are_those_that_ours_counts() -> None:
    """Counted day by day, by category, they are our monthly means."""
    county = care_only(steady())
    told = pd.DataFrame(stays_of(county))
    days = pd.date_range("2024-03-31", periods=366, freq="D")
    start, end = pd.to_datetime(told["start"]), pd.to_datetime(told["end"]).fillna(pd.Timestamp.max.normalize())
    ours = by_category(monthly_means(spells_of(county, 6), days[0], 0, 12))
    for category, place in PLACE_OF.items():
        own = told["place"].eq(place)
        held = np.array([(own & (start <= day) & (end > day)).sum() for day in days])
        year = held[:365].mean()
        assert year == pytest.approx(ours.get((CATEGORY, category), np.zeros(12)).mean(), abs=0.1)


def test_short_breaks_plans_and_ids_are_not_told() -> None:
    """What the forecast leaves out is left out here; a child is a number; an unknown birthday is a usual age."""
    county = tiny_county(
        """
        service   | provision       | home      | to        | birth      | start      | end
        care      | agency_foster   | Guildford | out       | 2014-04-01 | 2024-04-01 | -
        care      | childrens_home  | Guildford | out       | 2014-04-01 | 2024-04-01 | 2024-05-01
        care      | other_care      | Guildford | out       | 2014-04-01 | 2024-06-01 | 2024-06-01
        care      | secure          | Guildford | out       | 2014-04-01 | 2024-04-01 | -
        education | state_special   | Guildford | Guildford | 2014-04-01 | 2024-09-01 | -
        """
    )
    rows = county.placements
    rows.loc[rows["provision"].eq("secure"), "legal_status"] = codes.SHORT_BREAKS[0]
    rows.loc[rows["provision"].eq("childrens_home"), "birth_date"] = pd.NaT
    told = stays_of(county)
    assert told["place"] == ["U4", "K2"]
    assert told["end"] == [None, "2024-05-01"]
    assert told["birth"] == ["2014-04-01", "2014-04-01"]
    assert not set(map(str, rows["child_id"])) & set(map(str, told["child"]))


def test_planted_answers_are_scored_beside_ours(tmp_path: Path) -> None:
    """Its CRPS is its absolute error, for all and by category alone; ours and the baselines are as without it."""
    county = steady()
    found = backtest(county, 1, runs=20, peer=DemandModel(interpreter(tmp_path, SAYS_SEVEN)))
    assert (found.peers, found.peer_failed) == (NAMES, "")
    total = found.rows[found.rows["segment"].eq(ALL)]
    methods = found.methods()
    row = methods.loc[(ALL, NAMES[0])]
    assert row["crps"] == row["absolute_error"] == pytest.approx((total["observed"] - 7).abs().mean())
    assert row["bias"] == pytest.approx(7 * len(total) / total["observed"].sum() - 1)
    assert np.isnan(row["coverage_80"])
    assert found.scores().loc[ALL, f"crps {NAMES[1]}"] == row["crps"]
    assert {segment for segment, method in methods.index if method == NAMES[0]} == {ALL, CATEGORY}
    foster = found.rows[found.rows["value"].eq("fostering")]
    assert foster[f"crps {NAMES[0]}"].to_numpy() == pytest.approx((foster["observed"] - 4).abs().to_numpy())
    alone = backtest(county, 1, runs=20)
    without = found.rows[found.rows["segment"].ne(CATEGORY)].reset_index(drop=True)
    pd.testing.assert_frame_equal(without[alone.rows.columns], alone.rows)


def test_methods_are_scores_of_the_rows(tmp_path: Path) -> None:
    """Ours and the baselines, by hand: CRPS, error of the mean, and the share in the 80 % band."""
    found = backtest(steady(), 1, runs=20)
    own = found.rows[found.rows["segment"].eq("provision")]
    table = found.methods().loc["provision"]
    assert list(table.index) == [OURS, *BASELINES]
    assert table.loc[OURS, "absolute_error"] == pytest.approx((own["mean"] - own["observed"]).abs().mean())
    assert table.loc[OURS, "coverage_80"] == found.scores().loc["provision", "coverage_80"]
    for name in BASELINES:
        inside = own[f"low_80 {name}"].le(own["observed"]) & own[f"high_80 {name}"].ge(own["observed"])
        assert table.loc[name, "coverage_80"] == pytest.approx(inside.mean())
        assert table.loc[name, "crps"] == pytest.approx(own[f"crps {name}"].mean())


def test_it_is_told_nothing_that_came_later(tmp_path: Path) -> None:
    """The question of each origin holds its day, the months to the snapshot, and no day after it."""
    county = steady()
    day = dt.date(2024, 3, 31)
    log = tmp_path / "question.json"
    model = DemandModel(interpreter(tmp_path, f"open({str(log)!r}, 'w').write(json.dumps(question))\n{SAYS_SEVEN}"))
    said = model(as_of(county, day), 12)
    asked = json.loads(log.read_text())
    assert (asked["end"], asked["months"], asked["reference_months"]) == ("2024-03-31", 12, [6, 12])
    known = [*asked["stays"]["start"], *(end for end in asked["stays"]["end"] if end)]
    assert max(known) <= "2024-03-31" < county.placements["start"].max().date().isoformat()
    assert said[NAMES[0]][ALL, ALL].tolist() == [7.0] * 12
    assert said[NAMES[1]][CATEGORY, "residential"].tolist() == [2.0] * 12


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("raise ValueError('born 2012-01-01')", r"failed as of 2024-03-31: ValueError$"),
        ("sys.exit('born 2012-01-01')", "failed as of 2024-03-31: it did not say why$"),
        ("print('{}')", "gave no forecast"),
        ("pass", "gave no forecast"),
        (SAYS_SEVEN.replace("* months", "* 2"), "gave no forecast"),
        (SAYS_SEVEN.replace("4.0", "float('nan')"), "gave no forecast"),
    ],
)
def test_an_answer_that_is_none_is_refused(tmp_path: Path, does: str, says: str) -> None:
    """The reason is said, without any value of a child."""
    with pytest.raises(PeerFailedError, match=says):
        DemandModel(interpreter(tmp_path, does))(as_of(steady(), dt.date(2024, 3, 31)), 12)


def test_a_peer_that_fails_from_one_origin_is_left_out_from_all(tmp_path: Path) -> None:
    """The reason is kept, and the scores are those of a back-test without it: ours goes on."""
    county = steady()
    does = f"if question['end'] > '2024-06-30':\n    sys.exit('born 2012-01-01'){SAYS_SEVEN}"
    found = backtest(county, 1, runs=10, peer=DemandModel(interpreter(tmp_path, does)))
    assert found.peers == ()
    assert found.peer_failed
    assert "2012" not in found.peer_failed
    pd.testing.assert_frame_equal(found.rows, backtest(county, 1, runs=10).rows)


def test_an_interpreter_that_will_not_do_is_refused_at_once(tmp_path: Path) -> None:
    """It is not there, or cannot import the demand model: how to make its environment is said."""
    with pytest.raises(UsageError, match="cannot be run: No such file"):
        DemandModel(tmp_path / "nothing")
    with pytest.raises(UsageError, match=r"cannot import cs-demand-model .*pip install cs-demand-model"):
        DemandModel(Path(sys.executable))


def test_its_own_side_asks_for_both_lengths_of_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer's own columns, its rates of the months before the end, and means of its days, by category."""
    asked = []

    class Container:
        def __init__(self, store: object, config: object) -> None:
            assert list(store.files) == []

        @property
        def enriched_view(self) -> pd.DataFrame:
            return self.__dict__["combined_data"]

    class Predictor:
        initial_population = pd.Series({("A", "FOSTERING"): 2.0, ("B", "OTHER"): 1.0})

        @staticmethod
        def from_model(statistics: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> Predictor:
            asked.append((statistics, start, end))
            return Predictor()

        def predict(self, days: int) -> pd.DataFrame:
            frame = pd.DataFrame({("A", "FOSTERING"): 2.0, ("B", "OTHER"): 1.0}, index=range(days))
            frame.columns = frame.columns.to_flat_index()
            return frame.set_axis(pd.date_range("2024-04-01", periods=days))

    module = types.ModuleType("cs_demand_model")
    module.DemandModellingDataContainer, module.ModelPredictor = Container, Predictor
    module.PopulationStats = lambda view, config: view
    config = types.ModuleType("cs_demand_model.config")
    config.Config = object
    monkeypatch.setitem(sys.modules, "cs_demand_model", module)
    monkeypatch.setitem(sys.modules, "cs_demand_model.config", config)
    stays = {"child": [1, 0], "birth": ["2012-01-01"] * 2, "start": ["2024-01-01", "2023-01-01"]}
    stays |= {"end": [None, "2024-02-01"], "place": ["U4", "K2"]}
    question = {"end": "2024-03-31", "months": 2, "reference_months": [6, 12], "stays": stays}
    found = their_side.answer(question)
    assert found["counted"] == 3.0
    assert found["forecasts"]["12"]["all"] == [3.0, 3.0]
    assert found["forecasts"]["6"]["FOSTERING"] == [2.0, 2.0]
    assert [str(start.date()) for _, start, _ in asked] == ["2023-09-30", "2023-03-31"]
    told = asked[0][0]
    assert told["CHILD"].tolist() == [0, 1]
    assert told["DEC"].isna().tolist() == [False, True]


def test_on_its_own_count_ours_is_carried_over_by_its_growth() -> None:
    """Ours grows by a tenth on its scale, and so on the other; a steady past is carried on exactly."""
    ours = pd.DataFrame({"months_ahead": [6], "mean": [110.0], "mean last month carried forward": [100.0]})
    actual = {"monthly": [200.0] * 5 + [230.0], "past": [200.0] * 30}
    found = pd.DataFrame(bench.by_own_count({"peer": [0.0] * 5 + [250.0]}, actual, ours)).set_index("method")
    assert found.loc[f"{OURS}, its growth", "mean"] == pytest.approx(220)
    assert np.isnan(found.loc[f"{OURS}, its growth", "crps"])
    assert found.loc["peer", "crps"] == 20
    for name in BASELINES:
        assert found.loc[name, ["mean", "crps", "observed"]].tolist() == pytest.approx([200, 30, 230])


def test_months_before_the_end_are_counted_too() -> None:
    """Two months before the day and one after: the edges are the same days of the month."""
    days = pd.date_range("2024-01-01", "2024-05-31")
    frame = pd.DataFrame({("A", "OTHER"): days.month.to_numpy(float)}, index=days)
    frame.columns = frame.columns.to_flat_index()
    assert their_side.months_of(frame, "2024-03-31", 3, -2)["all"] == pytest.approx([2, 3, 4], abs=0.07)


def test_rows_that_stop_its_reader_are_left_out(tmp_path: Path) -> None:
    """A day that is none, a start or birth that is missing; an open end and files that it does not read stay."""
    year = tmp_path / "returns" / "2024"
    year.mkdir(parents=True)
    (year / "header.csv").write_text("CHILD,DOB\n1,01/02/2012\n2,\n3,31/02/2012\n")
    (year / "episodes.csv").write_text("CHILD,DECOM,DEC\n1,01/04/2023,\n1,31/04/2023,\n1,02/05/2023,31/06/2023\n")
    (year / "uasc.csv").write_text("CHILD,DOB\n2,\n")
    assert bench.readable(tmp_path / "returns", tmp_path / "out") == 4
    assert (tmp_path / "out/2024/header.csv").read_text().split() == ["CHILD,DOB", "1,01/02/2012"]
    assert (tmp_path / "out/2024/episodes.csv").read_text().split() == ["CHILD,DECOM,DEC", "1,01/04/2023,"]
    assert (tmp_path / "out/2024/uasc.csv").read_text() == "CHILD,DOB\n2,\n"


def test_the_benchmark_scores_ours_alone_when_the_peer_cannot_be_set_up(monkeypatch, capsys) -> None:
    """Exit code 3, our table, and why on standard error."""

    def nothing(*_: object) -> Path:
        raise bench.PartFailedError("no Python 3.11 or 3.10 was found")

    class OneStudy:
        def load(self):
            return steady()

    monkeypatch.setattr(bench, "own_environment", nothing)
    monkeypatch.setattr(bench, "opened", lambda asked, folder: OneStudy())
    assert bench.main(["--years", "1", "--runs", "4"]) == bench.NO_PEER
    printed = capsys.readouterr()
    assert "| all | forecast | 3 |" in printed.out
    assert "cs-demand-model" not in printed.out
    assert "NOT MEASURED: cs-demand-model. no Python 3.11 or 3.10 was found" in printed.err
