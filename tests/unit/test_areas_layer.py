"""A user's layer of planning areas: read as files come, dividing what is inside, and nothing more."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from placements.errors import DataError, SettingsError
from placements.geography.area_layer import NEAREST_M, area_file, areas_of, read_area_layer
from placements.geography.areas import area_boundaries, divide
from placements.geography.authorities import Authority, find_authority
from placements.geography.boundaries import authority_boundary, boundary_words
from placements.geography.postcodes import open_directory
from placements.settings import AreaSettings, settings_from
from placements.study import open_study
from tests.geography_support import GUILDFORD, RUSHMOOR, SAMPLES, WOKING, columns_of, directory_of

PAIR = Authority("custom", "Pair", (GUILDFORD, WOKING))
LAYER = AreaSettings("layer")


def _squares(**columns: list[object]) -> gpd.GeoDataFrame:
    """Return two squares of 5 km side by side, and one far away."""
    shapes = [box(505_000, 150_000, 510_000, 155_000), box(500_000, 150_000, 505_000, 155_000), box(0, 0, 9, 9)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:27700")


def _layer(folder: Path, frame: gpd.GeoDataFrame, **columns: str) -> gpd.GeoDataFrame:
    frame.to_file(folder / "mine.gpkg")
    return read_area_layer(folder / "mine.gpkg", **columns)


def _places(*xy: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(xy, columns=["easting", "northing"]).astype(float)


@pytest.mark.parametrize(
    ("columns", "code", "name"),
    [
        ({"WD25CD": ["w2", "w1", "w3"], "WD25NM": ["B", "A", "C"], "LAD25CD": ["l"] * 3}, "w1", "A"),
        ({"LAD22NM": ["Far"] * 3, "LSOA21NM": ["B", "A", "C"], "LSOA21CD": ["x2", "x1", "x3"]}, "x1", "A"),
        ({"MSOA11CD": ["m2", "m1", "m3"]}, "m1", "m1"),
        ({"ctry25cd": ["k2", "k1", "k3"], "ctry25nm": ["B", "A", "C"]}, "k1", "A"),
        ({"fid_1": [7, 8, 9], "code": ["2", "1", "3"], "name": ["B", "A", "A"]}, "1", "A (1)"),
        ({"ward_code": ["2", "1", "3"], "ward_name": ["B", "A", "C"]}, "1", "A"),
        ({"name": ["North", "East", "West"]}, "East", "East"),
        ({"id": [2, 1, 3], "label": ["B", "A", "C"]}, "1", "A"),
    ],
)
@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_columns_are_found_by_the_names_in_use(columns, code, name, suffix, tmp_path) -> None:
    """ONS's names, plain ones, codes alone, names alone; smallest areas first; a name that several have is told apart."""
    _squares(**columns).to_file(tmp_path / f"mine.{suffix}")
    layer = read_area_layer(tmp_path / f"mine.{suffix}")
    assert layer.columns.tolist() == ["code", "name", "geometry"]
    assert (layer["code"].iloc[0], layer["name"].iloc[0]) == (code, name)
    assert layer["code"].is_monotonic_increasing
    assert layer["name"].is_unique
    assert layer.crs == "EPSG:27700"


def test_columns_can_be_named(tmp_path: Path) -> None:
    """areas.layer_code and areas.layer_name decide; one that is not there is refused with what is."""
    frame = _squares(code=["1", "2", "3"], cluster=["north", "south", "far"], said=["N", "S", "F"])
    layer = _layer(tmp_path, frame, code="cluster", name="said")
    assert layer[["code", "name"]].iloc[1].tolist() == ["north", "N"]
    with pytest.raises(DataError, match=r"areas\.layer_code names; it has code, cluster, said"):
        read_area_layer(tmp_path / "mine.gpkg", code="zone")


