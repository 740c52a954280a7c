"""Drive times over roads: a hand-made network whose answers are known, and real extracts where they are at hand."""

import sys
from pathlib import Path

import numpy as np
import pytest

from placements.errors import DataError, UsageError
from placements.geography.distance import miles
from placements.geography.travel import coverage
from placements.geography.travel.network import open_network
from placements.geography.travel.osm import ACCESS_MPH, OsmRoads
from placements.geography.travel.road_rules import BACKWARD, FORWARD, direction, is_open, limit_mph, speed_mph
from tests.roads_support import places, write_roads

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "osm"
MILE = 1609.3

# B - C is one way; the way back from C is round by D and A. I - J is an island, long enough to count; P - Q is a yard,
# too short. M - N is a motorway that only C's slip road reaches.
POINTS = {
    "A": (0, 0),
    "B": (2000, 0),
    "half": (1000, 0),
    "C": (2000, 3000),
    "D": (0, 3000),
    "lane": (0, 4000),
    "M": (3000, 3000),
    "N": (9000, 3000),
    "I": (30_000, 0),
    "J": (30_000, 21_000),
    "P": (15_000, 0),
    "Q": (15_000, 100),
}
WAYS = [
    ("A half B", {"highway": "residential", "maxspeed": "30 mph"}),
    ("B C", {"highway": "primary", "oneway": "yes"}),
    ("C D A", {"highway": "unclassified"}),
    ("D lane", {"highway": "service", "access": "private"}),
    ("C M", {"highway": "motorway_link"}),
    ("M N", {"highway": "motorway", "oneway": "no"}),
    ("I J", {"highway": "tertiary"}),
    ("P Q", {"highway": "residential"}),
]


def minutes(metres: float, mph: float) -> float:
    return metres / MILE / mph * 60


@pytest.fixture(scope="module")
def drive(tmp_path_factory) -> OsmRoads:
    folder = tmp_path_factory.mktemp("roads")
    return OsmRoads(write_roads(folder / "tiny.osm.pbf", POINTS, WAYS), 500.0, folder / "cache")


def one(method: OsmRoads, start: str, end: str, points=POINTS) -> tuple[float, float, str]:
    row = method.paired(places(points, start), places(points, end)).iloc[0]
    return float(row["travel_minutes"]), float(row["road_miles"]), str(row["status"])


@pytest.mark.parametrize(
    ("start", "end", "metres_at_mph"),
    [
        ("A", "B", [(2000, 24)]),  # four fifths of the posted 30
        ("half", "B", [(1000, 24)]),  # from the middle of a road
        ("B", "C", [(3000, 35)]),  # by class, with the one-way street
        ("C", "B", [(2000 + 3000, 25), (2000, 24)]),  # and round against it
        ("D", "D", [(0, 25)]),
        ("J", "I", [(21_000, 28)]),
    ],
)
def test_times_and_miles_are_those_worked_out_by_hand(drive, start, end, metres_at_mph):
    """Speeds by posted limit or class, one-way streets, and the miles of the way that was taken."""
    expected = sum(minutes(metres, mph) for metres, mph in metres_at_mph)
    found, road_miles, status = one(drive, start, end)
    assert status == "known"
    # Points are written to a ten-millionth of a degree and taken through WGS84: a few centimetres.
    assert found == pytest.approx(expected, abs=0.005)
    assert road_miles == pytest.approx(sum(metres for metres, _ in metres_at_mph) / MILE, abs=0.001)


