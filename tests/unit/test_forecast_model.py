"""The forecast against what can be worked out by hand or in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from placements import codes
from placements.errors import UsageError
from placements.forecasting import forecast
from placements.forecasting.away import PRIOR_STARTS, away_shares
from placements.forecasting.durations import (
    DURATION_BANDS,
    PRIOR_ENDS,
    Hazards,
    _ends_and_exposure,
    fit_hazards,
    stay_months,
    survival,
)
from placements.forecasting.rates import Rates, fit_rates
from placements.forecasting.simulate import Levers, simulate_starting
from placements.forecasting.spells import KEYS, spells_of
from tests.support import tiny_county

CERTAIN = 1e9


def known_rates(monthly: float, age_band: str = "Under 1", provision: str = "agency_foster") -> Rates:
    """Rates of one group that are known for certain."""
    groups = pd.DataFrame([("g", codes.CARE, "A", "family", age_band, provision)], columns=["group", *KEYS])
    return Rates(
        groups=groups.astype("str"),
        alpha=np.ones(1),
        starts={provision: monthly * CERTAIN},
        months={provision: CERTAIN},
        shock={provision: 0.0},
        season={service: np.ones(12) for service in codes.SERVICES},
        prior_weight={},
    )


def known_hazards(hazard: list[float], age_band: str = "Under 1", provision: str = "agency_foster") -> Hazards:
    cells = pd.DataFrame([(provision, age_band)], columns=["provision", "age_band"], dtype="str")
    return Hazards(cells, np.array([hazard]) * CERTAIN, np.full((1, len(DURATION_BANDS)), CERTAIN))


def simulated(rates: Rates, hazards: Hazards, months: int, runs: int) -> tuple[np.ndarray, np.ndarray]:
    return simulate_starting(rates, hazards, Levers(), first_month=4, months=months, runs=runs, seed=3)


def test_constant_rates_give_the_convolution_of_starts_with_survival() -> None:
    """Expected places in use = starts a month x survival since the start, summed over the past, for any hazard."""
    hazard = [0.30, 0.10, 0.05, 0.08, 0.02, 0.02, 0.01]
    starting, _ = simulated(known_rates(3.0), known_hazards(hazard), 36, 600)
    fine = 200
    age = (np.arange(36 * fine) + 0.5) / fine
    cumulative = 3.0 * np.cumsum(survival(np.array([hazard]), age)[0]) / fine
    expected = cumulative.reshape(36, fine).mean(axis=1)
    mean, error = starting[:, :, 0].mean(axis=0), starting[:, :, 0].std(axis=0) / np.sqrt(600)
    assert np.all(np.abs(mean - expected) < 4.5 * error + 0.01)


def test_one_hazard_gives_the_textbook_formula() -> None:
    """With one hazard h the month's mean stock is rate/h (1 - (exp(-h m) - exp(-h (m+1)))/h)."""
    rate, h = 5.0, 0.1
    starting, _ = simulated(known_rates(rate), known_hazards([h] * len(DURATION_BANDS)), 24, 500)
    m = np.arange(24)
    expected = rate / h * (1 - (np.exp(-h * m) - np.exp(-h * (m + 1))) / h)
    error = starting[:, :, 0].std(axis=0) / np.sqrt(500)
    assert np.all(np.abs(starting[:, :, 0].mean(axis=0) - expected) < 4.5 * error)


def test_nobody_stays_beyond_the_birthday_on_which_care_ends() -> None:
    """A child placed at 16 or over has left within two years, however rarely placements end."""
    hazard = known_hazards([1e-7] * len(DURATION_BANDS), "16 and over")
    _, cohorts = simulated(known_rates(4.0, "16 and over"), hazard, 60, 50)
    assert cohorts[:, 0, 0].sum() > 0
    assert cohorts[:, 0, 3:].sum() == 0
    assert cohorts[:, 1, 4:].sum() == 0


