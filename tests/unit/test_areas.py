"""Planning areas: every child has one, and its name is on the list."""

from __future__ import annotations

from pathlib import Path

import h3
import numpy as np
import pandas as pd
import pytest
import shapely

from placements import schemas
from placements.errors import UsageError
from placements.geography.areas import area_boundaries, divide
from placements.geography.authorities import Authority
from placements.geography.boundaries import authority_boundary
from placements.geography.locate import locate
from placements.geography.postcodes import compile_directory
from placements.settings import AreaSettings
from tests.geography_support import GUILDFORD, RUSHMOOR, WOKING, columns_of, directory_of

PAIR = Authority("custom", "Pair", (GUILDFORD, WOKING))
DERIVED = [AreaSettings("district"), AreaSettings("postcode_district"), AreaSettings("postcode_sector")]
DERIVED += [AreaSettings("h3", 7), AreaSettings("h3", 8)]
levels = pytest.mark.parametrize("chosen", DERIVED, ids=lambda chosen: f"{chosen.level}-{chosen.h3_resolution}")


def test_a_sector_written_alone_is_not_the_postcode_district_it_looks_like() -> None:
    """`GU1 1` is a part of GU1, never GU11, whose area is another."""
    rows = pd.DataFrame({"postcode": ["GU1 1AA", "GU11 1AA"], "easting": [500_000.0, 520_000.0], "northing": 150_000.0})
    directory = compile_directory(rows.assign(district=GUILDFORD).astype({"postcode": "str"}), "two")
    authority = Authority("custom", "One", (GUILDFORD,))
    frame = pd.DataFrame({"home_postcode": ["GU1 1", "GU1", "GU11"], "placement_postcode": "GU1 1AA"})
    located = locate(frame, authority, directory)
    areas = divide(authority, AreaSettings("postcode_district"), directory).assign(located)
    assert areas.tolist() == ["GU1", "GU1", "GU11"]