def test_what_cannot_be_reached_is_unknown_and_says_why(drive):
    """An island, a yard too short to count, a private lane, a motorway and a home nowhere: never zero, never dropped."""
    ends = places(POINTS, "I P lane N ? B")
    found = drive.matrix(places(POINTS, "A"), ends)
    assert dict(zip(found["destination"], found["status"], strict=True)) == {
        "I": "no_route",
        "P": "outside_network",
        "lane": "outside_network",  # a kilometre of private lane from the road
        "N": "outside_network",  # nobody lives on a motorway
        "?": "no_point",
        "B": "known",
    }
    unknown = found["status"] != "known"
    assert found.loc[unknown, ["travel_minutes", "road_miles"]].isna().all().all()
    assert found.loc[~unknown, "travel_minutes"].notna().all()
    told = coverage(found)
    assert (told.pairs, told.known, told.unknown) == (6, 1, 5)
    assert told.reasons == {"no_point": 1, "outside_network": 3, "no_route": 1}


def test_a_place_is_joined_to_its_road_slowly_and_up_to_the_limit(drive):
    """The leg between a place and its road takes time; one metre beyond the limit the place is outside the network."""
    off = {"near": (0.0, -499.0), "far": (0.0, -501.0), "A": (0.0, 0.0)}
    found, road_miles, status = one(drive, "near", "A", off)
    assert status == "known"
    assert found == pytest.approx(minutes(499, ACCESS_MPH), abs=0.01)
    assert road_miles == pytest.approx(499 / MILE, abs=0.001)
    assert one(drive, "far", "A", off)[2] == "outside_network"


@pytest.mark.parametrize("along", [10_000, 10_025, 3333])
def test_a_place_is_joined_to_the_road_beside_it_and_not_to_where_the_road_bends(tmp_path, along):
    """Ten metres from the middle of a straight 20 km that is drawn by its two ends: on the road, half way along it."""
    points = {"A": (0, 0), "B": (20_000, 0), "home": (along, 10)}
    method = OsmRoads(write_roads(tmp_path / "long.osm.pbf", points, [("A B", {"highway": "primary"})]), 40.0, tmp_path)
    found, road_miles, status = one(method, "home", "B", points)
    assert status == "known"
    metres = 20_000 - along
    # At most half the spacing of the points along a road, along it and on the leg to it.
    assert found == pytest.approx(minutes(metres, 35) + minutes(10, ACCESS_MPH), abs=minutes(50, ACCESS_MPH))
    assert road_miles == pytest.approx(metres / MILE, abs=60 / MILE)
    assert one(method, "A", "B", points)[0] == pytest.approx(minutes(20_000, 35), abs=0.005)
    assert method.network.road_miles == pytest.approx(20_000 / MILE, abs=0.01)


def test_rows_and_table_agree_whichever_side_is_searched_from(drive):
    """Few origins or few destinations: the search runs from the side with fewer, and the answers are the same."""
    here = places(POINTS, "A B half C D I")
    table = drive.matrix(here, here).set_index(["origin", "destination"])
    for name in here["id"]:
        end = here[here["id"].eq(name)]
        to_one = drive.matrix(here, end).set_index(["origin", "destination"])
        from_one = drive.matrix(end, here).set_index(["origin", "destination"])
        for part in (to_one, from_one):
            both = table.loc[part.index]
            np.testing.assert_allclose(part["travel_minutes"], both["travel_minutes"], rtol=1e-12)
            np.testing.assert_allclose(part["road_miles"], both["road_miles"], rtol=1e-9)
            assert (part["status"] == both["status"]).all()


def test_a_limit_leaves_out_only_what_is_known_to_take_longer(drive):
    """What is unknown stays, whatever the limit; within it the figures are those without one."""
    here = places(POINTS, "A B C I ?")
    whole, limited = drive.matrix(here, here), drive.matrix(here, here, 6.0)
    expected = whole[~(whole["travel_minutes"] > 6.0)].reset_index(drop=True)
    assert 0 < len(limited) < len(whole)
    assert limited.equals(expected)
    told = coverage(limited, len(whole))
    assert told.pairs == told.known + told.unknown + told.beyond_limit
    assert told.beyond_limit == len(whole) - len(limited)


