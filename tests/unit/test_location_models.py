"""Location models: what must not matter, what must never hurt, honest statuses, and published optima."""

import ast
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.instances import read_coverage, read_p_median, read_warehouses, warehouse_names
from placements.errors import UsageError
from placements.location import capacitated_facility_location, max_coverage, p_center, p_median, set_cover
from placements.location import facility_search as facility_search_module
from placements.location.evaluate import Rules, WrongAnswerError, evaluate
from placements.location.result import LocationResult, gap_between
from tests.geography_support import SAMPLES

SOME = SAMPLES / "instances"
#: All published instances, for those who have them.
ALL = Path(os.environ.get("PLACEMENTS_INSTANCES", "nowhere"))


def plane(seed, demand=40, sites=25):
    """Distances between random points, with weights, fixed costs, capacities and amounts."""
    rng = np.random.default_rng(seed)
    here, there = rng.random((demand, 2)), rng.random((sites, 2))
    distance = pd.DataFrame(
        np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)),
        index=[f"area {number}" for number in range(demand)],
        columns=[f"home {number}" for number in range(sites)],
    )
    weights = pd.Series(rng.integers(1, 9, demand), index=distance.index)
    fixed = pd.Series(rng.random(sites) * 3 + 1, index=distance.columns)
    capacity = pd.Series(rng.integers(20, 60, sites), index=distance.columns)
    return distance, weights, fixed, capacity


def every_model(distance, weights, fixed, capacity, by=1.0):
    """Solve all models; distances and radii times `by`."""
    cost = distance.mul(weights, axis=0) * by
    return {
        "median": p_median(distance * by, 5, weights),
        "coverage": max_coverage(distance * by, 0.2 * by, 4, weights),
        "cover": set_cover(distance * by, 0.4 * by),
        "center": p_center(distance * by, 5),
        "facility": capacitated_facility_location(cost, fixed * by, capacity, weights),
        "single": capacitated_facility_location(cost, fixed * by, capacity, weights, True, gap=0.01, time_limit_s=20),
    }


IN_DISTANCE = ("median", "center", "facility")


@pytest.fixture(scope="module")
def case():
    return plane(3)


@pytest.fixture(scope="module")
def solved(case):
    return every_model(*case)


def test_every_answer_keeps_the_rules_and_is_proved(case, solved):
    """Costed again by code that shares nothing with the models."""
    distance, weights, fixed, capacity = case
    cost = distance.mul(weights, axis=0)
    facility = {"fixed_cost": fixed, "capacity": capacity, "demand": weights}
    evaluate(solved["median"], Rules(distance, open_exactly=5, weights=weights), "cost")
    evaluate(solved["coverage"], Rules(distance, open_exactly=4, weights=weights, radius=0.2, may_miss=True), "covered")
    evaluate(solved["cover"], Rules(distance, radius=0.4), "sites")
    evaluate(solved["center"], Rules(distance, open_exactly=5), "farthest")
    evaluate(solved["facility"], Rules(cost, is_whole=False, **facility), "cost")
    evaluate(solved["single"], Rules(cost, **facility), "cost")
    assert {result.status for result in solved.values()} == {"optimal"}


def test_order_and_names_change_nothing(case, solved):
    """Rows and columns shuffled, and amounts in an order of their own: the same objective and the same sites."""
    distance, weights, fixed, capacity = case
    rng = np.random.default_rng(8)
    shuffled = distance.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    rename = {site: f"{rng.integers(10**9)} {site}" for site in distance.columns}
    again = every_model(
        shuffled.rename(columns=rename),
        weights.sample(frac=1, random_state=3),
        fixed.sample(frac=1, random_state=4).rename(rename),
        capacity.rename(rename),
    )
    for name, result in again.items():
        assert result.objective == pytest.approx(solved[name].objective, rel=0.01 if name == "single" else 1e-9), name
    for name in ("median", "facility"):  # these have one best choice
        assert set(again[name].open) == {rename[site] for site in solved[name].open}


def test_the_unit_of_distance_changes_nothing(case, solved):
    """In a unit 1,609.3 times as small the same sites are opened, at as many times the cost."""
    for by in (1609.3, 1e-4):
        again = every_model(*case, by=by)
        for name, result in again.items():
            scale = by if name in (*IN_DISTANCE, "single") else 1.0
            near = pytest.approx(solved[name].objective * scale, rel=0.01 if name == "single" else 1e-8)
            assert result.objective == near, name
            assert result.status == "optimal", name


