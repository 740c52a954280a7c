"""`placements optimise` on several studies: one whole file each, the same bytes however and wherever they are made."""

import json
import pickle
import shutil
from pathlib import Path

import pytest

from placements.commands import optimise_studies, optimise_study
from placements.commands.optimise_studies import STUDY_COLUMNS, studies_optimised, total_of
from placements.commands.optimise_study import Asked, Outcome, Task, optimised, shortened
from placements.errors import PlacementsError
from placements.progress import Reporter
from tests.command_support import interrupted, run

#: Few futures, so that all is proved in a moment.
FEW = {"demand_samples": 2}
QUIET = Reporter(quiet=True)


@pytest.fixture(scope="module")
def read_once(counties):
    """Have the county be read, and its need be forecast, once in all tests that ask for this."""
    kept = {}
    load, forecast = optimise_study.load_within, optimise_study.forecast

    def remembered(study):
        key = (study.folder.name, study.settings.disclosure.profile)
        kept.setdefault(key, kept.get(key) or load(study))
        return kept[key]

    def foreseen(county):
        return kept.setdefault(id(county), kept.get(id(county)) or forecast(county, runs=20))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimise_study, "load_within", remembered)
        patch.setattr(optimise_study, "forecast", foreseen)
        yield


def task(folder: Path, asked: Asked) -> Task:
    return Task(0, str(folder), f"{folder.name}.json", asked)


def test_the_clock_is_not_in_what_is_proved_before_it_strikes(counties, read_once) -> None:
    """Ten times the time limit: the same bytes, of a plan that is proved; they say nothing of seconds or of folders."""
    limits = [FEW | {"time_limit_s": seconds} for seconds in (300.0, 3000.0)]
    one, other = (optimised(task(counties / "rutland", Asked(limits=given))) for given in limits)
    assert one == other
    report = json.loads(one.content)
    assert (report["status"], report["cut_short"], report["authority"]) == ("optimal", False, "Rutland")
    assert not any(word in one.content.decode() for word in ("seconds", "rutland", str(counties)))
    assert one.row["away_child_years"] == pytest.approx(report["goals"][0]["value"], rel=2e-3)
    assert one.row["capital_gbp"] == pytest.approx(sum(row["capital_gbp"] for row in report["interventions"]))
    assert one.row["bound_child_years"] <= one.row["away_child_years"] <= one.row["nothing_child_years"] + 1e-6
    # A worker is sent the one and sends the other back.
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(task(counties, Asked()))) == task(counties, Asked())


def test_a_search_that_the_clock_ends_says_so(counties, read_once, tmp_path) -> None:
    """No time to prove anything: the plan is usable, its gap is stated, the exit code is that of a time limit."""
    asked = Asked(limits={"time_limit_s": 1e-6})
    rows, code = studies_optimised([counties / "rutland"], asked, tmp_path, QUIET)
    assert code == 6
    assert (rows[0]["status"], rows[0]["cut_short"]) == ("time limit", True)
    assert rows[0]["gap"] > 0
    report = json.loads((tmp_path / "rutland.json").read_text(encoding="utf-8"))
    assert (report["status"], report["cut_short"]) == ("time limit", True)
    assert total_of(rows)["status"] == "time limit"


def test_each_study_has_its_file_one_that_cannot_be_read_its_reason(counties, read_once, tmp_path, capsys) -> None:
    """Frontiers: a whole file of the study that can be read; the reason of the other; the exit code; a total."""
    words = ("--frontier", "capital", "--points", 2, "--capital", 4e6, "--out", tmp_path / "out", "--json")
    code, out, _ = run(capsys, "optimise", counties / "leeds", counties / "rutland", *words)
    assert code == 3
    said = json.loads(out)
    none, row = said["studies"]
    assert "What to do" in none["reason"]
    assert none["file"] is None
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["rutland.json"]
    report = json.loads((tmp_path / "out" / "rutland.json").read_text(encoding="utf-8"))
    assert (report["against"], row["status"], row["reason"]) == ("capital", report["status"], None)
    assert row["away_child_years"] == report["points"][-1]["away_child_years"]
    # What takes no capital, such as a contract, does something at the first point already.
    assert row["nothing_child_years"] > report["points"][0]["away_child_years"]
    assert (said["total"]["status"], said["total"]["authority"]) == ("incomplete", "1 of 2 studies")


@pytest.fixture
def made_up(monkeypatch) -> None:
    """Have studies be optimised in no time; of one called `dies` there is no outcome."""

    def outcome(given: Task) -> Outcome:
        if given.name == "dies.json":
            raise KeyboardInterrupt
        row = {"away_child_years": 6.0, "bound_child_years": 5.0, "nothing_child_years": 9.0, "capital_gbp": 1.0}
        return Outcome(b"{}", row | {"status": "optimal", "cut_short": False})

    monkeypatch.setattr(optimise_studies, "optimised", outcome)


def test_cancelling_leaves_what_is_complete_and_nothing_else(made_up, tmp_path) -> None:
    """Ctrl-C in the middle of a study: those before it are there, whole; it and those after it are not."""
    (tmp_path / "old.json").write_text("before", encoding="utf-8")
    folders = [tmp_path / name for name in ("first", "dies", "old")]
    with pytest.raises(KeyboardInterrupt):
        studies_optimised(folders, Asked(), tmp_path, QUIET)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "first.json": "{}",
        "old.json": "before",
    }