def test_cohorts_add_up_to_the_places_in_use() -> None:
    """Child-years by year of start sum to a twelfth of the months."""
    starting, cohorts = simulated(known_rates(4.0), known_hazards([0.05] * len(DURATION_BANDS)), 36, 20)
    assert cohorts.sum(axis=1)[:, :, 0] == pytest.approx(starting[:, :, 0].reshape(20, 3, 12).mean(axis=2), rel=1e-4)


def test_stay_and_survival_are_inverse() -> None:
    """The stay drawn for an exponential draw of -log S is the length at which survival is S."""
    hazard = np.array([[0.30, 0.10, 0.05, 0.08, 0.02, 0.02, 0.01]])
    lengths = np.array([0.2, 1.0, 2.9, 7.0, 30.0, 90.0])
    draws = -np.log(survival(hazard, lengths)[0])
    assert stay_months(np.repeat(hazard, 6, axis=0), draws) == pytest.approx(lengths)
    later = stay_months(hazard, np.array([0.02 * 5]), np.array([13.0]))
    assert later == pytest.approx([5.0])


def test_hazards_count_only_what_happened_in_the_window() -> None:
    """Exposure begins where the window does (left truncation), an end is one event, and ageing out is none."""
    county = tiny_county(
        """
        n  | provision     | home      | to  | birth      | start      | end
        30 | agency_foster | Guildford | out | 2016-01-01 | 2020-03-31 | 2023-03-31
        10 | agency_foster | Guildford | out | 2005-03-20 | 2021-03-31 | 2023-03-20
        7  | agency_foster | Guildford | out | 2016-01-01 | 2021-03-30 | 2022-03-30
        """
    )
    spells = spells_of(county, 3)
    hazards = fit_hazards(spells)
    assert spells.window_start[codes.CARE] == pd.Timestamp("2022-03-31")
    assert len(spells.history) == 40
    cells = pd.MultiIndex.from_frame(hazards.cells)
    ends, exposure = _ends_and_exposure(spells, cells)
    young, old = cells.get_loc(("agency_foster", "1 to 4")), cells.get_loc(("agency_foster", "16 and over"))
    day = 12 / 365.25
    assert ends[young].tolist() == [0, 0, 0, 0, 0, 30, 0]
    assert exposure[young, 5] == pytest.approx(30 * (1095 * day - 24))
    assert exposure[young].sum() == pytest.approx(30 * 365 * day)
    assert ends[old].sum() == 0
    assert exposure[old].sum() == pytest.approx(10 * 354 * day)
    assert hazards.shape[young, 5] == 30 + PRIOR_ENDS


def test_starts_from_unknown_homes_are_spread_not_lost() -> None:
    """Rates over the groups add up to all starts of the provision, those of unknown home too."""
    county = tiny_county(
        """
        n  | provision     | home      | to  | birth      | start
        30 | agency_foster | Guildford | out | 2014-01-01 | 2024-03-31
        10 | agency_foster | Woking    | out | 2014-01-01 | 2024-03-31
        20 | agency_foster | -         | out | 2014-01-01 | 2024-03-31
        """
    )
    rates = fit_rates(spells_of(county, 3))
    monthly = pd.Series(rates.expected()).groupby(rates.groups["area"]).sum()
    assert monthly.sum() == pytest.approx(60.5 / 36, rel=1e-3)
    assert monthly["E07000209"] / monthly["E07000217"] == pytest.approx(3, rel=0.15)
    assert monthly["E07000215"] < 0.1 * monthly.sum()


