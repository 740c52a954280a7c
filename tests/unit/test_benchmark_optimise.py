"""The benchmark of location models, small: ours is run and checked, and no peer is believed on its word."""

import json
import shutil

import numpy as np
import pytest

from benchmarks import location_peers, optimise
from tests.geography_support import SAMPLES

INSTANCES = SAMPLES / "instances"
PUBLISHED = ("pmed/pmed1.txt", "pmed/pmedopt.txt", "cap/cap61.txt", "cap/capopt.txt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Some published instances if they are here, and a made-up one of coverage under the name of a published one."""
    made = tmp_path_factory.mktemp("instances")
    for name in PUBLISHED if INSTANCES.is_dir() else ():
        (made / name).parent.mkdir(exist_ok=True)
        shutil.copy(INSTANCES / name, made / name)
    rng = np.random.default_rng(2)
    rows = np.column_stack([rng.integers(0, 4_000, (80, 2)), rng.integers(1, 50, 80)])
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    (made / "mclp").mkdir()
    (made / "mclp" / "SJC324.txt").write_text(f"80 9999 p S\n{text}\n")
    return made


def test_a_smoke_run_on_a_made_up_instance(folder, tmp_path):
    """Coverage needs no published file: proved in a process of its own, with nothing to hold it against."""
    figures = tmp_path / "figures.json"
    assert (
        optimise.main([str(folder), "--only", "coverage", "--instances", "SJC324", "--peers", "--json", str(figures)])
        == 0
    )
    (row,) = json.loads(figures.read_text())["rows"]
    assert optimise.is_proved(row, "ours")
    assert (row["part"], row["published"]) == ("coverage", None)


@pytest.mark.skipif(not INSTANCES.is_dir(), reason="the published instances are not here")
def test_a_smoke_run_of_our_side(folder, tmp_path, capsys):
    """Three instances, one of each part, each in a process of its own: proved, and the published optima reached."""
    figures = tmp_path / "figures.json"
    wanted = ["pmed1", "cap61", "SJC324"]
    assert optimise.main([str(folder), "--instances", *wanted, "--peers", "--json", str(figures)]) == 0
    rows = json.loads(figures.read_text())["rows"]
    assert [row["part"] for row in rows] == ["pmedian", "cfl", "coverage"]
    assert all(optimise.is_proved(row, "ours") for row in rows)
    assert [row["published"] for row in rows] == [5819.0, 932615.75, None]
    assert all(row["ours"]["peak_mb"] > 50 for row in rows)
    printed = capsys.readouterr().out
    assert "| pmed1 | 100 x 100 | ours | 5,819 | 0 | yes |" in printed
    assert optimise.main(["--render", str(figures)]) == 0
    assert capsys.readouterr().out == printed


def row(**peer):
    """A row in which ours took 2 s, and a peer did as told."""
    ours = {"objective": 100.0, "proved": True, "build_s": 0.0, "solve_s": 2.0, "cpu_s": 1.0, "peak_mb": 200.0}
    said = {"objective": 100.0, "proved": True, "build_s": 1.0, "solve_s": 9.0, "cpu_s": 8.0, "peak_mb": 400.0}
    both = {"ours": ours, "pulp-cbc": {**said, **peer}}
    return {"part": "pmedian", "name": "x", "demand": 2, "sites": 2, "published": 100.0, **both}


def test_a_peer_that_says_optimal_and_is_not_counts_as_not_proved():
    """Its answer, costed, is 2 % above the published optimum; its seconds are then only a lower bound, and marked."""
    assert optimise.is_proved(row(), "pulp-cbc")
    wrong = row(objective=102.0)
    assert not optimise.is_proved(wrong, "pulp-cbc")
    assert not optimise.is_proved(row(proved=False), "pulp-cbc")
    assert not optimise.is_proved(row(objective=None), "pulp-cbc")
    printed = optimise.render({"rows": [wrong]})
    assert "| 102 | 2.00% | NO |" in printed
    assert "| >5.0 | >8.0 |" in printed
    assert "0 of 1 proved; geometric mean at least 5.0 times our seconds, 8.0 of processor seconds" in printed


def test_a_peer_that_fails_is_told(folder):
    """A row says why; nothing is left out."""
    failed = row()
    failed["pulp-cbc"] = {"failed": "Killed: out of memory", "seconds": 30.0}
    assert "none: Killed: out of memory" in optimise.render({"rows": [failed]})


def test_answers_of_peers_are_costed_from_their_sites():
    """Too many sites, or a site over its capacity, is no answer at all."""
    cost = np.array([[1.0, 5.0], [4.0, 2.0]])
    assert location_peers.worth({"cost": cost, "p": 1}, "p-median", {"open": [0]}) == 5.0
    assert location_peers.worth({"cost": cost, "p": 1}, "p-median", {"open": [0, 1]}) is None
    near = {"distance": cost, "radius": 2.0, "weights": np.array([3.0, 4.0]), "p": 1}
    assert location_peers.worth(near, "coverage", {"open": [1]}) == 4.0
    sites = {"cost": cost, "fixed_cost": np.array([10.0, 20.0]), "demand": np.ones(2), "capacity": np.array([1.0, 2.0])}
    split = {"open": [0, 1], "share": np.eye(2)}
    assert location_peers.worth(sites, "warehouses", split) == 33.0
    full = {"open": [0], "share": np.array([[1.0, 0.0], [1.0, 0.0]])}
    assert location_peers.worth(sites, "warehouses", full) is None


def test_nothing_is_measured_without_a_folder(capsys):
    """Exit code 2, and what is missing."""
    assert optimise.main(["nowhere"]) == 2
    assert "folder" in capsys.readouterr().err
