"""Access to places: what is unknown is counted and never 0, what is not defined is missing, and a tiny county adds up."""

import numpy as np
import pandas as pd
import pytest

from placements.analysis.access import nearest_vacancy, reaches, share_within
from placements.analysis.catchment import enhanced_two_step, gaussian, luo_qi, stepped, two_step
from placements.analysis.gap import need
from placements.analysis.local_access import _half_reached, local_access, road_minutes, straight_miles
from placements.commands.access import access_rows
from placements.errors import UsageError
from placements.geography.distance import miles
from placements.geography.travel.matrix_file import read_minutes
from placements.geography.travel.straight import StraightLine
from tests.support import tiny_county

NAN = float("nan")


def costs(text: str) -> pd.DataFrame:
    """Return pairs from lines of `origin destination cost`; `-` is missing."""
    rows = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=["origin", "destination", "cost"]).replace("-", np.nan)
    return frame.assign(cost=frame["cost"].astype(float))


PAIRS = """
north  school  4
south  school  12
north  unit    20
south  unit    20.001
"""


def of(**values):
    return pd.Series(values, dtype=float)


def test_two_step_by_hand():
    """Ten places shared by 10 + 30 children are a quarter each; six that only ten can reach are six tenths more."""
    table = two_step(of(north=10, south=30), of(school=10, unit=6), costs(PAIRS), 20)
    assert table["places_per_child"].tolist() == pytest.approx([0.25 + 0.6, 0.25])
    assert table["sites_in_reach"].tolist() == [2, 1]


def test_weights_count_in_both_steps():
    """At the weights 1 and 1/2, 10 + 15 children compete, and the far ones reach half of what they compete for."""
    table = enhanced_two_step(
        of(north=10, south=30), of(school=10, unit=0), costs(PAIRS), 20, stepped({10: 1, 20: 0.5})
    )
    assert table["places_per_child"].tolist() == pytest.approx([0.4, 0.2])


def test_an_origin_that_reaches_nothing_has_none_and_one_that_is_not_placed_is_unknown():
    """No pair is 0 places for each child; only unknown pairs are a missing ratio, and they are counted."""
    pairs = costs("near site 3\nlost site -\nlost unit -\nnowhere - -")
    table = two_step(of(near=5, far=5, lost=5, nowhere=5), of(site=10, unit=9), pairs, 20)
    assert table["places_per_child"].tolist() == pytest.approx([2, 0, NAN, NAN], nan_ok=True)
    assert table["unknown"].tolist() == [0, 0, 2, 1]


def test_places_that_are_not_known_are_left_out_and_counted():
    """A site of unknown size adds nothing and is counted with those who could reach it."""
    table = two_step(of(north=10, south=30), pd.Series({"school": 10.0, "unit": NAN}), costs(PAIRS), 20)
    assert table["places_per_child"].tolist() == pytest.approx([0.25, 0.25])
    assert table["unknown"].tolist() == [1, 1]


def test_without_need_the_ratio_is_missing_and_not_infinite():
    """Places that no need competes for have no ratio; a site without places has none to share, whoever competes."""
    table = two_step(of(north=0, south=0), of(school=10, unit=0), costs("north school 1\nsouth unit 1"), 20)
    assert table["places_per_child"].tolist() == pytest.approx([NAN, 0], nan_ok=True)


def test_a_cost_without_end_is_beyond_reach():
    """An infinite cost means that there is no way: it is known, and not counted as unknown."""
    table = two_step(of(a=1), of(s=1), pd.DataFrame({"origin": ["a"], "destination": ["s"], "cost": [np.inf]}), 1e9)
    assert table.iloc[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("need_", "places", "pairs", "said"),
    [
        (of(a=1), of(s=1), "a s 1\na s 2", "twice"),
        (of(a=1), of(s=1), "a s -1", "cost"),
        (of(a=1), of(s=1), "b s 1", "1 of origins"),
        (of(a=1), of(s=1), "a t 1", "1 of destinations"),
        (of(a=NAN), of(s=1), "a s 1", "need"),
        (of(a=1), of(s=-1), "a s 1", "places"),
    ],
)
def test_what_cannot_be_summed_is_refused(need_, places, pairs, said):
    """A pair twice, a number below 0, an id that is not there: each is named, none is dropped."""
    with pytest.raises(UsageError, match=said):
        two_step(need_, places, costs(pairs), 20)


