"""The forecast against what can be worked out by hand or in closed form."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import expm

from placements import codes
from placements.errors import UsageError
from placements.forecasting import forecast
from placements.forecasting.away import PRIOR_STARTS, away_shares
from placements.forecasting.by_need import ByNeed, fit_by_need
from placements.forecasting.cells import KEYS as CELL
from placements.forecasting.cells import PHASE_MONTHS, PHASES, cells, phase_at
from placements.forecasting.destinations import NEXT, fit_destinations
from placements.forecasting.durations import PRIOR_ENDS, ends_and_exposure, fit_hazards, stay_months, survival
from placements.forecasting.entries import SLOPE_KEPT_A_YEAR, fit_entries
from placements.forecasting.groups import groups_of
from placements.forecasting.levers import Levers, Step
from placements.forecasting.simulate import Simulated
from placements.forecasting.spells import KEYS, STATES, spells_of
from tests.forecast_support import NEED, known_model, known_stream, simulated
from tests.support import tiny_county

FOSTER, HOME, KIN = "agency_foster", "childrens_home", "connected_carers"


def held(found: Simulated, state: str) -> np.ndarray:
    """Places in use of one kind, (runs, months)."""
    return found.held[:, :, STATES.index(state)]


def agrees(found: np.ndarray, expected: np.ndarray) -> bool:
    """Whether means over runs are within their error of what is expected, month by month."""
    error = found.std(axis=0) / np.sqrt(len(found))
    return bool(np.all(np.abs(found.mean(axis=0) - expected) < 4.5 * error + 0.01))


def test_constant_rates_give_the_convolution_of_entries_with_survival() -> None:
    """Expected places in use = entries a month x survival since the entry, summed over the past, for any hazard."""
    hazard = [0.30, 0.10, 0.05, 0.08, 0.02, 0.02, 0.01]
    found = simulated(known_model([known_stream(3.0)], {FOSTER: hazard}), 36, 600)
    fine = 200
    age = (np.arange(36 * fine) + 0.5) / fine
    cumulative = 3.0 * np.cumsum(survival(np.array([hazard]), age)[0]) / fine
    assert agrees(held(found, FOSTER), cumulative.reshape(36, fine).mean(axis=1))


def test_one_hazard_gives_the_textbook_formula() -> None:
    """With one hazard h the month's mean stock is rate/h (1 - (exp(-h m) - exp(-h (m+1)))/h)."""
    rate, h = 5.0, 0.1
    found = simulated(known_model([known_stream(rate)], {FOSTER: h}), 24, 500)
    m = np.arange(24)
    assert agrees(held(found, FOSTER), rate / h * (1 - (np.exp(-h * m) - np.exp(-h * (m + 1))) / h))


def test_moves_between_kinds_are_those_of_the_markov_chain() -> None:
    """With constant hazards the stock obeys dN/dt = entries + N Q: settled children and new ones, in three kinds."""
    hazards = {FOSTER: 0.10, HOME: 0.20, KIN: 0.04}
    chances = {FOSTER: {HOME: 0.3, KIN: 0.2, FOSTER: 0.1}, HOME: {FOSTER: 0.5}, KIN: {FOSTER: 0.6}}
    states = [FOSTER, HOME, KIN]
    flow = np.array([[hazards[a] * chances[a].get(b, 0.0) for b in states] for a in states])
    generator = flow - np.diag([hazards[a] for a in states])
    today, entries = np.array([40.0, 10.0, 20.0]), np.array([4.0, 0.0, 0.0])
    # Entries are a source: one more state of constant mass 1 that feeds the others.
    whole = np.zeros((4, 4))
    whole[:3, :3], whole[3, :3] = generator, entries
    fine, months = 40, 24
    step, at = expm(whole / fine), np.append(today, 1.0)
    path = []
    for _ in range(fine * months + 1):
        path.append(at[:3])
        at = at @ step
    path_ = np.array(path)
    expected = ((path_[:-1] + path_[1:]) / 2).reshape(months, fine, 3).mean(axis=1)
    settled = pd.DataFrame(
        [(s, "Under 1", 7.0, 6.0) for s, number in zip(states, today, strict=True) for _ in range(int(number))],
        columns=["provision", "age_band", "elapsed", "age"],
    )
    found = simulated(known_model([known_stream(4.0)], hazards, chances, settled), months, 800)
    for state, column in zip(states, expected.T, strict=True):
        assert agrees(held(found, state), column)


