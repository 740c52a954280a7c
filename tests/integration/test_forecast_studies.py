"""`placements forecast` on several studies: one whole file each, the same bytes however and wherever they are made."""

import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from placements.commands import forecast_studies
from placements.commands.forecast_studies import studies_forecast
from placements.commands.forecast_study import Asked
from placements.commands.studies import studies_in
from placements.errors import PlacementsError, UsageError
from placements.forecasting.scale import done
from placements.progress import Reporter, Stage
from tests.command_support import command, environment, interrupted, run

ASKED = Asked(("service", "provision"), years=2, runs=30)
WORDS = ("--runs", 30, "--years", 2)


@pytest.fixture
def read_once(counties, monkeypatch) -> None:
    """Have each study read once in all tests that ask for this: what is read is not what they are about."""
    load = forecast_studies.load_within

    def remembered(study, progress=None):
        key = (study.folder, study.settings.disclosure.profile)
        if key not in _READ:
            _READ[key] = load(study, progress)
        return _READ[key]

    monkeypatch.setattr(forecast_studies, "load_within", remembered)


_READ: dict[tuple[Path, str], object] = {}


@pytest.fixture(scope="module")
def singly(counties) -> dict[str, bytes]:
    """Return what the command prints of each study by itself."""
    found = {}
    for name in ("hartlepool", "rutland"):
        words = command(["forecast", str(counties / name), *map(str, WORDS), "--json"])
        found[name] = subprocess.run(words, capture_output=True, check=True, env=environment()).stdout
    return found


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()} if out.exists() else {}


def complete(out: Path) -> bool:
    """Whether all that is in a folder is whole reports, and nothing else is in it."""
    return all(name.endswith(".json") and "looked_after" in json.loads(text) for name, text in files(out).items())


