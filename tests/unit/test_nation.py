"""England at once, on a small made-up country, and the command that writes boundaries."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.cli import main
from placements.errors import UsageError
from placements.geography.nation import national_outlines
from placements.geography.postcodes import open_directory
from tests.geography_support import GUILDFORD, RUSHMOOR, SAMPLES, SEVENOAKS, WOKING, columns_of, scattered

OUTLINES = SAMPLES / "boundaries" / "england_utla25_bgc_27700.gpkg"


def test_districts_and_the_authorities_they_make(tmp_path: Path) -> None:
    """Two districts of Surrey, one of Hampshire and one of Wales: England's are outlined, Wales bounds them."""
    country = columns_of(GUILDFORD, WOKING, RUSHMOOR, "W06000023")
    districts = national_outlines("district", country, tmp_path)
    authorities = national_outlines("authority", country, tmp_path)
    assert districts["code"].tolist() == sorted([GUILDFORD, WOKING, RUSHMOOR])
    assert authorities["name"].tolist() == ["Hampshire", "Surrey"]
    assert (districts.crs.to_epsg(), districts.attrs["source"]) == (27700, "derived")
    surrey = shapely.union_all(districts.geometry[districts["code"].ne(RUSHMOOR)].to_numpy())
    assert authorities.geometry.iloc[1].equals(surrey)
    # A column is 6 km wide; the border with Wales is half way to its first postcode, not at its far side.
    assert districts.total_bounds[2] < 500_000 + 3 * 6_000 + 500


def test_authorities_of_another_day(tmp_path: Path) -> None:
    """After 1 April 2027 Guildford and Woking are West Surrey."""
    after = national_outlines("authority", columns_of(GUILDFORD, WOKING), tmp_path, on=dt.date(2027, 4, 1))
    assert after["name"].tolist() == ["West Surrey"]


def test_what_is_kept_is_what_was_made(tmp_path: Path) -> None:
    """From the cache come the same shapes; another directory has others; a level that is none is refused."""
    country = columns_of(GUILDFORD, WOKING)
    made, kept = (national_outlines("area", country, tmp_path) for _ in range(2))
    assert made["code"].tolist() == ["GU1"]
    assert shapely.to_wkb(made.geometry.to_numpy()).tolist() == shapely.to_wkb(kept.geometry.to_numpy()).tolist()
    assert len(national_outlines("district", columns_of(SEVENOAKS), tmp_path)) == 1
    with pytest.raises(UsageError, match="authority, district, area"):
        national_outlines("ward", country, tmp_path)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 200))
def test_no_gap_and_no_overlap(tmp_path_factory: pytest.TempPathFactory, seed: int, count: int) -> None:
    """Whatever the points, neighbours share their edges: the outlines are a valid coverage, and so are authorities'."""
    country = scattered(seed, count, (GUILDFORD, WOKING, RUSHMOOR, SEVENOAKS))
    folder = tmp_path_factory.mktemp("nation")
    for level in ("district", "authority"):
        shapes = national_outlines(level, country, folder).geometry.to_numpy()
        assert shapely.coverage_is_valid(shapes)
        assert abs(shapely.area(shapes).sum() - shapely.union_all(shapes).area) < 1


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_the_command_writes_a_file_that_reads_back(tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture) -> None:
    """Columns `code, name`; British grid in a GeoPackage, longitude and latitude in GeoJSON; the same bytes twice."""
    paths = [tmp_path / f"{number}.{suffix}" for number in range(2)]
    for path in paths:
        main(["boundaries", "--level", "district", "--authority", "Surrey", "--out", str(path), "--json"])
    told = json.loads(capsys.readouterr().out.split("}\n{")[0].rstrip().removesuffix("}") + "}")
    assert (told["outlines"], told["source"]) == (11, "derived")
    read = gpd.read_file(paths[0])
    assert read.columns.tolist() == ["code", "name", "geometry"]
    assert read.crs.to_epsg() == (27700 if suffix == "gpkg" else 4326)
    assert "Guildford" in set(read["name"])
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--level", "district", "--out", "x.shp"], ".gpkg, .geojson"),
        (["--level", "district", "--out", "x.gpkg", "--authority", "Surrey", "--study", "."], "not both"),
        (["--level", "authority", "--out", "x.gpkg", "--authority", "Surrey", "--on", "2027-04-01"], "East Surrey"),
    ],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suffix, two sources at once, an authority of another day: exit code 2, and no file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["boundaries", *arguments])
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not OUTLINES.exists(), reason="the official outlines are not here")
def test_all_of_england_against_the_official_outlines() -> None:
    """153 authorities that fit together; half of them agree with the official outline for 92 % of the ground or more."""
    made = national_outlines("authority", open_directory()).set_index("code").geometry
    official = gpd.read_file(OUTLINES).set_index("UTLACD").geometry.reindex(made.index)
    assert len(made) == 153
    assert shapely.coverage_is_valid(made.to_numpy())
    both = made.intersection(official).area
    agreement = both / (made.area + official.area - both)
    assert agreement.median() > 0.92
    assert agreement["E10000030"] > 0.97
    assert agreement.drop("E06000053").min() > 0.65  # all but Scilly
