"""Which changes between years are more than chance: by the published methods, of every kind of answer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from placements.analysis.catalogue.flow import STARTED
from placements.analysis.change import (
    count_differences,
    count_p_values,
    holm,
    share_differences,
    share_p_values,
)
from placements.analysis.definition import Definition, Kind
from placements.analysis.populations import LOOKED_AFTER
from placements.analysis.year_changes import COLUMNS, FIRST_TO_LAST, NOT_TOLD, SUCCESSIVE, year_changes
from placements.errors import UsageError
from tests.support import table

#: Newcombe 1998, table II, method 10: x1/n1 less x2/n2.
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
]


def _definition(kind: Kind, flow: bool = False) -> Definition:
    def nothing(rows: pd.DataFrame, inputs: object) -> pd.Series:
        return rows["child_id"]

    return Definition("asked", "Asked", kind, "", "", "", "", STARTED if flow else LOOKED_AFTER, nothing, nothing,
                      number=nothing, table=(lambda inputs, by: pd.DataFrame()) if kind is Kind.TABLE else None)  # fmt: skip


def _answer(text: str) -> pd.DataFrame:
    frame = table(text)
    words = {"year", "need", "category"}
    return frame.assign(**{name: pd.to_numeric(frame[name]) for name in frame.columns if name not in words})


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "low", "high"), NEWCOMBE)
def test_newcombes_published_intervals(x1: int, n1: int, x2: int, n2: int, low: float, high: float) -> None:
    """The examples of the paper, to its four decimals."""
    found = share_differences([x2], [n2], [x1], [n1])
    assert [round(float(part[0]), 4) for part in found[1:]] == [pytest.approx(low), pytest.approx(high)]


@given(st.integers(1, 200), st.integers(1, 200), st.floats(0, 1), st.floats(0, 1))
def test_interval_and_p_value_agree(n1: int, n2: int, share1: float, share2: float) -> None:
    """A share's change is clear by its interval exactly when p is below 0.05, and at 1 - p the interval touches 0."""
    x1, x2 = round(n1 * share1), round(n2 * share2)
    _, low, high = share_differences([x1], [n1], [x2], [n2])
    p = float(share_p_values([x1], [n1], [x2], [n2])[0])
    if abs(p - 0.05) > 1e-9:
        assert bool(low[0] > 0 or high[0] < 0) == (p < 0.05)
    if 1e-12 < p < 0.999:
        change, low, high = share_differences([x1], [n1], [x2], [n2], z=float(stats.norm.isf(p / 2)))
        assert float(low[0] if change[0] > 0 else high[0]) == pytest.approx(0, abs=1e-7)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.2, 5))
def test_conditional_test_is_scipys(before: int, after: int, of: float) -> None:
    """Twice the smaller tail of the binomial that scipy's one-sided exact tests give; symmetric in time."""
    p = float(count_p_values([before], [1], [after], [of])[0])
    if before + after == 0:
        assert p == 1.0
        return
    tails = [
        stats.binomtest(after, before + after, of / (1 + of), alternative=side).pvalue for side in ("less", "greater")
    ]
    assert p == pytest.approx(min(1, 2 * min(tails)), rel=1e-9, abs=1e-12)
    assert p == pytest.approx(float(count_p_values([after], [of], [before], [1])[0]), rel=1e-6, abs=1e-12)


def test_coverage_by_simulation() -> None:
    """Of many repeats, about 95 % of intervals hold the true change, and of no change at most 5 % are called clear."""
    rng = np.random.default_rng(3)
    repeats = 20_000
    x1, x2 = rng.binomial(70, 0.3, repeats), rng.binomial(90, 0.45, repeats)
    _, low, high = share_differences(x1, np.full(repeats, 70), x2, np.full(repeats, 90))
    assert np.mean((low <= 0.15) & (high >= 0.15)) == pytest.approx(0.95, abs=0.01)
    one = np.ones(repeats)
    y1, y2 = rng.poisson(20, repeats), rng.poisson(32, repeats)
    _, low, high = count_differences(y1, one, y2, one)
    assert 0.945 <= np.mean((low <= 12) & (high >= 12)) <= 0.985
    same = count_p_values(rng.poisson(25, repeats), one, rng.poisson(25, repeats), one)
    assert 0.02 <= np.mean(same < 0.05) <= 0.05


def test_holm_by_hand() -> None:
    """0.01, 0.04, 0.03 of three: 0.03, then 2 x 0.03 = 0.06, and the last not below it; NaN counts for none."""
    assert holm([0.01, np.nan, 0.04, 0.03]).tolist() == pytest.approx([0.03, math.nan, 0.06, 0.06], nan_ok=True)
    assert holm([]).size == 0
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_stays_between_p_and_bonferroni(p: list[float]) -> None:
    """Adjusting never makes a claim easier, nor harder than Bonferroni's, and keeps the order."""
    found = holm(p)
    assert (found >= np.array(p) - 1e-15).all()
    assert (found <= np.minimum(1, np.array(p) * len(p)) + 1e-15).all()
    assert (np.diff(found[np.argsort(p, kind="stable")]) >= 0).all()