def test_an_array_is_keyed_by_position(case, solved):
    """The same figures with no ids: sites are column numbers."""
    distance, weights, *_ = case
    result = p_median(distance.to_numpy(), 5, weights.to_numpy())
    names = [distance.columns[position] for position in result.open]
    assert tuple(names) == solved["median"].open
    assert result.assignment.index.tolist() == list(range(len(distance)))
    assert [distance.columns[site] for site in result.assignment] == solved["median"].assignment.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_a_constant_on_every_cost_only_adds_up(seed):
    """Large whole numbers that differ little: the same choice, proved, 30 times the constant dearer."""
    cost = np.random.default_rng(seed).integers(0, 40, (30, 20)).astype(float)
    small, large = p_median(cost, 5), p_median(cost + 1e9, 5)
    assert large.objective == small.objective + 30e9
    assert (large.bound, large.status) == (large.objective, "optimal")


def test_weights_count_as_so_many_demands(case):
    """A demand of weight 3 is three demands at one place."""
    distance, weights, *_ = case
    repeated = distance.loc[distance.index.repeat(weights)].reset_index(drop=True)
    assert p_median(distance, 3, weights).objective == pytest.approx(p_median(repeated, 3).objective)
    one, other = max_coverage(distance, 0.25, 3, weights), max_coverage(repeated, 0.25, 3)
    assert one.objective == other.objective


def test_more_to_choose_from_never_hurts(case):
    """More sites, or more to open, give no worse objective."""
    distance, weights, fixed, capacity = case
    few = distance.iloc[:, :15]
    assert p_median(distance, 5, weights).objective <= p_median(few, 5, weights).objective * (1 + 1e-9)
    assert p_median(few, 6, weights).objective <= p_median(few, 5, weights).objective
    assert max_coverage(distance, 0.2, 4).objective >= max_coverage(few, 0.2, 4).objective
    assert p_center(distance, 4).objective <= p_center(few, 4).objective
    cost = distance.mul(weights, axis=0)
    whole = capacitated_facility_location(cost, fixed, capacity, weights)
    part = capacitated_facility_location(cost.iloc[:, :15], fixed, capacity, weights)
    assert whole.objective <= part.objective * (1 + 1e-9)


def test_demand_that_may_be_split_costs_no_more_than_whole(solved):
    """The single source is one more rule."""
    assert solved["facility"].objective <= solved["single"].objective * (1 + 1e-9)


def strong_form(cost, p=None, fixed=None, capacity=None, demand=None):
    """The textbook's programme, written again for SciPy: no reduction, no bound, no heuristic of ours."""
    points, sites = cost.shape
    fixed = np.zeros(sites) if fixed is None else fixed
    pairs, ones = np.arange(points * sites), np.ones(points * sites)
    point, site = np.divmod(pairs, sites)
    size = sites + len(pairs)
    rules = [
        LinearConstraint(sparse.csr_array((ones, (point, sites + pairs)), (points, size)), 1, 1),
        LinearConstraint(
            sparse.csr_array(
                (np.append(ones, -ones), (np.append(pairs, pairs), np.append(sites + pairs, site))), (len(pairs), size)
            ),
            -np.inf,
            0,
        ),
    ]
    if p is not None:
        rules.append(LinearConstraint(np.append(np.ones(sites), np.zeros(len(pairs)))[None, :], p, p))
    if capacity is not None:
        load = sparse.csr_array((demand[point], (site, sites + pairs)), (sites, size)).toarray()
        load[np.arange(sites), np.arange(sites)] = -capacity
        rules.append(LinearConstraint(load, -np.inf, 0))
    goal = np.append(fixed, cost.ravel())
    whole = np.append(np.ones(sites), np.zeros(len(pairs)))
    found = milp(goal, constraints=rules, integrality=whole, bounds=Bounds(0, 1), options={"mip_rel_gap": 0})
    return found.fun if found.success else np.inf


@pytest.mark.parametrize("seed", range(6))
def test_branching_agrees_with_a_plain_programme(seed, monkeypatch):
    """Costs without geometry leave gaps that only branching closes; nodes are branched on, and not given to the engine."""
    monkeypatch.setattr(facility_search_module, "_SMALL", 0)
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 100, (30, 18)).astype(float) + (seed % 2) * rng.random((30, 18))
    p = int(rng.integers(2, 7))
    median = p_median(cost, p)
    assert median.objective == pytest.approx(strong_form(cost, p), rel=1e-7)
    demand = rng.integers(1, 20, 30).astype(float)
    capacity = rng.integers(20, 120, 18).astype(float)
    if seed % 3 == 0:
        capacity[:] = 70
    fixed = rng.integers(20, 300, 18).astype(float)
    split = capacitated_facility_location(cost, fixed, capacity, demand)
    assert split.objective == pytest.approx(strong_form(cost, None, fixed, capacity, demand), rel=1e-6)
    assert median.status == split.status == "optimal"


