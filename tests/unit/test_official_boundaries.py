"""An official boundary file of the study: read when it is good, refused with advice when it is not."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from placements.errors import DataError
from placements.geography.authorities import Authority, find_authority
from placements.geography.boundaries import CRS, OFFICIAL, boundary_words, user_boundaries
from placements.geography.official import boundary_file
from placements.geography.postcodes import open_directory
from placements.manifest import provenance
from placements.maps import make_scene
from placements.maps.headline import sources
from placements.study import open_study
from tests.geography_support import GUILDFORD, SAMPLES, WOKING, columns_of
from tests.maps_support import TANDRIDGE, map_county, small_country

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


def test_degrees_are_what_geojson_without_a_system_means(tmp_path: Path) -> None:
    """GeoJSON that names no system is longitude and latitude by its standard; metres in it are refused, not guessed."""
    degrees = json.loads(_squares().iloc[:2].to_crs("EPSG:4326").to_json())
    degrees.pop("crs", None)
    (tmp_path / "degrees.geojson").write_text(json.dumps(degrees), encoding="utf-8")
    assert user_boundaries(tmp_path / "degrees.geojson").geometry.area.sum() == pytest.approx(50e6, rel=1e-3)
    metres = json.loads(_squares().iloc[:2].to_json())
    metres.pop("crs", None)
    (tmp_path / "metres.geojson").write_text(json.dumps(metres), encoding="utf-8")
    with pytest.raises(DataError, match=r"its coordinates are metres(.|\n)*EPSG:4326"):
        user_boundaries(tmp_path / "metres.geojson")


def test_outlines_outside_great_britain_are_refused(tmp_path: Path) -> None:
    """Latitude written before longitude puts Surrey in the Indian Ocean: said, not drawn."""
    swapped = _squares().iloc[:2].to_crs("EPSG:4326")
    swapped["geometry"] = shapely.transform(swapped.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    swapped.to_file(tmp_path / "swapped.geojson")
    with pytest.raises(DataError, match="axes are swapped"):
        user_boundaries(tmp_path)


def test_half_a_county_is_not_replaced_by_its_outline(tmp_path: Path) -> None:
    """The outline of the county serves when none of its districts is in the file; districts are preferred to it."""
    surrey = find_authority("Surrey")
    county = gpd.GeoDataFrame(
        {"code": [surrey.code], "name": ["Surrey"]}, geometry=[box(500_000, 150_000, 520_000, 160_000)], crs=CRS
    )
    county.to_file(tmp_path / "county.gpkg")
    found = user_boundaries(tmp_path / "county.gpkg", surrey)
    assert (found["code"].tolist(), found.attrs["level"]) == ([surrey.code], "outline")
    some = pd.concat([county, _squares("code", "name").iloc[:2]], ignore_index=True)
    some.to_file(tmp_path / "some.gpkg")
    with pytest.raises(DataError, match="lacks 9 of the districts of Surrey"):
        user_boundaries(tmp_path / "some.gpkg", surrey)
    codes = [surrey.code, *surrey.districts]
    every = gpd.GeoDataFrame(
        {"code": codes, "name": codes},
        geometry=[box(500_000 + 1000 * i, 150_000, 501_000 + 1000 * i, 151_000) for i in range(len(codes))],
        crs=CRS,
    )
    every.to_file(tmp_path / "every.gpkg")
    found = user_boundaries(tmp_path / "every.gpkg", surrey)
    assert (found["code"].tolist(), found.attrs["level"]) == (list(surrey.districts), "districts")


def _official(level: str) -> gpd.GeoDataFrame:
    """Return official squares of the map's county, a kilometre apart so that nothing derived looks like them."""
    codes = [GUILDFORD, WOKING, TANDRIDGE] if level == "districts" else ["E10000030"]
    shapes = [box(499_000 + 2000 * i, 150_000, 500_000 + 2000 * i, 151_000) for i in range(len(codes))]
    frame = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs=CRS)
    frame = frame.sort_values("code", ignore_index=True)
    frame.attrs.update({"source": OFFICIAL, "level": level, "file": "mine.gpkg"})
    return frame