def test_each_study_has_its_file_one_that_cannot_be_read_its_reason(counties, singly, tmp_path, capsys) -> None:
    """A folder of studies: whole files, the same as singly; the reason of the third; exit code not 0."""
    code, out, _ = run(capsys, "forecast", counties, *WORDS, "--out", tmp_path / "out", "--json")
    assert code == 3
    rows = {Path(row["study"]).name: row for row in json.loads(out)["studies"]}
    assert list(rows) == ["hartlepool", "leeds", "rutland"]
    assert "What to do" in rows["leeds"]["reason"]
    assert rows["leeds"]["file"] is None
    assert files(tmp_path / "out") == {f"{name}.json": text for name, text in singly.items()}
    for name in ("hartlepool", "rutland"):
        report = json.loads(singly[name])
        row, last = rows[name], report["looked_after"][-1]
        assert (row["authority"], row["runs"], row["on"]) == (report["authority"], 30, last["on"])
        assert (row["looked_after"], row["low_80"], row["high_80"]) == (last["mean"], last["low_80"], last["high_80"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_writes_the_same_bytes(counties, singly, tmp_path, capsys) -> None:
    """`--cluster local`: byte for byte what no cluster gives; where it ran is said on standard error only."""
    pytest.importorskip("distributed")
    two = (counties / "rutland", counties / "hartlepool")
    code, out, err = run(capsys, "forecast", *two, *WORDS, "--cluster", "local", "--out", tmp_path)
    assert code == 0, err
    assert files(tmp_path) == {f"{name}.json": text for name, text in singly.items()}
    assert "2 of 2 written, simulated on cluster local" in " ".join(err.split())
    lines = [line for line in out.splitlines() if "2027-03-31" in line]
    assert ["rutland" in lines[0], "hartlepool" in lines[1], len(lines)] == [True, True, 2]


def test_disclosure_is_as_for_a_single_study(counties, read_once, tmp_path, capsys) -> None:
    """A fine breakdown is refused study by study under the shareable profile, and given under the internal one."""
    two = (counties / "rutland", counties / "hartlepool")
    code, _, err = run(capsys, "forecast", *two, *WORDS, "--by", "area", "--out", tmp_path / "out")
    assert code == 2
    assert err.count("would tell of few children") == 2
    assert files(tmp_path / "out") == {}
    words = (*WORDS, "--by", "area", "--profile", "internal", "--out", tmp_path / "out")
    assert run(capsys, "forecast", *two, *words)[0] == 0
    assert all(json.loads(text)["profile"] == "internal" for text in files(tmp_path / "out").values())


class Heard(Reporter):
    """A reporter that remembers what it was told."""

    def __post_init__(self) -> None:
        self.quiet = True
        super().__post_init__()
        self.told, self.said = [], []

    def say(self, text: str) -> None:
        self.said.append(text)

    def stage(self, name):
        outer = super().stage(name)

        class Listening:
            def __enter__(_) -> Stage:
                stage = outer.__enter__()
                heard = self.told

                class Telling(Stage):
                    def __call__(self, share, text):
                        heard.append((share, text))
                        super().__call__(share, text)

                return Telling(stage._bar, stage._task)

            def __exit__(_, *error):
                return outer.__exit__(*error)

        return Listening()


def test_progress_is_told(counties, read_once, tmp_path) -> None:
    """From 0 to 1 without going back: which study is read or simulated, how many are done; a line for each."""
    reporter = Heard()
    rows, code = studies_forecast(studies_in([counties]), ASKED, tmp_path, reporter)
    shares = [share for share, _ in reporter.told]
    assert (shares[0], shares[-1]) == (0, 1)
    assert shares == sorted(shares)
    texts = [text for _, text in reporter.told]
    assert [text for text in texts if "reading" in text] == [
        "0 of 3 studies, reading hartlepool",
        "1 of 3 studies, reading leeds",
        "2 of 3 studies, reading rutland",
    ]
    assert "2 of 3 studies, simulating rutland" in texts
    assert [line.split(":")[0].strip() for line in reporter.said[:3]] == ["hartlepool", "leeds", "rutland"]
    assert code == 3
    assert len(rows) == 3


@pytest.mark.parametrize("at", [0, 1])
def test_cancelling_leaves_what_is_complete_and_nothing_else(counties, read_once, tmp_path, monkeypatch, at) -> None:
    """Ctrl-C in the middle of a study's runs: studies before it are there, whole; it and those after it are not."""

    def interrupted(given):
        for job in given:
            if (job.study, job.place) == (at, 1):
                raise KeyboardInterrupt
            yield job, done(job)

    monkeypatch.setattr("placements.commands.forecast_study.one_by_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        studies_forecast([counties / "hartlepool", counties / "rutland"], ASKED, tmp_path, Heard())
    assert [*files(tmp_path)] == ["hartlepool.json"][:at]
    assert complete(tmp_path)


def test_a_write_that_fails_leaves_the_file_that_was_there(counties, read_once, tmp_path, monkeypatch) -> None:
    """An earlier forecast is replaced by a whole one or not at all."""
    (tmp_path / "hartlepool.json").write_text("{}", encoding="utf-8")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    before = Path.replace
    monkeypatch.setattr(Path, "replace", lambda part, to: (full if to.parent == tmp_path else before)(part, to))
    with pytest.raises(OSError, match="No space"):
        studies_forecast([counties / "hartlepool"], ASKED, tmp_path, Heard())
    assert files(tmp_path) == {"hartlepool.json": b"{}"}


def test_a_study_whose_workers_die_is_reported_and_the_rest_goes_on(counties, read_once, tmp_path, monkeypatch) -> None:
    """Its reason is in its row, the other's file is there."""

    def dying(given):
        for job in given:
            yield job, PlacementsError("11 workers died") if job.study == 0 else done(job)

    monkeypatch.setattr("placements.commands.forecast_study.one_by_one", dying)
    rows, code = studies_forecast([counties / "hartlepool", counties / "rutland"], ASKED, tmp_path, Heard())
    assert code == 1
    assert [row["reason"] for row in rows] == ["11 workers died", None]
    assert [*files(tmp_path)] == ["rutland.json"]


def test_no_more_than_one_study_is_held_when_they_are_simulated_here(
    counties, read_once, tmp_path, monkeypatch
) -> None:
    """A study is written before the next is read."""
    held = []
    begun = forecast_studies.begun

    def counted(county, asked, position):
        held.append(len(files(tmp_path)))
        return begun(county, asked, position)

    monkeypatch.setattr(forecast_studies, "begun", counted)
    studies_forecast([counties / "hartlepool", counties / "rutland"], ASKED, tmp_path, Heard())
    assert held == [0, 1]


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("cluster", [None, pytest.param("local", marks=pytest.mark.slow)])
def test_a_real_interrupt_ends_all_and_leaves_nothing_half_done(counties, tmp_path, cluster) -> None:
    """Ctrl-C, which a terminal sends to the workers too: code 130, whole files only, no worker, no temporary file."""
    if cluster:
        pytest.importorskip("distributed")
    temporary, out = tmp_path / "tmp", tmp_path / "out"
    temporary.mkdir()
    long = tmp_path / "long"
    shutil.copytree(counties / "rutland", long)
    settings = (long / "study.toml").read_text(encoding="utf-8")
    (long / "study.toml").write_text(settings.replace("runs = 200", "runs = 90000"), encoding="utf-8")
    words = ["forecast", str(counties / "hartlepool"), str(long), "--years", "2", "--out", str(out)]
    words += ["--cluster", cluster] if cluster else []
    code, printed, said, _ = interrupted(words, temporary, (out / "hartlepool.json").exists, 3)
    assert code == 130, said
    assert printed == ""
    assert "Stopped." in said
    assert "Traceback" not in said
    assert [*files(out)] == ["hartlepool.json"]
    assert complete(out)


def test_folders_that_cannot_be_told_apart_or_have_nowhere_to_go_are_refused(counties, tmp_path, capsys) -> None:
    """Two studies of one name would overwrite each other; several studies need --out; other outputs are of one."""
    two = (counties / "hartlepool", counties / "rutland")
    assert run(capsys, "forecast", *two)[0] == 2
    code, _, err = run(capsys, "forecast", two[0], two[0], "--out", tmp_path / "out")
    assert (code, "called hartlepool" in err) == (2, True)
    for word in ("--explain", "--backtest"):
        assert run(capsys, "forecast", *two, word, "--out", tmp_path / "out")[0] == 2
    assert not (tmp_path / "out").exists()


def test_a_folder_of_studies_is_the_studies_in_it(counties, tmp_path) -> None:
    """By name, whatever else is there; a folder that is one, or has none, stands for itself."""
    names = [path.name for path in studies_in([counties, counties / "hartlepool", tmp_path])]
    assert names == ["hartlepool", "leeds", "rutland", "hartlepool", tmp_path.name]


def test_a_breakdown_that_does_not_exist_is_refused_at_once() -> None:
    """Before any study is read."""
    with pytest.raises(UsageError, match="colour"):
        dataclasses.replace(ASKED, by=("colour",))