def test_rates_by_phase_of_care_follow_the_renewal_equation() -> None:
    """With one hazard a phase, stays begin at a density that solves its renewal equation; the stock follows from it."""
    rate, months, fine = 6.0, 36, 50
    hazard, moves = np.array([0.5, 0.25, 0.1]), np.array([0.4, 0.7, 0.95])
    grid = (np.arange(months * fine) + 0.5) / fine
    phase = np.searchsorted(PHASE_MONTHS, grid, side="right") - 1
    stays = np.exp(-hazard[phase][:, None] * np.clip(grid[None, :] - grid[:, None], 0, None))
    stays = np.where(grid[None, :] >= grid[:, None], stays, 0.0)  # (begun, time): the stay goes on
    first = np.exp(-hazard[0] * grid)
    begun = np.zeros(len(grid))  # density of later stays, a child who enters at 0
    for at in range(len(grid)):
        over = (begun[:at] * (hazard * moves)[phase[:at]] * stays[:at, at]).sum() / fine
        begun[at] = over + hazard[0] * moves[0] * first[at]
    in_care = first + begun @ stays / fine
    expected = (rate * np.cumsum(in_care) / fine).reshape(months, fine).mean(axis=1)
    rates = {(FOSTER, name): one for name, one in zip(PHASES, hazard, strict=True)}
    chances = {(FOSTER, name): {FOSTER: one} for name, one in zip(PHASES, moves, strict=True)}
    found = simulated(known_model([known_stream(rate)], rates, chances), months, 500)
    assert agrees(held(found, FOSTER), expected)


def test_needs_that_differ_are_as_if_their_rates_did() -> None:
    """Twice as many ends, at three times the odds of leaving: the textbook stock, and that of rates which differ so."""
    factors = {"ends": [2.0], "leaving": [3.0], "ends_error": [0.0], "leaving_error": [0.0]}
    index = pd.MultiIndex.from_tuples([(codes.CARE, NEED)], names=["service", "need_group"])
    rate, h, moves = 8.0, 0.08, 0.6
    stream = known_stream(rate)
    by_need = ByNeed(pd.DataFrame(factors, index=index))
    found = simulated(known_model([stream], {FOSTER: h, HOME: 0.03}, {FOSTER: {HOME: moves}}, by_need=by_need), 24, 500)
    m = np.arange(24)
    assert agrees(held(found, FOSTER), rate / (2 * h) * (1 - (np.exp(-2 * h * m) - np.exp(-2 * h * (m + 1))) / (2 * h)))
    own = moves / (moves + 3 * (1 - moves))
    other = simulated(known_model([stream], {FOSTER: 2 * h, HOME: 0.06}, {FOSTER: {HOME: own}}), 24, 500, seed=4)
    home = [held(one, HOME)[:, -1] for one in (found, other)]
    error = np.sqrt(sum(one.var() / len(one) for one in home))
    assert abs(home[0].mean() - home[1].mean()) < 4 * error


def test_needs_are_told_apart_within_what_came() -> None:
    """Of as many children alike in all else, those of one need stay: ends a month differ by need, and not overall."""
    county = tiny_county(
        """
        n  | provision     | home      | to  | need | birth      | start      | end
        60 | agency_foster | Guildford | out | N1   | 2012-01-01 | 2024-03-31 | 2024-09-30
        60 | agency_foster | Guildford | out | N2   | 2012-01-01 | 2024-03-31 |
        """
    )
    spells = spells_of(county, 3)
    hazards, leads_to = fit_hazards(spells), fit_destinations(spells)
    table = fit_by_need(spells, hazards, leads_to).table.loc[codes.CARE]
    assert table.loc["disabled", "ends"] < 0.5
    assert table.loc["family", "ends"] > 1.5
    drawn, _ = ByNeed(fit_by_need(spells, hazards, leads_to).table).draw(("other",), 4, np.random.default_rng(1))
    assert drawn.tolist() == [[1.0, 1.0]] * 4


