"""What can be done: years, places, money, and mistakes said in words."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from placements import codes, schemas
from placements.errors import SettingsError, UsageError
from placements.forecasting import PLANNABLE
from placements.geography.authorities import Authority
from placements.geography.postcodes import compile_directory
from placements.interventions import (
    INTERVENTIONS,
    OPENINGS,
    BlockContract,
    ChangePrice,
    ChangeUseByOthers,
    CloseProvider,
    Intervention,
    OpenHome,
    RecruitCarers,
    ReduceEntries,
    ReorganiseBoundary,
    RetainCarers,
    StepDown,
    read_scenario,
)
from placements.interventions.locate import locate
from placements.interventions.options import from_option
from placements.interventions.suitability import SUITABILITY, suitable_share, takes_age_band
from tests.intervention_support import plain
from tests.support import tiny_county


def test_there_is_one_kind_for_each_option_kind_and_prevention() -> None:
    """Every kind in the options table has a class of its own, in the same order, before those written by hand alone."""
    kinds = tuple(kind.kind for kind in INTERVENTIONS)
    assert kinds[: len(schemas.OPTION_KINDS)] == schemas.OPTION_KINDS
    assert len(set(kinds)) == len(kinds)
    assert (*OPENINGS, ReduceEntries) == INTERVENTIONS[: len(schemas.OPTION_KINDS)]
    assert all(set(kind.provisions) <= set(PLANNABLE) for kind in OPENINGS)


def test_places_are_usable_after_the_lead_time_and_stay() -> None:
    """Decided at the start of year 2 with 1.5 years to build: half of year 3, then all of it."""
    home = OpenHome(name="h", places=4, district="Guildford", opens_year=2, lead_time_years=1.5, capital_gbp=10,
                    yearly_cost_gbp=100)  # fmt: skip
    assert home.places_by_year(5).tolist() == [0, 0, 2, 4, 4]
    assert home.capital_by_year(5).tolist() == [0, 10, 0, 0, 0]
    assert home.yearly_cost_by_year(5).tolist() == [0, 0, 50, 100, 100]


def test_carers_are_recruited_year_after_year() -> None:
    """Households add up; each costs what it costs from when it is ready."""
    carers = RecruitCarers(name="c", district="Woking", opens_year=2, households_by_year=(2, 3), places=2,
                           lead_time_years=0, capital_gbp=5, yearly_cost_gbp=10)  # fmt: skip
    assert carers.places_by_year(4).tolist() == [0, 4, 10, 10]
    assert carers.capital_by_year(4).tolist() == [0, 10, 15, 0]
    assert carers.yearly_cost_by_year(4).tolist() == [0, 20, 50, 50]


def test_places_grow_over_the_ramp_up_and_are_paid_for_from_the_opening() -> None:
    """Two years of ramp-up after half a year: the straight line's mean in each year, then all of the places."""
    home = OpenHome(name="h", places=4, district="Guildford", lead_time_years=0.5, ramp_up_years=2, yearly_cost_gbp=100)
    # Half a year of a line that reaches 1/4 at its end; a year from 1/4 to 3/4; half a year from 3/4 to 1, half at 1.
    assert home.places_by_year(4).tolist() == pytest.approx([4 * 0.0625, 4 * 0.5, 4 * 0.9375, 4])
    assert home.yearly_cost_by_year(4).tolist() == [50, 100, 100, 100]


def test_kept_carers_are_those_who_would_have_left_less_those_who_leave_all_the_same() -> None:
    """Forty households of which a fifth leave and then a tenth: four more at the end of a year, then 3.6, then 3.24."""
    kept = RetainCarers(name="k", district="Woking", households=40, yearly_loss=0.2, yearly_loss_after=0.1, places=2,
                        capital_gbp=9, yearly_cost_gbp=7, opens_year=2)  # fmt: skip
    ends = np.array([0, 4, 7.6, 10.84])
    assert kept.places_by_year(4).tolist() == pytest.approx([0, *(2 * (ends[:-1] + ends[1:]) / 2)])
    assert kept.capital_by_year(4).tolist() == [0, 9, 0, 0]
    assert kept.yearly_cost_by_year(4).tolist() == [0, 7, 7, 7]
    with pytest.raises(UsageError, match="that would lose carers"):
        dataclasses.replace(kept, yearly_loss_after=0.3)
    level = 40 * (0.2 - 0.1) / 0.1
    assert kept.units_by_year(400).sum() == pytest.approx(level), "it comes to rest where as many leave as before"


