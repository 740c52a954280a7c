"""The benchmarks of the catalogue: every column has a kind, nothing published is an empty frame of the same columns."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from placements.analysis.catalogue.benchmarks import DEFINITIONS
from placements.analysis.definition import Column, Definition
from tests.support import tiny_county
from tests.unit.test_benchmark import SURREY, WINDSOR, _locality, _neighbours, _published

BY_NAME = {one.name: one for one in DEFINITIONS}


def _answer(definition: Definition, published: pd.DataFrame | None = None) -> pd.DataFrame:
    inputs = dataclasses.replace(tiny_county().inputs, authority_code=SURREY)
    if published is not None:
        inputs = dataclasses.replace(inputs, published=published, neighbours=_neighbours("868"))
    assert definition.table is not None
    return definition.table(inputs, ())


@pytest.mark.parametrize("name", ["benchmarks", "national_totals"])
def test_nothing_published_is_an_empty_frame(name: str) -> None:
    """A study without published files has no rows and all columns."""
    found = _answer(BY_NAME[name])
    assert found.empty
    assert found.columns.tolist() == list(BY_NAME[name].columns)


def test_benchmarks_and_totals_of_what_is_published() -> None:
    """Figures, ranks and funnel in one table; totals of England and the authority's own region only."""
    rows = [
        *_locality(SURREY, 2024, 60, 100),
        *_locality(WINDSOR, 2024, 30, 100),
        *_locality("E12000008", 2024, 90, 200),
        *_locality("E12000009", 2024, 90, 200),
        *_locality("E92000001", 2024, 90, 200),
    ]
    table = _answer(BY_NAME["benchmarks"], _published(*rows))
    assert table.columns.tolist() == list(BY_NAME["benchmarks"].columns)
    england = table.set_index("place").loc["england"]
    assert england[["value", "rank", "ranked"]].tolist() == [0.45, 1, 2]
    totals = _answer(BY_NAME["national_totals"], _published(*rows))
    assert totals.columns.tolist() == list(BY_NAME["national_totals"].columns)
    assert set(totals["code"]) == {"E92000001", "E12000008"}
    assert totals["agrees"].tolist() == ["yes"] * 4


def test_our_own_counts_are_counts_of_children() -> None:
    """What is counted here is subject to disclosure control; what is published is not."""
    found = _answer(BY_NAME["beside_published"])
    columns = BY_NAME["beside_published"].columns
    assert found.columns.tolist() == list(columns)
    assert len(found) > 10
    kinds = {name: column.kind for name, column in columns.items()}
    assert kinds["here"] == kinds["here_of"] == Column.CHILDREN
    assert kinds["published"] == Column.NUMBER


def test_every_text_is_there() -> None:
    """Numerator, denominator, what is left out and the source are stated."""
    for one in DEFINITIONS:
        assert all([one.label, one.numerator, one.denominator, one.left_out, one.source])