def test_districts_with_a_centre_where_people_live() -> None:
    """The centre is the median of the postcodes: two of three at one end draw it there."""
    rows = [(500_000, 150_000, GUILDFORD), (500_100, 150_000, GUILDFORD), (509_000, 150_900, GUILDFORD)]
    areas = divide(PAIR, AreaSettings(), directory_of([*rows, (520_000, 150_000, WOKING)])).table()
    schemas.check(schemas.AREAS, areas)
    assert areas["area"].tolist() == [GUILDFORD, WOKING, "outside", "unknown"]
    assert areas["name"].tolist() == ["Guildford", "Woking", "Outside the authority", "Not known"]
    assert areas["easting"].tolist()[:2] == [500_100, 520_000]
    assert areas.loc[2:, ["easting", "northing"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("level", "expected", "middle"),
    [
        ("postcode_district", ["GU1", "GU2"], 540_045),
        ("postcode_sector", [*(f"GU1 {digit}" for digit in range(10)), "GU2 0"], 540_045),
    ],
)
def test_parts_of_postcode_areas_only_of_the_authority(level: str, expected: list[str], middle: float) -> None:
    """GU2 (0) is an area because ten of its postcodes are ours; those alone, 540,000 to 540,090, set its centre."""
    rows = [(500_000 + 10 * k, 150_000, GUILDFORD if k < 4_010 else RUSHMOOR) for k in range(8_010)]
    areas = divide(Authority("custom", "One", (GUILDFORD,)), AreaSettings(level), directory_of(rows)).table()
    assert areas["area"].tolist() == [*expected, "outside", "unknown"]
    assert areas["name"].tolist()[:-2] == expected
    assert areas["easting"].tolist()[len(expected) - 1] == middle


def test_each_row_gets_its_area() -> None:
    """Inside: the area; a known district elsewhere: outside; unknown: unknown. The index is kept."""
    directory = columns_of(GUILDFORD, WOKING, RUSHMOOR)
    of = directory.points().groupby("district")["postcode"].first()
    homes = [of[GUILDFORD].lower(), of[WOKING], of[RUSHMOOR], "SW1A", None]
    frame = pd.DataFrame({"home_postcode": homes, "placement_postcode": None}, index=[5, 5, 1, 2, 3], dtype="str")
    located = locate(frame, PAIR, directory)
    district = divide(PAIR, AreaSettings(), directory).assign(located)
    assert district.index.tolist() == [5, 5, 1, 2, 3]
    assert district.name == "area"
    assert district.tolist() == [GUILDFORD, WOKING, "outside", "unknown", "unknown"]
    by_half = divide(PAIR, AreaSettings("postcode_district"), directory).assign(located)
    assert by_half.tolist() == ["GU1", "GU1", "outside", "unknown", "unknown"]
    sectors = divide(PAIR, AreaSettings("postcode_sector"), directory).assign(located)
    assert sectors.tolist() == ["GU1 0", "GU1 0", "outside", "unknown", "unknown"]


def test_the_placement_has_an_area_too() -> None:
    """The same rule for other columns: where provision is."""
    directory = columns_of(GUILDFORD, WOKING)
    place = directory.points()["postcode"].iloc[0]
    located = locate(
        pd.DataFrame({"home_postcode": [None], "placement_postcode": [place]}, dtype="str"), PAIR, directory
    )
    area = divide(PAIR, AreaSettings(), directory).assign(located, prefix="placement_")
    assert area.tolist() == [located["placement_district"].iloc[0]]


def test_a_place_is_where_its_postcode_or_else_its_point_is() -> None:
    """A postcode not in the directory takes the area nearest to its point; with no point it is not known which."""
    directory = columns_of(GUILDFORD, side=30)
    division = divide(PAIR, AreaSettings("postcode_sector"), directory)
    frame = pd.DataFrame(
        {
            "district": GUILDFORD,
            "postcode": ["GU1 0AA", "GU9 9ZZ", "GU9 9ZZ", "GU1 1", "GU1 9ZZ"],
            "easting": [np.nan, 514_400.0, np.nan, np.nan, np.nan],
            "northing": [np.nan, 164_400.0, np.nan, np.nan, np.nan],
        }
    )
    assert division.assign(frame, prefix="").tolist() == ["GU1 0", "GU1 2", "unknown", "unknown", "unknown"]
    assert division.at([514_400.0, 500_000.0], [164_400.0, 150_000.0]).tolist() == ["GU1 2", "GU1 0"]


def test_a_first_half_is_an_area_only_if_all_of_it_is() -> None:
    """GU2 lies in one sector, GU1 in ten: a child known by the half alone is in GU2 0, or not known where in GU1."""
    rows = [(500_000 + 10 * k, 150_000, GUILDFORD) for k in range(4_010)]
    division = divide(PAIR, AreaSettings("postcode_sector"), directory_of(rows))
    frame = pd.DataFrame(
        {"district": GUILDFORD, "postcode": ["GU1", "GU2"], "easting": 520_000.0, "northing": 150_000.0}
    )
    assert division.assign(frame, prefix="").tolist() == ["unknown", "GU2 0"]


def test_an_area_without_ground_is_part_of_the_one_that_has_it() -> None:
    """A sector whose only point is shared with more postcodes of another could not be drawn: it is not an area."""
    rows = [(500_000, 150_000, GUILDFORD)] * 399 + [(501_000, 150_000, GUILDFORD)] + [(500_000, 150_000, GUILDFORD)]
    directory = directory_of(rows)
    division = divide(Authority("custom", "One", (GUILDFORD,)), AreaSettings("postcode_sector"), directory)
    assert directory.points()["postcode"].str[:-2].nunique() == 2
    assert division.table()["area"].tolist() == ["GU1 0", "outside", "unknown"]
    assert set(division.postcodes["area"]) == {"GU1 0"}


@levels
def test_every_postcode_of_the_authority_is_in_one_area(chosen: AreaSettings) -> None:
    """Each derived level divides the authority's postcodes: each in one area of the list, none of others in any."""
    directory = columns_of(GUILDFORD, WOKING, RUSHMOOR, side=40, step=250.0)
    division = divide(PAIR, chosen, directory)
    points = directory.points()
    area = division.assign(points, prefix="")
    listed = division.table()
    inside = points["district"].isin(PAIR.districts)
    assert set(area[inside]) == set(listed["area"]) - {"outside", "unknown"}
    assert set(area[~inside]) == {"outside"}
    assert listed["name"].is_unique
    middle = points[inside].groupby(area[inside])[["easting", "northing"]].median().round()
    assert listed.set_index("area")[["easting", "northing"]].dropna().equals(middle.rename_axis("area"))


@levels
def test_outlines_fit_the_list(chosen: AreaSettings, tmp_path: Path) -> None:
    """Each area that is a place has an outline, they fit together, fill the authority, and are named as in the list."""
    directory = columns_of(GUILDFORD, WOKING, RUSHMOOR, side=40, step=250.0)
    division = divide(PAIR, chosen, directory)
    outlines = area_boundaries(division, directory, tmp_path)
    areas = division.table().dropna()
    assert outlines.columns.tolist() == ["area", "name", "geometry"]
    assert outlines["area"].tolist() == areas["area"].tolist()
    assert outlines["name"].tolist() == areas["name"].tolist()
    assert outlines.attrs["source"] == "derived"
    shapes = outlines.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    whole = authority_boundary(PAIR, directory, tmp_path).geometry.iloc[0]
    # No cell without a postcode here; at the rim a hexagon may hold ground and no postcode.
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=0.02 if chosen.level == "h3" else 0.002)
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)