def test_weights_say_what_they_cannot_do():
    """No step, a negative weight, a spread of 0 and a weight that is no number are refused."""
    for make in (lambda: stepped({}), lambda: stepped({5: -1}), lambda: gaussian(0)):
        with pytest.raises(UsageError):
            make()
    with pytest.raises(UsageError, match="weight"):
        enhanced_two_step(of(a=1), of(s=1), costs("a s 1"), 20, lambda cost: cost * NAN)
    assert luo_qi(30)(np.array([0, 10, 10.1, 20, 30, 30.1])).tolist() == [1, 1, 0.68, 0.68, 0.22, 0]


def test_the_nearest_vacancy_is_the_nearest_site_with_a_whole_place():
    """A full site and one with part of a place are passed over; of two as near, the first listed; none is missing, not 0."""
    pairs = costs("a full 1\na part 2\na one 3\na two 3\nb full 0\nc one 0\nd one -\nd full -\ne new 1")
    free = pd.Series({"two": 2.0, "full": 0.0, "part": 0.9, "one": 1.0, "new": NAN})
    table = nearest_vacancy(free, pairs, pd.Index(list("abcdef")))
    assert table["cost"].tolist() == pytest.approx([3, NAN, 0, NAN, NAN, NAN], nan_ok=True)
    assert table["destination"].fillna("").tolist() == ["two", "", "one", "", "", ""]
    assert table["unknown"].tolist() == [0, 0, 0, 1, 1, 0]


def test_a_share_within_reach_leaves_out_those_of_whom_it_is_not_known():
    """In at exactly the limit; beyond when every cost is known and further; else not known, and out of the share."""
    pairs = costs("a x 45\nb x 45.1\nc x 60\nc y -\nd x -\nd y 2")
    reached = reaches(pairs, pd.Index(list("abcde")), 45)
    assert reached.astype(object).where(reached.notna(), None).tolist() == [True, False, None, True, False]
    row = share_within(pd.Series([10, 20, 5, 3, 7], index=list("abcde")), reached).loc["all"]
    assert row[["numerator", "denominator", "excluded"]].tolist() == [13, 40, 5]
    assert row["share"] == pytest.approx(13 / 40)
    groups = pd.Series(["p", "p", "q", "q", "q"], index=list("abcde"), name="group")
    by = share_within(pd.Series([10, 20, 5, 3, 7], index=list("abcde")), reached, groups)
    assert by[["numerator", "denominator", "excluded"]].to_numpy().tolist() == [[10, 30, 0], [3, 10, 5]]
    assert by.index.name == "group"


# --- a county --------------------------------------------------------------------------------------------------------
CHILDREN = """
n  | service   | provision           | home      | to        | need | birth      | start      | end | reason
12 | care      | childrens_home      | Guildford | Guildford | N1   | 2012-01-01 | 2024-01-01 | -   | -
3  | care      | childrens_home      | Tandridge | out       | N1   | 2012-01-01 | 2024-01-01 | -   | not_available
2  | care      | childrens_home      | Tandridge | out       | N1   | 2012-01-01 | 2024-01-01 | -   | safeguarding
1  | care      | childrens_home      | -         | Guildford | N1   | 2012-01-01 | 2024-01-01 | -   | -
10 | education | state_special       | Woking    | Woking    | ASD  | 2014-03-01 | 2024-09-01 | -   | -
10 | education | independent_special | Woking    | out       | SEMH | 2013-03-01 | 2024-09-01 | -   | does_not_exist
1  | care      | residential_school  | Guildford | out       | N1   | 2013-03-01 | 2024-09-01 | -   | does_not_exist
1  | education | mainstream          | Woking    | Woking    | ASD  | 2013-03-01 | 2024-09-01 | -   | -
"""
PLACES = """
id | service   | provision       | sector       | to        | registered | usable | by_us | by_others | share | needs  | ages
h1 | care      | childrens_home  | own          | Guildford | 8          | 8      | 6     | 0         | 1     | -      | -
h2 | care      | childrens_home  | private      | out       | 5          | 5      | 0     | 0         | 1     | -      | -
s1 | education | state_special   | other_public | Woking    | 30         | 30     | 10    | 20        | 1     | autism | 5-18
s2 | education | state_special   | other_public | Guildford | 40         | 40     | 20    | 15        | 1     | -      | 5-18
s3 | education | state_special   | other_public | Guildford | 40         | 40     | 0     | 0         | 1     | -      | 16-18
"""


@pytest.fixture(scope="module")
def county():
    return tiny_county(CHILDREN, provision=PLACES)


