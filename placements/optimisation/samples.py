"""The same problem over other futures: the mean of its samples, or one of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from placements.optimisation.problem import Problem

Floats = npt.NDArray[np.float64]


def mean_of(problem: Problem) -> Problem:
    """Return the problem over the mean of its samples: one future, in which need is what is expected."""
    return _certain(problem, problem.weights[:, None])


def only_sample(problem: Problem, sample: int) -> Problem:
    """Return the problem in which one sample is certain: rules that hold on average then hold in it alone."""
    only = _certain(problem, np.eye(len(problem.weights))[:, [sample]])
    lost = only.atoms.out_of_reach(only.demand.need)
    return dataclasses.replace(only, out_of_reach=float(lost.sum()))


def _certain(problem: Problem, parts: Floats) -> Problem:
    """Return the problem over one future made of these parts of its samples, (samples, 1)."""
    one, demand = np.ones(1), problem.demand
    demand = dataclasses.replace(
        demand, need=demand.need @ parts, prevented_local=demand.prevented_local @ parts, weights=one
    )
    return dataclasses.replace(
        problem, demand=demand, need=problem.need @ parts, prevention=problem.prevention.over(parts), weights=one
    )


def without_average_rules(problem: Problem) -> Problem:
    """Return the problem without the rules that hold on average over the samples: minimum occupancy, running cost.

    Its bound in one sample is a bound for any plan that keeps those rules only on average.
    """
    return dataclasses.replace(
        problem,
        options=problem.options.assign(minimum_occupancy=0.0),
        revenue_left=np.full_like(problem.revenue_left, np.inf),
        separate=None if problem.separate is None else problem.separate.without_revenue(),
    )
