"""Files of minutes, and from settings to the method they name."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from placements.errors import DataError, SettingsError, UsageError
from placements.geography.travel import choose_method, coverage
from placements.geography.travel.matrix_file import read_minutes
from placements.settings import TravelSettings, settings_from
from tests.roads_support import places

POINTS = {"A": (0, 0), "B": (2000, 0), "S": (1000, 1000)}


def minutes_file(folder, text, name="minutes.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_minutes_answers_for_the_pairs_in_it_and_only_one_way(tmp_path):
    """Columns by any name and order; blank is no route; what is not in the file is unknown, the way back too."""
    text = "Minutes,Site ID,Area,Miles\n12.5,S,A,5\n,S,B,\n0,A,A,0\n"
    method = read_minutes(minutes_file(tmp_path, text))
    found = method.matrix(places(POINTS, "A B"), places(POINTS, "S A"))
    assert found["status"].tolist() == ["known", "known", "no_route", "not_listed"]
    assert found["travel_minutes"].tolist()[:2] == [12.5, 0.0]
    assert found["travel_minutes"].isna().tolist() == [False, False, True, True]
    assert found["road_miles"].tolist()[:2] == [5.0, 0.0]
    back = method.matrix(places(POINTS, "S"), places(POINTS, "A"))
    assert back["status"].tolist() == ["not_listed"]
    told = coverage(found)
    assert (told.known, told.no_route, told.not_listed, told.pairs) == (2, 1, 1, 4)
    assert "minutes.csv" in method.describe()
    assert method.sha256[:12] in method.describe()


def test_a_point_is_known_by_its_postcode_district_where_its_area_is_not_listed(tmp_path):
    """The same file may hold districts and areas; the area comes first."""
    method = read_minutes(minutes_file(tmp_path, "origin,destination,travel_minutes\ngu1,s,10\nA,S,20\n"))
    homes = places(POINTS, "A B B").assign(postcode_district=["GU1", "GU1", ""])
    found = method.paired(homes, places(POINTS, "S S S"))
    assert found["travel_minutes"].tolist()[:2] == [20.0, 10.0]
    assert found["status"].tolist() == ["known", "known", "not_listed"]


@pytest.mark.parametrize(
    ("rows", "row", "column", "words"),
    [
        ("A,S,10\nB,S,fast\nB,A,slow\n", 3, "travel_minutes", "not a number; so are 1 more"),
        ("A,S,-1\n", 2, "travel_minutes", "below 0"),
        ("A,S,9000\n", 2, "travel_minutes", "another unit"),
        ("A,S,inf\n", 2, "travel_minutes", "not a number"),
        (",S,10\n", 2, "origin", "blank"),
        ("A,,10\n", 2, "destination", "blank"),
        ("A,S,10\nA,S,10\nA,S,11\n", 4, "travel_minutes", "earlier row"),
        ('A,S,10\nB,S,"12,5"\n', 3, "travel_minutes", "'12,5' is not a number"),
        ('A,S,"1,2,3"\n', 2, "travel_minutes", "not a number"),
        ('A,S,"12,345,6"\n', 2, "travel_minutes", "not a number"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path, rows, row, column, words):
    """File, line, column, what is wrong and what to do: never a row dropped without a word."""
    path = minutes_file(tmp_path, "origin,destination,travel_minutes\n" + rows)
    with pytest.raises(DataError) as caught:
        read_minutes(path)
    error = caught.value
    assert (error.file, error.row, error.column) == (path, row, column)
    assert words in str(error)
    assert "What to do" in str(error)


def test_thousands_are_marked_in_threes(tmp_path):
    """`1,200` is twelve hundred; a comma anywhere else is no mark of thousands (see above)."""
    text = 'origin,destination,travel_minutes,road_miles\nA,S,"1,200.5","1,000"\n'
    found = read_minutes(minutes_file(tmp_path, text)).times
    assert found.iloc[0].tolist() == [1200.5, 1000.0]


def test_a_pair_whose_miles_differ_names_the_miles(tmp_path):
    """The same minutes, other miles: the column in doubt is that of the miles."""
    path = minutes_file(tmp_path, "origin,destination,travel_minutes,miles\nA,S,10,4\nB,S,1,1\na,S,10,5\n")
    with pytest.raises(DataError, match="'5' is not what an earlier row") as caught:
        read_minutes(path)
    assert (caught.value.row, caught.value.column) == (4, "miles")


def test_a_file_without_a_column_says_which(tmp_path):
    """What it has is said as well."""
    with pytest.raises(DataError, match=r"no column for destination.*Area, Minutes"):
        read_minutes(minutes_file(tmp_path, "Area,Minutes\nA,1\n"))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "straight"),
        ({"method": "matrix", "matrix_file": "travel/m.csv"}, "matrix"),
        ({"method": "osm", "osm_file": "travel/m.csv"}, "osm"),
        ({"method": "osrm", "server_url": "http://localhost:1"}, "osrm"),
        ({"method": "valhalla", "server_url": "http://localhost:1"}, "valhalla"),
    ],
)
def test_settings_choose_the_method_and_nothing_is_asked_yet(tmp_path, changes, name):
    """Files are named from `data/`; a server is not called and a map not opened until a journey is asked for."""
    (tmp_path / "travel").mkdir()
    minutes_file(tmp_path / "travel", "origin,destination,minutes\nA,S,1\n", "m.csv")
    assert choose_method(TravelSettings(**changes), tmp_path).name == name


def test_a_method_whose_file_is_not_there_says_so_at_once(tmp_path):
    """Before anything is read."""
    for method, setting in (("matrix", "matrix_file"), ("osm", "osm_file")):
        settings = TravelSettings(**{"method": method, setting: "travel/none"})
        with pytest.raises(DataError, match=f"travel.{setting}"):
            choose_method(settings, tmp_path)
    with pytest.raises(UsageError):
        choose_method(dataclasses.replace(TravelSettings(), method="teleport"), tmp_path)


@pytest.mark.parametrize(
    ("travel", "words"),
    [
        ({"method": "teleport"}, "straight, matrix, osm, osrm, valhalla"),
        ({"method": "matrix"}, "travel.matrix_file is not set"),
        ({"method": "osm"}, "travel.osm_file is not set"),
        ({"method": "osrm"}, "travel.server_url is not set"),
        ({"method": "osrm", "server_url": "localhost:5000"}, "http://localhost:5000"),
        ({"method": "osrm", "server_url": "file:///etc/passwd"}, "http://localhost:5000"),
        ({"method": "valhalla", "server_url": "https://me:secret@host"}, "with no login"),
        *(
            ({"method": "osrm", "server_url": url}, "http://localhost:5000")
            for url in (
                *(
                    "http://local host:5000",
                    "http://localhost:5000/a b",
                    "http://localhost:5000\n",
                    " http://localhost",
                ),
                *("http://localhost:5000?", "http://localhost:5000#", "http://localhost/a\tb", "http://localhost/é"),
            )
        ),
        ({"circuity_factor": 0.9}, "travel.circuity_factor"),
        ({"speed_mph": 0}, "travel.speed_mph"),
    ],
)
def test_travel_settings_that_cannot_be_followed_are_named(travel, words):
    """Each method needs its own; a login in an address would end up in the manifest, and is not repeated."""
    with pytest.raises(SettingsError) as caught:
        settings_from({"travel": travel})
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_point_is_unknown_and_not_zero():
    """A home without a postcode has no journey of no miles."""
    found = choose_method(TravelSettings(), None).paired(places(POINTS, "A ?"), places(POINTS, "? S"))
    assert found["status"].tolist() == ["no_point", "no_point"]
    assert found["travel_minutes"].isna().all()
    empty = places(POINTS, "A").iloc[:0]
    assert coverage(choose_method(TravelSettings(), None).matrix(empty, places(POINTS, "S"))).pairs == 0
    assert isinstance(found, pd.DataFrame)
    assert np.isnan(found["road_miles"]).all()
