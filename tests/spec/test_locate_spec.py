"""Where children live and learn: the rule as a table. Surrey is the authority; postcodes are real, children are not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from placements import schemas
from placements.errors import UsageError
from placements.geography.authorities import Authority, find_authority
from placements.geography.locate import locate
from placements.geography.postcodes import PostcodeDirectory, open_directory
from tests.geography_support import GUILDFORD, RUSHMOOR, WOKING, directory_of

# adjoining, over 20 and distant: y = yes, n = no, ? = not known. Miles: ? = not known, ~ = approximate.
TABLE = """
| home     | placement | location      | adjoining | miles | over20 | distant | why |
| GU1 1AA  | GU1 3DA   | in_county     | n         |   0.8 | n      | n       | the same district |
| GU1 1AA  | KT22 7TP  | in_county     | n         |  11.4 | n      | n       | another district of the authority |
| GU1 1AA  | GU11 1AA  | out_of_county | y         |   7.8 | n      | n       | Rushmoor in Hampshire: out, adjoining |
| GU1 1AA  | PO1 1AA   | out_of_county | n         |  37.9 | y      | y       | Portsmouth is ringed by Hampshire |
| KT22 7TP | KT1 2DN   | out_of_county | y         |   7.2 | n      | n       | Kingston upon Thames |
| GU1 1AA  | SW1A 1AA  | out_of_county | n         |  26.0 | y      | y       | Westminster does not adjoin |
| TW18 4AB | GU11 1AA  | out_of_county | y         |  17.0 | n      | n       | adjoining, whatever the distance |
| GU11 1AA | GU1 1AA   | in_county     | n         |   7.8 | n      | n       | the home is out, the placement is in |
| GU1 1AA  | NE1 1AA   | out_of_county | n         | 260.9 | y      | y       | Newcastle upon Tyne |
| GU1 1AA  | BT1 5GS   | out_of_county | n         | 321.7 | y      | y       | Belfast: Irish Grid, converted |
| GU1 1AA  | EH1 1YZ   | out_of_county | n         | 342.5 | y      | y       | Scotland |
| GU1 1AA  | CF10 1EP  | out_of_county | n         | 113.5 | y      | y       | Wales |
| GU1 1AA  | TR21 0LW  | out_of_county | n         | 268.5 | y      | y       | Isles of Scilly |
| GU1 1AA  | JE2 3AB   | out_of_county | n         |     ? | ?      | y       | Jersey: outside, how far unknown |
| GU1 1AA  | GY1 1AA   | out_of_county | n         |     ? | ?      | y       | Guernsey |
| GU1 1AA  | IM1 1AA   | out_of_county | n         |     ? | ?      | y       | Isle of Man |
| GU1 1AA  | RH10 1AA  | out_of_county | y         |  19.3 | n      | n       | Crawley, in West Sussex |
| GU1 1AB  | GU1 3DA   | in_county     | n         |   1.6 | n      | n       | terminated: not live in 2023 |
| gu11aa   | gu1  3da  | in_county     | n         |   0.8 | n      | n       | case and spaces do not matter |
| GU1-1AA. | GU1 3DA   | in_county     | n         |   0.8 | n      | n       | nor does punctuation |
| GU1 1AA  | KT22 7TP  | in_county     | n         |  11.4 | n      | n       | the home is a large user: a place like any |
| GU1 1AA  | GU1       | in_county     | n         |  ~0.3 | n      | n       | the first half only: all of it in Guildford |
| GU1 1AA  | GU1 1     | in_county     | n         |  ~0.3 | n      | n       | a sector is no more than its first half |
| GU1 1AA  | RH1       | in_county     | n         | ~18.1 | ?      | n       | in two districts, both ours; may be over 20 |
| GU1 1AA  | GU12      | unknown       | ?         |  ~6.3 | n      | ?       | partly in Surrey, partly in Hampshire |
| GU1 1AA  | KT1       | out_of_county | y         | ~16.7 | n      | n       | two boroughs of London, both adjoining |
| GU1 1AA  | RG12      | out_of_county | ?         | ~13.7 | n      | ?       | outside; of its three authorities two adjoin |
| GU1 1AA  | SW1A      | out_of_county | n         | ~26.3 | y      | y       | all of it over 20 miles away |
| GU1 1AA  | ML1       | out_of_county | n         | ~344.2 | y     | y       | the first half of one in Scotland |
| GU1 1AA  | XX1       | unknown       | ?         |     ? | ?      | ?       | no postcode has that first half |
| GU1 1AA  | ZZ99 3VZ  | unknown       | ?         |     ? | ?      | ?       | no fixed abode |
| GU1 1AA  | NOT KNOWN | unknown       | ?         |     ? | ?      | ?       | words |
| GU1 1AA  | GU1 1CV   | unknown       | ?         |     ? | ?      | ?       | in form, but no such postcode |
| GU1 1AA  |           | unknown       | ?         |     ? | ?      | ?       | none recorded |
|          | GU1 3DA   | in_county     | n         |     ? | ?      | n       | in county needs no home; distance does |
| ZZ99 3VZ | PO1 1AA   | out_of_county | n         |     ? | ?      | y       | distant needs no home either |
|          |           | unknown       | ?         |     ? | ?      | ?       | nothing recorded |
"""
TRUTH = {"y": True, "n": False, "?": None}


def _rows() -> list[list[str]]:
    lines = [line for line in TABLE.strip().splitlines() if line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.fixture(scope="module")
def bundled() -> PostcodeDirectory:
    return open_directory()


@pytest.fixture(scope="module")
def located(bundled: PostcodeDirectory) -> pd.DataFrame:
    frame = pd.DataFrame(
        [[row[0] or None, row[1] or None] for row in _rows()],
        columns=["home_postcode", "placement_postcode"],
        dtype="str",
    )
    return locate(frame, find_authority("Surrey"), bundled)


@pytest.mark.parametrize("number", range(len(_rows())), ids=[f"{row[0]}-{row[1]}" for row in _rows()])
def test_each_row_of_the_table(number: int, located: pd.DataFrame) -> None:
    """Every outcome that the table states is what comes out."""
    _, _, location, adjoining, distance, over, distant, _ = _rows()[number]
    row = located.iloc[number]
    assert row["location"] == location
    assert row["approximate"] == distance.startswith("~")
    for column, stated in (("adjoining", adjoining), ("over_20_miles", over), ("distant", distant)):
        value = row[column]
        assert (None if value is pd.NA else bool(value)) == TRUTH[stated], column
    if distance == "?":
        assert np.isnan(row["distance_miles"])
    else:
        assert row["distance_miles"] == pytest.approx(float(distance.lstrip("~")), abs=1e-9)


def test_what_is_added_keeps_the_declared_schema(located: pd.DataFrame) -> None:
    """All declared columns are there, of the declared types, and unknown districts are missing, not empty text."""
    declared = schemas.pa.DataFrameSchema(schemas.LOCATED_COLUMNS, name="located")
    schemas.check(declared, located)
    assert located["adjoining"].dtype == located["over_20_miles"].dtype == located["distant"].dtype == "boolean"
    whole = located["placement_status"] != "outward_only"
    unknown = located["location"] == "unknown"
    assert (located["placement_district"].isna() == unknown)[whole].all()
    assert located.loc[located["home_postcode"] == "GU1 1AA", "home_authority"].eq("E10000030").all()


def test_the_three_facts_fit_together(located: pd.DataFrame) -> None:
    """Distant is outside and not adjoining; nothing in county adjoins; only unknown is unknown."""
    known = located[located["location"] != "unknown"]
    out = known["location"] == "out_of_county"
    assert (known["distant"] == (out & ~known["adjoining"])).all()
    assert not known.loc[~out, "adjoining"].any()
    assert located.loc[located["location"] == "unknown", ["adjoining", "distant"]].isna().all(axis=None)


# The same by day: which authority each placement is judged against. Postcodes are of today's directory.
BY_DAY = """
| authority            | day        | placement | location      | adjoining | host      | why |
| Cumbria              | 2022-03-31 | LA14 1DG  | in_county     | n         | E10000006 | Barrow, then in Cumbria |
| Cumbria              | 2022-03-31 | DL10 4AA  | out_of_county | y         | E10000023 | North Yorkshire county council |
| Cumbria              | 2022-03-31 | DG1 1AA   | out_of_county | y         | SCO       | Dumfries and Galloway |
| Cumberland           | 2023-04-01 | LA14 1DG  | out_of_county | y         | E06000064 | Barrow is in Westmorland and Furness now |
| Northamptonshire     | 2021-03-31 | NN16 0AP  | in_county     | n         | E10000021 | Kettering, the day before |
| West Northamptonshire | 2021-04-01 | NN16 0AP | out_of_county | y         | E06000061 | and the day after |
| Barnsley             | 2025-03-31 | S1 2HE    | out_of_county | y         | E08000019 | Sheffield under its old code |
| Barnsley             | 2025-04-01 | S1 2HE    | out_of_county | y         | E08000039 | and its new one |
| Dorset               | 2019-03-31 | DT1 1XJ   | in_county     | n         | E10000009 | the county council |
| Dorset               | 2019-03-31 | BH23 1AA  | unknown       | ?         | ?         | Christchurch: today's district tells no more |
| Dorset               | 2019-04-01 | BH23 1AA  | out_of_county | y         | E06000058 | from then on it does |
| Surrey               | 2019-03-31 | BH23 1AA  | out_of_county | n         | ?         | whichever it was, it was not Surrey |
| Hampshire            | 2018-03-31 | BH1 1AA   | out_of_county | ?         | ?         | of the three it may be, only Dorset adjoins |
| Surrey               | 2027-03-31 | KT22 7TP  | in_county     | n         | E10000030 | the last day of Surrey County Council |
| East Surrey          | 2027-04-01 | KT22 7TP  | in_county     | n         | E-EAST-SURREY | Mole Valley |
| West Surrey          | 2027-04-01 | KT22 7TP  | out_of_county | y         | E-EAST-SURREY | over the new boundary |
| Kent                 | 2027-04-01 | KT22 7TP  | out_of_county | y         | E-EAST-SURREY | Kent adjoins East Surrey |
| Kent                 | 2027-04-01 | GU1 3DA   | out_of_county | n         | E-WEST-SURREY | and not West Surrey |
"""


def _by_day() -> list[list[str]]:
    lines = BY_DAY.strip().splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", _by_day(), ids=lambda row: "-".join(row[:3]))
def test_each_day_has_its_own_boundaries(row: list[str], bundled: PostcodeDirectory) -> None:
    """A placement is judged by the authorities in force on the day."""
    name, day, placement, location, adjoining, host, _ = row
    authority = find_authority(name, on=dt.date.fromisoformat(day))
    frame = pd.DataFrame({"home_postcode": ["GU1 1AA"], "placement_postcode": [placement]})
    found = locate(frame, authority, bundled).iloc[0]
    assert found["location"] == location
    assert (None if found["adjoining"] is pd.NA else bool(found["adjoining"])) == TRUTH[adjoining]
    assert found["placement_authority"] == host or (host == "?" and pd.isna(found["placement_authority"]))


def test_belfast_is_not_173_miles_away(located: pd.DataFrame) -> None:
    """Irish Grid coordinates taken for British ones would put Belfast in the Midlands."""
    row = located[located["placement_postcode"] == "BT1 5GS"].iloc[0]
    assert 315 < row["distance_miles"] < 325


def test_over_20_miles_is_asked_of_the_recorded_figure() -> None:
    """DfE's distance has one decimal: 20.04 miles is recorded as 20.0 and is not over 20; 20.06 is 20.1 and is."""
    metres = [20.04 * 1609.3, 20.06 * 1609.3]
    directory = directory_of([(500_000, 150_000, GUILDFORD), *((500_000 + m, 150_000, GUILDFORD) for m in metres)])
    home, near, far = directory.points().sort_values("easting")["postcode"]
    frame = pd.DataFrame({"home_postcode": [home, home], "placement_postcode": [near, far]})
    located = locate(frame, find_authority("Surrey"), directory)
    assert located["distance_miles"].tolist() == [20.0, 20.1]
    assert located["over_20_miles"].tolist() == [False, True]


