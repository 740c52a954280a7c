"""Planning areas: every child has one, and its name is on the list."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import shapely

from placements import schemas
from placements.errors import UsageError
from placements.geography.areas import area_boundaries, assign_area, planning_areas
from placements.geography.authorities import Authority
from placements.geography.locate import locate
from tests.geography_support import GUILDFORD, RUSHMOOR, WOKING, columns_of, directory_of

PAIR = Authority("custom", "Pair", (GUILDFORD, WOKING))


def test_districts_with_a_centre_where_people_live() -> None:
    """The centre is the median of the postcodes: two of three at one end draw it there."""
    rows = [(500_000, 150_000, GUILDFORD), (500_100, 150_000, GUILDFORD), (509_000, 150_900, GUILDFORD)]
    areas = planning_areas(PAIR, "district", directory_of([*rows, (520_000, 150_000, WOKING)]))
    schemas.check(schemas.AREAS, areas)
    assert areas["area"].tolist() == [GUILDFORD, WOKING, "outside", "unknown"]
    assert areas["name"].tolist() == ["Guildford", "Woking", "Outside the authority", "Not known"]
    assert areas["easting"].tolist()[:2] == [500_100, 520_000]
    assert areas.loc[2:, ["easting", "northing"]].isna().all(axis=None)


def test_postcode_districts_only_of_the_authority() -> None:
    """GU1 and GU2 are areas when the authority has a postcode there; its part alone sets the centre."""
    rows = [(500_000 + 10 * k, 150_000, GUILDFORD if k < 4_010 else RUSHMOOR) for k in range(8_010)]
    areas = planning_areas(Authority("custom", "One", (GUILDFORD,)), "postcode_district", directory_of(rows))
    assert areas["area"].tolist() == ["GU1", "GU2", "outside", "unknown"]
    assert areas["easting"].tolist()[1] == 540_045  # of 540_000 to 540_090; the other 4,000 postcodes are elsewhere


def test_each_row_gets_its_area() -> None:
    """Inside: the area; a known district elsewhere: outside; unknown: unknown. The index is kept."""
    directory = columns_of(GUILDFORD, WOKING, RUSHMOOR)
    of = directory.points().groupby("district")["postcode"].first()
    homes = [of[GUILDFORD].lower(), of[WOKING], of[RUSHMOOR], "GU1", None]
    frame = pd.DataFrame({"home_postcode": homes, "placement_postcode": None}, index=[5, 5, 1, 2, 3], dtype="str")
    located = locate(frame, PAIR, directory)
    district = assign_area(located, PAIR, "district")
    assert district.index.tolist() == [5, 5, 1, 2, 3]
    assert district.name == "area"
    assert district.tolist() == [GUILDFORD, WOKING, "outside", "unknown", "unknown"]
    assert assign_area(located, PAIR, "postcode_district").tolist() == ["GU1", "GU1", "outside", "unknown", "unknown"]


def test_the_placement_has_an_area_too() -> None:
    """The same rule for other columns: where provision is."""
    directory = columns_of(GUILDFORD, WOKING)
    place = directory.points()["postcode"].iloc[0]
    located = locate(
        pd.DataFrame({"home_postcode": [None], "placement_postcode": [place]}, dtype="str"), PAIR, directory
    )
    area = assign_area(located, PAIR, "district", district="placement_district", postcode="placement_postcode")
    assert area.tolist() == [located["placement_district"].iloc[0]]


@pytest.mark.parametrize("level", ["district", "postcode_district"])
def test_outlines_fit_the_list(level: str, tmp_path: Path) -> None:
    """Each area that is a place has an outline, they fit together, and the two lists name them alike."""
    directory = columns_of(GUILDFORD, WOKING, RUSHMOOR, side=40, step=250.0)
    outlines = area_boundaries(PAIR, level, directory, tmp_path)
    areas = planning_areas(PAIR, level, directory).dropna()
    assert outlines.columns.tolist() == ["area", "name", "geometry"]
    assert outlines["area"].tolist() == areas["area"].tolist()
    assert outlines["name"].tolist() == areas["name"].tolist()
    assert outlines.attrs["source"] == "derived"
    assert shapely.coverage_is_valid(outlines.geometry.to_numpy())


def test_an_unknown_level_is_refused(tmp_path: Path) -> None:
    """The message names the levels there are."""
    directory = columns_of(GUILDFORD, WOKING)
    for call in (
        lambda: planning_areas(PAIR, "ward", directory),
        lambda: assign_area(pd.DataFrame(), PAIR, "ward"),
        lambda: area_boundaries(PAIR, "ward", directory, tmp_path),
    ):
        with pytest.raises(UsageError, match="postcode_district"):
            call()
