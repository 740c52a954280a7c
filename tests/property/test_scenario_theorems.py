"""What holds whatever the figures: more of what helps is never worse, less of what there is never better."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.comparison.world import World
from placements.interventions import (
    ChangeUseByOthers,
    CloseProvider,
    Intervention,
    ReduceEntries,
    RetainCarers,
    Reunify,
    StepDown,
)
from tests.comparison_support import case, home

SETTINGS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TIMING = st.fixed_dictionaries(
    {
        "lead_time_years": st.sampled_from([0.0, 0.5, 1.0]),
        "ramp_up_years": st.sampled_from([0.0, 1.0]),
        "probability_of_success": st.sampled_from([0.5, 1.0]),
    }
)
YEAR = st.integers(1, 3)
SHARE = st.sampled_from([0.0, 0.2, 0.5, 1.0])
FUTURES = st.tuples(st.sampled_from([0.4, 1.0]), st.sampled_from([0.0, 0.6]))
BASIS = st.lists(
    st.sampled_from(
        (
            home(places=2),
            ReduceEntries(name="other", share=0.2, from_year=2),
            StepDown(name="down", share=0.3, after_months=3),
            CloseProvider(name="shut", provision="agency_foster", from_year=3),
        )
    ),
    max_size=2,
    unique_by=lambda entry: entry.name,
).map(tuple)


@cache
def world(away: float, lasting: float) -> World:
    county, forecast = case(away=away, lasting=lasting)
    return World.of(county, forecast, 5)


def away(of: tuple[float, float], *scenarios: tuple[Intervention, ...]) -> list[np.ndarray]:
    return [world(*of).outcome(steps).away for steps in scenarios]


@SETTINGS
@given(FUTURES, BASIS, YEAR, SHARE, SHARE, TIMING, st.sampled_from([ReduceEntries, Reunify]))
def test_more_prevented_or_home_sooner_never_leaves_more_away(of, basis, year, one, other, timing, kind) -> None:
    """In no year and no future, whatever else is done; the scenario without it is the one with a share of nothing."""
    low, high = sorted((one, other))
    less, more = (kind(name="x", share=share, from_year=year, **timing) for share in (low, high))
    without, few, many = away(of, basis, (*basis, less), (*basis, more))
    assert (many <= few + 1e-6).all()
    assert (few <= without + 1e-6).all()


@SETTINGS
@given(FUTURES, BASIS, YEAR, TIMING, st.sampled_from(["childrens_home", "in_house_foster"]))
def test_a_closure_never_leaves_fewer_away(of, basis, year, timing, provision) -> None:
    """Less room, and need that has to go elsewhere: worse in every year and future, or the same."""
    shut = CloseProvider(name="x", provision=provision, from_year=year, **timing)
    without, shut_too = away(of, basis, (*basis, shut))
    assert (shut_too >= without - 1e-6).all()


@SETTINGS
@given(FUTURES, BASIS, YEAR, st.floats(-1, 2), st.floats(-1, 2), TIMING)
def test_the_more_others_take_the_more_are_away(of, basis, year, one, other, timing) -> None:
    """Their use is our loss: in order of how much they take, nobody is helped by more of it."""
    less, more = (ChangeUseByOthers(name="x", share=s, from_year=year, **timing) for s in sorted((one, other)))
    few, many = away(of, (*basis, less), (*basis, more))
    assert (few <= many + 1e-6).all()


@SETTINGS
@given(FUTURES, BASIS, YEAR, st.floats(0, 1), st.floats(0, 1), TIMING)
def test_the_fewer_carers_leave_the_fewer_are_away(of, basis, year, one, other, timing) -> None:
    """Kept carers are places: more of them never leave more children away, sooner never fewer than later."""
    low, high = sorted((one, other))
    given_ = {"name": "x", "district": "Woking", "households": 8, "yearly_loss": 1.0, "opens_year": year, **timing}
    keeps_more, keeps_less = (RetainCarers(yearly_loss_after=after, **given_) for after in (low, high))
    later = dataclasses.replace(keeps_more, lead_time_years=timing["lead_time_years"] + 0.5)
    more, less, late = away(of, (*basis, keeps_more), (*basis, keeps_less), (*basis, later))
    assert (more <= less + 1e-6).all()
    assert (more <= late + 1e-6).all()


@SETTINGS
@given(FUTURES, YEAR, SHARE, st.floats(0, 30), TIMING)
def test_stepping_down_keeps_the_need(of, year, share, months, timing) -> None:
    """It is need of another kind: the sum is what it was, in every year and future, and none of any group is below 0."""
    down = StepDown(name="x", share=share, after_months=months, from_year=year, **timing)
    it, nothing = (world(*of).outcome(steps) for steps in ((down,), ()))
    assert np.allclose(it.need, nothing.need)
    assert (it.away_by_group >= -1e-9).all()
