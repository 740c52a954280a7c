"""The engine: what the solver answers, and what happens when it gives up with an error of its own."""

import numpy as np
import pytest
from ortools.math_opt.python import mathopt

from placements.optimisation.engine import OPTIMAL, TIME_LIMIT, Engine
from placements.optimisation.linear import LinearModel


@pytest.fixture
def engine():
    """At most 7 of two whole variables together, each at most 5: more than 3 of the first are wanted."""
    model = LinearModel()
    model.add_variables(2, 5.0, lambda: ["a", "b"], whole=True)
    made = Engine(model, seed=1)
    made.add_row(np.array([1.0, 1.0]), 3.0, 7.0)
    return made


def solve(engine):
    return engine.minimise(np.array([1.0, 2.0]), gap=0.0, time_limit_s=10)


def test_a_small_model_is_solved(engine):
    """Three of the first, none of the second."""
    found = solve(engine)
    assert (found.status, found.value) == (OPTIMAL, 3.0)
    assert found.solution.tolist() == [3.0, 0.0]


@pytest.mark.parametrize("error", [RuntimeError("kError"), AttributeError("canonical_code"), ValueError("bad")])
def test_a_solver_that_gives_up_is_asked_once_more_with_another_seed(engine, monkeypatch, error):
    """The second answer counts."""
    seeds, real = [], mathopt.solve

    def flaky(*args, **words):
        seeds.append(words["params"].random_seed)
        if len(seeds) == 1:
            raise error
        return real(*args, **words)

    monkeypatch.setattr(mathopt, "solve", flaky)
    assert solve(engine).value == 3.0
    assert seeds == [1, 2]


def test_a_solver_that_gives_up_twice_has_no_answer_and_no_bound(engine, monkeypatch):
    """Nothing is made up: no solution, and a bound that says nothing; the plan so far stands."""

    def broken(*args, **words):
        raise RuntimeError("kError")

    monkeypatch.setattr(mathopt, "solve", broken)
    found = solve(engine)
    assert (found.status, found.solution, found.bound) == (TIME_LIMIT, None, -np.inf)