def test_the_threshold_can_be_set() -> None:
    """`far_miles` is what over_20_miles asks about, so a study may use another limit."""
    directory = directory_of([(500_000, 150_000, GUILDFORD), (516_093, 150_000, GUILDFORD)])
    home, away = directory.points().sort_values("easting")["postcode"]
    frame = pd.DataFrame({"home_postcode": [home], "placement_postcode": [away]})
    surrey = find_authority("Surrey")
    assert locate(frame, surrey, directory)["distance_miles"].tolist() == [10.0]
    assert locate(frame, surrey, directory, far_miles=9.9)["over_20_miles"].tolist() == [True]
    assert locate(frame, surrey, directory, far_miles=10.0)["over_20_miles"].tolist() == [False]


def test_a_custom_set_of_districts_is_restated(bundled: PostcodeDirectory) -> None:
    """In West Surrey the rest of Surrey is out and adjoining, and only what touches West Surrey adjoins."""
    west = find_authority(
        "", ("Guildford", "Runnymede", "Spelthorne", "Surrey Heath", "Waverley", "Woking"), "West Surrey"
    )
    east = find_authority(
        "", ("Elmbridge", "Epsom and Ewell", "Mole Valley", "Reigate and Banstead", "Tandridge"), "East Surrey"
    )
    frame = pd.DataFrame(
        {"home_postcode": "GU1 1AA", "placement_postcode": ["GU1 3DA", "KT22 7TP", "GU11 1AA", "TN16 1AA"]}
    )
    in_west, in_east = locate(frame, west, bundled), locate(frame, east, bundled)
    assert in_west["location"].tolist() == ["in_county", "out_of_county", "out_of_county", "out_of_county"]
    assert in_west["adjoining"].tolist() == [False, True, True, False]
    assert in_east["location"].tolist() == ["out_of_county", "in_county", "out_of_county", "out_of_county"]
    assert in_east["adjoining"].tolist() == [True, False, False, True]


