"""What the simulation looks up in ladders is what plain loops give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from placements import codes
from placements.forecasting import simulate as module
from placements.forecasting.durations import stay_months
from placements.forecasting.levers import Levers, Step
from placements.forecasting.simulate import Simulated, _eras, _padded, _Rates, _reached, simulate
from placements.forecasting.spells import STATES
from tests.forecast_support import known_model, known_stream

FOSTER, HOME, KIN = "agency_foster", "childrens_home", "connected_carers"


@pytest.mark.parametrize("rungs", [1, 2, 3, 6, 7, 8, 10])
def test_reached_counts_the_rungs_at_or_below_a_value(rungs: int) -> None:
    """As a search in each row's own ladder: below the first, on a rung, above the last; repeated rungs count all."""
    rng = np.random.default_rng(rungs)
    ladder = np.sort(rng.integers(0, 5, (9, rungs)).astype(float), axis=1)
    row = rng.integers(0, 9, 400)
    value = rng.integers(-2, 14, 400) / 2
    expected = [np.searchsorted(ladder[one], at, side="right") for one, at in zip(row, value, strict=True)]
    assert _reached(_padded(ladder), row, value).tolist() == expected


def test_stays_are_those_of_the_hazards() -> None:
    """New stays and those under way end when their cumulative hazard is the draw, as `stay_months` says."""
    hazard = [0.30, 0.10, 0.05, 0.08, 0.02, 0.02, 0.01]
    elapsed = np.concatenate([np.zeros(40), np.linspace(0.0, 90.0, 60)])
    children = pd.DataFrame({"provision": FOSTER, "age_band": "Under 1", "elapsed": elapsed, "age": np.nan})
    model = known_model([], {FOSTER: hazard}, settled=children)
    rates = _Rates(model, Levers(), 600, 1, np.random.default_rng(1), 0.0)
    over, _ = rates.lived(model.settled, np.random.default_rng(5), now=True)
    draw = np.random.default_rng(5).standard_exponential(100)
    assert over == pytest.approx(stay_months(np.array([hazard] * 100), draw, elapsed), rel=2e-3)


def test_an_era_is_a_time_of_the_same_levers() -> None:
    """Today's stays have the levers of now; a step begins an era for its service; without steps there is one."""
    assert len(_eras(Levers(move_rate=0.5), 24)[0]) == 1
    factors, era = _eras(Levers(steps=(Step("a", 6, codes.CARE, exit_rate=2.0),)), 12)
    assert len(factors) == 2
    assert len(set(era[:7])) == len(set(era[7:])) == 1
    care = codes.SERVICES.index(codes.CARE)
    assert factors[era[-1]][2].tolist() == [2.0 if service == care else 1.0 for service in range(len(codes.SERVICES))]


def test_levers_leave_the_places_moved_to_in_their_proportions() -> None:
    """Twice the rate of moves: as many to each place relative to the others, and exits as before."""
    chances = {FOSTER: {HOME: 0.3, KIN: 0.1}}
    settled = pd.DataFrame([(FOSTER, "Under 1", 3.0, 6.0)] * 4_000, columns=["provision", "age_band", "elapsed", "age"])
    model = known_model([], {FOSTER: 0.1}, chances, settled)
    found = simulate(model, Levers(move_rate=2.0), months=120, runs=1, seed=2, hazard_drift=0.0).held[0, -1]
    moved = {state: found[STATES.index(state)] for state in (HOME, KIN)}
    assert moved[HOME] / moved[KIN] == pytest.approx(3.0, rel=0.15)
    assert sum(moved.values()) / 4_000 == pytest.approx(0.8 / 1.4, rel=0.05)


def test_runs_do_not_depend_on_how_many_there_are() -> None:
    """The first runs of many are the runs of few, array by array, as long as whole blocks are compared."""
    model = known_model([known_stream(4.0)], {FOSTER: 0.1}, {FOSTER: {HOME: 0.5}})
    few, many = (
        simulate(model, Levers(), months=18, runs=runs, seed=7)
        for runs in (module.BLOCK_RUNS, 3 * module.BLOCK_RUNS + 1)
    )
    for part in Simulated.__dataclass_fields__:
        assert np.array_equal(getattr(few, part), getattr(many, part)[: module.BLOCK_RUNS])


def test_all_children_are_held_in_some_state() -> None:
    """Kinds that no local place serves are held too, and groups add up to the states that they are of."""
    model = known_model(
        [known_stream(6.0)], {FOSTER: 0.2, HOME: 0.2}, {FOSTER: {KIN: 0.4, HOME: 0.3}, HOME: {KIN: 0.9}}
    )
    found = simulate(model, Levers(), months=30, runs=12, seed=3)
    table = model.groups.table
    for state in (FOSTER, HOME):
        groups = (found.starting + found.settled)[:, :, table["provision"].eq(state).to_numpy()].sum(axis=2)
        assert groups == pytest.approx(found.held[:, :, STATES.index(state)], rel=1e-5, abs=1e-5)
    assert found.held[:, -1, STATES.index(KIN)].min() > 0
