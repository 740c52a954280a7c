"""Location models against every choice of sites tried one after another, on tiny cases."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from placements.location import capacitated_facility_location, max_coverage, p_center, p_median, set_cover
from placements.location.evaluate import Rules, evaluate

CASES = settings(max_examples=40, deadline=None, derandomize=True)


@st.composite
def tables(draw, most_demand=7, most_sites=6, forbidden=True):
    """A table of small values, whole or not, some pairs not allowed, with many ties."""
    demand, sites = draw(st.integers(1, most_demand)), draw(st.integers(1, most_sites))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    whole = draw(st.booleans())
    values = rng.integers(0, draw(st.sampled_from([3, 10, 1000])), (demand, sites)).astype(float)
    if not whole:
        values += rng.random((demand, sites))
    if forbidden and draw(st.booleans()):
        values[rng.random((demand, sites)) < 0.3] = np.nan
    return values


def choices(sites, p=None):
    sizes = range(1, sites + 1) if p is None else [p]
    return (list(one) for size in sizes for one in itertools.combinations(range(sites), size))


def least(values, chosen):
    return np.where(np.isnan(values), np.inf, values)[:, chosen].min(axis=1)


@given(tables(), st.data())
@CASES
def test_p_median_is_the_best_of_all_choices(values, data):
    """Objective and bound are the least weighted cost over every choice of p; infeasible when there is none."""
    p = data.draw(st.integers(1, values.shape[1]))
    weights = np.array(data.draw(st.lists(st.integers(0, 5), min_size=len(values), max_size=len(values))), float)
    result = p_median(values, p, weights)
    counts = weights > 0
    totals = [least(values, chosen)[counts] @ weights[counts] for chosen in choices(values.shape[1], p)]
    best = min(totals)
    if np.isinf(best):
        assert (result.status, result.open) == ("infeasible", ())
        return
    assert result.status == "optimal"
    assert result.objective == pytest.approx(best, rel=1e-9, abs=1e-12)
    assert result.bound == pytest.approx(best, rel=1e-8, abs=1e-9)
    evaluate(result, Rules(values, open_exactly=p, weights=dict(enumerate(weights))), "cost")


@given(tables(), st.data())
@CASES
def test_max_coverage_is_the_best_of_all_choices(values, data):
    """No choice of p covers more weight."""
    p = data.draw(st.integers(1, values.shape[1]))
    radius = data.draw(st.sampled_from([0.0, 1.0, 2.5, 400.0]))
    weights = np.array(data.draw(st.lists(st.integers(0, 5), min_size=len(values), max_size=len(values))), float)
    result = max_coverage(values, radius, p, weights)
    best = max(weights[least(values, chosen) <= radius].sum() for chosen in choices(values.shape[1], p))
    assert (result.status, result.objective) == ("optimal", best)
    assert result.bound == pytest.approx(best)
    rules = Rules(values, open_exactly=p, weights=dict(enumerate(weights)), radius=radius, may_miss=True)
    evaluate(result, rules, "covered")


@given(tables(), st.sampled_from([0.0, 1.0, 2.5, 400.0]))
@CASES
def test_set_cover_is_the_smallest_of_all_choices(values, radius):
    """No smaller choice reaches everybody."""
    result = set_cover(values, radius)
    sizes = [len(chosen) for chosen in choices(values.shape[1]) if (least(values, chosen) <= radius).all()]
    if not sizes:
        assert (result.status, result.open) == ("infeasible", ())
        return
    assert (result.status, result.objective, result.bound) == ("optimal", min(sizes), min(sizes))
    evaluate(result, Rules(values, radius=radius), "sites")


@given(tables(), st.data())
@CASES
def test_p_center_is_the_best_of_all_choices(values, data):
    """No choice of p brings the farthest demand nearer."""
    p = data.draw(st.integers(1, values.shape[1]))
    result = p_center(values, p)
    best = min(least(values, chosen).max() for chosen in choices(values.shape[1], p))
    if np.isinf(best):
        assert (result.status, result.open) == ("infeasible", ())
        return
    assert (result.status, result.objective, result.bound) == ("optimal", best, best)
    evaluate(result, Rules(values, open_exactly=p), "farthest")


@st.composite
def warehouses(draw):
    """Sites of different or the same capacities, which may not hold the demand."""
    cost = draw(tables(most_demand=5, most_sites=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    demand = rng.integers(0 if draw(st.booleans()) else 1, 6, len(cost)).astype(float)
    capacity = rng.integers(0, 15, cost.shape[1]).astype(float)
    if draw(st.booleans()):
        capacity[:] = draw(st.integers(1, 15))
    return cost, rng.integers(0, 30, cost.shape[1]).astype(float), capacity, demand


def split_cost(cost, capacity, demand, chosen):
    """The least cost of serving with these sites open, demand split as it likes."""
    needed = np.flatnonzero(demand > 0)
    part = cost[np.ix_(needed, chosen)]
    point, site = np.nonzero(~np.isnan(part))
    pairs = np.arange(len(point))
    served, used = np.zeros((len(needed), len(pairs))), np.zeros((len(chosen), len(pairs)))
    served[point, pairs] = 1.0
    used[site, pairs] = demand[needed][point]
    if not len(needed):
        return 0.0
    if not len(pairs):
        return np.inf
    found = linprog(part[point, site], used, capacity[chosen], served, np.ones(len(needed)), bounds=(0, 1))
    return found.fun if found.status == 0 else np.inf


def whole_cost(cost, capacity, demand, chosen):
    """The least cost when each demand has one site: every assignment is tried."""
    needed = np.flatnonzero(demand > 0)
    best = np.inf
    for sites in itertools.product(chosen, repeat=len(needed)):
        load = np.bincount(sites, demand[needed], minlength=len(capacity)) if len(needed) else np.zeros(1)
        value = np.nansum(cost[needed, list(sites)])
        if not np.isnan(cost[needed, list(sites)]).any() and (load <= capacity[: len(load)]).all():
            best = min(best, value)
    return best


@pytest.mark.parametrize(("single_source", "serving"), [(False, split_cost), (True, whole_cost)])
@given(warehouses())
@CASES
def test_facilities_are_the_best_of_all_choices(single_source, serving, case):
    """Objective and bound are the least of fixed and serving costs over every choice of open sites."""
    cost, fixed, capacity, demand = case
    result = capacitated_facility_location(cost, fixed, capacity, demand, single_source)
    totals = [
        fixed[chosen].sum() + serving(cost, capacity, demand, chosen) for chosen in [[], *choices(cost.shape[1])]
        if chosen or not demand.any()
    ]  # fmt: skip
    best = min(totals, default=np.inf)
    if np.isinf(best):
        assert (result.status, result.open) == ("infeasible", ())
        return
    assert result.status == "optimal"
    assert result.objective == pytest.approx(best, rel=1e-7, abs=1e-7)
    assert result.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
    named = [dict(enumerate(one)) for one in (fixed, capacity, demand)]
    rules = Rules(cost, fixed_cost=named[0], capacity=named[1], demand=named[2], is_whole=single_source)
    evaluate(result, rules, "cost")
