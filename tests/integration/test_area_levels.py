"""The main job at every level of planning areas: counted, planned and drawn by the same areas."""

import json
import re
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from placements.study import open_study
from tests.command_support import run


def _squares(path: Path) -> None:
    """Write squares of 8 km over Surrey as a user's layer, in degrees."""
    shapes = [
        box(x, y, x + 8000, y + 8000) for x in range(480_000, 552_000, 8000) for y in range(128_000, 184_000, 8000)
    ]
    names = [f"Square {number}" for number in range(len(shapes))]
    frame = gpd.GeoDataFrame({"zone_code": names, "zone_name": names}, geometry=shapes, crs="EPSG:27700")
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_crs("EPSG:4326").to_file(path)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["postcode_district", "postcode_sector", "h3", "layer"])
def test_the_main_job_at_each_level(level: str, study_copy: Path, capsys) -> None:
    """Each runs to its end; the map names each joined area once and shades them all; the manifest says what was joined."""
    path = study_copy / "study.toml"
    text = path.read_text(encoding="utf-8").replace('level = "district"', f'level = "{level}"')
    path.write_text(text.replace("minimum_children = 0", "minimum_children = 8"), encoding="utf-8")
    if level == "layer":
        _squares(study_copy / "data" / "areas" / "squares.geojson")
    assert run(capsys, "run", study_copy, "--json")[0] == 0
    county = open_study(study_copy).load()
    names = county.areas["name"].tolist()[:-2]
    assert 1 < len(names) < 40
    said = json.loads((study_copy / "manifest.json").read_text(encoding="utf-8"))["planning_areas"]
    assert (said["level"], said["areas"]) == (level, len(names))
    assert set(said["joined"].values()) <= set(county.areas["area"])
    page = (study_copy / "maps" / "placements.html").read_text(encoding="utf-8")
    for name in names:
        assert re.search(rf">\s*{re.escape(name)}\s*<", page), name
