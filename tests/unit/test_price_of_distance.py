"""The price of distance: least squares that agrees with others', recorded costs only, and no answer where none holds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements import codes
from placements.analysis.least_squares import independent, least_squares
from placements.analysis.price_of_distance import DOUBLING, OVER_20_MILES, price_of_distance

#: K. A. Brownlee's stack loss data (1965), as in R and statsmodels: three measures, and the loss.
STACK_LOSS = np.array(
    [
        (80, 27, 89, 42), (80, 27, 88, 37), (75, 25, 90, 37), (62, 24, 87, 28), (62, 22, 87, 18), (62, 23, 87, 18),
        (62, 24, 93, 19), (62, 24, 93, 20), (58, 23, 87, 15), (58, 18, 80, 14), (58, 18, 89, 14), (58, 17, 88, 13),
        (58, 18, 82, 11), (58, 19, 93, 12), (50, 18, 89, 8), (50, 18, 86, 7), (50, 19, 72, 8), (50, 19, 79, 8),
        (50, 20, 80, 9), (56, 20, 82, 15), (70, 20, 91, 15),
    ],
    dtype=float,
)  # fmt: skip


def design(rows: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(rows)), rows])


def test_stack_loss_is_fitted_as_statsmodels_fits_it():
    """Coefficients, HC3 errors and R squared of `OLS(...).fit(cov_type="HC3")`, statsmodels 0.15.0."""
    fit = least_squares(design(STACK_LOSS[:, :3]), STACK_LOSS[:, 3])
    assert fit.coefficients == pytest.approx([-39.91967442, 0.7156402005, 1.295286124, -0.1521225191])
    assert fit.standard_errors == pytest.approx([9.001105109, 0.2134211981, 0.5887537967, 0.120580229])
    assert fit.r_squared == pytest.approx(0.9135769045)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_errors_are_those_of_fits_that_leave_each_row_out(seed):
    """By definition: with the error that each row has in the fit without it, and the textbook matrices."""
    draw = np.random.default_rng(seed)
    x = design(draw.normal(size=(12, 2)))
    y = draw.normal(size=12) * (1 + abs(x[:, 1]))
    inverse = np.linalg.inv(x.T @ x)
    middle = np.zeros((3, 3))
    for row in range(12):
        others = np.arange(12) != row
        without = np.linalg.lstsq(x[others], y[others], rcond=None)[0]
        middle += np.outer(x[row], x[row]) * (y[row] - x[row] @ without) ** 2
    expected = np.sqrt(np.diag(inverse @ middle @ inverse))
    assert least_squares(x, y).standard_errors == pytest.approx(expected, rel=1e-6)


def test_columns_that_say_nothing_new_are_found():
    """A sum of earlier columns, a column twice and one of nothing; the order decides which of them stays."""
    a, b = np.array([1.0, 0, 0, 1, 0]), np.array([0, 1.0, 1, 0, 0])
    assert independent(np.column_stack([np.ones(5), a, b, 1 - a - b, a, np.zeros(5)])) == [0, 1, 2]


def children(n: int, **changes) -> pd.DataFrame:
    """Return n children: half over 20 miles, kinds and needs in turn, at costs that only kind and distance decide."""
    number = np.arange(n)
    far = number % 2 == 0
    home = number % 3 == 0
    draw = np.random.default_rng(5)
    miles = np.where(far, 21.0 + number % 30, 1.0 + number % 15)
    cost = 1000 * np.where(home, 5.0, 1.0) * np.where(far, 1.2, 1.0) * np.exp(draw.normal(0, 0.02, n))
    frame = pd.DataFrame(
        {
            "provision": np.where(home, "childrens_home", "agency_foster"),
            "need_group": np.where(number % 5 < 2, "disabled", "family"),
            "age_band": np.where(number % 7 < 3, "10 to 15", "16 and over"),
            "sector": "private",
            "location": np.where(number % 4 < 2, codes.OUT_OF_COUNTY, codes.IN_COUNTY),
            "distance_miles": miles,
            "over_20_miles": pd.array(far, dtype="boolean"),
            "weekly_cost_gbp": cost,
            "cost_basis": "recorded",
        }
    )
    return frame.assign(**changes)


def effect(table: pd.DataFrame, term: str) -> pd.Series:
    return table[table["part"].eq("effect")].set_index("term").loc[term]


def test_a_price_that_was_put_in_is_found():
    """A fifth dearer over 20 miles, five times as dear in a home; the rest makes no difference."""
    table = price_of_distance(children(400))
    assert table["term"].iloc[0] == OVER_20_MILES
    far, home = effect(table, OVER_20_MILES), effect(table, "provision:childrens_home")
    assert far["low"] < 20 < far["high"]
    assert far["high"] - far["low"] < 3
    assert home["estimate"] == pytest.approx(400, abs=10)
    assert abs(effect(table, "out_of_county")["estimate"]) < 2
    assert far["children"] == 200


def test_a_price_of_doubling_is_found():
    """A tenth more for each doubling of one more than the miles."""
    rows = children(400)
    rows["weekly_cost_gbp"] = 900 * 1.1 ** np.log2(1 + rows["distance_miles"]) * (1 + np.arange(400) % 3 / 100)
    assert effect(price_of_distance(rows, DOUBLING), DOUBLING)["estimate"] == pytest.approx(10, abs=0.5)


def test_only_recorded_costs_count_and_who_is_left_out_is_said():
    """An assumed cost however large changes nothing; every child is in the model or in one line of those left out."""
    rows = children(400)
    more = children(50, cost_basis="assumed", weekly_cost_gbp=99_999.0)
    others = children(7, cost_basis="provider")
    unknown = children(3, cost_basis="unknown", weekly_cost_gbp=np.nan)
    nowhere = children(4, location=codes.UNKNOWN)
    rare = children(2, provision="secure")
    table = price_of_distance(pd.concat([rows, more, others, unknown, nowhere, rare], ignore_index=True))
    left = table[table["part"].eq("left_out")].set_index("term")["children"].to_dict()
    assert left == {"no_cost": 3, "provider": 7, "assumed": 50, "not_located": 4, "small_group": 2}
    fitted = table.loc[table["term"].eq("fitted"), "children"].iloc[0]
    assert fitted + sum(left.values()) == 466
    alone = price_of_distance(rows)
    assert effect(table, OVER_20_MILES)["estimate"] == pytest.approx(effect(alone, OVER_20_MILES)["estimate"])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (children(0), "fewer than 15"),
        (children(1), "fewer than 15"),
        (children(60), "fewer than 15"),
        (children(400, over_20_miles=True), "one side of 20 miles"),
        (children(400, location=np.where(np.arange(400) % 2 == 0, "out_of_county", "in_county")), "told apart"),
        (children(400, cost_basis="assumed"), "fewer than 15"),
    ],
    ids=["nobody", "one child", "too few", "all far", "far is out", "all assumed"],
)
def test_where_the_data_cannot_tell_there_is_no_answer(rows, why):
    """It says why, in words that tell no number of children, and gives no estimate."""
    table = price_of_distance(rows)
    assert table["part"].iloc[0] == "refused"
    assert why in table["label"].iloc[0]
    assert table["estimate"].isna().all()


def test_a_term_that_others_say_already_is_left_out_and_named():
    """Where all homes are private and all fostering voluntary, sector is kind: distance can still be told."""
    rows = children(400)
    rows["sector"] = np.where(rows["provision"].eq("childrens_home"), "private", "voluntary")
    table = price_of_distance(rows)
    assert table.loc[table["part"].eq("same"), "term"].tolist() == ["sector:private"]
    assert effect(table, OVER_20_MILES)["low"] < 20 < effect(table, OVER_20_MILES)["high"]


def test_no_estimate_rests_on_fewer_than_ten_children():
    """Small groups are taken together or left out, so both sides of every term have ten."""
    rows = children(400)
    rows.loc[:5, "sector"] = "voluntary"
    rows.loc[6:12, "sector"] = "own"
    rows.loc[395:, "need_group"] = "unaccompanied"
    effects = price_of_distance(rows).query("part == 'effect'")
    assert (effects["children"] >= 10).all()
    assert "sector:other groups" in set(effects["term"])
    assert "need_group:unaccompanied" not in set(effects["term"])


def test_the_order_of_rows_does_not_matter():
    """The same children in another order give the same answer."""
    rows = children(400)
    one, two = price_of_distance(rows), price_of_distance(rows.iloc[::-1])
    pd.testing.assert_frame_equal(one, two)
