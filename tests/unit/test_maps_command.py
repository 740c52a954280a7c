"""Maps of many studies: each whole or not at all, one that fails stops no other, and errors say what to do."""

from pathlib import Path

import pytest

from placements.commands import maps as command
from placements.commands.maps import Made, studies_mapped
from placements.errors import UsageError
from placements.newstudy import init_study
from placements.progress import Reporter

QUIET = Reporter(quiet=True)


@pytest.fixture
def studies(tmp_path):
    """Two studies with nothing in them, and a folder that is none."""
    for name in ("Rutland", "Dorset"):
        init_study(tmp_path / name.lower(), name)
    (tmp_path / "nothing").mkdir()
    return [tmp_path / name for name in ("rutland", "nothing", "dorset")]


@pytest.fixture
def drawing(monkeypatch):
    """Maps are made without reading anything: what is asked is kept."""
    asked = []

    def made(task):
        asked.append(task)
        if "nothing" in task.folder:
            return Made({}, "there is no study here", 3)
        Path(task.file).parent.mkdir(parents=True, exist_ok=True)
        Path(task.file).write_text("map")
        return Made({"authority": Path(task.folder).name, "bytes": 3, "pictures": 0, "seconds": 0.0})

    monkeypatch.setattr(command, "mapped", made)
    return asked


def test_one_that_fails_stops_no_other(studies, drawing, tmp_path):
    rows, code = studies_mapped(studies, QUIET, out=tmp_path / "out")
    assert code == 3
    assert [row["reason"] for row in rows] == [None, "there is no study here", None]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["dorset.html", "rutland.html"]


def test_without_a_folder_each_map_is_in_its_study(studies, drawing):
    studies_mapped(studies[:1], QUIET)
    assert drawing[0].file == str(studies[0] / "maps" / "placements.html")


def test_a_format_that_is_none_is_refused_before_anything_is_read(studies, drawing):
    with pytest.raises(UsageError, match="svg, png"):
        studies_mapped(studies, QUIET, formats=("gif",))
    assert drawing == []


def test_two_studies_of_one_name_are_refused(studies, drawing, tmp_path):
    (tmp_path / "other" / "rutland").mkdir(parents=True)
    with pytest.raises(UsageError, match="rutland"):
        studies_mapped([studies[0], tmp_path / "other" / "rutland"], QUIET, out=tmp_path / "out")


def test_a_study_without_data_has_a_reason_and_no_map(studies):
    """Read for real: nothing is written, and the reason says what to do."""
    rows, code = studies_mapped(studies[:2], QUIET)
    assert code == 3
    assert all(row["reason"] and "What to do" in row["reason"] for row in rows)
    assert not (studies[0] / "maps" / "placements.html").exists()


def test_side_by_side_is_the_same(studies):
    """A process of its own says what this one says."""
    assert studies_mapped(studies[1:2], QUIET, jobs=2) == studies_mapped(studies[1:2], QUIET)
