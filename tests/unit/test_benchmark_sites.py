"""The benchmark of the area-to-site matrix: every part finds the same pairs, and an absent peer is named, not failed."""

import argparse
import json

import numpy as np
import pytest

from benchmarks import sites

SIZE = argparse.Namespace(areas=12, sites=200, limit=35.0, seed=2, repeat=1, no_peer=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the points of a tiny set."""
    made = tmp_path_factory.mktemp("points")
    sites.points(made, SIZE)
    return made


# The peer `access` still uses a keyword that newer pandas deprecates.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("part", list(sites.PARTS))
def test_every_part_finds_the_pairs_that_there_are(folder, part):
    """Pairs and miles in all are those of measuring each pair, for the floor, us and both peers; figures are plain."""
    pytest.importorskip(sites.PARTS[part][0])
    found = sites.run_part(part, folder, SIZE)
    areas, there = np.load(folder / "areas.npy"), np.load(folder / "sites.npy")
    far = np.hypot(*(areas[:, None] - there[None]).transpose(2, 0, 1)) / sites.METRES_PER_MILE
    assert found["pairs"] == (far <= SIZE.limit).sum() > 50
    assert found["miles"] == pytest.approx(far[far <= SIZE.limit].sum(), rel=1e-12)
    assert json.loads(json.dumps(found)) == found
    assert all(stage["seconds"] > 0 for stage in found["stages"])


def test_a_peer_that_is_not_installed_is_named_and_the_rest_measured(monkeypatch, capsys):
    """Exit code 0, a table of our side, and a sentence for each peer that is not there."""
    stage = {"stage": "ours", "rows": 0, "seconds": 0.5, "cpu_seconds": 0.5, "peak_mb": 3.0}
    answer = {"stages": [stage], "before_mb": 1.0, "pairs": 7, "miles": 9.0}
    monkeypatch.setattr(sites, "fastest", lambda command, repeat: answer)
    monkeypatch.setattr(sites.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(sites, "hold_cores", lambda count: None)
    assert sites.main([]) == 0
    printed = capsys.readouterr().out
    assert "| ours | 500 | 500 | 1.00 | 1.00 |  | 2 | 7 |" in printed
    assert "scikit-learn is not installed: not measured." in printed
    assert "the same number of pairs" in printed


def test_parts_that_do_not_agree_are_said_so():
    """A peer that finds another number of pairs does not pass for the same work."""
    parts = {"ours": {"pairs": 7, "miles": 9.0}, "balltree": {"pairs": 8, "miles": 9.5}}
    assert "NOT the same number of pairs: [7, 8]" in sites._agreement(parts)
