"""Derived outlines: what they cover, that they fit together, and that they are kept."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from placements.errors import DataError
from placements.geography.authorities import Authority, find_authority
from placements.geography.boundaries import CRS, authority_boundary, district_boundaries
from placements.geography.land import fingerprint, land
from placements.geography.postcodes import PostcodeDirectory, open_directory
from tests.geography_support import GUILDFORD, RUSHMOOR, SEVENOAKS, WOKING, columns_of, directory_of

PAIR = Authority("custom", "Pair", (GUILDFORD, WOKING))


@pytest.fixture(scope="module")
def bundled() -> PostcodeDirectory:
    return open_directory()


@pytest.fixture
def blocks() -> PostcodeDirectory:
    """Guildford, Woking and Rushmoor: square blocks of 6 km side by side, in the sea."""
    return columns_of(GUILDFORD, WOKING, RUSHMOOR)


def test_two_blocks_side_by_side(blocks: PostcodeDirectory, tmp_path: Path) -> None:
    """The line between two columns of points lies half way; the coast lies 200 m beyond the last point."""
    frame = district_boundaries(PAIR, blocks, tmp_path)
    assert frame.columns.tolist() == ["code", "name", "geometry"]
    assert frame["code"].tolist() == [GUILDFORD, WOKING]
    assert frame["name"].tolist() == ["Guildford", "Woking"]
    assert frame.crs == CRS
    assert frame.attrs["source"] == "derived"
    np.testing.assert_allclose(frame.geometry[0].bounds, (499_800, 149_800, 505_750, 155_700), atol=1)
    np.testing.assert_allclose(frame.geometry[1].bounds, (505_750, 149_800, 511_750, 155_700), atol=1)


def test_neighbours_share_their_edges(blocks: PostcodeDirectory, tmp_path: Path) -> None:
    """No gap and no overlap, and the authority is exactly the sum of its districts."""
    frame = district_boundaries(PAIR, blocks, tmp_path)
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())
    outline = authority_boundary(PAIR, blocks, tmp_path)
    assert outline[["code", "name"]].values.tolist() == [["custom", "Pair"]]
    assert outline.attrs["source"] == "derived"
    assert outline.geometry[0].area == pytest.approx(frame.geometry.area.sum(), rel=1e-12)


def test_a_stray_postcode_makes_no_speck(tmp_path: Path) -> None:
    """A single point of one district deep inside another (a large user's postcode) is not drawn; a cluster is."""
    base = columns_of(GUILDFORD, WOKING).points()
    rows = list(base[["easting", "northing", "district"]].itertuples(index=False, name=None))
    stray = directory_of([*rows, (502_760, 152_730, WOKING)], "stray")
    cluster = directory_of([*rows, *((502_700 + 40 * k, 152_730, WOKING) for k in range(3))], "cluster")
    assert shapely.get_num_geometries(district_boundaries(PAIR, stray, tmp_path).geometry[1]) == 1
    assert shapely.get_num_geometries(district_boundaries(PAIR, cluster, tmp_path).geometry[1]) == 2


def test_islands_are_parts(tmp_path: Path) -> None:
    """Points more than 3 km over the water are an island of the same district; less, and it is filled."""
    rows = [(500_000 + 500 * x, 150_000 + 500 * y, GUILDFORD) for x in range(6) for y in range(6)]
    one = Authority("custom", "One", (GUILDFORD,))
    for gap, parts in ((2_900, 1), (3_100, 2)):
        there = [(502_500 + gap + 500 * x, 150_000 + 500 * y, GUILDFORD) for x in range(6) for y in range(6)]
        frame = district_boundaries(one, directory_of(rows + there, f"gap {gap}"), tmp_path)
        assert shapely.get_num_geometries(frame.geometry[0]) == parts


def test_empty_country_inland_is_land(tmp_path: Path) -> None:
    """A moor of 5 km without an address, ringed by settled land, belongs to somebody: it is no sea."""
    rows = [
        (500_000 + 500 * x, 150_000 + 500 * y, GUILDFORD if x < 12 else WOKING)
        for x in range(24)
        for y in range(24)
        if not (6 < x < 18 and 6 < y < 18)
    ]
    moor = directory_of(rows, "moor")
    frame = district_boundaries(PAIR, moor, tmp_path)
    assert frame.geometry.area.sum() == pytest.approx(land(moor, tmp_path).area, rel=1e-6)
    assert not shapely.get_num_interior_rings(shapely.union_all(frame.geometry.to_numpy()))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_few_points(count: int, tmp_path: Path) -> None:
    """One point, two, or three in a row make an outline too: ground around them."""
    few = directory_of([(500_000 + 400 * k, 150_000, GUILDFORD) for k in range(count)], f"few {count}")
    frame = district_boundaries(Authority("custom", "One", (GUILDFORD,)), few, tmp_path)
    assert frame.geometry.is_valid.all()
    assert shapely.contains_xy(frame.geometry[0], 500_000 + 200 * (count - 1), 150_000) or count == 2


def test_postcodes_of_two_districts_at_one_point(tmp_path: Path) -> None:
    """Where postcodes share a point the most of them decide; the other side's ground is not cut up."""
    base = columns_of(GUILDFORD, WOKING).points()
    rows = list(base[["easting", "northing", "district"]].itertuples(index=False, name=None))
    doubled = directory_of([*rows, *rows, *((502_500, 152_500, WOKING),)], "doubled")
    plain = district_boundaries(PAIR, columns_of(GUILDFORD, WOKING), tmp_path)
    assert district_boundaries(PAIR, doubled, tmp_path).geometry.geom_equals(plain.geometry).all()


def test_the_second_time_is_read_not_made(blocks: PostcodeDirectory, tmp_path: Path) -> None:
    """The same outlines to the last byte from the cache, and progress is told only when there is work."""
    told: list[str] = []
    first = district_boundaries(PAIR, blocks, tmp_path, lambda share, text: told.append(text))
    assert told
    told.clear()
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    second = district_boundaries(PAIR, blocks, tmp_path, lambda share, text: told.append(text))
    assert told == []
    assert first.equals(second)
    assert second.attrs["source"] == "derived"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept


def test_the_same_bytes_wherever_it_is_made(blocks: PostcodeDirectory, tmp_path: Path) -> None:
    """Two machines that make the same outline keep the same files."""
    for name in ("one", "two"):
        district_boundaries(PAIR, blocks, tmp_path / name)
    one, two = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_another_directory_or_another_set_is_not_taken_from_the_cache(tmp_path: Path) -> None:
    """A point moved by a metre, or one district less, is another outline."""
    one, two = columns_of(GUILDFORD, WOKING), columns_of(GUILDFORD, WOKING, step=501.0)
    moved = directory_of([(500_000, 150_000, GUILDFORD)], "same name")
    again = directory_of([(500_001, 150_000, GUILDFORD)], "same name")
    assert len({fingerprint(d) for d in (one, two, moved, again)}) == 4
    whole = district_boundaries(PAIR, one, tmp_path)
    assert not whole.equals(district_boundaries(PAIR, two, tmp_path))
    assert len(district_boundaries(Authority("custom", "One", (WOKING,)), one, tmp_path)) == 1


def test_a_district_without_postcodes_is_named(blocks: PostcodeDirectory, tmp_path: Path) -> None:
    """An outline that cannot be made is an error that says which district is lacking, not an empty row."""
    with pytest.raises(DataError, match=SEVENOAKS):
        district_boundaries(Authority("custom", "Three", (GUILDFORD, SEVENOAKS)), blocks, tmp_path)


def test_surrey_from_the_bundled_directory(bundled: PostcodeDirectory, tmp_path: Path) -> None:
    """Eleven districts, one piece each, 1,663 square kilometres to within one in a hundred; soon, then at once."""
    surrey = find_authority("Surrey")
    started = time.perf_counter()
    frame = district_boundaries(surrey, bundled, tmp_path)
    assert time.perf_counter() - started < 60  # about 6 s alone; shared machines are slower
    assert frame["code"].tolist() == list(surrey.districts)
    assert shapely.get_num_geometries(frame.geometry.to_numpy()).tolist() == [1] * 11
    assert frame.geometry.area.sum() / 1e6 == pytest.approx(1663, rel=0.01)
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())
    started = time.perf_counter()
    assert district_boundaries(surrey, bundled, tmp_path).equals(frame)
    assert time.perf_counter() - started < 1
    points = bundled.points(surrey.districts)
    inside = shapely.contains_xy(shapely.union_all(frame.geometry.to_numpy()), points[["easting", "northing"]])
    assert inside.mean() > 0.998


@pytest.mark.parametrize("name", ["City of London", "Isles of Scilly", "Isle of Wight", "Cornwall", "North Yorkshire"])
def test_large_and_small_authorities(name: str, bundled: PostcodeDirectory) -> None:
    """The tiny, the huge and the islands have an outline that holds nearly all of their postcodes."""
    authority = find_authority(name)
    outline = authority_boundary(authority, bundled)
    points = bundled.points(authority.districts)
    assert outline.geometry.is_valid.all()
    assert shapely.contains_xy(outline.geometry[0], points[["easting", "northing"]]).mean() > 0.99


def test_frames_are_plain(blocks: PostcodeDirectory, tmp_path: Path) -> None:
    """Codes and names are text, coordinates whole metres."""
    frame = district_boundaries(PAIR, blocks, tmp_path)
    assert isinstance(frame["code"].dtype, pd.StringDtype)
    coordinates = shapely.get_coordinates(frame.geometry.to_numpy())
    assert (coordinates == np.round(coordinates)).all()