def test_cells_are_those_of_h3() -> None:
    """Oracle: h3 itself on degrees made by GeoPandas; a postcode lies in the hexagon of its cell."""
    import geopandas as gpd

    directory = columns_of(GUILDFORD, WOKING, side=15, step=700.0)
    division = divide(PAIR, AreaSettings("h3", 7), directory)
    points = gpd.GeoSeries.from_xy(division.postcodes["easting"], division.postcodes["northing"], crs="EPSG:27700")
    degrees = points.to_crs("EPSG:4326")
    expected = [h3.latlng_to_cell(point.y, point.x, 7) for point in degrees]
    assert division.postcodes["area"].tolist() == expected
    assert division.shapes is not None
    hexagon = division.shapes.set_index("code").geometry.reindex(expected)
    assert (points.distance(hexagon.set_axis(points.index)) < 1).all()
    assert shapely.coverage_is_valid(division.shapes.geometry.to_numpy())
    assert hexagon.area.between(4e6, 7e6).all()


def test_cells_are_named_by_their_postcodes() -> None:
    """Readable, and each its own: the sector that most of a cell's postcodes are in, numbered where it has several."""
    rows = [(500_000 + 10_000 * (k % 2), 150_000, GUILDFORD) for k in range(399)]
    rows += [(540_000, 150_000, WOKING)] * 10
    names = divide(PAIR, AreaSettings("h3", 7), directory_of(rows)).table()["name"].tolist()
    assert sorted(names[:-2]) == ["Cell at GU1 0 (1)", "Cell at GU1 0 (2)", "Cell at GU1 1"]


def test_an_edge_cell_holds_only_our_postcodes(tmp_path: Path) -> None:
    """Two postcodes a few metres apart in one cell: ours sets the centre, and the other's child is outside."""
    rows = [(500_000, 150_000, GUILDFORD), (500_060, 150_000, RUSHMOOR), (500_300, 150_000, RUSHMOOR)]
    directory = directory_of(rows)
    one = Authority("custom", "One", (GUILDFORD,))
    division = divide(one, AreaSettings("h3", 5), directory)
    assert len(division.names) == 1
    assert division.table()["easting"].iloc[0] == 500_000
    assert (division.assign(directory.points(), prefix="") == "outside").sum() == 2
    whole = authority_boundary(one, directory, tmp_path).geometry.iloc[0]
    outline = area_boundaries(division, directory, tmp_path).geometry.iloc[0]
    assert shapely.area(shapely.difference(outline, shapely.buffer(whole, 2))) == 0


def test_joined_areas_are_counted_named_and_drawn_as_one(tmp_path: Path) -> None:
    """Sectors with too few children are joined: labels, names, centres, outlines and points all follow."""
    directory = columns_of(GUILDFORD, WOKING, side=40, step=250.0)
    division = divide(PAIR, AreaSettings("postcode_sector"), directory)
    sectors = list(division.names)
    counts = pd.DataFrame({"care": [2, 9, 9, 9, 9, 9, 3, 9]}, index=sectors)
    joined = division.join(counts, 6, directory)
    listed = joined.table().dropna()
    assert len(listed) == 6
    assert all(" and " in name for name in listed["name"][listed["area"].str.contains("+", regex=False)])
    before = division.assign(directory.points(), prefix="")
    after = joined.assign(directory.points(), prefix="")
    assert after.equals(before.map(joined.joined).astype("str"))
    assert set(after) == set(listed["area"])
    outlines = area_boundaries(joined, directory, tmp_path)
    assert outlines["area"].tolist() == listed["area"].tolist()
    shapes = outlines.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    parts = area_boundaries(division, directory, tmp_path).geometry.to_numpy()
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(parts).sum(), rel=1e-12)
    point = listed[["easting", "northing"]].iloc[0]
    assert joined.at([point["easting"]], [point["northing"]])[0] in set(listed["area"])
    assert division.join(counts, 0, directory) is division
    assert joined.about()["areas"] == 6


def test_an_unknown_level_is_refused() -> None:
    """The message names the levels there are; a layer is asked for when there is none."""
    directory = columns_of(GUILDFORD, WOKING)
    with pytest.raises(UsageError, match="postcode_district"):
        divide(PAIR, AreaSettings("ward"), directory)
    with pytest.raises(UsageError, match="need a layer"):
        divide(PAIR, AreaSettings("layer"), directory)