def test_small_cells_are_drawn_toward_what_they_have_in_common() -> None:
    """A kind of need seen 40 times in one area and never in a like one is expected there too, if less."""
    county = tiny_county(
        """
        n  | provision      | home      | to  | need | birth      | start
        20 | childrens_home | Guildford | out | N1   | 2012-01-01 | 2024-03-31
        2  | childrens_home | Guildford | out | N2   | 2012-01-01 | 2024-03-31
        20 | childrens_home | Woking    | out | N1   | 2012-01-01 | 2024-03-31
        """
    )
    rates = fit_rates(spells_of(county, 3))
    rate = pd.Series(rates.expected(), index=rates.groups["group"])
    seen = rate["E07000209/childrens_home/disabled/10 to 15"]
    unseen = rate["E07000217/childrens_home/disabled/10 to 15"]
    assert 0.1 * seen < unseen < seen


def test_away_share_is_shrunk_from_wide_to_narrow() -> None:
    """By hand: 6 of 8 known in the provision; the area's own 2 of 2 weighs 2 against the prior of 10."""
    county = tiny_county(
        """
        n | provision     | home      | to        | need | birth      | start      | reason
        2 | agency_foster | Guildford | Guildford | N1   | 2014-01-01 | 2024-03-31 | -
        4 | agency_foster | Guildford | out       | N1   | 2014-01-01 | 2024-03-31 | not_available
        2 | agency_foster | Woking    | out       | N1   | 2014-01-01 | 2024-03-31 | does_not_exist
        3 | agency_foster | Woking    | -         | N1   | 2014-01-01 | 2024-03-31 | -
        """
    )
    spells = spells_of(county, 3)
    shares = away_shares(spells, fit_rates(spells).groups)
    wide = 6 / 8
    for _ in range(2):
        wide = (6 + PRIOR_STARTS * wide) / (8 + PRIOR_STARTS)
    woking = shares.loc["E07000217/agency_foster/family/10 to 15"]
    assert woking["share"] == pytest.approx((2 + PRIOR_STARTS * wide) / (2 + PRIOR_STARTS))
    assert (woking["avoidable"], woking["known"], woking["unknown"]) == (2, 2, 3)


def test_the_same_seed_gives_the_same_forecast_and_another_does_not() -> None:
    """Same inputs and seed, same bytes."""
    county = tiny_county()
    first, again, other = forecast(county), forecast(county), forecast(county, seed=8)
    assert first.starting.tobytes() == again.starting.tobytes()
    assert first.settled.tobytes() == again.settled.tobytes()
    assert first.starting.tobytes() != other.starting.tobytes()


def test_a_county_without_placements_has_a_forecast_without_groups() -> None:
    """No data is an empty forecast of the usual shape, not an error."""
    result = forecast(tiny_county(pd.DataFrame()), years=2, runs=5)
    assert result.starting.shape == (5, 24, 0)
    assert result.avoidable_child_years().shape == (5, 2, 0)
    assert result.summary().empty
    assert list(result.groups.columns) == ["group", *KEYS]
    assert len(result.summary(by=())) == 24


def test_settled_children_are_counted_once_and_run_off() -> None:
    """In the first month nearly all children placed today are there; later ever fewer."""
    county = tiny_county()
    result = forecast(county, runs=200)
    settled = result.settled.sum(axis=2).mean(axis=0)
    plannable = county.placements["provision"].isin(result.groups["provision"]) & county.placements["end"].isna()
    assert settled[0] == pytest.approx(plannable.sum(), rel=0.1)
    assert np.all(np.diff(settled) < 1e-3)


def test_summary_takes_bands_of_sums() -> None:
    """The band of a total is that of the runs' totals, and levels add up in the mean."""
    result = forecast(tiny_county(), runs=60)
    total = result.summary(by=(), level="total")
    by_service = result.summary(by=("service",), level="total")
    month = result.months[5]
    assert by_service.xs(month, level="month")["mean"].sum() == pytest.approx(total.loc[month, "mean"].item())
    values = result.level("total")[:, 5].sum(axis=1, dtype=float)
    assert total.loc[month, "high_80"].item() == pytest.approx(np.quantile(values, 0.9))
    with pytest.raises(UsageError, match="level"):
        result.summary(level="all")
    with pytest.raises(UsageError, match="school"):
        result.summary(by=("school",))
