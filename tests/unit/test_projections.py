"""A population projection: read as published, and entries follow the children of their ages."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from placements import codes
from placements.errors import DataError
from placements.forecasting import forecast
from placements.forecasting.growth import growth_by_band
from placements.forecasting.model import fit
from placements.forecasting.spells import spells_of
from placements.read.projections import read_projection
from tests.support import tiny_county

SNAPSHOT = dt.date(2025, 7, 2)
YEARS = range(2024, 2032)


def lines(area: str, sex: str = "persons", number=lambda age, year: 100 + age, ages=(*range(90), "90 and over")):
    for age in [*ages, "All ages"]:
        values = [str(number(age, year) if isinstance(age, int) else 9999) for year in YEARS]
        yield ",".join([area, "Somewhere", "Population", sex, str(age), *values])


def written(folder, *parts: str):
    path = folder / "snpp.csv"
    head = "AREA_CODE,AREA_NAME,COMPONENT,SEX,AGE_GROUP," + ",".join(map(str, YEARS))
    path.write_text("\n".join([head, *parts]), encoding="utf-8")
    return path


def test_the_authoritys_own_row_is_used_else_the_sum_of_its_districts(tmp_path):
    """By hand: 100 and the age in each area; the county's own numbers win over those of its districts."""
    both = written(tmp_path, *lines("E07000207"), *lines("E07000208"))
    found = read_projection(both, "E10000030", ("E07000207", "E07000208")).people
    assert found.loc[2026, 5] == 210
    assert list(found.columns) == list(range(26))
    own = written(tmp_path, *lines("E10000030", number=lambda age, year: 7), *lines("E07000207"))
    assert read_projection(own, "E10000030", ("E07000207",)).people.loc[2030, 25] == 7


def test_males_and_females_are_added_where_there_are_no_persons(tmp_path):
    """A file by sex counts every child once; one with persons too does not count them twice."""
    by_sex = written(tmp_path, *lines("E10000030", "males"), *lines("E10000030", "females"))
    assert read_projection(by_sex, "E10000030", ()).people.loc[2025, 10] == 220
    every = written(tmp_path, *(line for sex in ("males", "females", "persons") for line in lines("E10000030", sex)))
    assert read_projection(every, "E10000030", ()).people.loc[2025, 10] == 110


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("E10000030", "E99999999"), "has no rows for E10000030"),
        (lambda text: text.replace(",3,103,", ",3,many,"), "row 5, column 2024: 'many' is not a number of people"),
        (lambda text: text.replace("persons,17,", "persons,170,"), "has no row for age 17"),
        (lambda text: text.replace("AGE_GROUP", "BAND"), "lacks age"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(tmp_path, change, said):
    """File, row, column, what was found."""
    path = written(tmp_path, *lines("E10000030"))
    path.write_text(change(path.read_text()), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_projection(path, "E10000030", ("E07000207",))
    with pytest.raises(DataError, match="is not there"):
        read_projection(tmp_path / "none.csv", "E10000030", ())


def test_growth_is_that_of_the_band_and_interpolated(tmp_path):
    """Children of 16 and 17 grow by a tenth a year, the others not: by band, and half way between two middles of years."""
    grows = written(
        tmp_path, *lines("E10000030", number=lambda age, year: 1000 * (1 + 0.1 * (year - 2025) * (age >= 16)))
    )
    people = read_projection(grows, "E10000030", ()).people
    found = growth_by_band(people, SNAPSHOT, codes.CARE)
    assert found[:4] == pytest.approx(1)
    assert found[4, 11] == pytest.approx(1 + 0.1 * (11.5 / 12), abs=0.002)
    assert found[4, -1] == pytest.approx(1.6, abs=0.01)


def test_entries_follow_the_children_who_enter(tmp_path):
    """Twice the children, twice the entries; a county without a projection is as before."""
    county = tiny_county()
    spells = spells_of(county, 3)
    later = written(tmp_path, *lines("E10000030", number=lambda age, year: 100 if year < 2026 else 200))
    people = read_projection(later, "E10000030", ()).people
    streams, grown = fit(spells).streams, fit(spells, people).streams
    assert all((stream.growth == 1).all() for stream in streams)
    assert all(stream.growth[30:] == pytest.approx(2) for stream in grown)
    plain, more = (forecast(one, years=4, runs=300) for one in (county, replace(county, population=people)))
    ratio = more.entered[:, 30:].mean() / plain.entered[:, 30:].mean()
    assert ratio == pytest.approx(2, rel=0.1)
    assert np.isfinite(more.starting).all()