@pytest.mark.parametrize(
    ("columns", "codes"),
    [
        ({"LAD25CD": ["l"] * 3, "code": ["b", "a", "c"]}, "code"),
        ({"RGN24CD": ["r"] * 3, "LAD25CD": ["l"] * 3, "zone_name": ["b", "a", "c"]}, "zone_name"),
        ({"WD25CD": ["w", "w", "v"], "WD25NM": ["W", "W", "V"], "zone_code": ["b", "a", "c"]}, "zone_code"),
        ({"id": [1, 2, 3], "WD25CD": ["w", "w", "v"], "WD25NM": ["W", "W", "V"]}, "WD25CD"),
    ],
)
def test_areas_are_not_taken_for_what_they_lie_in(columns: dict, codes: str, tmp_path: Path) -> None:
    """A code that is different in each row goes before one that is not; a running number does not count as one."""
    layer = _layer(tmp_path, _squares(**columns))
    assert layer["code"].tolist() == sorted(set(columns[codes]))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"WD25CD": ["E05", "E05", "E06"], "name": ["North", "South", "West"]},
            r"column WD25CD: 2 rows share code E05(.|\n)*row 1 \(E05\), row 2 \(E05\)\n(.|\n)*areas\.layer_code",
        ),
        ({"code": ["x", "x", "x"], "label": ["North", "South", "West"]}, "3 rows share code x"),
        ({"id": [1, 2, 3], "WD25CD": ["w"] * 3, "WD25NM": ["W"] * 3, "name": ["b", "a", "c"]}, "3 rows share code w"),
        ({"LAD25CD": ["l"] * 3, "LAD25NM": ["L"] * 3, "what": ["b", "a", "c"]}, "3 rows share code l"),
    ],
)
def test_codes_that_would_join_areas_are_refused_unless_named(columns: dict, message: str, tmp_path: Path) -> None:
    """Rows of one code and several names, or of the district alone, are not parts of one area without being told."""
    with pytest.raises(DataError, match=message):
        _layer(tmp_path, _squares(**columns))
    named = next(column for column in columns if column.lower().endswith(("cd", "code")))
    assert len(read_area_layer(tmp_path / "mine.gpkg", named)) == len(set(columns[named]))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_any_coordinate_system_that_is_stated(crs: str, tmp_path: Path) -> None:
    """Degrees and web maps alike become metres of the British National Grid."""
    layer = _layer(tmp_path, _squares(code=["b", "a", "c"]).iloc[:2].to_crs(crs))
    assert layer.geometry.area.sum() == pytest.approx(50e6, rel=1e-3)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (_squares(code=["a", None, "c"]), r"1 of 3 areas have no code(.|\n)*: row 2\n"),
        (_squares(code=["", "", "c"], name=["A", "B", "C"]), "2 of 3 areas have no code"),
        (_squares(code=["a", "outside", "c"]), r"1 of 3 areas have no code(.|\n)*: row 2 \(outside\)"),
        (_squares(what=["a", "b", "c"]), "no column of codes or names"),
        (gpd.GeoDataFrame({"code": ["a"]}, geometry=[Point(500_000, 150_000)], crs="EPSG:27700"), "are not areas"),
        (
            gpd.GeoDataFrame({"code": list("abcdefgh")}, geometry=[None] * 7 + [box(0, 0, 9, 9)], crs="EPSG:27700"),
            r"7 of 8 rows have no shape: row 1 \(a\), (.*), row 5 \(e\) and 2 more",
        ),
    ],
)
def test_what_is_no_layer_of_areas_is_refused(frame: gpd.GeoDataFrame, message: str, tmp_path: Path) -> None:
    """Each with what is wrong and what to do."""
    with pytest.raises(DataError, match=message):
        _layer(tmp_path, frame)