def test_contradictions_of_what_others_do_are_named() -> None:
    """A closure says which providers, one way; use by others changes by a share or a number; a price has a place."""
    with pytest.raises(UsageError, match="which providers"):
        CloseProvider(name="c")
    with pytest.raises(UsageError, match="areas go with a provision"):
        CloseProvider(name="c", provider_ids=("1",), areas=("Woking",))
    with pytest.raises(UsageError, match="not both"):
        ChangeUseByOthers(name="o", share=0.1, places=3)
    with pytest.raises(UsageError, match=r"location = 'moon'.*sector 'club'"):
        ChangePrice(name="p", share=0.1, location="moon", sectors=("club",))
    with pytest.raises(UsageError, match="to_provision = 'secure'"):
        StepDown(name="s", share=0.1, to_provision="secure")
    with pytest.raises(UsageError, match="boundary_set is empty"):
        ReorganiseBoundary(name="b", boundary_set=" ")


@pytest.mark.parametrize("kind", INTERVENTIONS)
def test_every_kind_is_an_intervention(kind: type) -> None:
    """All kinds answer the same questions."""
    entry = plain(kind)
    assert isinstance(entry, Intervention)
    for years in (1, 5):
        assert entry.places_by_year(years).shape == (years,)
        assert np.all(entry.capital_by_year(years) >= 0)


def test_a_contract_must_say_what_it_buys() -> None:
    """A kind that opens one kind of place has it by default; a contract, which may buy any of several, has none."""
    assert OpenHome(name="h", places=2, district="Woking").provision == "childrens_home"
    with pytest.raises(UsageError, match="provision = '': choose from childrens_home, agency_foster"):
        BlockContract(name="b", places=2, district="Woking")


def test_all_mistakes_of_an_intervention_are_named_at_once() -> None:
    """Out of range, unknown and contradictory fields are listed together."""
    with pytest.raises(UsageError) as error:
        OpenHome(name="h", places=0, needs=("sad",), sex="x", planned_occupancy=0.5, minimum_occupancy=0.9)
    for part in ("places = 0", "'sad'", "sex = 'x'", "where is it?", "minimum_occupancy is above"):
        assert part in str(error.value)