def test_welsh_and_scottish_neighbours_adjoin(bundled: PostcodeDirectory) -> None:
    """A council in Wales or Scotland is an area authority too: Powys adjoins Herefordshire, Cardiff does not."""
    frame = pd.DataFrame({"home_postcode": "HR1 2BB", "placement_postcode": ["LD1 5AA", "CF10 1EP"]})
    located = locate(frame, find_authority("Herefordshire"), bundled)
    assert located["adjoining"].tolist() == [True, False]
    assert located["distant"].tolist() == [False, True]
    assert located["placement_authority"].tolist() == ["WAL", "WAL"]


def test_membership_never_depends_on_a_point() -> None:
    """A postcode whose point lies deep in another district still belongs to the district the directory gives it."""
    rows = [(500_000, 150_000, GUILDFORD)] + [(510_000 + 100 * k, 150_000, RUSHMOOR) for k in range(20)]
    directory = directory_of([*rows, (510_950, 150_000, WOKING)])
    points = directory.points()
    home = points.loc[points["district"] == GUILDFORD, "postcode"].iloc[0]
    stray = points.loc[points["district"] == WOKING, "postcode"].iloc[0]
    frame = pd.DataFrame({"home_postcode": [home], "placement_postcode": [stray]})
    assert locate(frame, find_authority("Surrey"), directory)["location"].tolist() == ["in_county"]


def test_frame_is_kept_and_not_changed() -> None:
    """Rows, order, index and other columns come back as they were, and the caller's frame is untouched."""
    directory = directory_of([(500_000, 150_000, GUILDFORD), (501_000, 150_000, WOKING)])
    one, two = directory.points()["postcode"]
    frame = pd.DataFrame({"from": [one, None, two], "to": [two, two, "x"], "id": [3, 1, 2]}, index=[9, 9, 4])
    before = frame.copy()
    located = locate(frame, find_authority("Surrey"), directory, home="from", placement="to")
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(located[["from", "to", "id"]], before)


def test_a_frame_of_no_rows_and_one_without_the_column() -> None:
    """No rows give no rows with all columns; a missing column is named."""
    directory = directory_of([(500_000, 150_000, GUILDFORD)])
    surrey = Authority("E10000030", "Surrey", (GUILDFORD,))
    nothing = pd.DataFrame({"home_postcode": [], "placement_postcode": []}, dtype="str")
    assert set(schemas.LOCATED_COLUMNS) <= set(locate(nothing, surrey, directory).columns)
    with pytest.raises(UsageError, match="placement_postcode"):
        locate(nothing[["home_postcode"]], surrey, directory)
