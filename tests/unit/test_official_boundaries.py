"""An official boundary file of the study: read when it is good, refused with advice when it is not."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from placements.errors import DataError
from placements.geography.authorities import Authority, find_authority
from placements.geography.boundaries import CRS, OFFICIAL, user_boundaries
from placements.geography.official import boundary_file
from tests.geography_support import GUILDFORD, SAMPLES, WOKING

PAIR = Authority("custom", "Pair", (GUILDFORD, WOKING))


def _squares(code: str = "LAD25CD", name: str = "LAD25NM") -> gpd.GeoDataFrame:
    shapes = [box(505_000, 150_000, 510_000, 155_000), box(500_000, 150_000, 505_000, 155_000), box(0, 0, 1, 1)]
    return gpd.GeoDataFrame(
        {code: [WOKING, GUILDFORD, "E06000001"], name: ["Woking", "Guildford", "Hartlepool"]}, geometry=shapes, crs=CRS
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("LAD25CD", "LAD25NM"),
        ("lad23cd", "lad23nm"),
        ("CTYUA24CD", "CTYUA24NM"),
        ("code", "name"),
        ("UTLACD", "UTLANM"),
    ],
)
@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_columns_are_found_by_the_names_in_use(code: str, name: str, suffix: str, tmp_path: Path) -> None:
    """ONS's names of any year, or plain ones; all file types; the shape is that of derived outlines."""
    file = tmp_path / f"mine.{suffix}"
    _squares(code, name).to_file(file)
    frame = user_boundaries(tmp_path)
    assert frame.columns.tolist() == ["code", "name", "geometry"]
    assert frame["code"].tolist() == ["E06000001", GUILDFORD, WOKING]
    assert frame["name"].tolist() == ["Hartlepool", "Guildford", "Woking"]
    assert frame.crs == CRS
    assert frame.attrs["source"] == OFFICIAL == "official"
    assert user_boundaries(file, PAIR)["code"].tolist() == [GUILDFORD, WOKING]


def test_degrees_become_metres(tmp_path: Path) -> None:
    """A file in degrees is brought to the British National Grid."""
    _squares().iloc[:2].to_crs("EPSG:4326").to_file(tmp_path / "mine.geojson")
    frame = user_boundaries(tmp_path)
    assert frame.crs == CRS
    assert frame.geometry.area.sum() == pytest.approx(50e6, rel=1e-3)


def test_a_district_in_several_rows_is_one(tmp_path: Path) -> None:
    """Islands given as rows of their own are parts of the same district."""
    frame = _squares()
    frame.loc[2, "LAD25CD"] = WOKING
    frame.to_file(tmp_path / "mine.gpkg")
    assert user_boundaries(tmp_path)["code"].tolist() == [GUILDFORD, WOKING]


def test_no_coordinate_system_is_refused(tmp_path: Path) -> None:
    """Metres or degrees are not guessed at."""
    _squares().to_file(tmp_path / "mine.shp")
    (tmp_path / "mine.prj").unlink()
    with pytest.raises(DataError, match=r"coordinate system(.|\n)*\.prj"):
        user_boundaries(tmp_path)


def test_no_codes_no_areas_no_district_are_refused(tmp_path: Path) -> None:
    """Each message names the file, what was found and what to do."""
    _squares("shape", "label").to_file(tmp_path / "a.gpkg")
    with pytest.raises(DataError, match=r"a\.gpkg: has no column of codes; it has shape, label"):
        user_boundaries(tmp_path / "a.gpkg")
    points = gpd.GeoDataFrame({"code": ["E1"], "name": ["x"]}, geometry=[Point(0, 0)], crs=CRS)
    points.to_file(tmp_path / "b.gpkg")
    with pytest.raises(DataError, match="1 of 1 shapes are not areas"):
        user_boundaries(tmp_path / "b.gpkg")
    _squares().iloc[:1].to_file(tmp_path / "c.gpkg")
    with pytest.raises(DataError, match=GUILDFORD):
        user_boundaries(tmp_path / "c.gpkg", PAIR)


def test_what_is_no_boundary_file_is_refused(tmp_path: Path) -> None:
    """Rubbish, nothing and too much: told apart, and never a traceback of the reader's."""
    assert boundary_file(tmp_path / "nowhere") is None
    with pytest.raises(DataError, match="no boundary file"):
        user_boundaries(tmp_path)
    (tmp_path / "bad.gpkg").write_bytes(b"not a database")
    with pytest.raises(DataError, match="not a boundary file that can be read"):
        user_boundaries(tmp_path)
    _squares().to_file(tmp_path / "good.gpkg")
    with pytest.raises(DataError, match=r"2 boundary files: bad\.gpkg, good\.gpkg"):
        user_boundaries(tmp_path)


@pytest.mark.skipif(not (SAMPLES / "boundaries").exists(), reason="the official outlines are not here")
@pytest.mark.parametrize(("file", "rows"), [("england_lad25_bgc_27700.gpkg", 11), ("england_utla25_bgc_27700.gpkg", 1)])
def test_the_published_files_are_read(file: str, rows: int) -> None:
    """Surrey from the districts' file, or its own outline from the upper tier's."""
    frame = user_boundaries(SAMPLES / "boundaries" / file, find_authority("Surrey"))
    assert len(frame) == rows
    assert frame.geometry.area.sum() / 1e6 == pytest.approx(1670, rel=0.01)