def test_a_move_of_a_settled_child_starts_after_today() -> None:
    """What the plan can still affect: the stay under way is settled, the one it leads to is not."""
    settled = pd.DataFrame([(FOSTER, "Under 1", 3.0, 6.0)] * 50, columns=["provision", "age_band", "elapsed", "age"])
    found = simulated(known_model([], {FOSTER: 0.5}, {FOSTER: {HOME: 1.0}}, settled), 12, 40)
    settled_, starting = found.settled.sum(axis=2), found.starting.sum(axis=2)
    assert settled_[:, 0].mean() > starting[:, 0].mean() > 0
    assert settled_[:, -1].mean() < 1
    assert settled_ + starting == pytest.approx(50, rel=1e-5)


def test_nobody_stays_beyond_the_birthday_on_which_care_ends() -> None:
    """A child placed at 16 or over has left within two years, however rarely placements end."""
    model = known_model([known_stream(4.0, "16 and over")], {})
    cohorts = simulated(model, 60, 50).cohorts
    assert cohorts[:, 0, 0].sum() > 0
    assert cohorts[:, 0, 3:].sum() == 0
    assert cohorts[:, 1, 4:].sum() == 0


def test_children_grow_older_from_place_to_place() -> None:
    """One who enters under 1 and moves once a month is counted in the next band when they move at one or older."""
    model = known_model([known_stream(10.0)], {FOSTER: 1.0}, {FOSTER: {FOSTER: 1.0}})
    found = simulated(model, 36, 30)
    band = model.groups.table["age_band"]
    late = found.starting[:, 30:].mean(axis=(0, 1))
    assert late[band.eq("Under 1").to_numpy()].sum() == pytest.approx(10 * 6, rel=0.25)
    assert late[band.eq("1 to 4").to_numpy()].sum() > 150


