"""Studies that several tests share: made once a session, with made-up children."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from placements.geography.authorities import find_authority
from placements.geography.postcodes import open_directory
from placements.newstudy import init_study
from placements.synthetic import synthesise
from tests import examples

#: A machine that is busy with other tests is no reason to fail one.
settings.register_profile("placements", deadline=None, max_examples=examples(30, 100))
settings.load_profile("placements")

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOT = dt.date(2025, 3, 31)


def small_settings(folder: Path) -> None:
    """Make a study's forecast and optimisation small enough for a test."""
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    for line in ("runs = 200", "demand_samples = 6", "years = 5"):
        assert line in text, f"{line} is not in a new study.toml"
    text = text.replace("runs = 200", "runs = 40 ").replace("demand_samples = 6", "demand_samples = 3")
    path.write_text(text.replace("years = 5", "years = 3", 1), encoding="utf-8")


@pytest.fixture(scope="session")
def small_study(tmp_path_factory) -> Path:
    """Return a Surrey of 220 children and 900 plans: real formats, real postcodes. Read only: copy it to change it."""
    folder = tmp_path_factory.mktemp("study") / "surrey"
    init_study(folder, "Surrey", synthetic=True)
    small_settings(folder)
    synthesise(
        folder / "data", find_authority("Surrey"), open_directory(), snapshot=SNAPSHOT, seed=11, children=220, plans=900
    )
    return folder


@pytest.fixture
def study_copy(small_study, tmp_path) -> Path:
    """Return a copy of the small study that a test may change."""
    shutil.copytree(small_study, tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture(scope="session")
def counties(tmp_path_factory) -> Path:
    """Return a folder of two small studies of different authorities, and of one that cannot be read between them."""
    folder = tmp_path_factory.mktemp("counties")
    for name, authority in (("hartlepool", "Hartlepool"), ("rutland", "Rutland")):
        init_study(folder / name, authority, synthetic=True)
        found, directory = find_authority(authority), open_directory()
        synthesise(folder / name / "data", found, directory, snapshot=SNAPSHOT, seed=3, children=60, plans=150)
    init_study(folder / "leeds", "Leeds")
    (folder / "notes").mkdir()
    return folder
