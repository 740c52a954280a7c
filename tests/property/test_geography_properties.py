"""What must hold of geography whatever the points: coverages are whole, areas partition, lookups agree with a dict."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from placements.geography.areas import area_boundaries, divide
from placements.geography.authorities import Authority, find_authority
from placements.geography.cells import edges, regions, sea, triangulate, without_strays
from placements.geography.land import land
from placements.geography.locate import locate
from placements.geography.postcodes import compile_directory, save_directory
from placements.settings import AreaSettings
from tests import examples
from tests.geography_support import GUILDFORD, RUSHMOOR, SEVENOAKS, WOKING, scattered

DISTRICTS = (GUILDFORD, WOKING, RUSHMOOR, SEVENOAKS)
PAIR = Authority("custom", "Pair", (GUILDFORD, WOKING))
worlds = st.builds(scattered, st.integers(0, 10_000), st.integers(8, 300), st.just(DISTRICTS))

LETTER = st.sampled_from(string.ascii_uppercase)
DIGIT = st.sampled_from(string.digits)
OUTWARD = st.one_of(
    st.builds("".join, st.tuples(LETTER, DIGIT)),
    st.builds("".join, st.tuples(LETTER, LETTER, DIGIT)),
    st.builds("".join, st.tuples(LETTER, LETTER, DIGIT, st.one_of(DIGIT, LETTER))),
)
POSTCODES = st.builds(lambda out, inward: f"{out} {''.join(inward)}", OUTWARD, st.tuples(DIGIT, LETTER, LETTER))
WRITTEN = st.one_of(
    POSTCODES, POSTCODES.map(str.lower), POSTCODES.map(lambda p: p.replace(" ", "")), st.text(max_size=9)
)


@given(st.lists(POSTCODES, unique=True, max_size=40))
def test_postcodes_come_back_as_they_went_in(postcodes: list[str]) -> None:
    """A key holds all of a postcode: compiling and listing gives the same postcodes, spaced and sorted."""
    frame = pd.DataFrame({"postcode": postcodes, "easting": 1.0, "northing": 2.0, "district": "E07000209"})
    made = compile_directory(frame.astype({"postcode": "str", "district": "str"}), "x")
    assert sorted(made.points()["postcode"]) == sorted(postcodes)
    assert (np.diff(np.asarray(made.keys).astype(object)) > 0).all()


@given(st.lists(st.tuples(POSTCODES, st.sampled_from(DISTRICTS)), max_size=30, unique_by=lambda row: row[0]), OUTWARD)
def test_a_first_half_stands_for_the_postcodes_that_have_it(rows: list[tuple[str, str]], other: str) -> None:
    """The first half alone is put at the median of its own postcodes, none further than its stated error, and no other.

    GU1 is not the beginning of GU11; a district is stated only when all are in it.
    """
    frame = pd.DataFrame(rows, columns=["postcode", "district"]).astype("str")
    frame = frame.assign(easting=np.arange(len(rows)) * 100.0, northing=0.0)
    made = compile_directory(frame, "x")
    halves = sorted({text.split()[0] for text, _ in rows} | {other})
    found = made.lookup(pd.Series(halves, dtype="str"))
    for at, half in enumerate(halves):
        own = frame[frame["postcode"].str.split().str[0].eq(half)]
        assert made.districts_of_half(half) == tuple(sorted(own["district"].unique()))
        assert np.isnan(found["easting"].iloc[at]) == own.empty
        assert pd.isna(found["district"].iloc[at]) == (len(set(own["district"])) != 1)
        if len(own):
            assert abs(found["easting"].iloc[at] - own["easting"].median()) <= 0.5
            assert found["error_m"].iloc[at] == (own["easting"] - found["easting"].iloc[at]).abs().max()


@given(st.lists(st.tuples(POSTCODES, st.integers(0, 700_000)), max_size=20), st.lists(WRITTEN, max_size=30))
def test_lookup_is_a_dictionary(rows: list[tuple[str, int]], asked: list[str]) -> None:
    """Binary search over keys answers as a plain dictionary of tidied postcodes does, for any text."""
    frame = pd.DataFrame(rows, columns=["postcode", "easting"])
    frame = frame.assign(northing=0.0, district="E07000209").astype({"postcode": "str", "district": "str"})
    made = compile_directory(frame, "x")
    known: dict[str, int] = {}
    for text, easting in rows:
        known.setdefault(text.replace(" ", ""), easting)
    questions = asked + [text for text, _ in rows]
    found = made.lookup(pd.Series(questions, dtype="str"))
    allowed = set(string.ascii_uppercase + string.digits)
    for text, easting, status in zip(questions, found["easting"], found["status"], strict=True):
        tidy = "".join(letter for letter in text.upper() if letter in allowed)
        if tidy in known and not tidy.startswith("ZZ99"):
            assert status == "matched"
            assert easting == known[tidy]
        else:
            assert tidy in known or status != "matched"


@settings(max_examples=examples(7, 20))
@given(worlds)
def test_saving_keeps_everything(world: object) -> None:
    """What is read back from disk is what was compiled."""
    with tempfile.TemporaryDirectory() as folder:
        save_directory(world, Path(folder) / "kept")
        for name in ("keys", "easting", "northing", "district_index"):
            kept = np.load(Path(folder) / "kept" / f"{name}.npy")
            assert kept.dtype == getattr(world, name).dtype
            assert (kept == getattr(world, name)).all()


@settings(max_examples=examples(9, 25), deadline=None)
@given(worlds, st.sampled_from([0.5, 40.0, 400.0]))
def test_regions_cover_the_land_without_overlap(world: object, tolerance: float) -> None:
    """However rough the points and the simplification, neighbours share edges and nothing is lost between them."""
    points = world.points().rename(columns={"district": "label"}).drop_duplicates(["easting", "northing"])
    with tempfile.TemporaryDirectory() as folder:
        ground = land(world, Path(folder))
    made = regions(points, ground, tolerance)
    shapes = np.array(list(made.values()))
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    area = shapely.area(shapes).sum()
    assert abs(area - shapely.union_all(shapes).area) <= 1e-6 * area
    assert tolerance > 1 or abs(area - ground.area) <= 0.002 * ground.area


@settings(max_examples=examples(9, 25), deadline=None)
@given(worlds, st.integers(0, 100))
def test_regions_are_the_nearest_points(world: object, seed: int) -> None:
    """Brute force: any place on land lies in the region of its nearest point (strays aside), but for simplification."""
    points = world.points().rename(columns={"district": "label"}).drop_duplicates(["easting", "northing"])
    with tempfile.TemporaryDirectory() as folder:
        ground = land(world, Path(folder))
    xy = points[["easting", "northing"]].to_numpy()
    names, codes = np.unique(points["label"].to_numpy(dtype=str), return_inverse=True)
    label = names[without_strays(codes, edges(triangulate(xy)))]
    places = np.random.default_rng(seed).uniform(xy.min(axis=0), xy.max(axis=0), (60, 2))
    made = regions(points, ground, 0.5)
    distance, nearest = cKDTree(xy).query(places, k=2)
    clear = (distance[:, 1] - distance[:, 0] > 5) | (label[nearest[:, 0]] == label[nearest[:, 1]])
    clear &= shapely.contains_xy(shapely.buffer(ground, -5), places)
    for place, near in zip(places[clear], nearest[clear, 0], strict=True):
        region = made[str(label[near])]
        assert shapely.distance(region, shapely.Point(place)) <= 5


@settings(max_examples=examples(5, 15), deadline=None)
@given(worlds)
def test_areas_partition_children_and_ground(world: object) -> None:
    """Each row gets one area of the list at every derived level, and the ground of the areas fits together."""
    points = world.points()
    frame = pd.DataFrame(
        {"home_postcode": points["postcode"], "placement_postcode": points["postcode"].iloc[::-1].values}
    )
    frame = pd.concat([frame, pd.DataFrame({"home_postcode": [None, "ZZ99"], "placement_postcode": "X"})])
    located = locate(frame, PAIR, world)
    for level in ("district", "postcode_district", "postcode_sector", "h3"):
        division = divide(PAIR, AreaSettings(level), world)
        area = division.assign(located)
        listed = division.table()
        assert set(area) <= set(listed["area"])
        assert (area == "unknown").sum() == 2
        assert (
            (area == "outside").to_numpy()
            == (~located["home_district"].isin([*PAIR.districts]) & located["home_district"].notna()).to_numpy()
        ).all()
        with tempfile.TemporaryDirectory() as folder:
            outline = area_boundaries(division, world, Path(folder))
        assert set(outline["area"]) <= set(listed["area"])
        assert shapely.coverage_is_valid(outline.geometry.to_numpy())


@given(worlds, st.floats(100, 20_000))
def test_the_sea_shrinks_as_gaps_are_bridged(world: object, gap_m: float) -> None:
    """Wider gaps count as land: what is sea at a gap is sea at every smaller one, and the outer rim is always sea."""
    xy = world.points()[["easting", "northing"]].drop_duplicates().to_numpy()
    mesh = triangulate(xy)
    between = edges(mesh)
    narrow, wide = sea(mesh, between, gap_m), sea(mesh, between, gap_m * 1.5)
    assert (wide <= narrow).all()
    assert wide[(mesh.triangles >= mesh.size).any(axis=1)].all()


@settings(max_examples=examples(5, 15), deadline=None)
@given(worlds)
def test_the_three_facts_hold_for_any_rows(world: object) -> None:
    """Location is known exactly when the district is; distant is out and not adjoining; distance is symmetric."""
    surrey = find_authority("Surrey")
    points = world.points()["postcode"]
    frame = pd.DataFrame(
        {"home_postcode": points, "placement_postcode": points.sample(frac=1, random_state=1).to_numpy()}
    )
    frame.loc[::7, "placement_postcode"] = None
    there = locate(frame, surrey, world)
    back = locate(frame, surrey, world, home="placement_postcode", placement="home_postcode")
    assert ((there["location"] == "unknown") == there["placement_district"].isna()).all()
    assert (there["location"] == "in_county").equals(there["placement_district"].isin(surrey.districts))
    assert there["distance_miles"].equals(back["distance_miles"])
    known = there.dropna(subset=["placement_district"])
    assert (known["distant"] == ((known["location"] == "out_of_county") & ~known["adjoining"])).all()
    far = there.dropna(subset=["distance_miles"])
    assert (far["over_20_miles"] == (far["distance_miles"] > 20)).all()