@pytest.mark.parametrize("level", ["districts", "outline"])
def test_the_map_draws_the_official_outlines_and_says_so(level: str) -> None:
    """Districts and areas are the file's, by our names; with the county's outline alone the districts stay derived."""
    directory = small_country()
    derived = make_scene(map_county(), directory, "internal")
    official = _official(level)
    scene = make_scene(dataclasses.replace(map_county(), boundaries=official), directory, "internal")
    assert scene.outline.area == pytest.approx(official.geometry.area.sum())
    said = " ".join(sources(scene))
    assert "mine.gpkg" in said
    if level == "districts":
        assert scene.districts.geometry.area.tolist() == pytest.approx([1e6, 1e6, 1e6])
        assert scene.areas.geometry.area.tolist() == pytest.approx([1e6, 1e6, 1e6])
        assert set(scene.districts["name"]) == {"Guildford", "Woking", "Tandridge"}
        assert scene.districts.attrs["source"] == OFFICIAL
        assert "derived" not in said
    else:
        assert scene.districts.geometry.geom_equals(derived.districts.geometry).all()
        assert scene.districts.attrs["source"] == "derived"
        assert "outline official" in said
        assert "districts derived from postcodes" in said
    assert "official" not in " ".join(sources(derived)).lower()


def test_postcode_districts_stay_derived_and_are_said_to_be() -> None:
    """There is no official outline of GU1: the words keep the two apart."""
    assert boundary_words(_official("districts")) == "official (mine.gpkg)"
    assert boundary_words(_official("districts"), "postcode_district") == (
        "official (mine.gpkg); planning areas derived from postcodes"
    )
    assert boundary_words(None) == "derived from postcodes"


def test_a_study_uses_the_files_it_brings(study_copy: Path) -> None:
    """Outlines and postcodes in the study's folders are those of its county, its manifest and its map."""
    study = open_study(study_copy)
    districts = study.authority.districts
    bounds = open_directory().points(districts).groupby("district")[["easting", "northing"]].agg(["min", "max"])
    shapes = [box(west, south, east, north) for west, east, south, north in bounds.loc[list(districts)].to_numpy()]
    frame = gpd.GeoDataFrame({"LAD25CD": districts, "LAD25NM": districts}, geometry=shapes, crs=CRS)
    (study.data / "boundaries").mkdir(exist_ok=True)
    frame.to_file(study.data / "boundaries" / "districts.gpkg")
    before = study.load()
    located = before.placements[before.placements["home_easting"].notna()]
    home = located["home_postcode"].value_counts().index[0]
    (study.data / "postcodes").mkdir(exist_ok=True)
    (study.data / "postcodes" / "mine.csv").write_text(
        f"pcds,lad25cd,east1m,north1m\n{home},{WOKING},512345,154321\n", encoding="utf-8"
    )
    county = study.load()
    rows = county.placements["home_postcode"].eq(home)
    assert county.placements.loc[rows, "home_easting"].eq(512_345).all()
    assert county.placements.loc[rows, "home_district"].eq(WOKING).all()
    others = before.placements.loc[~rows, "home_easting"]
    assert county.placements.loc[~rows, "home_easting"].equals(others)
    assert county.boundaries is not None
    assert county.boundaries["code"].tolist() == list(districts)
    about = provenance(county)
    assert about["boundaries"] == "official (districts.gpkg)"
    assert "mine.csv: 1 postcodes" in about["postcode_directory"]
    assert sorted(about["geography_files"]) == ["boundaries/districts.gpkg", "postcodes/mine.csv"]


@pytest.mark.skipif(not (SAMPLES / "boundaries").exists(), reason="the official outlines are not here")
@pytest.mark.parametrize(
    ("suffix", "crs"), [("geojson", "EPSG:4326"), ("shp", "EPSG:27700"), ("shp", "EPSG:3857"), ("gpkg", "EPSG:3857")]
)
def test_the_file_type_and_system_do_not_matter(suffix: str, crs: str, tmp_path: Path) -> None:
    """The published outlines, converted, have the same areas to a thousandth in whatever form they come."""
    surrey = find_authority("Surrey")
    source = SAMPLES / "boundaries" / "england_lad25_bgc_27700.gpkg"
    published = user_boundaries(source, surrey)
    raw = gpd.read_file(source)
    raw = raw[raw["LAD25CD"].isin(surrey.districts)]
    raw.to_crs(crs).to_file(tmp_path / f"mine.{suffix}")
    found = user_boundaries(tmp_path, surrey)
    assert found["code"].tolist() == published["code"].tolist()
    assert found.geometry.area.tolist() == pytest.approx(published.geometry.area.tolist(), rel=1e-3)