def test_scenario_errors_name_file_table_and_key(tmp_path: Path) -> None:
    """All mistakes in a scenario are collected; each names the intervention and the field."""
    path = tmp_path / "bad.toml"
    path.write_text(
        'titel = "x"\n[[intervention]]\nkind = "open_home"\nname = "h"\nplaces = "four"\ndistrict = "Woking"\n'
        '[[intervention]]\nkind = "open_hotel"\n[[intervention]]\nkind = "reduce_entries"\nname = "p"\nshares = 0.1\n'
        '[[intervention]]\nkind = "open_home"\nname = "far"\nplaces = 3\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as error:
        read_scenario(path)
    for part in ("bad.toml", "titel", "intervention 1: places = 'four' is not a whole number", "'open_hotel'",
                 "intervention 3: shares is not a field", "intervention 3: share is missing",
                 "intervention 4", "where is it?"):  # fmt: skip
        assert part in str(error.value)
    with pytest.raises(SettingsError, match="no such scenario"):
        read_scenario(tmp_path / "none.toml")
    path.write_text("intervention = 3", encoding="utf-8")
    with pytest.raises(SettingsError, match="one table for each"):
        read_scenario(path)
    path.write_text("[[", encoding="utf-8")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_scenario(path)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml")), ids=lambda p: p.stem)
def test_the_example_scenarios_can_be_read(path: Path) -> None:
    """Each hand-written example is complete, says that it is illustrative, and gives evidence for each intervention."""
    entries = read_scenario(path)
    assert entries
    assert "llustrative" in path.read_text(encoding="utf-8")
    assert all(entry.evidence for entry in entries)


def test_options_become_the_interventions_a_person_would_write() -> None:
    """Every row of the options becomes an intervention that opens as many places for as much money."""
    county = tiny_county()
    for row in county.options.to_dict("records"):
        entry = from_option(row, 1)
        assert (entry.kind, entry.places, entry.capital_gbp) == (row["kind"], row["places"], row["capital_gbp"])
        assert entry.places_by_year(6)[-1] == row["places"]


def test_an_option_is_placed_as_its_row_is() -> None:
    """A point worked out from a district or postcode is not written into a plan: the row says where, and no finer."""
    row = tiny_county().options.iloc[0].to_dict() | {"easting": 499_731.4, "northing": 149_612.8}
    entry = from_option(row, 1)
    assert (entry.district, entry.easting, entry.northing) == ("E07000209", None, None)


def test_things_are_placed_by_point_then_district() -> None:
    """A given point stands and lies in the nearest area; a district, by name or code, is its centre."""
    county = tiny_county()
    frame = pd.DataFrame(
        [("a", "woking", "", 1.0, 2.0), ("b", "E07000209", "", np.nan, np.nan), ("c", "", "", 536000, 152000)],
        columns=["name", "district", "postcode", "easting", "northing"],
    )
    placed = locate(frame, county)
    assert placed["area"].tolist() == ["E07000217", "E07000209", "E07000215"]
    assert placed["easting"].tolist() == [1.0, 499700, 536000]
    with pytest.raises(UsageError, match="'lost'"):
        locate(frame.assign(name="lost", district="Narnia", easting=np.nan), county)


def test_suitability_is_stated_nested_and_within_bounds() -> None:
    """Every rule names its basis, is a share, and every kind of need can be met by its own kind of place."""
    assert all(0 <= rule.share <= 1 and rule.basis for rule in SUITABILITY)
    for provision in PLANNABLE:
        bands = codes.AGE_BANDS[codes.CARE if provision in codes.CARE_PROVISION else codes.EDUCATION]
        assert suitable_share(provision, provision, "family", bands[-1][0]) >= 0.85
    assert suitable_share("childrens_home", "in_house_foster", "disabled", "10 to 15") == 0
    assert suitable_share("in_house_foster", "childrens_home", "family", "10 to 15") == 0


@pytest.mark.parametrize(
    ("band", "low", "high", "takes"),
    [
        ("10 to 15", 8, 17, True),
        ("5 to 9", 8, 17, False),  # two of five years
        ("5 to 9", 7, 17, True),  # three of five
        ("16 and over", 16, 17, True),
        (codes.AGE_UNKNOWN, 0, 25, False),
    ],
)
def test_an_age_range_takes_a_band_if_it_covers_half_of_it(band: str, low: int, high: int, takes: bool) -> None:
    """By completed years, both ends included; an unknown age is never matched."""
    assert takes_age_band(codes.CARE, band, low, high) is takes


def test_carers_of_a_district_stand_at_its_centre_where_planning_areas_are_smaller() -> None:
    """A district that is no planning area itself is placed at the middle of its postcodes, in the area nearest to it."""
    areas = "area | name | easting | northing\nGU1 | GU1 | 499000 | 150000\nGU2 | GU2 | 497000 | 149000"
    county = tiny_county(pd.DataFrame(), areas=areas, provision=pd.DataFrame(), options=pd.DataFrame())
    county = dataclasses.replace(county, authority=Authority("custom", "One", ("E07000209",)))
    postcodes = pd.DataFrame(
        {
            "postcode": ["GU11AA", "GU11AB", "GU21AA"],
            "easting": [498900.0, 499100.0, 499000.0],
            "northing": [150000.0, 150000.0, 150300.0],
            "district": "E07000209",
        }
    )
    frame = pd.DataFrame({"name": ["carers"], "district": ["E07000209"], "postcode": [""]})
    row = locate(frame, county, lambda: compile_directory(postcodes, "test")).iloc[0]
    assert (row["easting"], row["northing"], row["area"]) == (499000.0, 150000.0, "GU1")
