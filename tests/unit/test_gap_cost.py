"""The gap now and ahead: rows add up, money is of whom it says, places stay as they are, and intervals are of sums."""

import numpy as np
import pandas as pd
import pytest

from placements.analysis.access_bands import FEW, access_bands
from placements.analysis.answer import answer
from placements.analysis.catalogue.access import DEFINITIONS as ACCESS
from placements.analysis.catalogue.gap import DEFINITIONS as GAP
from placements.analysis.cost import WEEKS_PER_YEAR
from placements.analysis.gap_ahead import gap_ahead
from placements.analysis.gap_cost import gap_cost
from placements.errors import UsageError
from placements.forecasting.need_ahead import gap_of, local_shares, need_ahead
from tests.support import tiny_county, tiny_forecast

HOMES = """
n  | service | provision      | home      | to        | need | birth      | start      | cost | basis    | reason
10 | care    | childrens_home | Guildford | Guildford | N1   | 2011-01-01 | 2024-06-01 | 4000 | recorded | -
2  | care    | childrens_home | Woking    | out       | N1   | 2011-01-01 | 2024-06-01 | 5000 | recorded | not_available
1  | care    | childrens_home | Woking    | out       | N2   | 2011-01-01 | 2024-06-01 | 6000 | assumed  | does_not_exist
1  | care    | childrens_home | Woking    | out       | N1   | 2011-01-01 | 2024-06-01 | -    | -        | not_available
1  | care    | childrens_home | Woking    | out       | N1   | 2011-01-01 | 2024-06-01 | 9000 | recorded | safeguarding
"""
PLACES = """
id | service | provision      | sector | to        | registered | by_us | by_others | share | ages
h1 | care    | childrens_home | own    | Guildford | 14         | 10    | 0         | 0.5   | 0-17
"""


def gap(county, by=()):
    return gap_cost(county.placements, county.provision, county.snapshot, county.settings.thresholds, by)


def test_the_gap_and_its_cost_by_hand():
    """14 want a local place, 12 can have one; of the four away two and one have a cost; a safeguarding move is no gap."""
    row = gap(tiny_county(HOMES, provision=PLACES)).iloc[0]
    assert row[["need_local", "available_to_us", "gap", "avoidable"]].tolist() == [14, 12, 2, 4]
    assert row[["costed", "recorded", "compared"]].tolist() == [3, 2, 3]
    assert row["yearly_cost_gbp"] == pytest.approx(16_000 * WEEKS_PER_YEAR)
    assert row["extra_yearly_cost_gbp"] == pytest.approx((16_000 - 3 * 4000) * WEEKS_PER_YEAR)


def test_nothing_is_set_against_a_mean_of_fewer_than_ten_local_placements():
    """It says too little, and could be one child's: the extra cost is then not known, rather than 0."""
    row = gap(tiny_county(HOMES.replace("10 | care", "9  | care"), provision=PLACES)).iloc[0]
    assert row["compared"] == 0
    assert np.isnan(row["extra_yearly_cost_gbp"])
    assert row["yearly_cost_gbp"] > 0


def test_a_cost_that_nobody_knows_is_missing_and_that_of_no_placement_is_nothing():
    """Away and not costed is unknown; nobody away costs 0."""
    homes = [line for line in HOMES.strip().splitlines() if "not_available" not in line and "not_exist" not in line]
    nobody = gap(tiny_county("\n".join(homes), provision=PLACES)).iloc[0]
    assert (nobody["avoidable"], nobody["yearly_cost_gbp"]) == (0, 0)
    homes.append("1 | care | childrens_home | Woking | out | N1 | 2011-01-01 | 2024-06-01 | - | - | not_available")
    unknown = gap(tiny_county("\n".join(homes), provision=PLACES)).iloc[0]
    assert unknown["avoidable"] == 1
    assert np.isnan(unknown["yearly_cost_gbp"])


@pytest.mark.parametrize("by", [["service"], ["need"], ["area", "age_band"], ["provision", "need", "area"]])
def test_every_breakdown_adds_up_to_the_whole(by):
    """Counts, places and money, on the usual county; and need and gap are those of the table of sufficiency."""
    county = tiny_county()
    whole, parts = gap(county).iloc[0], gap(county, by)
    for name in ("need_local", "available_to_us", "gap", "avoidable", "costed", "yearly_cost_gbp"):
        assert parts[name].sum() == pytest.approx(whole[name]), name
    known = county.sufficiency(by)
    both = parts.set_index(by)[["need_local", "gap"]].sort_index().astype(float)
    pd.testing.assert_frame_equal(both, known[["need_local", "gap"]].sort_index().astype(float))


def test_nobody_has_no_gap_and_no_cost():
    """A county of places only: one row by nothing, places without need by any breakdown."""
    empty = tiny_county(pd.DataFrame(), provision=PLACES)
    row = gap(empty).iloc[0]
    assert row[["need_local", "avoidable", "costed", "yearly_cost_gbp"]].tolist() == [0, 0, 0, 0]
    assert row["gap"] == -row["available_to_us"]
    assert len(answer(GAP[0], empty.inputs, ["need", "area"])) <= 1
    with pytest.raises(UsageError, match="cannot be broken down by sex"):
        gap(empty, ["sex"])


def ahead(county, text):
    frame = pd.DataFrame([line.split() for line in text.strip().splitlines()[1:]], columns=text.split("\n")[1].split())
    numbers = {"year": int, "expected": float, "low": float, "high": float}
    frame = frame.astype({name: kind for name, kind in numbers.items() if name in frame})
    return gap_ahead(frame, county.placements, county.provision, county.snapshot, county.settings.thresholds)