def test_a_district_in_several_rows_is_one(tmp_path: Path) -> None:
    """Islands given as rows of their own are parts of the same district."""
    frame = _squares()
    frame.loc[2, "LAD25CD"] = WOKING
    frame.to_file(tmp_path / "mine.gpkg")
    assert user_boundaries(tmp_path)["code"].tolist() == [GUILDFORD, WOKING]


def test_several_layers_of_areas_are_not_guessed_from(tmp_path: Path) -> None:
    """Two layers of areas are named and refused; a layer of points or a table beside the areas is passed over."""
    file = tmp_path / "mine.gpkg"
    seats = _squares()
    seats["geometry"] = seats.geometry.centroid
    seats.to_file(file, layer="seats")
    _squares().to_file(file, layer="districts 2025")
    assert user_boundaries(tmp_path)["code"].tolist() == ["E06000001", GUILDFORD, WOKING]
    _squares().to_file(file, layer="districts 2011")
    with pytest.raises(DataError, match="2 layers of areas: districts 2025, districts 2011"):
        user_boundaries(tmp_path)


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_years_the_newest_is_read(order: int, tmp_path: Path) -> None:
    """Codes and names are of one year, the newest that has codes, whatever the order of the columns."""
    frame = _squares().assign(LAD11CD="old", LAD11NM="old", LAD26NM="of no code")
    frame = frame[[*frame.columns.drop("geometry")[::order], "geometry"]]
    frame.to_file(tmp_path / "mine.gpkg")
    found = user_boundaries(tmp_path)
    assert found["code"].tolist() == ["E06000001", GUILDFORD, WOKING]
    assert found["name"].tolist() == ["Hartlepool", "Guildford", "Woking"]


@pytest.mark.parametrize(
    "shape",
    [Polygon(), Polygon([(505_000, 150_000), (510_000, 155_000), (505_000, 150_000)])],
    ids=["empty", "collapsed"],
)
def test_an_outline_without_area_is_refused_by_its_code(shape: Polygon, tmp_path: Path) -> None:
    """A district that would vanish from the map is named, with others beside it or alone."""
    frame = _squares()
    frame.loc[0, "geometry"] = shape
    frame.to_file(tmp_path / "mine.gpkg")
    with pytest.raises(DataError, match=f"outlines of {WOKING} empty or enclose no area"):
        user_boundaries(tmp_path)
    with pytest.raises(DataError, match=f"outlines of {WOKING} empty or enclose no area"):
        user_boundaries(tmp_path, Authority("custom", "One", (WOKING,)))