def test_cohorts_add_up_to_the_places_in_use() -> None:
    """Child-years by year of start sum to a twelfth of the months."""
    found = simulated(known_model([known_stream(4.0)], {FOSTER: 0.05}, {FOSTER: {FOSTER: 0.5}}), 36, 20)
    yearly = found.starting.reshape(20, 3, 12, -1).mean(axis=2)
    assert found.cohorts.sum(axis=1) == pytest.approx(yearly, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(("name", "factor"), [("exit_rate", 2.0), ("move_rate", 0.5), ("duration", 1.5)])
def test_levers_are_what_they_say(name: str, factor: float) -> None:
    """With constant rates a lever is the same as rates that differ by it."""
    hazards, chances = {FOSTER: 0.1, HOME: 0.05}, {FOSTER: {HOME: 0.4}}
    stream = known_stream(6.0)
    levered = simulated(known_model([stream], hazards, chances), 24, 400, Levers(**{name: factor}))
    exits, moves = (factor if name == of else 1.0 for of in ("exit_rate", "move_rate"))
    longer = factor if name == "duration" else 1.0
    total = 0.1 * (0.4 * moves + 0.6 * exits) / longer
    same = {FOSTER: total, HOME: 0.05 * exits / longer}
    other = simulated(known_model([stream], same, {FOSTER: {HOME: 0.04 * moves / total / longer}}), 24, 400, seed=4)
    for state in (FOSTER, HOME):
        error = np.hypot(held(levered, state).std(axis=0), held(other, state).std(axis=0)) / 20
        assert np.all(np.abs(held(levered, state).mean(axis=0) - held(other, state).mean(axis=0)) < 4.5 * error + 0.01)


def test_a_step_changes_nothing_before_its_month() -> None:
    """Entries doubled from month 12 on are as before until then, and twice as many after."""
    model = known_model([known_stream(5.0)], {FOSTER: 0.1})
    step = Levers(steps=(Step("more come", 12, codes.CARE, entry_rate=2.0),))
    entered = simulated(model, 24, 300, step).entered[:, :, 0].mean(axis=0)
    assert entered[:12].mean() == pytest.approx(5, rel=0.03)
    assert entered[12:].mean() == pytest.approx(10, rel=0.03)
    assert simulated(model, 24, 300, Levers(steps=(Step("schools", 0, codes.EDUCATION, entry_rate=9),))).entered[
        :, :, 0
    ].mean() == pytest.approx(5, rel=0.03)


def test_trend_season_and_shock_have_the_mean_they_promise() -> None:
    """The slope dies away, the season averages 1 over a year, and noise and walk leave the mean as it is."""
    season = np.linspace(0.5, 1.5, 12)
    stream = known_stream(20.0, slope=0.2, volatility=0.1, shock=0.1, season=season)
    entered = simulated(known_model([stream], {}), 24, 1500).entered[:, :, 0]
    year = (np.arange(24) + 0.5) / 12
    risen = np.exp(0.2 * (1 - SLOPE_KEPT_A_YEAR**year) / -np.log(SLOPE_KEPT_A_YEAR))
    expected = 20 * season[(np.arange(24) + 3) % 12] * risen
    error = entered.std(axis=0) / np.sqrt(1500)
    assert np.all(np.abs(entered.mean(axis=0) - expected) < 4.5 * error)
    assert entered[:, 0].var() > 1.5 * expected[0]


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
    cells = pd.MultiIndex.from_frame(hazards.cells[list(CELL)])
    ends, exposure = ends_and_exposure(spells, hazards.cells)
    young, old = (cells.get_loc(("agency_foster", band, PHASES[0])) for band in ("1 to 4", "16 and over"))
    day = 12 / 365.25
    assert ends[young].tolist() == [0, 0, 0, 0, 0, 30, 0]
    assert exposure[young, 5] == pytest.approx(30 * (1095 * day - 24))
    assert exposure[young].sum() == pytest.approx(30 * 365 * day)
    assert ends[old].sum() == 0
    assert exposure[old].sum() == pytest.approx(10 * 354 * day)
    assert hazards.shape[young, 5] == 30 + PRIOR_ENDS


def test_where_stays_led_is_counted_and_shrunk() -> None:
    """A child who moves on without a day between is one period of care; ageing out is no exit."""
    county = tiny_county(
        """
        n  | provision      | home      | to  | birth      | start      | end        | child
        1  | agency_foster  | Guildford | out | 2012-01-01 | 2024-01-10 | 2024-06-10 | a
        1  | childrens_home | Guildford | out | 2012-01-01 | 2024-06-10 |            | a
        30 | agency_foster  | Guildford | out | 2012-01-01 | 2024-01-10 | 2024-04-10 |
        1  | agency_foster  | Guildford | out | 2006-06-01 | 2024-01-10 | 2024-06-01 |
        """
    )
    spells = spells_of(county, 3)
    assert spells.history["opens"].sum() == 32
    assert sorted(spells.history["next"]) == ["", "childrens_home", *["left"] * 31]
    chance = fit_destinations(spells).mean
    row = pd.MultiIndex.from_frame(fit_hazards(spells).cells[list(CELL)]).get_loc(
        ("agency_foster", "10 to 15", PHASES[0])
    )
    assert chance[row, 0, NEXT.index("left")] > 0.9
    assert chance[row, 0, NEXT.index("childrens_home")] == pytest.approx(1 / 31, rel=0.5)
    assert chance.sum(axis=2) == pytest.approx(1)
    assert chance[row, 0, NEXT.index("mainstream")] == 0
    assert [stream.counted for stream in fit_entries(spells)] == [32]


def test_a_window_of_part_years_makes_no_season() -> None:
    """A start on every other day of two and a half years: as many a day in all months, though some come thrice."""
    day = pd.Series(pd.date_range("2022-10-01", "2025-03-31", freq="2D"))
    end = day + pd.Timedelta(days=1)
    rows = pd.DataFrame(
        {"provision": FOSTER, "home": "Guildford", "to": "out", "birth": "2014-01-01", "start": day, "end": end}
    )
    (stream,) = fit_entries(spells_of(tiny_county(rows.assign(end=end.where(end <= "2025-03-31"))), 5))
    assert stream.counted > 440
    assert np.abs(stream.season - 1).max() < 0.06


def test_phase_of_care_is_known_where_its_beginning_is() -> None:
    """Months since the period began, at each start; a period that is not marked as the start of care began earlier."""
    county = tiny_county(
        """
        n | provision      | home      | to  | birth      | start      | end        | child
        1 | agency_foster  | Guildford | out | 2012-01-01 | 2023-01-10 | 2024-06-10 | a
        1 | childrens_home | Guildford | out | 2012-01-01 | 2024-06-10 |            | a
        """
    )
    since = spells_of(county, 3).history.set_index("provision")["since_months"]
    assert since[FOSTER] == 0
    assert since[HOME] == pytest.approx(17, abs=0.1)
    unmarked = dataclasses.replace(county, placements=county.placements.assign(starts_care=False))
    assert spells_of(unmarked, 3).history["since_months"].isna().all()
    assert phase_at(np.array([0.0, 5.9, 6.0, 24.0, np.nan])).tolist() == [0, 0, 1, 2, 2]


def test_children_long_in_care_are_seen_to_stay() -> None:
    """Of stays that begin with care all are over within weeks and lead home; of those begun years later none ends."""
    county = tiny_county(
        """
        n  | provision      | home      | to  | birth      | start      | end        | child
        40 | agency_foster  | Guildford | out | 2012-01-01 | 2024-01-10 | 2024-02-10 |
        1  | childrens_home | Guildford | out | 2012-01-01 | 2019-04-10 | 2022-06-10 | a
        1  | agency_foster  | Guildford | out | 2012-01-01 | 2022-06-10 |            | a
        """
    )
    spells = spells_of(county, 5)
    table, hazard = cells(), fit_hazards(spells).mean
    own = table["provision"].eq(FOSTER) & table["age_band"].eq("10 to 15")
    early, _, late = hazard[own]
    assert early[1] > 2 * late[1]
    left = fit_destinations(spells).mean[own, :, NEXT.index("left")]
    assert left[0, 0] > left[2, 0]


def test_entries_from_unknown_homes_are_spread_not_lost() -> None:
    """Rates over areas add up to all entries, those of unknown home too."""
    county = tiny_county(
        """
        n  | provision     | home      | to  | birth      | start
        30 | agency_foster | Guildford | out | 2014-01-01 | 2024-03-31
        10 | agency_foster | Woking    | out | 2014-01-01 | 2024-03-31
        20 | agency_foster | -         | out | 2014-01-01 | 2024-03-31
        """
    )
    (stream,) = fit_entries(spells_of(county, 3))
    monthly = pd.Series(stream.expected).groupby(stream.cells["area"]).sum()
    assert (stream.counted, stream.spread) == (60, 20)
    assert monthly.sum() == pytest.approx(stream.starts / stream.months)
    assert monthly["E07000209"] / monthly["E07000217"] == pytest.approx(3, rel=0.15)
    assert monthly["E07000215"] < 0.1 * monthly.sum()


def test_small_cells_are_drawn_toward_what_they_have_in_common() -> None:
    """A kind of need seen twice in one area and never in a like one is expected there too, if less."""
    county = tiny_county(
        """
        n  | provision      | home      | to  | need | birth      | start
        20 | childrens_home | Guildford | out | N1   | 2012-01-01 | 2024-03-31
        2  | childrens_home | Guildford | out | N2   | 2012-01-01 | 2024-03-31
        20 | childrens_home | Woking    | out | N1   | 2012-01-01 | 2024-03-31
        """
    )
    (stream,) = fit_entries(spells_of(county, 3))
    rate = pd.Series(stream.expected, index=pd.MultiIndex.from_frame(stream.cells[["area", "need_group"]]))
    assert 0.1 * rate["E07000209", "disabled"] < rate["E07000217", "disabled"] < rate["E07000209", "disabled"]


def test_plans_that_follow_an_unseen_setting_are_moves_not_new_plans() -> None:
    """A plan of 2020 whose first setting in the return began in 2024 was somewhere before: a move, and no new plan."""
    county = tiny_county(
        """
        n  | service   | provision     | home      | to        | birth      | start      | plan_start
        10 | education | state_special | Guildford | Guildford | 2014-01-01 | 2024-09-01 | 2020-01-01
        5  | education | mainstream    | Guildford | Guildford | 2014-01-01 | 2024-09-01 | 2024-10-01
        40 | education | mainstream    | Guildford | Guildford | 2014-01-01 | 2018-09-01 | 2020-01-01
        """
    )
    spells = spells_of(county, 3)
    assert spells.begun["arrives"].sum() == 10
    (stream,) = fit_entries(spells)
    assert (stream.name, stream.counted) == ("plans", 5)
    hazards = fit_hazards(spells)
    seen = hazards.shape - PRIOR_ENDS
    assert seen.sum() == pytest.approx(10)
    young = hazards.cells["provision"].eq("mainstream") & hazards.cells["age_band"].eq("5 to 10")
    assert seen[young].sum() > 5


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
    shares = away_shares(spells, groups_of(spells).table)
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
