"""Floating catchments agree with PySAL's `access` to 1e-9 on the same inputs, and with the definition written out.

The peer is called as a user calls it (`Access`) on the same frames. Its conventions: costs need not hold every pair;
`max_cost` is included; a weight is applied after that cut; an origin in reach of nothing is missing from its answer; a
site that nobody competes for has an infinite ratio there, which 0 times a weight turns into a missing one. The last two
are set apart in tests of their own, since a ratio that is not defined is missing here and never infinite.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.analysis.catchment import enhanced_two_step, gaussian, luo_qi, stepped, two_step

access = pytest.importorskip("access", reason="PySAL's access is not installed (extra `test`)")

STEPS = {10.0: 1.0, 20.0: 0.68, 30.0: 0.22}
TOLERANCE = {"rel": 1e-9, "abs": 1e-12}


@st.composite
def situations(draw, least_need: int = 1):
    """Return need, places and a table of costs, of which some are left out and some stand at a step's edge."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    origins, sites = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    need = pd.Series(
        rng.integers(least_need, 40, origins), index=pd.Index([f"o{i}" for i in range(origins)], name="geoid")
    )
    places = pd.Series(rng.integers(0, 60, sites), index=pd.Index([f"s{j}" for j in range(sites)], name="geoid"))
    pairs = [(o, s) for o in need.index for s in places.index if rng.uniform() < 0.7]
    cost = np.where(
        rng.uniform(size=len(pairs)) < 0.3, rng.choice([0, 10, 20, 30], len(pairs)), rng.uniform(0, 45, len(pairs))
    )
    costs = pd.DataFrame(pairs, columns=["origin", "destination"]).assign(cost=cost.astype(float))
    return need, places, costs.sample(frac=1, random_state=1)


def peer(need, places, costs, limit, weight=None):
    """Return the answer of `Access`, by origin; missing where it gives none."""
    object_ = access.Access(
        demand_df=need.rename("need").astype(float).to_frame(), demand_value="need",
        supply_df=places.rename("places").astype(float).to_frame(), supply_value="places",
        cost_df=costs, cost_origin="origin", cost_dest="destination", cost_name="cost",
    )  # fmt: skip
    if weight is None:
        return object_.two_stage_fca(name="a", max_cost=limit)["a_places"].reindex(need.index)
    return object_.enhanced_two_stage_fca(name="a", max_cost=limit, weight_fn=weight)["a_places"].reindex(need.index)


def agree(ours, theirs):
    """Hold ours against theirs: the same to 1e-9 wherever something is in reach, 0 where they have no answer."""
    reached = ours["sites_in_reach"] > 0
    assert theirs[reached].notna().all()
    assert theirs[~reached].isna().all()
    assert ours.loc[reached, "places_per_child"].to_numpy() == pytest.approx(theirs[reached].to_numpy(), **TOLERANCE)
    assert (ours.loc[~reached, "places_per_child"] == 0).all()


@given(situations())
@settings(max_examples=60, deadline=None)
def test_two_step_agrees_with_the_peer(situation):
    """2SFCA: the same as `two_stage_fca` to 1e-9."""
    agree(two_step(*situation, 25.0), peer(*situation, 25.0))


@given(situations())
@settings(max_examples=60, deadline=None)
def test_enhanced_two_step_with_steps_agrees_with_the_peer(situation):
    """E2SFCA with Luo and Qi's steps, pairs at their edges included: as `enhanced_two_stage_fca`, whose default they are."""
    ours = enhanced_two_step(*situation, 30.0, stepped(STEPS))
    agree(ours, peer(*situation, 30.0, access.weights.step_fn(STEPS)))
    pd.testing.assert_frame_equal(ours, enhanced_two_step(*situation, 30.0, luo_qi(30.0)))


@given(situations(), st.sampled_from([2.0, 7.5, 20.0]))
@settings(max_examples=60, deadline=None)
def test_enhanced_two_step_with_a_gaussian_agrees_with_the_peer(situation, spread):
    """E2SFCA with a Gaussian weight, cut off at the limit: the same to 1e-9."""
    agree(
        enhanced_two_step(*situation, 28.0, gaussian(spread)), peer(*situation, 28.0, access.weights.gaussian(spread))
    )


@given(situations(least_need=-12))
@settings(max_examples=60, deadline=None)
def test_where_nobody_competes_ours_is_missing_and_the_peer_has_no_number(situation):
    """With areas without need: the same wherever the peer has a number; a ratio that is infinite there is missing here."""
    need, places, costs = situation
    need = need.clip(lower=0)
    ours = enhanced_two_step(need, places, costs, 30.0, stepped(STEPS))
    theirs = peer(need, places, costs, 30.0, access.weights.step_fn(STEPS)).astype(float)
    given_ = np.isfinite(theirs)
    assert ours.loc[given_, "places_per_child"].to_numpy() == pytest.approx(theirs[given_].to_numpy(), **TOLERANCE)
    assert not np.isinf(ours["places_per_child"]).any()
    assert ours.loc[np.isinf(theirs), "places_per_child"].isna().all()
    assert (need[ours["places_per_child"].isna()] == 0).all()


@given(situations(least_need=-6), st.sampled_from([stepped(STEPS), gaussian(9.0), np.ones_like]))
@settings(max_examples=60, deadline=None)
def test_it_is_the_definition_written_out(situation, weight):
    """Both steps as loops over pairs give the same; and need times its ratio is all places that any need can reach."""
    need, places, costs = situation
    need = need.clip(lower=0)
    ours = enhanced_two_step(need, places, costs, 24.0, weight)["places_per_child"]
    pairs = [(o, s, float(weight(np.array([c]))[0])) for o, s, c in costs.itertuples(index=False) if c <= 24.0]
    pairs = [pair for pair in pairs if pair[2] > 0]
    competing = {site: math.fsum(w * need[o] for o, s, w in pairs if s == site) for site in places.index}
    for origin in need.index:
        reached = [(s, w) for o, s, w in pairs if o == origin]
        if any(places[s] > 0 and competing[s] == 0 for s, _ in reached):
            assert math.isnan(ours[origin])
            continue
        expected = math.fsum(w * places[s] / competing[s] for s, w in reached if places[s] > 0)
        assert ours[origin] == pytest.approx(expected, **TOLERANCE)
    reachable = places[[site for site in places.index if competing[site] > 0]].sum()
    assert (need * ours)[need > 0].sum() == pytest.approx(reachable, **TOLERANCE)