def test_an_outline_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    """A figure of eight, whose signed area is nought, is two triangles; a spike without width is dropped."""
    frame = _squares().iloc[:2]
    frame.loc[0, "geometry"] = Polygon([(0, 0), (2000, 2000), (2000, 0), (0, 2000)])
    frame.loc[1, "geometry"] = Polygon([(5000, 0), (6000, 0), (6000, 1000), (6000, 9000), (6000, 1000), (5000, 1000)])
    frame.to_file(tmp_path / "mine.gpkg")
    found = user_boundaries(tmp_path)
    assert found.set_index("code").geometry.area.to_dict() == pytest.approx({WOKING: 2e6, GUILDFORD: 1e6})
    assert set(found.geom_type) <= {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize(("east_m", "refused"), [(0, False), (2500, True), (4999, False), (5000, False), (9000, False)])
def test_a_district_drawn_twice_is_refused_and_one_in_parts_is_not(east_m: int, refused: bool, tmp_path: Path) -> None:
    """The same 5 km square again at some distance: the same, touching and apart are one district; overlapping is not."""
    frame = _squares().iloc[:2]
    again = frame.iloc[:1].assign(geometry=frame.geometry.iloc[:1].translate(east_m))
    pd.concat([frame, again], ignore_index=True).to_file(tmp_path / "mine.gpkg")
    if refused:
        with pytest.raises(DataError, match=f"outlines of {WOKING} are there more than once"):
            user_boundaries(tmp_path)
        return
    area = user_boundaries(tmp_path).set_index("code").geometry.area[WOKING]
    assert area == pytest.approx(25e6 + 5000 * min(east_m, 5000))


def test_outlines_that_lie_elsewhere_than_their_postcodes_are_refused(tmp_path: Path) -> None:
    """Guildford in Scotland, or the two codes exchanged: told by the postcodes, half of which must be inside."""
    directory = columns_of(GUILDFORD, WOKING)  # 6 km squares of points from 500 km east, 150 km north
    right = [box(499_900, 149_900, 505_750, 156_000), box(505_750, 149_900, 511_600, 156_000)]
    scotland = [box(250_000, 700_000, 256_000, 706_000), right[1]]
    half = [box(499_900, 149_900, 502_600, 156_000), right[1]]  # 6 of 12 columns of points
    less = [box(499_900, 149_900, 502_400, 156_000), right[1]]  # 5 of 12
    cases = {"right": right, "half": half, "scotland": scotland, "less": less, "exchanged": right[::-1]}
    for name, shapes in cases.items():
        file = tmp_path / f"{name}.gpkg"
        gpd.GeoDataFrame({"code": PAIR.districts, "name": "x"}, geometry=shapes, crs=CRS).to_file(file)
        assert len(user_boundaries(file, PAIR)) == 2, "without a directory there is nothing to tell by"
        if name in ("right", "half"):
            assert len(user_boundaries(file, PAIR, directory)) == 2
            continue
        with pytest.raises(DataError, match="do not lie where their postcodes are") as error:
            user_boundaries(file, PAIR, directory)
        assert GUILDFORD in str(error.value)
        assert (WOKING in str(error.value)) == (name == "exchanged")


def test_an_authoritys_own_outline_must_hold_its_districts_postcodes(tmp_path: Path) -> None:
    """The county's outline is told by the postcodes of all its districts; a district without any is not checked."""
    surrey = find_authority("Surrey")
    directory = columns_of(GUILDFORD, WOKING)
    for west, good in ((499_000, True), (600_000, False)):
        file = tmp_path / f"{west}.gpkg"
        shape = box(west, 149_000, west + 20_000, 160_000)
        gpd.GeoDataFrame({"code": [surrey.code], "name": "Surrey"}, geometry=[shape], crs=CRS).to_file(file)
        if good:
            assert user_boundaries(file, surrey, directory).attrs["level"] == "outline"
        else:
            with pytest.raises(DataError, match=f"outlines of {surrey.code} do not lie"):
                user_boundaries(file, surrey, directory)
    _squares().to_file(tmp_path / "none.gpkg")
    assert len(user_boundaries(tmp_path / "none.gpkg", PAIR, columns_of("E08000003"))) == 2


def test_a_study_refuses_outlines_that_lie_elsewhere(study_copy: Path) -> None:
    """Loading a study tells by its postcodes that its districts are drawn in Scotland."""
    study = open_study(study_copy)
    districts = study.authority.districts
    shapes = [box(250_000 + 1000 * i, 700_000, 251_000 + 1000 * i, 701_000) for i in range(len(districts))]
    (study.data / "boundaries").mkdir(exist_ok=True)
    frame = gpd.GeoDataFrame({"LAD25CD": districts, "LAD25NM": districts}, geometry=shapes, crs=CRS)
    frame.to_file(study.data / "boundaries" / "districts.gpkg")
    with pytest.raises(DataError, match=r"districts\.gpkg(.|\n)*do not lie where their postcodes are"):
        study.load()


@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_a_local_grid_is_refused(suffix: str, tmp_path: Path) -> None:
    """A builder's own grid is tied to no place on earth: said, with what to export instead."""
    local = 'LOCAL_CS["Site grid",UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
    _squares().set_crs(local, allow_override=True).to_file(tmp_path / f"mine.{suffix}")
    with pytest.raises(DataError, match=r"cannot be brought to the British National Grid(.|\n)*EPSG:27700"):
        user_boundaries(tmp_path)


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
