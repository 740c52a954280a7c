"""How many residents a rate of a day rests on: DfE's year, the latest not after it, and unknown where none is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pandas as pd
import pytest

from placements import schemas
from placements.analysis.inputs import Inputs
from placements.analysis.residents import DFE_RATES, ONS_ESTIMATES, Residents, residents, residents_estimate
from tests.support import table, tiny_county

SURREY = "E10000030"


def _inputs(text: str = "", code: str = SURREY) -> Inputs:
    """Return inputs with published populations: `release, year, code, value` (`dfe` or `ons`)."""
    published = schemas.empty(schemas.PUBLISHED)
    if text:
        rows = table(text)
        given = {
            "release": rows["release"].map({"dfe": DFE_RATES, "ons": ONS_ESTIMATES}),
            "year": rows["year"].astype(int),
            "level": "authority",
            "code": rows["code"],
            "name": rows["code"],
            "region_code": "",
            "topic": "",
            "breakdown": rows["release"].map({"dfe": "Children looked after", "ons": "Children aged 0 to 17 years"}),
            "measure": "population_estimate",
            "value": pd.to_numeric(rows["value"]),
            "marker": "",
            "source": "test",
        }
        published = schemas.check(schemas.PUBLISHED, pd.DataFrame(given))
    return dataclasses.replace(tiny_county().inputs, authority_code=code, published=published)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (dt.date(2024, 3, 31), 265_672),
        (dt.date(2023, 3, 31), 263_534),
        (dt.date(2029, 12, 31), 265_672),
        (dt.date(2020, 1, 1), 258_045),
    ],
)
def test_the_bundled_table_serves_where_nothing_is_held(on: dt.date, expected: float) -> None:
    """Surrey's populations as DfE publishes them; the last one for a later day."""
    assert residents(_inputs(), on) == expected


def test_unknown_is_not_nought() -> None:
    """A day before all estimates, and an authority of which none is published, have no number."""
    assert math.isnan(residents(_inputs(), dt.date(2019, 12, 31)))
    assert residents_estimate(_inputs(code="custom"), dt.date(2024, 3, 31)) == Residents()


def test_dfe_divides_by_the_middle_of_the_year_before() -> None:
    """ONS's mid-2024 serves March 2025; of one year DfE's own number stands, and a withheld one is passed over."""
    inputs = _inputs("""
release | year | code      | value
dfe     | 2024 | E09000001 | 100
ons     | 2023 | E09000001 | 101
ons     | 2024 | E09000001 | 102
dfe     | 2025 | E09000001 | -
dfe     | 2022 | E09000001 | 90
dfe     | 2024 | E09000033 | 7
""", "E09000001")  # fmt: skip
    assert residents_estimate(inputs, dt.date(2024, 3, 31)) == Residents(100, 2023, DFE_RATES)
    assert residents_estimate(inputs, dt.date(2025, 3, 31)) == Residents(102, 2024, ONS_ESTIMATES)
    assert residents_estimate(inputs, dt.date(2023, 3, 31)) == Residents(90, 2021, DFE_RATES)


def test_an_authority_is_found_under_its_earlier_code() -> None:
    """Buckinghamshire, E06000060, was E10000002 until 2020."""
    text = "release | year | code | value\ndfe | 2019 | E10000002 | 123"
    assert residents(_inputs(text, "E06000060"), dt.date(2019, 3, 31)) == 123