def test_a_tiny_county_by_hand(county):
    """Homes: 8 places for 12 children near them; the three avoidably outside are over 20 miles from any. Woking: autism
    fits both schools, SEMH one of them, a school for older children none; a residential pupil competes too."""
    table = county.access()
    homes = table.loc["care", "childrens_home"]
    assert homes["children"].to_dict() == {"E07000209": 12, "E07000215": 3, "unknown": 1}
    assert homes.loc["E07000209", "places_per_child"] == pytest.approx(8 / 12)
    assert homes.loc["E07000215", ["places_per_child", "vacancy"]].tolist() == [0, "none_in_reach"]
    assert homes.loc["unknown", ["vacancy", "denominator", "excluded"]].tolist() == ["unknown", 0, 1]
    assert np.isnan(homes.loc["unknown", "places_per_child"])
    assert homes.loc["E07000209", ["nearest_vacancy", "numerator", "denominator"]].tolist() == [0, 12, 12]
    assert homes.loc["E07000215", ["numerator", "denominator"]].tolist() == [0, 3]
    row = table.loc[("education", "special_school", "E07000217")]
    apart = float(miles(499_700, 149_600, 500_400, 158_700))
    assert row["children"] == 20
    # Woking to Woking counts 1, to Guildford (5.7 miles, within a third) 1 too; at Guildford 21 compete, at Woking 10.
    assert row["places_per_child"] == pytest.approx((10 * (10 / 10 + 25 / 21) + 10 * 25 / 21) / 20)
    assert row["nearest_vacancy"] == pytest.approx(apart)  # Woking's school is full
    assert table.loc[("care", "special_school", "E07000209"), "places_per_child"] == pytest.approx(25 / 21)
    assert table["children"].sum() == 12 + 3 + 1 + 20 + 1


def test_need_is_that_of_the_gap(county):
    """Children counted are those whose need a local place should meet, row by row as in the table of sufficiency."""
    gap = county.sufficiency(["service", "provision", "area"])["need_local"]
    access = county.access()["children"]
    assert access.to_dict() == gap[gap > 0].to_dict()


def test_places_without_a_point_are_counted_and_leave_the_answer_open(county):
    """A home whose address is withheld may be near: it is counted, and whom only it could serve is not known."""
    provision = county.provision.copy()
    home = provision["provider_id"].eq("h1")
    provision.loc[home, ["easting", "northing"]] = np.nan
    children = need(county.placements, county.provision, county.snapshot, county.settings.thresholds)
    row = local_access(children, provision, county.areas, 20.0).loc[("care", "childrens_home", "E07000209")]
    assert np.isnan(row["places_per_child"]) and row["vacancy"] == "unknown"
    assert (row["denominator"], row["excluded"], row["sites_unknown"]) == (0, 12, 1)


def test_a_family_without_any_local_site_is_a_row_with_none(county):
    """Need without a local site of the kind has 0 places for each child, no vacancy in reach, and nobody within 20 miles."""
    children = need(county.placements, county.provision, county.snapshot, county.settings.thresholds)
    none = county.provision[county.provision["provision"].ne("childrens_home")]
    row = local_access(children, none, county.areas, 20.0).loc[("care", "childrens_home", "E07000209")]
    assert row[["places_per_child", "vacancy", "numerator", "denominator"]].tolist() == [0, "none_in_reach", 0, 12]


def test_no_need_is_an_empty_table(county):
    """A county without children has no row, in the same columns."""
    table = county.access()
    children = need(county.placements, county.provision, county.snapshot, county.settings.thresholds)
    empty = local_access(children.iloc[:0], county.provision, county.areas, 20.0)
    assert list(empty.columns) == list(table.columns) and empty.index.names == table.index.names and len(empty) == 0


def test_minutes_by_a_method_of_travel_are_costs_too(county):
    """At one mile a minute along straight lines, access within 20 minutes is access within 20 miles."""
    table = county.access(20.0, road_minutes(StraightLine(circuity_factor=1.0, speed_mph=60.0)))
    pd.testing.assert_frame_equal(table, county.access(20.0, straight_miles))


