"""The authority's rank among others and its place in the funnel: ties as ranges, the withheld counted."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements import schemas
from placements.analysis.benchmark import PLACES, benchmark
from placements.analysis.funnel import ABOVE_998, UNKNOWN
from placements.analysis.standing import COLUMNS, rank_among, standing
from placements.read.published import PublishedStatistics
from tests.unit.test_benchmark import (  # noqa: F401
    BUCKS_NOW,
    LOCALITY,
    OUTSIDE,
    SURREY,
    TOTAL,
    WEST_BERKSHIRE,
    WINDSOR,
    _locality,
    _neighbours,
    _published,
    statistics_of_dfe,
)

ENGLAND = _locality("E92000001", 2024, 40_000, 80_000)


def _by_place(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["indicator"].eq("outside")].set_index("place")


def test_ranks_with_ties_and_withheld() -> None:
    """Highest is 1; two of 50 % share ranks 2 to 3; one withheld is counted, one that was not there (z) is not."""
    rows = [
        *_locality(SURREY, 2024, 500, 1000),
        *_locality(WEST_BERKSHIRE, 2024, 50, 100),
        *_locality(WINDSOR, 2024, 90, 100),
        *_locality(BUCKS_NOW, 2024, "c", 500),
        *_locality("E10000006", 2024, "z", "z"),
        *ENGLAND,
    ]
    found = _by_place(standing(_published(*rows), _neighbours("869", "825", "331"), SURREY))
    assert found.index.tolist() == list(PLACES)
    ranks = found[["rank", "rank_to", "ranked", "withheld"]]
    assert ranks.loc["england"].tolist() == [2, 3, 3, 1]
    assert ranks.loc["region"].tolist() == [2, 3, 3, 1]
    # Of three neighbours one is not published at all: it has no figure either.
    assert ranks.loc["neighbours"].tolist() == [1, 2, 2, 2]
    assert ranks.loc["authority"].isna().all()


def test_a_withheld_figure_has_no_rank_and_no_position() -> None:
    """Withheld is not last."""
    rows = [*_locality(SURREY, 2024, "c", 1000), *_locality(WINDSOR, 2024, 90, 100), *ENGLAND]
    found = _by_place(standing(_published(*rows), _neighbours(), SURREY))
    assert found["rank"].isna().all()
    assert found.loc["england", ["ranked", "withheld"]].tolist() == [1, 1]
    assert found.loc["neighbours", "ranked"] == 0
    assert found.loc["authority", "position"] == UNKNOWN
    assert found.loc["authority", "low_95"] == pytest.approx(0.469, abs=1e-3)


def test_the_funnel_is_around_england_at_the_authoritys_own_denominator() -> None:
    """600 of 1,000 where England has a half: above 54.9 %, the 99.8 % limit."""
    found = _by_place(standing(_published(*_locality(SURREY, 2024, 600, 1000), *ENGLAND), _neighbours(), SURREY))
    own = found.loc["authority"]
    assert own["position"] == ABOVE_998
    assert own["high_998"] == pytest.approx(0.5 + 3.09 * (0.25 / 1000) ** 0.5, abs=1e-3)
    # Alone, the authority's score of 6.3 makes phi 40, and 1 + 2 sqrt(2) is passed.
    assert own["phi"] == pytest.approx(40, rel=1e-6)
    assert own["adjusted_high_95"] > own["high_95"]


def test_nothing_published() -> None:
    """No files, no rows, the columns all the same; an authority that is not published sees how many are ranked."""
    empty = standing(schemas.empty(schemas.PUBLISHED), schemas.empty(schemas.NEIGHBOURS), SURREY)
    assert empty.empty
    assert empty.columns.tolist() == list(COLUMNS)
    found = _by_place(standing(_published(*_locality(WINDSOR, 2024, 1, 2), *ENGLAND), _neighbours(), "custom"))
    assert found.loc["england", "ranked"] == 1
    assert found["rank"].isna().all()


@given(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=9))
def test_ranks_by_sorting(given_values: list[int | None]) -> None:
    """The range of ranks is where equal values stand in the sorted list; the ranges of all fill 1 to how many."""
    values = pd.Series(given_values, index=[f"a{at}" for at in range(len(given_values))], dtype=float)
    order = sorted((value for value in given_values if value is not None), reverse=True)
    for code, value in zip(values.index, given_values, strict=True):
        found = rank_among(values, code)
        assert (found["ranked"], found["withheld"]) == (len(order), given_values.count(None))
        places = [at + 1 for at, other in enumerate(order) if other == value]
        assert [found["rank"], found["rank_to"]] == ([places[0], places[-1]] if places else [None, None])


def test_surrey_2024_in_dfes_files(statistics_of_dfe: PublishedStatistics) -> None:  # noqa: F811
    """Every authority with a figure is ranked once; values are those of the benchmark; limits hold England."""
    dfe = statistics_of_dfe
    found = standing(dfe.published, dfe.neighbours, SURREY)
    figures = benchmark(dfe.published, dfe.neighbours, SURREY)
    assert found[["indicator", "place", "year"]].equals(figures[["indicator", "place", "year"]])
    england = found[found["place"].eq("england")].set_index("indicator")
    assert (england["ranked"] + england["withheld"]).between(151, 155).all()
    assert england.loc["plans_independent_special", "rank"] == 3
    own = found[found["place"].eq("authority")].set_index("indicator")
    target = figures[figures["place"].eq("england")].set_index("indicator")["value"]
    assert (own["low_998"] < own["low_95"]).all()
    assert (own["low_95"] < target).all()
    assert (target < own["high_95"]).all()
    assert (own["phi"] > 2).all()