def test_the_gap_ahead_is_need_less_the_places_of_now():
    """Each year has the same places; the interval is need's; what has places and no need has a need of 0."""
    county = tiny_county(HOMES, provision=PLACES)
    table = ahead(county, "\nservice year expected low high\ncare 1 15 13 18\ncare 2 20 15 nan")
    assert table["gap"].tolist() == [3, 8]
    assert table["gap_low"].tolist() == [1, 3]
    assert table["gap_high"].tolist()[0] == 6
    assert np.isnan(table["gap_high"].iloc[1])  # not known is not 0
    table = ahead(county, "\nservice year expected low high\neducation 1 5 4 6")
    assert table.set_index("service")["gap"].to_dict() == {"care": -12, "education": 5}


def test_need_ahead_of_another_form_is_refused():
    """A column too few, one too many, or a year twice."""
    county = tiny_county(HOMES, provision=PLACES)
    with pytest.raises(UsageError, match="lacks the columns high"):
        ahead(county, "\nservice year expected low\ncare 1 15 13")
    with pytest.raises(UsageError, match="has colour"):
        ahead(county, "\ncolour year expected low high\nred 1 15 13 18")
    with pytest.raises(UsageError, match="twice"):
        ahead(county, "\nservice year expected low high\ncare 1 15 13 18\ncare 1 15 13 18")


FORECAST = """
area      | provision      | need_group | child_years
Guildford | childrens_home | family     | 10;20
Woking    | childrens_home | family     | 2
Woking    | agency_foster  | family     | 4
"""


def test_need_ahead_is_the_forecast_by_year_with_intervals_of_sums():
    """Over runs at 1, 2 and 3 times: means and quantiles of each run's sum, by any breakdown, adding up in the mean."""
    county = tiny_county(HOMES, provision=PLACES)
    forecast = tiny_forecast(county, FORECAST, years=2, runs=(1.0, 2.0, 3.0))
    ones = pd.Series(1.0, index=pd.Index(forecast.groups["group"]))
    whole = need_ahead(forecast, ones, ())
    assert whole["expected"].tolist() == pytest.approx([32, 52])
    assert whole["low"].tolist() == pytest.approx(list(np.quantile([[16, 26], [32, 52], [48, 78]], 0.05, axis=0)))
    for by in (["provision"], ["area", "need"], ["service", "need", "age_band", "area", "provision"]):
        parts = need_ahead(forecast, ones, by)
        assert list(parts.columns) == [*by, "year", "expected", "low", "high"]
        assert parts.groupby("year")["expected"].sum().tolist() == pytest.approx([32, 52])
    with pytest.raises(UsageError, match="sex"):
        need_ahead(forecast, ones, ["sex"])


def test_only_the_part_that_local_places_should_meet_counts():
    """One in 15 homes is right to be away; nobody is fostered today, so all of that is taken to be for local places."""
    county = tiny_county(HOMES, provision=PLACES)
    forecast = tiny_forecast(county, FORECAST, years=2)
    shares = local_shares(forecast, county)
    kind = 14 / 15
    assert shares.iloc[:2].tolist() == pytest.approx([(13 + 10 * kind) / (14 + 10)] * 2)
    assert shares.iloc[2] == 1
    table = gap_of(forecast, county, ["provision"]).set_index(["provision", "year"])
    assert table.loc[("childrens_home", 2), "gap"] == pytest.approx(22 * shares.iloc[0] - 12)


ACCESS_HOMES = (
    HOMES
    + """
20 | education | state_special | Guildford | Woking | ASD | 2014-01-01 | 2024-06-01 | 400 | recorded | -
12 | education | state_special | Woking    | Woking | SEMH | 2014-01-01 | 2024-06-01 | 400 | recorded | -
3  | education | state_special | Tandridge | Woking | ASD | 2014-01-01 | 2024-06-01 | 400 | recorded | -
"""
)
ACCESS_PLACES = (
    PLACES
    + """
s1 | education | state_special | own | Woking | 60 | 35 | 5 | 0.9 | 5-18
"""
)


def test_access_is_told_so_that_no_place_and_no_child_is_found():
    """Homes for all areas only and without miles; schools by area with miles; of fewer than 10 children nothing."""
    table = access_bands(tiny_county(ACCESS_HOMES, provision=ACCESS_PLACES).inputs, ["area"])
    care = table[table["service"].eq("care")]
    assert care["area"].tolist() == ["all"]
    assert care["nearest_vacancy"].tolist() == ["within 20"]
    school = table[table["service"].eq("education")].set_index("area")
    assert school["nearest_vacancy"].to_dict() == {"E07000209": "5.7", "E07000217": "0.0", "E07000215": FEW}
    assert school.loc["E07000215", "places_per_child"] == FEW
    assert school["denominator"].sum() == 35
    assert not table["places_per_child"].str.contains(r"\d\.\d\d").any()


def test_access_by_need_competes_with_every_other_need():
    """The places for each child are the same however the rows are divided, and the shares add up."""
    inputs = tiny_county(ACCESS_HOMES, provision=ACCESS_PLACES).inputs
    whole = answer(ACCESS[0], inputs).set_index("service")
    parts = answer(ACCESS[0], inputs, ["need", "area"])
    for service, row in whole.iterrows():
        mine = parts[parts["service"].eq(service)]
        for name in ("numerator", "denominator", "excluded"):
            assert mine[name].sum() == row[name]
    assert set(parts.loc[parts["need"].eq("autism") & parts["area"].ne("E07000215"), "places_per_child"]) == {
        whole.loc["education", "places_per_child"]
    }


def test_access_of_nobody_is_an_empty_table():
    """With its columns."""
    assert access_bands(tiny_county(pd.DataFrame(), provision=PLACES).inputs, ["area", "need"]).empty