def test_the_quicker_of_two_roads_is_taken_though_it_is_longer(tmp_path):
    """Minutes decide, not miles; two roads between the same two points are not added up."""
    points = {"A": (0, 0), "B": (2000, 0), "bend": (1000, 1000)}
    ways = [("A B", {"highway": "service"}), ("A bend B", {"highway": "primary"})]
    method = OsmRoads(write_roads(tmp_path / "two.osm.pbf", points, ways), 100.0, tmp_path)
    found, road_miles, _ = one(method, "A", "B", points)
    assert found == pytest.approx(minutes(2 * 1000 * 2**0.5, 35), abs=0.005)
    assert road_miles == pytest.approx(2 * 1000 * 2**0.5 / MILE, abs=0.001)


def test_a_barrier_or_the_edge_of_the_extract_cuts_a_road(tmp_path):
    """A bollard stops cars, an open gate does not; a point beyond the extract does not join the road's two ends."""
    points = {"A": (0, 0), "post": (500, 0), "B": (1000, 0), "gate": (0, 500), "C": (0, 1000), "D": (1000, 1000)}
    street = {"highway": "residential"}
    ways = [("A post B", street), ("A gate C", street), ("C beyond D", street), ("B D", street)]
    barriers = {"post": {"barrier": "bollard"}, "gate": {"barrier": "gate"}}
    path = write_roads(tmp_path / "cut.osm.pbf", points, ways, barriers)
    method = OsmRoads(path, 100.0, tmp_path)
    assert one(method, "A", "C", points)[2] == "known"
    assert one(method, "A", "B", points)[2] != "known"
    assert method.network.road_miles == pytest.approx(2000 / MILE, abs=0.01)


def test_a_one_way_road_that_leaves_the_extract_is_nobody_s_way_home(tmp_path):
    """One could drive out by it and never back: no place is joined to it, in either direction."""
    points = {"A": (0, 0), "B": (2000, 0), "edge": (2000, 8000)}
    ways = [("A B", {"highway": "primary"}), ("B edge", {"highway": "primary", "oneway": "yes"})]
    method = OsmRoads(write_roads(tmp_path / "edge.osm.pbf", points, ways), 500.0, tmp_path)
    assert [one(method, *ends, points)[2] for ends in (("A", "edge"), ("edge", "A"))] == ["outside_network"] * 2


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({"highway": "residential"}, FORWARD | BACKWARD),
        ({"highway": "residential", "oneway": "yes"}, FORWARD),
        ({"highway": "residential", "oneway": "-1"}, BACKWARD),
        ({"highway": "motorway"}, FORWARD),
        ({"highway": "motorway", "oneway": "no"}, FORWARD | BACKWARD),
        ({"highway": "primary", "junction": "roundabout"}, FORWARD),
        ({"highway": "primary", "oneway": "alternating"}, FORWARD | BACKWARD),
        ({"highway": "primary", "oneway": "reversible"}, 0),
    ],
)
def test_which_way_a_road_is_driven(tags, ways):
    """As tagged, and as motorways and roundabouts imply."""
    assert direction(tags) == ways


@pytest.mark.parametrize(
    ("tags", "open_to_cars"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "track"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "destination"}, True),
        ({"highway": "residential", "motor_vehicle": "no"}, False),
        ({"highway": "service", "service": "parking_aisle"}, False),
        ({"highway": "service", "service": "alley"}, True),
        ({"highway": "unclassified", "access": "unknown"}, True),
    ],
)
def test_which_roads_are_open_to_cars(tags, open_to_cars):
    """By class and by the most specific access tag."""
    assert is_open(tags) is open_to_cars


@pytest.mark.parametrize(
    ("text", "mph"),
    [
        *(("30 mph", 30), ("30mph", 30), ("48", 48 / 1.6093), ("50 km/h", 50 / 1.6093), ("GB:nsl_single", 60)),
        *(("national", 60), ("signals", None), ("", None), ("0", None), ("fast", None)),
    ],
)
def test_limits_are_read_in_either_unit(text, mph):
    """Miles where it says so, kilometres where it does not; nonsense is no limit, so the class decides."""
    assert limit_mph(text) == (None if mph is None else pytest.approx(mph))
    expected = 18.0 if mph is None else 0.8 * mph
    assert speed_mph({"highway": "residential", "maxspeed": text}) == pytest.approx(expected)