def test_the_total_is_as_weak_as_its_weakest_part(made_up, tmp_path) -> None:
    """Sums of figures and of bounds; no bound where a study has none; proved only if all are, and all are there."""
    folders = [tmp_path / name for name in ("a", "b")]
    rows, code = studies_optimised(folders, Asked(), tmp_path, QUIET)
    assert code == 0
    total = total_of(rows)
    assert [total[name] for name in ("away_child_years", "bound_child_years", "capital_gbp")] == [12, 10, 2]
    assert (total["gap"], total["status"], total["cut_short"]) == (pytest.approx(1 / 6), "optimal", False)
    late = total_of([rows[0], rows[1] | {"status": "time limit", "cut_short": True, "bound_child_years": None}])
    assert (late["status"], late["cut_short"], late["bound_child_years"], late["gap"]) == (
        "time limit",
        True,
        None,
        None,
    )
    none = dict.fromkeys(STUDY_COLUMNS)
    assert total_of([rows[0], none])["status"] == "incomplete"
    assert total_of([none])["away_child_years"] is None


def test_a_worker_that_dies_or_does_not_see_the_study_is_said(tmp_path, monkeypatch) -> None:
    """Each study has its reason, and the other goes on."""
    for name in ("dies", "unseen"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.toml").touch()

    def outcomes(given, *others):
        yield given[0], PlacementsError("2 workers died")
        yield given[1], Outcome(reason="no study", exit_code=3, is_seen=False)
        yield given[2], Outcome(b"{}", {"status": "optimal"})

    monkeypatch.setattr(optimise_studies, "_one_by_one", outcomes)
    folders = [tmp_path / name for name in ("dies", "unseen", "well")]
    rows, code = studies_optimised(folders, Asked(), tmp_path / "out", QUIET)
    assert code == 3
    assert rows[0]["reason"] == "2 workers died"
    assert "put the studies where all of them read the same path" in rows[1]["reason"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["well.json"]


def test_what_does_not_fit_together_is_refused(counties, tmp_path, capsys) -> None:
    """Several studies need --out; two of one name would overwrite each other; other outputs are of one study."""
    two = (counties / "hartlepool", counties / "rutland")
    assert run(capsys, "optimise", *two)[0] == 2
    for words in (("--explain",), ("--seconds", 3), ("--points", 3)):
        assert run(capsys, "optimise", *two, *words, "--out", tmp_path / "out")[0] == 2
    code, _, err = run(capsys, "optimise", two[0], two[0], "--out", tmp_path / "out")
    assert (code, "called hartlepool" in err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_figures_have_no_bits_that_hang_on_the_machine() -> None:
    """Nine digits and millionths, at any depth; text, whole numbers and truth are as they were."""
    given = {"a": [1234567.891234, 1e-16, -1e-12], "b": {"c": ("x", 3, True, None)}}
    assert shortened(given) == {"a": [1234567.89, 0.0, 0.0], "b": {"c": ["x", 3, True, None]}}
    assert str(shortened(-1e-12)) == "0.0"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("against", [None, "capital"])
def test_a_cluster_writes_the_same_bytes(counties, tmp_path, against) -> None:
    """Two workers, two studies that are proved: byte for byte, and row for row, what no cluster gives."""
    pytest.importorskip("distributed")
    two, asked = [counties / "rutland", counties / "hartlepool"], Asked(against, 3, FEW)
    here, there = (
        studies_optimised(two, asked, tmp_path / name, QUIET, cluster)[0]
        for name, cluster in (("here", None), ("there", "local"))
    )
    assert [row | {"file": None} for row in here] == [row | {"file": None} for row in there]
    assert all((row["status"], row["cut_short"]) == ("optimal", False) for row in here)
    for folder in two:
        name = f"{folder.name}.json"
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("cluster", [None, "local"])
def test_a_real_interrupt_ends_all_and_leaves_nothing_half_done(counties, small_study, tmp_path, cluster) -> None:
    """Ctrl-C while the solver works, which does not hear it: code 130 within seconds, whole files, no worker."""
    if cluster:
        pytest.importorskip("distributed")
    long, out = tmp_path / "long", tmp_path / "out"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    shutil.copytree(small_study, long)
    text = (long / "study.toml").read_text(encoding="utf-8")
    for line, instead in (
        ("demand_samples = 3", "demand_samples = 40"),
        ("\ntolerance = 0.005", "\ntolerance = 1e-9"),
        ("\nlater_tolerance = 0.02", "\nlater_tolerance = 1e-9"),
    ):
        assert line in text
        text = text.replace(line, instead)
    (long / "study.toml").write_text(text.replace("runs = 40", "runs = 60"), encoding="utf-8")
    words = ["optimise", str(counties / "rutland"), str(long), "--out", str(out)]
    words += ["--cluster", cluster] if cluster else []
    code, printed, said, seconds = interrupted(words, temporary, (out / "rutland.json").exists, 20)
    assert seconds < 60
    assert (code, printed) == (130, ""), said
    assert "Stopped." in said
    assert "Traceback" not in said
    assert [path.name for path in out.iterdir()] == ["rutland.json"]
    json.loads((out / "rutland.json").read_text(encoding="utf-8"))