def test_a_point_is_in_its_polygon_or_near_it_or_nowhere(tmp_path: Path) -> None:
    """Inside; on the shared edge the first by code; within reach the nearest; farther off none, and it is counted."""
    layer = _layer(tmp_path, _squares(code=["b", "a", "c"]))
    places = _places(
        (501_000, 151_000),
        (506_000, 151_000),
        (505_000, 151_000),
        (510_000 + NEAREST_M, 151_000),
        (511_001, 151_000),
        (502_000, 151_000),
    )
    area, nearest = areas_of(places.set_axis([9, 9, 3, 2, 1, 0]), layer)
    assert area.fillna("-").tolist() == ["a", "b", "a", "b", "-", "a"]
    assert area.index.tolist() == [9, 9, 3, 2, 1, 0]
    assert nearest == 1


def test_a_layer_of_another_place_is_refused(tmp_path: Path) -> None:
    """Less than half of the authority's postcodes in any polygon."""
    layer = _layer(tmp_path, _squares(code=["b", "a", "c"]))
    with pytest.raises(DataError, match="only 1 of the authority's 3 postcodes lie in any"):
        areas_of(_places((501_000, 151_000), (530_000, 151_000), (540_000, 151_000)), layer)


def test_a_layer_whose_areas_overlap_is_refused(tmp_path: Path) -> None:
    """Wards of two years in one file: a postcode would be in two areas."""
    frame = gpd.GeoDataFrame(
        {"code": ["a", "b"]}, geometry=[box(0, 0, 9000, 9000), box(0, 0, 8000, 9000)], crs="EPSG:27700"
    )
    with pytest.raises(DataError, match="areas overlap: 2 of the authority's 3 postcodes"):
        areas_of(_places((100, 100), (200, 200), (8500, 10)), _layer(tmp_path, frame))


def test_a_layer_only_divides_what_is_inside(tmp_path: Path) -> None:
    """Polygons that cover the neighbour too make none of its postcodes ours; ours beyond them stay ours."""
    directory = columns_of(GUILDFORD, WOKING, RUSHMOOR, side=12, step=500.0)
    west = Polygon([(499_000, 149_000), (505_000, 149_000), (505_000, 157_000), (499_000, 157_000)])
    east = box(505_000, 149_000, 530_000, 157_000)
    layer = _layer(tmp_path, gpd.GeoDataFrame({"code": ["W", "E"]}, geometry=[west, east], crs="EPSG:27700"))
    division = divide(PAIR, LAYER, directory, layer)
    points = directory.points()
    area = division.assign(points, prefix="")
    assert (area == "outside").equals(points["district"].eq(RUSHMOOR))
    assert set(area[points["district"].ne(RUSHMOOR)]) == {"W", "E"}
    outlines = area_boundaries(division, directory, tmp_path)
    whole = authority_boundary(PAIR, directory, tmp_path).geometry.iloc[0]
    shapes = outlines.geometry.to_numpy()
    assert outlines["area"].tolist() == ["E", "W"]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.symmetric_difference(shapely.union_all(shapes), whole).area < 1e-3 * whole.area


def test_a_postcode_far_from_any_polygon_is_not_known_and_counted(tmp_path: Path) -> None:
    """It is inside the authority all the same: the row is `unknown`, and the manifest says how many there are."""
    rows = [(500_500.0 + k, 150_500.0, GUILDFORD) for k in range(9)] + [(515_000.0, 150_500.0, GUILDFORD)]
    directory = directory_of(rows)
    division = divide(
        Authority("custom", "One", (GUILDFORD,)), LAYER, directory, _layer(tmp_path, _squares(code=["b", "a", "c"]))
    )
    area = division.assign(directory.points(), prefix="")
    assert area.tolist() == ["a"] * 9 + ["unknown"]
    assert division.table()["area"].tolist() == ["a", "outside", "unknown"]
    assert division.about()["postcodes_in_no_area"] == 1
    assert division.about()["file"] == "mine.gpkg"
    ground = area_boundaries(division, directory, tmp_path)
    assert ground["area"].tolist() == ["a"]
    assert not shapely.intersects_xy(ground.geometry.iloc[0], 515_000, 150_500)