def test_a_network_is_compiled_once_and_a_broken_copy_is_made_again(tmp_path, monkeypatch):
    """The compiled form is found by the file's content; half a copy, left by a crash, is no copy."""
    path = write_roads(tmp_path / "tiny.osm.pbf", POINTS, WAYS)
    first = open_network(path, tmp_path / "cache")
    (folder,) = (tmp_path / "cache").iterdir()
    monkeypatch.setitem(sys.modules, "osmium", None)
    again = open_network(path, tmp_path / "cache")
    assert again.sha256 == first.sha256
    minutes_held = np.array(first.minutes)
    assert np.array_equal(again.minutes, minutes_held)
    monkeypatch.undo()
    (folder / "about.json").unlink()
    (folder / "minutes.npy").write_bytes(b"half")
    assert np.array_equal(open_network(path, tmp_path / "cache").minutes, minutes_held)


def test_without_the_extra_the_error_says_what_to_install(tmp_path, monkeypatch):
    """Only those who choose `osm` need pyosmium."""
    path = write_roads(tmp_path / "tiny.osm.pbf", POINTS, WAYS)
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(UsageError, match=r"pip install 'placements\[osm\]'"):
        open_network(path, tmp_path / "cache")


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    """Missing, damaged, or with no road in it."""
    with pytest.raises(DataError, match="is not there"):
        open_network(tmp_path / "none.osm.pbf", tmp_path)
    (tmp_path / "bad.osm.pbf").write_bytes(b"rubbish" * 100)
    with pytest.raises(DataError, match=r"bad\.osm\.pbf.*cannot be read"):
        open_network(tmp_path / "bad.osm.pbf", tmp_path)
    empty = write_roads(tmp_path / "empty.osm.pbf", POINTS, [("A B", {"highway": "footway"})])
    with pytest.raises(DataError, match="no road"):
        open_network(empty, tmp_path)


def test_the_sentence_says_what_a_reader_must_know(drive):
    """File, hash, speeds, what is left out."""
    said = drive.describe()
    for words in ("tiny.osm.pbf", drive.network.sha256[:12], "80%", "motorway 60", "turn restrictions"):
        assert words in said


@pytest.mark.parametrize(
    ("name", "road_miles"), [("newport-2023-06-13.osm.pbf", 200), ("whitelion_bristol_uk.osm.pbf", 0.5)]
)
def test_real_extracts_give_finite_times_between_points_within(tmp_path, name, road_miles):
    """Real tags, real edges: every pair of places on the network is known, and none is quicker than a car can be."""
    if not (SAMPLES / name).exists():
        pytest.skip("the extract is not at hand")
    method = OsmRoads(SAMPLES / name, 500.0, tmp_path)
    network = method.network
    assert network.road_miles > road_miles
    usable = np.flatnonzero((network.part == 0) & network.frontage)
    chosen = np.random.default_rng(7).choice(usable, 40)
    here = places({str(i): (network.easting[n] - 520_000, network.northing[n] - 150_000) for i, n in enumerate(chosen)})
    found = method.matrix(here, here)
    assert (found["status"] == "known").all()
    assert found["travel_minutes"].between(0, 60).all()
    at = here.set_index("id")
    ends = [at.loc[found[side]] for side in ("origin", "destination")]
    straight = miles(*(end[name].to_numpy() for end in ends for name in ("easting", "northing")))
    assert (found["travel_minutes"] >= straight / 70 * 60 - 1e-9).all()
    assert (found["road_miles"] >= straight - 1e-9).all()
    missing = method.matrix(here.head(1), places({"sea": (-500_000.0, -100_000.0)}))
    assert missing["status"].tolist() == ["outside_network"]