def test_a_gap_is_asked_for_and_told(case):
    """With a gap of 20 % the answer may be worse, never by more, and the bound is still below the true optimum."""
    distance, weights, *_ = case
    best = p_median(distance, 5, weights)
    rough = p_median(distance, 5, weights, gap=0.2)
    assert rough.status == "optimal"
    assert rough.gap <= 0.2
    assert best.objective <= rough.objective <= best.objective / 0.8
    assert rough.bound <= best.objective * (1 + 1e-9)


@pytest.mark.parametrize("gap", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_a_bound_with_a_gap_never_claims_more_than_is_true(seed, gap, monkeypatch):
    """What was left out because it is within the gap counts in the bound: it stays below the true optimum."""
    monkeypatch.setattr(facility_search_module, "_SMALL", 0)
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 100, (25, 15)) + rng.random((25, 15))
    capacity, demand, fixed = rng.integers(20, 120, 15), rng.integers(1, 20, 25), rng.integers(20, 300, 15)
    for call in (
        lambda asked: p_median(cost, 4, gap=asked),
        lambda asked: capacitated_facility_location(cost, fixed, capacity, demand, gap=asked),
        lambda asked: capacitated_facility_location(cost, fixed, capacity, demand, True, gap=asked),
        lambda asked: max_coverage(cost, 30.0, 3, demand, gap=asked),
    ):
        rough, exact = call(gap), call(0.0)
        assert (rough.status, exact.status) == ("optimal", "optimal")
        low, high = sorted([rough.objective, rough.bound])
        assert low * (1 - 1e-9) <= exact.objective <= high * (1 + 1e-9)
        assert rough.gap <= gap + 1e-9


@pytest.mark.parametrize("time_limit_s", [1e-6, 0.05])
def test_when_the_time_is_over_the_best_so_far_comes_with_a_true_gap(time_limit_s):
    """Hard costs, hardly any time: the answer is usable, its bound does not lie, and the status says why."""
    rng = np.random.default_rng(5)
    cost = rng.integers(1, 1000, (150, 120)).astype(float)
    demand, capacity, fixed = rng.integers(1, 20, 150), np.full(120, 60), rng.integers(500, 2000, 120)
    for model, rules, goal in (
        (p_median(cost, 12, time_limit_s=time_limit_s), Rules(cost, open_exactly=12), "cost"),
        (
            capacitated_facility_location(cost, fixed, capacity, demand, time_limit_s=time_limit_s),
            Rules(
                cost,
                fixed_cost=dict(enumerate(fixed)),
                capacity=dict(enumerate(capacity)),
                demand=dict(enumerate(demand)),
                is_whole=False,
            ),
            "cost",
        ),
    ):
        assert model.status == "time limit"
        assert model.gap == gap_between(model.objective, model.bound)
        assert model.seconds < 10
        assert model.bound <= model.objective
        if model.open:
            evaluate(model, rules, goal)
    exact = p_median(cost[:40, :25], 6)
    hurried = p_median(cost[:40, :25], 6, time_limit_s=1e-6)
    assert hurried.bound <= exact.objective <= hurried.objective


def test_no_answer_is_told_apart_from_no_time():
    """A demand without a site, too little capacity, and pairs that clash are infeasible, whatever the model."""
    table = np.array([[1.0, np.nan, np.inf], [np.nan, 1.0, np.nan], [np.nan, np.nan, 1.0]])
    assert p_median(table, 2).status == "infeasible"
    assert p_median(table, 3).objective == 3
    assert p_center(table, 2).status == "infeasible"
    assert set_cover(table, 0.5).status == "infeasible"
    assert capacitated_facility_location(table, 1, 1, [1, 1, 2]).status == "infeasible"
    none = capacitated_facility_location(table, 1, 5, [1, 1, 1])
    assert (none.objective, none.status) == (6.0, "optimal")
    lonely = np.array([[1.0, 2.0], [np.nan, np.nan]])
    assert p_median(lonely, 1).status == "infeasible"
    assert p_median(lonely, 1, [1, 0]).objective == 1
    assert max_coverage(lonely, 2, 1).objective == 1
    assert max_coverage(lonely, 2, 1).assignment.tolist() == [0, None]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: p_median([[1.0, 2.0]], 3), "from 1 to 2"),
        (lambda: p_median([[1.0, 2.0]], 0), "from 1 to 2"),
        (lambda: p_median([[-1.0, 2.0]], 1), "below 0"),
        (lambda: p_median([["near", "far"]], 1), "not a number"),
        (lambda: p_median([1.0, 2.0], 1), "demand x sites"),
        (lambda: p_median(pd.DataFrame([[1, 2]], columns=["a", "a"]), 1), "'a' more than once"),
        (lambda: p_median(pd.DataFrame([[1], [2]], index=["x", "y"]), 1, {"x": 1}), "nothing of 'y'"),
        (lambda: p_median([[1.0], [2.0]], 1, [1]), "1 amounts where 2"),
        (lambda: p_median([[1.0], [2.0]], 1, [1, -1]), "0 or more"),
        (lambda: p_median([[1.0]], 1, time_limit_s=0), "above 0"),
        (lambda: p_median([[1.0]], 1, gap=1), "gap"),
        (lambda: set_cover([[1.0]], -1), "radius"),
        (lambda: capacitated_facility_location([[1.0]], 1, np.inf, 1), "finite"),
    ],
)
def test_what_does_not_fit_is_said(call, says):
    """A usage error names what is wrong, and nothing is solved."""
    with pytest.raises(UsageError, match=says):
        call()