def test_shares_by_group_and_year() -> None:
    """Each group has each pair of successive years and the first to the last; a group that nobody was in is not told."""
    found = year_changes(
        _definition(Kind.SHARE),
        _answer("""
need | year       | numerator | denominator | excluded | share | low | high
N1   | 2023-03-31 | 48        | 80          | 0        | 0.6   | 0   | 1
N1   | 2024-03-31 | 56        | 70          | 0        | 0.8   | 0   | 1
N1   | 2025-03-31 | 57        | 70          | 0        | 0.8   | 0   | 1
N2   | 2024-03-31 | 1         | 4           | 0        | 0.25  | 0   | 1
N2   | 2025-03-31 | -         | -           | -        | -     | -   | -
"""),
    )
    assert found.columns.tolist() == ["need", *COLUMNS]
    assert found["span"].tolist() == [SUCCESSIVE] * 4 + [FIRST_TO_LAST] * 2
    n1 = found[found["need"].eq("N1")]
    assert n1["change"].tolist() == pytest.approx([0.2, 1 / 70, 57 / 70 - 0.6])
    assert n1["low"].iloc[0] == pytest.approx(0.0524, abs=5e-5)
    assert n1["could_be_chance"].tolist() == [False, True, False]
    assert n1["method"].str.startswith("Newcombe's method 10; the two days share children").all()
    n2 = found[found["need"].eq("N2")]
    assert n2["could_be_chance"].isna().all()
    assert n2["could_be_chance_of_all"].isna().all()
    assert set(n2["method"]) == {NOT_TOLD}


def test_counts_of_a_group_that_was_empty_are_nought() -> None:
    """Nobody in a year that others have members in is 0, not unknown; 0 to 9 is clear, 100 to 110 is not."""
    found = year_changes(
        _definition(Kind.COUNT, flow=True),
        _answer("""
year       | need | count
2024-03-31 | N1   | 100
2025-03-31 | N1   | 110
2025-03-31 | N2   | 9
"""),
    ).set_index("need")
    assert found.loc["N2", ["before", "after", "change"]].tolist() == [0, 9, 9]
    assert found.loc["N2", "p_value"] == pytest.approx(2 * 0.5**9)
    assert found["could_be_chance"].to_dict() == {"N1": True, "N2": False}
    assert found["method"].eq("exact conditional Poisson test").all()


def test_without_groups_and_rates() -> None:
    """A rate takes its residents into account: twice the children among twice the residents is no change."""
    found = year_changes(
        _definition(Kind.RATE),
        _answer("""
year       | count | residents | rate | low | high
2024-03-31 | 100   | 20000     | 50   | 1   | 1
2025-03-31 | 200   | 40000     | 50   | 1   | 1
2026-03-31 | 300   | -         | -    | -   | -
"""),
    )
    assert found["change"].iloc[0] == 0
    assert found["before"].iloc[0] == 50
    assert found["low"].iloc[0] == pytest.approx(-found["high"].iloc[0], rel=0.4)
    assert found["could_be_chance"].isna().tolist() == [False, True, True]


def test_a_category_that_nobody_was_of() -> None:
    """A category without a row has nobody of those that the year's other categories are of."""
    found = year_changes(
        _definition(Kind.BREAKDOWN),
        _answer("""
year       | category | count | denominator | share | low | high
2024-03-31 | a        | 30    | 30          | 1     | 0   | 1
2025-03-31 | a        | 20    | 40          | 0.5   | 0   | 1
2025-03-31 | b        | 20    | 40          | 0.5   | 0   | 1
"""),
    ).set_index("category")
    assert found["change"].to_dict() == {"a": -0.5, "b": 0.5}
    assert not found["could_be_chance"].any()


def test_medians_and_means() -> None:
    """Medians have an approximate error by their quartiles and number, few values none; means have no method."""
    spread = year_changes(
        _definition(Kind.SPREAD),
        _answer("""
need | year       | count | excluded | p10 | p25 | p50 | p75 | p90
N1   | 2024-03-31 | 400   | 0        | 1   | 5   | 10  | 15  | 20
N1   | 2025-03-31 | 400   | 0        | 1   | 7   | 12  | 17  | 20
N2   | 2024-03-31 | 9     | 0        | 1   | 5   | 10  | 15  | 20
N2   | 2025-03-31 | 400   | 0        | 1   | 7   | 12  | 17  | 20
"""),
    ).set_index("need")
    error = math.hypot(*[0.9291 * 10 / 20] * 2)
    assert spread.loc["N1", "high"] == pytest.approx(2 + 1.96 * error, rel=1e-3)
    assert spread["could_be_chance"].isna().to_dict() == {"N1": False, "N2": True}
    means = year_changes(
        _definition(Kind.MEAN),
        _answer("""
year       | count | excluded | mean | sum
2024-03-31 | 40    | 0        | 900  | 36000
2025-03-31 | 40    | 0        | 990  | 39600
"""),
    )
    assert means["change"].tolist() == [90]
    assert means["could_be_chance"].isna().all()
    assert means["method"].str.startswith("not available").all()


def test_what_has_no_years_is_refused() -> None:
    """A table of its own and an answer that is not by year say so; one year alone has no change."""
    with pytest.raises(UsageError, match="asked"):
        year_changes(_definition(Kind.COUNT), pd.DataFrame({"count": [3]}))
    with pytest.raises(UsageError):
        year_changes(_definition(Kind.TABLE), pd.DataFrame({"year": ["2024-03-31"]}))
    alone = year_changes(_definition(Kind.COUNT), pd.DataFrame({"year": ["2024-03-31"], "count": [3]}))
    assert alone.empty
    assert alone.columns.tolist() == list(COLUMNS)
