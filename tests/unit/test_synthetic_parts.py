"""Small pieces of the made-up county, each against a case that fits in one's head."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.errors import UsageError
from placements.geography.authorities import find_authority
from placements.geography.postcodes import compile_directory
from placements.synthetic import census_day, statutory_years, synthesise
from placements.synthetic.care_places import assign
from placements.synthetic.damage import Damage, Tally, leave, set_to, spoil_rows
from placements.synthetic.identity import slashed, stamped, upns
from placements.synthetic.people import birthday, even_draws, pick
from placements.synthetic.plans import SETTINGS, fit_margins, whole
from placements.synthetic.rates import far_logit, outside_logit, profile_for
from placements.synthetic.terrain import survey


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def days(*texts: str) -> np.ndarray:
    return np.array([day(text) for text in texts], np.int64)


def test_dates_are_written_as_each_return_wants_them() -> None:
    """SSDA903: dd/mm/yyyy. SEN2: 2022-Sep-28 00:00:00, in English whatever the locale. Missing is blank."""
    given_days, blank = days("2022-09-28", "2024-02-29"), np.array([False, True])
    assert slashed(given_days).tolist() == ["28/09/2022", "29/02/2024"]
    assert slashed(given_days, blank).tolist() == ["28/09/2022", ""]
    assert stamped(given_days).tolist() == ["2022-Sep-28 00:00:00", "2024-Feb-29 00:00:00"]


@pytest.mark.parametrize(
    ("born", "years", "expected"),
    [("2007-05-31", 18, "2025-05-31"), ("2008-02-29", 18, "2026-03-01"), ("2008-02-29", 16, "2024-02-29")],
)
def test_a_birthday_falls_on_its_day_and_on_1_march_for_29_february(born: str, years: int, expected: str) -> None:
    assert birthday(days(born), years).tolist() == [day(expected)]


def test_upns_are_unique_and_carry_the_right_check_letter() -> None:
    """The letter is the remainder by 23 of the twelve digits weighted 2 to 13, without I, O and S."""
    numbers = upns(np.arange(50), "936", np.full(50, day("2012-07-01")))
    assert len(set(numbers)) == 50
    for number in numbers:
        total = sum(int(digit) * weight for digit, weight in zip(number[1:], range(2, 14), strict=True))
        assert number[0] == "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23]
        assert number[1:4] == "936"


@pytest.mark.parametrize(
    ("snapshot", "years"),
    [
        (dt.date(2025, 3, 31), (2021, 2022, 2023, 2024, 2025)),
        (dt.date(2025, 4, 1), (2022, 2023, 2024, 2025, 2026)),
        (dt.date(2025, 1, 5), (2021, 2022, 2023, 2024, 2025)),
    ],
)
def test_the_returns_are_the_five_years_ending_with_the_snapshots(snapshot: dt.date, years: tuple[int, ...]) -> None:
    assert statutory_years(snapshot) == years


def test_the_census_is_the_third_thursday_of_january_not_after_the_snapshot() -> None:
    assert census_day(dt.date(2025, 3, 31)) == dt.date(2025, 1, 16)
    assert census_day(dt.date(2025, 1, 10)) == dt.date(2024, 1, 18)


def test_spells_go_to_the_nearest_fit_until_it_is_full() -> None:
    """Two places 1 and 10 miles off with a bed each: the second child at the same time goes to the farther one."""
    points = pd.DataFrame(
        {"postcode": ["AA1 1AA", "AA1 1AB", "AA1 1AC"], "easting": [0.0, 1609.3, 16093.0], "northing": [0.0, 0.0, 0.0]}
    ).assign(district="E07000207")
    terrain = survey(
        find_authority("Surrey"), compile_directory(_with_outside(points), "test"), np.random.default_rng(0)
    )
    order = {code: place for place, code in enumerate(terrain.postcode)}
    table = pd.DataFrame({"position": [order["AA1 1AB"], order["AA1 1AC"]], "inside": True})
    home = np.full(3, order["AA1 1AA"])
    start, end = days("2024-01-01", "2024-02-01", "2024-06-01"), days("2024-03-01", "2024-04-01", "2024-07-01")
    given_place = assign(start, end, home, np.full(3, 1.0), np.full(3, True), table, terrain, np.array([1, 1]))
    assert given_place.tolist() == [0, 1, 0]


def _with_outside(points: pd.DataFrame) -> pd.DataFrame:
    other = pd.DataFrame(
        {"postcode": ["BB1 1AA", "EH1 1AA"], "easting": [90_000.0, 325_000.0], "northing": [0.0, 673_000.0]}
    ).assign(district=["E06000001", "S12000036"])
    return pd.concat([points, other], ignore_index=True)


def test_asking_for_nothing_is_refused_with_advice(tmp_path) -> None:
    directory = compile_directory(
        pd.DataFrame({"postcode": ["BB1 1AA"], "easting": [1.0], "northing": [1.0], "district": ["E06000001"]}), "test"
    )
    with pytest.raises(UsageError, match="1 or more"):
        synthesise(tmp_path, find_authority("Surrey"), directory, snapshot=dt.date(2025, 3, 31), children=0)
    with pytest.raises(UsageError, match="no postcodes"):
        synthesise(tmp_path, find_authority("Surrey"), directory, snapshot=dt.date(2025, 3, 31))


def test_surrey_uses_its_own_figures_and_others_englands_by_size() -> None:
    """Twice the postcodes, twice the children; the smaller the extent, the larger the share outside, the less far."""
    surrey = profile_for(find_authority("Surrey"), 1, 1, (2021, 2022, 2023, 2024, 2025))
    assert (surrey.looked_after, surrey.plans, surrey.starts[:4]) == (963, 16069, (420, 450, 384, 358))
    assert set(SETTINGS) >= set(surrey.settings)
    kent = find_authority("Kent")
    one = profile_for(kent, 10_000, 2_000, (2024, 2025))
    two = profile_for(kent, 20_000, 2_000, (2024, 2025))
    assert two.looked_after == pytest.approx(2 * one.looked_after, abs=1)
    assert outside_logit(30) > outside_logit(3_000)
    assert far_logit(30) < far_logit(3_000)
    asked = profile_for(kent, 10_000, 2_000, (2024, 2025), children=77, plans=99)
    assert (asked.looked_after, asked.plans) == (77, 99)


# --- properties -----------------------------------------------------------------------------------------------------
@given(st.lists(st.floats(0, 100), min_size=1, max_size=12).filter(lambda x: sum(x) > 0.01), st.integers(0, 500))
def test_whole_numbers_add_up_and_stay_within_one_of_their_share(shares: list[float], total: int) -> None:
    exact = np.array(shares) / sum(shares) * total
    counts = whole(np.array(shares), total)
    assert counts.sum() == total
    assert (np.abs(counts - exact) < 1 + 1e-6).all()


@given(st.integers(1, 400), st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 99))
def test_even_draws_give_each_choice_its_share_to_within_two(count: int, weights: list[int], seed: int) -> None:
    chosen = pick(even_draws(np.random.default_rng(seed), count), np.array(weights, float))
    got = np.bincount(chosen, minlength=len(weights))
    assert (np.abs(got - count * np.array(weights) / sum(weights)) <= 2).all()


@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 99))
def test_fitted_tables_meet_both_totals_when_nothing_is_impossible(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    target = rng.uniform(1, 10, (rows, columns))
    fitted = fit_margins(rng.uniform(0.5, 2, (rows, columns)), target.sum(axis=1), target.sum(axis=0), rounds=400)
    np.testing.assert_allclose(fitted.sum(axis=1), target.sum(axis=1), rtol=1e-6)
    np.testing.assert_allclose(fitted.sum(axis=0), target.sum(axis=0), rtol=1e-4)


@given(st.integers(40, 4_000), st.integers(0, 20))
def test_damage_is_three_in_a_thousand_and_at_least_five_and_counted(rows: int, seed: int) -> None:
    """Rows in place keep their number; further rows add to it; the rest of the table is untouched."""
    frame = pd.DataFrame({"a": [f"{n}" for n in range(rows)], "b": "x"})
    tally = Tally()
    ways = (Damage("bad", set_to("b", "?")), Damage("twice", leave, further=True))
    spoilt = spoil_rows(frame, ways, np.random.default_rng(seed), tally)
    wanted = max(5, int(np.ceil(0.003 * rows)))
    assert sum(tally.counts.values()) == wanted
    assert (spoilt["b"] == "?").sum() == tally.counts["bad"]
    assert len(spoilt) == rows + tally.counts["twice"]
    assert spoilt["a"].duplicated().sum() == tally.counts["twice"]
    assert frame["b"].eq("x").all()