def test_the_evaluator_finds_what_is_wrong(case, solved):
    """It is no rubber stamp: a closed site in use, one site too few, a cost that is not the cost."""
    distance, weights, *_ = case
    good, rules = solved["median"], Rules(distance, open_exactly=5, weights=weights)
    closed = next(site for site in distance.columns if site not in good.open)
    moved = good.assignment.copy()
    moved.iloc[0] = closed
    for wrong in (
        LocationResult(good.objective, good.bound, 0.0, "optimal", 0.0, good.open, moved),
        LocationResult(good.objective, good.bound, 0.0, "optimal", 0.0, good.open[:4], good.assignment),
        LocationResult(good.objective * 0.99, good.bound, 0.0, "optimal", 0.0, good.open, good.assignment),
    ):
        with pytest.raises(WrongAnswerError):
            evaluate(wrong, rules, "cost")


def test_the_example_in_the_documentation_says_what_comes_out():
    """Each line with a remark is run, and the remark is its value."""
    text = (Path(__file__).parents[2] / "docs" / "location.md").read_text(encoding="utf-8")
    block = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    checked = 0
    for node in ast.parse(block).body:
        code = ast.get_source_segment(block, node)
        remark = block.splitlines()[node.end_lineno - 1].partition("  # ")[2]
        if isinstance(node, ast.Expr):
            assert repr(eval(code, names)) == remark
            checked += 1
        else:
            exec(code, names)
    assert checked == 4


needs_some = pytest.mark.skipif(not SOME.is_dir(), reason="the published instances are not here")
needs_all = pytest.mark.skipif(not ALL.is_dir(), reason="PLACEMENTS_INSTANCES names no folder of published instances")


def prove_p_median(folder, number):
    one = read_p_median(folder, f"pmed{number}")
    result = p_median(one.cost, one.p, time_limit_s=60)
    assert (result.status, result.objective, result.bound) == ("optimal", one.published, one.published)


def prove_warehouses(folder, name, capacity=None):
    one = read_warehouses(folder, name, capacity)
    result = capacitated_facility_location(one.cost, one.fixed_cost, one.capacity, one.demand, time_limit_s=60)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(one.published, abs=2e-3)


@needs_some
@pytest.mark.parametrize("number", [1, 6])
def test_published_p_medians_are_proved(number):
    """OR-Library: the published optimum, as objective and as bound."""
    prove_p_median(SOME, number)


@needs_some
@pytest.mark.parametrize("name", ["cap41", "cap51", "cap61", "cap81", "cap82", "cap92"])
def test_published_warehouses_are_proved(name):
    """OR-Library, demand that may be split: the published optimum to the last of its three decimals."""
    prove_warehouses(SOME, name)


@needs_some
def test_published_p_centers_are_proved():
    """The same networks as p-centers: pmed1 has radius 127, pmed6 84 (Elloumi, Labbe and Pochet 2004)."""
    for name, radius in (("pmed1", 127), ("pmed6", 84)):
        one = read_p_median(SOME, name)
        result = p_center(one.cost, one.p)
        assert (result.status, result.objective) == ("optimal", radius)


@needs_all
@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 41))
def test_all_published_p_medians_are_proved(number):
    """OR-Library: all forty."""
    prove_p_median(ALL, number)


@needs_all
@pytest.mark.slow
def test_all_published_warehouses_are_proved():
    """OR-Library: all forty-nine, the large ones too."""
    for name, capacity in warehouse_names(ALL):
        prove_warehouses(ALL, name, capacity)


@needs_all
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "radius", "p", "covered"),
    [("SJC708", 800.0, 6, 22_504), ("BDS10000A", 5.5, 10, 441_545), ("BDS10000A", 6.25, 10, 485_802)],
)
def test_published_coverage_is_proved(name, radius, p, covered):
    """The most that can be covered, known from others' proofs."""
    one = read_coverage(ALL, name, radius, p)
    result = max_coverage(one.distance, radius, p, one.weights)
    assert (result.status, result.objective) == ("optimal", covered)