def test_which_file(tmp_path: Path) -> None:
    """The only one, or the one named; none, several, or another name are refused."""
    with pytest.raises(DataError, match="a file of planning areas is not here"):
        area_file(tmp_path)
    frame = _squares(code=["b", "a", "c"])
    for name in ("one.gpkg", "two.gpkg"):
        frame.to_file(tmp_path / name)
    with pytest.raises(DataError, match="2 area files"):
        area_file(tmp_path)
    assert area_file(tmp_path, "two.gpkg").name == "two.gpkg"
    with pytest.raises(DataError, match=r"three\.gpkg is not here"):
        area_file(tmp_path, "three.gpkg")
    with pytest.raises(SettingsError, match="without folders"):
        settings_from({"areas": {"layer": "../two.gpkg"}})


def test_the_words_say_where_areas_come_from() -> None:
    """Cells and layers are not derived from postcodes, and nobody is told that they are."""
    assert boundary_words(None, "postcode_sector") == "derived from postcodes"
    assert boundary_words(None, "h3").endswith("planning areas are H3 cells cut to that outline")
    assert boundary_words(None, "layer").endswith("planning areas of the study's own layer cut to that outline")


def test_a_study_with_a_layer_and_joined_areas(study_copy: Path) -> None:
    """From file to county: homes and places in named areas, small ones joined, the file's hash kept."""
    directory = open_directory()
    surrey = find_authority("Surrey")
    west, south, east, north = 480_000, 130_000, 545_000, 178_000
    side = 5000
    boxes = [box(x, y, x + side, y + side) for x in range(west, east, side) for y in range(south, north, side)]
    squares = gpd.GeoDataFrame(
        {"code": [f"Q{number:03d}" for number in range(len(boxes))]}, geometry=boxes, crs="EPSG:27700"
    )
    (study_copy / "data" / "areas").mkdir(exist_ok=True)
    squares.to_file(study_copy / "data" / "areas" / "squares.gpkg")
    path = study_copy / "study.toml"
    text = path.read_text(encoding="utf-8").replace('level = "district"', 'level = "layer"')
    path.write_text(text.replace("minimum_children = 0", "minimum_children = 8"), encoding="utf-8")
    county = open_study(study_copy).load()
    assert county.division is not None
    assert "areas/squares.gpkg" in county.geography_files
    plain = divide(surrey, LAYER, directory, read_area_layer(study_copy / "data" / "areas" / "squares.gpkg"))
    assert 1 < len(county.areas) < len(plain.table())
    assert set(county.placements["home_area"]) <= set(county.areas["area"])
    assert set(county.provision["area"].dropna()) <= set(county.areas["area"])
    inside = county.placements["home_district"].isin(surrey.districts)
    assert (
        county.placements["home_area"].eq("outside") == (~inside & county.placements["home_district"].notna())
    ).all()
    from placements.analysis.snapshot import stock

    counts = stock(county.placements, county.snapshot).groupby(["home_area", "service"]).size().unstack(fill_value=0)
    assert (counts.drop(index=["outside", "unknown"], errors="ignore") >= 8).all(axis=None)
    assert plain.join(counts, 0, directory) is plain


@pytest.mark.skipif(not (SAMPLES / "boundaries" / "surrey_lsoa21.geojson").exists(), reason="no sample layer")
def test_a_real_layer_of_lsoas() -> None:
    """Surrey's 719 LSOAs in degrees: every one is an area, and almost no postcode of the county lies in none."""
    layer = read_area_layer(SAMPLES / "boundaries" / "surrey_lsoa21.geojson")
    assert len(layer) == 719
    directory = open_directory()
    division = divide(find_authority("Surrey"), LAYER, directory, layer)
    assert len(division.names) == 719
    assert division.nowhere == 0
    assert division.nearest < 100
    shapes = area_boundaries(division, directory).geometry.to_numpy()
    assert len(shapes) == 719
    assert shapely.coverage_is_valid(shapes)