def test_a_file_of_minutes_knows_places_by_their_own_ids_and_not_by_their_position(tmp_path):
    """Areas and URNs, or districts: two homes of one area each get its minutes; a row for "0" is nobody's."""
    text = "origin,destination,minutes\nE1,s1,10\nE2,100200,30\nGU1,s1,7\n0,0,1\n0,s1,2\nE1,0,3\n1,1,4\nE2,s1,90\n"
    (tmp_path / "minutes.csv").write_text(text)
    measure = road_minutes(read_minutes(tmp_path / "minutes.csv"))
    spot = {"easting": NAN, "northing": NAN}
    sites = pd.DataFrame({"id": ["s1", "100200:base"], "provider_id": ["s1", "100200:base"]}).assign(**spot)
    areas = pd.DataFrame({"id": ["E1", "E2"]}, index=[4, 7]).assign(**spot)
    found = measure(areas, sites, 45.0)
    assert found[["origin", "destination"]].to_numpy().tolist() == [
        *(["E1", "s1"], ["E1", "100200:base"]),
        ["E2", "100200:base"],  # to s1 it is over the limit
    ]
    np.testing.assert_array_equal(found["cost"], [10.0, np.nan, 30.0])
    homes = pd.DataFrame(
        {
            "id": [0, 1, 2, 3],
            "home_area": ["E1", "E1", "unknown", "E2"],
            "postcode_district": ["GU1", "", "GU1", ""],
        }
    ).assign(**spot)
    found = measure(homes, sites, 45.0).dropna()
    assert found["origin"].tolist() == [0, 1, 2, 3]
    assert found["destination"].tolist() == ["s1", "s1", "s1", "100200:base"]
    assert found["cost"].tolist() == [10, 10, 7, 30]
    # A number of a child is no name of a place.
    assert measure(homes[["id", "easting", "northing"]], sites, 45.0)["cost"].isna().all()


def test_an_internal_table_has_exact_figures_by_area(county):
    """Counts, ratios to two decimals and miles, of every family and area."""
    rows = {(row["provision"], row["area"]): row for row in access_rows(county, "internal")}
    home, few = rows["Children's home", "Guildford"], rows["Children's home", "Tandridge"]
    assert (home["nearest_vacancy_miles"], few["children"], few["places_per_child"]) == ("0.0", "3", "0.00")


def test_no_shareable_row_gives_a_home_or_a_few_children_away(county):
    """Homes and carers for the whole authority only and without miles; no count of children; ratios in bands.

    A public place beside an exact ratio would give the number of children; figures by area would meet at a home's door.
    """
    rows = access_rows(county, "shareable")
    care = [row for row in rows if row["service"] == "care"]
    assert {row["area"] for row in care} == {"All areas"}
    assert len({row["provision"] for row in care}) == len(care)
    bands = {"under 0.5", "0.5 to 1", "1 to 2", "2 or more", "c", "x"}
    for row in rows:
        assert row["children"] in ("c", "10 or more")
        assert row["places_per_child"] in bands
        if row["children"] == "c":
            hidden = ("places_per_child", "nearest_vacancy_miles", "within_limit", "not_known")
            assert {row[name] for name in hidden} == {"c"}
    homes = next(row for row in care if row["provision"] == "Children's home")
    assert (homes["children"], homes["places_per_child"]) == ("10 or more", "0.5 to 1")
    assert homes["nearest_vacancy_miles"] == "within 20"


def test_one_child_of_whom_it_is_known_does_not_speak_for_ten():
    """Half of all the children must have a vacancy in reach, or more than half none: else it is not known."""
    number = pd.Series([1, 9])
    assert np.isnan(_half_reached(pd.Series([0.0, NAN]), number))
    assert np.isnan(_half_reached(pd.Series([np.inf, NAN]), number))
    assert _half_reached(pd.Series([NAN, 3.0]), number) == 3.0
    assert _half_reached(pd.Series([NAN, np.inf]), number) == np.inf
    assert _half_reached(pd.Series([2.0, np.inf]), pd.Series([5, 5])) == 2.0
    assert np.isnan(_half_reached(pd.Series([1.0, np.inf, NAN]), pd.Series([4, 3, 3])))


def test_a_site_of_unknown_size_leaves_open_whether_children_are_near_a_place(county):
    """A home with a point and no number of places is no place within 20 miles: of whom only it could serve, not known."""
    provision = county.provision.copy()
    provision.loc[provision["provider_id"].eq("h1"), "usable_places"] = np.nan
    children = need(county.placements, county.provision, county.snapshot, county.settings.thresholds)
    row = local_access(children, provision, county.areas, 20.0).loc[("care", "childrens_home", "E07000209")]
    assert (row["denominator"], row["excluded"]) == (0, 12)
